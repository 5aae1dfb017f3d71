package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneSignatureIsIntactAndItsSignerKnownOnlyIfTrusted(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	signed := ada.sign(t, prepared(t, 3), assessor)

	v := check(t, signed)
	assert.Equal(t, IntactUnidentified, v.Status)
	require.Len(t, v.Signatures, 1)
	s := v.Signatures[0]
	assert.Equal(t, "Ada Auditor", s.Signer.Name)
	assert.Equal(t, "Ada Auditor", s.Signer.Issuer)
	assert.Len(t, s.Signer.SHA256, 64)
	assert.Equal(t, now, s.Claimed)
	assert.Equal(t, 2, s.DocMDP)
	assert.Equal(t, "Completed the self-assessment", s.Reason)
	assert.True(t, s.WholeFile)
	assert.False(t, s.Trusted)
	assert.Equal(t, []string{officer}, v.Unsigned, "who has not signed yet is said")
	assert.Contains(t, strings.Join(v.Lines(), "\n"), "officer: not yet signed.")
	assert.Contains(t, strings.Join(v.Lines(), "\n"), "Intact; signer not identified, SHA-256 "+s.Signer.SHA256)
	assert.Contains(t, strings.Join(v.Lines(), "\n"), "a claim of the signer")

	assert.Equal(t, IntactTrusted, check(t, signed, ada).Status)
	assert.Equal(t, IntactUnidentified, check(t, signed, newPerson(t, "Ada Auditor")).Status, "the same name is not the same person")
}

func TestCounterSignatureLeavesTheFirstIntact(t *testing.T) {
	ada, eve := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 2), assessor)
	both := eve.sign(t, one, officer)

	v := check(t, both, ada, eve)
	assert.Equal(t, IntactTrusted, v.Status, v.Lines())
	require.Len(t, v.Signatures, 2)
	assert.Equal(t, "Ada Auditor", v.Signatures[0].Signer.Name)
	assert.False(t, v.Signatures[0].WholeFile)
	assert.True(t, v.Signatures[1].WholeFile)
	assert.Equal(t, 0, v.Signatures[1].DocMDP, "only the first certifies")
	assert.Empty(t, v.Unsigned)
	assert.Equal(t, IntactUnidentified, check(t, both, ada).Status, "all signers must be known")
	assert.True(t, bytes.HasPrefix(both, one), "what was signed stays byte for byte")
}

func TestPreparingIsDeterministicAndUnsigned(t *testing.T) {
	pdf := prepared(t, 2)
	assert.True(t, bytes.Equal(pdf, prepared(t, 2)))
	v := check(t, pdf)
	assert.Equal(t, Unsigned, v.Status)
	assert.Equal(t, []string{assessor, officer}, v.Unsigned)
	assert.Equal(t, "Nobody signed this file.", v.Lines()[len(v.Lines())-1])

	bare := check(t, report(t, 1))
	assert.Equal(t, Unsigned, bare.Status)
	assert.Empty(t, bare.Unsigned)
}

func TestWhatIsNotSigned(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	empty := prepared(t, 1)
	one := ada.sign(t, empty, assessor)
	for _, c := range []struct {
		name, want string
		pdf        []byte
		change     func(*Options)
	}{
		{"no fields", "no signature fields", report(t, 1), nil},
		{"unknown field", "no such field", empty, func(o *Options) { o.Field = "Nobody" }},
		{"filled field", "signed there already", one, nil},
		{"no PDF", "not a PDF", []byte("PK\x03\x04"), nil},
		{"loose bytes", "bytes after its end", append(bytes.Clone(empty), "x"...), nil},
		{"no key", "no key or no certificate", empty, func(o *Options) { o.Signer = nil }},
		{"no time", "no time given", empty, func(o *Options) { o.When = time.Time{} }},
		{"another's certificate", "belongs to another key", empty, func(o *Options) { o.Chain = newPerson(t, "B").options.Chain }},
		{"expired", "expired on", empty, func(o *Options) { o.When = now.AddDate(6, 0, 0) }},
		{"not yet valid", "valid only from", empty, func(o *Options) { o.When = now.AddDate(-1, 0, 0) }},
		{"a server's certificate", "for other purposes than signing documents", empty, func(o *Options) {
			o.Chain = []*x509.Certificate{issue(t, o.Signer, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, nil, nil)}
		}},
		{"broken appearance", "appearance: read PDF", empty, func(o *Options) { o.Appearance = []byte("%PDF-1.4\n") }},
		{"long chain", "chain of 41 certificates", empty, func(o *Options) {
			for range 40 {
				o.Chain = append(o.Chain, o.Chain[0])
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := ada.options
			o.Field = assessor
			if c.change != nil {
				c.change(&o)
			}
			out, err := Sign(c.pdf, o)
			assert.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "sign field ")
			assert.Empty(t, string(out))
		})
	}
	t.Run("a file that was tampered with", func(t *testing.T) {
		bad := increment(t, one, func(u *update, f *file) {
			p := firstPage(t, f)
			u.put(p.number, p.value.with("Rotate", integer(180)))
		})
		o := ada.options
		o.Field = officer
		_, err := Sign(bad, o)
		assert.ErrorContains(t, err, "does not hold")
		assert.ErrorContains(t, err, "/Rotate")
	})
}

// issue makes a certificate for a key, signed by a parent or by itself.
func issue(t testing.TB, key crypto.Signer, change func(*x509.Certificate), parent *x509.Certificate, parentKey crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Ada Auditor", Organization: []string{"A firm"}},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return k
}

func TestKeysThatSignAndKeysThatDoNot(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	pdf := prepared(t, 1)
	for _, c := range []struct {
		name, refused string
		key           crypto.Signer
	}{
		{"ECDSA P-256", "", ecKey(t, elliptic.P256())},
		{"ECDSA P-384", "", ecKey(t, elliptic.P384())},
		{"RSA 2048", "", rsaKey},
		{"ECDSA P-521", "P-521", ecKey(t, elliptic.P521())},
		{"RSA 1024", "1024 bits", small},
		{"Ed25519", "Ed25519 key, which PDF readers do not verify", edKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			cert := issue(t, c.key, nil, nil, nil)
			out, err := Sign(pdf, Options{Signer: c.key, Chain: []*x509.Certificate{cert}, Field: assessor, When: now})
			if c.refused != "" {
				require.ErrorIs(t, err, ErrKey)
				assert.ErrorContains(t, err, c.refused)
				return
			}
			require.NoError(t, err)
			v := check(t, out, person{root: cert})
			assert.Equal(t, IntactTrusted, v.Status, v.Lines())
			independent(t, out, 1)
			detached(t, out, assessor)
		})
	}
}

func TestAnEndlessKeyOfAnAuthorityIsNotTried(t *testing.T) {
	key, endless := ecKey(t, elliptic.P256()), &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(5), 40_000), E: 65537}
	leaf := issue(t, key, nil, nil, nil)
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, endless, key)
	require.NoError(t, err)
	authority, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	out, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{leaf, authority}, Field: assessor, When: now})
	require.NoError(t, err)
	v := check(t, out)
	assert.Equal(t, Broken, v.Status)
	assert.Contains(t, v.Signatures[0].Fault, "RSA key of 40003 bits")
}

func TestTheVisibleBlockKeepsItsFontsAndPictures(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	o := ada.options
	o.Field, o.Appearance = assessor, drawnBlock(t, "Zażółć gęślą Ärzte")
	out, err := Sign(prepared(t, 1), o)
	require.NoError(t, err)
	again, err := Sign(prepared(t, 1), o)
	require.NoError(t, err)
	f, err := readWhole(out)
	require.NoError(t, err)
	form := f.lookup(int(fieldNamed(f, assessor).widget.get("AP").get("N").number), f.last())
	require.True(t, form.isStream)
	for _, key := range []string{"Font", "XObject"} {
		list := f.resolve(f.resolve(form.value.get("Resources"), f.last()).get(key), f.last())
		require.NotEmpty(t, list.items, key)
		for _, o := range list.items {
			require.NotNil(t, f.lookup(int(o.number), f.last()), key)
			assert.GreaterOrEqual(t, int(o.number), f.revisions[1].size, "copied, not borrowed")
		}
	}
	assert.Equal(t, IntactTrusted, check(t, out, ada).Status)
	independent(t, out, 1)
	g, err := readWhole(again)
	require.NoError(t, err)
	assert.Equal(t, f.revisions[2].numbers(), g.revisions[2].numbers())
	assert.Equal(t, f.revisions[2].trailer.get("ID"), g.revisions[2].trailer.get("ID"), "all but the signature is the same each time")
}

func TestTrustFollowsChainsAndValidity(t *testing.T) {
	authorityKey, middleKey, key := ecKey(t, elliptic.P384()), ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	authority := func(name string) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.Subject.CommonName, c.IsCA, c.KeyUsage = name, true, x509.KeyUsageCertSign
		}
	}
	root := issue(t, authorityKey, authority("Root"), nil, nil)
	middle := issue(t, middleKey, authority("Middle"), root, authorityKey)
	leaf := issue(t, key, nil, middle, middleKey)
	out, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{leaf, middle}, Field: assessor, When: now})
	require.NoError(t, err)
	independent(t, out, 1)

	v := check(t, out, person{root: root})
	assert.Equal(t, IntactTrusted, v.Status, v.Lines())
	assert.Equal(t, "Middle", v.Signatures[0].Signer.Issuer)
	assert.Equal(t, IntactUnidentified, check(t, out, newPerson(t, "Root")).Status)
	assert.Equal(t, IntactTrusted, check(t, out, person{root: leaf}).Status, "the signer's own certificate was enrolled")

	late, err := Verify(out, VerifyOptions{Roots: []*x509.Certificate{root}, Now: now.AddDate(2, 0, 0)})
	require.NoError(t, err)
	assert.Equal(t, IntactUnidentified, late.Status)
	assert.Contains(t, late.Signatures[0].Doubt, "expired on 2 March 2027")
	early, err := Verify(out, VerifyOptions{Roots: []*x509.Certificate{root}, Now: now.AddDate(0, 0, -7)})
	require.NoError(t, err)
	assert.Contains(t, early.Signatures[0].Doubt, "has not come yet")
	_, err = Verify(out, VerifyOptions{})
	assert.ErrorContains(t, err, "no time given")

	t.Run("a person vouches for nobody", func(t *testing.T) {
		eveKey := ecKey(t, elliptic.P256())
		forged := issue(t, eveKey, nil, leaf, key)
		out, err := Sign(prepared(t, 1), Options{Signer: eveKey, Chain: []*x509.Certificate{forged, leaf}, Field: assessor, When: now})
		require.NoError(t, err)
		assert.Equal(t, IntactUnidentified, check(t, out, person{root: leaf}, person{root: root}).Status)
	})
	t.Run("a certificate for other work", func(t *testing.T) {
		k := ecKey(t, elliptic.P256())
		c := issue(t, k, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, nil, nil)
		_, err := Sign(prepared(t, 1), Options{Signer: k, Chain: []*x509.Certificate{c}, Field: assessor, When: now})
		assert.ErrorIs(t, err, ErrKey)
		assert.ErrorContains(t, err, "not for signing")
	})
}

func TestHostileNamesDoNotReachTheTerminal(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	cert := issue(t, key, func(c *x509.Certificate) {
		c.Subject.CommonName = "Ada\x1b]0;x\x07\u202eAuditor\n" + strings.Repeat("x", 999)
	}, nil, nil)
	out, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{cert}, Field: assessor, When: now, Reason: "Prüfung \x1b[31m\u00e4 日本"})
	require.NoError(t, err)
	v := check(t, out)
	assert.Equal(t, IntactUnidentified, v.Status, v.Lines())
	assert.Equal(t, "Prüfung [31mä 日本", v.Signatures[0].Reason)
	for _, line := range v.Lines() {
		assert.False(t, strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", line)
		assert.Less(t, len(line), 1000)
	}
}
