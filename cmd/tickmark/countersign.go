package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/reports/printer"
	"tickmark/reports/sign"
	"tickmark/vault"
)

func (d *door) countersignVerb() *cobra.Command {
	var o opening
	var c countersigning
	var vaultPath string
	verb := &cobra.Command{
		Use:   "countersign FILE",
		Short: "Sign a report that somebody else has signed",
		Long: `Verifies a signed report, puts your signature into the next empty field (--field
ROLE names another), and verifies it again. What was signed before stays byte for
byte, and the file is replaced whole or not at all. A report that was changed after
it was signed is refused. It needs no vault; with --vault VAULT the signature is noted
in the side log of the vault that the report is of, so that ` + "`verify --vault`" + ` knows whose
it is. With --tsa URL a time-stamp authority confirms when you signed.
Ends with 0 if every signer is identified, 3 if one is not, 6 if the report does not
hold and was left as it is.`,
		Example: "  tickmark countersign record.pdf\n  tickmark countersign record.pdf --sign officer.p12 --field officer --trust assessor.pem",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.file = args[0]
			if vaultPath != "" {
				v, err := d.open(cmd.Context(), vaultPath, o)
				if unwritable(err) {
					err = withHint(err, "without --vault nothing is noted")
				}
				if err != nil {
					return err
				}
				defer v.Close()
				if _, can := v.Author(); !can {
					return withHint(errors.New("countersign: nobody can note it in the vault without an author's key"), "`tickmark identity new` makes one; without --vault nothing is noted")
				}
				c.vault = v
			}
			return d.countersigned(cmd.Context(), c)
		},
	}
	o.flags(verb)
	outputFlag(verb, &c.format)
	c.pen.flags(verb, countersignedReason)
	verb.Flags().StringVar(&vaultPath, "vault", "", "`VAULT` that the report is of: its side log notes the signature")
	verb.Flags().StringVar(&c.field, "field", "", "`ROLE` whose field you sign, as `tickmark verify` names it (default: the next empty one)")
	verb.Flags().StringVar(&c.trust, "trust", "", "PEM `FILE` of certificates to trust")
	return verb
}

// countersigning is one more signature on a report, as a person asks for it.
type countersigning struct {
	pen                        signature
	file, field, trust, format string
	vault                      *vault.Vault // that notes it; nil for none
}

// countersignedReason is what such a signature says it is for.
const countersignedReason = "Read and countersigned this record"

// countersigned puts a signature into the next field of a report, and says what came of
// it.
func (d *door) countersigned(ctx context.Context, c countersigning) error {
	hand, err := d.hand(ctx, c.pen)
	if err != nil {
		return err
	}
	asked := printer.Countersigning{File: c.file, Field: c.field, Hand: hand}
	if asked.Roots, err = d.whomToTrust(ctx, c); err != nil {
		return err
	}
	if c.vault != nil {
		asked.Vault = c.vault
	}
	done, err := printer.Countersign(ctx, asked)
	if errors.Is(err, printer.ErrDoesNotHold) {
		return tampered{err}
	}
	if err != nil {
		return err
	}
	if c.format == "json" {
		err = json.NewEncoder(d.out).Encode(verifyFormOf(done.Path, done.Text, done.Verify))
	} else {
		fmt.Fprintf(d.out, "signed   %s, field %s\nsha-256  %s\n", done.Path, done.Field, done.File)
		if done.Noted {
			fmt.Fprintf(d.out, "noted    in the side log of %s\n", c.vault.Path())
		}
		for _, line := range done.Verify.Lines() {
			fmt.Fprintln(d.out, line)
		}
	}
	if err == nil && done.Verify.Status != sign.IntactTrusted {
		err = errAttention
	}
	return err
}

// whomToTrust are the certificates that a countersigner trusts: those of a file, their own, and
// those of the authors of the vault.
func (d *door) whomToTrust(ctx context.Context, c countersigning) ([]*x509.Certificate, error) {
	if c.vault == nil {
		return d.roots(nil, c.trust, nil)
	}
	history, err := c.vault.History(ctx)
	if err != nil {
		return nil, err
	}
	text, _, err := readReport(c.file)
	if err != nil {
		return nil, fmt.Errorf("countersign: %w", err)
	}
	return d.roots(text, c.trust, history)
}
