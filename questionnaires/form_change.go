package questionnaires

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tickmark/engine"
)

// QuestionnaireChange moves an assessment to another form. It is the payload of an
// entry. Answers stay where they are: one to a requirement that the new form does
// not ask is kept in the history, and is there again once a form asks it.
type QuestionnaireChange struct {
	From     string `json:"from"` // code of the form before
	To       string `json:"to"`
	Revision string `json:"revision"` // of the new form
	// Definition is that of an organisation's own questionnaire, zero for PCI's forms.
	Definition engine.Digest `json:"definition,omitzero"`
	Name       string        `json:"name,omitempty"` // of the assessment, where it follows the form's title
	Reason     string        `json:"reason"`
}

// Move is a change of form as it stands in the history.
type Move struct {
	QuestionnaireChange
	Author   Author
	Time     time.Time
	Verified bool
	Beside   bool // another one to another form was made without seeing it, and nobody chose yet
}

// maxFormReason bounds why a form was changed, in bytes.
const maxFormReason = 2000

// formRecord is what an assessment's history says of its form.
type formRecord struct {
	created  engine.Digest // the entry that made the assessment
	standard *Catalogue    // PCI's, whatever form is answered
	first    engine.Digest // the definition that it began with, zero for a form of PCI's
	changes  []Entry       // oldest first, those that nobody enrolled answers for included
	stray    int           // how many of those, that no later one has seen
	beside   []Entry       // the changes that stand beside each other, where they differ
	recorded []Entry       // eligibility answers, oldest first
	given    map[Asked][]RecordedAnswer
	year     *yearRecord // what it has of last year
}

// takeForm keeps what an entry says of the form.
func (a *Assessment) takeForm(e Entry) {
	if e.Action == EligibilityRecorded {
		a.form.recorded = append(a.form.recorded, e)
		return
	}
	a.form.changes = append(a.form.changes, e)
}

// ChangeQuestionnaire returns the draft that moves the assessment to another form of
// PCI DSS.
func (a *Assessment) ChangeQuestionnaire(code, reason string) (Draft, error) {
	q, known := a.form.standard.Questionnaire(code)
	if !known {
		return Draft{}, fmt.Errorf("change questionnaire: %q is no questionnaire (see `tickmark questionnaire list`)", code)
	}
	return a.ChangeTo(q, reason)
}

// ChangeTo returns the draft that moves the assessment to another form, or to another
// revision of an organisation's own.
func (a *Assessment) ChangeTo(q Questionnaire, reason string) (Draft, error) {
	frozen := a.Frozen()
	switch {
	case frozen != nil:
		return Draft{}, fmt.Errorf("change questionnaire: %w", frozen)
	case q.Code == a.Details.Questionnaire && q.Definition == a.Details.Definition && len(a.form.beside) == 0 && a.form.stray == 0:
		return Draft{}, fmt.Errorf("change questionnaire: the assessment is %s already", q.Code)
	case blank(reason):
		return Draft{}, errors.New("change questionnaire: it says no reason")
	}
	if err := CheckText("reason", reason, maxFormReason); err != nil {
		return Draft{}, fmt.Errorf("change questionnaire: %w", err)
	}
	change := QuestionnaireChange{From: a.Details.Questionnaire, To: q.Code, Revision: q.Revision, Definition: q.Definition, Reason: reason}
	if a.Details.Name == a.Questionnaire.Title {
		change.Name = q.Title
	}
	return Draft{Assessment: a.Details.ID, Action: QuestionnaireChanged, Subject: "questionnaire " + q.Code, Payload: change}, nil
}

// settleForm reads which form the assessment is now, and its eligibility answers.
func (a *Assessment) settleForm() error {
	a.form.first = a.Details.Definition
	standing, err := a.history.applyChanges(&a.Details, a.form.changes)
	if err != nil {
		return err
	}
	a.form.beside, a.form.standard = standing, a.catalogue
	vouched := a.history.vouched(a.form.changes)
	a.form.stray = a.history.unvouched(QuestionnaireChanged, a.form.changes, a.history.unfollowed(vouched))
	if !a.Details.Definition.IsZero() {
		if a.catalogue, err = a.history.defined(a.form.standard, a.Details.Definition); err != nil {
			return fmt.Errorf("open assessment %s: %w", a.Details.Name, err)
		}
	}
	q, known := a.catalogue.Questionnaire(a.Details.Questionnaire)
	if !known {
		return fmt.Errorf("open assessment %s: its questionnaire %q is not in the catalogue", a.Details.Name, a.Details.Questionnaire)
	}
	a.Questionnaire = q
	return a.readEligibility()
}

// Standard is PCI's catalogue, whatever form the assessment answers.
func (a *Assessment) Standard() *Catalogue { return a.form.standard }

// namedForm is a form, and which definition where it is an organisation's own.
type namedForm struct {
	code       string
	definition engine.Digest
}

// applyChanges gives details the form that the latest of the changes by enrolled
// authors names: a stranger does not make a form smaller. It returns the changes that
// stand beside each other, if they name several forms.
func (h *History) applyChanges(details *AssessmentDetails, changes []Entry) ([]Entry, error) {
	changes = h.vouched(changes)
	standing := h.unfollowed(changes)
	if len(standing) == 0 {
		return nil, nil
	}
	forms := map[namedForm]bool{}
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
		forms[namedForm{change.To, change.Definition}] = true
	}
	name, err := h.nameAfter(*details, changes, latest)
	if err != nil {
		return nil, err
	}
	details.Questionnaire, details.Revision, details.Definition, details.Name = current.To, current.Revision, current.Definition, name
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

// vouched returns the entries among some that an enrolled author answers for.
func (h *History) vouched(some []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(some), func(e Entry) bool { return h.Verify(e.ID) != nil })
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

// Moves returns every change of form, oldest first.
func (a *Assessment) Moves() ([]Move, error) {
	moves := make([]Move, len(a.form.changes))
	for i, e := range a.form.changes {
		if err := a.history.read(e, &moves[i].QuestionnaireChange); err != nil {
			return nil, err
		}
		moves[i].Author, _ = a.history.Author(e.Author)
		moves[i].Time, moves[i].Verified = e.Time, a.history.Verify(e.ID) == nil
		moves[i].Beside = slices.ContainsFunc(a.form.beside, func(other Entry) bool { return other.ID == e.ID })
	}
	return moves, nil
}

// Kept returns the answers to what the form does not ask, in order: they count
// nowhere, and are there again once a form asks them.
func (a *Assessment) Kept() []Revision {
	var kept []Revision
	for _, id := range slices.SortedFunc(maps.Keys(a.given.standing), RequirementID.Compare) {
		if a.Questionnaire.Reaches(id) {
			continue
		}
		if own := a.Own(id); !own.unsaid() {
			kept = append(kept, own)
		}
	}
	return kept
}

// formProblems are those of the whole assessment that come from its form.
func (a *Assessment) formProblems() []Problem {
	var problems []Problem
	add := into(&problems, FormPart)
	if n := len(a.form.beside); n > 0 {
		add(InConflict, "%d moves to other forms were made side by side; one of them has to be confirmed", n)
	}
	if a.form.stray > 0 {
		add(NotVerified, "the assessment was moved to another form by somebody who is no enrolled author, which does not count; its form has to be confirmed")
	}
	if a.history.Verify(a.form.created) != nil {
		add(NotVerified, "the assessment was begun by somebody who is no enrolled author; begin one anew")
	}
	return append(problems, a.eligibilityProblems()...)
}
