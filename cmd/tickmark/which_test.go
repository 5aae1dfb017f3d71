package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// whichTyped types lines into the interview and returns its exit status, what was
// printed and what was asked.
func whichTyped(lines []string, args ...string) (status int, printed, asked string) {
	var out, prompts bytes.Buffer
	d := &door{
		in: strings.NewReader(strings.Join(lines, "\n") + "\n"), out: &out, err: &prompts, visits: &visits{},
		terminal: func(io.Writer) bool { return true }, getenv: func(string) string { return "" },
	}
	status = run(context.Background(), d, append([]string{"questionnaire", "which"}, args...))
	return status, out.String(), prompts.String()
}

// A person types numbers, values or beginnings; what is unclear is asked again.
func TestTheInterviewIsTyped(t *testing.T) {
	status, printed, asked := whichTyped([]string{"merchant", "n", "2", "y", "no", "9", "redirect", "y", "y", "1", "yes"})
	assert.Equal(t, exitDone, status, asked)
	assert.Contains(t, printed, "to fill  SAQ A (saq-a) for e-commerce")
	assert.Contains(t, asked, "E-commerce: Where does the customer type in the card?")
	assert.Contains(t, asked, "Type a number from 1 to 6")
	assert.NotContains(t, asked, "no script on your site", "it is asked of embedded forms alone")
}

// Nothing typed leaves a question open, and so does the end of what is typed.
func TestWhatIsLeftOpenIsNoYes(t *testing.T) {
	for _, lines := range [][]string{{""}, {"1", "", "", ""}, {"1", "n", "n", "y", "n", "redirect"}, {"1", "n", "n", "y", "n", "redirect", "y", "", "y"}} {
		status, printed, asked := whichTyped(lines)
		assert.Equal(t, exitAttention, status, asked)
		assert.NotContains(t, printed, "to fill")
		assert.Contains(t, printed, "open ")
	}
}

func TestAnswersGivenAreNotAskedAgain(t *testing.T) {
	status, printed, asked := whichTyped(nil, "--answer", "role=service-provider")
	assert.Equal(t, exitDone, status)
	assert.Contains(t, printed, "saq-d-service-provider")
	assert.Empty(t, asked)
}
