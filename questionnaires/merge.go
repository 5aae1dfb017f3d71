package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// ErrOtherVault says that what was to be merged is no copy of the same vault.
var ErrOtherVault = errors.New("it is not a copy of this vault")

// Merge is what comes of it where a vault meets another copy of itself, after people
// worked on both: the union of their entries. It writes none and decides nothing. What
// was answered on both sides stands there twice, as a Problem that a person settles.
type Merge struct {
	History *History
	// Came are the entries that only the other copy had: parents first, the side log last.
	// Words that somebody began to write stay where they were typed.
	Came []Entry
	// Told are entries of which only the other copy knows what they say: a handoff left
	// that behind.
	Told []Entry
	// Behind are those that came without saying anything: internal notes, whose texts stayed
	// behind when the other copy was handed on.
	Behind []Entry
	// Lacks is how many entries the other copy does not have.
	Lacks int
	// Unverified are those that came and that nobody enrolled answers for: they are kept,
	// shown as that, and count for nothing.
	Unverified []Entry
	// Enrolled are the authors whom the other copy enrolled: here their entries count as well
	// from now on.
	Enrolled []Enrolled
	// Expunged are the bodies that the other copy expunged: here they go as well.
	Expunged []Tombstone
	// TextsGone are licensed texts that the other copy took out or replaced.
	TextsGone []LicensedText

	ours, theirs *History
}

// Renumbered is something of this copy that is called otherwise from now on, as another
// had its number as well.
type Renumbered struct {
	Before string `json:"before"`
	After  string `json:"after"`
	// Assessment is the name of the one in which it is called so, "" where it is the vault's.
	Assessment string `json:"assessment,omitempty"`
}

// Merge returns what comes of this copy and another. The order in which copies meet, and
// how often, makes no difference to the history. What comes is refused as a whole where
// an entry is not what its id says, or says another thing than it is signed for.
func (h *History) Merge(other *History) (Merge, error) {
	m := Merge{ours: h, theirs: other}
	if h.Vault() != other.Vault() {
		return Merge{}, ErrOtherVault
	}
	ours, theirs := idsOf(h), idsOf(other)
	for _, e := range slices.Concat(h.entries, h.side) {
		if !theirs[e.ID] && e.Action != UnsentKept {
			m.Lacks++
		}
	}
	for _, e := range slices.Concat(other.entries, other.side) {
		if e.Action == UnsentKept {
			continue
		}
		told, err := m.meet(e, ours[e.ID])
		switch {
		case err != nil:
			return Merge{}, err
		case !ours[e.ID]:
			m.Came = append(m.Came, e)
		case told:
			m.Told = append(m.Told, e)
		}
	}
	var err error
	if m.History, err = readHistory(slices.Concat(h.entries, h.side, m.Came), m.Payload, h.known.onwards()); err != nil {
		return Merge{}, err
	}
	if err := m.compare(); err != nil {
		return Merge{}, err
	}
	return m, nil
}

func idsOf(h *History) map[engine.Digest]bool {
	all := make(map[engine.Digest]bool, len(h.entries)+len(h.side))
	for _, e := range slices.Concat(h.entries, h.side) {
		all[e.ID] = true
	}
	return all
}

// meet refuses an entry of the other copy that would stand in the place of a signed one,
// and reports whether it says what this copy does not know.
func (m *Merge) meet(e Entry, known bool) (told bool, err error) {
	if known && !e.Action.Withholdable() {
		return false, nil
	}
	if e.digest() != e.ID {
		return false, fmt.Errorf("entry %s of the other copy was changed: its digest is %s", e.ID.Short(), e.digest().Short())
	}
	payload, err := m.theirs.payloads(e)
	if err != nil {
		return false, fmt.Errorf("read %s %s of the other copy: %w", e.Action, e.ID.Short(), err)
	}
	withheld := len(payload) == 0 && e.Action.Withholdable()
	if !withheld && engine.Sum(payload) != e.Digest {
		return false, fmt.Errorf("entry %s of the other copy: what it says was changed", e.ID.Short())
	}
	if !known && withheld {
		m.Behind = append(m.Behind, e)
	}
	if !known || withheld {
		return false, nil
	}
	own, err := m.ours.payloads(e)
	return len(own) == 0, err
}

// Payload is what an entry of the merged history says, as one of the copies has it.
func (m *Merge) Payload(e Entry) ([]byte, error) {
	body, err := m.ours.payloads(e)
	if err == nil && (len(body) > 0 || !e.Action.Withholdable()) {
		return body, nil
	}
	if theirs, wrong := m.theirs.payloads(e); wrong == nil {
		return theirs, nil
	}
	return body, err
}

// compare finds what is otherwise than this copy had it.
func (m *Merge) compare() error {
	for _, e := range m.Came {
		check := m.History.Verify(e.ID)
		if e.Action.Side() {
			check = m.History.VerifySide(e)
		}
		if check != nil {
			m.Unverified = append(m.Unverified, e)
		}
	}
	for _, t := range m.History.Tombstones() {
		if _, known := m.ours.Tombstone(t.Digest); !known {
			m.Expunged = append(m.Expunged, t)
		}
	}
	for _, author := range m.History.EnrolledAuthors() {
		if author.Verified && !m.ours.Enrols(author.Author.ID) {
			m.Enrolled = append(m.Enrolled, author)
		}
	}
	had, err := m.ours.LicensedTexts()
	if err != nil {
		return err
	}
	standing, err := m.History.LicensedTexts()
	for _, text := range had {
		if !slices.ContainsFunc(standing, func(t LicensedText) bool { return t.Body == text.Body }) {
			m.TextsGone = append(m.TextsGone, text)
		}
	}
	return err
}

// Renumbered are the things of this copy that are called otherwise from now on.
func (m *Merge) Renumbered(standard *Catalogue) ([]Renumbered, error) {
	before, err := m.ours.labels(standard)
	if err != nil {
		return nil, err
	}
	after, err := m.History.labels(standard)
	if err != nil {
		return nil, err
	}
	var all []Renumbered
	for thing, was := range before {
		if now := after[thing]; now.text != was.text && now.text != "" {
			all = append(all, Renumbered{was.text, now.text, now.assessment})
		}
	}
	slices.SortFunc(all, func(x, y Renumbered) int {
		return cmp.Or(cmp.Compare(x.Assessment, y.Assessment), cmp.Compare(x.Before, y.Before), cmp.Compare(x.After, y.After))
	})
	return all, nil
}

// called is what people call a thing, and in which assessment they call it so.
type called struct{ text, assessment string }

// labels are the numbers of evidence, requests and notes, and in each assessment those of
// its sample sets and issued versions.
func (h *History) labels(standard *Catalogue) (map[string]called, error) {
	requests, _, err := h.Requests()
	if err != nil {
		return nil, err
	}
	notes, _, err := h.ReviewNotes()
	if err != nil {
		return nil, err
	}
	assessments, err := h.Assessments()
	if err != nil {
		return nil, err
	}
	all := map[string]called{}
	for _, item := range h.Evidence() {
		all[string(item.ID)] = called{item.Label(), ""}
	}
	for _, r := range requests {
		all[string(r.ID)] = called{r.Label(), ""}
	}
	for _, n := range notes {
		all[string(n.ID)] = called{n.Label(), ""}
	}
	for _, details := range assessments {
		a, err := h.Assessment(standard, details.ID)
		if err != nil {
			return nil, err
		}
		versions, err := a.Versions()
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			all[v.Entry.String()] = called{"version " + v.Label(), details.Name}
		}
		for _, s := range a.Samples() {
			if !s.Typed { // those have no id, and keep what was typed
				all[string(details.ID)+"/"+string(s.ID)] = called{s.Label(), details.Name}
			}
		}
	}
	return all, nil
}

// InternalNotes counts the entries that came, or say now what they do, and are of notes
// that never leave the house: whoever opens this copy reads them.
func (m *Merge) InternalNotes() (int, error) {
	internal, err := m.History.InternalNotes()
	n := 0
	for _, e := range slices.Concat(m.Came, m.Told) {
		if slices.Contains(internal, e.ID) && !slices.ContainsFunc(m.Behind, func(b Entry) bool { return b.ID == e.ID }) {
			n++
		}
	}
	return n, err
}

// MergeProblem is a problem that neither copy had alone.
type MergeProblem struct {
	Assessment AssessmentDetails
	Problem
}

// Problems are those that the merge makes, of every assessment: what was said on both
// sides, and what does not fit together. They are there until a person settles them.
func (m *Merge) Problems(standard *Catalogue, now time.Time) ([]MergeProblem, error) {
	all, err := m.History.Assessments()
	if err != nil {
		return nil, err
	}
	var made []MergeProblem
	for _, details := range all {
		after, err := m.History.problemsOf(standard, details.ID, now)
		if err != nil {
			return nil, err
		}
		before := map[Problem]bool{}
		for _, h := range []*History{m.ours, m.theirs} {
			known, err := h.problemsOf(standard, details.ID, now)
			if err != nil {
				return nil, err
			}
			for _, p := range known {
				before[p] = true
			}
		}
		for _, p := range after {
			if !before[p] {
				made = append(made, MergeProblem{details, p})
			}
		}
	}
	return made, nil
}

// problemsOf are the problems of an assessment, none where there is no such one.
func (h *History) problemsOf(standard *Catalogue, id ID, now time.Time) ([]Problem, error) {
	all, err := h.Assessments()
	if err != nil || !slices.ContainsFunc(all, func(d AssessmentDetails) bool { return d.ID == id }) {
		return nil, err
	}
	a, err := h.Assessment(standard, id)
	if err != nil {
		return nil, err
	}
	return a.ProblemsOn(a.DayAt(now)), nil
}
