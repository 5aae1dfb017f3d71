package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" // what older programs name certificates by
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// said is the worst status that a file is given, and every line about it.
func said(t testing.TB, pdf []byte, roots ...*x509.Certificate) (Status, string) {
	t.Helper()
	v, err := Verify(pdf, VerifyOptions{Now: now.Add(1), Roots: roots})
	if err != nil {
		return Broken, err.Error()
	}
	return v.Status, strings.Join(v.Lines(), "\n")
}

// A trailer may wait for an object as a page may: whoever brings it later writes the title.
func TestAnObjectThatTheTrailerWaitsForIsRefused(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	awaiting := increment(t, prepared(t, 1), func(_ *update, f *file) {
		last := f.revisions[f.last()]
		last.trailer = last.trailer.with("Info", reference(hidden))
	})
	o := ada.options
	o.Field = assessor
	_, err := Sign(awaiting, o)
	assert.ErrorContains(t, err, fmt.Sprintf("the trailer refers to object %d, which does not exist", hidden))

	require.NoError(t, o.check())
	one := forge(t, awaiting, o, func(*update, *file) {})
	o = eva.options
	o.Field = officer
	require.NoError(t, o.check())
	both := forge(t, one, o, func(u *update, f *file) {
		u.next = hidden + 2
		u.putIndirect(&indirect{number: hidden, isStream: true, value: dict("Subtype", name("Form"), "Title", textString("Report on Compliance"))})
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with("V", reference(hidden+1)).with("AP", dict("N", reference(hidden))))
	})
	status, lines := said(t, both, ada.root, eva.root)
	assert.Equal(t, Broken, status)
	assert.Contains(t, lines, fmt.Sprintf("object %d: a new object that an object from before the signature already refers to", hidden))
}

// Where readers begin to see two documents: each of these is appended to a file that holds.
func TestARevisionOfAnotherMakeIsNone(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	one := ada.sign(t, prepared(t, 1), assessor)
	f, err := readWhole(one)
	require.NoError(t, err)
	last := f.revisions[f.last()]
	forged := increment(t, one, func(u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with("Lang", textString("sv")))
	})
	added := string(forged[len(one):])
	table := len(one) + strings.Index(added, "xref\n")
	prev := fmt.Sprintf("/Prev %d", last.table)
	swap := func(old, new string) string {
		require.Contains(t, added, old)
		return strings.Replace(added, old, new, 1)
	}
	stream := func(kind, more string) string {
		return fmt.Sprintf("%d 0 obj\n<</Type/%s%s/Length 8>>\nstream\n12345678\nendstream\nendobj\n", last.size, kind, more)
	}
	for name, text := range map[string]string{
		"a cross-reference stream":        stream("XRef", fmt.Sprintf("/Size %d/W[1 2 1]/Root 1 0 R/Prev %d", last.size+1, last.table)) + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", len(one)),
		"an object stream":                stream("ObjStm", "/N 1/First 4"),
		"a hybrid table":                  swap(prev, prev+"\n/XRefStm 16"),
		"a table that follows itself":     swap(prev, fmt.Sprintf("/Prev %d", table)),
		"a table that leaves one out":     swap(prev, fmt.Sprintf("/Prev %d", f.revisions[1].table)),
		"a table that begins anew":        swap(prev, "/Prov 0"),
		"an older table again":            fmt.Sprintf("startxref\n%d\n%%%%EOF\n", f.revisions[1].table),
		"a second end mark":               "%%EOF\n",
		"a comment that hides an object":  "% 9 0 obj null endobj\n%%EOF\n",
		"objects without a table":         "900 0 obj\n<</Type/Page>>\nendobj\n",
		"a table without objects":         fmt.Sprintf("xref\n0 0\ntrailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", last.size, prev, len(one)),
		"a table that points at the past": fmt.Sprintf("xref\n1 1\n0000000015 00000 n \ntrailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", last.size, prev, len(one)),
	} {
		status, lines := said(t, slices.Concat(one, []byte(text)), ada.root)
		assert.Equal(t, Broken, status, name)
		assert.Regexp(t, "bytes after the end|a revision with 0 signatures|object .*was changed|the trailer", lines, name)
	}
	status, lines := said(t, append([]byte("MZ\n"), one...), ada.root)
	assert.Equal(t, Broken, status, "a header that other readers look for further on")
	assert.Contains(t, lines, "bytes stand before its beginning")
}

// resigned is a file whose signature is replaced by another CMS over the same bytes, which its
// signer, or somebody else with the key, made.
func resigned(t testing.TB, pdf []byte, key crypto.Signer, change func(d *signedData, attributes map[string][]byte)) []byte {
	t.Helper()
	signature, f := span(t, pdf)
	gap := signature.get("Contents")
	padded, err := f.contents(gap)
	require.NoError(t, err)
	data, _, err := parseSigned(padded)
	require.NoError(t, err)
	attributes := map[string][]byte{}
	for rest := data.Signers[0].Signed.Bytes; len(rest) > 0; {
		var a attribute
		rest, err = asn1.Unmarshal(rest, &a)
		require.NoError(t, err)
		attributes[a.Type.String()] = a.Values[0].FullBytes
	}
	change(data, attributes)
	if key != nil {
		info := &data.Signers[0]
		var encoded [][]byte
		for _, oid := range []asn1.ObjectIdentifier{oidContentType, oidMessageDigest, oidSigningCertificate, oidOldCertificate} {
			if value, is := attributes[oid.String()]; is {
				der, err := asn1.Marshal(attribute{oid, []asn1.RawValue{{FullBytes: value}}})
				require.NoError(t, err)
				encoded = append(encoded, der)
			}
		}
		slices.SortFunc(encoded, bytes.Compare)
		signed := bytes.Join(encoded, nil)
		info.Signed = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: signed}
		set, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: signed})
		require.NoError(t, err)
		sum := sha256.Sum256(set)
		made, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		require.NoError(t, err)
		info.Signature = canonical(key.Public(), made)
	}
	inner, err := asn1.Marshal(*data)
	require.NoError(t, err)
	der, err := asn1.Marshal(wrap(oidSignedData, inner))
	require.NoError(t, err)
	out, digits := bytes.Clone(pdf), bytes.Repeat([]byte("0"), 2*reserved)
	hex.Encode(digits, der)
	copy(out[gap.start+1:], digits)
	return out
}

func derOfAny(t testing.TB, value any) []byte {
	t.Helper()
	der, err := asn1.Marshal(value)
	require.NoError(t, err)
	return der
}

// forged is a signature that another program made, or somebody changed.
type forged struct {
	name, want string
	key        crypto.Signer // nil leaves the signature as it is
	change     func(d *signedData, attributes map[string][]byte)
}

func (c forged) try(t *testing.T, pdf []byte, roots ...*x509.Certificate) {
	t.Helper()
	t.Run(c.name, func(t *testing.T) {
		status, lines := said(t, resigned(t, pdf, c.key, c.change), roots...)
		if c.want == "" {
			assert.Equal(t, IntactTrusted, status, lines)
			return
		}
		assert.Equal(t, Broken, status, lines)
		assert.Contains(t, lines, c.want)
	})
}

func TestASignatureThatIsMadeOtherwiseDoesNotHold(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	mine := issue(t, key, func(c *x509.Certificate) { c.Subject.CommonName = "Ada Auditor" }, nil, nil)
	other := issue(t, key, func(c *x509.Certificate) { c.Subject.CommonName = "Eva Officer" }, nil, nil)
	one, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{mine}, Field: assessor, When: now})
	require.NoError(t, err)
	id := func(c *x509.Certificate) []byte {
		sum := sha256.Sum256(c.Raw)
		return derOfAny(t, signingCertificate{[]certificateID{{Hash: sum[:]}}})
	}
	put := func(d *signedData, c *x509.Certificate) {
		d.Certificates.FullBytes, d.Certificates.Bytes = nil, c.Raw
		d.Signers[0].Signer = issuerAndSerial{asn1.RawValue{FullBytes: c.RawIssuer}, c.SerialNumber}
	}
	for _, c := range []forged{
		{"nothing changed", "", key, func(*signedData, map[string][]byte) {}},
		{"two signers", "not exactly one signer", nil, func(d *signedData, _ map[string][]byte) { d.Signers = append(d.Signers, d.Signers[0]) }},
		{"no signer", "not exactly one signer", nil, func(d *signedData, _ map[string][]byte) { d.Signers = nil }},
		{"no signed attributes", "no signed attributes", nil, func(d *signedData, _ map[string][]byte) { d.Signers[0].Signed = asn1.RawValue{} }},
		{"another content type", "no content type", key, func(_ *signedData, a map[string][]byte) { a[oidContentType.String()] = derOfAny(t, oidStampInfo) }},
		{"no content type", "no content type", key, func(_ *signedData, a map[string][]byte) { delete(a, oidContentType.String()) }},
		{"the digest of another file", "digest mismatch", key, func(_ *signedData, a map[string][]byte) { a[oidMessageDigest.String()] = derOfAny(t, make([]byte, 32)) }},
		{"no digest", "no message digest", key, func(_ *signedData, a map[string][]byte) { delete(a, oidMessageDigest.String()) }},
		{"another certificate of the same key", "not those that were signed", nil, func(d *signedData, _ map[string][]byte) { put(d, other) }},
		{"another certificate, and none named", "do not name the signer's certificate", key, func(d *signedData, a map[string][]byte) {
			put(d, other)
			delete(a, oidSigningCertificate.String())
		}},
		{"the certificate named by SHA-1", "do not name the signer's certificate", key, func(_ *signedData, a map[string][]byte) {
			delete(a, oidSigningCertificate.String())
			sum := sha1.Sum(mine.Raw)
			a[oidOldCertificate.String()] = derOfAny(t, signingCertificate{[]certificateID{{Hash: sum[:]}}})
		}},
		{"another certificate named", "not those that were signed", key, func(_ *signedData, a map[string][]byte) { a[oidSigningCertificate.String()] = id(other) }},
		{"a certificate more, named and signed", "was not made with the certificate's key", ecKey(t, elliptic.P256()), func(d *signedData, a map[string][]byte) {
			d.Certificates.FullBytes, d.Certificates.Bytes = nil, slices.Concat(mine.Raw, other.Raw)
			first, second := sha256.Sum256(mine.Raw), sha256.Sum256(other.Raw)
			a[oidSigningCertificate.String()] = derOfAny(t, signingCertificate{[]certificateID{{Hash: first[:]}, {Hash: second[:]}}})
		}},
		{"a certificate that nobody named", "not those that were signed", nil, func(d *signedData, _ map[string][]byte) {
			d.Certificates.FullBytes, d.Certificates.Bytes = nil, slices.Concat(mine.Raw, other.Raw)
		}},
		{"no certificate", "no certificates", nil, func(d *signedData, _ map[string][]byte) { d.Certificates = asn1.RawValue{} }},
		{"lists of what was revoked", "no detached CMS", nil, func(d *signedData, _ map[string][]byte) {
			d.Revocations = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: derOfAny(t, []byte("x"))}
		}},
		{"a remark beside the signature", "something else than one time stamp", nil, func(d *signedData, _ map[string][]byte) {
			remark := derOfAny(t, attribute{oidMessageDigest, []asn1.RawValue{{FullBytes: derOfAny(t, []byte("x"))}}})
			d.Signers[0].Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: remark}
		}},
		{"another issuer named", "names another certificate", nil, func(d *signedData, _ map[string][]byte) { d.Signers[0].Signer.Serial = big.NewInt(987_654) }},
		{"signed content inside", "no detached CMS", nil, func(d *signedData, _ map[string][]byte) {
			d.Content.Text = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: derOfAny(t, []byte("another report"))}
		}},
		{"the other of the two numbers", "", nil, func(d *signedData, _ map[string][]byte) {
			var n struct{ R, S *big.Int }
			_, err := asn1.Unmarshal(d.Signers[0].Signature, &n)
			require.NoError(t, err)
			n.S.Sub(elliptic.P256().Params().N, n.S)
			d.Signers[0].Signature = derOfAny(t, n)
			require.NotEqual(t, canonical(key.Public(), d.Signers[0].Signature), d.Signers[0].Signature)
		}},
		{"a number beyond the curve's order", "was not made with the certificate's key", nil, func(d *signedData, _ map[string][]byte) {
			var n struct{ R, S *big.Int }
			_, err := asn1.Unmarshal(d.Signers[0].Signature, &n)
			require.NoError(t, err)
			n.S.Add(elliptic.P256().Params().N, n.S)
			d.Signers[0].Signature = derOfAny(t, n)
		}},
		{"another key", "was not made with the certificate's key", ecKey(t, elliptic.P256()), func(*signedData, map[string][]byte) {}},
	} {
		c.try(t, one, mine, other)
	}
}

func TestASignatureByAnotherAlgorithmDoesNotHold(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	mine := issue(t, key, nil, nil, nil)
	one, err := Sign(prepared(t, 1), Options{Signer: key, Chain: []*x509.Certificate{mine}, Field: assessor, When: now})
	require.NoError(t, err)
	sha1Digest := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}}
	for _, c := range []forged{
		{"SHA-1", "none of SHA-256", key, func(d *signedData, _ map[string][]byte) { d.Digests[0], d.Signers[0].Digest = sha1Digest, sha1Digest }},
		{"MD5", "none of SHA-256", key, func(d *signedData, _ map[string][]byte) {
			d.Digests[0] = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}}
			d.Signers[0].Digest = d.Digests[0]
		}},
		{"a stronger digest named than was used", "does not fit the certificate's key", key, func(d *signedData, _ map[string][]byte) {
			d.Signers[0].Algorithm = pkix.AlgorithmIdentifier{Algorithm: schemes[1].ecdsa}
		}},
		{"ECDSA with SHA-1 named", "does not fit the certificate's key", key, func(d *signedData, _ map[string][]byte) {
			d.Signers[0].Algorithm = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}}
		}},
		{"something beside the algorithm", "does not fit the certificate's key", key, func(d *signedData, _ map[string][]byte) {
			d.Signers[0].Algorithm.Parameters = asn1.RawValue{FullBytes: derOfAny(t, []byte("salt"))}
		}},
		{"two digests named", "none of SHA-256", key, func(d *signedData, _ map[string][]byte) { d.Digests[0] = sha1Digest }},
		{"RSA-PSS named", "does not fit the certificate's key", key, func(d *signedData, _ map[string][]byte) {
			d.Signers[0].Algorithm = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}}
		}},
	} {
		c.try(t, one, mine)
	}
}

func TestSignaturesAreMadeInOneOfTheTwoWays(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	half := new(big.Int).Rsh(elliptic.P256().Params().N, 1)
	for range 20 {
		sum := sha256.Sum256([]byte("what is signed"))
		made, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		require.NoError(t, err)
		one := canonical(key.Public(), made)
		var n struct{ R, S *big.Int }
		_, err = asn1.Unmarshal(one, &n)
		require.NoError(t, err)
		assert.LessOrEqual(t, n.S.Cmp(half), 0)
		assert.True(t, ecdsa.VerifyASN1(&key.PublicKey, sum[:], one), "it verifies like the other")
	}
}

// A table may say of an earlier object that it is free: other readers then find nothing in its place.
func TestACounterSignatureThatTakesAnObjectAwayIsRefused(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 1), assessor)
	o := eva.options
	o.Field = officer
	require.NoError(t, o.check())
	f, err := readWhole(one)
	require.NoError(t, err)
	u := newUpdate(f)
	w, n := fieldNamed(f, officer), u.reserve()
	u.put(w.number, w.widget.with("V", reference(n)))
	g := newGap(o, false)
	u.objects[n] = g.body
	out, bodies := u.bytes()
	content := int(firstPage(t, f).value.get("Contents").number)
	for entry, want := range map[string]string{
		fmt.Sprintf("%d 1\n0000000000 00001 f \n", content): fmt.Sprintf("object %d of an earlier revision is taken away", content),
		"0 1\n0000000000 65535 f \n":                        "",
	} {
		table := bytes.LastIndex(out, []byte("\nxref\n")) + len("\nxref\n")
		forged, err := g.fill(slices.Concat(out[:table], []byte(entry), out[table:]), bodies[n], o)
		require.NoError(t, err)
		status, lines := said(t, forged, ada.root, eva.root)
		if want == "" {
			assert.Equal(t, IntactTrusted, status, lines)
			continue
		}
		assert.Equal(t, Broken, status, "the officer signed a report without its page: %s", lines)
		assert.Contains(t, lines, want)
	}
}
