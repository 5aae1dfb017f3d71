package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// Release is a person's decision on what was found in a file: that a redacted copy takes
// its place, or that it is kept as it is, and why. It is the payload of an entry.
type Release struct {
	Evidence ID     `json:"evidence"`
	Reason   string `json:"reason,omitempty"`
	// Copy is the redacted one; the digest of what was searched stays in the item.
	Copy *FileSource `json:"copy,omitempty"`
}

// SearchState is how much of a file was searched for card numbers and keys.
type SearchState int

// The states. What was not searched is unknown, and never clean.
const (
	NotSearched SearchState = iota
	SearchedInPart
	Searched
)

var searchStates = [...]string{"not searched", "searched in part", "searched"}

// String returns the state's text.
func (s SearchState) String() string { return textOf(searchStates[:], int(s)) }

// MarshalText writes what String returns.
func (s SearchState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SearchState is how much of the item was searched. The result of a check was redacted
// where it was collected, and is not searched.
func (e Evidence) SearchState() SearchState {
	if e.File == nil || e.File.Search == nil {
		return NotSearched
	}
	s := e.File.Search
	whole := slices.ContainsFunc(s.Unread, func(u engine.Unread) bool { return u.Place == "" })
	switch {
	case len(s.Unread) == 0:
		return Searched
	case whole || s.Read == 0:
		return NotSearched
	}
	return SearchedInPart
}

// Quarantined reports whether something was found in a file and nobody decided on it yet,
// or two people did in two ways.
func (e Evidence) Quarantined() bool { return e.Expunged == nil && e.undecided() }

// undecided is Quarantined whether what was found is there or was expunged.
func (e Evidence) undecided() bool {
	return e.File != nil && e.File.Search != nil && len(e.File.Search.Hits) > 0 && len(e.Releases) != 1
}

// SearchWords says of a file what the search of it found, by kinds and places.
func (e Evidence) SearchWords() string {
	if e.File == nil {
		return ""
	}
	var words []string
	switch s := e.File.Search; {
	case s == nil:
		words = append(words, "not searched: it was taken in before files were")
	case e.undecided():
		words = append(words, "quarantined: "+hitWords(s.Hits))
	case len(s.Hits) > 0:
		words = append(words, "released ("+e.Releases[0].Reason+"), with "+hitWords(s.Hits))
	case e.Original != nil:
		words = append(words, "a redacted copy, "+e.SearchState().String())
	default:
		words = append(words, e.SearchState().String())
	}
	if e.File.Search != nil && len(e.File.Search.Unread) > 0 {
		words = append(words, "not read: "+unreadWords(e.File.Search.Unread))
	}
	return strings.Join(words, "; ")
}

// maxSearchWords bounds how many places a line names.
const maxSearchWords = 3

func hitWords(hits []engine.Hit) string {
	var words []string
	for i, h := range hits {
		if i == maxSearchWords {
			words = append(words, fmt.Sprintf("and %d more places", len(hits)-i))
			break
		}
		word := strings.ReplaceAll(h.Kind, "-", " ")
		if h.Count > 1 {
			word = fmt.Sprintf("%d times %s", h.Count, word)
		}
		if h.Place != "" {
			word += " at " + h.Place
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func unreadWords(parts []engine.Unread) string {
	var words []string
	for i, u := range parts {
		if i == maxSearchWords {
			words = append(words, fmt.Sprintf("and %d more", len(parts)-i))
			break
		}
		word := u.Why
		if u.Place != "" {
			word = u.Place + ": " + word
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// Release returns the draft that decides on what was found in a file. A copy must hold
// nothing of it any more; without one, a reason says why the file may be kept.
func (h *History) Release(r Release) (Draft, error) {
	item, known := h.item(r.Evidence)
	if !known {
		return Draft{}, fmt.Errorf("release evidence %s: it is not in the vault", r.Evidence)
	}
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("release %s: %w", item.Label(), err) }
	r.Reason = strings.TrimSpace(r.Reason)
	switch {
	case item.Expunged != nil && r.Copy == nil:
		return fail(fmt.Errorf("it was %s", item.Expunged))
	case !item.undecided():
		return fail(fmt.Errorf("it is not quarantined: %s", item.SearchWords()))
	}
	if err := checkLine("reason", r.Reason, maxReason); err != nil {
		return fail(err)
	}
	if err := r.check(item); err != nil {
		return fail(err)
	}
	return Draft{Action: EvidenceReleased, Subject: "evidence " + string(item.ID), Payload: r}, nil
}

// check refuses what decides nothing.
func (r Release) check(item Evidence) error {
	switch {
	case r.Copy == nil && r.Reason == "":
		return errors.New("it takes a redacted copy, or a reason why it is kept as it is")
	case r.Copy == nil:
		return nil
	case r.Copy.Digest == item.File.Digest:
		return errors.New("the copy is the file itself, byte for byte")
	case r.Copy.Search == nil:
		return errors.New("the copy was not searched")
	case len(r.Copy.Search.Hits) > 0:
		return fmt.Errorf("the copy still holds what must not be kept: %s", hitWords(r.Copy.Search.Hits))
	}
	return nil
}

// readReleases gives each item the decisions on it that stand. One alone decides; two
// that differ, made side by side, leave it quarantined. Who is not enrolled releases
// nothing, and what the rules refuse releases nothing either.
func (h *History) readReleases() error {
	entries := map[ID][]Entry{}
	said := map[engine.Digest]Release{}
	for _, e := range h.entries {
		if e.Action != EvidenceReleased || h.Verify(e.ID) != nil {
			continue
		}
		var r Release
		if err := h.read(e, &r); err != nil {
			return err
		}
		entries[r.Evidence], said[e.ID] = append(entries[r.Evidence], e), r
		h.described[r.Evidence] = true
	}
	if len(said) == 0 {
		return nil
	}
	for i, item := range h.evidence {
		standing := h.unfollowed(entries[item.ID])
		slices.SortFunc(standing, compareEntries)
		seen := map[engine.Digest]bool{}
		for _, e := range standing {
			r := said[e.ID]
			if item.File == nil || seen[e.Digest] || r.check(item) != nil {
				continue
			}
			seen[e.Digest] = true
			item.Releases = append(item.Releases, r)
		}
		if len(item.Releases) == 1 && item.Releases[0].Copy != nil {
			original, copied := *item.File, *item.Releases[0].Copy
			copied.Obtained = original.Obtained
			item.Original, item.File = &original, &copied
		}
		h.evidence[i] = item
	}
	return nil
}

// Quarantined returns the files on which nobody decided, in the order in which they came.
func (h *History) Quarantined() []Evidence {
	var all []Evidence
	for _, item := range h.evidence {
		if item.Quarantined() {
			all = append(all, item)
		}
	}
	return all
}

// UndecidedWords says of files on which nobody decided that somebody has to, "" where
// there are none: those that nobody cites are no problem, and wait all the same.
func UndecidedWords(files []Evidence) string {
	var labels []string
	for i, item := range files {
		if i == maxSearchWords {
			labels = append(labels, fmt.Sprintf("and %d more", len(files)-i))
			break
		}
		labels = append(labels, item.Label())
	}
	named := " (" + strings.Join(labels, ", ") + ")"
	switch len(files) {
	case 0:
		return ""
	case 1:
		return "1 file is quarantined: decide on it" + named
	}
	return fmt.Sprintf("%d files are quarantined: decide on them", len(files)) + named
}
