package questionnaires

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// Answer returns the draft of an answer. It refuses what the questionnaire does not
// ask or offer; what is merely incomplete is a Problem, so that work in progress can
// be saved.
func (a *Assessment) Answer(answer Answer) (Draft, error) {
	answer = answer.clone()
	r, err := a.asks(answer)
	if err == nil {
		err = a.Frozen()
	}
	if err == nil {
		err = a.bounded(answer)
	}
	if err == nil && a.Questionnaire.PerProcedure && !r.ID.IsZero() {
		err = a.checkProcedures(r, &answer)
	}
	if err == nil {
		err = a.offers(r, answer)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("answer %s: %w", answer.Requirement, err)
	}
	answer.Undoes, answer.Restores = engine.Digest{}, engine.Digest{}
	return a.draft(answer), nil
}

// asks returns the requirement that an answer is to, the zero one where it is to all
// below an id that is none itself.
func (a *Assessment) asks(answer Answer) (Requirement, error) {
	id := answer.Requirement
	r, known := a.catalogue.Requirement(id)
	asked := known && a.Questionnaire.Asks(id)
	below := a.Questionnaire.Reaches(id)
	switch {
	case asked:
		return r, nil
	case answer.Subtree && below:
		return Requirement{}, nil
	case below:
		return r, errors.New("it is no requirement itself; all below it can be Not Applicable together")
	case !known:
		return r, errors.New(a.noSuch())
	}
	return r, fmt.Errorf("%s does not ask it", a.Questionnaire.Title)
}

// noSuch says that an id is none that the form's catalogue has.
func (a *Assessment) noSuch() string {
	if a.Questionnaire.Own() {
		return a.Questionnaire.Title + " has no question of that number"
	}
	return "the standard has no requirement of that number"
}

// Requirement returns a requirement that the form asks, and says why it does not ask
// another.
func (a *Assessment) Requirement(id RequirementID) (Requirement, error) {
	r, err := a.asks(Answer{Requirement: id})
	if err != nil {
		return r, fmt.Errorf("look at %s: %w", id, err)
	}
	return r, nil
}

// bounded reports text that cannot be kept, days that are none, and evidence that is
// not there.
func (a *Assessment) bounded(answer Answer) error {
	for _, f := range answer.texts() {
		if err := CheckText(f.what, f.text, MaxNarrative); err != nil {
			return err
		}
	}
	days := []Day{answer.Remedy.Target}
	if c := answer.Customized; c != nil {
		days = append(days, c.Analysis.Approved, c.Analysis.ReviewBy)
	}
	for _, d := range days {
		if err := d.check(); err != nil {
			return err
		}
	}
	for _, id := range answer.Cited() {
		if _, known := a.Evidence(id); !known {
			return fmt.Errorf("evidence %s is not in the vault", id)
		}
	}
	if answer.Customized != nil {
		return a.boundedApproach(*answer.Customized)
	}
	return nil
}

// Bounds of a customized approach: the rows of its matrix, and its derived tests.
const maxControls, maxTests = 100, 200

func (a *Assessment) boundedApproach(c CustomizedApproach) error {
	if len(c.Controls) > maxControls || len(c.Tests) > maxTests {
		return fmt.Errorf("a customized approach has at most %d controls and %d derived tests", maxControls, maxTests)
	}
	for _, control := range c.Controls {
		for _, id := range control.AlsoMeets {
			if _, known := a.catalogue.Requirement(id); !known {
				return fmt.Errorf("a control cannot also meet %s: the standard has no requirement of that number", id)
			}
		}
	}
	return nil
}

// checkProcedures refuses findings of procedures that the requirement does not have,
// or that are none of the four, and rolls the others up.
func (a *Assessment) checkProcedures(r Requirement, answer *Answer) error {
	asked := r.asked()
	for i, p := range answer.Procedures {
		named := Procedure{Requirement: r.ID, Letter: p.Letter}
		switch {
		case !slices.Contains(asked, named):
			return fmt.Errorf("it has no testing procedure %s", named)
		case slices.ContainsFunc(answer.Procedures[:i], func(o ProcedureAnswer) bool { return o.Letter == p.Letter }):
			return fmt.Errorf("testing procedure %s is answered twice", named)
		case p.Finding == InPlaceWithCCW || p.Finding != Unanswered && !a.Questionnaire.Allows(p.Finding):
			return fmt.Errorf("%s is no finding of a testing procedure", p.Finding.Title())
		}
	}
	slices.SortFunc(answer.Procedures, func(x, y ProcedureAnswer) int { return cmp.Compare(x.Letter, y.Letter) })
	if len(answer.Procedures) == 0 && len(asked) > 1 && answer.Response != Unanswered && !answer.Subtree {
		names := make([]string, len(asked))
		for i, p := range asked {
			names[i] = p.String()
		}
		return fmt.Errorf("%s is answered per testing procedure: %s", a.Questionnaire.Title, strings.Join(names, ", "))
	}
	if len(answer.Procedures) > 0 {
		answer.Response = r.rollUp(*answer).Response
	}
	return nil
}

// offers refuses what the form does not offer, and what cannot stand together.
func (a *Assessment) offers(r Requirement, answer Answer) error {
	open := answer.Response == Unanswered && !begun(answer)
	form := a.Questionnaire
	switch {
	case answer.Response != Unanswered && !form.Allows(answer.Response):
		return fmt.Errorf("%s does not offer %s", form.Title, answer.Response.Title())
	case len(answer.Procedures) > 0 && !form.PerProcedure:
		return fmt.Errorf("%s is answered per requirement, not per testing procedure", form.Title)
	case r.ID.IsZero() && (len(answer.Procedures) > 0 || answer.Worksheet != Worksheet{} || answer.Customized != nil):
		return errors.New("it is no requirement itself; what is Not Applicable with all below has a reason and no more")
	case answer.Subtree && answer.Response != NotApplicable && answer.Response != Unanswered:
		return fmt.Errorf("all below it can be Not Applicable together, not %s", answer.Response.Title())
	case open && answer.Worksheet != Worksheet{}:
		return errors.New("a compensating control worksheet belongs to a response, and it is unanswered")
	case answer.RiskBased && r.Analysis == NoAnalysis:
		return errors.New("no targeted risk analysis sets its frequency")
	case answer.Customized == nil:
		return nil
	case open:
		return errors.New("a customized approach belongs to a finding, and it is unanswered")
	}
	if rule := a.customizable(r, answer); rule != "" {
		return errors.New(rule)
	}
	return nil
}

// customizable names the rule that a customized approach breaks, "" if none.
func (a *Assessment) customizable(r Requirement, answer Answer) string {
	switch {
	case !a.Questionnaire.PerProcedure:
		return "only a Report on Compliance records the customized approach"
	case !r.Customized:
		return "the standard does not allow the customized approach for it"
	case answer.Compensates() && sameAspect(answer.Worksheet.Aspect, answer.Customized.Aspect):
		return "a compensating control and the customized approach never cover the same aspect; name what each covers"
	}
	return ""
}

// Changes reports whether a draft of an answer says anything else than what stands, or
// settles what stands side by side or is not verified.
func (a *Assessment) Changes(d Draft) bool {
	given, is := d.Payload.(Answer)
	own := a.own(given.Requirement)
	if !is || len(a.Conflicts(given.Requirement)) > 0 || !own.Entry.IsZero() && !own.Verified {
		return true
	}
	before := own.Answer
	before.Undoes, before.Restores = engine.Digest{}, engine.Digest{}
	was, err := json.Marshal(before)
	if err != nil {
		return true
	}
	says, err := json.Marshal(given)
	return err != nil || !bytes.Equal(was, says)
}

func (a *Assessment) draft(answer Answer) Draft {
	return Draft{Assessment: a.Details.ID, Action: AnswerGiven, Subject: answer.Requirement.String(), Payload: answer}
}
