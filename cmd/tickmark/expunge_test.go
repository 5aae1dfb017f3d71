package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// On a terminal the number has to be typed; anything else leaves all as it is.
func TestExpungingIsConfirmedByTypingTheNumber(t *testing.T) {
	for typed, agreed := range map[string]bool{"7\n": true, "Evidence-7\n": true, " 7 \n": true, "y\n": false, "\n": false, "17\n": false, "": false} {
		var asked bytes.Buffer
		d := &door{in: strings.NewReader(typed), err: &asked, terminal: func(io.Writer) bool { return true }}
		err := d.confirm("Evidence-7", []string{"Evidence-9"})
		assert.Equal(t, agreed, err == nil, "%q: %v", typed, err)
		assert.Contains(t, asked.String(), "Evidence-7, Evidence-9 goes for good")
	}
	d := &door{in: strings.NewReader("7\n"), err: io.Discard, terminal: func(io.Writer) bool { return false }}
	require.ErrorContains(t, d.confirm("Evidence-7", nil), "--yes is needed")
	d = &door{in: strings.NewReader("0123456789ab\n"), err: io.Discard, terminal: func(io.Writer) bool { return true }}
	require.NoError(t, d.confirm("document 0123456789ab", nil))
}
