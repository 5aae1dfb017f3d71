package questionnaires

import "slices"

// SecurityTest is a penetration test, or one of segmentation (11.4).
type SecurityTest struct {
	Tester        string       `json:"tester,omitempty"`
	Own           Declared     `json:"own,omitzero"`         // the tester is the entity's own
	Independent   Declared     `json:"independent,omitzero"` // of those who run what was tested
	Qualification string       `json:"qualification,omitempty"`
	From          TestPosition `json:"from,omitzero"`
	Scope         string       `json:"scope,omitempty"`
	Method        string       `json:"method,omitempty"`
	// Live says that running systems were attacked. What is computed from policies or
	// drawings is no test.
	Live    Declared   `json:"live,omitzero"`
	Result  TestResult `json:"result,omitzero"`
	Found   Severities `json:"found,omitzero"`
	Retests []Rescan   `json:"retests,omitempty"`
}

// TestPosition is where a test was made from.
type TestPosition int

// The positions.
const (
	NoPosition TestPosition = iota
	FromInside
	FromOutside
	FromBothSides
)

var testPositions = [...]string{"", "internal", "external", "both"}

// Title says it to people, "" where nothing was said.
func (p TestPosition) Title() string {
	switch p {
	case FromInside:
		return "inside"
	case FromOutside:
		return "outside"
	case FromBothSides:
		return "inside and outside"
	case NoPosition:
	}
	return ""
}

// String returns the position's text, "" where nothing was said.
func (p TestPosition) String() string { return textOf(testPositions[:], int(p)) }

// MarshalText writes what String returns.
func (p TestPosition) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *TestPosition) UnmarshalText(b []byte) error {
	i, err := indexOf("position of a test", testPositions[:], string(b))
	*p = TestPosition(i)
	return err
}

// The requirements that ask for a test from one side.
var (
	testedInside  = MustRequirementID("11.4.2")
	testedOutside = MustRequirementID("11.4.3")
)

func (t SecurityTest) rescans() rescans {
	return rescans{all: t.Retests, again: "retest", first: "test"}
}

func (t SecurityTest) result() TestResult { return resultOf(t.Result, t.Found, false) }

func (t SecurityTest) check(b *bounds) {
	b.line("tester", t.Tester)
	b.text("qualification of the tester", t.Qualification)
	b.text("scope of a test", t.Scope)
	b.text("method of a test", t.Method)
	t.Found.check(b)
	t.rescans().check(b)
}

func (t SecurityTest) broken(on Day) []string { return t.rescans().broken(on) }

func (t SecurityTest) lacks(serves []RequirementID) []string {
	fields := []field{
		{"tester", t.Tester},
		{"whether the tester is the entity's own", t.Own.String()},
		{"whether the tester is independent", t.Independent.String()},
		{"qualification of the tester", t.Qualification},
		{"scope", t.Scope},
		{"method", t.Method},
		{"whether running systems were tested", t.Live.String()},
		{"result", t.Result.String()},
		{"number of critical flaws", said(t.Found.Critical)},
		{"number of high flaws", said(t.Found.High)},
	}
	if slices.ContainsFunc(serves, func(id RequirementID) bool { return id == testedInside || id == testedOutside }) {
		fields = append(fields, field{"where it was made from", t.From.String()})
	}
	return append(missing(fields), t.rescans().lacks()...)
}

func (t SecurityTest) remains(id RequirementID, on, day Day) []string {
	var live, side, who string
	switch t.Live {
	case DeclaredNo:
		live = "no running system was tested: reachability computed from policies is no penetration test"
	case Undeclared:
		live = "it is not recorded whether running systems were tested"
	case DeclaredYes:
	}
	switch {
	case id == testedInside && t.From == FromOutside:
		side = "it was made from outside alone"
	case id == testedOutside && t.From == FromInside:
		side = "it was made from inside alone"
	case (id == testedInside || id == testedOutside) && t.From == NoPosition:
		side = "it is not recorded where it was made from"
	}
	switch {
	case t.Independent == DeclaredNo:
		who = "the tester is not independent of what was tested"
	case t.Independent == Undeclared && t.Own != DeclaredNo:
		who = "it is not recorded whether the tester is independent"
	}
	return remaining(live, side, who, t.rescans().remains(on, t.result(), day))
}

func (t SecurityTest) cleared(on, day Day) Day { return t.rescans().cleared(on, t.result(), day) }
func (t SecurityTest) days() []dated           { return t.rescans().days() }

func (t SecurityTest) about() string {
	from := t.From.Title()
	if from != "" {
		from = "from " + from
	}
	return phrase(t.Tester, from, t.Result.String(), t.Found.String(), t.rescans().about())
}
