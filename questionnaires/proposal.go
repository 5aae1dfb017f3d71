package questionnaires

import "fmt"

// Proposal is a response that a fact of the standard speaks for, with its reason. It
// stands beside an answer and is never written as one.
type Proposal struct {
	Response Response `json:"response"`
	Reason   string   `json:"reason"`
}

// Proposal returns what the standard itself proposes: a requirement that another took
// the place of is Not Applicable for that reason.
func (r Requirement) Proposal() (Proposal, bool) {
	if r.SupersededBy.IsZero() {
		return Proposal{}, false
	}
	return Proposal{Response: NotApplicable, Reason: fmt.Sprintf("superseded by %s on 2025-03-31", r.SupersededBy)}, true
}
