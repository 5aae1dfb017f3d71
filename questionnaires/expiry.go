package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
)

// Expiry is a day after which something that an assessment rests on does not count
// any more, or that was promised for.
type Expiry struct {
	Day         Day           `json:"day"`                  // the last one
	Requirement RequirementID `json:"requirement,omitzero"` // zero: it is of the whole vault
	What        string        `json:"what"`
}

// Expiries returns what ends or is due, soonest first: acceptances that stand, yearly
// reviews of risk analyses, target dates of what is Not in Place.
func (a *Assessment) Expiries() ([]Expiry, error) {
	var all []Expiry
	for _, id := range a.Questionnaire.Requirements {
		current := a.Current(id)
		if target := current.Remedy.Target; current.Response == NotInPlace && target != "" {
			all = append(all, Expiry{target, id, "target date of what is Not in Place"})
		}
		if c := current.Customized; c != nil && c.Analysis.ReviewBy != "" {
			all = append(all, Expiry{c.Analysis.ReviewBy, id, "review of the customized approach's risk analysis (12.3.2)"})
		}
		for _, analysis := range a.shared.analyses[id] {
			if !analysis.Withdrawn && analysis.Reviewed != "" {
				all = append(all, Expiry{analysis.Reviewed.NextYear(), id, "yearly review of its targeted risk analysis (12.3.1)"})
			}
		}
	}
	acceptances, err := a.history.Acceptances()
	if err != nil {
		return nil, err
	}
	for _, accepted := range acceptances {
		if accepted.Ended == nil && accepted.Approval != nil {
			all = append(all, Expiry{Day: accepted.Until, What: fmt.Sprintf("acceptance of %s for %s", accepted.Check, accepted.Subject)})
		}
	}
	slices.SortStableFunc(all, func(x, y Expiry) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), x.Requirement.Compare(y.Requirement), cmp.Compare(x.What, y.What))
	})
	return all, nil
}
