package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

// maxIdentityFile bounds a file of identities, in bytes.
const maxIdentityFile = 1 << 20

// Kinds of rows in the table of recipients.
const (
	keyRecipient        = "key"
	passphraseRecipient = "passphrase"
)

// sshRecipient is an SSH public key that remembers how it is written, because a
// vault must name its recipients to seal itself again.
type sshRecipient struct {
	age.Recipient
	text string
}

func (r sshRecipient) String() string { return r.text }

// ParseRecipient reads an age recipient (age1..., age1pq1...) or a line of an SSH
// public key (ssh-ed25519, ssh-rsa).
func ParseRecipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	var r age.Recipient
	var err error
	switch {
	case strings.HasPrefix(text, "AGE-SECRET-KEY-"):
		return nil, errors.New("read recipient: this is a secret identity; give the public recipient that belongs to it")
	case strings.HasPrefix(text, "ssh-"):
		r, err = agessh.ParseRecipient(text)
		r = sshRecipient{Recipient: r, text: text}
	case strings.HasPrefix(text, "age1pq1"):
		r, err = age.ParseHybridRecipient(text)
	case strings.HasPrefix(text, "age1"):
		r, err = age.ParseX25519Recipient(text)
	default:
		err = errors.New("neither an age recipient nor an SSH public key")
	}
	if err != nil {
		return nil, fmt.Errorf("read recipient %.100q: %w", text, err)
	}
	return r, nil
}

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

// journalIdentity makes the identity that members of the vault's log will be
// sealed to: hybrid where the recipients are, so that the log is not weaker.
func journalIdentity(recipients []age.Recipient) (string, error) {
	hybrid := !slices.ContainsFunc(recipients, func(r age.Recipient) bool {
		_, is := r.(*age.HybridRecipient)
		return !is
	})
	identity, _, err := NewIdentity(hybrid)
	return identity, err
}

// storedRecipient is a row of the table of recipients.
type storedRecipient struct{ kind, text string }

// storeRecipients returns how recipients are written into a vault. It refuses
// those that could not be read back, and a passphrase beside others.
func storeRecipients(recipients []age.Recipient) ([]storedRecipient, error) {
	if len(recipients) == 0 {
		return nil, errors.New("no recipients: nobody could open it")
	}
	rows := make([]storedRecipient, 0, len(recipients))
	for _, r := range recipients {
		if _, is := r.(*Passphrase); is {
			if len(recipients) > 1 {
				return nil, errors.New("a passphrase must be the only recipient: whoever knows the others could change what it is trusted to protect")
			}
			return []storedRecipient{{kind: passphraseRecipient}}, nil
		}
		named, is := r.(fmt.Stringer)
		if !is {
			return nil, fmt.Errorf("a recipient of type %T cannot be written down; use ParseRecipient or NewPassphrase", r)
		}
		if _, err := ParseRecipient(named.String()); err != nil {
			return nil, err
		}
		rows = append(rows, storedRecipient{kind: keyRecipient, text: named.String()})
	}
	return rows, nil
}

// loadRecipients reads recipients back. The passphrase of a vault is among the
// identities that opened it.
func loadRecipients(rows []storedRecipient, identities []age.Identity) ([]age.Recipient, error) {
	recipients := make([]age.Recipient, 0, len(rows))
	for _, row := range rows {
		switch row.kind {
		case keyRecipient:
			r, err := ParseRecipient(row.text)
			if err != nil {
				return nil, err
			}
			recipients = append(recipients, r)
		case passphraseRecipient:
			p, err := openingPassphrase(identities)
			if err != nil {
				return nil, err
			}
			recipients = append(recipients, p)
		default:
			return nil, fmt.Errorf("a recipient of unknown kind %.40q", row.kind)
		}
	}
	if len(recipients) == 0 {
		return nil, errors.New("it names no recipients")
	}
	return recipients, nil
}

func openingPassphrase(identities []age.Identity) (*Passphrase, error) {
	var found *Passphrase
	for _, identity := range identities {
		p, is := identity.(*Passphrase)
		if !is {
			continue
		}
		if found != nil {
			return nil, errors.New("open it with its own passphrase alone, so that it is sealed with that again")
		}
		found = p
	}
	if found == nil {
		return nil, errors.New("it is sealed with a passphrase, which NewPassphrase must give to write it again")
	}
	return found, nil
}
