package questionnaires

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"tickmark/engine"
)

// Author is a person who writes into a vault. ID is the SHA-256 of the person's
// Ed25519 public key; two authors are the same person if their ids are equal,
// whatever their names.
type Author struct {
	ID   engine.Digest `json:"id"`
	Name string        `json:"name"`
}

// Enrolment makes an author known to a vault: the key that verifies the author's
// entries, and the SHA-256 of the certificate the author signs reports with
// (zero if there is none).
type Enrolment struct {
	Author      Author        `json:"author"`
	PublicKey   []byte        `json:"publicKey"`
	Certificate engine.Digest `json:"certificate"`
}

// Validate reports an enrolment whose key is no Ed25519 key or not its author's.
func (e Enrolment) Validate() error {
	if len(e.PublicKey) != ed25519.PublicKeySize {
		return errors.New("enrol author: the key is no Ed25519 public key")
	}
	if engine.Sum(e.PublicKey) != e.Author.ID {
		return fmt.Errorf("enrol author %q: the id is not the digest of the key", e.Author.Name)
	}
	return nil
}

// Signer is an author with the key at hand.
type Signer struct {
	Author      Author
	Certificate engine.Digest
	key         ed25519.PrivateKey
}

// NewSigner returns the signer of a private key.
func NewSigner(name string, key ed25519.PrivateKey, certificate engine.Digest) (*Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("read author's key: it is no Ed25519 key")
	}
	if err := CheckText("author's name", name, 200); err != nil {
		return nil, err
	}
	public, _ := key.Public().(ed25519.PublicKey)
	return &Signer{Author: Author{ID: engine.Sum(public), Name: name}, Certificate: certificate, key: key}, nil
}

// Enrolment returns what a vault must know of s.
func (s *Signer) Enrolment() Enrolment {
	public, _ := s.key.Public().(ed25519.PublicKey)
	return Enrolment{Author: s.Author, PublicKey: public, Certificate: s.Certificate}
}
