package questionnaires

import "slices"

// RollUp is the finding of a requirement whose testing procedures were found as
// given: Unanswered while one is; else Not in Place if one is, else Not Tested if
// one is, Not Applicable if all are, and In Place otherwise. What is none of the
// four findings counts as Unanswered.
func RollUp(findings []Response) Response {
	count := map[Response]int{}
	for _, f := range findings {
		count[f]++
	}
	switch {
	case len(findings) == 0, count[InPlace]+count[NotInPlace]+count[NotApplicable]+count[NotTested] < len(findings):
		return Unanswered
	case count[NotInPlace] > 0:
		return NotInPlace
	case count[NotTested] > 0:
		return NotTested
	case count[InPlace] == 0:
		return NotApplicable
	}
	return InPlace
}

// asked are the testing procedures of a requirement, and the requirement itself as
// the only one where they are not known.
func (r Requirement) asked() []Procedure {
	if procedures := r.Procedures(); len(procedures) > 0 {
		return procedures
	}
	return []Procedure{{Requirement: r.ID}}
}

// plain reports whether an answer without findings says all there is to say of a
// requirement that is answered per testing procedure: it has only one. Where all
// below is Not Applicable together, its own testing is still to be reported.
func (r Requirement) plain(a Answer) bool {
	return len(a.Procedures) == 0 && len(r.asked()) == 1 && !a.excludesAll()
}

// found are what an answer reports of each testing procedure, in order; a procedure
// that it does not name is Unanswered.
func (r Requirement) found(a Answer) []ProcedureAnswer {
	if r.plain(a) {
		finding := a.Response
		if finding == InPlaceWithCCW {
			finding = InPlace
		}
		return []ProcedureAnswer{{Finding: finding, Reporting: a.Narrative, Methods: a.Methods, References: a.Evidence}}
	}
	procedures := r.asked()
	found := make([]ProcedureAnswer, len(procedures))
	for i, p := range procedures {
		found[i].Letter = p.Letter
		at := slices.IndexFunc(a.Procedures, func(given ProcedureAnswer) bool { return given.Letter == p.Letter })
		if at >= 0 {
			found[i] = a.Procedures[at]
		}
	}
	return found
}

// rollUp gives an answer the response that its findings make, with what they rest on.
func (r Requirement) rollUp(a Answer) Answer {
	found := r.found(a)
	findings := make([]Response, len(found))
	for i, p := range found {
		findings[i] = p.Finding
	}
	compensates := a.Compensates()
	if a.Response = RollUp(findings); a.Response == InPlace && compensates {
		a.Response = InPlaceWithCCW
	}
	if len(a.Procedures) == 0 {
		return a
	}
	a.Evidence, a.Methods = a.Cited(), slices.Clone(a.Methods)
	for _, p := range a.Procedures {
		for _, m := range p.Methods {
			if !slices.Contains(a.Methods, m) {
				a.Methods = append(a.Methods, m)
			}
		}
	}
	slices.Sort(a.Methods)
	return a
}

// Procedures returns what stands of each testing procedure of a requirement, in the
// order of Requirement.Procedures; nil where the form asks per requirement.
func (a *Assessment) Procedures(id RequirementID) []ProcedureAnswer {
	r, known := a.catalogue.Requirement(id)
	if !known || !a.Questionnaire.PerProcedure {
		return nil
	}
	return r.found(a.Own(id).Answer)
}
