package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
)

// colleague is who is let in, and to whom copies are handed.
func (s *story) colleague() deskKeys {
	if s.other.identity == nil {
		identity := newIdentity(s.t)
		s.other = deskKeys{identity, identity.Recipient()}
		if _, hybrid := s.keys.recipient.(*age.HybridRecipient); hybrid {
			s.other = hybridKeys(s.t)
		}
	}
	return s.other
}

// reseal lets the colleague in, or out again.
func (s *story) reseal() error {
	to := s.vault.Recipients()[:1]
	if len(s.vault.Recipients()) == 1 {
		to = append(slices.Clip(to), labelled(s.t, s.colleague().recipient, "A colleague"))
	}
	s.begin()
	if err := s.vault.SetRecipients(s.t.Context(), to, nil); err != nil {
		return err
	}
	s.end(history(s.t, s.vault).Tips()...)
	return nil
}

// handOff makes a copy for the colleague alone.
func (s *story) handOff() error {
	s.made++
	s.begin()
	file := filepath.Join(filepath.Dir(s.desk.path), fmt.Sprintf("next-%d.vault", s.made))
	given, err := s.vault.HandOff(s.t.Context(), file, HandingOff{To: []Recipient{labelled(s.t, s.colleague().recipient, canary)}})
	if err != nil {
		return err
	}
	s.end(given.Entry)
	return nil
}

// copies looks at the copies that a crash left: one with anything in it is whole, and
// the vault knows of it.
func (s *story) copies(folder string, v *Vault) error {
	names, err := filepath.Glob(filepath.Join(folder, "next-*.vault"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			continue // only its name was taken
		}
		c, err := Open(context.Background(), name, []age.Identity{s.other.identity}, ReadOnly())
		if err != nil {
			return alarm(err)
		}
		from, was, err := c.Origin(context.Background())
		if err == nil && !was {
			err = errors.New("a copy does not know where it came from")
		}
		if err == nil {
			h, _ := v.History(context.Background())
			_, err = h.Handoff(from.Entry)
		}
		if err = errors.Join(err, c.Verify(context.Background()), c.Close()); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

// A power cut while recipients change or a copy is handed off leaves the state before
// or after, and no copy that the journal does not know of.
func TestPowerCutsWhileRecipientsChange(t *testing.T) {
	d, c, seen := newDesk(t), &tally{}, map[[32]byte]bool{}
	for seed, keys := range []deskKeys{{d.identity, d.identity.Recipient()}, hybridKeys(t)} {
		s := newStory(t, d, uint64(5000+seed))
		s.keys = keys
		s.create()
		for _, step := range []func() error{s.small, s.reseal, s.small, s.handOff, s.small, s.compact, s.reseal, s.handOff, s.small, s.again, s.close} {
			require.NoError(t, step())
		}
		s.crash(c, seen, 3, fmt.Sprint("story ", seed))
	}
	require.Greater(t, c.runs, 100)
	t.Log(c)
}

// A disk that refuses a step of it leaves everything as it was, or says what it could
// not undo.
func TestRefusalsWhileRecipientsChange(t *testing.T) {
	d := newDesk(t)
	for nth := range 3 {
		for step, cause := range refusals {
			for _, handing := range []bool{false, true} {
				s := newStory(t, d, 6000)
				s.create()
				require.NoError(t, s.small())
				before := described(s.vault.Recipients())
				s.disk.fault = fault{step: step, nth: nth, cause: cause}
				do := s.reseal
				if handing {
					do = s.handOff
				}
				err := do()
				refused := s.disk.fault.cause == nil
				s.disk.fault = fault{}
				if err == nil {
					require.NoError(t, s.close())
					continue
				}
				require.True(t, refused)
				require.ErrorIs(t, err, cause, "%s %d", step, nth)
				require.NotContains(t, err.Error(), "\n")
				if handing && !strings.Contains(err.Error(), "the journal says") {
					require.Equal(t, s.held.there, entryIDs(history(t, s.vault)), "%s %d", step, nth)
				}
				if !handing && step != "folder" {
					require.Equal(t, before, described(s.vault.Recipients()))
				}
				require.NoError(t, s.worksAfterwards(), "%s %d", step, nth)
				require.NoError(t, s.copies(filepath.Dir(s.desk.path), s.reader()))
			}
		}
	}
}

func (s *story) reader() *Vault {
	v, err := Open(s.t.Context(), s.desk.path, []age.Identity{s.keys.identity}, ReadOnly())
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = v.Close() })
	return v
}
