package questionnaires

import (
	"fmt"
	"time"
)

// Day is a day of the calendar in UTC, such as "2026-12-31"; "" is none. Days
// compare as texts do.
type Day string

// ParseDay reads a day of the years 2000 to 2199.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil || s < "2000" || s >= "2200" {
		return "", fmt.Errorf("read day %q: want one such as 2026-12-31", s)
	}
	return Day(s), nil
}

// DayOf returns the day of a time, in UTC.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Start is the first moment of the day.
func (d Day) Start() time.Time { return d.End().AddDate(0, 0, -1) }

// End is the first moment after the day.
func (d Day) End() time.Time {
	start, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return start.AddDate(0, 0, 1)
}

// NextYear is the same date a year later: the last day of a yearly interval that
// began on d.
func (d Day) NextYear() Day { return DayOf(d.End().AddDate(0, 0, -1).AddDate(1, 0, 0)) }

// Add returns the day so many days after d.
func (d Day) Add(days int) Day { return DayOf(d.End().AddDate(0, 0, days-1)) }

// since is how many days d is after another.
func (d Day) since(o Day) int { return int(d.End().Sub(o.End()).Hours() / 24) }

// within reports whether on is no earlier than d, and no more than a year after it.
func (d Day) within(on Day) bool { return d != "" && d <= on && on <= d.NextYear() }

// check reports what is neither a day nor none.
func (d Day) check() error {
	if d == "" {
		return nil
	}
	_, err := ParseDay(string(d))
	return err
}

// UnmarshalText reads a day, or nothing.
func (d *Day) UnmarshalText(b []byte) error {
	*d = Day(b)
	return d.check()
}
