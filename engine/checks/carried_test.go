package checks

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine/sheet"
)

// TestWordsAreCarriedAsTheyAreWritten: what the program carries is what stands in the
// files. With TICKMARK_CARRY it is written again.
func TestWordsAreCarriedAsTheyAreWritten(t *testing.T) {
	files := os.DirFS(".")
	written, err := sheet.Carry(files, "words/*.yaml")
	require.NoError(t, err)
	if os.Getenv("TICKMARK_CARRY") != "" {
		require.NoError(t, os.WriteFile("words.json", written, 0o644))
		return
	}
	require.Equal(t, string(carriedWords), string(written), "words.json is stale: make docs")
	want, err := assemble(builtin(), files)
	require.NoError(t, err)
	got, err := All()
	require.NoError(t, err)
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].ID, got[i].ID)
		require.Equal(t, want[i].Area, got[i].Area)
		require.Equal(t, want[i].Words, got[i].Words)
	}
}
