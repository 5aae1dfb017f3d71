package questionnaires

import (
	"fmt"
	"slices"
	"strings"
)

// Section is a part of an assessment that is reviewed as a whole: what stands around
// the answers, or the answers to one principal requirement. It is written as text, such
// as "scope", "requirement-8" or "requirement-a1".
type Section string

// The sections around the answers.
const (
	EngagementSection Section = "engagement" // who assesses, when and how, and the conclusion
	ScopeSection      Section = "scope"      // what is looked at, the form, third parties
	EvidenceSection   Section = "evidence"   // requests, what came, populations and samples
	RecordsSection    Section = "records"    // scans, tests, risk analyses, what recurs
)

// sectionPrefix is how the section of a principal requirement begins.
const sectionPrefix = "requirement-"

// SectionOf is the section in which a requirement is answered.
func SectionOf(id RequirementID) Section {
	return Section(sectionPrefix + strings.ToLower(id.Principal().String()))
}

// Principal is the principal requirement of a section, the zero id of another one.
func (s Section) Principal() RequirementID {
	text, is := strings.CutPrefix(string(s), sectionPrefix)
	if !is {
		return RequirementID{}
	}
	id, err := ParseRequirementID(strings.ToUpper(text))
	if err != nil {
		return RequirementID{}
	}
	return id.Principal()
}

// Title is what people call the section.
func (s Section) Title() string {
	switch s {
	case EngagementSection:
		return "Engagement and conclusion"
	case ScopeSection:
		return "Scope and environment"
	case EvidenceSection:
		return "Requests, evidence and sampling"
	case RecordsSection:
		return "Records and what recurs"
	}
	return "Requirement " + s.Principal().String()
}

// Sections are the parts of the assessment that are reviewed, in order: an
// organisation's own questionnaire has no scope and no engagement of its own.
func (a *Assessment) Sections() []Section {
	all := []Section{EngagementSection, ScopeSection, EvidenceSection, RecordsSection}
	if a.Questionnaire.Own() {
		all = []Section{EngagementSection, EvidenceSection}
	}
	for _, id := range a.Questionnaire.Requirements {
		if s := SectionOf(id); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// Section returns the section that a text names: scope, requirement-8, or 8 alone.
func (a *Assessment) Section(text string) (Section, error) {
	all := a.Sections()
	for _, named := range []Section{Section(strings.ToLower(text)), Section(sectionPrefix + strings.ToLower(text))} {
		if slices.Contains(all, named) {
			return named, nil
		}
	}
	return "", fmt.Errorf("find section %.40q: the assessment has %s", text, namedSections(all))
}

// namedSections are sections as people may write them.
func namedSections(all []Section) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = strings.TrimPrefix(string(s), sectionPrefix)
	}
	return strings.Join(names, ", ")
}
