package screen_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

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
	storm(t, desk(t, m.Workbench, 120, 40), 4, without("ctrl+c", "q"))
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
