package custom_test

import (
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/custom"
	"tickmark/questionnaires/pci"
)

// world is PCI's catalogue, two checks, and some files.
func world(t testing.TB, files map[string]string) custom.World {
	t.Helper()
	standard, err := pci.Catalogue()
	require.NoError(t, err)
	return custom.World{
		Standard: standard,
		Checks:   map[string]bool{"pods-run-as-non-root": true, "containers-have-limits": true},
		Find: func(from, include string) (custom.File, error) {
			name := path.Join(path.Dir(from), include)
			text, known := files[name]
			if !known {
				return custom.File{}, errors.New("there is no file " + name)
			}
			return custom.File{Name: name, Text: []byte(text)}, nil
		},
	}
}

const good = `code: acme
title: Our own
revision: "3"
responses: [in-place, not-in-place]
sections:
- title: Workloads
  questions:
  - {id: ACME-1.1, title: No root, question: "Is it so?", evidence: The list., informs: ["2.2.6"], checks: [{id: pods-run-as-non-root, class: direct}]}
  - {id: ACME-1.2, title: Limits, question: "Is it so too?", evidence: The list.}
`

func problems(w custom.World, name, text string) []string {
	var all []string
	for _, e := range custom.Lint(w, custom.File{Name: name, Text: []byte(text)}).Problems {
		all = append(all, e.Error())
	}
	return all
}

func TestAQuestionnaireIsReadWithItsSets(t *testing.T) {
	w := world(t, map[string]string{
		"q/sets/images.yaml":    "set: true\ninclude: [deep/base.yaml]\nsections:\n- {title: Images, questions: [{id: ACME-2.1, title: t, question: q, evidence: e}]}\n",
		"q/sets/deep/base.yaml": "set: true\ncode: base\nsections:\n- {title: Bases, questions: [{id: BASE-1.1, title: t, question: q, evidence: e}]}\n",
		"q/again.yaml":          "set: true\ninclude: [sets/images.yaml]\n",
	})
	d, wrong := custom.Read(w, custom.File{Name: "q/acme.yaml", Text: []byte(good + "include: [sets/images.yaml, again.yaml]\n")})
	require.Empty(t, wrong)
	var titles []string
	for _, s := range d.Sections {
		titles = append(titles, s.Title)
	}
	assert.Equal(t, []string{"Bases", "Images", "Workloads"}, titles, "what is included comes first, and once")
	c, err := d.Catalogue(w.Standard)
	require.NoError(t, err)
	q := c.Questionnaires()[0]
	assert.Equal(t, "acme", q.Code)
	assert.True(t, q.Own())
	assert.Len(t, q.Requirements, 4)
	assert.Equal(t, "ACME-1.1", c.Informs("pods-run-as-non-root")[0].Procedure.String())
	assert.Equal(t, "Bases", c.PrincipalTitle(questionnaires.MustRequirementID("BASE-1")))
}

func TestEverythingWrongIsSaidWithItsLine(t *testing.T) {
	w := world(t, map[string]string{"set.yaml": "set: true\ncode: saq-a\nsections:\n- title: More\n  questions:\n  - {id: ACME-1.2, title: t, question: q, evidence: e}\n"})
	got := problems(w, "own.yaml", `code: roc
titel: Our own
responses: [in-place, unanswered, perhaps, in-place]
include: [set.yaml, none.yaml, saq-b, ""]
sections:
- title: "Work\u0007loads"
  questions:
  - id: 1.2.1
    title: t
    question: ""
    evidence: `+strings.Repeat("x", 9000)+`
    methods: [guess]
    checks:
    - {id: no-such-check, class: direct}
    - {id: pods-run-as-non-root, class: sure}
    - {id: pods-run-as-non-root, class: partial}
    - {id: containers-have-limits, part: x}
    informs: ["1.2.1", "99.1", "1.2.1"]
  - {id: ACME-1.2, title: t, question: q, evidence: e}
  - {id: ACME-1.2, title: t, question: q, evidence: e}
  - {id: ACME-2.1, title: t, question: q, evidence: e}
  - {id: acme-1, title: t, question: q, evidence: e}
- title: Nothing
- title: Twice
  questions:
  - {id: ACME-2, title: t, question: q, evidence: e}
  - {id: ACME-1.9, title: t, question: q, evidence: e}
`)
	for _, want := range []string{
		"own.yaml:1: code: roc is the code of a form of PCI DSS",
		`own.yaml:2: "titel" is not read here`,
		"own.yaml:1: title: it is missing",
		"own.yaml:1: revision: it is missing",
		"own.yaml:3: responses[1]: unanswered is what",
		`own.yaml:3: responses[2]: read response: "perhaps" is none`,
		"own.yaml:3: responses[3]: in-place stands twice",
		"set.yaml:2: code: saq-a is the code of a form of PCI DSS",
		"own.yaml:4: include[1]: there is no file none.yaml",
		"own.yaml:4: include[2]: saq-b is a form of PCI DSS",
		"own.yaml:4: include[3]: it names nothing",
		"own.yaml:6: sections[0].title: control character at byte 5",
		"own.yaml:8: sections[0].questions[0].id: 1.2.1 is a number of the standard: want a prefix of your own, such as ORG-1.2.1",
		"own.yaml:10: sections[0].questions[0].question: it is missing",
		"own.yaml:11: sections[0].questions[0].evidence: 9000 bytes, at most 8192 are kept",
		`own.yaml:12: sections[0].questions[0].methods[0]: read method: "guess" is none`,
		"own.yaml:14: sections[0].questions[0].checks[0].id: there is no check no-such-check",
		`own.yaml:15: sections[0].questions[0].checks[1].class: "sure" is none`,
		"own.yaml:16: sections[0].questions[0].checks[2].id: pods-run-as-non-root is bound twice",
		"own.yaml:16: sections[0].questions[0].checks[2].part: it is missing",
		`own.yaml:17: sections[0].questions[0].checks[3].class: "" is none`,
		`own.yaml:18: sections[0].questions[0].informs[1]: PCI DSS has no requirement "99.1"`,
		"own.yaml:18: sections[0].questions[0].informs[2]: 1.2.1 stands twice",
		"own.yaml:19: sections[0].questions[1].id: ACME-1.2 stands already at set.yaml:6",
		"own.yaml:20: sections[0].questions[2].id: ACME-1.2 stands already at set.yaml:6",
		"own.yaml:22: sections[0].questions[4].id: read requirement id",
		"own.yaml:23: sections[1].questions: the section asks nothing",
		"own.yaml:26: sections[2].questions[0].id: ACME-2 is the number of a section",
		"own.yaml:27: sections[2].questions[1].id: ACME-1 is the number of the section at set.yaml:4",
	} {
		held := false
		for _, line := range got {
			held = held || strings.HasPrefix(line, want)
		}
		assert.True(t, held, "%s\nis not in\n%s", want, strings.Join(got, "\n"))
	}
	for _, line := range got {
		assert.Regexp(t, `^(own|set)\.yaml:[1-9][0-9]*: [^\n]+$`, line)
	}
}

func TestACircleOfIncludesIsRefusedInOneLine(t *testing.T) {
	w := world(t, map[string]string{
		"a.yaml": good + "include:\n- b.yaml\n", "b.yaml": "set: true\ninclude:\n- c.yaml\n", "c.yaml": "set: true\ninclude:\n- b.yaml\n",
		"self.yaml": "set: true\ninclude: [self.yaml]\n",
	})
	assert.Equal(t, []string{"c.yaml:3: include[0]: a circle of includes: b.yaml includes c.yaml includes b.yaml"}, problems(w, "a.yaml", good+"include:\n- b.yaml\n"))
	assert.Equal(t, []string{"self.yaml:2: include[0]: a circle of includes: self.yaml includes self.yaml"}, problems(w, "self.yaml", "set: true\ninclude: [self.yaml]\n"))
	_, wrong := custom.Read(w, custom.File{Name: "a.yaml", Text: []byte(good + "include:\n- b.yaml\n")})
	require.Len(t, wrong, 1)
	assert.NotContains(t, wrong.Error(), "\n")
}

// One file by three spellings, or by a link, is one file.
func TestACircleIsSeenByEverySpelling(t *testing.T) {
	w := world(t, nil)
	w.Find = func(_, include string) (custom.File, error) {
		return custom.File{Name: include, Text: []byte(good + "include: [again/a.yaml]\n"), Same: "/real/a.yaml"}, nil
	}
	f := custom.File{Name: "link.yaml", Text: []byte(good + "include: [x/../a.yaml]\n"), Same: "/real/a.yaml"}
	_, wrong := custom.Read(w, f)
	assert.EqualError(t, wrong, "link.yaml:10: include[0]: a circle of includes: link.yaml includes link.yaml")
}

func TestWhatIsNoQuestionnaire(t *testing.T) {
	w := world(t, nil)
	for text, want := range map[string]string{
		"":           "f.yaml:1: code: it is missing",
		"a: [":       "f.yaml:1: did not find expected node content",
		"- x":        "f.yaml:1: want names and values, not a list",
		"set: maybe": `f.yaml:1: set: want yes or no, not "maybe"`,
		strings.Replace(good, "sections:", "section:", 1):          `f.yaml:5: "section" is not read here`,
		strings.Replace(good, "[in-place, not-in-place]", "[]", 1): "f.yaml:4: responses: it offers none",
		"set: true": "f.yaml:1: sections: it asks nothing",
	} {
		got := problems(w, "f.yaml", text)
		require.NotEmpty(t, got, "%q", text)
		assert.Contains(t, strings.Join(got, "\n"), want)
	}
	_, wrong := custom.Read(w, custom.File{Name: "s.yaml", Text: []byte("set: true\n" + strings.Join(strings.Split(good, "\n")[4:], "\n"))})
	assert.EqualError(t, wrong, "s.yaml: it is a set of questions, to be included; only a questionnaire can be answered")
}

func TestASkeletonIsClean(t *testing.T) {
	w := world(t, nil)
	for _, name := range []string{"acme-clusters.yaml", "x", "", "4711", "Ärger & Söhne", strings.Repeat("long", 50)} {
		assert.Empty(t, problems(w, "f.yaml", custom.Skeleton(name)), name)
	}
}

// Whatever bytes a questionnaire is made of, it is refused with its line or becomes a
// catalogue that asks nothing of the standard's.
func FuzzRead(f *testing.F) {
	f.Add(good, "set: true\n")
	f.Add(custom.Skeleton("x"), good)
	f.Add("include: [set.yaml]\n"+good, "set: true\ninclude: [set.yaml]\nsections: [{title: t, questions: [{id: AB-1.1}]}]")
	f.Fuzz(func(t *testing.T, text, set string) {
		w := world(t, map[string]string{"set.yaml": set})
		d, wrong := custom.Read(w, custom.File{Name: "f.yaml", Text: []byte(text)})
		if len(wrong) > 0 {
			for _, e := range wrong {
				assert.NotContains(t, e.Error(), "\n")
			}
			return
		}
		c, err := d.Catalogue(w.Standard)
		require.NoError(t, err)
		for _, r := range c.Requirements() {
			assert.True(t, r.ID.Own())
			assert.NotEmpty(t, strings.TrimSpace(r.Question))
		}
		draft, err := questionnaires.DefineQuestionnaire(w.Standard, d)
		require.NoError(t, err)
		assert.Equal(t, d, draft.Payload)
	})
}
