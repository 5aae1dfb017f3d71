package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/checks"
	"tickmark/engine/kube"
)

// chosen is which checks a person wants: the flags of collect, scan and preflight.
// Without any it is all of them.
type chosen struct {
	checks []string
	areas  []string
	// Of the organisation's own: what was named, and what was read of it.
	policies []string
	params   []string
	own      []engine.Check
	values   map[string]map[string]string
}

// ownFlags are those of the verbs that evaluate.
func (c *chosen) ownFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.policies, "policies", nil, "`PATH` of a file or folder of policies, evaluated as well (repeatable)")
	cmd.Flags().StringArrayVar(&c.params, "param", nil, "`POLICY.NAME=VALUE` of a parameter of a policy (repeatable)")
}

func (c *chosen) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.checks, "check", nil, "`ID` of a check; a cluster is asked for what the chosen ones read (repeatable)")
	cmd.Flags().StringArrayVar(&c.areas, "area", nil, "`AREA` of checks, as `tickmark checks list` names them (repeatable)")
}

// everything reports whether nothing was chosen.
func (c chosen) everything() bool { return len(c.checks) == 0 && len(c.areas) == 0 }

// registry returns the chosen checks, ordered by id.
func (c chosen) registry() ([]engine.Check, error) {
	all, err := checks.All()
	if err != nil {
		return nil, err
	}
	all = append(all, c.own...)
	if c.everything() {
		return all, nil
	}
	picked := map[string]bool{}
	for _, id := range c.checks {
		if !slices.ContainsFunc(all, func(one engine.Check) bool { return one.ID == id }) {
			return nil, withHint(usagef("--check %q: there is no such check", id), "`tickmark checks list` shows them")
		}
		picked[id] = true
	}
	for _, area := range c.areas {
		found := false
		for _, one := range all {
			if one.Area == area {
				found, picked[one.ID] = true, true
			}
		}
		if !found {
			return nil, withHint(usagef("--area %q: there is no check of such an area", area), "`tickmark checks list` shows them")
		}
	}
	return slices.DeleteFunc(all, func(one engine.Check) bool { return !picked[one.ID] }), nil
}

// wish is what is asked of a cluster for the chosen checks, and nothing that none of
// them reads: a kind that is only collected is a permission that nobody needs.
func (c chosen) wish(extras []kube.Extra) (kube.Wish, error) {
	registry, err := c.registry()
	return kube.Wish{Kinds: kindsOf(registry), With: extras}, err
}

// kindsOf are the kinds that checks read, each once.
func kindsOf(registry []engine.Check) []engine.Kind {
	kinds := []engine.Kind{}
	for _, one := range registry {
		kinds = append(kinds, one.Reads()...)
	}
	slices.SortFunc(kinds, func(a, b engine.Kind) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Group, b.Group))
	})
	return slices.Compact(kinds)
}
