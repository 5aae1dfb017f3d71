package pci

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// link says that a check informs a requirement, as its file writes it.
type link struct {
	Requirement questionnaires.RequirementID `json:"requirement"`
	Procedure   string                       `json:"procedure"` // a letter, or "" for the only procedure
	Check       string                       `json:"check"`
	Class       linkClass                    `json:"link"`
	Part        string                       `json:"part"`
	Beside      string                       `json:"beside"` // a check without whose pass this one's does not count
	Why         string                       `json:"why"`    // one sentence, no full stop
}

// linkClass is a class that must be written out: Lead is the zero value of
// questionnaires.LinkClass, and a forgotten key shall not read as one.
type linkClass struct {
	questionnaires.LinkClass
	written bool
}

// UnmarshalText reads the class's text.
func (c *linkClass) UnmarshalText(b []byte) error {
	c.written = true
	return c.LinkClass.UnmarshalText(b)
}

// checkID is the form of a check's id.
var checkID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// parseLinks reads the file of links. Unknown and repeated keys are errors.
func parseLinks(data []byte) ([]link, error) {
	var file struct {
		Links []link `json:"links"`
	}
	if _, err := sheet.ReadOwn("links", data, &file); err != nil {
		return nil, err
	}
	for _, l := range file.Links {
		if err := l.validate(); err != nil {
			return nil, fmt.Errorf("link of %q to %q: %w", l.Check, l.procedure(), err)
		}
	}
	return file.Links, nil
}

// validate says what a link lacks or contradicts in itself.
func (l link) validate() error {
	if l.Requirement.IsZero() || !checkID.MatchString(l.Check) {
		return errors.New("requirement or check is missing or malformed")
	}
	if !l.Class.written {
		return errors.New("its class is missing")
	}
	if (l.Class.LinkClass == questionnaires.Partial) != (l.Part != "") {
		return errors.New("a partial link, and no other, says which part")
	}
	if l.Beside != "" && !checkID.MatchString(l.Beside) {
		return errors.New("the check beside it is malformed")
	}
	if l.Why == "" {
		return errors.New("it does not say why")
	}
	return nil
}

func (l link) procedure() questionnaires.Procedure {
	return questionnaires.Procedure{Requirement: l.Requirement, Letter: l.Procedure}
}

// fits reports why a link cannot belong to its requirement, nil where it can.
func (l link) fits(r questionnaires.Requirement) error {
	letters := r.Procedures()
	if l.Procedure != "" && !slices.Contains(letters, l.procedure()) {
		return fmt.Errorf("%s has %d testing procedures", r.ID, len(letters))
	}
	if l.Procedure == "" && len(letters) > 1 && l.Class.Supports() {
		return fmt.Errorf("%s has %d testing procedures and none is named", r.ID, len(letters))
	}
	return nil
}

// attach gives each requirement the links that inform it, ordered by procedure
// and check.
func attach(requirements []questionnaires.Requirement, links []link) error {
	index := make(map[questionnaires.RequirementID]int, len(requirements))
	for i, r := range requirements {
		index[r.ID] = i
	}
	for _, l := range links {
		i, known := index[l.Requirement]
		if !known {
			return fmt.Errorf("link of %s: %s is no requirement", l.Check, l.Requirement)
		}
		r := &requirements[i]
		if err := l.fits(*r); err != nil {
			return fmt.Errorf("link of %s: %w", l.Check, err)
		}
		r.InformedBy = append(r.InformedBy, questionnaires.Link{Procedure: l.procedure(), Check: l.Check, Class: l.Class.LinkClass, Part: l.Part, Beside: l.Beside, Why: l.Why})
	}
	for _, r := range requirements {
		slices.SortFunc(r.InformedBy, byProcedure)
		for i := 1; i < len(r.InformedBy); i++ {
			if byProcedure(r.InformedBy[i-1], r.InformedBy[i]) == 0 {
				return fmt.Errorf("link of %s to %s stands twice", r.InformedBy[i].Check, r.InformedBy[i].Procedure)
			}
		}
	}
	return nil
}

func byProcedure(a, b questionnaires.Link) int {
	return cmp.Or(cmp.Compare(a.Procedure.Letter, b.Procedure.Letter), cmp.Compare(a.Check, b.Check))
}
