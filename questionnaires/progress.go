package questionnaires

// Progress counts responses. It counts answers and never says compliance.
type Progress struct {
	Total      int
	Answered   int
	Responses  [6]int // by Response
	Principals []PrincipalProgress
}

// PrincipalProgress is the progress of one principal requirement, with what the
// evidence says of its questions.
type PrincipalProgress struct {
	ID           RequirementID
	Title        string
	Total        int
	Answered     int
	Responses    [6]int
	Contradicted int // questions that evidence contradicts
	Unseen       int // questions with a check that could not see what it needs
}

// Progress counts the assessment's answers.
func (a *Assessment) Progress() Progress {
	var p Progress
	for _, r := range a.Requirements() {
		principal := r.ID.Principal()
		if n := len(p.Principals); n == 0 || p.Principals[n-1].ID != principal {
			p.Principals = append(p.Principals, PrincipalProgress{ID: principal, Title: a.catalogue.PrincipalTitle(principal)})
		}
		at := &p.Principals[len(p.Principals)-1]
		response := a.Current(r.ID).Response
		p.Total++
		at.Total++
		p.Responses[response]++
		at.Responses[response]++
		if response != Unanswered {
			p.Answered++
			at.Answered++
		}
		suggestion := Suggest(r, a.LatestResults())
		if suggestion.Stance == Contradicts {
			at.Contradicted++
		}
		if suggestion.unseen() {
			at.Unseen++
		}
	}
	return p
}

// unseen reports whether a check that may support an answer could not see what it
// needs.
func (s Suggestion) unseen() bool {
	for _, p := range s.Procedures {
		for _, reason := range p.Why {
			if reason.Evidence.Result.Unknown > 0 {
				return true
			}
		}
	}
	return false
}
