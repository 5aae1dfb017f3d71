package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"tickmark/questionnaires"
)

// patience is how long an editor has to end when it is told to.
const patience = 3 * time.Second

// late is for how long an interrupt is still the editor's after it ended: a key pressed
// as it closed reaches this program after that, and would cost the text.
const late = time.Second

// editing is one text in the person's own editor.
type editing struct {
	editor
	scratch *scratch
	file    string
}

// edit lets the person edit a narrative in their own editor, which has the terminal
// meanwhile, and returns it. The text goes through a folder in memory and never to the
// disk. What cannot be taken as it is can be edited on. When ctx ends, what the editor
// had written is returned with the error.
func (d *door) edit(ctx context.Context, text string, allowSwap bool) (after string, err error) {
	e := editing{}
	if e.editor, err = d.editor(); err != nil {
		return "", err
	}
	if e.scratch, err = d.scratch(allowSwap); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, e.scratch.wipe()) }()
	e.file = filepath.Join(e.scratch.path, "narrative.txt")
	home := filepath.Join(e.scratch.path, "home")
	// Helix looks upwards for settings, as far as the first such folder.
	if err := errors.Join(os.Mkdir(home, 0o700), os.Mkdir(filepath.Join(e.scratch.path, ".helix"), 0o700)); err != nil {
		return "", err
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if err := os.WriteFile(e.file, []byte(text), 0o600); err != nil {
		return "", err
	}
	for {
		if err := d.runEditor(ctx, e, home); err != nil {
			if ctx.Err() == nil {
				return "", err
			}
			after, _ = e.read()
			return after, context.Cause(ctx)
		}
		if after, err = e.read(); err == nil {
			return after, nil
		}
		if !d.editOn(ctx, err) {
			return "", err
		}
	}
}

// scratch makes the folder in memory. One that may be swapped out to a disk where it
// can be read, or may be, is none.
func (d *door) scratch(allowSwap bool) (*scratch, error) {
	s, err := d.host.scratch(d.getenv)
	if err != nil || s.pinned || allowSwap {
		return s, err
	}
	if text := swapWarning(d.host.swap()); text != "" {
		text, _, _ = strings.Cut(text, ": ")
		return nil, errors.Join(withHint(errors.New(text+", so a folder in memory may reach the disk"), "--allow-swap edits all the same"), s.wipe())
	}
	return s, nil
}

// runEditor runs the editor until it ends. The interrupts of a terminal are the
// editor's meanwhile.
func (d *door) runEditor(ctx context.Context, e editing, home string) error {
	d.away.Add(1)
	defer time.AfterFunc(late, func() { d.away.Add(-1) })
	c := exec.CommandContext(ctx, e.path, append(e.args(home), e.file)...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = patience
	c.Dir, c.Env = e.scratch.path, editorEnvironment(os.Environ(), home)
	c.Stdin, c.Stdout, c.Stderr = d.in, d.screen(), d.err
	if f, isFile := d.in.(*os.File); isFile {
		if state, err := term.GetState(int(f.Fd())); err == nil {
			defer func() { _ = term.Restore(int(f.Fd()), state) }() // a killed one leaves it as it was
		}
	}
	err := c.Run()
	var status *exec.ExitError
	if errors.As(err, &status) {
		return fmt.Errorf("%s ended with %s; nothing was taken from it", e.name, status.ProcessState)
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", e.name, withoutProgram(err))
	}
	return nil
}

func withoutProgram(err error) error {
	var of *os.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// read takes what the editor wrote. The newline at its end is the editor's.
func (e editing) read() (string, error) {
	info, err := os.Lstat(e.file)
	if err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s left no text", e.name)
	}
	f, err := os.Open(e.file)
	if err != nil {
		return "", fmt.Errorf("%s left no text", e.name)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, 64*questionnaires.MaxNarrative))
	if err != nil {
		return "", fmt.Errorf("read what %s wrote: %w", e.name, withoutProgram(err))
	}
	text := strings.TrimRight(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	return text, questionnaires.CheckText("narrative", text, questionnaires.MaxNarrative)
}

// editOn asks whether a text that cannot be taken is edited on.
func (d *door) editOn(ctx context.Context, why error) bool {
	f, isFile := d.in.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return false
	}
	fmt.Fprintf(d.err, "It cannot be kept as it is: %v.\nEnter edits on; d and Enter drops it. ", why)
	answered := make(chan string, 1)
	go func() {
		var line []byte
		for b := make([]byte, 1); ; {
			if n, err := f.Read(b); n == 0 || err != nil || b[0] == '\n' {
				break
			}
			line = append(line, b[0])
		}
		answered <- strings.TrimSpace(string(line))
	}()
	select {
	case <-ctx.Done():
		return false
	case line := <-answered:
		return line != "d"
	}
}
