package sign

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1" // RFC 2634: how older authorities name their certificate
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// token is a time stamp that holds: signed by its authority over one signature.
type token struct {
	chain  []*x509.Certificate // the authority's certificate first
	time   time.Time
	serial *big.Int
	nonce  *big.Int // nil where the authority left it out
}

// namedCertificate is an ESSCertIDv2 of a foreign hand, which may name its digest.
type namedCertificate struct {
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"`
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

type namedCertificates[T any] struct {
	Certificates []T
	Policies     asn1.RawValue `asn1:"optional"`
}

// protectedAlgorithms are what RFC 6211 puts among the signed attributes.
type protectedAlgorithms struct {
	Digest    pkix.AlgorithmIdentifier
	Signature pkix.AlgorithmIdentifier `asn1:"optional,tag:1"`
}

// stamp verifies the time stamp that a signature carries; nil if it carries none.
func (info *signerInfo) stamp() (*token, error) {
	if len(info.Unsigned.FullBytes) == 0 {
		return nil, nil
	}
	var a attribute
	rest, err := asn1.Unmarshal(info.Unsigned.Bytes, &a)
	if err != nil || len(rest) > 0 || !a.Type.Equal(oidStampToken) || len(a.Values) != 1 {
		return nil, errors.New("beside the signature stands something else than one time stamp")
	}
	t, err := readToken(a.Values[0].FullBytes, info.Signature)
	if err != nil {
		return nil, fmt.Errorf("the time stamp: %w", err)
	}
	return t, nil
}

// readToken verifies a token over a signature. As with signatures, nothing in it may be of no
// account: what its own signature does not cover must follow from what it covers.
func readToken(der, signature []byte) (*token, error) {
	data, rest, err := parseSigned(der)
	if err != nil {
		return nil, err
	}
	info := &data.Signers[0]
	if len(rest) > 0 || data.Version != 3 || len(data.Revocations.FullBytes) > 0 || len(info.Unsigned.FullBytes) > 0 || !data.Content.Type.Equal(oidStampInfo) {
		return nil, errors.New("it is no time-stamp token, or carries what nobody signed")
	}
	var text []byte
	if rest, err := asn1.Unmarshal(data.Content.Text.Bytes, &text); err != nil || len(rest) > 0 {
		return nil, errDER
	}
	s, err := data.scheme()
	if err != nil {
		return nil, err
	}
	values, err := eachAttribute(info.Signed.Bytes, oidStampInfo, func([]byte) bool { return true })
	if err != nil {
		return nil, err
	}
	chain, err := info.authority(data.Certificates.Bytes, values)
	if err != nil {
		return nil, err
	}
	checked := *info
	if protected, is := values[oidProtectedAlgorithm.String()]; is {
		if err := info.protects(protected); err != nil {
			return nil, err
		}
		if isRSA(info.Algorithm, s) { // whichever name it has, the authority signed it
			checked.Algorithm = s.algorithm(chain[0].PublicKey)
		}
	}
	if err := checked.check(s, values, chain[0].PublicKey, over(text)); err != nil {
		if errors.Is(err, errDigest) {
			return nil, errors.New("it was changed")
		}
		return nil, err
	}
	return readInfo(text, signature, chain)
}

// authority returns the certificates of a token: the authority's own, which the signed
// attributes name, and its chain if it is there, which must then be whole.
func (info *signerInfo) authority(der []byte, values map[string][]byte) ([]*x509.Certificate, error) {
	chain, err := x509.ParseCertificates(der)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if len(chain) == 0 || len(chain) > maxChain || !info.names(chain[0]) {
		return nil, errors.New("the authority's certificate is not in it")
	}
	for _, c := range chain {
		if err := suitableKey(c.PublicKey); err != nil {
			return nil, err
		}
	}
	if len(chain) > 1 && !whole(chain) {
		return nil, errors.New("the authority's certificates are no chain up to its root")
	}
	leaf := chain[0]
	if err := namedBy(leaf, values); err != nil {
		return nil, err
	}
	critical := slices.ContainsFunc(leaf.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidExtendedUsage) && e.Critical })
	if !critical || len(leaf.UnknownExtKeyUsage) > 0 || !slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) {
		return nil, errors.New("its certificate is not for time stamps alone (extended key usage timeStamping, critical)")
	}
	return chain, nil
}

// whole tells whether each certificate is signed by the next and the last by itself.
func whole(chain []*x509.Certificate) bool {
	for i, c := range chain[:len(chain)-1] {
		if c.CheckSignatureFrom(chain[i+1]) != nil {
			return false
		}
	}
	last := chain[len(chain)-1]
	return bytes.Equal(last.RawIssuer, last.RawSubject) && last.CheckSignature(last.SignatureAlgorithm, last.RawTBSCertificate, last.Signature) == nil
}

// namedBy tells why the signed attributes do not name a certificate; nil if they do.
func namedBy(c *x509.Certificate, values map[string][]byte) error {
	var named, want []byte
	if der, is := values[oidSigningCertificate.String()]; is {
		var ids namedCertificates[namedCertificate]
		if rest, err := asn1.Unmarshal(der, &ids); err == nil && len(rest) == 0 && len(ids.Certificates) > 0 {
			first := ids.Certificates[0]
			i := slices.IndexFunc(schemes, func(s scheme) bool { return s.digest.Equal(first.Algorithm.Algorithm) })
			named, want = first.Hash, schemes[max(i, 0)].sum(c.Raw)
		}
	} else {
		var ids namedCertificates[certificateID]
		if rest, err := asn1.Unmarshal(values[oidOldCertificate.String()], &ids); err == nil && len(rest) == 0 && len(ids.Certificates) > 0 {
			sum := sha1.Sum(c.Raw)
			named, want = ids.Certificates[0].Hash, sum[:]
		}
	}
	if want == nil || !bytes.Equal(named, want) {
		return errors.New("the authority did not sign which certificate is its own")
	}
	return nil
}

// protects holds the algorithms that the authority signed against those that are named.
func (info *signerInfo) protects(der []byte) error {
	var p protectedAlgorithms
	rest, err := asn1.Unmarshal(der, &p)
	same := func(a, b pkix.AlgorithmIdentifier) bool {
		return a.Algorithm.Equal(b.Algorithm) && bytes.Equal(a.Parameters.FullBytes, b.Parameters.FullBytes)
	}
	if err != nil || len(rest) > 0 || !same(p.Digest, info.Digest) || !same(p.Signature, info.Algorithm) {
		return errors.New("it names other algorithms than the authority signed")
	}
	return nil
}

// isRSA tells whether an algorithm is PKCS #1 v1.5 under the scheme, by either of its names.
func isRSA(a pkix.AlgorithmIdentifier, s scheme) bool {
	const withSHA256 = 11 // and 384 and 512 in the order of the schemes
	i := slices.IndexFunc(schemes, func(other scheme) bool { return other.hash == s.hash })
	own := slices.Concat(oidRSA[:len(oidRSA)-1], asn1.ObjectIdentifier{withSHA256 + i})
	return parametersEmpty(a) && (a.Algorithm.Equal(oidRSA) || a.Algorithm.Equal(own))
}

// readInfo reads what the authority signed and holds it against the signature.
func readInfo(text, signature []byte, chain []*x509.Certificate) (*token, error) {
	var i stampInfo
	if rest, err := asn1.Unmarshal(text, &i); err != nil || len(rest) > 0 || i.Version != 1 {
		return nil, errors.New("its content is no time stamp")
	}
	n := slices.IndexFunc(schemes, func(s scheme) bool { return s.digest.Equal(i.Imprint.Algorithm.Algorithm) })
	if n < 0 || !bytes.Equal(i.Imprint.Digest, schemes[n].sum(signature)) {
		return nil, errors.New("it is of something else (the imprint differs)")
	}
	at, err := stampTime(i.Time)
	if err != nil {
		return nil, err
	}
	if err := suitableCertificate(chain[0], at); err != nil {
		return nil, fmt.Errorf("the authority: %w", err)
	}
	return &token{chain, at, i.Serial, i.Nonce}, nil
}

// stampTime reads a GeneralizedTime in UTC, which may have fractions of a second.
func stampTime(raw asn1.RawValue) (time.Time, error) {
	const layout, longest = "20060102150405Z", 32
	text := string(raw.Bytes)
	if raw.Class != asn1.ClassUniversal || raw.Tag != asn1.TagGeneralizedTime || len(text) > longest {
		return time.Time{}, errors.New("it has no time")
	}
	if seconds, fraction, is := strings.Cut(strings.TrimSuffix(text, "Z"), "."); is {
		if _, is := decimal([]byte(fraction)); !is {
			return time.Time{}, errors.New("it has no time")
		}
		text = seconds + "Z"
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return time.Time{}, errors.New("it has no time")
	}
	return at, nil
}

// describe says about a token what a reader needs, and whether its authority is trusted.
func (t *token) describe(o VerifyOptions) *Stamp {
	s := &Stamp{Time: t.time, Authority: identityOf(t.chain[0]), Serial: t.serial.Text(16)}
	if err := suitableCertificate(t.chain[0], o.Now); err != nil {
		s.Doubt = "the authority: " + printable(err.Error())
	} else if t.time.After(o.Now.Add(maxClock)) {
		s.Doubt = "it is of a time that has not come yet"
	} else if !leads(t.chain, o.Roots, o.Now, stampPurpose) {
		s.Doubt = "the authority's certificate is not trusted here and leads to none that is"
	}
	s.Trusted = s.Doubt == ""
	return s
}

func identityOf(c *x509.Certificate) Identity {
	sum := sha256.Sum256(c.Raw)
	return Identity{
		displayName(c.Subject.CommonName, c.Subject.String()),
		displayName(c.Issuer.CommonName, c.Issuer.String()), hex.EncodeToString(sum[:]),
	}
}

// leads tells whether a chain begins with a root, or comes to an authority among them. Each
// certificate on the way must serve one purpose, the same: an authority for servers vouches for
// nobody who signs documents, whatever it writes into their certificates.
func leads(chain, roots []*x509.Certificate, at time.Time, purposes []purpose) bool {
	authorities, intermediates := x509.NewCertPool(), x509.NewCertPool()
	for _, root := range roots {
		if bytes.Equal(root.Raw, chain[0].Raw) {
			return true
		}
		if root.IsCA && root.BasicConstraintsValid { // a person's certificate vouches for nobody else
			authorities.AddCert(root)
		}
	}
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	found, err := chain[0].Verify(x509.VerifyOptions{
		Roots: authorities, Intermediates: intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil && slices.ContainsFunc(found, func(way []*x509.Certificate) bool {
		return !slices.ContainsFunc(way, weak) && slices.ContainsFunc(purposes, func(p purpose) bool { return p.servedBy(way...) })
	})
}

// weak tells whether a key is so small that others may hold it.
func weak(c *x509.Certificate) bool {
	k, is := c.PublicKey.(*rsa.PublicKey)
	return is && k.N.BitLen() < minRSABits
}
