//go:build pkcs11

package smartcard

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/ThalesGroup/crypto11"
	"github.com/miekg/pkcs11"
)

// Open logs in to the token and finds the key and its certificate.
func (k Key) Open(pin string) (Opened, error) {
	token, err := crypto11.Configure(&crypto11.Config{Path: k.Module, TokenLabel: k.Token, TokenSerial: k.Serial, Pin: pin})
	var code pkcs11.Error
	switch {
	case errors.As(err, &code) && (code == pkcs11.CKR_PIN_INCORRECT || code == pkcs11.CKR_PIN_LEN_RANGE || code == pkcs11.CKR_PIN_LOCKED):
		return Opened{}, fmt.Errorf("open token: %w", ErrPIN)
	case err != nil:
		return Opened{}, fmt.Errorf("open token: %w", err)
	}
	opened, err := k.find(token)
	if err != nil {
		return Opened{}, fmt.Errorf("open token: %w", errors.Join(err, token.Close()))
	}
	return opened, nil
}

func (k Key) find(token *crypto11.Context) (Opened, error) {
	var label []byte // none where only the id is known
	if k.Label != "" {
		label = []byte(k.Label)
	}
	signer, err := token.FindKeyPair(k.ID, label)
	if err != nil || signer == nil {
		return Opened{}, errors.New("no such key is on it")
	}
	certificate, err := token.FindCertificate(k.ID, label, nil)
	if err != nil || certificate == nil {
		return Opened{}, errors.New("the key has no certificate on it")
	}
	return Opened{Signer: signer, Chain: []*x509.Certificate{certificate}, Close: token.Close}, nil
}
