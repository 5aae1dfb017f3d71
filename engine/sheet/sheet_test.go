package sheet_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/sheet"
)

type colour int

func (c colour) MarshalText() ([]byte, error) { return []byte([]string{"", "red", "blue"}[c]), nil }

func (c *colour) UnmarshalText(b []byte) error {
	for i, name := range []string{"", "red", "blue"} {
		if name == string(b) {
			*c = colour(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no colour", b)
}

type inner struct {
	Note string `json:"note,omitempty"`
}

type party struct {
	Name   string    `json:"name"`
	Colour colour    `json:"colour,omitempty"`
	When   time.Time `json:"when,omitzero"`
	Sizes  []int     `json:"sizes,omitempty"`
}

type paper struct {
	inner
	Title   string             `json:"title"`
	Agreed  bool               `json:"agreed,omitempty"`
	Share   float64            `json:"share,omitempty"`
	Lead    *party             `json:"lead,omitempty"`
	Parties []party            `json:"parties,omitempty"`
	Zones   map[string][]party `json:"zones,omitempty"`
	Tones   map[colour]string  `json:"tones,omitempty"`
	Private string             `json:"-"`
}

func TestASheetFillsItsNoun(t *testing.T) {
	var p paper
	lines, err := sheet.Read("scope.yaml", []byte(`# a comment
title: 2026-11-21
note: |
  two
  lines
agreed: yes
share: 0.5
lead: {name: Mara, when: 2026-11-21T10:00:00Z}
parties:
- name: "no"
  colour: red
  sizes: [1, 2]
zones:
  cde:
  - name: Ivo
tones:
  blue: deep
`), &p)
	require.NoError(t, err)
	assert.Equal(t, paper{
		inner: inner{Note: "two\nlines\n"}, Title: "2026-11-21", Agreed: true, Share: 0.5,
		Lead:    &party{Name: "Mara", When: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)},
		Parties: []party{{Name: "no", Colour: 1, Sizes: []int{1, 2}}},
		Zones:   map[string][]party{"cde": {{Name: "Ivo"}}},
		Tones:   map[colour]string{2: "deep"},
	}, p)
	assert.Equal(t, 12, lines.Line("parties[0].sizes"))
	assert.Equal(t, 10, lines.Line("parties[0].nothing"), "the nearest place around it")
	assert.Equal(t, "scope.yaml:11: parties[0].colour: too loud", lines.Error("parties[0].colour", "too loud").Error())
}

func TestWhatASheetDoesNotNameKeepsItsValue(t *testing.T) {
	p := paper{Title: "kept", Parties: []party{{Name: "gone"}}, Lead: &party{Name: "Mara", Colour: 2}}
	_, err := sheet.Read("s", []byte("parties: []\nlead: {colour: null}\n"), &p)
	require.NoError(t, err)
	assert.Equal(t, paper{Title: "kept", Parties: []party{}, Lead: &party{Name: "Mara"}}, p)
	_, err = sheet.Read("s", nil, &p)
	require.NoError(t, err)
	assert.Equal(t, "kept", p.Title)
}

func TestEverythingWrongIsNamedWithItsLine(t *testing.T) {
	var p paper
	_, err := sheet.Read("s.yaml", []byte(`titel: x
agreed: perhaps
share: .nan
lead: [1]
parties:
- name: {first: x}
  colour: green
  sizes: [1, two]
- name: y
  name: z
Private: x
`), &p)
	var all sheet.Errors
	require.ErrorAs(t, err, &all)
	var said []string
	for _, e := range all {
		said = append(said, e.Error())
	}
	assert.Equal(t, []string{
		`s.yaml:1: "titel" is not read here; known are note, title, agreed, share, lead, parties, zones, tones`,
		`s.yaml:2: agreed: want yes or no, not "perhaps"`,
		`s.yaml:3: share: want a number, not ".nan"`,
		`s.yaml:4: lead: want names and values, not a list`,
		`s.yaml:6: parties[0].name: want a text, not names and values`,
		`s.yaml:7: parties[0].colour: "green" is no colour`,
		`s.yaml:8: parties[0].sizes[1]: want a whole number, not "two"`,
		`s.yaml:10: parties[1]: "name" stands twice`,
		`s.yaml:11: "Private" is not read here; known are note, title, agreed, share, lead, parties, zones, tones`,
	}, said)
	assert.Equal(t, said[0]+" (and 8 more)", err.Error())
}

func TestWhatNoSheetIs(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"alias":    {"title: &a x\nnote: *a\n", "s:1: title: anchors and aliases are not read (and 1 more)"},
		"tag":      {"title: !!binary aGk=\n", "s:1: title: tags are not read"},
		"two":      {"title: x\n---\ntitle: y\n", "s: more than one document"},
		"list":     {"- x\n", "s:1: want names and values, not a list"},
		"broken":   {"title: [\n", "s:1: did not find expected node content"},
		"too much": {"title: " + strings.Repeat("x", sheet.MaxSize), "s: larger than 4 MiB"},
		"too deep": {"title: " + strings.Repeat("[", 30) + strings.Repeat("]", 30), "s:1: title: want a text, not a list"},
	} {
		t.Run(name, func(t *testing.T) {
			var p paper
			_, err := sheet.Read("s", []byte(c.text), &p)
			assert.EqualError(t, err, c.want)
		})
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	p := paper{
		Title: "yes", Agreed: true, Lead: &party{Name: "null", Colour: 2, When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		Parties: []party{{Name: "a: b # c"}, {Name: " lead\n and more \n\n", Sizes: []int{-1}}}, Zones: map[string][]party{"b": {}, "a": {{Name: "12"}}},
		Tones: map[colour]string{1: "~"},
	}
	p.Note = "tab\tand\n\n  indented"
	text, err := sheet.Write(p)
	require.NoError(t, err)
	var again paper
	_, err = sheet.Read("s", text, &again)
	require.NoError(t, err, "%s", text)
	assert.Equal(t, p, again, "%s", text)

	skeleton, err := sheet.Skeleton(paper{})
	require.NoError(t, err)
	for _, name := range []string{"note", "lead", "parties", "sizes", "colour"} {
		assert.Contains(t, string(skeleton), name+":")
	}
	assert.NotContains(t, string(skeleton), "Private")
}

func FuzzRead(f *testing.F) {
	f.Add("title: x\nparties: [{name: y, sizes: [1]}]\nzones: {a: [{name: b}]}\n")
	f.Add("note: \"\\u2028 \\0\"\nlead: {when: 2026-11-21T10:00:00Z}\n")
	f.Fuzz(func(t *testing.T, text string) {
		var p, again paper
		if _, err := sheet.Read("s", []byte(text), &p); err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		written, err := sheet.Write(p)
		require.NoError(t, err)
		_, err = sheet.Read("s", written, &again)
		require.NoError(t, err, "%s", written)
		want, err := json.Marshal(p)
		require.NoError(t, err)
		got, err := json.Marshal(again)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "%s", written)
	})
}

func TestSheetsAreCarriedAsTheyAreWritten(t *testing.T) {
	type noun struct {
		Name   string         `json:"name"`
		Counts map[string]int `json:"counts"`
		Good   bool           `json:"good"`
		Items  []string       `json:"items"`
	}
	folder := fstest.MapFS{
		"a/one.yaml": {Data: []byte("name: 2024-01-02\ncounts: {x: 7, y: 12}\ngood: true\nitems: [\"1.10\", on, null]\n")},
		"a/two.yaml": {Data: []byte("name: two\n")},
		"b/no.yaml":  {Data: []byte("name: no\n")},
	}
	text, err := sheet.Carry(folder, "a/*.yaml")
	require.NoError(t, err)
	c, err := sheet.Unpack(text)
	require.NoError(t, err)
	names, err := fs.Glob(c, "a/*.yaml")
	require.NoError(t, err)
	require.Equal(t, []string{"a/one.yaml", "a/two.yaml"}, names)
	for _, name := range names {
		var want, got noun
		_, wrong := sheet.ReadOwn(name, folder[name].Data, &want)
		carried, err := fs.ReadFile(c, name)
		require.NoError(t, err)
		_, err = sheet.ReadOwn(name, carried, &got)
		require.Equal(t, wrong, err)
		require.Equal(t, want, got)
	}
	_, err = sheet.ReadOwn("x", []byte(`{"titel": 1}`), &noun{})
	require.ErrorContains(t, err, "titel")
	for wrong, of := range map[string]string{"name: &a x\nitems: [*a]\n": "anchors", "name: a\nname: b\n": "twice", "": "no sheet", "name: 007\n": "invalid number"} {
		_, err := sheet.Carry(fstest.MapFS{"w.yaml": {Data: []byte(wrong)}}, "*.yaml")
		require.ErrorContains(t, err, of)
	}
}
