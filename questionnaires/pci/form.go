package pci

import (
	"errors"
	"fmt"
	"slices"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// form is a self-assessment questionnaire or the Report on Compliance as its
// file writes it.
type form struct {
	Code      string                         `json:"code"`
	Title     string                         `json:"title"`
	Revision  string                         `json:"revision"`
	Responses []questionnaires.Response      `json:"responses"`
	Except    []questionnaires.RequirementID `json:"except"` // set: all requirements but these principal ones
	Only      []questionnaires.RequirementID `json:"only"`   // set: those of these principal ones alone
	// PerProcedure, DescribesResults and Scope are as in questionnaires.Questionnaire.
	PerProcedure     bool                      `json:"per_procedure"`
	DescribesResults bool                      `json:"describes_results"`
	Scope            questionnaires.ScopeDepth `json:"scope"`
}

// parseForms reads the file of forms. Unknown and repeated keys are errors.
func parseForms(data []byte) ([]form, error) {
	var file struct {
		Forms []form `json:"forms"`
	}
	if _, err := sheet.ReadOwn("forms", data, &file); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range file.Forms {
		if err := f.validate(); err != nil {
			return nil, fmt.Errorf("form %q: %w", f.Code, err)
		}
		if seen[f.Code] {
			return nil, fmt.Errorf("form %q stands twice", f.Code)
		}
		seen[f.Code] = true
	}
	return file.Forms, nil
}

// validate says what a form lacks or contradicts in itself.
func (f form) validate() error {
	if f.Code == "" || f.Title == "" || f.Revision == "" || len(f.Responses) == 0 {
		return errors.New("code, title, revision or responses are missing")
	}
	if f.Scope == questionnaires.ScopeNotAsked {
		return errors.New("it does not say how much it asks of the scope")
	}
	for i, r := range f.Responses {
		if r == questionnaires.Unanswered || slices.Contains(f.Responses[:i], r) {
			return fmt.Errorf("response %q is none or stands twice", r)
		}
	}
	if len(f.Except) > 0 && len(f.Only) > 0 {
		return errors.New("it says except and only")
	}
	for _, id := range slices.Concat(f.Except, f.Only) {
		if id.IsZero() || id != id.Principal() {
			return fmt.Errorf("%q is no principal requirement", id)
		}
	}
	return nil
}

// questionnaire makes the form of the rows that it asks.
func (f form) questionnaire(rows []row) questionnaires.Questionnaire {
	q := questionnaires.Questionnaire{
		Code: f.Code, Title: f.Title, Revision: f.Revision, Responses: f.Responses, PerProcedure: f.PerProcedure, DescribesResults: f.DescribesResults,
		Scope: f.Scope,
	}
	for _, r := range rows {
		if f.chooses(r) {
			q.Requirements = append(q.Requirements, r.ID)
		}
		if slices.Contains(r.Unconfirmed, f.Code) {
			q.Unconfirmed = append(q.Unconfirmed, r.ID)
		}
	}
	return q
}

// chooses reports whether the form asks a row.
func (f form) chooses(r row) bool {
	if len(f.Only) > 0 {
		return slices.Contains(f.Only, r.ID.Principal())
	}
	if len(f.Except) > 0 {
		return !slices.Contains(f.Except, r.ID.Principal())
	}
	return r.asks(f.Code)
}
