package screen

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// labels is the width of the labels at the left of the answer.
const labels = 11

// Draw shows the answer, and beside it or as pages the rest.
func (s *Question) Draw(c Canvas) []string {
	names := []string{"Answer", "Suggestion", fmt.Sprintf("Attached %d", len(s.row().Current.Evidence)), fmt.Sprintf("History %d", s.row().Answers), fmt.Sprintf("Notes %d", len(s.notes()))}
	if s.hasLicensed() {
		names = append(names, "Licensed")
	}
	focus := int(s.focus)
	if s.perProcedure() {
		names = slices.Insert(names, int(proceduresPanel), s.proceduresTab())
	} else {
		focus -= min(focus, 1)
	}
	lines := []string{gutter + tabs(c.narrower(c.Width-2, 1), names, focus)}
	body := c.narrower(c.Width-2, c.Height-1)
	switch {
	case c.Width >= wide:
		left := c.Width * 11 / 20
		right := c.Width - left - 4
		s.breakRows(right)
		panels := columns(c.narrower(c.Width, c.Height-1), s.drawAnswer(c.narrower(left-2, c.Height-1)), s.drawSide(c.narrower(right, c.Height-1), s.side), left-1)
		return append(lines, indent(gutter, panels)...)
	case s.focus == answerPanel:
		return append(lines, indent(gutter, s.drawAnswer(body))...)
	}
	s.breakRows(body.Width)
	return append(lines, indent(gutter, s.drawSide(body, s.focus))...)
}

// drawAnswer is what is asked and what is answered. The narrative gets what room
// there is.
func (s *Question) drawAnswer(c Canvas) []string {
	r := s.row()
	above := s.asked(c, r)
	if c.Height >= 24 {
		above = append(above, "")
	}
	if s.perProcedure() {
		above = append(above, s.drawFinding(c, r.Current.Response)...)
	} else {
		above = append(above, s.drawResponses(c, r.Current.Response)...)
	}
	above = append(above, s.drawParts(c, max(2, c.Height-len(above)-6))...)
	below := s.stands(c, r)
	room := c.Height - len(above) - len(below)
	if room < 5 { // the problems and attachments are pages of their own
		if most := max(0, c.Height-len(above)-5); most < len(below) {
			if below = below[:most]; most > 0 {
				below[most-1] = theme.Cut(below[most-1], c.Width-2) + " …"
			}
		}
		room = max(4, c.Height-len(above)-len(below))
	}
	return append(append(above, s.drawNarrative(c, min(room, 16))...), below...)
}

// asked is the question and how it is tested.
func (s *Question) asked(c Canvas, r Row) []string {
	head := theme.Wrap(r.Requirement.Title, c.Width-labels)
	lines := make([]string, 0, 12)
	for i, line := range head {
		number := ""
		if i == 0 {
			number = s.id.String()
		}
		lines = append(lines, c.Theme.Paint(theme.Accent, theme.Fit(number, labels))+c.Theme.Paint(theme.Strong, line))
	}
	lines = append(lines, labelled(c.Theme, "Asked", r.Requirement.Question, labels, c.Width)...)
	lines = append(lines, labelled(c.Theme, "Tested by", testedBy(r.Requirement), labels, c.Width)...)
	if !s.desk.picture.Assessment.Questionnaire.Confirmed(s.id) {
		lines = append(lines, c.Theme.Paint(theme.Warning, theme.Cut("! not confirmed: compare with the form whether it asks this", c.Width)))
	}
	wanted := labelled(c.Theme, "Wanted", r.Requirement.Evidence, labels, c.Width)
	if most := max(2, c.Height-len(lines)-12-len(s.parts)); len(wanted) > most {
		wanted = wanted[:most]
		wanted[most-1] = theme.Cut(wanted[most-1], c.Width-1) + "…"
	}
	return append(lines, wanted...)
}

// testedBy says how a requirement is tested and what else its asker must know.
func testedBy(r questionnaires.Requirement) string {
	methods := make([]string, len(r.Methods))
	for i, m := range r.Methods {
		methods[i] = m.String()
	}
	text := strings.Join(methods, ", ")
	if text == "" {
		text = "methods not known"
	}
	if r.ProcedureSize > 0 {
		text += "; " + count(r.ProcedureSize, "testing procedure", "testing procedures")
	}
	if r.Frequency != "" {
		text += "; " + r.Frequency
	}
	switch r.Applies {
	case questionnaires.ServiceProviders:
		text += "; service providers only"
	case questionnaires.Issuers:
		text += "; issuers only"
	case questionnaires.MultiTenantProviders:
		text += "; multi-tenant service providers only"
	case questionnaires.AllEntities:
	}
	if !r.SupersededBy.IsZero() {
		text += "; superseded by " + r.SupersededBy.String()
	}
	for i, id := range r.Informs {
		text += []string{"; bears on ", ", "}[min(i, 1)] + id.String()
	}
	return text
}

// drawResponses are the responses of the form. The cursor is not an answer: what
// is answered has its mark between the brackets.
func (s *Question) drawResponses(c Canvas, current questionnaires.Response) []string {
	const cell = 24
	perLine := max(1, (c.Width-labels)/cell)
	var lines []string
	line := c.Theme.Paint(theme.Heading, theme.Fit("Response", labels))
	for i, response := range s.responses() {
		if i > 0 && i%perLine == 0 {
			lines = append(lines, line)
			line = strings.Repeat(" ", labels)
		}
		mark, tone := "( ) ", theme.Plain
		if response == current {
			mark, tone = "("+responseSign(response).glyph+") ", responseSign(response).tone
		}
		text := theme.Fit(mark+response.Title(), cell-2)
		switch {
		case i == s.choice && s.focus == answerPanel && !s.writer.writing():
			line += "▸" + c.Theme.Paint(theme.Selected, text) + " "
		default:
			line += " " + c.Theme.Paint(tone, text) + " "
		}
	}
	lines = append(lines, line)
	if current == questionnaires.Unanswered {
		lines = append(lines, strings.Repeat(" ", labels)+" "+c.Theme.Paint(theme.Muted, "· unanswered: nothing is chosen until you choose"))
	}
	return lines
}

// drawNarrative is the narrative in its frame, height lines in all.
func (s *Question) drawNarrative(c Canvas, height int) []string {
	box := c.narrower(c.Width-labels, height)
	inside, rows := box.narrower(box.Width-4, height), max(1, height-2)
	var text []string
	if s.writer.writing() {
		text = s.writer.view(c.Theme, inside.Width, rows)
	} else {
		text = s.narrativeLines(inside, rows)
	}
	lines := indent(strings.Repeat(" ", labels), framed(box, text, height, s.writer.writing()))
	lines[0] = c.Theme.Paint(theme.Heading, theme.Fit("Narrative", labels)) + strings.TrimLeft(lines[0], " ")
	return lines
}

// narrativeLines is the narrative as it stands, or as it was written and not saved.
func (s *Question) narrativeLines(c Canvas, rows int) []string {
	text := s.writer.text(narrative)
	if strings.TrimSpace(text) == "" && s.desk.fixed() != "" {
		return []string{c.Theme.Paint(theme.Muted, "nothing is written")}
	}
	if strings.TrimSpace(text) == "" {
		lines := theme.Wrap("e to write: how it is met, or what is missing and planned", c.Width)
		for i, line := range lines {
			lines[i] = c.Theme.Paint(theme.Muted, line)
		}
		return lines[:min(len(lines), rows)]
	}
	return excerpt(c, text, rows, "e")
}

// stands is what stands under the narrative: evidence attached, by whom it was
// answered, and the problems.
func (s *Question) stands(c Canvas, r Row) []string {
	var labelsOf []string
	for _, id := range r.Current.Evidence {
		if item, known := s.desk.picture.Assessment.Evidence(id); known {
			labelsOf = append(labelsOf, item.Label())
		}
	}
	attached := strings.Join(labelsOf, ", ")
	if attached == "" {
		attached = "nothing yet"
	}
	lines := []string{c.Theme.Paint(theme.Heading, theme.Fit("Attached", labels)) + theme.Cut(attached, c.Width-labels)}
	if !r.Current.Entry.IsZero() {
		by := r.Current.Author.Name + ", " + since(r.Current.Time, s.desk.Now())
		if !r.Current.Verified {
			by += " (signature not verified)"
		}
		lines = append(lines, c.Theme.Paint(theme.Heading, theme.Fit("By", labels))+theme.Cut(theme.Clean(by), c.Width-labels))
	}
	label := "Problems"
	for _, p := range r.Problems {
		if p.Kind == questionnaires.NotAnswered {
			continue
		}
		for _, line := range theme.Wrap("! "+theme.Clean(p.Sentence), c.Width-labels) {
			lines = append(lines, c.Theme.Paint(theme.Heading, theme.Fit(label, labels))+c.Theme.Paint(theme.Warning, line))
			label = ""
		}
	}
	return lines
}
