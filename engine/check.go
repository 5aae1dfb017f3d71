package engine

import (
	"fmt"
	"slices"
)

// Words is what a check says to people, in the house's own words.
type Words struct {
	Title       string `json:"title"`       // what holds where it passes, e.g. "Containers are not privileged"
	Rationale   string `json:"rationale"`   // why an assessor cares
	How         string `json:"how"`         // what is looked at, exactly
	Remediation string `json:"remediation"` // how it is put right
}

// Check is one question to the evidence. Eval is a pure function of the View: it
// returns a Detail for every subject, passing ones too, and leaves gaps and empty
// populations to Evaluate. A change in what Eval says is a new Version.
type Check struct {
	ID      string
	Version int
	Words   Words
	Area    string // rbac, network, secrets, pods, images, runtime, control-plane, nodes
	Needs   []Kind // kinds without which it cannot be answered
	Looks   []Kind // kinds that change what it says where they exist
	Eval    func(*View) []Detail
	// Apart are what the check judges one by one, so that an Evaluation asks it about
	// those alone that are others than before; nil for one that judges the whole.
	Apart  *Subjects
	Custom *Custom // of a check of the organisation's own; nil for a built-in one
}

// Reads are the kinds that a check looks at: what the role for it has to grant.
func (c Check) Reads() []Kind { return slices.Concat(c.Needs, c.Looks) }

// Asks reports whether c is a question to a target: other tools' results are asked
// about by checks of their own, and by no other.
func (c Check) Asks(t Target) bool {
	for _, k := range c.Needs {
		if (k.Group == ImportGroup) != t.Imported() {
			return false
		}
	}
	return true
}

// Custom is what a check of an organisation's own brings along, since no release of
// this program tells it: the text that defines it, and what it says it bears on.
type Custom struct {
	// Text defines the check. It is kept as a document beside the results, and its
	// digest tells two texts of one version apart.
	Text []byte
	// Informs names requirements by standard, as the author wrote them. It is read
	// by who knows the standard.
	Informs map[string][]string
}

// The ids of checks. One with a slash is of an organisation's own, so that it never
// takes the place of a built-in check, one of a later release among them.
var (
	checkID  = Late(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	customID = Late(`^(custom/[a-z][a-z0-9]*(-[a-z0-9]+)*|admission/[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?/[1-9][0-9]{0,3})$`)
)

// maxCustomID bounds the id of a custom check.
const maxCustomID = 300

// IsCustom reports whether an id can be that of a check of an organisation's own:
// `custom/NAME`, or `admission/POLICY/N` for a validation of an admission policy.
func IsCustom(id string) bool { return len(id) <= maxCustomID && customID().MatchString(id) }

// Validate reports what is missing in c.
func (c Check) Validate() error {
	switch {
	case c.Custom != nil && !IsCustom(c.ID):
		return fmt.Errorf("check %q: the id of a check of one's own is custom/ and lower-case words joined by hyphens", c.ID)
	case c.Custom == nil && !checkID().MatchString(c.ID):
		return fmt.Errorf("check %q: the id is not lower-case words joined by hyphens", c.ID)
	case c.Version < 1:
		return fmt.Errorf("check %s: version %d, want 1 or more", c.ID, c.Version)
	case c.Eval == nil || len(c.Needs) == 0:
		return fmt.Errorf("check %s: it looks at nothing", c.ID)
	case c.Words.Title == "" || c.Words.Rationale == "" || c.Words.How == "" || c.Words.Remediation == "":
		return fmt.Errorf("check %s: words are missing", c.ID)
	}
	return nil
}
