package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

var (
	// ErrPassphrase is returned where a passphrase does not open a PKCS #12 file.
	ErrPassphrase = errors.New("the passphrase does not open it")

	errContainer = errors.New("it is damaged, or protected in a way that is not read; `openssl pkcs12 -export` writes one that is")
)

// IsContainer tells whether a key file is PKCS #12 (.p12, .pfx) rather than PEM.
func IsContainer(text []byte) bool {
	const sequence = 0x30
	return len(text) > 0 && text[0] == sequence && !bytes.Contains(text, []byte("-----BEGIN "))
}

// LoadContainer reads a private key and its certificates from a PKCS #12 file, as LoadKey does
// from PEM. A wrong passphrase is ErrPassphrase.
func LoadContainer(text []byte, passphrase string) (crypto.Signer, []*x509.Certificate, error) {
	signer, certificates, err := readContainer(text, passphrase)
	if err != nil {
		return nil, nil, fmt.Errorf("load signing key: %w", err)
	}
	return suitable(signer, certificates)
}

func readContainer(text []byte, passphrase string) (crypto.Signer, []*x509.Certificate, error) {
	key, leaf, others, err := pkcs12.DecodeChain(text, passphrase)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, nil, ErrPassphrase
	case err != nil:
		return nil, nil, errContainer
	}
	signer, is := key.(crypto.Signer)
	if !is {
		return nil, nil, fmt.Errorf("%w: neither an ECDSA nor a plain RSA key", ErrKey)
	}
	return signer, append([]*x509.Certificate{leaf}, others...), nil
}
