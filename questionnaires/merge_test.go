package questionnaires

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// merge merges what another copy has into a history, and wants it to be sound.
func merge(t *testing.T, h, other *History) *History {
	t.Helper()
	m, err := h.Merge(other)
	require.NoError(t, err)
	return m.History
}

// view is all that people see of an assessment, as text.
func view(t *testing.T, h *History, c *Catalogue, id ID) string {
	t.Helper()
	a, err := h.Assessment(c, id)
	require.NoError(t, err)
	var answers [][]Revision
	for _, r := range a.Questionnaire.Requirements {
		answers = append(answers, append([]Revision{a.Current(r)}, a.Conflicts(r)...))
	}
	labels, err := h.labels(c)
	require.NoError(t, err)
	accepted, err := h.Acceptances()
	require.NoError(t, err)
	text, err := json.Marshal([]any{h.Head(), a.Head, h.Evidence(), fmt.Sprint(labels), answers, a.Problems(), a.Scope(), h.Tombstones(), h.Enrolments(), accepted, h.SideLog()})
	require.NoError(t, err)
	return string(text)
}

// wander lets two people go on at one of the copies: sound or not, what is refused is
// not written.
func (e *engagement) wander(entries []Entry, steps int) []Entry {
	e.entries = slices.Clip(entries)
	for range steps {
		switch e.r.IntN(9) {
		case 0:
			e.file(e.people[e.r.IntN(2)], e.now)
		case 1:
			if files := e.history().Evidence(); e.chance(60) {
				if draft, err := e.history().Expunge(files[e.r.IntN(len(files))], "a card number"); err == nil {
					e.write(e.people[0], draft)
				}
			}
		case 2:
			(&desk{e.journal, e.entries}).sign(e.people[0])
		case 3:
			if e.chance(40) {
				e.write(e.stranger, Draft{Action: AnswerGiven, Assessment: e.id, Subject: "1.2.1", Payload: Answer{Requirement: req("1.2.1"), Response: InPlace}})
			}
		case 4, 5:
			s := Sample{ID: engineID(fmt.Sprint(e.r.Uint64())), Type: "shops", Draw: SampleDraw{Method: JudgementSample}, Chosen: "largest", Size: 1, Count: 2, Items: []string{"Lund"}}
			e.append(e.open(e.catalogue, e.id).RecordSample(s))
		default:
			e.step(80)
		}
	}
	return e.entries
}

// Whatever three copies of a vault went through, and in whatever order and however often
// they meet, everybody sees the same in the end, and nothing is lost.
func TestMergingIsAUnionInAnyOrder(t *testing.T) {
	problems, expunged, unverified := 0, 0, 0
	renumbered := map[string]int{} // by series
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			e := engage(t, "saq-d-merchant", seed)
			e.known, e.r = nil, rand.New(rand.NewPCG(seed, 77))
			common := e.wander(e.entries, 5)
			var copies [3]*History
			all := map[engine.Digest]bool{}
			for i := range copies {
				for _, entry := range e.wander(common, 4+e.r.IntN(8)) {
					all[entry.ID] = true
				}
				copies[i] = e.history()
			}
			a, b, c := copies[0], copies[1], copies[2]
			merged := merge(t, merge(t, a, b), c)
			want := view(t, merged, e.catalogue, e.id)
			for name, other := range map[string]*History{
				"commutes":   merge(t, merge(t, b, a), c),
				"associates": merge(t, a, merge(t, b, c)),
				"reversed":   merge(t, c, merge(t, b, a)),
				"repeats":    merge(t, merge(t, merged, b), merged),
				"reads anew": func() *History {
					e.entries = slices.Concat(c.entries, c.side, merged.entries, merged.side)
					return e.history()
				}(),
			} {
				assert.Equal(t, want, view(t, other, e.catalogue, e.id), name)
			}
			assert.Len(t, idsOf(merged), len(all))
			for id := range all {
				assert.True(t, idsOf(merged)[id], "entry %s was lost", id.Short())
			}
			m, err := b.Merge(a) // whose things are the older ones
			require.NoError(t, err)
			made, err := m.Problems(e.catalogue, e.now)
			require.NoError(t, err)
			problems, expunged, unverified = problems+len(made), expunged+len(m.Expunged), unverified+len(m.Unverified)
			moved, err := m.Renumbered(e.catalogue)
			require.NoError(t, err)
			for _, r := range moved {
				series, _, _ := strings.Cut(r.Before, "-")
				renumbered[series]++
				assert.Equal(t, series == "Set", r.Assessment != "", "%v", r)
			}
			again, err := merged.Merge(b)
			require.NoError(t, err)
			assert.Empty(t, again.Came)
			moved, err = again.Renumbered(e.catalogue)
			require.NoError(t, err)
			assert.Empty(t, moved)
		})
	}
	assert.NotZero(t, renumbered["Evidence"], "no numbers met")
	assert.NotZero(t, renumbered["Set"], "no sample sets met")
	assert.NotZero(t, problems, "nothing was said twice")
	assert.NotZero(t, expunged, "nothing was expunged on one side")
	assert.NotZero(t, unverified, "no stranger wrote")
}

func TestAnswersOfBothSidesAreAProblemThatAPersonSettles(t *testing.T) {
	c, mara, ivo := forms(t), person(t, "Mara", 1), person(t, "Ivo", 2)
	j := found(t, mara)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	id := j.assessment(mara, c, "saq-a")
	asked := j.open(c, id).Requirements()[0].ID
	common := slices.Clip(j.entries)
	answer := func(entries []Entry, s *Signer, given Answer) *History {
		j.entries = slices.Clip(entries)
		j.answer(s, c, id, given)
		return j.history()
	}
	a := answer(common, mara, Answer{Requirement: asked, Response: NotInPlace, Narrative: "Eight characters.", Remedy: Remedy{Target: "2027-01-31", Plan: "Twelve."}})
	b := answer(common, ivo, Answer{Requirement: asked, Response: NotApplicable, Narrative: "No accounts."})
	m, err := a.Merge(b)
	require.NoError(t, err)
	assert.Equal(t, 1, m.Lacks)
	require.Len(t, m.Came, 1)
	made, err := m.Problems(c, j.now)
	require.NoError(t, err)
	require.Len(t, made, 1)
	assert.Equal(t, InConflict, made[0].Kind)
	assert.Equal(t, asked, made[0].Requirement)
	merged, err := m.History.Assessment(c, id)
	require.NoError(t, err)
	assert.Len(t, merged.Conflicts(asked), 2, "both are seen")

	settled := answer(slices.Concat(m.History.entries, m.History.side), ivo, Answer{Requirement: asked, Response: NotApplicable, Narrative: "No accounts, and Mara agrees."})
	after, err := settled.Assessment(c, id)
	require.NoError(t, err)
	assert.Empty(t, after.Conflicts(asked))
	assert.Equal(t, settled.Head(), merge(t, settled, a).Head(), "what was settled stays so")
}

func TestWhatMayNotBeMergedIsRefusedWhole(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	b.attach(mara, "paper")
	ours := a.history()
	refuse := func(change func(*Entry), payloads Payloads) error {
		entries := slices.Clone(b.entries)
		change(&entries[len(entries)-1])
		other, err := NewHistory(b.entries, b.j.payload)
		require.NoError(t, err)
		other.entries, other.payloads = entries, payloads
		_, err = ours.Merge(other)
		return err
	}
	assert.NoError(t, refuse(func(*Entry) {}, b.j.payload))
	assert.ErrorContains(t, refuse(func(e *Entry) { e.Subject = "another" }, b.j.payload), "was changed")
	assert.ErrorContains(t, refuse(func(*Entry) {}, func(Entry) ([]byte, error) { return []byte("{}"), nil }), "what it says was changed")
	assert.ErrorContains(t, refuse(func(*Entry) {}, func(Entry) ([]byte, error) { return nil, nil }), "what it says was changed")
	stranger, _ := twoDesks(t, person(t, "Eve", 9))
	_, err := ours.Merge(stranger.history())
	assert.ErrorIs(t, err, ErrOtherVault)
}

// What somebody began to write is nobody's but theirs, and may be what was expunged.
func TestWordsInTheMakingStayWhereTheyWereTyped(t *testing.T) {
	c, mara := forms(t), person(t, "Mara", 1)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	ours := j.history()
	draft, err := j.open(c, id).KeepUnsent(Unsent{Form: "Note", Texts: map[string]string{"Text": "Why?"}})
	require.NoError(t, err)
	j.write(mara, draft)
	m, err := ours.Merge(j.history())
	require.NoError(t, err)
	assert.Empty(t, m.Came)
	back, err := j.history().Merge(ours)
	require.NoError(t, err)
	assert.Len(t, back.History.SideLog(), 1, "and are not taken away there")
	assert.Zero(t, back.Lacks)
}

// Whom the other copy enrolled answers for entries here as well: people are told.
func TestAMergeTellsWhomTheOtherCopyEnrolled(t *testing.T) {
	mara, ivo, eve := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 9)
	a, b := twoDesks(t, mara)
	b.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	b.write(eve, Draft{Action: AuthorEnrolled, Subject: "eve", Payload: eve.Enrolment()})
	m, err := a.history().Merge(b.history())
	require.NoError(t, err)
	require.Len(t, m.Enrolled, 1, "nobody enrols themselves")
	assert.Equal(t, "Ivo", m.Enrolled[0].Author.Name)
	assert.Equal(t, "Mara", m.Enrolled[0].By.Name)
	assert.Len(t, m.Unverified, 1)
	m, err = m.History.Merge(b.history())
	require.NoError(t, err)
	assert.Empty(t, m.Enrolled)
}
