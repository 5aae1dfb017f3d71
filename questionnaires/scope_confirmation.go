package questionnaires

// ScopeConfirmation is how the scope was found to be right (12.5.2).
type ScopeConfirmation struct {
	By         string `json:"by,omitempty"`         // of the entity
	On         Day    `json:"on,omitempty"`         // last
	Method     string `json:"method,omitempty"`     // how the assessor validated it
	Assessor   string `json:"assessor,omitempty"`   // who did
	Difference string `json:"difference,omitempty"` // from the entity's own scope; "none" where there is none
	Excluded   string `json:"excluded,omitempty"`   // what was left out of the assessment, and why; "none"
	Reduced    string `json:"reduced,omitempty"`    // what made the scope smaller, beside segmentation; "none"
	// Criteria says whether the eligibility criteria of a self-assessment form decided
	// what applies, and CriteriaMet of which, and how it was found that they are met.
	Criteria    Declared `json:"saqCriteria,omitzero"`
	CriteriaMet string   `json:"saqCriteriaMet,omitempty"`
}

func (c ScopeConfirmation) check(b *bounds) {
	b.line("who confirmed the scope", c.By)
	b.day("confirmation of the scope", c.On)
	b.text("how the scope was validated", c.Method)
	b.line("assessor of the scope", c.Assessor)
	b.text("difference from the entity's scope", c.Difference)
	b.text("what was left out of the assessment", c.Excluded)
	b.text("what reduced the scope", c.Reduced)
	b.text("which eligibility criteria are met", c.CriteriaMet)
}

func (c ScopeConfirmation) lacks(asked demand) []string {
	fields := []field{{"who confirmed it", c.By}, {"when", string(c.On)}}
	if asked.reaches(ReportedScope) {
		fields = append(fields,
			field{"how it was validated", c.Method}, field{"which assessor attests it", c.Assessor}, field{"difference from the entity's own scope", c.Difference})
	}
	fields = append(fields, asked.since(factsOfReport, ReportedScope,
		field{"what is left out of it (or that nothing is)", c.Excluded}, field{"what reduced it (or that nothing did)", c.Reduced},
		field{"use of eligibility criteria of a self-assessment (yes or no)", c.Criteria.String()})...)
	if c.Criteria == DeclaredYes {
		fields = append(fields, asked.since(factsOfReport, ReportedScope, field{"which eligibility criteria are met, and how that was found", c.CriteriaMet})...)
	}
	return missing(fields)
}
