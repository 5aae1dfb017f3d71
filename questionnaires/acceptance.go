package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// Acceptance takes the risk of a check's failing result for a time. Who asks for it
// writes the entry whose payload it is; it stands once somebody else approves. It is
// shown wherever the result is, and never makes a requirement In Place.
type Acceptance struct {
	Target  string     `json:"target"` // id
	Check   string     `json:"check"`
	Subject engine.Ref `json:"subject"` // without UID; made again under its name it is the same
	Place   string     `json:"place"`   // container, else field
	// Definition is the text of a check of the organisation's own; zero of a built-in one.
	Definition engine.Digest `json:"definition,omitzero"`
	Reason     string        `json:"reason"`
	Risk       string        `json:"risk"`
	Until      Day           `json:"until"` // to the end of this day in UTC
	// What follows is not part of the payload.
	Entry    engine.Digest `json:"-"` // that asked for it: its identity
	Asked    Author        `json:"-"`
	Time     time.Time     `json:"-"`
	Approval *Approval     `json:"-"` // nil while nobody did
	Ended    *Ending       `json:"-"` // nil while nobody took it back
	Reworded bool          `json:"-"` // its latest result is of another text of the check
}

// Approval is who approved an acceptance.
type Approval struct {
	Asked engine.Digest `json:"asked"` // the entry that asked
	// What follows is not part of the payload.
	By    Author    `json:"-"`
	Time  time.Time `json:"-"`
	Alone bool      `json:"-"` // by who asked, nobody else being enrolled
}

// Ending takes an acceptance back before it expires.
type Ending struct {
	Asked  engine.Digest `json:"asked"` // the entry that asked
	Reason string        `json:"reason"`
	// What follows is not part of the payload.
	By   Author    `json:"-"`
	Time time.Time `json:"-"`
}

// AcceptanceState is where an acceptance stands. Only Accepted counts.
type AcceptanceState int

// The states.
const (
	AcceptancePending AcceptanceState = iota // nobody approved yet
	Accepted
	AcceptanceExpired
	AcceptanceTaken // back
	AcceptanceUnfit // the check's text, which is the organisation's own, changed since
)

var acceptanceStates = [...]string{"pending", "accepted", "expired", "taken-back", "no-longer-fitting"}

// String returns the state's text.
func (s AcceptanceState) String() string { return textOf(acceptanceStates[:], int(s)) }

// MarshalText writes what String returns.
func (s AcceptanceState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// State is where the acceptance stands at a moment. From the end of its last day on
// it is expired, approved or not. One of a check whose text changed does not count:
// nobody took the risk of what the new text asks.
func (a Acceptance) State(at time.Time) AcceptanceState {
	switch {
	case a.Ended != nil:
		return AcceptanceTaken
	case !at.Before(a.Until.End()):
		return AcceptanceExpired
	case a.Reworded:
		return AcceptanceUnfit
	case a.Approval == nil:
		return AcceptancePending
	}
	return Accepted
}

// Key is the detail that it accepts.
func (a Acceptance) Key() engine.Key {
	return engine.Key{Target: a.Target, Check: a.Check, Subject: a.Subject.WithoutUID(), Place: a.Place, Definition: a.Definition}
}

// Meant reports whether it was asked for a detail, under this text of its check or
// another.
func (a Acceptance) Meant(key engine.Key) bool {
	key.Definition = a.Definition
	return a.Key() == key
}

// String says the acceptance in one line.
func (a Acceptance) String() string {
	text := fmt.Sprintf("asked for by %s until the end of %s (UTC): %s", a.Asked.Name, a.Until, a.Reason)
	if a.Approval == nil {
		return text
	}
	if a.Approval.Alone {
		return text + "; approved alone"
	}
	return text + "; approved by " + a.Approval.By.Name
}

// maxPlace bounds the ids and places of an acceptance, in bytes.
const maxPlace = 1000

// AskAcceptance returns the draft that asks for an acceptance. It refuses one of a
// result that does not fail, without reason or risk, or of a day that is over.
func (h *History) AskAcceptance(a Acceptance, now time.Time) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("accept %s of %s: %w", a.Check, a.Target, err)
	}
	a.Subject = a.Subject.WithoutUID()
	for _, f := range []field{{"target", a.Target}, {"check", a.Check}, {"place", a.Place}, {"subject", a.Subject.Name}, {"namespace", a.Subject.Namespace}} {
		if err := checkLine(f.what, f.text, maxPlace); err != nil {
			return fail(err)
		}
	}
	for _, f := range []field{{"reason", a.Reason}, {"risk", a.Risk}} {
		if err := CheckText(f.what, f.text, MaxNarrative); err != nil {
			return fail(err)
		}
		if blank(f.text) {
			return fail(fmt.Errorf("it needs a %s", f.what))
		}
	}
	if err := a.Until.check(); err != nil {
		return fail(err)
	}
	if a.Until == "" || !now.Before(a.Until.End()) {
		return fail(errors.New("it needs a last day, and one that is not over"))
	}
	switch latest := latestOf(Latest(h.evidence), a); {
	case latest == nil || latest.Verdict != engine.Fail:
		return fail(errors.New("its latest result does not fail there"))
	case latest.definition() != a.Definition:
		return fail(errors.New("its latest result is of another text of the check"))
	}
	return Draft{Action: AcceptanceAsked, Subject: "acceptance", Payload: a}, nil
}

// ApproveAcceptance returns the draft by which an author approves what was asked for
// by an entry. Who asked does not approve, unless nobody else is enrolled.
func (h *History) ApproveAcceptance(asked, by engine.Digest) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("approve acceptance %s: %w", asked.Short(), err)
	}
	a, err := h.acceptance(asked)
	if err != nil {
		return fail(err)
	}
	others := 0
	enrolled := false
	for _, author := range h.EnrolledAuthors() {
		if author.Verified && author.Author.ID != a.Asked.ID {
			others++
		}
		enrolled = enrolled || author.Verified && author.Author.ID == by
	}
	switch {
	case !enrolled:
		return fail(errors.New("only an enrolled author approves"))
	case a.Ended != nil:
		return fail(errors.New("it was taken back"))
	case a.Approval != nil:
		return fail(fmt.Errorf("%s approved it", a.Approval.By.Name))
	case a.Reworded:
		return fail(errors.New("the check's text changed since it was asked for: ask again"))
	case by == a.Asked.ID && others > 0:
		return fail(errors.New("who asks for it does not approve it; another enrolled author does"))
	}
	return Draft{Action: AcceptanceApproved, Subject: "acceptance " + asked.String(), Payload: Approval{Asked: asked}}, nil
}

// EndAcceptance returns the draft that takes an acceptance back.
func (h *History) EndAcceptance(asked engine.Digest, reason string) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("end acceptance %s: %w", asked.Short(), err)
	}
	a, err := h.acceptance(asked)
	if err != nil {
		return fail(err)
	}
	if err := CheckText("reason", reason, maxReason); err != nil {
		return fail(err)
	}
	switch {
	case a.Ended != nil:
		return fail(errors.New("it was taken back before"))
	case blank(reason):
		return fail(errNoReason)
	}
	return Draft{Action: AcceptanceEnded, Subject: "acceptance " + asked.String(), Payload: Ending{Asked: asked, Reason: reason}}, nil
}

func (h *History) acceptance(asked engine.Digest) (Acceptance, error) {
	all, err := h.Acceptances()
	if err != nil {
		return Acceptance{}, err
	}
	for _, a := range all {
		if a.Entry == asked {
			return a, nil
		}
	}
	return Acceptance{}, errors.New("nobody asked for it")
}

// Acceptances returns every acceptance that an enrolled author asked for, oldest
// first, with who approved it and who took it back: the first of each by time and
// entry, among the enrolled who had seen what was asked. An approval by who asked
// counts only while its author knew of nobody else enrolled, and is marked.
func (h *History) Acceptances() ([]Acceptance, error) {
	var all []Acceptance
	at := map[engine.Digest]int{}
	find := func(asked engine.Digest, e Entry) *Acceptance {
		i, known := at[asked]
		if !known || !h.IsAncestor(asked, e.ID) {
			return nil
		}
		return &all[i]
	}
	for _, e := range h.entries {
		if e.Action < AcceptanceAsked || e.Action > AcceptanceEnded || h.Verify(e.ID) != nil {
			continue
		}
		by, _ := h.Author(e.Author)
		switch e.Action {
		case AcceptanceAsked:
			a := Acceptance{}
			if err := h.read(e, &a); err != nil {
				return nil, err
			}
			a.Entry, a.Asked, a.Time = e.ID, by, e.Time
			at[e.ID] = len(all)
			all = append(all, a)
		case AcceptanceApproved:
			p := Approval{}
			if err := h.read(e, &p); err != nil {
				return nil, err
			}
			p.By, p.Time = by, e.Time
			if a := find(p.Asked, e); a != nil {
				p.Alone = by.ID == a.Asked.ID
				if (!p.Alone || h.alone(e)) && (a.Approval == nil || p.Time.Before(a.Approval.Time)) {
					a.Approval = &p
				}
			}
		case AcceptanceEnded:
			p := Ending{}
			if err := h.read(e, &p); err != nil {
				return nil, err
			}
			p.By, p.Time = by, e.Time
			if a := find(p.Asked, e); a != nil && (a.Ended == nil || p.Time.Before(a.Ended.Time)) {
				a.Ended = &p
			}
		default:
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	latest := Latest(h.evidence)
	for i := range all {
		result := latestOf(latest, all[i])
		all[i].Reworded = result != nil && result.definition() != all[i].Definition
	}
	return all, nil
}

// latestOf is the result among the latest that an acceptance is of; nil without one.
func latestOf(latest []Evidence, a Acceptance) *ResultSource {
	i := slices.IndexFunc(latest, func(item Evidence) bool {
		return item.Result != nil && item.Result.Target == a.Target && item.Result.Check == a.Check
	})
	if i < 0 {
		return nil
	}
	return latest[i].Result
}

// definition is the text of a check of the organisation's own; zero of a built-in one.
func (r ResultSource) definition() engine.Digest {
	if r.Custom == nil {
		return engine.Digest{}
	}
	return r.Custom.Definition
}

// alone reports whether the author of an entry knew of nobody else enrolled.
func (h *History) alone(e Entry) bool {
	return !slices.ContainsFunc(h.EnrolledAuthors(), func(other Enrolled) bool {
		return other.Author.ID != e.Author && other.Verified && h.IsAncestor(other.Entry, e.ID)
	})
}

// AcceptancesOf returns the acceptances of a result among all, whatever their state,
// in their order: what has to be shown beside it.
func AcceptancesOf(result *ResultSource, all []Acceptance) []Acceptance {
	var of []Acceptance
	for _, a := range all {
		if result != nil && a.Target == result.Target && a.Check == result.Check {
			of = append(of, a)
		}
	}
	return of
}

// AcceptedUntil returns the acceptance of a detail that counts at a moment, and of
// several the one that lasts longest.
func AcceptedUntil(key engine.Key, all []Acceptance, at time.Time) (Acceptance, bool) {
	var longest Acceptance
	found := false
	for _, a := range all {
		if a.Key() == key && a.State(at) == Accepted && (!found || a.Until > longest.Until) {
			longest, found = a, true
		}
	}
	return longest, found
}
