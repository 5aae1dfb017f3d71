package sign

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// purpose is what a certificate may be for, by one of the names that crypto/x509 has or by its own.
type purpose struct {
	known x509.ExtKeyUsage
	id    asn1.ObjectIdentifier // where it has no such name
}

// documentPurposes are those for which documents are signed: mail and code, as people have it, RFC
// 9336's, and those of the two makers of readers.
var documentPurposes = []purpose{
	{known: x509.ExtKeyUsageEmailProtection},
	{known: x509.ExtKeyUsageCodeSigning},
	{id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}},
	{id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}},
	{id: asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}},
}

// stampPurpose is that of a time-stamp authority.
var stampPurpose = []purpose{{known: x509.ExtKeyUsageTimeStamping}}

// servedBy tells whether each certificate names the purpose, or any, or none at all.
func (p purpose) servedBy(certificates ...*x509.Certificate) bool {
	return !slices.ContainsFunc(certificates, func(c *x509.Certificate) bool {
		switch {
		case len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0, slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny):
			return false
		case p.id != nil:
			return !slices.ContainsFunc(c.UnknownExtKeyUsage, p.id.Equal)
		}
		return !slices.Contains(c.ExtKeyUsage, p.known)
	})
}
