package reports

import (
	"cmp"
	"strings"

	"tickmark/questionnaires"
)

// The signature fields of a paper. All that it needs are there from the start, so that
// whoever verifies it sees which one is still empty.
const (
	preparerField   = "preparer"
	officerField    = "officer"
	leadField       = "lead-qsa"
	qsaOfficerField = "qsa-officer"
)

// signatures are the cards of those who sign: an executive officer of the entity, and
// where a QSA took part the lead of the assessors and an officer of their company. An
// ISA signs for no company and has none.
func (c *composer) signatures() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Signatures", Anchor: "signatures"},
		Paragraph{Text: "A signature covers every page of this file and the manifest of evidence inside it. Whoever changes anything afterwards breaks it. " +
			"The signer answers for the record as it stands; a signature makes it neither an attestation nor an official form."},
		c.preparer("Answers for the responses, and for the evidence being what was collected."),
		SignatureBlock{
			Field: officerField, Role: "Executive officer", Person: c.officer(),
			Note: "Has read this record. The field stays empty until the officer signs.",
		},
	}
	lead, company, took := c.qualified()
	if !took {
		return blocks
	}
	return append(
		blocks,
		SignatureBlock{
			Field: leadField, Role: "Lead QSA", Person: lead,
			Note: "Led the assessment that this record is of. The field stays empty until the lead QSA signs.",
		},
		SignatureBlock{
			Field: qsaOfficerField, Role: "Officer of the QSA company", Person: company,
			Note: "Signs for the company of the assessors. The field stays empty until the officer signs.",
		},
	)
}

// preparer has room for who prepared the paper.
func (c *composer) preparer(note string) Block {
	return SignatureBlock{Field: preparerField, Role: "Prepared by", Person: cmp.Or(strings.Join(c.people(), ", "), "nobody has answered yet"), Note: note}
}

// officer is who signs for the entity: the executive who vouched for the answers, or
// whoever the entity sends.
func (c *composer) officer() string {
	if k := c.Edition.Vouched; k != nil {
		return k.Name + ", " + k.Title + ", " + c.Assessment.Entity
	}
	return c.Assessment.Entity
}

// qualified names the lead of the QSAs and their company, and whether any took part.
func (c *composer) qualified() (lead, company string, took bool) {
	e, _ := c.Assessment.Engagement()
	for _, a := range e.Assessors {
		if a.Role == questionnaires.LeadAssessor {
			lead, company = cmp.Or(lead, a.Name), cmp.Or(company, a.Company)
		}
	}
	return recorded(lead), recorded(company), e.AssessedByQSA()
}
