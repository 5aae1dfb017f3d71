package questionnaires

import (
	"fmt"
	"slices"

	"tickmark/engine"
)

// Method is how a requirement is tested (PCI DSS v4.0.1, testing procedures).
type Method int

// The methods.
const (
	NoMethod Method = iota
	Examine
	Observe
	Interview
)

var methods = [...]string{"", "examine", "observe", "interview"}

// String returns the method's text.
func (m Method) String() string { return textOf(methods[:], int(m)) }

// MarshalText writes what String returns.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Method) UnmarshalText(b []byte) error {
	i, err := indexOf("method", methods[:], string(b))
	*m = Method(i)
	return err
}

// Applicability is whom a requirement concerns.
type Applicability int

// Whom a requirement may concern.
const (
	AllEntities Applicability = iota
	ServiceProviders
	Issuers
	MultiTenantProviders
)

var applicabilities = [...]string{"all", "service-providers", "issuers", "multi-tenant-providers"}

// String returns the applicability's text.
func (a Applicability) String() string { return textOf(applicabilities[:], int(a)) }

// MarshalText writes what String returns.
func (a Applicability) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Applicability) UnmarshalText(b []byte) error {
	i, err := indexOf("applicability", applicabilities[:], string(b))
	*a = Applicability(i)
	return err
}

// AnalysisUse is what a targeted risk analysis (12.3.1) has to do with a requirement.
type AnalysisUse int

// The uses.
const (
	NoAnalysis   AnalysisUse = iota // a frequency is given, or there is none
	AnalysisSets                    // the analysis sets the frequency
	AnalysisMay                     // the analysis may set another than the given one
)

var analysisUses = [...]string{"", "sets", "may"}

// String returns the use's text.
func (u AnalysisUse) String() string { return textOf(analysisUses[:], int(u)) }

// MarshalText writes what String returns.
func (u AnalysisUse) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (u *AnalysisUse) UnmarshalText(b []byte) error {
	i, err := indexOf("use of a risk analysis", analysisUses[:], string(b))
	*u = AnalysisUse(i)
	return err
}

// Requirement is one requirement of PCI DSS v4.0.1 as an assessor works with it.
// Title, Question and Evidence are our own words.
type Requirement struct {
	ID            RequirementID
	Title         string
	Question      string
	Evidence      string   // what good evidence is
	Methods       []Method // how it is tested; empty where not known (A3)
	ProcedureSize int      // number of testing procedures; 0 where not known (A3)
	Frequency     string   // "" where it names none
	Recurs        Recurrence
	Analysis      AnalysisUse
	Applies       Applicability
	FutureDated   bool          // took effect on 2025-03-31
	SupersededBy  RequirementID // zero where nothing replaced it
	Customized    bool          // whether the customized approach may be used
	InformedBy    []Link
	Informs       []RequirementID // of an organisation's own question: requirements of the standard that it bears on
}

// Procedures returns the testing procedures in order: REQ alone, or REQ.a, REQ.b
// and so on. It is empty where the procedures are not known.
func (r Requirement) Procedures() []Procedure {
	if r.ProcedureSize == 1 {
		return []Procedure{{Requirement: r.ID}}
	}
	procedures := make([]Procedure, r.ProcedureSize)
	for i := range procedures {
		procedures[i] = Procedure{Requirement: r.ID, Letter: string(rune('a' + i))}
	}
	return procedures
}

// LinkClass is how much a check says about a requirement.
type LinkClass int

// The classes. Only Direct and Partial support or contradict an answer.
const (
	Lead       LinkClass = iota // worth looking at
	Population                  // lists what must be sampled
	Partial                     // answers a part of a testing procedure
	Direct                      // answers a testing procedure
)

var linkClasses = [...]string{"lead", "population", "partial", "direct"}

// String returns the class's text.
func (c LinkClass) String() string { return textOf(linkClasses[:], int(c)) }

// MarshalText writes what String returns.
func (c LinkClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *LinkClass) UnmarshalText(b []byte) error {
	i, err := indexOf("link class", linkClasses[:], string(b))
	*c = LinkClass(i)
	return err
}

// Supports reports whether a link of class c may support or contradict an answer.
func (c LinkClass) Supports() bool { return c == Direct || c == Partial }

// Link says that a check informs a testing procedure.
type Link struct {
	Procedure Procedure
	Check     string
	Class     LinkClass
	Part      string // of a Partial link: which part
	Beside    string // the check that has to pass for the same target before a pass of this one counts
	Why       string // one sentence; "" in a questionnaire of an organisation's own
}

// Questionnaire is a choice of requirements with the responses its form allows.
type Questionnaire struct {
	Code         string // as in CLI.md: saq-a ... saq-d-service-provider, roc
	Title        string
	Revision     string
	Requirements []RequirementID // in order
	Responses    []Response      // what may be answered, in the order of the form
	Unconfirmed  []RequirementID // rows whose place in the form is not certain
	// PerProcedure: each testing procedure has a finding, as in a Report on Compliance,
	// and the requirement's response rolls up. Only there the customized approach exists.
	PerProcedure bool
	// DescribesResults: each response comes with a description of what testing showed.
	DescribesResults bool
	// Definition is that of an organisation's own questionnaire, zero for PCI's forms.
	Definition engine.Digest
	Scope      ScopeDepth // how much it asks of scope and engagement
}

// Own reports whether the questionnaire is an organisation's own.
func (q Questionnaire) Own() bool { return !q.Definition.IsZero() }

// Confirmed reports whether it is certain that the form asks a requirement, or leaves
// it out.
func (q Questionnaire) Confirmed(id RequirementID) bool { return !slices.Contains(q.Unconfirmed, id) }

// Asks reports whether the questionnaire holds a requirement.
func (q Questionnaire) Asks(id RequirementID) bool { return slices.Contains(q.Requirements, id) }

// Reaches reports whether the questionnaire holds a requirement or one below it.
func (q Questionnaire) Reaches(id RequirementID) bool {
	return slices.ContainsFunc(q.Requirements, id.Covers)
}

// Allows reports whether the form knows a response.
func (q Questionnaire) Allows(r Response) bool { return slices.Contains(q.Responses, r) }

// Catalogue is a standard: its requirements, in order, and the questionnaires
// made of them. It is not changed once built.
type Catalogue struct {
	requirements   []Requirement
	byID           map[RequirementID]int
	questionnaires []Questionnaire
	principals     map[RequirementID]string
	eligibility    *EligibilityRules     // nil: nothing is said of who may use a form
	matrix         *ResponsibilityMatrix // nil: nothing is said of what a platform does
}

// NewCatalogue builds a catalogue and refuses one that contradicts itself.
// Principals gives each principal requirement (1 to 12, A1 to A3) its title.
func NewCatalogue(requirements []Requirement, questionnaires []Questionnaire, principals map[RequirementID]string) (*Catalogue, error) {
	c := &Catalogue{
		requirements: requirements, byID: make(map[RequirementID]int, len(requirements)), questionnaires: questionnaires,
		principals: principals,
	}
	for i, r := range requirements {
		if i > 0 && requirements[i-1].ID.Compare(r.ID) >= 0 {
			return nil, fmt.Errorf("build catalogue: requirement %s stands out of order or twice", r.ID)
		}
		if principals[r.ID.Principal()] == "" {
			return nil, fmt.Errorf("build catalogue: principal requirement %s has no title", r.ID.Principal())
		}
		c.byID[r.ID] = i
	}
	for _, q := range questionnaires {
		for _, id := range q.Requirements {
			if _, known := c.byID[id]; !known {
				return nil, fmt.Errorf("build catalogue: %s asks for %s, which is no requirement", q.Code, id)
			}
		}
	}
	return c, nil
}

// Requirements returns all requirements in order; the slice must not be changed.
func (c *Catalogue) Requirements() []Requirement { return c.requirements }

// Requirement returns the requirement with an id.
func (c *Catalogue) Requirement(id RequirementID) (Requirement, bool) {
	i, known := c.byID[id]
	if !known {
		return Requirement{}, false
	}
	return c.requirements[i], true
}

// PrincipalTitle returns the title of a principal requirement, such as "Network
// controls" of 1.
func (c *Catalogue) PrincipalTitle(principal RequirementID) string { return c.principals[principal] }

// Questionnaires returns all questionnaires; the slice must not be changed.
func (c *Catalogue) Questionnaires() []Questionnaire { return c.questionnaires }

// Questionnaire returns the questionnaire with a code.
func (c *Catalogue) Questionnaire(code string) (Questionnaire, bool) {
	for _, q := range c.questionnaires {
		if q.Code == code {
			return q, true
		}
	}
	return Questionnaire{}, false
}

// Unsupported returns the forms that exist and are not held, each with the reason.
func (c *Catalogue) Unsupported() []FormCriteria {
	var all []FormCriteria
	if c.eligibility != nil {
		for _, f := range c.eligibility.Forms() {
			if f.Unsupported != "" {
				all = append(all, f)
			}
		}
	}
	return all
}

// Holds reports whether a code is that of a form, one that is not held among them.
func (c *Catalogue) Holds(code string) bool {
	_, held := c.Questionnaire(code)
	return held || slices.ContainsFunc(c.Unsupported(), func(f FormCriteria) bool { return f.Form == code })
}

// Informs returns the links of a check to requirements, in order of requirements.
func (c *Catalogue) Informs(check string) []Link {
	var links []Link
	for _, r := range c.requirements {
		for _, l := range r.InformedBy {
			if l.Check == check {
				links = append(links, l)
			}
		}
	}
	return links
}
