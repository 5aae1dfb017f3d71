package questionnaires

import (
	"fmt"
	"maps"
	"slices"
)

// Wording is a text of ours, and where it stands.
type Wording struct {
	Place string // such as question of 1.2.1
	Text  string
}

// Wordings returns every text of the catalogue that is meant to be in our own words.
func (c *Catalogue) Wordings() []Wording {
	var all []Wording
	add := func(text, place string, args ...any) {
		if text != "" {
			all = append(all, Wording{fmt.Sprintf(place, args...), text})
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(c.principals), RequirementID.Compare) {
		add(c.principals[id], "title of %s", id)
	}
	for _, r := range c.requirements {
		add(r.Title, "title of %s", r.ID)
		add(r.Question, "question of %s", r.ID)
		add(r.Evidence, "evidence of %s", r.ID)
		add(r.Frequency, "frequency of %s", r.ID)
		for _, l := range r.InformedBy {
			add(l.Part, "part of %s in %s", l.Procedure, l.Check)
			add(l.Why, "reason of %s in %s", l.Procedure, l.Check)
		}
	}
	for _, q := range c.questionnaires {
		add(q.Title, "title of %s", q.Code)
	}
	if c.eligibility != nil {
		c.eligibility.wordings(add)
	}
	if c.matrix != nil {
		c.matrix.wordings(add)
	}
	return all
}

// Wordings returns every text of a definition.
func (d Definition) Wordings() []Wording {
	all := []Wording{{"title", d.Title}}
	for _, s := range d.Sections {
		all = append(all, Wording{"title of a section", s.Title})
		for _, q := range s.Questions {
			all = append(all, Wording{"title of " + q.ID.String(), q.Title}, Wording{"question of " + q.ID.String(), q.Question},
				Wording{"evidence of " + q.ID.String(), q.Evidence}, Wording{"frequency of " + q.ID.String(), q.Frequency})
			for _, c := range q.Checks {
				all = append(all, Wording{"part of " + q.ID.String() + " in " + c.ID, c.Part})
			}
		}
	}
	return all
}

func (r *EligibilityRules) wordings(add func(text, place string, args ...any)) {
	for _, q := range r.Questions() {
		add(q.Text, "eligibility question %s", q.ID)
		add(q.Help, "help of eligibility question %s", q.ID)
		for i, text := range q.Earlier {
			add(text, "version %d of eligibility question %s", i+1, q.ID)
		}
		for _, choice := range q.Choices {
			add(choice.Text, "choice %s of eligibility question %s", choice.Value, q.ID)
		}
	}
	for _, f := range r.Forms() {
		add(f.Name, "name of %s", f.Form)
		add(f.Unsupported, "note on %s", f.Form)
		for _, criterion := range f.Criteria {
			add(criterion.Text, "criterion %s of %s", criterion.Question, f.Form)
		}
	}
	add(r.words.Reminder, "reminder of eligibility")
}

func (m *ResponsibilityMatrix) wordings(add func(text, place string, args ...any)) {
	for _, p := range m.platforms {
		add(p.Source, "source of responsibilities on %s", p.Platform)
	}
	for _, d := range m.duties {
		add(d.Title, "duty %q", d.Title)
		add(d.Provider, "provider's part of duty %q", d.Title)
		add(d.Customer, "customer's part of duty %q", d.Title)
		for _, platform := range Platforms() {
			add(d.Notes[platform], "note on duty %q on %s", d.Title, platform)
		}
		add(d.Source, "source of duty %q", d.Title)
	}
}
