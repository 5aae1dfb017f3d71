package reports

import (
	"fmt"
	"strings"
)

// Kind is which paper a document is. All kinds are made of the same blocks.
type Kind int

// The kinds.
const (
	Record  Kind = iota // the self-assessment's record, `saq` on the command line
	Summary             // a few pages for those who decide
	Binder              // every item of evidence in full, `evidence` on the command line
)

// kinds are the names on the command line, what each is called on its cover, and what
// it is good for.
var kinds = [...]struct{ name, title, purpose string }{
	Record:  {"saq", "Self-Assessment Record", "every answer with what it rests on"},
	Summary: {"summary", "Assessment Summary", "a few pages for those who decide"},
	Binder:  {"evidence", "Evidence Binder", "every item of evidence with provenance, excerpt and interpretation"},
}

// Kinds returns every kind.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String returns the name of the kind on the command line.
func (k Kind) String() string { return kinds[k.known()].name }

// Purpose says in a few words what the kind is for.
func (k Kind) Purpose() string { return kinds[k.known()].purpose }

func (k Kind) known() Kind {
	if k < 0 || int(k) >= len(kinds) {
		return Record
	}
	return k
}

// KindNames are the names of all kinds, as a sentence lists them.
func KindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

// ParseKind reads the name of a kind.
func ParseKind(name string) (Kind, error) {
	for i, k := range kinds {
		if k.name == name {
			return Kind(i), nil
		}
	}
	return Record, fmt.Errorf("%q is no kind of report: want one of %s", name, KindNames())
}
