package checks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzSentence: a sentence is what fmt makes of it, whatever a name in it is.
func FuzzSentence(f *testing.F) {
	for _, format := range []string{"", "%", "%%", "Container %s", "%s and %d of %s%%", "%q %v", "%5d", "%s%!", "%d %s", "%[2]s %[1]d"} {
		f.Add(format, "a%sb", 3)
	}
	f.Fuzz(func(t *testing.T, format, name string, n int) {
		type other string
		for _, args := range [][]any{{}, {name}, {name, n}, {n, name}, {other(name)}, {name, n, name, true}} {
			want := fmt.Sprintf(format, args...)
			assert.Equal(t, want, sentence(format, args), "%q of %v", format, args)
		}
	})
}
