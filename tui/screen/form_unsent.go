package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// formKey tells a form from others of its name, by what it is about.
func formKey(crumb string, about ...string) string {
	return crumb + ", " + engine.Sum([]byte(strings.Join(about, "\x00"))).Short()
}

// unsentForms names the forms that wait to be sent.
func (p *Picture) unsentForms() []string {
	var names []string
	for key := range p.Unsent {
		name, _, _ := strings.Cut(key, ", ")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// restore fills a form in with what was begun and not sent. What it does not take any
// more is left out.
func (f *Form) restore() {
	left, begun := f.desk.picture.Unsent[f.send.form]
	if !begun {
		return
	}
	for range 2 { // what stands in one place may bring others
		for _, p := range f.places() {
			if text, written := left.Texts[p.label]; written && (p.text == text || p.put(text) == nil) {
				f.send.touched = true
			}
		}
		f.refresh()
	}
}

// unsent is the rule that keeps what stands in the form now.
func (f *Form) unsent() rule {
	left := questionnaires.Unsent{Form: f.send.form, Texts: map[string]string{}}
	for _, p := range f.places() {
		if p.text != "" {
			left.Texts[p.label] = p.text
		}
	}
	return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.KeepUnsent(left) }
}

// fixed says why nothing can be filled in, "" if it can.
func (f *Form) fixed() string {
	if f.send != nil && f.send.aside {
		return ""
	}
	return f.desk.fixed()
}

// forget takes back what waited to be sent.
func (f *Form) forget() tea.Cmd {
	if f.send.aside {
		return nil
	}
	f.send.touched = false
	form := f.send.form
	return f.desk.act("", nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.KeepUnsent(questionnaires.Unsent{Form: form})
	})
}

// leaveFor goes, to what follows if something does.
func (f *Form) leaveFor() tea.Cmd {
	if f.send.then == nil {
		return pop()
	}
	next := f.send.then()
	if next == nil {
		return pop()
	}
	return tea.Sequence(pop(), push(next))
}
