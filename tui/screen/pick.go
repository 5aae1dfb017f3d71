package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Pick chooses one of a place's options, or several. Nothing is chosen by looking.
type Pick struct {
	desk   *Desk
	place  place
	chosen []string
	rows   *list.List[option]
	done   func(text string) tea.Cmd
}

func newPick(d *Desk, p place, done func(string) tea.Cmd) *Pick {
	s := &Pick{desk: d, place: p, done: done}
	s.rows = list.New(func(o option) string { return o.text + " " + o.about })
	options := slices.Clone(p.options)
	if p.kind == severalKind {
		s.chosen = p.values()
		for _, value := range s.chosen { // what was chosen before and is offered no more
			if !slices.ContainsFunc(options, func(o option) bool { return o.value == value }) {
				options = append(options, option{value: value, text: value, about: "not listed any more"})
			}
		}
	} else {
		s.chosen = []string{p.text}
	}
	s.rows.SetItems(options)
	s.rows.Select(func(o option) bool { return slices.Contains(s.chosen, o.value) && o.value != "" })
	return s
}

// Start has nothing to do.
func (s *Pick) Start() tea.Cmd { return nil }

// Update takes what is typed into the filter.
func (s *Pick) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	if key, is := msg.(tea.KeyMsg); is {
		typeFilter(s.rows, key)
	}
	return cmd
}

// Head names the place.
func (s *Pick) Head() Head {
	h := s.desk.head(s.place.label)
	h.Typing = s.rows.Typing()
	return h
}

// Leave keeps what was chosen of several.
func (s *Pick) Leave() tea.Cmd {
	text := strings.Join(s.chosen, " ")
	if s.place.kind != severalKind || text == s.place.text {
		return nil
	}
	s.place.text = text
	return s.done(text)
}

// Busy reports whether something is being saved.
func (s *Pick) Busy() bool { return s.desk.busy() }

// Bindings choose.
func (s *Pick) Bindings() []Binding {
	why := ""
	if s.rows.Len() == 0 {
		why = "nothing is offered"
	}
	choose := Binding{Keys: []string{"enter", " "}, Label: "choose", Help: "choose what is under the cursor", Why: why, Do: s.one}
	if s.place.kind == severalKind {
		choose = Binding{Keys: []string{" ", "enter"}, Label: "choose or not", Help: "choose what is under the cursor, or take it out again", Why: why, Do: s.turn}
	}
	leave := back(s.rows)
	if s.place.kind == severalKind && s.rows.Filter() == "" {
		leave.Label, leave.Help = "done", "keep what is chosen, and back"
	}
	return append([]Binding{choose, leave}, moving(s.rows, nil)...)
}

func (s *Pick) one() tea.Cmd {
	o, _ := s.rows.Selected()
	if o.value == s.place.text {
		return pop()
	}
	return tea.Sequence(pop(), s.done(o.value))
}

func (s *Pick) turn() tea.Cmd {
	o, _ := s.rows.Selected()
	if i := slices.Index(s.chosen, o.value); i >= 0 {
		s.chosen = slices.Delete(slices.Clone(s.chosen), i, i+1)
	} else {
		s.chosen = append(slices.Clone(s.chosen), o.value)
	}
	return nil
}

// Draw lists the options.
func (s *Pick) Draw(c Canvas) []string {
	lines := []string{""}
	for _, line := range theme.Wrap(s.place.help, c.Width-2) {
		lines = append(lines, gutter+c.Theme.Paint(theme.Muted, line))
	}
	lines = append(append(lines, ""), filterLine(c, s.rows)...)
	if s.rows.Total() == 0 {
		return append(lines, gutter+"There is nothing to choose from yet.")
	}
	width := 0
	for i := range s.rows.Total() {
		o, _ := s.rows.Item(i)
		width = max(width, theme.Width(o.text))
	}
	width = min(width, c.Width*3/5)
	return append(lines, s.rows.Draw(c.Height-len(lines), func(o option, selected bool) string {
		return row(c, s.mark(o)+theme.Fit(theme.Clean(o.text), width)+"  "+c.Theme.Paint(theme.Muted, theme.Clean(o.about)), selected, true)
	})...)
}

func (s *Pick) mark(o option) string {
	chosen := slices.Contains(s.chosen, o.value)
	switch {
	case o.value == "":
		return "    "
	case s.place.kind == severalKind && chosen:
		return "[•] "
	case s.place.kind == severalKind:
		return "[ ] "
	case chosen:
		return "(•) "
	}
	return "( ) "
}
