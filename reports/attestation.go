package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// attestation are the chapters of what an attestation asks for: who, what, the result,
// and the plan for what is not in place.
func (c *composer) attestation() []func() []Block {
	return slices.Concat([]func() []Block{c.cover, c.about}, parted([]part{
		attested("1", "Entity and assessors", "Who is assessed, and who assessed.", c.stands("Section 1"), c.entity, c.assessors, c.roles),
		attested("2", "What was assessed", c.described(),
			c.stands("Section 2 (business, payment channels, services for others)", "Section 3 (segmentation, products, form)", "Section 4 (the environment, locations, third parties)",
				"Section 1 (responses, days on site and remote)", "Appendix E (Not Applicable, Not Tested)"),
			c.business, c.channels, c.services, titled("The environment", c.surroundings), c.segmentation, c.locations, c.products,
			titled("Third parties", c.parties), c.grids,
			titled("Not Applicable", c.notApplicable), titled("Not Tested", c.notTested), c.eligibility, c.assessment),
		attested("3", "The result", "", c.stands("Section 1 (result, version and reviews)"), titled("The conclusion", c.concluded), c.openProblems, c.stage, c.signatures),
		attested("4", "The plan for what is not in place", "For each principal requirement whether something is Not in Place, and when it is to be met.", c.stands("Appendix F"), titled("By principal requirement", c.plan), c.remedies),
	}))
}

// stands says where the record of an assessment per testing procedure has what a part of
// its attestation repeats.
func (c *composer) stands(places ...string) func() []Block {
	return func() []Block {
		if !c.Assessment.Questionnaire.PerProcedure {
			return nil
		}
		return []Block{Paragraph{Text: "In the record of the assessment: " + strings.Join(places, ", ") + ".", Quiet: true}}
	}
}

// roles says what part assessors took whose work the entity's signature does not speak
// of.
func (c *composer) roles() []Block {
	blocks := []Block{Heading{Level: 2, Text: "The parts of QSA and ISA"}}
	e, _ := c.Assessment.Engagement()
	lead, company, took := c.qualified()
	qsa := "No QSA took part."
	if took {
		qsa = fmt.Sprintf("Led by %s of %s, who sign in Part 3.", recorded(lead)+told(", certificate ", c.certificate()), recorded(company))
	}
	rows := []Fact{{"QSA", qsa}}
	isa := Fact{"ISA", "No ISA took part."}
	for _, a := range e.Assessors {
		switch a.Role {
		case questionnaires.LeadAssessor, questionnaires.AssociateAssessor:
			rows = append(rows, Fact{"Part of " + a.Name, recorded(a.Part)})
		case questionnaires.InternalAssessor:
			isa.Value = "Took part, and signs for no company."
			rows = append(rows, Fact{"Part of " + a.Name + ", ISA", recorded(a.Part)})
		case questionnaires.OtherAssessor, questionnaires.NoRole:
		}
	}
	return append(blocks, Facts{Rows: append(rows, isa)})
}

// surroundings says in short what the environment is made of.
func (c *composer) surroundings() []Block {
	var networks, components, stores []string
	for _, n := range c.Scope.Environment.Networks {
		networks = append(networks, n.Name)
	}
	for _, t := range c.Scope.Environment.Components {
		components = append(components, fmt.Sprintf("%s (%s)", t.Type, number(t.Count)))
	}
	for _, s := range c.Scope.Data.Stores {
		stores = append(stores, s.Name)
	}
	stored := strings.Join(stores, ", ")
	if c.Scope.Data.NothingStored {
		stored = "no account data is stored anywhere"
	}
	return []Block{Facts{Rows: []Fact{
		{"Networks", recorded(strings.Join(networks, ", "))},
		{"Components", recorded(strings.Join(components, ", "))},
		{"Stores of account data", recorded(stored)},
	}}}
}

// grids count the responses of every principal requirement: once, or for a provider of
// services once for each that is assessed.
func (c *composer) grids() []Block {
	blocks := []Block{Heading{Level: 2, Text: "Responses by principal requirement"}}
	services := c.Assessment.AssessedServices()
	if len(services) == 0 {
		return append(blocks, c.numbers())
	}
	if len(services) > 1 {
		blocks = append(blocks, Paragraph{
			Text: "One assessment covers these services: its responses hold for each of them, but where a person recorded of a service that it stands otherwise.",
		})
	}
	for _, s := range services {
		blocks = append(
			blocks, Heading{Level: 3, Text: "Service: " + s.Name},
			Facts{Rows: append([]Fact{{"Type", recorded(s.Type)}, {"Role with card data", recorded(s.Role)}}, affects(s)...)}, c.numbersOf(s), c.exceptions(s),
		)
	}
	return blocks
}

// exceptions are where a service stands otherwise than the whole assessment.
func (c *composer) exceptions(s questionnaires.AssessedService) Block {
	rows := make([]Row, len(s.Exceptions))
	for i, e := range s.Exceptions {
		rows[i] = Row{Cells: []Cell{{Text: e.Requirement.String()}, {Pill: pill(e.Response)}, {Text: recorded(e.Reason)}}}
	}
	return Table{
		Columns: []Column{{"Otherwise for " + s.Name, 46, Strong}, {"Response", 38, Plain}, {"Reason", 86, Plain}}, Rows: rows,
		Empty: "Every response of the assessment holds for this service.",
	}
}

// assessment says when and how was assessed.
func (c *composer) assessment() []Block {
	e, _ := c.Assessment.Engagement()
	legal := "no"
	switch o := c.Assessment.Outcome(questionnaires.DayOf(c.Date)); {
	case len(o.Legal) > 0:
		legal = "yes: " + idList(o.Legal)
	case o.Extent == questionnaires.ExtentOpen:
		legal = "not yet known: not everything is answered"
	}
	return append(c.days(), Facts{Rows: []Fact{
		{"Assessment", span(e.Start, e.End)},
		{"A law stands against a requirement", legal},
	}})
}

// concluded says what a named person concluded, what the answers would allow, and what
// an executive of the entity stands for.
func (c *composer) concluded() []Block {
	return append(c.conclusions(), c.acknowledged()...)
}

// plan says of every principal requirement whether something of it is Not in Place, and
// until when that is to be remedied.
func (c *composer) plan() []Block {
	rows := make([]Row, 0, len(c.progress.Principals))
	for _, p := range c.progress.Principals {
		rows = append(rows, c.planOf(p))
	}
	return []Block{Table{
		Columns: []Column{{"Requirement", 38, Strong}, {"In short", 36, Plain}, {"Target date", 20, Plain}, {"What is missing, and what is planned", 76, Plain}}, Rows: rows,
	}}
}

func (c *composer) planOf(p questionnaires.PrincipalProgress) Row {
	var actions []string
	var target questionnaires.Day
	for _, r := range c.Assessment.Requirements() {
		revision := c.Assessment.Current(r.ID)
		if r.ID.Principal() != p.ID || revision.Response != questionnaires.NotInPlace {
			continue
		}
		target = max(target, revision.Remedy.Target)
		action := recorded(revision.Remedy.Plan)
		if revision.Remedy.Legal {
			action = "a law stands against it: " + recorded(revision.Remedy.Law)
		}
		actions = append(actions, fmt.Sprintf("%s: %s", r.ID, action))
	}
	short := Pill{"nothing Not in Place", Neutral}
	switch {
	case len(actions) > 0:
		short = Pill{fmt.Sprintf("%d Not in Place", len(actions)), Bad}
	case p.Answered < p.Total:
		short = Pill{fmt.Sprintf("%d not answered", p.Total-p.Answered), Open}
	}
	last := Cell{Text: string(target)}
	if len(actions) > 0 && target == "" {
		last.Text = notRecorded
	}
	return Row{Cells: []Cell{{Text: principalName(p.ID), Note: p.Title}, {Pill: short}, last, {Text: strings.Join(actions, "\n")}}}
}
