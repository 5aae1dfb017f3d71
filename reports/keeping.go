package reports

import "cmp"

// keeping says how long the workpapers are kept, by whom and where.
func (c *composer) keeping() []Block {
	heading := Heading{Level: 2, Text: "Keeping of the workpapers"}
	k, err := c.Assessment.Keeping()
	if err != nil {
		return []Block{heading, Callout{Tone: Bad, Title: "The retention cannot be read", Text: err.Error()}}
	}
	rows := []Fact{
		{"Kept until the end of", cmp.Or(string(k.Until), "no day") + " (" + k.Why + ")"},
		{"Custodian", recorded(k.Custodian)},
		{"Place", recorded(k.Place)},
		{"How they are protected", recorded(k.Protection)},
		{"Assessor who attests that they are kept so, and given out on the Council's request", recorded(k.Attested)},
	}
	if k.Held != nil {
		rows = append(rows, Fact{"Legal hold", k.Held.String()})
	}
	return []Block{heading, Facts{Rows: rows}}
}
