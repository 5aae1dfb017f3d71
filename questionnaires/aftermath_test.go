package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// since are the sentences and the advice about what came after issue.
func (r *reviewed) since() map[string]string {
	r.t.Helper()
	all, err := r.a().SinceIssue(DayOf(r.now))
	require.NoError(r.t, err)
	said := map[string]string{}
	for _, s := range all {
		said[s.Sentence] = s.Advice
	}
	return said
}

// What comes after issue is named, with what follows from it.
func TestWhatCameSinceIssueIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		comes func(r *reviewed, before []engine.Digest)
		want  map[string]string
	}{
		"nothing": {func(*reviewed, []engine.Digest) {}, map[string]string{}},
		"an answer of a copy": {func(r *reviewed, before []engine.Digest) {
			r.sign(r.mara, before, r.a().draft(Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "seen later"}))
		}, map[string]string{"1.2.5 was answered in a copy that was merged in, or past the rules, by Mara on 2026-11-02": adviseAmend}},
		"an answer of nobody": {func(r *reviewed, before []engine.Digest) {
			r.sign(r.eve, before, r.a().draft(Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "no"}))
		}, map[string]string{"1.2.5 was answered in a copy that was merged in, or past the rules, by somebody who is not enrolled on 2026-11-02": adviseNobody}},
		"evidence expunged": {func(r *reviewed, _ []engine.Digest) {
			paper, _ := r.a().EvidenceByLabel("Evidence-1")
			r.does(r.mara)(r.history().Expunge(paper, "a card number"))
		}, map[string]string{
			"Evidence-1, on which 1.2.5 rests, was expunged (a card number) by Mara on 2026-11-02": adviseExpunged,
			"Evidence-1, on which 1.2.6 rests, was expunged (a card number) by Mara on 2026-11-02": adviseExpunged,
			"Evidence-1, on which 2.2.6 rests, was expunged (a card number) by Mara on 2026-11-02": adviseExpunged,
		}},
		"evidence said to be something else": {func(r *reviewed, _ []engine.Digest) {
			paper, _ := r.a().EvidenceByLabel("Evidence-1")
			d := paper.Description()
			d.Title = "Last year's list"
			r.does(r.mara)(r.history().Describe(d, r.now))
		}, map[string]string{
			"something else was said of Evidence-1, on which 1.2.5 rests, by Mara on 2026-11-02": adviseDescribed,
			"something else was said of Evidence-1, on which 1.2.6 rests, by Mara on 2026-11-02": adviseDescribed,
			"something else was said of Evidence-1, on which 2.2.6 rests, by Mara on 2026-11-02": adviseDescribed,
		}},
		"a result that contradicts": {func(r *reviewed, _ []engine.Digest) {
			r.collect(r.mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
		}, map[string]string{"2.2.6 was issued as In Place, and a newer result contradicts it: ": adviseResult}},
		"a change of the time assessed": {func(r *reviewed, _ []engine.Digest) {
			r.does(r.mara)(r.history().RecordChange(SignificantChange{ID: "0123456789abcdef0123456789abcdef", On: "2026-10-01", What: "a second site"}, DayOf(r.now)))
		}, map[string]string{"a significant change of 2026-10-01 was recorded: a second site, by Mara on 2026-11-02": adviseBefore}},
		"a note": {func(r *reviewed, _ []engine.Digest) {
			r.does(r.ivo)(r.a().RaiseNote(ReviewNote{
				ID: "0123456789abcdef0123456789abcdef", Salt: "0123456789abcdef0123456789abcdef", On: NotePlace{Procedure: Procedure{req("1.2.5"), ""}}, Text: "why?",
			}))
		}, map[string]string{"Note-1 on 1.2.5 is open": adviseNote}},
	} {
		t.Run(name, func(t *testing.T) {
			r := toQA(t)
			r.passAll(r.quin)
			before := r.history().Tips()
			r.issue()
			head := r.issuedHead()
			c.comes(r, before)
			said := r.since()
			for sentence, advice := range c.want {
				found := ""
				for s, a := range said {
					if len(s) >= len(sentence) && s[:len(sentence)] == sentence {
						found = a
					}
				}
				assert.Equal(t, advice, found, "%s among %v", sentence, said)
			}
			assert.Len(t, said, len(c.want))
			assert.Equal(t, head, r.issuedHead(), "what was issued stays")
		})
	}
}

func (r *reviewed) issuedHead() engine.Digest {
	r.t.Helper()
	_, then, err := r.a().Version("1")
	require.NoError(r.t, err)
	return then.Head
}
