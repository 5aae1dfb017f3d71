package pci

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
)

// maxTitle is how many letters of a title a list of requirements shows.
const maxTitle = 70

func TestEveryRequirementIsComplete(t *testing.T) {
	for _, r := range catalogue(t).Requirements() {
		assert.NotEmpty(t, r.Title, r.ID)
		assert.LessOrEqual(t, utf8.RuneCountInString(r.Title), maxTitle, r.ID)
		assert.False(t, strings.HasSuffix(r.Title, "."), "%s: a title is no sentence", r.ID)
		assert.True(t, strings.HasSuffix(r.Question, "?"), "%s: %s", r.ID, r.Question)
		assert.Equal(t, 1, strings.Count(r.Question, "?"), "%s asks more than one question", r.ID)
		assert.True(t, strings.HasSuffix(r.Evidence, "."), "%s: %s", r.ID, r.Evidence)
		for _, text := range []string{r.Title, r.Question, r.Evidence} {
			assert.Equal(t, strings.Join(strings.Fields(text), " "), text, "%s: stray spaces", r.ID)
			assert.Equal(t, -1, strings.IndexFunc(text, func(c rune) bool { return unicode.IsControl(c) || c > unicode.MaxASCII }), "%s: a letter not every terminal shows", r.ID)
		}
	}
}

func TestNoTwoRequirementsReadAlike(t *testing.T) {
	for what, text := range map[string]func(questionnaires.Requirement) string{
		"title":    func(r questionnaires.Requirement) string { return r.Title },
		"question": func(r questionnaires.Requirement) string { return r.Question },
		"evidence": func(r questionnaires.Requirement) string { return r.Evidence },
	} {
		seen := map[string]questionnaires.RequirementID{}
		for _, r := range catalogue(t).Requirements() {
			other, twice := seen[text(r)]
			assert.False(t, twice, "%s and %s have the same %s", other, r.ID, what)
			seen[text(r)] = r.ID
		}
	}
}

// An answer of yes means In Place, so a question can be answered with yes or no.
func TestQuestionsCanBeAnsweredWithYes(t *testing.T) {
	open := regexp.MustCompile(`^(What|Which|Who|Whose|How|Why)\b`)
	for _, r := range catalogue(t).Requirements() {
		assert.NotRegexp(t, open, r.Question, r.ID)
	}
}

var word = regexp.MustCompile(`[\pL\d']+`)

// runs returns every run of n words in a text.
func runs(text string, n int) []string {
	words := word.FindAllString(strings.ToLower(text), -1)
	var out []string
	for i := 0; i+n <= len(words); i++ {
		out = append(out, strings.Join(words[i:i+n], " "))
	}
	return out
}

// Boilerplate shows as long runs of words that come back in another requirement.
func TestNoRunOfMoreThanEightWordsComesBack(t *testing.T) {
	seen := map[string]questionnaires.RequirementID{}
	for _, r := range catalogue(t).Requirements() {
		for _, run := range append(runs(r.Question, 9), runs(r.Evidence, 9)...) {
			if other, known := seen[run]; known && other != r.ID {
				t.Errorf("%s and %s share %q", other, r.ID, run)
			}
			seen[run] = r.ID
		}
	}
}
