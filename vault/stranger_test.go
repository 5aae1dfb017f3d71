package vault

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// The commands of the package's comment, word for word: they are a promise.
const (
	opensBase = `age -d -i me shop.vault >a.db; sqlite3 'file:a.db?immutable=1' 'select identity from _journal' >jk`
	opensLog  = `tar xf shop.vault-wal; for f in g*.age; do age -d -i jk $f; done >a.db-wal`
)

// strangersTools names a program of those that is missing, "" where all are there.
func strangersTools() string {
	for _, program := range []string{"age", "sqlite3", "tar", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			return program
		}
	}
	return ""
}

// strangerRecovers makes a.db of the vault in a folder with the commands alone. A
// person goes on where tar or age complains of a tail that a kill tore.
func strangerRecovers(t *testing.T, folder, identity string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "me"), []byte(identity+"\n"), 0o600))
	script := opensBase
	if _, err := os.Stat(filepath.Join(folder, "shop.vault-wal")); err == nil {
		script += "\n" + opensLog
	}
	command := exec.Command("sh", "-c", script+"\nsqlite3 a.db 'pragma integrity_check'")
	command.Dir = folder
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	require.NoError(t, err, "%s", complaints.String())
	require.Equal(t, "ok", strings.TrimSpace(string(out)), "%s", complaints.String())
}

// TestStrangerReadsTheVault keeps the promise that age and sqlite3 are enough.
func TestStrangerReadsTheVault(t *testing.T) {
	for _, program := range []string{"age", "sqlite3"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is not installed, so that nobody else read the vault", program)
		}
	}
	d := newDesk(t)
	v := d.create()
	entries := appendAnswers(t, v, "Read by a stranger")
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	folder := t.TempDir()
	key, plain := filepath.Join(folder, "me"), filepath.Join(folder, "a.db")
	require.NoError(t, os.WriteFile(key, []byte(d.identity.String()+"\n"), 0o600))
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
		return strings.TrimSpace(string(out))
	}
	run("age", "-d", "-i", key, "-o", plain, d.path)
	ask := func(query string) string { return run("sqlite3", "file:"+plain+"?immutable=1", query) }
	assert.Equal(t, "ok", ask("pragma integrity_check"))
	assert.Equal(t, entries[0].ID.String(), ask("select id from journal where action = 'answer-given'"))
	assert.JSONEq(t, `{"requirement":"2.2.6","response":"in-place","narrative":"Read by a stranger"}`,
		ask("select payload from journal where action = 'answer-given'"))
	identity, err := age.ParseX25519Identity(ask("select identity from _journal"))
	require.NoError(t, err)
	assert.NotEqual(t, d.identity.String(), identity.String(), "the journal's identity is its own")
	header, err := os.ReadFile(plain)
	require.NoError(t, err)
	assert.Equal(t, []byte{0x10, 0x00, 2, 2}, header[16:20], "4 KiB pages, WAL mode")
}

// TestReleasedVaultsOpen opens a vault of every schema ever released. The author
// is signer(t, "Ada Auditor", 1); the identities beside them are for tests alone.
func TestReleasedVaultsOpen(t *testing.T) {
	released, err := filepath.Glob("testdata/*.vault")
	require.NoError(t, err)
	require.Len(t, released, schemaVersion, "one vault per schema")
	for _, path := range released {
		t.Run(filepath.Base(path), func(t *testing.T) {
			keys, err := os.Open(strings.TrimSuffix(path, ".vault") + ".identity.txt")
			require.NoError(t, err)
			defer keys.Close()
			identities, err := ParseIdentities(keys, nil)
			require.NoError(t, err)
			local := filepath.Join(t.TempDir(), "old.vault")
			for from, to := range map[string]string{path: local, logPath(path): logPath(local)} {
				content, err := os.ReadFile(from)
				if from == path || !errors.Is(err, os.ErrNotExist) { // the first schema had no log
					require.NoError(t, err)
					require.NoError(t, os.WriteFile(to, content, 0o600))
				}
			}
			v, err := Open(t.Context(), local, identities, WithAuthor(signer(t, "Ada Auditor", 1)))
			require.NoError(t, err)
			defer v.Close()
			require.NoError(t, v.Verify(t.Context()))
			h := history(t, v)
			assert.Equal(t, "Corner Shop", h.Entity())
			assert.Equal(t, "notes.txt", h.Evidence()[1].File.Name)
			runs, err := v.Runs(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, len(runs))
			appendAnswers(t, v, "Written by a later version")
			require.NoError(t, v.Verify(t.Context()))
		})
	}
}

// TestWriteReleasedVault writes the vault of the present schema: run it once, with
// TICKMARK_WRITE_VAULT set, when a schema is released, and never again for it.
func TestWriteReleasedVault(t *testing.T) {
	path := os.Getenv("TICKMARK_WRITE_VAULT")
	if path == "" {
		t.Skip("writes a new vault into testdata, only when it is asked to")
	}
	d := newDesk(t)
	d.path = path
	v := d.create()
	_, err := v.Collect(t.Context(), collection(cluster{name: "shop", n: 300}))
	require.NoError(t, err)
	_, err = v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Notes"}, "notes.txt", strings.NewReader("seen live"))
	require.NoError(t, err)
	appendAnswers(t, v, "As answered in this schema")
	require.NoError(t, v.Close())
	key := "# An identity for tests alone: it opens the vault beside it and nothing else.\n" + d.identity.String() + "\n"
	require.NoError(t, os.WriteFile(strings.TrimSuffix(path, ".vault")+".identity.txt", []byte(key), 0o600))
}
