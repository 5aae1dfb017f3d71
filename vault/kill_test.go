package vault

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilledInTheMiddle kills a program that saves, folds and compacts as fast as it
// can: whatever it said was saved is there.
func TestKilledInTheMiddle(t *testing.T) {
	if path := os.Getenv("TICKMARK_KILLED_VAULT"); path != "" {
		saveUntilKilled(t, path)
	}
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	acknowledged := 0
	for round := range 6 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledInTheMiddle$")
		child.Env = append(os.Environ(), "TICKMARK_KILLED_VAULT="+d.path, "TICKMARK_KILLED_IDENTITY="+d.identity.String())
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines := bufio.NewScanner(out)
		saves := 0
		for lines.Scan() {
			if !strings.HasPrefix(lines.Text(), "saved ") {
				continue
			}
			if saves++; saves == 5+7*round {
				require.NoError(t, child.Process.Kill())
			}
		}
		require.Error(t, child.Wait(), "it ends by being killed alone")
		require.GreaterOrEqual(t, saves, 5+7*round)
		acknowledged += saves

		v := d.open()
		require.NoError(t, v.Verify(t.Context()))
		there := len(history(t, v).Entries()) - 1
		assert.GreaterOrEqual(t, there, acknowledged, "no acknowledged save is lost")
		assert.LessOrEqual(t, there, acknowledged+1, "nothing is there that was not written")
		acknowledged = there
		require.NoError(t, v.Close())
	}
}

func saveUntilKilled(t *testing.T, path string) {
	identity, err := age.ParseX25519Identity(os.Getenv("TICKMARK_KILLED_IDENTITY"))
	require.NoError(t, err)
	v, err := Open(context.Background(), path, []age.Identity{identity}, WithAuthor(signer(t, "Ada Auditor", 1)))
	require.NoError(t, err)
	for i := range 10_000 {
		appendAnswers(t, v, fmt.Sprint("answer ", i))
		fmt.Println("saved", i)
		if i%5 == 3 {
			require.NoError(t, v.log.fold())
		}
		if i%11 == 7 {
			require.NoError(t, v.Compact(context.Background(), nil))
		}
	}
}
