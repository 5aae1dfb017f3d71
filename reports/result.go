package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// result says how much was assessed and what the answers would allow, and counts and
// lists the responses. It concludes nothing: a named person does.
func (c *composer) result() []Block {
	return slices.Concat(
		[]Block{Heading{Level: 1, Text: "Result", Anchor: "result"}}, c.conclusions(),
		[]Block{
			Heading{Level: 2, Text: "Responses in numbers"},
			c.numbers(),
			Heading{Level: 2, Text: "Requirements by response"},
			c.findingsByResponse(c.Assessment.Outcome(questionnaires.DayOf(c.Date))),
		},
	)
}

// conclusions says what was concluded, and beside it what the answers would allow.
func (c *composer) conclusions() []Block {
	outcome := c.Assessment.Outcome(questionnaires.DayOf(c.Date))
	rows := []Fact{
		{"Conclusion", c.conclusionSentence()},
		{"Extent", extent(outcome)},
		{"What the answers would allow", allowed(outcome)},
	}
	if outcome.Target != "" {
		rows = append(rows, Fact{"Latest target date", string(outcome.Target)})
	}
	return []Block{
		Paragraph{Text: "The program concludes nothing. A named person does; until then no conclusion is recorded, whatever the answers would allow."},
		Facts{Rows: rows},
	}
}

// extent is how much was assessed.
func extent(o questionnaires.Outcome) string {
	switch o.Extent {
	case questionnaires.Full:
		return "Full: every requirement was assessed."
	case questionnaires.PartialExtent:
		return "Partial: " + count(len(o.NotTested), "requirement was", "requirements were") + " not tested, wholly or in part: " + idList(o.NotTested) + "."
	case questionnaires.ExtentOpen:
	}
	return "Open: not everything is answered."
}

// allowed is what an attestation could say by the answers.
func allowed(o questionnaires.Outcome) string {
	except := ""
	if len(o.NotTested) > 0 {
		except = ", except for what was not tested"
	}
	switch o.Allows {
	case questionnaires.Compliant:
		return "Compliant" + except + "."
	case questionnaires.LegalException:
		return "Compliant but with legal exception" + except + ": " + idList(o.Legal) + "."
	case questionnaires.NonCompliant:
		return "Non-compliant, with a target date" + except + "."
	case questionnaires.StatusOpen:
	}
	if o.Problems > 0 {
		return "Nothing yet: " + count(o.Problems, "problem is open.", "problems are open.")
	}
	return "Nothing yet: not everything is answered."
}

func idList(ids []questionnaires.RequirementID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return strings.Join(texts, ", ")
}

// findingsByResponse lists the requirements per response, what a law stands against apart, and
// per method.
func (c *composer) findingsByResponse(o questionnaires.Outcome) Block {
	by := map[questionnaires.Response][]questionnaires.RequirementID{}
	var worksheets, customized []questionnaires.RequirementID
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if revision.Response != questionnaires.NotInPlace {
			by[revision.Response] = append(by[revision.Response], r.ID)
		}
		if revision.Compensates() {
			worksheets = append(worksheets, r.ID)
		}
		if revision.Customized != nil {
			customized = append(customized, r.ID)
		}
	}
	var rows []Row
	add := func(shown Pill, note string, ids []questionnaires.RequirementID) {
		rows = append(rows, Row{Cells: []Cell{{Pill: shown, Note: note}, {Text: fmt.Sprint(len(ids))}, {Text: cmp.Or(idList(ids), "none")}}})
	}
	for _, r := range append(questionnaires.Responses(), questionnaires.Unanswered) {
		switch {
		case r == questionnaires.NotInPlace:
			add(pill(r), "to be remedied", o.NotInPlace)
			add(pill(r), "because of a law", o.Legal)
		case r == questionnaires.NotTested && c.Assessment.Questionnaire.Allows(r):
			add(pill(r), "wholly or in part", o.NotTested)
		case r == questionnaires.Unanswered, c.Assessment.Questionnaire.Allows(r), len(by[r]) > 0:
			add(pill(r), "", by[r])
		}
	}
	add(Pill{}, "Met with a compensating control", worksheets)
	add(Pill{}, "Met by a customized approach", customized)
	return Table{Columns: []Column{{"Response", 38, Plain}, {"Number", 18, Strong}, {"Requirements", 114, Plain}}, Rows: rows}
}
