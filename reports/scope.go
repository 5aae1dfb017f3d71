package reports

import (
	"cmp"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// scope says who is assessed, what of it, how that was confirmed, and what keeps the
// rest out.
func (c *composer) scope() []Block {
	return slices.Concat(
		[]Block{Heading{Level: 1, Text: "Scope", Anchor: "scope"}, Paragraph{Text: c.described()}},
		c.entity(), c.business(), c.channels(), c.services(), c.confirmation(), c.segmentation(), c.cardData(),
	)
}

// described is the scope in words.
func (c *composer) described() string {
	return cmp.Or(strings.TrimSpace(c.Scope.Description), "What is in scope is not described.")
}

// entity says who is assessed, and whom to ask there.
func (c *composer) entity() []Block {
	return []Block{Heading{Level: 2, Text: "Entity"}, Facts{Rows: entity(c.Assessment.Entity, c.Scope.Entity)}}
}

// business says what the entity does, and what of it has to do with account data.
func (c *composer) business() []Block {
	e := c.Scope.Entity
	rows := c.reported(Fact{"Nature of business", e.Business}, Fact{"Functions that touch account data, or could affect its security", e.Functions})
	if len(rows) == 0 {
		return nil
	}
	return []Block{Heading{Level: 2, Text: "Nature of the business"}, Facts{Rows: rows}}
}

// reported are facts that only a report asks for: elsewhere those that somebody recorded.
func (c *composer) reported(rows ...Fact) []Fact {
	if c.Assessment.Questionnaire.Scope < questionnaires.ReportedScope {
		return facts(rows...)
	}
	for i := range rows {
		rows[i].Value = recorded(rows[i].Value)
	}
	return rows
}

// channels says how the entity takes payments.
func (c *composer) channels() []Block {
	return []Block{Heading{Level: 2, Text: "Payment channels"}, channels(c.Scope.Channels)}
}

// services says what the entity does for others.
func (c *composer) services() []Block {
	return []Block{Heading{Level: 2, Text: "Services for others"}, services(c.Scope.Services)}
}

// confirmation says how the scope was found to be right.
func (c *composer) confirmation() []Block {
	k := c.Scope.Confirmation
	rows := []Fact{
		{"Confirmed by, of the entity", recorded(k.By)},
		{"Confirmed on", recorded(string(k.On))},
		{"How the assessor validated it", recorded(k.Method)},
		{"Assessor who attests it", recorded(k.Assessor)},
		{"Difference from the entity's own scope", recorded(k.Difference)},
	}
	rows = append(rows, c.reported(
		Fact{"Left out of the assessment, and why", k.Excluded},
		Fact{"What reduced the scope", k.Reduced},
		Fact{"Eligibility criteria of a self-assessment used", k.Criteria.String()},
	)...)
	if k.Criteria == questionnaires.DeclaredYes || k.CriteriaMet != "" {
		rows = append(rows, c.reported(Fact{"Which of them, and how it was found that they are met", k.CriteriaMet})...)
	}
	return []Block{Heading{Level: 2, Text: "Confirmation of the scope (12.5.2)"}, Facts{Rows: rows}}
}

// segmentation says what keeps systems out of scope.
func (c *composer) segmentation() []Block {
	s := c.Scope.Segmentation
	rows := segmentation(s)
	if s.Used != questionnaires.DeclaredNo || s.Checked != "" || s.Assessed != questionnaires.Undeclared {
		rows = append(rows, c.reported(Fact{"How that assessor found that it is effective", s.Checked}, Fact{"What segments was itself assessed", s.Assessed.String()})...)
	}
	return []Block{Heading{Level: 2, Text: "Segmentation"}, Facts{Rows: rows}}
}

func entity(name string, e questionnaires.EntityDetails) []Fact {
	return []Fact{
		{"Name", name},
		{"Trading as", recorded(e.TradingAs)},
		{"Address", recorded(e.Address)},
		{"Website", recorded(e.Website)},
		{"Contact", recorded(e.Contact.Name) + ", title: " + recorded(e.Contact.Title)},
		{"Telephone", recorded(e.Contact.Telephone)},
		{"E-mail", recorded(e.Contact.Email)},
	}
}

// coverage is whether something is assessed, and else why not.
func coverage(leftOut string) (Pill, []Fact) {
	if strings.TrimSpace(leftOut) == "" {
		return Pill{"assessed", Neutral}, nil
	}
	return Pill{"left out", Warn}, []Fact{{"Why it is left out", leftOut}}
}

func channels(all []questionnaires.ChannelUse) Block {
	rows := make([]Row, len(all))
	for i, u := range all {
		covered, why := coverage(u.LeftOut)
		role := Cell{Text: recorded(u.Role), Facts: why}
		if len(why) > 0 {
			role.Text = u.Role
		}
		rows[i] = Row{Cells: []Cell{{Text: u.Channel.Title()}, {Pill: covered}, role}}
	}
	return Table{
		Columns: []Column{{"Channel", 46, Strong}, {"In this assessment", 30, Plain}, {"What the entity does with cards there", 94, Plain}}, Rows: rows,
		Empty: "Payment channels are not recorded.",
	}
}

func services(all []questionnaires.AssessedService) Block {
	rows := make([]Row, len(all))
	for i, s := range all {
		covered, why := coverage(s.LeftOut)
		role := Cell{Text: recorded(s.Role), Facts: why}
		kind := recorded(s.Type)
		if len(why) > 0 {
			role.Text, kind = s.Role, s.Type
		}
		role.Facts = append(role.Facts, affects(s)...)
		for _, e := range s.Exceptions {
			role.Facts = append(role.Facts, Fact{e.Requirement.String() + " is " + e.Response.Title(), recorded(e.Reason)})
		}
		rows[i] = Row{Cells: []Cell{{Text: s.Name, Note: kind}, {Pill: covered}, role}}
	}
	return Table{
		Columns: []Column{{"Service", 46, Strong}, {"In this assessment", 30, Plain}, {"Its role with card data", 94, Plain}}, Rows: rows,
		Empty: "No service for others is recorded.",
	}
}

// affects says whether a service could affect the security of account data, and how.
func affects(s questionnaires.AssessedService) []Fact {
	if !s.Covered() && s.Affects == questionnaires.Undeclared {
		return nil
	}
	rows := []Fact{{"Could affect the security of account data", cmp.Or(s.Affects.String(), notStated)}}
	if s.Affects == questionnaires.DeclaredYes || s.Impact != "" {
		rows = append(rows, Fact{"How it could", recorded(s.Impact)})
	}
	return rows
}

func segmentation(s questionnaires.Segmentation) []Fact {
	rows := []Fact{{"Segmentation used", recorded(s.Used.String())}}
	attested := "Assessor who attests it"
	switch {
	case s.Used == questionnaires.DeclaredNo && s.Built == "" && s.Excludes == "":
		attested = "Assessor who attests that the whole network was covered"
	default:
		rows = append(rows, Fact{"How it is built", recorded(s.Built)}, Fact{"What is out of scope because of it", recorded(s.Excludes)})
	}
	return append(rows, Fact{attested, recorded(s.Attested)})
}

// cardData says where account data comes, goes and stays.
func (c *composer) cardData() []Block {
	d := c.Scope.Data
	flows := make([]Row, len(d.Flows))
	for i, f := range d.Flows {
		channel := "of the entity"
		if f.Channel != questionnaires.NoChannel {
			channel = f.Channel.Title()
		}
		diagrams := c.cited(f.Diagrams)
		flows[i] = Row{Cells: []Cell{{Text: f.Name, Note: channel}, {Text: recorded(f.Elements)}, {Text: recorded(f.Description)}, diagrams}}
	}
	stores := make([]Row, len(d.Stores))
	for i, s := range d.Stores {
		sensitive := Cell{Text: recorded(s.Sensitive.String())}
		if s.SensitiveReason != "" || s.Sensitive == questionnaires.DeclaredYes {
			sensitive.Facts = []Fact{{"Reason", recorded(s.SensitiveReason)}}
		}
		stores[i] = Row{Cells: []Cell{
			{Text: s.Name, Note: s.Kind},
			{Text: recorded(s.Elements), Facts: c.reported(Fact{"Files, tables and fields", s.Fields})},
			{Text: recorded(s.Secured), Facts: []Fact{{"Access is logged", recorded(s.AccessLog)}}},
			sensitive,
		}}
	}
	none := "Data stores are not recorded."
	if d.NothingStored {
		none = "The entity stores no account data anywhere."
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Flows of card data"},
		Table{
			Columns: []Column{{"Flow", 40, Strong}, {"Elements", 40, Plain}, {"Description", 62, Plain}, {"Diagrams", 28, Mono}}, Rows: flows,
			Empty: "Data flows are not recorded.",
		},
		Heading{Level: 2, Text: "Stores of account data"},
		Table{
			Columns: []Column{{"Store", 34, Strong}, {"Elements", 40, Plain}, {"How they are secured", 66, Plain}, {"Sensitive authentication data", 30, Plain}},
			Rows:    stores, Empty: none,
		},
	}
	if len(d.Stores) > 0 {
		blocks = append(blocks, Facts{Rows: c.reported(Fact{"Inventory that the list rests on", c.named(d.Inventory)})})
	}
	return blocks
}
