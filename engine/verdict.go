package engine

import "fmt"

// Verdict is what a check says of a subject. The zero value is Unknown: what was
// not looked at is never a pass.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota
	Pass
	Fail
	NotApplicable
)

var verdicts = [...]string{"unknown", "pass", "fail", "not-applicable"}

// String returns the verdict's text as in reports and JSON.
func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdicts) {
		return verdicts[Unknown]
	}
	return verdicts[v]
}

// MarshalText writes what String returns.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (v *Verdict) UnmarshalText(b []byte) error {
	for i, text := range verdicts {
		if text == string(b) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("read verdict: %q is none", b)
}

// severity orders verdicts from the one that says least against a subject.
func (v Verdict) severity() int {
	switch v {
	case NotApplicable:
		return 0
	case Pass:
		return 1
	case Fail:
		return 3
	case Unknown:
	}
	return 2
}

// Worse returns the worse of two verdicts: Fail over Unknown over Pass over
// NotApplicable.
func (v Verdict) Worse(o Verdict) Verdict {
	if o.severity() > v.severity() {
		return o
	}
	return v
}
