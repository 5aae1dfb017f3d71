package reports

import "tickmark/questionnaires"

// Requirements by which segmentation is examined and tested.
var examining = []questionnaires.RequirementID{
	questionnaires.MustRequirementID("11.4.5"), questionnaires.MustRequirementID("11.4.6"),
	questionnaires.MustRequirementID("A1.1.1"), questionnaires.MustRequirementID("A1.1.4"),
}

// examined says what was found of the segmentation: by the requirements that ask for its
// tests, and as the policies of each cluster configure it.
func (c *composer) examined() []Block {
	var rows []Row
	for _, r := range c.Assessment.Requirements() {
		for _, id := range examining {
			if r.ID == id {
				rows = append(rows, Row{Cells: []Cell{{Links: []Link{{id.String(), anchorOf(id)}}}, {Text: r.Title}, {Pill: pill(c.Assessment.Current(id).Response)}}})
			}
		}
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Tests of the segmentation"},
		Paragraph{Text: "What a policy allows says nothing of what gets through. Penetration tests of the segmentation stand with the scans and tests."},
		Table{
			Columns: []Column{{"Requirement", 24, Plain}, {"What it asks for", 106, Plain}, {"Status", 40, Plain}}, Rows: rows,
			Empty: "This questionnaire asks for no test of the segmentation.",
		},
	}
	pictures := c.segments()
	if len(pictures) == 0 {
		return append(blocks, Paragraph{Text: "No cluster in which something runs was collected: nothing is drawn of its network."})
	}
	return append(blocks, below(pictures)...)
}
