package kube_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// What cannot be read of one item of a List hides what this item may be, and no other: which
// of two values counts is never guessed.
func TestAnItemThatCannotBeRead(t *testing.T) {
	const fine = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"fine"},"spec":{"containers":[]}}`
	secretKind, podsAlone := engine.Kind{Kind: "Secret"}, `"apiVersion":"v1","kind":"PodList"`
	list := func(head string, items ...string) string {
		return "{" + head + `,"items":[` + strings.Join(items, ",") + "]}"
	}
	const ofAll = `"apiVersion":"v1","kind":"List"`
	for name, c := range map[string]struct {
		text   string
		hidden engine.Kind
		others int // objects that are read
	}{
		"a key of its own":             {list(ofAll, fine, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{},"data":{}}`, fine), secretKind, 2},
		"a key further down":           {list(ofAll, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","name":"b"}}`, fine), secretKind, 1},
		"its kind":                     {list(ofAll, `{"apiVersion":"v1","kind":"Secret","kind":"Pod","metadata":{"name":"a"}}`, fine), engine.Kind{}, 1},
		"its version":                  {list(ofAll, `{"apiVersion":"v1","apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}`, fine), engine.Kind{}, 1},
		"a List among them":            {list(ofAll, list(ofAll, fine, `{"a":1,"a":2}`), fine), engine.Kind{}, 1},
		"no kind but that of all":      {list(podsAlone, `{"metadata":{"name":"a","name":"b"}}`, fine), podKind, 1},
		"a kind of its own":            {list(podsAlone, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","name":"b"}}`, fine), secretKind, 1},
		"no kind":                      {list(ofAll, `{"metadata":{"name":"a","name":"b"}}`, fine), engine.Kind{}, 1},
		"the List says its kind twice": {list(ofAll+`,"kind":"PodList"`, fine), engine.Kind{}, 0},
		"two lists of items":           {list(ofAll+`,"items":[`+fine+"]", fine), engine.Kind{}, 0},
		"where it goes on":             {list(ofAll+`,"metadata":{"continue":"x","continue":""}`, fine, `{"a":1,"a":2}`), engine.Kind{}, 0},
	} {
		for form, text := range map[string]string{
			"JSON": c.text, "a large file": c.text[:1] + `"padding":"` + strings.Repeat("x", 1<<20) + `",` + c.text[1:], "YAML": "# read as YAML\n" + c.text,
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				s, _ := scan(t, folder(t, map[string]string{"list." + map[bool]string{true: "yaml", false: "json"}[form == "YAML"]: text}))
				require.Len(t, s.Gaps, 1, "%+v", s.Gaps)
				assert.Contains(t, s.Gaps[0].Cause, "stands twice")
				assert.Equal(t, c.hidden, s.Gaps[0].Kind)
				assert.Len(t, s.Entries, c.others)
				assert.Equal(t, c.hidden != podKind && !c.hidden.IsZero(), s.Saw(podKind))
			})
		}
	}
	s, _ := scan(t, folder(t, map[string]string{"list.yaml": "apiVersion: v1\nkind: List\nitems:\n- &a\n  apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n  data: {}\n  data: {}\n- " + fine + "\n- *a\n"}))
	require.Len(t, s.Gaps, 2)
	assert.Equal(t, 9, s.Gaps[0].Line, "of the key")
	assert.Equal(t, engine.Kind{}, s.Gaps[1].Kind, "an item that stands for another")
	keyed, _ := scan(t, folder(t, map[string]string{"a.yaml": "x: &k kind\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n*k : Pod\n"}))
	require.Len(t, keyed.Gaps, 1)
	assert.Equal(t, engine.Kind{}, keyed.Gaps[0].Kind, fmt.Sprint("a key that stands for another may say the kind: ", keyed.Gaps))
}
