package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// EvidenceDetails is what a person says of a file beside its title: what an index of
// evidence lists, and the days that must not be taken for each other.
type EvidenceDetails struct {
	Purpose string   `json:"purpose,omitempty"` // of a document
	Version string   `json:"version,omitempty"`
	Revised Day      `json:"revised,omitempty"` // last revision of a document
	Topics  []string `json:"topics,omitempty"`
	Roles   []string `json:"roles,omitempty"` // of those who were interviewed or watched
	// From and To are the first and the last day that what it shows is about.
	From       Day `json:"from,omitempty"`
	To         Day `json:"to,omitempty"`
	Received   Day `json:"received,omitempty"`
	ValidUntil Day `json:"validUntil,omitempty"` // the last day on which it counts
	Sample     ID  `json:"sample,omitempty"`     // set that it shows
}

// Bounds of what is said of evidence, in bytes and items.
const (
	maxEvidenceLine  = 500
	maxEvidenceList  = 50
	maxEvidenceTitle = 255
)

// IsZero reports whether nothing is said.
func (d EvidenceDetails) IsZero() bool {
	return d.Purpose == "" && d.Version == "" && d.Revised == "" && len(d.Topics) == 0 && len(d.Roles) == 0 &&
		d.From == "" && d.To == "" && d.Received == "" && d.ValidUntil == "" && d.Sample == ""
}

// Period says the period that the item is about, "" where none is set.
func (d EvidenceDetails) Period() string { return Request{From: d.From, To: d.To}.Period() }

// EvidenceDescription is what a person may correct of a file that was taken in. It is
// the payload of an entry, and says all of it anew.
type EvidenceDescription struct {
	Evidence     ID              `json:"evidence"`
	Title        string          `json:"title,omitempty"`
	Obtained     Obtained        `json:"obtained,omitempty"`
	Collected    time.Time       `json:"collected"`
	Requirements []RequirementID `json:"requirements,omitempty"`
	Details      EvidenceDetails `json:"details,omitzero"`
}

// Description is what is said of the item now.
func (e Evidence) Description() EvidenceDescription {
	d := EvidenceDescription{Evidence: e.ID, Title: e.Title, Collected: e.Collected, Requirements: sorted(e.Requirements, RequirementID.Compare), Details: e.Details}
	if e.File != nil {
		d.Obtained = e.File.Obtained
	}
	return d
}

// CollectOn says on which day it came to be. The moment of the same day, where it is
// known, stays.
func (d *EvidenceDescription) CollectOn(day Day) {
	switch {
	case day == "":
		d.Collected = time.Time{}
	case d.Collected.IsZero() || day != DayOf(d.Collected):
		d.Collected = day.Start()
	}
}

// Serve adds requirements that the item serves too, and returns those that are new.
func (d *EvidenceDescription) Serve(requirements ...RequirementID) []RequirementID {
	var more []RequirementID
	for _, id := range requirements {
		if !slices.Contains(d.Requirements, id) {
			d.Requirements, more = append(slices.Clone(d.Requirements), id), append(more, id)
		}
	}
	return more
}

// described is the item as a description has it.
func (e Evidence) described(d EvidenceDescription) Evidence {
	e.Title, e.Collected, e.Requirements, e.Details = d.Title, d.Collected, d.Requirements, d.Details
	if e.File != nil {
		file := *e.File
		file.Obtained, e.File = d.Obtained, &file
	}
	return e
}

// CheckEvidence refuses what cannot be said of a file: days to come, a period that ends
// before it begins, a way of obtaining it that is none of the three.
func CheckEvidence(e Evidence, now time.Time) error {
	b := &bounds{}
	b.add(CheckText("title", e.Title, maxEvidenceTitle))
	if e.File != nil && e.File.Obtained != "" && !e.File.Obtained.Known() {
		_, err := ParseObtained(string(e.File.Obtained))
		b.add(err)
	}
	d, today := e.Details, DayOf(now)
	for what, text := range map[string]string{"purpose": d.Purpose, "version": d.Version} {
		b.add(checkLine(what, text, maxEvidenceLine))
	}
	for what, list := range map[string][]string{"topic": d.Topics, "role": d.Roles} {
		if len(list) > maxEvidenceList {
			b.add(fmt.Errorf("%d of %s, at most %d are kept", len(list), what, maxEvidenceList))
		}
		for _, text := range list {
			b.add(checkLine(what, text, maxEvidenceLine))
			if blank(text) {
				b.add(fmt.Errorf("read %s: it is empty", what))
			}
		}
	}
	for _, day := range []struct {
		what string
		day  Day
		past bool
	}{
		{"last revision", d.Revised, true},
		{"effective from", d.From, false},
		{"effective to", d.To, false},
		{"received", d.Received, true},
		{"valid until", d.ValidUntil, false},
	} {
		b.day(day.what, day.day)
		if day.past && day.day > today {
			b.add(fmt.Errorf("%s: %s is a day to come", day.what, day.day))
		}
	}
	switch collected := DayOf(e.Collected); {
	case e.Collected.IsZero():
	case e.Collected.After(now):
		b.add(fmt.Errorf("collected: %s is to come; evidence is never newer than the day it is taken in", collected))
	case d.Received != "" && d.Received < collected:
		b.add(fmt.Errorf("received on %s, and collected on %s: nothing is received before it was collected", d.Received, collected))
	}
	if d.From != "" && d.To != "" && d.To < d.From {
		b.add(fmt.Errorf("effective from %s to %s: it ends before it begins", d.From, d.To))
	}
	return b.err
}

// CheckServed refuses requirements that neither the standard has nor a questionnaire of
// the vault.
func (h *History) CheckServed(standard *Catalogue, ids []RequirementID) error {
	catalogues := []*Catalogue{standard}
	defined, err := h.Definitions()
	if err != nil {
		return err
	}
	for _, d := range defined {
		own, err := d.Catalogue(standard)
		if err != nil {
			return err
		}
		catalogues = append(catalogues, own)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(catalogues, func(c *Catalogue) bool { _, known := c.Requirement(id); return known }) {
			return fmt.Errorf("it cannot serve %s: the standard has no requirement of that number, and no questionnaire of the vault does", id)
		}
	}
	return nil
}

// Attach returns the draft that makes a file evidence. Its number is the next of its
// series; where nobody says when it was collected, that is when it was received, or now.
func (h *History) Attach(e Evidence, now time.Time) (Draft, error) {
	if e.File == nil || e.Result != nil {
		return Draft{}, errors.New("attach: it is no file")
	}
	if e.Collected.IsZero() {
		e.Collected = now
		if received := e.Details.Received; received != "" && received < DayOf(now) {
			e.Collected = received.Start()
		}
	}
	e.Collected = e.Collected.UTC()
	if err := CheckEvidence(e, now); err != nil {
		return Draft{}, err
	}
	if e.Number == 0 {
		e.Number = h.LastNumber(e.Kind) + 1
	}
	return Draft{Action: EvidenceAttached, Subject: "evidence " + string(e.ID), Payload: e}, nil
}

// Describe returns the draft that corrects what is said of a file; its bytes, kind and
// number stay. ErrUnchanged says that it is said already, unless that confirms one of
// several descriptions that were written side by side.
func (h *History) Describe(d EvidenceDescription, now time.Time) (Draft, error) {
	item, known := h.item(d.Evidence)
	switch {
	case !known:
		return Draft{}, fmt.Errorf("describe evidence %s: it is not in the vault", d.Evidence)
	case item.File == nil:
		return Draft{}, fmt.Errorf("describe %s: it is the result of a check, which nobody describes", item.Label())
	}
	d.Collected = d.Collected.UTC()
	d.Requirements = sorted(d.Requirements, RequirementID.Compare)
	if d.Collected.IsZero() {
		d.Collected = item.Collected
	}
	if !d.Obtained.Known() && d.Obtained != item.File.Obtained {
		_, err := ParseObtained(string(d.Obtained))
		return Draft{}, fmt.Errorf("describe %s: %w", item.Label(), err)
	}
	checked := item.described(d)
	if !checked.File.Obtained.Known() {
		checked.File.Obtained = "" // in an older vault's own words, which stay
	}
	if err := CheckEvidence(checked, now); err != nil {
		return Draft{}, fmt.Errorf("describe %s: %w", item.Label(), err)
	}
	if len(item.Beside) == 0 && sameContent(d, item.Description()) {
		return Draft{}, fmt.Errorf("describe %s: %w", item.Label(), ErrUnchanged)
	}
	return Draft{Action: EvidenceDescribed, Subject: "evidence " + string(item.ID), Payload: d}, nil
}

// readDescriptions gives each item what was said of it last. Of descriptions that were
// written side by side the latest stands, and the others are shown beside it. Who is
// not enrolled describes nothing.
func (h *History) readDescriptions() error {
	entries := map[ID][]Entry{}
	said := map[engine.Digest]EvidenceDescription{}
	for _, e := range h.entries {
		if e.Action != EvidenceDescribed || h.Verify(e.ID) != nil {
			continue
		}
		var d EvidenceDescription
		if err := h.read(e, &d); err != nil {
			return err
		}
		entries[d.Evidence], said[e.ID] = append(entries[d.Evidence], e), d
	}
	h.described = make(map[ID]bool, len(entries))
	for id := range entries {
		h.described[id] = true
	}
	if len(said) == 0 {
		return nil
	}
	for i, item := range h.evidence {
		standing := h.unfollowed(entries[item.ID])
		if len(standing) == 0 || item.File == nil {
			continue
		}
		latest := slices.MaxFunc(standing, compareEntries)
		item = item.described(said[latest.ID])
		for _, e := range standing {
			if e.Digest != latest.Digest {
				item.Beside = append(item.Beside, said[e.ID])
			}
		}
		h.evidence[i] = item
	}
	return nil
}

// EvidenceFact is one thing that is said of a file, by its name.
type EvidenceFact struct{ Name, Text string }

// Facts are what is said of a file beside its title, each day by its name; what nobody
// said has no text.
func (e Evidence) Facts() []EvidenceFact {
	d := e.Details
	facts := []EvidenceFact{
		{"kind", e.Kind.String()},
		{"purpose", d.Purpose},
		{"version", d.Version},
		{"revised", string(d.Revised)},
		{"topics", strings.Join(d.Topics, "; ")},
		{"roles", strings.Join(d.Roles, "; ")},
		{"effective", d.Period()},
		{"received", string(d.Received)},
		{"valid until", string(d.ValidUntil)},
	}
	for _, other := range e.Beside {
		title := other.Title
		if title == "" {
			title = "no title"
		}
		facts = append(facts, EvidenceFact{"beside", fmt.Sprintf("described otherwise side by side: %s, %s, collected %s", title, other.Obtained, DayOf(other.Collected))})
	}
	return facts
}

// StaleOn says why an item does not count any more on a day, "" where it does. What
// nobody set an end to does not end.
func (e Evidence) StaleOn(day Day) string {
	if until := e.Details.ValidUntil; until != "" && until < day {
		return fmt.Sprintf("its validity ended on %s", until)
	}
	return ""
}

// Lacks names what an index of evidence says of such an item and nobody said of this
// one: the purpose and the last revision of a document, the topics of an interview and
// the roles of those who were asked.
func (e Evidence) Lacks() []string {
	if e.File == nil {
		return nil
	}
	var asked []field
	switch e.Kind {
	case DocumentEvidence:
		asked = []field{{"its purpose", e.Details.Purpose}, {"its last revision", string(e.Details.Revised)}}
	case InterviewEvidence:
		asked = []field{{"its topics", counted(len(e.Details.Topics))}, {"the roles of those interviewed", counted(len(e.Details.Roles))}}
	case OtherEvidence, ScreenshotEvidence, ObservationEvidence, ConfigurationEvidence:
	}
	return missing(asked)
}

// Holding returns the file of these bytes that came first, unless they were expunged.
func (h *History) Holding(digest engine.Digest) (Evidence, bool) {
	i := slices.IndexFunc(h.evidence, func(e Evidence) bool { return e.File != nil && e.Expunged == nil && e.File.Digest == digest })
	if i < 0 {
		return Evidence{}, false
	}
	return h.evidence[i], true
}

// HoldsSize reports whether there is a file of a size, in bytes.
func (h *History) HoldsSize(size int64) bool {
	return slices.ContainsFunc(h.evidence, func(e Evidence) bool { return e.File != nil && e.Expunged == nil && e.File.Size == size })
}

// evidenceProblems are those of the files of the vault, whatever cites them: nobody
// decides between what two people said of one.
func (a *Assessment) evidenceProblems() []Problem {
	var problems []Problem
	add := into(&problems, EvidencePart)
	for _, item := range a.history.evidence {
		if n := len(item.Beside); n > 0 {
			add(InConflict, "%s was described in %d ways side by side; one of them has to be confirmed", item.Label(), n+1)
		}
	}
	return problems
}
