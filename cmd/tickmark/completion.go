package main

import (
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires/pci"
)

// completeRequirement offers the numbers of requirements after a vault's path.
func completeRequirement(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) != 1 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for _, r := range catalogue.Requirements() {
		if id := r.ID.String(); strings.HasPrefix(id, begun) {
			ids = append(ids, id+"\t"+r.Title)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
