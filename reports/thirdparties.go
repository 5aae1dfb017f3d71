package reports

import (
	"cmp"
	"strings"

	"tickmark/questionnaires"
)

// notStated stands where the scope does not answer a question.
const notStated = "not stated"

// partyName is who answers for a requirement, in the words of a matrix.
func partyName(p questionnaires.Party, provider string) string {
	switch p {
	case questionnaires.ProviderParty:
		return provider
	case questionnaires.CustomerParty:
		return "the entity"
	case questionnaires.BothParties:
		return provider + " and the entity"
	case questionnaires.UnknownParty:
	}
	return notRecorded
}

// thirdParties lists who data is shared with or who affects its security, and the
// matrix of responsibilities that 12.8.5 asks for.
func (c *composer) thirdParties() []Block {
	blocks := append([]Block{Heading{Level: 1, Text: "Third parties", Anchor: "third-parties"}}, c.parties()...)
	if c.Scope.NoThirdParties || len(c.Scope.ThirdParties) == 0 {
		return blocks
	}
	var duties []Row
	for _, p := range c.Scope.ThirdParties {
		duties = append(duties, c.duties(p)...)
	}
	return append(
		blocks, Heading{Level: 2, Text: "Who answers for what (12.8.5)"},
		Table{
			Columns: []Column{{"Requirement", 60, Strong}, {"Third party", 34, Plain}, {"Answers for it", 32, Plain}, {"Note", 44, Plain}}, Rows: duties,
			Empty: "It is not recorded who answers for what.",
		},
	)
}

// parties answers what third parties do, and lists who data is shared with or who
// affects its security.
func (c *composer) parties() []Block { return []Block{c.involved(), c.shared()} }

// involved answers the questions that an attestation asks of all third parties.
func (c *composer) involved() Block {
	var rows []Row
	for _, in := range questionnaires.Involvements() {
		said := c.Scope.Involved(in)
		row := Row{Cells: []Cell{{Text: "A third party " + in.Title()}, {Text: cmp.Or(said.Answer.String(), notStated)}, {Text: strings.Join(said.By, ", ")}}}
		if len(said.Silent) > 0 {
			row.Cells[2].Note = notStated + " of " + strings.Join(said.Silent, ", ")
		}
		rows = append(rows, row)
	}
	return Table{Columns: []Column{{"For the entity", 84, Strong}, {"Answer", 26, Plain}, {"Who", 60, Plain}}, Rows: rows}
}

func (c *composer) shared() Block {
	all := c.Scope.ThirdParties
	if c.Scope.NoThirdParties {
		return Paragraph{Text: "The entity shares account data with no third party, and none could affect its security."}
	}
	rows := make([]Row, len(all))
	for i, p := range all {
		rows[i] = Row{Cells: []Cell{
			{Text: p.Name}, {Text: recorded(p.Data), Facts: []Fact{{"Purpose", recorded(p.Purpose)}}}, {Text: recorded(p.Services)}, attestation(p),
		}}
	}
	return Table{
		Columns: []Column{{"Third party", 34, Strong}, {"Data shared", 48, Plain}, {"Services", 46, Plain}, {"Attestation of its own", 42, Plain}}, Rows: rows,
		Empty: "Third parties are not recorded.",
	}
}

func attestation(p questionnaires.ThirdParty) Cell {
	if p.CoveredHere && p.Attestation == (questionnaires.ThirdPartyAttestation{}) {
		return Cell{Text: "none: its services are covered by this assessment"}
	}
	return Cell{Text: "dated " + recorded(string(p.Attestation.Date)), Note: "PCI DSS version " + recorded(p.Attestation.Version)}
}

// duties are the lines of a third party in the matrix. A branch names what of the form
// it covers.
func (c *composer) duties(p questionnaires.ThirdParty) []Row {
	if len(p.Duties) == 0 {
		return []Row{{Cells: []Cell{{Text: notRecorded}, {Text: p.Name}, {Text: notRecorded}, {}}}}
	}
	alone := questionnaires.Scope{ThirdParties: []questionnaires.ThirdParty{p}}
	rows := make([]Row, len(p.Duties))
	for i, d := range p.Duties {
		var covered []string
		for _, id := range c.Assessment.Questionnaire.Requirements {
			if shares := alone.ThirdPartyDuties(id); len(shares) > 0 && shares[0].Requirement == d.Requirement && id != d.Requirement {
				covered = append(covered, id.String())
			}
		}
		rows[i] = Row{Cells: []Cell{
			{Text: d.Requirement.String(), Note: strings.Join(covered, ", ")},
			{Text: p.Name},
			{Text: partyName(d.Party, "the third party")},
			{Text: d.Note},
		}}
	}
	return rows
}
