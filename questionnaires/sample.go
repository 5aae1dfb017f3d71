package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tickmark/engine"
)

// Sample is a sample set: what was drawn from what, how, and why. It is the payload of an
// entry of one assessment, and is revised under its id. What was drawn is never drawn
// anew under the same number: it is withdrawn, and another set drawn.
type Sample struct {
	ID     ID     `json:"id"`
	Number int    `json:"number"`         // by which the report calls it
	Type   string `json:"type,omitempty"` // what kind of things
	// Population is the list that it was drawn from; "" where none is kept and Count is
	// somebody's estimate.
	Population   ID              `json:"population,omitempty"`
	Count        int             `json:"count,omitempty"` // of the population
	Size         int             `json:"size,omitempty"`
	Items        []string        `json:"items,omitempty"` // each that was sampled; none where all are
	Draw         SampleDraw      `json:"draw"`
	Chosen       string          `json:"chosen,omitempty"`    // how a person chose
	Rationale    string          `json:"rationale,omitempty"` // of the size
	Requirements []RequirementID `json:"requirements,omitempty"`
	Withdrawn    bool            `json:"withdrawn,omitempty"`
	// SampleStanding is not part of the payload.
	SampleStanding `json:"-"`
}

// SampleStanding is what the whole history says of a sample set.
type SampleStanding struct {
	Standing
	Suffix  string // as with evidence
	Aliases []int
	Typed   bool // into the engagement; it is no record of its own
	Altered bool // since it was drawn
	// Evidence is what was found on it.
	Evidence []ID
}

// samplingRecord is what an assessment's history says of populations and samples.
type samplingRecord struct {
	entries     []Entry // oldest first
	populations []ListedPopulation
	samples     []Sample
}

// Label is the number as people write it: Set-2.
func (s Sample) Label() string { return label("Set", s.Number, s.Suffix) }

// AliasLabels are the labels of its other numbers.
func (s Sample) AliasLabels() []string { return aliasLabels("Set", s.Aliases) }

// How says in words how the items were chosen.
func (s Sample) How() string {
	var how string
	switch d := s.Draw; d.Method {
	case RandomSample:
		how = "drawn at random by Tickmark, seed " + d.Seed
		if d.By != "" {
			how += ", spread over " + d.By
		}
	case SystematicSample:
		how = "drawn systematically by Tickmark, seed " + d.Seed
	case AllTested:
		how = "all were tested"
	case JudgementSample:
		if how = "chosen by judgement"; !blank(s.Chosen) {
			how = "" // in the person's own words
		}
	case NoSampleMethod:
	}
	if how != "" && !blank(s.Chosen) {
		return how + ": " + s.Chosen
	}
	return how + s.Chosen
}

// RecordSample returns the draft that records a sample set of the assessment, or revises
// one. Its number is found here. What is merely incomplete is kept, and is a Problem.
func (a *Assessment) RecordSample(s Sample) (Draft, error) {
	before, revises := a.sample(s.ID)
	what := "sample"
	if revises {
		what = before.Label()
	}
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("record %s: %w", what, err) }
	s.Requirements = sorted(s.Requirements, RequirementID.Compare)
	b := &bounds{err: a.Frozen()}
	s.check(b)
	if b.err != nil {
		return fail(b.err)
	}
	if broken := s.broken(); broken != "" {
		return fail(errors.New(broken))
	}
	for _, id := range s.Requirements {
		if _, known := a.catalogue.Requirement(id); !known {
			return fail(fmt.Errorf("the standard has no requirement %s", id))
		}
	}
	if p, known := a.Population(s.Population); s.Population != "" && !revises && (!known || p.Withdrawn) {
		return fail(errors.New("the assessment has no such population"))
	}
	wanted := s.Number
	s.Number = before.Number
	switch {
	case !revises:
		s.Number = a.sampleNumber(wanted)
	case before.Draw.Method.Drawn() && !before.drewThe(s):
		return fail(errors.New("what was drawn stays as it was drawn; withdraw it and draw another"))
	case before.Beside == 0 && sameContent(before, s):
		return fail(ErrUnchanged)
	}
	return Draft{Assessment: a.Details.ID, Action: SampleRecorded, Subject: "sample " + string(s.ID), Payload: s}, nil
}

// sampleNumber is the number that a new sample set gets: the one that is wanted, if no
// other ever had it, else the next.
func (a *Assessment) sampleNumber(wanted int) int {
	next := 1
	for _, o := range a.allSamples() {
		for _, number := range append(o.Aliases, o.Number) {
			next = max(next, number+1)
			if number == wanted {
				wanted = 0
			}
		}
	}
	if wanted > 0 && wanted < maxNumber {
		return wanted
	}
	return next
}

// drewThe reports whether both are the same draw.
func (s Sample) drewThe(o Sample) bool {
	return s.Draw == o.Draw && s.Population == o.Population && s.Count == o.Count && s.Size == o.Size && slices.Equal(s.Items, o.Items)
}

func (s Sample) check(b *bounds) {
	b.line("type of a sample set", s.Type)
	b.text("choice of a sample set", s.Chosen)
	b.text("rationale of a sample set", s.Rationale)
	b.line("column", s.Draw.By)
	b.add(checkLine("seed", s.Draw.Seed, maxSeed))
	b.count("size", s.Size)
	b.count("population", s.Count)
	b.list("items of a sample set", len(s.Items))
	b.list("requirements", len(s.Requirements))
	for _, item := range s.Items {
		b.line("item of a sample set", item)
	}
}

// broken names the rule that a sample set breaks, "" if none.
func (s Sample) broken() string {
	drawn := s.Draw.Method.Drawn()
	switch {
	case s.ID == "" && !s.Typed:
		return "it has no id"
	case s.Size > s.Count && s.Count > 0:
		return fmt.Sprintf("%d of %d: a sample is no larger than its population", s.Size, s.Count)
	case s.Size > 0 && len(s.Items) > s.Size:
		return fmt.Sprintf("%d items are named and %d were sampled", len(s.Items), s.Size)
	case s.Draw.Method == AllTested && s.Size != s.Count:
		return fmt.Sprintf("%d of %d: where all are tested, none is left out", s.Size, s.Count)
	case drawn && (s.Population == "" || blank(s.Draw.Seed) || s.Draw.List.IsZero() || len(s.Items) != s.Size || s.Size == 0 || s.Count == 0):
		return "what the program draws names its population, seed and each item"
	case !drawn && (s.Draw.Seed != "" || s.Draw.By != ""):
		return "a seed is of what the program draws"
	}
	seen := map[string]bool{}
	for _, item := range s.Items {
		if blank(item) || seen[item] {
			return fmt.Sprintf("%.60q is named twice, or has no name", item)
		}
		seen[item] = true
	}
	return ""
}

// lacks names what is missing of a sample set, in an engagement that says why sizes are
// what they are, or does not.
func (s Sample) lacks(rationale string) []string {
	how := s.How()
	if s.Draw.Method == JudgementSample {
		how = s.Chosen
	}
	fields := []field{{"type", s.Type}, {"how it was chosen", how}, {"number sampled", counted(s.Size)}, {"population", counted(s.Count)}}
	if !s.Typed && s.Draw.Method != AllTested && blank(rationale) {
		fields = append(fields, field{"rationale of its size", s.Rationale})
	}
	lacking := missing(fields)
	if s.Size > 0 && len(s.Items) < s.Size && s.Draw.Method != AllTested {
		lacking = append(lacking, fmt.Sprintf("%d of its %d items", s.Size-len(s.Items), s.Size))
	}
	return lacking
}

// Samples returns the sample sets of the assessment by number, withdrawn ones left out.
// Those that were once typed into the engagement are among them.
func (a *Assessment) Samples() []Sample {
	return slices.DeleteFunc(slices.Clone(a.allSamples()), func(s Sample) bool { return s.Withdrawn })
}

func (a *Assessment) allSamples() []Sample { return a.scope.sampled.samples }

func (a *Assessment) sample(id ID) (Sample, bool) {
	i := slices.IndexFunc(a.allSamples(), func(s Sample) bool { return !s.Typed && s.ID == id })
	if i < 0 {
		return Sample{}, false
	}
	return a.allSamples()[i], true
}

// SampleByLabel returns the sample set that people call Set-2, or 2. Where that is
// several, the error names them.
func (a *Assessment) SampleByLabel(name string) (Sample, error) {
	all := a.allSamples()
	wanted := name
	if _, err := strconv.Atoi(name); err == nil {
		wanted = "Set-" + name
	}
	at, known, err := indexLabels(all, func(s Sample) string { return label("Set", s.Number, "") }).find(wanted)
	switch {
	case err != nil:
		return Sample{}, err
	case !known:
		return Sample{}, fmt.Errorf("find %.60q: no sample set of that number (see `tickmark sample VAULT list`)", name)
	}
	return all[at], nil
}

// SampleByID returns a sample set by its id.
func (a *Assessment) SampleByID(id ID) (Sample, error) {
	s, known := a.sample(id)
	if !known {
		return s, fmt.Errorf("find sample set %s: the assessment has none of that id", id)
	}
	return s, nil
}

// WithdrawSampling returns the draft that takes back the sample set that a label means,
// or the population that a name does.
func (a *Assessment) WithdrawSampling(name string) (Draft, error) {
	s, err := a.SampleByLabel(name)
	if err != nil {
		p, unknown := a.PopulationNamed(name)
		if unknown != nil {
			return Draft{}, fmt.Errorf("withdraw %.60q: no sample set has this number, and no population this name", name)
		}
		p.Withdrawn = true
		return a.RecordPopulation(p)
	}
	if s.Typed {
		return Draft{}, fmt.Errorf("withdraw %s: it was typed into the engagement; take it out there", s.Label())
	}
	s.Withdrawn = true
	return a.RecordSample(s)
}

// DrawnFrom returns the listing of its population that a sample set was drawn from,
// which may have been listed again since.
func (a *Assessment) DrawnFrom(s Sample) (ListedPopulation, bool, error) {
	for _, e := range a.history.vouched(a.scope.sampled.entries) {
		if e.Action != PopulationListed {
			continue
		}
		var p ListedPopulation
		if err := a.history.read(e, &p); err != nil {
			return p, false, err
		}
		if p.ID == s.Population && p.List == s.Draw.List {
			return p, true, nil
		}
	}
	return ListedPopulation{}, false, nil
}

// Redraw is what came of drawing a sample set again.
type Redraw struct {
	Same  int      `json:"same"`            // items that both have
	Gone  []string `json:"gone,omitempty"`  // recorded, and not drawn again
	Other []string `json:"other,omitempty"` // drawn again, and not recorded
	Since string   `json:"since,omitempty"` // what became of the population meanwhile
}

// Compare holds what was drawn again against what is recorded, item by item.
func (s Sample) Compare(again []string) Redraw {
	var r Redraw
	for _, item := range s.Items {
		if slices.Contains(again, item) {
			r.Same++
		} else {
			r.Gone = append(r.Gone, item)
		}
	}
	for _, item := range again {
		if !slices.Contains(s.Items, item) {
			r.Other = append(r.Other, item)
		}
	}
	return r
}

// readSampling reads populations and sample sets as they stand.
func (a *Assessment) readSampling() error {
	r, h := &a.scope.sampled, a.history
	var err error
	r.populations, err = standingAmong(h, r.entries, PopulationListed, func(p ListedPopulation) ID { return p.ID }, func(p *ListedPopulation, s Standing) { p.Standing = s })
	if err != nil {
		return err
	}
	slices.SortFunc(r.populations, comparePopulations)
	r.samples, err = standingAmong(h, r.entries, SampleRecorded, func(s Sample) ID { return s.ID }, func(s *Sample, stands Standing) { s.Standing = stands })
	if err != nil {
		return err
	}
	if len(r.samples) > 0 {
		if err := a.numberSamples(); err != nil {
			return err
		}
	}
	for _, item := range a.history.evidence {
		for i := range r.samples {
			if item.Details.Sample != "" && item.Details.Sample == r.samples[i].ID && !item.gone() && h.Verify(item.Entry) == nil {
				r.samples[i].Evidence = append(r.samples[i].Evidence, item.ID)
			}
		}
	}
	for _, set := range a.scope.engagement.Sampling.Sets {
		typed := Sample{Number: set.Number, Type: set.Type, Items: set.Items, Chosen: set.Chosen, Size: set.Sampled, Count: set.Population}
		typed.Typed = true
		r.samples = append(r.samples, typed)
	}
	slices.SortStableFunc(r.samples, func(x, y Sample) int { return cmp.Or(x.Number-y.Number, cmp.Compare(x.ID, y.ID)) })
	return nil
}

// numberSamples gives every sample set its final number, by the rules of all numbers,
// and finds those that were altered since they were drawn.
func (a *Assessment) numberSamples() error {
	r, h := &a.scope.sampled, a.history
	printed, err := h.printed(func(e Entry) ([]PrintedNumber, error) {
		var report PrintedReport
		if e.Action != ReportSigned || e.Assessment != a.Details.ID {
			return nil, nil
		}
		err := h.read(e, &report)
		return report.Samples, err
	})
	if err != nil {
		return err
	}
	first, times := map[ID]Sample{}, map[engine.Digest]time.Time{}
	for _, e := range h.vouched(r.entries) {
		if e.Action != SampleRecorded {
			continue
		}
		var s Sample
		if err := h.read(e, &s); err != nil {
			return err
		}
		s.Entry, times[e.ID] = e.ID, e.Time
		if _, known := first[s.ID]; !known {
			first[s.ID] = s
		}
	}
	given := make([]numeral, len(r.samples))
	for i, s := range r.samples {
		drawn := first[s.ID]
		given[i] = numeral{id: s.ID, entry: drawn.Entry, number: drawn.Number, at: i}
		r.samples[i].Altered = drawn.Draw.Method.Drawn() && !drawn.drewThe(s)
	}
	given, _ = settleNumbers(given, printed, func(entry engine.Digest) time.Time { return times[entry] })
	for _, n := range given {
		s := &r.samples[n.at]
		s.Number, s.Suffix, s.Aliases = n.number, n.suffix, n.aliases
	}
	return nil
}

// SamplingProblems are those of populations and sample sets.
func (a *Assessment) SamplingProblems() []Problem {
	var problems []Problem
	add := into(&problems, SamplingPart)
	used := map[ID]bool{}
	for i, s := range a.Samples() {
		used[s.Population] = true
		a.reviewSample(s, add)
		if s.Typed && slices.ContainsFunc(a.Samples()[:i], func(o Sample) bool { return o.Number == s.Number && !o.Typed }) {
			add(SampleBroken, "there are two sample sets %d: one in the engagement, one by itself", s.Number)
		}
	}
	if e, _ := a.Engagement(); e.Sampling.Used == DeclaredNo {
		if n := len(a.Samples()) - len(e.Sampling.Sets); n > 0 {
			add(SampleBroken, "sampling was not used, and %d sample sets are recorded", n)
		}
	}
	a.populationProblems(used, add)
	return problems
}

func (a *Assessment) reviewSample(s Sample, add adding) {
	if s.Beside > 0 {
		add(InConflict, "%s was recorded %d times side by side; one of them has to be confirmed", s.Label(), s.Beside)
	}
	if rule := s.broken(); rule != "" && !s.Typed {
		add(SampleBroken, "%s: %s", s.Label(), rule)
	}
	if s.Altered {
		add(SampleBroken, "%s: its items are not those that were drawn; withdraw it and draw another", s.Label())
	}
	if lacks := s.lacks(a.scope.engagement.Sampling.Rationale); len(lacks) > 0 {
		add(SampleIncomplete, "%s lacks %s", s.Label(), strings.Join(lacks, ", "))
	}
	if says := a.OutdatedSample(s); says != "" {
		add(SampleOutdated, "%s %s", s.Label(), says)
	}
}

// OutdatedSample says what became of the population since a sample set was drawn from
// it, "" where nothing did.
func (a *Assessment) OutdatedSample(s Sample) string {
	if s.Population == "" {
		return ""
	}
	switch p, known := a.Population(s.Population); {
	case !known:
		return "is of a population that the assessment does not have"
	case p.Withdrawn:
		return fmt.Sprintf("is of population %s, which was withdrawn", p.Name)
	case s.Draw.List != p.List:
		return fmt.Sprintf("was drawn from population %s before it was listed again: it had %d items and has %d now; withdraw it and draw another", p.Name, s.Count, p.Count)
	}
	return ""
}

// ProblemsOfSample are those of one sample set.
func (a *Assessment) ProblemsOfSample(s Sample) []Problem {
	var problems []Problem
	add := into(&problems, SamplingPart)
	a.reviewSample(s, add)
	a.populationProblems(map[ID]bool{s.Population: true}, add)
	return problems
}
