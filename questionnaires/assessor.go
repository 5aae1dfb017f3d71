package questionnaires

import (
	"fmt"
	"strings"
)

// AssessorRole is what an assessor does in an engagement.
type AssessorRole int

// The roles.
const (
	NoRole AssessorRole = iota
	LeadAssessor
	AssociateAssessor
	InternalAssessor // ISA, of the entity itself
	OtherAssessor
)

var assessorRoles = [...]string{"", "lead", "associate", "isa", "other"}

// AssessorRoles returns every role.
func AssessorRoles() []AssessorRole {
	return []AssessorRole{LeadAssessor, AssociateAssessor, InternalAssessor, OtherAssessor}
}

// String returns the role's text, "" for none.
func (r AssessorRole) String() string { return textOf(assessorRoles[:], int(r)) }

// MarshalText writes what String returns.
func (r AssessorRole) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *AssessorRole) UnmarshalText(b []byte) error {
	i, err := indexOf("role of an assessor", assessorRoles[:], string(b))
	*r = AssessorRole(i)
	return err
}

// Qualified reports whether the role is that of a QSA or an ISA.
func (r AssessorRole) Qualified() bool {
	return r == LeadAssessor || r == AssociateAssessor || r == InternalAssessor
}

// Assessor is a person who assesses.
type Assessor struct {
	Name        string       `json:"name"`
	Role        AssessorRole `json:"role,omitzero"`
	Company     string       `json:"company,omitempty"`
	Certificate string       `json:"certificate,omitempty"` // number
	Mentor      string       `json:"mentor,omitempty"`      // of an associate
	Contact     string       `json:"contact,omitempty"`     // telephone, e-mail
	Part        string       `json:"part,omitempty"`        // taken in the assessment: what was tested, or how else was helped
}

func (a Assessor) check(b *bounds) {
	b.line("company of an assessor", a.Company)
	b.line("certificate of an assessor", a.Certificate)
	b.line("mentor of an assessor", a.Mentor)
	b.line("contact of an assessor", a.Contact)
	b.text("part of an assessor", a.Part)
}

func (a Assessor) lacks() []string {
	fields := []field{{"role", a.Role.String()}, {"company", a.Company}}
	if a.Role.Qualified() {
		fields = append(fields, field{"certificate number", a.Certificate})
	}
	if a.Role == AssociateAssessor {
		fields = append(fields, field{"mentor", a.Mentor})
	}
	return missing(fields)
}

// Reviewer is who reviews the report for quality before it is issued, and none of
// those who assessed.
type Reviewer struct {
	Name        string `json:"name,omitempty"`
	Company     string `json:"company,omitempty"`
	Credentials string `json:"credentials,omitempty"`
}

func (r Reviewer) check(b *bounds) {
	b.line("QA reviewer's name", r.Name)
	b.line("QA reviewer's company", r.Company)
	b.line("QA reviewer's credentials", r.Credentials)
}

func (r Reviewer) lacks() []string {
	return missing([]field{{"name", r.Name}, {"company", r.Company}, {"credentials", r.Credentials}})
}

// CompanyOfficer is who is authorised to sign for the assessors' company.
type CompanyOfficer struct {
	Name  string `json:"name,omitempty"`
	Title string `json:"title,omitempty"`
}

func (o CompanyOfficer) check(b *bounds) {
	b.line("name of the company's officer", o.Name)
	b.line("title of the company's officer", o.Title)
}

// samePerson reports whether two names are one, however they are written.
func samePerson(x, y string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return fold(x) != "" && fold(x) == fold(y)
}

// reviewed names the rule that a reviewer breaks beside the assessors, "" if none.
func (r Reviewer) broken(assessors []Assessor) string {
	for _, a := range assessors {
		if samePerson(r.Name, a.Name) {
			return fmt.Sprintf("%s reviews the report and is one of its assessors: who reviews is none of them", r.Name)
		}
	}
	return ""
}
