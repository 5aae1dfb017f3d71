package sign

import (
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
