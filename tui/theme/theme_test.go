package theme

import (
	"bytes"
	"math"
	"testing"

	"github.com/muesli/termenv"
	"github.com/stretchr/testify/assert"
)

func TestPaint(t *testing.T) {
	var out bytes.Buffer
	dark, light := build(&out, termenv.ANSI256, true, true), build(&out, termenv.ANSI256, false, true)
	assert.NotEqual(t, dark.Paint(Good, "x"), light.Paint(Good, "x"), "a colour follows the background")
	assert.NotContains(t, build(&out, termenv.ANSI, true, true).Paint(Good, "x"), "38;5", "16 colours are enough")
	plain := build(&out, termenv.ANSI, true, false)
	assert.Equal(t, "x", plain.Paint(Good, "x"), "NO_COLOR takes the colours")
	assert.Contains(t, plain.Paint(Selected, "x"), "\x1b[7m", "and leaves the cursor")
	for token := Plain; token < tokens; token++ {
		assert.Equal(t, "x", Strip(dark.Paint(token, "x")))
		assert.Equal(t, "x", Detect(&out).Paint(token, "x"), "what is no terminal gets text")
	}
	assert.Equal(t, "x", Theme{}.Paint(tokens+3, "x"))
}

// What is said stands out from the backgrounds that people have, by 4.5 to 1 as WCAG 2 asks of text;
// lines by 3 to 1 where it is light.
func TestColoursStandOutFromTheirBackground(t *testing.T) {
	for token, look := range looks {
		if look.dark == "" {
			continue
		}
		least := 4.5
		if Token(token) == Rule {
			least = 3
		}
		for _, paper := range []string{"#ffffff", "#fdf6e3"} {
			assert.GreaterOrEqual(t, contrast(termenv.ANSI256.Color(look.light), paper), least, "token %d in %s on %s", token, look.light, paper)
		}
		for _, night := range []string{"#000000", "#1e1e1e", "#002b36"} {
			if Token(token) != Rule {
				assert.GreaterOrEqual(t, contrast(termenv.ANSI256.Color(look.dark), night), least, "token %d in %s on %s", token, look.dark, night)
			}
		}
	}
}

// contrast is the ratio of the luminances of two colours, the lighter one first.
func contrast(colour termenv.Color, background string) float64 {
	luminance := func(c termenv.Color) float64 {
		rgb := termenv.ConvertToRGB(c)
		linear := func(v float64) float64 {
			if v <= 0.03928 {
				return v / 12.92
			}
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(rgb.R) + 0.7152*linear(rgb.G) + 0.0722*linear(rgb.B) + 0.05
	}
	a, b := luminance(colour), luminance(termenv.RGBColor(background))
	return max(a, b) / min(a, b)
}
