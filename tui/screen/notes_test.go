package screen_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// seats lets several people sit down at the vault, one after another: whoever comes
// closes it for who was there.
func (m *merchant) seats(t *testing.T, names ...string) (sit func(name string)) {
	t.Helper()
	signers := map[string]*questionnaires.Signer{m.signer.Author.Name: m.signer}
	m.prepared(t, func(v *vault.Vault) error {
		for _, name := range names {
			seed := sha256.Sum256([]byte(name))
			signer, err := questionnaires.NewSigner(name, ed25519.NewKeyFromSeed(seed[:]), engine.Digest{})
			require.NoError(t, err)
			signers[name] = signer
			_, err = v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.AuthorEnrolled, Subject: signer.Author.ID.String(), Payload: signer.Enrolment()})
			require.NoError(t, err)
		}
		return nil
	})
	var there *vault.Vault
	return func(name string) {
		if there != nil {
			require.NoError(t, there.Close())
		}
		m.Open = func(ctx context.Context, _ string) (v *vault.Vault, err error) {
			v, err = vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithAuthor(signers[name]), vault.WithClock(m.clock.Now))
			there = v
			return v, err
		}
	}
}

// A reviewer writes beside a question, who answered it replies, and the reviewer closes.
func TestANoteGoesBackAndForth(t *testing.T) {
	m := newMerchant(t, 1)
	sit := m.seats(t, "Quin", "Eve")
	sit("Ada Assessor")
	d := desk(t, m.Workbench, 120, 40)
	question(d, "8.3.6").Press(" ").Shows("8.3.6 answered")

	sit("Quin")
	d = question(desk(t, m.Workbench, 120, 40), "8.3.6").Shows("Notes 0").Press("m").Shows("New note", "8.3.6", "internal unless it is shared")
	filled(d, "on", "8.3.99").Shows("not saved").Press("x")
	place(d, "note").Type("Which system was looked at?\nThe narrative names none.").Press("esc", "esc")
	d.Press("S").Shows("the note is written", "Notes 1", "! open  Note-1  8.3.6  internal", "Which system was looked at?")
	n := m.assessment(t).Notes()[0]
	assert.False(t, n.Shared)

	sit("Ada Assessor")
	d = desk(t, m.Workbench, 120, 40).Shows("1 open, 0 answered, 0 closed, ! 1 waits for you", "! Note-1 open", "Quin: Which system was looked at?")
	d = d.Press(":", "/").Type("review notes").Press("enter", "enter").Shows("It waits for you", "8.3.6  Quin: Which system")
	d.Press("x").Shows("Close Note-1", "Nobody closes")
	place(d, "reason").Type("Seen.").Press("esc", "esc", "S").Shows("not done: close Note-1").Press("D")
	d.Press("a").Shows("Answer Note-1", "1 place is missing")
	place(d, "reply").Type("The directory of the tills.").Press("esc", "esc", "S").Shows("Note-1 answered", "Last Ada Assessor")
	d.Press("enter").Shows("Note-1 on 8.3.6  internal", "Quin, 2026-11-20 14:02:11 UTC", "The narrative names none.", "The directory of the tills.")
	d.Press("o").Shows("Notes 1").Press("esc", "esc", "esc", "esc", "esc").Shows("0 open, 1 answered, 0 closed")

	sit("Eve")
	d = question(desk(t, m.Workbench, 80, 24), "8.3.6")
	d.Press("tab", "tab", "tab", "tab").Shows("○ answered  Note-1")
	d.Press("x").Shows("Close Note-1", "1 place is missing")
	place(d, "reason").Type("Quin is on leave; the reply does.").Press("esc", "esc", "S").Shows("Note-1 closed", "✓ closed  Note-1")
	d.Press("x").Shows("x: it is closed")
}

// A note can be on evidence and on a section, and be shared on purpose.
func TestNotesOnEvidenceAndSections(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 80, 24)
	d.Press("e", "enter", "m").Shows("New note", "Evidence-1")
	place(d, "note").Type("One namespace was not seen.").Press("esc", "esc", "S").Shows("! Note-1 open").Press("esc", "esc")
	d.Press(":", "/").Type("review notes").Press("enter", "enter").Shows("Evidence-1  Ada Assessor: One namespace").Press("o").Shows("What it proves").Press("esc")
	d.Press("m")
	filled(d, "on", "scope")
	place(d, "note").Type("The wireless network is not named.").Press("esc", "esc")
	place(d, "shared").Press("esc", "S").Press("down").Shows("Note-2", "Shared, by Ada Assessor")
	all := m.assessment(t).Notes()
	require.Len(t, all, 2)
	assert.True(t, all[1].Shared)
	assert.Equal(t, "scope", all[1].On.Section)
	d.Press("o").Shows("Scope").Press("esc", "x", "S").Shows("Note-2 closed").Press("a")
	place(d, "reply").Type("It came back.").Press("esc", "esc", "S").Shows("! open  Note-2")
}

func TestGoldenNotes(t *testing.T) {
	frames(t, 1, "roc", func(d *tuitest.Driver, golden func(string)) {
		question(d, "8.3.6").Press("m")
		golden("note-new")
		place(d, "note").Type("Which system was looked at? The narrative names none, and the sample is of another one than the inventory lists under this number.").Press("esc", "esc", "S")
		golden("question-noted")
		d.Press("esc", "esc", "esc", ":", "/").Type("review notes").Press("enter", "enter", "a")
		golden("note-answer")
		place(d, "reply").Type("The directory of the tills.").Press("esc", "esc", "S")
		golden("notes")
		d.Press("enter")
		golden("note")
		d.Press("esc", "esc", "esc", "esc")
		golden("dashboard-noted")
	})
}
