package questionnaires

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// damaged is a journal of which one entry in the middle is lost.
func damaged(t *testing.T) (j *journal, mara *Signer, c *Catalogue, id ID, lost Entry, left []Entry) {
	t.Helper()
	mara, c = person(t, "Mara", 1), small(t)
	j = found(t, mara)
	id = j.assessment(mara, c, "saq-d-merchant")
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "before"})
	lost = j.answer(mara, c, id, Answer{Requirement: req("1.3.1"), Response: InPlace, Narrative: "lost"})
	j.answer(mara, c, id, Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "after"})
	left = slices.DeleteFunc(slices.Clone(j.entries), func(e Entry) bool { return e.ID == lost.ID })
	return j, mara, c, id, lost, left
}

func (j *journal) declare(s *Signer, left []Entry, lost ...Loss) Entry {
	j.t.Helper()
	draft, err := DeclareLost(lost)
	require.NoError(j.t, err)
	return j.sign(s, []engine.Digest{left[len(left)-1].ID}, draft)
}

func TestHistoryIsReadWithoutWhatWasDeclaredLost(t *testing.T) {
	j, mara, c, id, lost, left := damaged(t)
	_, err := NewHistory(left, j.payload)
	require.ErrorContains(t, err, "names a parent")
	declared := j.declare(mara, left, Loss{Entry: lost.ID, After: []engine.Digest{left[2].ID}})
	left = append(left, declared)
	for seed := range uint64(5) {
		h, err := NewHistory(shuffled(left, seed), j.payload)
		require.NoError(t, err)
		require.Len(t, h.Losses(), 1)
		assert.Equal(t, lost.ID, h.Losses()[0].Entry)
		assert.Equal(t, declared.ID, h.Losses()[0].Declared)
		assert.True(t, h.IsAncestor(left[0].ID, left[3].ID))
		assert.True(t, h.IsAncestor(left[2].ID, left[3].ID), "what is known to have come before")
		for _, e := range h.Entries() {
			assert.NoError(t, h.Verify(e.ID))
		}
		a, err := h.Assessment(c, id)
		require.NoError(t, err)
		assert.Equal(t, "before", a.Current(req("1.2.5")).Narrative)
		assert.Equal(t, "after", a.Current(req("2.2.6")).Narrative)
		assert.Equal(t, Unanswered, a.Current(req("1.3.1")).Response, "nothing is made up")
		_, known := h.Since(id, a.Head)
		assert.True(t, known)
	}
	// A copy that has the entry brings it back.
	h, err := NewHistory(append(slices.Clone(left), lost), j.payload)
	require.NoError(t, err)
	assert.Empty(t, h.Losses())
	a, err := h.Assessment(c, id)
	require.NoError(t, err)
	assert.Equal(t, "lost", a.Current(req("1.3.1")).Narrative)
}

func TestStrangerCannotDeclareEntriesLost(t *testing.T) {
	j, _, _, _, lost, left := damaged(t)
	left = append(left, j.declare(person(t, "Eve", 9), left, Loss{Entry: lost.ID, After: []engine.Digest{left[2].ID}}))
	_, err := NewHistory(left, j.payload)
	require.ErrorContains(t, err, "who declares it lost is not enrolled")
}

func TestDeclarationMustHangTogether(t *testing.T) {
	j, mara, _, _, lost, left := damaged(t)
	_, err := DeclareLost(nil)
	require.Error(t, err)
	_, err = DeclareLost([]Loss{{Entry: lost.ID}})
	require.Error(t, err)
	for what, after := range map[string]engine.Digest{"a circle": left[3].ID, "nowhere": engine.Sum([]byte("x"))} {
		declared := j.declare(mara, left, Loss{Entry: lost.ID, After: []engine.Digest{after}})
		_, err = NewHistory(append(slices.Clone(left), declared), j.payload)
		require.Error(t, err, what)
	}
}
