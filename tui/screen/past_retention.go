package screen

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// openPast finds what may go today, and lists it.
func (d *Desk) openPast() tea.Cmd {
	v, ctx, catalogue, today := d.vault, d.ctx, d.Catalogue, questionnaires.DayOf(d.Now())
	return func() tea.Msg {
		past, err := v.PastRetention(ctx, catalogue, today)
		if err != nil {
			return Note{Text: "not read: " + err.Error(), Tone: theme.Bad}
		}
		return Push{newPast(d, past)}
	}
}

// newPast lists what may go. What went since is left out.
func newPast(d *Desk, past vault.PastRetention) *Roll {
	help := "Nothing else may go: all items were looked at."
	if past.Stay > 0 {
		help = count(past.Stay, "item stays", "items stay") + "; the first: " + past.Why + "."
	}
	if past.Documents > 0 {
		help = count(past.Documents, "collected document", "collected documents") + " may go besides. " + help
	}
	s := newRoll(d, "Past retention", help, "Nothing of the evidence may go today.", func() []rollRow {
		var rows []rollRow
		for _, item := range past.Items {
			now, known := d.picture.Assessment.Evidence(item.ID)
			if !known || now.Expunged != nil {
				continue
			}
			rows = append(rows, rollRow{sign: sign{"!", "may go", theme.Warning}, name: item.Label(), text: evidenceTitle(item), about: evidenceAbout(item), keys: []Binding{
				opens("open", "what it is, where it comes from, and the document", "", func() tea.Cmd { return push(newEvidence(d, item)) }),
			}})
		}
		return rows
	})
	s.keys = []Binding{{Keys: []string{"X"}, Label: "expunge all", Help: "take all of it out for good; asked first", Why: d.careless(d.Care.Expunge != nil), Do: func() tea.Cmd { return push(expungeAllForm(d, len(past.Drafts))) }}}
	if len(past.Drafts) == 0 && s.keys[0].Why == "" {
		s.keys[0].Why = "nothing may go today"
	}
	return s
}

// expungeAllForm asks once more: by the number of what goes.
func expungeAllForm(d *Desk, bodies int) *Form {
	value, v, expunge := new(string), d.vault, d.Care.Expunge
	about := fmt.Sprintf("%s for good, in this vault. A tombstone stays of each; copies that were made before hold them still.", count(bodies, "body goes", "bodies go"))
	b := line("How many", "Type how many go, to go on.", true, func(s *string) *string { return s })
	set := b.set
	b.set = func(s *string, text string) error {
		if text = strings.TrimSpace(text); text != "" && text != strconv.Itoa(bodies) {
			return fmt.Errorf("%s is not how many go", theme.Clean(text))
		}
		return set(s, text)
	}
	return caringForm(d, "Expunge", about, "expunge", value, []blank[string]{b}, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return expunge(ctx, v, bodies, tell)
	})
}
