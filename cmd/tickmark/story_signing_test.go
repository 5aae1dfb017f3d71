package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
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

// unfield FILE FIELD KEY: takes a signature field out of an unsigned report's form, as whoever
// has the file can, and signs the report as its preparer.
func unfield(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	widget := regexp.MustCompile(fmt.Sprintf(`(?s)\n(\d+) 0 obj\n<<[^>]*/T \(%s\)`, regexp.QuoteMeta(args[1]))).FindSubmatch(text)
	if widget == nil {
		ts.Fatalf("no field %s", args[1])
	}
	fields := regexp.MustCompile(`/Fields \[[^\]]*\]`).FindIndex(text)
	reference := []byte(string(widget[1]) + " 0 R")
	at := bytes.Index(text[fields[0]:fields[1]], reference)
	copy(text[fields[0]+at:], bytes.Repeat([]byte(" "), len(reference)))
	held, err := os.ReadFile(ts.MkAbs(args[2]))
	ts.Check(err)
	key, chain, err := sign.LoadKey(held)
	ts.Check(err)
	text, err = sign.Sign(text, sign.Options{Signer: key, Chain: chain, Field: "preparer", When: time.Now()})
	ts.Check(err)
	ts.Check(os.WriteFile(path, text, 0o600))
}

// later FILE WHAT: writes a revision after those of a signed report, as whoever has the file
// can. WHAT is replaced in it: content, title, catalog or fields, or it is a stamp on the
// first page.
func later(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: later FILE content|title|catalog|fields|stamp")
	}
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	last := func(pattern string) string {
		all := regexp.MustCompile(pattern).FindAllSubmatch(text, -1)
		if len(all) == 0 {
			ts.Fatalf("%s has no %s", args[0], pattern)
		}
		return string(all[len(all)-1][1])
	}
	body := func(number string) string { return last(`(?s)\n` + number + ` 0 obj\n(.*?)\nendobj`) }
	root, info, size := last(`/Root (\d+)`), last(`/Info (\d+)`), last(`/Size (\d+)`)
	page := regexp.MustCompile(`\n(\d+) 0 obj\n<<\n/Type /Page\n`).FindSubmatch(text)
	number, next := string(page[1]), 0
	var written string
	switch args[1] {
	case "content":
		number = regexp.MustCompile(`/Contents (\d+)`).FindStringSubmatch(body(number))[1]
		written = "<< /Length 5 >>\nstream\nBT ET\nendstream"
	case "title":
		number, written = info, "<< /Title (Report on Compliance) >>"
	case "catalog":
		number, written = root, strings.Replace(body(root), "<<", "<< /AA << /WC << /S /JavaScript /JS (1) >> >>", 1)
	case "fields":
		number, written = root, regexp.MustCompile(`/Fields \[[^\]]*\]`).ReplaceAllString(body(root), "/Fields []")
	case "stamp":
		written, next = strings.Replace(body(number), "<<", "<< /Annots ["+size+" 0 R]", 1), 1
	default:
		ts.Fatalf("nothing is named %s", args[1])
	}
	revision := bytes.NewBuffer(text)
	table := "xref\n"
	add := func(number, body string) {
		table += fmt.Sprintf("%s 1\n%010d 00000 n \n", number, revision.Len())
		fmt.Fprintf(revision, "%s 0 obj\n%s\nendobj\n", number, body)
	}
	add(number, written)
	if next > 0 {
		add(size, "<< /Type /Annot /Subtype /Stamp /Rect [0 0 600 800] >>")
	}
	ended, err := strconv.Atoi(size)
	ts.Check(err)
	at := revision.Len()
	fmt.Fprintf(revision, "%strailer\n<<\n/Size %d\n/Root %s 0 R\n/Info %s 0 R\n/ID [%s]\n/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n",
		table, ended+next, root, info, last(`/ID \[([^\]]*)\]`), last(`startxref\s+(\d+)`), at)
	ts.Check(os.WriteFile(path, revision.Bytes(), 0o600))
}
