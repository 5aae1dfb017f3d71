package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) recipientsVerb() *cobra.Command {
	verb := &cobra.Command{
		Use: "recipients VAULT list|add|remove|set", Short: "Whom the vault is sealed to",
		Long: `Shows and changes whom a vault is sealed to. Every change writes the vault anew
with a fresh key and is a signed entry of its journal. Copies that were made
before stay readable to those who could read them.`,
	}
	actionsOf(verb, d.recipientsListVerb(), d.recipientsAddVerb(), d.recipientsRemoveVerb(), d.recipientsSetVerb())
	return verb
}

// recipientForm is one recipient in `recipients list -o json`.
type recipientForm struct {
	questionnaires.Recipient
	Yours bool `json:"yours"` // false also where it cannot be told
}

func (d *door) recipientsListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the recipients: kind, label, key, and which is yours", Args: cobra.ExactArgs(1),
		Example: "  tickmark vault recipients shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, identities, err := d.openAs(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			var all []recipientForm
			for _, r := range v.Recipients() {
				// Who is here with a passphrase has it from the only recipient there is.
				yours := r.Kind == questionnaires.PassphraseRecipient || r.Opens(identities)
				all = append(all, recipientForm{r.Recipient, yours})
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(all)
			}
			err = d.printRecipients(all)
			d.warnOfOneKey(plainRecipients(v.Recipients()))
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) printRecipients(all []recipientForm) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		yours, label := "", kube.Printable(r.Label)
		if r.Yours {
			yours = "yours"
		}
		if label == "" {
			label = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Kind, label, yours, shortKey(r.Text))
	}
	return w.Flush()
}

// shortKey cuts what is too long for a line, as a hybrid key is; JSON has all of it.
func shortKey(text string) string {
	const longest = 100
	if text = kube.Printable(text); len(text) > longest {
		return text[:longest-12] + "..." + text[len(text)-9:]
	}
	return text
}

func (d *door) recipientsAddVerb() *cobra.Command {
	var o opening
	var label string
	var passphrase bool
	verb := &cobra.Command{
		Use: "add VAULT RECIPIENT...", Short: "Seal it to others as well: age1..., ssh-..., or a file of such lines", Args: cobra.MinimumNArgs(1),
		Example: "  tickmark vault recipients shop.vault add age1... --label 'Bo, laptop'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if passphrase {
				return usagef("add a passphrase: it must be a vault's only recipient; `set --passphrase` seals it to one alone")
			}
			if len(args) < 2 {
				return usagef("add recipient: name a key, or a file of keys")
			}
			c := d.consent(o.allowExec)
			added, err := c.parseRecipients(args[1:], label)
			if err != nil {
				return err
			}
			return d.changeRecipients(cmd.Context(), args[0], o, c, func(present []vault.Recipient, _ []age.Identity) ([]vault.Recipient, error) {
				return append(present, added...), nil
			})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&label, "label", "", "whose it is, for people (default: the comment of an SSH key)")
	verb.Flags().BoolVar(&passphrase, "passphrase", false, "refused: a passphrase stands alone")
	_ = verb.Flags().MarkHidden("passphrase")
	return verb
}

func (d *door) recipientsRemoveVerb() *cobra.Command {
	var o opening
	var myself bool
	verb := &cobra.Command{
		Use: "remove VAULT RECIPIENT...", Short: "Seal it to the others alone; RECIPIENT is a label or a key", Args: cobra.MinimumNArgs(2),
		Example: "  tickmark vault recipients shop.vault remove 'Bo, laptop'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return d.changeRecipients(cmd.Context(), args[0], o, d.consent(o.allowExec), func(present []vault.Recipient, identities []age.Identity) ([]vault.Recipient, error) {
				left, err := withoutRecipients(present, args[1:])
				if err != nil || myself || !lockedOut(present, left, identities) {
					return left, err
				}
				return nil, withHint(errors.New("remove recipient: you could not open the vault any more"), "--myself does it all the same")
			})
		},
	}
	o.flags(verb)
	verb.Flags().BoolVar(&myself, "myself", false, "also the one that you open it with, so that you no longer can")
	return verb
}

func (d *door) recipientsSetVerb() *cobra.Command {
	var o opening
	var label, phraseFile string
	var passphrase bool
	verb := &cobra.Command{
		Use: "set VAULT [RECIPIENT...]", Short: "Seal it to these alone, or with --passphrase to a passphrase alone", Args: cobra.MinimumNArgs(1),
		Example: "  tickmark vault recipients shop.vault set --passphrase",
		RunE: func(cmd *cobra.Command, args []string) error {
			passphrase = passphrase || phraseFile != ""
			if passphrase == (len(args) > 1) {
				return usagef("set recipients: name recipients, or --passphrase alone")
			}
			c := d.consent(o.allowExec)
			return d.changeRecipients(cmd.Context(), args[0], o, c, func([]vault.Recipient, []age.Identity) ([]vault.Recipient, error) {
				if !passphrase {
					return c.parseRecipients(args[1:], label)
				}
				p, err := d.newPassphrase(args[0], phraseFile)
				if err != nil {
					return nil, err
				}
				r, err := vault.NewRecipient(p, "")
				return []vault.Recipient{r}, err
			})
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&label, "label", "", "whose it is, for people (default: the comment of an SSH key)")
	verb.Flags().BoolVar(&passphrase, "passphrase", false, "seal it to a new passphrase, which is asked for")
	verb.Flags().StringVar(&phraseFile, "new-passphrase-file", "", "`FILE` whose first line is the new passphrase")
	return verb
}

// changeRecipients seals a vault to others and says what it could not undo.
func (d *door) changeRecipients(ctx context.Context, path string, o opening, c *consent, change func([]vault.Recipient, []age.Identity) ([]vault.Recipient, error)) error {
	v, identities, err := d.openWithConsent(ctx, path, o, c)
	if err != nil {
		return err
	}
	defer v.Close()
	after, err := change(slices.Clone(v.Recipients()), identities)
	if err != nil {
		return err
	}
	if err := d.sealAnew(ctx, v, after); err != nil {
		return err
	}
	return v.Close()
}

// sealAnew seals an open vault to others.
func (d *door) sealAnew(ctx context.Context, v *vault.Vault, after []vault.Recipient) error {
	before := v.Recipients()
	line := d.progress()
	err := v.SetRecipients(ctx, after, line.Bytes("sealing"))
	line.Done()
	if err != nil {
		return err
	}
	recorded := questionnaires.RecipientsChange{Before: plainRecipients(before), After: plainRecipients(v.Recipients())}
	fmt.Fprintf(d.out, "sealed %s anew, with a fresh key, to %s\n", v.Path(), recipientNames(recorded.After))
	if removed := recorded.Removed(); len(removed) > 0 {
		fmt.Fprintf(d.out, "copies that were made before stay readable to %s\n", recipientNames(removed))
	}
	return nil
}

func plainRecipients(all []vault.Recipient) []questionnaires.Recipient {
	plain := make([]questionnaires.Recipient, len(all))
	for i, r := range all {
		plain[i] = r.Recipient
	}
	return plain
}

func recipientNames(all []questionnaires.Recipient) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = kube.Printable(r.Name())
	}
	return strings.Join(names, ", ")
}

// withoutRecipients takes out those that a label or a key names, each of them one.
func withoutRecipients(present []vault.Recipient, named []string) ([]vault.Recipient, error) {
	for _, name := range named {
		is := func(r vault.Recipient) bool { return r.Label == name || (r.Text != "" && r.Text == keyIn(name)) }
		found := 0
		for _, r := range present {
			if is(r) {
				found++
			}
		}
		if found != 1 {
			return nil, withHint(fmt.Errorf("remove recipient %q: %d recipients have this label or key", name, found), "`tickmark vault recipients VAULT list -o json` shows them whole")
		}
		present = slices.DeleteFunc(slices.Clone(present), is)
	}
	return present, nil
}

// keyIn is a key without what an SSH line says behind it.
func keyIn(name string) string {
	if fields := strings.Fields(name); len(fields) > 2 && strings.HasPrefix(name, "ssh-") {
		return fields[0] + " " + fields[1]
	}
	return name
}

// lockedOut reports whether those at hand open what is there now and not what is left.
func lockedOut(present, left []vault.Recipient, identities []age.Identity) bool {
	mine := func(r vault.Recipient) bool { return r.Opens(identities) }
	return len(left) > 0 && slices.ContainsFunc(present, mine) && !slices.ContainsFunc(left, mine)
}

// parseRecipients reads keys, and files of keys. A plugin that is named on the command
// line is agreed to, one in a file is not.
func (c *consent) parseRecipients(texts []string, label string) ([]vault.Recipient, error) {
	var all []vault.Recipient
	for _, text := range texts {
		lines, whose := []string{text}, label
		if !looksLikeKey(text) {
			var name string
			var err error
			if lines, name, err = recipientsIn(text); err != nil {
				return nil, err
			}
			whose = cmp.Or(label, name)
		}
		for _, line := range lines {
			r, err := vault.ParseRecipient(line)
			if err != nil {
				return nil, usageError{err}
			}
			named, err := vault.NewRecipient(r, whose)
			if err != nil {
				return nil, err
			}
			if all = append(all, named); looksLikeKey(text) {
				c.typed(all[len(all)-1:])
			}
		}
	}
	return all, nil
}

func looksLikeKey(text string) bool {
	return strings.HasPrefix(text, "age1") || strings.HasPrefix(text, "ssh-") || strings.HasPrefix(text, "AGE-")
}

// recipientsIn reads a file of recipients as age does, one a line and # before what is
// none, or a card (`tickmark identity card`), which says whose they are.
func recipientsIn(path string) (keys []string, name string, err error) {
	text, err := readBounded(path, maxPublicFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", withHint(usagef("read recipient %q: neither a key nor a file", path), "a key begins with age1 or ssh-")
	case err != nil:
		return nil, "", fmt.Errorf("read recipients: %w", err)
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		card, err := questionnaires.ParseCard(text)
		if err != nil {
			return nil, "", fmt.Errorf("read recipients %s: %w", path, err)
		}
		return card.Recipients, card.Author.Name, nil
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !looksLikeKey(line) || strings.HasPrefix(line, "AGE-"):
			// The line is not shown: it may be anything, a secret key as well.
			return nil, "", fmt.Errorf("read recipients %s: a line that is no recipient", path)
		default:
			keys = append(keys, line)
		}
	}
	if len(keys) == 0 {
		return nil, "", fmt.Errorf("read recipients %s: it names none", path)
	}
	return keys, "", nil
}

// newPassphrase reads a passphrase that is to be set: from a file, or twice from the
// terminal.
func (d *door) newPassphrase(path, file string) (*vault.Passphrase, error) {
	first, err := d.passphrase("the new seal of "+path, file)
	if err != nil {
		return nil, withHint(err, "without a terminal, name a file with --new-passphrase-file")
	}
	if file == "" {
		again, err := d.askPass("Again: ")
		if err != nil {
			return nil, err
		}
		if string(again) != first {
			return nil, errors.New("read passphrase: the two are not the same")
		}
	}
	return vault.NewPassphrase(first)
}
