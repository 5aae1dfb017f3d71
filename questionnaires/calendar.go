package questionnaires

import "slices"

// RecurringState is where a recurring activity stands on a day.
type RecurringState int

// The states. NeverDone is the zero value: nothing is known of it.
const (
	NeverDone RecurringState = iota
	Done                     // in time, and the next is not near
	DueSoon
	Late
)

var recurringStates = [...]string{"never-done", "done", "due-soon", "late"}

// String returns the state's text.
func (s RecurringState) String() string { return textOf(recurringStates[:], int(s)) }

// MarshalText writes what String returns.
func (s RecurringState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Recurring is an activity that a requirement asks for again and again: when it was
// evidenced, by when it is due, and what was missed.
type Recurring struct {
	Requirement RequirementID  `json:"requirement"`
	Title       string         `json:"title"`
	Every       Interval       `json:"every"`
	RiskBased   bool           `json:"riskBased,omitempty"` // the interval is that of a targeted risk analysis
	Times       []Activity     `json:"-"`                   // oldest first
	Last        Day            `json:"last,omitempty"`
	Due         Day            `json:"due,omitempty"` // last day in time for the next; "" while it was never done
	State       RecurringState `json:"state"`
	// Missed are the times at which it was not done again in time, within a year of
	// the day. In a first assessment they are not held against it, if the last one is in
	// time and what keeps it so from now on is written down (PCI DSS v4.0.1, section 7).
	Missed  []Missed `json:"missed,omitempty"`
	Excused bool     `json:"excused,omitempty"`
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
	Done        Day               `json:"done,omitempty"` // "" while it is open
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
// does not answer Not Applicable. First says that it is the entity's first.
func (a *Assessment) Calendar(day Day, first bool) (Calendar, error) {
	c := Calendar{Day: day}
	activities, err := a.history.Activities()
	if err != nil {
		return c, err
	}
	changes, err := a.history.SignificantChanges()
	if err != nil {
		return c, err
	}
	activities = slices.DeleteFunc(activities, func(t Activity) bool { return t.Withdrawn || t.On > day })
	for _, r := range a.Requirements() {
		if a.Current(r.ID).Response == NotApplicable {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(activities), func(t Activity) bool { return !slices.Contains(t.Requirements, r.ID) })
		if every, riskBased := a.every(r); every != (Interval{}) {
			c.Recurring = append(c.Recurring, Recurring{Requirement: r.ID, Title: r.Title, Every: every, RiskBased: riskBased, Times: of}.on(day, first))
		}
		if r.Recurs.OnChange {
			c.Changes = append(c.Changes, afterChanges(r, changes, of, day)...)
		}
	}
	slices.SortStableFunc(c.Changes, func(x, y AfterChange) int { return compareDays(x.On, y.On) })
	return c, nil
}

func compareDays(x, y Day) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// every is how often a requirement asks for its activity: as the standard says, or as
// a targeted risk analysis that is whole does where the standard leaves it the choice.
func (a *Assessment) every(r Requirement) (Interval, bool) {
	if r.Analysis == AnalysisSets || r.Analysis == AnalysisMay && a.Current(r.ID).RiskBased {
		for _, analysis := range a.analyses[r.ID] {
			if !analysis.Withdrawn && len(analysis.Missing()) == 0 {
				return analysis.Frequency, true
			}
		}
	}
	return r.Recurs.Every, false
}

// on judges a recurring activity on a day.
func (d Recurring) on(day Day, first bool) Recurring {
	if len(d.Times) == 0 {
		return d
	}
	d.Last = d.Times[len(d.Times)-1].On
	d.Due = d.Every.Next(d.Last)
	switch {
	case day > d.Due:
		d.State = Late
	case day.Add(SoonDays) >= d.Due:
		d.State = DueSoon
	default:
		d.State = Done
	}
	for i, t := range d.Times {
		due, done := d.Every.Next(t.On), Day("")
		if i+1 < len(d.Times) {
			done = d.Times[i+1].On
		}
		late := done == "" && day > due || done > due
		if late && due.NextYear() >= day {
			d.Missed = append(d.Missed, Missed{After: t.On, Due: due, Done: done})
		}
	}
	d.Excused = first && len(d.Missed) > 0 && d.State != Late
	return d
}

func afterChanges(r Requirement, changes []SignificantChange, of []Activity, day Day) []AfterChange {
	var all []AfterChange
	for _, change := range changes {
		if change.Withdrawn || change.On > day {
			continue
		}
		d := AfterChange{Change: change, On: change.On, What: change.What, Requirement: r.ID, Title: r.Title}
		for _, t := range of {
			if t.On >= change.On {
				d.Done = t.On
				break
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
		if r.State == Late || r.State == NeverDone {
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
