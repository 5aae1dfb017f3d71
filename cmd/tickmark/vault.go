package main

import "github.com/spf13/cobra"

func (d *door) vaultVerb() *cobra.Command {
	verb := &cobra.Command{Use: "vault", Short: "Care of the vault"}
	verb.AddCommand(d.vaultVerifyVerb(), d.salvageVerb(), d.compactVerb(), d.authorsVerb(), d.recipientsVerb(), d.handoffVerb(), d.mergeVerb(), d.archiveVerb())
	return verb
}
