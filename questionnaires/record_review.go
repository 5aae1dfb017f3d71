package questionnaires

import (
	"slices"
	"strings"
	"sync"
)

// activityBook is what a history says of activities and significant changes, read when
// it is asked first.
type activityBook struct {
	once       sync.Once
	activities []Activity
	changes    []SignificantChange
	err        error
}

// Activities returns the activities that stand, by day and id, withdrawn ones
// included. Who is not enrolled records none. The slice must not be changed.
func (h *History) Activities() ([]Activity, error) {
	err := h.readActivities()
	return h.done.activities, err
}

// SignificantChanges returns the significant changes that stand, by day and id,
// withdrawn ones included. The slice must not be changed.
func (h *History) SignificantChanges() ([]SignificantChange, error) {
	err := h.readActivities()
	return h.done.changes, err
}

func (h *History) readActivities() error {
	h.done.once.Do(func() {
		b := h.done
		if b.activities, b.err = standing(h, ActivityRecorded, func(a Activity) ID { return a.ID }, func(a *Activity, s Standing) { a.Standing = s }); b.err != nil {
			return
		}
		b.changes, b.err = standing(h, ChangeRecorded, func(c SignificantChange) ID { return c.ID }, func(c *SignificantChange, s Standing) { c.Standing = s })
		slices.SortFunc(b.activities, func(x, y Activity) int { return byDay(x.On, y.On, x.ID, y.ID) })
		slices.SortFunc(b.changes, func(x, y SignificantChange) int { return byDay(x.On, y.On, x.ID, y.ID) })
	})
	return h.done.err
}

// Concerns reports whether an activity serves something that the form asks.
func (a *Assessment) Concerns(t Activity) bool {
	return slices.ContainsFunc(t.Requirements, a.Questionnaire.Asks)
}

// RecordProblems are those of the records that serve what the form asks, in a report of
// a day.
func (a *Assessment) RecordProblems(day Day) []Problem {
	var problems []Problem
	add := into(&problems, RecordsPart)
	activities, err := a.history.Activities()
	if err != nil {
		add(RecordBroken, "the records cannot be read: %s", err)
	}
	for _, t := range activities {
		if a.Concerns(t) {
			a.reviewRecord(t, day, add)
		}
	}
	changes, _ := a.history.SignificantChanges()
	for _, c := range changes {
		if c.Beside > 0 {
			add(InConflict, "the significant change of %s (%.8s) was changed %d times side by side; one of them has to be confirmed", c.On, c.ID, c.Beside)
		}
	}
	for _, action := range []Action{ActivityRecorded, ChangeRecorded} {
		counted := those(a.history.entries, func(e *Entry) bool { return e.Action == action && a.history.Verify(e.ID) == nil })
		if n := a.history.unvouched(action, a.history.entries, counted); n > 0 {
			add(NotVerified, "%d entries (%s) are by somebody who is no enrolled author, which do not count; they have to be recorded again", n, action)
		}
	}
	return problems
}

// Name is what people call an activity: its kind, day and the beginning of its id.
func (a Activity) Name() string {
	name := a.Kind.Title()
	if a.Attestation != nil {
		name += " of " + a.Attestation.Party
	}
	id := string(a.ID)
	return "the " + name + " of " + string(a.On) + " (" + id[:min(8, len(id))] + ")"
}

func (a *Assessment) reviewRecord(t Activity, day Day, add adding) {
	if t.Beside > 0 {
		add(InConflict, "%s was changed %d times side by side; one of them has to be confirmed", t.Name(), t.Beside)
		return
	}
	if t.Withdrawn {
		return
	}
	for _, rule := range t.broken() {
		add(RecordBroken, "%s: %s", t.Name(), rule)
	}
	for _, id := range t.Requirements {
		if !t.serves(id) {
			add(RecordBroken, "%s: %s", t.Name(), strings.Join(t.remains(id, day), "; "))
		}
	}
	if lacks := t.Missing(); len(lacks) > 0 {
		add(RecordIncomplete, "%s", lackingOf(t.Name(), lacks))
	}
	if t.On > day {
		add(NewerEvidence, "%s is newer than the report of %s: what is recorded is never newer than the report", t.Name(), day)
	}
	a.reviewCitations(t.Name()+" cites", t.Evidence, day, add)
	a.reviewParty(t, day, add)
}

// reviewParty: the scope knows the third party of an attestation, and says of the newest
// one what the record says.
func (a *Assessment) reviewParty(t Activity, day Day, add adding) {
	if t.Attestation == nil {
		return
	}
	parties := a.Scope().ThirdParties
	i := slices.IndexFunc(parties, func(p ThirdParty) bool { return samePerson(p.Name, t.Attestation.Party) })
	if i < 0 {
		add(RecordBroken, "%s: the scope lists no such third party", t.Name())
		return
	}
	said := parties[i].Attestation
	if said.Date != "" && said.Date < t.On && t.On <= day {
		add(ScopeBroken, "the scope says that the attestation of %s is of %s, and there is one of %s", parties[i].Name, said.Date, t.On)
	}
	if said.Date == t.On && t.Attestation.Version != "" && said.Version != "" && !samePerson(plainVersion(said.Version), plainVersion(t.Attestation.Version)) {
		add(ScopeBroken, "the scope says that the attestation of %s is against PCI DSS %s, and the record says %s", parties[i].Name, said.Version, t.Attestation.Version)
	}
}

// recurring: what is In Place and has to be done again and again was done in time, as
// far as anything is recorded of it, and passed.
func (v *review) recurring() {
	if v.current.Customized != nil || v.current.Response != InPlace {
		return
	}
	rows, changes, err := v.recurrence(v.requirement, v.day)
	if err != nil {
		return // RecordProblems says so
	}
	for _, r := range rows {
		of := ""
		if r.Of != "" {
			of = " for " + r.Of
		}
		for _, t := range r.Open {
			v.addTo(RecordsPart, RecordNotPassed, "%s, and %s does not meet it: %s", v.title(), t.Activity.Name(), strings.Join(t.Remains, "; "))
		}
		if r.Overdue(v.day) {
			v.addTo(RecordsPart, Overdue, "%s, and it was last done%s on %s; it was due again by %s", v.title(), of, r.Last, r.Due)
		}
		for _, m := range r.Missed {
			if m.Done != "" && !r.Excused {
				v.addTo(RecordsPart, Overdue, "%s, and it was missed%s: due by %s, done on %s", v.title(), of, m.Due, m.Done)
			}
		}
	}
	for _, c := range changes {
		if c.Done == "" {
			v.addTo(RecordsPart, Overdue, "%s, and it was not done since the significant change of %s (%s)", v.title(), c.On, c.What)
		}
	}
}
