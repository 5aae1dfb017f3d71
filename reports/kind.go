package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// Kind is which paper is made of an assessment. All are made of the same dossier, and
// none is an official form.
type Kind int

// The kinds.
const (
	Fitting     Kind = iota // whichever of the two records fits the questionnaire
	Record                  // the self-assessment's record
	Assessed                // the record of an assessment per testing procedure
	Attestation             // what an attestation asks for
	Summary                 // a few pages for those who decide
	Binder                  // every item of evidence in full
	Transfer                // every answer in the order of the official form: a workbook, of the chapters of the record
)

// kindFacts are what a kind is called: on the command line, on its cover, and in a line
// that says what it is for.
type kindFacts struct{ name, title, purpose string }

var kinds = [...]kindFacts{
	{},
	{"saq", "Self-Assessment Record", "the self-assessment's record with its appendices"},
	{"roc", "Assessment Record", "the record of an assessment per testing procedure, in seven sections with appendices"},
	{"aoc-record", "Attestation Record", "what an attestation asks for, in four parts"},
	{"summary", "Assessment Summary", "a few pages for those who decide"},
	{"evidence", "Evidence Binder", "every item of evidence with provenance, excerpt and interpretation"},
	{"transfer", "Transfer Workbook", "every answer in the order of the official form, to copy from: a workbook"},
}

// Kinds returns every kind of paper.
func Kinds() []Kind {
	all := make([]Kind, 0, len(kinds)-1)
	for i := range kinds[1:] {
		all = append(all, Kind(i+1))
	}
	return all
}

// KindsOf returns the kinds that fit a questionnaire, its record first.
func KindsOf(q questionnaires.Questionnaire) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return k.Fits(q) != nil })
}

// ParseKind reads what String returns.
func ParseKind(text string) (Kind, error) {
	if i := slices.IndexFunc(kinds[:], func(k kindFacts) bool { return k.name == text }); i >= 0 {
		return Kind(i), nil
	}
	return Fitting, fmt.Errorf("%q is no kind of report: want one of %s", text, KindNames())
}

// KindNames lists the kinds as the command line takes them.
func KindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

func (k Kind) facts() kindFacts {
	if k < 0 || int(k) >= len(kinds) {
		return kindFacts{}
	}
	return kinds[k]
}

// String returns the name of the kind on the command line, "" for the fitting one.
func (k Kind) String() string { return k.facts().name }

// Title is what the paper is called on its cover.
func (k Kind) Title() string { return k.facts().title }

// Purpose says in a line what the paper is for.
func (k Kind) Purpose() string { return k.facts().purpose }

// Fits says in a line why no such paper is made of a questionnaire, nil where one is.
func (k Kind) Fits(q questionnaires.Questionnaire) error {
	switch {
	case k == Record && q.PerProcedure:
		return fmt.Errorf("%s is for self-assessments, and this one is assessed per testing procedure: want %s", k, Assessed)
	case k == Assessed && !q.PerProcedure:
		return fmt.Errorf("%s is for assessments per testing procedure, and this one is a self-assessment: want %s", k, Record)
	case k == Attestation && q.Own():
		return errors.New("a questionnaire of the organisation's own has no attestation")
	}
	return nil
}

// IsRecord reports whether the paper holds all of an assessment: every answer with what
// it rests on.
func (k Kind) IsRecord() bool { return k == Fitting || k == Record || k == Assessed }

// kindOf is the record that fits a questionnaire.
func kindOf(q questionnaires.Questionnaire) Kind {
	if q.PerProcedure {
		return Assessed
	}
	return Record
}

// chapters are those of the kind, in reading order. Each is a file of its own, made
// of nothing but the dossier.
func (c *composer) chapters() []func() []Block {
	switch c.Kind {
	case Assessed:
		return c.assessed()
	case Attestation:
		return c.attestation()
	case Summary:
		return []func() []Block{c.cover, c.decision}
	case Binder:
		return []func() []Block{c.cover, c.about, c.sight, c.evidence, c.binder, c.acceptances, c.signatures}
	case Transfer:
		if c.Assessment.Questionnaire.PerProcedure {
			return c.assessed()
		}
	case Fitting, Record:
	}
	return c.selfAssessed()
}
