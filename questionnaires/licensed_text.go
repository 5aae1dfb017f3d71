package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// LicensedText is the standard's own text, as a user loaded what they have a licence
// for. It is the payload of an entry; the text itself is a document of the vault, so
// that a copy can do without it.
type LicensedText struct {
	Body         engine.Digest `json:"body,omitzero"`          // of the document; zero where it was taken out
	Source       string        `json:"source,omitempty"`       // name of the file it was read from
	Requirements int           `json:"requirements,omitempty"` // how many it has a text of
	// What follows is not part of the payload.
	Entry  engine.Digest `json:"-"`
	Author Author        `json:"-"`
	Time   time.Time     `json:"-"`
}

// maxTextSource bounds the name of the file, in bytes.
const maxTextSource = 255

// SetLicensedText returns the draft that says which licensed text a vault holds; the
// zero LicensedText takes it out.
func SetLicensedText(t LicensedText) (Draft, error) {
	if t.Body.IsZero() && (t.Source != "" || t.Requirements != 0) || !t.Body.IsZero() && t.Requirements < 1 {
		return Draft{}, errors.New("set licensed text: it holds no text of a requirement")
	}
	if err := checkLine("file name", t.Source, maxTextSource); err != nil {
		return Draft{}, fmt.Errorf("set licensed text: %w", err)
	}
	return Draft{Action: LicensedTextSet, Subject: "licensed text", Payload: t}, nil
}

// LicensedTexts returns the texts that stand, as enrolled authors loaded them: none,
// one, or several that were loaded side by side, the latest last. One that was taken
// out stands for none.
func (h *History) LicensedTexts() ([]LicensedText, error) {
	var set []Entry
	for _, e := range h.entries {
		if e.Action == LicensedTextSet && h.Verify(e.ID) == nil {
			set = append(set, e)
		}
	}
	var all []LicensedText
	for _, e := range h.unfollowed(set) {
		t := LicensedText{Entry: e.ID, Time: e.Time}
		if err := h.read(e, &t); err != nil {
			return nil, err
		}
		t.Author, _ = h.Author(e.Author)
		if !t.Body.IsZero() {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(x, y LicensedText) int {
		return compareEntries(Entry{ID: x.Entry, Time: x.Time}, Entry{ID: y.Entry, Time: y.Time})
	})
	return all, nil
}

// TextBodies returns the digests of all licensed texts that the vault ever held, but
// for those that are evidence as well.
func (h *History) TextBodies() ([]engine.Digest, error) {
	var all []engine.Digest
	for _, e := range h.entries {
		if e.Action != LicensedTextSet {
			continue
		}
		var t LicensedText
		if err := h.read(e, &t); err != nil {
			return nil, err
		}
		cited := func(item Evidence) bool { return item.Digest() == t.Body }
		if !t.Body.IsZero() && !slices.Contains(all, t.Body) && !slices.ContainsFunc(h.evidence, cited) {
			all = append(all, t.Body)
		}
	}
	return all, nil
}
