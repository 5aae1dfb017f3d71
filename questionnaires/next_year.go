package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// NextYear returns the drafts that open an assessment from a prior one of the vault,
// which details name: it itself, then who assesses, then the requests of which its form
// asks something, a year later. What the vault says for all its assessments (scope,
// third parties, risk analyses) is there already. No answer is carried, no sample, no
// evidence, and no day of the engagement. What is carried has to be confirmed.
func (h *History) NextYear(standard, catalogue *Catalogue, details AssessmentDetails, newID func() (ID, error)) ([]Draft, error) {
	prior, err := h.Assessment(standard, details.Prior)
	if err != nil {
		return nil, fmt.Errorf("open the next year: %w", err)
	}
	if h.Verify(prior.form.created) != nil {
		return nil, fmt.Errorf("open the next year: %s was begun by somebody who is no enrolled author", prior.Details.Name)
	}
	if details.Service == "" {
		details.Service = prior.Details.Service
	}
	begun, err := NewAssessment(catalogue, details)
	if err != nil {
		return nil, err
	}
	next := &Assessment{catalogue: catalogue, history: h, stages: &stageRecord{}}
	next.Details, _ = begun.Payload.(AssessmentDetails)
	next.Questionnaire, _ = catalogue.Questionnaire(next.Details.Questionnaire)
	drafts := []Draft{begun}
	if people := prior.scope.engagement.carried(); !sameContent(people, Engagement{}) && !next.Questionnaire.Own() {
		drafts = append(drafts, Draft{Assessment: next.Details.ID, Action: EngagementSet, Subject: "engagement", Payload: people})
	}
	requests, err := next.carryRequests(prior, newID)
	return append(drafts, requests...), err
}

// carried is what of an engagement a new year begins with: the people, and how many
// years in a row their company has been there.
func (e Engagement) carried() Engagement {
	next := Engagement{Assessors: e.Assessors, Reviewer: e.Reviewer, Subcontractors: e.Subcontractors}
	if e.Years > 0 && e.Years < maxYears {
		next.Years = e.Years + 1
	}
	return next
}

// carryRequests asks a year later for what the prior assessment asked for, as far as the
// form asks of it. What was withdrawn is not asked for again.
func (a *Assessment) carryRequests(prior *Assessment, newID func() (ID, error)) ([]Draft, error) {
	_, last, err := a.history.Requests()
	if err != nil {
		return nil, err
	}
	var drafts []Draft
	for _, r := range prior.Requests() {
		asked := slices.DeleteFunc(slices.Clone(r.Requirements), func(id RequirementID) bool { return !a.Questionnaire.Asks(id) })
		if r.Withdrawn || len(asked) == 0 && len(r.Requirements) > 0 {
			continue
		}
		r.Carried, r.Requirements = r.ID, asked
		r.Procedures = slices.DeleteFunc(slices.Clone(r.Procedures), func(p Procedure) bool { return !slices.Contains(asked, p.Requirement) })
		r.From, r.To, r.Due = r.From.yearLater(), r.To.yearLater(), r.Due.yearLater()
		if r.ID, err = newID(); err != nil {
			return nil, err
		}
		last++
		r.Number = last
		draft, err := a.ask(r)
		if err != nil {
			return nil, fmt.Errorf("carry a request: %w", err)
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// yearLater is the day a year later, none where there is none.
func (d Day) yearLater() Day {
	if d == "" || d.NextYear().check() != nil {
		return ""
	}
	return d.NextYear()
}

// errNoPrior says that an assessment was not opened from another one.
var errNoPrior = errors.New("it was not opened from a prior assessment")

// LastYear is the prior assessment as it was issued last, or as it stands where it was
// never issued. Nothing of it can be changed from the new one.
type LastYear struct {
	*Assessment
	Version string    // that was issued; "" where none was
	Until   time.Time // what came later is of this year
}

// Title says which assessment it is.
func (l LastYear) Title() string {
	if l.Version == "" {
		return l.Details.Name + ", not issued"
	}
	return fmt.Sprintf("%s, issued as version %s on %s", l.Details.Name, l.Version, DayOf(l.Until))
}

// LastYear returns the prior assessment, and false where the assessment was not opened
// from one that its author saw.
func (a *Assessment) LastYear() (LastYear, bool, error) {
	y := a.form.year
	y.once.Do(func() { y.last, y.known, y.err = a.readLastYear() })
	return y.last, y.known, y.err
}

func (a *Assessment) readLastYear() (LastYear, bool, error) {
	prior := a.Details.Prior
	if prior == "" {
		return LastYear{}, false, nil
	}
	founded := a.history.founds(prior)
	if founded.IsZero() || !a.history.IsAncestor(founded, a.form.created) {
		return LastYear{}, false, nil
	}
	v, then, issued, err := a.history.Issued(a.form.standard, prior)
	if err != nil {
		return LastYear{}, false, err
	}
	if issued {
		return LastYear{then, v.Label(), v.Time}, true, nil
	}
	then, err = a.history.Assessment(a.form.standard, prior)
	return LastYear{then, "", a.form.year.begun.Time}, err == nil, err
}

// NextYearName is the name that an assessment opened from a prior one gets where nobody
// names it: the form's title and the year, told apart from the vault's others.
func (h *History) NextYearName(q Questionnaire, day Day) (string, error) {
	all, err := h.Assessments()
	if err != nil {
		return "", err
	}
	year, _, _ := strings.Cut(string(day), "-")
	base := q.Title + " " + year
	name := base
	for n := 2; slices.ContainsFunc(all, func(o AssessmentDetails) bool { return o.Name == name }); n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	return name, nil
}
