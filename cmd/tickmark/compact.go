package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (d *door) compactVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "compact VAULT", Short: "Write the vault and its log as one file, with a fresh key", Args: cobra.ExactArgs(1),
		Long: `Writes the vault and the log of its saves as one file, with a fresh key, which
age alone then opens. It needs as much free space as the vault has, and happens
by itself when the log has grown long.`,
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
