package reports

import (
	"fmt"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// tone is the colour family of a response.
func tone(r questionnaires.Response) Tone {
	switch r {
	case questionnaires.InPlace:
		return Good
	case questionnaires.InPlaceWithCCW:
		return Info
	case questionnaires.NotInPlace:
		return Bad
	case questionnaires.NotApplicable:
		return Muted
	case questionnaires.NotTested:
		return Warn
	case questionnaires.Unanswered:
	}
	return Open
}

// pill is a response in its colour.
func pill(r questionnaires.Response) Pill { return Pill{Text: r.Title(), Tone: tone(r)} }

// verdictPill is a verdict in its colour.
func verdictPill(v engine.Verdict) Pill {
	switch v {
	case engine.Pass:
		return Pill{"Pass", Good}
	case engine.Fail:
		return Pill{"Fail", Bad}
	case engine.NotApplicable:
		return Pill{"Not applicable", Muted}
	case engine.Unknown:
	}
	return Pill{"Unknown", Warn}
}

// slices are counts of responses, those that the form offers and what is left.
func (c *composer) slices(counts [6]int) []Slice {
	var all []Slice
	for _, r := range append(questionnaires.Responses(), questionnaires.Unanswered) {
		offered := r == questionnaires.Unanswered || c.Assessment.Questionnaire.Allows(r)
		if offered || counts[r] > 0 {
			all = append(all, Slice{Label: r.Title(), Tone: tone(r), Count: counts[r]})
		}
	}
	return all
}

func (c *composer) summary() []Block {
	p := c.progress
	blocks := []Block{
		Heading{Level: 1, Text: "Summary", Anchor: "summary"},
		Paragraph{Text: c.summarySentence()},
	}
	if c.draft() != "" {
		blocks = append(blocks, Callout{
			Tone: Warn, Title: "This is a draft",
			Text: "As long as an answer is missing, lacks its reason or its evidence, or is contradicted by evidence, and until the record was " +
				"reviewed and issued, every page is marked. The chapters “Open problems” and “Version and reviews” say what is open: " + c.draft() + ".",
		})
	}
	blocks = append(blocks, Donut{Figure: fmt.Sprint(p.Answered), Caption: fmt.Sprintf("of %d answered", p.Total), Slices: c.slices(p.Responses)})
	return append(blocks, c.byPrincipal()...)
}

// byPrincipal counts the responses to each principal requirement.
func (c *composer) byPrincipal() []Block {
	bars := make([]Bar, 0, len(c.progress.Principals))
	for _, principal := range c.progress.Principals {
		bars = append(bars, Bar{
			Number: principal.ID.String(), Label: principal.Title, Figure: fmt.Sprintf("%d of %d", principal.Answered, principal.Total),
			Slices: c.slices(principal.Responses),
		})
	}
	return []Block{Heading{Level: 2, Text: "Responses by principal requirement"}, Bars{Rows: bars}}
}

func (c *composer) summarySentence() string {
	return c.counted() + " Version " + c.Edition.Line() + ". The pictures count responses and are no measure of compliance. Conclusion: " + c.conclusionSentence()
}

// counted says what was asked, what was answered, and on what that rests.
func (c *composer) counted() string {
	p := c.progress
	unseen, contradicted := 0, 0
	for _, principal := range p.Principals {
		unseen += principal.Unseen
		contradicted += principal.Contradicted
	}
	asks := c.form() + " asks"
	if c.whole() {
		asks = "The assessment asks"
	}
	s := fmt.Sprintf("%s %s; %d of them %s answered. ", asks,
		count(p.Total, "requirement", "requirements"), p.Answered, map[bool]string{true: "is", false: "are"}[p.Answered == 1])
	s += fmt.Sprintf("The record rests on %s from %s. ", count(len(c.Items), "item of evidence", "items of evidence"), count(len(c.Targets), "system", "systems"))
	s += fmt.Sprintf("Collected evidence speaks against %s, and could not be gathered in full for %s.",
		count(contradicted, "requirement", "requirements"), count(unseen, "requirement", "requirements"))
	return s
}

// openProblems lists what is open. Requirements that are merely not answered are
// named together: there are hundreds of them at the beginning.
func (c *composer) openProblems() []Block {
	var rows []Row
	var unanswered []string
	for _, p := range c.problems {
		if p.Kind == questionnaires.NotAnswered && len(c.Assessment.Own(p.Requirement).Procedures) == 0 {
			unanswered = append(unanswered, p.Requirement.String())
			continue
		}
		place := Cell{Text: "all of it"}
		if !p.Requirement.IsZero() {
			place = Cell{Links: []Link{{p.Requirement.String(), anchorOf(p.Requirement)}}}
		}
		rows = append(rows, Row{Cells: []Cell{
			place, {Text: strings.ReplaceAll(p.Kind.String(), "-", " ")}, {Text: p.Sentence},
		}})
	}
	blocks := []Block{
		Heading{Level: 1, Text: "Open problems", Anchor: "problems"},
		Paragraph{Text: "What stands between this assessment and a record that is no draft."},
	}
	if len(c.problems) == 0 {
		return append(blocks, Paragraph{Text: "No problem is open."})
	}
	blocks = append(blocks, Table{
		Columns: []Column{{"Requirement", 24, Plain}, {"Kind", 30, Plain}, {"What is open", 116, Plain}}, Rows: rows,
		Empty: "No answer that was given has a problem.",
	})
	if len(unanswered) > 0 {
		blocks = append(
			blocks, Heading{Level: 2, Text: "Not answered"},
			Paragraph{Text: count(len(unanswered), "requirement is", "requirements are") + " not answered: " + strings.Join(unanswered, ", ") + "."},
		)
	}
	return blocks
}

// anchorOf is where the response to a requirement stands.
func anchorOf(id questionnaires.RequirementID) string { return "requirement-" + id.String() }
