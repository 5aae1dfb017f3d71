package vault

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// desk is a person with keys at a folder.
type desk struct {
	t        *testing.T
	path     string
	identity *age.X25519Identity
	author   *questionnaires.Signer
	now      time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return &desk{
		t: t, path: filepath.Join(t.TempDir(), "shop.vault"), identity: identity, author: signer(t, "Ada Auditor", 1),
		now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC),
	}
}

func signer(t testing.TB, name string, seed byte) *questionnaires.Signer {
	t.Helper()
	s, err := questionnaires.NewSigner(name, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	return s
}

// clock goes on by a second whenever it is looked at.
func (d *desk) clock() time.Time {
	d.now = d.now.Add(time.Second)
	return d.now
}

func (d *desk) create(opts ...Option) *Vault {
	d.t.Helper()
	opts = append([]Option{WithAuthor(d.author), ForEntity("Corner Shop"), WithClock(d.clock)}, opts...)
	v, err := Create(d.t.Context(), d.path, []age.Recipient{d.identity.Recipient()}, opts...)
	require.NoError(d.t, err)
	d.t.Cleanup(func() { _ = v.Close() })
	return v
}

func (d *desk) open(opts ...Option) *Vault {
	d.t.Helper()
	v, err := d.tryOpen(append([]Option{WithAuthor(d.author)}, opts...)...)
	require.NoError(d.t, err)
	d.t.Cleanup(func() { _ = v.Close() })
	return v
}

func (d *desk) tryOpen(opts ...Option) (*Vault, error) {
	return Open(d.t.Context(), d.path, []age.Identity{d.identity}, append([]Option{WithClock(d.clock)}, opts...)...)
}

func (d *desk) bytes() []byte {
	d.t.Helper()
	b, err := os.ReadFile(d.path)
	require.NoError(d.t, err)
	return b
}

// log is the bytes of the vault's log, none where there is none.
func (d *desk) log() []byte {
	d.t.Helper()
	b, err := os.ReadFile(logPath(d.path))
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(d.t, err)
	}
	return b
}

func answer(narrative string) questionnaires.Draft {
	return questionnaires.Draft{
		Assessment: "a1", Action: questionnaires.AnswerGiven, Subject: "2.2.6",
		Payload: map[string]any{"requirement": "2.2.6", "response": "in-place", "narrative": narrative},
	}
}

func appendAnswers(t *testing.T, v *Vault, narratives ...string) []questionnaires.Entry {
	t.Helper()
	drafts := make([]questionnaires.Draft, len(narratives))
	for i, n := range narratives {
		drafts[i] = answer(n)
	}
	entries, err := v.Append(t.Context(), drafts...)
	require.NoError(t, err)
	return entries
}

func history(t *testing.T, v *Vault) *questionnaires.History {
	t.Helper()
	h, err := v.History(t.Context())
	require.NoError(t, err)
	return h
}

func TestHistoryIsTheSameAfterReopening(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	given := appendAnswers(t, v, "One", "Two")
	printed, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.ReportPrinted, Subject: "report", Payload: "draft"})
	require.NoError(t, err)
	before, head := history(t, v), v.Head()
	assert.Equal(t, given[1].ID, before.Tips()[0], "the side log stays outside the tips")
	require.NoError(t, v.Close())

	v = d.open()
	after := history(t, v)
	assert.Equal(t, before.Entries(), after.Entries())
	assert.Equal(t, before.SideLog(), after.SideLog())
	assert.Equal(t, printed[0].ID, after.SideLog()[0].ID)
	assert.Equal(t, head, v.Head())
	assert.Equal(t, "Corner Shop", after.Entity())
	assert.Equal(t, []engine.Digest{given[0].ID}, after.Entries()[2].Parents)
	for _, e := range after.Entries() {
		require.NoError(t, after.Verify(e.ID))
	}
	body, err := v.payload(given[1])
	require.NoError(t, err)
	assert.JSONEq(t, `{"requirement":"2.2.6","response":"in-place","narrative":"Two"}`, string(body))
	require.NoError(t, v.Verify(t.Context()))
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	head, before := v.Head(), d.log()
	cause := errors.New("changed my mind")
	var draft questionnaires.Entry
	err := v.Update(t.Context(), func(tx *Tx) error {
		var err error
		draft, err = tx.Append(answer("Not to be kept"))
		require.NoError(t, err)
		h, err := tx.History()
		require.NoError(t, err)
		assert.Equal(t, draft.ID, h.Tips()[0], "inside, the history includes what was appended")
		return cause
	})
	require.ErrorIs(t, err, cause)
	assert.Equal(t, head, v.Head())
	assert.Equal(t, before, d.log())
	_, err = v.payload(draft)
	require.ErrorIs(t, err, ErrAbsent)

	require.NoError(t, v.Update(t.Context(), func(*Tx) error { return nil }))
	assert.Equal(t, before, d.log(), "an update that writes nothing saves nothing")
}

func TestViewWritesNothing(t *testing.T) {
	v := newDesk(t).create()
	err := v.View(t.Context(), func(tx *Tx) error {
		_, err := tx.Append(answer("Through the back door"))
		return err
	})
	require.ErrorIs(t, err, ErrReadOnly)
	err = v.View(t.Context(), func(tx *Tx) error { return tx.PutDocument(engine.NewDocument(engine.Ref{}, []byte("{}"))) })
	require.ErrorIs(t, err, ErrReadOnly)
}

func TestCreateRefuses(t *testing.T) {
	d := newDesk(t)
	recipients := []age.Recipient{d.identity.Recipient()}
	passphrase := cheapPassphrase(t, "correct horse")
	scrypt, err := age.NewScryptRecipient("x")
	require.NoError(t, err)
	cases := map[string]struct {
		recipients []age.Recipient
		opts       []Option
		says       string
	}{
		"no author":              {recipients, []Option{ForEntity("Shop")}, "needs an author"},
		"no entity":              {recipients, []Option{WithAuthor(d.author)}, "entity has no name"},
		"no recipient":           {nil, []Option{WithAuthor(d.author), ForEntity("Shop")}, "nobody could open it"},
		"passphrase beside keys": {[]age.Recipient{recipients[0], passphrase}, []Option{WithAuthor(d.author), ForEntity("Shop")}, "only recipient"},
		"recipient without text": {[]age.Recipient{scrypt}, []Option{WithAuthor(d.author), ForEntity("Shop")}, "cannot be written down"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Create(t.Context(), d.path, c.recipients, c.opts...)
			require.ErrorContains(t, err, c.says)
			assert.NoFileExists(t, d.path)
			assert.NoFileExists(t, d.path+".lock")
		})
	}
	require.NoError(t, os.WriteFile(d.path, []byte("precious"), 0o600))
	_, err = Create(t.Context(), d.path, recipients, WithAuthor(d.author), ForEntity("Shop"))
	require.ErrorContains(t, err, "it is there already")
	assert.Equal(t, "precious", string(d.bytes()))
}

func TestReadOnly(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	for name, opts := range map[string][]Option{"without author": nil, "as asked": {WithAuthor(d.author), ReadOnly()}} {
		t.Run(name, func(t *testing.T) {
			v, err := d.tryOpen(opts...)
			require.NoError(t, err)
			defer v.Close()
			assert.True(t, v.ReadOnly())
			_, writes := v.Author()
			assert.False(t, writes)
			assert.NoFileExists(t, d.path+".lock")
			_, err = v.Append(t.Context(), answer("No"))
			require.ErrorIs(t, err, ErrReadOnly)
			_, err = v.PutEvidence(t.Context(), questionnaires.Evidence{}, "a.txt", strings.NewReader("x"))
			require.ErrorIs(t, err, ErrReadOnly)
		})
	}
}

func TestSecondWriterHearsWhoHoldsTheLock(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorIs(t, err, ErrLocked)
	host, hostErr := os.Hostname()
	require.NoError(t, hostErr)
	require.ErrorContains(t, err, host)
	require.ErrorContains(t, err, "since 2026-05-04T09:00:")
	reader, err := d.tryOpen()
	require.NoError(t, err, "a reader needs no lock")
	require.NoError(t, reader.Close())
	appendAnswers(t, v, "Still mine")
	require.NoError(t, v.Close())
	assert.NoFileExists(t, d.path+".lock")
	d.open()
}

func TestHostileLockText(t *testing.T) {
	d := newDesk(t)
	d.create()
	require.NoError(t, os.WriteFile(d.path+".lock", []byte("\x1b]0;owned\x07"+strings.Repeat("x", 5000)), 0o600))
	_, err := d.tryOpen(WithAuthor(d.author))
	require.ErrorIs(t, err, ErrLocked)
	assert.NotContains(t, err.Error(), "\x1b")
	assert.Less(t, len(err.Error()), 600)
}

func TestUnknownAuthorCannotAppend(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	d.author = signer(t, "Mallory", 9)
	v := d.open()
	_, err := v.Append(t.Context(), answer("Mine"))
	require.ErrorIs(t, err, ErrNotEnrolled)
}

func cheapPassphrase(t *testing.T, text string) *Passphrase {
	t.Helper()
	p, err := NewPassphrase(text)
	require.NoError(t, err)
	p.SetWorkFactor(4)
	return p
}

func TestPassphraseVaultSavesAgain(t *testing.T) {
	d := newDesk(t)
	v, err := Create(t.Context(), d.path, []age.Recipient{cheapPassphrase(t, "correct horse")}, WithAuthor(d.author), ForEntity("Shop"))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	for _, narrative := range []string{"One", "Two"} {
		v, err = Open(t.Context(), d.path, []age.Identity{d.identity, cheapPassphrase(t, "correct horse")}, WithAuthor(d.author))
		require.NoError(t, err)
		appendAnswers(t, v, narrative)
		require.NoError(t, v.Close())
	}
	_, err = Open(t.Context(), d.path, []age.Identity{cheapPassphrase(t, "wrong")}, WithAuthor(d.author))
	require.ErrorIs(t, err, ErrNoIdentity)
}

func TestRecipientsAreRemembered(t *testing.T) {
	d := newDesk(t)
	other, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	v, err := Create(t.Context(), d.path, []age.Recipient{d.identity.Recipient(), other.Recipient()}, WithAuthor(d.author), ForEntity("Shop"))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	v = d.open()
	appendAnswers(t, v, "Saved by one")
	v, err = Open(t.Context(), d.path, []age.Identity{other})
	require.NoError(t, err, "the other can still open what the first saved")
	require.NoError(t, v.Close())
}

func TestHybridVaultHasAHybridJournalIdentity(t *testing.T) {
	d := newDesk(t)
	identity, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	v, err := Create(t.Context(), d.path, []age.Recipient{identity.Recipient()}, WithAuthor(d.author), ForEntity("Shop"))
	require.NoError(t, err)
	defer v.Close()
	var journal string
	require.NoError(t, v.db.row("select identity from _journal").Scan(&journal))
	assert.True(t, strings.HasPrefix(journal, "AGE-SECRET-KEY-PQ-1"))
	appendAnswers(t, v, "Sealed again to a hybrid")
}

func TestSavesSurviveSymlinksAndKeepTheFilePrivate(t *testing.T) {
	d := newDesk(t)
	require.NoError(t, d.create().Close())
	real := d.path
	d.path = filepath.Join(t.TempDir(), "link.vault")
	require.NoError(t, os.Symlink(real, d.path))
	v := d.open()
	appendAnswers(t, v, "Through a link")
	info, err := os.Lstat(d.path)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link is still one")
	info, err = os.Stat(real)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestClosedVaultSaysSo(t *testing.T) {
	v := newDesk(t).create()
	e := history(t, v).Entries()[0]
	require.NoError(t, v.Close())
	require.NoError(t, v.Close())
	_, err := v.Body(t.Context(), e.Digest)
	require.ErrorIs(t, err, ErrClosed)
	_, err = v.Append(t.Context(), answer("Late"))
	require.ErrorIs(t, err, ErrClosed)
	require.ErrorIs(t, v.Verify(t.Context()), ErrClosed)
}

func TestNothingIsAttached(t *testing.T) {
	v := newDesk(t).create()
	file := filepath.Join(t.TempDir(), "other.db")
	for _, name := range []string{file, "file:" + file + "?vfs=unix", "file:" + file + "?vfs=unix-none&mode=rwc", ":memory:", ""} {
		err := v.db.exec("attach '" + name + "' as other")
		require.ErrorContains(t, err, "too many attached databases", name)
	}
	require.Error(t, v.db.exec("vacuum into '"+file+"'"))
	require.Error(t, v.db.exec("vacuum into 'file:"+file+"?vfs=unix'"))
	assert.NoFileExists(t, file)
}

func TestNothingIsWrittenBesidesTheVault(t *testing.T) {
	d := newDesk(t)
	empty := t.TempDir()
	for _, name := range []string{"TMPDIR", "SQLITE_TMPDIR"} {
		t.Setenv(name, empty)
	}
	v := d.create()
	canary := "4111 1111 1111 1111 canary"
	appendAnswers(t, v, canary)
	_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Scan"}, "scan.txt", strings.NewReader(strings.Repeat(canary, 100_000)))
	require.NoError(t, err)
	require.NoError(t, v.Verify(t.Context()))
	for _, folder := range []string{empty, filepath.Dir(d.path)} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			require.NoError(t, err)
			if entry.IsDir() {
				return nil
			}
			assert.Contains(t, []string{d.path, d.path + ".lock", logPath(d.path)}, path)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotContains(t, string(content), "canary")
			return nil
		}))
	}
}

func TestEqualDocumentsAreStoredOnce(t *testing.T) {
	v := newDesk(t).create()
	doc := engine.NewDocument(engine.Ref{Kind: "Pod", Name: "api"}, []byte(`{"kind":"Pod"}`))
	for range 2 {
		require.NoError(t, v.Update(t.Context(), func(tx *Tx) error { return errors.Join(tx.PutDocument(doc), tx.PutDocument(doc)) }))
	}
	var n int
	require.NoError(t, v.db.row("select count(*) from documents where digest = ?", doc.Digest[:]).Scan(&n))
	assert.Equal(t, 1, n)
	doc.Body = []byte(`{"kind":"Secret"}`)
	err := v.Update(t.Context(), func(tx *Tx) error { return tx.PutDocument(doc) })
	require.ErrorContains(t, err, "the digest is not its body's")
}

func TestEvidenceIsKeptByteForByte(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	file := bytes.Repeat([]byte("screenshot \x00\xff of a firewall\n"), 200_000) // several transactions
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{
		Title: "Firewall", File: &questionnaires.FileSource{Obtained: "watched live"},
	}, "/home/ada/fw.png", bytes.NewReader(file))
	require.NoError(t, err)
	assert.Equal(t, 1, item.Number)
	assert.Equal(t, questionnaires.FileSource{Digest: engine.Sum(file), Name: "fw.png", Size: int64(len(file)), Obtained: "watched live", Search: item.File.Search}, *item.File)
	second, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Again"}, "copy.png", bytes.NewReader(file))
	require.NoError(t, err)
	assert.Equal(t, 2, second.Number)
	require.NoError(t, v.Close())
	assert.Less(t, len(d.log()), 400_000, "packed, and kept once")

	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	assert.Equal(t, []questionnaires.Evidence{item, second}, history(t, v).Evidence())
	r, err := v.OpenEvidence(t.Context(), item.Digest())
	require.NoError(t, err)
	defer r.Close()
	back, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(file, back))
	_, err = r.Seek(maxChunk-3, io.SeekStart)
	require.NoError(t, err)
	part := make([]byte, 10)
	_, err = io.ReadFull(r, part)
	require.NoError(t, err)
	assert.Equal(t, file[maxChunk-3:maxChunk+7], part)
}

func TestBrokenIntakeLeavesNothing(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	head := v.Head()
	gone := errors.New("the share is gone")
	_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{}, "a.bin", io.MultiReader(bytes.NewReader(make([]byte, 5<<20)), failingReader{gone}))
	require.ErrorIs(t, err, gone)
	assert.Equal(t, head, v.Head())
	appendAnswers(t, v, "Afterwards")
	var chunks int
	require.NoError(t, v.db.row("select count(*) from documents where digest is null").Scan(&chunks))
	assert.Zero(t, chunks)
	require.NoError(t, v.Verify(t.Context()))
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestCancelledContextChangesNothing(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	before := d.log()
	ctx, cancel := context.WithCancel(t.Context())
	err := v.Update(ctx, func(tx *Tx) error {
		_, err := tx.Append(answer("Too late"))
		cancel()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, before, d.log())
	assert.Len(t, history(t, v).Entries(), 1)
	appendAnswers(t, v, "It goes on")
}
