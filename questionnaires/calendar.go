package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
)

// RecurringState is where a recurring activity stands on a day.
type RecurringState int

// The states. NeverDone is the zero value: nothing is known of it.
const (
	NeverDone RecurringState = iota
	Done                     // in time, and the next is not near
	DueSoon
	Late
	NotPassed // it was done and did not pass, or nobody said that it did
)

var recurringStates = [...]string{"never-done", "done", "due-soon", "late", "not-passed"}

// String returns the state's text.
func (s RecurringState) String() string { return textOf(recurringStates[:], int(s)) }

// MarshalText writes what String returns.
func (s RecurringState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Recurring is an activity that a requirement asks for again and again: when it was
// evidenced, by when it is due, and what was missed.
type Recurring struct {
	Requirement RequirementID  `json:"requirement"`
	Of          string         `json:"of,omitempty"` // the third party that is watched
	Title       string         `json:"title"`
	Every       Interval       `json:"every"`
	RiskBased   bool           `json:"riskBased,omitempty"` // the interval is that of a targeted risk analysis
	Times       []Occurrence   `json:"-"`                   // that met it, oldest first
	Open        []Occurrence   `json:"notPassed,omitempty"` // that did not, while that matters
	Last        Day            `json:"last,omitempty"`
	Due         Day            `json:"due,omitempty"` // last day in time for the next; "" while it was never done
	State       RecurringState `json:"state"`
	// Missed are the stretches in which it was not done again in time, and that reach into
	// the year before the day. In a first assessment they are not held against it, if the last one is in
	// time and what keeps it so from now on is written down (PCI DSS v4.0.1, section 7).
	Missed  []Missed `json:"missed,omitempty"`
	Excused bool     `json:"excused,omitempty"`
}

// Occurrence is an activity as it counts for one requirement on a day.
type Occurrence struct {
	Activity Activity `json:"-"`
	ID       ID       `json:"id"`
	Kind     string   `json:"kind"`
	On       Day      `json:"on"`
	Counts   Day      `json:"-"`                 // the day as which it counts
	Remains  []string `json:"remains,omitempty"` // what stands against it
}

// Missed is a stretch in which an activity was not done in time.
type Missed struct {
	After Day `json:"after"`          // that it was done before
	Due   Day `json:"due"`            // when it should have been done again
	Done  Day `json:"done,omitempty"` // when it was; "" if not yet
}

// AfterChange is an activity that a significant change asks for: done once it was
// finished on the day of the change or after it.
type AfterChange struct {
	Change      SignificantChange `json:"-"`
	On          Day               `json:"on"`
	What        string            `json:"what"`
	Requirement RequirementID     `json:"requirement"`
	Title       string            `json:"title"`
	Done        Day               `json:"done,omitempty"`      // "" while it is open
	Open        []Occurrence      `json:"notPassed,omitempty"` // since the change, that did not meet it
}

// Calendar is what is due, what was done and what was missed on a day.
type Calendar struct {
	Day       Day           `json:"day"`
	Recurring []Recurring   `json:"recurring"`
	Changes   []AfterChange `json:"changes,omitempty"`
}

// SoonDays is how many days before it is due something is due soon.
const SoonDays = 30

// Calendar returns the calendar of an assessment on a day: of what its form asks and
// does not answer Not Applicable.
func (a *Assessment) Calendar(day Day) (Calendar, error) {
	c := Calendar{Day: day}
	for _, r := range a.Requirements() {
		if a.Current(r.ID).Response == NotApplicable {
			continue
		}
		rows, changes, err := a.recurrence(r, day)
		if err != nil {
			return c, err
		}
		c.Recurring, c.Changes = append(c.Recurring, rows...), append(c.Changes, changes...)
	}
	slices.SortStableFunc(c.Changes, func(x, y AfterChange) int { return cmp.Compare(x.On, y.On) })
	return c, nil
}

// recurrence is what is asked again and again of one requirement, and after changes.
func (a *Assessment) recurrence(r Requirement, day Day) (rows []Recurring, after []AfterChange, err error) {
	every, riskBased := a.every(r)
	if every == (Interval{}) && !r.Recurs.OnChange || !r.SupersededBy.IsZero() {
		return nil, nil, nil
	}
	activities, err := a.history.Activities()
	if err != nil {
		return nil, nil, err
	}
	times := a.occurrences(r.ID, activities, day)
	if every != (Interval{}) {
		for _, row := range a.watched(Recurring{Requirement: r.ID, Title: r.Title, Every: every, RiskBased: riskBased}, times) {
			rows = append(rows, row.on(day, a.scope.engagement.FirstYear.excuses()))
		}
	}
	if !r.Recurs.OnChange {
		return rows, nil, nil
	}
	changes, err := a.history.SignificantChanges()
	return rows, afterChanges(r, changes, times, day), err
}

// occurrences are the activities that serve a requirement as they count on a day, and
// what the scope says was done.
func (a *Assessment) occurrences(id RequirementID, activities []Activity, day Day) []Occurrence {
	var all []Occurrence
	for _, t := range activities {
		if !slices.Contains(t.Requirements, id) || t.Withdrawn && t.Beside == 0 || t.On > day {
			continue
		}
		o := Occurrence{Activity: t, ID: t.ID, Kind: t.Kind.String(), On: t.On, Counts: t.detail().cleared(t.On, day), Remains: a.history.Remains(t, id, day)}
		all = append(all, o)
	}
	if c := a.Scope().Confirmation; id == scopeConfirmed && c.On != "" && c.On <= day {
		all = append(all, Occurrence{Activity: Activity{On: c.On, What: "scope confirmed by " + c.By}, Kind: PlainActivity.String(), On: c.On, Counts: c.On})
		slices.SortStableFunc(all, func(x, y Occurrence) int { return cmp.Compare(x.On, y.On) })
	}
	return all
}

// scopeConfirmed is the requirement that the scope's own confirmation meets.
var scopeConfirmed = MustRequirementID("12.5.2")

// Remains says what stands, as known on a day, against a requirement being met by an
// activity. That it was done is not that it passed.
func (h *History) Remains(t Activity, id RequirementID, day Day) []string {
	return append(t.remains(id, day), remaining(h.computed(t))...)
}

// computed says why a test counts for nothing whose only evidence is what was collected
// and computed: a reachability analysis is never a penetration test.
func (h *History) computed(t Activity) string {
	if t.Kind != PenetrationTestKind && t.Kind != SegmentationTestKind || len(t.Evidence) == 0 {
		return ""
	}
	for _, id := range t.Evidence {
		if item, known := h.item(id); !known || item.Result == nil {
			return ""
		}
	}
	return "all its evidence was computed from what was collected, which is no penetration test"
}

// watched is a row for each third party that has to be watched where the requirement is
// that, and else the row itself.
func (a *Assessment) watched(row Recurring, times []Occurrence) []Recurring {
	scope := a.Scope()
	if row.Requirement != thirdPartyStatus || len(scope.ThirdParties) == 0 && !scope.NoThirdParties {
		row.Times = times
		return []Recurring{row}
	}
	var rows []Recurring
	for _, p := range scope.ThirdParties {
		if p.CoveredHere {
			continue // this assessment looks at its services itself
		}
		row.Of = p.Name
		row.Times = slices.DeleteFunc(slices.Clone(times), func(o Occurrence) bool { return !samePerson(valued(o.Activity.Attestation).Party, p.Name) })
		rows = append(rows, row)
	}
	return rows
}

// byDay orders by day, then id.
func byDay(x, y Day, one, other ID) int { return cmp.Or(cmp.Compare(x, y), cmp.Compare(one, other)) }

// every is how often a requirement asks for its activity: as the standard says, or as
// a targeted risk analysis that is whole does where the standard leaves it the choice.
func (a *Assessment) every(r Requirement) (Interval, bool) {
	if r.Analysis == AnalysisSets || r.Analysis == AnalysisMay && a.Current(r.ID).RiskBased {
		for _, analysis := range a.shared.analyses[r.ID] {
			if !analysis.Withdrawn && len(analysis.Missing()) == 0 {
				return analysis.Frequency, true
			}
		}
	}
	return r.Recurs.Every, false
}

// on judges a recurring activity on a day, out of all its times.
func (d Recurring) on(day Day, first bool) Recurring {
	all := slices.Clone(d.Times)
	d.Times = nil
	for i, t := range all {
		// What was mended only after the next was due counts from when it was mended,
		// if what showed it was the whole once more.
		switch due := d.Every.Next(t.On); {
		case t.Counts <= due:
			t.Counts = t.On
		case len(t.Remains) == 0 && !t.Activity.Kind.repeats():
			t.Remains = []string{fmt.Sprintf("what it found was mended on %s, after the next was due by %s: to see that is not to do it again", t.Counts, due)}
			all[i] = t
		}
		if len(t.Remains) == 0 {
			d.Times = append(d.Times, t)
		}
	}
	slices.SortStableFunc(d.Times, func(x, y Occurrence) int { return cmp.Compare(x.Counts, y.Counts) })
	if n := len(d.Times); n > 0 {
		d.Last = d.Times[n-1].Counts
		d.Due = d.Every.Next(d.Last)
	}
	for _, t := range all {
		if len(t.Remains) > 0 && (t.On >= d.Last || d.Every.Next(t.On) >= day) {
			d.Open = append(d.Open, t)
		}
	}
	switch {
	case len(d.Open) > 0:
		d.State = NotPassed
	case d.Last == "":
	case day > d.Due:
		d.State = Late
	case day.Add(SoonDays) >= d.Due:
		d.State = DueSoon
	default:
		d.State = Done
	}
	for i, t := range d.Times {
		due, done := d.Every.Next(t.Counts), Day("")
		if i+1 < len(d.Times) {
			done = d.Times[i+1].Counts
		}
		late := done == "" && day > due || done > due
		if late && (done == "" || done.NextYear() >= day) { // the stretch reaches into the year
			d.Missed = append(d.Missed, Missed{After: t.Counts, Due: due, Done: done})
		}
	}
	d.Excused = first && len(d.Missed) > 0 && (d.State == Done || d.State == DueSoon)
	return d
}

// Overdue reports whether the last day in time is over.
func (d Recurring) Overdue(day Day) bool { return d.Due != "" && day > d.Due }

func afterChanges(r Requirement, changes []SignificantChange, times []Occurrence, day Day) []AfterChange {
	var all []AfterChange
	for _, change := range changes {
		if change.Withdrawn && change.Beside == 0 || change.On > day {
			continue
		}
		d := AfterChange{Change: change, On: change.On, What: change.What, Requirement: r.ID, Title: r.Title}
		for _, t := range times {
			switch {
			case t.On < change.On:
			case len(t.Remains) > 0:
				d.Open = append(d.Open, t)
			case d.Done == "" || t.Counts < d.Done:
				d.Done = t.Counts
			}
		}
		all = append(all, d)
	}
	return all
}

// Open counts what is late, was never done, or is open after a change.
func (c Calendar) Open() int {
	n := 0
	for _, r := range c.Recurring {
		if r.State == Late || r.State == NeverDone || r.State == NotPassed {
			n++
		}
	}
	for _, change := range c.Changes {
		if change.Done == "" {
			n++
		}
	}
	return n
}
