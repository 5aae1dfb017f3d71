package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
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

// RiskAnalysis is a targeted risk analysis (12.3.1) that sets how often a
// requirement's activity is done. It is the payload of an entry that concerns the
// whole vault, and counts in all its assessments. One that is begun is kept.
type RiskAnalysis struct {
	ID          ID            `json:"id"`
	Requirement RequirementID `json:"requirement"`
	Asset       string        `json:"asset,omitempty"`  // what is protected
	Threat      string        `json:"threat,omitempty"` // from what
	Factors     string        `json:"factors,omitempty"`
	Frequency   Interval      `json:"frequency,omitzero"`
	Reason      string        `json:"reason,omitempty"`   // why this frequency
	Reviewed    Day           `json:"reviewed,omitempty"` // last; at least once a year
	Withdrawn   bool          `json:"withdrawn,omitempty"`
	// What follows is not part of the payload.
	Entry  engine.Digest `json:"-"`
	Author Author        `json:"-"`
	Time   time.Time     `json:"-"`
	Beside int           `json:"-"` // revisions that were written side by side, if more than one
}

func (r RiskAnalysis) fields() []field {
	return []field{
		{"asset", r.Asset},
		{"threat", r.Threat},
		{"factors of likelihood and impact", r.Factors},
		{"frequency", r.Frequency.String()},
		{"reason for the frequency", r.Reason},
		{"date of the last review", string(r.Reviewed)},
	}
}

// Missing names the parts that are not filled in.
func (r RiskAnalysis) Missing() []string { return missing(r.fields()) }

// SetRiskAnalysis returns the draft that writes a targeted risk analysis down, or
// changes one. It refuses one for a requirement whose frequency no analysis sets.
func (h *History) SetRiskAnalysis(catalogue *Catalogue, analysis RiskAnalysis) (Draft, error) {
	fail := func(err error) (Draft, error) {
		return Draft{}, fmt.Errorf("set risk analysis of %s: %w", analysis.Requirement, err)
	}
	r, known := catalogue.Requirement(analysis.Requirement)
	switch {
	case analysis.ID == "":
		return fail(errors.New("it has no id"))
	case !known:
		return fail(errors.New("the standard has no requirement of that number"))
	case r.Analysis == NoAnalysis:
		return fail(errors.New("no targeted risk analysis sets its frequency"))
	case analysis.Frequency != Interval{} && (analysis.Frequency.String() == "" || analysis.Frequency.Count > maxInterval):
		return fail(fmt.Errorf("a frequency is 1 to %d days, weeks, months or years", maxInterval))
	}
	for _, f := range analysis.fields() {
		if err := CheckText(f.what, f.text, MaxNarrative); err != nil {
			return fail(err)
		}
	}
	if err := analysis.Reviewed.check(); err != nil {
		return fail(err)
	}
	all, err := h.RiskAnalyses()
	if err != nil {
		return fail(err)
	}
	for _, before := range all {
		if before.ID == analysis.ID && before.Requirement != analysis.Requirement {
			return fail(fmt.Errorf("that analysis is of %s", before.Requirement))
		}
	}
	return Draft{Action: RiskAnalysisSet, Subject: "risk analysis " + string(analysis.ID), Payload: analysis}, nil
}

// RiskAnalyses returns the targeted risk analyses that stand, by requirement and id:
// of each the last revision that no other follows, withdrawn ones included. Who is
// not enrolled sets none.
func (h *History) RiskAnalyses() ([]RiskAnalysis, error) {
	byID := map[ID][]RiskAnalysis{}
	for _, e := range h.entries {
		if e.Action != RiskAnalysisSet || h.Verify(e.ID) != nil {
			continue
		}
		analysis := RiskAnalysis{}
		if err := h.read(e, &analysis); err != nil {
			return nil, err
		}
		analysis.Entry, analysis.Time = e.ID, e.Time
		analysis.Author, _ = h.Author(e.Author)
		byID[analysis.ID] = append(byID[analysis.ID], analysis)
	}
	all := make([]RiskAnalysis, 0, len(byID))
	for _, revisions := range byID {
		standing := slices.DeleteFunc(slices.Clone(revisions), func(r RiskAnalysis) bool {
			return slices.ContainsFunc(revisions, func(later RiskAnalysis) bool { return h.IsAncestor(r.Entry, later.Entry) })
		})
		last := slices.MaxFunc(standing, func(x, y RiskAnalysis) int {
			return compareEntries(Entry{ID: x.Entry, Time: x.Time}, Entry{ID: y.Entry, Time: y.Time})
		})
		if len(standing) > 1 {
			last.Beside = len(standing)
		}
		all = append(all, last)
	}
	slices.SortFunc(all, func(x, y RiskAnalysis) int {
		return cmp.Or(x.Requirement.Compare(y.Requirement), cmp.Compare(x.ID, y.ID))
	})
	return all, nil
}
