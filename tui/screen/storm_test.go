package screen_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
)

// storm presses random keys in terminals of random sizes: no panic, no frame out of
// bounds, no circle of messages.
func storm(t *testing.T, d *tuitest.Driver, seed uint64, keys []string) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	for range 1500 {
		if random.IntN(20) == 0 {
			d.Resize(1+random.IntN(160), 1+random.IntN(60)).Frame()
			d.Resize(72+random.IntN(100), 20+random.IntN(40))
		}
		d.Press(keys[random.IntN(len(keys))]).Frame()
	}
}

// without are the keys of a storm but some.
func without(not ...string) []string {
	keys := append(tuitest.Keys(), "a", "c", "e", "g", "G", "h", "j", "k", "l", "n", "N", "p", "r", "u", "v", "/", "?", "[", "]", "x", "Z", "ü", "日", " ")
	return slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(not, key) })
}

// Where no key chooses, nothing is answered, whatever else is pressed.
func TestStormWithoutChoosingAnswersNothing(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 80, 24)
	storm(t, d, 4, without("ctrl+c", "q", "enter", " "))
	a := m.assessment(t)
	assert.Zero(t, a.Progress().Answered)
	assert.Greater(t, len(a.History().Entries()), 4, "the storm wrote narratives or attached evidence")
}

// Where all keys are pressed the vault stays whole, and every answer was a
// person's: signed, and one of those the form offers.
func TestStormLeavesTheVaultWhole(t *testing.T) {
	m := newMerchant(t, 1)
	storm(t, desk(t, m.Workbench, 120, 40), 5, without("ctrl+c", "q"))
	a := m.assessment(t)
	answered := 0
	for _, r := range a.Requirements() {
		current := a.Current(r.ID)
		if current.Response == questionnaires.Unanswered {
			continue
		}
		answered++
		assert.True(t, current.Verified, r.ID.String())
		assert.True(t, a.Questionnaire.Allows(current.Response), r.ID.String())
	}
	assert.Positive(t, answered, "the storm answered something")
}

// formKeys are keys that fill forms in, with words among them.
var formKeys = []string{
	"enter", "enter", "enter", "down", "down", "up", "tab", "esc", " ", "e", "E", "n", "x", "u", "U", "w", "t", "T", "s", "S", "C", "R", "f", "H", "A", "P", "D", "m", "b", "a",
	":", "end", "home", "2026-12-31", "some words", "7",
}

// Where forms are stormed there is no panic and no frame out of bounds, and what is
// answered was a person's, and is one of those the form offers.
func TestStormOfForms(t *testing.T) {
	for seed, code := range []string{"saq-d-merchant", "saq-d-service-provider", "roc"} {
		m := newEntity(t, 1, code)
		d := desk(t, m.Workbench, 100, 30)
		random := rand.New(rand.NewPCG(uint64(seed), 2))
		for range 900 {
			if random.IntN(30) == 0 {
				d.Resize(72+random.IntN(100), 20+random.IntN(40)).Wait()
			}
			if random.IntN(60) == 0 { // into a question again
				d.Press("esc", "esc", "esc", "esc", "esc", "D", "x", "esc", "esc", "esc")
				question(d, []string{"8.3.6", "2.2.6", "5.2.3.1", "12.3.1"}[random.IntN(4)])
			}
			d.Press(formKeys[random.IntN(len(formKeys))]).Frame()
		}
		a := m.assessment(t)
		assert.Greater(t, len(a.History().Entries()), 10, code)
		for _, r := range a.Requirements() {
			current := a.Current(r.ID)
			assert.True(t, current.Response == questionnaires.Unanswered || current.Verified && a.Questionnaire.Allows(current.Response), r.ID.String())
		}
	}
}

// No sequence of keys loses a word that was typed into a form: each is in the answer as
// it stands or as it stood.
func TestNoKeysLoseWhatWasTyped(t *testing.T) {
	for seed := range uint64(2) {
		m := newMerchant(t, 0)
		m.editor = func(text string) (string, error) { return text + " edited", nil }
		d := question(desk(t, m.Workbench, 80, 24), "8.3.6").Press("right", " ")
		random := rand.New(rand.NewPCG(seed, 3))
		keys := []string{"enter", "enter", "tab", "esc", "down", "up", "ctrl+s", "u", "U", "n", "E", "w", "x", "e", "left", "end", "home", "pgdown"}
		var typed []string
		for i := range 250 {
			if writing := strings.Contains(d.Frame(), "ctrl+s save"); writing {
				d.Press([]string{"tab", "esc", "ctrl+s", "enter"}[random.IntN(4)])
			} else {
				d.Press(keys[random.IntN(len(keys))])
			}
			if strings.Contains(d.Frame(), "ctrl+s save") {
				word := fmt.Sprintf(" word%d.", i)
				typed = append(typed, strings.TrimSpace(word))
				d.Press("end").Type(word)
			}
			if random.IntN(10) == 0 {
				d.Wait()
			}
		}
		d.Press("ctrl+c")
		assert.True(t, d.Quit())
		assert.Greater(t, len(typed), 20)
		held := m.everGiven(t)
		for _, word := range typed {
			assert.True(t, strings.Contains(held, word), "seed %d: %q is lost", seed, word)
		}
	}
}

// everGiven is every answer that was ever given.
func (m *merchant) everGiven(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	m.look(t, func(a *questionnaires.Assessment) {
		for _, r := range a.Requirements() {
			revisions, err := a.Revisions(r.ID)
			require.NoError(t, err)
			fmt.Fprintf(&all, "%+v\n", revisions)
		}
	})
	return all.String()
}

// Every key that does not choose leaves every question without an answer.
func TestOnlyChoosingAnswers(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 80, 24).Press("a", "/").Type("2.2.6").Press("enter", "enter")
	for _, key := range []string{
		"down", "up", "left", "right", "j", "k", "l", "tab", "a", "down", "a", "tab", "a", "tab", "tab", "shift+tab", "e", "x", "esc",
		"v", "n", "N", "]", "[", "home", "end", "pgdown", "pgup", "z", "?", "esc", "u", "ctrl+s", "esc",
	} {
		d.Press(key)
	}
	a := m.assessment(t)
	assert.Zero(t, a.Progress().Answered)
	assert.NotZero(t, a.Answers(questionnaires.MustRequirementID("2.2.6")), "evidence and words were recorded")
}
