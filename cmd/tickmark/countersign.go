package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/reports/printer"
	"tickmark/reports/sign"
)

func (d *door) countersignVerb() *cobra.Command {
	var pen signature
	var field, trust, format string
	verb := &cobra.Command{
		Use:   "countersign FILE",
		Short: "Sign a report that somebody else has signed",
		Long: `Verifies a signed report, puts your signature into the next empty field (--field
ROLE names another), and verifies it again. What was signed before stays byte for
byte, and the file is replaced whole or not at all. A report that was changed after
it was signed is refused. It needs no vault; with --tsa URL a time-stamp authority
confirms when you signed.
Ends with 0 if every signer is identified, 3 if one is not, 6 if the report does not
hold and was left as it is.`,
		Example: "  tickmark countersign record.pdf\n  tickmark countersign record.pdf --sign officer.p12 --field officer --trust assessor.pem",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.countersigned(cmd.Context(), pen, args[0], field, trust, format)
		},
	}
	outputFlag(verb, &format)
	pen.flags(verb, countersignedReason)
	verb.Flags().StringVar(&field, "field", "", "`ROLE` whose field you sign, as `tickmark verify` names it (default: the next empty one)")
	verb.Flags().StringVar(&trust, "trust", "", "PEM `FILE` of certificates to trust")
	return verb
}

// countersignedReason is what such a signature says it is for.
const countersignedReason = "Read and countersigned this record"

// countersigned puts a signature into the next field of a report, and says what came of
// it.
func (d *door) countersigned(ctx context.Context, pen signature, file, field, trust, format string) error {
	hand, err := d.hand(ctx, pen)
	if err != nil {
		return err
	}
	roots, err := d.roots(nil, trust, nil)
	if err != nil {
		return err
	}
	done, err := printer.Countersign(printer.Countersigning{File: file, Field: field, Roots: roots, Hand: hand})
	if errors.Is(err, printer.ErrDoesNotHold) {
		return tampered{err}
	}
	if err != nil {
		return err
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(verifyFormOf(done.Path, done.Text, done.Verify))
	} else {
		fmt.Fprintf(d.out, "signed   %s, field %s\nsha-256  %s\n", done.Path, done.Field, done.File)
		for _, line := range done.Verify.Lines() {
			fmt.Fprintln(d.out, line)
		}
	}
	if err == nil && done.Verify.Status != sign.IntactTrusted {
		err = errAttention
	}
	return err
}
