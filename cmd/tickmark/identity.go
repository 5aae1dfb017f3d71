package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
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
		Args:    cobra.NoArgs,
		Example: "  tickmark identity new --name 'Ana Quist'",
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
		Example: "  tickmark identity show",
		RunE:    func(*cobra.Command, []string) error { return d.printIdentity(format) },
	}
	outputFlag(show, &format)
	verb.AddCommand(create, show, d.cardVerb())
	return verb
}

func (d *door) cardVerb() *cobra.Command {
	var out string
	verb := &cobra.Command{
		Use:   "card",
		Short: "Your public card, by which others enrol you in a vault and seal one to you",
		Long: `Prints your public card as JSON: name, public key, digest of your signing
certificate, age recipients, signed by your own key. Nothing on it is secret.
Who gets it compares the fingerprint with you by voice.`,
		Example: "  tickmark identity card -o me.card",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			card, err := d.card()
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(card, "", "  ")
			if err != nil {
				return err
			}
			text = append(text, '\n')
			if out == "" {
				_, err = d.out.Write(text)
			} else {
				err = writeNew(out, text)
			}
			if err != nil {
				return fmt.Errorf("write card: %w", err)
			}
			fmt.Fprintf(d.err, "fingerprint  %s\n", card.Author.Fingerprint())
			return nil
		},
	}
	verb.Flags().StringVarP(&out, "output", "o", "", "`FILE` that is made for it (default: printed)")
	return verb
}

// card is the user's own.
func (d *door) card() (questionnaires.Card, error) {
	signer, err := d.author()
	if err != nil {
		return questionnaires.Card{}, err
	}
	recipients, err := d.ownRecipients()
	if err != nil {
		return questionnaires.Card{}, err
	}
	return signer.Card(recipients)
}

// writeNew makes a file for others to read and never replaces one.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// ownRecipients are the public keys of the user's default identity.
func (d *door) ownRecipients() ([]string, error) {
	text, err := readAtMost(d.folder(identityFile), maxKeyFile)
	if err != nil {
		return nil, withHint(fmt.Errorf("read identity: %w", err), "`tickmark identity new` makes one")
	}
	recipients, err := recipientsOf(text)
	if err != nil {
		return nil, fmt.Errorf("read identity %s: %w", d.folder(identityFile), err)
	}
	return recipients, nil
}

// printIdentity prints the public side of the user's keys.
func (d *door) printIdentity(format string) error {
	recipients, err := d.ownRecipients()
	if err != nil {
		return err
	}
	signer, err := d.author()
	if err != nil {
		return err
	}
	if format == "json" {
		return json.NewEncoder(d.out).Encode(map[string]any{
			"name": signer.Author.Name, "author": signer.Author.ID, "fingerprint": signer.Author.Fingerprint(), "recipients": recipients, "certificate": signer.Certificate,
		})
	}
	fmt.Fprintf(d.out, "name         %s\nauthor       %s\nfingerprint  %s\ncertificate  %s\n", signer.Author.Name, signer.Author.ID, signer.Author.Fingerprint(), signer.Certificate)
	for _, r := range recipients {
		fmt.Fprintf(d.out, "recipient    %s\n", r)
	}
	return nil
}

// outputFlag adds -o text|json.
func outputFlag(cmd *cobra.Command, format *string, more ...string) {
	known := append([]string{"text", "json"}, more...)
	cmd.Flags().StringVarP(format, "output", "o", "text", strings.Join(known, ", "))
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains(known, *format) {
			return usagef("run %s: -o %q is none of %s", cmd.CommandPath(), *format, strings.Join(known, ", "))
		}
		return nil
	}
}
