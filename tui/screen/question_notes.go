package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// notes are the review notes on this question and its testing procedures.
func (s *Question) notes() []questionnaires.ReviewNote {
	return s.desk.picture.Assessment.NotesOn(s.id)
}

// mostOfNote is how many lines of a note or a reply stand beside the question; enter
// shows all of it.
const mostOfNote = 6

// noteRows are the notes with what was written to each.
func (s *Question) noteRows() []sideRow {
	var rows []sideRow
	for _, n := range s.notes() {
		if len(rows) > 0 {
			rows = append(rows, sideRow{aside: true})
		}
		text := n.Label() + "  " + s.desk.picture.Assessment.PlaceOf(n) + "  " + n.Kind()
		rows = append(rows, sideRow{text: text, sign: noteSign(n), note: n.ID})
		rows = append(rows, s.statement(n.Author, since(n.Time, s.desk.Now()), n.Said())...)
		for _, r := range n.Replies {
			rows = append(rows, s.statement(r.Author, since(r.Time, s.desk.Now())+replyWord(r), r.Said())...)
		}
		for _, conflict := range n.Conflicts {
			rows = append(rows, s.wrapped("    ", theme.Warning, "! it "+conflict)...)
		}
	}
	return rows
}

// statement is what somebody said, in short.
func (s *Question) statement(who questionnaires.Author, when, text string) []sideRow {
	rows := s.wrapped("    ", theme.Muted, who.Name+", "+when)
	said := s.wrapped("    ", theme.Plain, text)
	if len(said) > mostOfNote {
		said = append(said[:mostOfNote-1], sideRow{text: "    …", tone: theme.Muted, aside: true})
	}
	return append(rows, said...)
}

// noteKeys are those of the notes' panel.
func (s *Question) noteKeys() []Binding {
	rows := moving(s.sides[notesPanel], nil)[1:] // no filter: the rows belong together
	r, chosen := s.sides[notesPanel].Selected()
	for _, n := range s.notes() {
		if chosen && n.ID == r.note {
			keys := s.desk.noteKeys(n)
			keys[0].Keys = keys[0].Keys[:1] // the arrows turn the panels' rows
			return append(keys[:len(keys)-1], rows...)
		}
	}
	return rows
}

// raise is the key that writes a note on the question, or on the testing procedure under
// the cursor.
func (s *Question) raise() Binding {
	on := s.id.String()
	if r, chosen := s.sides[proceduresPanel].Selected(); s.focus == proceduresPanel && chosen && r.procedure != nil {
		on = r.procedure.String()
	}
	b := s.desk.noteOn(on)
	write := b.Do
	b.Do = func() tea.Cmd { s.side = notesPanel; return write() }
	return b
}
