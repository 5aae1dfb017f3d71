package questionnaires

import (
	"slices"
	"time"
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
	CitesUnknown
	NewerEvidence
	NotOffered
	NoReporting
	InheritedOnly
	NoTargetDate
	NoLaw
	NoExclusion
	NoResults
	UnfinishedWorksheet
	Misplaced
	CustomizedRefused
	UnfinishedCustomized
	NoRiskAnalysis
	UnfinishedAnalysis
	Overdue
	EligibilityOpen
	NotEligible
	AskedOtherwise
	ScopeIncomplete
	ScopeBroken
	NotSeparated
	EngagementIncomplete
	EngagementBroken
	OutdatedEvidence
	UndescribedEvidence
	RecordIncomplete
	RecordBroken
	RecordNotPassed
	NotIssued
	QuarantinedEvidence
	SampleIncomplete
	SampleBroken
	SampleOutdated
	PopulationIncomplete
	StaleEvidence
	NotConfirmed
	AsLastYear
	NotFollowedUp
)

var problemKinds = [...]string{
	"unanswered", "no-narrative", "no-evidence", "contradicted", "no-reason", "no-worksheet", "no-plan", "superseded", "conflict",
	"not-verified", "expunged", "unknown-evidence", "newer-evidence", "not-offered", "no-reporting-answer", "inherited-only", "no-target-date",
	"no-law", "no-exclusion", "no-results", "unfinished-worksheet", "misplaced", "customized-refused", "unfinished-customized",
	"no-risk-analysis", "unfinished-risk-analysis", "overdue",
	"eligibility-open", "not-eligible", "asked-otherwise",
	"scope-incomplete", "scope-broken", "not-separated", "engagement-incomplete", "engagement-broken",
	"outdated-evidence", "undescribed-evidence",
	"record-incomplete", "record-broken", "record-not-passed",
	"not-issued",
	"quarantined",
	"sample-incomplete", "sample-broken", "sample-outdated", "population-incomplete",
	"stale-evidence",
	"carried-not-confirmed", "as-last-year", "not-followed-up",
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

// Part is the part of an assessment that a problem is about.
type Part int

// The parts.
const (
	AnswerPart Part = iota // to a requirement
	FormPart
	EligibilityPart
	ScopePart
	EngagementPart
	RequestsPart
	AnalysisPart       // targeted risk analyses
	ResponsibilityPart // who answers for what on a platform
	EvidencePart       // what is said of it
	RecordsPart        // scans, tests and what else was done and recorded
	StagePart          // its way to being issued
	SamplingPart       // populations and samples
	CarriedPart        // what was taken over from last year
	KeepingPart        // how the workpapers are kept
)

var parts = [...]string{"answer", "form", "eligibility", "scope", "engagement", "requests", "risk-analysis", "responsibility", "evidence", "records", "stage", "sampling", "carried", "keeping"}

// String returns the part's text.
func (p Part) String() string { return textOf(parts[:], int(p)) }

// MarshalText writes what String returns.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Problem is something that stands between an assessment and its report. While
// there is one, what is printed is a draft.
type Problem struct {
	Requirement RequirementID `json:"requirement"` // zero: it is of the whole assessment
	Part        Part          `json:"part"`        // what has to be mended
	Kind        ProblemKind   `json:"kind"`
	Sentence    string        `json:"sentence"`
}

// DayAt is the day of a moment for the assessment: never before that of its newest
// entry. What has to be done again by a day is a problem once the day is over.
func (a *Assessment) DayAt(now time.Time) Day { return max(DayOf(now), DayOf(a.Time)) }

// Problems returns every problem of the assessment, those of the whole and then in
// order of requirements, as a report of the day of its newest entry would have them.
func (a *Assessment) Problems() []Problem { return a.ProblemsOn(DayOf(a.Time)) }

// ProblemsOn returns every problem that a report of a day would have.
func (a *Assessment) ProblemsOn(day Day) []Problem {
	problems := slices.Concat(a.formProblems(), a.ScopeProblems(day), a.EngagementProblems(day), a.SamplingProblems(), a.carriedProblems(), a.requestProblems(), a.retentionProblems(), a.evidenceProblems(), a.RecordProblems(day), a.stageProblems(), a.freshnessProblems())
	var ofAnswers []Problem
	var undescribed []undescribed
	for _, r := range a.Requirements() {
		v := a.review(r, day)
		ofAnswers, undescribed = append(ofAnswers, v.problems...), append(undescribed, v.undescribed...)
	}
	return slices.Concat(problems, undescribedProblems(undescribed), ofAnswers)
}

// ProblemsOf returns the problems of one requirement, with those of the evidence that its
// answer cites.
func (a *Assessment) ProblemsOf(id RequirementID) []Problem {
	r, known := a.catalogue.Requirement(id)
	if !known || !a.Questionnaire.Asks(id) {
		return nil
	}
	v := a.review(r, DayOf(a.Time))
	for _, u := range v.undescribed {
		v.addTo(EvidencePart, UndescribedEvidence, "%s", u.why)
	}
	return v.problems
}
