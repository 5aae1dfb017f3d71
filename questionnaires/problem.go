package questionnaires

import (
	"fmt"
	"strings"

	"tickmark/engine"
)

// ProblemKind is why an assessment cannot be issued as it stands.
type ProblemKind int

// The kinds of problems.
const (
	NotAnswered ProblemKind = iota
	NoNarrative
	NoEvidence
	Contradicted
	NoReason
	NoWorksheet
	NoPlan
	Superseded
	InConflict
	NotVerified
	CitesExpunged
	NotOffered
	EligibilityOpen
	NotEligible
)

var problemKinds = [...]string{
	"unanswered", "no-narrative", "no-evidence", "contradicted", "no-reason", "no-worksheet", "no-plan", "superseded", "conflict",
	"not-verified", "expunged", "not-offered", "eligibility-open", "not-eligible",
}

// ProblemKinds returns every kind.
func ProblemKinds() []ProblemKind {
	all := make([]ProblemKind, len(problemKinds))
	for i := range all {
		all[i] = ProblemKind(i)
	}
	return all
}

// String returns the kind's text.
func (k ProblemKind) String() string { return textOf(problemKinds[:], int(k)) }

// MarshalText writes what String returns.
func (k ProblemKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Problem is something that stands between an assessment and its report. While
// there is one, what is printed is a draft.
type Problem struct {
	Requirement RequirementID `json:"requirement"` // zero: it is of the whole assessment
	Kind        ProblemKind   `json:"kind"`
	Sentence    string        `json:"sentence"`
}

// Problems returns every problem of the assessment: those of the whole, then in order
// of requirements.
func (a *Assessment) Problems() []Problem {
	problems := a.formProblems()
	for _, r := range a.Requirements() {
		problems = append(problems, a.problemsOf(r)...)
	}
	return problems
}

// ProblemsOf returns the problems of one requirement.
func (a *Assessment) ProblemsOf(id RequirementID) []Problem {
	r, known := a.catalogue.Requirement(id)
	if !known || !a.Questionnaire.Asks(id) {
		return nil
	}
	return a.problemsOf(r)
}

func (a *Assessment) problemsOf(r Requirement) []Problem {
	var problems []Problem
	add := func(kind ProblemKind, format string, args ...any) {
		problems = append(problems, Problem{Requirement: r.ID, Kind: kind, Sentence: fmt.Sprintf(format, args...)})
	}
	current := a.Current(r.ID)
	if n := len(a.Conflicts(r.ID)); n > 0 {
		add(InConflict, "%d answers were given side by side; one of them has to be confirmed", n)
	}
	if !current.Entry.IsZero() && !current.Verified {
		add(NotVerified, "the answer's signature is not that of an enrolled author")
	}
	for _, id := range current.Evidence {
		if item := a.evidence[id]; item.Expunged != nil {
			add(CitesExpunged, "the answer cites %s, which was %s", item.Label(), item.Expunged)
		}
	}
	if current.Response != Unanswered && !a.Questionnaire.Allows(current.Response) {
		add(NotOffered, "it was answered %s, which %s does not offer", current.Response.Title(), a.Questionnaire.Title)
	}
	narrative := strings.TrimSpace(current.Narrative)
	switch current.Response {
	case Unanswered:
		add(NotAnswered, "it is not answered")
	case InPlace, InPlaceWithCCW:
		if narrative == "" {
			add(NoNarrative, "%s without a narrative of how it is met", current.Response.Title())
		}
		if len(current.Evidence) == 0 {
			add(NoEvidence, "%s without evidence", current.Response.Title())
		}
		if current.Response == InPlaceWithCCW {
			add(NoWorksheet, "its compensating control worksheet is missing")
		}
		if !r.SupersededBy.IsZero() && current.Response == InPlace {
			add(Superseded, "%s took its place on 2025-03-31; it is Not Applicable with that reason", r.SupersededBy)
		}
		if Suggest(r, a.latest).Stance == Contradicts {
			add(Contradicted, "%s, and evidence contradicts it: %s", current.Response.Title(), a.contradiction(r))
		}
	case NotInPlace:
		if narrative == "" {
			add(NoPlan, "Not in Place without what is missing and what is planned")
		}
	case NotApplicable, NotTested:
		if narrative == "" {
			add(NoReason, "%s without its reason", current.Response.Title())
		}
	}
	return problems
}

// contradiction names the failing checks of a requirement.
func (a *Assessment) contradiction(r Requirement) string {
	var failing []string
	for _, p := range Suggest(r, a.latest).Procedures {
		for _, reason := range p.Why {
			if reason.Evidence.Result.Verdict == engine.Fail {
				failing = append(failing, fmt.Sprintf("%s (%s)", reason.Evidence.Result.Check, reason.Evidence.Label()))
			}
		}
	}
	return strings.Join(failing, ", ")
}
