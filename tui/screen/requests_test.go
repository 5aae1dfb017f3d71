package screen

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
)

func TestRequestSaysHowFarItIs(t *testing.T) {
	in := func(s questionnaires.RequestState) questionnaires.Request {
		return questionnaires.Request{Due: "2026-11-20", RequestStanding: questionnaires.RequestStanding{State: s}}
	}
	torn, gone := in(questionnaires.AcceptedRequest), in(questionnaires.OpenRequest)
	torn.Conflicts, gone.Withdrawn = []string{"was accepted and returned"}, true
	for want, r := range map[string]questionnaires.Request{
		"! overdue": in(questionnaires.OpenRequest), "○ received": in(questionnaires.ReceivedRequest), "✓ accepted": in(questionnaires.AcceptedRequest),
		"! in conflict": torn, "– withdrawn": gone,
	} {
		assert.Equal(t, want, requestSign(r, "2026-11-21").text())
	}
	assert.Equal(t, "· open", requestSign(in(questionnaires.OpenRequest), "2026-11-20").text())
	assert.Equal(t, "✗ returned", requestSign(in(questionnaires.ReturnedRequest), "2026-11-20").text())
}
