package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// compared is what came out otherwise in the newest collections.
type compared struct {
	Since    []questionnaires.ResultChange
	Compared bool // whether there are collections before them
}

// changeSign is what a change since the last collection means.
func changeSign(k questionnaires.ChangeKind) sign {
	switch k {
	case questionnaires.NewFailure:
		return sign{"○", "new failure", theme.Bad}
	case questionnaires.LostSight:
		return sign{"◌", "seen no more", theme.Unseen}
	case questionnaires.Mended:
		return sign{"●", "mended", theme.Good}
	case questionnaires.Otherwise:
	}
	return sign{"·", "changed", theme.Plain}
}

// sinceLine says on the dashboard what came out otherwise than in the collection before;
// nothing where there is none.
func (s *Dashboard) sinceLine(c Canvas) []string {
	p := s.desk.picture
	if !p.Compared {
		return nil
	}
	head := gutter + c.Theme.Paint(theme.Heading, theme.Fit("Since the last", 17))
	if len(p.Since) == 0 {
		return []string{head + c.Theme.Paint(theme.Muted, "every result came out as before")}
	}
	counts := map[questionnaires.ChangeKind]int{}
	for _, change := range p.Since {
		counts[change.Kind]++
	}
	var words []string
	for k := questionnaires.NewFailure; k <= questionnaires.Otherwise; k++ {
		mark := changeSign(k)
		word := mark.word
		if n := counts[k]; n > 0 {
			if k == questionnaires.NewFailure && n > 1 {
				word += "s"
			}
			words = append(words, c.Theme.Paint(mark.tone, mark.glyph+" "+thousands(n)+" "+word))
		}
	}
	return []string{theme.Cut(head+strings.Join(words, ", ")+c.Theme.Paint(theme.Muted, "   d to compare"), c.Width)}
}

// changesKey compares the newest collection with the one before.
func (d *Desk) changesKey() Binding {
	b := Binding{Keys: []string{"d"}, Help: "what came out otherwise than in the collection before", Do: func() tea.Cmd { return push(newResultChanges(d)) }}
	if !d.picture.Compared {
		b.Why = "nothing was collected twice yet"
	}
	return b
}

// newResultChanges lists what came out otherwise, each as it was and as it is.
func newResultChanges(d *Desk) *Roll {
	return newRoll(d, "Since the last collection", "What came out otherwise in the newest collection of each target than the last time the same check looked at it.", "Every result came out as before.", func() []rollRow {
		var rows []rollRow
		for _, change := range d.picture.Since {
			was, now := change.Before, change.Now
			text := verdictText(was.Result) + "  →  " + verdictText(now.Result)
			rows = append(rows, rollRow{
				sign: changeSign(change.Kind), name: now.Title, short: now.Label(), text: text,
				about: now.Title + ", " + now.Result.Name + ". " + was.Label() + ": " + verdictText(was.Result) + ". " + now.Label() + ": " + verdictText(now.Result) + ".",
				keys: []Binding{
					opens("open", "the result as it is now, subject by subject", "", func() tea.Cmd { return push(newEvidence(d, now)) }),
					{Keys: []string{"b"}, Label: "before", Help: "the result as it was before", Do: func() tea.Cmd { return push(newEvidence(d, was)) }},
				},
			})
		}
		return rows
	})
}

// verdictText is a verdict with its counts.
func verdictText(r *questionnaires.ResultSource) string {
	return verdictSign(r.Verdict).text() + " (" + verdictCounts(r) + ")"
}
