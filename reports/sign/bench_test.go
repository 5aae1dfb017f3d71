package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func BenchmarkSign300Pages(b *testing.B) {
	ada, pdf := newPerson(b, "Ada Auditor"), prepared(b, 300)
	o := ada.options
	o.Field, o.Appearance = assessor, appearance(b, "Ada Auditor")
	b.SetBytes(int64(len(pdf)))
	for b.Loop() {
		_, err := Sign(pdf, o)
		require.NoError(b, err)
	}
}

func BenchmarkVerify300Pages(b *testing.B) {
	ada, eva := newPerson(b, "Ada Auditor"), newPerson(b, "Eva Officer")
	pdf := eva.sign(b, ada.sign(b, prepared(b, 300), assessor), officer)
	o := VerifyOptions{Now: now.Add(time.Hour), Roots: certificates([]person{ada, eva})}
	b.SetBytes(int64(len(pdf)))
	for b.Loop() {
		v, err := Verify(pdf, o)
		require.NoError(b, err)
		require.Equal(b, IntactTrusted, v.Status)
	}
}

// BenchmarkVerifyFloor300Pages is the cryptography alone: two signatures over the same file.
func BenchmarkVerifyFloor300Pages(b *testing.B) {
	ada := newPerson(b, "Ada Auditor")
	pdf := ada.sign(b, ada.sign(b, prepared(b, 300), assessor), officer)
	key := ada.root.PublicKey.(*ecdsa.PublicKey)
	sum := sha256.Sum256(pdf)
	signature, err := ada.options.Signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	require.NoError(b, err)
	b.SetBytes(int64(len(pdf)))
	for b.Loop() {
		for range 2 {
			sum := sha256.Sum256(pdf)
			require.True(b, ecdsa.VerifyASN1(key, sum[:], signature))
		}
	}
}
