package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// reported is a scope of which a report asks nothing more, with a diagram and an inventory.
func reported(paper ID) Scope {
	return Scope{
		Description: "The shop.",
		Entity:      EntityDetails{Address: "Lund", Business: "Shops", Functions: "Takes cards", Contact: Contact{Name: "Ruth", Email: "ruth@shop.example"}},
		Channels:    []ChannelUse{{Channel: ECommerce, Role: "Passes them on"}},
		Services:    []AssessedService{{Name: "Tokens", Type: "Storage", Role: "Keeps numbers", Affects: DeclaredYes, Impact: "Holds the keys"}},
		Data: CardData{
			Flows:     []DataFlow{{Name: "sale", Elements: "PAN", Description: "To the bank", Diagrams: []ID{paper}}},
			Stores:    []DataStore{{Name: "ledger", Fields: "sales.pan", Elements: "PAN", Secured: "By field", AccessLog: "Each query", Sensitive: DeclaredNo}},
			Inventory: []ID{paper},
		},
		Environment: Environment{
			Diagrams: []ID{paper}, Networks: []Network{{"zone", DeclaredYes, "Sales"}}, Locations: []Location{{"shop", 3, "Lund"}},
			Components: []ComponentType{{"node", 6, "v", "p", "r"}}, NoProducts: true,
		},
		Segmentation:   Segmentation{Used: DeclaredYes, Built: "Policies", Excludes: "The office", Attested: "Ines", Checked: "Tried from the office", Assessed: DeclaredYes},
		NoThirdParties: true,
		Confirmation: ScopeConfirmation{
			By: "Ruth", On: "2026-09-30", Method: "Walked through", Assessor: "Ines", Difference: "none", Excluded: "none", Reduced: "Tokens in the shops",
			Criteria: DeclaredYes, CriteriaMet: "P2PE: the implementation manual was read",
		},
	}
}

func TestAReportAsksForEveryFactOfItsScope(t *testing.T) {
	mara, c := person(t, "Mara", 1), asking(t, ReportedScope)
	j := found(t, mara)
	paper, id := j.file(mara, j.now), j.assessment(mara, c, "saq-a")
	of := func(s Scope, form *Catalogue) []string {
		j.write(mara, Draft{Action: ScopeSet, Subject: "scope", Payload: s})
		var said []string
		for _, p := range j.open(form, id).ScopeProblems("2026-11-03") {
			said = append(said, p.Sentence)
		}
		return said
	}
	require.Empty(t, of(reported(paper), c))
	provider := asking(t, ProvidedScope)
	for want, spoil := range map[string]func(*Scope){
		"functions that touch account data":                 func(s *Scope) { s.Entity.Functions = " " },
		"Tokens lacks whether it could affect the security": func(s *Scope) { s.Services[0].Affects = Undeclared },
		"Tokens lacks how it could affect the security":     func(s *Scope) { s.Services[0].Impact = "" },
		"sale lacks diagrams":                               func(s *Scope) { s.Data.Flows[0].Diagrams = nil },
		"ledger lacks files, tables and fields":             func(s *Scope) { s.Data.Stores[0].Fields = "" },
		"evidence of the inventory of data stores":          func(s *Scope) { s.Data.Inventory = nil },
		"it lacks network diagrams":                         func(s *Scope) { s.Environment.Diagrams = nil },
		"products that PCI SSC lists":                       func(s *Scope) { s.Environment.NoProducts = false },
		"how the assessor found that it is effective":       func(s *Scope) { s.Segmentation.Checked = "" },
		"whether what segments was assessed":                func(s *Scope) { s.Segmentation.Assessed = Undeclared },
		"what is left out of it (or that nothing is)":       func(s *Scope) { s.Confirmation.Excluded = "" },
		"what reduced it (or that nothing did)":             func(s *Scope) { s.Confirmation.Reduced = "" },
		"use of eligibility criteria of a self-assessment":  func(s *Scope) { s.Confirmation.Criteria = Undeclared },
		"which eligibility criteria are met":                func(s *Scope) { s.Confirmation.CriteriaMet = "" },
		"which is not in the vault":                         func(s *Scope) { s.Environment.Diagrams = []ID{"gone"} },
		"the scope cites nope, which is not in the vault":   func(s *Scope) { s.Data.Inventory = []ID{"nope"} },
	} {
		s := reported(paper)
		spoil(&s)
		said := of(s, c)
		require.Len(t, said, 1, want)
		assert.Contains(t, said[0], want)
		if asked := strings.HasPrefix(want, "Tokens") || strings.Contains(want, "in the vault"); !asked {
			assert.Empty(t, of(s, provider), "%s is asked of a report alone", want)
		}
	}
	flat := reported(paper)
	flat.Segmentation, flat.Data.Stores, flat.Data.Inventory, flat.Data.NothingStored = Segmentation{Used: DeclaredNo, Attested: "Ines"}, nil, nil, true
	assert.Empty(t, of(flat, c), "what there is not needs neither check nor inventory")
	_, err := j.history().SetScope(c, Scope{Environment: Environment{NoProducts: true, Products: []ListedProduct{{Name: "T5"}}}})
	require.ErrorContains(t, err, "listed products are named, and it says that there are none")
}

// A diagram is evidence like any other: what a report's list says of documents it says of
// this one too.
func TestADiagramIsDated(t *testing.T) {
	mara, c := person(t, "Mara", 1), asking(t, ReportedScope)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	draft, err := j.history().Attach(Evidence{ID: "d1", Kind: DocumentEvidence, Title: "Networks", File: &FileSource{Name: "net.pdf", Digest: engine.Sum([]byte("d"))}}, j.now)
	require.NoError(t, err)
	j.write(mara, draft)
	j.scope(mara, c, reported("d1"))
	of := func(form *Catalogue) (said []string) {
		for _, p := range j.open(form, id).ScopeProblems("2026-11-03") {
			assert.Equal(t, EvidencePart, p.Part)
			said = append(said, p.Sentence)
		}
		return said
	}
	assert.Equal(t, []string{"the scope cites Doc-1 lacks its purpose, its last revision"}, of(c))
	assert.Empty(t, of(asking(t, ProvidedScope)))
}

func TestAReportSaysHowItsWorkpapersAreKept(t *testing.T) {
	mara := person(t, "Mara", 1)
	j := found(t, mara)
	id := j.assessment(mara, asking(t, ReportedScope), "saq-a")
	of := func(depth ScopeDepth) []Problem { return j.open(asking(t, depth), id).retentionProblems() }
	kept := Retention{Custodian: "Records office", Place: "Vault 3", Protection: "Sealed to two people"}
	for want, r := range map[string]Retention{
		"it lacks who keeps them, where they are kept, how they are protected, which assessor attests it": {Until: "2030-01-01"},
		"it lacks which assessor attests it": kept,
	} {
		d, err := j.open(asking(t, ReportedScope), id).SetRetention(r)
		require.NoError(t, err)
		j.write(mara, d)
		require.Len(t, of(ReportedScope), 1)
		assert.Equal(t, "keeping of the workpapers: "+want, of(ReportedScope)[0].Sentence)
		assert.Empty(t, of(ProvidedScope))
	}
	kept.Attested = "Ines Okonjo"
	d, err := j.open(asking(t, ReportedScope), id).SetRetention(kept)
	require.NoError(t, err)
	j.write(mara, d)
	assert.Empty(t, of(ReportedScope))
}

// What was written before these facts were asked for keeps its bytes.
func TestOlderEntriesKeepTheirBytes(t *testing.T) {
	for want, payload := range map[string]any{
		`{"segmentation":{"attested":"Ines","built":"b","excludes":"x","used":"yes"}}`: Scope{Segmentation: Segmentation{Used: DeclaredYes, Built: "b", Excludes: "x", Attested: "Ines"}},
		`{"confirmation":{"assessor":"a","by":"b","difference":"none","method":"m","on":"2026-09-30"},"data":{"stores":[{"elements":"PAN","name":"l"}]},"entity":{"business":"b"},"environment":{"networks":[{"name":"n"}]},"services":[{"name":"s"}]}`: Scope{
			Entity: EntityDetails{Business: "b"}, Services: []AssessedService{{Name: "s"}}, Data: CardData{Stores: []DataStore{{Name: "l", Elements: "PAN"}}},
			Environment: Environment{Networks: []Network{{Name: "n"}}}, Confirmation: ScopeConfirmation{By: "b", On: "2026-09-30", Method: "m", Assessor: "a", Difference: "none"},
		},
		`{"reviewer":{"name":"Per"},"start":"2026-09-07"}`:   Engagement{Reviewer: Reviewer{Name: "Per"}, Start: "2026-09-07"},
		`{"custodian":"c","place":"p","until":"2030-01-01"}`: Retention{Until: "2030-01-01", Custodian: "c", Place: "p"},
	} {
		written, err := engine.Canonical(payload)
		require.NoError(t, err)
		assert.Equal(t, want, string(written))
	}
}

// What was issued before these facts were asked for stays issued, and lacks nothing; what
// is issued today is held against the rules of today.
func TestLaterFactsUnmakeNoIssue(t *testing.T) {
	issued := func(rules int) *reviewed {
		r := underReview(t, "roc", "Ivo", "Quin")
		paper := r.file(r.mara, r.now)
		s := reported(paper)
		s.Entity.Functions, s.Confirmation.Excluded, s.Environment.Diagrams, s.Data.Inventory = "", "", nil, nil
		s.NoThirdParties, s.ThirdParties = false, []ThirdParty{{Name: "Bank", Data: "PAN", Purpose: "p", Services: "s", CoveredHere: true}}
		r.scope(r.mara, r.c, s)
		r.does(r.mara)(r.a().SetEngagement(Engagement{
			Assessors: []Assessor{{Name: "Ines", Role: LeadAssessor, Company: "N", Certificate: "1"}}, Reviewer: Reviewer{Name: "Per", Company: "N", Credentials: "2"},
			Start: "2026-09-07", End: "2026-10-30", OnSite: []Visit{{From: "2026-09-14"}}, Independence: "kept", OtherServices: "none", Subcontractors: "none", Years: 1,
			Sampling: Sampling{Used: DeclaredNo, Attested: "Ines"},
		}))
		r.whole()
		r.to(LeadReview)
		r.passAll(r.ivo)
		r.to(QualityReview)
		r.passAll(r.quin)
		r.c = reviewable(t)
		r.c.Questionnaires()[0].Scope = ReportedScope
		r.write(r.quin, r.a().stageDraft(AssessmentIssued, "issue", Issuance{Version: 1, Head: r.a().Head, Day: DayOf(r.now), Conclusion: r.a().Conclusion, Rules: rules}))
		return r
	}
	old := issued(1)
	require.Equal(t, Issued, old.stage())
	assert.Empty(t, old.a().Problems())
	_, then, err := old.a().Version("")
	require.NoError(t, err)
	assert.Empty(t, then.Problems())
	draft, err := old.a().Amend("The plan was changed.")
	require.NoError(t, err)
	old.write(old.mara, draft)
	assert.NotEmpty(t, old.a().Problems(), "an amendment is asked for what is asked today")

	today := issued(IssueRules)
	assert.Equal(t, QualityReview, today.stage())
}
