//go:build pkcs11

package smartcard

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ThalesGroup/crypto11"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// softToken is a token in software with a PIN, an ECDSA and an RSA key and their certificates.
func softToken(t *testing.T) (module string) {
	t.Helper()
	for _, path := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"} {
		if _, err := os.Stat(path); err == nil {
			module = path
		}
	}
	if _, err := exec.LookPath("softhsm2-util"); err != nil || module == "" {
		t.Skip("SoftHSM2 is not installed here: no token is asked to sign")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "softhsm2.conf")
	require.NoError(t, os.WriteFile(config, []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\n"), 0o600))
	t.Setenv("SOFTHSM2_CONF", config)
	said, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "Assessor", "--pin", "123456", "--so-pin", "654321").CombinedOutput()
	require.NoErrorf(t, err, "%s", said)
	token, err := crypto11.Configure(&crypto11.Config{Path: module, TokenLabel: "Assessor", Pin: "123456"})
	require.NoError(t, err)
	ec, err := token.GenerateECDSAKeyPairWithLabel([]byte{1}, []byte("ec"), elliptic.P256())
	require.NoError(t, err)
	rsaKey, err := token.GenerateRSAKeyPairWithLabel([]byte{2}, []byte("rsa"), 2048)
	require.NoError(t, err)
	_, err = token.GenerateRSAKeyPairWithLabel([]byte{3}, []byte("bare"), 2048)
	require.NoError(t, err)
	for i, key := range []crypto.Signer{ec, rsaKey} {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "Ada Assessor"}, KeyUsage: x509.KeyUsageDigitalSignature,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		certificate, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		require.NoError(t, token.ImportCertificateWithLabel([]byte{byte(i + 1)}, []byte([]string{"ec", "rsa"}[i]), certificate))
	}
	require.NoError(t, token.Close())
	return module
}

func TestATokenSignsAReport(t *testing.T) {
	module := softToken(t)
	var page bytes.Buffer
	_, err := pdf.Write(t.Context(), &page, reports.Document{Date: time.Now(), Blocks: []reports.Block{reports.SignatureBlock{Field: "preparer"}}}, pdf.Options{})
	require.NoError(t, err)
	for _, label := range []string{"ec", "rsa"} {
		key, err := Parse("pkcs11:token=Assessor;object=" + label + "?module-path=" + module)
		require.NoError(t, err)
		opened, err := key.Open("123456")
		require.NoError(t, err)
		out, err := sign.Sign(page.Bytes(), sign.Options{Signer: opened.Signer, Chain: opened.Chain, Field: "preparer", When: time.Now()})
		require.NoError(t, err)
		v, err := sign.Verify(out, sign.VerifyOptions{Now: time.Now(), Roots: opened.Chain})
		require.NoError(t, err)
		assert.Equal(t, sign.IntactTrusted, v.Status, v.Lines())
		require.NoError(t, opened.Close())
	}
	for _, c := range []struct{ key, pin, want string }{
		{"token=Assessor;object=ec", "000000", ErrPIN.Error()},
		{"token=Assessor;object=none", "123456", "no such key is on it"},
		{"token=Assessor;object=bare", "123456", "no certificate on it"},
		{"token=Another;object=ec", "123456", "open token: "},
	} {
		key, err := Parse("pkcs11:" + c.key + "?module-path=" + module)
		require.NoError(t, err)
		_, err = key.Open(c.pin)
		assert.ErrorContains(t, err, c.want)
		assert.NotContains(t, err.Error(), c.pin)
	}
	_, err = Key{Module: filepath.Join(t.TempDir(), "absent.so"), Token: "Assessor", Label: "ec"}.Open("123456")
	assert.ErrorContains(t, err, "open token: ")
}
