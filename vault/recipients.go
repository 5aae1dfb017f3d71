package vault

import (
	"context"
	"fmt"
	"slices"

	"filippo.io/age"

	"tickmark/questionnaires"
)

// Recipients are those whom the vault is sealed to, with their labels, in the order
// in which they were named.
func (v *Vault) Recipients() []Recipient {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Clone(v.recipients)
}

// SetRecipients seals the vault to others: a compaction with a fresh key and a fresh
// journal identity, in which a signed entry says who they were and are. Those who are
// taken out open no later state of it; every copy that was made before still opens
// for them. Several that cannot stand together are refused. An error leaves the vault
// as it was, with the exception that Compact names.
func (v *Vault) SetRecipients(ctx context.Context, recipients []Recipient, progress func(done, total int64)) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.setRecipients(ctx, recipients, progress); err != nil {
		return fmt.Errorf("seal %s anew: %w", v.name, err)
	}
	return nil
}

func (v *Vault) setRecipients(ctx context.Context, recipients []Recipient, progress func(done, total int64)) error {
	if err := v.writable(ctx); err != nil {
		return err
	}
	recipients, err := sealedTo(recipients)
	if err != nil {
		return err
	}
	draft, err := questionnaires.ChangeRecipients(described(v.recipients), described(recipients))
	if err != nil {
		return err
	}
	record := func(tx *Tx) error {
		_, err := tx.Append(draft)
		return err
	}
	return v.rewrite(ctx, recipients, record, progress)
}

// Opens reports whether one of the identities opens what is sealed to a recipient.
// It is not known of a passphrase, and of a plugin's, which would have to be run.
func (r Recipient) Opens(identities []age.Identity) bool {
	switch r.Kind {
	case questionnaires.X25519Recipient, questionnaires.HybridRecipient, questionnaires.SSHRecipient:
	case questionnaires.UnknownRecipient, questionnaires.PluginRecipient, questionnaires.PassphraseRecipient:
		return false
	}
	stanzas, err := r.Wrap(make([]byte, 16))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(identities, func(identity age.Identity) bool {
		_, err := identity.Unwrap(stanzas)
		return err == nil
	})
}
