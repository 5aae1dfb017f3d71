package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// newFreshness lists for how long each kind counts.
func newFreshness(d *Desk) *Roll {
	return newRoll(d, "Freshness", "For how many days evidence and records count from the day on which they were collected or done. What is older is stale: marked in lists, and a problem of what is In Place and rests on nothing else.",
		"", func() []rollRow {
			var rows []rollRow
			for _, l := range d.picture.Assessment.FreshnessLimits() {
				rows = append(rows, d.freshnessRow(l))
			}
			return rows
		})
}

func (d *Desk) freshnessRow(l questionnaires.FreshnessLimit) rollRow {
	state, by := sign{"·", "default", theme.Muted}, ""
	switch {
	case l.Beside > 0:
		state = sign{"!", "in conflict", theme.Warning}
	case !l.Entry.IsZero() && l.Assessment == "":
		state = sign{"✓", "the vault's", theme.Plain}
	case !l.Entry.IsZero():
		state = sign{"✓", "this one's", theme.Plain}
	}
	if !l.Entry.IsZero() {
		by = " Set by " + l.Author.Name + " on " + string(questionnaires.DayOf(l.Time)) + "."
	}
	set := opens("set", "change the limit, with the reason", d.fixed(), func() tea.Cmd { return push(freshnessForm(d, l)) })
	return rollRow{sign: state, name: l.Of, text: l.String(), about: l.Reason + "." + by, keys: []Binding{set}}
}

// limitBegun is a limit as it is being written; what is nil was not said.
type limitBegun struct {
	days, warn *int
	reason     string
	all        bool
}

func freshnessForm(d *Desk, l questionnaires.FreshnessLimit) *Form {
	value := &limitBegun{days: &l.Days, warn: &l.Warn}
	type b = limitBegun
	return heldForm(d, "Limit of "+l.Of, "For how long "+l.Of+" counts: now "+l.String()+".", value, func(*Picture) []blank[b] {
		return []blank[b]{
			counted("Days", "For how many days it counts; 0 is for ever.", true, func(b *b) **int { return &b.days }),
			counted("Warned", "How many days before the end is warned.", true, func(b *b) **int { return &b.warn }),
			long("Reason", "Why.", true, func(b *b) *string { return &b.reason }),
			either("Every assessment", "Of this vault that has no limit of its own, and not of this one alone.", false, func(b *b) *bool { return &b.all }),
		}
	}, sending{form: formKey("Limit", l.Of), label: "set", help: "set the limit", said: "limit of " + l.Of + " set", rule: func() rule {
		begun := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			set := questionnaires.FreshnessLimit{Of: l.Of, Assessment: a.Details.ID, Days: *begun.days, Warn: *begun.warn, Reason: begun.reason}
			if begun.all {
				set.Assessment = ""
			}
			return a.SetFreshness(set)
		}
	}})
}
