package questionnaires

import (
	"errors"
	"fmt"
	"slices"
)

// QuestionnaireChange moves an assessment to another form. It is the payload of an
// entry. Answers stay where they are: one to a requirement that the new form does
// not ask is kept in the history, and is there again once a form asks it.
type QuestionnaireChange struct {
	From     string `json:"from"` // code of the form before
	To       string `json:"to"`
	Revision string `json:"revision"`       // of the new form
	Name     string `json:"name,omitempty"` // of the assessment, where it follows the form's title
	Reason   string `json:"reason"`
}

// maxFormReason bounds why a form was changed, in bytes.
const maxFormReason = 2000

// formRecord is what an assessment's history says of its form.
type formRecord struct {
	changes  []Entry // oldest first
	beside   []Entry // the changes that stand beside each other, where they differ
	recorded []Entry // eligibility answers, oldest first
	given    map[Asked][]RecordedAnswer
}

// takeForm keeps what an entry says of the form.
func (a *Assessment) takeForm(e Entry) {
	if e.Action == EligibilityRecorded {
		a.form.recorded = append(a.form.recorded, e)
		return
	}
	a.form.changes = append(a.form.changes, e)
	a.Conclusion = Conclusion{} // it was about the form before
}

// ChangeQuestionnaire returns the draft that moves the assessment to another form.
func (a *Assessment) ChangeQuestionnaire(code, reason string) (Draft, error) {
	q, known := a.catalogue.Questionnaire(code)
	switch {
	case !known:
		return Draft{}, fmt.Errorf("change questionnaire: %q is no questionnaire (see `tickmark questionnaire list`)", code)
	case code == a.Details.Questionnaire && len(a.form.beside) == 0:
		return Draft{}, fmt.Errorf("change questionnaire: the assessment is %s already", code)
	case reason == "":
		return Draft{}, errors.New("change questionnaire: it says no reason")
	}
	if err := CheckText("reason", reason, maxFormReason); err != nil {
		return Draft{}, fmt.Errorf("change questionnaire: %w", err)
	}
	change := QuestionnaireChange{From: a.Details.Questionnaire, To: code, Revision: q.Revision, Reason: reason}
	if a.Details.Name == a.Questionnaire.Title {
		change.Name = q.Title
	}
	return Draft{Assessment: a.Details.ID, Action: QuestionnaireChanged, Subject: "questionnaire " + code, Payload: change}, nil
}

// settleForm reads which form the assessment is now, and its eligibility answers.
func (a *Assessment) settleForm() error {
	standing, err := a.history.applyChanges(&a.Details, a.form.changes)
	if err != nil {
		return err
	}
	a.form.beside = standing
	return a.readEligibility()
}

// applyChanges gives details the form that the latest of the changes names. It
// returns the changes that stand beside each other, if they name several forms.
func (h *History) applyChanges(details *AssessmentDetails, changes []Entry) ([]Entry, error) {
	standing := h.unfollowed(changes)
	if len(standing) == 0 {
		return nil, nil
	}
	forms := map[string]bool{}
	var current QuestionnaireChange
	latest := slices.MaxFunc(standing, compareEntries)
	for _, e := range standing {
		var change QuestionnaireChange
		if err := h.read(e, &change); err != nil {
			return nil, err
		}
		if e.ID == latest.ID {
			current = change
		}
		forms[change.To] = true
	}
	name, err := h.nameAfter(*details, changes, latest)
	if err != nil {
		return nil, err
	}
	details.Questionnaire, details.Revision, details.Name = current.To, current.Revision, name
	if len(forms) > 1 {
		return standing, nil
	}
	return nil, nil
}

// nameAfter is the name that the assessment has since a change: the last that one of
// the changes up to it gave.
func (h *History) nameAfter(details AssessmentDetails, changes []Entry, last Entry) (string, error) {
	name := details.Name
	for _, e := range changes {
		if e.ID != last.ID && !h.IsAncestor(e.ID, last.ID) {
			continue
		}
		var change QuestionnaireChange
		if err := h.read(e, &change); err != nil {
			return "", err
		}
		if change.Name != "" {
			name = change.Name
		}
	}
	return name, nil
}

// moved gives each of the assessments the form that it was moved to.
func (h *History) moved(all []AssessmentDetails) error {
	changes := map[ID][]Entry{}
	for _, e := range h.entries {
		if e.Action == QuestionnaireChanged {
			changes[e.Assessment] = append(changes[e.Assessment], e)
		}
	}
	for i := range all {
		if _, err := h.applyChanges(&all[i], changes[all[i].ID]); err != nil {
			return err
		}
	}
	return nil
}

// unfollowed returns the entries among some that none of the others follows.
func (h *History) unfollowed(some []Entry) []Entry {
	var standing []Entry
	for i, e := range some {
		if !slices.ContainsFunc(some[i+1:], func(later Entry) bool { return h.IsAncestor(e.ID, later.ID) }) {
			standing = append(standing, e)
		}
	}
	return standing
}

// formProblems are those of the whole assessment that come from its form.
func (a *Assessment) formProblems() []Problem {
	var problems []Problem
	if n := len(a.form.beside); n > 0 {
		problems = append(problems, Problem{Kind: InConflict, Sentence: fmt.Sprintf("%d moves to other forms were made side by side; one of them has to be confirmed", n)})
	}
	return append(problems, a.eligibilityProblems()...)
}
