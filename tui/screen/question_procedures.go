package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// perProcedure reports whether the form asks for a finding of each testing procedure.
func (s *Question) perProcedure() bool { return s.desk.picture.Assessment.Questionnaire.PerProcedure }

// proceduresTab says how many of the testing procedures have a finding.
func (s *Question) proceduresTab() string {
	found := 0
	for _, p := range s.procedures {
		if p.Finding != questionnaires.Unanswered {
			found++
		}
	}
	return "Procedures " + thousands(found) + "/" + thousands(len(s.procedures))
}

// procedureRows are the testing procedures with what is reported of each, and beside
// it what the evidence says.
func (s *Question) procedureRows(r Row) []sideRow {
	var rows []sideRow
	for i, p := range s.procedures {
		name := questionnaires.Procedure{Requirement: s.id, Letter: p.Letter}
		mark := responseSign(p.Finding)
		mark.word = theme.Fit(mark.word, 15)
		text := theme.Fit(name.String(), 12)
		if stance, says := stanceOf(r.Suggestion, name); says {
			text += stance.text()
		}
		if i > 0 {
			rows = append(rows, sideRow{aside: true})
		}
		rows = append(rows, sideRow{text: text, sign: mark, procedure: &name})
		if p.Finding != questionnaires.Unanswered && strings.TrimSpace(p.Reporting) == "" {
			rows = append(rows, s.wrapped("    ", theme.Warning, "! no reporting answer")...)
		}
		if reporting := s.wrapped("    ", theme.Plain, p.Reporting); strings.TrimSpace(p.Reporting) != "" {
			if len(reporting) > 3 {
				reporting = append(reporting[:2], sideRow{text: "    …", tone: theme.Muted, aside: true})
			}
			rows = append(rows, reporting...)
		}
		if rests := s.restsOn(p); rests != "" {
			rows = append(rows, s.wrapped("    ", theme.Muted, rests)...)
		}
	}
	return rows
}

// restsOn says how a procedure was tested and what its finding rests on.
func (s *Question) restsOn(p questionnaires.ProcedureAnswer) string {
	var parts []string
	for _, m := range p.Methods {
		parts = append(parts, m.String())
	}
	text := strings.Join(parts, ", ")
	parts = nil
	for _, id := range p.References {
		if item, known := s.desk.picture.Assessment.Evidence(id); known {
			parts = append(parts, item.Label())
		}
	}
	if len(parts) > 0 {
		text = strings.TrimPrefix(text+" · "+strings.Join(parts, ", "), " · ")
	}
	return text
}

// stanceOf is what the evidence says of one testing procedure, none where the
// procedures are not known.
func stanceOf(suggestion questionnaires.Suggestion, procedure questionnaires.Procedure) (sign, bool) {
	i := slices.IndexFunc(suggestion.Procedures, func(p questionnaires.ProcedureSuggestion) bool { return p.Procedure == procedure })
	if i < 0 {
		return sign{}, false
	}
	return stanceSign(suggestion.Procedures[i].Stance), true
}

// reporting are the keys of the answer where findings roll up to it.
func (s *Question) reporting() []Binding {
	return []Binding{
		{Keys: []string{"enter", " ", "right", "down", "j", "l"}, Label: "procedures", Help: "the testing procedures, each with its finding", Do: func() tea.Cmd {
			s.focus, s.side = proceduresPanel, proceduresPanel
			return nil
		}},
	}
}

// findingKeys are the keys of the testing procedures.
func (s *Question) findingKeys() []Binding {
	r, chosen := s.sides[proceduresPanel].Selected()
	open := Binding{Keys: []string{"enter", " "}, Label: "report", Help: "finding, reporting answer, methods and references of the procedure", Do: func() tea.Cmd {
		stance := ""
		if mark, says := stanceOf(s.row().Suggestion, *r.procedure); says {
			stance = mark.word
		}
		return push(procedureForm(s.desk, *r.procedure, stance))
	}}
	if !chosen || r.procedure == nil {
		open.Why = "there is no testing procedure under the cursor"
	}
	rows := moving(s.sides[proceduresPanel], nil)
	return append([]Binding{open}, rows[1:]...)
}

// drawFinding is what the testing procedures roll up to.
func (s *Question) drawFinding(c Canvas, current questionnaires.Response) []string {
	var open []string
	for _, p := range s.procedures {
		if p.Finding == questionnaires.Unanswered {
			open = append(open, questionnaires.Procedure{Requirement: s.id, Letter: p.Letter}.String())
		}
	}
	mark := responseSign(current)
	text := ", rolled up from " + count(len(s.procedures), "testing procedure", "testing procedures")
	if len(open) > 0 && current == questionnaires.Unanswered {
		text = "; open: " + strings.Join(open, ", ")
	}
	lines := theme.Wrap(mark.text()+text, c.Width-labels)
	for i, line := range lines {
		label := ""
		if i == 0 {
			label = "Finding"
		}
		lines[i] = c.Theme.Paint(theme.Heading, theme.Fit(label, labels)) + c.Theme.Paint(mark.tone, line)
	}
	return lines
}
