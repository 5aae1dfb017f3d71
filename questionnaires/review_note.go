package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// ReviewNote is what somebody who reads the work writes beside it: on an answer, an
// item of evidence or a whole section. It is internal, and then never leaves the house,
// unless it was shared when it was written. It is the payload of the entry that raises
// it; replies and closings are entries of their own.
type ReviewNote struct {
	ID     ID        `json:"id"`
	Number int       `json:"number"`
	On     NotePlace `json:"on"`
	Text   string    `json:"text"`
	Shared bool      `json:"shared,omitempty"`
	// Salt keeps the text from being guessed by the entry's digest, which a copy has that
	// was handed off without the text.
	Salt ID `json:"salt"`
	// NoteStanding is not part of the payload.
	NoteStanding `json:"-"`
}

// NoteStanding is what the whole history says of a review note.
type NoteStanding struct {
	Assessment ID
	Author     Author    // who raised it
	Time       time.Time // when
	// Suffix and Aliases are those of its number, as with evidence.
	Suffix  string
	Aliases []int
	State   NoteState
	Replies []NoteReply // oldest first, closings among them
	// Withheld: this is a copy that was handed off, and the note stayed behind.
	Withheld bool
	// Conflicts says what was done side by side, in words.
	Conflicts []string
}

// NoteReply is what somebody wrote to a note, or why they closed it.
type NoteReply struct {
	Author Author    `json:"author"`
	Time   time.Time `json:"time"`
	Text   string    `json:"text,omitempty"`
	Closes bool      `json:"closes,omitempty"`
	// Void says why a closing closes nothing, "" where it counts.
	Void     string `json:"void,omitempty"`
	Withheld bool   `json:"withheld,omitempty"`
}

// NoteState is how far a note is.
type NoteState int

// The states, from what leaves most to be done. Only what was closed is done.
const (
	OpenNote     NoteState = iota // who raised it spoke last
	AnsweredNote                  // somebody else replied, and whoever raised it has to look
	ClosedNote
)

var noteStates = [...]string{"open", "answered", "closed"}

// String returns the state's text.
func (s NoteState) String() string { return textOf(noteStates[:], int(s)) }

// MarshalText writes what String returns.
func (s NoteState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// NotePlace is what a note is on: a requirement or a testing procedure of it, an item
// of evidence, or a section.
type NotePlace struct {
	Procedure Procedure `json:"procedure,omitzero"` // without a letter it is all of the requirement
	Evidence  ID        `json:"evidence,omitempty"`
	Section   string    `json:"section,omitempty"`
}

// section is the section that a note on the place keeps open.
func (p NotePlace) section() string {
	switch {
	case p.Section != "":
		return p.Section
	case p.Evidence != "":
		return string(EvidenceSection)
	}
	return string(SectionOf(p.Procedure.Requirement))
}

// maxNote bounds what a note or a reply says, in bytes.
const maxNote = 16 << 10

// Label is the number as people write it: Note-4. One that stayed behind has the
// beginning of its id, since its number did too.
func (n ReviewNote) Label() string {
	if n.Withheld {
		return "Note-" + string(n.ID[:min(len(n.ID), 8)])
	}
	return label("Note", n.Number, n.Suffix)
}

// AliasLabels are the labels of its other numbers.
func (n ReviewNote) AliasLabels() []string { return aliasLabels("Note", n.Aliases) }

// NotHandedOff stands where a text stayed behind when the vault was handed off.
const NotHandedOff = "an internal note, not handed off"

// Said is what the note says, or that it stayed behind.
func (n ReviewNote) Said() string {
	if n.Withheld {
		return NotHandedOff
	}
	return n.Text
}

// Said is what the reply says, or that it stayed behind.
func (r NoteReply) Said() string {
	if r.Withheld {
		return NotHandedOff
	}
	return r.Text
}

// Title is the first line of what the note says.
func (n ReviewNote) Title() string {
	line, _, _ := strings.Cut(strings.TrimSpace(n.Said()), "\n")
	return line
}

// Kind is who may read it, in a word.
func (n ReviewNote) Kind() string {
	if n.Shared {
		return "shared"
	}
	return "internal"
}

// Last is who spoke last.
func (n ReviewNote) Last() Author {
	if len(n.Replies) > 0 {
		return n.Replies[len(n.Replies)-1].Author
	}
	return n.Author
}

// Notes returns the review notes of the assessment by number.
func (a *Assessment) Notes() []ReviewNote { return a.history.noted.of[a.Details.ID] }

// OpenNotes returns the notes that keep a section open: those on it, on what it holds,
// and those that stayed behind at a handoff, of which nobody here can say where they
// belong. "" means every section.
func (a *Assessment) OpenNotes(section string) []ReviewNote {
	var open []ReviewNote
	for _, n := range a.Notes() {
		if n.State != ClosedNote && (section == "" || n.Withheld || n.On.section() == section) {
			open = append(open, n)
		}
	}
	return open
}

// NotesOn returns the notes on a requirement and its procedures.
func (a *Assessment) NotesOn(id RequirementID) []ReviewNote {
	return slices.DeleteFunc(slices.Clone(a.Notes()), func(n ReviewNote) bool { return n.On.Procedure.Requirement != id })
}

// NotesOnEvidence returns the notes on an item of evidence.
func (a *Assessment) NotesOnEvidence(id ID) []ReviewNote {
	return slices.DeleteFunc(slices.Clone(a.Notes()), func(n ReviewNote) bool { return n.On.Evidence != id })
}

// NotesFor returns the notes that wait for an author: open ones on what they answered
// or brought, and answered ones that they raised.
func (a *Assessment) NotesFor(author engine.Digest) []ReviewNote {
	var mine []ReviewNote
	for _, n := range a.Notes() {
		raised := n.Author.ID == author
		if n.State == AnsweredNote && raised || n.State == OpenNote && !raised && a.history.touched(n, author, engine.Digest{}) {
			mine = append(mine, n)
		}
	}
	return mine
}

// NoteByLabel returns the note that people call Note-4, or by a number it once had.
func (a *Assessment) NoteByLabel(name string) (ReviewNote, error) {
	all, _, err := a.history.ReviewNotes()
	if err != nil {
		return ReviewNote{}, err
	}
	at, known, err := a.history.noted.labels.find(name)
	if err != nil {
		return ReviewNote{}, err
	}
	if !known {
		return ReviewNote{}, fmt.Errorf("find %q: no note of that number (see `tickmark note VAULT list`)", name)
	}
	if n := all[at]; n.Assessment == a.Details.ID {
		return n, nil
	}
	return ReviewNote{}, fmt.Errorf("find %q: it is a note of another assessment; choose that with --assessment", name)
}

// PlaceOf says what a note is on, as people write it: 1.2.1.b, Evidence-7, scope. It is
// "" of one that stayed behind.
func (a *Assessment) PlaceOf(n ReviewNote) string {
	switch {
	case n.On.Evidence != "":
		if item, known := a.Evidence(n.On.Evidence); known {
			return item.Label()
		}
		return "evidence " + string(n.On.Evidence)
	case n.On.Section != "":
		return n.On.Section
	}
	return n.On.Procedure.String()
}

// NotePlaceOf reads what PlaceOf says.
func (a *Assessment) NotePlaceOf(text string) (NotePlace, error) {
	text = strings.TrimSpace(text)
	p := NotePlace{Section: strings.ToLower(text)}
	if a.checkPlace(p) == nil {
		return p, nil
	}
	if procedure, err := ParseProcedure(text); err == nil {
		p = NotePlace{Procedure: procedure}
		if err := a.checkPlace(p); err != nil {
			return p, fmt.Errorf("place a note on %s: %w", procedure, err)
		}
		return p, nil
	}
	item, err := a.EvidenceByLabel(text)
	if err != nil {
		return p, fmt.Errorf("place a note on %.40q: it is no requirement, procedure, evidence or section (%s, requirement-1)", text, namedSections(a.Sections()))
	}
	return NotePlace{Evidence: item.ID}, nil
}
