package reports

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

func customizedAnchor(id questionnaires.RequirementID) string { return "customized-" + id.String() }

// customized holds every customized approach: the entity's controls matrix and risk
// analysis, and the assessor's derived tests.
func (c *composer) customized() []Block {
	var approaches []Block
	for _, r := range c.Assessment.Requirements() {
		if revision := c.Assessment.Current(r.ID); revision.Customized != nil {
			approaches = append(approaches, c.approach(r, revision)...)
		}
	}
	switch {
	case len(approaches) > 0:
		return append([]Block{Paragraph{
			Text: "Requirements whose objective is met in another way than the defined one. Matrix and risk analysis are the entity's; description and tests are the assessor's.",
		}}, approaches...)
	case !c.Assessment.Questionnaire.PerProcedure:
		return []Block{Paragraph{Text: "A self-assessment does not record the customized approach."}}
	}
	return []Block{Paragraph{Text: "No requirement is met by a customized approach."}}
}

func (c *composer) approach(r questionnaires.Requirement, revision questionnaires.Revision) []Block {
	a := revision.Customized
	name := r.ID.String()
	blocks := []Block{
		Heading{Level: 3, Text: "Customized approach of " + name + ": " + r.Title, Anchor: customizedAnchor(r.ID)},
		Facts{Rows: []Fact{
			{"Finding", revision.Response.Title()},
			{"Covers", coversAspect(a.Aspect)},
			{"Description by the assessor", recorded(a.Description)},
			{"How the controls meet the objective", recorded(a.Met)},
			{"Papers reviewed", c.labels(a.Reviewed)},
			{"Assessors who attest", recorded(a.Assessors)},
			{"Independence", map[bool]string{true: "Nobody who attests designed the controls.", false: notRecorded}[a.Independent]},
			{"Given by", c.given(revision)},
		}},
		Heading{Level: 3, Text: "Controls matrix of " + name},
	}
	if len(a.Controls) == 0 {
		blocks = append(blocks, Paragraph{Text: "The controls matrix is not recorded."})
	}
	for i, control := range a.Controls {
		blocks = append(blocks, Facts{Rows: controlFacts(i+1, control)})
	}
	return append(append(blocks, analysisOfApproach(name, a.Analysis)...), c.derivedTests(name, a.Tests)...)
}

func coversAspect(aspect string) string {
	if aspect = strings.TrimSpace(aspect); aspect != "" {
		return aspect
	}
	return "all of the requirement"
}

// labels are the numbers of evidence in one line.
func (c *composer) labels(ids []questionnaires.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		item, known := c.Assessment.Evidence(id)
		if names[i] = item.Label(); !known {
			names[i] = string(id) + " (not in the vault)"
		}
	}
	return recorded(strings.Join(names, ", "))
}

func controlFacts(number int, control questionnaires.Control) []Fact {
	also := "no other requirement"
	if len(control.AlsoMeets) > 0 {
		also = idList(control.AlsoMeets)
	}
	enhances := strings.TrimSpace(control.Enhances)
	if enhances == "" {
		enhances = "no other control"
	}
	return []Fact{
		{fmt.Sprintf("Control %d", number), recorded(control.Name)},
		{"Also meets", also},
		{"What it is", recorded(control.What)},
		{"Where", recorded(control.Where)},
		{"When, or how often", recorded(control.When)},
		{"Who is accountable", recorded(control.Accountable)},
		{"Who operates and watches it", recorded(control.Operator)},
		{"Which other control it enhances", enhances},
		{"How it meets the objective", recorded(control.Meets)},
		{"The entity's testing and its result", recorded(control.Tested)},
		{"Summary of the risk analysis", recorded(control.Risk)},
		{"How it is maintained, and failures found and handled", recorded(control.Maintained)},
	}
}

func analysisOfApproach(name string, a questionnaires.CustomAnalysis) []Block {
	likelihood := map[questionnaires.Likelihood]string{
		questionnaires.LikelihoodNotStated: notRecorded, questionnaires.LessLikely: "less likely than in the defined way",
		questionnaires.AsLikely: "as likely as in the defined way", questionnaires.MoreLikely: "more likely than in the defined way",
	}
	return []Block{
		Heading{Level: 3, Text: "Targeted risk analysis of " + name + " (12.3.2)"},
		Facts{Rows: []Fact{
			{"Objective", recorded(a.Objective)},
			{"Mischief that the requirement prevents", recorded(a.Mischief)},
			{"Which parts of the requirement change", recorded(a.Changes)},
			{"How the mischief is prevented", recorded(a.Prevention)},
			{"Factors of the likelihood", recorded(a.Factors)},
			{"Why it may still happen", recorded(a.Remains)},
			{"Likelihood", likelihood[a.Likelihood]},
			{"Reasoning", recorded(a.Reasoning)},
			{"Account numbers stored at one time, at most", recorded(a.Stored)},
			{"Account numbers processed or passed through", recorded(a.Processed)},
			{"How the controls reduce the impact", recorded(a.Reduction)},
			{"Approved by, of executive management", recorded(a.Approver)},
			{"Approved on", recorded(string(a.Approved))},
			{"To be reviewed by", recorded(string(a.ReviewBy))},
		}},
	}
}

func (c *composer) derivedTests(name string, tests []questionnaires.DerivedTest) []Block {
	purposes := map[questionnaires.TestPurpose]string{
		questionnaires.NoPurpose: "purpose " + notRecorded, questionnaires.MeetsObjective: "meets the objective",
		questionnaires.StaysEffective: "stays effective",
	}
	rows := make([]Row, len(tests))
	for i, t := range tests {
		rows[i] = Row{Cells: []Cell{
			{Text: fmt.Sprint(i + 1), Note: purposes[t.Purpose]},
			{Text: recorded(t.Procedure), Facts: []Fact{{"Tested", recorded(t.Tested)}, {"Result", recorded(t.Result)}}},
			c.cited(t.References),
		}}
	}
	return []Block{
		Heading{Level: 3, Text: "Testing procedures that the assessor derived for " + name},
		Table{
			Columns: []Column{{"Test", 26, Strong}, {"Procedure, what was tested, and the result", 118, Plain}, {"Evidence", 26, Mono}}, Rows: rows,
			Empty: "No derived test is recorded.",
		},
	}
}
