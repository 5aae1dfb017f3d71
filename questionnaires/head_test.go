package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestAPrintedHeadIsFoundAgainAndSaysWhatCameAfter(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), small(t)
	j := found(t, mara)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	id, other := j.assessment(mara, c, "saq-d-merchant"), j.assessment(mara, c, "saq-a")
	var printed []engine.Digest
	print := func() { printed = append(printed, j.open(c, id).Head) }
	print()
	j.answer(mara, c, other, Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "elsewhere"})
	j.answer(mara, c, id, Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "one"})
	print()
	fork := j.history().Tips()
	draft := func(r string) Draft {
		d, err := j.open(c, id).Answer(Answer{Requirement: req(r), Response: NotTested, Narrative: r})
		require.NoError(t, err)
		return d
	}
	hers, his := draft("2.2.6"), draft("1.3.1")
	j.sign(mara, fork, hers)
	j.sign(ivo, fork, his)
	print() // with two tips
	j.answer(mara, c, other, Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "again elsewhere"})
	j.write(mara, draft("6.4.2"))
	print()

	want := []int{4, 3, 1, 0}
	for i, head := range printed {
		after, known := j.history().Since(id, head)
		require.True(t, known, "head %d", i)
		assert.Len(t, after, want[i], "head %d", i)
		then, known, err := j.history().At(id, head)
		require.NoError(t, err)
		require.True(t, known)
		again, err := then.AssessmentHead(id)
		require.NoError(t, err)
		assert.Equal(t, head, again, "the history as it was has the head that was printed")
	}
	stranger := engine.Sum([]byte("of another vault"))
	_, known := j.history().Since(id, stranger)
	assert.False(t, known)
	_, known, err := j.history().At(id, stranger)
	require.NoError(t, err)
	assert.False(t, known)
	_, known = j.history().Since(other, printed[1])
	assert.False(t, known, "the head of one assessment is not that of another")
}
