package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asking is a catalogue whose forms ask this much of the scope.
func asking(t *testing.T, depth ScopeDepth) *Catalogue {
	t.Helper()
	c := small(t)
	forms := c.Questionnaires()
	for i := range forms {
		forms[i].Scope = depth
	}
	return c
}

func (j *journal) scope(s *Signer, c *Catalogue, scope Scope) Entry {
	j.t.Helper()
	draft, err := j.history().SetScope(c, scope)
	require.NoError(j.t, err)
	return j.write(s, draft)
}

func TestAScopeThatBreaksARuleIsRefused(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	h := found(t, mara).history()
	cards := namespace("pay", CardholderEnvironment)
	part := func(kind Classed, target string, class Class) Classification {
		return Classification{Selection: Selection{Kind: kind, Target: target}, Class: class}
	}
	type rule struct {
		want    string
		classes []Classification
	}
	rules := []rule{
		{"cluster is classed connected-to", []Classification{cards, part(ClusterClassed, "", ConnectedTo)}},
		{"kube-system is classed connected-to", []Classification{cards, namespace("kube-system", ConnectedTo)}},
		{"at least security-impacting", []Classification{part(ClusterNodes, "", CardholderEnvironment), part(ControlPlane, "", OutOfScope)}},
		{"takes kube-system in", []Classification{cards, namespace("*", OutOfScope)}},
		{"namespace/pay is classed twice", []Classification{cards, cards}},
		{"it names none", []Classification{{Selection: Selection{Kind: NamespaceClassed}, Class: OutOfScope}}},
		{"it names no class", []Classification{namespace("pay", Unclassed)}},
		{"evidence nope is not in the vault", []Classification{{
			Selection: Selection{Kind: NamespaceClassed, Name: "wiki"}, Class: OutOfScope, Separation: Separation{Nodes: Separator{Evidence: []ID{"nope"}}},
		}}},
	}
	for _, kind := range ClusterParts() {
		rules = append(rules,
			rule{"at least security-impacting", []Classification{cards, part(kind, "", OutOfScope)}},
			rule{"at least security-impacting", []Classification{cards, part(kind, "k8s:1", ConnectedTo)}})
	}
	for _, r := range rules {
		_, err := h.SetScope(c, Scope{Classes: r.classes})
		require.ErrorContains(t, err, r.want)
	}
	elsewhere := cards
	elsewhere.Target = "k8s:2"
	_, err := h.SetScope(c, Scope{Classes: []Classification{elsewhere, part(ControlPlane, "k8s:1", OutOfScope)}})
	require.NoError(t, err, "another cluster holds the card data")
}

func TestASectionThatLacksSomethingIsOneProblem(t *testing.T) {
	mara := person(t, "Mara", 1)
	for depth, want := range map[ScopeDepth]int{ScopeNotAsked: 0, AttestedScope: 5, ProvidedScope: 7, ReportedScope: 7} {
		j, c := found(t, mara), asking(t, depth)
		id := j.assessment(mara, c, "saq-a")
		assert.Len(t, j.open(c, id).ScopeProblems("2026-11-03"), min(want, 1), "%s: nothing is recorded", depth)
		j.scope(mara, c, Scope{TrustedRegistries: []string{"r.example"}})
		assert.Len(t, j.open(c, id).ScopeProblems("2026-11-03"), want, depth.String())
	}
}

func TestThirdPartiesAreLookedAtEachYear(t *testing.T) {
	p := ThirdParty{Name: "Northbank", Attestation: ThirdPartyAttestation{Date: "2026-06-30"}, Duties: []ThirdPartyDuty{
		{Requirement: req("1"), Party: CustomerParty}, {Requirement: req("1.2.5"), Party: BothParties},
	}}
	s := Scope{ThirdParties: []ThirdParty{p, {Name: "Other"}}}
	assert.Equal(t, []ShareOf{{"Northbank", p.Duties[1]}}, s.ThirdPartyDuties(req("1.2.5")), "the nearest line counts")
	assert.Equal(t, []ShareOf{{"Northbank", p.Duties[0]}}, s.ThirdPartyDuties(req("1.3.1")))
	assert.Empty(t, s.ThirdPartyDuties(req("2.2.6")))
	assert.Contains(t, p.lacks(demand{}), "how 1.2.5 is shared")

	a := &Assessment{Questionnaire: Questionnaire{Scope: AttestedScope}}
	a.scope.scope = s
	kinds := func(id RequirementID, day Day) []ProblemKind {
		v := &review{Assessment: a, requirement: Requirement{ID: id}, day: day}
		v.thirdParties()
		var all []ProblemKind
		for _, problem := range v.problems {
			all = append(all, problem.Kind)
		}
		return all
	}
	assert.Empty(t, kinds(thirdPartyStatus, "2027-06-30"))
	assert.Equal(t, []ProblemKind{Overdue}, kinds(thirdPartyStatus, "2027-07-01"))
	assert.Equal(t, []ProblemKind{ScopeIncomplete}, kinds(thirdPartyMatrix, "2026-11-03"), "Other has no duties")
	assert.Empty(t, kinds(req("12.8.1"), "2027-07-01"))
}

func TestOutOfScopeBesideCardDataIsShown(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	paper := j.file(mara, j.now)
	wiki := namespace("wiki", OutOfScope)
	kinds := func() []ProblemKind { return kinds(j.open(c, id).ScopeProblems("2026-11-03")) }
	set := func(classes ...Classification) { j.scope(mara, c, Scope{Classes: classes}) }
	cards := namespace("pay", CardholderEnvironment)
	set(cards, wiki)
	assert.Equal(t, []ProblemKind{NotSeparated}, kinds())
	wiki.Justification = "Manuals."
	shown := Separator{Statement: "Its own.", Evidence: []ID{paper}}
	wiki.Separation = Separation{Nodes: shown, Policy: shown, Permissions: shown, Storage: shown}
	set(cards, wiki)
	assert.Empty(t, kinds())
	for _, name := range SeparationNames() {
		for _, spoilt := range []Separator{{Statement: "Its own."}, {Evidence: []ID{paper}}} {
			less := wiki
			*less.Separation.Separator(name) = spoilt
			set(cards, less)
			assert.Equal(t, []ProblemKind{NotSeparated}, kinds(), name)
		}
	}
	set(cards, wiki, namespace("w*", ConnectedTo))
	assert.Equal(t, []ProblemKind{ScopeBroken}, kinds(), "the stricter class counts")
	set(wiki, Classification{Selection: Selection{Kind: ClusterClassed, Target: wiki.Target}, Class: CardholderEnvironment})
	assert.Equal(t, []ProblemKind{ScopeBroken}, kinds(), "a cluster's class is that of all in it")
	for _, other := range []string{"*iki", "w[hi]ki", "?iki", `wik\i`} {
		set(cards, wiki, namespace(other, ConnectedTo))
		assert.Equal(t, []ProblemKind{ScopeBroken}, kinds(), other)
	}
	dev := wiki
	dev.Name = "*-dev"
	set(namespace("pay-*", CardholderEnvironment), dev)
	assert.Equal(t, []ProblemKind{ScopeBroken}, kinds(), "pay-dev would be both")
	set(namespace("pay-*-prod", CardholderEnvironment), dev)
	assert.Empty(t, kinds())
	set(cards, wiki)
	early := j.open(c, id).ScopeProblems("2026-11-01")
	require.Len(t, early, 1, "cited four times, told once")
	assert.Equal(t, NewerEvidence, early[0].Kind)
	set(wiki)
	item, known := j.open(c, id).Evidence(paper)
	require.True(t, known)
	gone, err := j.history().Expunge(item, "a card number stood on it")
	require.NoError(t, err)
	set(cards, wiki)
	j.write(mara, gone)
	assert.Equal(t, []ProblemKind{NotSeparated, CitesExpunged}, kinds(), "the evidence is gone")
}

func TestScopesSetSideBySideAreAConflictUntilOneIsSetAgain(t *testing.T) {
	mara, ivo, eve, c := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 3), asking(t, ReportedScope)
	j := found(t, mara)
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	id := j.assessment(mara, c, "saq-a")
	conflicts := func() []string {
		var all []string
		for _, p := range j.open(c, id).Problems() {
			if p.Kind == InConflict || p.Kind == NotVerified {
				all = append(all, p.Kind.String()+": "+p.Sentence)
			}
		}
		return all
	}
	tips := j.history().Tips()
	one, err := j.history().SetScope(c, Scope{Description: "one"})
	require.NoError(t, err)
	two, err := j.history().SetScope(c, Scope{Description: "two"})
	require.NoError(t, err)
	engaged, err := j.open(c, id).SetEngagement(Engagement{Years: 1})
	require.NoError(t, err)
	other, err := j.open(c, id).SetEngagement(Engagement{Years: 2})
	require.NoError(t, err)
	j.sign(mara, tips, one)
	assert.Empty(t, conflicts())
	j.sign(ivo, tips, one)
	assert.Empty(t, conflicts(), "they say the same")
	j.sign(ivo, tips, two)
	j.sign(mara, tips, engaged)
	j.sign(ivo, tips, other)
	assert.Equal(t, "two", j.open(c, id).Scope().Description, "the latest is shown")
	assert.Equal(t, []string{
		"conflict: the scope was set 3 times side by side; it has to be set again", "conflict: the engagement was set 2 times side by side; it has to be set again",
	}, conflicts())
	h, err := NewHistory(shuffled(j.entries, 7), j.payload)
	require.NoError(t, err)
	again, err := h.Assessment(c, id)
	require.NoError(t, err)
	assert.Equal(t, j.open(c, id).Problems(), again.Problems())
	j.scope(mara, c, Scope{Description: "two"})
	draft, err := j.open(c, id).SetEngagement(Engagement{Years: 2})
	require.NoError(t, err)
	j.write(mara, draft)
	assert.Empty(t, conflicts())
	_, err = j.history().SetScope(c, Scope{Description: "two"})
	require.ErrorIs(t, err, ErrUnchanged)
	stranger, err := j.history().SetScope(c, Scope{Description: "three"})
	require.NoError(t, err)
	j.write(eve, stranger)
	assert.Equal(t, "two", j.open(c, id).Scope().Description)
	assert.Equal(t, []string{"not-verified: the scope was set by somebody who is no enrolled author, which does not count; it has to be set again"}, conflicts())
}

func TestAnEngagementKeepsItsRules(t *testing.T) {
	whole := Engagement{
		Assessors: []Assessor{{Name: "Ines", Role: LeadAssessor, Company: "N", Certificate: "1"}}, Reviewer: Reviewer{Name: "Per", Company: "N", Credentials: "2"},
		Start: "2026-09-07", End: "2026-10-30", OnSite: []Visit{{From: "2026-09-14"}}, Independence: "none has a stake", OtherServices: "none",
		Subcontractors: "none", Years: 1, Sampling: Sampling{Used: DeclaredNo, Attested: "Ines"}, RemoteExtent: PartlyRemote, Officer: CompanyOfficer{Name: "Liv"},
		Remote: []RemoteTesting{{From: "2026-09-20", Reason: "far away"}},
	}
	mara, c := person(t, "Mara", 1), asking(t, ReportedScope)
	for name, rule := range map[string]struct {
		spoil  func(*Engagement)
		kind   ProblemKind // where it is kept
		refuse string
	}{
		"reviewer":   {func(e *Engagement) { e.Reviewer.Name = " INES" }, EngagementBroken, "is one of its assessors"},
		"ends early": {func(e *Engagement) { e.End = "2026-09-01"; e.OnSite = []Visit{{From: "2026-09-14"}} }, EngagementBroken, "no earlier than it starts"},
		"outside":    {func(e *Engagement) { e.OnSite[0].To = "2026-12-01" }, EngagementBroken, "not within"},
		"sample": {func(e *Engagement) {
			e.Sampling = Sampling{Used: DeclaredYes, Rationale: "r", Standard: "none", Sets: []SampleSet{{1, "t", []string{"x", "y"}, "lot", 2, 1}}}
		}, EngagementBroken, "no larger than its population"},
		"not over":    {func(e *Engagement) { e.End = "2026-12-18" }, EngagementBroken, ""},
		"no reason":   {func(e *Engagement) { e.Remote = []RemoteTesting{{From: "2026-09-20"}} }, EngagementIncomplete, ""},
		"no lead":     {func(e *Engagement) { e.Assessors[0].Role = OtherAssessor }, EngagementIncomplete, ""},
		"none remote": {func(e *Engagement) { e.RemoteExtent = NothingRemote }, EngagementBroken, "times of it are listed"},
		"all remote":  {func(e *Engagement) { e.RemoteExtent = AllRemote }, EngagementBroken, "days on site are listed"},
		"how much":    {func(e *Engagement) { e.RemoteExtent = RemoteNotSaid }, EngagementIncomplete, ""},
		"when remote": {func(e *Engagement) { e.Remote = nil }, EngagementIncomplete, ""},
		"no officer":  {func(e *Engagement) { e.Officer = CompanyOfficer{Title: "Partner"} }, EngagementIncomplete, ""},
		"unsaid":      {func(e *Engagement) { e.Sampling = Sampling{} }, EngagementIncomplete, ""},
		"no witness":  {func(e *Engagement) { e.Sampling.Attested = "" }, EngagementIncomplete, ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := found(t, mara)
			id := j.assessment(mara, c, "saq-a")
			e := whole
			e.Assessors, e.OnSite = []Assessor{whole.Assessors[0]}, []Visit{whole.OnSite[0]}
			j.write(mara, Draft{Assessment: id, Action: EngagementSet, Subject: "engagement", Payload: e})
			assert.Empty(t, j.open(c, id).EngagementProblems("2026-11-03"))
			rule.spoil(&e)
			_, err := j.open(c, id).SetEngagement(e)
			if rule.refuse == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, rule.refuse)
			}
			j.write(mara, Draft{Assessment: id, Action: EngagementSet, Subject: "engagement", Payload: e})
			problems := j.open(c, id).EngagementProblems("2026-11-03")
			require.NotEmpty(t, problems, "written by whoever, it is a problem")
			assert.Equal(t, rule.kind, problems[0].Kind)
		})
	}
}
