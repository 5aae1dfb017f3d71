package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// raising is a note that is being written.
type raising struct {
	on, text string
	shared   bool
}

// noteOn is the key that writes a note on what stands here, "" where that is to be said.
func (d *Desk) noteOn(on string) Binding {
	help := "write a review note on " + on
	if on == "" {
		help = "write a review note"
	}
	return Binding{Keys: []string{"m"}, Label: "note", Help: help, Why: d.fixed(), Do: func() tea.Cmd { return d.raiseForm(on) }}
}

// drawIDs draws an id for each of some things that need one.
func (d *Desk) drawIDs(n int) ([]questionnaires.ID, error) {
	ids := make([]questionnaires.ID, n)
	for i := range ids {
		var err error
		if ids[i], err = d.NewID(); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// raiseForm writes a note.
func (d *Desk) raiseForm(on string) tea.Cmd {
	ids, err := d.drawIDs(2)
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &raising{on: on}
	type r = raising
	return push(heldForm(d, "New note", "What you have to say of the work. It is internal unless it is shared: in no report, export or calendar, and left behind when the vault is handed off.", value, func(*Picture) []blank[r] {
		place := line("On", "A requirement such as 8.3.6, a testing procedure such as 8.3.6.a, evidence such as Evidence-7 or Int-2, or a section such as scope or requirement-8.", true, func(r *r) *string { return &r.on })
		set := place.set
		place.set = func(r *r, text string) error {
			if strings.TrimSpace(text) != "" {
				if _, err := d.picture.Assessment.NotePlaceOf(text); err != nil {
					return err
				}
			}
			return set(r, text)
		}
		return []blank[r]{
			place,
			long("Note", "What is missing, doubtful or to be changed.", true, func(r *r) *string { return &r.text }),
			either("Shared", "Yes lets the note leave the house with the vault. Nothing makes it internal again.", false, func(r *r) *bool { return &r.shared }),
		}
	}, sending{form: formKey("New note", on), label: "write", help: "write the note", said: "the note is written", rule: func() rule {
		held := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			place, err := a.NotePlaceOf(held.on)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return a.RaiseNote(questionnaires.ReviewNote{ID: ids[0], Salt: ids[1], On: place, Text: held.text, Shared: held.shared})
		}
	}}))
}

// remarkForm answers a note, or closes it.
func (d *Desk) remarkForm(n questionnaires.ReviewNote, closes bool) tea.Cmd {
	ids, err := d.drawIDs(1)
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	author, _ := d.vault.Author()
	value, words := new(string), remarkWords(n, closes, author)
	return push(heldForm(d, words.crumb, words.about, value, func(*Picture) []blank[string] {
		return []blank[string]{long(words.label, words.help, words.needed, func(s *string) *string { return s })}
	}, sending{form: formKey(words.crumb, string(n.ID)), label: words.verb, help: words.verb + " the note", said: n.Label() + words.said, rule: func() rule {
		r := questionnaires.NoteRemark{Text: *value, Salt: ids[0]}
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			if closes {
				return a.CloseNote(n.ID, author.ID, r)
			}
			return a.AnswerNote(n.ID, r)
		}
	}}))
}

// wordsOfRemark are those of the form in which something is written to a note.
type wordsOfRemark struct {
	crumb, about, label, help, verb, said string
	needed                                bool
}

func remarkWords(n questionnaires.ReviewNote, closes bool, author questionnaires.Author) wordsOfRemark {
	if !closes {
		return wordsOfRemark{"Answer " + n.Label(), n.Author.Name + ": " + n.Title(), "Reply", "What you have to say to it. It may be read by those who may read the note.", "answer", " answered", true}
	}
	w := wordsOfRemark{"Close " + n.Label(), n.Author.Name + ": " + n.Title(), "Reason", "Why it is closed. It may be left out, since you raised it.", "close", " closed", false}
	if n.Author.ID != author.ID {
		w.help, w.needed = "Why you close it, and not "+n.Author.Name+", who raised it. Nobody closes what is about their own work.", true
	}
	return w
}
