package questionnaires

import (
	"errors"
	"fmt"
	"slices"
)

// ThirdParty is a service provider that account data is shared with, or that could
// affect its security.
type ThirdParty struct {
	Name     string        `json:"name"`
	Data     string        `json:"data,omitempty"`     // shared with it, "none" where it only affects security
	Purpose  string        `json:"purpose,omitempty"`  // for which it has them
	Services string        `json:"services,omitempty"` // of it that the attestation covers
	Does     []Involvement `json:"does,omitempty"`
	// Attestation is its own; where there is none, this assessment covers its services.
	Attestation ThirdPartyAttestation `json:"aoc,omitzero"`
	CoveredHere bool                  `json:"coveredHere,omitempty"`
	Duties      []ThirdPartyDuty      `json:"duties,omitempty"`
}

// ThirdPartyAttestation is a third party's Attestation of Compliance.
type ThirdPartyAttestation struct {
	Date    Day    `json:"date,omitempty"`
	Version string `json:"version,omitempty"` // of PCI DSS
}

// ThirdPartyDuty says who answers for a requirement, or for all in a branch such as
// 9.5: the third party (provider), the entity (customer), or both (12.8.5).
type ThirdPartyDuty struct {
	Requirement RequirementID `json:"requirement"`
	Party       Party         `json:"party"`
	Note        string        `json:"note,omitempty"`
}

// ShareOf is who answers for a requirement beside the entity, of one third party.
type ShareOf struct {
	ThirdParty string
	ThirdPartyDuty
}

func (p ThirdParty) check(b *bounds, catalogue *Catalogue) {
	b.text("data shared with a third party", p.Data)
	b.text("purpose of a third party", p.Purpose)
	b.text("services of a third party", p.Services)
	p.checkDoes(b)
	b.line("version of an attestation", p.Attestation.Version)
	b.day("attestation of "+p.Name, p.Attestation.Date)
	b.list("duties of a third party", len(p.Duties))
	if p.CoveredHere && p.Attestation != (ThirdPartyAttestation{}) {
		b.add(fmt.Errorf("third party %s: it has an attestation of its own, or this assessment covers it, not both", p.Name))
	}
	for i, d := range p.Duties {
		b.text("note on a responsibility", d.Note)
		switch {
		case !slices.ContainsFunc(catalogue.Requirements(), func(r Requirement) bool { return r.ID.within(d.Requirement) }):
			b.add(fmt.Errorf("third party %s: the standard has no requirement %q", p.Name, d.Requirement))
		case slices.ContainsFunc(p.Duties[:i], func(o ThirdPartyDuty) bool { return o.Requirement == d.Requirement }):
			b.add(fmt.Errorf("third party %s: %s has two responsibilities", p.Name, d.Requirement))
		case d.Party < ProviderParty || d.Party > BothParties:
			b.add(fmt.Errorf("third party %s: who answers for %s is not said: want provider, customer or both", p.Name, d.Requirement))
		}
	}
}

func (p ThirdParty) lacks(asked demand) []string {
	fields := []field{{"data shared", p.Data}, {"purpose", p.Purpose}, {"services", p.Services}}
	fields = append(fields, asked.since(factsOfReport, AttestedScope, field{"what it does", counted(len(p.Does))})...)
	if !p.CoveredHere {
		fields = append(fields, field{"date of its attestation", string(p.Attestation.Date)}, field{"version of its attestation", p.Attestation.Version})
	}
	lacking := missing(fields)
	for _, d := range p.Duties {
		if d.Party == BothParties && blank(d.Note) {
			lacking = append(lacking, fmt.Sprintf("how %s is shared", d.Requirement))
		}
	}
	return lacking
}

// duty returns who answers for a requirement: the line that names it or its nearest
// branch.
func (p ThirdParty) duty(id RequirementID) (ThirdPartyDuty, bool) {
	return nearest(id, p.Duties, func(d ThirdPartyDuty) RequirementID { return d.Requirement })
}

// ThirdPartyDuties returns who answers for a requirement beside the entity, by third
// party in the order of the scope: a line of the matrix that 12.8.5 asks for. A third
// party that says nothing of the requirement is not in it.
func (s Scope) ThirdPartyDuties(id RequirementID) []ShareOf {
	var all []ShareOf
	for _, p := range s.ThirdParties {
		if d, said := p.duty(id); said {
			all = append(all, ShareOf{p.Name, d})
		}
	}
	return all
}

func checkThirdParties(b *bounds, s Scope, catalogue *Catalogue) {
	b.names("third parties", namesOf(s.ThirdParties, func(p ThirdParty) string { return p.Name }))
	for _, p := range s.ThirdParties {
		p.check(b, catalogue)
	}
	if s.NoThirdParties && len(s.ThirdParties) > 0 {
		b.add(errors.New("third parties are listed, and it says that there are none"))
	}
}
