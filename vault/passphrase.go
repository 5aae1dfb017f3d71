package vault

import (
	"fmt"

	"filippo.io/age"
)

const (
	// passphraseWork is the scrypt work factor of a save, as a power of two: about
	// 64 MiB and a fifth of a second. age derives the key anew for every file.
	passphraseWork = 16
	// maxPassphraseWork bounds what a file from outside may ask for: 256 MiB.
	maxPassphraseWork = 18
)

// Passphrase opens a vault and seals it again at each save. As a recipient it
// must stand alone.
type Passphrase struct {
	identity  *age.ScryptIdentity
	recipient *age.ScryptRecipient
}

// NewPassphrase returns the passphrase with a text, which must not be empty.
func NewPassphrase(text string) (*Passphrase, error) {
	identity, err := age.NewScryptIdentity(text)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	recipient, err := age.NewScryptRecipient(text)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	identity.SetMaxWorkFactor(maxPassphraseWork)
	p := &Passphrase{identity: identity, recipient: recipient}
	p.SetWorkFactor(passphraseWork)
	return p, nil
}

// SetWorkFactor makes saves cost 2^logN; it must be between 1 and 18.
func (p *Passphrase) SetWorkFactor(logN int) {
	p.recipient.SetWorkFactor(min(max(logN, 1), maxPassphraseWork))
}

// Unwrap makes p an age.Identity.
func (p *Passphrase) Unwrap(stanzas []*age.Stanza) ([]byte, error) { return p.identity.Unwrap(stanzas) }

// Wrap makes p an age.Recipient.
func (p *Passphrase) Wrap(fileKey []byte) ([]*age.Stanza, error) { return p.recipient.Wrap(fileKey) }

// WrapWithLabels lets age refuse other recipients beside a passphrase.
func (p *Passphrase) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	return p.recipient.WrapWithLabels(fileKey)
}
