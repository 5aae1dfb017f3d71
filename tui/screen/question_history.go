package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// revisionsRead brings the answers that were given before.
type revisionsRead struct {
	question  *Question
	revisions []questionnaires.Revision
	err       error
}

func (s *Question) readRevisions() tea.Cmd {
	assessment := s.desk.picture.Assessment
	return func() tea.Msg {
		revisions, err := assessment.Revisions(s.id)
		return revisionsRead{s, revisions, err}
	}
}

// historyRows are the revisions of the answer, newest first.
func (s *Question) historyRows() []sideRow {
	rows := s.lastYearRows()
	for _, revision := range slices.Backward(s.revisions) {
		what := responseSign(revision.Response)
		rows = append(rows, sideRow{text: stamp(revision.Time) + "  " + theme.Clean(revision.Author.Name), sign: what})
		if !revision.Undoes.IsZero() {
			rows = append(rows, s.wrapped("    ", theme.Muted, "took back "+revision.Undoes.Short())...)
		}
		if len(revision.Evidence) > 0 {
			rows = append(rows, s.wrapped("    ", theme.Muted, "with "+count(len(revision.Evidence), "item", "items")+" of evidence")...)
		}
		narrative := strings.TrimSpace(revision.Narrative)
		if narrative != "" {
			rows = append(rows, s.wrapped("    ", theme.Plain, narrative)...)
		}
		rows = append(rows, s.wrapped("    ", theme.Muted, "entry "+revision.Entry.Short())...)
	}
	return rows
}
