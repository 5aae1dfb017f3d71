package pci

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const goodChapter = `principal: "1"
title: Networks
requirements:
- {id: "1.1.1", title: t, question: "q?", evidence: "e.", methods: [examine, interview], procedures: 2, applies: all, customized: true, saqs: [saq-a], superseded_by: "1.1.2"}
- {id: "1.1.2", title: u, question: "r?", evidence: "f.", methods: [observe], procedures: 1, applies: all, customized: true, saqs: []}
`

const goodForms = `forms:
- {code: saq-a, title: A, revision: r1, scope: attestation, responses: [in-place, not-in-place]}
- {code: roc, title: ROC, revision: r3, scope: report, responses: [in-place], except: ["A3"]}
`

const goodLinks = `links:
- {requirement: "1.1.1", procedure: b, check: pods-are-good, link: partial, part: some, why: it is looked at}
- {requirement: "1.1.2", check: pods-are-good, link: direct, why: it is looked at}
`

func folder(chapter, forms, links string) fstest.MapFS {
	return fstest.MapFS{
		"catalogue/req-01.yaml": {Data: []byte(chapter)},
		"catalogue/forms.yaml":  {Data: []byte(forms)},
		"catalogue/links.yaml":  {Data: []byte(links)},
	}
}

func TestASmallCatalogueIsBuilt(t *testing.T) {
	c, err := build(folder(goodChapter, goodForms, goodLinks))
	require.NoError(t, err)
	assert.Len(t, c.Requirements(), 2)
	require.Len(t, c.Informs("pods-are-good"), 2)
	assert.Equal(t, "1.1.1.b", c.Informs("pods-are-good")[0].Procedure.String())
}

func TestACatalogueThatContradictsItselfIsRefused(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"an unknown key", "title: t", "titel: t", "titel"},
		{"a key twice", "title: t", "title: t, title: v", "title"},
		{"a malformed id", `"1.1.1", title`, `"1..1", title`, "1..1"},
		{"an id twice", `id: "1.1.2"`, `id: "1.1.1"`, "1.1.1"},
		{"ids out of order", `id: "1.1.1"`, `id: "1.1.9"`, "out of order"},
		{"a row of another chapter", `id: "1.1.1"`, `id: "2.1.1"`, "does not belong"},
		{"no principal", `principal: "1"`, `principal: "1.1"`, "no principal"},
		{"no question", `"q?"`, `""`, "missing"},
		{"no depth of scope", "scope: report, ", "", "asks of the scope"},
		{"an unknown depth of scope", "scope: report", "scope: all", "depth"},
		{"an unknown method", "observe", "guess", "guess"},
		{"an empty method", "[observe]", `[""]`, "method"},
		{"methods out of order", "[examine, interview]", "[interview, examine]", "out of order"},
		{"methods without procedures", "procedures: 2", "procedures: 0", "together"},
		{"procedures beyond z", "procedures: 2", "procedures: 27", "27"},
		{"an unknown applicability", "applies: all", "applies: some", "some"},
		{"an unknown use of an analysis", "applies: all", "analysis: perhaps, applies: all", "perhaps"},
		{"an analysis without frequency", "applies: all", "analysis: sets, applies: all", "none is named"},
		{"an unknown successor", `superseded_by: "1.1.2"`, `superseded_by: "1.1.3"`, "1.1.3"},
		{"an unknown form", "saqs: [saq-a]", "saqs: [saq-z]", "saq-z"},
		{"a form that chooses by itself", "saqs: [saq-a]", "saqs: [roc]", "roc"},
		{"a form that says all but and only", `except: ["A3"]`, `except: ["A3"], only: ["1"]`, "except and only"},
		{"a form of no principal", `except: ["A3"]`, `only: ["1.1"]`, "no principal"},
		{"a form twice in a row", "saqs: [saq-a]", "saqs: [saq-a, saq-a]", "saq-a"},
		{"a form twice", "code: roc", "code: saq-a", "twice"},
		{"a form without responses", "[in-place, not-in-place]", "[]", "responses"},
		{"a response that is none", "[in-place, not-in-place]", "[unanswered]", "unanswered"},
		{"a link to nothing", `requirement: "1.1.1"`, `requirement: "1.1.7"`, "1.1.7"},
		{"a letter beyond the procedures", "procedure: b", "procedure: c", "testing procedures"},
		{"no letter among several procedures", "procedure: b, ", "", "none is named"},
		{"a letter for the only procedure", `"1.1.2", check`, `"1.1.2", procedure: a, check`, "testing procedures"},
		{"a link without class", "link: direct", "part: ''", "class"},
		{"an unknown class", "link: direct", "link: sure", "sure"},
		{"a partial link without its part", ", part: some", "", "which part"},
		{"a direct link with a part", "link: direct", "link: direct, part: some", "which part"},
		{"a malformed check", "pods-are-good, link: direct", "Pods, link: direct", "malformed"},
		{"a link without a reason", "direct, why: it is looked at", "direct", "say why"},
		{"a link twice", `"1.1.2", check: pods-are-good, link: direct`, `"1.1.1", procedure: b, check: pods-are-good, link: direct`, "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			once := func(s string) string { return strings.Replace(s, tt.old, tt.new, 1) }
			changed := folder(once(goodChapter), once(goodForms), once(goodLinks))
			require.NotEqual(t, folder(goodChapter, goodForms, goodLinks), changed, "the case changes nothing")
			_, err := build(changed)
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
		})
	}
}

func TestAMissingFileIsAnError(t *testing.T) {
	for _, name := range []string{"catalogue/req-01.yaml", "catalogue/forms.yaml", "catalogue/links.yaml"} {
		f := folder(goodChapter, goodForms, goodLinks)
		delete(f, name)
		_, err := build(f)
		assert.Error(t, err, name)
	}
}

// Whatever bytes a catalogue is made of, it is built or refused, and what is
// built keeps the rules of the house.
func FuzzBuild(f *testing.F) {
	f.Add([]byte(goodChapter), []byte(goodForms), []byte(goodLinks))
	f.Add([]byte("requirements: []"), []byte("forms: []"), []byte("links: []"))
	f.Add([]byte("principal: A1\ntitle: x\nrequirements: [{id: A1.1.1}]"), []byte("{"), []byte("links: [{link: lead}]"))
	f.Fuzz(func(t *testing.T, chapter, forms, links []byte) {
		c, err := build(folder(string(chapter), string(forms), string(links)))
		if err != nil {
			return
		}
		for _, r := range c.Requirements() {
			assert.NotEmpty(t, r.Question)
			for _, l := range r.InformedBy {
				if l.Class.Supports() {
					assert.Contains(t, r.Procedures(), l.Procedure)
				}
			}
		}
	})
}
