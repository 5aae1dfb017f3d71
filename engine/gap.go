package engine

import "fmt"

// GapReason says why something could not be seen. The zero value is the plainest
// statement there is: it could not be seen, and nobody knows why.
type GapReason int

// The reasons.
const (
	Unexplained  GapReason = iota
	Forbidden              // the collector's identity may not read it
	TimedOut               // the source did not answer in time
	Unreachable            // the source did not answer at all
	NotInstalled           // the source does not know this kind
	Unreadable             // it is there, and is no valid object
	TooLarge               // it is larger than what is read
	PageFailed             // a listing broke off after its first page
	Unsupported            // it is there, and this program does not understand it
	Interrupted            // the collection was stopped before it
	NotAsked               // it is read only where a person asks for it by name, and nobody did
	NotListed              // the source holds no whole list of this kind
)

var gapReasons = [...]string{
	"unexplained", "forbidden", "timed-out", "unreachable", "not-installed", "unreadable", "too-large",
	"page-failed", "unsupported", "interrupted", "not-asked", "not-listed",
}

// String returns the reason's text as in reports and JSON.
func (r GapReason) String() string {
	if r < 0 || int(r) >= len(gapReasons) {
		return gapReasons[Unexplained]
	}
	return gapReasons[r]
}

// MarshalText writes what String returns.
func (r GapReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *GapReason) UnmarshalText(b []byte) error {
	for i, text := range gapReasons {
		if text == string(b) {
			*r = GapReason(i)
			return nil
		}
	}
	return fmt.Errorf("read gap reason: %q is none", b)
}

// Gap is something that a collection could not see. A Gap without a Kind may
// hide an object of any kind.
type Gap struct {
	Source    string    `json:"source"`         // request path, file, or member of an archive
	Line      int       `json:"line,omitempty"` // first line of the object in a file, from 1; 0 if it has none
	Kind      Kind      `json:"kind"`
	Namespace string    `json:"namespace,omitempty"` // "" is all of them
	Name      string    `json:"name,omitempty"`      // "" is all of them
	Reason    GapReason `json:"reason"`
	Cause     string    `json:"cause"` // one line, made safe to print
}

// Hides reports whether g may hide an object of kind k.
func (g Gap) Hides(k Kind) bool { return g.Kind.IsZero() || g.Kind == k }
