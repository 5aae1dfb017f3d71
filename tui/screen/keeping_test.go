package screen_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// cared lets a desk give the vault to others: to keys alone, and not to files of them.
func (m *merchant) cared(t *testing.T) {
	t.Helper()
	recipients := func(g screen.Giving) ([]vault.Recipient, error) {
		var all []vault.Recipient
		for _, text := range g.To {
			key, err := vault.ParseRecipient(text)
			if err != nil {
				return nil, err
			}
			r, err := vault.NewRecipient(key, g.Label)
			if err != nil {
				return nil, err
			}
			all = append(all, r)
		}
		return all, nil
	}
	m.Care = screen.Care{
		Archive: func(ctx context.Context, v *vault.Vault, g screen.Giving, tell func(engine.Progress)) (screen.Said, error) {
			to, err := recipients(g)
			if err != nil {
				return screen.Said{}, err
			}
			made, err := v.Archive(ctx, g.File, vault.Archiving{To: to, Sealing: func(done, total int64) {
				tell(engine.Progress{What: "sealing the archive", Seen: int(done), Total: int(total)})
			}})
			return screen.Said{Lines: []string{"archived, head " + made.Head.String()}, Attention: true}, err
		},
		HandOff: func(ctx context.Context, v *vault.Vault, g screen.Giving, _ func(engine.Progress)) (screen.Said, error) {
			to, err := recipients(g)
			if err != nil {
				return screen.Said{}, err
			}
			_, err = v.HandOff(ctx, g.File, vault.HandingOff{To: to, Note: g.Note, KeepPresent: g.Keep})
			return screen.Said{Lines: []string{"handed off"}}, err
		},
		Merge: func(ctx context.Context, v *vault.Vault, g screen.Taking, _ func(engine.Progress)) (screen.Said, error) {
			other, err := vault.Open(ctx, g.File, []age.Identity{m.identity}, vault.ReadOnly())
			if err != nil {
				return screen.Said{}, err
			}
			defer other.Close()
			_, err = v.Merge(ctx, other, nil)
			return screen.Said{Lines: []string{"merged " + g.File}}, err
		},
		AddRecipients: func(ctx context.Context, v *vault.Vault, g screen.Giving, _ func(engine.Progress)) (screen.Said, error) {
			added, _ := recipients(g)
			return screen.Said{}, v.SetRecipients(ctx, append(v.Recipients(), added...), nil)
		},
		RemoveRecipient: func(ctx context.Context, v *vault.Vault, r vault.Recipient, _ func(engine.Progress)) (screen.Said, error) {
			var left []vault.Recipient
			for _, other := range v.Recipients() {
				if other.Recipient != r.Recipient {
					left = append(left, other)
				}
			}
			return screen.Said{}, v.SetRecipients(ctx, left, nil)
		},
		Expunge: func(ctx context.Context, v *vault.Vault, bodies int, _ func(engine.Progress)) (screen.Said, error) {
			catalogue, err := pci.Catalogue()
			if err != nil {
				return screen.Said{}, err
			}
			past, err := v.PastRetention(ctx, catalogue, questionnaires.DayOf(m.clock.now))
			if err == nil && len(past.Drafts) != bodies {
				err = errors.New("something else may go")
			}
			if err == nil {
				_, err = v.ExpungeAll(ctx, past.Drafts, nil)
			}
			return screen.Said{Lines: []string{fmt.Sprintf("expunged %d bodies", bodies)}}, err
		},
		Enrol: func(string, *questionnaires.History) (questionnaires.Draft, error) {
			return questionnaires.Draft{}, errors.New("read card: it is not there")
		},
	}
}

// keeping opens the room.
func keepingRoom(d *tuitest.Driver) *tuitest.Driver {
	return d.Press(":", "/").Type("legal hold").Press("enter", "enter")
}

// Retention, hold and expunging are reached from the desk, in their order.
func TestKeepingAtTheDesk(t *testing.T) {
	m := newMerchant(t, 1)
	m.cared(t)
	d := keepingRoom(desk(t, m.Workbench, 120, 40)).Shows("· no day", "no QSA took part", "– none", "! one key", "nobody is named")

	d.Press("enter").Shows("Retention")
	filled(d, "until", "2026-11-19")
	filled(d, "custodian", "Records office").Press("esc").Shows("! over", "ended with 2026-11-19", "Custodian: Records office")

	d.Press("down", "enter").Shows("Legal hold", "1 place is missing")
	filled(d, "reason", "Claim 4-17").Press("S").Shows("! held", "by Ada Assessor: Claim 4-17")
	d.Press("down", "enter").Shows("Nothing of the evidence may go today", "under legal hold since 2026-11-20").Press("X").Shows("X: nothing may go today").Press("esc")
	d.Press("up", "enter").Shows("Release")
	filled(d, "reason", "Settled").Press("S").Shows("– none", "Released since")

	d.Press("down", "enter").Shows("! may go", "Evidence-1", "all items were looked at").Press("X").Shows("for good, in this vault")
	filled(d, "how many", "3").Shows("not saved").Press("x")
	past, err := m.past(t)
	require.NoError(t, err)
	filled(d, "how many", fmt.Sprint(len(past.Drafts))).Press("S").Shows("✓ It is done", "expunged "+fmt.Sprint(len(past.Drafts))+" bodies")
	d.Press("esc").Shows("Nothing of the evidence may go today").ShowsNot("Evidence-1").Press("esc").Shows("Past retention")
	for _, item := range m.assessment(t).History().Evidence() {
		require.NotNil(t, item.Expunged, item.Label())
	}
}

func (m *merchant) past(t *testing.T) (vault.PastRetention, error) {
	t.Helper()
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.ReadOnly())
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()
	return v.PastRetention(t.Context(), m.Catalogue, questionnaires.DayOf(m.clock.now))
}

// An archive and a copy for the next team are written from the desk, and a second key
// ends the warning.
func TestGivingTheVaultAway(t *testing.T) {
	m := newMerchant(t, 1)
	m.cared(t)
	archive, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "archived.vault")
	d := keepingRoom(desk(t, m.Workbench, 120, 40)).Press("down", "down", "down", "enter").Shows("Archive", "2 places are missing")
	place(d, "to").Type("age1nonsense").Press("esc", "esc")
	filled(d, "file", file).Press("S").Shows("not done")
	place(d, "to").Press("ctrl+u").Type(archive.Recipient().String()).Press("esc", "esc")
	filled(d, "whose", "the archive").Press("S").Shows("! It is done, and something needs you", "archived, head")
	d.Press("esc").Shows("✓ 1 archive", "today 14:02 UTC, to the archive")
	v, err := vault.Open(t.Context(), file, []age.Identity{archive}, vault.ReadOnly())
	require.NoError(t, err)
	require.NoError(t, v.Close())

	next, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	d.Press("down", "down", "down", "enter").Shows("Handoff")
	place(d, "to").Type(next.Recipient().String()).Press("esc", "esc")
	filled(d, "file", filepath.Join(filepath.Dir(file), "next.vault"))
	filled(d, "note", "Yours from here").Press("S").Shows("✓ It is done", "handed off").Press("esc").Shows("✓ 1 copy", "Yours from here")

	d.Press("up", "up", "enter").Shows("a lost key is lost workpapers").Press("x").Shows("x: it is the only one").Press("a")
	place(d, "to").Type(next.Recipient().String()).Press("esc", "esc")
	filled(d, "whose", "Bo").Press("S").Shows("✓ It is done").Press("esc").ShowsNot("lost key").Shows("Bo")
	d.Press("end", "x").Shows("Without Bo")
	place(d, "sure").Press("S").Shows("✓ It is done").Press("esc").Shows("a lost key is lost workpapers").Press("esc")

	d.Press("down", "enter").Shows("Authors", "✓ verified", "Ada Assessor").Press("a").Shows("Enrol")
	filled(d, "file", "bo.card").Press("S").Shows("not done: read card: it is not there")
}

// A copy that comes back is taken in at the desk, which shows what came at once.
func TestTakingACopyIn(t *testing.T) {
	m := newMerchant(t, 1)
	m.cared(t)
	next, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "back.vault")
	to, err := vault.NewRecipient(next.Recipient(), "the next team")
	require.NoError(t, err)
	v, err := m.Open(t.Context(), m.Path)
	require.NoError(t, err)
	_, err = v.HandOff(t.Context(), file, vault.HandingOff{To: []vault.Recipient{to}, KeepPresent: true})
	require.NoError(t, err)
	require.NoError(t, v.Close())
	other, err := vault.Open(t.Context(), file, []age.Identity{m.identity}, vault.WithAuthor(m.signer), vault.WithClock(m.clock.Now))
	require.NoError(t, err)
	_, err = other.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Theirs"}, "theirs.txt", strings.NewReader("theirs"))
	require.NoError(t, err)
	require.NoError(t, other.Close())

	d := keepingRoom(desk(t, m.Workbench, 120, 40)).Press("end").Shows("a copy that comes back").Press("enter").Shows("1 place is missing")
	filled(d, "file", "nowhere.vault").Press("S").Shows("not done", "nowhere.vault")
	d.Press("ctrl+u")
	filled(d, "file", file).Press("S").Shows("✓ It is done", "merged "+file)
	d.Press("esc", "esc", "esc", "esc", "e", "end").Shows("Theirs")
}

func TestGoldenKeeping(t *testing.T) {
	frames(t, 1, "roc", func(d *tuitest.Driver, golden func(string)) {
		keepingRoom(d)
		golden("keeping")
		d.Press("enter")
		filled(d, "until", "2029-12-31")
		golden("retention")
		d.Press("esc", "down", "enter")
		filled(d, "reason", "Claim 4-17").Press("S")
		golden("keeping-held")
		d.Press("down", "enter")
		golden("past-retention")
	})
}
