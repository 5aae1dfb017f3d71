package questionnaires

import (
	"maps"
	"reflect"
	"slices"
)

// Own returns the answer that was given to an id itself, as it was written: the last
// revision that no other follows. It is what an edit starts from. Where two people
// answered without seeing each other there are several (Conflicts), and the latest
// by time and entry id is shown until one of them is confirmed by a new answer.
// Without an answer it is the zero Revision, Unanswered.
func (a *Assessment) Own(id RequirementID) Revision {
	own := a.own(id)
	own.Answer = own.clone()
	return own
}

func (a *Assessment) own(id RequirementID) Revision {
	standing := a.given.standing[id]
	if len(standing) == 0 {
		return Revision{Answer: Answer{Requirement: id}}
	}
	own := standing[0]
	for _, r := range standing[1:] {
		if r.after(own) {
			own = r
		}
	}
	own.Verified = a.history.Verify(own.Entry) == nil
	return own
}

func (r Revision) after(o Revision) bool {
	return compareEntries(Entry{ID: r.Entry, Time: r.Time}, Entry{ID: o.Entry, Time: o.Time}) > 0
}

// Current returns the answer that stands for a requirement: its own, rolled up from
// its testing procedures where the form asks for them; without one, Not Applicable
// where that was answered for all below an id above it. An own answer overrides, and
// takes the reason from above if it is Not Applicable without one.
func (a *Assessment) Current(id RequirementID) Revision {
	own := a.own(id)
	r, known := a.catalogue.Requirement(id)
	if known && a.Questionnaire.PerProcedure {
		own.Answer = r.rollUp(own.Answer)
	}
	perProcedure := known && a.Questionnaire.PerProcedure
	answered := own.Response != Unanswered || perProcedure && begun(own.Answer)
	if !answered {
		if above, inherits := a.above(id); inherits {
			above.Inherited = above.Requirement
			above.Answer = Answer{Requirement: id, Response: NotApplicable, Narrative: above.Narrative, Methods: above.Methods, Evidence: above.Evidence}
			return above
		}
		return own
	}
	if own.Response == NotApplicable && blank(own.Narrative) && !(perProcedure && r.plain(own.Answer)) {
		if above, inherits := a.above(id.Parent()); inherits {
			own.Narrative, own.Inherited = above.Narrative, above.Requirement
		}
	}
	return own
}

// begun reports whether an answer finds anything of a testing procedure.
func begun(a Answer) bool {
	for _, p := range a.Procedures {
		if p.Finding != Unanswered {
			return true
		}
	}
	return false
}

// above returns the nearest answer, from an id upwards, that is Not Applicable with
// all below.
func (a *Assessment) above(id RequirementID) (Revision, bool) {
	if !a.given.subtrees {
		return Revision{}, false
	}
	for at := id; !at.IsZero(); at = at.Parent() {
		if own := a.own(at); own.excludesAll() {
			return own, true
		}
	}
	return Revision{}, false
}

func (a Answer) excludesAll() bool { return a.Subtree && a.Response == NotApplicable }

// Given returns the ids that were answered and that the form reaches, in order.
func (a *Assessment) Given() []RequirementID {
	var ids []RequirementID
	for _, id := range slices.SortedFunc(maps.Keys(a.given.standing), RequirementID.Compare) {
		if !a.Own(id).unsaid() && a.Questionnaire.Reaches(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// unsaid reports whether an answer says nothing: it was taken back.
func (a Answer) unsaid() bool {
	return reflect.DeepEqual(a, Answer{Requirement: a.Requirement, Undoes: a.Undoes, Restores: a.Restores})
}

// Subtrees returns the answers that are Not Applicable with all below, in order.
func (a *Assessment) Subtrees() []Revision {
	var all []Revision
	for _, id := range slices.SortedFunc(maps.Keys(a.given.standing), RequirementID.Compare) {
		if own := a.Own(id); own.excludesAll() {
			all = append(all, own)
		}
	}
	return all
}
