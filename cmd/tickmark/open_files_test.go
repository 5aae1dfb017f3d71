package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the workbench is given as a path is read as the verbs read it.
func TestTheWorkbenchReadsFilesAsTheVerbsDo(t *testing.T) {
	o := newOffice(t)
	own := filepath.Join(o.home, "own.yaml")
	o.done("questionnaire", "new", own)
	files := (&door{}).files(opening{})
	draft, err := files.Define(own, nil)
	require.NoError(t, err)
	assert.NotEmpty(t, draft.Payload)
	require.NoError(t, os.WriteFile(own, []byte("code: 7\n"), 0o600))
	_, err = files.Define(own, nil)
	require.ErrorContains(t, err, "own.yaml")
	assert.NotContains(t, err.Error(), "\n")
	_, err = files.LoadText(t.Context(), nil, filepath.Join(o.home, "none.csv"))
	require.ErrorContains(t, err, "no such file")
}
