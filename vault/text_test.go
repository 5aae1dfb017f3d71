package vault

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// sentence stands for the standard's words, which no copy may hold unasked.
const sentence = "Sentences under licence stay where they were loaded"

func licence(t *testing.T, v *Vault, said string) questionnaires.LicensedText {
	t.Helper()
	text, err := v.SetText(t.Context(), questionnaires.LicensedText{Source: "text.csv", Requirements: 1}, map[string]string{"1.2.1": said})
	require.NoError(t, err)
	return text
}

func holds(t *testing.T, v *Vault) {
	t.Helper()
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, found.Err())
}

func TestALicensedTextIsKeptReplacedAndRemoved(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	_, body, err := v.Text(t.Context())
	require.NoError(t, err)
	assert.Nil(t, body)
	assert.ErrorContains(t, v.RemoveText(t.Context(), nil), "there is none")

	first := licence(t, v, sentence)
	again := licence(t, v, sentence)
	assert.Equal(t, first.Body, again.Body)
	text, body, err := v.Text(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "text.csv", text.Source)
	assert.Contains(t, string(body), sentence)
	second := licence(t, v, "Others")
	_, err = v.Body(t.Context(), first.Body)
	require.ErrorIs(t, err, ErrAbsent, "what was replaced goes")
	holds(t, v)

	require.NoError(t, v.RemoveText(t.Context(), nil))
	_, body, err = v.Text(t.Context())
	require.NoError(t, err)
	assert.Nil(t, body)
	_, err = v.Body(t.Context(), second.Body)
	require.ErrorIs(t, err, ErrAbsent)
	holds(t, v)
	licence(t, v, sentence)
	_, body, err = v.Text(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(body), sentence, "it can be loaded again")
	holds(t, v)
}

func TestAHandoffLeavesTheLicensedTextOut(t *testing.T) {
	d, next, third := newDesk(t), newTeam(t), newTeam(t)
	v := d.create()
	appendAnswers(t, v, "What we found")
	text := licence(t, v, sentence)
	given, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card})
	require.NoError(t, err)
	assert.Len(t, given.LeftOut, 1)
	_, body, err := v.Text(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(body), sentence, "it stays where it was")
	holds(t, v)

	w := next.open()
	_, body, err = w.Text(t.Context())
	require.ErrorIs(t, err, ErrTextLeftOut)
	assert.Nil(t, body)
	found, err := w.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, found.Err(), "a vault that it was left out of holds")
	assert.Equal(t, given.LeftOut, found.LeftOut)
	var own, plain bytes.Buffer
	require.NoError(t, v.db.pages(t.Context(), &own))
	require.Contains(t, own.String(), sentence)
	require.NoError(t, w.db.pages(t.Context(), &plain))
	assert.NotContains(t, plain.String(), "under licence")
	assert.NotContains(t, plain.String(), sentence[20:])

	// A second handoff, and one that asks for what is not there, say so as well.
	second, err := w.HandOff(t.Context(), third.path, HandingOff{To: []Recipient{third.recipient()}, Author: &third.card, WithText: true})
	require.NoError(t, err)
	assert.Equal(t, given.LeftOut, second.LeftOut)
	x := third.open()
	found, err = x.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, found.Err())
	assert.Equal(t, given.LeftOut, found.LeftOut)
	loaded := licence(t, x, sentence)
	assert.Equal(t, text.Body, loaded.Body)
	_, body, err = x.Text(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(body), sentence, "the next team loads its own")
	holds(t, x)
}

func TestTheLicensedTextIsGivenWhereThatIsAsked(t *testing.T) {
	d, next := newDesk(t), newTeam(t)
	v := d.create()
	licence(t, v, sentence)
	given, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card, WithText: true})
	require.NoError(t, err)
	assert.Empty(t, given.LeftOut)
	_, body, err := next.open().Text(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(body), sentence)
}

// A text that is lost is a fault: only a handoff leaves one out.
func TestALicensedTextThatIsLostIsAFault(t *testing.T) {
	d, next := newDesk(t), newTeam(t)
	v := d.create()
	text := licence(t, v, sentence)
	_, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card})
	require.NoError(t, err)
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
		return tx.change("lose", func() error { return tx.db.drop(text.Body) })
	}))
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, found.Faults, 1)
	assert.Contains(t, found.Faults[0].String(), "the licensed text is not there")
	_, _, err = v.Text(t.Context())
	require.ErrorIs(t, err, ErrAbsent)
	_, err = os.Stat(next.path)
	require.NoError(t, err)
}

// What is evidence as well stays, whatever happens to the text.
func TestALicensedTextThatIsEvidenceStays(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{}, "text.json", bytes.NewReader([]byte(`{"1.2.1":"`+sentence+`"}`)))
	require.NoError(t, err)
	licence(t, v, sentence)
	licence(t, v, "Others")
	require.NoError(t, v.RemoveText(t.Context(), nil))
	holds(t, v)
}
