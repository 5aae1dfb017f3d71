package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// repeated is a part of a T that is a list of records, each with a form.
type repeated[T, R any] struct {
	label, help string
	one, many   string // a record, records
	needed      bool
	whole       bool        // a new record is kept only as a whole: some of its places need each other
	begin       func([]R) R // a new record among others; nil for an empty one
	list        func(*T) *[]R
	name        func(R) string
	whose       func(*T) string // tells the list from those of other records; nil where there is one
	blanks      func(*Picture) []blank[R]
}

// blank is the place that opens the list.
func (r repeated[T, R]) blank(p *Picture) blank[T] {
	return blank[T]{
		place: place{label: r.label, help: r.help, kind: opensKind, needed: r.needed},
		get: func(t *T) string {
			all := *r.list(t)
			if len(all) == 0 {
				return ""
			}
			names := make([]string, len(all))
			for i, record := range all {
				names[i] = r.name(record)
			}
			return count(len(all), r.one, r.many) + ": " + strings.Join(names, ", ")
		},
		lack: func(t *T) int {
			n := 0
			for i := range *r.list(t) {
				n += lacking(&(*r.list(t))[i], r.blanks(p))
			}
			return n
		},
		set:  func(*T, string) error { return nil },
		open: func(d *Desk, s subject[T]) Screen { return newRecords(d, s, r) },
	}
}

// Records is a list of records, with add, edit and take out.
type Records[T, R any] struct {
	desk    *Desk
	subject subject[T]
	of      repeated[T, R]
	rows    *list.List[recordRow]
	sure    int // the record that the next x takes out, -1 if none
}

// recordRow is one record: its place in the list, its name and what it lacks.
type recordRow struct {
	at    int
	name  string
	lacks int
}

func newRecords[T, R any](d *Desk, s subject[T], of repeated[T, R]) *Records[T, R] {
	r := &Records[T, R]{desk: d, subject: s, of: of, sure: -1}
	r.rows = list.New(func(row recordRow) string { return row.name })
	r.refresh()
	return r
}

func (s *Records[T, R]) refresh() {
	value := s.subject.shown(s.desk.picture)
	var rows []recordRow
	for i, record := range *s.of.list(&value) {
		name := s.of.name(record)
		if strings.TrimSpace(name) == "" {
			name = fmt.Sprintf("%s %d, without a name", s.of.one, i+1)
		}
		rows = append(rows, recordRow{i, name, lacking(&record, s.of.blanks(s.desk.picture))})
	}
	s.rows.SetItems(rows)
}

// Start has nothing to do.
func (s *Records[T, R]) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *Records[T, R]) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.refresh()
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Leave has nothing to save.
func (s *Records[T, R]) Leave() tea.Cmd { return nil }

// Busy reports whether something is being saved.
func (s *Records[T, R]) Busy() bool { return s.desk.busy() }

// Head names the list.
func (s *Records[T, R]) Head() Head {
	h := s.desk.head(s.of.label)
	h.Typing = s.rows.Typing()
	return h
}

// Bindings add, open and take out.
func (s *Records[T, R]) Bindings() []Binding {
	none := ""
	if s.rows.Len() == 0 {
		none = "there is no " + s.of.one + " under the cursor"
	}
	open := Binding{Keys: []string{"enter", "right", "l"}, Label: "open", Help: "fill in the " + s.of.one + " under the cursor", Why: none, Do: func() tea.Cmd {
		r, _ := s.rows.Selected()
		return push(s.form(r.at))
	}}
	add := Binding{Keys: []string{"a"}, Label: "add", Help: "add a " + s.of.one, Why: s.desk.fixed(), Do: func() tea.Cmd { return push(s.form(s.rows.Total())) }}
	out := Binding{Keys: []string{"x"}, Label: "take out", Help: "take the " + s.of.one + " under the cursor out; asked twice", Why: none, Do: s.takeOut}
	if fixed := s.desk.fixed(); fixed != "" {
		out.Why = fixed
	}
	return append([]Binding{open, add, out, back(s.rows)}, moving(s.rows, func() tea.Cmd { s.sure = -1; return nil })...)
}

// form is that of one record; a new one is there once something stands in it.
func (s *Records[T, R]) form(i int) Screen {
	if s.of.whole && i == s.rows.Total() {
		return s.whole()
	}
	part := within(s.subject, func(t *T) *R {
		all := s.of.list(t)
		if s.of.begin != nil && i == len(*all) {
			*all = append(slices.Clone(*all), s.of.begin(*all))
		}
		return element(all, i)
	})
	crumb := fmt.Sprintf("%s %d", s.of.one, i+1)
	if r, there := s.rows.Item(i); there {
		crumb = r.name
	}
	return formOf(s.desk, theme.Cut(theme.Clean(crumb), 30), "", part, s.of.blanks)
}

// whose is what the list belongs to.
func (s *Records[T, R]) whose() string {
	if s.of.whose == nil {
		return ""
	}
	value := s.subject.shown(s.desk.picture)
	return s.of.whose(&value)
}

// whole is the form of a new record that is kept only as a whole.
func (s *Records[T, R]) whole() Screen {
	value := new(R)
	plain := func(p *Picture) []blank[R] {
		return slices.DeleteFunc(s.of.blanks(p), func(b blank[R]) bool { return b.kind == opensKind })
	}
	return heldForm(s.desk, "New "+s.of.one, s.of.help, value, plain, sending{form: formKey("New "+s.of.one, s.whose()), label: "add", help: "add the " + s.of.one, said: "added", rule: func() rule {
		record := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			all, err := s.subject.of(a)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			records := s.of.list(&all)
			*records = append(slices.Clone(*records), record)
			return s.subject.keep(a, all)
		}
	}})
}

// takeOut takes a record out when asked twice; the history keeps it.
func (s *Records[T, R]) takeOut() tea.Cmd {
	r, _ := s.rows.Selected()
	if s.sure != r.at {
		s.sure = r.at
		return note(theme.Warning, "x again takes out "+theme.Clean(r.name)+"; the history keeps it")
	}
	s.sure = -1
	return s.desk.act("taken out: "+theme.Clean(r.name), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		value, err := s.subject.of(a)
		if err != nil {
			return questionnaires.Draft{}, err
		}
		all := s.of.list(&value)
		if r.at < len(*all) {
			*all = slices.Delete(slices.Clone(*all), r.at, r.at+1)
		}
		return s.subject.keep(a, value)
	})
}

// Draw lists the records.
func (s *Records[T, R]) Draw(c Canvas) []string {
	lines := []string{""}
	for _, line := range theme.Wrap(s.of.help, c.Width-2) {
		lines = append(lines, gutter+c.Theme.Paint(theme.Muted, line))
	}
	lines = append(append(lines, ""), filterLine(c, s.rows)...)
	if s.rows.Total() == 0 {
		return append(lines, indent(gutter, theme.Wrap("There is no "+s.of.one+" yet: a adds one.", c.Width-2))...)
	}
	return append(lines, s.rows.Draw(c.Height-len(lines), func(r recordRow, selected bool) string {
		state := sign{"✓", "whole", theme.Good}
		if r.lacks > 0 {
			state = sign{"!", count(r.lacks, "missing", "missing"), theme.Warning}
		}
		return row(c, c.Theme.Paint(state.tone, theme.Fit(state.text(), 13))+theme.Clean(r.name), selected, true)
	})...)
}
