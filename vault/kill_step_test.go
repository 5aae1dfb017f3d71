package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// killingDisk kills its own program, as kill -9 does, before, after or in the middle
// of something that it is asked for: the nth such moment.
type killingDisk struct {
	realDisk
	left *int
}

type killingFile struct {
	*os.File
	disk killingDisk
	end  int64
}

func (d killingDisk) moment() {
	if *d.left--; *d.left != 0 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err = errors.Join(err, self.Kill()); err != nil {
		panic(err)
	}
	select {}
}

func (d killingDisk) create(path string) (file, error) { return d.open(path, toMake) }

func (d killingDisk) openLog(path string, as access) (logFile, error) { return d.open(path, as) }

func (d killingDisk) open(path string, as access) (*killingFile, error) {
	d.moment()
	defer d.moment()
	f, err := d.realDisk.openLog(path, as)
	if err != nil {
		return nil, err
	}
	return &killingFile{File: f.(*os.File), disk: d}, nil
}

func (d killingDisk) rename(from, to string) error {
	d.moment()
	defer d.moment()
	return d.realDisk.rename(from, to)
}

func (d killingDisk) remove(path string) error {
	d.moment()
	defer d.moment()
	return d.realDisk.remove(path)
}

func (d killingDisk) syncFolder(path string) error {
	defer d.moment()
	return d.realDisk.syncFolder(path)
}

func (f *killingFile) Write(b []byte) (int, error) {
	n, err := f.WriteAt(b, f.end)
	f.end += int64(n)
	return n, err
}

func (f *killingFile) WriteAt(b []byte, at int64) (int, error) {
	half, err := f.File.WriteAt(b[:len(b)/2], at)
	f.disk.moment()
	if err != nil {
		return half, err
	}
	rest, err := f.File.WriteAt(b[half:], at+int64(half))
	f.disk.moment()
	return half + rest, err
}

func (f *killingFile) Sync() error {
	defer f.disk.moment()
	return f.File.Sync()
}

// killRuns starts a program that saves, folds and compacts, and has it killed at one
// moment after the other until it comes to its end; every so many of them.
func killRuns(t *testing.T, c *tally, every int) {
	d := newDesk(t)
	at := map[string]int{}
	for moment := 1; ; moment += every {
		require.Less(t, moment, 1000, "the program comes to its end")
		s := newStory(t, d, uint64(4000))
		s.create()
		for _, step := range []func() error{s.small, s.small, s.file, s.close} {
			require.NoError(t, step())
		}
		out, killed := runKilled(t, s, moment)
		if !killed {
			break
		}
		stage, err := s.afterKill(out)
		require.NoError(t, os.RemoveAll(s.disk.folder))
		at[stage]++
		c.count(t, err, "killed at moment %d, in a %s", moment, stage)
	}
	for _, stage := range []string{"save", "evidence", "fold", "compaction"} {
		assert.Positive(t, at[stage], "killed in a %s", stage)
	}
}

func runKilled(t *testing.T, s *story, moment int) (out string, killed bool) {
	child := exec.Command(os.Args[0], "-test.run=^TestFaults$")
	child.Env = append(os.Environ(), "TICKMARK_KILLED_AT="+strconv.Itoa(moment), "TICKMARK_KILLED_VAULT="+s.desk.path, "TICKMARK_KILLED_IDENTITY="+s.desk.identity.String())
	var errs bytes.Buffer
	child.Stderr = &errs
	said, err := child.Output()
	var ended *exec.ExitError
	killed = errors.As(err, &ended) && !ended.Exited()
	require.True(t, killed || err == nil, "%s%s", said, errs.String())
	return string(said), killed
}

// liveUntilKilled is the program that is killed. It says what it begins, and each
// entry that was acknowledged.
func liveUntilKilled(t *testing.T) {
	moment, err := strconv.Atoi(os.Getenv("TICKMARK_KILLED_AT"))
	require.NoError(t, err)
	identity, err := age.ParseX25519Identity(os.Getenv("TICKMARK_KILLED_IDENTITY"))
	require.NoError(t, err)
	d := newDesk(t)
	d.path, d.identity = os.Getenv("TICKMARK_KILLED_VAULT"), identity
	s := newStoryIn(t, d, filepath.Dir(d.path), 4001)
	fmt.Println("in opening")
	s.vault, err = Open(context.Background(), s.desk.path, []age.Identity{identity}, WithAuthor(s.desk.author), withDisk(killingDisk{left: &moment}))
	require.NoError(t, err)
	said := len(history(t, s.vault).Entries())
	for _, step := range []struct {
		name string
		do   func() error
	}{{"save", s.small}, {"evidence", s.file}, {"fold", s.fold}, {"save", s.small}, {"compaction", s.compact}, {"save", s.small}, {"closing", s.close}} {
		fmt.Println("in", step.name)
		require.NoError(t, step.do())
		if step.name == "closing" {
			return
		}
		for _, e := range history(t, s.vault).Entries()[said:] {
			fmt.Println("saved", e.ID)
			said++
		}
	}
}

// afterKill compares a vault with what the killed program said of it.
func (s *story) afterKill(out string) (stage string, err error) {
	holds := s.held
	holds.any = true
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if in, is := strings.CutPrefix(line, "in "); is {
			stage = in
		}
		if id, is := strings.CutPrefix(line, "saved "); is {
			var digest engine.Digest
			if err := digest.UnmarshalText([]byte(id)); err != nil {
				return stage, err
			}
			holds.there = append(slices.Clip(holds.there), digest)
		}
	}
	return stage, s.goesOn(s.desk.path, holds)
}
