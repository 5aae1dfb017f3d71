package questionnaires

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tickmark/engine"
)

// NoteRemark is the payload of the entry that replies to a note, or closes it.
type NoteRemark struct {
	Note ID     `json:"note"`
	Text string `json:"text,omitempty"`
	Salt ID     `json:"salt"` // as a note's
	// Unseen: whoever closes has a copy that the note did not come with.
	Unseen bool `json:"unseen,omitempty"`
}

// noteBook is what a history says of its review notes, read when it is asked first.
type noteBook struct {
	once   sync.Once
	all    []ReviewNote        // by number
	of     map[ID][]ReviewNote // of each assessment, by number
	labels labelIndex
	last   int
	err    error
}

// noteStep is one entry of a note.
type noteStep struct {
	entry    Entry
	note     ID
	content  ReviewNote // of one that raises
	remark   NoteRemark // of the others
	withheld bool
}

// isNote reports whether an entry concerns a review note.
func (a Action) isNote() bool { return a >= NoteRaised && a <= NoteClosed }

// Withholdable reports whether a payload may be missing from a copy that was handed off.
func (a Action) Withholdable() bool { return a.isNote() }

// noteSubject begins what the entries of a note name: all that a copy without its text
// says of it.
const noteSubject = "note "

// ReviewNotes returns every review note of the vault by number, and the highest number
// that one ever had. Who is not enrolled raises none. The slice must not be changed.
func (h *History) ReviewNotes() (all []ReviewNote, last int, err error) {
	b := h.noted
	b.once.Do(func() {
		b.all, b.last, b.err = h.readNotes()
		b.of = map[ID][]ReviewNote{}
		for _, n := range b.all {
			b.of[n.Assessment] = append(b.of[n.Assessment], n)
		}
		b.labels = indexLabels(b.all, func(n ReviewNote) string { return label("Note", n.Number, "") })
	})
	return b.all, b.last, b.err
}

func (h *History) readNotes() ([]ReviewNote, int, error) {
	steps, order, err := h.noteSteps()
	if err != nil {
		return nil, 0, err
	}
	var all []ReviewNote
	var born []Entry
	for _, id := range order {
		if n, first, is := h.noteOf(steps[id]); is {
			all, born = append(all, n), append(born, first)
		}
	}
	return numberNotes(all, born)
}

// noteSteps returns what enrolled authors wrote of each note, and the notes in the order
// of their first entries.
func (h *History) noteSteps() (steps map[ID][]noteStep, order []ID, err error) {
	steps = map[ID][]noteStep{}
	for _, e := range h.entries {
		if !e.Action.isNote() || h.Verify(e.ID) != nil {
			continue
		}
		step, err := h.noteStep(e)
		if err != nil {
			return nil, nil, err
		}
		if _, known := steps[step.note]; !known {
			order = append(order, step.note)
		}
		steps[step.note] = append(steps[step.note], step)
	}
	return steps, order, nil
}

// noteStep reads one entry. One whose payload stayed behind at a handoff says by its
// action and subject alone what was done.
func (h *History) noteStep(e Entry) (noteStep, error) {
	id, named := strings.CutPrefix(e.Subject, noteSubject)
	step := noteStep{entry: e, note: ID(id)}
	fail := func(err error) (noteStep, error) {
		return step, fmt.Errorf("read %s %s: %w", e.Action, e.ID.Short(), err)
	}
	body, err := h.payloads(e)
	switch {
	case err != nil:
		return fail(err)
	case len(body) == 0:
		step.withheld = true
		return step, nil
	case engine.Sum(body) != e.Digest:
		return fail(fmt.Errorf("its payload was changed"))
	}
	var said ID
	if e.Action == NoteRaised {
		err = json.Unmarshal(body, &step.content)
		said = step.content.ID
	} else {
		err = json.Unmarshal(body, &step.remark)
		said = step.remark.Note
	}
	if err == nil && (!named || said != step.note) {
		err = fmt.Errorf("it is signed as of %q and says another note", e.Subject)
	}
	if err != nil {
		return fail(err)
	}
	return step, nil
}

// noteOf is a note as its steps make it, with the entry that raised it; false where
// none of them does. Steps of another assessment are none of it.
func (h *History) noteOf(steps []noteStep) (ReviewNote, Entry, bool) {
	i := slices.IndexFunc(steps, func(s noteStep) bool { return s.entry.Action == NoteRaised })
	if i < 0 {
		return ReviewNote{}, Entry{}, false
	}
	first := steps[i]
	n := first.content
	n.ID, n.Shared = first.note, !slices.ContainsFunc(steps, noteStep.internal)
	n.Assessment, n.Time, n.Withheld = first.entry.Assessment, first.entry.Time, first.withheld
	n.Author, _ = h.Author(first.entry.Author)
	counting := []Entry{first.entry}
	for _, s := range steps {
		if s.entry.Action == NoteRaised || s.entry.Assessment != n.Assessment || !h.IsAncestor(first.entry.ID, s.entry.ID) {
			continue
		}
		r := NoteReply{Time: s.entry.Time, Text: s.remark.Text, Closes: s.entry.Action == NoteClosed, Withheld: s.withheld}
		r.Author, _ = h.Author(s.entry.Author)
		if r.Closes && !(s.remark.Unseen && !blank(r.Text) && h.stayedBehind(first.entry.ID, s.entry.ID)) {
			r.Void = h.closing(n, r, s.entry.ID)
		}
		if r.Void == "" {
			counting = append(counting, s.entry)
		}
		n.Replies = append(n.Replies, r)
	}
	slices.SortStableFunc(n.Replies, func(x, y NoteReply) int { return x.Time.Compare(y.Time) })
	h.settleNote(&n, h.unfollowed(counting))
	return n, first.entry, true
}

// internal reports whether a step makes its note internal: one that says so is enough,
// and so is one that stayed behind.
func (s noteStep) internal() bool {
	return s.withheld || s.entry.Action == NoteRaised && !s.content.Shared
}

// closing says why one who closes a note does not, "" where they do: it is closed by
// whoever raised it. Where they are not there another closes it with a reason, but
// nobody whose own work it is about. Before is the entry that closes, zero for now.
func (h *History) closing(n ReviewNote, r NoteReply, before engine.Digest) string {
	switch {
	case r.Author.ID == n.Author.ID:
		return ""
	case h.touched(n, r.Author.ID, before):
		return fmt.Sprintf("%s did the work that it is about; %s closes it, or somebody else with a reason", r.Author.Name, n.Author.Name)
	case blank(r.Text) && !r.Withheld: // with what stayed behind, its reason did
		return fmt.Sprintf("%s raised it; another closes it only with a reason", n.Author.Name)
	}
	return ""
}

// stayedBehind reports whether a note was left behind by a handoff before an entry: who
// closes it then may not know what it is about.
func (h *History) stayedBehind(raised, before engine.Digest) bool {
	return slices.ContainsFunc(h.entries, func(e Entry) bool {
		if e.Action != HandedOff || !h.IsAncestor(e.ID, before) || h.Verify(e.ID) != nil {
			return false
		}
		given, err := h.handoff(e)
		return err == nil && slices.Contains(given.Withheld, raised)
	})
}

// touched reports whether an author did what a note is about: answered the requirement,
// or one of its section, or brought the evidence.
func (h *History) touched(n ReviewNote, author, before engine.Digest) bool {
	if id := n.On.Evidence; id != "" {
		return slices.ContainsFunc(h.evidence, func(item Evidence) bool { return item.ID == id && item.Author == author })
	}
	about := func(id RequirementID) bool { return id.Covers(n.On.Procedure.Requirement) }
	if n.On.Section != "" {
		about = func(id RequirementID) bool { return string(SectionOf(id)) == n.On.Section }
	}
	return slices.ContainsFunc(h.entries, func(e Entry) bool {
		if e.Action != AnswerGiven || e.Author != author || e.Assessment != n.Assessment {
			return false
		}
		id, err := ParseRequirementID(e.Subject)
		return err == nil && about(id) && (before.IsZero() || h.IsAncestor(e.ID, before))
	})
}

// settleNote finds how far a note is. Of what was done side by side the one counts that
// leaves more to be done: a closing that did not see a reply closes nothing.
func (h *History) settleNote(n *ReviewNote, standing []Entry) {
	n.State = ClosedNote
	closed := false
	for _, e := range standing {
		switch {
		case e.Action == NoteClosed:
			closed = true
		case e.Author == n.Author.ID:
			n.State = OpenNote
		default:
			n.State = min(n.State, AnsweredNote)
		}
	}
	if closed && n.State != ClosedNote {
		n.Conflicts = append(n.Conflicts, "was closed and answered side by side; it has to be looked at again")
	}
}

// numberNotes gives every note its final number. Those that stayed behind have none.
func numberNotes(all []ReviewNote, born []Entry) ([]ReviewNote, int, error) {
	var given []numeral
	times := make(map[engine.Digest]time.Time, len(all))
	for i, n := range all {
		if !n.Withheld {
			given = append(given, numeral{id: n.ID, entry: born[i].ID, number: n.Number, at: i})
		}
		times[born[i].ID] = born[i].Time
	}
	given, last := settleNumbers(given, nil, func(entry engine.Digest) time.Time { return times[entry] })
	numbered := make([]ReviewNote, 0, len(all))
	for _, g := range given {
		n := all[g.at]
		n.Number, n.Suffix, n.Aliases = g.number, g.suffix, g.aliases
		numbered = append(numbered, n)
	}
	slices.SortStableFunc(numbered, func(x, y ReviewNote) int { return x.Number - y.Number })
	for _, n := range all {
		if n.Withheld {
			numbered = append(numbered, n)
		}
	}
	return numbered, max(last, len(all)), nil
}

// InternalNotes returns the entries whose payloads never leave the house: of every note
// but those that enrolled authors shared, with all that was written to them.
func (h *History) InternalNotes() ([]engine.Digest, error) {
	steps, _, err := h.noteSteps()
	if err != nil {
		return nil, err
	}
	shared := map[engine.Digest]bool{}
	for _, of := range steps {
		if n, _, is := h.noteOf(of); is && n.Shared {
			for _, s := range of {
				shared[s.entry.ID] = true
			}
		}
	}
	var internal []engine.Digest
	for _, e := range h.entries {
		if e.Action.isNote() && !shared[e.ID] {
			internal = append(internal, e.ID)
		}
	}
	return internal, nil
}
