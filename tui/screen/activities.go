package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// activitySign is how a record stands for the requirements that it serves.
func (d *Desk) activitySign(t questionnaires.Activity) sign {
	met := 0
	for _, id := range t.Requirements {
		if len(d.picture.Assessment.History().Remains(t, id, d.picture.Day)) == 0 {
			met++
		}
	}
	switch {
	case t.Beside > 0:
		return sign{"!", "in conflict", theme.Warning}
	case t.Withdrawn:
		return sign{"–", "withdrawn", theme.Muted}
	case met == 0:
		return sign{"✗", "not passed", theme.Bad}
	case met < len(t.Requirements):
		return sign{"◔", "in part", theme.Warning}
	case len(t.Missing()) > 0:
		return sign{"!", "incomplete", theme.Warning}
	case t.Kind == questionnaires.PlainActivity:
		return sign{"✓", "done", theme.Good}
	}
	return sign{"✓", "passed", theme.Good}
}

// newActivities lists what was done, newest first.
func newActivities(d *Desk) *Roll {
	s := newRoll(d, "Records", "Scans, tests, attestations, training, reviews: what was done on which day, and whether it met what it serves. They count in all assessments of the vault.",
		"Nothing is recorded yet: a records something.", func() []rollRow {
			var rows []rollRow
			for _, t := range slices.Backward(d.picture.Activities) {
				rows = append(rows, d.activityRow(t))
			}
			return rows
		})
	s.keys = []Binding{{Keys: []string{"a"}, Label: "record", Help: "record a scan, a test, an attestation, a training or a review", Why: d.fixed(), Do: func() tea.Cmd { return push(kindPick(d)) }}}
	return s
}

func (d *Desk) activityRow(t questionnaires.Activity) rollRow {
	ids := make([]string, len(t.Requirements))
	about := []string{}
	for i, id := range t.Requirements {
		ids[i] = id.String()
		if remains := d.picture.Assessment.History().Remains(t, id, d.picture.Day); len(remains) > 0 && !t.Withdrawn {
			about = append(about, id.String()+" is not met: "+strings.Join(remains, "; "))
		}
	}
	if lacks := t.Missing(); len(lacks) > 0 {
		about = append(about, "lacks "+strings.Join(lacks, ", "))
	}
	text := strings.Join(ids, ", ")
	if fresh := d.picture.Assessment.FreshnessLimits().Record(t, d.picture.Day).String(); fresh != "" {
		text = "⏱ " + fresh + " · " + text
	}
	if said := t.About(); said != "" {
		text += ": " + said
		about = append(about, said)
	}
	open := opens("open", "read all of it, and change it: a rescan, a result, evidence", "", func() tea.Cmd { return push(activityForm(d, t.ID)) })
	return rollRow{sign: d.activitySign(t), name: string(t.On), short: t.Kind.Title(), text: text, about: strings.Join(about, ". "), keys: []Binding{open, d.withdrawing(t), d.confirming(t)}}
}

// withdrawing takes a record back, or brings it back.
func (d *Desk) withdrawing(t questionnaires.Activity) Binding {
	id := t.ID
	if !t.Withdrawn {
		return Binding{Keys: []string{"x"}, Label: "withdraw", Help: "take the record back; the history keeps it", Why: d.fixed(), Do: func() tea.Cmd {
			return d.act("withdrawn: "+t.Name(), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				return a.History().WithdrawActivity(string(id))
			})
		}}
	}
	return Binding{Keys: []string{"x"}, Label: "bring back", Help: "let the record stand again", Why: d.fixed(), Do: func() tea.Cmd {
		return d.act("stands again: "+t.Name(), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			again, err := activitySubject(d, id).of(a)
			again.Withdrawn = false
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return activitySubject(d, id).keep(a, again)
		})
	}}
}

// confirming settles what was changed side by side.
func (d *Desk) confirming(t questionnaires.Activity) Binding {
	b := Binding{Keys: []string{"c"}, Label: "confirm", Help: "confirm the version that is shown, of those that stand side by side", Why: d.fixed(), Do: func() tea.Cmd {
		return d.act("confirmed: "+t.Name(), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			now, err := activitySubject(d, t.ID).of(a)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return activitySubject(d, t.ID).keep(a, now)
		})
	}}
	if t.Beside == 0 {
		b.Why = "no versions of it stand side by side"
	}
	return b
}

// newChanges lists the significant changes.
func newChanges(d *Desk) *Roll {
	s := newRoll(d, "Changes", "Significant changes to systems, networks or the organisation. Each asks for some activities again, until they are done on its day or later.",
		"No significant change is recorded: a records one.", func() []rollRow {
			var rows []rollRow
			for _, c := range slices.Backward(d.picture.Changes) {
				rows = append(rows, d.changeRow(c))
			}
			return rows
		})
	s.keys = []Binding{{Keys: []string{"a"}, Label: "record", Help: "record a significant change", Why: d.fixed(), Do: func() tea.Cmd { return changeForm(d) }}}
	return s
}

func (d *Desk) changeRow(c questionnaires.SignificantChange) rollRow {
	var open, done []string
	for _, after := range d.picture.Calendar.Changes {
		switch {
		case after.Change.ID != c.ID:
		case after.Done == "":
			open = append(open, after.Requirement.String())
		default:
			done = append(done, after.Requirement.String()+" on "+string(after.Done))
		}
	}
	r := rollRow{sign: sign{"✓", "all done", theme.Good}, name: string(c.On), text: c.What, about: c.What}
	if len(open) > 0 {
		r.sign = sign{"!", count(len(open), "open", "open"), theme.Warning}
		r.about += ". Open: " + strings.Join(open, ", ")
	}
	if len(done) > 0 {
		r.about += ". Done: " + strings.Join(done, ", ")
	}
	withdraw := Binding{Keys: []string{"x"}, Label: "withdraw", Help: "take the change back; the history keeps it", Why: d.fixed(), Do: func() tea.Cmd {
		return d.act("withdrawn: the change of "+string(c.On), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.History().WithdrawChange(string(c.ID))
		})
	}}
	confirm := Binding{Keys: []string{"c"}, Label: "confirm", Help: "confirm the version that is shown, of those that stand side by side", Why: d.fixed(), Do: func() tea.Cmd {
		return d.act("confirmed: the change of "+string(c.On), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.History().RecordChange(c, questionnaires.DayOf(d.Now()))
		})
	}}
	switch {
	case c.Beside > 0:
		r.sign = sign{"!", "in conflict", theme.Warning}
	case c.Withdrawn:
		r.sign, withdraw.Why = sign{"–", "withdrawn", theme.Muted}, "it was taken back before"
	}
	if c.Beside == 0 {
		confirm.Why = "no versions of it stand side by side"
	}
	r.keys = []Binding{opens("done", "what it asks for, and what was done of it", "", func() tea.Cmd { return push(newAfter(d, c)) }), withdraw, confirm}
	return r
}

// newAfter lists what one change asks for.
func newAfter(d *Desk, c questionnaires.SignificantChange) *Roll {
	return newRoll(d, "After "+string(c.On), "What the significant change of "+string(c.On)+" asks for: "+theme.Clean(c.What), "It asks for nothing that applies here.", func() []rollRow {
		var rows []rollRow
		for _, after := range d.picture.Calendar.Changes {
			if after.Change.ID != c.ID {
				continue
			}
			state := sign{"!", "open", theme.Warning}
			if after.Done != "" {
				state = sign{"✓", "done " + string(after.Done), theme.Good}
			}
			open := opens("open", "when it was done", "", func() tea.Cmd { return push(newDone(d, after.Requirement)) })
			rows = append(rows, rollRow{sign: state, name: after.Requirement.String(), text: after.Title, keys: d.recordingKeys(open, after.Requirement)})
		}
		return rows
	})
}

// changeForm records a significant change.
func changeForm(d *Desk) tea.Cmd {
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &questionnaires.SignificantChange{ID: id}
	type c = questionnaires.SignificantChange
	return push(heldForm(d, "New change", "Records a significant change. It opens what the standard asks for after one.", value, func(*Picture) []blank[c] {
		return []blank[c]{
			day("Day", "The day of the change.", true, func(c *c) *questionnaires.Day { return &c.On }),
			long("What", "What changed.", true, func(c *c) *string { return &c.What }),
		}
	}, sending{form: formKey("New change"), label: "record", help: "record the change", said: "recorded", rule: func() rule {
		recorded := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.History().RecordChange(recorded, questionnaires.DayOf(d.Now()))
		}
	}}))
}
