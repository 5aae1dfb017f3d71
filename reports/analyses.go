package reports

import (
	"cmp"
	"fmt"
	"slices"

	"tickmark/questionnaires"
)

func analysisAnchor(id questionnaires.RequirementID) string { return "analysis-" + id.String() }

// isAnalysed reports whether a targeted risk analysis of a requirement stands.
func (c *composer) isAnalysed(id questionnaires.RequirementID) bool {
	return slices.ContainsFunc(c.Risks.Analyses, func(a questionnaires.RiskAnalysis) bool { return a.Requirement == id && !a.Withdrawn })
}

// analyses holds the targeted risk analyses that set a frequency, and names the
// requirements that want one and have none.
func (c *composer) analyses() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Risks", Anchor: "risks"},
		Heading{Level: 2, Text: "Targeted risk analyses (12.3.1)"},
		Paragraph{Text: "Where the standard leaves it to the entity how often something is done, a targeted risk analysis sets the frequency. It is reviewed at least once a year."},
	}
	var rows []Row
	for _, r := range c.Assessment.Requirements() {
		sets := r.Analysis == questionnaires.AnalysisSets || r.Analysis == questionnaires.AnalysisMay && c.Assessment.Current(r.ID).RiskBased
		if sets && !c.isAnalysed(r.ID) {
			rows = append(rows, Row{Cells: []Cell{
				{Links: []Link{{r.ID.String(), anchorOf(r.ID)}}},
				{Title: r.Title, Text: "No targeted risk analysis is recorded."},
				{Pill: pill(c.Assessment.Current(r.ID).Response)},
			}})
		}
	}
	standing := 0
	for _, a := range c.Risks.Analyses {
		if !a.Withdrawn {
			standing++
		}
		blocks = append(blocks, c.analysis(a)...)
	}
	if standing == 0 {
		blocks = append(blocks, Paragraph{Text: "No targeted risk analysis is recorded."})
	}
	return append(blocks, Heading{Level: 3, Text: "Frequencies without an analysis"}, Table{
		Columns: []Column{{"Requirement", 24, Plain}, {"What wants an analysis", 116, Plain}, {"Status", 30, Plain}}, Rows: rows,
		Empty: "No requirement of this form wants an analysis that is not there.",
	})
}

func (c *composer) analysis(a questionnaires.RiskAnalysis) []Block {
	title := ""
	for _, r := range c.Assessment.Requirements() {
		if r.ID == a.Requirement {
			title = ": " + r.Title
		}
	}
	rows := []Fact{
		{"Asset", recorded(a.Asset)},
		{"Threat", recorded(a.Threat)},
		{"Factors of likelihood and impact", recorded(a.Factors)},
		{"Frequency that it sets", cmp.Or(a.Frequency.String(), notRecorded)},
		{"Reason for the frequency", recorded(a.Reason)},
		{"Last reviewed", recorded(string(a.Reviewed))},
		{"Written by", author(a.Author) + " · " + minute(a.Time)},
	}
	anchor := analysisAnchor(a.Requirement)
	if a.Withdrawn {
		anchor = ""
		rows = append(rows, Fact{"State", "withdrawn: it counts no more"})
	}
	if a.Beside > 0 {
		rows = append(rows, Fact{"State", fmt.Sprintf("changed %d times side by side; this is the latest, and nobody has chosen", a.Beside)})
	}
	return []Block{Heading{Level: 3, Text: "Frequency of " + a.Requirement.String() + title, Anchor: anchor}, Facts{Rows: rows}}
}
