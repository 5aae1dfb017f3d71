package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (d *door) vaultVerb() *cobra.Command {
	verb := &cobra.Command{Use: "vault", Short: "Care of the vault"}
	var checking opening
	check := &cobra.Command{
		Use: "verify VAULT", Short: "Read every byte: encryption, database, digests, signatures", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			checking.readOnly = true
			v, err := d.open(cmd.Context(), args[0], checking)
			if err != nil {
				return err
			}
			defer v.Close()
			if err := v.Verify(cmd.Context()); err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%s holds: every document, every entry, every signature\nhead  %s\n", args[0], v.Head())
			if !checking.allowOlder {
				return nil
			}
			if err := v.Accept(); err != nil {
				return err
			}
			fmt.Fprintln(d.out, "accepted: it is remembered as it is now")
			return nil
		},
	}
	checking.flags(check)
	check.Flags().BoolVar(&checking.allowOlder, "accept-older", false, "accept a copy that was restored on purpose: if it holds, forget what was saved here after it")
	verb.AddCommand(check, d.compactVerb(), d.authorsVerb(), d.recipientsVerb())
	return verb
}
