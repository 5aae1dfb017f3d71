package questionnaires

import (
	"slices"
	"time"

	"tickmark/engine"
)

// Answer is what a person says of a requirement. It is the payload of an entry: what
// may be absent is left out, so that the bytes of older answers stay what they were.
type Answer struct {
	Requirement RequirementID `json:"requirement"`
	// Response of a form that asks per testing procedure is what its findings roll up to.
	Response  Response `json:"response"`
	Narrative string   `json:"narrative"`
	Methods   []Method `json:"methods,omitempty"`
	Evidence  []ID     `json:"evidence,omitempty"`
	// Procedures are the findings of a Report on Compliance, in order.
	Procedures []ProcedureAnswer `json:"procedures,omitempty"`
	// Worksheet and Customized are the two flags of a Report on Compliance, with all
	// that each needs; the first is also a self-assessment's In Place with CCW.
	Worksheet  Worksheet           `json:"worksheet,omitzero"`
	Customized *CustomizedApproach `json:"customized,omitempty"`
	Remedy     Remedy              `json:"remedy,omitzero"`    // of Not in Place
	Untested   string              `json:"untested,omitempty"` // of Not Tested: what was left out; the narrative says why
	// Results is what testing showed, where the form asks for it beside the response.
	Results string `json:"results,omitempty"`
	// Subtree makes Not Applicable that of every requirement below as well.
	Subtree bool `json:"subtree,omitempty"`
	// RiskBased says that a targeted risk analysis set the frequency where the
	// requirement leaves the choice.
	RiskBased bool `json:"riskBased,omitempty"`
	// Undoes names the entry that this revision takes back, Restores the one whose
	// answer it repeats (zero: the requirement was unanswered before).
	Undoes   engine.Digest `json:"undoes"`
	Restores engine.Digest `json:"restores"`
}

// ProcedureAnswer is what an assessor reports of one testing procedure.
type ProcedureAnswer struct {
	Letter    string   `json:"letter,omitempty"` // "" where the requirement has one procedure
	Finding   Response `json:"finding"`          // one of the four
	Reporting string   `json:"reporting,omitempty"`
	Methods   []Method `json:"methods,omitempty"`
	// References are the ids of what it rests on, which people call by number
	// (Evidence-7).
	References []ID `json:"references,omitempty"`
}

// Remedy is what an answer of Not in Place looks forward to. A target date belongs
// to the attestation, an action plan is filled in on request. A legal restriction is
// a law or a regulation, never a contract or advice.
type Remedy struct {
	Target Day    `json:"target,omitempty"`
	Plan   string `json:"plan,omitempty"`
	Legal  bool   `json:"legal,omitempty"`
	Law    string `json:"law,omitempty"` // which, where Legal
}

// Revision is an answer as it stands in the history: by whom and when.
type Revision struct {
	Answer
	Entry    engine.Digest
	Author   Author
	Time     time.Time
	Verified bool // the author was enrolled before and the signature holds
	// Inherited names the id that was answered Not Applicable with all below it, where
	// this requirement's response or reason is that one's; else it is zero.
	Inherited RequirementID
}

// clone returns an answer that shares nothing with a, so that it can be edited.
func (a Answer) clone() Answer {
	a.Methods, a.Evidence = slices.Clone(a.Methods), slices.Clone(a.Evidence)
	a.Procedures = slices.Clone(a.Procedures)
	for i, p := range a.Procedures {
		a.Procedures[i].Methods, a.Procedures[i].References = slices.Clone(p.Methods), slices.Clone(p.References)
	}
	if a.Customized != nil {
		c := a.Customized.clone()
		a.Customized = &c
	}
	return a
}

// Compensates reports whether a compensating control is part of the answer.
func (a Answer) Compensates() bool { return a.Response == InPlaceWithCCW || a.Worksheet != Worksheet{} }

// field is a text that somebody fills in, and what people call it.
type field struct{ what, text string }

// texts are all texts of an answer, for their bounds.
func (a Answer) texts() []field {
	texts := []field{
		{"narrative", a.Narrative},
		{"what was not tested", a.Untested},
		{"description of results", a.Results},
		{"action plan", a.Remedy.Plan},
		{"law", a.Remedy.Law},
		{"worksheet's aspect", a.Worksheet.Aspect},
	}
	for _, p := range a.Procedures {
		texts = append(texts, field{"reporting answer", p.Reporting})
	}
	texts = append(texts, a.Worksheet.fields()...)
	if a.Customized != nil {
		texts = append(texts, a.Customized.texts()...)
	}
	return texts
}

// Cited are the ids of all that an answer rests on, each once.
func (a Answer) Cited() []ID {
	all := slices.Clone(a.Evidence)
	add := func(ids []ID) {
		for _, id := range ids {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	for _, p := range a.Procedures {
		add(p.References)
	}
	if a.Customized != nil {
		add(a.Customized.Reviewed)
		for _, t := range a.Customized.Tests {
			add(t.References)
		}
	}
	return all
}

// Recite changes every id that the answer cites, wherever it stands. What becomes the
// same is cited once.
func (a *Answer) Recite(change func(ID) (ID, error)) error {
	*a = a.clone()
	lists := []*[]ID{&a.Evidence}
	for i := range a.Procedures {
		lists = append(lists, &a.Procedures[i].References)
	}
	if a.Customized != nil {
		lists = append(lists, &a.Customized.Reviewed)
		for i := range a.Customized.Tests {
			lists = append(lists, &a.Customized.Tests[i].References)
		}
	}
	return reciteAll(lists, change)
}

// reciteAll changes every id of some lists. What becomes the same is in a list once.
func reciteAll(lists []*[]ID, change func(ID) (ID, error)) error {
	for _, list := range lists {
		var changed []ID
		for _, id := range *list {
			to, err := change(id)
			if err != nil {
				return err
			}
			if !slices.Contains(changed, to) {
				changed = append(changed, to)
			}
		}
		*list = changed
	}
	return nil
}

// Without names the parts of the answer that another one has not: what a new revision
// would take out.
func (a Answer) Without(other Answer) []string {
	has := func(a Answer) []bool {
		return []bool{
			!blank(a.Narrative), len(a.Evidence) > 0, len(a.Procedures) > 0, a.Worksheet != Worksheet{}, a.Customized != nil,
			a.Remedy != Remedy{}, !blank(a.Untested), !blank(a.Results),
		}
	}
	names := []string{"narrative", "evidence", "findings", "worksheet", "customized approach", "remedy", "what was not tested", "results"}
	var gone []string
	was, is := has(a), has(other)
	for i, name := range names {
		if was[i] && !is[i] {
			gone = append(gone, name)
		}
	}
	return gone
}
