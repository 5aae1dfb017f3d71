package licensed_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/questionnaires/pci"
)

func standard(t testing.TB) *questionnaires.Catalogue {
	t.Helper()
	c, err := pci.Catalogue()
	require.NoError(t, err)
	return c
}

func id(s string) questionnaires.RequirementID { return questionnaires.MustRequirementID(s) }

// The same three texts, as files write them.
func TestTextsAreReadAsFilesWriteThem(t *testing.T) {
	want := []licensed.Requirement{{ID: id("1.2.1"), Text: "Alpha beta.", Testing: "Look.", Guidance: "Why."}, {ID: id("8.3.6"), Text: "Gamma,\ndelta."}, {ID: id("A1.1.1"), Text: "Omega."}}
	for name, file := range map[string]string{
		"object":          `{"8.3.6": "Gamma,\ndelta.", "1.2.1": {"text": "Alpha beta.", "testing": "Look.", "guidance": "Why.", "more": 1}, "A1.1.1": "Omega."}`,
		"list":            `[{"id":"A1.1.1","text":"Omega."},{"id":"1.2.1","requirement":"Alpha beta.","testing_procedures":["Look."],"Guidance":"Why."},{"id":"8.3.6","description":"Gamma,\ndelta.\n"}]`,
		"headed":          "id,text,testing,guidance\n1.2.1,Alpha beta.,Look.,Why.\n8.3.6,\"Gamma,\ndelta.\"\nA1.1.1,Omega.\n",
		"other columns":   "\ufeffOwner;Req. ID;Requirement;Testing Procedures;Guidance\nx;Requirement 1.2.1;Alpha beta.;Look.;Why.\n;8.3.6.;\"Gamma,\r\ndelta.\";;\n;a1.1.1;Omega.;;\n",
		"no heading":      "1.2.1\tAlpha beta.\tLook.\tWhy.\n8.3.6\t\"Gamma,\ndelta.\"\nA1.1.1\tOmega.\n",
		"titled by both":  "Requirement,Description,Testing Procedures,Notes\n1.2.1,Alpha beta.,Look.,Why.\n8.3.6,\"Gamma,\ndelta. \",,\nA1.1.1,Omega.,,\n",
		"a row per test":  "id,text,testing,guidance\n1.2.1,Alpha beta.,Look.,Why.\n1.2.1,Alpha beta.,Look.,Why.\n8.3.6,\"Gamma,\ndelta.\"\nA1.1.1,Omega.\n",
		"what acts in it": "id,text,testing,guidance\n1.2.1,Al\u00adpha\u00a0beta\u202e.\x1b,Look.,Why.\n8.3.6,\"Gamma,\ndelta.\"\nA1.1.1,Omega.\n",
	} {
		t.Run(name, func(t *testing.T) {
			loaded, err := licensed.Read(standard(t), []byte(file))
			require.NoError(t, err)
			assert.Equal(t, want, loaded.Requirements)
			assert.Empty(t, loaded.Unknown)
			of, found := loaded.Of(id("8.3.6"))
			assert.True(t, found)
			assert.Equal(t, "Gamma,\ndelta.", of.Text)
			_, found = loaded.Of(id("8.3.7"))
			assert.False(t, found)
		})
	}
}

func TestProceduresAndHeadingsAreTold(t *testing.T) {
	loaded, err := licensed.Read(standard(t), []byte("id,text\n1,Networks\n1.2,Built\n1.2.1,Alpha\n1.2.1.a,Look here\n1.2.1.b,Look there\n99.1,Nothing\nORG-1.1,Ours\nfoo,bar\n99.1,Again\n"))
	require.NoError(t, err)
	assert.Equal(t, []licensed.Requirement{{ID: id("1.2.1"), Text: "Alpha", Testing: "1.2.1.a Look here\n1.2.1.b Look there"}}, loaded.Requirements)
	assert.Equal(t, 2, loaded.Headings)
	assert.Equal(t, []string{"99.1", "ORG-1.1", "foo"}, loaded.Unknown)
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	for file, want := range map[string]string{
		"":                            "it is empty",
		"id,text\n1.2.1,\xff\n":       "not UTF-8",
		"{":                           "read JSON",
		`{"1.2.1": "a"} {}`:           "more than one JSON value",
		`["1.2.1"]`:                   "without the id",
		`{"1.2.1": 3}`:                "item 1: want a text",
		`{"1.2.1": {"text": 3}}`:      `item 1: "text": want a text`,
		`{"99.1": "a"}`:               "no text of a requirement",
		"a,b\nc,d\n":                  "line 1: no columns of id and text",
		"id,text\n1.2.1,a\n1.2.1,b\n": "line 3: 1.2.1 has a text already, from line 2",
		"id,text\n,a\n":               "line 2: a text without the id",
		"id,text\n1.2.1,\"a\n":        "read CSV",
		"id,text\n1.2.1," + strings.Repeat("x", 70<<10):  "longer than",
		"id,text\n" + strings.Repeat("1.2.1,a\n", 3<<20): "larger than 16 MiB",
		"id,text\n" + strings.Repeat("1.2.1,a\n", 30000): "more than 20000 rows",
	} {
		_, err := licensed.Read(standard(t), []byte(file))
		assert.ErrorContains(t, err, want, "%.40q", file)
	}
}

func numbered(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i)
	}
	return strings.Join(words, " ")
}

func text(s string) licensed.Text {
	return licensed.Text{Requirements: []licensed.Requirement{{ID: id("1.2.1"), Text: s}}}
}

func runs(licensedText, ours string) []string {
	var all []string
	for _, r := range licensed.CommonRuns(text(licensedText), []questionnaires.Wording{{Place: "ours", Text: ours}}) {
		all = append(all, fmt.Sprintf("%d %s", r.Words, r.Text))
	}
	return all
}

func TestARunOfNineWordsIsFoundAndOneOfEightIsNot(t *testing.T) {
	assert.Empty(t, runs("before "+numbered(8)+" after", "other "+numbered(8)+" words"))
	assert.Equal(t, []string{"9 " + numbered(9)}, runs("before "+numbered(9)+" after", "other "+numbered(9)+" words"))
	assert.Equal(t, []string{"20 " + numbered(20)}, runs(numbered(20), numbered(20)), "one run is told once, whole")
	assert.Empty(t, runs("", numbered(20)))
}

func TestCasePunctuationHyphensAndLineBreaksMakeNoDifference(t *testing.T) {
	const ours = "The multi-factor sign-in of every entity's system stays on at all times"
	for _, theirs := range []string{
		"the MULTI-FACTOR sign-in of every entity\u2019s system, stays on at all times!",
		"the multi-\nfactor sign-\n  in of every en\u00adtity's sys-\ntem stays on (at all times)",
		"the multi factor sign in of every entity's system stays on at all times",
		"the multi\u2011factor sign\u2010in of\nevery entity's\r\nsystem\u00a0stays on at all times",
	} {
		got := runs(theirs, ours)
		require.Len(t, got, 1, theirs)
		assert.True(t, strings.HasPrefix(got[0], "12 ") || strings.HasPrefix(got[0], "13 "), got[0])
	}
	assert.Equal(t, []string{"9 confi\u0064ential" + " a b c d e f g h"}, runs("con\uFB01dential a b c d e f g h", "confidential a b c d e f g h"))
	// A word with hyphens is one word.
	assert.Empty(t, runs("a-b c d e f g h i", "a-b c d e f g h i"))
	assert.Len(t, runs("a-b c d e f g h i j", "a-b c d e f g h i j"), 1)
}

func TestEachRunIsToldWithWhereItStands(t *testing.T) {
	theirs := licensed.Text{Requirements: []licensed.Requirement{
		{ID: id("1.2.1"), Text: numbered(10), Guidance: "x " + numbered(10)}, {ID: id("8.3.6"), Testing: numbered(12)},
	}}
	got := licensed.CommonRuns(theirs, []questionnaires.Wording{{Place: "b", Text: numbered(15)}, {Place: "a", Text: numbered(9)}, {Place: "c", Text: "nothing"}})
	assert.Equal(t, []licensed.Run{
		{Requirement: id("1.2.1"), Place: "a", Words: 9, Text: numbered(9)},
		{Requirement: id("8.3.6"), Place: "a", Words: 9, Text: numbered(9)},
		{Requirement: id("1.2.1"), Place: "b", Words: 10, Text: numbered(10)},
		{Requirement: id("8.3.6"), Place: "b", Words: 12, Text: numbered(12)},
	}, got)
}

// Texts that repeat themselves are found, and end.
func TestTextsThatRepeatThemselves(t *testing.T) {
	same := strings.Repeat("same ", 5000)
	assert.NotEmpty(t, runs(same, same))
}

func TestEveryTextOfTheCatalogueIsLookedAt(t *testing.T) {
	c := standard(t)
	places := map[string]bool{}
	for _, w := range c.Wordings() {
		places[w.Place] = true
		assert.NotContains(t, w.Place, "%!")
	}
	for _, want := range []string{"title of 1", "title of 1.2.1", "question of A3.1.1", "evidence of 12.10.7", "title of saq-a", "eligibility question role", "reminder of eligibility"} {
		assert.True(t, places[want], want)
	}
	assert.Greater(t, len(places), 1000)
	// What is said of a requirement is found word by word.
	r, _ := c.Requirement(id("8.3.6"))
	found := licensed.CommonRuns(licensed.Text{Requirements: []licensed.Requirement{{ID: r.ID, Text: r.Question}}}, c.Wordings())
	require.Len(t, found, 1)
	assert.Equal(t, "question of 8.3.6", found[0].Place)
}

// Whatever bytes a text is made of, it is refused or read, and what is read is clean,
// in order, and written down as it will be read.
func FuzzRead(f *testing.F) {
	f.Add([]byte("id,text\n1.2.1,a\n"), "a b c d e f g h i j")
	f.Add([]byte(`{"1.2.1": {"text": "a b c d e f g h i j", "testing": ["x"]}}`), "a b-c d e f g h i- j k")
	f.Add([]byte("1.2.1\ta-b\u00ad c d e f g h i j k"), "\xff")
	f.Fuzz(func(t *testing.T, data []byte, ours string) {
		loaded, err := licensed.Read(standard(t), data)
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		body, err := json.Marshal(loaded.Text)
		require.NoError(t, err)
		var again licensed.Text
		require.NoError(t, json.Unmarshal(body, &again))
		assert.Equal(t, loaded.Text, again)
		for _, r := range loaded.Requirements {
			for _, text := range []string{r.Text, r.Testing, r.Guidance} {
				assert.NoError(t, questionnaires.CheckText("text", text, 64<<10))
			}
		}
		for _, r := range licensed.CommonRuns(loaded.Text, []questionnaires.Wording{{Place: "ours", Text: ours}}) {
			assert.Greater(t, r.Words, licensed.MaxRun)
		}
	})
}
