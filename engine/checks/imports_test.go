package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// importedFile is an imported file with its report and other documents; changes are made to
// its text.
func importedFile(class string, more string, changes ...string) string {
	text := `
apiVersion: imports.tickmark/v1
kind: ScanReport
metadata: {name: trivy}
tool: {name: Trivy, version: "1"}
format: Trivy JSON
classes: [` + class + `]
ran: "2026-01-01T00:00:00Z"
database: {built: "2025-12-31T00:00:00Z"}
looked: {kind: image, name: api}
counts: {}
file: {name: trivy.json, size: 1, digest: ""}
whole: true
---
apiVersion: imports.tickmark/v1
kind: ScanSubject
metadata: {name: api}
name: api
class: ` + class + `
counts: {}
` + more
	return strings.NewReplacer(changes...).Replace(text)
}

// found is one finding of a file.
func found(class, rest string) string {
	return `---
apiVersion: imports.tickmark/v1
kind: ScanFinding
metadata: {name: one}
class: ` + class + `
id: ONE
subject: api
` + rest
}

func importsFixtures() map[string]fixture {
	failed := func(class string) string {
		return importedFile(class, found(class, "status: failed\nword: FAIL\nseverity: high\nrating: HIGH"))
	}
	return map[string]fixture{
		"imported-vulnerability-scans-clean": {passYAML: importedFile("vulnerabilities", ""), failYAML: failed("vulnerabilities")},
		"imported-secret-scans-clean":        {passYAML: importedFile("secrets", ""), failYAML: failed("secrets")},
		"imported-configuration-scans-clean": {
			passYAML: importedFile("configuration", found("configuration", "status: passed\nword: PASS\nseverity: high")), failYAML: failed("configuration"),
		},
		"imported-benchmarks-passed": {
			passYAML: importedFile("benchmark", found("benchmark", "status: passed\nword: PASS\nseverity: unrated")), failYAML: failed("benchmark"),
		},
		"imported-scans-recent": {
			passYAML: importedFile("vulnerabilities", ""), failYAML: importedFile("vulnerabilities", "", "2026-01-01", "2025-06-01", "2025-12-31", "2025-06-01"),
		},
		"imported-events-noticed": {
			noPass: "what was noticed says nothing of what was not", passYAML: importedFile("events", found("events", "status: failed\nseverity: low\nrating: Notice")),
			failYAML: importedFile("events", found("events", "status: failed\nseverity: medium\nrating: Warning\nseen: {count: 2}")),
		},
	}
}

// What other tools say, case by case: nothing that is left open, ignored or empty passes.
func TestWhatOtherToolsSayIsNoVerdictOfOurs(t *testing.T) {
	const vulnerabilities, configuration = "imported-vulnerability-scans-clean", "imported-configuration-scans-clean"
	vulnerable := func(rest string) string { return importedFile("vulnerabilities", found("vulnerabilities", rest)) }
	set := func(rest string) string { return importedFile("configuration", found("configuration", rest)) }
	for name, c := range map[string]struct {
		check, documents string
		verdict          engine.Verdict
		says             string
	}{
		"low":        {vulnerabilities, vulnerable("status: failed\nseverity: low\nrating: LOW"), engine.Pass, "below high, rated LOW"},
		"not rated":  {vulnerabilities, vulnerable("status: failed\nseverity: unrated"), engine.Unknown, "does not say how severe"},
		"suppressed": {vulnerabilities, vulnerable("status: suppressed\nseverity: high\nstatement: {source: an ignore rule, why: unreachable}"), engine.Unknown, "for a person to judge"},
		"suppressed for no reason": {
			vulnerabilities, vulnerable("status: suppressed\nseverity: high\nstatement: {source: an ignore rule}"), engine.Unknown, "no reason is given",
		},
		"a statement without an author": {
			vulnerabilities, vulnerable("status: suppressed\nseverity: high\nstatement: {state: not_affected, vex: true, why: unreachable, date: \"2026-01-01T00:00:00Z\"}"),
			engine.Unknown, "counts for nothing",
		},
		"a statement with all": {
			vulnerabilities, vulnerable("status: suppressed\nseverity: high\nstatement: {state: not_affected, vex: true, why: unreachable, author: ann, date: \"2026-01-01T00:00:00Z\"}"),
			engine.Unknown, "ann, on 2026-01-01: unreachable",
		},
		"a name that is not the file's": {vulnerabilities, importedFile("vulnerabilities", "", "name: api}", "name: api, stated: true}"), engine.Pass, "as stated by whoever imported"},
		"nobody knows of what":          {vulnerabilities, importedFile("vulnerabilities", "", "looked: {kind: image, name: api}", "looked: {}"), engine.Unknown, "does not say what it looked at"},
		"left out":                      {vulnerabilities, importedFile("vulnerabilities", "", "whole: true", "whole: true\nleftOut: [only-fixed]"), engine.Unknown, "only-fixed"},
		"of long ago":                   {vulnerabilities, importedFile("vulnerabilities", "", "2026-01-01", "2025-06-01"), engine.Unknown, "what became known since is not in it"},
		"of no day":                     {vulnerabilities, importedFile("vulnerabilities", "", "ran: \"2026-01-01T00:00:00Z\"", ""), engine.Unknown, "does not say when"},
		"of a day to come":              {vulnerabilities, importedFile("vulnerabilities", "", "ran: \"2026-01-01", "ran: \"2026-02-01"), engine.Unknown, "which is to come"},
		"settings of long ago":          {configuration, importedFile("configuration", found("configuration", "status: passed\nword: PASS\nseverity: high"), "2026-01-01", "2025-06-01"), engine.Pass, "passed"},
		"perhaps left out":              {vulnerabilities, importedFile("vulnerabilities", "", "whole: true", "whole: true\nunsaid: [what has no fix]"), engine.Unknown, "ask for the command line: what has no fix"},
		"perhaps left out, of others":   {configuration, importedFile("configuration", found("configuration", "status: passed\nword: PASS\nseverity: high"), "whole: true", "whole: true\nunsaid: [what has no fix]"), engine.Pass, "passed"},
		"cut off":                       {vulnerabilities, importedFile("vulnerabilities", "", "whole: true", "whole: false"), engine.Unknown, "Not all of the file"},
		"an empty list": {
			vulnerabilities, importedFile("vulnerabilities", "", "class: vulnerabilities", "class: configuration"), engine.Unknown, "an empty list shows nothing",
		},
		"skipped alone": {
			configuration, importedFile("configuration", found("configuration", "status: skipped\nword: INFO\nseverity: low"), "kind: ScanSubject", "kind: Other"), engine.Unknown, "an empty list shows nothing",
		},
		"of another class": {vulnerabilities, importedFile("configuration", ""), engine.NotApplicable, ""},
		"by hand":          {configuration, set("status: manual\nseverity: low"), engine.Unknown, "left to a person"},
		"an error":         {configuration, set("status: error\nseverity: low\nreason: no access"), engine.Unknown, "could not look: no access"},
		"a strange word":   {configuration, set("status: unclear\nword: MAYBE\nseverity: low"), engine.Unknown, "MAYBE"},
		"another version of PCI DSS": {
			configuration, set("status: failed\nseverity: low\ncompliance: [{standard: PCI-3.2.1, ids: [\"8.3.1\"], pci: 3.2.1}]"), engine.Fail, "PCI DSS 3.2.1: 8.3.1, which is carried over to no requirement",
		},
		"this version of PCI DSS": {
			configuration, set("status: failed\nseverity: low\ncompliance: [{standard: PCI-4.0, ids: [\"8.4.1\"], pci: \"4.0\"}]"), engine.Fail, "PCI DSS 4.0: 8.4.1, which is worth a look",
		},
		"no date":              {"imported-scans-recent", importedFile("configuration", "", "ran: \"2026-01-01T00:00:00Z\"", ""), engine.Unknown, "does not say when"},
		"a date to come":       {"imported-scans-recent", importedFile("configuration", "", "ran: \"2026-01-01", "ran: \"2026-02-01"), engine.Unknown, "which is to come"},
		"no date of knowledge": {"imported-scans-recent", importedFile("vulnerabilities", "", "database: {built: \"2025-12-31T00:00:00Z\"}", ""), engine.Unknown, "how old the vulnerability database"},
		"an old database":      {"imported-scans-recent", importedFile("vulnerabilities", "", "2025-12-31", "2025-12-01"), engine.Fail, "31 days old"},
		"no event":             {"imported-events-noticed", importedFile("events", ""), engine.Unknown, "has no event"},
	} {
		t.Run(name, func(t *testing.T) {
			w := fromYAML(t, documentEnd.Split(c.documents, -1)...)
			w.params.Now = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
			got := w.result(t, c.check)
			var sentences []string
			for _, d := range got.Details {
				sentences = append(sentences, d.Sentence)
			}
			assert.Equal(t, c.verdict, got.Verdict, sentences)
			assert.Contains(t, strings.Join(sentences, "\n"), c.says)
		})
	}
}

// What a tool says of a file in an image is said of the image; and of several tools the
// one that found nothing is not blamed for what another found.
func TestNothingIsCleanOfWhichSomethingInItIsNot(t *testing.T) {
	const class = "configuration"
	finding := strings.Replace(found(class, "status: failed\nword: FAIL\nseverity: high\nrating: HIGH"), "subject: api", "subject: usr/lib/x.so", 1)
	passing := func(documents string) (clean int) {
		r := newWorldOf(t, strings.Split(documents, "\n---\n")...).result(t, "imported-configuration-scans-clean")
		assert.Equal(t, engine.Fail, r.Verdict)
		for _, d := range r.Details {
			if d.Verdict == engine.Pass {
				clean++
			}
		}
		return clean
	}
	assert.Zero(t, passing(importedFile(class, finding)))
	byOther := strings.Replace(finding, "id: ONE", "id: ONE\nseen: {by: Checkov 3}", 1)
	assert.Equal(t, 1, passing(importedFile(class, byOther, "name: api\nclass", "name: api\ntool: Trivy 1\nclass")))
}
