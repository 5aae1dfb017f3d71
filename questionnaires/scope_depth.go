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

// demand is how much a form asks of scope and engagement, by a revision of the rules.
type demand struct {
	depth ScopeDepth
	rules int
}

// demands is what the form of the assessment asks: of what was issued, by the rules that
// it was issued under.
func (a *Assessment) demands() demand {
	d := demand{a.Questionnaire.Scope, a.rules}
	if d.rules > 0 {
		return d
	}
	d.rules = IssueRules
	if now, err := a.Stage(); err != nil || now.Stage != Issued {
		return d
	}
	if all, err := a.Versions(); err == nil && len(all) > 0 {
		d.rules = all[len(all)-1].Rules
	}
	return d
}

// reaches reports whether it asks for what a depth does.
func (d demand) reaches(depth ScopeDepth) bool { return d.depth >= depth }

// asks reports whether it asks for what a depth does from a revision of the rules on.
func (d demand) asks(rules int, depth ScopeDepth) bool { return d.rules >= rules && d.reaches(depth) }

// since are the fields that a depth asks for from a revision of the rules on, none where
// it does not ask.
func (d demand) since(rules int, depth ScopeDepth, fields ...field) []field {
	if !d.asks(rules, depth) {
		return nil
	}
	return fields
}
