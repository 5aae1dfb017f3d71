package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// mend opens the screen that mends a problem: the question, and over it the form that
// is unfinished.
func (d *Desk) mend(p questionnaires.Problem) tea.Cmd {
	if p.Requirement.IsZero() {
		return d.mendWhole(p)
	}
	if _, asked := d.picture.index[p.Requirement]; !asked {
		return note(theme.Warning, p.Requirement.String()+" is no question of this form")
	}
	question := newQuestion(d, p.Requirement)
	question.focusOn(p.Kind)
	cmds := []tea.Cmd{push(question)}
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
	case questionnaires.UnfinishedCustomized, questionnaires.CustomizedRefused:
		cmds = append(cmds, push(customizedForm(d, id)))
	case questionnaires.NoRiskAnalysis, questionnaires.UnfinishedAnalysis:
		cmds = append(cmds, openFrequency(d, r))
	case questionnaires.Overdue:
		switch {
		case strings.HasPrefix(p.Sentence, "its targeted risk analysis"):
			cmds = append(cmds, openFrequency(d, r))
		case strings.HasPrefix(p.Sentence, "the risk analysis of its customized"):
			cmds = append(cmds, push(customizedForm(d, id)))
		default:
			cmds = append(cmds, push(newScope(d)))
		}
	case questionnaires.InConflict:
		switch { // several things stand at a question, and a problem says which in words
		case strings.HasPrefix(p.Sentence, "who answers for it"):
			cmds = append(cmds, push(newRoll(d, "Held by", "Who holds "+id.String()+" on each platform.", "", func() []rollRow {
				return heldRows(d, d.picture.Platforms, []questionnaires.RequirementID{id}, true)
			})))
		case strings.HasPrefix(p.Sentence, "its targeted risk analysis"):
			cmds = append(cmds, openFrequency(d, r))
		}
	default:
	}
	return tea.Sequence(cmds...)
}

// focusOn shows the panel where a problem of a kind is mended.
func (s *Question) focusOn(k questionnaires.ProblemKind) {
	switch k {
	case questionnaires.NoReporting, questionnaires.InheritedOnly:
		if s.perProcedure() {
			s.focus, s.side = proceduresPanel, proceduresPanel
		}
	case questionnaires.Contradicted:
		s.focus, s.side = suggestionPanel, suggestionPanel
	case questionnaires.CitesExpunged, questionnaires.CitesUnknown, questionnaires.NewerEvidence:
		s.focus, s.side = attachedPanel, attachedPanel
	case questionnaires.NoEvidence:
		if !s.perProcedure() {
			s.focus, s.side = suggestionPanel, suggestionPanel
			break
		}
		s.focus, s.side = proceduresPanel, proceduresPanel
	default:
	}
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
		case !strings.Contains(p.Sentence, "moves to other forms"):
			return push(newRequests(d))
		}
		return push(moveForm(d, d.picture.Assessment.Details.Questionnaire))
	default:
	}
	return push(newInterview(d))
}
