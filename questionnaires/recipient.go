package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// RecipientKind is what a recipient opens a vault with.
type RecipientKind int

// The kinds of recipients.
const (
	UnknownRecipient RecipientKind = iota
	X25519Recipient
	HybridRecipient // post-quantum: ML-KEM-768 and X25519
	SSHRecipient
	PluginRecipient     // through an age plugin, such as a hardware key
	PassphraseRecipient // whoever knows it
)

var recipientKinds = [...]string{"unknown", "x25519", "hybrid", "ssh", "plugin", "passphrase"}

// String returns the kind's text.
func (k RecipientKind) String() string { return textOf(recipientKinds[:], int(k)) }

// MarshalText writes what String returns.
func (k RecipientKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *RecipientKind) UnmarshalText(b []byte) error {
	i, err := indexOf("kind of recipient", recipientKinds[:], string(b))
	*k = RecipientKind(i)
	return err
}

// quantum says what a kind promises against a later quantum computer.
func (k RecipientKind) quantum() (hybrid, classic bool) {
	switch k {
	case HybridRecipient:
		return true, false
	case X25519Recipient, SSHRecipient:
		return false, true
	case UnknownRecipient, PluginRecipient, PassphraseRecipient: // only the plugin knows its own
	}
	return false, false
}

// Recipient is one whom a vault is sealed to. Two are the same if kind and text
// are, whatever their labels.
type Recipient struct {
	Kind  RecipientKind `json:"kind"`
	Text  string        `json:"recipient"` // the public key as age or SSH writes it, "" for a passphrase
	Label string        `json:"label"`     // whose it is, for people
}

// Bounds of recipients: how many a vault has, and their text and label in bytes.
const (
	maxRecipients     = 200
	maxRecipientText  = 16 << 10
	maxRecipientLabel = 200
)

// Name is what people know a recipient by: its label, else its kind and the
// beginning of its key.
func (r Recipient) Name() string {
	switch {
	case r.Label != "":
		return r.Label
	case r.Kind == PassphraseRecipient:
		return "a passphrase"
	case len(r.Text) > 24:
		return r.Text[:20] + "..."
	}
	return r.Text
}

func (r Recipient) same(o Recipient) bool { return r.Kind == o.Kind && r.Text == o.Text }

// SameRecipients reports whether two vaults are sealed to the same, in any order
// and under any labels.
func SameRecipients(a, b []Recipient) bool {
	order := func(x, y Recipient) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Text, y.Text)) }
	return slices.EqualFunc(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order), Recipient.same)
}

// CheckRecipients reports why a vault cannot be sealed to them together.
func CheckRecipients(all []Recipient) error {
	if len(all) == 0 {
		return errors.New("no recipients: nobody could open it")
	}
	if len(all) > maxRecipients {
		return fmt.Errorf("%d recipients, at most %d", len(all), maxRecipients)
	}
	hybrids, classics := 0, 0
	for i, r := range all {
		if err := r.check(); err != nil {
			return err
		}
		if r.Kind == PassphraseRecipient && len(all) > 1 {
			return errors.New("a passphrase must be the only recipient: whoever knows the others could change what it is trusted to protect")
		}
		if slices.ContainsFunc(all[:i], r.same) {
			return fmt.Errorf("%s is named twice", r.Name())
		}
		hybrid, classic := r.Kind.quantum()
		if hybrid {
			hybrids++
		}
		if classic {
			classics++
		}
	}
	if hybrids > 0 && classics > 0 {
		return errors.New("post-quantum and classic recipients cannot be mixed: the vault would be no safer than its weakest key")
	}
	return nil
}

func (r Recipient) check() error {
	if err := checkLine("label of a recipient", r.Label, maxRecipientLabel); err != nil {
		return err
	}
	if r.Kind == UnknownRecipient || (r.Text == "") != (r.Kind == PassphraseRecipient) {
		return errors.New("read recipient: it does not say whose key it is")
	}
	return CheckText("recipient", r.Text, maxRecipientText)
}

// RecipientsChange is the payload of an entry that changes whom a vault is sealed
// to.
type RecipientsChange struct {
	Before []Recipient `json:"before"`
	After  []Recipient `json:"after"`
}

// Removed are the recipients that the change took out. They still open every copy
// that was made before it.
func (c RecipientsChange) Removed() []Recipient { return without(c.Before, c.After) }

// Added are the recipients that the change put in.
func (c RecipientsChange) Added() []Recipient { return without(c.After, c.Before) }

func without(all, others []Recipient) []Recipient {
	var left []Recipient
	for _, r := range all {
		if !slices.ContainsFunc(others, r.same) {
			left = append(left, r)
		}
	}
	return left
}

// ChangeRecipients returns the draft that records a change of a vault's
// recipients. It refuses one that changes nothing.
func ChangeRecipients(before, after []Recipient) (Draft, error) {
	if err := CheckRecipients(after); err != nil {
		return Draft{}, fmt.Errorf("change recipients: %w", err)
	}
	// A passphrase may be replaced by another: both are written as nothing.
	if slices.Equal(before, after) && after[0].Kind != PassphraseRecipient {
		return Draft{}, errors.New("change recipients: they are these already")
	}
	return Draft{Action: RecipientsChanged, Subject: "recipients", Payload: RecipientsChange{Before: before, After: after}}, nil
}
