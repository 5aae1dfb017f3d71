package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// engagement says who assessed, when, where and how independently, and whether
// samples stood for populations.
func (c *composer) engagement() []Block {
	blocks := []Block{Heading{Level: 1, Text: "Engagement", Anchor: "engagement"}}
	if _, given := c.Assessment.Engagement(); !given {
		return append(blocks, Paragraph{Text: "No engagement is recorded: neither assessors nor their days, their independence or sampling."})
	}
	return slices.Concat(blocks, c.assessors(), c.days(), c.sampling())
}

// assessors says who assessed, and how independently.
func (c *composer) assessors() []Block {
	e, _ := c.Assessment.Engagement()
	years := notRecorded
	if e.Years > 0 {
		years = count(e.Years, "year", "years")
	}
	rows := []Fact{{"Quality reviewer", reviewer(e.Reviewer)}}
	if e.AssessedByQSA() || e.Officer.Name != "" {
		rows = append(rows, c.reported(Fact{"Officer who signs for the assessors' company", officerOf(e.Officer)})...)
	}
	rows = append(
		rows,
		Fact{"Assessment", span(e.Start, e.End)},
		Fact{"Independence", recorded(e.Independence)},
		Fact{"Other services by the assessors' company", recorded(e.OtherServices)},
		Fact{"Subcontractors", recorded(e.Subcontractors)},
		Fact{"Consecutive years by this company", years},
	)
	return []Block{Heading{Level: 2, Text: "Assessors"}, assessors(e.Assessors), Facts{Rows: rows}}
}

// days says when the assessors were on site, and what was tested from elsewhere.
func (c *composer) days() []Block {
	e, _ := c.Assessment.Engagement()
	blocks := []Block{Heading{Level: 2, Text: "Days on site and remote"}}
	if rows := c.reported(Fact{"Tested from elsewhere", remotely(e)}); len(rows) > 0 {
		blocks = append(blocks, Facts{Rows: rows})
	}
	return append(blocks, onSite(e.OnSite), remote(e.Remote))
}

// remotely answers whether something was tested from elsewhere, and how much.
func remotely(e questionnaires.Engagement) string {
	if e.RemoteExtent == questionnaires.RemoteNotSaid && len(e.Remote) > 0 {
		return "yes: how much of it is " + notStated
	}
	return e.RemoteExtent.Title()
}

// officerOf is who signs for the assessors' company, "" where nobody is named.
func officerOf(o questionnaires.CompanyOfficer) string {
	if o.Name == "" {
		return ""
	}
	return o.Name + told(", ", o.Title)
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
		rows[i] = Row{Cells: []Cell{{Text: a.Name, Note: a.Contact}, {Text: roles[a.Role], Note: a.Part}, {Text: recorded(a.Company)}, certificate}}
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
func (c *composer) sampling() []Block {
	e, _ := c.Assessment.Engagement()
	s := e.Sampling
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
	samples := c.Assessment.Samples()
	if s.Used == questionnaires.DeclaredNo && len(samples) == 0 {
		return blocks
	}
	sets := make([]Row, len(samples))
	for i, set := range samples {
		sets[i] = Row{Cells: []Cell{
			{Text: set.Label(), Note: c.shownBy(set)},
			{Text: recorded(set.Type), Note: number(set.Size) + " of " + number(set.Count) + serves(set)},
			{Text: recorded(set.How()), Note: set.Rationale},
			{Text: recorded(itemsOf(set))},
		}}
	}
	blocks = append(blocks, Table{
		Columns: []Column{{"Sample", 26, Strong}, {"Type and size", 40, Plain}, {"How it was chosen", 50, Plain}, {"Items", 54, Plain}}, Rows: sets,
		Empty: "No sample set is recorded.",
	})
	return append(blocks, c.populations(samples)...)
}

// shownBy names the evidence that a sample set was tested by.
func (c *composer) shownBy(s questionnaires.Sample) string {
	if len(s.Evidence) == 0 {
		return ""
	}
	return c.labels(s.Evidence)
}

func serves(s questionnaires.Sample) string {
	if len(s.Requirements) == 0 {
		return ""
	}
	return ", for " + idList(s.Requirements)
}

func itemsOf(s questionnaires.Sample) string {
	if s.Draw.Method == questionnaires.AllTested && len(s.Items) == 0 {
		return "each of the population"
	}
	return strings.Join(s.Items, ", ")
}

// populations lists what the samples were drawn from.
func (c *composer) populations(samples []questionnaires.Sample) []Block {
	var rows []Row
	for _, p := range c.Assessment.Populations() {
		if !slices.ContainsFunc(samples, func(s questionnaires.Sample) bool { return s.Population == p.ID }) {
			continue
		}
		whole := "the listing came to its end"
		if len(p.Unseen) > 0 {
			whole = strings.Join(p.Unseen, "; ") + ". How it was made sure that the list is whole: " + recorded(p.Assurance)
		}
		rows = append(rows, Row{Cells: []Cell{
			{Text: p.Name, Note: p.Of},
			{Text: number(p.Count)},
			{Text: c.Assessment.PopulationSource(p), Note: p.Query},
			{Text: whole, Note: "SHA-256 " + p.List.String()},
		}})
	}
	if len(rows) == 0 {
		return nil
	}
	return []Block{Table{Columns: []Column{{"Population", 34, Strong}, {"Items", 16, Plain}, {"Listed from", 54, Plain}, {"Whole", 66, Plain}}, Rows: rows}}
}

// number is a count that somebody gave, or that nobody did.
func number(n int) string {
	if n == 0 {
		return notRecorded
	}
	return fmt.Sprint(n)
}
