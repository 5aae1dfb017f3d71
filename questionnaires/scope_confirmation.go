package questionnaires

// ScopeConfirmation is how the scope was found to be right (12.5.2).
type ScopeConfirmation struct {
	By         string `json:"by,omitempty"`         // of the entity
	On         Day    `json:"on,omitempty"`         // last
	Method     string `json:"method,omitempty"`     // how the assessor validated it
	Assessor   string `json:"assessor,omitempty"`   // who did
	Difference string `json:"difference,omitempty"` // from the entity's own scope; "none" where there is none
}

func (c ScopeConfirmation) check(b *bounds) {
	b.line("who confirmed the scope", c.By)
	b.day("confirmation of the scope", c.On)
	b.text("how the scope was validated", c.Method)
	b.line("assessor of the scope", c.Assessor)
	b.text("difference from the entity's scope", c.Difference)
}

func (c ScopeConfirmation) lacks(asked ScopeDepth) []string {
	fields := []field{{"who confirmed it", c.By}, {"when", string(c.On)}}
	if asked >= ReportedScope {
		fields = append(fields,
			field{"how it was validated", c.Method}, field{"which assessor attests it", c.Assessor}, field{"difference from the entity's own scope", c.Difference})
	}
	return missing(fields)
}
