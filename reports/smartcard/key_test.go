package smartcard

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAKeysAddress(t *testing.T) {
	k, err := Parse("pkcs11:token=My%20Card;object=signing;id=%01%02;type=private?module-path=/usr/lib/x.so")
	require.NoError(t, err)
	assert.Equal(t, Key{Module: "/usr/lib/x.so", Token: "My Card", Label: "signing", ID: []byte{1, 2}}, k)
	for uri, want := range map[string]string{
		"":                               "does not begin",
		"pkcs11:":                        "no module-path",
		"pkcs11:token=a?module-path=/x":  "no key by object or id",
		"pkcs11:object=a?module-path=/x": "by its label or its serial",
		"pkcs11:token=a;token=b":         `"token" twice`,
		"pkcs11:token=%zz":               "cannot be read",
		"pkcs11:token=a%00":              "cannot be read",
		"pkcs11:slot-id=1":               "is not read here",
		"pkcs11:token=a?pin-value=1234":  "no part of it",
		"pkcs11:token=a;serial=b;object=c?module-path=/x": "one of them",
	} {
		_, err := Parse(uri)
		assert.ErrorContains(t, err, want, uri)
		assert.NotContains(t, err.Error(), "1234")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("pkcs11:token=a;object=b?module-path=/x")
	f.Add("pkcs11:id=%00;serial=%f0&")
	f.Fuzz(func(t *testing.T, uri string) {
		if k, err := Parse(uri); err == nil && (k.Module == "" || (k.Label == "" && len(k.ID) == 0)) {
			t.Errorf("half an address is taken: %q", uri)
		}
	})
}
