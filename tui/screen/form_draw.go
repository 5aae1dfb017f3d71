package screen

import (
	"strings"

	"tickmark/tui/theme"
)

// Draw lists the places, and shows the one under the cursor whole: beside them where
// there is room, else below.
func (f *Form) Draw(c Canvas) []string {
	lines := f.top(c)
	if f.run != nil {
		return append(lines, indent(gutter, f.run.draw(c, f.desk.Now(), "esc stops it; "+filledStays+"."))...)
	}
	lines = append(lines, filterLine(c, f.rows)...)
	body := c.narrower(c.Width, c.Height-len(lines))
	p, chosen := f.rows.Selected()
	if !chosen {
		return append(lines, f.drawRows(body, body.Height)...)
	}
	if c.Width >= wide {
		left := c.Width * 9 / 20
		right := c.Width - left - 4
		return append(lines, columns(body, f.drawRows(body.narrower(left, body.Height), body.Height), f.drawPlace(body.narrower(right, body.Height), p), left)...)
	}
	room := max(5, min(f.rows.Len(), body.Height-9))
	lines = append(lines, f.drawRows(body, room)...)
	for range room - min(room, f.rows.Len()) {
		lines = append(lines, "")
	}
	lines = append(lines, c.Theme.Paint(theme.Rule, strings.Repeat("─", c.Width)))
	return append(lines, indent(gutter, f.drawPlace(c.narrower(c.Width-2, c.Height-len(lines)), p))...)
}

// top says what the form is about, and what it lacks.
func (f *Form) top(c Canvas) []string {
	var lines []string
	if f.about != "" {
		lines = append(lines, indent(gutter, theme.Wrap(f.about, c.Width-2))...)
	}
	if f.why != "" {
		for _, line := range theme.Wrap(theme.Clean("✗ "+f.why), c.Width-2) {
			lines = append(lines, gutter+c.Theme.Paint(theme.Bad, line))
		}
	}
	state := sign{"✓", "nothing is missing", theme.Good}
	switch n := missing(f.places()); {
	case n > 0 && f.send != nil:
		state = sign{"!", count(n, "place is", "places are") + " missing before it can be kept", theme.Warning}
	case n > 0:
		state = sign{"!", count(n, "place is", "places are") + " missing; unfinished is kept, and a problem", theme.Warning}
	case f.send != nil:
		state = sign{"✓", "nothing is missing: S keeps it", theme.Good}
	}
	where := ""
	if f.rows.Len() > 8 {
		where = "  " + strings.Replace(f.rows.Position(), "row", "place", 1)
	}
	line := theme.Fit(state.text(), c.Width-2-theme.Width(where))
	return append(lines, gutter+c.Theme.Paint(state.tone, line)+c.Theme.Paint(theme.Muted, where), "")
}

func (f *Form) drawRows(c Canvas, height int) []string {
	label := 0
	for _, p := range f.places() {
		label = max(label, theme.Width(p.label))
	}
	label = min(label, c.Width/2-8)
	return f.rows.Draw(height, func(p place, selected bool) string {
		text := f.writer.text(p.label)
		_, unsaved := f.writer.typed[p.label]
		state := p.sign(text, unsaved)
		return row(c, c.Theme.Paint(state.tone, theme.Fit(state.text(), 12))+theme.Fit(p.label, label)+"  "+theme.Clean(p.says(text)), selected, true)
	})
}

// drawPlace is a place with what belongs there and what stands in it.
func (f *Form) drawPlace(c Canvas, p place) []string {
	lines := []string{c.Theme.Paint(theme.Strong, theme.Cut(p.label, c.Width))}
	for _, line := range theme.Wrap(p.help, c.Width) {
		lines = append(lines, c.Theme.Paint(theme.Muted, line))
	}
	text := f.writer.text(p.label)
	room := c.Height - len(lines)
	switch p.kind {
	case lineKind, dayKind:
		return append(lines, f.box(c, text, min(room, 3+theme.Width(text)/max(1, c.Width-4)), "")...)
	case longKind:
		return append(lines, f.box(c, text, min(room, 22), "enter")...)
	case choiceKind:
		return append(lines, f.drawOptions(c, p, text, room)...)
	case severalKind:
		return append(lines, f.drawSeveral(c, p, text, room)...)
	case switchKind:
		mark := "( ) yes"
		if text == yes {
			mark = "(✓) yes"
		}
		return append(lines, "", mark)
	case opensKind:
		if strings.TrimSpace(text) == "" {
			return append(lines, "", c.Theme.Paint(theme.Muted, "enter opens it"))
		}
	}
	return append(lines, append([]string{""}, theme.Wrap(text, c.Width)...)...)
}

// box is a text in its frame, or the field while it has the keys.
func (f *Form) box(c Canvas, text string, height int, opens string) []string {
	height = max(height, 3)
	inside := c.narrower(c.Width-4, height)
	switch {
	case f.writer.writing():
		return framed(c, f.writer.view(c.Theme, inside.Width, height-2), height, true)
	case strings.TrimSpace(text) == "" && f.fixed() != "":
		return framed(c, []string{c.Theme.Paint(theme.Muted, "nothing is written")}, height, false)
	case strings.TrimSpace(text) == "":
		return framed(c, []string{c.Theme.Paint(theme.Muted, "enter to write")}, height, false)
	}
	return framed(c, excerpt(inside, text, height-2, opens), height, false)
}

// drawOptions shows all that may be chosen; the brackets mark what is.
func (f *Form) drawOptions(c Canvas, p place, text string, room int) []string {
	lines := []string{""}
	for _, o := range p.options {
		mark := "( ) "
		if o.value == text {
			mark = "(•) "
		}
		if o.value != "" {
			lines = append(lines, theme.Cut(mark+theme.Clean(o.text), c.Width))
		}
	}
	return lines[:min(len(lines), max(room, 1))]
}

func (f *Form) drawSeveral(c Canvas, p place, text string, room int) []string {
	p.text = text
	lines := []string{""}
	for _, value := range p.values() {
		lines = append(lines, theme.Cut("[•] "+theme.Clean(p.optionText(value)), c.Width))
	}
	if len(lines) == 1 {
		lines = append(lines, c.Theme.Paint(theme.Muted, "nothing is chosen; enter chooses"))
	}
	return lines[:min(len(lines), max(room, 1))]
}
