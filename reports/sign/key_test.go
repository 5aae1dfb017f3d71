package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os/exec"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewCertificateIsForSigningAlone(t *testing.T) {
	text, err := NewCertificate(rand.Reader, "Ada Auditor", now)
	require.NoError(t, err)
	signer, chain, err := LoadKey(text)
	require.NoError(t, err)
	require.Len(t, chain, 1)
	c := chain[0]
	assert.Equal(t, "Ada Auditor", c.Subject.CommonName)
	assert.Equal(t, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment, c.KeyUsage)
	assert.False(t, c.IsCA)
	assert.Equal(t, now.AddDate(5, 0, 0), c.NotAfter)
	assert.True(t, c.NotBefore.Before(now))
	assert.Equal(t, elliptic.P256(), signer.Public().(*ecdsa.PublicKey).Curve)
	block, _ := pem.Decode(text)
	assert.Equal(t, "PRIVATE KEY", block.Type)

	_, err = NewCertificate(rand.Reader, "", now)
	assert.ErrorContains(t, err, "make signing certificate: ")
	_, err = NewCertificate(rand.Reader, "a\nb", now)
	assert.ErrorContains(t, err, "not printable")
	_, err = NewCertificate(iotest.ErrReader(errors.New("no randomness")), "Ada", now)
	assert.ErrorContains(t, err, "no randomness")
}

func pemOf(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs8(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pemOf(t, "PRIVATE KEY", der, err)
}

func TestLoadKeyReadsWhatOthersWrite(t *testing.T) {
	rootKey, key := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384())
	root := issue(t, rootKey, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.KeyUsage = "Root", true, x509.KeyUsageCertSign
	}, nil, nil)
	leaf, stranger := issue(t, key, nil, root, rootKey), issue(t, ecKey(t, elliptic.P256()), nil, nil, nil)
	var certificates []byte
	for _, c := range []*x509.Certificate{stranger, root, leaf} {
		certificates = append(certificates, pemOf(t, "CERTIFICATE", c.Raw, nil)...)
	}
	sec1, err := x509.MarshalECPrivateKey(key)
	parameters := []byte("-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n")
	for name, text := range map[string][]byte{
		"PKCS #8 first":  append(pkcs8(t, key), certificates...),
		"with its curve": slices.Concat(parameters, pemOf(t, "EC PRIVATE KEY", sec1, err), certificates),
		"SEC 1 last":     append(bytes.Clone(certificates), pemOf(t, "EC PRIVATE KEY", sec1, err)...),
	} {
		signer, chain, err := LoadKey(text)
		require.NoError(t, err, name)
		assert.True(t, key.Equal(signer), name)
		require.Len(t, chain, 2, name)
		assert.Equal(t, leaf.Raw, chain[0].Raw, name)
		assert.Equal(t, root.Raw, chain[1].Raw, "from the signer to the root, strangers left out")
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	cert := pemOf(t, "CERTIFICATE", issue(t, rsaKey, nil, nil, nil).Raw, nil)
	_, _, err = LoadKey(append(pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil), cert...))
	assert.NoError(t, err)
}

// Two authorities that vouch for each other make no endless chain.
func TestAChainThatBitesItsTail(t *testing.T) {
	key, one, two := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	named := func(name string) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.Subject.CommonName, c.IsCA, c.KeyUsage = name, true, x509.KeyUsageCertSign
		}
	}
	first := issue(t, one, named("One"), nil, nil)
	second := issue(t, two, named("Two"), first, one)
	again := issue(t, one, named("One"), second, two)
	chain := orderChain(key.Public(), []*x509.Certificate{again, second, issue(t, key, nil, second, two)})
	require.Len(t, chain, 3)
	assert.Equal(t, []string{"Ada Auditor", "Two", "One"}, []string{chain[0].Subject.CommonName, chain[1].Subject.CommonName, chain[2].Subject.CommonName})
}

func TestLoadKeySaysWhyNot(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	cert := pemOf(t, "CERTIFICATE", issue(t, key, nil, nil, nil).Raw, nil)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	for _, c := range []struct {
		name, want string
		text       []byte
	}{
		{"nothing", "no private key in PEM form", nil},
		{"certificate alone", "no private key", cert},
		{"key alone", "no certificate for the key among 0", pkcs8(t, key)},
		{"another's certificate", "no certificate for the key among 1", append(pkcs8(t, ecKey(t, elliptic.P256())), cert...)},
		{"two keys", "more than one private key", append(append(pkcs8(t, key), pkcs8(t, key)...), cert...)},
		{"encrypted", "the key is encrypted", pemOf(t, "ENCRYPTED PRIVATE KEY", []byte{1}, nil)},
		{"encrypted in the old way", "the key is encrypted", pem.EncodeToMemory(&pem.Block{
			Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00112233445566778899AABBCCDDEEFF"}, Bytes: []byte{1},
		})},
		{"RSA 1024", "an RSA key of 1024 bits", pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small), nil)},
		{"its certificate in other clothes", "no certificate for the key among 0", append(pkcs8(t, key), bytes.ReplaceAll(cert, []byte("CERTIFICATE"), []byte("TRUSTED CERTIFICATE"))...)},
		{"a key cut in the middle", "no private key", pkcs8(t, key)[:90]},
		{"garbage", "private key: ", pemOf(t, "PRIVATE KEY", []byte{1}, nil)},
		{"broken certificate", "certificate: ", pemOf(t, "CERTIFICATE", []byte{1}, nil)},
		{"P-521", "P-521", pkcs8(t, ecKey(t, elliptic.P521()))},
	} {
		signer, chain, err := LoadKey(c.text)
		assert.ErrorContains(t, err, c.want, c.name)
		assert.ErrorContains(t, err, "load signing key: ", c.name)
		assert.Nil(t, signer)
		assert.Nil(t, chain)
	}
}

func TestKeysOfOpenSSLThatPDFReadersDoNotVerify(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed here: its RSA-PSS and Ed25519 keys are not tried")
	}
	for algorithm, want := range map[string]string{"RSA-PSS": "RSA-PSS key", "ed25519": "Ed25519 key", "x25519": "neither an ECDSA"} {
		text, err := exec.Command("openssl", "genpkey", "-algorithm", algorithm).Output()
		require.NoError(t, err)
		_, _, err = LoadKey(text)
		assert.ErrorIs(t, err, ErrKey)
		assert.ErrorContains(t, err, want)
	}
}

func FuzzLoadKey(f *testing.F) {
	text, err := NewCertificate(rand.Reader, "Ada", now)
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if signer, chain, err := LoadKey(text); err == nil {
			require.NotEmpty(t, chain)
			require.True(t, sameKey(signer.Public(), chain[0].PublicKey))
		}
	})
}
