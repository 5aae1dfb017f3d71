package main

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRawEvidenceCannotSteerATerminal(t *testing.T) {
	hostile := "caf\u00e9\tone\r\n\x1b]0;owned\x07\x1b[2J\u202eevil \U0001F511\xff\xc3"
	for terminal, want := range map[bool]string{true: "caf\u00e9\tone\n]0;owned[2Jevil \U0001F511\uFFFD", false: hostile} {
		d, shown := outside(), &bytes.Buffer{}
		d.terminal = func(io.Writer) bool { return terminal }
		w := d.harmless(shown)
		for i := range len(hostile) { // however it is cut
			n, err := io.WriteString(w, hostile[i:i+1])
			require.NoError(t, err)
			assert.Equal(t, 1, n)
		}
		assert.Equal(t, want, shown.String())
	}
}
