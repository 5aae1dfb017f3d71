package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
	"tickmark/reports/printer"
	"tickmark/reports/sign"
	"tickmark/reports/timestamp/authoritytest"
)

var when = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// desk is a vault in memory, of which a report is printed.
type desk struct {
	entries  []questionnaires.Entry
	payloads map[engine.Digest][]byte
}

func (d *desk) History(context.Context) (*questionnaires.History, error) {
	return questionnaires.NewHistory(d.entries, func(e questionnaires.Entry) ([]byte, error) { return d.payloads[e.ID], nil })
}

func (d *desk) Snapshot(context.Context, engine.Digest) (engine.Snapshot, error) {
	return engine.Snapshot{}, nil
}
func (d *desk) Run(context.Context, engine.Digest) (engine.Run, error) { return engine.Run{}, nil }
func (d *desk) Documents(context.Context) engine.Documents             { return nil }

// unsigned is a whole report with its empty fields, as printer makes it.
func unsigned(t testing.TB) []byte {
	t.Helper()
	mara, err := questionnaires.NewSigner("Mara Lindqvist", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	founding, err := questionnaires.NewVault("Copperline Outfitters", mara)
	require.NoError(t, err)
	assessment, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: "a1", Questionnaire: "saq-a"})
	require.NoError(t, err)
	d := &desk{payloads: map[engine.Digest][]byte{}}
	for i, draft := range []questionnaires.Draft{founding, assessment} {
		var vault engine.Digest
		var tips []engine.Digest
		if i > 0 {
			vault, tips = d.entries[0].ID, []engine.Digest{d.entries[i-1].ID}
		}
		e, payload, err := questionnaires.SignEntry(mara, vault, tips, draft, when.Add(-time.Hour))
		require.NoError(t, err)
		d.entries, d.payloads[e.ID] = append(d.entries, e), payload
	}
	_, text, err := printer.Make(t.Context(), d, printer.Request{Assessment: "a1", Catalogue: catalogue})
	require.NoError(t, err)
	return text
}

var _ reports.Source = (*desk)(nil)

type signer struct {
	key   crypto.Signer
	chain []*x509.Certificate
}

func newSigner(t testing.TB, name string) signer {
	t.Helper()
	text, err := sign.NewCertificate(rand.Reader, name, when)
	require.NoError(t, err)
	key, chain, err := sign.LoadKey(text)
	require.NoError(t, err)
	return signer{key, chain}
}

func (s signer) sign(t testing.TB, pdf []byte, field string, stamp func([]byte) ([]byte, error)) []byte {
	t.Helper()
	out, err := sign.Sign(pdf, sign.Options{Signer: s.key, Chain: s.chain, Field: field, Reason: "Prepared this record", When: when, Stamp: stamp})
	require.NoError(t, err)
	return out
}

func TestEveryAttackOnAReportIsNamed(t *testing.T) {
	ada, eva := newSigner(t, "Ada Assessor"), newSigner(t, "Eva Officer")
	authority, err := authoritytest.New(when, authoritytest.Options{})
	require.NoError(t, err)
	base := unsigned(t)
	one := ada.sign(t, sign.WithHole(t, base), "preparer", authority.Answer)
	trust := sign.VerifyOptions{Now: when, Roots: []*x509.Certificate{ada.chain[0], eva.chain[0], authority.Root}}
	said := func(pdf []byte) (sign.Status, string) {
		v, err := sign.Verify(pdf, trust)
		require.NoError(t, err)
		return v.Status, strings.Join(v.Lines(), "\n")
	}
	status, lines := said(one)
	require.Equal(t, sign.IntactTrusted, status, lines)
	assert.Contains(t, lines, "officer: not yet signed.")
	for _, attack := range sign.Attacks() {
		status, lines := said(attack.Make(t, one))
		assert.Equal(t, sign.Broken, status, attack.Name)
		assert.Contains(t, lines, attack.Want, attack.Name)
	}
	for _, attack := range sign.Countersigned(sign.Options{Signer: eva.key, Chain: eva.chain, When: when}) {
		status, lines := said(attack.Make(t, one))
		assert.Equal(t, sign.Broken, status, "countersigned by who is trusted: %s", attack.Name)
		assert.Contains(t, lines, attack.Want, attack.Name)
	}
	status, lines = said(append(bytes.Clone(one), "% seen\n"...))
	assert.Equal(t, sign.Broken, status)
	assert.Contains(t, lines, "7 bytes after the end")
	flipped := bytes.Clone(one)
	flipped[bytes.Index(flipped, []byte("stream"))+40] ^= 1
	status, lines = said(flipped)
	assert.Equal(t, sign.Broken, status)
	assert.Contains(t, lines, "digest mismatch")

	both := eva.sign(t, one, "officer", nil)
	status, lines = said(both)
	assert.Equal(t, sign.IntactTrusted, status, lines)
	assert.NotContains(t, lines, "not yet signed")
}

var contents = regexp.MustCompile(`/Contents <([0-9a-fA-F]{1000,})>`)

// TestMutations changes a report with two signatures, one of them with a time stamp.
// TICKMARK_FAULTS says how often.
func TestMutations(t *testing.T) {
	count := 500
	if text := os.Getenv("TICKMARK_FAULTS"); text != "" {
		var err error
		count, err = strconv.Atoi(text)
		require.NoError(t, err, "TICKMARK_FAULTS")
	}
	ada, eva := newSigner(t, "Ada Assessor"), newSigner(t, "Eva Officer")
	authority, err := authoritytest.New(when, authoritytest.Options{})
	require.NoError(t, err)
	pdf := eva.sign(t, ada.sign(t, unsigned(t), "preparer", authority.Answer), "officer", authority.Answer)
	o := sign.VerifyOptions{Now: when, Roots: []*x509.Certificate{ada.chain[0], eva.chain[0], authority.Root}}
	gaps := contents.FindAllSubmatchIndex(pdf, -1)
	require.Len(t, gaps, 2)
	v, err := sign.Verify(pdf, o)
	require.NoError(t, err)
	require.Equal(t, sign.IntactTrusted, v.Status, v.Lines())

	random := mathrand.New(mathrand.NewPCG(3161, 2026))
	believed := 0
	for n := range count {
		b, how := mutated(random, pdf, gaps)
		if bytes.Equal(b, pdf) {
			continue
		}
		v, err := sign.Verify(b, o)
		if err != nil || v.Status < sign.IntactUnidentified {
			continue
		}
		if believed++; !sameMeaning(b, pdf, gaps) {
			t.Errorf("mutation %d is believed: %s", n, how)
		}
	}
	t.Logf("%d mutations, %d believed: the same CMS in other digits, or a cut between signatures", count, believed)
}

// mutated changes something: half of the time within the signatures.
func mutated(random *mathrand.Rand, pdf []byte, gaps [][]int) ([]byte, string) {
	at := random.IntN(len(pdf))
	if random.IntN(2) == 0 {
		gap := gaps[random.IntN(len(gaps))]
		used := len(bytes.TrimRight(pdf[gap[2]:gap[3]], "0"))
		at = gap[2] + random.IntN(used+20)
	}
	end := min(at+1+random.IntN(40), len(pdf))
	b := bytes.Clone(pdf)
	switch kind := random.IntN(7); kind {
	case 0:
		b[at] ^= 1 << random.IntN(8)
		return b, fmt.Sprintf("byte %d: %q became %q", at, pdf[at], b[at])
	case 1:
		b[at] = "0123456789abcdefABCDEF"[random.IntN(22)]
		return b, fmt.Sprintf("byte %d: %q became %q", at, pdf[at], b[at])
	case 2:
		return append(b[:at], pdf[end:]...), fmt.Sprintf("%d bytes cut out at %d", end-at, at)
	case 3:
		return append(append(b[:at:at], pdf[at:end]...), pdf[at:]...), fmt.Sprintf("%d bytes twice at %d", end-at, at)
	case 4:
		from := random.IntN(len(pdf) - (end - at))
		copy(b[at:end], pdf[from:])
		return b, fmt.Sprintf("%d bytes of %d at %d", end-at, from, at)
	case 5:
		return b[:at], fmt.Sprintf("cut at %d", at)
	default:
		copy(b[at:end], bytes.ToUpper(b[at:end]))
		return b, fmt.Sprintf("capitals at %d", at)
	}
}

// sameMeaning tells whether a believed file differs in nothing but the digits of the same CMS,
// or is the report as it was before the second signature.
func sameMeaning(b, pdf []byte, gaps [][]int) bool {
	b, pdf = bytes.Clone(b), bytes.Clone(pdf)
	for _, gap := range gaps {
		for _, text := range [][]byte{b, pdf} {
			if gap[3] <= len(text) {
				copy(text[gap[2]:gap[3]], bytes.ToLower(text[gap[2]:gap[3]]))
			}
		}
	}
	return bytes.Equal(b, pdf) || (bytes.HasPrefix(pdf, b) && bytes.HasSuffix(b, []byte("%%EOF\n")))
}
