package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"tickmark/engine/checks"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
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

// A check that counts against a limit lists whom to compare with a job, and answers no part
// of a procedure.
func TestWhatIsCountedAgainstALimitSupportsNoAnswer(t *testing.T) {
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	require.NotEmpty(t, checks.Limited())
	for _, r := range catalogue.Requirements() {
		for _, l := range r.InformedBy {
			if slices.Contains(checks.Limited(), l.Check) {
				assert.Contains(t, []questionnaires.LinkClass{questionnaires.Population, questionnaires.Lead}, l.Class, "%s %s", r.ID, l.Check)
			}
		}
	}
}

// granted are the resources that the printed role lists, with their groups.
func granted(t *testing.T, args ...string) []string {
	t.Helper()
	role, _, _ := strings.Cut(newAuditor(t).does(exitDone, append([]string{"collect", "--print-role"}, args...)...), "---")
	var read struct {
		Rules []struct{ APIGroups, Resources, ResourceNames []string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(role), &read))
	var all []string
	for _, rule := range read.Rules {
		for _, resource := range rule.Resources {
			if len(rule.ResourceNames) == 0 {
				all = append(all, rule.APIGroups[0]+"/"+resource)
			}
		}
	}
	slices.Sort(all)
	return all
}

// The role without a choice is for all checks: what none of them reads is not in it.
func TestThePrintedRoleGrantsWhatChecksReadAndNothingElse(t *testing.T) {
	registry, err := checks.All()
	require.NoError(t, err)
	var want []string
	for _, r := range kube.Resources() {
		if slices.Contains(kindsOf(registry), r.Kind) && r.Name != "secrets" {
			want = append(want, r.Kind.Group+"/"+r.Name)
		}
	}
	slices.Sort(want)
	assert.Equal(t, want, granted(t))

	// A policy of the organisation's own adds what it reads.
	require.NotContains(t, want, "/limitranges")
	policy := newAuditor(t).path("policy.yaml")
	require.NoError(t, os.WriteFile(policy, []byte(`apiVersion: tickmark/v1
kind: Policy
id: limits
version: 1
area: pods
title: Limits are set
rationale: What has none takes all.
how: Every LimitRange has a limit.
remediation: Set them.
match: {kinds: [LimitRange]}
expression: has(object.spec.limits)
examples:
  pass:
  - {apiVersion: v1, kind: LimitRange, metadata: {name: a, namespace: b}, spec: {limits: []}}
  fail:
  - {apiVersion: v1, kind: LimitRange, metadata: {name: a, namespace: b}}
`), 0o600))
	assert.Contains(t, granted(t, "--policies", policy), "/limitranges")
}
