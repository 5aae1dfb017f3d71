package vault

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadersBesideAnotherProcess: while another process saves, folds and compacts,
// whoever opens the vault to read sees a whole state that holds every save which was
// acknowledged by then, and keeps it as long as it likes. Readers take no lock and
// change no file.
func TestReadersBesideAnotherProcess(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	writer := exec.Command(os.Args[0], "-test.run=^TestKilledInTheMiddle$")
	writer.Env = append(os.Environ(), "TICKMARK_KILLED_VAULT="+d.path, "TICKMARK_KILLED_IDENTITY="+d.identity.String())
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	t.Cleanup(func() { _ = writer.Process.Kill() })

	saved := make(chan int, 10_000)
	go func() {
		defer close(saved)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if number, is := strings.CutPrefix(lines.Text(), "saved "); is {
				if n, err := strconv.Atoi(number); err == nil {
					saved <- n
				}
			}
		}
	}()
	acknowledged := func() (last int) {
		last = <-saved
		for range len(saved) {
			last = <-saved
		}
		return last + 1
	}

	keeping, kept := (*Vault)(nil), 0
	generations := map[int64]bool{}
	for acknowledged() < 60 || len(generations) < 3 {
		least := acknowledged()
		reader, err := d.tryOpen()
		require.NoError(t, err)
		entries := len(history(t, reader).Entries())
		require.GreaterOrEqual(t, entries, least+1, "every acknowledged save, and the founding")
		require.NoError(t, reader.Verify(t.Context()))
		require.Zero(t, reader.Recovered(), "a save that goes on is no torn tail")
		generations[reader.log.generation] = true
		if keeping == nil {
			keeping, kept = reader, entries
			continue
		}
		require.Len(t, history(t, keeping).Entries(), kept, "as it was when it was opened")
		require.NoError(t, keeping.Verify(t.Context()))
		require.NoError(t, reader.Close())
	}
	require.NoError(t, writer.Process.Kill())
	require.Error(t, writer.Wait())
	require.NoError(t, keeping.Verify(t.Context()), "also after the writer's end")
	require.NoError(t, keeping.Close())

	before, log := d.bytes(), d.log()
	reader, err := d.tryOpen()
	require.NoError(t, err)
	require.NoError(t, reader.Verify(t.Context()))
	require.NoError(t, reader.Close())
	assert.Equal(t, before, d.bytes())
	assert.Equal(t, log, d.log())
	require.NoError(t, d.open().Verify(t.Context()))
}
