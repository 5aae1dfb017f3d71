package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// vaultFirst are the verbs that name the vault before what is done with it:
// `tickmark evidence VAULT list`.
var vaultFirst = [][]string{{"assessment"}, {"evidence"}, {"scope"}, {"engagement"}, {"risk-analysis"}, {"responsibility"}, {"record"}, {"calendar"}, {"freshness"}, {"request"}, {"sample"}, {"note"}, {"retention"}, {"vault", "recipients"}, {"vault", "authors"}}

// actionsOf gives such a verb its actions, with help texts that show the order in
// which people write them.
func actionsOf(verb *cobra.Command, actions ...*cobra.Command) {
	for _, action := range actions {
		name, rest, _ := strings.Cut(action.Use, " VAULT")
		line := "VAULT " + name + rest + " [flags]"
		action.SetUsageTemplate(strings.Replace(action.UsageTemplate(), "{{.UseLine}}", "{{.Parent.CommandPath}} "+line, 1))
	}
	verb.AddCommand(actions...)
}

// actionBeforeVault puts the action where the command tree looks for it. Both
// orders are understood.
func actionBeforeVault(root *cobra.Command, args []string) []string {
	for _, words := range vaultFirst {
		n := len(words)
		if len(args) < n+2 || !slices.Equal(args[:n], words) {
			continue
		}
		verb, _, err := root.Find(words)
		if err != nil {
			return args
		}
		isAction := func(arg string) bool {
			return slices.ContainsFunc(verb.Commands(), func(c *cobra.Command) bool { return c.Name() == arg })
		}
		at := n + slices.IndexFunc(args[n:], isAction)
		if at < n {
			return args
		}
		sorted := append(slices.Clone(words), args[at])
		return append(append(sorted, args[n:at]...), args[at+1:]...)
	}
	return args
}
