package sign

import (
	"bytes"
	crand "crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports/timestamp/authoritytest"
)

func newAuthority(t testing.TB, o authoritytest.Options) *authoritytest.Authority {
	t.Helper()
	a, err := authoritytest.New(now, o)
	require.NoError(t, err)
	return a
}

// stampedBy signs with a time stamp.
func (p person) stampedBy(t testing.TB, a *authoritytest.Authority, pdf []byte, field string) []byte {
	t.Helper()
	p.options.Stamp = a.Answer
	return p.sign(t, pdf, field)
}

func TestATimeStampConfirmsWhenOneSigned(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	rsaKey, err := rsa.GenerateKey(crand.Reader, 2048)
	require.NoError(t, err)
	for _, c := range []struct {
		name    string
		options authoritytest.Options
		change  func(*authoritytest.Authority)
	}{
		{"an authority and its root", authoritytest.Options{}, nil},
		{"the authority's certificate alone", authoritytest.Options{}, func(a *authoritytest.Authority) { a.NoRoot = true }},
		{"a certificate too many", authoritytest.Options{}, func(a *authoritytest.Authority) { a.Extra = true }},
		{"an RSA key", authoritytest.Options{Key: rsaKey}, func(a *authoritytest.Authority) { a.OwnNameForRSA = true }},
		{"nobody's word but its own", authoritytest.Options{SignsItsself: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAuthority(t, c.options)
			if c.change != nil {
				c.change(a)
			}
			one := ada.stampedBy(t, a, prepared(t, 1), assessor)
			v := check(t, one, ada, person{root: a.Root}, person{root: a.Leaf})
			require.Equal(t, IntactTrusted, v.Status, v.Lines())
			stamp := v.Signatures[0].Stamp
			require.NotNil(t, stamp)
			assert.True(t, stamp.Trusted, stamp.Doubt)
			assert.Equal(t, now, stamp.Time)
			assert.Equal(t, "Test Time Authority", stamp.Authority.Name)
			assert.Contains(t, strings.Join(v.Lines(), "\n"), "the authority is trusted; the signature existed then.")
			assert.NotContains(t, strings.Join(v.Lines(), "\n"), "a claim")
			independent(t, one, 1)
			stampAccepted(t, one, assessor, a)

			both := eva.stampedBy(t, a, one, officer)
			v = check(t, both, ada, eva)
			require.Equal(t, IntactTrusted, v.Status, v.Lines())
			assert.False(t, v.Signatures[1].Stamp.Trusted)
			said := strings.Join(v.Lines(), "\n")
			assert.Contains(t, said, "a claim of the signer.")
			assert.Contains(t, said, "authority not identified, so it confirms nothing here")
			independent(t, both, 2)
			stampAccepted(t, both, officer, a)
		})
	}
}

// stampAccepted asks openssl about the time stamp over a field's signature.
func stampAccepted(t *testing.T, pdf []byte, field string, a *authoritytest.Authority) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Log("NOT ASKED: openssl is not installed here")
		return
	}
	token, signature := tokenOf(t, pdf, field)
	dir := t.TempDir()
	put := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	anchors := slicesOf(a.Root, a.Leaf)
	out, err := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", put("token", token), "-data", put("signature", signature),
		"-CAfile", put("anchors.pem", anchors), "-partial_chain", "-attime", "1772447400").CombinedOutput()
	require.NoErrorf(t, err, "openssl: %s", out)
	assert.Contains(t, string(out), "Verification: OK")
}

func slicesOf(certificates ...*x509.Certificate) (text []byte) {
	for _, c := range certificates {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return text
}

// tokenOf is the token of a signature and what it stamps.
func tokenOf(t testing.TB, pdf []byte, field string) (token, signature []byte) {
	t.Helper()
	f, err := readWhole(pdf)
	require.NoError(t, err)
	der, err := f.contents(f.resolve(fieldNamed(f, field).widget.get("V"), f.last()).get("Contents"))
	require.NoError(t, err)
	data, err := parseCMS(der)
	require.NoError(t, err)
	unsigned := data.Signers[0].Unsigned.Bytes
	i := bytes.Index(unsigned, derOf(oidSignedData))
	require.Positive(t, i)
	return unsigned[i-4:], data.Signers[0].Signature
}

func TestAnAuthorityThatLiesOrIsDownSignsNothing(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	for _, c := range []struct {
		name, want string
		options    authoritytest.Options
		lie        func(*authoritytest.Authority)
	}{
		{"refuses", "it refuses (status 2): the clock[31m is being set", authoritytest.Options{}, func(a *authoritytest.Authority) { a.Refuses = true }},
		{"sends nothing", "sends none", authoritytest.Options{}, func(a *authoritytest.Authority) { a.Empty = true }},
		{"another question", "the nonce differs", authoritytest.Options{}, func(a *authoritytest.Authority) { a.OtherNonce = true }},
		{"no question", "the nonce differs", authoritytest.Options{}, func(a *authoritytest.Authority) { a.NoNonce = true }},
		{"another signature", "the imprint differs", authoritytest.Options{}, func(a *authoritytest.Authority) { a.OtherImprint = true }},
		{"another digest", "the imprint differs", authoritytest.Options{}, func(a *authoritytest.Authority) { a.OtherHash = true }},
		{"another key", "not made with the certificate's key", authoritytest.Options{}, func(a *authoritytest.Authority) { a.OtherKey = true }},
		{"another name", "did not sign which certificate", authoritytest.Options{}, func(a *authoritytest.Authority) { a.OtherName = true }},
		{"another clock", "the authority says it is 2026-03-04", authoritytest.Options{}, func(a *authoritytest.Authority) { a.Now = func() time.Time { return now.AddDate(0, 0, 2) } }},
		{"a server's certificate", "not for time stamps alone", authoritytest.Options{OtherUsage: true}, nil},
		{"a usage to overlook", "not for time stamps alone", authoritytest.Options{NotCritical: true}, nil},
		{"an expired certificate", "the authority: the certificate expired", authoritytest.Options{Until: now.AddDate(0, 0, -1)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAuthority(t, c.options)
			if c.lie != nil {
				c.lie(a)
			}
			o := ada.options
			o.Field, o.Stamp = assessor, a.Answer
			out, err := Sign(prepared(t, 1), o)
			require.ErrorIs(t, err, ErrStamp)
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.Empty(t, out)
		})
	}
	for name, answer := range map[string][]byte{"nothing": nil, "a page": []byte("<html>"), "zeros": make([]byte, 100)} {
		o := ada.options
		o.Field, o.Stamp = assessor, func([]byte) ([]byte, error) { return answer, nil }
		_, err := Sign(prepared(t, 1), o)
		assert.ErrorContains(t, err, "no time-stamp response", name)
	}
	o := ada.options
	o.Field, o.Stamp = assessor, func([]byte) ([]byte, error) { return nil, errors.New("it is down") }
	_, err := Sign(prepared(t, 1), o)
	assert.ErrorContains(t, err, "no time stamp: it is down")
}

func TestATrustedStampOutlivesTheSignersCertificate(t *testing.T) {
	ada, a := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{})
	out := ada.stampedBy(t, a, prepared(t, 1), assessor)
	later := func(roots ...*x509.Certificate) *Verification {
		v, err := Verify(out, VerifyOptions{Now: now.AddDate(6, 0, 0), Roots: roots})
		require.NoError(t, err)
		return v
	}
	assert.Equal(t, IntactTrusted, later(ada.root, a.Root).Status)
	v := later(ada.root)
	assert.Equal(t, IntactUnidentified, v.Status, "a stamp that nobody vouches for proves nothing")
	assert.Contains(t, v.Signatures[0].Doubt, "expired on")
}

func TestASignerWhoClaimsAnotherTimeThanTheStamp(t *testing.T) {
	ada, a := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{})
	o := ada.options
	o.Field, o.Stamp = assessor, a.Answer
	require.NoError(t, o.check())
	// What is written claims three days ago: only a program that does not ask its own clock
	// signs like that.
	f, err := readWhole(prepared(t, 1))
	require.NoError(t, err)
	u, claim := newUpdate(f), o
	claim.When = now.AddDate(0, 0, -3)
	w, n := fieldNamed(f, assessor), u.reserve()
	u.put(w.number, w.widget.with("V", reference(n)))
	g := newGap(claim, false)
	u.objects[n] = g.body
	out, bodies := u.bytes()
	out, err = g.fill(out, bodies[n], o)
	require.NoError(t, err)
	v, err := Verify(out, VerifyOptions{Now: now.Add(time.Hour), Roots: []*x509.Certificate{ada.root, a.Root}})
	require.NoError(t, err)
	assert.Equal(t, IntactUnidentified, v.Status)
	assert.Contains(t, strings.Join(v.Lines(), "\n"), "claims another time than its time stamp")
}

// A token is of one signature: beside another one, or of another authority's making, it is none.
func TestATimeStampOfAnotherSignatureIsRefused(t *testing.T) {
	ada, authority, liar := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{}), newAuthority(t, authoritytest.Options{})
	one, two := ada.stampedBy(t, authority, prepared(t, 1), assessor), ada.stampedBy(t, authority, prepared(t, 2), assessor)
	foreign, _ := tokenOf(t, two, assessor)
	own, _ := tokenOf(t, one, assessor)
	put := func(tokens ...[]byte) func(*signedData, map[string][]byte) {
		return func(d *signedData, _ map[string][]byte) {
			a := attribute{Type: oidStampToken}
			for _, token := range tokens {
				a.Values = append(a.Values, asn1.RawValue{FullBytes: token})
			}
			d.Signers[0].Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: derOfAny(t, a)}
		}
	}
	for name, c := range map[string]struct {
		want   string
		change func(*signedData, map[string][]byte)
	}{
		"its own":              {"", put(own)},
		"of another signature": {"the time stamp: it is of something else (the imprint differs)", put(foreign)},
		"two":                  {"something else than one time stamp", put(own, foreign)},
		"an attribute for each": {"something else than one time stamp", func(d *signedData, a map[string][]byte) {
			put(own)(d, a)
			d.Signers[0].Unsigned.Bytes = bytes.Repeat(d.Signers[0].Unsigned.Bytes, 2)
		}},
		"an authority's own name": {"THE SIGNATURE DOES NOT HOLD", func(d *signedData, a map[string][]byte) {
			put(bytes.ReplaceAll(own, authority.Leaf.Raw, liar.Leaf.Raw))(d, a)
		}},
		"none any more": {"the time stamp that was taken with it is missing", func(d *signedData, _ map[string][]byte) { d.Signers[0].Unsigned = asn1.RawValue{} }},
	} {
		status, lines := said(t, resigned(t, one, nil, c.change), ada.root, authority.Root)
		if c.want == "" {
			assert.Equal(t, IntactTrusted, status, "%s: %s", name, lines)
			continue
		}
		assert.Equal(t, Broken, status, "%s: %s", name, lines)
		assert.Contains(t, lines, c.want, name)
	}
}

// What an authority sends along and nobody signed is left out; another program may leave it in.
func TestATokenWithWhatNobodySignedIsRefused(t *testing.T) {
	ada, a := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{})
	one := ada.stampedBy(t, a, prepared(t, 1), assessor)
	a.NoRoot, a.Extra = true, true
	_, signature := tokenOf(t, one, assessor)
	sum := sha256.Sum256(signature)
	answer, err := a.Answer(derOfAny(t, stampQuery{1, imprint{pkix.AlgorithmIdentifier{Algorithm: schemes[0].digest}, sum[:]}, big.NewInt(7), true}))
	require.NoError(t, err)
	var reply stampReply
	_, err = asn1.Unmarshal(answer, &reply)
	require.NoError(t, err)
	status, lines := said(t, resigned(t, one, nil, func(d *signedData, _ map[string][]byte) {
		unsigned := derOfAny(t, attribute{oidStampToken, []asn1.RawValue{{FullBytes: reply.Token.FullBytes}}})
		d.Signers[0].Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: unsigned}
	}), ada.root, a.Root)
	assert.Equal(t, Broken, status, lines)
	assert.Contains(t, lines, "the authority's certificates are no chain up to its root")
}

// An authority whose clock is ahead confirms nothing until then.
func TestATimeStampOfATimeToCome(t *testing.T) {
	ada, a := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{})
	later := now.AddDate(0, 0, 10)
	a.Now = func() time.Time { return later }
	ada.options.When = later
	out := ada.stampedBy(t, a, prepared(t, 1), assessor)
	v := check(t, out, ada, person{root: a.Root})
	assert.Equal(t, IntactUnidentified, v.Status)
	require.NotNil(t, v.Signatures[0].Stamp)
	assert.Equal(t, "it is of a time that has not come yet", v.Signatures[0].Stamp.Doubt)
	assert.False(t, v.Signatures[0].Stamp.Trusted)
}

// An authority whose root is for servers vouches for no time.
func TestATimeStampOfAnAuthorityForServers(t *testing.T) {
	ada, a := newPerson(t, "Ada Auditor"), newAuthority(t, authoritytest.Options{RootServes: true})
	out := ada.stampedBy(t, a, prepared(t, 1), assessor)
	v := check(t, out, ada, person{root: a.Root})
	require.NotNil(t, v.Signatures[0].Stamp)
	assert.False(t, v.Signatures[0].Stamp.Trusted)
	assert.Contains(t, v.Signatures[0].Stamp.Doubt, "leads to none that is")
}

// A stamp that is taken from a signature that is not the last breaks the one after it as well.
func TestATimeStampTakenFromAnEarlierSignature(t *testing.T) {
	ada, eva, a := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer"), newAuthority(t, authoritytest.Options{})
	both := eva.stampedBy(t, a, ada.stampedBy(t, a, prepared(t, 1), assessor), officer)
	require.Equal(t, IntactTrusted, check(t, both, ada, eva, person{root: a.Root}).Status)
	f, err := readWhole(both)
	require.NoError(t, err)
	gap := f.resolve(fieldNamed(f, assessor).widget.get("V"), f.last()).get("Contents")
	der, err := f.contents(gap)
	require.NoError(t, err)
	data, err := parseCMS(der)
	require.NoError(t, err)
	data.Signers[0].Unsigned = asn1.RawValue{}
	bare := derOfAny(t, wrap(oidSignedData, derOfAny(t, *data)))
	room := make([]byte, (gap.end-gap.start-len("<>"))/2)
	copy(room, bare)
	out := bytes.Clone(both)
	hex.Encode(out[gap.start+1:], room)
	v := check(t, out, ada, eva, person{root: a.Root})
	assert.Equal(t, Broken, v.Status)
	assert.Equal(t, "the time stamp that was taken with it is missing", v.Signatures[0].Fault)
	assert.Equal(t, errDigest.Error(), v.Signatures[1].Fault)
}

func TestEveryBitOfAStampedCMSCounts(t *testing.T) {
	content, p := []byte("what is signed"), newPerson(t, "Ada Auditor")
	rsaKey, err := rsa.GenerateKey(crand.Reader, 2048)
	require.NoError(t, err)
	for name, a := range map[string]*authoritytest.Authority{
		"ECDSA": newAuthority(t, authoritytest.Options{}), "RSA": newAuthority(t, authoritytest.Options{Key: rsaKey}),
	} {
		a.OwnNameForRSA = name == "RSA"
		stamp := func(signature []byte) ([]byte, error) { return takeStamp(crand.Reader, a.Answer, signature, now) }
		der, err := buildCMS(crand.Reader, p.options.Signer, p.options.Chain, stamp, content)
		require.NoError(t, err)
		padded := append(der, make([]byte, 40)...)
		read, err := checkCMS(padded, over(content))
		require.NoError(t, err)
		require.NotNil(t, read.stamp)
		for at := range padded {
			was := padded[at]
			for _, b := range []byte{was ^ 1, was ^ 2, was ^ 4, was ^ 8, was ^ 16, was ^ 32, was ^ 64, was ^ 128, 0x01, 0x0b, 0x0c} {
				if padded[at] = b; b == was {
					continue
				}
				if _, err := checkCMS(padded, over(content)); err == nil {
					assert.Failf(t, "a changed CMS holds", "%s: byte %d of %d: %x became %x", name, at, len(der), was, b)
				}
			}
			padded[at] = was
		}
	}
}

// FuzzReply reads what an authority may send.
func FuzzReply(f *testing.F) {
	a := newAuthority(f, authoritytest.Options{})
	p := newPerson(f, "Ada Auditor")
	o := p.options
	o.Field = assessor
	o.Stamp = func(query []byte) ([]byte, error) {
		answer, err := a.Answer(query)
		f.Add(answer)
		return answer, err
	}
	_, err := Sign(prepared(f, 1), o)
	require.NoError(f, err)
	f.Add([]byte("\x30\x03\x02\x01\x00"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		der, err := readReply(answer)
		if err != nil {
			return
		}
		if read, err := readToken(der, []byte("another signature")); err == nil {
			t.Errorf("a stamp of something else is taken: %v", read.time)
		}
	})
}
