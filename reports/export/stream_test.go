package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type part struct {
	Name  string         `json:"name"`
	Other map[string]int `json:"other,omitempty"`
	List  []string       `json:"list,omitempty"`
}

type whole struct {
	part
	Empty []part `json:"empty"`
	Some  []part `json:"some"`
	None  []part `json:"none,omitempty"`
	In    struct {
		Deep []part `json:"deep"`
	} `json:"in"`
	Last any `json:"last"`
}

func stream(w *bytes.Buffer, v whole) error {
	j := newJSONWriter(w)
	j.object(func() {
		j.fields(v.part)
		listed(j, "empty", slices.Values(v.Empty))
		listed(j, "some", slices.Values(v.Some))
		listedIfAny(j, "none", slices.Values(v.None))
		j.name("in")
		j.object(func() { listed(j, "deep", slices.Values(v.In.Deep)) })
		j.field("last", v.Last)
	})
	return j.close()
}

// Item by item the same bytes come as from the whole, whatever a text holds.
func TestStreamedJSONIsTheSameAsTheWhole(t *testing.T) {
	for _, last := range []any{nil, "", "}", "]\n", " \"name\": {", "<&>\u2028\x00", []int{}, map[string]any{}, map[string]any{"a": []any{1, map[string]int{}}}} {
		v := whole{part: part{Name: "}\n ", List: []string{"a", "{"}}, Empty: []part{}, Some: []part{{Name: "1"}, {}, {Name: "]", Other: map[string]int{"x": 1}}}, Last: last}
		v.In.Deep = []part{{List: []string{""}}}
		var got, want bytes.Buffer
		require.NoError(t, stream(&got, v))
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		require.NoError(t, encoder.Encode(v))
		assert.Equal(t, want.String(), got.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAStreamSaysWhatStoppedIt(t *testing.T) {
	j := newJSONWriter(full{})
	j.object(func() { listed(j, "some", slices.Values(make([]part, 10_000))) })
	require.ErrorContains(t, j.close(), "no space left")
	j = newJSONWriter(&bytes.Buffer{})
	j.object(func() { j.field("what", func() {}) })
	require.ErrorContains(t, j.close(), "unsupported type")
}
