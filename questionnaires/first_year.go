package questionnaires

// FirstYear says whether the entity is assessed against PCI DSS for the first time,
// whoever assessed it. What should have been done again and again before is then not
// held against it, if the last time is in time and the assessor found written down what
// keeps it so from now on (PCI DSS v4.0.1, section 7).
type FirstYear struct {
	First Declared `json:"first,omitzero"`
	Kept  string   `json:"kept,omitempty"` // the policies and procedures that keep it in time
}

// IsZero reports whether nothing is said.
func (f FirstYear) IsZero() bool { return f == FirstYear{} }

// excuses reports whether the rule of a first assessment holds.
func (f FirstYear) excuses() bool { return f.First == DeclaredYes && !blank(f.Kept) }
