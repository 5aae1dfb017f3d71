package printer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "report.pdf")
	require.NoError(t, os.WriteFile(path, []byte("last year's"), 0o600))
	require.NoError(t, write(path, []byte("this year's")))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "this year's", string(text))

	taken := filepath.Join(folder, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "below"), 0o700))
	require.ErrorContains(t, write(taken, []byte("x")), "write report")
	require.ErrorContains(t, write(filepath.Join(folder, "absent", "x.pdf"), []byte("x")), "write report")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 2, "nothing is left over")
}

func TestNothingButAPDFIsReplaced(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"shop.vault": "age-encryption.org/v1\n", "identity.txt": "AGE-SECRET-KEY", "short": "%PD", "old.pdf": "%PDF-1.7\n", "empty": "",
	} {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		if name == "old.pdf" || name == "empty" {
			assert.NoError(t, replaceable(path), name)
			continue
		}
		assert.ErrorContains(t, replaceable(path), "it is not replaced", name)
		_, err := Print(t.Context(), &broken{}, Request{Out: path})
		assert.ErrorContains(t, err, "it is not replaced")
	}
	assert.NoError(t, replaceable(filepath.Join(folder, "new.pdf")))
	assert.ErrorContains(t, replaceable(folder), "no regular file")
}

// broken is a vault that cannot be read.
type broken struct{ appended int }

var errBroken = errors.New("broken")

func (b *broken) History(context.Context) (*questionnaires.History, error) { return nil, errBroken }

func (b *broken) Snapshot(context.Context, engine.Digest) (engine.Snapshot, error) {
	return engine.Snapshot{}, errBroken
}

func (b *broken) Run(context.Context, engine.Digest) (engine.Run, error) {
	return engine.Run{}, errBroken
}

func (b *broken) ReadOnly() bool { return false }

func (b *broken) Append(context.Context, ...questionnaires.Draft) ([]questionnaires.Entry, error) {
	b.appended++
	return nil, nil
}

func TestNothingIsWrittenOrNotedOfAReportThatWasNotMade(t *testing.T) {
	v, out := &broken{}, filepath.Join(t.TempDir(), "report.pdf")
	_, err := Print(t.Context(), v, Request{Out: out})
	require.ErrorIs(t, err, errBroken)
	assert.NoFileExists(t, out)
	assert.Zero(t, v.appended)
}
