package questionnaires

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"tickmark/engine"
)

// Unsent is what a person began to write into a form that is kept only as a whole, and
// did not send. It is the payload of an entry of the side log: words in the making are
// no part of any record, and are not lost.
type Unsent struct {
	Form  string            `json:"form"`
	Texts map[string]string `json:"texts,omitempty"` // by place; none once it was sent or dropped
	Turn  int               `json:"turn"`            // how often it was kept: the side log knows no before within a millisecond
}

// maxUnsent bounds the places of a form, maxFormKey its name and theirs in bytes.
const (
	maxUnsent  = 50
	maxFormKey = 200
)

// KeepUnsent returns the draft that keeps words in the making until they are sent. What
// no form could take in the end is refused here already.
func (a *Assessment) KeepUnsent(u Unsent) (Draft, error) {
	if err := checkLine("form", u.Form, maxFormKey); err != nil {
		return Draft{}, err
	}
	if u.Form == "" || len(u.Texts) > maxUnsent {
		return Draft{}, errors.New("keep words: they belong to no form")
	}
	for _, place := range slices.Sorted(maps.Keys(u.Texts)) {
		if err := checkLine("place", place, maxFormKey); err != nil {
			return Draft{}, err
		}
		if err := CheckText(place, u.Texts[place], MaxNarrative); err != nil {
			return Draft{}, err
		}
	}
	subject := unsentSubject(u.Form)
	var kept []Entry
	for _, e := range a.history.side {
		if e.Action == UnsentKept && e.Subject == subject {
			kept = append(kept, e)
		}
	}
	u.Turn = len(kept)
	if entry, last, err := a.history.lastUnsent(kept); err == nil && !entry.IsZero() && last.Turn >= u.Turn {
		u.Turn = last.Turn + 1 // some of before are gone
	}
	return Draft{Assessment: a.Details.ID, Action: UnsentKept, Subject: subject, Payload: u}, nil
}

func unsentSubject(form string) string { return "unsent " + engine.Sum([]byte(form)).Short() }

// Unsent returns what an author began and did not send in this assessment, by form. Only
// what verifies is shown to them as their own.
func (a *Assessment) Unsent(author engine.Digest) (map[string]Unsent, error) {
	kept := map[string][]Entry{} // by form
	for _, e := range a.history.side {
		if e.Action == UnsentKept && e.Author == author && e.Assessment == a.Details.ID {
			kept[e.Subject] = append(kept[e.Subject], e)
		}
	}
	all := map[string]Unsent{}
	for _, subject := range slices.Sorted(maps.Keys(kept)) {
		_, last, err := a.history.lastUnsent(kept[subject])
		if err != nil {
			return nil, err
		}
		if len(last.Texts) > 0 {
			all[last.Form] = last
		}
	}
	return all, nil
}

// lastUnsent is what was kept last of one form, and by which entry; none where none
// verifies.
func (h *History) lastUnsent(kept []Entry) (entry engine.Digest, last Unsent, err error) {
	for _, e := range h.newestVerified(kept) {
		var u Unsent
		if err := h.read(e, &u); err != nil {
			return entry, last, fmt.Errorf("read words that were not sent: %w", err)
		}
		if entry.IsZero() || u.Turn >= last.Turn {
			entry, last = e.ID, u
		}
	}
	return entry, last, nil
}

// SpentUnsent are the entries of words in the making that wait for nobody any more: of
// each form of each author all but the last, which says that it was sent or dropped, or
// what waits. A form whose last words cannot be read keeps all.
func (h *History) SpentUnsent() []engine.Digest {
	type form struct {
		assessment ID
		author     engine.Digest
		subject    string
	}
	kept := map[form][]Entry{}
	for _, e := range h.side {
		if e.Action == UnsentKept {
			of := form{e.Assessment, e.Author, e.Subject}
			kept[of] = append(kept[of], e)
		}
	}
	var spent []engine.Digest
	for _, all := range kept {
		last, _, err := h.lastUnsent(all)
		if err != nil {
			continue
		}
		for _, e := range all {
			if e.ID != last {
				spent = append(spent, e.ID)
			}
		}
	}
	return spent
}

// WithoutSpent returns the history without those entries, as it is read where they were
// left out. At most one history may be made of each in this way or by With.
func (h *History) WithoutSpent() *History {
	spent := map[engine.Digest]bool{}
	for _, id := range h.SpentUnsent() {
		spent[id] = true
	}
	next := *h
	next.side = those(h.side, func(e *Entry) bool { return !spent[e.ID] })
	return &next
}

// newestVerified are those of the last millisecond, of the entries of the side log that
// verify. A form is kept with every pause: no more signatures are checked than it takes.
func (h *History) newestVerified(side []Entry) []Entry {
	slices.SortStableFunc(side, func(x, y Entry) int { return y.Time.Compare(x.Time) })
	var newest []Entry
	for _, e := range side {
		if len(newest) > 0 && e.Time.Before(newest[0].Time) {
			break
		}
		if h.VerifySide(e) == nil {
			newest = append(newest, e)
		}
	}
	return newest
}
