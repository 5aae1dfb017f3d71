package questionnaires

import (
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

// SampleSet is one sample: what was drawn from what.
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

func (s Sampling) lacks() []string {
	switch s.Used {
	case DeclaredYes:
		return lackingAll(missing([]field{
			{"rationale", s.Rationale}, {"standard processes (or that there are none)", s.Standard}, {"sample sets", counted(len(s.Sets))},
		}), lackingIn(s.Sets, func(set SampleSet) string { return fmt.Sprintf("set %d", set.Number) }, SampleSet.lacks))
	case DeclaredNo:
		return lackingAll(missing([]field{{"who attests that everything was tested", s.Attested}}))
	case Undeclared:
	}
	return lackingAll([]string{"use of samples (yes or no)"})
}

func (s SampleSet) lacks() []string {
	lacking := missing([]field{{"type", s.Type}, {"how it was chosen", s.Chosen}, {"number sampled", counted(s.Sampled)}, {"population", counted(s.Population)}})
	if s.Sampled > 0 && len(s.Items) < s.Sampled {
		lacking = append(lacking, fmt.Sprintf("%d of its %d items", s.Sampled-len(s.Items), s.Sampled))
	}
	return lacking
}

// IsZero reports whether nothing is said.
func (s Sampling) IsZero() bool {
	return s.Used == Undeclared && s.Attested == "" && s.Rationale == "" && s.Standard == "" && len(s.Sets) == 0
}
