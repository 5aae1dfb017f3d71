package questionnaires

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// paper takes a file of a kind in.
func (d *desk) paper(s *Signer, content string, kind EvidenceKind, details EvidenceDetails) Evidence {
	d.j.t.Helper()
	id, err := d.j.newID()
	require.NoError(d.j.t, err)
	draft, err := d.history().Attach(Evidence{
		ID: engineID(string(id)), Title: content, Kind: kind, Details: details,
		File: &FileSource{Digest: engine.Sum([]byte(content)), Name: content, Obtained: ProvidedByEntity},
	}, d.j.now)
	require.NoError(d.j.t, err)
	d.write(s, draft)
	item, _ := draft.Payload.(Evidence)
	return item
}

func (d *desk) describe(s *Signer, id ID, change func(*EvidenceDescription)) error {
	d.j.t.Helper()
	said := d.item(id).Description()
	change(&said)
	draft, err := d.history().Describe(said, d.j.now)
	if err == nil {
		d.write(s, draft)
	}
	return err
}

func TestEachSeriesIsNumberedByItself(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	var labels []string
	for _, kind := range []EvidenceKind{DocumentEvidence, OtherEvidence, InterviewEvidence, DocumentEvidence, ScreenshotEvidence, ObservationEvidence, InterviewEvidence} {
		labels = append(labels, a.item(a.paper(mara, kind.String(), kind, EvidenceDetails{}).ID).Label())
	}
	assert.Equal(t, []string{"Doc-1", "Evidence-1", "Int-1", "Doc-2", "Evidence-2", "Evidence-3", "Int-2"}, labels)

	late := b.paper(mara, "printed elsewhere", DocumentEvidence, EvidenceDetails{})
	b.sign(mara)
	a.take(b)
	assert.Equal(t, "Doc-1", a.item(late.ID).Label(), "what was printed keeps its number in its own series")
	moved, err := a.history().EvidenceByLabel("doc-3")
	require.NoError(t, err)
	assert.Equal(t, "document", moved.Title)
	assert.Equal(t, []string{"Doc-1"}, moved.AliasLabels())
	other, err := a.history().EvidenceByLabel("Evidence-1")
	require.NoError(t, err)
	assert.Equal(t, "other", other.Title, "other series stay as they were")
	assert.Equal(t, 3, a.history().LastNumber(DocumentEvidence))
	assert.Equal(t, 2, a.history().LastNumber(InterviewEvidence))
}

// An entry that takes the id of another item and calls it a document moves no number.
func TestOneIDIsOneItemOfOneSeries(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, _ := twoDesks(t, mara)
	first := a.attach(mara, "first")
	a.write(mara, Draft{Action: EvidenceAttached, Payload: Evidence{ID: first.ID, Number: 1, Kind: DocumentEvidence, File: &FileSource{Name: "twin"}}})
	require.Len(t, a.history().Evidence(), 1)
	assert.Equal(t, "Evidence-1", a.item(first.ID).Label())
	assert.Zero(t, a.history().LastNumber(DocumentEvidence))
}

func TestWhatCannotBeSaidOfEvidence(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, _ := twoDesks(t, mara)
	now := a.j.now
	tomorrow, today, yesterday := DayOf(now).Add(1), DayOf(now), DayOf(now).Add(-1)
	for name, tt := range map[string]struct {
		change func(*Evidence)
		want   string
	}{
		"collected in the future":         {func(e *Evidence) { e.Collected = now.Add(48 * time.Hour) }, "is to come"},
		"received in the future":          {func(e *Evidence) { e.Details.Received = tomorrow }, "a day to come"},
		"revised in the future":           {func(e *Evidence) { e.Details.Revised = tomorrow }, "a day to come"},
		"received before it was there":    {func(e *Evidence) { e.Collected, e.Details.Received = now, yesterday }, "nothing is received before it was collected"},
		"a period the wrong way":          {func(e *Evidence) { e.Details.From, e.Details.To = today, yesterday }, "ends before it begins"},
		"a day that is none":              {func(e *Evidence) { e.Details.ValidUntil = "soon" }, "valid until"},
		"obtained in words of one's own":  {func(e *Evidence) { e.File.Obtained = "by mail" }, "none of the three"},
		"a card number among the roles":   {func(e *Evidence) { e.Details.Roles = []string{"4111 1111 1111 1111"} }, "card number"},
		"a purpose of two lines":          {func(e *Evidence) { e.Details.Purpose = "a\nb" }, "one line"},
		"a topic that is nothing":         {func(e *Evidence) { e.Details.Topics = []string{" "} }, "empty"},
		"as it should be":                 {func(*Evidence) {}, ""},
		"effective in the days to come":   {func(e *Evidence) { e.Details.From, e.Details.To = today, tomorrow }, ""},
		"out of date when it is taken in": {func(e *Evidence) { e.Details.ValidUntil = yesterday }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := Evidence{ID: "e", Title: "Standard", File: &FileSource{Name: "p.md", Obtained: WatchedLive}}
			tt.change(&e)
			_, err := a.history().Attach(e, now)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
	d, err := a.history().Attach(Evidence{ID: "e", File: &FileSource{}, Details: EvidenceDetails{Received: yesterday}}, now)
	require.NoError(t, err)
	assert.Equal(t, yesterday, DayOf(d.Payload.(Evidence).Collected), "it was collected when it was received at the latest")
}

func TestEvidenceIsDescribedAnew(t *testing.T) {
	mara, ivo, eve := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 9)
	f := onSite(t, mara, ivo)
	id := f.paper(mara, "Standard", DocumentEvidence, EvidenceDetails{}).ID
	require.ErrorIs(t, f.describe(mara, id, func(*EvidenceDescription) {}), ErrUnchanged)
	require.NoError(t, f.describe(mara, id, func(d *EvidenceDescription) { d.Details.Version = "4" }))
	assert.Equal(t, "4", f.item(id).Details.Version)
	require.ErrorContains(t, f.describe(mara, id, func(d *EvidenceDescription) { d.Obtained = "by mail" }), "none of the three")

	f.write(eve, Draft{Action: EvidenceDescribed, Payload: EvidenceDescription{Evidence: id, Title: "hers"}})
	assert.Equal(t, "Standard", f.item(id).Title, "who is not enrolled describes nothing")

	other := f.copied()
	require.NoError(t, f.describe(mara, id, func(d *EvidenceDescription) { d.Details.Version = "5" }))
	require.NoError(t, other.describe(ivo, id, func(d *EvidenceDescription) { d.Title = "Segmentation standard" }))
	f.take(other.desk)
	beside := func() []Problem {
		return slices.DeleteFunc(f.open().Problems(), func(p Problem) bool { return p.Kind != InConflict })
	}
	require.Len(t, beside(), 1)
	assert.Equal(t, "Doc-1 was described in 2 ways side by side; one of them has to be confirmed", beside()[0].Sentence)
	assert.Equal(t, EvidencePart, beside()[0].Part)
	require.Len(t, f.item(id).Beside, 1)
	for seed := range uint64(3) {
		h, err := NewHistory(shuffled(f.entries, seed), f.j.payload)
		require.NoError(t, err)
		require.Equal(t, f.history().Evidence(), h.Evidence())
	}
	require.NoError(t, f.describe(mara, id, func(*EvidenceDescription) {}), "without a change it confirms")
	assert.Empty(t, beside())
}

func TestEvidenceThatDoesNotCountAnyMore(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	yesterday := DayOf(f.j.now).Add(-1)
	old := f.paper(mara, "AOC", DocumentEvidence, EvidenceDetails{ValidUntil: yesterday})
	for response, want := range map[Response]int{InPlace: 1, NotInPlace: 0} {
		d, err := f.open().Answer(Answer{Requirement: req("2.2.6"), Response: response, Narrative: "as it says", Evidence: []ID{old.ID}})
		f.must(mara, d, err)
		stale := slices.DeleteFunc(f.open().ProblemsOf(req("2.2.6")), func(p Problem) bool { return p.Kind != OutdatedEvidence })
		require.Len(t, stale, want, "%s", response)
		for _, p := range stale {
			assert.Equal(t, "In Place, and Doc-1 does not count any more: its validity ended on "+string(yesterday), p.Sentence)
		}
	}
	assert.Empty(t, old.StaleOn(yesterday), "the last day counts")
}

// What an item lacks is mended once, so it is one problem, however many answers cite it;
// an issue waits for it all the same.
func TestWhatAnItemLacksIsOneProblem(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	policy := f.paper(mara, "Policy", DocumentEvidence, EvidenceDetails{Purpose: "sets the rules"})
	lacking := func() (whole []Problem, hindered bool) {
		a := f.open()
		a.Questionnaire.Scope = ReportedScope
		for _, p := range a.Problems() {
			if p.Kind == UndescribedEvidence {
				whole = append(whole, p)
			}
		}
		assert.Len(t, a.Problems(), a.Outcome(DayOf(a.Time)).Problems)
		for _, id := range a.Questionnaire.Requirements {
			cites := slices.Contains(a.Current(id).Cited(), policy.ID)
			said := slices.ContainsFunc(a.ProblemsOf(id), func(p Problem) bool {
				return p.Kind == UndescribedEvidence && p.Requirement == id && p.Sentence == "Doc-1 lacks its last revision"
			})
			assert.Equal(t, cites && len(whole) > 0, said, "at the question, %s", id)
		}
		found, err := a.HindrancesBeside(len(whole))
		require.NoError(t, err)
		none, err := a.HindrancesBeside(0)
		require.NoError(t, err)
		return whole, len(found) > len(none)
	}
	whole, _ := lacking()
	assert.Empty(t, whole, "nobody cites it")
	for n, want := range []string{"1 answer cites it", "2 answers cite it", "3 answers cite it"} {
		id := f.open().Questionnaire.Requirements[n]
		d, err := f.open().Answer(Answer{Requirement: id, Response: InPlace, Narrative: "as it says", Evidence: []ID{policy.ID}})
		f.must(mara, d, err)
		whole, hindered := lacking()
		assert.Equal(t, []Problem{{Part: EvidencePart, Kind: UndescribedEvidence, Sentence: "Doc-1 lacks its last revision; " + want}}, whole)
		assert.True(t, hindered)
	}
	require.NoError(t, f.describe(mara, policy.ID, func(d *EvidenceDescription) { d.Details.Revised = DayOf(f.j.now) }))
	whole, _ = lacking()
	assert.Empty(t, whole)
}
