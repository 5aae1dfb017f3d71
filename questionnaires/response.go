package questionnaires

import "fmt"

// Response is what a person answers (SAQ v4.0.1, "Requirement Responses").
// Unanswered is the zero value.
type Response int

// The responses.
const (
	Unanswered Response = iota
	InPlace
	InPlaceWithCCW
	NotInPlace
	NotApplicable
	NotTested
)

var responses = [...]string{"unanswered", "in-place", "in-place-with-ccw", "not-in-place", "not-applicable", "not-tested"}

var responseTitles = [...]string{"Unanswered", "In Place", "In Place with CCW", "Not in Place", "Not Applicable", "Not Tested"}

// Responses returns every response that a person can give.
func Responses() []Response {
	return []Response{InPlace, InPlaceWithCCW, NotInPlace, NotApplicable, NotTested}
}

// ParseResponse reads the text that String returns.
func ParseResponse(s string) (Response, error) {
	i, err := indexOf("response", responses[:], s)
	return Response(i), err
}

// String returns the response's text for commands and JSON, such as in-place.
func (r Response) String() string { return textOf(responses[:], int(r)) }

// Title returns the response as forms print it, such as In Place.
func (r Response) Title() string { return textOf(responseTitles[:], int(r)) }

// MarshalText writes what String returns.
func (r Response) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Response) UnmarshalText(b []byte) error {
	parsed, err := ParseResponse(string(b))
	*r = parsed
	return err
}

// textOf returns the text of a closed enumeration's value, that of the zero value
// for what is none.
func textOf(texts []string, i int) string {
	if i < 0 || i >= len(texts) {
		return texts[0]
	}
	return texts[i]
}

func indexOf(what string, texts []string, text string) (int, error) {
	for i, t := range texts {
		if t == text {
			return i, nil
		}
	}
	return 0, fmt.Errorf("read %s: %q is none", what, text)
}
