package questionnaires

import (
	"errors"
	"fmt"
	"slices"
)

// Sampling says whether samples stood for populations, and how they were drawn.
type Sampling struct {
	Used Declared `json:"used,omitzero"`
	// Attested names the assessor who says that every item was tested, where no samples
	// were used.
	Attested  string      `json:"attested,omitempty"`
	Rationale string      `json:"rationale,omitempty"` // of sizes, and why they are representative
	Standard  string      `json:"standard,omitempty"`  // central processes that the samples follow, how validated; "none"
	Sets      []SampleSet `json:"sets,omitempty"`
}

// SampleSet is a sample as it was once typed into the engagement. New ones are records
// of their own: see Sample.
type SampleSet struct {
	Number     int      `json:"number"`
	Type       string   `json:"type,omitempty"`
	Items      []string `json:"items,omitempty"`      // each that was sampled
	Chosen     string   `json:"chosen,omitempty"`     // how
	Sampled    int      `json:"sampled,omitempty"`    // how many
	Population int      `json:"population,omitempty"` // of how many; an estimate will do
}

func (s Sampling) check(b *bounds) {
	b.line("who attests that everything was tested", s.Attested)
	b.text("rationale of sampling", s.Rationale)
	b.text("standard processes", s.Standard)
	b.list("sample sets", len(s.Sets))
	for _, set := range s.Sets {
		b.count("number of a sample set", set.Number)
		b.line("type of a sample set", set.Type)
		b.text("choice of a sample set", set.Chosen)
		b.count("sampled items", set.Sampled)
		b.count("population of a sample set", set.Population)
		b.list("items of a sample set", len(set.Items))
		for _, item := range set.Items {
			b.line("item of a sample set", item)
		}
	}
}

// broken names the rules that the samples break.
func (s Sampling) broken() []string {
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	if s.Used == DeclaredNo && len(s.Sets) > 0 {
		say("sampling was not used, and %d sample sets are listed", len(s.Sets))
	}
	for i, set := range s.Sets {
		if set.Number < 1 {
			say("a sample set has no number: they count from 1")
		}
		if slices.ContainsFunc(s.Sets[:i], func(o SampleSet) bool { return o.Number == set.Number }) {
			say("there are two sample sets %d", set.Number)
		}
		if set.Sampled > set.Population && set.Population > 0 {
			say("sample set %d: %d were sampled of %d; a sample is no larger than its population", set.Number, set.Sampled, set.Population)
		}
		if set.Sampled > 0 && len(set.Items) > set.Sampled {
			say("sample set %d: %d items are named and %d were sampled", set.Number, len(set.Items), set.Sampled)
		}
	}
	return broken
}

// lacks names what is missing where so many sample sets are recorded.
func (s Sampling) lacks(recorded int) []string {
	switch s.Used {
	case DeclaredYes:
		return lackingAll(missing([]field{
			{"rationale", s.Rationale}, {"standard processes (or that there are none)", s.Standard}, {"sample sets", counted(recorded)},
		}))
	case DeclaredNo:
		return lackingAll(missing([]field{{"who attests that everything was tested", s.Attested}}))
	case Undeclared:
	}
	return lackingAll([]string{"use of samples (yes or no)"})
}

// split returns the sampling with the sets that it had before, and the new ones: what
// those say is a record of its own.
func (s Sampling) split(before Sampling) (kept Sampling, fresh []SampleSet) {
	kept = s
	kept.Sets = nil
	for _, set := range s.Sets {
		if slices.ContainsFunc(before.Sets, func(o SampleSet) bool { return sameContent(set, o) }) {
			kept.Sets = append(kept.Sets, set)
		} else {
			fresh = append(fresh, set)
		}
	}
	return kept, fresh
}

// TakeEngagement returns the drafts that record an engagement as a sheet has it: sample
// sets that it names become records of their own, by their numbers. The error is
// ErrUnchanged where all of it stands. NewID draws the ids.
func (a *Assessment) TakeEngagement(e Engagement, newID func() (ID, error)) ([]Draft, error) {
	b := &bounds{}
	e.check(b)
	if broken := e.broken(); len(broken) > 0 {
		b.add(errors.New(broken[0]))
	}
	if b.err != nil {
		return nil, fmt.Errorf("set engagement: %w", b.err)
	}
	kept, fresh := e.Sampling.split(a.scope.engagement.Sampling)
	e.Sampling = kept
	var drafts []Draft
	for _, set := range fresh {
		d, err := a.takeSet(set, newID)
		if errors.Is(err, ErrUnchanged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	d, err := a.SetEngagement(e)
	if errors.Is(err, ErrUnchanged) && len(drafts) > 0 {
		return drafts, nil
	}
	return append(drafts, d), err
}

// takeSet records a sample set of a sheet, or revises the one of its number that a person
// chose.
func (a *Assessment) takeSet(set SampleSet, newID func() (ID, error)) (Draft, error) {
	var s Sample
	all := a.allSamples()
	if i := slices.IndexFunc(all, func(o Sample) bool { return o.Number == set.Number && !o.Withdrawn }); i >= 0 {
		if s = all[i]; s.Typed || s.Draw.Method.Drawn() {
			return Draft{}, fmt.Errorf("sample set %d: %s is another; give it another number, or take that one back", set.Number, s.Label())
		}
	} else {
		var err error
		if s.ID, err = newID(); err != nil {
			return Draft{}, err
		}
		s.Draw.Method = JudgementSample
	}
	s.Number, s.Type, s.Items, s.Chosen, s.Size, s.Count = set.Number, set.Type, set.Items, set.Chosen, set.Sampled, set.Population
	return a.RecordSample(s)
}

// IsZero reports whether nothing is said.
func (s Sampling) IsZero() bool {
	return s.Used == Undeclared && s.Attested == "" && s.Rationale == "" && s.Standard == "" && len(s.Sets) == 0
}
