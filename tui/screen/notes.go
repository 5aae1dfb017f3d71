package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// noteSign is how far a review note is.
func noteSign(n questionnaires.ReviewNote) sign {
	switch {
	case len(n.Conflicts) > 0 && n.State != questionnaires.ClosedNote:
		return sign{"!", "in conflict", theme.Warning}
	case n.State == questionnaires.OpenNote:
		return sign{"!", "open", theme.Warning}
	case n.State == questionnaires.AnsweredNote:
		return sign{"○", "answered", theme.Warning}
	case n.State == questionnaires.ClosedNote:
	}
	return sign{"✓", "closed", theme.Good}
}

// newNotes lists the review notes of the assessment, those that are not closed first.
func newNotes(d *Desk) *Roll {
	s := newRoll(d, "Notes", "Review notes on answers, evidence and sections. An internal note never leaves the house; an open one keeps its section from being passed.",
		"There is no note yet: m writes one here, beside a question, or on an item of evidence.", func() []rollRow {
			a := d.picture.Assessment
			all := slices.Clone(a.Notes())
			slices.SortStableFunc(all, func(x, y questionnaires.ReviewNote) int {
				closed := func(n questionnaires.ReviewNote) int { return int(n.State) / int(questionnaires.ClosedNote) }
				return closed(x) - closed(y)
			})
			rows := make([]rollRow, len(all))
			for i, n := range all {
				rows[i] = rollRow{sign: noteSign(n), name: n.Label(), short: a.PlaceOf(n), text: n.Author.Name + ": " + n.Title(), about: d.aboutNote(n), keys: d.noteKeys(n)}
			}
			return rows
		})
	s.keys = []Binding{d.noteOn("")}
	return s
}

// aboutNote is what is to be said of a note in short: who may read it and who spoke last.
func (d *Desk) aboutNote(n questionnaires.ReviewNote) string {
	parts := []string{strings.ToUpper(n.Kind()[:1]) + n.Kind()[1:] + ", by " + n.Author.Name + ", " + since(n.Time, d.Now())}
	add := func(text string) { parts = append(parts, strings.TrimRight(text, ". \n")) }
	for _, conflict := range n.Conflicts {
		add("Conflict: it " + conflict)
	}
	if slices.ContainsFunc(d.picture.Waiting, func(o questionnaires.ReviewNote) bool { return o.ID == n.ID }) {
		add("It waits for you")
	}
	add(n.Said())
	if len(n.Replies) > 0 {
		last := n.Replies[len(n.Replies)-1]
		add("Last " + last.Author.Name + ", " + since(last.Time, d.Now()) + replyWord(last) + ": " + last.Said())
	}
	for i, part := range parts {
		if !strings.HasSuffix(part, "?") && !strings.HasSuffix(part, "!") {
			parts[i] = part + "."
		}
	}
	return strings.Join(parts, " ")
}

// replyWord says what a reply does besides.
func replyWord(r questionnaires.NoteReply) string {
	switch {
	case r.Void != "":
		return ", closes nothing (" + r.Void + ")"
	case r.Closes:
		return ", closed it"
	}
	return ""
}

// noteKeys are what can be done with a note.
func (d *Desk) noteKeys(n questionnaires.ReviewNote) []Binding {
	read := opens("read", "all of the note, with what was written to it", "", func() tea.Cmd { return push(newThread(d, n.ID)) })
	return append([]Binding{read}, d.writeKeys(n)...)
}

// writeKeys answer a note, close it, and go to what it is on.
func (d *Desk) writeKeys(n questionnaires.ReviewNote) []Binding {
	answer := Binding{Keys: []string{"a"}, Label: "answer", Help: "write to the note; one that is closed is open then", Why: d.fixed(), Do: func() tea.Cmd { return d.remarkForm(n, false) }}
	shut := Binding{Keys: []string{"x"}, Label: "close", Help: "close the note: whoever raised it, or another who says why", Why: d.fixed(), Do: func() tea.Cmd { return d.remarkForm(n, true) }}
	if shut.Why == "" && n.State == questionnaires.ClosedNote {
		shut.Why = "it is closed"
	}
	open, why := d.placeOfNote(n.On)
	visit := Binding{Keys: []string{"o"}, Label: "go to", Help: "go to what the note is on", Why: why, Do: func() tea.Cmd { return push(open()) }}
	return []Binding{answer, shut, visit}
}

// placeOfNote opens what a note is on, or says why it cannot.
func (d *Desk) placeOfNote(on questionnaires.NotePlace) (open func() Screen, why string) {
	a := d.picture.Assessment
	section := questionnaires.Section(on.Section)
	switch {
	case on.Evidence != "":
		item, known := a.Evidence(on.Evidence)
		if !known {
			return nil, "the vault has no such evidence"
		}
		return func() Screen { return newEvidence(d, item) }, ""
	case !on.Procedure.Requirement.IsZero():
		id := on.Procedure.Requirement
		if _, asked := d.picture.index[id]; !asked {
			return func() Screen { return newRequirements(d, id) }, ""
		}
		return func() Screen { return newQuestion(d, id) }, ""
	case !section.Principal().IsZero():
		return func() Screen { return newRequirements(d, section.Principal()) }, ""
	case section == questionnaires.ScopeSection:
		return func() Screen { return newScope(d) }, ""
	case section == questionnaires.EngagementSection:
		return func() Screen { return newEngagement(d) }, ""
	case section == questionnaires.EvidenceSection:
		return func() Screen { return newEvidenceList(d) }, ""
	}
	return nil, "it has no screen of its own to go to"
}

// noteLine says on the dashboard how the review notes stand; nothing where there are none.
func (s *Dashboard) noteLine(c Canvas) []string {
	all := s.desk.picture.Assessment.Notes()
	if len(all) == 0 {
		return nil
	}
	var of [questionnaires.ClosedNote + 1]int
	for _, n := range all {
		of[n.State]++
	}
	text := count(of[questionnaires.OpenNote], "open", "open") + ", " + count(of[questionnaires.AnsweredNote], "answered", "answered") + ", " + count(of[questionnaires.ClosedNote], "closed", "closed")
	if n := len(s.desk.picture.Waiting); n > 0 {
		text += ", " + c.Theme.Paint(theme.Warning, "! "+count(n, "waits", "wait")+" for you")
	}
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Notes", 17)) + text}
}

// openNotes names the notes on an item of evidence that are not closed.
func (d *Desk) openNotes(item questionnaires.ID) string {
	var names []string
	for _, n := range d.picture.Assessment.NotesOnEvidence(item) {
		if n.State != questionnaires.ClosedNote {
			names = append(names, n.Label()+" "+n.State.String())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "  ! " + theme.Cut(strings.Join(names, ", "), 40)
}
