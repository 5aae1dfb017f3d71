package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// canary is in everything that a fault run saves. It must never stand on a disk.
const canary = "CANARY-4111111111111111-PLAINTEXT"

// faultRuns is how many fault runs are asked for: TICKMARK_FAULTS, or a sample.
func faultRuns(t *testing.T) int {
	text := os.Getenv("TICKMARK_FAULTS")
	if text == "" {
		return 700
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "TICKMARK_FAULTS")
	return n
}

// tally counts fault runs by how they ended.
type tally struct {
	runs, lost, alarms, untold, others int
}

func (c *tally) String() string {
	flips := "every flip told"
	if c.untold > 0 {
		flips = fmt.Sprintf("%d flips not told", c.untold)
	}
	return fmt.Sprintf("faults: %d runs, %d lost, %d false alarms, %s", c.runs, c.lost, c.alarms, flips)
}

// Ways in which a fault run must not end.
var (
	errLost      = errors.New("an acknowledged save is lost")
	errAlarm     = errors.New("a false alarm of tampering")
	errUntold    = errors.New("a flip is not told")
	errPlaintext = errors.New("there is plaintext on the disk")
)

// count takes note of how a run ended.
func (c *tally) count(t *testing.T, err error, format string, args ...any) {
	c.runs++
	switch {
	case err == nil:
		return
	case errors.Is(err, errLost):
		c.lost++
	case errors.Is(err, errAlarm):
		c.alarms++
	case errors.Is(err, errUntold):
		c.untold++
	default:
		c.others++
	}
	if bad := c.lost + c.alarms + c.untold + c.others; bad <= 20 {
		t.Errorf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}

// TestFaults lets the power fail, bits flip and disks refuse, at every moment of a
// vault's life. `make faults` runs it whole.
func TestFaults(t *testing.T) {
	c, n := &tally{}, faultRuns(t)
	t.Run("crashes", func(t *testing.T) { crashRuns(t, c, n*7/10) })
	fmt.Println(c)
}

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
}

// deskKeys are what a vault is sealed to and opened with.
type deskKeys struct {
	identity  age.Identity
	recipient age.Recipient
}

func newStory(t *testing.T, d *desk, seed uint64) *story {
	folder := quickFolder(t)
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
		p.files = append(p.files, e.File.Digest)
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
	_ = s.vault.detach()
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

// steps is a vault's whole life, with more of it in places that the seed chooses.
func (s *story) steps() []func() error {
	life := []func() error{
		s.small, s.several, s.file, s.fold, s.small, s.compact, s.small, s.small, s.again, s.small,
	}
	more := []func() error{s.small, s.several, s.fold, s.compact, s.again, s.file, s.broken, s.broken, s.broken, s.broken}
	for range 5 {
		life = slices.Insert(life, s.rng.IntN(len(life)), more[s.rng.IntN(len(more))])
	}
	return append(life, s.close)
}

// crashRuns lets the power fail at every moment of stories until n states that it
// could have left were opened.
func crashRuns(t *testing.T, c *tally, n int) {
	d := newDesk(t)
	keys := []deskKeys{{d.identity, d.identity.Recipient()}, hybridKeys(t)}
	seen, end := map[[32]byte]bool{}, c.runs+n
	for seed := uint64(1); c.runs < end; seed++ {
		s := newStory(t, d, seed)
		s.keys = keys[seed%5/4] // one in five is hybrid
		s.create()
		for _, step := range s.steps() {
			require.NoError(t, step(), "story %d", seed)
		}
		left := s.crash(c, seen, 8, fmt.Sprintf("story %d", seed))
		// What a crash left is opened, saved to, and the power fails once more.
		for i := range 4 {
			again := newStory(t, d, seed<<8+uint64(i))
			again.keys = s.keys
			again.goOn(left[s.rng.IntN(len(left))])
			again.crash(c, seen, 8, fmt.Sprintf("story %d after crash %d", seed, i))
		}
	}
}

// goOn is what somebody does after a crash.
func (s *story) goOn(files folderImage) {
	require.NoError(s.t, s.disk.put(files))
	if files["shop.vault"] == nil {
		s.create()
	} else {
		s.open()
	}
	steps := []func() error{s.several, []func() error{s.broken, s.broken, s.compact, s.fold}[s.rng.IntN(4)], s.small, s.close}
	for _, step := range steps {
		require.NoError(s.t, step())
	}
}

// crash opens what a crash at each moment of the story could have left, some states
// for each, and returns them, or those of them in which a save was interrupted.
func (s *story) crash(c *tally, seen map[[32]byte]bool, each int, name string) []folderImage {
	platter := newPlatter(s.rng)
	var holds promise
	var all, torn []folderImage
	started := false
	for i, e := range s.disk.events {
		platter.apply(e)
		if e.kind == promised {
			holds, started = *e.promise, true
		}
		if !started {
			continue // what was there before
		}
		for _, files := range platter.crashes(each) {
			key := files.sum(holds)
			if seen[key] {
				continue
			}
			seen[key] = true
			recovered, err := s.survives(files, holds)
			c.count(s.t, err, "%s, event %d of %d", name, i, len(s.disk.events))
			if all = append(all, files); recovered {
				torn = append(torn, files)
			}
		}
	}
	if len(torn) > 0 && s.rng.IntN(2) == 0 {
		return torn
	}
	return all
}

func (f folderImage) sum(p promise) [32]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%s %d ", name, len(f[name]))
		h.Write(f[name])
	}
	fmt.Fprint(h, p.there, p.maybe, p.any)
	return [32]byte(h.Sum(nil))
}

// quietDisk does not wait for the disk: no power fails while a state is looked at.
type quietDisk struct{ realDisk }

type quietFile struct{ *os.File }

func (quietFile) Sync() error { return nil }

func (d quietDisk) create(path string) (file, error) {
	f, err := d.realDisk.create(path)
	if err != nil {
		return nil, err
	}
	return quietFile{f.(*os.File)}, nil
}

func (d quietDisk) openLog(path string, as access) (logFile, error) {
	f, err := d.realDisk.openLog(path, as)
	if err != nil {
		return nil, err
	}
	return quietFile{f.(*os.File)}, nil
}

func (quietDisk) syncFolder(string) error { return nil }

// survives opens what a crash left, as a reader, who writes nothing, and to go on.
// It reports whether something of an interrupted save was left out.
func (s *story) survives(files folderImage, holds promise) (recovered bool, err error) {
	folder, err := os.MkdirTemp(s.disk.folder, "crash")
	require.NoError(s.t, err)
	defer os.RemoveAll(folder)
	for name, content := range files {
		require.NoError(s.t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	if err := noPlaintext(folder); err != nil {
		return false, err
	}
	path := filepath.Join(folder, "shop.vault")
	if _, there := files["shop.vault"]; !there {
		if holds.exists {
			return false, fmt.Errorf("%w: the vault itself", errLost)
		}
		v, err := Create(context.Background(), path, []age.Recipient{s.keys.recipient}, append(s.options(), ForEntity(canary), withDisk(quietDisk{}))...)
		if err != nil {
			return false, err
		}
		return false, v.Close()
	}
	reader, err := Open(context.Background(), path, []age.Identity{s.keys.identity}, ReadOnly())
	if err != nil {
		return false, alarm(err)
	}
	recovered = reader.Recovered() > 0
	if err := errors.Join(holds.kept(reader), reader.Close()); err != nil {
		return recovered, err
	}
	for name, content := range files {
		if now, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(now, content) {
			return recovered, fmt.Errorf("a reader changed %s: %w", name, err)
		}
	}
	return recovered, s.goesOn(path, holds)
}

// goesOn saves once more to what a crash left.
func (s *story) goesOn(path string, holds promise) error {
	options := append(s.options(), withDisk(quietDisk{}))
	v, err := Open(context.Background(), path, []age.Identity{s.keys.identity}, options...)
	if err != nil {
		return alarm(err)
	}
	if err := holds.kept(v); err != nil {
		return errors.Join(err, v.Close())
	}
	entries, err := v.Append(context.Background(), answer(canary))
	if err = errors.Join(err, v.Close()); err != nil {
		return fmt.Errorf("save once more: %w", err)
	}
	if v, err = Open(context.Background(), path, []age.Identity{s.keys.identity}, options...); err != nil {
		return alarm(err)
	}
	holds.there = append(slices.Clip(holds.there), entries[0].ID)
	if v.Recovered() != 0 {
		err = errors.New("something of an interrupted save is left after the next")
	}
	return errors.Join(err, holds.kept(v), v.Close(), noPlaintext(filepath.Dir(path)))
}

// alarm says of an opening that failed after a crash what kind of failure it is.
func alarm(err error) error {
	var tamper *TamperError
	if errors.As(err, &tamper) {
		return fmt.Errorf("%w: %w", errAlarm, err)
	}
	return fmt.Errorf("%w: %w", errLost, err)
}

// kept compares a vault with what was promised.
func (p promise) kept(v *Vault) error {
	h, err := v.History(context.Background())
	if err != nil {
		return err
	}
	there := entryIDs(h)
	more := slices.DeleteFunc(slices.Clone(there), func(id engine.Digest) bool { return slices.Contains(p.there, id) })
	switch {
	case len(there)-len(more) != len(p.there):
		return fmt.Errorf("%w: %d of %d entries are there", errLost, len(there)-len(more), len(p.there))
	case p.any && len(more) > 1, !p.any && len(more) > 0 && !sameSet(more, p.maybe):
		return fmt.Errorf("%d entries more than the %d acknowledged, and %d in doubt", len(more), len(p.there), len(p.maybe))
	}
	for _, digest := range p.files {
		if _, err := v.Body(context.Background(), digest); err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
	}
	if err := v.Verify(context.Background()); err != nil {
		return alarm(err)
	}
	return nil
}

func sameSet(a, b []engine.Digest) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id engine.Digest) bool { return !slices.Contains(b, id) })
}

// noPlaintext looks through all files of a folder.
func noPlaintext(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, secret := range []string{canary, sqliteMagic, "AGE-SECRET-KEY-"} {
			if bytes.Contains(content, []byte(secret)) {
				return fmt.Errorf("%w: %s in %s", errPlaintext, secret, entry.Name())
			}
		}
		return err
	})
}
