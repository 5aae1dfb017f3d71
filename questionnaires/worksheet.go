package questionnaires

import "strings"

// Worksheet is a compensating control worksheet: why the requirement cannot be met as
// it stands, and what is done instead. One that is begun is kept, and is a Problem
// until every part of it is filled in.
type Worksheet struct {
	// Aspect is which part of the requirement it covers, "" for all of it. Only where
	// a customized approach covers another part it has to be named.
	Aspect       string `json:"aspect,omitempty"`
	Constraints  string `json:"constraints,omitempty"`  // what keeps the entity from meeting it as it stands
	Definition   string `json:"definition,omitempty"`   // the controls, and how they meet objective and added risk
	Objective    string `json:"objective,omitempty"`    // of the original control
	ObjectiveMet string `json:"objectiveMet,omitempty"` // by the compensating control
	Risk         string `json:"risk,omitempty"`         // added by the lack of the original control
	Validation   string `json:"validation,omitempty"`   // how the controls were tested
	Maintenance  string `json:"maintenance,omitempty"`  // what keeps them working
}

// fields are the parts that a whole worksheet has.
func (w Worksheet) fields() []field {
	return []field{
		{"constraints", w.Constraints},
		{"definition of the controls", w.Definition},
		{"objective of the original control", w.Objective},
		{"objective met", w.ObjectiveMet},
		{"identified risk", w.Risk},
		{"validation", w.Validation},
		{"maintenance", w.Maintenance},
	}
}

// Missing names the parts that are not filled in.
func (w Worksheet) Missing() []string { return missing(w.fields()) }

// missing names the fields in which nothing stands.
func missing(fields []field) []string {
	var names []string
	for _, f := range fields {
		if blank(f.text) {
			names = append(names, f.what)
		}
	}
	return names
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// sameAspect reports whether two methods cover the same part of a requirement. ""
// stands for all of it.
func sameAspect(x, y string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	x, y = fold(x), fold(y)
	return x == "" || y == "" || x == y
}
