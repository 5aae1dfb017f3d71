package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// Activity is one time that something was done which a requirement asks for again and
// again: a scan, a review, a test. It is the payload of an entry of the whole vault.
// One that is written under the same id again takes the place of the one before.
type Activity struct {
	ID           ID              `json:"id"`
	Requirements []RequirementID `json:"requirements"`
	On           Day             `json:"on"` // that it was finished
	What         string          `json:"what,omitempty"`
	Evidence     []ID            `json:"evidence,omitempty"`
	Withdrawn    bool            `json:"withdrawn,omitempty"`
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// SignificantChange is one to systems, networks or the organisation after which the
// standard asks for some activities again (11.3.1.3, 12.5.2 and others). It is
// revised as an Activity is.
type SignificantChange struct {
	ID        ID     `json:"id"`
	On        Day    `json:"on"`
	What      string `json:"what"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// Standing is how a record stands in the history: its last revision, by whom and
// when, and how many were written side by side, if more than one.
type Standing struct {
	Entry  engine.Digest
	Author Author
	Time   time.Time
	Beside int
}

// maxActivityRequirements bounds what one activity serves.
const maxActivityRequirements = 50

// RecordActivity returns the draft that records an activity. It refuses one of a day
// to come, and of a requirement that asks for none.
func (h *History) RecordActivity(catalogue *Catalogue, a Activity, today Day) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("record activity: %w", err) }
	if n := len(a.Requirements); n == 0 || n > maxActivityRequirements {
		return fail(fmt.Errorf("it serves 1 to %d requirements, not %d", maxActivityRequirements, n))
	}
	a.Requirements = slices.Clone(a.Requirements)
	slices.SortFunc(a.Requirements, RequirementID.Compare)
	a.Requirements = slices.Compact(a.Requirements)
	for _, id := range a.Requirements {
		r, known := catalogue.Requirement(id)
		switch {
		case !known:
			return fail(fmt.Errorf("the standard has no requirement %s", id))
		case r.Recurs == Recurrence{} && r.Analysis == NoAnalysis:
			return fail(fmt.Errorf("%s asks for nothing that is done again and again", id))
		}
	}
	for _, id := range a.Evidence {
		if _, known := h.item(id); !known {
			return fail(fmt.Errorf("evidence %s is not in the vault", id))
		}
	}
	if err := recordable(a.ID, a.On, a.What, today); err != nil {
		return fail(err)
	}
	return Draft{Action: ActivityRecorded, Subject: "activity " + string(a.ID), Payload: a}, nil
}

// RecordChange returns the draft that records a significant change. It refuses one of
// a day to come, and one that says nothing.
func (h *History) RecordChange(c SignificantChange, today Day) (Draft, error) {
	err := recordable(c.ID, c.On, c.What, today)
	if err == nil && blank(c.What) {
		err = errors.New("it does not say what changed")
	}
	if err != nil {
		return Draft{}, fmt.Errorf("record significant change: %w", err)
	}
	return Draft{Action: ChangeRecorded, Subject: "significant change " + string(c.ID), Payload: c}, nil
}

func recordable(id ID, on Day, what string, today Day) error {
	if id == "" {
		return errors.New("it has no id")
	}
	if err := CheckText("what was done", what, MaxNarrative); err != nil {
		return err
	}
	switch err := on.check(); {
	case err != nil:
		return err
	case on == "":
		return errors.New("it needs its day")
	case on > today:
		return fmt.Errorf("%s is a day to come", on)
	}
	return nil
}

// Activities returns the activities that stand, by day and id, withdrawn ones
// included. Who is not enrolled records none.
func (h *History) Activities() ([]Activity, error) {
	all, err := standing(h, ActivityRecorded, func(a Activity) ID { return a.ID }, func(a *Activity, s Standing) { a.Standing = s })
	slices.SortFunc(all, func(x, y Activity) int { return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.ID, y.ID)) })
	return all, err
}

// SignificantChanges returns the significant changes that stand, by day and id,
// withdrawn ones included.
func (h *History) SignificantChanges() ([]SignificantChange, error) {
	all, err := standing(h, ChangeRecorded, func(c SignificantChange) ID { return c.ID }, func(c *SignificantChange, s Standing) { c.Standing = s })
	slices.SortFunc(all, func(x, y SignificantChange) int { return cmp.Or(cmp.Compare(x.On, y.On), cmp.Compare(x.ID, y.ID)) })
	return all, err
}

// standing reads the records of an action that enrolled authors wrote: of each id the
// last revision that no other follows, the latest by time and entry where several
// stand side by side.
func standing[T any](h *History, action Action, id func(T) ID, stand func(*T, Standing)) ([]T, error) {
	type revision struct {
		Entry
		record T
	}
	byID := map[ID][]revision{}
	for _, e := range h.entries {
		if e.Action != action || h.Verify(e.ID) != nil {
			continue
		}
		var record T
		if err := h.read(e, &record); err != nil {
			return nil, err
		}
		byID[id(record)] = append(byID[id(record)], revision{e, record})
	}
	all := make([]T, 0, len(byID))
	for _, revisions := range byID {
		last := slices.DeleteFunc(slices.Clone(revisions), func(r revision) bool {
			return slices.ContainsFunc(revisions, func(later revision) bool { return h.IsAncestor(r.ID, later.ID) })
		})
		latest := slices.MaxFunc(last, func(x, y revision) int { return compareEntries(x.Entry, y.Entry) })
		s := Standing{Entry: latest.ID, Time: latest.Time}
		s.Author, _ = h.Author(latest.Entry.Author)
		if len(last) > 1 {
			s.Beside = len(last)
		}
		stand(&latest.record, s)
		all = append(all, latest.record)
	}
	return all, nil
}

// Withdraw returns the draft that takes back the activity or significant change of an
// id or the beginning of one.
func (h *History) Withdraw(id string) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("withdraw %s: %w", id, err) }
	activities, err := h.Activities()
	if err != nil {
		return fail(err)
	}
	changes, err := h.SignificantChanges()
	if err != nil {
		return fail(err)
	}
	var found []Draft
	means := func(of ID, withdrawn bool) bool {
		return !withdrawn && len(id) >= 4 && strings.HasPrefix(string(of), id)
	}
	for _, a := range activities {
		if means(a.ID, a.Withdrawn) {
			a.Withdrawn = true
			found = append(found, Draft{Action: ActivityRecorded, Subject: "activity " + string(a.ID), Payload: a})
		}
	}
	for _, c := range changes {
		if means(c.ID, c.Withdrawn) {
			c.Withdrawn = true
			found = append(found, Draft{Action: ChangeRecorded, Subject: "significant change " + string(c.ID), Payload: c})
		}
	}
	switch len(found) {
	case 0:
		return fail(errors.New("no activity or change of that id stands"))
	case 1:
		return found[0], nil
	}
	return fail(fmt.Errorf("%d have an id that begins so", len(found)))
}
