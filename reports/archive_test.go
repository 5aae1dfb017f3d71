package reports_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// veraPDF asks veraPDF whether files are of a flavour of PDF/A or PDF/UA.
func veraPDF(t *testing.T, flavour string, files []string) []string {
	t.Helper()
	jars, err := filepath.Abs(filepath.Join("..", ".cache", "verapdf"))
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(jars, "done")); err != nil {
		t.Skip("SKIPPED: veraPDF is not here (`make verapdf`), and was not asked")
	}
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("SKIPPED: no Java compiler is here, and veraPDF was not asked")
	}
	arguments := append([]string{"-cp", filepath.Join(jars, "*"), filepath.Join("testdata", "VeraPDF.java"), flavour}, files...)
	out, err := exec.Command("java", arguments...).Output()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, len(files))
	return lines
}

// printedPapers are every kind of whole assessments, the longest of an empty and of a hostile
// one, in one paper and the other by turns, and a signed one.
func printedPapers(t *testing.T) (names, files []string) {
	t.Helper()
	folder := t.TempDir()
	keep := func(name string, text []byte) {
		path := filepath.Join(folder, name+".pdf")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		names, files = append(names, name), append(files, path)
	}
	all := map[string]*engagement{"empty": newEngagement(t), "hostile": hostile(t), "self": wholeSelf(t), "assessed": wholeAssessed(t)}
	for _, which := range slices.Sorted(maps.Keys(all)) {
		e := all[which]
		for _, kind := range reports.KindsOf(e.assessment().Questionnaire) {
			whole := which == "self" || which == "assessed"
			if kind == reports.Transfer || !whole && kind != reports.Record && kind != reports.Binder {
				continue
			}
			var b bytes.Buffer
			paper := pdf.Paper(len(names) % 2)
			_, err := pdf.Write(t.Context(), &b, e.composeKind(kind), pdf.Options{Paper: paper})
			require.NoError(t, err)
			keep(fmt.Sprintf("%s-%s-%d", which, kind, paper), b.Bytes())
			if which == "self" && kind == reports.Summary {
				keep("signed", signedBy(t, b.Bytes()))
			}
		}
	}
	return names, files
}

// signedBy is a paper with the visible signature of its preparer.
func signedBy(t *testing.T, text []byte) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Mara Lindqvist"}, NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	card, err := pdf.SignatureCard(pdf.Card{Name: "Mara Lindqvist", Subject: "CN=Mara Lindqvist", Issuer: "CN=Mara Lindqvist", Time: now})
	require.NoError(t, err)
	text, err = sign.Sign(text, sign.Options{Signer: key, Chain: []*x509.Certificate{certificate}, Field: "preparer", When: now, Rand: rand.Reader, Appearance: card})
	require.NoError(t, err)
	return text
}

// veraPDF knows the part of PDF/A that is declared, and what those need who have a paper
// read aloud: of that only the declaration is missing, which a person would have to stand for.
func TestEveryKindIsAnArchiveAndCanBeReadAloud(t *testing.T) {
	names, files := printedPapers(t)
	for i, said := range veraPDF(t, "3b", files) {
		assert.Equal(t, "valid", said, names[i])
	}
	for i, said := range veraPDF(t, "ua1", files) {
		assert.Regexp(t, `^not valid: 5-1 [^;]*$`, said, names[i])
	}
}

// No word above a column is broken, however many columns there are.
func TestTheHeadsOfTheGridAreWhole(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("SKIPPED: pdftotext is not installed here, and was not asked")
	}
	e := wholeAssessed(t)
	for _, paper := range []pdf.Paper{pdf.A4, pdf.Letter} {
		var b bytes.Buffer
		_, err := pdf.Write(t.Context(), &b, e.composeKind(reports.Attestation), pdf.Options{Paper: paper})
		require.NoError(t, err)
		read := exec.Command("pdftotext", "-", "-")
		read.Stdin = &b
		out, err := read.Output()
		require.NoError(t, err)
		said := strings.Fields(string(out))
		for _, part := range []string{"Unanswere", "Customize", "Applicabl", "d", "e"} {
			assert.NotContains(t, said, part)
		}
		assert.Contains(t, said, "Unanswered")
	}
}
