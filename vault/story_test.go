package vault

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// promise is what must be found from a moment on.
type promise struct {
	there  []engine.Digest // entries whose save was acknowledged
	maybe  []engine.Digest // those of the one save that was not: all of them or none
	any    bool            // of that save, it is not known which: at most one
	files  []engine.Digest // evidence that was acknowledged
	exists bool            // that there is a vault
}

// story is what a program does with a vault on a recorded disk.
type story struct {
	t      *testing.T
	desk   *desk
	rng    *rand.Rand
	disk   *recordedDisk
	vault  *Vault
	held   promise // what holds now
	wanted *promise
	made   int
	keys   deskKeys
	other  deskKeys // of a colleague, once there is one
}

// deskKeys are what a vault is sealed to and opened with.
type deskKeys struct {
	identity  age.Identity
	recipient age.Recipient
}

func newStory(t *testing.T, d *desk, seed uint64) *story {
	return newStoryIn(t, d, quickFolder(t), seed)
}

func newStoryIn(t *testing.T, d *desk, folder string, seed uint64) *story {
	own := *d
	own.path = filepath.Join(folder, "shop.vault")
	return &story{
		t: t, desk: &own, rng: rand.New(rand.NewPCG(seed, 1)), disk: newRecordedDisk(folder),
		keys: deskKeys{d.identity, d.identity.Recipient()},
	}
}

// quickFolder is a folder in memory where the system has such.
func quickFolder(t *testing.T) string {
	folder, err := os.MkdirTemp("/dev/shm", "tickmark")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// hybridKeys have headers of several sectors, in which a crash can leave gaps.
func hybridKeys(t *testing.T) deskKeys {
	identity, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	return deskKeys{identity, identity.Recipient()}
}

// begin says that a save is under way: it may be there or not.
func (s *story) begin() {
	p := s.held
	p.any = true
	s.wanted = &p
	s.disk.record(event{kind: promised, promise: s.wanted})
}

// end says that the save was acknowledged, with which entries.
func (s *story) end(entries ...engine.Digest) {
	s.wanted.maybe, s.wanted.any = entries, false
	s.held.there = append(slices.Clip(s.held.there), entries...)
	p := s.held
	s.disk.record(event{kind: promised, promise: &p})
}

func (s *story) options() []Option {
	return []Option{WithAuthor(s.desk.author), WithClock(s.desk.clock), withDisk(s.disk)}
}

func (s *story) create() {
	s.begin()
	v, err := Create(s.t.Context(), s.desk.path, []age.Recipient{s.keys.recipient}, append(s.options(), ForEntity(canary))...)
	require.NoError(s.t, err)
	s.vault, s.held.exists = v, true
	s.end(history(s.t, v).Entries()[0].ID)
}

// open begins from what is there: a save that was in doubt is now there or not.
func (s *story) open() {
	v, err := Open(s.t.Context(), s.desk.path, []age.Identity{s.keys.identity}, s.options()...)
	require.NoError(s.t, err)
	s.vault, s.held = v, s.found(v)
	p := s.held
	s.disk.record(event{kind: promised, promise: &p})
}

func (s *story) found(v *Vault) promise {
	p := promise{exists: true, there: entryIDs(history(s.t, v))}
	for _, e := range history(s.t, v).Evidence() {
		if e.File != nil {
			p.files = append(p.files, e.File.Digest)
		}
	}
	return p
}

func entryIDs(h *questionnaires.History) []engine.Digest {
	var ids []engine.Digest
	for _, e := range slices.Concat(h.Entries(), h.SideLog()) {
		ids = append(ids, e.ID)
	}
	return ids
}

func (s *story) words(n int) string {
	return canary + " " + strings.Repeat("word ", n)
}

func (s *story) save(answers int) error {
	drafts := make([]questionnaires.Draft, answers)
	for i := range drafts {
		s.made++
		drafts[i] = answer(s.words(s.made))
	}
	s.begin()
	entries, err := s.vault.Append(s.t.Context(), drafts...)
	if err != nil {
		return err
	}
	ids := make([]engine.Digest, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	s.end(ids...)
	return nil
}

// attach takes evidence in that does not become smaller by packing.
func (s *story) attach(size int) error {
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(s.rng.Uint32())
	}
	copy(noise, canary)
	s.begin()
	item, err := s.vault.PutEvidence(s.t.Context(), questionnaires.Evidence{Title: "Noise"}, "noise.bin", bytes.NewReader(noise))
	if err != nil {
		return err
	}
	s.held.files = append(slices.Clip(s.held.files), item.File.Digest)
	s.end(item.Entry)
	return nil
}

func (s *story) small() error   { return s.save(1) }
func (s *story) several() error { return s.save(2 + s.rng.IntN(3)) }
func (s *story) file() error    { return s.attach(len(canary) + s.rng.IntN(60_000)) }
func (s *story) compact() error { return s.vault.Compact(s.t.Context(), nil) }
func (s *story) close() error   { return s.vault.Close() }

func (s *story) fold() error {
	err := s.vault.log.fold()
	s.vault.poisoned = s.vault.log.failure()
	return err
}

// die ends the program at once: what it asked the disk for stays asked for.
func (s *story) die() {
	_ = s.vault.store.close()
	_ = s.vault.lock.file.Close()
	s.vault.closed.Store(true)
}

func (s *story) again() error {
	require.NoError(s.t, s.close())
	s.open()
	return nil
}

// broken does something during which the disk refuses a step, or after a step of
// which the program is killed. It then goes on as a person would.
func (s *story) broken() error {
	step := []string{"write", "sync", "create", "rename", "folder", "remove", "truncate"}[s.rng.IntN(7)]
	s.disk.fault = fault{step: step, nth: s.rng.IntN(2), cause: errRefused, kills: s.rng.IntN(2) == 0}
	do := []func() error{s.small, s.small, s.file, s.fold, s.compact}[s.rng.IntN(5)]
	err := do()
	killed := s.disk.dead
	s.disk.fault, s.disk.dead = fault{}, false
	switch {
	case killed:
		s.die()
		s.open()
	case err == nil: // it did not come to that step
	case s.vault.poisoned != nil:
		require.ErrorIs(s.t, err, errRefused)
		require.ErrorIs(s.t, s.small(), ErrPoisoned)
		return s.again()
	default:
		require.ErrorIs(s.t, err, errRefused)
		require.Equal(s.t, s.held.there, entryIDs(history(s.t, s.vault)), "what failed is not there")
	}
	return nil
}

var errRefused = errors.New("no space left on device")

// do does one thing after the other.
func (s *story) do(steps ...func() error) {
	for i, step := range steps {
		require.NoError(s.t, step(), "step %d", i)
	}
}

// live is a vault's whole life, with more of it in places that the seed chooses.
func (s *story) live() {
	life := []func() error{
		s.small, s.several, s.file, s.fold, s.small, s.compact, s.small, s.small, s.again, s.small,
	}
	more := []func() error{s.small, s.several, s.fold, s.compact, s.again, s.file, s.broken, s.broken, s.broken, s.broken}
	for range 5 {
		life = slices.Insert(life, s.rng.IntN(len(life)), more[s.rng.IntN(len(more))])
	}
	s.create()
	s.do(append(life, s.close)...)
}

// takeInMuch takes in a file that is more than one save.
func (s *story) takeInMuch() {
	s.create()
	s.do(s.small, func() error { return s.attach(maxIntake + 50_000) }, s.small, s.close)
}

// upgrade opens a vault that an earlier version wrote, which rewrites tables.
func (s *story) upgrade(released string) {
	base, err := os.ReadFile(filepath.Join("testdata", released+".vault"))
	require.NoError(s.t, err)
	secret, err := os.Open(filepath.Join("testdata", released+".identity.txt"))
	require.NoError(s.t, err)
	defer secret.Close()
	identities, err := ParseIdentities(secret, nil)
	require.NoError(s.t, err)
	s.keys = deskKeys{identities[0], identities[0].(*age.X25519Identity).Recipient()}
	require.NoError(s.t, s.disk.put(folderImage{"shop.vault": base}))
	before, err := Open(s.t.Context(), s.desk.path, identities)
	require.NoError(s.t, err)
	p := s.found(before)
	require.NoError(s.t, before.Close())
	s.disk.record(event{kind: promised, promise: &p})
	s.open()
	s.do(s.small, s.close)
}
