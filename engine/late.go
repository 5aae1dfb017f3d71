package engine

import (
	"regexp"
	"sync"
)

// Late is a regular expression that is compiled when it is first asked for: of all that a
// program knows to look for, one run needs few. One that is no expression panics then, and
// a test compiles all of them.
func Late(form string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(form) })
}
