package questionnaires

import (
	"fmt"
	"slices"
)

// Involvement is what a third party has to do with account data: what an attestation
// asks of all third parties together.
type Involvement int

// The involvements. A third party may have several.
const (
	NoInvolvement Involvement = iota
	HandlesAccountData
	ManagesSystems
	AffectsSecurity
)

var involvements = [...]string{"", "handles-account-data", "manages-systems", "affects-security"}

// Involvements returns all that a third party may have, in the order of an attestation.
func Involvements() []Involvement {
	return []Involvement{HandlesAccountData, ManagesSystems, AffectsSecurity}
}

// Title says it of a third party to people.
func (i Involvement) Title() string {
	switch i {
	case HandlesAccountData:
		return "keeps, processes or passes on account data"
	case ManagesSystems:
		return "manages systems that are in scope"
	case AffectsSecurity:
		return "could affect the security of the cardholder data environment"
	case NoInvolvement:
	}
	return ""
}

// String returns the involvement's text, "" where nothing was said.
func (i Involvement) String() string { return textOf(involvements[:], int(i)) }

// MarshalText writes what String returns.
func (i Involvement) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (i *Involvement) UnmarshalText(b []byte) error {
	n, err := indexOf("what a third party does", involvements[:], string(b))
	*i = Involvement(n)
	return err
}

// Involved is what the scope says of one involvement over all third parties.
type Involved struct {
	Answer Declared // no only where every third party says what it does
	By     []string // the third parties that have it
	Silent []string // those that do not say what they do
}

// Involved answers whether any third party has an involvement.
func (s Scope) Involved(in Involvement) Involved {
	var all Involved
	for _, p := range s.ThirdParties {
		switch {
		case slices.Contains(p.Does, in):
			all.By = append(all.By, p.Name)
		case len(p.Does) == 0:
			all.Silent = append(all.Silent, p.Name)
		}
	}
	switch {
	case len(all.By) > 0:
		all.Answer = DeclaredYes
	case len(all.Silent) == 0 && (len(s.ThirdParties) > 0 || s.NoThirdParties):
		all.Answer = DeclaredNo
	}
	return all
}

// checkDoes refuses what is no involvement, and one that is said twice.
func (p ThirdParty) checkDoes(b *bounds) {
	b.list("things that a third party does", len(p.Does))
	for i, in := range p.Does {
		switch {
		case in < HandlesAccountData || in > AffectsSecurity:
			b.add(fmt.Errorf("third party %s: what it does has an entry that says nothing", p.Name))
		case slices.Contains(p.Does[:i], in):
			b.add(fmt.Errorf("third party %s: that it %s is said twice", p.Name, in.Title()))
		}
	}
}
