package vault

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"

	"tickmark/questionnaires"
)

// Kinds of rows in the table of recipients: how a row is read, not what it is.
const (
	keyRecipient        = "key"
	passphraseRecipient = "passphrase"
)

// Recipient is one whom a vault is sealed to: the key that age seals with, and what
// people know it by. It is an age.Recipient itself.
type Recipient struct {
	questionnaires.Recipient
	key age.Recipient
}

// sshRecipient is an SSH public key that remembers how it is written, because a
// vault must name its recipients to seal itself again.
type sshRecipient struct {
	age.Recipient
	text, comment string
}

func (r sshRecipient) String() string { return r.text }

// ParseRecipient reads an age recipient (age1..., age1pq1..., or age1NAME1... of a
// plugin) or a line of an SSH public key (ssh-ed25519, ssh-rsa), whose comment
// becomes its label. A plugin's refuses until the vault's WithPlugins says how it may
// be run.
func ParseRecipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	var r age.Recipient
	var err error
	switch {
	case strings.HasPrefix(text, "AGE-SECRET-KEY-"):
		return nil, errors.New("read recipient: this is a secret identity; give the public recipient that belongs to it")
	case strings.HasPrefix(text, "ssh-"):
		r, err = parseSSH(text)
	case strings.HasPrefix(text, "age1pq1"):
		r, err = age.ParseHybridRecipient(text)
	case strings.HasPrefix(text, "age1") && strings.Count(text, "1") > 1:
		r, err = parsePluginRecipient(text)
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

// parseSSH keeps type and key of an SSH line apart from its comment: the same key is
// the same recipient whatever is written behind it.
func parseSSH(line string) (age.Recipient, error) {
	fields := strings.Fields(line)
	if len(fields) < 2 || strings.ContainsAny(line, "\n\r") {
		return nil, errors.New("it is no line of an SSH public key")
	}
	text := strings.Join(fields[:2], " ")
	r, err := agessh.ParseRecipient(text)
	return sshRecipient{Recipient: r, text: text, comment: strings.Join(fields[2:], " ")}, err
}

// NewRecipient gives a recipient a label, "" for none. It refuses what could not be
// written down and read back.
func NewRecipient(r age.Recipient, label string) (Recipient, error) {
	if known, is := r.(Recipient); is {
		r = known.key
	}
	named := Recipient{questionnaires.Recipient{Label: label}, r}
	switch r := r.(type) {
	case *age.X25519Recipient:
		named.Kind, named.Text = questionnaires.X25519Recipient, r.String()
	case *age.HybridRecipient:
		named.Kind, named.Text = questionnaires.HybridRecipient, r.String()
	case sshRecipient:
		named.Kind, named.Text = questionnaires.SSHRecipient, r.text
		if label == "" {
			named.Label = r.comment
		}
	case *pluginRecipient:
		named.Kind, named.Text = questionnaires.PluginRecipient, r.text
	case *Passphrase:
		named.Kind = questionnaires.PassphraseRecipient
	default:
		return Recipient{}, fmt.Errorf("a recipient of type %T cannot be written down; use ParseRecipient or NewPassphrase", r)
	}
	return named, nil
}

// Wrap makes r an age.Recipient.
func (r Recipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, _, err := r.WrapWithLabels(fileKey)
	return stanzas, err
}

// WrapWithLabels passes on what keeps unlike recipients apart.
func (r Recipient) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	if labelled, is := r.key.(age.RecipientWithLabels); is {
		return labelled.WrapWithLabels(fileKey)
	}
	stanzas, err := r.key.Wrap(fileKey)
	return stanzas, nil, err
}

// sealedTo describes recipients and refuses those that cannot stand together.
func sealedTo[R age.Recipient](recipients []R) ([]Recipient, error) {
	all := make([]Recipient, 0, len(recipients))
	for _, r := range recipients {
		named, is := any(r).(Recipient)
		if !is {
			var err error
			if named, err = NewRecipient(r, ""); err != nil {
				return nil, err
			}
		}
		all = append(all, named)
	}
	return all, questionnaires.CheckRecipients(described(all))
}

func described(all []Recipient) []questionnaires.Recipient {
	plain := make([]questionnaires.Recipient, len(all))
	for i, r := range all {
		plain[i] = r.Recipient
	}
	return plain
}

// journalIdentity makes the identity that members of the vault's log will be
// sealed to: hybrid where the recipients are, so that the log is not weaker.
func journalIdentity(recipients []Recipient) (string, error) {
	hybrid := slices.ContainsFunc(recipients, func(r Recipient) bool {
		return r.Kind == questionnaires.HybridRecipient
	})
	identity, _, err := NewIdentity(hybrid)
	return identity, err
}

// storedRecipient is a row of the table of recipients.
type storedRecipient struct{ kind, text, label string }

func (r Recipient) stored() storedRecipient {
	if r.Kind == questionnaires.PassphraseRecipient {
		return storedRecipient{passphraseRecipient, "", r.Label}
	}
	return storedRecipient{keyRecipient, r.Text, r.Label}
}

// loadRecipients reads recipients back. The passphrase of a vault is among the
// identities that opened it; where it is not, the vault can only be read.
func loadRecipients(rows []storedRecipient, identities []age.Identity, readOnly bool) ([]Recipient, error) {
	recipients := make([]Recipient, 0, len(rows))
	for _, row := range rows {
		r, err := row.load(identities, readOnly)
		if err != nil {
			return nil, err
		}
		recipients = append(recipients, r)
	}
	if len(recipients) == 0 && !readOnly {
		return nil, errors.New("it names no recipients")
	}
	return recipients, nil
}

func (row storedRecipient) load(identities []age.Identity, readOnly bool) (Recipient, error) {
	var key age.Recipient
	var err error
	unread := questionnaires.Recipient{Text: row.text, Label: row.label}
	switch row.kind {
	case keyRecipient:
		key, err = ParseRecipient(row.text)
	case passphraseRecipient:
		unread.Kind = questionnaires.PassphraseRecipient
		key, err = openingPassphrase(identities)
	default:
		err = fmt.Errorf("a recipient of unknown kind %.40q", row.kind)
	}
	if err != nil && readOnly {
		return Recipient{Recipient: unread}, nil
	}
	if err != nil {
		return Recipient{}, err
	}
	return NewRecipient(key, row.label)
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
