package questionnaires

import (
	"fmt"
	"slices"
)

// ChecklistRevision is that of the checklists below. A review names the revision that
// it answered: items that come later do not make an earlier pass incomplete.
const ChecklistRevision = 1

// ChecklistItem is one thing that a reviewer looks for in a section.
type ChecklistItem struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// CheckState is what a reviewer says of an item of a checklist.
type CheckState int

// The states. A section passes once each item is found, or does not apply.
const (
	NotChecked CheckState = iota
	CheckFound
	CheckMissing
	CheckNotApplicable
)

var checkStates = [...]string{"", "yes", "no", "not-applicable"}

// String returns the state's text, "" where nothing was said.
func (s CheckState) String() string { return textOf(checkStates[:], int(s)) }

// MarshalText writes what String returns.
func (s CheckState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *CheckState) UnmarshalText(b []byte) error {
	i, err := indexOf("answer to a checklist", checkStates[:], string(b))
	*s = CheckState(i)
	return err
}

// CheckedItem is an item of a checklist as a reviewer answered it.
type CheckedItem struct {
	Item  string     `json:"item"`
	State CheckState `json:"state"`
}

// The checklists, by kind of section. Ids are permanent: signed reviews name them.
var (
	engagementChecks = []ChecklistItem{
		{"people", "Everybody who assessed is named, with role and certificate, and nobody else is"},
		{"independence", "What could touch the assessors' independence is stated, services by the same company included"},
		{"dates", "Days on site and remote fall within the assessment, and remote testing has its reason"},
		{"conclusion", "The conclusion is a named person's, and the answers allow it"},
	}
	scopeChecks = []ChecklistItem{
		{"channels", "Every payment channel and every flow of card data has its place in the scope"},
		{"boundary", "What was left out is named, and what keeps it apart was tested"},
		{"parties", "Every third party has a current attestation that covers what it does here, or was assessed"},
		{"form", "The form is one that the entity may use, and its answers on that are still true"},
	}
	evidenceChecks = []ChecklistItem{
		{"requests", "What was asked of the client came and was looked at, or was withdrawn for a reason"},
		{"period", "Evidence falls in the period assessed, and none is newer than the report"},
		{"provenance", "Each item says how it was obtained, and what was not searched or not seen is said"},
		{"samples", "Each sample names its population, its size and how it was drawn, and the size has a rationale"},
	}
	recordsChecks = []ChecklistItem{
		{"scans", "Scans and tests cover the scope and the period, and what they found was looked at again"},
		{"testers", "Who tested is named, qualified and independent of what was tested"},
		{"recurring", "What is to be done again and again was done in time, or what was missed is reported"},
		{"analyses", "Each targeted risk analysis is whole and was reviewed within the year"},
	}
	answersChecks = []ChecklistItem{
		{"follows", "Each response follows from the evidence that it cites"},
		{"own-words", "Each narrative speaks of this entity and this year, and repeats neither the requirement nor last year's text"},
		{"not-applicable", "What is Not Applicable or Not Tested has a reason that was verified"},
		{"compensating", "Compensating controls and customized approaches are documented as a whole and were tested"},
		{"contradictions", "No response contradicts another one, or what was collected"},
	}
)

// Checklist returns what a reviewer of a section looks for.
func (s Section) Checklist() []ChecklistItem {
	switch s {
	case EngagementSection:
		return engagementChecks
	case ScopeSection:
		return scopeChecks
	case EvidenceSection:
		return evidenceChecks
	case RecordsSection:
		return recordsChecks
	}
	return answersChecks
}

// checkChecklist refuses what is no item of the section's checklist, and an item that is
// answered twice.
func (s Section) checkChecklist(given []CheckedItem) error {
	items := s.Checklist()
	for i, c := range given {
		switch {
		case !slices.ContainsFunc(items, func(item ChecklistItem) bool { return item.ID == c.Item }):
			return fmt.Errorf("its checklist has no item %.40q", c.Item)
		case slices.ContainsFunc(given[:i], func(o CheckedItem) bool { return o.Item == c.Item }):
			return fmt.Errorf("item %s of its checklist is answered twice", c.Item)
		}
	}
	return nil
}

// passable reports why a checklist keeps a section from passing.
func (s Section) passable(given []CheckedItem) error {
	if err := s.checkChecklist(given); err != nil {
		return err
	}
	for _, item := range s.Checklist() {
		i := slices.IndexFunc(given, func(c CheckedItem) bool { return c.Item == item.ID })
		if i < 0 || given[i].State == NotChecked {
			return fmt.Errorf("item %s of its checklist is not answered", item.ID)
		}
		if given[i].State == CheckMissing {
			return fmt.Errorf("item %s is answered no: return the section with the reason", item.ID)
		}
	}
	return nil
}
