package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/vault"
)

func (d *door) compactVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "compact VAULT", Short: "Write the vault and its log as one file, with a fresh key", Args: cobra.ExactArgs(1),
		Example: "  tickmark vault compact shop.vault",
		Long: `Writes the vault and the log of its saves as one file, with a fresh key, which
age alone then opens. It needs as much free space as the vault has, and happens
by itself when the log has grown long: past 64 MiB and a quarter of the vault.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			line := d.progress()
			err = v.Compact(cmd.Context(), line.Bytes("compacting"))
			line.Done()
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "wrote %s as one file, with a fresh key\n", args[0])
			return v.Close()
		},
	}
	o.flags(verb)
	return verb
}

// finish closes a vault that was written to. Where its log has grown long it is
// compacted first, with progress: a person sees what the program still does. What
// hinders that hinders nothing else, and is said.
func (d *door) finish(ctx context.Context, v *vault.Vault) {
	if ctx.Err() == nil && v.LogIsLong() {
		line := d.progress()
		err := v.Compact(ctx, line.Bytes("compacting"))
		line.Done()
		if err != nil {
			fmt.Fprintf(d.err, "notice: everything is saved, only the log stays long (`tickmark vault compact` makes it short): %s\n", kube.Printable(err.Error()))
		}
	}
	if err := v.Close(); err != nil {
		fmt.Fprintf(d.err, "notice: %s\n", kube.Printable(err.Error()))
	}
}
