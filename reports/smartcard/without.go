//go:build !pkcs11

package smartcard

import "errors"

// Open would open the token.
func (Key) Open(string) (Opened, error) {
	return Opened{}, errors.New("open token: this program was built without PKCS #11; build it with CGO_ENABLED=1 go build -tags pkcs11")
}
