package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// times is what is due, and what was done when, as it stood on a day.
type times struct {
	Day        questionnaires.Day
	Calendar   questionnaires.Calendar
	Deadlines  questionnaires.Deadlines
	Activities []questionnaires.Activity
	Changes    []questionnaires.SignificantChange
}

func newTimes(h *questionnaires.History, a *questionnaires.Assessment, day questionnaires.Day) (times, error) {
	t := times{Day: day}
	var err error
	if t.Calendar, err = a.Calendar(day); err != nil {
		return t, err
	}
	if t.Deadlines, err = a.Deadlines(day); err != nil {
		return t, err
	}
	if t.Activities, err = h.Activities(); err != nil {
		return t, err
	}
	t.Changes, err = h.SignificantChanges()
	return t, err
}

// pressing counts what is due soon, and what needs somebody now.
func (t times) pressing() (soon, now int) {
	for _, one := range t.Deadlines.All {
		switch {
		case one.State.Attention():
			now++
		case one.State == questionnaires.DeadlineSoon:
			soon++
		}
	}
	return soon, now
}

// dueSign says on the dashboard how much is due; none where nothing is.
func (t times) dueSign() (sign, bool) {
	switch soon, now := t.pressing(); {
	case now > 0 && soon > 0:
		return sign{"⏱", fmt.Sprintf("due now %s, soon %s", thousands(now), thousands(soon)), theme.Bad}, true
	case now > 0:
		return sign{"⏱", "due now " + thousands(now), theme.Bad}, true
	case soon > 0:
		return sign{"⏱", "due soon " + thousands(soon), theme.Warning}, true
	}
	return sign{}, false
}

func deadlineSign(s questionnaires.DeadlineState) sign {
	switch s {
	case questionnaires.DeadlineLate:
		return sign{"!", "late", theme.Bad}
	case questionnaires.DeadlineNotPassed:
		return sign{"✗", "not passed", theme.Bad}
	case questionnaires.DeadlineOpen:
		return sign{"!", "open", theme.Warning}
	case questionnaires.DeadlineSoon:
		return sign{"◔", "soon", theme.Warning}
	case questionnaires.DeadlineAhead:
	}
	return sign{"·", "ahead", theme.Muted}
}

// newCalendar lists what is due, soonest first, and what recurs and was never recorded.
func newCalendar(d *Desk) *Roll {
	s := newRoll(d, "Calendar", "What is due or ends, soonest first: requests, what recurs, what changes ask for, what goes stale. What was done and did not pass is not done.",
		"Nothing is due: nothing that this form asks for recurs.", func() []rollRow {
			all := d.picture.Deadlines
			rows := make([]rollRow, 0, len(all.All)+len(all.Never))
			for _, one := range all.All {
				rows = append(rows, d.deadlineRow(one))
			}
			for _, r := range d.picture.Calendar.Recurring {
				if r.State == questionnaires.NeverDone {
					rows = append(rows, d.neverRow(r))
				}
			}
			return rows
		})
	s.keys = d.calendarKeys()
	return s
}

func (d *Desk) deadlineRow(one questionnaires.Deadline) rollRow {
	text := one.What
	if one.Whose != "" {
		text = one.Whose + ": " + text
	}
	short := one.Kind.String()
	if !one.Requirement.IsZero() {
		short = one.Requirement.String()
	}
	about := one.Kind.String() + ", last day " + string(one.Day) + ": " + text
	if one.State == questionnaires.DeadlineNotPassed || one.State == questionnaires.DeadlineOpen {
		about = one.Kind.String() + ": " + text
	}
	if one.Kind == questionnaires.RecurringDeadline {
		about += d.missed(one.Requirement)
	}
	open := opens("open", "go to what this is about", "", func() tea.Cmd { return push(d.about(one)) })
	return rollRow{sign: deadlineSign(one.State), name: string(one.Day), short: short, text: text, about: about, keys: d.recordingKeys(open, one.Requirement)}
}

// missed says what was missed of a requirement within a year.
func (d *Desk) missed(id questionnaires.RequirementID) string {
	text := ""
	for _, r := range d.picture.Calendar.Recurring {
		if r.Requirement != id {
			continue
		}
		for _, m := range r.Missed {
			text += ". Missed: " + missedText(m, r.Excused)
		}
	}
	return text
}

func missedText(m questionnaires.Missed, excused bool) string {
	done := "not done since"
	if m.Done != "" {
		done = "done on " + string(m.Done)
	}
	if excused {
		done += "; a first assessment: not held against it"
	}
	return "due by " + string(m.Due) + ", " + done
}

// neverRow is of what recurs and has no day, as nothing is recorded of it.
func (d *Desk) neverRow(r questionnaires.Recurring) rollRow {
	text := r.Title + " (" + r.Every.String() + ")"
	if r.Of != "" {
		text = r.Of + ": " + text
	}
	open := opens("open", "when it was done", "", func() tea.Cmd { return push(newDone(d, r.Requirement)) })
	return rollRow{
		sign: sign{"?", "no record", theme.Warning}, name: "no day", short: r.Requirement.String(), text: text,
		about: "Nothing is recorded that met it, so it has no day: " + text, keys: d.recordingKeys(open, r.Requirement),
	}
}

// about is the screen of what a deadline is about.
func (d *Desk) about(one questionnaires.Deadline) Screen {
	switch one.Kind {
	case questionnaires.RequestDeadline:
		return requestForm(d, questionnaires.ID(one.ID))
	case questionnaires.RecurringDeadline, questionnaires.ChangeDeadline:
		return newDone(d, one.Requirement)
	case questionnaires.AcceptanceDeadline:
		return newAcceptances(d)
	case questionnaires.AnalysisDeadline:
		return newAnalyses(d)
	case questionnaires.AttestationDeadline, questionnaires.ProductDeadline:
		return newScope(d)
	case questionnaires.MatrixDeadline:
		return newPlatforms(d)
	case questionnaires.CollectionDeadline:
		return newEvidenceList(d)
	case questionnaires.TargetDeadline, questionnaires.CustomizedDeadline, questionnaires.EvidenceDeadline:
	}
	return newQuestion(d, one.Requirement)
}

// recordingKeys are those of a row that is about a requirement; open is what enter does.
func (d *Desk) recordingKeys(open Binding, id questionnaires.RequirementID) []Binding {
	add := Binding{Keys: []string{"a"}, Label: "record", Help: "record that it was done, and what it came to", Why: d.fixed(), Do: func() tea.Cmd {
		return d.recordOf(questionnaires.KindFor(id), id)
	}}
	if row := d.picture.Row(id); add.Why == "" && row.Requirement.Recurs == (questionnaires.Recurrence{}) && row.Requirement.Analysis == questionnaires.NoAnalysis {
		add.Why = "this is nothing that is recorded again and again"
	}
	return []Binding{open, add}
}

// calendarKeys are those of the whole list.
func (d *Desk) calendarKeys() []Binding {
	export := ""
	if d.Files.ExportCalendar == nil {
		export = "nothing writes files here"
	}
	return []Binding{
		{Keys: []string{"t"}, Label: "records", Help: "all that was recorded: scans, tests, attestations, training, reviews", Do: func() tea.Cmd { return push(newActivities(d)) }},
		{Keys: []string{"s"}, Label: "changes", Help: "significant changes, and what they ask for", Do: func() tea.Cmd { return push(newChanges(d)) }},
		{Keys: []string{"f"}, Label: "freshness", Help: "for how long each kind of evidence counts", Do: func() tea.Cmd { return push(newFreshness(d)) }},
		{Keys: []string{"o"}, Label: "export", Help: "write all of it for a calendar program (iCalendar)", Why: export, Do: func() tea.Cmd { return push(calendarForm(d)) }},
	}
}

// calendarForm writes the list into a file.
func calendarForm(d *Desk) *Form {
	value := &named{}
	return fileForm(d, "Export", "Writes what is due as all-day events for calendar programs, in the clear: requirements, titles, days and owners, no answer and no evidence. Importing it again moves the events.",
		"A file that is not there yet, such as due.ics, as a path.", value, sending{label: "write", help: "write the file", work: func(asked any) job {
			path := value.path
			return func() changed {
				said, err := d.Files.ExportCalendar(context.WithoutCancel(d.ctx), d.vault, d.id, path)
				return changed{err: err, said: said, asked: asked}
			}
		}})
}

// newDone says when a requirement's activity was done, what did not pass, what was
// missed, and what changes ask for.
func newDone(d *Desk, id questionnaires.RequirementID) *Roll {
	title := d.picture.Row(id).Requirement.Title
	s := newRoll(d, "Done for "+id.String(), "What was done for "+id.String()+" "+title+", newest first, and whether it met it.", "Nothing is recorded of it: a records that it was done.",
		func() []rollRow { return d.doneRows(id) })
	s.keys = d.recordingKeys(Binding{}, id)[1:]
	s.keys = append(s.keys, Binding{Keys: []string{"Q"}, Label: "question", Help: "the requirement, and its answer", Do: func() tea.Cmd { return push(newQuestion(d, id)) }})
	return s
}

func (d *Desk) doneRows(id questionnaires.RequirementID) []rollRow {
	type dated struct {
		day questionnaires.Day
		rollRow
	}
	var all []dated
	done := func(o questionnaires.Occurrence) {
		r := d.occurrenceRow(o)
		if !slices.ContainsFunc(all, func(x dated) bool { return x.name == r.name && x.about == r.about }) {
			all = append(all, dated{o.On, r})
		}
	}
	for _, r := range d.picture.Calendar.Recurring {
		if r.Requirement != id {
			continue
		}
		for _, o := range slices.Concat(r.Times, r.Open) {
			done(o)
		}
		for _, m := range r.Missed {
			text := strings.TrimPrefix(missedText(m, r.Excused), "due by "+string(m.Due)+", ")
			all = append(all, dated{m.Due, rollRow{sign: sign{"!", "missed", theme.Warning}, name: string(m.Due), short: r.Of, text: text, about: "It was last done on " + string(m.After) + ", and " + missedText(m, r.Excused)}})
		}
	}
	for _, c := range d.picture.Calendar.Changes {
		if c.Requirement != id {
			continue
		}
		for _, o := range c.Open {
			done(o)
		}
		state := sign{"!", "open", theme.Warning}
		if c.Done != "" {
			state = sign{"✓", "done " + string(c.Done), theme.Good}
		}
		all = append(all, dated{c.On, rollRow{sign: state, name: string(c.On), short: "change", text: c.What, about: "After the significant change of " + string(c.On) + ": " + c.What}})
	}
	slices.SortStableFunc(all, func(x, y dated) int { return strings.Compare(string(y.day), string(x.day)) })
	rows := make([]rollRow, len(all))
	for i, one := range all {
		rows[i] = one.rollRow
	}
	return rows
}

// occurrenceRow is one time that it was done.
func (d *Desk) occurrenceRow(o questionnaires.Occurrence) rollRow {
	r := rollRow{sign: sign{"✓", "met it", theme.Good}, name: string(o.On), short: o.Activity.Kind.Title(), text: o.Activity.About(), about: o.Activity.About()}
	if len(o.Remains) > 0 {
		r.sign, r.about = sign{"✗", "not passed", theme.Bad}, strings.Join(o.Remains, "; ")+". "+o.Activity.About()
	}
	if o.ID != "" {
		r.keys = []Binding{opens("open", "read all of the record, and change it", "", func() tea.Cmd { return push(activityForm(d, o.ID)) })}
	}
	return r
}
