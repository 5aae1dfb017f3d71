package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Object identifiers of RFC 3161 (time stamps), RFC 2634 and RFC 6211.
var (
	oidStampInfo          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidOldCertificate     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidProtectedAlgorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 52}
	oidExtendedUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// ErrStamp is returned where a time-stamp authority gives no answer that can be relied on.
var ErrStamp = errors.New("no time stamp")

// maxClock is how far two clocks in good faith may be apart.
const maxClock = 24 * time.Hour

// Stamp is a time stamp over a signature: the authority's word that the signature existed then.
type Stamp struct {
	Time      time.Time
	Authority Identity
	Serial    string // the authority's number for it, hexadecimal
	Trusted   bool   // the authority's certificate is trusted, or leads to one that is
	Doubt     string // why not
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type stampQuery struct {
	Version      int
	Imprint      imprint
	Nonce        *big.Int
	Certificates bool
}

type stampReply struct {
	Status struct {
		Code    int
		Text    []asn1.RawValue `asn1:"optional"`
		Failure asn1.BitString  `asn1:"optional"`
	}
	Token asn1.RawValue `asn1:"optional"`
}

type stampInfo struct {
	Version  int
	Policy   asn1.ObjectIdentifier
	Imprint  imprint
	Serial   *big.Int
	Time     asn1.RawValue
	Accuracy struct {
		Seconds int `asn1:"optional"`
		Millis  int `asn1:"optional,tag:0"`
		Micros  int `asn1:"optional,tag:1"`
	} `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	Authority  asn1.RawValue `asn1:"optional,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

// stamped asks an authority for the time stamp over a signature and returns it as it goes into
// the file. What the authority says is checked before it is believed.
func (o *Options) stamped(signature []byte) ([]byte, error) {
	der, err := takeStamp(o.Rand, o.Stamp, signature, o.When)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	return der, nil
}

// StampDetached asks a time-stamp authority for a stamp over content, as a detached signature
// is, and returns its token in DER: what `openssl ts -verify -token_in` reads. What comes back
// is checked; when is the time here. Errors: [ErrStamp].
func StampDetached(random io.Reader, ask func(query []byte) (reply []byte, err error), content []byte, when time.Time) ([]byte, error) {
	o := Options{Rand: random, Stamp: ask, When: when}
	return o.stamped(content)
}

func takeStamp(rand io.Reader, ask func(query []byte) ([]byte, error), signature []byte, when time.Time) ([]byte, error) {
	random := make([]byte, 16)
	if _, err := io.ReadFull(rand, random); err != nil {
		return nil, err
	}
	random[0] = random[0]&0x3f | 0x40 // positive and of full length
	sum := sha256.Sum256(signature)
	query := stampQuery{1, imprint{pkix.AlgorithmIdentifier{Algorithm: schemes[0].digest, Parameters: asn1.NullRawValue}, sum[:]}, new(big.Int).SetBytes(random), true}
	text, err := asn1.Marshal(query)
	if err != nil {
		return nil, err
	}
	answer, err := ask(text)
	if err != nil {
		return nil, err
	}
	der, err := readReply(answer)
	if err != nil {
		return nil, fmt.Errorf("the authority's answer: %w", err)
	}
	t, err := readToken(der, signature)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the authority's answer: %w", err)
	case t.nonce == nil || t.nonce.Cmp(query.Nonce) != 0:
		return nil, errors.New("the authority answered another question (the nonce differs)")
	case t.time.Before(when.Add(-maxClock)) || t.time.After(when.Add(maxClock)):
		return nil, fmt.Errorf("the authority says it is %s, and the clock here %s", t.time.Format(time.RFC3339), when.UTC().Format(time.RFC3339))
	}
	return der, nil
}

// readReply takes the token out of an authority's answer, without what nobody signed.
func readReply(answer []byte) ([]byte, error) {
	var reply stampReply
	if rest, err := asn1.Unmarshal(answer, &reply); err != nil || len(rest) > 0 {
		return nil, errors.New("it is no time-stamp response")
	}
	const granted, grantedWithChanges = 0, 1
	if code := reply.Status.Code; code != granted && code != grantedWithChanges {
		var why strings.Builder
		for _, text := range reply.Status.Text {
			why.WriteString(": " + string(text.Bytes))
		}
		return nil, fmt.Errorf("it refuses (status %d)%s", code, printable(why.String()))
	}
	if len(reply.Token.FullBytes) == 0 {
		return nil, errors.New("it grants a time stamp and sends none")
	}
	return bare(reply.Token.FullBytes)
}

// bare writes a token again with what its signature accounts for and nothing else: of the
// certificates those of the authority's chain, if it is whole, else the authority's own; no
// revocation lists, no unsigned attributes. What is left cannot be changed without notice.
func bare(der []byte) ([]byte, error) {
	data, rest, err := parseSigned(der)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, errDER
	}
	pool, err := x509.ParseCertificates(data.Certificates.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	info := &data.Signers[0]
	i := slices.IndexFunc(pool, info.names)
	if i < 0 || len(pool) > maxChain {
		return nil, errors.New("the authority's certificate is not in it")
	}
	chain := orderChain(pool[i].PublicKey, append([]*x509.Certificate{pool[i]}, pool...))
	if !whole(chain) {
		chain = chain[:1]
	}
	data.Certificates = asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true}
	for _, c := range chain {
		data.Certificates.Bytes = append(data.Certificates.Bytes, c.Raw...)
	}
	data.Revocations, info.Unsigned = asn1.RawValue{}, asn1.RawValue{}
	info.Signature = canonical(pool[i].PublicKey, info.Signature)
	if s, err := data.scheme(); err == nil && isRSA(info.Algorithm, s) {
		// Two names are in use for the same thing; one is accepted in the file, unless the
		// authority has signed which it used.
		if !bytes.Contains(info.Signed.Bytes, derOf(oidProtectedAlgorithm)) {
			info.Algorithm = s.algorithm(pool[i].PublicKey)
		}
	}
	inner, err := asn1.Marshal(*data)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(wrap(oidSignedData, inner))
}

func derOf(oid asn1.ObjectIdentifier) []byte {
	der, err := asn1.Marshal(oid)
	if err != nil {
		panic(err) // a constant
	}
	return der
}
