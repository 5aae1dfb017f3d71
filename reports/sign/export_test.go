package sign

import "testing"

// Attack is one that leaves every signed byte alone, made on any file that has one signature.
type Attack struct {
	Name, Want string
	Make       func(t testing.TB, pdf []byte) []byte
}

// Attacks are those of the table.
func Attacks() []Attack {
	all := make([]Attack, 0, len(appended))
	for _, a := range appended {
		all = append(all, Attack{a.name, a.want, func(t testing.TB, pdf []byte) []byte {
			return increment(t, pdf, func(u *update, f *file) { a.put(t, u, f) })
		}})
	}
	return all
}

// WithHole leaves a number free below the size of a file, as a shadow attack needs it.
func WithHole(t testing.TB, prepared []byte) []byte { return withHole(t, prepared) }
