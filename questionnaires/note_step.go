package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// RaiseNote returns the draft that raises a review note, which has its id and its salt;
// its number is found here.
func (a *Assessment) RaiseNote(n ReviewNote) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("raise note: %w", err) }
	all, last, err := a.history.ReviewNotes()
	if err != nil {
		return fail(err)
	}
	if n.ID == "" || n.Salt == "" || slices.ContainsFunc(all, func(o ReviewNote) bool { return o.ID == n.ID }) {
		return fail(errors.New("it needs an id and a salt of its own"))
	}
	if err := a.checkPlace(n.On); err != nil {
		return fail(err)
	}
	if err := checkNote("note", n.Text); err != nil {
		return fail(err)
	}
	n.Number, n.NoteStanding = last+1, NoteStanding{}
	return a.noteDraft(NoteRaised, n.ID, n), nil
}

func (a *Assessment) noteDraft(action Action, id ID, payload any) Draft {
	return Draft{Assessment: a.Details.ID, Action: action, Subject: noteSubject + string(id), Payload: payload}
}

func checkNote(what, text string) error {
	if blank(text) {
		return fmt.Errorf("the %s says nothing", what)
	}
	return CheckText(what, text, maxNote)
}

// checkPlace refuses a place that the assessment does not have.
func (a *Assessment) checkPlace(p NotePlace) error {
	switch id := p.Procedure.Requirement; {
	case p.Section != "":
		if !slices.Contains(a.Sections(), Section(p.Section)) {
			return fmt.Errorf("%.40q is no section", p.Section)
		}
	case p.Evidence != "":
		if _, known := a.Evidence(p.Evidence); !known {
			return errors.New("the vault has no such evidence")
		}
	case id.IsZero():
		return errors.New("it is on nothing: name a requirement, a procedure, evidence or a section")
	case !a.Questionnaire.Reaches(id):
		return fmt.Errorf("%s does not ask %s", a.Questionnaire.Code, id)
	case p.Procedure.Letter != "":
		if r, _ := a.catalogue.Requirement(id); !slices.Contains(r.Procedures(), p.Procedure) {
			return fmt.Errorf("%s has no testing procedure %s", id, p.Procedure)
		}
	}
	return nil
}

// AnswerNote returns the draft of a reply to a note. One to a note that was closed opens
// it again.
func (a *Assessment) AnswerNote(id ID, r NoteRemark) (Draft, error) {
	n, err := a.note(id)
	if err == nil {
		err = checkNote("reply", r.Text)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("answer note: %w", err)
	}
	return a.remark(NoteAnswered, n, r)
}

// CloseNote returns the draft by which an author closes a note: whoever raised it, or
// where they are not there, another with a reason, whose own work it is not about.
func (a *Assessment) CloseNote(id ID, by engine.Digest, r NoteRemark) (Draft, error) {
	n, err := a.note(id)
	if err != nil {
		return Draft{}, fmt.Errorf("close note: %w", err)
	}
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("close %s: %w", n.Label(), err) }
	if err := CheckText("reason", r.Text, maxNote); err != nil {
		return fail(err)
	}
	if n.State == ClosedNote {
		return fail(errors.New("it is closed already"))
	}
	author, _ := a.history.Author(by)
	if void := a.history.closing(n, NoteReply{Author: author, Text: r.Text}, engine.Digest{}); void != "" {
		return fail(errors.New(void))
	}
	r.Unseen = n.Withheld
	return a.remark(NoteClosed, n, r)
}

func (a *Assessment) remark(action Action, n ReviewNote, r NoteRemark) (Draft, error) {
	if r.Salt == "" {
		return Draft{}, fmt.Errorf("write to %s: it needs a salt", n.Label())
	}
	r.Note, r.Text = n.ID, strings.TrimSpace(r.Text)
	return a.noteDraft(action, n.ID, r), nil
}

// note finds a note of the assessment.
func (a *Assessment) note(id ID) (ReviewNote, error) {
	all := a.Notes()
	if i := slices.IndexFunc(all, func(n ReviewNote) bool { return n.ID == id }); i >= 0 {
		return all[i], nil
	}
	return ReviewNote{}, errors.New("the assessment has no such note")
}
