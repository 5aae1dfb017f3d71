package screen

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/tui/theme"
)

// sideRow is a row of a side panel. An aside heads or explains another row, and
// the cursor passes over it.
type sideRow struct {
	text      string
	tone      theme.Token
	sign      sign // stands before the text, if it has a word
	aside     bool
	evidence  *questionnaires.Evidence
	procedure *questionnaires.Procedure
	note      questionnaires.ID
}

// breakRows breaks the rows of the sides anew where the width is another.
func (s *Question) breakRows(width int) {
	if width != s.sideWidth {
		s.sideWidth = width
		s.refresh()
	}
}

// refresh makes the rows of the sides of what the desk knows.
func (s *Question) refresh() {
	r := s.row()
	s.procedures = s.desk.picture.Assessment.Procedures(s.id)
	s.refreshParts(r)
	s.sides[proceduresPanel].SetItems(s.procedureRows(r))
	s.sides[suggestionPanel].SetItems(s.suggestionRows(r))
	s.sides[attachedPanel].SetItems(s.attachedRows(r))
	s.sides[historyPanel].SetItems(s.historyRows())
	s.sides[notesPanel].SetItems(s.noteRows())
	s.sides[licensedPanel].SetItems(s.licensedRows())
}

// drawSide draws one side panel.
func (s *Question) drawSide(c Canvas, p panel) []string {
	rows := s.sides[p]
	var lines []string
	if s.err != nil {
		for _, line := range theme.Wrap(theme.Clean(s.err.Error()), c.Width) {
			lines = append(lines, c.Theme.Paint(theme.Bad, line))
		}
	}
	if rows.Total() == 0 {
		return append(lines, indent("", theme.Wrap(s.nothing(p), c.Width))...)
	}
	return append(lines, rows.Draw(max(1, c.Height-len(lines)), func(r sideRow, selected bool) string {
		if r.aside {
			return c.Theme.Paint(r.tone, theme.Cut(r.text, c.Width))
		}
		line := r.text
		if r.sign.word != "" {
			line = r.sign.paint(c.Theme) + "  " + line
		}
		return row(c, line, selected, s.focus == p)
	})...)
}

// nothing says why a side is empty.
func (s *Question) nothing(p panel) string {
	switch p {
	case attachedPanel:
		return "No evidence is attached to this answer. In the suggestion, a attaches what is under the cursor; F takes a file in, I writes notes."
	case historyPanel:
		return "Nobody has answered this question yet. Every change will stand here, with who made it and when."
	case notesPanel:
		return "There is no review note on this question. m writes one; it is internal unless it is shared."
	case proceduresPanel:
		return "The testing procedures of this requirement are not known."
	case suggestionPanel, answerPanel, licensedPanel, panels:
	}
	return "No check informs this question. It rests on documents, observation and interviews."
}

// wrapped makes asides of a text.
func (s *Question) wrapped(by string, tone theme.Token, text string) []sideRow {
	lines := theme.Wrap(theme.Clean(text), s.sideWidth-theme.Width(by))
	rows := make([]sideRow, len(lines))
	for i, line := range lines {
		rows[i] = sideRow{text: by + line, tone: tone, aside: true}
	}
	return rows
}

// titled breaks what a row is called, and lets the rest follow it.
func (s *Question) titled(r sideRow) []sideRow {
	lines := theme.Wrap(r.text, s.sideWidth-theme.Width("▸ "+r.sign.text()+"  "))
	rows := []sideRow{r}
	for i, line := range lines {
		if i == 0 {
			rows[0].text = line
			continue
		}
		rows = append(rows, sideRow{text: "    " + line, aside: true})
	}
	return rows
}

// suggestionRows say what the evidence means for each testing procedure, and why.
func (s *Question) suggestionRows(r Row) []sideRow {
	files := s.fileRows(r)
	if r.Results+r.Leads == 0 {
		if len(files) > 0 {
			files = append(s.wrapped("", theme.Muted, s.nothing(suggestionPanel)), files...)
		}
		return files
	}
	stance := stanceSign(r.Suggestion.Stance)
	rows := s.wrapped("", stance.tone, "Evidence "+stance.text()+s.proposal(r))
	rows = append(rows, s.wrapped("", theme.Muted, "A suggestion is no answer: you decide.")...)
	for _, p := range r.Suggestion.Procedures {
		if len(p.Why)+len(p.Leads) == 0 {
			continue
		}
		of := stanceSign(p.Stance)
		rows = append(rows, sideRow{aside: true}, sideRow{text: p.Procedure.String() + "  " + of.text(), tone: theme.Heading, aside: true})
		for _, reason := range p.Why {
			rows = append(rows, s.reasonRows(r, reason)...)
		}
		if len(p.Leads) > 0 {
			rows = append(rows, s.wrapped("", theme.Muted, "Worth a look; does not count for or against:")...)
		}
		for _, reason := range p.Leads {
			rows = append(rows, s.reasonRows(r, reason)...)
		}
	}
	if without := silent(r.Suggestion); len(without) > 0 {
		rows = append(rows, sideRow{aside: true})
		rows = append(rows, s.wrapped("", theme.Unseen, "◌ no evidence of its own: "+strings.Join(without, ", "))...)
	}
	return append(rows, files...)
}

func (s *Question) proposal(r Row) string {
	if r.Suggestion.Proposes == questionnaires.Unanswered {
		return "; it proposes no response"
	}
	return "; points to " + responseSign(r.Suggestion.Proposes).text()
}

// silent names the testing procedures that no result bears on.
func silent(s questionnaires.Suggestion) []string {
	var names []string
	for _, p := range s.Procedures {
		if len(p.Why) == 0 {
			names = append(names, p.Procedure.String())
		}
	}
	return names
}

// reasonRows show one result: verdict, numbers, which part it speaks of, and the
// first subjects that failed.
func (s *Question) reasonRows(r Row, reason questionnaires.Reason) []sideRow {
	item := reason.Evidence
	attached := ""
	if slices.Contains(r.Current.Evidence, item.ID) {
		attached = "[attached] "
	}
	head := fmt.Sprintf("%s%s  %s", attached, item.Label(), theme.Clean(item.Title))
	rows := s.titled(sideRow{text: head, sign: verdictSign(item.Result.Verdict), evidence: &item})
	about := fmt.Sprintf("%s · %s · %s", verdictCounts(item.Result), theme.Clean(item.Result.Name), since(item.Collected, s.desk.Now()))
	rows = append(rows, s.wrapped("    ", theme.Muted, about)...)
	if accepted := s.desk.acceptedOf(item.Result); accepted != "" {
		rows = append(rows, s.wrapped("    ", theme.Warning, accepted)...)
	}
	if part := reason.Part(); part != "" {
		rows = append(rows, s.wrapped("    ", theme.Muted, "only a part: "+part)...)
	}
	for _, detail := range s.failures[item.Result.Digest] {
		mark := verdictSign(detail.Verdict)
		rows = append(rows, s.wrapped("    ", mark.tone, mark.glyph+" "+subjectName(detail.Subject)+": "+detail.Sentence)...)
		key := item.Result.Key(detail)
		if accepted := s.desk.accepted(key); accepted != "" && detail.Verdict == engine.Fail {
			rows = append(rows, s.wrapped("      ", theme.Warning, accepted)...)
		}
	}
	if more := item.Result.Failed + item.Result.Unknown - len(s.failures[item.Result.Digest]); more > 0 && len(s.failures[item.Result.Digest]) > 0 {
		rows = append(rows, s.wrapped("    ", theme.Muted, fmt.Sprintf("… %s more; enter shows all", thousands(more)))...)
	}
	return rows
}

// attachedRows are the evidence that the answer rests on.
func (s *Question) attachedRows(r Row) []sideRow {
	var rows []sideRow
	for _, id := range r.Current.Evidence {
		item, known := s.desk.picture.Assessment.Evidence(id)
		if !known {
			continue
		}
		rows = append(rows, s.titled(s.desk.evidenceRow(&item))...)
		rows = append(rows, s.wrapped("    ", theme.Muted, evidenceAbout(item)+" · "+since(item.Collected, s.desk.Now()))...)
		for _, more := range []string{s.desk.acceptedOf(item.Result), s.desk.freshness(item).String()} {
			if more != "" {
				rows = append(rows, s.wrapped("    ", theme.Warning, more)...)
			}
		}
	}
	return rows
}

// evidenceRow is an item with its state.
func (d *Desk) evidenceRow(item *questionnaires.Evidence) sideRow {
	return sideRow{text: item.Label() + "  " + evidenceTitle(*item), evidence: item, sign: d.evidenceSign(*item)}
}

// evidenceSign is the state of an item today: what a check found, or what is wrong with a
// file.
func (d *Desk) evidenceSign(item questionnaires.Evidence) sign {
	switch {
	case item.Result != nil:
		return verdictSign(item.Result.Verdict)
	case item.Expunged != nil:
		return sign{"–", "expunged", theme.Muted}
	case item.Quarantined():
		return sign{"!", "quarantined", theme.Warning}
	case d.freshness(item).State == questionnaires.Stale:
		return sign{"⏱", "stale " + item.Kind.Noun(), theme.Warning}
	}
	return sign{"▤", item.Kind.Noun(), theme.Plain}
}

// evidenceTitle is what an item is called: a file without a title by its name.
func evidenceTitle(item questionnaires.Evidence) string {
	if item.Title == "" && item.File != nil {
		return theme.Clean(item.File.Name)
	}
	return theme.Clean(item.Title)
}

// evidenceAbout says where an item comes from.
func evidenceAbout(item questionnaires.Evidence) string {
	switch {
	case item.Expunged != nil:
		return theme.Clean(item.Expunged.String())
	case item.Result != nil:
		return verdictCounts(item.Result) + " · " + theme.Clean(item.Result.Name)
	case item.File != nil:
		return theme.Clean(string(item.File.Obtained)) + ", " + count(int(item.File.Size), "byte", "bytes")
	}
	return ""
}

// beside is what a question shows that the assessment does not hold, as it was read.
type beside struct {
	failures  map[engine.Digest][]engine.Detail
	revisions []questionnaires.Revision // oldest first
	licensed  licensed.Requirement      // what the licensed text says
	filed     filedRows
	err       error // why something could not be read
}
