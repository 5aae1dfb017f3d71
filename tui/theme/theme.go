package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Token is what a piece of text is, for the eye.
type Token int

// The tokens. Plain is the zero value.
const (
	Plain    Token = iota
	Strong         // what a line is about
	Muted          // what is there to be looked up
	Heading        // names a part of a screen
	Accent         // where the hands are: the field or panel in use
	Good           // supports, in place, saved
	Bad            // contradicts, not in place, an error
	Warning        // needs a person
	Unseen         // could not be looked at
	Rule           // lines and frames
	Key            // a key that can be pressed
	Selected       // the row under the cursor
	tokens         // how many there are
)

// Theme turns tokens into what one terminal can show. The zero Theme paints
// nothing.
type Theme struct {
	styles  [tokens]lipgloss.Style
	cursor  lipgloss.Style
	painted bool
}

// Detect returns the theme of a terminal. A writer that is no terminal gets plain
// text; NO_COLOR leaves weight and reverse and takes the colours. The background
// is asked once, before the desk reads keys.
func Detect(out io.Writer) Theme {
	profile := termenv.NewOutput(out).ColorProfile()
	if termenv.NewOutput(out).EnvNoColor() && profile != termenv.Ascii {
		return build(out, termenv.ANSI, true, false)
	}
	return build(out, profile, lipgloss.HasDarkBackground(), profile != termenv.Ascii)
}

// Unpainted returns the theme that leaves all text as it is.
func Unpainted() Theme { return Theme{} }

func build(out io.Writer, profile termenv.Profile, dark, coloured bool) Theme {
	if profile == termenv.Ascii {
		return Theme{}
	}
	renderer := lipgloss.NewRenderer(out)
	renderer.SetColorProfile(profile)
	renderer.SetHasDarkBackground(dark)
	t := Theme{painted: true, cursor: renderer.NewStyle()}
	for token, look := range looks {
		style := renderer.NewStyle().Bold(look.bold).Reverse(look.reverse).Faint(look.faint && !coloured)
		if coloured && look.dark != "" {
			style = style.Foreground(lipgloss.AdaptiveColor{Light: look.light, Dark: look.dark})
		}
		t.styles[token] = style
	}
	return t
}

// look is how a token appears; colours are of the 256, which a terminal of 16
// rounds to its own.
type look struct {
	light, dark          string
	bold, reverse, faint bool
}

var looks = [tokens]look{
	Plain:    {},
	Strong:   {bold: true},
	Muted:    {light: "241", dark: "246", faint: true},
	Heading:  {light: "24", dark: "110", bold: true},
	Accent:   {light: "25", dark: "117", bold: true},
	Good:     {light: "22", dark: "78"},
	Bad:      {light: "160", dark: "203", bold: true},
	Warning:  {light: "94", dark: "214"},
	Unseen:   {light: "91", dark: "176"},
	Rule:     {light: "244", dark: "240", faint: true},
	Key:      {light: "25", dark: "117", bold: true},
	Selected: {reverse: true},
}

// Paint returns text as its token appears. Text must be clean and of one line.
func (t Theme) Paint(token Token, text string) string {
	if !t.painted || token <= Plain || token >= tokens || text == "" {
		return text
	}
	return t.styles[token].Render(text)
}

// Cursor is the style of a text field's cursor, which the field reverses.
func (t Theme) Cursor() lipgloss.Style { return t.cursor }
