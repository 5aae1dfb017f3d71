// Package smartcard signs with keys that never leave a smart card or a security module, by
// PKCS #11. Its module is a C library, so the program speaks to one only if it was built
// with -tags pkcs11; without, [Key.Open] says so. Which key is meant is told by a URI of
// RFC 7512, such as
//
//	pkcs11:token=Assessor;object=signing?module-path=/usr/lib/softhsm/libsofthsm2.so
package smartcard

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

const scheme = "pkcs11:"

// ErrPIN is returned where a token refuses a PIN.
var ErrPIN = errors.New("the token refuses the PIN")

// Key says which key is meant. Token or Serial, and Label or ID are given.
type Key struct {
	Module string // path of the token's library
	Token  string // its label
	Serial string // its serial number
	Label  string // of the key and of its certificate
	ID     []byte // of both
}

// Opened is a key that is ready to sign, until it is closed.
type Opened struct {
	Signer crypto.Signer
	Chain  []*x509.Certificate // the key's certificate
	Close  func() error
}

// Is tells whether a key is named by a URI rather than a file.
func Is(name string) bool { return strings.HasPrefix(name, scheme) }

// Parse reads a URI. A PIN in it is refused: it would stand in the shell's history.
func Parse(uri string) (Key, error) {
	k, err := parse(uri)
	if err != nil {
		return Key{}, fmt.Errorf("read key's address: %w", err)
	}
	return k, nil
}

func parse(uri string) (Key, error) {
	var k Key
	rest, is := strings.CutPrefix(uri, scheme)
	if !is {
		return k, fmt.Errorf("it does not begin with %q", scheme)
	}
	path, query, _ := strings.Cut(rest, "?")
	seen := map[string]bool{}
	for _, part := range append(strings.Split(path, ";"), strings.Split(query, "&")...) {
		if part == "" {
			continue
		}
		name, escaped, _ := strings.Cut(part, "=")
		value, err := url.PathUnescape(escaped)
		if err != nil || value == "" || strings.ContainsRune(value, 0) {
			return k, fmt.Errorf("the value of %q cannot be read", name)
		}
		if seen[name] {
			return k, fmt.Errorf("%q twice", name)
		}
		seen[name] = true
		switch name {
		case "token":
			k.Token = value
		case "serial":
			k.Serial = value
		case "object":
			k.Label = value
		case "id":
			k.ID = []byte(value)
		case "module-path":
			k.Module = value
		case "type": // always a private key
		case "pin-value", "pin-source":
			return k, errors.New("the PIN is asked for, or read with --sign-passphrase-file, and is no part of it")
		default:
			return k, fmt.Errorf("%q is not read here: token, serial, object, id and module-path are", name)
		}
	}
	switch {
	case k.Module == "":
		return k, errors.New("it names no module-path, the token's library")
	case (k.Token == "") == (k.Serial == ""):
		return k, errors.New("it names a token by its label or its serial, one of them")
	case k.Label == "" && k.ID == nil:
		return k, errors.New("it names no key by object or id")
	}
	return k, nil
}
