package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
)

// What the client was asked for is a part of the papers, with how far it is on the day
// of the record.
func TestRequestsAreAPartOfTheRecord(t *testing.T) {
	e := done(t)
	printed := func(date time.Time) string {
		d, err := reports.Load(t.Context(), e, e.catalogue, e.id, date)
		require.NoError(t, err)
		doc, err := reports.Compose(d)
		require.NoError(t, err)
		return strings.Join(strings.Fields(text(t, doc)), " ")
	}
	assert.NotContains(t, printed(time.Time{}), "What the entity was asked for")
	ask := func(r questionnaires.Request) questionnaires.ID {
		r.ID = e.newID()
		draft, err := e.assessment().AskRequest(r)
		require.NoError(t, err)
		e.write(e.mara, draft)
		return r.ID
	}
	ask(questionnaires.Request{What: "Ruleset reviews\nof both half-years", Requirements: []questionnaires.RequirementID{id("1.3.1")}, Owner: "Nadia", Due: "2026-11-20"})
	second := ask(questionnaires.Request{What: "List of ports"})
	draft, err := e.assessment().ReceiveRequest(second, e.evidence[3].ID)
	require.NoError(t, err)
	e.write(e.mara, draft)
	draft, err = e.assessment().ReturnRequest(second, "It is of last year.")
	require.NoError(t, err)
	e.write(e.mara, draft)
	for _, want := range []string{
		"1 open, 1 returned (0 of them overdue), 0 received, 0 accepted.", "Req-1", "Ruleset reviews", "Nadia", "Returned because: It is of last year.",
		"received: " + e.evidence[3].Label(),
	} {
		assert.Contains(t, printed(time.Time{}), want)
	}
	assert.NotContains(t, printed(time.Time{}), "half-years")
	assert.Contains(t, printed(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)), "Overdue, open")
}
