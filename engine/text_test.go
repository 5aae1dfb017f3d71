package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextsAreFoundWhereTheyStand(t *testing.T) {
	body := `{"a":["x","[mark]",{"b/c":"an [mark] within"}],"d":{"[mark]":1},"e":"[mark"," f" : "\u005bmark]"}`
	var found []string
	require.NoError(t, EachText([]byte(body), "[mark]", func(to []Step, text string) { found = append(found, fmt.Sprint(to, text)) }))
	assert.Equal(t, []string{"[{a 0 false} { 1 true}][mark]", "[{a 0 false} { 2 true} {b/c 0 false}]an [mark] within", "[{ f 0 false}][mark]"}, found)
	assert.Error(t, EachText([]byte(`{"a":"[mark]"`), "[mark]", nil))
}

// FuzzEachText holds the search against one in the decoded document.
func FuzzEachText(f *testing.F) {
	for _, seed := range []string{`"[m"`, `{"a":["[m",{"b":"\u005bm"}],"c":{}}`, `[[],"\\[m",[["[m"]],-1e5,true,null]`, `{"[m":"x"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		tree, err := DecodeJSON(body)
		if err != nil {
			return
		}
		var want, got []string
		textsOf(tree, "", func(at, text string) { want = append(want, at+text) })
		require.NoError(t, EachText(body, "[m", func(to []Step, text string) {
			at := ""
			for _, s := range to {
				at += fmt.Sprintf("%q %d %v;", s.Name, s.Place, s.OfList)
			}
			got = append(got, at+text)
		}))
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
	})
}

func textsOf(v any, at string, take func(at, text string)) {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "[m") {
			take(at, v)
		}
	case []any:
		for i, item := range v {
			textsOf(item, at+fmt.Sprintf("%q %d %v;", "", i, true), take)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			textsOf(v[key], at+fmt.Sprintf("%q %d %v;", key, 0, false), take)
		}
	case json.Number, bool, nil:
	}
}
