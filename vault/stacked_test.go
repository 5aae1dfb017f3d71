package vault

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
)

// stacked is a database of any tables in a vault's own stores, base and sealed log,
// over its own connection: what a vault is without its tables.
type stacked struct {
	t        *testing.T
	path     string
	identity *age.X25519Identity
	*store
}

func newStacked(t *testing.T) *stacked {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	s := &stacked{t: t, path: filepath.Join(t.TempDir(), "shop.vault"), identity: identity}
	first, err := openDatabase()
	require.NoError(t, err)
	defer first.close()
	journal, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for _, statement := range []string{
		fmt.Sprintf("pragma page_size=%d", pageSize), fmt.Sprintf("pragma application_id=%d", applicationID), "pragma user_version=1",
		"create table _journal(vault_id text not null, generation integer not null, identity text not null) strict",
		"insert into _journal values ('', 1, '" + journal.String() + "')",
	} {
		require.NoError(t, first.exec(statement))
	}
	s.seal(first)
	s.attach()
	t.Cleanup(s.detach)
	return s
}

func (s *stacked) seal(from *database) {
	s.t.Helper()
	ctx := context.Background()
	pages := func(w io.Writer) error { return from.pages(ctx, w) }
	require.NoError(s.t, writeSealed(ctx, realDisk{}, s.path, []age.Recipient{s.identity.Recipient()}, pages, func() error { return nil }))
}

func (s *stacked) attach() {
	s.t.Helper()
	s.store = &store{cache: newCache()}
	settings := newSettings(nil)
	settings.readOnly = false
	require.NoError(s.t, s.open(s.path, []age.Identity{s.identity}, settings))
	require.NoError(s.t, s.connect())
	// What SQL means by itself; it has nothing to do with where its pages are.
	require.NoError(s.t, s.db.exec("pragma foreign_keys=off"))
}

func (s *stacked) detach() {
	s.t.Helper()
	require.NoError(s.t, s.retire())
}

func (s *stacked) reopen() {
	s.t.Helper()
	s.detach()
	s.attach()
}

// compact is Vault.Compact.
func (s *stacked) compact() {
	s.t.Helper()
	identity, err := journalIdentity([]Recipient{labelled(s.t, s.identity.Recipient(), "")})
	require.NoError(s.t, err)
	require.NoError(s.t, s.db.exec("begin immediate"))
	require.NoError(s.t, s.db.exec("update _journal set generation = generation + 1, identity = ?", identity))
	s.seal(s.db)
	require.NoError(s.t, s.db.exec("rollback"))
	s.reopen()
	require.NoError(s.t, s.log.removeStale())
}

// inTransaction reports whether a transaction is open.
func (s *stacked) inTransaction() bool {
	s.t.Helper()
	if s.db.exec("begin") != nil {
		return true
	}
	require.NoError(s.t, s.db.exec("rollback"))
	return false
}

// copyTo copies the files as a disk holds them at this moment.
func (s *stacked) copyTo(folder string) {
	s.t.Helper()
	for _, path := range []string{s.path, logPath(s.path)} {
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(s.t, err)
		require.NoError(s.t, os.WriteFile(filepath.Join(folder, filepath.Base(path)), content, 0o600))
	}
}
