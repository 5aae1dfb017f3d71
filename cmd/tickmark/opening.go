package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/vault"
)

// opening is how a vault is opened: the flags that every verb with a vault has.
type opening struct {
	identities     []string
	passphraseFile string
	assessment     string
	readOnly       bool
	allowOlder     bool // than what is remembered
	allowSwap      bool // a text that is edited may be swapped out
	allowExec      bool
}

func (o *opening) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&o.identities, "identity", "i", nil, "`FILE` with an age identity or an SSH private key (repeatable)")
	cmd.Flags().StringVar(&o.passphraseFile, "passphrase-file", "", "`FILE` whose first line is the vault's passphrase")
	cmd.Flags().StringVar(&o.assessment, "assessment", "", "which assessment: its name, questionnaire or id, where a vault holds several")
	execFlag(cmd, &o.allowExec)
}

// open opens a vault with the user's identities and, unless it is only read, as
// the user's author.
func (d *door) open(ctx context.Context, path string, o opening) (*vault.Vault, error) {
	v, _, err := d.openAs(ctx, path, o)
	return v, err
}

// openAs returns the identities that it opened with as well.
func (d *door) openAs(ctx context.Context, path string, o opening) (*vault.Vault, []age.Identity, error) {
	return d.openWithConsent(ctx, path, o, d.consent(o.allowExec))
}

func (d *door) openWithConsent(ctx context.Context, path string, o opening, c *consent) (*vault.Vault, []age.Identity, error) {
	d.guard()
	identities, err := d.identitiesFor(path, o, c)
	if err != nil {
		return nil, nil, err
	}
	options := append(d.vaultOptions(), vault.WithPlugins(c.plugins()))
	if o.allowOlder {
		options = append(options, vault.AllowOlder())
	}
	if o.readOnly {
		options = append(options, vault.ReadOnly())
	} else if signer, err := d.author(); err == nil {
		options = append(options, vault.WithAuthor(signer))
	}
	v, err := vault.Open(ctx, path, identities, options...)
	if err != nil {
		return nil, nil, err
	}
	return d.visit(v), identities, nil
}

// vaultOptions are what every vault is opened or made with.
func (d *door) vaultOptions() []vault.Option {
	return []vault.Option{vault.WithClock(d.now), vault.WithRandom(d.random), vault.WithMemory(d.state)}
}

// identitiesFor returns what may open a vault: a passphrase where it was sealed
// with one, else the files named, TICKMARK_IDENTITY, or the user's default.
//
// A plugin that the user's own choice names is run as age runs it; one that a file
// given with -i names is agreed to first.
func (d *door) identitiesFor(path string, o opening, c *consent) ([]age.Identity, error) {
	sealed, err := sealedByPassphrase(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(fmt.Errorf("open %s: %w", path, err), "`tickmark new VAULT --questionnaire CODE --entity NAME` makes a vault")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if sealed {
		text, err := d.passphrase(path, o.passphraseFile)
		if err != nil {
			return nil, err
		}
		p, err := vault.NewPassphrase(text)
		return []age.Identity{p}, err
	}
	files, plugins := o.identities, c.plugins()
	if len(files) == 0 {
		plugins = d.ownPlugins()
	}
	if named := d.getenv("TICKMARK_IDENTITY"); len(files) == 0 && named != "" {
		files = []string{named}
	}
	if len(files) == 0 {
		files = []string{d.folder(identityFile)}
	}
	return d.identitiesIn(path, files, plugins, len(o.identities) > 0)
}

// identitiesIn reads files of identities. Named says that a person named them for this.
func (d *door) identitiesIn(path string, files []string, plugins *vault.Plugins, named bool) ([]age.Identity, error) {
	var all []age.Identity
	for _, file := range files {
		text, err := readAtMost(file, maxKeyFile)
		if errors.Is(err, fs.ErrNotExist) && !named {
			return nil, withHint(fmt.Errorf("open %s: %w: %s is not there", path, vault.ErrNoIdentity, file), "`tickmark identity new` makes one; -i FILE names another")
		}
		if err != nil {
			return nil, fmt.Errorf("read identity: %w", err)
		}
		identities, err := vault.ParseIdentities(bytes.NewReader(text), func() ([]byte, error) { return d.askPass("Passphrase of " + file + ": ") })
		if err != nil {
			return nil, fmt.Errorf("read identity %s: %w", file, err)
		}
		all = append(all, vault.RunPlugins(identities, plugins)...)
	}
	return all, nil
}

// sealedByPassphrase looks at an age file's header, which is not secret.
func sealedByPassphrase(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, errors.Unwrap(err)
	}
	if !info.Mode().IsRegular() {
		return false, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return false, errors.Unwrap(err)
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := f.Read(head)
	return bytes.HasPrefix(head[:n], []byte("age-encryption.org/v1\n-> scrypt ")), nil
}

func (d *door) passphrase(path, file string) (string, error) {
	text, err := d.phrase("Passphrase of "+path+": ", file)
	if err != nil && file == "" {
		return "", withHint(fmt.Errorf("open %s: %w", path, err), "without a terminal, name a file with --passphrase-file")
	}
	return text, err
}

// recipientsOf returns the public keys of an identity file.
func recipientsOf(identities []byte) ([]string, error) {
	parsed, err := vault.ParseIdentities(bytes.NewReader(identities), func() ([]byte, error) {
		return nil, errors.New("it is locked by a passphrase")
	})
	if err != nil {
		return nil, err
	}
	var texts []string
	behind := 0
	for _, identity := range parsed {
		recipient, err := vault.RecipientOf(identity)
		if errors.Is(err, vault.ErrBehindPlugin) {
			behind++
			continue
		}
		if err != nil {
			return nil, err
		}
		texts = append(texts, fmt.Sprint(recipient))
	}
	noted := notedRecipients(identities)
	if behind != len(noted) {
		return nil, withHint(vault.ErrBehindPlugin, "write `# Recipient: age1...` above each such identity, as plugins do, or name recipients with -r")
	}
	return append(texts, noted...), nil
}

// notedRecipients are the recipients of plugins that the comments of an identity
// file name, as age plugins write them there.
func notedRecipients(identities []byte) []string {
	var noted []string
	for line := range strings.Lines(string(identities)) {
		comment, is := strings.CutPrefix(strings.TrimSpace(line), "#")
		fields := strings.Fields(comment)
		if !is || len(fields) == 0 {
			continue
		}
		if r, err := vault.ParseRecipient(fields[len(fields)-1]); err == nil {
			if named, err := vault.NewRecipient(r, ""); err == nil && named.Kind == questionnaires.PluginRecipient {
				noted = append(noted, named.Text)
			}
		}
	}
	return noted
}

// history opens a vault to read its history, which reads on from the vault until
// that is closed.
func (d *door) history(ctx context.Context, path string, o opening) (history *questionnaires.History, closing func(), err error) {
	o.readOnly = true
	v, err := d.open(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	if history, err = v.History(ctx); err != nil {
		return nil, nil, errors.Join(err, v.Close())
	}
	return history, func() { _ = v.Close() }, nil
}

// chosen opens a vault and the assessment that was asked for.
func (d *door) chosen(ctx context.Context, path string, o opening) (*vault.Vault, *questionnaires.Assessment, error) {
	v, err := d.open(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	a, err := d.assessmentOf(ctx, v, o.assessment)
	if err != nil {
		return nil, nil, errors.Join(err, v.Close())
	}
	return v, a, nil
}

// looking opens a vault to look at the assessment that was asked for, which reads on
// from the vault until that is closed.
func (d *door) looking(ctx context.Context, path string, o opening) (a *questionnaires.Assessment, closing func(), err error) {
	o.readOnly = true
	v, a, err := d.chosen(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	return a, func() { _ = v.Close() }, nil
}

// showing makes a verb show what its second argument names in an assessment: as JSON, or
// printed.
func (d *door) showing(verb *cobra.Command, find func(a *questionnaires.Assessment, name string) (form any, show func(), err error)) *cobra.Command {
	var o opening
	var format string
	verb.Args = cobra.ExactArgs(2)
	verb.RunE = func(cmd *cobra.Command, args []string) error {
		a, closing, err := d.looking(cmd.Context(), args[0], o)
		if err != nil {
			return err
		}
		defer closing()
		form, show, err := find(a, args[1])
		if err != nil {
			return err
		}
		if format == "json" {
			return json.NewEncoder(d.out).Encode(form)
		}
		show()
		return nil
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

// sign opens a vault, signs what a rule drafts out of its history, and tidies up.
func (d *door) sign(ctx context.Context, path string, o opening, rule func(*questionnaires.History) (questionnaires.Draft, error)) error {
	v, err := d.open(ctx, path, o)
	if err != nil {
		return err
	}
	defer d.finish(ctx, v)
	history, err := v.History(ctx)
	if err != nil {
		return err
	}
	draft, err := rule(history)
	if err != nil {
		return err
	}
	_, err = v.Append(ctx, draft)
	return err
}

// signOf signs what a rule drafts out of the assessment that was asked for, and says what
// came of it.
func (d *door) signOf(ctx context.Context, path string, o opening, rule func(*questionnaires.Assessment) (questionnaires.Draft, error), say func(*questionnaires.Assessment) error) error {
	v, a, err := d.chosen(ctx, path, o)
	if err != nil {
		return err
	}
	defer d.finish(ctx, v)
	draft, err := rule(a)
	if err != nil {
		return err
	}
	if _, err := v.Append(ctx, draft); err != nil {
		return err
	}
	if a, err = d.assessmentOf(ctx, v, string(a.Details.ID)); err != nil {
		return err
	}
	return say(a)
}
