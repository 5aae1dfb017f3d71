package vault

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// refusals are what a disk answers, by what it was asked for.
var refusals = map[string]error{
	"create": syscall.EROFS, "write": syscall.ENOSPC, "sync": syscall.EIO, "rename": syscall.EACCES,
	"folder": syscall.EIO, "remove": syscall.EACCES, "truncate": syscall.EIO,
}

// refusalRuns has the disk refuse each step of everything that writes: one clear
// line, nothing lost, and the next save works, at once or after opening again.
func refusalRuns(t *testing.T, c *tally, whole bool) {
	d := newDesk(t)
	for nth := range 3 {
		for _, step := range []string{"create", "write", "sync", "rename", "folder", "remove", "truncate"} {
			for _, what := range []string{"save", "first save", "large save", "evidence", "fold", "compaction", "closing"} {
				if what == "closing" && !whole {
					continue
				}
				refused, err := refuse(t, d, what, fault{step: step, nth: nth, cause: refusals[step]})
				if refused || err != nil {
					c.count(t, err, "%s %d refused in a %s", step, nth, what)
				}
			}
		}
	}
}

// refuse reports whether it came to that step, and what was wrong then.
func refuse(t *testing.T, d *desk, what string, f fault) (refused bool, err error) {
	s := newStory(t, d, 3000)
	s.create()
	for _, step := range []func() error{s.small, s.compact, s.small, s.file, s.small} {
		require.NoError(t, step())
	}
	switch what {
	case "first save":
		require.NoError(t, s.compact())
	case "closing":
		for range manyMembers / 4 {
			require.NoError(t, s.small())
		}
	}
	base, log := s.desk.bytes(), s.desk.log()
	s.disk.fault = f
	do := map[string]func() error{
		"save": s.small, "first save": s.small, "large save": func() error { return s.save(40) },
		"evidence": func() error { return s.attach(200_000) }, "fold": s.fold, "compaction": s.compact, "closing": s.close,
	}[what]
	failure := do()
	refused = s.disk.fault.cause == nil
	s.disk.fault = fault{}
	switch {
	case !refused:
		return false, errors.Join(failure, s.close())
	case failure == nil: // what tidies up may fail in silence
		return true, s.worksAfterwards()
	case !errors.Is(failure, f.cause):
		return true, fmt.Errorf("the error hides its cause: %w", failure)
	case strings.ContainsAny(failure.Error(), "\n"), what == "closing" && !strings.Contains(failure.Error(), "everything is saved"):
		return true, fmt.Errorf("the error is no clear line: %q", failure.Error())
	}
	if err := s.untouched(base, log, f.step); err != nil {
		return true, err
	}
	return true, s.worksAfterwards()
}

// untouched: the data is as it was. Where the folder could not be forced, it is up to
// the disk which of two states is there.
func (s *story) untouched(base, log []byte, step string) error {
	if step == "folder" {
		return nil
	}
	if now := s.desk.bytes(); !bytes.Equal(now, base) {
		return errors.New("the base is not as it was")
	}
	if now := s.desk.log(); !bytes.HasPrefix(now, log) {
		return errors.New("the log is not as it was")
	}
	return nil
}

// worksAfterwards saves when the disk is well again.
func (s *story) worksAfterwards() error {
	if s.vault.closed.Load() || s.vault.poisoned != nil {
		if !s.vault.closed.Load() && !errors.Is(s.small(), ErrPoisoned) {
			return errors.New("a vault in doubt saves")
		}
		if err := s.vault.Close(); err != nil {
			return err
		}
		there := s.held
		s.open()
		if len(s.held.there) < len(there.there) || !slices.Equal(there.there, s.held.there[:len(there.there)]) {
			return errLost
		}
	}
	if err := s.small(); err != nil {
		return fmt.Errorf("save afterwards: %w", err)
	}
	if err := s.again(); err != nil {
		return err
	}
	return errors.Join(s.held.kept(s.vault), s.close())
}
