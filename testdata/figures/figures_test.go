package figures

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATableReplacesItsOwnSectionAlone(t *testing.T) {
	const text = "# Figures\n<!-- bench-a begins -->\nold\n<!-- bench-a ends -->\nwords\n<!-- bench-b begins -->\nb\n<!-- bench-b ends -->\n"
	written, err := between(text, "bench-a", "new\n")
	require.NoError(t, err)
	require.Equal(t, "# Figures\n<!-- bench-a begins -->\nnew\n<!-- bench-a ends -->\nwords\n<!-- bench-b begins -->\nb\n<!-- bench-b ends -->\n", written)
	for _, without := range []string{"", "<!-- bench-a begins -->\n", "<!-- bench-a ends -->"} {
		_, err := between(without, "bench-a", "new\n")
		require.ErrorContains(t, err, "no section bench-a")
	}
}

func TestTheDocumentHasEverySection(t *testing.T) {
	text, err := os.ReadFile(document(t))
	require.NoError(t, err)
	for _, benchmark := range []string{"bench-vault", "bench-engagement", "bench-engine", "bench-reports", "bench-signatures"} {
		_, err := between(string(text), benchmark, "")
		require.NoError(t, err)
	}
}
