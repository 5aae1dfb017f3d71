package tui

import (
	"fmt"
	"strings"

	"tickmark/tui/screen"
	"tickmark/tui/theme"
)

// The smallest terminal that every screen can be read on.
const (
	MinWidth  = 72
	MinHeight = 20
)

// around is the lines of a frame that are not the body's: title, status, keys.
const around = 3

func (r *Router) tooSmall() bool { return r.width < MinWidth || r.height < MinHeight }

// View draws the frame: exactly the terminal's lines, none wider than it.
func (r *Router) View() string {
	if r.width <= 0 || r.height <= 0 {
		return ""
	}
	lines := r.lines()
	if len(lines) > r.height {
		lines = lines[:r.height]
	}
	for len(lines) < r.height {
		lines = append(lines, "")
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(theme.Cut(line, r.width), " ")
	}
	return strings.Join(lines, "\n")
}

func (r *Router) lines() []string {
	if r.tooSmall() {
		return []string{
			fmt.Sprintf("This terminal is %d × %d;", r.width, r.height),
			fmt.Sprintf("the desk needs %d × %d.", MinWidth, MinHeight),
			"Make it larger, or ctrl+c to quit.",
		}
	}
	canvas := screen.Canvas{Width: r.width, Height: r.height - around, Theme: r.theme}
	var body []string
	if r.help != nil {
		body = r.help.draw(canvas)
	} else {
		body = r.top().Draw(canvas)
	}
	lines := make([]string, 0, r.height)
	lines = append(lines, r.title())
	for i := range canvas.Height {
		if i < len(body) {
			lines = append(lines, body[i])
		} else {
			lines = append(lines, "")
		}
	}
	return append(lines, r.status(), r.keys())
}

// title says where one is, by the crumbs of the stack, and what is saved. Where
// there is no room the first crumbs go.
func (r *Router) title() string {
	head := r.top().Head()
	crumbs := make([]string, 0, len(r.stack))
	for _, s := range r.stack {
		if crumb := theme.Clean(s.Head().Crumb); crumb != "" {
			crumbs = append(crumbs, strings.Split(crumb, " › ")...)
		}
	}
	state := theme.Cut(theme.Clean(head.State), r.width/2)
	room := r.width - theme.Width(state) - 4
	where := strings.Join(crumbs, " › ")
	for len(crumbs) > 1 && theme.Width(where) > room {
		crumbs = crumbs[1:]
		where = "… › " + strings.Join(crumbs, " › ")
	}
	where = theme.Fit(" "+where, r.width-theme.Width(state)-1)
	return r.theme.Paint(theme.Strong, where) + r.theme.Paint(head.Tone, state)
}

// status is a rule while there is nothing to say.
func (r *Router) status() string {
	if r.note.Text == "" {
		return r.theme.Paint(theme.Rule, strings.Repeat("─", r.width))
	}
	return " " + r.theme.Paint(r.note.Tone, theme.Cut(theme.Clean(r.note.Text), r.width-2))
}

// keys names the keys that can be pressed now, as many as there is room for. The
// last word is always how to see all of them.
func (r *Router) keys() string {
	if r.help != nil {
		return " " + r.keyWord("↑↓", "scroll") + "  " + r.keyWord("esc", "close")
	}
	typing := r.top().Head().Typing
	last := r.keyWord("?", "keys")
	if typing {
		last = r.keyWord("f1", "keys")
	}
	line := ""
	for _, b := range r.bindings() {
		if b.Label == "" || b.Why != "" || b.Keys[0] == "?" || (typing && !b.Typing) {
			continue
		}
		word := r.keyWord(keyName(b.Keys[0]), b.Label) + "  "
		if theme.Width(line)+theme.Width(word)+theme.Width(last)+2 > r.width {
			continue
		}
		line += word
	}
	return " " + line + last
}

func (r *Router) keyWord(key, word string) string {
	return r.theme.Paint(theme.Key, key) + " " + word
}

// keyName is a key as people call it.
func keyName(key string) string {
	names := map[string]string{
		" ": "space", "up": "↑", "down": "↓", "left": "←", "right": "→", "pgup": "page up", "pgdown": "page down",
	}
	if name, known := names[key]; known {
		return name
	}
	return theme.Cut(theme.Clean(key), 16)
}
