package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SeedRequests returns the drafts that ask for what the questionnaire wants to see: one
// request per section of the standard (1.2, 8.3), which is how people who run a control
// keep its papers, with the evidence that the catalogue wants for each requirement. What
// was asked for so before, withdrawn or not, is not asked for again, nor is what was
// answered Not Applicable or Not Tested. Owner, system and due day are defaults; where
// no period is given it is the assessment's, where no system is, the scope's. NewID
// draws the ids.
func (a *Assessment) SeedRequests(defaults Request, newID func() (ID, error)) ([]Draft, error) {
	_, last, err := a.history.Requests()
	if err != nil {
		return nil, err
	}
	if defaults.From == "" && defaults.To == "" {
		defaults.From, defaults.To = periodOf(a.Details)
	}
	var drafts []Draft
	for _, rows := range a.sections() {
		r := defaults
		r.Seed = rows[0].ID.Section().String()
		r.What, r.Requirements, r.Procedures = a.wanted(rows), nil, nil
		for _, row := range rows {
			r.Requirements = append(r.Requirements, row.ID)
		}
		if r.System == "" {
			r.System = a.systemsOf(rows[0].ID.Principal())
		}
		if r.ID, err = newID(); err != nil {
			return nil, err
		}
		last++
		r.Number = last
		draft, err := a.ask(r)
		if err != nil {
			return nil, fmt.Errorf("seed requests of %s: %w", r.Seed, err)
		}
		drafts = append(drafts, draft)
	}
	if len(drafts) == 0 {
		return nil, ErrSeeded
	}
	return drafts, nil
}

// ErrSeeded says that everything was asked for before.
var ErrSeeded = errors.New("seed requests: all that the questionnaire wants to see was asked for before")

// periodOf is the period assessed, as far as it is set.
func periodOf(d AssessmentDetails) (from, to Day) {
	if !d.From.IsZero() {
		from = DayOf(d.From)
	}
	if !d.To.IsZero() {
		to = DayOf(d.To)
	}
	return from, to
}

// sections are the requirements that still have to be asked for, by section, in the
// order of the standard.
func (a *Assessment) sections() [][]Requirement {
	asked := map[RequirementID]bool{}
	for _, r := range a.Requests() {
		for _, id := range r.seeded {
			asked[id] = true
		}
	}
	var all [][]Requirement
	for _, r := range a.Requirements() {
		response := a.Current(r.ID).Response
		if asked[r.ID] || blank(r.Evidence) || response == NotApplicable || response == NotTested {
			continue
		}
		if n := len(all); n > 0 && all[n-1][0].ID.Section() == r.ID.Section() {
			all[n-1] = append(all[n-1], r)
			continue
		}
		all = append(all, []Requirement{r})
	}
	return all
}

// wanted says what is wanted for some requirements of one section: a line that names
// them, and a line for each.
func (a *Assessment) wanted(rows []Requirement) string {
	section := rows[0].ID.Section()
	first := fmt.Sprintf("%s %s: %s", section, a.PrincipalTitle(section.Principal()), rows[0].Title)
	if n := len(rows) - 1; n > 0 {
		first += fmt.Sprintf(", and %d more", n)
	}
	lines := []string{first}
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %s: %s", r.ID, r.Title, r.Evidence))
	}
	return strings.Join(lines, "\n")
}

// organisational are the principal requirements whose papers are of the whole entity.
var organisational = []string{"9", "12"}

// systemsOf names what the scope classes as cardholder data environment, for papers of a
// principal requirement that are of systems; "" where it classes nothing so.
func (a *Assessment) systemsOf(principal RequirementID) string {
	var names []string
	for _, c := range a.Classes() {
		if c.Class == CardholderEnvironment {
			names = append(names, c.Selection.String())
		}
	}
	if len(names) == 0 || slices.Contains(organisational, principal.String()) {
		return ""
	}
	environment := strings.ToLower(CardholderEnvironment.Title())
	if text := environment + ": " + strings.Join(names, "; "); checkLine("system", text, maxSystem) == nil {
		return text
	}
	return environment
}
