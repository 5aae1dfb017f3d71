package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// held says who answers for a requirement on a platform, the default where nothing is
// confirmed.
func (d *Desk) held(platform questionnaires.Platform, id questionnaires.RequirementID) questionnaires.Responsibility {
	for _, held := range d.picture.Held[id] {
		if held.Platform.Platform == platform {
			return held
		}
	}
	return d.Catalogue.Responsibilities().Responsibility(platform, id)
}

func heldSign(r questionnaires.Responsibility) sign {
	switch {
	case r.Conflict:
		return sign{"!", "in conflict", theme.Warning}
	case r.Confirmed != nil:
		return sign{"✓", "confirmed", theme.Good}
	case r.Default == questionnaires.UnknownParty:
		return sign{"◌", "not known", theme.Unseen}
	}
	return sign{"◌", "by default", theme.Unseen}
}

// heldPart says in one line who holds a requirement.
func (s *Question) heldPart(r questionnaires.Responsibility) part {
	return part{label: "Held by", sign: heldSign(r), text: r.String(), key: Binding{
		Keys: []string{"H"}, Label: "held by", Help: "who holds it: confirm or change what stands by default", Why: s.desk.fixed(), Do: func() tea.Cmd {
			if all := s.desk.picture.Held[s.id]; len(all) > 1 {
				return push(newRoll(s.desk, "Held by", "Who holds "+s.id.String()+" on each platform.", "", func() []rollRow {
					return heldRows(s.desk, s.desk.picture.Platforms, []questionnaires.RequirementID{s.id}, true)
				}))
			}
			return push(heldByForm(s.desk, r.Platform.Platform, []questionnaires.RequirementID{s.id}))
		},
	}}
}

// newPlatforms lists the managed platforms, those in use first.
func newPlatforms(d *Desk) *Roll {
	return newRoll(d, "Shared responsibility", "On managed Kubernetes the provider holds a part. What stands here is a default until you confirm it against the provider's own matrix.",
		"Nothing is known of managed platforms here.", func() []rollRow {
			matrix := d.Catalogue.Responsibilities()
			if matrix == nil {
				return nil
			}
			var used, others []rollRow
			for _, words := range matrix.Platforms() {
				row := rollRow{sign: sign{"·", "not seen here", theme.Muted}, name: words.Name, text: words.Provider, about: "The provider's matrix: " + words.Matrix + ". The defaults were read from: " + words.Source, keys: []Binding{
					opens("open", "who holds which requirement on it", "", func() tea.Cmd { return push(newHeld(d, words)) }),
				}}
				if slices.Contains(d.picture.Platforms, words.Platform) {
					row.sign = sign{"●", "in use", theme.Good}
					used = append(used, row)
					continue
				}
				others = append(others, row)
			}
			return append(used, others...)
		})
}

// newHeld lists who holds each requirement of the form on a platform.
func newHeld(d *Desk, words questionnaires.PlatformWords) *Roll {
	platform := []questionnaires.Platform{words.Platform}
	s := newRoll(d, words.Name, "Who holds each requirement on "+words.Name+": provider, customer or both. The provider's matrix: "+words.Matrix, "", func() []rollRow {
		return heldRows(d, platform, d.picture.Assessment.Questionnaire.Requirements, false)
	})
	s.keys = []Binding{{Keys: []string{"A"}, Label: "confirm all defaults", Help: "confirm every default that nobody confirmed yet", Why: d.fixed(), Do: func() tea.Cmd {
		var open []questionnaires.RequirementID
		for _, id := range d.picture.Assessment.Questionnaire.Requirements {
			if r := d.held(words.Platform, id); r.Confirmed == nil && r.Default != questionnaires.UnknownParty {
				open = append(open, id)
			}
		}
		if len(open) == 0 {
			return note(theme.Good, "every default is confirmed")
		}
		return push(heldByForm(d, words.Platform, open))
	}}}
	return s
}

func heldRows(d *Desk, platforms []questionnaires.Platform, ids []questionnaires.RequirementID, named bool) []rollRow {
	var rows []rollRow
	for _, platform := range platforms {
		for _, id := range ids {
			r := d.held(platform, id)
			name, text := id.String(), d.picture.Row(id).Requirement.Title
			party := r.Default
			if confirmed, is := r.Confirmation(); is {
				party = confirmed
			}
			if named {
				name = r.Platform.Name
			}
			rows = append(rows, rollRow{sign: heldSign(r), name: name, short: party.String(), text: text, about: r.String() + ". " + dutiesOf(r), keys: []Binding{
				opens("confirm", "confirm who holds it, or change it", d.fixed(), func() tea.Cmd { return push(heldByForm(d, platform, []questionnaires.RequirementID{id})) }),
			}})
		}
	}
	return rows
}

// dutiesOf says what each side does.
func dutiesOf(r questionnaires.Responsibility) string {
	var said []string
	for _, duty := range r.Duties {
		text := duty.Title + " (" + duty.Party.String() + ")"
		if duty.Provider != "" && duty.Party != questionnaires.CustomerParty {
			text += "; provider: " + duty.Provider
		}
		if duty.Customer != "" && duty.Party != questionnaires.ProviderParty {
			text += "; customer: " + duty.Customer
		}
		if duty.Note != "" {
			text += "; " + duty.Note
		}
		said = append(said, text)
	}
	return strings.Join(said, ". ")
}

// confirming is what a confirmation holds until it is kept.
type confirming struct {
	party        questionnaires.Party
	matrix, note string
	date         questionnaires.Day
}

// heldByForm confirms who holds some requirements, against the provider's matrix.
// Several are confirmed as they stand by default.
func heldByForm(d *Desk, platform questionnaires.Platform, ids []questionnaires.RequirementID) *Form {
	first := d.held(platform, ids[0])
	value := &confirming{}
	if first.Confirmed != nil {
		value.party, value.note = first.Confirmed.Party, first.Confirmed.Note
	}
	about := "Who holds " + ids[0].String() + " on " + first.Platform.Name + "? By default: " + first.Default.String() + ". " + dutiesOf(first)
	if len(ids) > 1 {
		about = "Confirms " + count(len(ids), "default", "defaults") + " of " + first.Platform.Name + " as they stand. Compare them with the provider's own matrix: " + first.Platform.Matrix
	}
	type c = confirming
	return heldForm(d, "Confirm", theme.Clean(about), value, func(*Picture) []blank[c] {
		blanks := []blank[c]{
			line("Provider's matrix", "Title and version of the provider's document that you read.", true, func(c *c) *string { return &c.matrix }),
			day("Its date", "The date of that document.", true, func(c *c) *questionnaires.Day { return &c.date }),
		}
		if len(ids) > 1 {
			return blanks
		}
		party := choice("Held by", "Who answers for it by that document.", true, partyOptions(), func(c *c) string { return partyText(c.party) },
			func(c *c, text string) error { return setParty(&c.party, text) })
		return append(append([]blank[c]{party}, blanks...), long("Note", "Where the line runs, if that needs saying.", false, func(c *c) *string { return &c.note }))
	}, sending{form: formKey("Confirm", platform.String(), fmt.Sprint(ids)), label: "confirm", help: "confirm it against the document named", said: "confirmed", rule: func() rule {
		held := *value
		var items []questionnaires.ConfirmedDuty
		for _, id := range ids {
			item := questionnaires.ConfirmedDuty{Requirement: id, Party: held.party, Note: held.note}
			if len(ids) > 1 {
				item = questionnaires.ConfirmedDuty{Requirement: id, Party: d.held(platform, id).Default}
			}
			items = append(items, item)
		}
		return func(*questionnaires.Assessment) (questionnaires.Draft, error) {
			return d.Catalogue.ConfirmResponsibilities(questionnaires.ResponsibilityConfirmation{
				Platform: platform, Matrix: held.matrix, MatrixDate: string(held.date), Items: items,
			}, d.Now())
		}
	}})
}

func partyOptions() []option {
	var options []option
	for _, p := range []questionnaires.Party{questionnaires.ProviderParty, questionnaires.CustomerParty, questionnaires.BothParties} {
		options = append(options, option{value: p.String(), text: p.String()})
	}
	return options
}

func partyText(p questionnaires.Party) string {
	if p == questionnaires.UnknownParty {
		return ""
	}
	return p.String()
}

func setParty(p *questionnaires.Party, text string) (err error) {
	*p, err = questionnaires.ParseParty(text)
	return err
}
