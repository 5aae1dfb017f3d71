package screen

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

func acceptanceSign(s questionnaires.AcceptanceState) sign {
	switch s {
	case questionnaires.Accepted:
		return sign{"◔", "accepted", theme.Warning}
	case questionnaires.AcceptanceExpired:
		return sign{"!", "expired", theme.Bad}
	case questionnaires.AcceptanceTaken:
		return sign{"–", "taken back", theme.Muted}
	case questionnaires.AcceptanceUnfit:
		return sign{"!", "no longer fitting", theme.Bad}
	case questionnaires.AcceptancePending:
	}
	return sign{"?", "asked for", theme.Warning}
}

// newAcceptances lists what failing results were accepted for a time.
func newAcceptances(d *Desk) *Roll {
	return newRoll(d, "Accepted results", "Failing results that are accepted for a time. Who asks does not approve; an acceptance ends with its last day in UTC, and never makes a requirement In Place.",
		"No failing result is accepted. On a result of the evidence, A asks for it.", func() []rollRow {
			var rows []rollRow
			for _, a := range slices.Backward(d.picture.Acceptances) {
				rows = append(rows, rollRow{
					sign: acceptanceSign(a.State(d.Now())), name: a.Check, short: "until " + string(a.Until), text: subjectName(a.Subject),
					about: a.Target + ", " + a.Check + ", " + a.Subject.String() + " " + a.Place + ". Risk: " + strings.TrimRight(a.Risk, ". ") + "; " + a.String(),
					keys:  []Binding{d.approval(a), d.ending(a)},
				})
			}
			return rows
		})
}

// approval approves an acceptance by a key, which is a person's.
func (d *Desk) approval(a questionnaires.Acceptance) Binding {
	b := Binding{Keys: []string{"P"}, Label: "approve", Help: "approve it; who asked for it does not", Why: d.fixed(), Do: func() tea.Cmd {
		author, _ := d.vault.Author()
		return d.act("approved: "+a.Check+" of "+subjectName(a.Subject), nil, func(now *questionnaires.Assessment) (questionnaires.Draft, error) {
			return now.History().ApproveAcceptance(a.Entry, author.ID)
		})
	}}
	if a.Approval != nil {
		b.Why = a.Approval.By.Name + " approved it"
	}
	if a.Reworded {
		b.Why = "the check's text changed since it was asked for"
	}
	if a.Ended != nil {
		b.Why = "it was taken back"
	}
	return b
}

// ending takes an acceptance back.
func (d *Desk) ending(a questionnaires.Acceptance) Binding {
	b := Binding{Keys: []string{"x"}, Label: "take back", Help: "take the acceptance back, with the reason", Why: d.fixed(), Do: func() tea.Cmd {
		value := new(string)
		return push(heldForm(d, "Take back", "Takes the acceptance of "+a.Check+" for "+subjectName(a.Subject)+" back.", value, func(*Picture) []blank[string] {
			return []blank[string]{line("Reason", "Why it does not stand any more.", true, func(s *string) *string { return s })}
		}, sending{form: formKey("Take back", a.Entry.String()), label: "take back", help: "take it back", said: "taken back", rule: func() rule {
			reason := *value
			return func(now *questionnaires.Assessment) (questionnaires.Draft, error) {
				return now.History().EndAcceptance(a.Entry, reason)
			}
		}}))
	}}
	if a.Ended != nil {
		b.Why = "it was taken back"
	}
	return b
}

// askAcceptance is the form that asks for a failing detail to be accepted.
func askAcceptance(d *Desk, key engine.Key) *Form {
	value := &questionnaires.Acceptance{Target: key.Target, Check: key.Check, Subject: key.Subject, Place: key.Place, Definition: key.Definition}
	type a = questionnaires.Acceptance
	return heldForm(d, "Accept", "Asks to accept the failing result of "+key.Check+" for "+subjectName(key.Subject)+" for a time. Another enrolled author approves; the requirement does not become In Place by it.", value, func(*Picture) []blank[a] {
		return []blank[a]{
			long("Reason", "Why it cannot be mended now.", true, func(a *a) *string { return &a.Reason }),
			long("Risk", "Which risk is taken meanwhile, and what bounds it.", true, func(a *a) *string { return &a.Risk }),
			day("Until", "The last day on which it counts, to its end in UTC.", true, func(a *a) *questionnaires.Day { return &a.Until }),
		}
	}, sending{form: formKey("Accept", key.Target, key.Check, key.Subject.String(), key.Place), label: "ask", help: "ask for the acceptance", said: "asked for; another enrolled author approves it", rule: func() rule {
		asked := *value
		return func(now *questionnaires.Assessment) (questionnaires.Draft, error) {
			return now.History().AskAcceptance(asked, d.Now())
		}
	}})
}

// acceptance is the one to be shown beside a detail: what counts now, else the last.
func (d *Desk) acceptance(key engine.Key) (questionnaires.Acceptance, bool) {
	if a, counts := questionnaires.AcceptedUntil(key, d.picture.Acceptances, d.Now()); counts {
		return a, true
	}
	for _, a := range slices.Backward(d.picture.Acceptances) {
		if a.Meant(key) {
			return a, true
		}
	}
	return questionnaires.Acceptance{}, false
}

// accepted says in a few words what became of the acceptance of a detail, "" if
// nobody asked for one.
func (d *Desk) accepted(key engine.Key) string {
	a, known := d.acceptance(key)
	if !known {
		return ""
	}
	text := acceptanceSign(a.State(d.Now())).text()
	if s := a.State(d.Now()); s == questionnaires.Accepted || s == questionnaires.AcceptancePending {
		text += " until " + string(a.Until)
	}
	return text
}

// acceptedOf says how many details of a result are accepted now, "" if none is.
func (d *Desk) acceptedOf(result *questionnaires.ResultSource) string {
	n := 0
	for _, a := range questionnaires.AcceptancesOf(result, d.picture.Acceptances) {
		if a.State(d.Now()) == questionnaires.Accepted {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "◔ " + count(n, "acceptance", "acceptances")
}

// soon is how long before its end an acceptance is called to mind.
const soon = 30 * 24 * time.Hour

// endingSoon are the acceptances that end soon, the next first.
func (d *Desk) endingSoon() []questionnaires.Acceptance {
	var all []questionnaires.Acceptance
	now := d.Now()
	for _, a := range d.picture.Acceptances {
		if a.State(now) == questionnaires.Accepted && a.Until.End().Sub(now) <= soon {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b questionnaires.Acceptance) int { return a.Until.End().Compare(b.Until.End()) })
	return all
}
