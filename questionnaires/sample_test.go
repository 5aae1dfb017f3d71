package questionnaires

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listOf lists keys such as "a/x", whose stratum stands before the slash.
func listOf(t *testing.T, keys ...string) PopulationList {
	t.Helper()
	var l PopulationLister
	for i, key := range keys {
		stratum, _, _ := strings.Cut(key, "/")
		require.NoError(t, l.Add(PopulationItem{Key: key, Stratum: stratum, Line: i + 1}))
	}
	list, err := l.List()
	require.NoError(t, err)
	return list
}

func numbered(format string, n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf(format, i)
	}
	return keys
}

// The ways to draw are permanent: these samples were worked out by other programs
// (sha256sum and sort) from the words of the decision.
func TestADrawIsWhatItsWordsSay(t *testing.T) {
	list := listOf(t, "e", "b", "a", "d", "c")
	assert.Equal(t, "86dc03602dcf385217216784784a8ecf20e6400decc3208170b12fcb0afb6698", list.Digest.String(), "as sort | sha256sum says")
	for want, d := range map[string]SampleDraw{
		"a b": {Method: RandomSample, Seed: "2026-A"}, "c e": {Method: SystematicSample, Seed: "2026-A"},
	} {
		d.List = list.Digest
		got, err := list.Draw(d, 2)
		require.NoError(t, err)
		assert.Equal(t, want, strings.Join(got, " "), d.Method)
	}
}

func TestADrawDependsOnNothingButItsWords(t *testing.T) {
	keys := numbered("host-%03d", 300)
	list := listOf(t, keys...)
	d := SampleDraw{Method: RandomSample, Seed: "2026-A", List: list.Digest}
	first, err := list.Draw(d, 25)
	require.NoError(t, err)
	require.Len(t, first, 25)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	again, err := listOf(t, keys...).Draw(d, 25)
	require.NoError(t, err)
	assert.Equal(t, first, again, "the order of the file does not matter")
	more, err := list.Draw(d, 40)
	require.NoError(t, err)
	for _, item := range first {
		assert.Contains(t, more, item, "a larger sample holds the smaller one")
	}
	d.Seed = "2026-B"
	other, err := list.Draw(d, 25)
	require.NoError(t, err)
	assert.NotEqual(t, first, other)
}

func TestASpreadSampleTakesOfEachStratumByItsShare(t *testing.T) {
	keys := append(append(numbered("big/%02d", 80), numbered("mid/%02d", 15)...), numbered("tiny/%02d", 1)...)
	list := listOf(t, append(keys, "/nowhere")...)
	draw := SampleDraw{Method: RandomSample, Seed: "s", By: "site", List: list.Digest}
	for size, want := range map[int]map[string]int{
		4: {"big": 1, "mid": 1, "tiny": 1, "": 1}, 20: {"big": 15, "mid": 3, "tiny": 1, "": 1}, 97: {"big": 80, "mid": 15, "tiny": 1, "": 1},
	} {
		got, err := list.Draw(draw, size)
		require.NoError(t, err)
		counts := map[string]int{}
		for _, key := range got {
			stratum, _, _ := strings.Cut(key, "/")
			counts[stratum]++
		}
		assert.Equal(t, want, counts)
	}
	_, err := list.Draw(draw, 3)
	assert.ErrorContains(t, err, "the column has 4 values and the sample 3 items")
}

func TestASystematicSampleIsSpreadOverTheList(t *testing.T) {
	list := listOf(t, numbered("%03d", 103)...)
	for size := 1; size <= 103; size++ {
		got, err := list.Draw(SampleDraw{Method: SystematicSample, Seed: "s", List: list.Digest}, size)
		require.NoError(t, err)
		require.Len(t, slices.Compact(got), size, "no item is drawn twice")
	}
}

func TestAPopulationIsAListOfNamedThings(t *testing.T) {
	for want, items := range map[string][]PopulationItem{
		"lines 2 and 5: \"a\" stands twice":     {{Key: "a", Line: 5}, {Key: "b", Line: 1}, {Key: "a", Line: 2}},
		"line 2: the item has no key":           {{Key: "a", Line: 1}, {Key: " ", Line: 2}},
		"it lists nothing":                      {},
		"what looks like a card number":         {{Key: "4111111111111111"}},
		"control character":                     {{Key: "\x1b[2J"}},
		"line 7: read item: 501 bytes, at most": {{Key: strings.Repeat("x", 501), Line: 7}},
	} {
		var l PopulationLister
		var err error
		for _, item := range items {
			if err == nil {
				err = l.Add(item)
			}
		}
		if err == nil {
			_, err = l.List()
		}
		assert.ErrorContains(t, err, want)
	}
}

// sampled is fieldwork with a population of ten servers.
func sampled(t *testing.T, people ...*Signer) (*fieldwork, ListedPopulation, PopulationList) {
	f := onSite(t, people...)
	list := listOf(t, numbered("s/%02d", 10)...)
	item := f.attach(people[0], "inventory")
	p := ListedPopulation{
		ID: "p1", Name: "servers", Of: "servers", Count: 10, List: list.Digest, Assurance: "counted", Inventory: &Inventory{Evidence: item.ID},
	}
	d, err := f.open().RecordPopulation(p)
	f.must(people[0], d, err)
	return f, p, list
}

func drawn(t *testing.T, p ListedPopulation, list PopulationList, id ID, size int) Sample {
	t.Helper()
	s := Sample{
		ID: id, Type: "servers", Population: p.ID, Count: p.Count, Size: size, Rationale: "r", Requirements: []RequirementID{req("2.2.6")},
		Draw: SampleDraw{Method: RandomSample, Seed: "s", List: list.Digest},
	}
	var err error
	s.Items, err = list.Draw(s.Draw, size)
	require.NoError(t, err)
	return s
}

func TestASampleKeepsItsRules(t *testing.T) {
	mara := person(t, "Mara", 1)
	f, p, list := sampled(t, mara)
	whole := drawn(t, p, list, "a1", 3)
	d, err := f.open().RecordSample(whole)
	f.must(mara, d, err)
	require.Empty(t, f.open().SamplingProblems())
	assert.Equal(t, "Set-1", f.open().Samples()[0].Label())

	for want, change := range map[string]func(*Sample){
		"a sample is no larger than its population":   func(s *Sample) { s.Size, s.Draw.Method, s.Draw.Seed = 11, JudgementSample, "" },
		"what the program draws names its population": func(s *Sample) { s.Items = s.Items[:2] },
		"is named twice":                               func(s *Sample) { s.Items = []string{"a", "b", "a"} },
		"where all are tested, none is left out":       func(s *Sample) { s.Draw.Method = AllTested },
		"a seed is of what the program draws":          func(s *Sample) { s.Draw.Method = JudgementSample },
		"the standard has no requirement":              func(s *Sample) { s.Requirements = []RequirementID{req("99.1")} },
		"the assessment has no such population":        func(s *Sample) { s.Population = "p2" },
		"read seed: it is of one line":                 func(s *Sample) { s.Draw.Seed = "a\nb" },
		"4 items are named and 3 were sampled":         func(s *Sample) { s.Items = append(s.Items, "x") },
		"record Set-1: what was drawn stays as it was": func(s *Sample) { s.ID = "a1"; s.Items = []string{"a", "b", "c"} },
		"record Set-1: it stays as it is":              func(s *Sample) { s.ID = "a1" },
	} {
		s := whole
		s.ID, s.Items = "a2", slices.Clone(whole.Items)
		change(&s)
		_, err := f.open().RecordSample(s)
		assert.ErrorContains(t, err, want)
	}
}

// Whoever signs entries past the rules gets no sample that the rules refuse.
func TestAWrittenSampleIsCheckedAgain(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	start, p, list := sampled(t, mara)
	whole := drawn(t, p, list, "a1", 3)
	d, err := start.open().RecordSample(whole)
	start.must(mara, d, err)
	fewer := p
	fewer.Count, fewer.List = 2, listOf(t, "a", "b").Digest
	unsure := p
	unsure.Assurance, unsure.Unseen = "", []string{"forbidden"}
	for want, payload := range map[string]any{
		"Set-1: 11 of 10: a sample is no larger than its population":         func(s *Sample) { s.Size = 11 },
		"Set-1: its items are not those that were drawn":                     func(s *Sample) { s.Items = []string{"x", "y", "z"} },
		"Set-1 lacks rationale of its size":                                  func(s *Sample) { s.Rationale = "" },
		"Set-1 was drawn from population servers before it was listed again": fewer,
		"population servers may lack items: forbidden":                       unsure,
	} {
		f, action := start.copied(), PopulationListed
		if change, is := payload.(func(*Sample)); is {
			s := whole
			s.Number = 1
			change(&s)
			payload, action = s, SampleRecorded
		}
		entry := Draft{Assessment: f.id, Action: action, Subject: "s", Payload: payload}
		stranger := f.copied()
		stranger.write(ivo, entry)
		assert.Empty(t, stranger.open().SamplingProblems(), "who is not enrolled samples nothing")
		f.write(mara, entry)
		var sentences []string
		for _, problem := range f.open().SamplingProblems() {
			sentences = append(sentences, problem.Sentence)
		}
		assert.Contains(t, strings.Join(sentences, "\n"), want)
	}
}

func TestSamplesSideBySideAreAConflictAndKeepTheirNumbers(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	start, p, list := sampled(t, mara, ivo)
	d, err := start.open().RecordSample(drawn(t, p, list, "a1", 3))
	start.must(mara, d, err)
	hers, his := start.copied(), start.copied()
	for who, f := range map[*Signer]*fieldwork{mara: hers, ivo: his} {
		s, known := f.open().sample("a1")
		require.True(t, known)
		s.Rationale = "as " + who.Author.Name + " says"
		d, err := f.open().RecordSample(s)
		f.must(who, d, err)
		d, err = f.open().RecordSample(drawn(t, p, list, ID("b-"+who.Author.Name), 4))
		f.must(who, d, err)
	}
	both := merged(hers, his)
	a := both.open()
	assert.Equal(t, []string{"Set-1", "Set-2", "Set-3"}, namesOf(a.Samples(), Sample.Label), "two were given one number")
	assert.Equal(t, []ProblemKind{InConflict}, kinds(a.SamplingProblems()))
	assert.Equal(t, a.Samples(), merged(his, hers).open().Samples(), "the order of merging does not matter")
	s, _ := a.sample("a1")
	d, err = a.RecordSample(s)
	both.must(mara, d, err)
	assert.Empty(t, both.open().SamplingProblems(), "one of them was confirmed")
}

// A list stands on a file that somebody decided on; a decision beside that one, which comes
// from another copy, undecides it.
func TestNothingIsSampledFromWhatIsQuarantined(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	hers := onSite(t, mara, ivo)
	id := hers.found(mara, "tills.csv", &onALine)
	list := listOf(t, numbered("s/%02d", 10)...)
	p := ListedPopulation{ID: "p1", Name: "tills", Of: "tills", Count: 10, List: list.Digest, Assurance: "counted", Inventory: &Inventory{Evidence: id}}
	_, err := hers.open().RecordPopulation(p)
	require.ErrorContains(t, err, `record population "tills": Evidence-1 is quarantined: card number at line 2`)
	past := hers.copied()
	past.write(mara, Draft{Assessment: past.id, Action: PopulationListed, Subject: "population p1", Payload: p})
	past.write(mara, Draft{Assessment: past.id, Action: SampleRecorded, Subject: "s", Payload: drawn(t, p, list, "a1", 3)})
	assert.Contains(t, kinds(past.open().SamplingProblems()), QuarantinedEvidence, "listed past the rules")

	his := hers.copied()
	require.NoError(t, his.release(ivo, Release{Evidence: id, Reason: "a test number"}))
	require.NoError(t, hers.release(mara, Release{Evidence: id, Reason: "a brand's own number"}))
	d, err := hers.open().RecordPopulation(p)
	hers.must(mara, d, err)
	d, err = hers.open().RecordSample(drawn(t, p, list, "a1", 3))
	hers.must(mara, d, err)
	require.Empty(t, hers.open().SamplingProblems())
	for _, both := range []*fieldwork{merged(hers, his), merged(his, hers)} {
		problems := both.open().SamplingProblems()
		require.Equal(t, []ProblemKind{QuarantinedEvidence}, kinds(problems))
		assert.Equal(t, "population tills is listed in Evidence-1, which was released in 2 ways side by side; one of them has to be chosen", problems[0].Sentence)
		p.Withdrawn = true
		_, err = both.open().RecordPopulation(p)
		require.NoError(t, err, "it can be withdrawn")
		p.Withdrawn = false
	}
}

func TestSetsTypedIntoAnOlderEngagementStay(t *testing.T) {
	mara := person(t, "Mara", 1)
	f, p, list := sampled(t, mara)
	old := Engagement{Sampling: Sampling{Used: DeclaredYes, Sets: []SampleSet{{Number: 1, Type: "shops", Chosen: "by lot", Items: []string{"Lund"}, Sampled: 1, Population: 14}}}}
	f.write(mara, Draft{Assessment: f.id, Action: EngagementSet, Subject: "engagement", Payload: old})
	d, err := f.open().RecordSample(drawn(t, p, list, "a1", 3))
	f.must(mara, d, err)
	assert.Equal(t, []string{"Set-1", "Set-2"}, namesOf(f.open().Samples(), Sample.Label))
	assert.Empty(t, f.open().SamplingProblems())
	more := old
	more.Sampling.Sets = append(slices.Clone(old.Sampling.Sets), SampleSet{Number: 3, Type: "tills"})
	_, err = f.open().SetEngagement(more)
	assert.ErrorContains(t, err, "sample set 3: a sample set is a record of its own")
	drafts, err := f.open().TakeEngagement(more, f.j.newID)
	require.NoError(t, err)
	taken := f.copied()
	for _, d := range drafts {
		taken.write(mara, d)
	}
	assert.Equal(t, []string{"Set-1", "Set-2", "Set-3"}, namesOf(taken.open().Samples(), Sample.Label), "a sheet's new set is a record")
	_, err = taken.open().TakeEngagement(more, f.j.newID)
	assert.ErrorIs(t, err, ErrUnchanged, "and is taken once")
	more.Sampling.Sets, more.Independence = old.Sampling.Sets, "sells nothing else"
	_, err = f.open().SetEngagement(more)
	assert.NoError(t, err, "what was there stays")
}

// merged is the first copy with what the others wrote.
func merged(copies ...*fieldwork) *fieldwork {
	all := copies[0].copied()
	for _, other := range copies[1:] {
		all.take(other.desk)
	}
	return all
}
