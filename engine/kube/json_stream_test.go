package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// streamedItems reads a list item by item, to its end or what is wrong with it.
func streamedItems(r io.Reader) (items []string, err error) {
	items = []string{}
	s := newJSONStream(r)
	if c, err := s.next(); err != nil || c != '[' {
		return items, errors.New("no list")
	}
	s.at++
	for first := true; ; first = false {
		more, err := s.more(']', first)
		if !more || err != nil {
			return items, err
		}
		raw, err := s.raw()
		if err == nil {
			err = validJSON(raw)
		}
		if err != nil {
			return items, err
		}
		items = append(items, string(raw))
	}
}

// decodedItems is streamedItems by the standard library.
func decodedItems(text []byte) (items []string, err error) {
	items = []string{}
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return items, errors.New("no list")
	}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return items, err
		}
		items = append(items, string(raw))
	}
	_, err = dec.Token()
	return items, err
}

// FuzzJSONStream: the items of a list are those that the standard library finds in it, in
// whatever pieces it comes, and what that refuses is refused at the latest behind the same item.
func FuzzJSONStream(f *testing.F) {
	for _, seed := range []string{
		`[]`, ` [ {"a":[1,{"b":"]}\"\\"}]} , null,"x" ,-1.5e3,true ] `, `[1,]`, `[,1]`, `[1 2]`, `[{"a":1}{"b":2}]`, `["a""b"]`, `[{]`, `[{]}]`, `[tru]`, `["a`, `[1`, `[{"a":"\`, `[[[`, `[1:2]`, `]`, `[}]`,
		`["` + strings.Repeat("long ", 20_000) + `",1]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, refused := decodedItems(text)
		for _, r := range []io.Reader{bytes.NewReader(text), iotest.OneByteReader(bytes.NewReader(text)), iotest.DataErrReader(bytes.NewReader(text))} {
			got, err := streamedItems(r)
			require.Equal(t, refused == nil, err == nil, "%q: %v and %v", text, refused, err)
			if err != nil {
				want = want[:min(len(got), len(want))]
			}
			require.Equal(t, want, got, "%q", text)
		}
	})
}

// endless is a list whose one item does not end.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if !e.begun {
		e.begun = true
		copy(p, `["`)
	}
	return len(p), nil
}

func TestAnItemHasBounds(t *testing.T) {
	_, err := streamedItems(&endless{})
	assert.ErrorIs(t, err, errItemTooLarge)
}
