package screen

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
)

// undo is a job that takes the last answer back.
func (d *Desk) undo() tea.Cmd {
	return d.do(func() changed {
		said := ""
		picture, err := d.append(func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			draft, last, err := a.Undo()
			said = fmt.Sprintf("took back the last change of %s; its history keeps both", last.Requirement)
			return draft, err
		})
		return changed{picture: picture, err: err, said: said}
	})
}

// redo is a job that gives the answer again that was taken back last.
func (d *Desk) redo() tea.Cmd {
	return d.do(func() changed {
		said := ""
		picture, err := d.append(func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			draft, last, err := a.Redo()
			said = fmt.Sprintf("gave the answer to %s again", last.Requirement)
			return draft, err
		})
		return changed{picture: picture, err: err, said: said}
	})
}

// undoBindings are `u` and its reverse. Only restricts them to one requirement; zero is any.
func (d *Desk) undoBindings(only questionnaires.RequirementID) []Binding {
	undo := Binding{Keys: []string{"u"}, Label: "undo", Help: "take the last change back; nothing is erased", Do: d.undo}
	undo.Why = d.elsewhere(d.picture.Undoable, only, "no answer was given that could be taken back", "the last change was made to %s; take it back there")
	redo := Binding{Keys: []string{"U", "ctrl+r"}, Help: "give again what undo took back last", Do: d.redo}
	redo.Why = d.elsewhere(d.picture.Redoable, only, "nothing was taken back since the last answer", "what was taken back last is of %s; give it again there")
	if redo.Why == "" {
		redo.Label = "redo"
	}
	return []Binding{undo, redo}
}

// elsewhere says why the last step cannot be undone or redone here.
func (d *Desk) elsewhere(last, only questionnaires.RequirementID, none, there string) string {
	switch why := d.fixed(); {
	case why != "":
		return why
	case last.IsZero():
		return none
	case !only.IsZero() && only != last:
		return fmt.Sprintf(there, last)
	}
	return ""
}
