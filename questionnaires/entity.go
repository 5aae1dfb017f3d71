package questionnaires

// EntityDetails are what an attestation says of who is assessed, beside the name that
// the vault has.
type EntityDetails struct {
	TradingAs string  `json:"tradingAs,omitempty"`
	Address   string  `json:"address,omitempty"`
	Website   string  `json:"website,omitempty"`
	Business  string  `json:"business,omitempty"`  // its nature
	Functions string  `json:"functions,omitempty"` // that touch account data, or could affect its security
	Contact   Contact `json:"contact,omitzero"`
}

// Contact is whom to ask.
type Contact struct {
	Name      string `json:"name,omitempty"`
	Title     string `json:"title,omitempty"`
	Telephone string `json:"telephone,omitempty"`
	Email     string `json:"email,omitempty"`
}

func (e EntityDetails) check(b *bounds) {
	b.line("entity's trading name", e.TradingAs)
	b.text("entity's address", e.Address)
	b.line("entity's website", e.Website)
	b.text("nature of business", e.Business)
	b.text("functions of the entity", e.Functions)
	b.line("contact's name", e.Contact.Name)
	b.line("contact's title", e.Contact.Title)
	b.line("contact's telephone", e.Contact.Telephone)
	b.line("contact's e-mail", e.Contact.Email)
}

func (e EntityDetails) lacks(asked demand) []string {
	fields := []field{
		{"address", e.Address},
		{"contact's name", e.Contact.Name},
		{"contact's telephone or e-mail", e.Contact.Telephone + e.Contact.Email},
	}
	if asked.reaches(ReportedScope) {
		fields = append(fields, field{"nature of business", e.Business})
	}
	return missing(append(fields, asked.since(factsOfReport, ReportedScope, field{"functions that touch account data or could affect its security", e.Functions})...))
}
