package screen

import (
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
		case p.Part == questionnaires.AnalysisPart:
			cmds = append(cmds, openFrequency(d, r))
		case p.Part == questionnaires.AnswerPart:
			cmds = append(cmds, push(customizedForm(d, id)))
		default:
			cmds = append(cmds, push(newScope(d)))
		}
	case questionnaires.InConflict:
		switch { // several things stand at a question, and a problem says which
		case p.Part == questionnaires.ResponsibilityPart:
			cmds = append(cmds, push(newRoll(d, "Held by", "Who holds "+id.String()+" on each platform.", "", func() []rollRow {
				return heldRows(d, d.picture.Platforms, []questionnaires.RequirementID{id}, true)
			})))
		case p.Part == questionnaires.AnalysisPart:
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
	case questionnaires.CitesExpunged, questionnaires.CitesUnknown, questionnaires.NewerEvidence,
		questionnaires.OutdatedEvidence, questionnaires.UndescribedEvidence, questionnaires.QuarantinedEvidence:
		s.focus, s.side = attachedPanel, attachedPanel
	case questionnaires.AsLastYear:
		s.side = historyPanel
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
	switch p.Part {
	case questionnaires.ScopePart:
		return push(newScope(d))
	case questionnaires.EngagementPart:
		return push(newEngagement(d))
	case questionnaires.KeepingPart:
		return push(retentionForm(d))
	case questionnaires.FormPart:
		return push(moveForm(d, d.picture.Assessment.Details.Questionnaire))
	case questionnaires.RequestsPart:
		return push(newRequests(d))
	case questionnaires.SamplingPart:
		return push(newSamples(d))
	case questionnaires.CarriedPart:
		return push(newLastYear(d))
	case questionnaires.EvidencePart:
		return push(newEvidenceList(d))
	case questionnaires.StagePart:
		return push(newStages(d))
	case questionnaires.EligibilityPart, questionnaires.AnswerPart, questionnaires.AnalysisPart, questionnaires.ResponsibilityPart,
		questionnaires.RecordsPart:
	}
	return push(newInterview(d))
}
