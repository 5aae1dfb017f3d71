package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

// maxIdentityFile bounds a file of identities, in bytes.
const maxIdentityFile = 1 << 20

// ParseIdentities reads a file of age identities, plain or itself sealed with a
// passphrase, or an SSH private key. Passphrase is called where one is needed; it
// may be nil.
func ParseIdentities(r io.Reader, passphrase func() ([]byte, error)) ([]age.Identity, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxIdentityFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read identities: %w", err)
	case len(raw) > maxIdentityFile:
		return nil, fmt.Errorf("read identities: more than %d bytes", maxIdentityFile)
	case bytes.HasPrefix(raw, []byte(ageMagic)):
		return sealedIdentities(bytes.NewReader(raw), passphrase)
	case bytes.HasPrefix(raw, []byte(armor.Header)):
		return sealedIdentities(armor.NewReader(bytes.NewReader(raw)), passphrase)
	case bytes.HasPrefix(bytes.TrimSpace(raw), []byte("-----BEGIN ")):
		identity, err := sshIdentity(raw, passphrase)
		if err != nil {
			return nil, fmt.Errorf("read SSH key: %w", err)
		}
		return []age.Identity{identity}, nil
	}
	identities, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return identities, nil
}

var errNoPassphrase = errors.New("it needs a passphrase")

func sealedIdentities(sealed io.Reader, passphrase func() ([]byte, error)) ([]age.Identity, error) {
	if passphrase == nil {
		return nil, fmt.Errorf("read identities: %w", errNoPassphrase)
	}
	text, err := passphrase()
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	p, err := NewPassphrase(string(text))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	plain, err := age.Decrypt(sealed, p)
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", noIdentity(err))
	}
	identities, err := age.ParseIdentities(io.LimitReader(plain, maxIdentityFile))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return identities, nil
}

func sshIdentity(pem []byte, passphrase func() ([]byte, error)) (age.Identity, error) {
	identity, err := agessh.ParseIdentity(pem)
	var missing *ssh.PassphraseMissingError
	if !errors.As(err, &missing) {
		return identity, err
	}
	if passphrase == nil || missing.PublicKey == nil {
		return nil, errNoPassphrase
	}
	return agessh.NewEncryptedSSHIdentity(missing.PublicKey, pem, passphrase)
}

// RecipientOf returns the recipient that an identity opens files of. SSH keys
// have none here: their public line is read with ParseRecipient.
func RecipientOf(identity age.Identity) (age.Recipient, error) {
	switch identity := identity.(type) {
	case *age.X25519Identity:
		return identity.Recipient(), nil
	case *age.HybridIdentity:
		return identity.Recipient(), nil
	case *Passphrase:
		return identity, nil
	}
	return nil, fmt.Errorf("find recipient: a %T does not tell its own", identity)
}

// NewIdentity makes an age identity, post-quantum hybrid or X25519, and returns
// its secret line and that of its recipient.
func NewIdentity(hybrid bool) (identity, recipient string, err error) {
	if hybrid {
		made, err := age.GenerateHybridIdentity()
		if err != nil {
			return "", "", fmt.Errorf("make identity: %w", err)
		}
		return made.String(), made.Recipient().String(), nil
	}
	made, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("make identity: %w", err)
	}
	return made.String(), made.Recipient().String(), nil
}
