package reports_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
)

// few is PCI's catalogue whose forms ask some requirements only, one of each sort.
func few(t *testing.T) *questionnaires.Catalogue {
	t.Helper()
	all, err := pci.Catalogue()
	require.NoError(t, err)
	asked := []string{"1.2.5", "2.3.1", "2.3.2", "3.4.2", "5.2.3.1", "6.4.1", "6.4.2", "8.3.4", "8.3.9", "8.6.3", "11.6.1", "12.5.2", "12.5.2.1", "A2.1.1"}
	forms := slices.Clone(all.Questionnaires())
	for i, form := range forms {
		forms[i].Requirements = slices.DeleteFunc(slices.Clone(form.Requirements), func(r questionnaires.RequirementID) bool {
			return !slices.Contains(asked, r.String())
		})
	}
	principals := map[questionnaires.RequirementID]string{}
	for _, r := range all.Requirements() {
		principals[r.ID.Principal()] = all.PrincipalTitle(r.ID.Principal())
	}
	c, err := questionnaires.NewCatalogue(all.Requirements(), forms, principals)
	require.NoError(t, err)
	c, err = c.WithEligibility(all.Eligibility())
	require.NoError(t, err)
	c, err = c.WithResponsibilities(all.Responsibilities())
	require.NoError(t, err)
	return c
}

// begin opens a second assessment of a form of few in a new engagement.
func begin(t *testing.T, form string) *engagement {
	t.Helper()
	e := newEngagement(t)
	e.catalogue, e.id = few(t), e.newID()
	draft, err := questionnaires.NewAssessment(e.catalogue, questionnaires.AssessmentDetails{ID: e.id, Questionnaire: form, Name: "Shop and token service"})
	require.NoError(t, err)
	e.write(e.mara, draft)
	e.collect()
	e.attach("Interview with the head of platform", "interview.md")
	return e
}

func (e *engagement) history() *questionnaires.History {
	e.t.Helper()
	h, err := e.History(context.Background())
	require.NoError(e.t, err)
	return h
}

// must writes a draft that is made without error.
func (e *engagement) must(s *questionnaires.Signer) func(questionnaires.Draft, error) {
	return func(d questionnaires.Draft, err error) {
		e.t.Helper()
		require.NoError(e.t, err)
		e.write(s, d)
	}
}

func (e *engagement) composeOn(date string) reports.Document {
	e.t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	require.NoError(e.t, err)
	d, err := reports.Load(context.Background(), e, e.catalogue, e.id, day)
	require.NoError(e.t, err)
	doc, err := reports.Compose(d)
	require.NoError(e.t, err)
	return doc
}

func worksheet() questionnaires.Worksheet {
	return questionnaires.Worksheet{
		Constraints: "Two old clients cannot be kept from it.", Definition: "A recorded jump host without clipboard.",
		Objective: "Nobody carries card numbers away.", ObjectiveMet: "What remains is seen and traced.", Risk: "A photograph of one dispute.",
		Validation: "Tried on 2026-10-29 from both clients.", Maintenance: "Reviews are counted each month.",
	}
}

// risks writes an analysis of 5.2.3.1, one of 8.6.3 that is withdrawn, and the
// acceptances of the privileged container in every state.
func (e *engagement) risks() {
	e.t.Helper()
	analysis := questionnaires.RiskAnalysis{
		ID: e.newID(), Requirement: id("5.2.3.1"), Asset: "Terminals and switches", Threat: "Malware that learns to run there",
		Factors: "Closed devices with signed firmware", Frequency: questionnaires.Interval{Count: 12, Unit: questionnaires.Months},
		Reason: "Such devices change slowly.", Reviewed: "2026-01-20",
	}
	e.must(e.mara)(e.history().SetRiskAnalysis(e.catalogue, analysis))
	e.must(e.mara)(e.history().SetRiskAnalysis(e.catalogue, questionnaires.RiskAnalysis{ID: e.newID(), Requirement: id("8.6.3"), Asset: "Passwords", Withdrawn: true}))
	for i, until := range []questionnaires.Day{"2027-02-26", "2026-11-05", "2027-01-31", "2027-03-31"} {
		e.must(e.mara)(e.history().AskAcceptance(questionnaires.Acceptance{
			Target: "k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427", Check: "containers-not-privileged",
			Subject: engine.Ref{Kind: "Pod", Namespace: "pay", Name: "till"}, Place: "app",
			Reason: "The driver needs the node's device.", Risk: "Who takes it over owns the node.", Until: until,
		}, e.now))
		asked := e.entries[len(e.entries)-1].ID
		if i < 3 {
			e.must(e.jonas)(e.history().ApproveAcceptance(asked, e.jonas.Author.ID))
		}
		if i == 2 {
			e.must(e.mara)(e.history().EndAcceptance(asked, "It was given another device."))
		}
	}
}

func (e *engagement) confirmed() {
	e.t.Helper()
	e.must(e.mara)(e.catalogue.ConfirmResponsibilities(questionnaires.ResponsibilityConfirmation{
		Platform: questionnaires.EKS, Matrix: "PCI responsibility summary, version 9", MatrixDate: "2026-03-31",
		Items: []questionnaires.ConfirmedDuty{
			{Requirement: id("1.2.5"), Party: questionnaires.CustomerParty},
			{Requirement: id("9.1.1"), Party: questionnaires.ProviderParty, Note: "Halls and doors"},
			{Requirement: id("12.5.2"), Party: questionnaires.BothParties},
		},
	}, e.now))
}

// services are two that are assessed, one of them otherwise in part, and one that is not.
func services() []questionnaires.AssessedService {
	return []questionnaires.AssessedService{
		{Name: "Tokens", Type: "Storage", Role: "Keeps card numbers", Affects: questionnaires.DeclaredYes, Impact: "Holds the keys of every shop"},
		{Name: "Loyalty", LeftOut: "It sees no cards."},
		{Name: "Gateway", Type: "Payment gateway", Role: "Passes them on", Exceptions: []questionnaires.ServiceException{
			{Requirement: id("1.2.5"), Response: questionnaires.InPlace, Reason: "Its ports are counted apart."},
			{Requirement: id("6.4"), Response: questionnaires.NotTested},
			{Requirement: id("6.4.2"), Response: questionnaires.NotApplicable, Reason: "It has no pages."},
			{Requirement: id("8.3.9"), Response: questionnaires.NotApplicable, Reason: "Nobody logs on."},
		}},
	}
}

// surroundings sets a scope and an engagement with one of everything.
func (e *engagement) surroundings() {
	e.t.Helper()
	paper := []questionnaires.ID{e.evidence[3].ID}
	separated := questionnaires.Separator{Statement: "Of their own.", Evidence: paper}
	target := "k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427"
	namespace := func(name string) questionnaires.Selection {
		return questionnaires.Selection{Kind: questionnaires.NamespaceClassed, Name: name, Target: target}
	}
	e.must(e.mara)(e.history().SetScope(e.catalogue, questionnaires.Scope{
		Description: "The shop and the service that makes tokens.",
		Entity: questionnaires.EntityDetails{
			TradingAs: "Copperline", Address: "Varvsgatan 12\nMalmö", Website: "https://copperline.example", Business: "Outdoor clothing", Functions: "Tills, refunds and the desk that watches them",
			Contact: questionnaires.Contact{Name: "Ruth Adeyemi", Title: "CISO", Telephone: "+46 40 555 0114", Email: "ruth@copperline.example"},
		},
		Channels: []questionnaires.ChannelUse{
			{Channel: questionnaires.CardPresent, Role: "Terminals read cards."},
			{Channel: questionnaires.MailTelephone, LeftOut: "It ended in 2025."},
			{Channel: questionnaires.ECommerce},
		},
		Services: services(),
		Data: questionnaires.CardData{
			Flows: []questionnaires.DataFlow{
				{Name: "authorisation", Channel: questionnaires.CardPresent, Elements: "PAN", Description: "Terminal to acquirer", Diagrams: paper}, {Name: "refund"},
			},
			Stores: []questionnaires.DataStore{
				{Name: "ledger", Kind: "database", Fields: "sales.pan, sales.expiry", Elements: "PAN", Secured: "By field", AccessLog: "Each query", Sensitive: questionnaires.DeclaredNo},
				{Name: "recordings", Sensitive: questionnaires.DeclaredYes, SensitiveReason: "Issuer's duty"},
			},
			Inventory: paper,
		},
		Environment: questionnaires.Environment{
			Diagrams:   paper,
			Networks:   []questionnaires.Network{{Name: "zone", AccountData: questionnaires.DeclaredYes, Purpose: "Payment"}, {Name: "office", AccountData: questionnaires.DeclaredNo}},
			Locations:  []questionnaires.Location{{Type: "shop", Count: 14, Place: "Sweden"}, {Type: "hall"}},
			Components: []questionnaires.ComponentType{{Type: "node", Count: 6, Vendor: "Canonical", Product: "Ubuntu 24.04", Role: "Runs pods"}, {Type: "HSM"}},
			Products:   []questionnaires.ListedProduct{{Name: "Arden T5", Version: "5.2", Standard: "PTS", Listing: "4-30412", Expires: "2029-04-30"}, {Name: "Other"}},
		},
		Segmentation: questionnaires.Segmentation{Used: questionnaires.DeclaredYes, Built: "Policies", Excludes: "The warehouse", Attested: "Ida Holm", Checked: "Tried from the warehouse", Assessed: questionnaires.DeclaredYes},
		ThirdParties: []questionnaires.ThirdParty{
			{
				Name: "Northbank", Data: "PAN", Purpose: "Settlement", Services: "Acquiring", Does: []questionnaires.Involvement{questionnaires.HandlesAccountData, questionnaires.AffectsSecurity}, Attestation: questionnaires.ThirdPartyAttestation{Date: "2026-06-30", Version: "v4.0.1"},
				Duties: []questionnaires.ThirdPartyDuty{
					{Requirement: id("2.3"), Party: questionnaires.ProviderParty},
					{Requirement: id("12"), Party: questionnaires.BothParties, Note: "Each its own"},
					{Requirement: id("12.5.2"), Party: questionnaires.CustomerParty},
				},
			},
			{Name: "Helpers", CoveredHere: true, Does: []questionnaires.Involvement{questionnaires.AffectsSecurity}},
			{Name: "Vendors"},
		},
		Confirmation: questionnaires.ScopeConfirmation{By: "Ruth Adeyemi", On: "2026-09-30", Method: "Walked through", Assessor: "Ida Holm", Difference: "none", Excluded: "The museum, which takes no cards", Reduced: "Tokens in the shops", Criteria: questionnaires.DeclaredYes, CriteriaMet: "P2PE: the manual was followed"},
		Classes: []questionnaires.Classification{
			{Selection: namespace("pay"), Class: questionnaires.CardholderEnvironment, Justification: "Cards are processed there."},
			{Selection: namespace("shop"), Class: questionnaires.ConnectedTo, Justification: "Asks for orders."},
			{
				Selection: namespace("blog"), Class: questionnaires.OutOfScope, Justification: "Sees no cards.",
				Separation: questionnaires.Separation{Nodes: separated, Policy: separated, Permissions: separated},
			},
		},
		Zones: map[string][]engine.Selector{"dmz": {{Namespaces: []string{"edge", "ingress"}}, {Target: target}}}, TrustedRegistries: []string{"registry.copperline.example"},
	}))
	// As older vaults have it: two sample sets are typed into the engagement.
	e.write(e.mara, questionnaires.Draft{Assessment: e.id, Action: questionnaires.EngagementSet, Subject: "engagement", Payload: questionnaires.Engagement{
		Assessors: []questionnaires.Assessor{
			{Name: "Ida Holm", Role: questionnaires.LeadAssessor, Company: "Holm Audit", Certificate: "QSA-7", Contact: "ida@holm.example", Part: "Tested everything."},
			{Name: "Nils Berg", Role: questionnaires.AssociateAssessor, Mentor: "Ida Holm"},
			{Name: "Eva Lund"},
		},
		Reviewer: questionnaires.Reviewer{Name: "Per Ek", Company: "Holm Audit"}, Officer: questionnaires.CompanyOfficer{Name: "Liv Ask", Title: "Partner"}, RemoteExtent: questionnaires.PartlyRemote, Start: "2026-09-07", End: "2026-10-30",
		OnSite:       []questionnaires.Visit{{From: "2026-09-14", To: "2026-09-16", Place: "Malmö"}, {From: "2026-10-12"}},
		Remote:       []questionnaires.RemoteTesting{{From: "2026-10-19", To: "2026-10-21", Reason: "To spare the journey", Extent: "Two shops"}},
		Independence: "Holm Audit sells nothing else to the entity.", OtherServices: "none", Subcontractors: "none", Years: 2,
		Sampling: questionnaires.Sampling{
			Used: questionnaires.DeclaredYes, Rationale: "One in five of each kind", Standard: "One image for all nodes",
			Sets: []questionnaires.SampleSet{{Number: 1, Type: "nodes", Items: []string{"node-1", "node-4"}, Chosen: "by lot", Sampled: 2, Population: 6}, {Number: 2}},
		},
	}})
	e.sample()
}

// sample draws a sample set from an inventory.
func (e *engagement) sample() {
	servers := questionnaires.ListedPopulation{
		ID: "e1", Name: "servers", Of: "servers in production", Count: 40, List: engine.Sum([]byte("servers")), Query: "CMDB, class = server",
		Inventory: &questionnaires.Inventory{Evidence: e.evidence[3].ID, Format: questionnaires.TableInventory, Column: "host"}, Assurance: "Counted in the racks.",
	}
	e.must(e.mara)(e.assessment().RecordPopulation(servers))
	e.must(e.mara)(e.assessment().RecordSample(questionnaires.Sample{
		ID: "e2", Type: "servers in production", Population: "e1", Count: 40, Size: 2, Items: []string{"db-1", "web-9"}, Rationale: "Two of one build.",
		Draw:         questionnaires.SampleDraw{Method: questionnaires.RandomSample, Seed: "2026-A", By: "site", List: servers.List},
		Requirements: []questionnaires.RequirementID{id("2.2.1")},
	}))
}

// wholeSelf is a self-assessment that has one of everything.
func wholeSelf(t *testing.T) *engagement {
	e := begin(t, "saq-d-service-provider")
	paper := []questionnaires.ID{e.evidence[3].ID}
	examined := []questionnaires.Method{questionnaires.Examine}
	e.answer(e.mara, questionnaires.Answer{
		Requirement: id("12.5.2.1"), Response: questionnaires.InPlace, Narrative: "Confirmed in March and September.", Results: "Both papers were seen.", Evidence: paper,
	})
	e.answer(e.mara, questionnaires.Answer{
		Requirement: id("A2.1.1"), Response: questionnaires.NotApplicable, Narrative: "No terminal speaks early TLS.", Results: "The vendor's letter was read.",
	})
	e.must(e.mara)(e.assessment().ChangeQuestionnaire("saq-d-merchant", "The token service went to its own company."))
	var answers []questionnaires.EligibilityAnswer
	for _, given := range [][2]string{
		{"role", "merchant"}, {"takes-card-present", "no"}, {"takes-mail-telephone", "no"}, {"takes-e-commerce", "yes"}, {"e-commerce/stores-electronically", "yes"},
	} {
		asked, err := questionnaires.ParseAsked(given[0])
		require.NoError(t, err)
		answers = append(answers, questionnaires.EligibilityAnswer{Question: asked.Question, Channel: asked.Channel, Version: 1, Answer: given[1]})
	}
	e.must(e.jonas)(e.assessment().RecordEligibility(answers))
	for _, answer := range []questionnaires.Answer{
		{Requirement: id("1.2.5"), Response: questionnaires.NotInPlace, Narrative: "Three ports have no reason.", Remedy: questionnaires.Remedy{Target: "2027-01-15", Plan: "Close two, justify one (CHG-1)."}},
		{Requirement: id("2.3"), Response: questionnaires.NotApplicable, Subtree: true, Narrative: "No wireless reaches the zone.", Methods: examined, Evidence: paper},
		{Requirement: id("2.3.2"), Response: questionnaires.InPlace, Narrative: "Keys of the office line are changed all the same.", Evidence: paper},
		{Requirement: id("3.4.2"), Response: questionnaires.InPlaceWithCCW, Narrative: "See the worksheet.", Worksheet: worksheet(), Evidence: paper},
		{Requirement: id("5.2.3.1"), Response: questionnaires.InPlace, Narrative: "Once a year by the analysis.", Evidence: paper},
		{Requirement: id("6.4.1"), Response: questionnaires.NotApplicable, Narrative: "Superseded by 6.4.2."},
		{Requirement: id("6.4.2"), Response: questionnaires.InPlaceWithCCW, Narrative: "A proxy.", Worksheet: questionnaires.Worksheet{Constraints: "The old shop."}, Evidence: paper},
		{Requirement: id("8.3.4"), Response: questionnaires.NotInPlace, Narrative: "Accounts of the register may not be locked.", Remedy: questionnaires.Remedy{Legal: true, Law: "Register Act, section 12"}},
		{Requirement: id("8.6.3"), Response: questionnaires.InPlace, Narrative: "By hand.", Evidence: []questionnaires.ID{e.evidence[0].ID}},
		{Requirement: id("11.6.1"), Response: questionnaires.InPlace, RiskBased: true, Narrative: "Every six hours.", Evidence: paper},
		{Requirement: id("12.5.2"), Response: questionnaires.NotTested, Narrative: "The year is not over.", Untested: "The confirmation of December."},
	} {
		e.answer(e.mara, answer)
	}
	e.risks()
	e.confirmed()
	return e
}

// approach is a whole customized approach.
func approach(papers []questionnaires.ID) *questionnaires.CustomizedApproach {
	a := &questionnaires.CustomizedApproach{
		Aspect: "what the proxy sees", Description: "Requests are parsed and rebuilt.", Met: "What was not understood never arrives.", Reviewed: papers,
		Assessors: "Ida Holm", Independent: true,
		Controls: []questionnaires.Control{{
			Name: "Rebuilding gateway", AlsoMeets: []questionnaires.RequirementID{id("6.4.1")}, What: "A gateway that knows the grammar.", Where: "Before the shop",
			When: "At each request", Accountable: "Head of platform", Operator: "Platform team", Enhances: "6.2.4", Meets: "It lets through what it can write itself.",
			Tested: "Twice a year with 300 attacks, none arrived.", Risk: "Low.", Maintained: "Its grammar is released with the shop.",
		}},
		Analysis: questionnaires.CustomAnalysis{
			Objective: "Attacks on the shop do not arrive.", Mischief: "Card numbers are stolen from the page.", Changes: "The means.", Prevention: "By rebuilding.",
			Factors: "Public, attacked daily.", Remains: "A fault in the grammar.", Likelihood: questionnaires.LessLikely, Reasoning: "No list of bad words is needed.",
			Stored: "none", Processed: "40,000 a day", Reduction: "Tokens from the first hop.", Approver: "Board", Approved: "2026-09-01", ReviewBy: "2027-09-01",
		},
	}
	for _, purpose := range []questionnaires.TestPurpose{questionnaires.MeetsObjective, questionnaires.StaysEffective} {
		a.Tests = append(a.Tests, questionnaires.DerivedTest{
			Purpose: purpose, Procedure: "Send what the grammar does not know.", Tested: "Both gateways", References: papers, Result: "Refused.",
		})
	}
	return a
}

// wholeAssessed is an assessment per testing procedure that has one of everything.
func wholeAssessed(t *testing.T) *engagement {
	e := begin(t, "roc")
	paper := []questionnaires.ID{e.evidence[3].ID}
	found := func(findings ...questionnaires.Response) []questionnaires.ProcedureAnswer {
		var all []questionnaires.ProcedureAnswer
		for i, f := range findings {
			p := questionnaires.ProcedureAnswer{Letter: string(rune('a' + i)), Finding: f}
			if f != questionnaires.Unanswered {
				p.Reporting = "Reported of " + f.Title() + "."
				p.Methods = []questionnaires.Method{questionnaires.Examine, questionnaires.Interview}
				p.References = paper
			}
			all = append(all, p)
		}
		return all
	}
	in, not, untested, na := questionnaires.InPlace, questionnaires.NotInPlace, questionnaires.NotTested, questionnaires.NotApplicable
	for _, answer := range []questionnaires.Answer{
		{Requirement: id("1.2.5"), Narrative: "Two ports are left.", Procedures: found(in, not), Remedy: questionnaires.Remedy{Target: "2027-01-15"}},
		{Requirement: id("2.3"), Response: na, Subtree: true, Narrative: "No wireless reaches the zone."},
		{Requirement: id("2.3.1"), Procedures: found(na, na, na)},
		{
			Requirement: id("3.4.2"), Narrative: "See worksheet and matrix.", Procedures: found(in, in, in),
			Worksheet: func() questionnaires.Worksheet { w := worksheet(); w.Aspect = "the two old clients"; return w }(), Customized: approach(paper),
		},
		{Requirement: id("5.2.3.1"), Narrative: "By the analysis.", Procedures: found(in, in)},
		{Requirement: id("6.4.1"), Response: na, Narrative: "Superseded by 6.4.2."},
		{Requirement: id("6.4.2"), Response: in, Narrative: "By the gateway.", Evidence: []questionnaires.ID{e.evidence[0].ID}, Customized: &questionnaires.CustomizedApproach{Description: "Begun."}},
		{Requirement: id("8.3.4"), Procedures: found(not, in), Remedy: questionnaires.Remedy{Legal: true, Law: "Register Act, section 12"}},
		{Requirement: id("8.6.3"), Narrative: "Rotation was put off.", Untested: "Rotation of 8.6.3.a.", Procedures: found(untested, not, in), Remedy: questionnaires.Remedy{Target: "2027-02-26", Plan: "Rotate."}},
		{Requirement: id("11.6.1"), Procedures: found(in)},
	} {
		e.answer(e.mara, answer)
	}
	before := e.entries
	e.answer(e.mara, questionnaires.Answer{Requirement: id("12.5.2"), Narrative: "Done in March.", Procedures: found(in, in)})
	mine := e.entries[len(e.entries)-1]
	e.entries = before
	e.answer(e.jonas, questionnaires.Answer{Requirement: id("12.5.2"), Narrative: "Nobody did.", Procedures: found(not, not), Remedy: questionnaires.Remedy{Target: "2027-02-26"}})
	e.entries = append(slices.Clone(e.entries), mine)
	e.risks()
	e.surroundings()
	e.must(e.mara)(e.assessment().SetRetention(questionnaires.Retention{
		Custodian: "Records desk", Place: "Archive in Lund", Protection: "Sealed to two keepers", Attested: "Ida Holm",
	}))
	return e
}

func TestWholeSelfAssessmentGolden(t *testing.T) {
	golden(t, "whole-self.txt", text(t, wholeSelf(t).composeOn("2026-11-30")))
}

func TestWholeAssessmentGolden(t *testing.T) {
	golden(t, "whole-assessed.txt", text(t, wholeAssessed(t).composeOn("2026-11-30")))
}

// Every text that answers, scope and engagement can hold is on paper; what is added to
// them is looked for as well.
func TestNothingThatIsRecordedIsMissing(t *testing.T) {
	for _, e := range []*engagement{wholeSelf(t), wholeAssessed(t)} {
		printed, said := text(t, e.composeOn("2026-11-30")), 0
		a := e.assessment()
		engagement, _ := a.Engagement()
		kept, err := a.Keeping()
		require.NoError(t, err)
		payloads := []any{a.Scope(), engagement, kept.Retention}
		for _, r := range a.Requirements() {
			payloads = append(payloads, a.Own(r.ID).Answer)
		}
		for _, payload := range payloads {
			raw, err := json.Marshal(payload)
			require.NoError(t, err)
			var read any
			require.NoError(t, json.Unmarshal(raw, &read))
			for _, word := range words(read) {
				said++
				assert.True(t, strings.Contains(printed, word), "%s is not printed", word)
			}
		}
		assert.Greater(t, said, 100)
	}
}

// words are those that somebody wrote: no ids, and nothing that is
// printed by another name.
func words(of any) []string {
	named := []string{"methods", "evidence", "references", "reviewed", "response", "finding", "letter", "likelihood", "purpose", "undoes", "restores", "class", "channel", "party", "does", "diagrams", "inventory", "remoteExtent", "target"}
	var all []string
	switch of := of.(type) {
	case string:
		all = strings.Fields(of)
	case []any:
		for _, item := range of {
			all = append(all, words(item)...)
		}
	case map[string]any:
		for key, item := range of {
			if !slices.Contains(named, key) {
				all = append(all, words(item)...)
			}
		}
	}
	return all
}

func TestServiceProvidersDescribeResultsAndUncertainRowsAreMarked(t *testing.T) {
	e := begin(t, "saq-d-service-provider")
	e.answer(e.mara, questionnaires.Answer{Requirement: id("1.2.5"), Response: questionnaires.InPlace, Results: "Forty ports were compared."})
	e.answer(e.mara, questionnaires.Answer{Requirement: id("A2.1.1"), Response: questionnaires.NotApplicable, Narrative: "None."})
	doc := e.compose()
	printed := strings.Join(strings.Fields(text(t, doc)), " ")
	assert.Contains(t, printed, "Description of results: Forty ports were compared.")
	assert.Contains(t, printed, "Description of results: not recorded", "an answer that lacks it says so")
	marked := []string{}
	for _, b := range doc.Blocks {
		if table, is := b.(reports.Table); is {
			for _, row := range table.Rows {
				if strings.Contains(row.Cells[0].Note, "not confirmed") {
					marked = append(marked, row.Cells[0].Text)
				}
			}
		}
	}
	assert.Equal(t, []string{"A2.1.1"}, marked, "the one row that the facts leave open")
}

func TestProblemsAreThoseOfTheReportsDay(t *testing.T) {
	e := begin(t, "saq-d-merchant")
	e.risks()
	e.answer(e.mara, questionnaires.Answer{Requirement: id("5.2.3.1"), Response: questionnaires.InPlace, Narrative: "By the analysis.", Evidence: []questionnaires.ID{e.evidence[3].ID}})
	line := func(day string) string { return strings.Join(strings.Fields(text(t, e.composeOn(day))), " ") }
	assert.NotContains(t, line("2026-11-30"), "it is reviewed every year")
	printed := line("2027-03-01")
	assert.Contains(t, printed, "it is reviewed every year")
	assert.Equal(t, 2, strings.Count(printed, "[Expired]"), "an acceptance ends by itself")
}
