package questionnaires

import "slices"

// reworded reports whether an organisation's own question read otherwise when an
// answer to it was given: the assessment was moved to another revision since.
func (a *Assessment) reworded(r Requirement, answer Revision) bool {
	if !a.Questionnaire.Own() || answer.Entry.IsZero() || len(a.form.changes) == 0 {
		return false
	}
	seen := slices.DeleteFunc(slices.Clone(a.form.changes), func(change Entry) bool { return !a.history.IsAncestor(change.ID, answer.Entry) })
	asked := AssessmentDetails{Definition: a.form.first}
	if _, err := a.history.applyChanges(&asked, seen); err != nil || asked.Definition.IsZero() || asked.Definition == a.Details.Definition {
		return false
	}
	before, err := a.history.defined(a.form.standard, asked.Definition)
	if err != nil {
		return true // what was asked is not known
	}
	was, known := before.Requirement(r.ID)
	return known && (was.Title != r.Title || was.Question != r.Question)
}
