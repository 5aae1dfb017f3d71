package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"

	"tickmark/reports/sign"
	"tickmark/reports/timestamp/authoritytest"
)

// authority FILE [LIE]: starts a time-stamp authority on loopback, whose address is
// $TSA from then on, and writes its root into a file.
func authority(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: authority FILE [refuses|other-nonce|down]")
	}
	a, err := authoritytest.New(time.Now(), authoritytest.Options{})
	ts.Check(err)
	a.Now = time.Now
	server := httptest.NewServer(a)
	ts.Defer(server.Close)
	if len(args) == 2 {
		switch args[1] {
		case "refuses":
			a.Refuses = true
		case "other-nonce":
			a.OtherNonce = true
		case "down":
			server.Close()
		default:
			ts.Fatalf("no lie is named %s", args[1])
		}
	}
	ts.Setenv("TSA", server.URL)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}), 0o600))
}

// container FILE KIND PASSPHRASE: writes a key as PKCS#12. KIND is p256, expired, or
// ed25519, or the name of a PEM file with key and certificate.
func container(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: container FILE KIND PASSPHRASE")
	}
	key, certificate := ownKey(ts, args[1])
	text, err := pkcs12.Modern.Encode(key, certificate, nil, args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

func ownKey(ts *testscript.TestScript, kind string) (crypto.Signer, *x509.Certificate) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "Eva Officer"}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true,
	}
	var key crypto.Signer
	var err error
	switch kind {
	case "p256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "expired":
		template.NotAfter = time.Now().AddDate(-1, 0, 0)
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "unsuitable":
		template.KeyUsage = x509.KeyUsageKeyEncipherment
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		signer, chain, err := sign.LoadKey([]byte(ts.ReadFile(kind)))
		ts.Check(err)
		return signer, chain[0]
	}
	ts.Check(err)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	certificate, err := x509.ParseCertificate(der)
	ts.Check(err)
	return key, certificate
}
