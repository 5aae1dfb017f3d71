package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/vault"
)

func (d *door) salvageVerb() *cobra.Command {
	var o opening
	var outputs, to []string
	verb := &cobra.Command{
		Use: "salvage VAULT -o NEW.vault [-r RECIPIENT]...", Short: "Write what a damaged vault still holds into a new one", Args: cobra.ExactArgs(1),
		Long: `Writes what can still be read of a damaged vault into a new one, and says what is
lost. The damaged one is only read. The new one keeps the vault's id, its entries
and their signatures, and is sealed to the same recipients unless others are named.
Of the log it takes what stands before the first save that does not hold. Where
entries follow a lost one, you, if you are enrolled, sign that it is lost; else they
cannot stand in a history, and all they say is in the report of -o json. Where the first entry is lost, or the age header, there is no new
vault. -o json beside -o NEW.vault prints the report for machines.`,
		Example: "  tickmark vault salvage shop.vault -o saved.vault",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, format, err := outputsOf("salvage", "NEW.vault", outputs)
			if err != nil {
				return err
			}
			d.guard()
			c := d.consent(o.allowExec)
			identities, err := d.identitiesFor(args[0], o, c)
			if err != nil {
				return err
			}
			var recipients []vault.Recipient
			if len(to) > 0 {
				if recipients, err = c.parseRecipients(to, ""); err != nil {
					return err
				}
			}
			line := d.progress()
			options := append(d.vaultOptions(), vault.WithPlugins(c.plugins()))
			if signer, err := d.author(); err == nil {
				options = append(options, vault.WithAuthor(signer))
			}
			report, err := vault.Salvage(cmd.Context(), args[0], target, identities, recipients, line.Bytes("salvaging"), options...)
			line.Done()
			if printing := d.printSalvaged(target, report, format, err != nil); printing != nil {
				return printing
			}
			switch {
			case err != nil:
				return err
			case report.Lost():
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringArrayVarP(&outputs, "output", "o", nil, "`NEW.vault` to write, which must not exist; json for the report as JSON")
	verb.Flags().StringArrayVarP(&to, "recipient", "r", nil, "`RECIPIENT` of the new vault, a key or a file of keys (repeatable; default: those of the damaged one)")
	return verb
}

// outputsOf tells the file that is written from the form of the report.
func outputsOf(verb, what string, given []string) (target, format string, err error) {
	for _, o := range given {
		switch {
		case o == "json" || o == "text":
			format = o
		case target != "":
			return "", "", usagef("%s: -o names two files, %s and %s", verb, target, o)
		default:
			target = o
		}
	}
	if target == "" {
		return "", "", usagef("%s: -o %s is needed", verb, what)
	}
	return target, format, nil
}

func (d *door) printSalvaged(target string, s vault.Salvaged, format string, failed bool) error {
	if failed && s.Vault.IsZero() && !s.Lost() {
		return nil // nothing was found out
	}
	if format == "json" {
		return json.NewEncoder(d.out).Encode(s)
	}
	for _, f := range s.Faults {
		fmt.Fprintf(d.out, "damaged   %s\n", kube.Printable(f.String()))
	}
	if s.Dropped > 0 {
		fmt.Fprintf(d.out, "dropped   %d bytes of an interrupted save at the end of the log\n", s.Dropped)
	}
	for _, e := range s.LostEntries {
		fmt.Fprintf(d.out, "lost      entry %s%s\n", e.ID, kube.Printable(about(e)))
	}
	if !s.Declared.IsZero() {
		fmt.Fprintf(d.out, "signed    entry %s declares lost what others follow\n", s.Declared)
	}
	for _, e := range s.Stranded {
		fmt.Fprintf(d.out, "left out  entry %s%s: what it follows is lost\n", e.ID, kube.Printable(about(e.LostEntry)))
	}
	for _, doc := range s.LostDocuments {
		fmt.Fprintf(d.out, "lost      document %s: %s\n", doc.Digest, kube.Printable(strings.Join(doc.What, ", ")))
	}
	for _, run := range s.LostRuns {
		fmt.Fprintf(d.out, "lost      run %s: its list of results\n", run)
	}
	if !failed {
		fmt.Fprintf(d.out, "%s holds %d entries and %d documents\nhead  %s\n", target, s.Entries, s.Documents, s.Head)
	}
	if !failed && !s.Lost() {
		fmt.Fprintln(d.out, "nothing was lost")
	}
	return nil
}

func about(e vault.LostEntry) string {
	if e.Action == 0 {
		return ""
	}
	return ", " + e.Action.String() + " " + e.Subject
}

// examine looks at a vault that cannot be opened. The error is that of opening it.
func (d *door) examine(ctx context.Context, path string, o opening, format string, refused error) error {
	c := d.consent(o.allowExec)
	identities, err := d.identitiesFor(path, o, c)
	if err != nil {
		return refused
	}
	line := d.progress()
	found, err := vault.Examine(ctx, path, identities, line.Bytes("verifying"))
	line.Done()
	if err != nil || found.Holds() {
		return refused
	}
	if err := d.printInspection(path, found, format); err != nil {
		return err
	}
	return withHint(refused, "`tickmark vault salvage VAULT -o NEW.vault` writes what still holds into a new vault")
}
