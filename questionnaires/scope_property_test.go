package questionnaires

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// asked is the catalogue of the random engagements: forms that ask the scope to each
// depth and one that asks none, with the two requirements that rest on third parties.
func asked(e *engagement, c *Catalogue) *Catalogue {
	requirements := slices.Clone(c.Requirements())
	titles := map[RequirementID]string{}
	for _, id := range []RequirementID{thirdPartyStatus, thirdPartyMatrix} {
		requirements = append(requirements, Requirement{ID: id, Title: "Third parties", ProcedureSize: 1, Customized: true})
	}
	for _, r := range requirements {
		titles[r.ID.Principal()] = "Principal"
	}
	forms := slices.Clone(c.Questionnaires())
	depths := map[string]ScopeDepth{"roc": ReportedScope, "saq-d-merchant": AttestedScope, "saq-d-service-provider": ProvidedScope}
	for i := range forms {
		if depth, asks := depths[forms[i].Code]; asks {
			forms[i].Scope, forms[i].Requirements = depth, append(slices.Clone(forms[i].Requirements), thirdPartyStatus, thirdPartyMatrix)
		}
	}
	made, err := NewCatalogue(requirements, forms, titles)
	require.NoError(e.t, err)
	return made
}

// day is one of those at which attestations and scopes are still good, or are not.
func (e *engagement) day(care int) Day {
	if e.chance(care) {
		return []Day{"2026-06-30", "2025-11-02", "2026-11-02"}[e.r.IntN(3)]
	}
	return []Day{"", "2025-11-01", "2019-06-30", "2026-11-03"}[e.r.IntN(4)]
}

// count is a number that somebody filled in, or nearly always did.
func (e *engagement) count(care int) int {
	if e.chance(care) {
		return 2
	}
	return 0
}

func (e *engagement) declared(care int) Declared {
	if e.chance(care) {
		return []Declared{DeclaredYes, DeclaredNo}[e.r.IntN(2)]
	}
	return Undeclared
}

// some is a list, or nearly always is.
func some[T any](e *engagement, care int, items ...T) []T {
	if e.chance(care) {
		return items
	}
	return nil
}

// scopeOf makes up a scope, with more or less care.
func (e *engagement) scopeOf(care int) Scope {
	w, n := func() string { return e.word(care) }, func() int { return e.count(care) }
	s := Scope{
		Description: w(), Entity: EntityDetails{Address: w(), Business: w(), Functions: w(), Contact: Contact{Name: w(), Email: w()}},
		Channels: some(e, care, ChannelUse{Channel: ECommerce, Role: w()}, ChannelUse{Channel: CardPresent, LeftOut: e.word(50), Role: w()}),
		Services: some(e, care, AssessedService{Name: "hosting", Type: w(), Role: w(), Affects: e.declared(care), Impact: w()}),
		Data: CardData{
			Flows:     some(e, care, DataFlow{Name: "sale", Elements: w(), Description: w(), Diagrams: e.cites(care)}),
			Stores:    some(e, care, DataStore{Name: "vault", Fields: w(), Elements: w(), Secured: w(), AccessLog: w(), Sensitive: e.declared(care), SensitiveReason: w()}),
			Inventory: e.cites(care),
		},
		Environment: Environment{
			Diagrams: e.cites(care),
			Networks: some(e, care, Network{"n", e.declared(care), w()}), Locations: some(e, care, Location{w(), n(), w()}),
			Components: some(e, care, ComponentType{"t", n(), w(), w(), w()}),
			Products:   some(e, 30, ListedProduct{w(), w(), w(), w(), map[bool]Day{true: "2027-01-01", false: e.day(0)}[e.chance(care)]}),
		},
		Segmentation: Segmentation{e.declared(care), w(), w(), w(), w(), e.declared(care)},
		Confirmation: ScopeConfirmation{By: w(), On: e.day(care), Method: w(), Assessor: w(), Difference: w(), Excluded: w(), Reduced: w(), Criteria: e.declared(care), CriteriaMet: w()},
		Classes:      e.classes(care),
	}
	s.Data.NothingStored = len(s.Data.Stores) == 0 && e.chance(50)
	s.Environment.NoProducts = len(s.Environment.Products) == 0 && e.chance(care)
	e.share(&s, care)
	return s
}

// share names third parties, or says that there are none.
func (e *engagement) share(s *Scope, care int) {
	for _, name := range []string{"Northbank", "Other"}[:e.r.IntN(3)] {
		p := ThirdParty{Name: name, Data: e.word(care), Purpose: e.word(care), Services: e.word(care), CoveredHere: e.chance(20)}
		if !p.CoveredHere {
			p.Attestation = ThirdPartyAttestation{e.day(care), e.word(care)}
		}
		p.Does = some(e, care, Involvements()[e.r.IntN(3)])
		p.Duties = some(e, care, ThirdPartyDuty{req("1"), CustomerParty, ""}, ThirdPartyDuty{req("9.5"), BothParties, e.word(care)})
		s.ThirdParties = append(s.ThirdParties, p)
	}
	s.NoThirdParties = len(s.ThirdParties) == 0 && e.chance(care)
}

// classes are of one cluster or of two, with what is out of scope beside card data
// kept apart or not.
func (e *engagement) classes(care int) []Classification {
	target := []string{"", "k8s:1", "k8s:2"}
	all := some(e, 80, Classification{Selection: Selection{NamespaceClassed, []string{"pay", "pay-*"}[e.r.IntN(2)], target[e.r.IntN(3)]}, Class: CardholderEnvironment})
	if e.chance(60) {
		apart := func() Separator { return Separator{e.word(care), e.cites(care)} }
		names := []string{"wiki", "wiki", "wiki", "*-dev", "pay-dev", "*"}
		all = append(all, Classification{
			Selection: Selection{NamespaceClassed, names[e.r.IntN(len(names))], target[e.r.IntN(3)]}, Class: OutOfScope, Justification: e.word(care),
			Separation: Separation{apart(), apart(), apart(), apart()},
		})
	}
	if !e.chance(care) || e.chance(20) {
		class := Classes()[e.r.IntN(4)]
		kinds := append(ClusterParts(), ClusterClassed)
		all = append(all,
			Classification{Selection: Selection{Kind: kinds[e.r.IntN(len(kinds))], Target: target[e.r.IntN(3)]}, Class: class, Justification: e.word(care)},
			Classification{Selection: Selection{NamespaceClassed, []string{"w*", "kube-system"}[e.r.IntN(2)], ""}, Class: class})
	}
	return all
}

// engaged makes up who assesses, with more or less care.
func (e *engagement) engaged(care int) Engagement {
	w := func() string { return e.word(care) }
	roles := []AssessorRole{LeadAssessor, LeadAssessor, OtherAssessor, NoRole, InternalAssessor, AssociateAssessor}
	role := LeadAssessor
	if !e.chance(care) {
		role = roles[e.r.IntN(len(roles))]
	}
	made := Engagement{
		Assessors: some(e, care, Assessor{Name: "Ines", Role: role, Company: w(), Certificate: w()}, Assessor{Name: "Ana", Role: AssociateAssessor, Company: w(), Certificate: w(), Mentor: w(), Part: w()}),
		Reviewer:  Reviewer{Name: "Per", Company: w(), Credentials: w()}, Officer: CompanyOfficer{Name: w(), Title: w()}, Start: "2026-09-07", End: "2026-10-30",
		OnSite: some(e, care, Visit{From: "2026-09-14"}), Remote: some(e, 20, RemoteTesting{From: "2026-09-20", To: "2026-09-21", Reason: w()}),
		Independence: w(), OtherServices: w(), Subcontractors: w(), Years: e.count(care),
		Sampling: Sampling{Used: e.declared(care), Attested: w(), Rationale: w(), Standard: w()},
	}
	if e.chance(care) {
		made.RemoteExtent = map[bool]RemoteExtent{true: NothingRemote, false: PartlyRemote}[len(made.Remote) == 0]
	}
	if made.Sampling.Used == DeclaredYes {
		made.Sampling.Sets = some(e, care, SampleSet{1, w(), some(e, care, "x", "y"), w(), e.count(care), 9 * e.count(care)})
	}
	if e.chance(care) {
		return made
	}
	switch e.r.IntN(8) {
	case 7:
		made.RemoteExtent = RemoteExtents()[e.r.IntN(3)]
	case 0:
		made.Reviewer.Name = []string{" INES", "ana", ""}[e.r.IntN(3)]
	case 1:
		made.End = []Day{"2026-09-01", "", "2026-12-18"}[e.r.IntN(3)]
	case 2:
		made.Start = ""
	case 3:
		made.OnSite = []Visit{{From: "2026-09-14", To: []Day{"2026-12-01", "2026-09-13"}[e.r.IntN(2)]}}
	case 4:
		made.Sampling.Sets = []SampleSet{{e.r.IntN(2), "t", []string{"x", "y", "z"}, "lot", 2 + e.r.IntN(2), 1 + e.r.IntN(4)}}
	case 5:
		made.Remote = []RemoteTesting{{From: "2026-08-01"}}
	case 6:
		made.Years = -1
	}
	return made
}

// draftScoping says scope or engagement as the rules may draft it.
func (e *engagement) draftScoping(care int) (Draft, error) {
	if e.chance(40) {
		care = 100
	}
	if e.chance(50) {
		return e.history().SetScope(e.catalogue, e.scopeOf(care))
	}
	return e.open(e.catalogue, e.id).SetEngagement(e.engaged(care))
}

// survey sets scope or engagement; at times two do who do not see each other, or
// a stranger.
func (e *engagement) survey(care int) {
	tips := e.history().Tips()
	if e.chance(30) {
		e.append(e.open(e.catalogue, e.id).SetRetention(e.retained(care)))
	}
	d, err := e.draftScoping(care)
	if err != nil {
		e.refused++
		return
	}
	by := e.people[e.r.IntN(2)]
	if e.chance(8) {
		by = e.stranger
	}
	e.sign(by, tips, d)
	if e.chance(20) {
		if d, err = e.draftScoping(care); err == nil {
			e.sign(e.people[0], tips, d)
		}
	}
	e.written++
}

// retained makes up how the workpapers are kept.
func (e *engagement) retained(care int) Retention {
	w := func() string { return strings.TrimSpace(e.word(care)) }
	return Retention{Custodian: w(), Place: w(), Protection: w(), Attested: w()}
}

// resurvey sets all of it with care.
func (e *engagement) resurvey() {
	d, err := e.history().SetScope(e.catalogue, e.scopeOf(100))
	e.append(d, err)
	d, err = e.open(e.catalogue, e.id).SetEngagement(e.engaged(100))
	e.append(d, err)
	e.append(e.open(e.catalogue, e.id).SetRetention(e.retained(100)))
}

// flawed spoils what the scope says of its third parties, or nothing.
func (e *engagement) flawed(s Scope) Scope {
	for i := range s.ThirdParties {
		switch e.r.IntN(4) {
		case 0:
			s.ThirdParties[i].Duties = nil
		case 1:
			s.ThirdParties[i].CoveredHere, s.ThirdParties[i].Attestation = false, ThirdPartyAttestation{"2025-11-01", "4.0.1"}
		}
	}
	return s
}

// missurvey writes scope or engagement past the rules, at times with one thing in it
// changed.
func (e *engagement) missurvey() {
	d := Draft{Action: ScopeSet, Subject: "scope"}
	care := []int{0, 97, 100}[e.r.IntN(3)]
	var scope Scope
	var engagement Engagement
	var made, into any = e.flawed(e.scopeOf(max(care, 95))), &scope
	if e.chance(60) {
		d = Draft{Assessment: e.id, Action: EngagementSet, Subject: "engagement"}
		engaged := e.engaged(max(care, 90))
		if e.chance(30) {
			engaged.Reviewer.Name = []string{" INES", "ana"}[e.r.IntN(2)]
		}
		made, into = engaged, &engagement
	}
	raw, err := json.Marshal(made)
	require.NoError(e.t, err)
	var p tree
	require.NoError(e.t, json.Unmarshal(raw, &p))
	if e.chance(40) {
		e.spoil(p)
	}
	if d.Action == ScopeSet && e.chance(20) { // as it was written of old
		p["zones"] = tree{"cde": []any{tree{"namespaces": []any{"pay", "w*"}[:1+e.r.IntN(2)]}}}
	}
	spoilt, err := json.Marshal(p)
	require.NoError(e.t, err)
	if json.Unmarshal(spoilt, into) != nil {
		return // no program reads it
	}
	d.Payload = p
	e.write(e.people[e.r.IntN(2)], d)
}
