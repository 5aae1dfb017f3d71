package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// responses lists the requirements of the questionnaire with what was answered, and in
// a form that asks for them every testing procedure below it.
func (c *composer) responses() []Block {
	blocks := []Block{Heading{Level: 1, Text: "Responses", Anchor: "responses"}, Paragraph{Text: c.responsesIntro()}}
	if text := c.leftOut(); text != "" {
		blocks = append(blocks, Paragraph{Text: text})
	}
	return append(blocks, c.findings()...)
}

// responsesTo are the responses to some requirements, a table for each principal one.
func (c *composer) responsesTo(these func(questionnaires.RequirementID) bool) []Block {
	var blocks []Block
	var rows []Row
	var principal questionnaires.RequirementID
	flush := func() {
		if len(rows) == 0 {
			return
		}
		blocks = append(
			blocks, Heading{Level: 2, Text: principalName(principal) + ": " + c.Assessment.PrincipalTitle(principal)},
			Table{Columns: []Column{{"Requirement", 22, Strong}, {"Response", 92, Plain}, {"Status", 30, Plain}, {"Evidence", 26, Mono}}, Rows: rows},
		)
		rows = nil
	}
	for _, r := range c.Assessment.Requirements() {
		if r.ID.Principal() != principal {
			flush()
			principal = r.ID.Principal()
		}
		if these(r.ID) {
			rows = append(rows, c.response(r)...)
		}
	}
	flush()
	return blocks
}

// leftOut names what the form does not ask, where that is not confirmed.
func (c *composer) leftOut() string {
	var names []string
	for _, id := range c.Assessment.Questionnaire.Unconfirmed {
		if !c.Assessment.Questionnaire.Asks(id) {
			names = append(names, id.String())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Not asked here, and not confirmed to be missing from the official form: " + strings.Join(names, ", ") + ". Compare with the form itself."
}

// principalName is what a principal requirement is called.
func principalName(id questionnaires.RequirementID) string {
	switch {
	case id.Own():
		return id.String()
	case isAdditional(id):
		return "Appendix " + id.String()
	}
	return "Requirement " + id.String()
}

// response is the row of a requirement, with those of its testing procedures.
func (c *composer) response(r questionnaires.Requirement) []Row {
	revision := c.Assessment.Current(r.ID)
	text := strings.TrimSpace(revision.Narrative)
	switch {
	case revision.Response == questionnaires.Unanswered && text == "":
		text = "Not answered."
	case text == "":
		text = "Answered without a narrative."
	}
	number := Cell{Text: r.ID.String()}
	if !c.Assessment.Questionnaire.Confirmed(r.ID) {
		number.Note = "It is not confirmed that the form asks this."
	}
	procedures := c.procedures(r)
	rows := []Row{{Anchor: anchorOf(r.ID), Leads: c.Assessment.Questionnaire.PerProcedure || len(procedures) > 0, Cells: []Cell{
		number,
		{Title: r.Title, Text: text, Facts: append(c.asked(r), c.particulars(revision)...), Note: c.given(revision)},
		c.status(r, revision, len(procedures)),
		c.rests(revision, len(procedures) > 0),
	}}}
	return append(rows, procedures...)
}

// asked is the question where no official form holds it.
func (c *composer) asked(r questionnaires.Requirement) []Fact {
	if !c.Assessment.Questionnaire.Own() {
		return nil
	}
	return []Fact{{"Question", r.Question}}
}

// particulars are what an answer says beside its narrative.
func (c *composer) particulars(r questionnaires.Revision) []Fact {
	var facts []Fact
	add := func(name, text string, wanted bool) {
		if text = strings.TrimSpace(text); text != "" || wanted {
			facts = append(facts, Fact{name, cmp.Or(text, notRecorded)})
		}
	}
	answered := r.Response != questionnaires.Unanswered
	inherited := c.inherits(r)
	add("Description of results", r.Results, answered && !inherited && c.Assessment.Questionnaire.DescribesResults)
	add("What was not tested", r.Untested, r.Response == questionnaires.NotTested)
	add("Target date", string(r.Remedy.Target), r.Response == questionnaires.NotInPlace && !r.Remedy.Legal)
	add("Law that stands against it", r.Remedy.Law, r.Remedy.Legal)
	for _, other := range c.Assessment.Conflicts(r.Requirement) {
		if other.Entry != r.Entry {
			add(fmt.Sprintf("Beside it stands: %s, %s, %s", other.Response.Title(), author(other.Author), minute(other.Time)),
				cmp.Or(strings.TrimSpace(other.Narrative), "without a narrative"), true)
		}
	}
	return facts
}

// inherits reports whether an answer is that of an id above.
func (c *composer) inherits(r questionnaires.Revision) bool {
	return !r.Inherited.IsZero() && c.Assessment.Own(r.Requirement).Entry != r.Entry
}

// status is the response with what it needs elsewhere in the record.
func (c *composer) status(r questionnaires.Requirement, revision questionnaires.Revision, procedures int) Cell {
	cell := Cell{Pill: pill(revision.Response)}
	link := func(shown bool, text, to string) {
		if shown {
			cell.Links = append(cell.Links, Link{text, to})
		}
	}
	link(revision.Compensates(), "worksheet", worksheetAnchor(r.ID))
	link(revision.Customized != nil, "customized", customizedAnchor(r.ID))
	link(revision.Response == questionnaires.NotInPlace, "plan", planAnchor(r.ID))
	link(c.isAnalysed(r.ID), "risk analysis", analysisAnchor(r.ID))
	var notes []string
	switch {
	case c.inherits(revision):
		notes = append(notes, fmt.Sprintf("with all of %s", revision.Inherited))
	case !revision.Inherited.IsZero():
		notes = append(notes, fmt.Sprintf("reason from %s", revision.Inherited))
	case revision.Subtree:
		notes = append(notes, "with all below it")
	}
	if procedures > 0 && revision.Response != questionnaires.Unanswered && !c.inherits(revision) {
		notes = append(notes, "follows from "+count(procedures, "procedure", "procedures"))
	}
	if !r.SupersededBy.IsZero() {
		notes = append(notes, fmt.Sprintf("superseded by %s", r.SupersededBy))
	}
	if revision.RiskBased {
		notes = append(notes, "frequency by risk analysis")
	}
	cell.Note = strings.Join(notes, "\n")
	return cell
}

// given says by whom, when and how an answer was found.
func (c *composer) given(r questionnaires.Revision) string {
	if r.Entry.IsZero() {
		return ""
	}
	parts := []string{author(r.Author), minute(r.Time)}
	if methods := methodList(r.Methods); methods != "" {
		parts = append(parts, methods)
	}
	if !r.Verified {
		parts = append(parts, "SIGNATURE NOT VERIFIED")
	}
	return strings.Join(parts, " · ")
}

// author is what a person is called.
func author(a questionnaires.Author) string { return cmp.Or(Line(a.Name), "author "+a.ID.Short()) }

func methodList(all []questionnaires.Method) string {
	texts := make([]string, len(all))
	for i, m := range all {
		texts[i] = m.String()
	}
	return strings.Join(texts, ", ")
}

// rests is what an answer rests on; what a testing procedure names stands there.
func (c *composer) rests(r questionnaires.Revision, procedures bool) Cell {
	ids := r.Evidence
	if procedures {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id questionnaires.ID) bool {
			return slices.ContainsFunc(r.Procedures, func(p questionnaires.ProcedureAnswer) bool { return slices.Contains(p.References, id) })
		})
		if len(ids) == 0 {
			return Cell{Note: "below"}
		}
	}
	return c.cited(ids)
}

// cited are the numbers of evidence, with what is accepted of it.
func (c *composer) cited(ids []questionnaires.ID) Cell {
	var cell Cell
	var notes []string
	for _, id := range ids {
		item, known := c.Assessment.Evidence(id)
		if !known {
			notes = append(notes, "not in the vault: "+string(id))
			continue
		}
		cell.Links = append(cell.Links, Link{item.Label(), evidenceAnchor(id)})
		if c.isStale(item) {
			notes = append(notes, fmt.Sprintf("%s: %s", item.Label(), c.Assessment.Freshness(item, questionnaires.DayOf(c.Date))))
		}
		if n := len(c.accepted(item)); n > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s accepted for a time", item.Label(), count(n, "failure", "failures")))
		}
	}
	if len(ids) == 0 {
		cell.Text = "none"
	}
	cell.Note = strings.Join(notes, "\n")
	return cell
}

func evidenceAnchor(id questionnaires.ID) string { return "evidence-" + string(id) }
