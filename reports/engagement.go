package reports

import (
	"fmt"
	"strings"

	"tickmark/questionnaires"
)

// engagement says who assessed, when, where and how independently, and whether
// samples stood for populations.
func (c *composer) engagement() []Block {
	blocks := []Block{Heading{Level: 1, Text: "Engagement", Anchor: "engagement"}}
	e, given := c.Assessment.Engagement()
	if !given {
		return append(blocks, Paragraph{Text: "No engagement is recorded: neither assessors nor their days, their independence or sampling."})
	}
	years := notRecorded
	if e.Years > 0 {
		years = count(e.Years, "year", "years")
	}
	return append(append(
		blocks, Heading{Level: 2, Text: "Assessors"}, assessors(e.Assessors),
		Facts{Rows: []Fact{
			{"Quality reviewer", reviewer(e.Reviewer)},
			{"Assessment", span(e.Start, e.End)},
			{"Independence", recorded(e.Independence)},
			{"Other services by the assessors' company", recorded(e.OtherServices)},
			{"Subcontractors", recorded(e.Subcontractors)},
			{"Consecutive years by this company", years},
		}},
		Heading{Level: 2, Text: "Days on site and remote"}, onSite(e.OnSite), remote(e.Remote),
	), c.sampling(e.Sampling)...)
}

func assessors(all []questionnaires.Assessor) Block {
	roles := map[questionnaires.AssessorRole]string{
		questionnaires.NoRole: "role " + notRecorded, questionnaires.LeadAssessor: "lead assessor (QSA)", questionnaires.AssociateAssessor: "associate QSA",
		questionnaires.InternalAssessor: "internal security assessor (ISA)", questionnaires.OtherAssessor: "other assessor",
	}
	rows := make([]Row, len(all))
	for i, a := range all {
		certificate := Cell{Text: recorded(a.Certificate)}
		if a.Mentor != "" || a.Role == questionnaires.AssociateAssessor {
			certificate.Note = "mentor: " + recorded(a.Mentor)
		}
		rows[i] = Row{Cells: []Cell{{Text: a.Name, Note: a.Contact}, {Text: roles[a.Role]}, {Text: recorded(a.Company)}, certificate}}
	}
	return Table{
		Columns: []Column{{"Name", 46, Strong}, {"Role", 40, Plain}, {"Company", 44, Plain}, {"Certificate", 40, Plain}}, Rows: rows,
		Empty: "No assessor is recorded.",
	}
}

func reviewer(r questionnaires.Reviewer) string {
	if r == (questionnaires.Reviewer{}) {
		return notRecorded
	}
	return fmt.Sprintf("%s; company: %s; credentials: %s", recorded(r.Name), recorded(r.Company), recorded(r.Credentials))
}

// span is from a day to a day.
func span(from, to questionnaires.Day) string {
	switch {
	case from == "" && to == "":
		return notRecorded
	case from == to:
		return string(from)
	}
	return recorded(string(from)) + " to " + recorded(string(to))
}

// stretch is a time whose last day is left out where it is one day.
func stretch(from, to questionnaires.Day) string {
	if to == "" {
		to = from
	}
	return span(from, to)
}

func onSite(visits []questionnaires.Visit) Block {
	rows := make([]Row, len(visits))
	for i, v := range visits {
		rows[i] = Row{Cells: []Cell{{Text: stretch(v.From, v.To)}, {Text: recorded(v.Place)}}}
	}
	return Table{Columns: []Column{{"On site", 50, Strong}, {"Place", 120, Plain}}, Rows: rows, Empty: "No day on site is recorded."}
}

func remote(times []questionnaires.RemoteTesting) Block {
	rows := make([]Row, len(times))
	for i, t := range times {
		rows[i] = Row{Cells: []Cell{{Text: stretch(t.From, t.To)}, {Text: recorded(t.Extent)}, {Text: recorded(t.Reason)}}}
	}
	return Table{
		Columns: []Column{{"Remote", 50, Strong}, {"What was tested", 50, Plain}, {"Reason", 70, Plain}}, Rows: rows,
		Empty: "No remote testing is recorded.",
	}
}

// sampling says how samples were drawn, or who attests that everything was tested.
func (c *composer) sampling(s questionnaires.Sampling) []Block {
	rows := []Fact{{"Samples used", recorded(s.Used.String())}}
	if s.Used != questionnaires.DeclaredYes || s.Attested != "" {
		rows = append(rows, Fact{"Who attests that every item was tested", recorded(s.Attested)})
	}
	if s.Used == questionnaires.DeclaredYes || s.Rationale != "" || s.Standard != "" {
		rows = append(
			rows, Fact{"Rationale of sizes, and why they are representative", recorded(s.Rationale)},
			Fact{"Central processes that the samples follow, and how they were validated", recorded(s.Standard)},
		)
	}
	blocks := []Block{Heading{Level: 2, Text: "Sampling"}, Facts{Rows: rows}}
	if s.Used == questionnaires.DeclaredNo && len(s.Sets) == 0 {
		return blocks
	}
	sets := make([]Row, len(s.Sets))
	for i, set := range s.Sets {
		sets[i] = Row{Cells: []Cell{
			{Text: fmt.Sprintf("Set %d", set.Number)},
			{Text: recorded(set.Type), Note: number(set.Sampled) + " of " + number(set.Population)},
			{Text: recorded(set.Chosen)},
			{Text: recorded(strings.Join(set.Items, ", "))},
		}}
	}
	return append(blocks, Table{
		Columns: []Column{{"Sample", 18, Strong}, {"Type and size", 42, Plain}, {"How it was chosen", 50, Plain}, {"Items", 60, Plain}}, Rows: sets,
		Empty: "No sample set is recorded.",
	})
}

// number is a count that somebody gave, or that nobody did.
func number(n int) string {
	if n == 0 {
		return notRecorded
	}
	return fmt.Sprint(n)
}
