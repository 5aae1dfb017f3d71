package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsAskedOfProvidersIsProposedNotApplicableToAMerchant(t *testing.T) {
	mara := person(t, "Mara", 1)
	rows := []Requirement{{ID: req("1.2.5"), Title: "all"}, {ID: req("12.5.2.1"), Title: "providers", Applies: ServiceProviders}}
	form := Questionnaire{Code: "roc", Title: "R", Revision: "r", Responses: []Response{InPlace, NotApplicable}, Requirements: []RequirementID{rows[0].ID, rows[1].ID}}
	c, err := NewCatalogue(rows, []Questionnaire{form}, map[RequirementID]string{req("1"): "a", req("12"): "b"})
	require.NoError(t, err)
	shop := ChannelUse{Channel: ECommerce}
	for name, tc := range map[string]struct {
		scope Scope
		want  bool
	}{
		"nothing is known": {Scope{}, false},
		"a merchant":       {Scope{Channels: []ChannelUse{shop}}, true},
		"a provider too":   {Scope{Channels: []ChannelUse{shop}, Services: []AssessedService{{Name: "Hosting"}}}, false},
		"a provider":       {Scope{Services: []AssessedService{{Name: "Hosting"}}}, false},
	} {
		j := found(t, mara)
		id := j.assessment(mara, c, "roc")
		if name != "nothing is known" {
			d, err := j.history().SetScope(c, tc.scope)
			require.NoError(t, err)
			j.write(mara, d)
		}
		a := j.open(c, id)
		_, proposes := a.Proposal(rows[0])
		assert.False(t, proposes, name)
		p, proposes := a.Proposal(rows[1])
		assert.Equal(t, tc.want, proposes, name)
		assert.Equal(t, tc.want, p.Response == NotApplicable, name)
		assert.Equal(t, Unanswered, a.Current(rows[1].ID).Response, "nothing is answered by itself")
	}
}
