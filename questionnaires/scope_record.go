package questionnaires

import (
	"errors"
	"slices"

	"tickmark/engine"
)

// scopeRecord is what an assessment's history says of scope and engagement.
type scopeRecord struct {
	scope      Scope
	engagement Engagement
	engaged    []Entry
	last       map[Action]Entry // what stands
	beside     map[Action]int   // how many that differ stand beside each other
	strangers  map[Action]int   // how many stand that no enrolled author set
	sampled    samplingRecord
}

// Scope returns the scope that stands: of those that no other follows the latest. It
// is the zero Scope if nobody enrolled set one.
func (h *History) Scope() (Scope, error) {
	var scope Scope
	_, err := h.latest(ScopeSet, h.entries, &scope)
	return scope.settled(), err
}

// latest reads what stands last of an action's entries into payload, and returns the
// entries of enrolled authors that no other of them follows.
func (h *History) latest(action Action, entries []Entry, payload any) ([]Entry, error) {
	standing := h.unfollowed(those(entries, func(e *Entry) bool { return e.Action == action && h.Verify(e.ID) == nil }))
	if len(standing) == 0 {
		return nil, nil
	}
	return standing, h.read(slices.MaxFunc(standing, compareEntries), payload)
}

// ErrUnchanged says that what is set stands already: nothing is written for it.
var ErrUnchanged = errors.New("it stays as it is")

// changes reports ErrUnchanged where one thing stands, or none, and says what is set.
func changes[T any](h *History, action Action, entries []Entry, same func(T) bool) error {
	var before T
	standing, err := h.latest(action, entries, &before)
	if err == nil && len(standing) <= 1 && h.unvouched(action, entries, standing) == 0 && same(before) {
		err = ErrUnchanged
	}
	return err
}

// readScope reads scope and engagement as they stand.
func (a *Assessment) readScope() error {
	r := &a.scope
	r.last, r.beside, r.strangers = map[Action]Entry{}, map[Action]int{}, map[Action]int{}
	for _, part := range []struct {
		action  Action
		entries []Entry
		payload any
	}{{ScopeSet, a.history.entries, &r.scope}, {EngagementSet, r.engaged, &r.engagement}} {
		standing, err := a.history.latest(part.action, part.entries, part.payload)
		if err != nil {
			return err
		}
		if len(standing) > 0 {
			r.last[part.action] = slices.MaxFunc(standing, compareEntries)
		}
		digests := map[engine.Digest]bool{}
		for _, e := range standing {
			digests[e.Digest] = true
		}
		if len(digests) > 1 {
			r.beside[part.action] = len(standing)
		}
		r.strangers[part.action] = a.history.unvouched(part.action, part.entries, standing)
	}
	r.scope = r.scope.settled()
	return nil
}

// unvouched counts the entries that nobody enrolled answers for, and that nothing
// that stands has seen.
func (h *History) unvouched(action Action, entries, standing []Entry) int {
	n := 0
	for _, e := range entries {
		seen := func(s Entry) bool { return h.IsAncestor(e.ID, s.ID) }
		if e.Action == action && h.Verify(e.ID) != nil && !slices.ContainsFunc(standing, seen) {
			n++
		}
	}
	return n
}

// Scope returns what the assessment looks at; it is shared by those of the vault.
func (a *Assessment) Scope() Scope { return a.scope.scope }

// Engagement returns who assesses, when and how, and whether it was recorded.
func (a *Assessment) Engagement() (Engagement, bool) {
	_, given := a.scope.last[EngagementSet]
	return a.scope.engagement, given
}

// ScopeEntry returns the entry that set the scope, and false where none did.
func (a *Assessment) ScopeEntry() (Entry, bool) {
	e, set := a.scope.last[ScopeSet]
	return e, set
}

// EngagementEntry returns the entry that set the engagement, and false where none did.
func (a *Assessment) EngagementEntry() (Entry, bool) {
	e, set := a.scope.last[EngagementSet]
	return e, set
}

// Classes returns the class of everything that has one, the strictest first.
func (a *Assessment) Classes() []Classification { return a.scope.scope.Classed() }

// ThirdPartyDuties returns who answers for a requirement beside the entity: a line of
// the matrix that 12.8.5 asks for.
func (a *Assessment) ThirdPartyDuties(id RequirementID) []ShareOf {
	return a.scope.scope.ThirdPartyDuties(id)
}

// doubt says what stands side by side, or is nobody's.
func (r scopeRecord) doubt(action Action, part Part) []Problem {
	var problems []Problem
	add := into(&problems, part)
	if n := r.beside[action]; n > 0 {
		add(InConflict, "the %s was set %d times side by side; it has to be set again", part, n)
	}
	if r.strangers[action] > 0 {
		add(NotVerified, "the %s was set by somebody who is no enrolled author, which does not count; it has to be set again", part)
	}
	return problems
}
