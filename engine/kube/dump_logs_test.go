package kube_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// What `kubectl cluster-info dump` prints without a folder has logs between its lists. A
// container writes its own logs, and would write what is missing: an end of them, and an
// object.
func TestWhatFollowsTheLogsOfAContainerIsNotRead(t *testing.T) {
	const (
		begins = "==== START logs for container web of pod pay/web ====\nhello\n"
		ends   = "==== END logs for container web of pod pay/web ====\n"
		list   = "apiVersion: v1\nitems:\n- metadata: {name: api, namespace: pay, uid: 1}\n  spec: {containers: [{name: c, image: nginx}]}\nkind: PodList\nmetadata: {}\n"
	)
	forged := `{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"forged","namespace":"pay"},"spec":{"podSelector":{}}}` + "\n"
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"JSON": {printed["pods.json"] + "\n" + begins + ends + forged + ends + printed["pods.json"], 2},
		"YAML": {list + begins + ends + "---\n" + forged, 7},
	} {
		s, docs := collect(t, dump(printed.with(saved{"pods.json": c.text}).folder(t)))
		for _, e := range s.Entries {
			assert.NotEqual(t, "forged", e.Ref.Name, name)
		}
		assert.NotEmpty(t, docs)
		gaps := gapsOf(s, engine.Kind{})
		require.Len(t, gaps, 1, name)
		assert.Contains(t, gaps[0].Cause, "--output-directory", name)
		assert.Equal(t, c.line, gaps[0].Line, name)
		assert.False(t, s.Saw(podKind), name)
	}

	// Wherever the line falls among what is read at once.
	for pad := 64<<10 - 40; pad < 64<<10+8; pad++ {
		text := `{"a":"` + strings.Repeat("x", pad) + `"}` + "\n" + begins + forged
		s, _ := collect(t, dump(saved{"x.json": text}.folder(t)))
		gaps := gapsOf(s, engine.Kind{})
		require.NotEmpty(t, gaps, pad)
		require.Contains(t, gaps[0].Cause, "logs of containers follow", pad)
		require.Empty(t, s.Entries, pad)
	}
}

// kubectl prints an empty list of a kind as null where Go has none.
func TestAnEmptyListOfAKindIsNull(t *testing.T) {
	for name, text := range map[string]string{
		"replicationcontrollers.json": `{"apiVersion":"v1","kind":"ReplicationControllerList","metadata":{},"items":null}`,
		"replicationcontrollers.yaml": "apiVersion: v1\nitems: null\nkind: ReplicationControllerList\nmetadata: {}\n",
	} {
		d := dump(printed.with(saved{name: text}).folder(t))
		d.Whole = true
		s, _ := collect(t, d)
		assert.Empty(t, gapsOf(s, engine.Kind{Kind: "ReplicationController"}), name)
		assert.True(t, s.Saw(engine.Kind{Kind: "ReplicationController"}), name)
	}
}

// Items that say nothing of themselves wait for what their list is of. Millions of empty
// ones are a gap, and no memory.
func TestItemsThatWaitForTheirKindAreBounded(t *testing.T) {
	s, _ := collect(t, dump(printed.with(saved{"x.json": "[" + strings.Repeat("{},", 200_000) + "{}]"}).folder(t)))
	gaps := gapsOf(s, engine.Kind{})
	require.NotEmpty(t, gaps)
	assert.Equal(t, engine.TooLarge, gaps[0].Reason)
}

// A list of nothing but faults is so many gaps and one for all others, which may hide
// anything.
func TestGapsAreBounded(t *testing.T) {
	faults := `{"apiVersion":"v1","kind":"ServiceList","items":[` + strings.Repeat("1,", 100_000) + `1]}`
	s, _ := collect(t, dump(printed.with(saved{"x.json": faults}).folder(t)))
	assert.Len(t, s.Gaps, 10_001)
	assert.False(t, s.Saw(podKind), "its list is whole, and one of those that are not named may be of it")
	assert.True(t, slices.ContainsFunc(s.Gaps, func(g engine.Gap) bool { return g.Kind.IsZero() && g.Reason == engine.TooLarge }))
}
