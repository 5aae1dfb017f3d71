package sign

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"
)

// Detach signs content and returns a CMS that stands beside it, in DER: what `openssl cms
// -verify` reads. It names no time of signing: that stands in what is signed with it.
func Detach(random io.Reader, signer crypto.Signer, chain []*x509.Certificate, content []byte) ([]byte, error) {
	switch {
	case signer == nil || len(chain) == 0 || !sameKey(signer.Public(), chain[0].PublicKey):
		return nil, fmt.Errorf("sign: %w: the key has no certificate", ErrKey)
	case len(chain) > maxChain:
		return nil, fmt.Errorf("sign: %d certificates: at most %d", len(chain), maxChain)
	}
	if err := suitableKey(signer.Public()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	der, err := buildCMS(random, signer, chain, nil, content)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return der, nil
}

// Detached is a signature that stands beside what was signed.
type Detached struct {
	CMS     []byte
	Token   []byte    // of a time stamp over the CMS; nil where there is none
	Claimed time.Time // when it is said to have been made, zero where nothing says so
}

// Verify tells who signed content and whether it is what they signed. What does not hold is the
// Fault of the signature.
func (d Detached) Verify(content []byte, o VerifyOptions) Signature {
	der, claimed := d.CMS, d.Claimed
	s := Signature{Claimed: claimed}
	read, err := signed{}, errors.New("it is too long to be one")
	if len(der) <= reserved {
		read, err = checkCMS(der, over(content))
	}
	if _, rest, _ := parseSigned(der); err == nil && len(rest) > 0 { // no room is kept for it here, as in a PDF
		err = errors.New("something stands behind the signature")
	}
	if err == nil && d.Token != nil {
		if read.stamp, err = readToken(d.Token, der); err != nil {
			err = fmt.Errorf("the time stamp: %w", err)
		}
	}
	if err != nil {
		s.Fault, s.Doubt = printable(err.Error()), "the signature does not hold"
		return s
	}
	s.Intact, s.WholeFile = true, true
	if claimed.IsZero() { // it is taken for one of now
		s.Claimed = o.Now
	}
	s.identify(read, o)
	s.Claimed = claimed
	return s
}
