package screen

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/tui/theme"
)

// Draw shows the document at the left and the rest at the right, or pages.
func (s *Evidence) Draw(c Canvas) []string {
	lines := []string{gutter + tabs(c.narrower(c.Width-2, 1), []string{"What it proves", "Document", "Where it comes from"}, s.page)}
	lines = append(lines, gutter+s.headline(c.narrower(c.Width-2, 1)), "")
	body := c.narrower(c.Width, c.Height-len(lines))
	switch {
	case s.err != nil:
		for _, line := range theme.Wrap("✗ "+s.err.Error(), c.Width-2) {
			lines = append(lines, gutter+c.Theme.Paint(theme.Bad, line))
		}
		return lines
	case !s.loaded:
		return append(lines, gutter+c.Theme.Paint(theme.Muted, "reading"))
	case c.Width < wide:
		return append(lines, s.drawPage(body, s.page)...)
	}
	left := c.Width / 2
	right := s.page
	if right == documentPage {
		right = provesPage
	}
	return append(lines, columns(body, s.drawPage(body.narrower(left, body.Height), documentPage),
		s.drawPage(body.narrower(c.Width-left-3, body.Height), right), left)...)
}

func (s *Evidence) headline(c Canvas) string {
	notes := s.desk.openNotes(s.item.ID)
	line := s.desk.evidenceSign(s.item).paint(c.Theme) + "  " + c.Theme.Paint(theme.Strong, theme.Cut(evidenceTitle(s.item), c.Width-20-theme.Width(notes)))
	return line + c.Theme.Paint(theme.Warning, notes)
}

func (s *Evidence) drawPage(c Canvas, page int) []string {
	switch page {
	case documentPage:
		return s.drawDocument(c)
	case originPage:
		s.origins.SetItems(s.origin(c.narrower(c.Width-2, c.Height)))
		return indent(gutter, s.origins.Draw(c.Height, func(line string, _ bool) string { return line }))
	}
	if s.item.File != nil {
		return indent(gutter, s.facts(c.narrower(c.Width-2, c.Height)))
	}
	return s.drawDetails(c)
}

func (s *Evidence) drawDocument(c Canvas) []string {
	if s.document == nil {
		text := "No document is cited here."
		if detail, chosen := s.details.Selected(); chosen && detail.Verdict == engine.Unknown {
			text = "There is no document: this is what could not be seen."
		}
		return indent(gutter, theme.Wrap(text, c.Width-2))
	}
	return s.document.Draw(c, s.page == documentPage)
}

// drawDetails lists the subjects, and says all of the one under the cursor.
func (s *Evidence) drawDetails(c Canvas) []string {
	about := s.about(c.narrower(c.Width-2, c.Height))
	lines := filterLine(c, s.details)
	if s.details.Total() == 0 {
		return append(lines, indent(gutter, theme.Wrap("No subjects: the target holds none of what this check looks at, and the listing was complete.", c.Width-2))...)
	}
	room := max(3, c.Height-len(lines)-len(about)-1)
	rows := s.details.Draw(room, func(d engine.Detail, selected bool) string {
		mark := verdictSign(d.Verdict)
		name := subjectName(d.Subject)
		if d.Container != "" {
			name += " container " + d.Container
		}
		accepted := ""
		if key, fails := s.key(d); fails {
			accepted = s.desk.accepted(key)
		}
		name = theme.Fit(theme.Clean(name), c.Width-2-17-min(theme.Width(accepted)+1, 30)) + " " + accepted
		return row(c, c.Theme.Paint(mark.tone, theme.Fit(mark.text(), 16))+" "+name, selected, s.page == provesPage)
	})
	lines = append(append(lines, rows...), c.Theme.Paint(theme.Rule, strings.Repeat("─", c.Width)))
	return append(lines, indent(gutter, about)...)
}

// about is everything that the detail under the cursor says.
func (s *Evidence) about(c Canvas) []string {
	d, chosen := s.details.Selected()
	if !chosen {
		return nil
	}
	lines := labelled(c.Theme, "Says", d.Sentence, 10, c.Width)
	if key, fails := s.key(d); fails {
		if a, known := s.desk.acceptance(key); known {
			lines = append(lines, labelled(c.Theme, "Accepted", acceptanceSign(a.State(s.desk.Now())).glyph+" "+a.String(), 10, c.Width)...)
		}
	}
	lines = append(lines, labelled(c.Theme, "Subject", d.Subject.String(), 10, c.Width)...)
	if d.Field != "" {
		lines = append(lines, labelled(c.Theme, "Field", d.Field, 10, c.Width)...)
		value := "(nothing stands there)"
		if len(d.Value) > 0 {
			value = theme.Clean(string(d.Value))
		}
		lines = append(lines, labelled(c.Theme, "Value", value, 10, c.Width)...)
	}
	if most := max(4, c.Height/2); len(lines) > most {
		lines = append(lines[:most-1], c.Theme.Paint(theme.Muted, "… the document holds the rest"))
	}
	return lines
}

// origin is the provenance: who collected what from where, with which tool, when,
// how completely, and how to see it again.
func (s *Evidence) origin(c Canvas) []string {
	var lines []string
	say := func(label, text string) { lines = append(lines, labelled(c.Theme, label, text, 12, c.Width)...) }
	say("Again", s.reproduce())
	if f := s.item.File; f != nil {
		say("File", f.Name)
		say("Obtained", string(f.Obtained))
		say("When", stamp(s.item.Collected))
		say("SHA-256", f.Digest.String())
		if o := s.item.Original; o != nil {
			say("In place of", fmt.Sprintf("%s, SHA-256 %s", o.Name, o.Digest))
		}
		say("Recorded by", s.recorder())
		return lines
	}
	if s.snapshot == nil || s.item.Result == nil {
		return []string{"not known"}
	}
	snapshot, result := s.snapshot, s.item.Result
	say("Target", fmt.Sprintf("%s (%s) %s", snapshot.Target.Name, snapshot.Target.ID, snapshot.Target.ServerVersion))
	if snapshot.Target.Endpoint != "" {
		say("Endpoint", snapshot.Target.Endpoint)
	}
	collector := "files, read by whoever collected; not a fact of the source"
	if snapshot.Collector.Name != "" {
		collector = snapshot.Collector.Name
	}
	say("Collector", collector)
	say("Tool", snapshot.Tool.Name+" "+snapshot.Tool.Version+fmt.Sprintf(", check %s version %d", result.Check, result.Version))
	say("Collected", stamp(snapshot.Started)+" to "+snapshot.Ended.UTC().Format("15:04:05"))
	if !snapshot.Saved.IsZero() {
		say("Saved", stamp(snapshot.Saved)+", as its files say")
	}
	say("Recorded by", s.recorder())
	for _, population := range s.populations() {
		say("Asked", population)
	}
	say("Gaps", s.gaps())
	if len(snapshot.Redacted) > 0 {
		say("Redacted", redacted(snapshot.Redacted))
	}
	say("Result", result.Digest.String())
	say("Snapshot", result.Snapshot.String())
	if !s.shown.IsZero() {
		say("Document", s.shown.String())
	}
	return lines
}

func (s *Evidence) recorder() string {
	h := s.desk.picture.Assessment.History()
	author, known := h.Author(s.item.Author)
	if !known {
		return "an author who is not enrolled"
	}
	return author.Name + " (" + author.ID.Short() + ")"
}

// populations say what was asked of the source for the kinds that the subjects are
// of, and whether the answer was complete.
func (s *Evidence) populations() []string {
	var said []string
	for _, p := range s.snapshot.Populations {
		if !slices.ContainsFunc(s.detailKinds(), func(k engine.Kind) bool { return k == p.Kind }) {
			continue
		}
		complete := "complete"
		if !p.Complete {
			complete = "NOT complete"
		}
		said = append(said, fmt.Sprintf("%s: %s, %s", p.Query, count(p.Count, p.Kind.Kind, p.Kind.Kind+" objects"), complete))
	}
	return said
}

func (s *Evidence) detailKinds() []engine.Kind {
	var kinds []engine.Kind
	for i := range s.details.Total() {
		if d, found := s.details.Item(i); found && !slices.Contains(kinds, d.Subject.Of()) {
			kinds = append(kinds, d.Subject.Of())
		}
	}
	return kinds
}

func (s *Evidence) gaps() string {
	gaps := s.snapshot.Gaps
	if len(gaps) == 0 {
		return "none: everything that was asked for was seen"
	}
	return count(len(gaps), "gap", "gaps") + " in this collection; the first: " + gapText(gaps[0])
}

// gapText is a gap as one line.
func gapText(g engine.Gap) string {
	what := g.Kind.String()
	if g.Kind.IsZero() {
		what = "any kind"
	}
	where := g.Source
	if g.Line > 0 {
		where = fmt.Sprintf("%s:%d", g.Source, g.Line)
	}
	return theme.Clean(fmt.Sprintf("%s (%s) %s: %s", what, g.Reason, where, g.Cause))
}

func redacted(counts map[string]int) string {
	kinds := make([]string, 0, len(counts))
	for kind, n := range counts {
		kinds = append(kinds, fmt.Sprintf("%s of kind %s", thousands(n), kind))
	}
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

// reproduce is the one command that shows the evidence again.
func (s *Evidence) reproduce() string {
	detail, _ := s.details.Selected()
	return s.item.Again(s.desk.Path, detail.Subject)
}
