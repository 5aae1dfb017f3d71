package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

const whispered = "Between us: the sample was drawn twice"

// internalNote writes a note that stays in the house.
func internalNote(t *testing.T, v *Vault, text string) questionnaires.Entry {
	t.Helper()
	id, err := questionnaires.NewID(v.settings.random)
	require.NoError(t, err)
	all, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.NoteRaised, Subject: "note " + string(id), Payload: questionnaires.ReviewNote{
		ID: id, Number: 1, On: questionnaires.NotePlace{Section: "scope"}, Text: text, Salt: id,
	}})
	require.NoError(t, err)
	return all[0]
}

func TestAHandoffLeavesInternalNotesBehind(t *testing.T) {
	d, next, third := newDesk(t), newTeam(t), newTeam(t)
	v := d.create()
	appendAnswers(t, v, "What we found")
	licence(t, v, sentence)
	note := internalNote(t, v, whispered)
	_, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.UnsentKept, Subject: "unsent note", Payload: questionnaires.Unsent{
		Form: "New note", Texts: map[string]string{"Text": whispered + ", I mean to write"},
	}})
	require.NoError(t, err)
	given, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card})
	require.NoError(t, err)
	assert.Len(t, given.Withheld, 1)
	require.Len(t, v.history.SideLog(), 1, "words in the making stay where they were")
	payload, err := v.payload(note)
	require.NoError(t, err)
	assert.Contains(t, string(payload), whispered, "it stays where it was")
	holds(t, v)

	w := next.open()
	var own, plain bytes.Buffer
	require.NoError(t, v.db.pages(t.Context(), &own))
	require.Contains(t, own.String(), whispered)
	require.NoError(t, w.db.pages(t.Context(), &plain))
	for from := 0; from+8 <= len(whispered); from++ {
		require.NotContains(t, plain.String(), whispered[from:from+8])
	}
	assert.Equal(t, v.Head(), w.Head())
	found, err := w.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, found.Err(), "a vault that it was left out of holds")
	assert.Equal(t, 1, found.Withheld)

	second, err := w.HandOff(t.Context(), third.path, HandingOff{To: []Recipient{third.recipient()}, Author: &third.card})
	require.NoError(t, err)
	assert.Equal(t, given.Withheld, second.Withheld)
	x := third.open()
	holds(t, x)
	require.NoError(t, x.Close())
	require.NoError(t, w.Close())

	// What stayed behind is not lost.
	to := filepath.Join(t.TempDir(), "salvaged.vault")
	report, err := Salvage(t.Context(), next.path, to, []age.Identity{next.identity}, nil, nil, WithClock(d.clock))
	require.NoError(t, err)
	assert.False(t, report.Lost(), "%+v", report)
	next.path = to
	holds(t, next.open(ReadOnly()))

	elsewhere, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	to = filepath.Join(t.TempDir(), "elsewhere.vault")
	report, err = Salvage(t.Context(), next.path, to, []age.Identity{next.identity}, []Recipient{labelled(t, elsewhere.Recipient(), "")}, nil, WithClock(d.clock), WithAuthor(next.author))
	require.NoError(t, err)
	assert.False(t, report.Lost(), "%+v", report)
	other, err := Open(t.Context(), to, []age.Identity{elsewhere}, ReadOnly(), WithClock(d.clock))
	require.NoError(t, err)
	holds(t, other)

	// Where it comes home, it is said again.
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
		return tx.change("lose", func() error { return tx.db.withhold(note.ID) })
	}))
	found, err = v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, found.Faults, 1, "at home it is a loss")
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
		return tx.change("merge", func() error { return tx.db.putEntry(note, payload) })
	}))
	holds(t, v)
	_, err = os.Stat(next.path)
	require.NoError(t, err)
}
