package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// cornerShop makes a small vault, and returns who works on it and writes into out.
func cornerShop(t *testing.T, path, questionnaire string, out *bytes.Buffer) *door {
	t.Helper()
	var said bytes.Buffer
	d := outside()
	d.out, d.err, d.config, d.state = out, &said, filepath.Join(filepath.Dir(path), "config"), filepath.Join(filepath.Dir(path), "state")
	require.Equal(t, exitDone, run(t.Context(), d, []string{"new", path, "--questionnaire", questionnaire, "--entity", "Corner Shop"}), said.String())
	out.Reset()
	return d
}

// The workbench gives a vault away as the verbs do: it says the same, and asks nothing.
func TestTheDeskGivesAVaultAway(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	path := in("shop.vault")
	d := cornerShop(t, path, "saq-a", &out)
	archive, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(in("archive.txt"), []byte(archive.String()+"\n"), 0o600))
	require.NoError(t, os.WriteFile(in("archive.keys"), []byte("# the archive's\n"+archive.Recipient().String()+"\n"), 0o600))
	v, err := d.open(t.Context(), path, opening{})
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()

	var parts []string
	tell := func(p engine.Progress) {
		if len(parts) == 0 || parts[len(parts)-1] != p.What {
			parts = append(parts, p.What)
		}
	}
	care := d.care(path, opening{})
	_, err = care.Archive(t.Context(), v, screen.Giving{To: []string{in("nobody.keys")}, File: in("archived.vault")}, tell)
	require.ErrorContains(t, err, "neither a key nor a file; a key begins with age1")
	_, err = care.Archive(t.Context(), v, screen.Giving{To: []string{in("archive.keys")}, File: path}, tell)
	require.ErrorContains(t, err, "is there already")
	giving := screen.Giving{To: []string{in("archive.keys")}, Label: "the archive", File: in("archived.vault"), Rehearse: in("archive.txt")}
	got, err := care.Archive(t.Context(), v, giving, tell)
	require.NoError(t, err)
	assert.False(t, got.Attention)
	assert.Contains(t, strings.Join(got.Lines, ""), "rehearsed: opened afresh")
	assert.Equal(t, []string{"verifying", "sealing the archive", "rehearsing"}, parts)

	giving.Rehearse, giving.File = "", in("again.vault")
	got, err = care.Archive(t.Context(), v, giving, tell)
	require.NoError(t, err)
	assert.True(t, got.Attention)
	assert.Contains(t, strings.Join(got.Lines, ""), "not rehearsed: nobody here can open it")

	giving.File = in("next.vault")
	got, err = care.HandOff(t.Context(), v, giving, tell)
	require.NoError(t, err)
	assert.Contains(t, strings.Join(got.Lines, ""), "handed off")
	_, err = vault.Open(t.Context(), giving.File, []age.Identity{archive}, vault.ReadOnly())
	require.NoError(t, err)

	_, err = care.Merge(t.Context(), v, screen.Taking{File: giving.File}, tell)
	require.ErrorIs(t, err, vault.ErrNoIdentity)
	_, err = care.Merge(t.Context(), v, screen.Taking{File: path}, tell)
	require.ErrorContains(t, err, "is the same file")
	got, err = care.Merge(t.Context(), v, screen.Taking{File: giving.File, Identity: in("archive.txt")}, tell)
	require.NoError(t, err)
	assert.Contains(t, strings.Join(got.Lines, ""), "has all of "+giving.File)

	_, err = care.AddRecipients(t.Context(), v, giving, tell)
	require.NoError(t, err)
	require.Len(t, v.Recipients(), 2)
	for _, r := range v.Recipients() {
		if r.Label != "the archive" {
			_, err = care.RemoveRecipient(t.Context(), v, r, tell)
			require.ErrorContains(t, err, "you could not open the vault any more")
			continue
		}
		got, err = care.RemoveRecipient(t.Context(), v, r, tell)
		require.NoError(t, err)
		assert.Contains(t, strings.Join(got.Lines, ""), "stay readable to the archive")
	}
	_, err = care.Expunge(t.Context(), v, 3, tell)
	require.ErrorContains(t, err, "0 bodies may go now, and not 3; nothing was changed")
	h, err := v.History(t.Context())
	require.NoError(t, err)
	_, err = care.Enrol(in("bo.card"), h)
	require.ErrorContains(t, err, "read card")
	assert.Empty(t, out.String(), "nothing is said beside the desk")
}
