package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

// maxIdentityFile bounds a file of identities, in bytes.
const maxIdentityFile = 1 << 20

// ParseIdentities reads a file of age identities, plain or itself sealed with a
// passphrase, or an SSH private key. Passphrase is called where one is needed; it
// may be nil. Identities that are reached through a plugin refuse until RunPlugins
// says how it may be run.
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
	return identityLines(raw)
}

// identityLines reads one identity a line. Those that are reached through a plugin
// come last, so that no hardware is touched where a key in the file opens.
func identityLines(text []byte) ([]age.Identity, error) {
	var native, plugins []age.Identity
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, pluginIdentityPrefix):
			identity, err := parsePluginIdentity(line)
			if err != nil {
				return nil, fmt.Errorf("read identities: line %d: %w", i+1, err)
			}
			plugins = append(plugins, identity)
		default:
			read, err := age.ParseIdentities(strings.NewReader(line))
			if err != nil {
				// The cause is left out: it could quote the secret.
				return nil, fmt.Errorf("read identities: line %d is no identity that this program knows", i+1)
			}
			native = append(native, read...)
		}
	}
	if len(native)+len(plugins) == 0 {
		return nil, errors.New("read identities: the file holds none")
	}
	return append(native, plugins...), nil
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
	secret, err := io.ReadAll(io.LimitReader(plain, maxIdentityFile))
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	return identityLines(secret)
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

// ErrBehindPlugin: an identity is reached through a plugin, which alone could tell
// whose it is.
var ErrBehindPlugin = errors.New("a key behind a plugin does not tell its recipient")

// RecipientOf returns the recipient that an identity opens files of. SSH keys
// have none here: their public line is read with ParseRecipient. Nor has a key behind
// a plugin: that is ErrBehindPlugin.
func RecipientOf(identity age.Identity) (age.Recipient, error) {
	switch identity := identity.(type) {
	case *age.X25519Identity:
		return identity.Recipient(), nil
	case *age.HybridIdentity:
		return identity.Recipient(), nil
	case *Passphrase:
		return identity, nil
	case *pluginIdentity:
		return nil, fmt.Errorf("find recipient: %w", ErrBehindPlugin)
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
