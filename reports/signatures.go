package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
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

// Signatory is who is to sign a paper, as the vault names them.
type Signatory struct {
	Field  string // of the signature
	Role   string
	Person string // as the card on the paper says
	// Named are the names of the people whom the vault names for it, none where it names
	// nobody. Authors are those among them who write in the vault.
	Named   []string
	Authors []engine.Digest
	note    string
}

// Signatories are those who sign a paper of a kind about an assessment: its preparer, an
// executive officer of the entity, and where a QSA took part the lead of the assessors and
// an officer of their company. An ISA signs for no company and has no field.
func Signatories(a *questionnaires.Assessment, kind Kind) ([]Signatory, error) {
	c := &composer{Dossier: Dossier{Kind: kind, Assessment: a}}
	if err := c.loadEdition(); err != nil {
		return nil, fmt.Errorf("tell who signs: %w", err)
	}
	if kind == Summary {
		return []Signatory{c.preparer("")}, nil
	}
	return c.signatories(), nil
}

// signatures are the cards of those who sign.
func (c *composer) signatures() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Signatures", Anchor: "signatures"},
		Paragraph{Text: "A signature covers every page of this file and the manifest of evidence inside it. Whoever changes anything afterwards breaks it. " +
			"The signer answers for the record as it stands; a signature makes it neither an attestation nor an official form."},
	}
	for _, s := range c.signatories() {
		blocks = append(blocks, s.card())
	}
	return blocks
}

func (s Signatory) card() Block {
	return SignatureBlock{Field: s.Field, Role: s.Role, Person: s.Person, Note: s.note}
}

func (c *composer) signatories() []Signatory {
	officer := Signatory{
		Field: officerField, Role: "Executive officer", Person: c.officer(),
		note: "Has read this record. The field stays empty until the officer signs.",
	}
	if k := c.Edition.Vouched; k != nil {
		officer.Named = []string{k.Name}
		if c.Edition.themselves() {
			officer.Authors = []engine.Digest{k.Author.ID}
		}
	}
	all := []Signatory{c.preparer("Answers for the responses, and for the evidence being what was collected."), officer}
	lead, company, took := c.qualified()
	if !took {
		return all
	}
	leader := Signatory{
		Field: leadField, Role: "Lead QSA", Person: recorded(lead),
		note: "Led the assessment that this record is of. The field stays empty until the lead QSA signs.",
	}
	if lead != "" {
		leader.Named = []string{lead}
	}
	signs := Signatory{
		Field: qsaOfficerField, Role: "Officer of the QSA company", Person: recorded(company),
		note: "Signs for the company of the assessors. The field stays empty until the officer signs.",
	}
	if e, _ := c.Assessment.Engagement(); e.Officer.Name != "" {
		signs.Person, signs.Named = officerOf(e.Officer)+", "+recorded(company), []string{e.Officer.Name}
	}
	return append(all, leader, signs)
}

// preparer is whoever prepared the paper: one of those who answered, issued it or concluded.
func (c *composer) preparer(note string) Signatory {
	s := Signatory{Field: preparerField, Role: "Prepared by", note: note}
	s.Person = cmp.Or(strings.Join(c.people(), ", "), "nobody has answered yet")
	add := func(a questionnaires.Author) {
		if !a.ID.IsZero() && !slices.Contains(s.Authors, a.ID) {
			s.Named, s.Authors = append(s.Named, a.Name), append(s.Authors, a.ID)
		}
	}
	for _, r := range c.Assessment.Requirements() {
		if revision := c.Assessment.Current(r.ID); !revision.Entry.IsZero() {
			add(revision.Author)
		}
	}
	if v := c.Edition.Issued; v != nil {
		add(v.By)
	}
	if by := c.Assessment.Conclusion.Person; by != "" && !slices.Contains(s.Named, by) {
		s.Named = append(s.Named, by)
	}
	return s
}

// officer is who signs for the entity: the executive who vouched for the answers, or
// whoever the entity sends.
func (c *composer) officer() string {
	if k := c.Edition.Vouched; k != nil {
		return k.Name + ", " + k.Title + ", " + c.Assessment.Entity
	}
	return c.Assessment.Entity
}

// certificate is the number of the lead's, "" where nobody recorded it.
func (c *composer) certificate() string {
	e, _ := c.Assessment.Engagement()
	for _, a := range e.Assessors {
		if a.Role == questionnaires.LeadAssessor {
			return a.Certificate
		}
	}
	return ""
}

// qualified names the lead of the QSAs and their company, and whether any took part.
func (c *composer) qualified() (lead, company string, took bool) {
	e, _ := c.Assessment.Engagement()
	for _, a := range e.Assessors {
		if a.Role == questionnaires.LeadAssessor {
			lead, company = cmp.Or(lead, a.Name), cmp.Or(company, a.Company)
		}
	}
	return lead, company, e.AssessedByQSA()
}
