package questionnaires

// ScopeDepth is how much a form asks of scope and engagement. Each asks what the one
// before does, and more.
type ScopeDepth int

// The depths.
const (
	ScopeNotAsked ScopeDepth = iota
	AttestedScope            // a merchant's attestation
	ProvidedScope            // a service provider's: its services, components and stores as well
	ReportedScope            // a Report on Compliance
)

var scopeDepths = [...]string{"", "attestation", "provider", "report"}

// String returns the depth's text, "" where nothing is asked.
func (d ScopeDepth) String() string { return textOf(scopeDepths[:], int(d)) }

// MarshalText writes what String returns.
func (d ScopeDepth) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *ScopeDepth) UnmarshalText(b []byte) error {
	i, err := indexOf("depth of scope", scopeDepths[:], string(b))
	*d = ScopeDepth(i)
	return err
}
