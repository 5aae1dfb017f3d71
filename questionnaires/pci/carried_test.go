package pci

import (
	"io/fs"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine/sheet"
)

// files are the catalogue as people write it.
var files = os.DirFS(".").(fs.ReadFileFS)

// TestTheCatalogueIsCarriedAsItIsWritten: what the program carries is what stands in the
// files. With TICKMARK_CARRY it is written again.
func TestTheCatalogueIsCarriedAsItIsWritten(t *testing.T) {
	written, err := sheet.Carry(files, "catalogue/*.yaml")
	require.NoError(t, err)
	if os.Getenv("TICKMARK_CARRY") != "" {
		require.NoError(t, os.WriteFile("catalogue.json", written, 0o644))
		return
	}
	require.Equal(t, string(carried), string(written), "catalogue.json is stale: make docs")
	want, err := furnish(files)
	require.NoError(t, err)
	got, err := Catalogue()
	require.NoError(t, err)
	require.Equal(t, want, got)
}
