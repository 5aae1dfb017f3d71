package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) newVerb() *cobra.Command {
	var questionnaire, entity, name, passphraseFile string
	var recipients []string
	var passphrase, allowExec bool
	verb := &cobra.Command{
		Use:   "new VAULT --questionnaire CODE --entity NAME",
		Short: "Make a new vault with a first assessment",
		Long: `Makes a new vault for one entity, sealed to the recipients named, else to your
own identity, with a first assessment in it. What is missing of your keys is
made (see tickmark identity).`,
		Example: "  tickmark new shop.vault --questionnaire saq-d-merchant --entity 'Copperline Outfitters'\n" +
			"  tickmark new own.vault --questionnaire acme-clusters.yaml --entity 'Copperline Outfitters'",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if questionnaire == "" || entity == "" {
				return usagef("make %s: --questionnaire and --entity are needed", args[0])
			}
			if _, err := d.ensureKeys("", false); err != nil {
				return err
			}
			c := d.consent(allowExec)
			sealTo, err := d.sealTo(c, recipients, passphrase || passphraseFile != "", passphraseFile, args[0])
			if err != nil {
				return err
			}
			v, err := d.create(cmd.Context(), c, args[0], sealTo, entity, questionnaires.AssessmentDetails{Questionnaire: questionnaire, Name: name})
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "made %s for %s\n", args[0], entity)
			d.warnOfOneKey(plainRecipients(v.Recipients()))
			return v.Close()
		},
	}
	verb.Flags().StringVar(&questionnaire, "questionnaire", "", "its `CODE`, as `tickmark questionnaire list` shows, or a file of your own")
	verb.Flags().StringVar(&entity, "entity", "", "`NAME` of the one entity that the vault belongs to")
	verb.Flags().StringVar(&name, "name", "", "the assessment's `NAME` (default: the questionnaire's title)")
	verb.Flags().StringArrayVarP(&recipients, "recipient", "r", nil, "`KEY` that may open it: age1..., ssh-ed25519 ..., a file of keys, or a card (repeatable)")
	execFlag(verb, &allowExec)
	verb.Flags().BoolVar(&passphrase, "passphrase", false, "seal it with a passphrase alone")
	verb.Flags().StringVar(&passphraseFile, "passphrase-file", "", "`FILE` whose first line is the passphrase")
	return verb
}

// sealTo returns whom a new vault is sealed to. A passphrase stands alone.
func (d *door) sealTo(c *consent, keys []string, passphrase bool, passphraseFile, path string) ([]age.Recipient, error) {
	if passphrase {
		if len(keys) > 0 {
			return nil, usagef("make %s: a passphrase must be a vault's only recipient", path)
		}
		text, err := d.passphrase(path, passphraseFile)
		if err != nil {
			return nil, err
		}
		p, err := vault.NewPassphrase(text)
		return []age.Recipient{p}, err
	}
	if len(keys) == 0 {
		own, err := d.ownRecipients()
		if err != nil {
			return nil, err
		}
		keys = own
	}
	named, err := c.parseRecipients(keys, "")
	if err != nil {
		return nil, err
	}
	all := make([]age.Recipient, len(named))
	for i, r := range named {
		all[i] = r
	}
	return all, nil
}

// create makes a vault with one assessment, or none at all.
func (d *door) create(ctx context.Context, c *consent, path string, sealTo []age.Recipient, entity string, details questionnaires.AssessmentDetails) (*vault.Vault, error) {
	d.guard()
	f, err := d.formOf(nil, details.Questionnaire)
	if err != nil {
		return nil, err
	}
	drafts, err := d.begin(f, &details)
	if err != nil {
		return nil, err
	}
	signer, err := d.author()
	if err != nil {
		return nil, err
	}
	v, err := vault.Create(ctx, path, sealTo, append(d.vaultOptions(), vault.WithAuthor(signer), vault.ForEntity(entity), vault.WithPlugins(c.plugins()))...)
	if err != nil {
		return nil, err
	}
	d.visit(v)
	if _, err := v.Append(ctx, drafts...); err != nil {
		return nil, errors.Join(err, v.Close(), os.Remove(path))
	}
	return v, nil
}
