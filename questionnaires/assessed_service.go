package questionnaires

import (
	"fmt"
	"slices"
)

// AssessedService is a service that the entity offers to others, in the assessment or
// left out of it with the reason.
type AssessedService struct {
	Name string `json:"name"`
	Type string `json:"type,omitempty"` // as attestations group them: hosting, payment gateway ...
	Role string `json:"role,omitempty"` // with card data, or with its security
	// Affects says whether the service could affect the security of account data, and
	// Impact how, beside what it does with card data itself.
	Affects Declared `json:"affectsSecurity,omitzero"`
	Impact  string   `json:"impact,omitempty"`
	LeftOut string   `json:"leftOut,omitempty"` // why the assessment does not cover it; "" where it does
	// Exceptions are where the service stands otherwise than the whole assessment answers.
	Exceptions []ServiceException `json:"exceptions,omitempty"`
}

// ServiceException says how a service stands to a requirement, or to all in a branch
// such as 9.5, where the answer of the assessment does not hold for it.
type ServiceException struct {
	Requirement RequirementID `json:"requirement"`
	Response    Response      `json:"response"`
	Reason      string        `json:"reason,omitempty"`
}

// Covered reports whether the assessment covers the service.
func (s AssessedService) Covered() bool { return blank(s.LeftOut) }

func (s AssessedService) check(b *bounds, catalogue *Catalogue) {
	b.line("type of service", s.Type)
	b.text("role of a service", s.Role)
	b.text("how a service could affect security", s.Impact)
	b.text("reason to leave a service out", s.LeftOut)
	b.list("exceptions of a service", len(s.Exceptions))
	for i, e := range s.Exceptions {
		b.text("reason of an exception", e.Reason)
		switch {
		case !slices.ContainsFunc(catalogue.Requirements(), func(r Requirement) bool { return r.ID.within(e.Requirement) }):
			b.add(fmt.Errorf("service %s: the standard has no requirement %q", s.Name, e.Requirement))
		case slices.ContainsFunc(s.Exceptions[:i], func(o ServiceException) bool { return o.Requirement == e.Requirement }):
			b.add(fmt.Errorf("service %s: %s has two exceptions", s.Name, e.Requirement))
		case !slices.Contains(Responses(), e.Response):
			b.add(fmt.Errorf("service %s: how it stands to %s is not said", s.Name, e.Requirement))
		}
	}
}

func (s AssessedService) lacks(asked demand) []string {
	if !s.Covered() {
		return nil
	}
	fields := []field{{"type", s.Type}, {"role with card data", s.Role}}
	fields = append(fields, asked.since(factsOfReport, AttestedScope, field{"whether it could affect the security of account data", s.Affects.String()})...)
	if s.Affects == DeclaredYes {
		fields = append(fields, asked.since(factsOfReport, AttestedScope, field{"how it could affect the security of account data", s.Impact})...)
	}
	lacking := missing(fields)
	for _, e := range s.Exceptions {
		if blank(e.Reason) {
			lacking = append(lacking, fmt.Sprintf("why %s is %s", e.Requirement, e.Response.Title()))
		}
	}
	return lacking
}

// Exception returns how the service stands to a requirement where it is not as the whole
// assessment: the line that names it or its nearest branch.
func (s AssessedService) Exception(id RequirementID) (ServiceException, bool) {
	return nearest(id, s.Exceptions, func(e ServiceException) RequirementID { return e.Requirement })
}

// ResponseOf returns the response that holds for a service: its exception, else the
// answer of the assessment. What is not answered is not answered for any service.
func (a *Assessment) ResponseOf(s AssessedService, id RequirementID) Response {
	response := a.Current(id).Response
	if e, has := s.Exception(id); has && response != Unanswered {
		return e.Response
	}
	return response
}

// AssessedServices are those for others that the assessment covers: the one that it is
// of, else every one that the scope does not leave out.
func (a *Assessment) AssessedServices() []AssessedService {
	covered := slices.DeleteFunc(slices.Clone(a.Scope().Services), func(s AssessedService) bool { return !s.Covered() })
	own := slices.IndexFunc(covered, func(s AssessedService) bool { return s.Name == a.Details.Service })
	if own >= 0 {
		return covered[own : own+1]
	}
	return covered
}

// weights order the responses by what they make of a whole of which they are a part: one
// part that is not in place makes the whole so, and only what applies nowhere does not
// apply.
var weights = map[Response]int{NotApplicable: 1, InPlace: 2, InPlaceWithCCW: 3, NotTested: 4, NotInPlace: 5}

// reviewServices: the answer of the assessment holds for all services together, so none
// of them weighs more than it.
func (a *Assessment) reviewServices(add adding) {
	for _, s := range a.AssessedServices() {
		broken := map[RequirementID][]RequirementID{}
		for _, r := range a.Requirements() {
			e, has := s.Exception(r.ID)
			if answer := a.Current(r.ID).Response; has && answer != Unanswered && weights[e.Response] > weights[answer] {
				broken[e.Requirement] = append(broken[e.Requirement], r.ID)
			}
		}
		for _, e := range s.Exceptions {
			if ids := broken[e.Requirement]; len(ids) > 0 {
				add(ScopeBroken, "%s is %s for the service %s, and the answer says better of all services together: %s", e.Requirement, e.Response.Title(), s.Name, listed(ids))
			}
		}
	}
}
