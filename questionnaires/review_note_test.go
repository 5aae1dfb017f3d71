package questionnaires

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func (f *fieldwork) salt() ID {
	f.j.t.Helper()
	id, err := f.j.newID()
	require.NoError(f.j.t, err)
	return id
}

// raise raises a note and returns its id.
func (f *fieldwork) raise(s *Signer, on, text string) ID {
	f.j.t.Helper()
	place, err := f.open().NotePlaceOf(on)
	require.NoError(f.j.t, err)
	n := ReviewNote{ID: engineID(string(f.salt())), Salt: f.salt(), On: place, Text: text}
	d, err := f.open().RaiseNote(n)
	f.must(s, d, err)
	return n.ID
}

func (f *fieldwork) reply(s *Signer, id ID, text string) {
	f.j.t.Helper()
	d, err := f.open().AnswerNote(id, NoteRemark{Text: text, Salt: f.salt()})
	f.must(s, d, err)
}

func (f *fieldwork) closes(s *Signer, id ID, reason string) error {
	f.j.t.Helper()
	d, err := f.open().CloseNote(id, s.Author.ID, NoteRemark{Text: reason, Salt: f.salt()})
	if err == nil {
		f.write(s, d)
	}
	return err
}

func (f *fieldwork) note(id ID) ReviewNote {
	f.j.t.Helper()
	n, err := f.open().note(id)
	require.NoError(f.j.t, err)
	return n
}

func TestANoteIsAnsweredAndClosedByWhoRaisedIt(t *testing.T) {
	mara, bo, cy := person(t, "Mara", 1), person(t, "Bo", 2), person(t, "Cy", 3)
	f := onSite(t, mara, bo, cy)
	f.j.answer(mara, f.c, f.id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "seen"})
	f.entries = f.j.entries
	id := f.raise(bo, "1.2.5", "Which rulesets?\nName them.")
	n := f.note(id)
	assert.Equal(t, "Note-1", n.Label())
	assert.Equal(t, "Which rulesets?", n.Title())
	assert.Equal(t, "internal", n.Kind(), "sharing is deliberate")
	assert.Equal(t, OpenNote, n.State)
	assert.Len(t, f.open().NotesFor(mara.Author.ID), 1, "it is about her answer")
	assert.Empty(t, f.open().NotesFor(bo.Author.ID))
	assert.Len(t, f.open().OpenNotes("requirement-1"), 1)
	assert.Empty(t, f.open().OpenNotes("requirement-2"))

	f.reply(mara, id, "R1 to R4")
	assert.Equal(t, AnsweredNote, f.note(id).State)
	assert.Len(t, f.open().NotesFor(bo.Author.ID), 1, "he has to look")
	require.ErrorContains(t, f.closes(mara, id, "done"), "Mara did the work that it is about")
	require.ErrorContains(t, f.closes(cy, id, ""), "Bo raised it; another closes it only with a reason")
	f.reply(bo, id, "And R5?")
	assert.Equal(t, OpenNote, f.note(id).State)
	require.NoError(t, f.closes(bo, id, ""))
	assert.Equal(t, ClosedNote, f.note(id).State)
	require.ErrorContains(t, f.closes(bo, id, ""), "closed already")
	assert.Empty(t, f.open().OpenNotes(""))
	f.reply(cy, id, "R5 was changed since")
	assert.Equal(t, AnsweredNote, f.note(id).State, "a reply opens it again")
	require.NoError(t, f.closes(cy, id, "Bo has left the firm"))
	n = f.note(id)
	assert.Equal(t, ClosedNote, n.State)
	var said []string
	for _, r := range n.Replies {
		said = append(said, fmt.Sprintf("%s: %s %v", r.Author.Name, r.Text, r.Closes))
	}
	assert.Equal(t, []string{"Mara: R1 to R4 false", "Bo: And R5? false", "Bo:  true", "Cy: R5 was changed since false", "Cy: Bo has left the firm true"}, said)
}

func TestANoteThatIsNonsense(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	for _, on := range []string{"", "9.9.9", "1.3.1.z", "Evidence-3", "lunch", "requirement-7"} {
		_, err := f.open().NotePlaceOf(on)
		assert.Error(t, err, on)
	}
	for _, on := range []string{"1.3.1.a", "scope", "Requirement-6"} {
		place, err := f.open().NotePlaceOf(on)
		require.NoError(t, err)
		_, err = f.open().RaiseNote(ReviewNote{ID: "a", Salt: "b", On: place, Text: " "})
		require.ErrorContains(t, err, "the note says nothing")
		_, err = f.open().RaiseNote(ReviewNote{ID: "a", Salt: "b", On: place, Text: "4111 1111 1111 1111"})
		require.ErrorContains(t, err, "card number")
		_, err = f.open().RaiseNote(ReviewNote{ID: "a", On: place, Text: "Why?"})
		require.ErrorContains(t, err, "salt")
	}
}

// What somebody signs past the rules does not close a note.
func TestAClosingThatTheRulesRefuse(t *testing.T) {
	mara, bo, stranger := person(t, "Mara", 1), person(t, "Bo", 2), person(t, "Nobody", 9)
	f := onSite(t, mara, bo)
	f.j.answer(mara, f.c, f.id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "seen"})
	f.entries = f.j.entries
	id := f.raise(bo, "requirement-1", "Look again")
	closing := func(text string) Draft {
		return Draft{Assessment: f.id, Action: NoteClosed, Subject: "note " + string(id), Payload: NoteRemark{Note: id, Text: text, Salt: "c"}}
	}
	f.write(mara, closing("I say it is done"))
	f.write(stranger, closing("so do I"))
	n := f.note(id)
	assert.Equal(t, OpenNote, n.State)
	require.Len(t, n.Replies, 1)
	assert.Contains(t, n.Replies[0].Void, "Mara did the work", "what she wrote is kept, and closes nothing")
}

func TestNotesWrittenSideBySide(t *testing.T) {
	mara, bo := person(t, "Mara", 1), person(t, "Bo", 2)
	f := onSite(t, mara, bo)
	id := f.raise(bo, "scope", "Is the backup network out?")
	away := f.copied()
	require.NoError(t, f.closes(bo, id, "seen"))
	away.reply(mara, id, "It is in, see the diagram")
	other := away.raise(mara, "scope", "A note of mine")
	mine := f.raise(bo, "1.2.5", "A note of his")
	all := slices.Concat(f.entries, away.entries)
	for seed := range uint64(20) {
		h, err := NewHistory(shuffled(all, seed), f.j.payload)
		require.NoError(t, err)
		a, err := h.Assessment(f.c, f.id)
		require.NoError(t, err)
		n, err := a.note(id)
		require.NoError(t, err)
		assert.Equal(t, AnsweredNote, n.State, "nobody closed it who had seen the reply")
		assert.Len(t, n.Replies, 2)
		assert.Contains(t, n.Conflicts[0], "closed and answered side by side")
		labels := map[string]ID{}
		for _, n := range a.Notes() {
			labels[n.Label()] = n.ID
		}
		require.Len(t, labels, 3)
		assert.ElementsMatch(t, []ID{other, mine}, []ID{labels["Note-2"], labels["Note-3"]})
	}
}

// A copy that was handed off has no text of an internal note, and says that there is one.
func TestAnInternalNoteStaysBehind(t *testing.T) {
	mara, bo := person(t, "Mara", 1), person(t, "Bo", 2)
	f := onSite(t, mara, bo)
	internal := f.raise(bo, "1.2.5", "They are hiding something")
	f.reply(mara, internal, "I think so too")
	shared := ReviewNote{ID: engineID("5"), Salt: "x", On: NotePlace{Section: "scope"}, Text: "For the client", Shared: true}
	d, err := f.open().RaiseNote(shared)
	f.must(bo, d, err)
	withheld, err := f.history().InternalNotes()
	require.NoError(t, err)
	assert.Len(t, withheld, 2)
	d, err = f.history().HandOff([]Recipient{key("Team", "age1b")}, "")
	require.NoError(t, err)
	p, is := d.Payload.(Handoff)
	require.True(t, is)
	assert.Equal(t, withheld, p.Withheld)

	h, err := NewHistory(f.entries, func(e Entry) ([]byte, error) {
		if slices.Contains(withheld, e.ID) {
			return nil, nil
		}
		return f.j.payload(e)
	})
	require.NoError(t, err)
	again, err := h.InternalNotes()
	require.NoError(t, err)
	assert.Equal(t, withheld, again, "the next handoff leaves it behind as well")
	a, err := h.Assessment(f.c, f.id)
	require.NoError(t, err)
	n, err := a.note(internal)
	require.NoError(t, err)
	assert.True(t, n.Withheld)
	assert.Equal(t, NotHandedOff, n.Title())
	assert.Equal(t, NotHandedOff, n.Replies[0].Said())
	assert.Equal(t, AnsweredNote, n.State)
	assert.Len(t, a.OpenNotes("requirement-6"), 1, "nobody here can say what it is on")
	found, err := a.NoteByLabel(n.Label())
	require.NoError(t, err)
	assert.Equal(t, internal, found.ID)
	assert.Len(t, a.OpenNotes("scope"), 2)
	_, err = a.CloseNote(internal, engine.Sum([]byte("a third")), NoteRemark{Text: "It was not handed to us", Salt: "y"})
	require.NoError(t, err)
}

// Who takes a vault over closes a note that they cannot see with a reason, also where it
// turns out to be about their own work.
func TestANoteThatStayedBehindIsClosed(t *testing.T) {
	mara, bo := person(t, "Mara", 1), person(t, "Bo", 2)
	f := onSite(t, mara, bo)
	note := f.raise(bo, "1.2.5", "Look again")
	f.j.entries = f.entries
	f.j.answer(mara, f.c, f.id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "seen"})
	f.entries = f.j.entries
	closing := func(unseen bool) Draft {
		return Draft{Assessment: f.id, Action: NoteClosed, Subject: "note " + string(note), Payload: NoteRemark{Note: note, Text: "not ours", Salt: "c", Unseen: unseen}}
	}
	f.write(mara, closing(true))
	assert.Equal(t, OpenNote, f.note(note).State, "nothing was handed off")
	d, err := f.history().HandOff([]Recipient{key("Team", "age1b")}, "")
	f.must(bo, d, err)
	f.write(mara, closing(false))
	assert.Equal(t, OpenNote, f.note(note).State)
	f.write(mara, closing(true))
	assert.Equal(t, ClosedNote, f.note(note).State)
}

// Two entries that raise one note leave it internal if one of them does.
func TestANoteIsSharedOnlyByWhoRaisedIt(t *testing.T) {
	mara, bo := person(t, "Mara", 1), person(t, "Bo", 2)
	f := onSite(t, mara, bo)
	id := f.raise(bo, "scope", "Between us")
	f.write(mara, Draft{Assessment: f.id, Action: NoteRaised, Subject: "note " + string(id), Payload: ReviewNote{ID: id, Text: "Out with it", Shared: true, Salt: "z"}})
	assert.False(t, f.note(id).Shared)
	withheld, err := f.history().InternalNotes()
	require.NoError(t, err)
	assert.Len(t, withheld, 2)
}
