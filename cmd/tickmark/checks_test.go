package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/checks"
	"tickmark/questionnaires/pci"
)

func TestEveryBuiltInCheckInformsSomethingAndNoOtherDoes(t *testing.T) {
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	linked := map[string]bool{}
	for _, r := range catalogue.Requirements() {
		for _, l := range r.InformedBy {
			linked[l.Check] = true
		}
	}
	registry, err := checks.All()
	require.NoError(t, err)
	want := map[string]bool{}
	for _, c := range registry {
		want[c.ID] = true
	}
	assert.Equal(t, want, linked)
}
