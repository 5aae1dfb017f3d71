package questionnaires

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func matrix(t *testing.T) *Catalogue {
	t.Helper()
	var platforms []PlatformWords
	all := func(p Party) map[Platform]Party {
		return map[Platform]Party{EKS: p, GKEStandard: p, GKEAutopilot: ProviderParty, AKS: p}
	}
	for _, p := range Platforms() {
		platforms = append(platforms, PlatformWords{Platform: p, Name: "The " + p.String(), Provider: "P", Matrix: "its matrix", Source: "a paper"})
	}
	m, err := NewResponsibilityMatrix(3, platforms, []Duty{
		{Title: "Plane", Of: []RequirementID{req("2")}, Parties: all(ProviderParty), Provider: "The plane."},
		{Title: "Nodes", Of: []RequirementID{req("2.2"), req("6")}, But: []RequirementID{req("6.4.2")}, Parties: all(CustomerParty), Provider: "Autopilot's.", Customer: "Nodes.", Notes: map[Platform]string{EKS: "n"}, Source: "own"},
	})
	require.NoError(t, err)
	c, err := small(t).WithResponsibilities(m)
	require.NoError(t, err)
	return c
}

func TestDutiesOfARequirementAddUp(t *testing.T) {
	m := matrix(t).Responsibilities()
	r := m.Responsibility(EKS, req("2.2.6"))
	assert.Equal(t, BothParties, r.Default)
	require.Len(t, r.Duties, 2)
	assert.Equal(t, "a paper", r.Duties[0].Source)
	assert.Equal(t, "own", r.Duties[1].Source)
	assert.Equal(t, "n", r.Duties[1].Note)
	assert.Equal(t, "The eks: both by default, not confirmed", r.String())
	assert.Equal(t, ProviderParty, m.Responsibility(GKEAutopilot, req("2.2.6")).Default)
	assert.Equal(t, CustomerParty, m.Responsibility(AKS, req("6.4.1")).Default)
	assert.Equal(t, UnknownParty, m.Responsibility(AKS, req("6.4.2")).Default)
	assert.Contains(t, m.Responsibility(AKS, req("6.4.2")).String(), "no default is known")
	assert.Equal(t, UnknownParty, m.Responsibility(UnknownPlatform, req("2.2.6")).Default)
	_, fact := r.Confirmation()
	assert.False(t, fact, "a default is no fact")
}

func TestBranchesHoldWhatStandsInThem(t *testing.T) {
	for id, branches := range map[string][]string{"6.4.2": {"6", "6.4", "6.4.2"}, "A1.1.4": {"A1", "A1.1"}, "12.9.1": {"12.9"}} {
		for _, branch := range branches {
			assert.True(t, req(id).within(req(branch)), "%s in %s", id, branch)
		}
	}
	for id, branch := range map[string]string{"6.4.2": "6.4.2.1", "A1.1.4": "1", "1.1.4": "A1", "12.9.1": "1", "6.4": "6.4.1"} {
		assert.False(t, req(id).within(req(branch)), "%s in %s", id, branch)
	}
	assert.False(t, req("1").within(RequirementID{}))
}

func confirmed(party Party) ResponsibilityConfirmation {
	return ResponsibilityConfirmation{
		Platform: EKS, Matrix: "PCI DSS Responsibility Summary v4.0.1", MatrixDate: "2026-03-31",
		Items: []ConfirmedDuty{{Requirement: req("2.2.6"), Party: party}},
	}
}

func TestAConfirmationIsAFactAndKeepsItsBytes(t *testing.T) {
	mara, ivo, eve, c := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 3), matrix(t)
	j := found(t, mara)
	answer := func() Responsibility {
		r, err := j.history().Responsibilities(c)
		require.NoError(t, err)
		return r.Responsibility(EKS, req("2.2.6"))
	}
	draft := func(p Party) Draft {
		d, err := c.ConfirmResponsibilities(confirmed(p), j.now)
		require.NoError(t, err)
		return d
	}
	assert.Nil(t, answer().Confirmed)
	e := j.write(mara, draft(CustomerParty))
	assert.Equal(t, `{"default":3,"items":[{"party":"customer","requirement":"2.2.6"}],"matrix":"PCI DSS Responsibility Summary v4.0.1","matrixDate":"2026-03-31","platform":"eks"}`,
		string(j.bodies[e.Digest]))
	party, fact := answer().Confirmation()
	assert.True(t, fact)
	assert.Equal(t, CustomerParty, party)
	assert.Equal(t, BothParties, answer().Default, "the default is still shown")
	assert.Equal(t, "The eks: customer, confirmed by Mara against PCI DSS Responsibility Summary v4.0.1 of 2026-03-31", answer().String())

	before := *j
	j.write(eve, draft(ProviderParty))
	party, _ = answer().Confirmation()
	assert.Equal(t, CustomerParty, party, "a stranger confirms nothing")
	j = &before

	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	fork := j.history().Tips()
	j.sign(mara, fork, draft(BothParties))
	j.sign(ivo, fork, draft(ProviderParty))
	assert.True(t, answer().Conflict)
	assert.Contains(t, answer().String(), "side by side")
	_, fact = answer().Confirmation()
	assert.False(t, fact)
	shop := j.assessment(mara, c, "saq-d-merchant")
	j.sign(ivo, fork, draft(ProviderParty))
	a, err := j.history().Assessment(c, shop)
	require.NoError(t, err)
	assert.Contains(t, a.ProblemsOf(req("2.2.6")), Problem{req("2.2.6"), ResponsibilityPart, InConflict, "who answers for it on " + answer().String()})
	j.write(mara, draft(BothParties))
	party, fact = answer().Confirmation()
	assert.True(t, fact && party == BothParties && !answer().Conflict)
}

func TestConfirmationsThatAreRefused(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for want, change := range map[string]func(*ResponsibilityConfirmation){
		"none that Tickmark knows":        func(c *ResponsibilityConfirmation) { c.Platform = UnknownPlatform },
		"no requirement is named":         func(c *ResponsibilityConfirmation) { c.Items = nil },
		"against which document":          func(c *ResponsibilityConfirmation) { c.Matrix = "" },
		"is no date":                      func(c *ResponsibilityConfirmation) { c.MatrixDate = "March 2026" },
		"is yet to come":                  func(c *ResponsibilityConfirmation) { c.MatrixDate = "2026-11-03" },
		"is no requirement":               func(c *ResponsibilityConfirmation) { c.Items[0].Requirement = req("2.2.9") },
		"named twice":                     func(c *ResponsibilityConfirmation) { c.Items = append(c.Items, c.Items[0]) },
		"says not who answers":            func(c *ResponsibilityConfirmation) { c.Items[0].Party = UnknownParty },
		"control character":               func(c *ResponsibilityConfirmation) { c.Items[0].Note = "\x07" },
		"of one line":                     func(c *ResponsibilityConfirmation) { c.Matrix = "one\ntwo" },
		"bytes, at most":                  func(c *ResponsibilityConfirmation) { c.Matrix = strings.Repeat("x", 201) },
		"want provider, customer or both": func(c *ResponsibilityConfirmation) { c.Items[0].Party = 17 },
	} {
		confirmation := confirmed(CustomerParty)
		change(&confirmation)
		_, err := matrix(t).ConfirmResponsibilities(confirmation, now)
		assert.ErrorContains(t, err, want)
	}
	_, err := small(t).ConfirmResponsibilities(confirmed(CustomerParty), now)
	assert.Error(t, err)
}
