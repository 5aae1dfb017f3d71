package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// crashRuns lets the power fail at every moment of stories until n states that it
// could have left were opened.
func crashRuns(t *testing.T, c *tally, n int) {
	d := newDesk(t)
	keys := []deskKeys{{d.identity, d.identity.Recipient()}, hybridKeys(t)}
	seen, end := map[[32]byte]bool{}, c.runs+n
	for seed := uint64(1); c.runs < end; seed++ {
		s := newStory(t, d, seed)
		each := 8
		switch seed % 20 {
		case 2:
			s.upgrade("v1")
		case 17:
			each = 2
			s.takeInMuch()
		default:
			s.keys = keys[seed%5/4] // one in five is hybrid
			s.live()
		}
		left := s.crash(c, seen, each, fmt.Sprintf("story %d", seed))
		// What a crash left is opened, saved to, and the power fails once more.
		for i := range 4 {
			again := newStory(t, d, seed<<8+uint64(i))
			again.keys = s.keys
			again.goOn(left[s.rng.IntN(len(left))])
			again.crash(c, seen, each, fmt.Sprintf("story %d after crash %d", seed, i))
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
	s.do(s.several, []func() error{s.broken, s.broken, s.compact, s.fold}[s.rng.IntN(4)], s.small, s.close)
}

// crash opens what a crash at each moment of the story could have left, some states
// for each, and returns them, or those of them in which a save was interrupted.
func (s *story) crash(c *tally, seen map[[32]byte]bool, each int, name string) []folderImage {
	defer os.RemoveAll(s.disk.folder)
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
	f, err := d.realDisk.openLog(path, toMake)
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
	if err := errors.Join(holds.kept(reader), s.copies(folder, reader), reader.Close()); err != nil {
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
