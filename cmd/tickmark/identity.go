package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func (d *door) identityVerb() *cobra.Command {
	verb := &cobra.Command{Use: "identity", Short: "Your keys: what opens vaults, and what signs entries and reports"}
	var hybrid bool
	var name string
	create := &cobra.Command{
		Use:   "new",
		Short: "Make the default age identity, the author's key and the signing certificate",
		Long: `Makes what is missing in your configuration folder, readable by you alone:
identity.txt (age) opens vaults, author.key (Ed25519) signs your entries in
them, signing.pem (ECDSA P-256 key and certificate) signs reports. What is there
is never replaced.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			m, err := d.ensureKeys(name, hybrid)
			if err != nil {
				return err
			}
			for _, f := range []struct {
				made bool
				name string
			}{{m.Identity, identityFile}, {m.Author, authorFile}, {m.Signing, signingFile}} {
				word := "kept"
				if f.made {
					word = "made"
				}
				fmt.Fprintf(d.out, "%s  %s\n", word, d.folder(f.name))
			}
			return d.printIdentity("text")
		},
	}
	create.Flags().BoolVar(&hybrid, "pq", false, "make the age identity a post-quantum hybrid")
	create.Flags().StringVar(&name, "name", "", "your name as entries and signatures show it (default: the account's)")
	var format string
	show := &cobra.Command{
		Use: "show", Short: "Your public key, author id and certificate, to give to others", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return d.printIdentity(format) },
	}
	outputFlag(show, &format)
	verb.AddCommand(create, show)
	return verb
}

// printIdentity prints the public side of the user's keys.
func (d *door) printIdentity(format string) error {
	text, err := os.ReadFile(d.folder(identityFile))
	if err != nil {
		return withHint(fmt.Errorf("read identity: %w", err), "`tickmark identity new` makes one")
	}
	recipients, err := recipientsOf(text)
	if err != nil {
		return fmt.Errorf("read identity %s: %w", d.folder(identityFile), err)
	}
	signer, err := d.author()
	if err != nil {
		return err
	}
	if format == "json" {
		return json.NewEncoder(d.out).Encode(map[string]any{
			"name": signer.Author.Name, "author": signer.Author.ID, "recipients": recipients, "certificate": signer.Certificate,
		})
	}
	fmt.Fprintf(d.out, "name         %s\nauthor       %s\ncertificate  %s\n", signer.Author.Name, signer.Author.ID, signer.Certificate)
	for _, r := range recipients {
		fmt.Fprintf(d.out, "recipient    %s\n", r)
	}
	return nil
}

// outputFlag adds -o text|json.
func outputFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVarP(format, "output", "o", "text", "text or json")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *format != "text" && *format != "json" {
			return usagef("run %s: -o %q is neither text nor json", cmd.CommandPath(), *format)
		}
		return nil
	}
}
