package questionnaires

// DataStore is where account data is kept. Sensitive authentication data is told
// apart: after authorisation only an issuer may keep it.
type DataStore struct {
	Name            string   `json:"name"`
	Kind            string   `json:"kind,omitempty"`      // database, file, paper ...
	Fields          string   `json:"fields,omitempty"`    // files, tables and fields in it
	Elements        string   `json:"elements,omitempty"`  // of account data that they hold
	Secured         string   `json:"secured,omitempty"`   // how
	AccessLog       string   `json:"accessLog,omitempty"` // how access is logged
	Sensitive       Declared `json:"sensitive,omitzero"`  // whether sensitive authentication data is kept
	SensitiveReason string   `json:"sensitiveReason,omitempty"`
}

func (s DataStore) check(b *bounds) {
	b.line("kind of a data store", s.Kind)
	b.text("fields of a data store", s.Fields)
	b.text("elements of a data store", s.Elements)
	b.text("protection of a data store", s.Secured)
	b.text("log of a data store", s.AccessLog)
	b.text("reason to keep sensitive authentication data", s.SensitiveReason)
}

func (s DataStore) lacks(asked demand) []string {
	fields := asked.since(factsOfReport, ReportedScope, field{"files, tables and fields", s.Fields})
	fields = append(fields, []field{
		{"elements", s.Elements},
		{"how they are secured", s.Secured},
		{"how access is logged", s.AccessLog},
		{"sensitive authentication data (yes or no)", s.Sensitive.String()},
	}...)
	if s.Sensitive == DeclaredYes {
		fields = append(fields, field{"why it keeps sensitive authentication data", s.SensitiveReason})
	}
	return missing(fields)
}
