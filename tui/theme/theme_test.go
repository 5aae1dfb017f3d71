package theme

import (
	"bytes"
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
