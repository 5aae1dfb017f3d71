package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tickmark/questionnaires"
)

// The roles of this test binary when it is run as another process.
const (
	rolesVariable = "TICKMARK_TEST_ROLE"
	holder        = "holder"   // holds a vault open
	bare          = "bare"     // holds nothing
	debugger      = "debugger" // attaches to the process named
)

// play plays the role that this process was started for, if it was.
func play() {
	switch os.Getenv(rolesVariable) {
	case holder:
		d := outside()
		if _, err := d.open(context.Background(), os.Getenv("VAULT"), opening{}); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fallthrough
	case bare:
		dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		fmt.Println("dumpable", dumpable, err)
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	case debugger:
		runtime.LockOSThread()
		pid, err := strconv.Atoi(os.Getenv("PROCESS"))
		if err == nil {
			err = unix.PtraceSeize(pid)
		}
		fmt.Println("attach:", err)
		os.Exit(0)
	}
}

// as starts this binary in a role. Root is allowed to trace whatever it likes, and
// gives that up.
func as(t *testing.T, role string, env ...string) *exec.Cmd {
	t.Helper()
	args := []string{os.Args[0]}
	if os.Geteuid() == 0 {
		args = []string{"setpriv", "--bounding-set", "-sys_ptrace", os.Args[0]}
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skip("setpriv (util-linux) is not installed")
	}
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(append(os.Environ(), rolesVariable+"="+role), env...)
	return c
}

// An open vault's process dumps no core, and another of the same user cannot attach.
func TestAnOpenVaultIsGuarded(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("XDG_STATE_HOME", home)
	path := home + "/shop.vault"
	d := outside()
	d.host = host{shield: func() error { return nil }, swap: func() ([]swapArea, error) { return nil, nil }}
	_, err := d.ensureKeys("Mara", false)
	require.NoError(t, err)
	sealTo, err := d.sealTo(d.consent(false), nil, false, "", path)
	require.NoError(t, err)
	v, err := d.create(t.Context(), d.consent(false), path, sealTo, "Copperline", questionnaires.AssessmentDetails{Questionnaire: "saq-a"})
	require.NoError(t, err)
	require.NoError(t, v.Close())

	// attached reports what became of attaching to a process, and what it says of itself.
	attached := func(role string) (said, limits, attach string) {
		c := as(t, role, "VAULT="+path)
		in, err := c.StdinPipe()
		require.NoError(t, err)
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		said, err = bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", c.Process.Pid))
		require.NoError(t, err)
		tracer, err := as(t, debugger, fmt.Sprintf("PROCESS=%d", c.Process.Pid)).Output()
		require.NoError(t, err)
		require.NoError(t, in.Close())
		require.NoError(t, c.Wait())
		return strings.TrimSpace(said), string(text), strings.TrimSpace(string(tracer))
	}
	said, limits, attach := attached(holder)
	assert.Equal(t, "dumpable 0 <nil>", said)
	assert.Regexp(t, `Max core file size +0 +0 `, limits)
	assert.Equal(t, "attach: operation not permitted", attach)

	_, _, attach = attached(bare)
	if attach != "attach: <nil>" {
		t.Skipf("this host lets nobody attach to anything, so that half of this test says nothing: %s", attach)
	}
}
