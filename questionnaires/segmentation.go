package questionnaires

// Segmentation says what keeps systems out of scope. Without it the network is flat
// and all of it in scope.
type Segmentation struct {
	Used     Declared `json:"used,omitzero"`
	Built    string   `json:"built,omitempty"`    // how
	Excludes string   `json:"excludes,omitempty"` // what is out of scope because of it
	// Attested names the assessor who found it adequate, or the whole network covered
	// where there is none.
	Attested string `json:"attested,omitempty"`
}

func (s Segmentation) check(b *bounds) {
	b.text("how segmentation is built", s.Built)
	b.text("what segmentation excludes", s.Excludes)
	b.line("who attests segmentation", s.Attested)
}

func (s Segmentation) lacks(asked ScopeDepth) []string {
	fields := []field{{"use (yes or no)", s.Used.String()}}
	if s.Used == DeclaredYes {
		fields = append(fields, field{"how it is built", s.Built}, field{"what is out of scope because of it", s.Excludes})
	}
	if asked >= ReportedScope {
		fields = append(fields, field{"which assessor attests it", s.Attested})
	}
	return missing(fields)
}
