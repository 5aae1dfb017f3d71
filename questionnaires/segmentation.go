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
	// Checked is how that assessor found that it keeps apart what it is to keep apart, and
	// Assessed whether what segments was itself assessed.
	Checked  string   `json:"checked,omitempty"`
	Assessed Declared `json:"assessed,omitzero"`
}

func (s Segmentation) check(b *bounds) {
	b.text("how segmentation is built", s.Built)
	b.text("what segmentation excludes", s.Excludes)
	b.line("who attests segmentation", s.Attested)
	b.text("how segmentation was checked", s.Checked)
}

func (s Segmentation) lacks(asked demand) []string {
	fields := []field{{"use (yes or no)", s.Used.String()}}
	if s.Used == DeclaredYes {
		fields = append(fields, field{"how it is built", s.Built}, field{"what is out of scope because of it", s.Excludes})
		fields = append(fields, asked.since(factsOfReport, ReportedScope,
			field{"how the assessor found that it is effective", s.Checked}, field{"whether what segments was assessed (yes or no)", s.Assessed.String()})...)
	}
	if asked.reaches(ReportedScope) {
		fields = append(fields, field{"which assessor attests it", s.Attested})
	}
	return missing(fields)
}
