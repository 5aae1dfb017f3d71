package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"
)

func TestAContainerOpensWithItsPassphraseAlone(t *testing.T) {
	rootKey, key := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384())
	root := issue(t, rootKey, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.KeyUsage = "Root", true, x509.KeyUsageCertSign
	}, nil, nil)
	leaf := issue(t, key, nil, root, rootKey)
	for name, encoder := range map[string]*pkcs12.Encoder{"modern": pkcs12.Modern2023, "old": pkcs12.LegacyDES, "older": pkcs12.LegacyRC2} {
		text, err := encoder.Encode(key, leaf, []*x509.Certificate{root}, "correct horse")
		require.NoError(t, err)
		assert.True(t, IsContainer(text))
		signer, chain, err := LoadContainer(text, "correct horse")
		require.NoError(t, err, name)
		assert.True(t, key.Equal(signer), name)
		require.Len(t, chain, 2)
		assert.Equal(t, leaf.Raw, chain[0].Raw)

		_, _, err = LoadContainer(text, "wrong")
		assert.ErrorIs(t, err, ErrPassphrase, name)
		_, _, err = LoadContainer(text[:len(text)-9], "correct horse")
		assert.ErrorContains(t, err, "it is damaged", name)
	}
	_, _, err := LoadContainer([]byte("\x30\x00"), "")
	assert.ErrorContains(t, err, "load signing key: it is damaged")
	text, err := NewCertificate(rand.Reader, "Ada", now)
	require.NoError(t, err)
	assert.False(t, IsContainer(text))
	assert.False(t, IsContainer(nil))
}

func TestAKeyThatIsOfNoUseIsRefusedInAContainerToo(t *testing.T) {
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for want, key := range map[string]crypto.Signer{"Ed25519 key": edKey, "P-521": ecKey(t, elliptic.P521())} {
		text, err := pkcs12.Modern.Encode(key, issue(t, key, nil, nil, nil), nil, "")
		require.NoError(t, err)
		_, _, err = LoadContainer(text, "")
		assert.ErrorIs(t, err, ErrKey)
		assert.ErrorContains(t, err, want)
	}
}

func TestAContainerWhoseKeyHasNoCertificateOfItsOwn(t *testing.T) {
	key, other := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	text, err := pkcs12.Modern.Encode(key, issue(t, other, nil, nil, nil), nil, "")
	require.NoError(t, err)
	_, _, err = LoadContainer(text, "")
	assert.ErrorIs(t, err, ErrKey)
	assert.ErrorContains(t, err, "no certificate for the key among 1")
	text, err = pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{issue(t, other, nil, nil, nil)}, "")
	require.NoError(t, err)
	_, _, err = LoadContainer(text, "")
	assert.ErrorContains(t, err, "load signing key: ")
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	_, _, err = LoadContainer(der, "")
	assert.ErrorContains(t, err, "`openssl pkcs12 -export` writes one", "a bare key in DER")
}

func TestAContainerOfOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed here: its PKCS #12 files are not read")
	}
	text, err := NewCertificate(rand.Reader, "Ada Auditor", now)
	require.NoError(t, err)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "signing.pem"), filepath.Join(dir, "signing.p12")
	require.NoError(t, os.WriteFile(in, text, 0o600))
	for _, how := range [][]string{nil, {"-legacy"}, {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"}, {"-keypbe", "AES-128-CBC", "-certpbe", "NONE"}} {
		said, err := exec.Command("openssl", slices.Concat([]string{"pkcs12", "-export", "-in", in, "-out", out, "-passout", "pass:Grüße"}, how)...).CombinedOutput()
		require.NoErrorf(t, err, "%s", said)
		text, err = os.ReadFile(out)
		require.NoError(t, err)
		_, chain, err := LoadContainer(text, "Grüße")
		require.NoError(t, err, how)
		assert.Equal(t, "Ada Auditor", chain[0].Subject.CommonName)
		_, _, err = LoadContainer(text, "Grüsse")
		assert.ErrorIs(t, err, ErrPassphrase, how)
	}
}
