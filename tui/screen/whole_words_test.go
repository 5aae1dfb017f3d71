package screen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/tui/tuitest"
)

// words is a frame as it is read: without its frames and line ends.
func words(d *tuitest.Driver) string {
	return strings.Join(strings.FieldsFunc(d.Frame(), func(r rune) bool { return strings.ContainsRune(" \n│▸─", r) }), " ")
}

// left is words of the left side alone.
func left(d *tuitest.Driver) string {
	var lines []string
	for _, line := range strings.Split(d.Frame(), "\n") {
		if at := strings.LastIndex(line, "│"); at > 0 {
			line = line[:at]
		}
		lines = append(lines, line)
	}
	return strings.Join(strings.FieldsFunc(strings.Join(lines, " "), func(r rune) bool { return strings.ContainsRune(" │", r) }), " ")
}

// What somebody has to read before they decide is not cut off on the smallest usual terminal:
// where to go, what a key does, what is wrong with an answer, what evidence is about.
func TestASmallTerminalCutsOffNothingThatDecides(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 80, 24).Shows("Secure systems and software ", "Identity and authentication ")

	d.Press(":")
	for range 30 {
		require.NotContains(t, strings.Replace(d.Frame(), " … › ", "", 1), "…", "where one can go")
		d.Press("down")
	}
	d.Press("esc").Press("?")
	for range 40 {
		require.NotContains(t, strings.Replace(d.Frame(), " … › ", "", 1), "…", "what keys do")
		d.Press("down")
	}
	for _, said := range []string{"page down, ctrl+f, a page down ctrl+d", "save what is being written, and quit"} {
		assert.Contains(t, words(d), said)
	}
	assert.Contains(t, words(d.Press("home")), "everything else: scope, which SAQ, risk analyses, responsibility, assessments")
	d.Press("esc")

	question(d, "2.2.6").Press(" ")
	const wrong = "In Place, and evidence contradicts it: containers-not-privileged (Evidence-1)"
	d.Press("esc", "esc", "esc", "p", "/").Type("contradicts").Press("enter")
	assert.Contains(t, strings.ReplaceAll(words(d), "- ", "-"), wrong, "in the list of problems")
	d.Press("esc", "esc", "e")
	assert.Contains(t, words(d), "Containers are not privileged: 2 fail, 3 pass · prod-eu (CDE)")

	d.Press("esc").Resize(120, 40).Shows("SSL and early TLS at payment terminals ")
	question(d, "2.2.6")
	assert.Contains(t, strings.ReplaceAll(left(d), "- ", "-"), wrong, "below the answer")
	assert.Contains(t, left(d), "how it is met, or what is missing and planned")
	for _, line := range strings.Split(d.Frame(), "\n") {
		assert.NotContains(t, line[strings.LastIndex(line, "│")+1:], "…", "what evidence is called")
	}
}
