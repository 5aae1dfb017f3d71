package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// standardNames are what a custom check may call the standard whose requirements it
// informs. What it says of another one, an older version among them, is kept and never
// read as this one.
var standardNames = []string{"pci-dss", "pci-dss-4.0.1", "pci-dss-v4.0.1"}

// beyondConfiguration are requirements that no configuration of a cluster answers, a
// part of them neither: what they ask for is tested, or rendered unreadable elsewhere.
var beyondConfiguration = []string{"3.5.1", "11.4.5", "11.4.6", "A1.1.4", "A3.2.4"}

// ReadInforms says what is wrong with the requirements of a standard that a custom
// check names: "2.2.6" or "1.2.1.b" is a lead, "1.2.1.b: what of it" answers a part.
func (c *Catalogue) ReadInforms(standard string, ids []string) error {
	if !slices.Contains(standardNames, standard) {
		return nil
	}
	for _, id := range ids {
		link, err := readInforms(id)
		if err != nil {
			return err
		}
		r, known := c.Requirement(link.Procedure.Requirement)
		switch {
		case !known:
			return fmt.Errorf("%s has no requirement %s", standard, link.Procedure.Requirement)
		case slices.Contains(beyondConfiguration, r.ID.String()):
			return fmt.Errorf("%s is answered by no check of a configuration", r.ID)
		case link.Procedure.Letter != "" && !slices.Contains(r.Procedures(), link.Procedure):
			return fmt.Errorf("%s has %d testing procedures", r.ID, len(r.Procedures()))
		case link.Procedure.Letter == "" && len(r.Procedures()) > 1 && link.Class.Supports():
			return fmt.Errorf("%s has %d testing procedures: name the one of which it answers a part", r.ID, len(r.Procedures()))
		}
	}
	return nil
}

// maxPart bounds what a custom check says of the part that it answers, in bytes.
const maxPart = 300

// readInforms reads what a custom check names: a requirement or procedure and, after a
// colon, the part of it that it answers.
func readInforms(text string) (Link, error) {
	name, part, partly := strings.Cut(text, ":")
	p, err := ParseProcedure(strings.TrimSpace(name))
	if err != nil {
		return Link{}, err
	}
	link := Link{Procedure: p, Class: Lead}
	if partly {
		link.Class, link.Part = Partial, strings.TrimSpace(part)
		if link.Part == "" || len(link.Part) > maxPart {
			return Link{}, errors.New("what stands after the colon is the part that it answers, in a few words")
		}
	}
	return link, nil
}

// customLinks are the links that a custom check brings along. It was read when it was
// run; what cannot be read here is of another program's version and informs nothing.
func customLinks(check string, informs map[string][]string) []Link {
	var links []Link
	for _, standard := range standardNames {
		for _, id := range informs[standard] {
			link, err := readInforms(id)
			if err != nil || slices.Contains(beyondConfiguration, link.Procedure.Requirement.String()) {
				continue
			}
			link.Check, link.Why = check, "The check itself says so"
			if !slices.ContainsFunc(links, func(o Link) bool { return o.Procedure == link.Procedure }) {
				links = append(links, link)
			}
		}
	}
	slices.SortStableFunc(links, func(a, b Link) int {
		return a.Procedure.Requirement.Compare(b.Procedure.Requirement)
	})
	return links
}

// concerns reports whether a link of a custom check is to a procedure of a
// requirement. One that names the requirement alone leads to each of them.
func concerns(l Link, r Requirement, p Procedure) bool {
	if l.Procedure.Requirement != r.ID {
		return false
	}
	return l.Procedure == p || l.Procedure.Letter == "" && !l.Class.Supports()
}
