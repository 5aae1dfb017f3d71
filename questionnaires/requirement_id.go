package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxParts bounds a requirement id: A3.2.5.1 has four numbers.
const maxParts = 6

// Bounds of the prefix that an organisation's own questions have, in letters. One
// letter would look like an appendix.
const minPrefix, maxPrefix = 2, 12

// appendix is the prefix of the standard's appendices.
const appendix = "A"

// RequirementID is a requirement's number in PCI DSS v4.0.1, such as 3.5.1.1 or
// A1.1.4, or that of an organisation's own question, such as ORG-1.2. It is
// comparable and ordered; the zero value names none.
type RequirementID struct {
	prefix string // "" and A are the standard's
	length uint8
	parts  [maxParts]uint8
}

// ParseRequirementID reads "8.3.10.1", "A2.1.2" or "ORG-1.2".
func ParseRequirementID(s string) (RequirementID, error) {
	var id RequirementID
	rest := s
	if prefix, numbers, own := strings.Cut(s, "-"); own {
		if !isPrefix(prefix) {
			return RequirementID{}, fmt.Errorf("read requirement id %.40q: want numbers and dots such as 1.3.1 or A1.1.2, "+
				"or with %d to %d capital letters before them such as ORG-1.2", s, minPrefix, maxPrefix)
		}
		id.prefix, rest = strings.Clone(prefix), numbers
	} else if numbers, ours := strings.CutPrefix(s, appendix); ours {
		id.prefix, rest = appendix, numbers
	}
	parts := strings.Split(rest, ".")
	if len(parts) > maxParts {
		return RequirementID{}, fmt.Errorf("read requirement id %.40q: more than %d parts", s, maxParts)
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || n == 0 || part[0] == '0' || part[0] == '+' {
			return RequirementID{}, fmt.Errorf("read requirement id %.40q: want numbers and dots such as 1.3.1 or A1.1.2", s)
		}
		id.parts[i] = uint8(n)
	}
	id.length = uint8(len(parts))
	return id, nil
}

func isPrefix(s string) bool {
	other := func(r rune) bool { return r < 'A' || r > 'Z' }
	return len(s) >= minPrefix && len(s) <= maxPrefix && !strings.ContainsFunc(s, other)
}

// MustRequirementID is ParseRequirementID for ids that stand in the program.
func MustRequirementID(s string) RequirementID {
	id, err := ParseRequirementID(s)
	if err != nil {
		panic(err)
	}
	return id
}

// IsZero reports whether id names no requirement.
func (id RequirementID) IsZero() bool { return id == RequirementID{} }

// Own reports whether id is that of an organisation's own question, which no id of
// the standard equals.
func (id RequirementID) Own() bool { return len(id.prefix) >= minPrefix }

// String returns what ParseRequirementID reads, "" for the zero id.
func (id RequirementID) String() string {
	if id.IsZero() {
		return ""
	}
	b := append(make([]byte, 0, 24), id.prefix...)
	if id.Own() {
		b = append(b, '-')
	}
	for i := range id.length {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, uint64(id.parts[i]), 10)
	}
	return string(b)
}

// Compare orders ids as the standard prints them: 1 to 12, then A1 to A3; an
// organisation's own come after them, by prefix.
func (id RequirementID) Compare(o RequirementID) int {
	if c := cmp.Compare(id.prefix, o.prefix); c != 0 { // "" and A sort before whatever is longer
		return c
	}
	for i := range id.parts {
		if c := cmp.Compare(id.parts[i], o.parts[i]); c != 0 {
			return c
		}
	}
	return 0
}

// Principal returns the principal requirement that id belongs to: 3 of 3.5.1, A1
// of A1.1.4.
func (id RequirementID) Principal() RequirementID {
	if id.length == 0 {
		return RequirementID{}
	}
	return RequirementID{prefix: id.prefix, length: 1, parts: [maxParts]uint8{id.parts[0]}}
}

// Parent returns the id above: 3.5 of 3.5.1, the zero id of a principal requirement.
func (id RequirementID) Parent() RequirementID {
	if id.length < 2 {
		return RequirementID{}
	}
	id.length--
	id.parts[id.length] = 0
	return id
}

// Covers reports whether o is id or stands below it, as 9.5.1.2 below 9.5.
func (id RequirementID) Covers(o RequirementID) bool {
	return !id.IsZero() && id.prefix == o.prefix && id.length <= o.length && slices.Equal(id.parts[:id.length], o.parts[:id.length])
}

// MarshalText writes what String returns.
func (id RequirementID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (id *RequirementID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = RequirementID{}
		return nil
	}
	parsed, err := ParseRequirementID(string(b))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Procedure is one testing procedure of a requirement: REQ where there is one
// only, else REQ.a, REQ.b and so on. Letter is "" or one of a to z.
type Procedure struct {
	Requirement RequirementID
	Letter      string
}

// String returns "1.3.1" or "1.3.1.b".
func (p Procedure) String() string {
	if p.Letter == "" {
		return p.Requirement.String()
	}
	return p.Requirement.String() + "." + p.Letter
}

// ParseProcedure reads what String returns. Whether the requirement has such a
// procedure is the catalogue's to say.
func ParseProcedure(s string) (Procedure, error) {
	numbers, letter := s, ""
	if at := strings.LastIndexByte(s, '.'); at >= 0 && at == len(s)-2 && s[at+1] >= 'a' && s[at+1] <= 'z' {
		numbers, letter = s[:at], s[at+1:]
	}
	id, err := ParseRequirementID(numbers)
	return Procedure{Requirement: id, Letter: letter}, err
}

// MarshalText writes what String returns.
func (p Procedure) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Procedure) UnmarshalText(b []byte) error {
	var err error
	*p, err = ParseProcedure(string(b))
	return err
}

// Section returns the first two numbers of an id, such as 8.3 of 8.3.10.1; the
// principal requirement where it has no more than two.
func (id RequirementID) Section() RequirementID {
	if id.length < 3 {
		return id.Principal()
	}
	return RequirementID{prefix: id.prefix, length: 2, parts: [maxParts]uint8{id.parts[0], id.parts[1]}}
}

// nearest returns the line that names a requirement, else that of its nearest branch.
func nearest[T any](id RequirementID, lines []T, of func(T) RequirementID) (T, bool) {
	var found T
	for _, line := range lines {
		if id.within(of(line)) && of(line).length >= of(found).length {
			found = line
		}
	}
	return found, !of(found).IsZero()
}
