package questionnaires

import "slices"

// Extent is how much of a questionnaire was assessed.
type Extent int

// The extents. Partial is one in which something was Not Tested.
const (
	ExtentOpen Extent = iota // not everything is answered
	Full
	PartialExtent
)

var extents = [...]string{"open", "full", "partial"}

// String returns the extent's text.
func (e Extent) String() string { return textOf(extents[:], int(e)) }

// MarshalText writes what String returns.
func (e Extent) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Status is what an attestation can say of an assessment.
type Status int

// The statuses. None is the program's: a person concludes.
const (
	StatusOpen Status = iota // the answers allow no statement yet
	NonCompliant
	LegalException // compliant, but with legal exception
	Compliant
)

var statuses = [...]string{"open", "non-compliant", "compliant-with-legal-exception", "compliant"}

// String returns the status's text.
func (s Status) String() string { return textOf(statuses[:], int(s)) }

// MarshalText writes what String returns.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Outcome is what the answers of an assessment would allow an attestation to say. It
// declares nothing: a named person concludes.
type Outcome struct {
	Extent Extent `json:"extent"`
	// Allows is open while a Problem is. Of a partial assessment it leaves out what was
	// not tested.
	Allows     Status          `json:"allows"`
	NotTested  []RequirementID `json:"notTested,omitempty"`  // wholly or in part
	NotInPlace []RequirementID `json:"notInPlace,omitempty"` // for other causes than a law
	Legal      []RequirementID `json:"legal,omitempty"`      // Not in Place because of a law
	Target     Day             `json:"target,omitempty"`     // latest target date of what is Not in Place
	Problems   int             `json:"problems"`
}

// Outcome returns what the answers would allow in a report of a day.
func (a *Assessment) Outcome(day Day) Outcome {
	o := Outcome{Problems: len(a.ProblemsOn(day))}
	open := false
	for _, id := range a.Questionnaire.Requirements {
		current := a.Current(id)
		switch current.Response {
		case Unanswered:
			open = true
		case NotTested:
			o.NotTested = append(o.NotTested, id)
		case NotInPlace:
			if current.Remedy.Legal {
				o.Legal = append(o.Legal, id)
				break
			}
			o.NotInPlace = append(o.NotInPlace, id)
			o.Target = max(o.Target, current.Remedy.Target)
		case InPlace, InPlaceWithCCW, NotApplicable:
		}
		leftOut := func(p ProcedureAnswer) bool { return p.Finding == NotTested }
		if current.Response != NotTested && slices.ContainsFunc(a.Procedures(id), leftOut) {
			o.NotTested = append(o.NotTested, id) // a part of it
		}
	}
	switch {
	case len(o.NotTested) > 0:
		o.Extent = PartialExtent
	case !open:
		o.Extent = Full
	}
	switch {
	case o.Problems > 0 || open:
	case len(o.NotInPlace) > 0:
		o.Allows = NonCompliant
	case len(o.Legal) > 0:
		o.Allows = LegalException
	default:
		o.Allows = Compliant
	}
	return o
}
