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

// Proposal returns what the standard proposes for a requirement of the assessment:
// beside what it says of all, that what asks something of service providers alone is
// Not Applicable to who is none. That is told from the scope, where it names payment
// channels and no service for others; without a scope nothing is.
func (a *Assessment) Proposal(r Requirement) (Proposal, bool) {
	if p, proposes := r.Proposal(); proposes {
		return p, true
	}
	scope := a.Scope()
	if len(scope.Channels) == 0 || len(scope.Services) > 0 || a.providerByInterview() {
		return Proposal{}, false
	}
	switch r.Applies {
	case ServiceProviders:
		return Proposal{Response: NotApplicable, Reason: "asked of service providers alone; the scope names no service for others"}, true
	case MultiTenantProviders:
		return Proposal{Response: NotApplicable, Reason: "asked of multi-tenant service providers alone; the scope names no service for others"}, true
	case AllEntities, Issuers:
	}
	return Proposal{}, false
}

// providerByInterview reports whether the interview says, for now or for good, that
// the entity serves others.
func (a *Assessment) providerByInterview() bool {
	return a.catalogue.Eligibility() != nil && a.Interview().Role().provider()
}
