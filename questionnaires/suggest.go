package questionnaires

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/engine"
)

// Stance is what evidence says of a testing procedure. CannotSay is the zero
// value.
type Stance int

// The stances.
const (
	CannotSay Stance = iota
	Supports
	Contradicts
)

var stances = [...]string{"cannot say", "supports", "contradicts"}

// String returns the stance's text.
func (s Stance) String() string { return textOf(stances[:], int(s)) }

// MarshalText writes what String returns.
func (s Stance) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Stance) UnmarshalText(b []byte) error {
	i, err := indexOf("stance", stances[:], string(b))
	*s = Stance(i)
	return err
}

// Reason is one piece of evidence that bears on a procedure, and how.
type Reason struct {
	Link     Link
	Evidence Evidence
	// Alone says that it passes without the check beside which alone its pass counts.
	Alone bool
}

// Part says which part of a procedure it answers, and what it waits for; "" if all.
func (r Reason) Part() string {
	if r.Alone {
		return strings.TrimPrefix(r.Link.Part+"; it counts once "+r.Link.Beside+" passes for the same target", "; ")
	}
	return r.Link.Part
}

// verdict is that of the result. What was expunged is no proof of a pass any more, and
// what counts beside another alone is none without it.
func (r Reason) verdict() engine.Verdict {
	if (r.Evidence.gone() || r.Alone) && r.Evidence.Result.Verdict == engine.Pass {
		return engine.Unknown
	}
	return r.Evidence.Result.Verdict
}

// ProcedureSuggestion is what the evidence says of one testing procedure. Why are
// the reasons that may support or contradict, Leads the others.
type ProcedureSuggestion struct {
	Procedure Procedure
	Stance    Stance
	Why       []Reason
	Leads     []Reason
}

// Suggestion stands beside an answer and never becomes one by itself. Proposes is
// Unanswered unless the evidence contradicts a procedure (NotInPlace) or supports
// every procedure of the requirement (InPlace), or the standard itself proposes.
type Suggestion struct {
	Requirement RequirementID
	Stance      Stance
	Proposes    Response
	Procedures  []ProcedureSuggestion
}

// Suggest says what the latest results mean for a requirement, per testing
// procedure. A procedure is supported only if results that directly or partly
// answer it are there and every one of them passes; one that fails contradicts
// it; Unknown, and NotApplicable alone, can say nothing.
func Suggest(r Requirement, latest []Evidence) Suggestion {
	s := Suggestion{Requirement: r.ID}
	procedures := r.Procedures()
	if len(procedures) == 0 {
		procedures = []Procedure{{Requirement: r.ID}}
	}
	all := len(r.Procedures()) > 0
	for _, p := range procedures {
		ps := suggestProcedure(r, p, latest)
		s.Procedures = append(s.Procedures, ps)
		all = all && ps.Stance == Supports
		switch ps.Stance {
		case Contradicts:
			s.Stance = Contradicts
		case Supports:
			if s.Stance == CannotSay {
				s.Stance = Supports
			}
		case CannotSay:
		}
	}
	standard, proposes := r.Proposal()
	switch {
	case proposes:
		s.Proposes = standard.Response
	case s.Stance == Contradicts:
		s.Proposes = NotInPlace
	case all && onlyDirect(s):
		s.Proposes = InPlace
	}
	return s
}

// onlyDirect reports whether every procedure has a reason that answers it whole:
// parts alone never make In Place.
func onlyDirect(s Suggestion) bool {
	for _, p := range s.Procedures {
		if !slices.ContainsFunc(p.Why, func(r Reason) bool { return r.Link.Class == Direct && r.verdict() == engine.Pass }) {
			return false
		}
	}
	return true
}

func suggestProcedure(r Requirement, p Procedure, latest []Evidence) ProcedureSuggestion {
	ps := ProcedureSuggestion{Procedure: p}
	add := func(link Link, item Evidence) {
		reason := Reason{Link: link, Evidence: item, Alone: !beside(link, item, latest)}
		if link.Class.Supports() {
			ps.Why = append(ps.Why, reason)
		} else {
			ps.Leads = append(ps.Leads, reason)
		}
	}
	for _, link := range r.InformedBy {
		if link.Procedure != p {
			continue
		}
		for _, item := range latest {
			if item.Result != nil && item.Result.Check == link.Check {
				add(link, item)
			}
		}
	}
	for _, item := range latest {
		if item.Result == nil || item.Result.Custom == nil {
			continue
		}
		for _, link := range customLinks(item.Result.Check, item.Result.Custom.Informs) {
			if concerns(link, r, p) {
				add(link, item)
			}
		}
	}
	sortReasons(ps.Why)
	sortReasons(ps.Leads)
	ps.Stance = stanceOf(ps.Why)
	return ps
}

// beside reports whether the check beside which alone a link counts passes for the
// same target.
func beside(link Link, item Evidence, latest []Evidence) bool {
	return link.Beside == "" || slices.ContainsFunc(latest, func(other Evidence) bool {
		return other.Result != nil && other.Result.Check == link.Beside && other.Result.Target == item.Result.Target &&
			other.Result.Verdict == engine.Pass && !other.gone()
	})
}

func stanceOf(why []Reason) Stance {
	worst := engine.NotApplicable
	for _, reason := range why {
		worst = worst.Worse(reason.verdict())
	}
	switch worst {
	case engine.Fail:
		return Contradicts
	case engine.Pass:
		return Supports
	case engine.Unknown, engine.NotApplicable:
	}
	return CannotSay
}

func sortReasons(reasons []Reason) {
	slices.SortStableFunc(reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Link.Class, a.Link.Class), cmp.Compare(a.Link.Check, b.Link.Check),
			cmp.Compare(a.Evidence.Result.Target, b.Evidence.Result.Target))
	})
}

// Informed is one result joined to the requirements it informs.
type Informed struct {
	Result engine.Result
	Links  []Link
}

// Inform joins results to requirements, for reports, exports and `scan`.
func (c *Catalogue) Inform(results []engine.Result) []Informed {
	informed := make([]Informed, 0, len(results))
	for _, result := range results {
		links := c.Informs(result.Check)
		if result.Custom != nil {
			links = append(links, customLinks(result.Check, result.Custom.Informs)...)
		}
		informed = append(informed, Informed{Result: result, Links: links})
	}
	return informed
}
