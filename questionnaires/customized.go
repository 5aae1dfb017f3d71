package questionnaires

import (
	"fmt"
	"slices"
)

// CustomizedApproach is how a requirement's objective is met in another way than the
// defined one: the entity's controls matrix and targeted risk analysis, and what the
// assessor made and found of them. Only a Report on Compliance records it.
type CustomizedApproach struct {
	// Aspect is which part of the requirement it covers, "" for all of it.
	Aspect   string         `json:"aspect,omitempty"`
	Controls []Control      `json:"controls,omitempty"` // the controls matrix
	Analysis CustomAnalysis `json:"analysis,omitzero"`
	// What follows is the assessor's.
	Description string        `json:"description,omitempty"`
	Met         string        `json:"met,omitempty"`       // how the controls meet the objective
	Reviewed    []ID          `json:"reviewed,omitempty"`  // matrix, analysis and other papers
	Assessors   string        `json:"assessors,omitempty"` // who attests
	Independent bool          `json:"independent,omitempty"`
	Tests       []DerivedTest `json:"tests,omitempty"`
}

// Control is one row of the controls matrix.
type Control struct {
	Name        string          `json:"name"`
	AlsoMeets   []RequirementID `json:"alsoMeets,omitempty"` // other requirements
	What        string          `json:"what,omitempty"`
	Where       string          `json:"where,omitempty"`
	When        string          `json:"when,omitempty"`        // or how often
	Accountable string          `json:"accountable,omitempty"` // who answers for it
	Operator    string          `json:"operator,omitempty"`    // who runs and watches it
	Enhances    string          `json:"enhances,omitempty"`    // which other control; may be none
	Meets       string          `json:"meets,omitempty"`       // how the objective is met
	Tested      string          `json:"tested,omitempty"`      // by the entity, and with what result
	Risk        string          `json:"risk,omitempty"`        // summary of the analysis
	Maintained  string          `json:"maintained,omitempty"`  // and how failures are found and handled
}

// Likelihood is how a customized control changes the likelihood of what the
// requirement prevents, against the defined way.
type Likelihood int

// The changes.
const (
	LikelihoodNotStated Likelihood = iota
	LessLikely
	AsLikely
	MoreLikely
)

var likelihoods = [...]string{"", "less-likely", "as-likely", "more-likely"}

// String returns the change's text.
func (l Likelihood) String() string { return textOf(likelihoods[:], int(l)) }

// MarshalText writes what String returns.
func (l Likelihood) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (l *Likelihood) UnmarshalText(b []byte) error {
	i, err := indexOf("likelihood", likelihoods[:], string(b))
	*l = Likelihood(i)
	return err
}

// CustomAnalysis is the targeted risk analysis of a customized requirement (12.3.2).
type CustomAnalysis struct {
	Objective  string     `json:"objective,omitempty"`
	Mischief   string     `json:"mischief,omitempty"`   // what the requirement prevents
	Changes    string     `json:"changes,omitempty"`    // which parts of the requirement change
	Prevention string     `json:"prevention,omitempty"` // how the mischief is prevented
	Factors    string     `json:"factors,omitempty"`    // of the likelihood
	Remains    string     `json:"remains,omitempty"`    // why it may still happen
	Likelihood Likelihood `json:"likelihood,omitempty"`
	Reasoning  string     `json:"reasoning,omitempty"`
	Stored     string     `json:"stored,omitempty"`    // account numbers at one time, at most
	Processed  string     `json:"processed,omitempty"` // and passed through
	Reduction  string     `json:"reduction,omitempty"` // how the controls cut that number, or speed notice
	Approver   string     `json:"approver,omitempty"`  // of executive management
	Approved   Day        `json:"approved,omitempty"`
	ReviewBy   Day        `json:"reviewBy,omitempty"` // within a year
}

// TestPurpose is what an assessor's derived test is to show.
type TestPurpose int

// The purposes. Each needs a test.
const (
	NoPurpose TestPurpose = iota
	MeetsObjective
	StaysEffective
)

var testPurposes = [...]string{"", "meets-objective", "stays-effective"}

// String returns the purpose's text.
func (p TestPurpose) String() string { return textOf(testPurposes[:], int(p)) }

// MarshalText writes what String returns.
func (p TestPurpose) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *TestPurpose) UnmarshalText(b []byte) error {
	i, err := indexOf("purpose of a test", testPurposes[:], string(b))
	*p = TestPurpose(i)
	return err
}

// DerivedTest is a testing procedure that the assessor made for a customized control.
type DerivedTest struct {
	Purpose    TestPurpose `json:"purpose"`
	Procedure  string      `json:"procedure,omitempty"`
	Tested     string      `json:"tested,omitempty"` // what it was done on
	References []ID        `json:"references,omitempty"`
	Result     string      `json:"result,omitempty"`
}

func (c Control) fields() []field {
	return []field{
		{"name", c.Name},
		{"what it is", c.What},
		{"where", c.Where},
		{"when", c.When},
		{"who is accountable", c.Accountable},
		{"who operates it", c.Operator},
		{"how the objective is met", c.Meets},
		{"the entity's testing", c.Tested},
		{"summary of the risk analysis", c.Risk},
		{"maintenance", c.Maintained},
	}
}

func (c CustomAnalysis) fields() []field {
	return []field{
		{"objective", c.Objective},
		{"mischief", c.Mischief},
		{"what changes", c.Changes},
		{"how the mischief is prevented", c.Prevention},
		{"factors of the likelihood", c.Factors},
		{"why it may still happen", c.Remains},
		{"change of the likelihood", c.Likelihood.String()},
		{"reasoning", c.Reasoning},
		{"account numbers stored", c.Stored},
		{"account numbers processed", c.Processed},
		{"how impact is reduced", c.Reduction},
		{"approval by executive management", c.Approver},
		{"date of approval", string(c.Approved)},
		{"date of review", string(c.ReviewBy)},
	}
}

func (t DerivedTest) fields() []field {
	return []field{{"procedure", t.Procedure}, {"what was tested", t.Tested}, {"result", t.Result}}
}

// Missing names the parts that are not filled in.
func (c CustomizedApproach) Missing() []string {
	var names []string
	within := func(what string, fields []field) {
		for _, name := range missing(fields) {
			names = append(names, what+": "+name)
		}
	}
	if len(c.Controls) == 0 {
		names = append(names, "controls matrix")
	}
	for i, control := range c.Controls {
		within(fmt.Sprintf("control %d", i+1), control.fields())
	}
	within("risk analysis", c.Analysis.fields())
	within("assessor", []field{{"description", c.Description}, {"how the objective is met", c.Met}, {"who attests", c.Assessors}})
	if len(c.Reviewed) == 0 {
		names = append(names, "assessor: matrix and analysis that were reviewed")
	}
	if !c.Independent {
		names = append(names, "assessor: that nobody who attests designed the control")
	}
	for _, purpose := range []TestPurpose{MeetsObjective, StaysEffective} {
		if !slices.ContainsFunc(c.Tests, func(t DerivedTest) bool { return t.Purpose == purpose }) {
			names = append(names, "a derived test that it "+map[TestPurpose]string{MeetsObjective: "meets the objective", StaysEffective: "stays effective"}[purpose])
		}
	}
	for i, t := range c.Tests {
		within(fmt.Sprintf("test %d", i+1), t.fields())
		if len(t.References) == 0 {
			names = append(names, fmt.Sprintf("test %d: evidence", i+1))
		}
	}
	return names
}

func (c CustomizedApproach) texts() []field {
	texts := []field{{"aspect", c.Aspect}, {"description", c.Description}, {"how the objective is met", c.Met}, {"who attests", c.Assessors}}
	for _, control := range c.Controls {
		texts = append(append(texts, control.fields()...), field{"other control", control.Enhances})
	}
	texts = append(texts, c.Analysis.fields()...)
	for _, t := range c.Tests {
		texts = append(texts, t.fields()...)
	}
	return texts
}

func (c CustomizedApproach) clone() CustomizedApproach {
	c.Controls, c.Reviewed, c.Tests = slices.Clone(c.Controls), slices.Clone(c.Reviewed), slices.Clone(c.Tests)
	for i, control := range c.Controls {
		c.Controls[i].AlsoMeets = slices.Clone(control.AlsoMeets)
	}
	for i, t := range c.Tests {
		c.Tests[i].References = slices.Clone(t.References)
	}
	return c
}
