package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// vaultFirst are the verbs that name the vault before what is done with it:
// `tickmark evidence VAULT list`.
var vaultFirst = []string{"assessment", "evidence", "scope"}

// actionsOf gives such a verb its actions, with help texts that show the order in
// which people write them.
func actionsOf(verb *cobra.Command, actions ...*cobra.Command) {
	for _, action := range actions {
		name, rest, _ := strings.Cut(action.Use, " VAULT")
		line := "tickmark " + verb.Name() + " VAULT " + name + rest + " [flags]"
		action.SetUsageTemplate(strings.Replace(action.UsageTemplate(), "{{.UseLine}}", line, 1))
	}
	verb.AddCommand(actions...)
}

// actionBeforeVault puts the action where the command tree looks for it. Both
// orders are understood.
func actionBeforeVault(root *cobra.Command, args []string) []string {
	if len(args) < 3 || !slices.Contains(vaultFirst, args[0]) {
		return args
	}
	verb, _, err := root.Find(args[:1])
	if err != nil {
		return args
	}
	isAction := func(arg string) bool {
		return slices.ContainsFunc(verb.Commands(), func(c *cobra.Command) bool { return c.Name() == arg })
	}
	at := 1 + slices.IndexFunc(args[1:], isAction)
	if at == 0 {
		return args
	}
	sorted := append([]string{args[0], args[at]}, args[1:at]...)
	return append(sorted, args[at+1:]...)
}
