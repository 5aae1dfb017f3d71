package questionnaires

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// Enrolled is an author whom a vault knows, and how it came to.
type Enrolled struct {
	Enrolment
	Entry    engine.Digest // that enrolled the author
	By       Author        // who wrote it; the founder's own is the first entry
	Time     time.Time
	Verified bool // that entry is its author's, who was enrolled before
}

// EnrolledAuthors returns all authors, by name and id. Where several entries enrol one
// author, the first that verifies counts: nobody gives another a new name or
// certificate by an entry that is not signed by somebody who may.
func (h *History) EnrolledAuthors() []Enrolled {
	all := make([]Enrolled, 0, len(h.enrolled))
	for _, known := range h.enrolled {
		first := h.counting(known)
		e := Enrolled{Enrolment: first.Enrolment, Entry: first.entry, Verified: h.Verify(first.entry) == nil}
		if i, is := h.byID.find(first.entry); is {
			e.Time = h.entries[i].Time
			e.By, _ = h.Author(h.entries[i].Author)
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Enrolled) int {
		return cmp.Or(cmp.Compare(a.Author.Name, b.Author.Name), bytes.Compare(a.Author.ID[:], b.Author.ID[:]))
	})
	return all
}

// counting is the enrolment of an author that counts.
func (h *History) counting(known []enrolled) enrolled {
	for _, e := range known {
		if len(known) == 1 || h.Verify(e.entry) == nil {
			return e
		}
	}
	return known[0]
}

// Author returns an enrolled author.
func (h *History) Author(id engine.Digest) (Author, bool) {
	if known := h.enrolled[id]; len(known) > 0 {
		return h.counting(known).Author, true
	}
	return Author{ID: id}, false
}

// Enrols reports whether an author is enrolled by an entry that verifies.
func (h *History) Enrols(author engine.Digest) bool {
	known := h.enrolled[author]
	return len(known) > 0 && h.Verify(h.counting(known).entry) == nil
}

// Enrol returns the draft that enrols the author of a card, whose fingerprint the
// enroller compared with the author. It refuses one who is enrolled already.
func (h *History) Enrol(c Card) (Draft, error) {
	if err := c.Check(); err != nil {
		return Draft{}, fmt.Errorf("enrol author: %w", err)
	}
	if h.Enrols(c.Author.ID) {
		known, _ := h.Author(c.Author.ID)
		return Draft{}, fmt.Errorf("enrol author: %s is enrolled already", known.Name)
	}
	return Draft{Action: AuthorEnrolled, Subject: c.Author.ID.String(), Payload: c.Enrolment}, nil
}
