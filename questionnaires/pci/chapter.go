package pci

import (
	"errors"
	"fmt"
	"slices"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// chapter is one file of the catalogue: a principal requirement, such as 3 or A1.
type chapter struct {
	Principal    questionnaires.RequirementID `json:"principal"`
	Title        string                       `json:"title"`
	Requirements []row                        `json:"requirements"`
}

// row is a requirement as its file writes it.
type row struct {
	ID           questionnaires.RequirementID `json:"id"`
	Title        string                       `json:"title"`
	Question     string                       `json:"question"`
	Evidence     string                       `json:"evidence"`
	Methods      []questionnaires.Method      `json:"methods"`
	Procedures   int                          `json:"procedures"`
	Frequency    string                       `json:"frequency"`
	Recurs       questionnaires.Recurrence    `json:"recurs"`
	Analysis     questionnaires.AnalysisUse   `json:"analysis"` // what a targeted risk analysis (12.3.1) sets
	Applies      questionnaires.Applicability `json:"applies"`
	FutureDated  bool                         `json:"future_dated"`
	SupersededBy questionnaires.RequirementID `json:"superseded_by"`
	Customized   bool                         `json:"customized"`
	SAQs         []string                     `json:"saqs"`
	Unconfirmed  []string                     `json:"unconfirmed"`
}

// maxProcedures is how many testing procedures have a letter of their own.
const maxProcedures = 26

// parseChapter reads the file of one principal requirement. Unknown and repeated
// keys are errors.
func parseChapter(data []byte) (chapter, error) {
	var c chapter
	if _, err := sheet.ReadOwn("chapter", data, &c); err != nil {
		return chapter{}, err
	}
	if c.Principal.IsZero() || c.Principal != c.Principal.Principal() {
		return chapter{}, fmt.Errorf("%q is no principal requirement", c.Principal)
	}
	if c.Title == "" {
		return chapter{}, errors.New("the title is missing")
	}
	for i, r := range c.Requirements {
		if i > 0 && c.Requirements[i-1].ID.Compare(r.ID) >= 0 {
			return chapter{}, fmt.Errorf("requirement %s stands out of order or twice", r.ID)
		}
		if r.ID.Principal() != c.Principal {
			return chapter{}, fmt.Errorf("%s does not belong to requirement %s", r.ID, c.Principal)
		}
		if err := r.validate(); err != nil {
			return chapter{}, fmt.Errorf("requirement %s: %w", r.ID, err)
		}
	}
	return c, nil
}

// validate says what a row lacks or contradicts in itself.
func (r row) validate() error {
	if r.Title == "" || r.Question == "" || r.Evidence == "" {
		return errors.New("title, question or evidence is missing")
	}
	if r.Procedures < 0 || r.Procedures > maxProcedures {
		return fmt.Errorf("%d testing procedures, want 0 to %d", r.Procedures, maxProcedures)
	}
	if (r.Procedures == 0) != (len(r.Methods) == 0) {
		return errors.New("methods and testing procedures are known together or not at all")
	}
	// Examine, observe, interview in this order, each at most once.
	for i, m := range r.Methods {
		if m == questionnaires.NoMethod || i > 0 && r.Methods[i-1] >= m {
			return fmt.Errorf("method %q is empty, repeated or out of order", m)
		}
	}
	if r.Analysis != questionnaires.NoAnalysis && r.Frequency == "" {
		return errors.New("a risk analysis sets a frequency, and none is named")
	}
	if r.Recurs != (questionnaires.Recurrence{}) && r.Frequency == "" {
		return errors.New("it recurs, and no frequency is named")
	}
	if r.SupersededBy == r.ID {
		return errors.New("superseded by itself")
	}
	return nil
}

// requirement is the row as the house knows it, without its links.
func (r row) requirement() questionnaires.Requirement {
	return questionnaires.Requirement{
		ID:            r.ID,
		Title:         r.Title,
		Question:      r.Question,
		Evidence:      r.Evidence,
		Methods:       r.Methods,
		ProcedureSize: r.Procedures,
		Frequency:     r.Frequency,
		Recurs:        r.Recurs,
		Analysis:      r.Analysis,
		Applies:       r.Applies,
		FutureDated:   r.FutureDated,
		SupersededBy:  r.SupersededBy,
		Customized:    r.Customized,
	}
}

// asks reports whether the row names the form.
func (r row) asks(code string) bool { return slices.Contains(r.SAQs, code) }
