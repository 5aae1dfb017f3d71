package screen

import (
	"strings"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// waits are quarantined files, what waits for the person at a stage and of review notes, then the problems,
// those of given answers first.
func (s *Dashboard) waits() []waitingLine {
	var waits []waitingLine
	if undecided := s.desk.picture.Undecided; undecided != "" {
		waits = append(waits, waitingLine{"evidence", sign{"!", "quarantined", theme.Warning}, undecided})
	}
	waits = append(waits, s.desk.picture.Stage.Waiting...)
	for _, n := range s.desk.picture.Waiting {
		mark := noteSign(n)
		mark.glyph, mark.word = "!", n.Label()+" "+mark.word
		waits = append(waits, waitingLine{s.desk.picture.Assessment.PlaceOf(n), mark, n.Author.Name + ": " + n.Title()})
	}
	var open []waitingLine
	for _, p := range s.desk.picture.Problems {
		line := waitingLine{problemPlace(p), sign{"!", problemWord(p.Kind), theme.Warning}, p.Sentence}
		if p.Kind == questionnaires.NotAnswered {
			line.text = s.desk.picture.Row(p.Requirement).Requirement.Title
			open = append(open, line)
			continue
		}
		waits = append(waits, line)
	}
	return append(waits, open...)
}

// waiting lists the first of what waits.
func (s *Dashboard) waiting(c Canvas, waits []waitingLine, room int) []string {
	if len(waits) == 0 {
		return nil
	}
	where := ": and Stage shows more"
	if s.desk.picture.Undecided != "" && len(s.desk.picture.Stage.Waiting) == 0 {
		where = "e shows the evidence"
	}
	if n := len(s.desk.picture.Problems); n > 0 {
		where = "p shows all " + count(n, "problem", "problems")
	}
	lines := []string{"", gutter + heading(c.narrower(c.Width-2, 1), "Waiting for you", where)}
	for _, w := range waits[:min(len(waits), room-len(lines))] {
		lines = append(lines, "  "+theme.Fit(theme.Clean(w.place), 10)+c.Theme.Paint(w.sign.tone, theme.Fit(w.sign.text(), 17))+theme.Clean(w.text))
	}
	return lines
}

// waitingLine names as much of what waits as one line holds, where there is room for no more.
func (s *Dashboard) waitingLine(c Canvas, waits []waitingLine) []string {
	if len(waits) == 0 {
		return nil
	}
	open := 0
	for _, p := range s.desk.picture.Problems {
		if p.Kind == questionnaires.NotAnswered {
			open++
		}
	}
	var words []string
	for _, w := range waits[:len(waits)-open] {
		words = append(words, theme.Clean(strings.TrimPrefix(w.place+" "+w.sign.word, "whole ")))
	}
	if open > 0 {
		words = append(words, thousands(open)+" unanswered")
	}
	line := words[0]
	for _, word := range words[1:] {
		if theme.Width(line+" · "+word) > c.Width-19 {
			break
		}
		line += " · " + word
	}
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Waiting for you", 17)) + c.Theme.Paint(waits[0].sign.tone, theme.Cut(line, c.Width-19))}
}
