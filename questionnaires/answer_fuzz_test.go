package questionnaires

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// Whatever an enrolled author's program writes as an answer, if it can be read it
// keeps its meaning when it is written again, and breaks no rule unseen.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"requirement":"1.3.1","response":"in-place","narrative":"n","procedures":[{"letter":"a","finding":"in-place","references":["x"]}]}`,
		`{"requirement":"9.5","response":"not-applicable","narrative":"n","subtree":true}`,
		`{"requirement":"1.2.5","response":"not-in-place","narrative":"n","remedy":{"legal":true,"law":"l","target":"2027-01-01"}}`,
		`{"requirement":"1.2.5","response":"in-place","narrative":"n","worksheet":{"risk":"r"},"customized":{"tests":[{"purpose":"meets-objective"}]}}`,
	} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, payload string, roc bool) {
		var answer Answer
		if json.Unmarshal([]byte(payload), &answer) != nil || answer.Requirement.IsZero() {
			return
		}
		written, err := engine.Canonical(answer)
		if err != nil {
			return
		}
		var again Answer
		require.NoError(t, json.Unmarshal(written, &again))
		twice, err := engine.Canonical(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))

		e := engage(t, map[bool]string{true: "roc", false: "saq-d-merchant"}[roc], 1)
		e.write(e.people[0], Draft{Assessment: e.id, Action: AnswerGiven, Subject: answer.Requirement.String(), Payload: answer})
		e.judge()
		if d, err := e.open(e.catalogue, e.id).Answer(answer); err == nil {
			e.write(e.people[0], d)
			e.judge()
		}
		a := e.open(e.catalogue, e.id)
		if r, known := e.catalogue.Requirement(answer.Requirement); known && len(a.ProblemsOf(r.ID)) == 0 {
			broken := &checker{t: t, h: a.history, form: a.Questionnaire, day: string(DayOf(a.Time)), shown: a.Current}
			broken.given = broken.last(AnswerGiven, a.Details.ID, "requirement")
			broken.row(r)
			require.Empty(t, broken.broken)
		}
	})
}
