package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whether it is held as it is or packed, a document comes back as it was taken.
func TestWhatIsHeldComesBack(t *testing.T) {
	for name, count := range map[string]int{"little": 100, "much": 9000} {
		h, digests := NewHeld(), map[Digest]string{}
		body := make([]byte, 0, 4<<10)
		for i := range count {
			kind := []string{"Pod", "Deployment", "Namespace"}[i%3]
			if i > 0 && kind == "Namespace" {
				continue // one alone
			}
			body = fmt.Appendf(body[:0], `{"kind":%q,"metadata":{"name":"app-%d"},"spec":%q}`, kind, i, strings.Repeat("what all have in common;", 40))
			doc := NewDocument(Ref{Kind: kind, Name: fmt.Sprint(i)}, body)
			h.Keep(doc)
			h.Keep(doc)
			digests[doc.Digest] = string(body)
		}
		taken, held := 0, 0
		for digest, want := range digests {
			got, err := h.Document(digest)
			require.NoError(t, err)
			require.Equal(t, want, string(got), name)
			taken, held = taken+len(want), held+len(h.bodies[digest].packed)
		}
		if name == "much" {
			assert.Greater(t, taken, heldPlain)
			assert.Less(t, held, taken/5)
		}
		assert.Less(t, h.plain, heldPlain)
	}
	_, err := NewHeld().Document(Digest{})
	assert.ErrorIs(t, err, errNotHeld)
}
