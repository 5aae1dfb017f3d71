package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

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
	Standing `json:"-"`
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
	all, err := standing(h, RiskAnalysisSet, func(r RiskAnalysis) ID { return r.ID }, func(r *RiskAnalysis, s Standing) { r.Standing = s })
	slices.SortFunc(all, func(x, y RiskAnalysis) int {
		return cmp.Or(x.Requirement.Compare(y.Requirement), cmp.Compare(x.ID, y.ID))
	})
	return all, err
}
