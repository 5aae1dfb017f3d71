package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // registers the digests that P-384 signers use
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
)

// Object identifiers of RFC 5652 (CMS), RFC 5035 (signing certificate) and RFC 5758 (ECDSA).
var (
	oidData               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidRSA                = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidStampToken         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// scheme ties a digest to the names that CMS has for it.
type scheme struct {
	hash   crypto.Hash
	digest asn1.ObjectIdentifier
	ecdsa  asn1.ObjectIdentifier
}

var schemes = []scheme{
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}},
}

// schemeFor is the digest that a public key signs with here, as strong as the key.
func schemeFor(public crypto.PublicKey) scheme {
	if k, ok := public.(*ecdsa.PublicKey); ok && k.Curve.Params().BitSize > 256 {
		return schemes[1]
	}
	return schemes[0]
}

func (s scheme) sum(parts ...[]byte) []byte {
	h := s.hash.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// algorithm names how a key of this kind signs under the scheme.
func (s scheme) algorithm(public crypto.PublicKey) pkix.AlgorithmIdentifier {
	if _, ok := public.(*rsa.PublicKey); ok {
		return pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.RawValue{FullBytes: asn1.NullBytes}}
	}
	return pkix.AlgorithmIdentifier{Algorithm: s.ecdsa}
}

const maxChain = 16 // certificates in one signature

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue // [0] around the signed data
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      signedContent
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Revocations  asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

// signedContent is what is signed: named alone where it stands elsewhere, as in a PDF.
type signedContent struct {
	Type asn1.ObjectIdentifier
	Text asn1.RawValue `asn1:"optional,tag:0"`
}

// signerInfo has one unsigned attribute at most: the time stamp over the signature.
type signerInfo struct {
	Version   int
	Signer    issuerAndSerial
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
	Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// certificateID is an ESSCertIDv2 under its default digest, SHA-256.
type certificateID struct {
	Hash   []byte
	Issuer asn1.RawValue `asn1:"optional"`
}

type signingCertificate struct{ Certificates []certificateID }

// buildCMS signs content and returns the CMS in DER. It names every certificate of the chain
// in a signed attribute, so that none can be exchanged or added. A stamp, if there is one, is
// asked for the time stamp over the signature.
func buildCMS(rand io.Reader, signer crypto.Signer, chain []*x509.Certificate, stamp func(signature []byte) (token []byte, err error), content ...[]byte) ([]byte, error) {
	s := schemeFor(signer.Public())
	signed, err := signedAttributes(s.sum(content...), chain)
	if err != nil {
		return nil, err
	}
	set, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: signed})
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(rand, s.sum(set), s.hash)
	if err != nil {
		return nil, err
	}
	signature = canonical(signer.Public(), signature)
	var certificates []byte
	for _, c := range chain {
		certificates = append(certificates, c.Raw...)
	}
	digest := pkix.AlgorithmIdentifier{Algorithm: s.digest}
	data := signedData{
		Version: 1, Digests: []pkix.AlgorithmIdentifier{digest},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: certificates},
		Signers: []signerInfo{{
			Version: 1, Signer: issuerAndSerial{asn1.RawValue{FullBytes: chain[0].RawIssuer}, chain[0].SerialNumber},
			Digest: digest, Signed: asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: signed},
			Algorithm: s.algorithm(signer.Public()), Signature: signature,
		}},
	}
	data.Content.Type = oidData
	if stamp != nil {
		token, err := stamp(signature)
		if err != nil {
			return nil, err
		}
		unsigned, err := asn1.Marshal(attribute{oidStampToken, []asn1.RawValue{{FullBytes: token}}})
		if err != nil {
			return nil, err
		}
		data.Signers[0].Unsigned = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: unsigned}
	}
	der, err := asn1.Marshal(data)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(wrap(oidSignedData, der))
}

func wrap(kind asn1.ObjectIdentifier, der []byte) contentInfo {
	return contentInfo{kind, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: der}}
}

// signedAttributes is the content of the set that is signed, in DER's order.
func signedAttributes(digest []byte, chain []*x509.Certificate) ([]byte, error) {
	var ids signingCertificate
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		ids.Certificates = append(ids.Certificates, certificateID{Hash: sum[:]})
	}
	var encoded [][]byte
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{{oidContentType, oidData}, {oidMessageDigest, digest}, {oidSigningCertificate, ids}} {
		value, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		whole, err := asn1.Marshal(attribute{a.oid, []asn1.RawValue{{FullBytes: value}}})
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, whole)
	}
	slices.SortFunc(encoded, bytes.Compare)
	return bytes.Join(encoded, nil), nil
}

var (
	errDigest = errors.New("digest mismatch: the signed bytes were changed")
	errDER    = errors.New("the signature is not encoded as DER demands")
)

// signed is what a CMS over a PDF holds once it is verified.
type signed struct {
	chain []*x509.Certificate // the signer's certificate first
	stamp *token              // nil without a time stamp
}

// digester takes the digest of what was signed.
type digester func(scheme) []byte

func over(content []byte) digester { return func(s scheme) []byte { return s.sum(content) } }

// checkCMS verifies a CMS over content. padded is what stands in the file: the CMS and zeros
// behind it. Everything outside the signed attributes must follow from them, so that no byte
// can be changed without notice.
func checkCMS(padded []byte, content digester) (signed, error) {
	data, err := parseCMS(padded)
	if err != nil {
		return signed{}, err
	}
	info := data.Signers[0]
	s, err := data.scheme()
	if err != nil {
		return signed{}, err
	}
	values, err := parseAttributes(info.Signed.Bytes, oidData)
	if err != nil {
		return signed{}, err
	}
	chain, err := boundCertificates(data.Certificates.Bytes, values[oidSigningCertificate.String()])
	if err != nil {
		return signed{}, err
	}
	leaf := chain[0]
	if !info.names(leaf) {
		return signed{}, errors.New("the signature names another certificate than its signed attribute")
	}
	if err := info.check(s, values, leaf.PublicKey, content); err != nil {
		return signed{}, err
	}
	stamp, err := info.stamp()
	return signed{chain, stamp}, err
}

// scheme is the digest that the only signer used, said the same way in both places.
func (d *signedData) scheme() (scheme, error) {
	info := d.Signers[0]
	i := slices.IndexFunc(schemes, func(s scheme) bool { return s.digest.Equal(info.Digest.Algorithm) })
	if i < 0 || !parametersEmpty(info.Digest) || !d.Digests[0].Algorithm.Equal(info.Digest.Algorithm) || !parametersEmpty(d.Digests[0]) {
		return scheme{}, errors.New("the digest is none of SHA-256, SHA-384 and SHA-512")
	}
	return schemes[i], nil
}

// names tells whether a certificate is the one that the signer points at.
func (info *signerInfo) names(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, info.Signer.Issuer.FullBytes) && c.SerialNumber.Cmp(info.Signer.Serial) == 0
}

// check holds the digest among the signed attributes against the content, and the signature
// against both.
func (info *signerInfo) check(s scheme, values map[string][]byte, public crypto.PublicKey, content digester) error {
	var digest []byte
	if rest, err := asn1.Unmarshal(values[oidMessageDigest.String()], &digest); err != nil || len(rest) > 0 {
		return errors.New("no message digest")
	}
	if !bytes.Equal(digest, content(s)) {
		return errDigest
	}
	set, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: info.Signed.Bytes})
	if err != nil {
		return errDER
	}
	return checkSignature(s, public, *info, s.sum(set))
}

// parseCMS decodes the CMS of a PDF and accepts only what would be encoded the same way.
func parseCMS(padded []byte) (*signedData, error) {
	data, rest, err := parseSigned(padded)
	if err != nil {
		return nil, err
	}
	switch {
	case len(bytes.Trim(rest, "\x00")) > 0:
		return nil, errors.New("something is hidden behind the signature")
	case !data.Content.Type.Equal(oidData), len(data.Content.Text.FullBytes) > 0, len(data.Revocations.FullBytes) > 0, data.Version != 1:
		return nil, errors.New("no detached CMS signature")
	}
	return data, nil
}

// parseSigned decodes signed data of one signer, in DER, and returns what follows it.
func parseSigned(der []byte) (*signedData, []byte, error) {
	var outer contentInfo
	rest, err := asn1.Unmarshal(der, &outer)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errDER, err)
	}
	var data signedData
	if more, err := asn1.Unmarshal(outer.Content.Bytes, &data); err != nil || len(more) > 0 {
		return nil, nil, errDER
	}
	inner, err := asn1.Marshal(data)
	if err != nil {
		return nil, nil, errDER
	}
	again, err := asn1.Marshal(wrap(outer.Type, inner))
	if err != nil || !bytes.Equal(again, der[:len(der)-len(rest)]) {
		return nil, nil, errDER
	}
	switch {
	case !outer.Type.Equal(oidSignedData):
		return nil, nil, errors.New("no CMS signature")
	case len(data.Signers) != 1, len(data.Digests) != 1, data.Signers[0].Version != 1:
		return nil, nil, errors.New("not exactly one signer")
	}
	for _, raw := range []asn1.RawValue{data.Certificates, data.Signers[0].Signed, data.Signers[0].Unsigned, data.Content.Text, data.Revocations} {
		if len(raw.FullBytes) > 0 && !raw.IsCompound { // asn1 lets it pass
			return nil, nil, errDER
		}
	}
	if len(data.Certificates.FullBytes) == 0 || len(data.Signers[0].Signed.FullBytes) == 0 {
		return nil, nil, errors.New("no certificates, or no signed attributes")
	}
	return &data, rest, nil
}

// canonical is an ECDSA signature with the smaller of the two numbers that verify. Anything else it
// leaves as it is.
func canonical(public crypto.PublicKey, signature []byte) []byte {
	k, is := public.(*ecdsa.PublicKey)
	var n struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &n); !is || err != nil || len(rest) > 0 {
		return signature
	}
	order := k.Curve.Params().N
	other := new(big.Int).Sub(order, n.S)
	if n.S.Cmp(other) <= 0 || other.Sign() <= 0 {
		return signature
	}
	n.S = other
	der, err := asn1.Marshal(n)
	if err != nil {
		return signature
	}
	return der
}

func parametersEmpty(a pkix.AlgorithmIdentifier) bool {
	return len(a.Parameters.FullBytes) == 0 || bytes.Equal(a.Parameters.FullBytes, asn1.NullBytes)
}

// parseAttributes decodes the signed attributes of our own signatures: sorted, each once, with
// one value.
func parseAttributes(der []byte, content asn1.ObjectIdentifier) (map[string][]byte, error) {
	var before []byte
	return eachAttribute(der, content, func(this []byte) bool {
		sorted := bytes.Compare(before, this) < 0
		before = this
		return sorted
	})
}

// eachAttribute decodes signed attributes, each once, and asks accept about the encoding of each.
func eachAttribute(der []byte, content asn1.ObjectIdentifier, accept func(encoded []byte) bool) (map[string][]byte, error) {
	values := map[string][]byte{}
	for len(der) > 0 {
		var a attribute
		rest, err := asn1.Unmarshal(der, &a)
		if err != nil {
			return nil, errDER
		}
		this := der[:len(der)-len(rest)]
		again, err := asn1.Marshal(a)
		if err != nil || !bytes.Equal(again, this) || !accept(this) {
			return nil, errDER
		}
		key := a.Type.String()
		if _, twice := values[key]; twice || len(a.Values) != 1 {
			return nil, errors.New("a signed attribute stands twice")
		}
		values[key] = a.Values[0].FullBytes
		der = rest
	}
	var named asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(values[oidContentType.String()], &named); err != nil || !named.Equal(content) {
		return nil, errors.New("no content type among the signed attributes")
	}
	return values, nil
}

// boundCertificates parses the certificates of a CMS, which must be exactly those that the
// signed attribute names, in its order.
func boundCertificates(der, attribute []byte) ([]*x509.Certificate, error) {
	var ids signingCertificate
	if rest, err := asn1.Unmarshal(attribute, &ids); err != nil || len(rest) > 0 {
		return nil, errors.New("the signed attributes do not name the signer's certificate by SHA-256")
	}
	chain, err := x509.ParseCertificates(der)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if len(chain) == 0 || len(chain) > maxChain || len(chain) != len(ids.Certificates) {
		return nil, errors.New("the certificates are not those that were signed")
	}
	for i, c := range chain {
		if sum := sha256.Sum256(c.Raw); !bytes.Equal(sum[:], ids.Certificates[i].Hash) {
			return nil, errors.New("the certificates are not those that were signed")
		}
		if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxRSABits {
			return nil, suitableKey(k)
		}
	}
	return chain, nil
}

func checkSignature(s scheme, public crypto.PublicKey, info signerInfo, digest []byte) error {
	if err := suitableKey(public); err != nil {
		return err
	}
	want := s.algorithm(public)
	if !info.Algorithm.Algorithm.Equal(want.Algorithm) || !bytes.Equal(info.Algorithm.Parameters.FullBytes, want.Parameters.FullBytes) {
		return errors.New("the signature's algorithm does not fit the certificate's key")
	}
	ok := false
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(k, digest, info.Signature)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(k, s.hash, digest, info.Signature) == nil
	}
	if !ok {
		return errors.New("the signature was not made with the certificate's key")
	}
	return nil
}
