package redaction

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	mathrand "math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// inConfigMap redacts a text as a value of a ConfigMap.
func inConfigMap(key, text string) string {
	data := map[string]any{key: text}
	New().Object(map[string]any{"data": data}, engine.Kind{Kind: "ConfigMap"})
	redacted, _ := data[key].(string)
	return redacted
}

// invented returns base64 of bytes that follow from a seed.
func invented(seed uint64, n int) string {
	dice := mathrand.New(mathrand.NewPCG(seed, 1))
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(dice.Uint32())
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func TestRandomTextUnderAnyNameIsRedacted(t *testing.T) {
	found := 0
	const tries = 300
	for seed := range uint64(tries) {
		text := "endpoint=https://db.example\nvalue=" + invented(seed, 32) + "\n"
		if got := inConfigMap("settings", text); got == "endpoint=https://db.example\nvalue=[redacted:random-text]\n" {
			found++
		}
	}
	assert.Greater(t, found, tries*90/100, "of keys of 32 bytes in base64")
	const word = "q7Xf2Lm9Zt4Kc8Vb1Nh6Rj3W"
	assert.Equal(t, "[redacted:random-text]", inConfigMap("colour", word))
	assert.Equal(t, "a [redacted:random-text] b", inConfigMap("colour", "a "+word+"== b"))
	pod := map[string]any{
		"metadata": map[string]any{"name": "api", "annotations": map[string]any{"note": word}, "labels": map[string]any{"l": word}},
		"spec": map[string]any{"containers": []any{map[string]any{
			"image": word, "env": []any{map[string]any{"name": "A", "value": word}}, "args": []any{"--seed=" + word}, "command": []any{word},
		}}},
	}
	New().Object(pod, engine.Kind{Kind: "Pod"})
	text, err := engine.Canonical(pod)
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(string(text), "[redacted:random-text]"), "%s", text)
	assert.Equal(t, 2, strings.Count(string(text), word), "what selects and what names an image is left")
}

func TestWhatIsPublicOrMerelyLongIsLeft(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	encode := base64.StdEncoding.EncodeToString
	sum := sha256.Sum256([]byte("x"))
	for name, text := range map[string]string{
		"a certificate": certificate, "its base64": encode([]byte(certificate)), "its bytes": encode(der), "a public key": encode(public),
		"an SSH key":   "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq7Xf2Lm9Zt4Kc8Vb1Nh6Rj3Wq7Xf2Lm9Zt4Kc8Vb me",
		"an integrity": "sha256-" + encode(sum[:]), "a digest by name": `checksum: "` + encode(sum[:]) + `"`, "a public key by name": "publicKey = " + invented(3, 32),
		"a key set": `{"kty":"RSA","n":"` + strings.TrimRight(invented(4, 200), "=") + `"}`, "a UUID": "550e8400-e29b-41d4-a716-446655440000",
		"hexadecimal": strings.Repeat("0a1b2c3d", 8), "a role": "arn:aws:iam::123456789012:role/eksctl-prod-nodegroup-NodeInstanceRole-1QZ8F0XYZABCD",
		"a path": "/usr/local/lib/TokenReviewV1/Beta1/ClustersOfThe2ndKind/Controller", "a class": "org.apache.kafka.common.security.ScramLoginModuleV2Factory",
		"words": "ThisIsJustALongNameInCamelCaseWith2Digits", "a host": "ip-10-0-12-34.eu-central-1.compute.internal", "a metric": "container_cpu_usage_seconds_total:sum_rate5m",
	} {
		assert.Equal(t, text, inConfigMap("settings", text), name)
	}
	private := encode(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	assert.Equal(t, "[redacted:private-key]", inConfigMap("settings", private), "the base64 of a private key")
	assert.Equal(t, "[redacted:random-text]", inConfigMap("settings", encode(x509.MarshalPKCS1PrivateKey(key))), "the bytes of one")
}

func FuzzRandom(f *testing.F) {
	f.Add("a q7Xf2Lm9Zt4Kc8Vb1Nh6Rj3W== b")
	f.Add("-----BEGIN CERTIFICATE-----\nq7Xf2Lm9Zt4Kc8Vb1Nh6Rj3W")
	f.Add("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t")
	f.Fuzz(func(t *testing.T, text string) {
		once := New().random(text)
		assert.Equal(t, once, New().random(once), "redacting twice changes nothing")
	})
}
