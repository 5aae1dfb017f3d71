package redaction

import (
	"slices"
	"strings"
)

// Found is a key that is known by its looks, and where it stands.
type Found struct {
	Kind string
	Span
}

// keyKinds are the kinds of what opens something by itself.
var keyKinds = []string{"private-key", "jwt", "aws-key", "token"}

// Keys returns where private keys and tokens stand in s, by their looks alone: not what
// a name calls a password, which running text speaks of as well.
func Keys(s string) []Found {
	var found []Found
	known := slices.Concat(patterns, worded)
	if hasStretch(s) {
		known = slices.Concat(patterns, worded, vendors)
	}
	for _, p := range known {
		if !slices.Contains(keyKinds, p.kind) || !strings.Contains(s, p.literal) {
			continue
		}
		for _, at := range p.expr.compiled().FindAllStringSubmatchIndex(s, -1) {
			found = append(found, Found{p.kind, Span{at[2*p.replaces], at[2*p.replaces+1]}})
		}
	}
	return found
}
