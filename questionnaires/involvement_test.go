package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// A no is printed in an attestation that people sign: it needs every third party to
// say what it does, or that there is none.
func TestWhatThirdPartiesDoIsAnswered(t *testing.T) {
	does := func(name string, all ...Involvement) ThirdParty { return ThirdParty{Name: name, Does: all} }
	const open, yes, no = Undeclared, DeclaredYes, DeclaredNo
	for name, given := range map[string]struct {
		scope  Scope
		answer [3]Declared // of Involvements
		by     [3][]string
		silent []string // where nobody is named
	}{
		"nothing is recorded": {scope: Scope{}},
		"there are none":      {scope: Scope{NoThirdParties: true}, answer: [3]Declared{no, no, no}},
		"one says nothing":    {scope: Scope{ThirdParties: []ThirdParty{does("A")}}, silent: []string{"A"}},
		"one does one thing": {
			scope: Scope{ThirdParties: []ThirdParty{does("A", ManagesSystems)}}, answer: [3]Declared{no, yes, no}, by: [3][]string{nil, {"A"}, nil},
		},
		"one does one thing, another says nothing": {
			scope:  Scope{ThirdParties: []ThirdParty{does("A", HandlesAccountData), does("B")}},
			answer: [3]Declared{yes, open, open}, by: [3][]string{{"A"}, nil, nil}, silent: []string{"B"},
		},
		"all is done by several": {
			scope:  Scope{ThirdParties: []ThirdParty{does("A", AffectsSecurity, HandlesAccountData), does("B", ManagesSystems, AffectsSecurity)}},
			answer: [3]Declared{yes, yes, yes}, by: [3][]string{{"A"}, {"B"}, {"A", "B"}},
		},
	} {
		for i, in := range Involvements() {
			assert.Equal(t, Involved{given.answer[i], given.by[i], given.silent}, given.scope.Involved(in), "%s: a third party %s", name, in.Title())
		}
	}
}

func TestAThirdPartyLacksWhatItDoes(t *testing.T) {
	p := ThirdParty{Name: "A", Data: "PAN", Purpose: "p", Services: "s", CoveredHere: true}
	now := demand{AttestedScope, IssueRules}
	assert.Equal(t, []string{"what it does"}, p.lacks(now))
	assert.Empty(t, p.lacks(demand{AttestedScope, 1}), "what was issued before it was asked for lacks nothing")
	written, err := engine.Canonical(p)
	require.NoError(t, err)
	assert.JSONEq(t, `{"name": "A", "data": "PAN", "purpose": "p", "services": "s", "coveredHere": true}`, string(written), "older entries keep their bytes")
	p.Does = []Involvement{AffectsSecurity}
	assert.Empty(t, p.lacks(now))
}

func TestWhatAThirdPartyDoesIsBounded(t *testing.T) {
	h, c := found(t, person(t, "Mara", 1)).history(), small(t)
	for want, does := range map[string][]Involvement{
		"says nothing": {HandlesAccountData, NoInvolvement},
		"an entry":     {AffectsSecurity + 1},
		"said twice":   {ManagesSystems, AffectsSecurity, ManagesSystems},
		"at most 1000": make([]Involvement, maxScopeList+1),
	} {
		_, err := h.SetScope(c, Scope{ThirdParties: []ThirdParty{{Name: "A", Does: does}}})
		require.ErrorContains(t, err, want)
	}
	for _, in := range Involvements() {
		var read Involvement
		require.NoError(t, read.UnmarshalText([]byte(in.String())))
		assert.Equal(t, in, read)
	}
}
