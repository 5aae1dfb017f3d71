package questionnaires

import (
	"slices"
	"strings"
	"time"
)

// Mine is what of an assessment is one author's: what they answered, and what waits for
// them.
type Mine struct {
	Author   Author
	Roles    []AssessorRole  // that the engagement gives to somebody of their name
	Answered []RequirementID // of which the answer that counts is theirs, in order
	Problems []Problem       // of what they answered
	Notes    []ReviewNote    // that wait for them
	Approve  []Acceptance    // that another asked for, and nobody approved yet
	Due      []Deadline      // of what they answered, and those that name them
}

// Mine returns what is an author's at a moment. Who is named as the owner of a request,
// or as an assessor, is told by the name, which is all that is written of them.
func (a *Assessment) Mine(author Author, at time.Time) (Mine, error) {
	day := a.DayAt(at)
	m := Mine{Author: author, Notes: a.NotesFor(author.ID)}
	engagement, _ := a.Engagement()
	for _, named := range engagement.Assessors {
		if SameName(named.Name, author.Name) {
			m.Roles = append(m.Roles, named.Role)
		}
	}
	for _, id := range a.Questionnaire.Requirements {
		if r := a.Current(id); r.Verified && r.Author.ID == author.ID {
			m.Answered = append(m.Answered, id)
		}
	}
	answered := func(id RequirementID) bool { return slices.Contains(m.Answered, id) }
	for _, p := range a.ProblemsOn(day) {
		if answered(p.Requirement) {
			m.Problems = append(m.Problems, p)
		}
	}
	accepted, err := a.history.Acceptances()
	if err != nil {
		return m, err
	}
	for _, one := range accepted {
		if one.State(at) == AcceptancePending && one.Asked.ID != author.ID {
			m.Approve = append(m.Approve, one)
		}
	}
	due, err := a.Deadlines(day)
	for _, one := range due.All {
		if answered(one.Requirement) || one.Whose != "" && SameName(one.Whose, author.Name) {
			m.Due = append(m.Due, one)
		}
	}
	return m, err
}

// Waits reports whether something of it is to be done now.
func (m Mine) Waits() bool {
	return len(m.Problems)+len(m.Notes)+len(m.Approve) > 0 || slices.ContainsFunc(m.Due, func(one Deadline) bool { return one.State.Attention() })
}

// SameName compares the names of people without regard to case and spaces.
func SameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}
