package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
)

// mend opens the screen that mends a problem: the question, and over it the form that
// is unfinished.
func (d *Desk) mend(p questionnaires.Problem) tea.Cmd {
	if p.Requirement.IsZero() {
		return d.mendWhole(p)
	}
	cmds := []tea.Cmd{push(newQuestion(d, p.Requirement))}
	id, r := p.Requirement, d.picture.Row(p.Requirement).Requirement
	switch p.Kind {
	case questionnaires.NoWorksheet, questionnaires.UnfinishedWorksheet:
		cmds = append(cmds, push(worksheetForm(d, id)))
	case questionnaires.NoTargetDate, questionnaires.NoLaw:
		cmds = append(cmds, push(remedyForm(d, id)))
	case questionnaires.NoExclusion:
		cmds = append(cmds, push(untestedForm(d, id)))
	case questionnaires.NoResults:
		cmds = append(cmds, push(resultsForm(d, id)))
	case questionnaires.UnfinishedCustomized:
		cmds = append(cmds, push(customizedForm(d, id)))
	case questionnaires.NoRiskAnalysis, questionnaires.UnfinishedAnalysis:
		cmds = append(cmds, openFrequency(d, r))
	default:
	}
	return tea.Sequence(cmds...)
}

// mendWhole opens what mends a problem of the whole assessment.
func (d *Desk) mendWhole(p questionnaires.Problem) tea.Cmd {
	switch p.Kind {
	case questionnaires.ScopeIncomplete, questionnaires.ScopeBroken, questionnaires.NotSeparated, questionnaires.NewerEvidence, questionnaires.Overdue:
		return push(newScope(d))
	case questionnaires.EngagementIncomplete, questionnaires.EngagementBroken:
		return push(newEngagement(d))
	case questionnaires.InConflict, questionnaires.NotVerified:
		switch { // a problem has no place of its own for which of the three it is about
		case strings.HasPrefix(p.Sentence, "the scope"):
			return push(newScope(d))
		case strings.HasPrefix(p.Sentence, "the engagement"):
			return push(newEngagement(d))
		}
		return push(moveForm(d, d.picture.Assessment.Details.Questionnaire))
	default:
	}
	return push(newInterview(d))
}
