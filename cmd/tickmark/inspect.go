package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/vault"
)

func (d *door) vaultVerifyVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "verify VAULT", Short: "Read every byte: encryption, database, digests, signatures", Args: cobra.ExactArgs(1),
		Example: "  tickmark vault verify shop.vault",
		Long: `Reads every byte of a vault and of its log: age's seals, SQLite's own structure,
the digest of every document, the id, payload and signature of every entry, what
snapshots and runs name. It changes nothing and names all that is wrong, and where.
Ends with 0 if all of it holds, 3 if an entry's author was not enrolled before it,
something expunged is still there or entries were declared lost, 6 if anything is not as it was written.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, err := d.open(cmd.Context(), args[0], o)
			if hurt(err) {
				return d.examine(cmd.Context(), args[0], o, format, err)
			}
			if err != nil {
				return err
			}
			defer v.Close()
			line := d.progress()
			found, err := v.Inspect(cmd.Context(), line.Bytes("verifying"))
			line.Done()
			if err != nil {
				return err
			}
			if found.Torn() {
				return d.examine(cmd.Context(), args[0], o, format, inspected(args[0], found))
			}
			if err := d.printInspection(args[0], found, format); err != nil {
				return err
			}
			if format != "json" {
				d.warnOfOneKey(plainRecipients(v.Recipients()))
			}
			if !o.allowOlder {
				return inspected(args[0], found)
			}
			return errors.Join(d.accept(v, found), inspected(args[0], found))
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&o.allowOlder, "accept-older", false, "accept a copy that was restored on purpose: if it holds, forget what was saved here after it")
	return verb
}

// hurt reports whether a vault could not be opened because of damage in it.
func hurt(err error) bool {
	var tamper *vault.TamperError
	return errors.As(err, &tamper) && !errors.Is(err, vault.ErrRolledBack)
}

func (d *door) accept(v *vault.Vault, found vault.Inspection) error {
	if !found.Holds() {
		return nil
	}
	if err := v.Accept(); err != nil {
		return err
	}
	fmt.Fprintln(d.out, "accepted: it is remembered as it is now")
	return nil
}

func (d *door) printInspection(path string, found vault.Inspection, format string) error {
	if format == "json" {
		return json.NewEncoder(d.out).Encode(found)
	}
	for _, f := range found.Faults {
		fmt.Fprintf(d.out, "wrong       %s\n", kube.Printable(f.String()))
	}
	for _, e := range found.Unverified {
		fmt.Fprintf(d.out, "unverified  entry %s, %s %s: its author %s was not enrolled before it\n", e.ID, e.Action, kube.Printable(e.Subject), e.Author.Short())
	}
	for _, digest := range found.Undead {
		fmt.Fprintf(d.out, "expunged    document %s is still there; expunge it again to be rid of it\n", digest)
	}
	for _, id := range found.Lost {
		fmt.Fprintf(d.out, "lost        entry %s is missing, and was declared lost when the vault was salvaged\n", id)
	}
	for range found.LeftOut {
		fmt.Fprintln(d.out, "left out    the licensed text did not come with the vault when it was handed off")
	}
	if found.Withheld > 0 {
		fmt.Fprintf(d.out, "left out    %d internal notes and replies did not come with the vault when it was handed off\n", found.Withheld)
	}
	if found.Dropped > 0 {
		fmt.Fprintf(d.out, "dropped     %d bytes of an interrupted save at the end of the log: it was never acknowledged\n", found.Dropped)
	}
	switch {
	case found.Holds() && len(found.Unverified) == 0:
		fmt.Fprintf(d.out, "%s holds: every document, every entry, every signature\n", path)
	case found.Holds():
		fmt.Fprintf(d.out, "%s holds; entries of people who were not enrolled are in it\n", path)
	}
	fmt.Fprintf(d.out, "documents  %d read, %d expunged\nentries    %d\n", found.Documents, found.Expunged, found.Entries)
	if !found.Head.IsZero() {
		fmt.Fprintf(d.out, "head       %s\n", found.Head)
	}
	return nil
}

// inspected turns what was found into the exit status.
func inspected(path string, found vault.Inspection) error {
	switch n := len(found.Faults); {
	case n == 1:
		return tampered{fmt.Errorf("verify %s: one thing is not as it was written", path)}
	case n > 1:
		return tampered{fmt.Errorf("verify %s: %d things are not as they were written", path, n)}
	case len(found.Unverified)+len(found.Undead)+len(found.Lost) > 0:
		return errAttention
	}
	return nil
}
