package questionnaires

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// IntervalUnit is what an interval is counted in.
type IntervalUnit int

// The units.
const (
	NoUnit IntervalUnit = iota
	Days
	Weeks
	Months
	Years
)

var intervalUnits = [...]string{"", "days", "weeks", "months", "years"}

// String returns the unit's text.
func (u IntervalUnit) String() string { return textOf(intervalUnits[:], int(u)) }

// MarshalText writes what String returns.
func (u IntervalUnit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (u *IntervalUnit) UnmarshalText(b []byte) error {
	i, err := indexOf("unit of an interval", intervalUnits[:], string(b))
	*u = IntervalUnit(i)
	return err
}

// Interval is how often something is done: every Count of Unit.
type Interval struct {
	Count int          `json:"count"`
	Unit  IntervalUnit `json:"unit"`
}

// maxInterval bounds the count of an interval.
const maxInterval = 1000

// String says the interval, such as "every 14 days"; "" where none is set.
func (i Interval) String() string {
	if i.Count < 1 || i.Unit == NoUnit {
		return ""
	}
	return fmt.Sprintf("every %d %s", i.Count, i.Unit)
}

// ParseInterval reads a count and a unit, such as "3 months".
func ParseInterval(s string) (Interval, error) {
	count, unit, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(count)
	i := Interval{Count: n}
	if err == nil {
		err = i.Unit.UnmarshalText([]byte(unit))
	}
	if err != nil || n < 1 || n > maxInterval || i.Unit == NoUnit {
		return Interval{}, fmt.Errorf("read interval %q: want one such as 3 months", s)
	}
	return i, nil
}

// longest are the most days that the standard counts as so many months (PCI DSS
// v4.0.1, section 7): a month 31, a quarter 92, half a year 184, a year 366.
var longest = map[int]int{1: 31, 3: 92, 6: 184, 12: 366}

// Next is the last day on which something done on a day is done again in time. Of
// months it is the same date so many months later, or the most days that the
// standard counts as them, whichever is later; a date that the month does not have
// is its last.
func (i Interval) Next(last Day) Day {
	start, err := time.Parse(time.DateOnly, string(last))
	if err != nil || i.Count < 1 {
		return ""
	}
	months := i.Count
	switch i.Unit {
	case Days:
		return DayOf(start.AddDate(0, 0, i.Count))
	case Weeks:
		return DayOf(start.AddDate(0, 0, 7*i.Count))
	case Years:
		months *= 12
	case Months:
	case NoUnit:
		return ""
	}
	year, month, day := start.Date()
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, -1).Day()
	next := first.AddDate(0, 0, min(day, end)-1)
	days := longest[months]
	if months > 12 && months%12 == 0 {
		days = 0 // the same date of a later year
	}
	return DayOf(later(next, start.AddDate(0, 0, days)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Recurrence is when an activity is asked for again: after an interval, and after
// each significant change. The zero value is never.
type Recurrence struct {
	Every    Interval
	OnChange bool
}

const onChange = "on change"

// UnmarshalText reads "every 3 months", "on change" or "every 3 months and on change".
func (r *Recurrence) UnmarshalText(b []byte) error {
	*r = Recurrence{}
	every, change, both := strings.Cut(string(b), " and ")
	if !both && every == onChange {
		r.OnChange = true
		return nil
	}
	interval, timed := strings.CutPrefix(every, "every ")
	if !timed || both && change != onChange {
		return fmt.Errorf("read recurrence %q: want one such as every 3 months and on change", b)
	}
	var err error
	r.Every, err = ParseInterval(interval)
	r.OnChange = both
	return err
}
