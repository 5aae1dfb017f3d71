package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Form is a list of labelled places, each with what stands in it and what is
// missing. Every place is saved by itself, in a pause and on leaving; an unfinished
// form is kept. What a rule refuses stays as it was typed until it is mended or
// dropped.
type Form struct {
	desk   *Desk
	crumb  string
	about  string
	read   func() []place
	writer *writer
	rows   *list.List[place]
	undo   *questionnaires.RequirementID // whose answer the form is part of
	send   *sending
	run    *run   // lasting work under way, nil for none
	why    string // why it was not kept as a whole
}

// sending is how a form is kept that is kept only as a whole. Until then its texts wait
// in the vault for the person who wrote them.
type sending struct {
	form        string // tells it from others, across runs
	label, help string
	said        string
	rule        func() rule         // of what stands in it now
	work        func(asked any) job // in place of rule, where it takes more than one draft
	lasts       func() lasting      // in place of both, where it takes its time
	then        func() Screen       // what follows once it is kept; nil, or to give nil, for nothing
	touched     bool                // something stands in it that was not sent
	aside       bool                // it is nothing of the vault: it changes none, and does not wait there
}

// sent says that a form was to be kept as a whole.
type sent struct{ form *Form }

func newForm(d *Desk, crumb, about string, read func() []place) *Form {
	f := &Form{desk: d, crumb: crumb, about: about, read: read}
	f.rows = list.New(func(p place) string { return p.label + " " + p.text })
	f.writer = newWriter(func(label string) string { return f.place(label).text }, f.save)
	f.refresh()
	return f
}

// formOf is a form about a subject.
func formOf[T any](d *Desk, crumb, about string, s subject[T], blanks func(*Picture) []blank[T]) *Form {
	return newForm(d, crumb, about, func() []place { return s.places(d, blanks(d.picture)) })
}

// heldForm is a form about a value that is kept only as a whole.
func heldForm[T any](d *Desk, crumb, about string, value *T, blanks func(*Picture) []blank[T], send sending) *Form {
	f := newForm(d, crumb, about, func() []place {
		held := subject[T]{shown: func(*Picture) T { return *value }}
		all := blanks(d.picture)
		places := held.places(d, all)
		for i, b := range all {
			places[i].put = func(text string) error {
				changed := *value
				if err := b.set(&changed, text); err != nil {
					return err
				}
				*value = changed
				return nil
			}
		}
		return places
	})
	f.send = &send
	f.restore()
	return f
}

// of makes the form a part of the answer to a requirement, so that undo works there.
func (f *Form) of(id questionnaires.RequirementID) *Form {
	f.undo = &id
	return f
}

func (f *Form) refresh() { f.rows.SetItems(f.read()) }

// place is the one of a label.
func (f *Form) place(label string) place {
	for i := range f.rows.Total() {
		if p, _ := f.rows.Item(i); p.label == label {
			return p
		}
	}
	return place{}
}

func (f *Form) places() []place {
	all := make([]place, f.rows.Total())
	for i := range all {
		all[i], _ = f.rows.Item(i)
	}
	return all
}

// Start says what was restored.
func (f *Form) Start() tea.Cmd {
	if f.send == nil || !f.send.touched {
		return nil
	}
	return note(theme.Warning, "as you left it: S keeps it, D drops it")
}

// Update follows the assessment, and gives keys to the place that has them.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	cmd := f.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		f.refresh()
		if s, mine := msg.asked.(sent); mine && s.form == f {
			f.run, f.why = nil, ""
			if msg.err != nil {
				f.why = msg.err.Error()
			} else {
				return tea.Batch(cmd, f.forget(), f.leaveFor())
			}
		}
		return tea.Batch(cmd, f.writer.update(msg))
	case progressed:
		return tea.Batch(cmd, f.progressed(msg))
	case paused, written:
		return f.writer.update(msg)
	case tea.KeyMsg:
		if f.rows.Typing() {
			typeFilter(f.rows, msg)
			return nil
		}
		return f.writer.key(msg)
	}
	return cmd
}

// save is the work that keeps one place.
func (f *Form) save(label, text, said string) tea.Cmd {
	p, done := f.place(label), kept{f.writer, label, text}
	if p.put == nil {
		return f.desk.act(said, done, p.rule(text))
	}
	if err := p.put(text); err != nil {
		f.writer.ended(done, err)
		f.writer.going = false
		return note(theme.Bad, "not done: "+err.Error())
	}
	f.send.touched, f.why = !f.send.aside, ""
	f.refresh()
	if f.send.aside {
		f.writer.ended(done, nil)
		return nil
	}
	return f.desk.act("", done, f.unsent())
}

// Head names the form.
func (f *Form) Head() Head {
	h := f.writer.head(f.desk, f.desk.head(f.crumb))
	h.Typing = h.Typing || f.rows.Typing()
	if f.send != nil && f.send.touched && !f.writer.unsaved() {
		h.State, h.Tone = "● not sent yet", theme.Warning
	}
	return h
}

// Leave saves what is being written. What was not sent waits in the vault, and that is
// said.
func (f *Form) Leave() tea.Cmd {
	f.run.stop()
	cmd := f.writer.leave("saved")
	if f.send != nil && f.send.touched {
		return tea.Batch(cmd, note(theme.Warning, f.crumb+" is not sent yet; it opens again as you left it"))
	}
	return cmd
}

// Busy reports whether something is being saved, or written elsewhere.
func (f *Form) Busy() bool { return f.writer.away != "" || f.desk.busy() }

// Bindings fill the place under the cursor.
func (f *Form) Bindings() []Binding {
	if f.run != nil {
		return f.run.stopping(filledStays)
	}
	p, chosen := f.rows.Selected()
	bindings := f.writer.bindings(strings.ToLower(p.label), func() tea.Cmd { return f.writer.leave(strings.ToLower(p.label) + " saved") })
	if f.writer.writing() {
		return append(bindings, Binding{Keys: []string{"tab"}, Label: "next place", Help: "save it and write into the next place", Typing: true, Do: f.next})
	}
	fill := Binding{Keys: []string{"enter", "e", " ", "right", "l"}, Label: fillWord(p.kind), Help: "fill the place under the cursor", Why: f.fixed(), Do: f.fill}
	if !chosen {
		fill.Why = "there is no place under the cursor"
	}
	bindings = append(bindings, fill)
	if f.send != nil {
		bindings = append(bindings, f.sending())
	}
	if p.kind == longKind {
		bindings = append(bindings, f.writer.external(f.desk, p.label, "it"))
	}
	if _, unsaved := f.writer.typed[p.label]; unsaved {
		bindings = append(bindings, Binding{Keys: []string{"x"}, Label: "drop", Help: "drop what was typed here and is not saved", Do: func() tea.Cmd {
			f.writer.drop(p.label)
			return note(theme.Muted, "dropped: "+p.label+" stands as it was")
		}})
	}
	bindings = append(append(bindings, f.leaving()...), Binding{Keys: []string{"n"}, Label: "next missing", Help: "go to the next place that is missing", Do: f.nextMissing})
	if f.undo != nil {
		bindings = append(bindings, f.desk.undoBindings(*f.undo)...)
	}
	return append(bindings, moving(f.rows, nil)...)
}

func fillWord(k placeKind) string {
	switch k {
	case choiceKind, severalKind:
		return "choose"
	case switchKind:
		return "yes or no"
	case opensKind:
		return "open"
	case lineKind, longKind, dayKind:
	}
	return "write"
}

// leaving are the keys that leave, and the one that drops on purpose what was not sent.
func (f *Form) leaving() []Binding {
	b := f.writer.back()
	switch {
	case f.rows.Filter() != "":
		return []Binding{back(f.rows)}
	case f.send != nil && f.send.touched:
		b.Help = "back to the screen before; what was not sent waits here"
		return []Binding{b, {Keys: []string{"D"}, Label: "drop", Help: "drop what was filled in here, and back", Do: func() tea.Cmd {
			return tea.Batch(f.forget(), pop())
		}}}
	}
	return []Binding{b}
}

// next saves the place that has the keys and writes into the next one.
func (f *Form) next() tea.Cmd {
	cmd := f.writer.leave("")
	was := f.rows.Cursor()
	f.rows.Move(1)
	if p, _ := f.rows.Selected(); f.rows.Cursor() != was && (p.kind == lineKind || p.kind == longKind || p.kind == dayKind) {
		return tea.Batch(cmd, f.fill())
	}
	return cmd
}

// nextMissing goes to the next place that lacks something, from the top again.
func (f *Form) nextMissing() tea.Cmd {
	was := f.rows.Cursor()
	for i := range f.rows.Len() {
		f.rows.To((was + 1 + i) % f.rows.Len())
		if p, _ := f.rows.Selected(); missing([]place{p}) > 0 {
			return nil
		}
	}
	f.rows.To(was)
	return note(theme.Good, "nothing is missing here")
}

// fill gives the place under the cursor what it needs: the keys, a choice, or a
// screen of its own.
func (f *Form) fill() tea.Cmd {
	p, chosen := f.rows.Selected()
	if !chosen {
		return nil
	}
	switch p.kind {
	case switchKind:
		turned := yes
		if f.writer.text(p.label) == yes {
			turned = ""
		}
		return f.writer.put(p.label, turned, p.label+": "+turned)
	case choiceKind, severalKind:
		p.text = f.writer.text(p.label)
		return push(newPick(f.desk, p, func(text string) tea.Cmd { return f.writer.put(p.label, text, p.label+" saved") }))
	case opensKind:
		return push(p.open())
	case lineKind, longKind, dayKind:
	}
	f.rows.StopFilter()
	return f.writer.begin(p.label, p.kind != longKind)
}
