package sign

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // what older authorities signed with
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What Sign refuses, another program may do.
func TestASignerWhoMayNotSignIsToldOn(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	rootKey, key := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	authority := func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign }
	root := issue(t, rootKey, authority, nil, nil)
	middle := issue(t, small, func(c *x509.Certificate) { authority(c); c.Subject.CommonName = "Middle" }, root, rootKey)
	for _, c := range []struct {
		name, want string
		status     Status
		key        crypto.Signer
		chain      []*x509.Certificate
		when       int // days from now
	}{
		{"a weak key", "an RSA key of 1024 bits", Broken, small, []*x509.Certificate{issue(t, small, nil, root, rootKey)}, 0},
		{"an authority with a weak key", "leads to none that is", IntactUnidentified, key, []*x509.Certificate{issue(t, key, nil, middle, small), middle}, 0},
		{"a server's certificate", "for other purposes than signing documents", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		}, root, rootKey)}, 0},
		{"a time-stamp authority's", "for other purposes than signing documents", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
		}, root, rootKey)}, 0},
		{"a purpose that nobody knows", "for other purposes than signing documents", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3, 4}}
		}, root, rootKey)}, 0},
		{"for signing documents", "Intact, and every signer is identified", IntactTrusted, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.ExtKeyUsage, c.UnknownExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, []asn1.ObjectIdentifier{documentPurposes[2].id}
		}, root, rootKey)}, 0},
		{"for mail, as people have it", "Intact, and every signer is identified", IntactTrusted, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		}, root, rootKey)}, 0},
		{"a demand that nobody understands", "leads to none that is", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
		}, root, rootKey)}, 0},
		{"not for signing", "the certificate is not for signing", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, root, rootKey)}, 0},
		{"expired when it signed", "expired on", IntactUnidentified, key, []*x509.Certificate{issue(t, key, func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) }, root, rootKey)}, 0},
		{"not yet valid at the time claimed", "at the claimed time: the certificate is valid only from", IntactUnidentified, key, []*x509.Certificate{issue(t, key, nil, root, rootKey)}, -400},
		{"a time to come", "a time that has not come yet", IntactUnidentified, key, []*x509.Certificate{issue(t, key, nil, root, rootKey)}, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Signer: c.key, Chain: c.chain, Field: assessor, When: now.AddDate(0, 0, c.when), Rand: rand.Reader}
			status, lines := said(t, forge(t, prepared(t, 1), o, func(*update, *file) {}), root)
			assert.Equal(t, c.status, status, lines)
			assert.Contains(t, lines, c.want)
		})
	}
}

// chained is a signer under an authority under a root, each as issue makes them and then changed.
type chained struct {
	name                string
	status              Status
	root, middle, leafs func(*x509.Certificate)
	leave               bool // the one in the middle out of the chain
}

// judged signs with the chain and verifies by its root.
func (c chained) judged(t *testing.T) {
	rootKey, middleKey, key := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	root := issue(t, rootKey, authority("Root", c.root), nil, nil)
	middle := issue(t, middleKey, authority("Middle", c.middle), root, rootKey)
	chain := []*x509.Certificate{issue(t, key, c.leafs, middle, middleKey), middle}
	if c.leave {
		chain = chain[:1]
	}
	out, err := Sign(prepared(t, 1), Options{Signer: key, Chain: chain, Field: assessor, When: now})
	require.NoError(t, err)
	status, lines := said(t, out, root)
	assert.Equal(t, c.status, status, lines)
	if c.status != IntactTrusted {
		assert.Contains(t, lines, "leads to none that is")
	}
}

func authority(name string, change func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.KeyUsage = name, true, x509.KeyUsageCertSign
		if change != nil {
			change(c)
		}
	}
}

// An authority vouches only for whom it may.
func TestAChainThatItsAuthorityDoesNotAllow(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for _, c := range []chained{
		{name: "a chain", status: IntactTrusted},
		{name: "an authority too many", status: IntactUnidentified, root: func(c *x509.Certificate) { c.MaxPathLenZero = true }},
		{name: "an authority that is none", status: IntactUnidentified, middle: func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature }},
		{name: "an authority that says nothing of it", status: IntactUnidentified, middle: func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = false, false }},
		{name: "an authority that may not issue", status: IntactUnidentified, middle: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }},
		{name: "an authority that has expired", status: IntactUnidentified, middle: func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1) }},
		{
			name: "an authority for other names", status: IntactUnidentified,
			middle: func(c *x509.Certificate) {
				c.PermittedDNSDomainsCritical, c.PermittedEmailAddresses = true, []string{"a-firm.test"}
			},
			leafs: func(c *x509.Certificate) { c.EmailAddresses = []string{"ada@another.test"} },
		},
		{
			name: "an authority for these names", status: IntactTrusted,
			middle: func(c *x509.Certificate) {
				c.PermittedDNSDomainsCritical, c.PermittedEmailAddresses = true, []string{"a-firm.test"}
			},
			leafs: func(c *x509.Certificate) { c.EmailAddresses = []string{"ada@a-firm.test"} },
		},
		{name: "an authority for the names of another firm", status: IntactUnidentified, middle: forAnotherFirm(t)},
		{name: "an authority that is not sent", status: IntactUnidentified, leave: true},
	} {
		t.Run(c.name, c.judged)
	}
	t.Run("an authority that signs with SHA-1", func(t *testing.T) {
		key, root := ecKey(t, elliptic.P256()), issue(t, rsaKey, authority("Root", nil), nil, nil)
		leaf := byOldDigest(t, issue(t, key, nil, root, rsaKey), rsaKey)
		out, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{leaf}, Field: assessor, When: now})
		require.NoError(t, err)
		status, lines := said(t, out, root)
		assert.Equal(t, IntactUnidentified, status, lines)
	})
}

// An authority vouches only for what it is there for.
func TestAChainThatServesAnotherPurpose(t *testing.T) {
	purposes := func(usages ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtKeyUsage = usages }
	}
	for _, c := range []chained{
		{name: "an authority for servers", status: IntactUnidentified, middle: purposes(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)},
		{name: "an authority for servers, of a signer for mail", status: IntactUnidentified, middle: purposes(x509.ExtKeyUsageServerAuth), leafs: purposes(x509.ExtKeyUsageEmailProtection)},
		{name: "a root for servers", status: IntactUnidentified, root: purposes(x509.ExtKeyUsageServerAuth)},
		{name: "an authority for time stamps", status: IntactUnidentified, middle: purposes(x509.ExtKeyUsageTimeStamping)},
		{name: "an authority for a purpose that nobody knows", status: IntactUnidentified, middle: func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3, 4}}
		}},
		{name: "an authority for code, of a signer for mail", status: IntactUnidentified, middle: purposes(x509.ExtKeyUsageCodeSigning), leafs: purposes(x509.ExtKeyUsageEmailProtection)},
		{name: "an authority for mail, of a signer for mail and code", status: IntactTrusted, middle: purposes(x509.ExtKeyUsageEmailProtection), leafs: purposes(x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageEmailProtection)},
		{name: "an authority for mail, of a signer for whatever", status: IntactTrusted, middle: purposes(x509.ExtKeyUsageEmailProtection)},
		{name: "an authority for whatever", status: IntactTrusted, middle: purposes(x509.ExtKeyUsageAny), leafs: purposes(x509.ExtKeyUsageEmailProtection)},
		{name: "an authority for documents", status: IntactTrusted, middle: func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{documentPurposes[2].id}
		}},
		{name: "an authority for documents as one maker names them, of a signer for those of another", status: IntactUnidentified, middle: func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{documentPurposes[3].id}
		}, leafs: func(c *x509.Certificate) { c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{documentPurposes[4].id} }},
	} {
		t.Run(c.name, c.judged)
	}
}

// forAnotherFirm limits an authority to the names of another firm, which crypto/x509 does not read.
func forAnotherFirm(t *testing.T) func(*x509.Certificate) {
	tagged := func(class, tag int, inner []byte) []byte {
		return derOfAny(t, asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: inner})
	}
	firm := derOfAny(t, pkix.Name{Organization: []string{"Another firm"}}.ToRDNSequence())
	permitted := tagged(asn1.ClassUniversal, asn1.TagSequence, tagged(asn1.ClassContextSpecific, 4, firm))
	constraints := tagged(asn1.ClassUniversal, asn1.TagSequence, tagged(asn1.ClassContextSpecific, 0, permitted))
	return func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: constraints}}
	}
}

// byOldDigest is a certificate as an authority with an RSA key signed it with SHA-1 in its day.
func byOldDigest(t testing.TB, c *x509.Certificate, authority *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	named := func(last int) []byte { return derOf(append(slices.Clone(oidRSA[:len(oidRSA)-1]), last)) }
	const withSHA1, withSHA256 = 5, 11
	tbs := bytes.ReplaceAll(c.RawTBSCertificate, named(withSHA256), named(withSHA1))
	require.NotEqual(t, c.RawTBSCertificate, tbs)
	sum := sha1.Sum(tbs)
	signature, err := rsa.SignPKCS1v15(nil, authority, crypto.SHA1, sum[:])
	require.NoError(t, err)
	old, err := x509.ParseCertificate(derOfAny(t, struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, pkix.AlgorithmIdentifier{Algorithm: append(slices.Clone(oidRSA[:len(oidRSA)-1]), withSHA1), Parameters: asn1.NullRawValue}, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}}))
	require.NoError(t, err)
	return old
}
