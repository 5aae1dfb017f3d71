package questionnaires

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tickmark/engine"
)

// Card is what an author gives to others, so that they can enrol the author in a
// vault and seal one to them. It is signed by the author's own key: nobody makes a
// card for a key that they do not hold. Nothing on it is secret.
type Card struct {
	Enrolment
	Recipients []string // keys that open vaults for the author, as age or SSH writes them
	Signature  []byte
}

// cardForm is a card's JSON. The signature is Ed25519 over "tickmark/card/1", a zero
// byte and the SHA-256 of the canonical JSON of all the rest.
type cardForm struct {
	V           int           `json:"tickmarkCard"`
	Name        string        `json:"name"`
	PublicKey   []byte        `json:"publicKey"` // Ed25519
	Certificate engine.Digest `json:"certificate"`
	Recipients  []string      `json:"recipients"`
	Signature   []byte        `json:"signature,omitempty"`
}

const (
	cardVersion = 1
	cardPrefix  = "tickmark/card/1\x00"
	// maxCard bounds a card, in bytes: a hybrid recipient has some two thousand.
	maxCard           = 256 << 10
	maxCardRecipients = 20
	maxAuthorName     = 200
)

// Card returns the author's card with the keys that open vaults for the author.
func (s *Signer) Card(recipients []string) (Card, error) {
	c := Card{Enrolment: s.Enrolment(), Recipients: recipients}
	digest, err := c.digest()
	if err != nil {
		return Card{}, err
	}
	c.Signature = ed25519.Sign(s.key, append([]byte(cardPrefix), digest[:]...))
	return c, c.Check()
}

func (c Card) form() cardForm {
	recipients := c.Recipients
	if recipients == nil {
		recipients = []string{}
	}
	return cardForm{V: cardVersion, Name: c.Author.Name, PublicKey: c.PublicKey, Certificate: c.Certificate, Recipients: recipients}
}

func (c Card) digest() (engine.Digest, error) { return engine.SumOf(c.form()) }

// MarshalJSON writes what ParseCard reads.
func (c Card) MarshalJSON() ([]byte, error) {
	form := c.form()
	form.Signature = c.Signature
	return json.Marshal(form)
}

// Check reports a card that nobody could be enrolled by: its key is none, its texts
// could not be shown, or its signature is not its own key's.
func (c Card) Check() error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	if err := checkLine("author's name", c.Author.Name, maxAuthorName); err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	if strings.TrimSpace(c.Author.Name) == "" {
		return errors.New("read card: it names nobody")
	}
	if len(c.Recipients) > maxCardRecipients {
		return fmt.Errorf("read card: %d recipients, at most %d", len(c.Recipients), maxCardRecipients)
	}
	for _, r := range c.Recipients {
		if err := checkLine("recipient", r, maxRecipientText); err != nil {
			return fmt.Errorf("read card: %w", err)
		}
	}
	digest, err := c.digest()
	if err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	if !ed25519.Verify(c.PublicKey, append([]byte(cardPrefix), digest[:]...), c.Signature) {
		return errors.New("read card: it was changed, or not made by the holder of its key: the signature does not hold")
	}
	return nil
}

// ParseCard reads a card and checks it. A card with anything on it that its signature
// does not cover is refused.
func ParseCard(text []byte) (Card, error) {
	if len(text) > maxCard {
		return Card{}, fmt.Errorf("read card: more than %d bytes", maxCard)
	}
	canonical, err := engine.CanonicalJSON(text)
	if err != nil {
		return Card{}, fmt.Errorf("read card: %w", err)
	}
	var form cardForm
	decoder := json.NewDecoder(bytes.NewReader(canonical))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&form); {
	case err != nil:
		return Card{}, fmt.Errorf("read card: %w", err)
	case form.V > cardVersion:
		return Card{}, errors.New("read card: a newer version of Tickmark made it")
	case form.V != cardVersion:
		return Card{}, errors.New("read card: it is no card of Tickmark's")
	}
	c := Card{
		Enrolment: Enrolment{
			Author: Author{ID: engine.Sum(form.PublicKey), Name: form.Name}, PublicKey: form.PublicKey, Certificate: form.Certificate,
		},
		Recipients: form.Recipients, Signature: form.Signature,
	}
	return c, c.Check()
}

// Fingerprint is the author's id in a form that people compare by voice: five groups
// of five digits, of which each says 40 of its bits. Who wants another key with the
// same one tries about 2^83.
func (a Author) Fingerprint() string {
	groups := make([]string, 5)
	for i := range groups {
		var eight [8]byte
		copy(eight[3:], a.ID[5*i:5*i+5])
		groups[i] = fmt.Sprintf("%05d", binary.BigEndian.Uint64(eight[:])%100_000)
	}
	return strings.Join(groups, " ")
}
