package vault

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// remembrance is a person whose state folder remembers heads.
type remembrance struct {
	*desk
	folder string
}

func newRemembrance(t *testing.T) *remembrance {
	t.Helper()
	return &remembrance{newDesk(t), filepath.Join(t.TempDir(), "state", "tickmark")}
}

func (r *remembrance) memory() Option { return WithMemory(r.folder) }

// files are the names of what is remembered, without the lock.
func (r *remembrance) files() []string {
	r.t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.folder, "heads"))
	require.NoError(r.t, err)
	var names []string
	for _, e := range entries {
		if e.Name() != "lock" {
			names = append(names, filepath.Join(r.folder, "heads", e.Name()))
		}
	}
	return names
}

// head is the file that holds the remembered head.
func (r *remembrance) head() string {
	r.t.Helper()
	for _, name := range r.files() {
		if readMemory(name, &remembered{}) == nil {
			return name
		}
	}
	require.Fail(r.t, "nothing is remembered")
	return ""
}

// pair is both files of a vault.
type pair struct{ base, log []byte }

func (d *desk) pair() pair { return pair{d.bytes(), d.log()} }

func (d *desk) restore(p pair) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(d.path, p.base, 0o600))
	if p.log == nil {
		require.NoError(d.t, os.RemoveAll(logPath(d.path)))
		return
	}
	require.NoError(d.t, os.WriteFile(logPath(d.path), p.log, 0o600))
}

// rolledBack wants that neither a writer nor a reader opens the vault, and that
// trying leaves its files alone.
func (r *remembrance) rolledBack() error {
	r.t.Helper()
	before := r.pair()
	_, err := r.tryOpen(r.memory())
	require.ErrorIs(r.t, err, ErrRolledBack)
	_, err = r.tryOpen(r.memory(), WithAuthor(r.author))
	require.ErrorIs(r.t, err, ErrRolledBack)
	assert.Equal(r.t, before, r.pair())
	return err
}

func TestRolledBackToAnEarlierCopy(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	copied := r.pair()
	appendAnswers(t, v, "Two")
	head := v.Head()
	require.NoError(t, v.Close())
	r.restore(copied)

	err := r.rolledBack()
	require.ErrorContains(t, err, "what was saved here by 2026-05-04T09:00:")
	require.ErrorContains(t, err, "(3 entries, head "+head.Short()+") is missing; it holds 2 entries")
	_, err = r.tryOpen()
	require.NoError(t, err, "who remembers nothing cannot tell")
}

func TestCutBetweenTwoSaves(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	edge := len(r.log())
	appendAnswers(t, v, "Two")
	require.NoError(t, v.Close())
	require.NoError(t, os.Truncate(logPath(r.path), int64(edge)))
	r.rolledBack()
	require.NoError(t, os.Remove(logPath(r.path)))
	r.rolledBack()
}

// A compaction that is undone is a roll back only if something was saved since.
func TestRolledBackOverACompaction(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	copied := r.pair()
	require.NoError(t, v.Compact(t.Context(), nil))
	compacted := r.pair()
	require.NoError(t, v.Close())
	r.restore(copied)
	v = r.open(r.memory())
	assert.Empty(t, v.Notices())
	require.NoError(t, v.Close())
	r.restore(compacted)
	v = r.open(r.memory())
	appendAnswers(t, v, "Two")
	require.NoError(t, v.Close())
	r.restore(copied)
	r.rolledBack()
}

func TestAnOlderCopyIsAcceptedOnPurpose(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	copied := r.pair()
	appendAnswers(t, v, "Lost")
	require.NoError(t, v.Close())
	r.restore(copied)
	r.rolledBack()

	v, err := r.tryOpen(r.memory(), AllowOlder())
	require.NoError(t, err)
	require.Len(t, v.Notices(), 1)
	assert.Contains(t, v.Notices()[0], "rolled back: what was saved here by")
	require.NoError(t, v.Close())
	r.rolledBack() // looking at it accepted nothing

	v, err = r.tryOpen(r.memory(), AllowOlder())
	require.NoError(t, err)
	require.NoError(t, v.Accept())
	require.NoError(t, v.Close())
	v = r.open(r.memory())
	assert.Empty(t, v.Notices())
	appendAnswers(t, v, "After it")
	require.NoError(t, v.Close())
	r.restore(copied)
	r.rolledBack()
}

// What happens to honest people raises no alarm.
func TestNoAlarm(t *testing.T) {
	quiet := func(r *remembrance, opts ...Option) {
		r.t.Helper()
		for _, opts := range [][]Option{opts, append(opts, WithAuthor(r.author))} {
			v, err := r.tryOpen(append(opts, r.memory())...)
			require.NoError(r.t, err)
			assert.Empty(r.t, v.Notices())
			require.NoError(r.t, v.Close())
		}
	}
	t.Run("a copy at another path", func(t *testing.T) {
		r := newRemembrance(t)
		v := r.create(r.memory())
		copied := r.pair()
		appendAnswers(t, v, "One")
		require.NoError(t, v.Close())
		elsewhere := *r
		elsewhere.desk = newDesk(t)
		elsewhere.identity = r.identity
		elsewhere.restore(copied)
		quiet(&elsewhere)
		quiet(r)
	})
	t.Run("a crash before it was remembered", func(t *testing.T) {
		r := newRemembrance(t)
		v := r.create(r.memory())
		appendAnswers(t, v, "One")
		head := r.head()
		older, err := os.ReadFile(head)
		require.NoError(t, err)
		appendAnswers(t, v, "Two")
		require.NoError(t, v.Close())
		require.NoError(t, os.WriteFile(head, older, 0o600))
		quiet(r)
		newer, err := os.ReadFile(head)
		require.NoError(t, err)
		assert.NotEqual(t, older, newer, "opening remembers it")
	})
	t.Run("a crash in a save", func(t *testing.T) {
		r := newRemembrance(t)
		v := r.create(r.memory())
		appendAnswers(t, v, "One")
		saved := r.pair()
		r2 := r.head()
		remembered, err := os.ReadFile(r2)
		require.NoError(t, err)
		appendAnswers(t, v, "Two")
		require.NoError(t, v.Close())
		torn := r.log()
		r.restore(pair{saved.base, torn[:len(saved.log)+700]})
		require.NoError(t, os.WriteFile(r2, remembered, 0o600))
		v = r.open(r.memory())
		assert.Equal(t, []string{"700 bytes of an interrupted save were left out: it was never acknowledged"}, v.Notices())
	})
	t.Run("another person's entries", func(t *testing.T) {
		r := newRemembrance(t)
		v := r.create(r.memory())
		appendAnswers(t, v, "One")
		require.NoError(t, v.Close())
		v = r.open() // on another machine
		appendAnswers(t, v, "Two", "Three")
		require.NoError(t, v.Compact(t.Context(), nil))
		require.NoError(t, v.Close())
		quiet(r)
	})
	t.Run("through a link", func(t *testing.T) {
		r := newRemembrance(t)
		link := filepath.Join(t.TempDir(), "link")
		require.NoError(t, os.Symlink(filepath.Dir(r.path), link))
		r.path = filepath.Join(link, filepath.Base(r.path))
		require.NoError(t, r.create(r.memory()).Close())
		quiet(r)
		assert.Len(t, r.files(), 2, "one head, one place")
	})
}

// The disk lost a save that it had acknowledged.
func TestMemoryNewerThanTheDisk(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	before := r.pair()
	appendAnswers(t, v, "Acknowledged")
	lost := v.Head()
	require.NoError(t, v.Close())
	r.restore(before)
	require.ErrorContains(t, r.rolledBack(), lost.Short())
}

// A last member that does not hold is an interrupted save, unless it is remembered
// that it was saved: in the history or in the side log.
func TestFlipInTheLastMemberIsNamed(t *testing.T) {
	for name, last := range map[string]questionnaires.Draft{
		"history":  answer("Last"),
		"side log": {Action: questionnaires.VaultOpened, Subject: "workbench", Payload: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRemembrance(t)
			v := r.create(r.memory())
			appendAnswers(t, v, "One")
			at := len(r.log())
			_, err := v.Append(t.Context(), last)
			require.NoError(t, err)
			require.NoError(t, v.Close())
			whole := r.pair()
			for _, flip := range []int{at + tarBlock + 300, len(whole.log) - 700, at + 3} {
				changed := pair{whole.base, append([]byte(nil), whole.log...)}
				changed.log[flip] ^= 4
				r.restore(changed)
				err := r.rolledBack()
				var tamper *TamperError
				require.ErrorAs(t, err, &tamper)
				assert.EqualValues(t, at, tamper.Offset)
				if flip != at+3 {
					assert.Equal(t, memberName(1, 2), tamper.Member)
				}
				require.ErrorContains(t, err, "rolled back: what was saved here by")
			}
			r.restore(whole)
			require.NoError(t, r.open(r.memory()).Close())
		})
	}
}

// The side log is outside the head: two copies differ in it lawfully.
func TestLostNotesAreSaid(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	copied := r.pair()
	for range 2 {
		_, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.VaultOpened, Subject: "workbench", Payload: "x"})
		require.NoError(t, err)
	}
	require.NoError(t, v.Close())
	r.restore(copied)
	v = r.open(r.memory())
	require.Len(t, v.Notices(), 1)
	assert.Contains(t, v.Notices()[0], "2 notes of opening, printing or signing that were saved here by 2026-05-04T")
}

func TestAnotherVaultStoodHere(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	first := history(t, v).Vault()
	require.NoError(t, v.Close())
	mine := r.pair()
	stranger := newDesk(t)
	stranger.identity, stranger.author = r.identity, signer(t, "Somebody", 7)
	require.NoError(t, stranger.create().Close())
	r.restore(stranger.pair())
	v, err := r.tryOpen(r.memory())
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("another vault stood here, %s, and now %s does", first.Short(), history(t, v).Vault().Short())}, v.Notices())
	require.NoError(t, v.Close())
	r.restore(mine)
	v = r.open(r.memory())
	require.Len(t, v.Notices(), 1, "and back again")
	require.NoError(t, v.Close())

	require.NoError(t, os.Remove(r.path))
	require.NoError(t, r.create(r.memory()).Close())
	v = r.open(r.memory())
	assert.Empty(t, v.Notices(), "who makes a vault knows that it is new")
}

// A memory that somebody spoiled keeps no vault shut.
func TestSpoiledMemory(t *testing.T) {
	spoil := map[string]func(t *testing.T, head string){
		"nothing":  func(t *testing.T, head string) { require.NoError(t, os.WriteFile(head, nil, 0o600)) },
		"noise":    func(t *testing.T, head string) { require.NoError(t, os.WriteFile(head, []byte("\x1b[2J{"), 0o600)) },
		"too long": func(t *testing.T, head string) { require.NoError(t, os.Truncate(head, 1<<30)) },
		"a folder": func(t *testing.T, head string) {
			require.NoError(t, errors.Join(os.Remove(head), os.Mkdir(head, 0o700), os.WriteFile(head+"/x", nil, 0o600)))
		},
		"a pipe": func(t *testing.T, head string) {
			require.NoError(t, errors.Join(os.Remove(head), exec.Command("mkfifo", head).Run()))
		},
		"another's":    func(t *testing.T, head string) { spoilText(t, head, `"vault":"`, `"vault":"0000`, 4) },
		"from a later": func(t *testing.T, head string) { spoilText(t, head, `"v":1`, `"v":2`, 0) },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			r := newRemembrance(t)
			require.NoError(t, r.create(r.memory()).Close())
			head := r.head()
			spoil(t, head)
			v := r.open(r.memory())
			require.NotEmpty(t, v.Notices())
			assert.Contains(t, v.Notices()[0], "what was remembered of it is not used, since it cannot be read: ")
			assert.NotContains(t, strings.Join(v.Notices(), "\n"), "\x1b")
			appendAnswers(t, v, "Saved all the same")
			require.NoError(t, v.Close())
			require.NoError(t, r.open(r.memory()).Close())
			if name == "from a later" {
				text, err := os.ReadFile(head)
				require.NoError(t, err)
				assert.Contains(t, string(text), `"v":2`, "what a later version wrote is left alone")
			}
		})
	}
}

// spoilText replaces a text and leaves out as many bytes behind it.
func spoilText(t *testing.T, path, old, with string, skip int) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, after, found := strings.Cut(string(text), old)
	require.True(t, found)
	require.NoError(t, os.WriteFile(path, []byte(before+with+after[skip:]), 0o600))
}

// A state folder that cannot be written is a notice, never a failed save.
func TestMemoryThatCannotBeWritten(t *testing.T) {
	r := newRemembrance(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(r.folder), 0o700))
	require.NoError(t, os.WriteFile(r.folder, []byte("in the way"), 0o600))
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	appendAnswers(t, v, "Two")
	require.NoError(t, v.Close())
	require.Len(t, v.Notices(), 1, "once, not at every save")
	assert.Contains(t, v.Notices()[0], "it is not remembered that this was saved")
	v, err := r.tryOpen(r.memory(), WithAuthor(r.author))
	require.NoError(t, err)
	assert.NotEmpty(t, v.Notices())
	require.NoError(t, v.Close())

	// A lock that somebody holds on to keeps nobody from saving.
	r.folder += "2"
	v = r.open(r.memory())
	f, err := openLock(filepath.Join(r.folder, "heads", "lock"))
	require.NoError(t, err)
	defer f.Close()
	taken, err := tryLock(f)
	require.NoError(t, err)
	require.True(t, taken)
	appendAnswers(t, v, "Three")
	require.Len(t, v.Notices(), 1)
	assert.Contains(t, v.Notices()[0], "is locked")
}

// A reader that comes late does not replace what a writer remembered meanwhile.
func TestReaderLeavesANewerMemory(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	reader, err := r.tryOpen(r.memory())
	require.NoError(t, err)
	appendAnswers(t, v, "Two")
	newer, err := os.ReadFile(r.head())
	require.NoError(t, err)
	reader.memory.kept = remembered{}
	reader.memory.keep(reader.history, r.clock(), true)
	still, err := os.ReadFile(r.head())
	require.NoError(t, err)
	assert.Equal(t, string(newer), string(still))
	require.NoError(t, errors.Join(reader.Close(), v.Close()))
	assert.Empty(t, r.open(r.memory()).Notices())
}

// Beside a writer, a reader takes neither a note that was just made for a lost one nor
// a save that is under way for an interrupted one.
func TestReaderBesideAWriterIsNotAlarmed(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	reader, err := r.tryOpen()
	require.NoError(t, err)
	_, err = v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.VaultOpened, Subject: "workbench", Payload: "x"})
	require.NoError(t, err)
	reader.settings.memory = r.folder
	require.NoError(t, reader.recall(func() error { return reader.reopen([]age.Identity{r.identity}, time.Time{}) }))
	assert.Empty(t, reader.Notices())
	assert.Len(t, history(t, reader).SideLog(), 1)
	require.NoError(t, reader.Close())

	f, err := os.OpenFile(logPath(r.path), os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = f.WriteString("the beginning of a save")
	require.NoError(t, errors.Join(err, f.Close()))
	reader, err = r.tryOpen(r.memory())
	require.NoError(t, err)
	assert.Equal(t, []string{"23 bytes of a save that is under way or was interrupted were left out: it was never acknowledged"}, reader.Notices())
	require.NoError(t, reader.Close())
}

// What lies in the user's folder says nothing of whom it is about.
func TestWhatIsRemembered(t *testing.T) {
	r := newRemembrance(t)
	v := r.create(r.memory())
	appendAnswers(t, v, "One")
	require.Len(t, r.files(), 2)
	for _, name := range r.files() {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		assert.Regexp(t, `/heads/[0-9a-f]{64}$`, name)
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, secret := range []string{"Corner Shop", "shop.vault", "Ada", filepath.Dir(r.path), "2.2.6"} {
			assert.NotContains(t, string(text), secret)
		}
	}
	for _, folder := range []string{r.folder, filepath.Join(r.folder, "heads")} {
		info, err := os.Stat(folder)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	}
	var is remembered
	require.NoError(t, readMemory(r.head(), &is))
	assert.Equal(t, history(t, v).Tips(), is.Tips)
	assert.Equal(t, 2, is.Entries)
	_, err := v.Append(t.Context())
	require.NoError(t, err)
	require.NoError(t, v.Close())
	require.ErrorIs(t, v.Accept(), ErrClosed)
}
