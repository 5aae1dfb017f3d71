package engine

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// taken are the parts of a text by the standard library: of an object what stands behind
// each name, of an array its items.
func taken(t *testing.T, text []byte) (names, parts []string) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	start, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		if start == json.Delim('{') {
			name, err := decoder.Token()
			require.NoError(t, err)
			names = append(names, name.(string))
		}
		var part json.RawMessage
		require.NoError(t, decoder.Decode(&part))
		parts = append(parts, string(part))
	}
	return names, parts
}

// FuzzJSONIsTakenApart: what is JSON is so by the standard library, and its members and
// items are those that the library finds in it.
func FuzzJSONIsTakenApart(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, ` {"a" : [1,{"b":"]}\"\\"}] , "c":null ,"d":-1.5e3,"":"}"} `, `[ {"a":1}, "x,]" ,[[]],true,0 ]`, `{"a":1,}`, `[1,]`, `[01]`, `{"a" 1}`, `{"a":1 "b":2}`, `[1}`, `{"\ud800":1}`, `[{]}]`, `"x`, `[tru]`, "[\"\x01\"]", "[\"\xff\"]", `1 2`,
		`["` + strings.Repeat("[", 20_000) + `"]`, strings.Repeat("[", 2_000) + strings.Repeat("]", 2_000),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		require.Equal(t, json.Valid(text), IsJSON(text), "%q", text)
		begins := bytes.TrimLeft(text, " \t\r\n")
		if !IsJSON(text) || begins[0] != '{' && begins[0] != '[' {
			return
		}
		names, parts := taken(t, text)
		var foundNames, foundParts []string
		if begins[0] == '[' {
			require.NoError(t, EachItem(text, nil, func(item []byte, v any, wrong error) error {
				foundParts = append(foundParts, string(item))
				want, err := DecodeJSON(item)
				require.Equal(t, err, wrong, "%q", item)
				require.Equal(t, want, v, "%q", item)
				return nil
			}))
		} else if !EachMember(text, func(name string, member []byte) bool {
			foundNames, foundParts = append(foundNames, name), append(foundParts, string(member))
			return true
		}) {
			next := names[len(foundNames)]
			require.True(t, strings.ContainsRune(next, '�'), "%q: %q was not passed on", text, next) // which is no name
			return
		}
		require.Equal(t, names, foundNames, "%q", text)
		require.Equal(t, parts, foundParts, "%q", text)
	})
}
