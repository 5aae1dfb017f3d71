package vault

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// strangerTypes makes a.db of a vault that a passphrase opens: age asks for that on
// its terminal, and then needs no -i.
func strangerTypes(t *testing.T, folder, passphrase string) {
	t.Helper()
	script := strings.Replace(opensBase, "age -d -i me ", "age -d ", 1)
	if _, err := os.Stat(folder + "/shop.vault-wal"); err == nil {
		script += "\n" + opensLog
	}
	command := exec.Command("sh", "-c", script+"\nsqlite3 a.db 'pragma integrity_check' >sound")
	command.Dir = folder
	terminal, said := startOnTerminal(t, command)
	_, err := io.WriteString(terminal, passphrase+"\n")
	require.NoError(t, err)
	err = command.Wait()
	require.NoError(t, terminal.Close())
	require.NoError(t, err, "%s", <-said)
	sound, err := os.ReadFile(folder + "/sound")
	require.NoError(t, err)
	require.Equal(t, "ok\n", string(sound))
}

// startOnTerminal starts a command on a terminal of its own. What it says there
// comes when it has ended.
func startOnTerminal(t *testing.T, command *exec.Cmd) (*os.File, <-chan string) {
	t.Helper()
	outer, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("SKIPPED: there is no terminal to type a passphrase on: %v", err)
	}
	require.NoError(t, unix.IoctlSetPointerInt(int(outer.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(outer.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	inner, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	command.Stdin, command.Stdout, command.Stderr = inner, inner, inner
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, command.Start())
	require.NoError(t, inner.Close())
	timer := time.AfterFunc(time.Minute, func() { _ = command.Process.Kill() })
	t.Cleanup(func() { timer.Stop() })
	said := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(outer) // ends with an error when the last of them is gone
		said <- string(text)
	}()
	return outer, said
}
