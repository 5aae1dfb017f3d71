// Package authoritytest is a time-stamp authority (RFC 3161) for tests: it answers on loopback
// or directly, truthfully or, if a test wants it, not. It shares no code with what it tests.
package authoritytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"net/http"
	"time"
)

var (
	oidSHA256   = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSA    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidSHA256RS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidSigned   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidType     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidNamed    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// Authority stamps what it is asked to. Its fields are lies that it tells.
type Authority struct {
	Root *x509.Certificate
	Leaf *x509.Certificate
	Now  func() time.Time

	Refuses       bool // answers with a rejection
	OtherNonce    bool
	NoNonce       bool
	OtherImprint  bool
	OtherHash     bool // says that the imprint is of another digest
	OtherKey      bool // signs with a key that is not its certificate's
	OtherName     bool // signs the name of another certificate
	Empty         bool // grants a stamp and sends none
	Extra         bool // sends a certificate that belongs to nothing
	NoRoot        bool // sends its own certificate alone
	OwnNameForRSA bool // names its algorithm sha256WithRSAEncryption

	key crypto.Signer
}

// Options make an authority unlike others.
type Options struct {
	Key          crypto.Signer // P-256 if nil
	NotCritical  bool          // its usage may be overlooked
	OtherUsage   bool          // its certificate is for servers
	Until        time.Time     // its certificate's end; ten years if zero
	SignsItsself bool          // its certificate is nobody else's word
	RootServes   bool          // its root is for servers
}

// New makes an authority whose root and certificate are valid around a time.
func New(now time.Time, o Options) (*Authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if o.Key == nil {
		if o.Key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	if o.Until.IsZero() {
		o.Until = now.AddDate(10, 0, 0)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Time Root"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(20, 0, 0),
	}
	if o.RootServes {
		root.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	a := &Authority{Now: func() time.Time { return now }, key: o.Key}
	if a.Root, err = made(root, root, rootKey.Public(), rootKey); err != nil {
		return nil, err
	}
	usage := []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}
	if o.OtherUsage {
		usage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 1}}
	}
	value, err := asn1.Marshal(usage)
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Test Time Authority"}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: o.Until, BasicConstraintsValid: true,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: !o.NotCritical, Value: value}},
	}
	parent, parentKey := a.Root, crypto.Signer(rootKey)
	if o.SignsItsself {
		parent, parentKey = leaf, o.Key
	}
	a.Leaf, err = made(leaf, parent, o.Key.Public(), parentKey)
	return a, err
}

func made(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type query struct {
	Version      int
	Imprint      imprint
	Policy       asn1.ObjectIdentifier `asn1:"optional"`
	Nonce        *big.Int              `asn1:"optional"`
	Certificates bool                  `asn1:"optional"`
}

type info struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint imprint
	Serial  *big.Int
	Time    time.Time `asn1:"generalized"`
	Nonce   *big.Int  `asn1:"optional"`
}

type attribute struct {
	Type  asn1.ObjectIdentifier
	Value []any `asn1:"set"`
}

// Answer is the response to a query, in DER.
func (a *Authority) Answer(text []byte) ([]byte, error) {
	var q query
	if rest, err := asn1.Unmarshal(text, &q); err != nil || len(rest) > 0 {
		return nil, errors.New("no time-stamp query")
	}
	if a.Refuses {
		return asn1.Marshal(struct {
			Status struct {
				Code int
				Text []string
			}
		}{struct {
			Code int
			Text []string
		}{2, []string{"the clock\x1b[31m is being set"}}})
	}
	if a.Empty {
		return asn1.Marshal(struct{ Status struct{ Code int } }{})
	}
	i := info{1, asn1.ObjectIdentifier{1, 2, 3, 4}, q.Imprint, big.NewInt(4711), a.Now().UTC(), q.Nonce}
	if a.OtherNonce {
		i.Nonce = new(big.Int).Add(q.Nonce, big.NewInt(1))
	}
	if a.NoNonce {
		i.Nonce = nil
	}
	if a.OtherImprint {
		i.Imprint.Digest = make([]byte, sha256.Size)
	}
	if a.OtherHash {
		i.Imprint.Algorithm = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}}
	}
	content, err := asn1.Marshal(i)
	if err != nil {
		return nil, err
	}
	token, err := a.token(content)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Status struct{ Code int }
		Token  asn1.RawValue
	}{Token: asn1.RawValue{FullBytes: token}})
}

// token signs the content of a time stamp.
func (a *Authority) token(content []byte) ([]byte, error) {
	named := a.Leaf
	if a.OtherName {
		named = a.Root
	}
	sum, name := sha256.Sum256(content), sha256.Sum256(named.Raw)
	attributes, err := asn1.MarshalWithParams([]attribute{
		{oidType, []any{oidInfo}}, {oidDigest, []any{sum[:]}}, {oidNamed, []any{struct{ List []struct{ Hash []byte } }{[]struct{ Hash []byte }{{name[:]}}}}},
	}, "set")
	if err != nil {
		return nil, err
	}
	key, algorithm := a.key, pkix.AlgorithmIdentifier{Algorithm: oidECDSA}
	if a.OtherKey {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	if a.OwnNameForRSA {
		algorithm = pkix.AlgorithmIdentifier{Algorithm: oidSHA256RS, Parameters: asn1.NullRawValue}
	}
	digest := sha256.Sum256(attributes)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	attributes[0] = 0xa0 // the set is signed as such and sent under a tag
	certificates := a.Leaf.Raw
	if !a.NoRoot {
		certificates = append(append([]byte(nil), a.Root.Raw...), certificates...)
	}
	if a.Extra {
		other, err := New(a.Now(), Options{})
		if err != nil {
			return nil, err
		}
		certificates = append(certificates, other.Leaf.Raw...)
	}
	type signer struct {
		Version int
		ID      struct {
			Issuer asn1.RawValue
			Serial *big.Int
		}
		Digest     pkix.AlgorithmIdentifier
		Attributes asn1.RawValue
		Algorithm  pkix.AlgorithmIdentifier
		Signature  []byte
	}
	s := signer{Version: 1, Digest: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, Attributes: asn1.RawValue{FullBytes: attributes}, Algorithm: algorithm, Signature: signature}
	s.ID.Issuer, s.ID.Serial = asn1.RawValue{FullBytes: a.Leaf.RawIssuer}, a.Leaf.SerialNumber
	type data struct {
		Version int
		Digests []pkix.AlgorithmIdentifier `asn1:"set"`
		Content struct {
			Type asn1.ObjectIdentifier
			Text []byte `asn1:"explicit,tag:0"`
		}
		Certificates asn1.RawValue
		Signers      []signer `asn1:"set"`
	}
	d := data{Version: 3, Digests: []pkix.AlgorithmIdentifier{{Algorithm: oidSHA256}}, Signers: []signer{s}}
	d.Content.Type, d.Content.Text = oidInfo, content
	d.Certificates = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: certificates}
	return asn1.Marshal(struct {
		Type asn1.ObjectIdentifier
		Data data `asn1:"explicit,tag:0"`
	}{oidSigned, d})
}

// ServeHTTP answers as RFC 3161 has it over HTTP.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil && r.Header.Get("Content-Type") != "application/timestamp-query" {
		err = errors.New("no time-stamp query")
	}
	if err == nil {
		text, err = a.Answer(text)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(text)
}
