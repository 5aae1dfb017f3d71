// Command tickmark is the door of the workbench: one file per verb, and here the
// wiring, the exit statuses and the outside world (clock, randomness, terminal,
// the user's folder), which everything below is handed and nothing below reaches
// for.
//
// A verb reads its flags, builds what the rooms below need, calls one exported
// function of theirs and prints what it returned. Rules live in questionnaires,
// judgements in engine, storage in vault: a verb decides nothing.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/term"
	"k8s.io/klog/v2"

	"tickmark/engine"
)

// version is set by the Makefile.
var version = "dev"

func main() { os.Exit(start(outside())) }

// start runs the command line of this process.
func start(d *door) int {
	d.lean()
	// The libraries that ask a cluster would write to stderr what goes wrong there, which
	// the collector says as a gap or an error, and the terminal may be a screen.
	klog.SetLogger(logr.Discard())
	ctx, cancel := context.WithCancelCause(context.Background())
	// age prints what it says to a plugin where this is set, file keys included.
	_ = os.Unsetenv("AGEDEBUG") // fails for impossible names alone
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range signals {
			if s == os.Interrupt && d.away.Load() > 0 {
				continue // the editor's
			}
			if d.away.Load() == 0 {
				// A second signal ends the program at once, unless there is plaintext to be
				// removed, and so does what waits for something that never comes, such as a
				// pipe that nobody writes to.
				signal.Stop(signals)
			}
			cancel(interruption{s})
			time.AfterFunc(grace, func() { os.Exit(exitInterrupted) })
		}
	}()
	return run(ctx, d, os.Args[1:])
}

// interruption is the signal that ended a context.
type interruption struct{ os.Signal }

func (i interruption) Error() string { return i.String() + " signal received" }

func (interruption) Unwrap() error { return context.Canceled }

// grace is how long a verb has after a signal to save what it holds.
const grace = 10 * time.Second

// door is the outside world as the verbs see it.
type door struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	random   io.Reader
	getenv   func(string) string
	config   string // the user's folder: keys and identity, files 0600
	state    string // the user's other folder: what was last seen of each vault
	visits   *visits
	host     host
	away     *atomic.Int32 // editors that have the terminal, or had it a moment ago
	terminal func(io.Writer) bool
	size     func() (width, height int)
	askPass  func(prompt string) ([]byte, error)
	ask      func(prompt string) (string, error)
}

// printed remembers whether what was printed arrived: a verb whose words were lost
// is not done.
type printed struct {
	io.Writer
	lost error
}

func (p *printed) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if err != nil && p.lost == nil {
		p.lost = err
	}
	return n, err
}

// screen is the terminal itself, which the workbench draws on.
func (d *door) screen() io.Writer {
	if p, is := d.out.(*printed); is {
		return p.Writer
	}
	return d.out
}

func outside() *door {
	config, err := os.UserConfigDir()
	if err == nil {
		config = filepath.Join(config, "tickmark")
	}
	return &door{
		state: stateFolder(runtime.GOOS, os.Getenv, config), visits: &visits{}, host: thisHost(), away: &atomic.Int32{},
		in: os.Stdin, out: &printed{Writer: os.Stdout}, err: os.Stderr, now: time.Now, random: rand.Reader, getenv: os.Getenv, config: config,
		terminal: func(w io.Writer) bool {
			if p, is := w.(*printed); is {
				w = p.Writer
			}
			f, isFile := w.(*os.File)
			return isFile && term.IsTerminal(int(f.Fd()))
		},
		size:    terminalSize,
		askPass: askPassphrase,
		ask:     askLine,
	}
}

func terminalSize() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 80, 24
	}
	return width, height
}

// askPassphrase asks on the terminal itself, so that a passphrase is never read
// from a pipe by mistake.
func askPassphrase(prompt string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer tty.Close()
	if _, err := io.WriteString(tty, prompt); err != nil {
		return nil, err
	}
	passphrase, err := term.ReadPassword(int(tty.Fd()))
	_, _ = io.WriteString(tty, "\n")
	return passphrase, err
}

// maxTyped bounds what is typed as one line, in bytes.
const maxTyped = 4096

// askLine asks on the terminal itself for what may be seen.
func askLine(prompt string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer tty.Close()
	if _, err := io.WriteString(tty, prompt); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(io.LimitReader(tty, maxTyped)).ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

func tool() engine.Tool { return engine.Tool{Name: "tickmark", Version: version} }
