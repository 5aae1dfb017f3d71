package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"time"
)

// ErrKey is returned for keys and certificates that cannot sign a report.
var ErrKey = errors.New("cannot sign a PDF")

const (
	minRSABits = 2048
	maxRSABits = 16_384 // a longer key, of a signer or an authority, only keeps the verifier busy
)

// suitableKey refuses keys whose signatures the common readers of PDF do not verify.
func suitableKey(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() || k.Curve == elliptic.P384() {
			return nil
		}
		return fmt.Errorf("%w: an ECDSA key on %s; use P-256 or P-384", ErrKey, k.Curve.Params().Name)
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return fmt.Errorf("%w: an RSA key of %d bits; use %d or more, at most %d", ErrKey, bits, minRSABits, maxRSABits)
		}
		return nil
	case ed25519.PublicKey:
		return fmt.Errorf("%w: an Ed25519 key, which PDF readers do not verify; use ECDSA P-256", ErrKey)
	}
	return fmt.Errorf("%w: neither an ECDSA nor a plain RSA key", ErrKey)
}

// LoadKey reads a private key (PKCS #8, EC or RSA, not encrypted) and its certificates from
// one PEM text. It returns the certificates as a chain, the key's own first; those that lead
// nowhere are left out. ErrKey marks a key that is sound but of no use for PDFs.
func LoadKey(text []byte) (crypto.Signer, []*x509.Certificate, error) {
	signer, certificates, err := parsePEM(text)
	if err != nil {
		return nil, nil, fmt.Errorf("load signing key: %w", err)
	}
	return suitable(signer, certificates)
}

// suitable is a key with its certificates in order, unless the key is of no use for PDFs.
func suitable(signer crypto.Signer, certificates []*x509.Certificate) (crypto.Signer, []*x509.Certificate, error) {
	if err := suitableKey(signer.Public()); err != nil {
		return nil, nil, fmt.Errorf("load signing key: %w", err)
	}
	chain := orderChain(signer.Public(), certificates)
	if len(chain) == 0 {
		return nil, nil, fmt.Errorf("load signing key: %w: no certificate for the key among %d in the file", ErrKey, len(certificates))
	}
	return signer, chain, nil
}

func parsePEM(text []byte) (signer crypto.Signer, certificates []*x509.Certificate, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("certificate: %w", err)
			}
			certificates = append(certificates, c)
		case "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
			if signer != nil {
				return nil, nil, errors.New("more than one private key")
			}
			if signer, err = parseKey(block); err != nil {
				return nil, nil, err
			}
		}
	}
	if signer == nil {
		return nil, nil, errors.New("no private key in PEM form")
	}
	return signer, certificates, nil
}

// oidPSSKey marks a key that may sign with RSA-PSS alone.
var oidPSSKey = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
		return nil, fmt.Errorf("%w: the key is encrypted; decrypt it with openssl pkey, or hand it over as PKCS #12", ErrKey)
	}
	var key any
	var err error
	switch block.Type {
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil && bytes.Contains(block.Bytes, oidPSSKey) {
		return nil, fmt.Errorf("%w: an RSA-PSS key, which not all PDF readers verify; use ECDSA P-256", ErrKey)
	}
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: neither an ECDSA nor a plain RSA key", ErrKey)
	}
	return signer, nil
}

// orderChain begins with the certificate of the key and goes on from each to its issuer.
func orderChain(public crypto.PublicKey, pool []*x509.Certificate) []*x509.Certificate {
	i := slices.IndexFunc(pool, func(c *x509.Certificate) bool { return sameKey(public, c.PublicKey) })
	if i < 0 {
		return nil
	}
	chain := []*x509.Certificate{pool[i]}
	for last := chain[0]; !bytes.Equal(last.RawIssuer, last.RawSubject); last = chain[len(chain)-1] {
		i := slices.IndexFunc(pool, func(c *x509.Certificate) bool {
			return !slices.Contains(chain, c) && last.CheckSignatureFrom(c) == nil
		})
		if i < 0 {
			break
		}
		chain = append(chain, pool[i])
	}
	return chain
}

func sameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// suitableCertificate tells why a certificate may not sign at a time; nil if it may.
func suitableCertificate(c *x509.Certificate, at time.Time) error {
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	const day = "2 January 2006"
	switch {
	case c.KeyUsage != 0 && c.KeyUsage&signing == 0:
		return errors.New("the certificate is not for signing")
	case at.Before(c.NotBefore):
		return fmt.Errorf("the certificate is valid only from %s", c.NotBefore.UTC().Format(day))
	case at.After(c.NotAfter):
		return fmt.Errorf("the certificate expired on %s", c.NotAfter.UTC().Format(day))
	}
	return nil
}

// suitableSigner tells why a person may not sign with a certificate at a time; nil if they may. One
// that names its purposes, as that of a server does, must name one under which readers take documents.
func suitableSigner(c *x509.Certificate, at time.Time) error {
	if !slices.ContainsFunc(documentPurposes, func(p purpose) bool { return p.servedBy(c) }) {
		return errors.New("the certificate is for other purposes than signing documents")
	}
	return suitableCertificate(c, at)
}

// NewCertificate makes an ECDSA P-256 key and a certificate for it that it signs itself, valid
// from an hour before now for five years, and returns both in one PEM text (the key in PKCS #8,
// not encrypted: the caller guards the file). name becomes the common name. Nobody vouches for
// such a certificate: its SHA-256 must reach the verifier another way.
func NewCertificate(rand io.Reader, name string, now time.Time) ([]byte, error) {
	out, err := newCertificate(rand, name, now)
	if err != nil {
		return nil, fmt.Errorf("make signing certificate: %w", err)
	}
	return out, nil
}

func newCertificate(rand io.Reader, name string, now time.Time) ([]byte, error) {
	if rand == nil {
		rand = cryptorand.Reader
	}
	if name == "" || printable(name) != name {
		return nil, errors.New("the name is empty or not printable")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand)
	if err != nil {
		return nil, err
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(rand, serial); err != nil {
		return nil, err
	}
	serial[0] = serial[0]&0x3f | 0x40 // positive and of full length
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: now.UTC().Add(-time.Hour), NotAfter: now.UTC().AddDate(5, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...), nil
}
