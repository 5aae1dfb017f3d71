package questionnaires

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Words in the making wait for the person who wrote them, in their assessment, and
// change no record: the head stays.
func TestWordsInTheMakingWaitForTheirAuthor(t *testing.T) {
	mara, ben := person(t, "Mara", 1), person(t, "Ben", 2)
	f := onSite(t, mara, ben)
	head := f.open().Head
	keep := func(s *Signer, u Unsent) {
		d, err := f.open().KeepUnsent(u)
		f.must(s, d, err)
	}
	keep(mara, Unsent{Form: "Accept, 1", Texts: map[string]string{"Reason": "first"}})
	keep(mara, Unsent{Form: "Accept, 1", Texts: map[string]string{"Reason": "second"}})
	keep(ben, Unsent{Form: "Accept, 1", Texts: map[string]string{"Reason": "Ben's"}})
	keep(mara, Unsent{Form: "Move, 1", Texts: map[string]string{"Reason": "sent soon"}})
	keep(mara, Unsent{Form: "Move, 1"})
	left, err := f.open().Unsent(mara.Author.ID)
	require.NoError(t, err)
	assert.Equal(t, map[string]Unsent{"Accept, 1": {Form: "Accept, 1", Texts: map[string]string{"Reason": "second"}, Turn: 1}}, left)
	assert.Equal(t, head, f.open().Head)
	var spent []string
	for _, e := range f.open().history.SideLog() {
		if slices.Contains(f.open().history.SpentUnsent(), e.ID) {
			var u Unsent
			require.NoError(t, f.open().history.read(e, &u))
			spent = append(spent, u.Texts["Reason"])
		}
	}
	assert.ElementsMatch(t, []string{"first", "sent soon"}, spent, "what waits for nobody any more")
	without := f.open().history.WithoutSpent()
	assert.Len(t, without.SideLog(), len(f.open().history.SideLog())-len(spent))
	assert.Empty(t, without.SpentUnsent())
	assert.Equal(t, "unsent-kept", UnsentKept.String())
	assert.True(t, UnsentKept.Side())
}

func TestWordsInTheMakingAreCheckedLikeOthers(t *testing.T) {
	f := onSite(t, person(t, "Mara", 1))
	for why, u := range map[string]Unsent{
		"card number":   {Form: "Accept", Texts: map[string]string{"Reason": "4111 1111 1111 1111"}},
		"control":       {Form: "Accept", Texts: map[string]string{"Reason": "a\x1b[2J"}},
		"belong to no":  {Texts: map[string]string{"Reason": "a"}},
		"of one line":   {Form: "a\nb"},
		"at most 65536": {Form: "Accept", Texts: map[string]string{"Reason": strings.Repeat("x", MaxNarrative+1)}},
		"at most 200":   {Form: strings.Repeat("x", 201)},
	} {
		_, err := f.open().KeepUnsent(u)
		assert.ErrorContains(t, err, why)
	}
}
