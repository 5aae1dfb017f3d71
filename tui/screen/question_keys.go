package screen

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
)

// Bindings are those of the panel in use.
func (s *Question) Bindings() []Binding {
	bindings := s.writer.bindings(narrative, s.Leave)
	switch {
	case s.focus == answerPanel && s.perProcedure():
		bindings = append(bindings, s.reporting()...)
	case s.focus == answerPanel:
		bindings = append(bindings, s.choosing()...)
	case s.focus == proceduresPanel:
		bindings = append(bindings, s.findingKeys()...)
	case s.focus == notesPanel:
		bindings = append(bindings, s.noteKeys()...)
	default:
		bindings = append(bindings, s.looking()...)
	}
	bindings = append(append(bindings, s.confirming()...), s.partKeys()...)
	edit := Binding{Keys: []string{"e"}, Label: "edit", Help: "write the narrative", Why: s.desk.fixed(), Do: s.edit}
	external := s.writer.external(s.desk, narrative, "the narrative")
	hand := external.Do
	external.Do = func() tea.Cmd { s.focus = answerPanel; return hand() }
	bindings = append(bindings, edit, external, s.raise(),
		Binding{Keys: []string{"tab"}, Label: "panel", Help: "the next panel: answer, suggestion, attached evidence, history, notes", Do: func() tea.Cmd { return s.turn(1) }},
		Binding{Keys: []string{"shift+tab"}, Help: "the panel before", Do: func() tea.Cmd { return s.turn(-1) }},
	)
	bindings = append(bindings, s.desk.undoBindings(s.id)...)
	for _, b := range s.desk.intakeKeys(s.id) {
		b.Label = "" // there is room for them in the help
		bindings = append(bindings, b)
	}
	return append(bindings,
		s.networkKey(), s.back(),
		Binding{Keys: []string{"]", "n"}, Help: "the next question of the form", Do: func() tea.Cmd { return s.neighbour(1) }},
		Binding{Keys: []string{"[", "N"}, Help: "the question before", Do: func() tea.Cmd { return s.neighbour(-1) }},
	)
}

// networkKey opens the network room; for questions about segmentation it is in the key
// line.
func (s *Question) networkKey() Binding {
	b := Binding{Keys: []string{"W"}, Help: "who can reach whom, as network policies configure it", Do: func() tea.Cmd { return push(newNetwork(s.desk)) }}
	if segmentation.Covers(s.id) {
		b.Label = "who can reach"
	}
	return b
}

// segmentation is the requirement that is about connections.
var segmentation = questionnaires.MustRequirementID("1")

// back keeps the arrows for the responses.
func (s *Question) back() Binding {
	b := s.writer.back()
	b.Keys = b.Keys[:2]
	return b
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

// confirming is the key that gives an answer again as it stands, where a problem asks for
// that: it was given side by side with another, by a stranger, or to other words.
func (s *Question) confirming() []Binding {
	r := s.row()
	id := s.id
	if !r.Current.Inherited.IsZero() {
		id = r.Current.Inherited
	}
	asked := len(s.desk.picture.Assessment.Conflicts(id)) > 0 || slices.ContainsFunc(r.Problems, func(p questionnaires.Problem) bool {
		return p.Kind == questionnaires.NotVerified || p.Kind == questionnaires.AskedOtherwise
	})
	if !asked || r.Current.Entry.IsZero() {
		return nil
	}
	return []Binding{{Keys: []string{"c"}, Label: "confirm", Help: "confirm the answer as it stands", Why: s.desk.fixed(), Do: func() tea.Cmd {
		return s.desk.change(id, "confirmed: the answer to "+id.String(), nil, func(*questionnaires.Answer) {})
	}}}
}

// noEvidence says why nothing can be attached.
func (s *Question) noEvidence() string {
	if why := s.desk.fixed(); why != "" {
		return why
	}
	if s.sides[suggestionPanel].Total() == 0 {
		return "no result bears on this question and the vault holds no files; F takes one in"
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
