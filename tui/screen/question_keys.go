package screen

import (
	tea "github.com/charmbracelet/bubbletea"
)

// Bindings are those of the panel in use.
func (s *Question) Bindings() []Binding {
	bindings := s.writing()
	if s.focus == answerPanel {
		bindings = append(bindings, s.choosing()...)
	} else {
		bindings = append(bindings, s.looking()...)
	}
	edit := Binding{Keys: []string{"e"}, Label: "edit", Help: "write the narrative", Why: s.desk.fixed(), Do: s.edit}
	return append(bindings, edit, s.external(),
		Binding{Keys: []string{"tab"}, Label: "panel", Help: "the next panel: answer, suggestion, attached evidence, history", Do: func() tea.Cmd { return s.turn(1) }},
		Binding{Keys: []string{"shift+tab"}, Help: "the panel before", Do: func() tea.Cmd { return s.turn(-1) }},
		s.desk.undoBinding(s.id),
		Binding{Keys: []string{"esc", "backspace"}, Label: "back", Help: "back to the screen before", Do: pop},
		Binding{Keys: []string{"]", "n"}, Help: "the next question of the form", Do: func() tea.Cmd { return s.neighbour(1) }},
		Binding{Keys: []string{"[", "N"}, Help: "the question before", Do: func() tea.Cmd { return s.neighbour(-1) }},
	)
}

// writing are the keys of the narrative's field.
func (s *Question) writing() []Binding {
	if !s.editing {
		return nil
	}
	return []Binding{
		{Keys: []string{"esc"}, Label: "save and leave the field", Help: "save the narrative and leave the field", Typing: true, Do: s.Leave},
		{Keys: []string{"ctrl+s"}, Label: "save", Help: "save the narrative and write on", Typing: true, Do: func() tea.Cmd { return s.save("narrative saved") }},
	}
}

// choosing are the keys of the answer.
func (s *Question) choosing() []Binding {
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.choice = max(0, min(s.choice+by, len(s.responses())-1))
			return nil
		}
	}
	return []Binding{
		{Keys: []string{" ", "enter"}, Label: "choose", Help: "answer with the response under the cursor", Why: s.desk.fixed(), Do: s.choose},
		{Keys: []string{"right", "down", "j", "l"}, Help: "next response", Do: step(1)},
		{Keys: []string{"left", "up", "k", "h"}, Help: "response before", Do: step(-1)},
		{
			Keys: []string{"a"}, Label: "attach", Help: "attach evidence to the answer", Why: s.noEvidence(),
			Do: func() tea.Cmd { s.focus, s.side = suggestionPanel, suggestionPanel; return nil },
		},
	}
}

// noEvidence says why nothing can be attached.
func (s *Question) noEvidence() string {
	if why := s.desk.fixed(); why != "" {
		return why
	}
	if s.sides[suggestionPanel].Total() == 0 {
		return "no result bears on this question and the vault holds no files; `tickmark attach` takes one in"
	}
	return ""
}

// looking are the keys of the side panels.
func (s *Question) looking() []Binding {
	_, chosen := s.selectedEvidence()
	why := ""
	if !chosen {
		why = "there is no evidence under the cursor"
	}
	attach := Binding{Keys: []string{"a", " "}, Label: "attach or detach", Help: "attach the evidence to the answer, or detach it", Why: why, Do: s.attach}
	if fixed := s.desk.fixed(); fixed != "" {
		attach.Why = fixed
	}
	open := Binding{Keys: []string{"enter"}, Label: "open evidence", Help: "what it proves, where it comes from, and the document", Why: why, Do: func() tea.Cmd {
		item, _ := s.selectedEvidence()
		return push(newEvidence(s.desk, item))
	}}
	rows := moving(s.sides[s.focus], nil)
	return append([]Binding{attach, open}, rows[1:]...) // no filter: the rows belong together
}

// neighbour goes to another question of the form.
func (s *Question) neighbour(by int) tea.Cmd {
	rows := s.desk.picture.Rows
	at, known := s.desk.picture.index[s.id]
	if !known || at+by < 0 || at+by >= len(rows) {
		return note(0, "this is the form's last question on this side")
	}
	return replace(newQuestion(s.desk, rows[at+by].Requirement.ID))
}
