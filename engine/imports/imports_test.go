package imports

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// What each sample is, of what, from when, and what it says.
func TestWhatEachToolSays(t *testing.T) {
	for name, want := range map[string]struct {
		tool, looked, ran string
		findings          []string
	}{
		"trivy-image.json": {"Trivy 0.69.0", "image registry.example/pay/api:1.2", "2026-11-02T08:30:00Z", []string{
			"vulnerabilities CVE-2026-1111 failed critical libssl3", "vulnerabilities CVE-2026-2222 failed low zlib1g",
			"vulnerabilities CVE-2026-3333 suppressed high curl", "configuration DS002 failed high", "configuration DS005 passed low", "secrets private-key failed high",
		}},
		"trivy-k8s.json": {"Trivy ", "cluster shop", "", []string{"vulnerabilities CVE-2026-1111 failed high libssl3"}},
		"grype.json": {"Grype 0.90.0", "image registry.example/pay/api:1.2", "2026-11-02T09:00:00Z", []string{
			"vulnerabilities CVE-2026-1111 failed high libssl3", "vulnerabilities CVE-2026-4444 suppressed critical curl",
		}},
		"kube-bench.json": {"kube-bench ", "", "", []string{
			"benchmark 4.1.1 passed unrated", "benchmark 4.1.2 failed unrated", "benchmark 4.1.3 manual unrated",
		}},
		"kube-bench.txt": {"kube-bench ", "", "", []string{
			"benchmark 4.1.1 passed unrated", "benchmark 4.1.2 failed unrated", "benchmark 4.1.3 manual unrated",
		}},
		"kubescape.json": {"kubescape v3.0.20", "cluster shop-production", "2026-11-02T10:00:00Z", []string{
			"configuration C-0057 failed high", "configuration C-0016 passed medium", "configuration C-0034 manual medium", "configuration C-0099 suppressed unrated",
		}},
		"prowler.ocsf.json": {"Prowler 5.7.0", "account account aws 111122223333", "2026-11-02T11:00:00Z", []string{
			"configuration iam_root_mfa_enabled failed critical", "configuration cloudtrail_multi_region_enabled passed high",
			"configuration s3_bucket_public suppressed high", "configuration iam_support_role manual low",
		}},
		"checkov.json": {"Checkov 3.2.400", "", "", []string{
			"configuration CKV_K8S_16 passed unrated", "configuration CKV_K8S_22 failed unrated", "configuration CKV_K8S_8 suppressed unrated",
		}},
		"falco.jsonl": {"Falco ", "machines machines node-1, node-2", "2026-11-02T10:00:00Z", []string{
			"events Terminal shell in container failed medium", "events Contact K8S API Server From Container failed low",
		}},
		"results.sarif": {"Trivy 0.69.0", "image registry.example/pay/api:1.2", "2026-11-02T12:00:00Z", []string{
			"vulnerabilities CVE-2026-1111 failed critical", "configuration DS002 suppressed medium", "configuration DS005 passed negligible",
		}},
		"cyclonedx.json": {"trivy 0.69.0", "container registry.example/pay/api", "2026-11-02T13:00:00Z", []string{
			"vulnerabilities CVE-2026-1111 failed critical libssl3", "vulnerabilities CVE-2026-3333 suppressed high curl", "vulnerabilities CVE-2026-5555 manual unrated",
		}},
		"sbom.json": {"CycloneDX ", "container registry.example/pay/api", "2026-11-02T13:00:00Z", nil},
		"openvex.json": {"OpenVEX ", "", "2026-10-20T00:00:00Z", []string{
			"vulnerabilities CVE-2026-3333 suppressed unrated pkg:deb/curl@8", "vulnerabilities CVE-2026-1111 failed unrated",
		}},
		"asff.json": {"Security Hub ", "account account aws 111122223333", "2026-11-02T14:00:00Z", []string{
			"configuration IAM.9 failed critical", "configuration S3.1 passed medium", "configuration S3.8 suppressed high",
		}},
		"kube-score.json":  {"kube-score ", "", "", []string{"configuration container-image-tag passed unrated", "configuration container-resources failed critical"}},
		"kube-linter.json": {"kube-linter 0.8.1", "", "2026-11-02T15:00:00Z", []string{"configuration run-as-non-root failed unrated"}},
		"polaris.json":     {"Polaris ", "cluster https://10.0.0.1:6443", "2026-11-02T16:00:00Z", []string{"configuration hostPIDSet passed high", "configuration runAsRootAllowed failed high"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := sample(t, name)
			assert.Equal(t, want.tool, got.report.Tool.Name+" "+got.report.Tool.Version)
			assert.Equal(t, want.looked, strings.TrimSpace(got.report.Looked.Kind+" "+got.report.Looked.Name))
			ran := ""
			if !got.report.Ran.IsZero() {
				ran = got.report.Ran.Format(time.RFC3339)
			}
			assert.Equal(t, want.ran, ran)
			assert.Equal(t, want.findings, got.lines())
			assert.Equal(t, want.looked == "", got.snapshot.Target.Provisional)
			assert.Equal(t, clock, got.snapshot.Ended, "when it was imported is not when the tool ran")
			raw, err := os.ReadFile("testdata/" + name)
			require.NoError(t, err)
			assert.Equal(t, engine.Sum(raw), got.report.File.Digest)
			again := sample(t, name)
			assert.Equal(t, got.snapshot, again.snapshot)
		})
	}
}

func TestWhatIsKeptBesideAFinding(t *testing.T) {
	trivy := sample(t, "trivy-image.json")
	assert.Equal(t, findings.Package{Name: "libssl3", Installed: "3.0.1", Fixed: "3.0.2"}, trivy.findings[0].Package)
	assert.Equal(t, &findings.Statement{State: "not_affected", Why: "vulnerable_code_not_in_execute_path", Source: "OpenVEX", VEX: true}, trivy.findings[2].Statement)
	assert.Len(t, trivy.subjects, 4, "what was looked at and is clean is told")
	for _, body := range trivy.bodies {
		assert.NotContains(t, body, "CANARY", "no secret that a tool found")
	}

	grype := sample(t, "grype.json")
	assert.Equal(t, []string{"only-fixed"}, grype.report.LeftOut)
	assert.Equal(t, time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC), grype.report.Database.Built)

	prowler := sample(t, "prowler.ocsf.json")
	assert.Equal(t, "aws:aws:111122223333", prowler.snapshot.Target.About)
	assert.Equal(t, []findings.Compliance{
		{Standard: "CIS-3.0", IDs: []string{"1.5"}}, {Standard: "PCI-3.2.1", IDs: []string{"8.3.1", "8.3.2"}, PCI: "3.2.1"}, {Standard: "PCI-4.0", IDs: []string{"8.4.1"}, PCI: "4.0"},
	}, prowler.findings[0].Compliance)

	falco := sample(t, "falco.jsonl")
	shell := falco.findings[0]
	assert.Equal(t, findings.Seen{Count: 2, First: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Last: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}, shell.Seen)
	assert.Equal(t, "Pod pay/api-1", shell.Subject)
	assert.Equal(t, []findings.Compliance{{Standard: "PCI_DSS", IDs: []string{"10.2.5"}, PCI: "?"}}, shell.Compliance)
	assert.NotContains(t, shell.Reason, "hunter2secret")
	assert.Len(t, falco.gaps(), 1, "the broken line: %v", falco.gaps())
	assert.Equal(t, 3, falco.snapshot.Gaps[0].Line)

	vex := sample(t, "cyclonedx.json").findings[1].Statement
	assert.Equal(t, "Product Security", vex.Author)
	assert.Equal(t, "2026-10-20", vex.Date.Format(time.DateOnly))
	assert.Equal(t, []findings.Class{findings.Components, findings.Vulnerabilities}, sample(t, "sbom.json").report.Classes)
	assert.Empty(t, sample(t, "sbom.json").subjects, "an empty list shows nothing")

	hub := sample(t, "asff.json")
	assert.Equal(t, "PCI DSS 3.2.1: 8.3.1", hub.findings[0].Compliance[0].String())
	assert.True(t, hub.findings[0].Compliance[1].Current())
	assert.Equal(t, "ann", hub.findings[2].Statement.Author)
}

// What a tool says that it could not look at, or what is not whole, is a gap.
func TestWhatWasNotLookedAtIsAGap(t *testing.T) {
	whole, err := os.ReadFile("testdata/trivy-image.json")
	require.NoError(t, err)
	bench, err := os.ReadFile("testdata/kube-bench.txt")
	require.NoError(t, err)
	sarif, err := os.ReadFile("testdata/results.sarif")
	require.NoError(t, err)
	hub, err := os.ReadFile("testdata/asff.json")
	require.NoError(t, err)
	for name, c := range map[string]struct{ content, want string }{
		"cut off":                   {string(whole[:len(whole)-40]), "it ends in the middle"},
		"broken further down":       {strings.Replace(string(whole), `"Severity":"LOW"`, `"Severity":LOW`, 1), "is broken there"},
		"another form":              {strings.Replace(string(whole), `"CVE-2026-2222"`, `{"a":1}`, 1), "VulnerabilityID is a object"},
		"more behind it":            {string(whole) + "{}", "more follows"},
		"text without totals":       {strings.Split(string(bench), "== Summary total")[0], "it ends before its totals"},
		"text that was edited":      {strings.Replace(string(bench), "[FAIL] 4.1.2", "[PASS] 4.1.2", 1), "the file counts 1 PASS, 1 FAIL"},
		"a strange line":            {strings.Replace(string(bench), "[WARN]", "WARN", 1), "does not print"},
		"a run that failed":         {`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"invocations":[{"executionSuccessful":false}],"results":[]}]}`, "did not run successfully"},
		"a run without any":         {`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}}}]}`, "did not finish"},
		"an older SARIF":            {`{"version":"2.0.0","runs":[]}`, "2.1.0 is what is read"},
		"a word twice":              {strings.Replace(string(sarif), `"level":"error"`, `"kind":"fail","kind":"pass","level":"error"`, 1), `"kind" stands twice`},
		"a word twice, otherwise":   {strings.Replace(string(sarif), `"level":"error"`, `"kind":"fail","Kind":"pass","level":"error"`, 1), `"kind" is written "Kind"`},
		"a rule's word otherwise":   {strings.Replace(string(sarif), `"security-severity"`, `"Security-Severity"`, 1), `a rule: "security-severity" is written`},
		"an object for a list":      {strings.Replace(string(whole), `"Vulnerabilities":[`, `"Vulnerabilities":{"VulnerabilityID":"CVE-1"},"x":[`, 1), "an object where a list"},
		"a list twice":              {`{"PolarisOutputVersion":"1","Results":[{"Kind":"Pod","Name":"a","Results":{"x":{"Success":false},"x":{"Success":true}}}]}`, `"x" stands twice`},
		"results twice":             {strings.Replace(string(whole), `"Results":`, `"Results":[],"Results":`, 1), `"Results" stands twice`},
		"what is looked at twice":   {strings.Replace(string(whole), `"CreatedAt":`, `"CreatedAt":"2020-01-01T00:00:00Z","CreatedAt":`, 1), `"CreatedAt" stands twice`},
		"another case":              {strings.Replace(string(whole), `"Vulnerabilities":`, `"vulnerabilities":`, 1), `is written "vulnerabilities"`},
		"a text for a list":         {`{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"x","Class":"os-pkgs","Vulnerabilities":"see elsewhere"}]}`, "neither a list nor an object"},
		"a list for an object":      {`{"SchemaVersion":2,"ArtifactName":"x","Results":[[{"Target":"x","Class":"os-pkgs"}]]}`, "a list where an object"},
		"rules too long":            {strings.Replace(string(sarif), `"rules":[`, `"rules":[{"id":"long","name":"`+strings.Repeat("x", maxItem)+`"},`, 1), "was passed over"},
		"failures only counted":     {`{"check_type":"kubernetes","results":{"failed_checks":[]},"summary":{"passed":3,"failed":1,"parsing_errors":0}}`, "Checkov counts 1 failed"},
		"unread files only counted": {`{"check_type":"kubernetes","results":{"failed_checks":[]},"summary":{"passed":3,"failed":0,"parsing_errors":2}}`, "2 files that it could not read"},
		"the first of pages":        {strings.Replace(string(hub), `{"Findings":`, `{"NextToken":"abc","Findings":`, 1), "names a next page"},
		"deep": {
			`{"SchemaVersion":2,"ArtifactName":"x","Results":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}", "nested deeper",
		},
		"a value too long": {
			`{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Class":"os-pkgs","Vulnerabilities":[{"Title":"` + strings.Repeat("x", maxItem) + `"}]}]}`, "was passed over",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := text(t, c.content)
			require.NoError(t, err)
			assert.Contains(t, strings.Join(got.gaps(), "\n"), c.want)
			assert.False(t, got.report.Whole)
			assert.False(t, got.snapshot.Saw(findings.FindingKind))
		})
	}
	assert.Contains(t, sample(t, "trivy-k8s.json").gaps()[0], "could not look at Job pay/settle")
	assert.Equal(t, []string{"Checkov could not read /broken.yaml"}, sample(t, "checkov.json").gaps())
	cut, err := text(t, string(whole[:len(whole)-400]))
	require.NoError(t, err)
	assert.NotEmpty(t, cut.findings, "what was read stays")
}

// What is no result is refused in a line that says what to do.
func TestWhatIsRefusedByName(t *testing.T) {
	for content, want := range map[string]string{
		"\x1f\x8b\x08\x00": "it is compressed or an archive", "PK\x03\x04": "it is compressed or an archive", "\x28\xb5\x2f\xfd": "it is compressed or an archive",
		`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[]}`:              "it is SPDX",
		`{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}`:         "it is SPDX",
		"SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n":                                     "it is SPDX",
		"\ufeff<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>": "it is XML",
	} {
		_, err := text(t, content)
		require.ErrorContains(t, err, want, content)
	}
}

// A file of several runs tells of every tool, and is no newer than the oldest of them.
func TestRunsOfSeveralTools(t *testing.T) {
	run := func(name, version, ended, image, results string) string {
		looked := ""
		if image != "" {
			looked = `"properties":{"imageName":"` + image + `"},`
		}
		return `{"tool":{"driver":{"name":"` + name + `","version":"` + version + `"}},"invocations":[{"executionSuccessful":true,"endTimeUtc":"` + ended + `"}],` + looked + `"results":[` + results + `]}`
	}
	file := func(runs ...string) imported {
		got, err := text(t, `{"version":"2.1.0","runs":[`+strings.Join(runs, ",")+`]}`)
		require.NoError(t, err)
		return got
	}
	const one, today, lastYear = `{"ruleId":"A","level":"error"}`, "2026-11-02T12:00:00Z", "2025-11-02T12:00:00Z"
	trivy, checkov := run("Trivy", "0.69.0", today, "api", one), run("Checkov", "3.2.400", lastYear, "api", one)

	got := file(trivy, checkov)
	assert.Equal(t, engine.Tool{Name: "Checkov, Trivy"}, got.report.Tool)
	assert.Equal(t, []engine.Tool{{Name: "Checkov", Version: "3.2.400"}, {Name: "Trivy", Version: "0.69.0"}}, got.report.Tools)
	assert.Equal(t, "Trivy 0.69.0", got.findings[0].Seen.By)
	assert.Equal(t, "Checkov 3.2.400", got.findings[1].Seen.By)
	assert.Equal(t, "Checkov 3.2.400", got.subjects[1].Tool)
	assert.Equal(t, 2025, got.report.Ran.Year(), "a part of it is a year old")
	assert.True(t, got.report.Whole, "%v", got.gaps())
	assert.Equal(t, got.snapshot.Target, file(checkov, trivy).snapshot.Target, "in whatever order")
	assert.True(t, file(trivy, run("Checkov", "3.2.400", "", "api", one)).report.Ran.IsZero(), "when a part of it ran is not known")

	many := make([]string, 3*maxRuns)
	for i := range many {
		many[i] = run(fmt.Sprintf("tool-%05d", i), "1", today, fmt.Sprintf("image-%05d", i), one)
	}
	lots := file(many...)
	assert.Len(t, lots.report.Tools, maxList)
	assert.Contains(t, lots.gaps(), "it has more than 1000 runs, and who ran is not told of those that follow")
	assert.Len(t, lots.findings, len(many), "what they found is kept all the same")

	same := file(trivy, run("Trivy", "0.69.0", today, "web", one))
	assert.Equal(t, engine.Tool{Name: "Trivy", Version: "0.69.0"}, same.report.Tool)
	assert.Empty(t, same.report.Tools)
	assert.Empty(t, same.findings[0].Seen.By)
	newer := file(trivy, run("Trivy", "0.70.0", today, "web", one))
	assert.Equal(t, "Trivy", newer.report.Tool.Name)
	assert.Len(t, newer.report.Tools, 2)

	assert.Contains(t, file(trivy, run("Checkov", "3", today, "", one)).gaps(), "1 of its 2 runs do not say what they looked at")
	assert.Contains(t, strings.Join(file(run("Trivy", "1", today, "", one), run("Checkov", "3", today, "", "")).gaps(), ""), "a run of Checkov names no result: an empty list shows nothing")
	assert.Equal(t, "SARIF", file(run("", "", today, "api", one)).report.Tool.Name, "who wrote it is not said")
}

// A name in another case is another name: what it says counts for nothing, and that it
// stands there is said.
func TestNamesAreReadInTheirCase(t *testing.T) {
	for file, c := range map[string]struct{ old, now, want string }{
		"results.sarif":     {`"level":"error"`, `"Kind":"pass"`, "vulnerabilities CVE-2026-1111 failed critical"},
		"grype.json":        {`"vulnerability"`, `"AppliedIgnoreRules":[{}],"vulnerability"`, "vulnerabilities CVE-2026-1111 failed high libssl3"},
		"polaris.json":      {`"Success":false`, `"Success":false,"success":true`, "configuration runAsRootAllowed failed high"},
		"prowler.ocsf.json": {`"status_code":"FAIL"`, `"status_code":"FAIL","Status_Code":"PASS"`, "configuration iam_root_mfa_enabled failed critical"},
		"asff.json":         {`"Workflow"`, `"workflow":{"Status":"SUPPRESSED"},"Workflow"`, "configuration IAM.9 failed critical"},
		"checkov.json":      {`"check_result":{"result":"FAILED"`, `"check_result":{"result":"FAILED","Result":"PASSED"`, "configuration CKV_K8S_22 failed unrated"},
		"kube-bench.json":   {`"status":"FAIL"`, `"status":"FAIL","Status":"PASS"`, "benchmark 4.1.2 failed unrated"},
		"kubescape.json":    {`"status":"failed"`, `"status":"failed","Status":"passed"`, "configuration C-0057 failed high"},
		"cyclonedx.json":    {`"id":"CVE-2026-1111"`, `"id":"CVE-2026-1111","Analysis":{"state":"false_positive"}`, "vulnerabilities CVE-2026-1111 failed critical libssl3"},
		"openvex.json":      {`"status":"affected"`, `"status":"affected","STATUS":"fixed"`, "vulnerabilities CVE-2026-1111 failed unrated"},
		"trivy-image.json":  {`"Severity":"CRITICAL"`, `"Severity":"CRITICAL","severity":"LOW"`, "vulnerabilities CVE-2026-1111 failed critical libssl3"},
		"kube-score.json":   {`"grade":1`, `"grade":1,"Grade":10`, "configuration container-resources failed critical"},
		"kube-linter.json":  {`"Check":"run-as-non-root"`, `"Check":"run-as-non-root","check":"x"`, "configuration run-as-non-root failed unrated"},
		"falco.jsonl":       {`"priority":"Warning"`, `"priority":"Warning","Priority":"Debug"`, "events Terminal shell in container failed medium"},
	} {
		t.Run(file, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/" + file)
			require.NoError(t, err)
			changed := strings.Replace(string(raw), c.old, c.now, 1)
			require.NotEqual(t, string(raw), changed)
			got, err := text(t, changed)
			require.NoError(t, err)
			assert.Contains(t, got.lines(), c.want)
			assert.False(t, got.report.Whole)
			assert.Contains(t, strings.Join(got.gaps(), "\n"), "and was passed over")
		})
	}
}

// What a tool could not rate, or what only a rule elsewhere rates, may be any.
func TestSeverityThatNobodySays(t *testing.T) {
	raw, err := os.ReadFile("testdata/results.sarif")
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, now string }{
		"a score of nothing":        {`"security-severity":"9.8"`, `"security-severity":"0.0"`},
		"a score that is no number": {`"security-severity":"9.8"`, `"security-severity":"NaN"`},
		"a rule that is not there":  {`"ruleId":"CVE-2026-1111","ruleIndex":0,"level":"error"`, `"ruleId":"CVE-2026-9999"`},
		"a rule of an extension": {
			`"ruleId":"CVE-2026-1111","ruleIndex":0,"level":"error"`, `"ruleIndex":0,"rule":{"index":0,"toolComponent":{"index":0}}`,
		},
	} {
		got, err := text(t, strings.Replace(string(raw), c.old, c.now, 1))
		require.NoError(t, err)
		assert.Equal(t, findings.Unrated, got.findings[0].Severity, name)
		assert.Equal(t, findings.Failed, got.findings[0].Status, name)
	}
}

// The schema's classes and versions say in different places what came of a check.
func TestResultsInEveryClassOfOCSF(t *testing.T) {
	for name, c := range map[string]struct{ members, want string }{
		"Prowler 3": {
			`"class_uid":2001,"finding":{"title":"T"},"status":"Failure","status_id":2,"compliance":{"status":"Failure","requirements":[]},"time":"2023-05-01T10:00:00"`,
			"configuration iam_mfa failed high",
		},
		"Prowler 3, passed":        {`"class_uid":2001,"finding":{"title":"T"},"status":"Success","compliance":{"status":"Success"}`, "configuration iam_mfa passed high"},
		"Prowler 3, muted":         {`"class_uid":2001,"finding":{"title":"T"},"status":"Other","compliance":{"status":"Other"}`, "configuration iam_mfa unclear high"},
		"a compliance finding":     {`"class_uid":2003,"finding_info":{"title":"T"},"status":"New","compliance":{"status":"Fail","control":"IAM.9"}`, "configuration iam_mfa failed high"},
		"one that is suppressed":   {`"class_uid":2003,"finding_info":{"title":"T"},"status":"Suppressed","compliance":{"status":"Fail"}`, "configuration iam_mfa suppressed high"},
		"words that differ":        {`"class_uid":2003,"finding_info":{"title":"T"},"status":"Success","compliance":{"status":"Fail"}`, "configuration iam_mfa unclear high"},
		"a code that is none":      {`"class_uid":2004,"finding_info":{"title":"T"},"status_code":"42","status":"Success"`, "configuration iam_mfa unclear high"},
		"nothing of what came out": {`"class_uid":2002,"finding_info":{"title":"T"},"status":"New"`, "configuration iam_mfa unclear high"},
	} {
		got, err := text(t, `[{"metadata":{"version":"1.0.0-rc.3","product":{"name":"Prowler","feature":{"uid":"iam_mfa"}}},"severity":"High",`+c.members+`}]`)
		require.NoError(t, err, name)
		assert.Equal(t, []string{c.want}, got.lines(), name)
	}
}

// Of what a tool lists nothing, or only what it skipped, nobody can tell that it looked: it is
// no subject, which would pass. What it says a word of is one.
func TestAnEmptyListIsNothingThatWasLookedAt(t *testing.T) {
	for name, c := range map[string]struct{ form, some string }{
		"Grype":           {`{"matches":[%s],"source":{"type":"image","target":{"userInput":"api"}},"distro":{},"descriptor":{"name":"grype"}}`, `{"vulnerability":{"id":"CVE-1"}}`},
		"SARIF":           {`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gosec"}},"automationDetails":{"id":"gosec/"},"results":[%s]}]}`, `{"ruleId":"A","kind":"pass"}`},
		"SARIF, gone":     {`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gosec"}},"automationDetails":{"id":"gosec/"},"results":[{"ruleId":"A","baselineState":"absent"},%s]}]}`, `{"ruleId":"A","kind":"pass"}`},
		"kube-bench":      {`{"Controls":[{"node_type":"master","tests":[{"results":[%s]}]}],"Totals":{}}`, `{"test_number":"1.1.1","status":"PASS"}`},
		"kube-bench INFO": {`{"Controls":[{"node_type":"master","tests":[{"results":[{"test_number":"1.1.2","status":"INFO"},%s]}]}],"Totals":{}}`, `{"test_number":"1.1.1","status":"PASS"}`},
		"kube-bench text": {"[INFO] 1 Master\n[INFO] 1.1.2 Skipped (Manual)\n%s\n", "[PASS] 1.1.1 It holds (Automated)"},
		"kubescape":       {`{"summaryDetails":{},"results":[{"resourceID":"a","controls":[%s]}]}`, `{"controlID":"C-1","status":{"status":"passed"}}`},
		"kube-score":      {`[{"object_name":"a","type_meta":{},"checks":[%s]}]`, `{"check":{"id":"x"},"grade":10}`},
		"Polaris":         {`{"PolarisOutputVersion":"1.0","Results":[{"Name":"a","Kind":"Pod","Results":{%s}}]}`, `"x":{"ID":"x","Success":true}`},
		"Trivy, packages": {`{"SchemaVersion":2,"ArtifactName":"api","Results":[{"Target":"api (debian 13)","Class":"os-pkgs","Packages":[{"Name":"a"}],"Vulnerabilities":[%s]}]}`, `{"VulnerabilityID":"CVE-1","Severity":"LOW"}`},
		"Trivy, secrets":  {`{"SchemaVersion":2,"ArtifactName":"api","Results":[{"Target":"a.pem","Class":"secret","Secrets":[%s]}]}`, `{"RuleID":"key"}`},
		"Trivy":           {`{"SchemaVersion":2,"ArtifactName":"deploy","Results":[{"Target":"a.yaml","Class":"config","MisconfSummary":{"Successes":0%s}}]}`, `,"Failures":1`},
	} {
		t.Run(name, func(t *testing.T) {
			for content, subjects := range map[string]int{fmt.Sprintf(c.form, ""): 0, fmt.Sprintf(c.form, c.some): 1} {
				got, err := text(t, strings.ReplaceAll(content, "},]", "}]"))
				require.NoError(t, err)
				assert.Len(t, got.subjects, subjects, content)
			}
		})
	}
}

// Trivy lists packages where it was told to look for something else, too. One list that has a
// vulnerability shows that they were searched, wherever it stands.
func TestPackagesThatWereListedAndPerhapsNotSearched(t *testing.T) {
	const empty, low = `{"Target":"package-lock.json","Class":"lang-pkgs","Type":"npm"}`, `{"Target":"api (debian 13)","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"LOW"}]}`
	const suppressed = `{"Target":"api (debian 13)","Class":"os-pkgs","ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Finding":{"VulnerabilityID":"CVE-1"}}]}`
	const secret = `{"Target":"a.pem","Class":"secret","Secrets":[{"RuleID":"key"}]}`
	for results, want := range map[string]int{
		empty: 0, empty + "," + empty: 0, empty + "," + secret: 1, low + "," + empty: 2, empty + ",\n" + low: 2, empty + "," + suppressed: 2,
	} {
		for _, form := range []string{`{"SchemaVersion":2,"ArtifactName":"api","Results":[%s]}`, `{"ClusterName":"c","Resources":[{"Kind":"Pod","Name":"a","Results":[%s]}]}`} {
			got, err := text(t, fmt.Sprintf(form, results))
			require.NoError(t, err)
			assert.Len(t, got.subjects, want, results)
			for _, e := range got.snapshot.Entries {
				if strings.Contains(e.Ref.Name, "package-lock.json") {
					assert.True(t, strings.HasSuffix(e.Origin, ":1"), "%s is of the first line", e.Origin)
				}
			}
		}
	}
}

// What came of a control, and when a finding was made, is read where older versions wrote it.
func TestWhatOlderVersionsWrote(t *testing.T) {
	for status, rules := range map[string]string{
		"failed": `[{"status":"passed"},{"status":"failed"}]`, "passed": `[{"status":"passed"}]`, "unclear": `[{"status":"passed"},{"status":"excluded"}]`,
	} {
		got, err := text(t, `{"summaryDetails":{},"results":[{"resourceID":"a","controls":[{"controlID":"C-1","rules":`+rules+`}]}]}`)
		require.NoError(t, err)
		assert.Equal(t, []string{"configuration C-1 " + status + " unrated"}, got.lines())
	}
	got, err := text(t, `[{"metadata":{"event_code":"x","product":{"name":"Prowler","version":"4.2.1"},"version":"1.2.0"},"status_code":"PASS","class_uid":2004,"finding_info":{"uid":"1"},"event_time":"2024-06-03T14:15:19.382075"}]`)
	require.NoError(t, err)
	assert.Equal(t, "2024-06-03T14:15:19Z", got.report.Ran.Format(time.RFC3339))
}

// What is read of two lists of one file is no member that stands twice.
func TestBothListsOfACluster(t *testing.T) {
	got, err := text(t, `{"ClusterName":"c","Vulnerabilities":[{"Kind":"Pod","Name":"a"}],"Misconfigurations":[{"Kind":"Pod","Name":"a"}]}`)
	require.NoError(t, err)
	assert.Empty(t, got.gaps())
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"nothing":             {" \n", "it is empty"},
		"no tool's":           {`{"hello":"world"}`, "no result of a tool that is known"},
		"an empty list":       {`[]`, "no result of a tool that is known"},
		"a text":              {"dear auditor,\n", "no result of a tool that is known"},
		"XML":                 {"<bom/>", "let the tool write JSON"},
		"UTF-16":              {"\xff\xfe{\x00}\x00", "save it as UTF-8"},
		"two tools at once":   {`{"SchemaVersion":2,"ArtifactName":"x","Results":[],"bomFormat":"CycloneDX"}`, "could be Trivy JSON as well as CycloneDX JSON"},
		"Prowler's own":       {`[{"Provider":"aws","CheckID":"x","Status":"PASS","StatusExtended":"y"}]`, "let it write OCSF"},
		"an old Trivy's":      {`[{"Target":"alpine","Type":"alpine","Vulnerabilities":[]}]`, "of a version of Trivy before 0.20"},
		"an old kubescape's":  {`[{"name":"NSA","controlReports":[]}]`, "--format-version v2"},
		"a sum of Trivy's":    {`{"ID":"k8s-cis","Title":"CIS","Results":[]}`, "a compliance report of Trivy"},
		"an event":            {`{"detail-type":"x","detail":{"findings":[{"ProductArn":"x"}]}}`, "aws securityhub get-findings"},
		"broken at its start": {`{"SchemaVersion`, "no result of a tool that is known"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := text(t, c.content)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
	_, err := importFile(t, &File{Path: t.TempDir()})
	require.ErrorContains(t, err, "it is no file")
}

// The same thing looked at again by the same tool is one target; a name that a person
// states is marked as theirs.
func TestTargets(t *testing.T) {
	before, err := os.ReadFile("testdata/trivy-image.json")
	require.NoError(t, err)
	after, err := text(t, strings.Replace(string(before), "2026-11-02", "2026-11-03", 1))
	require.NoError(t, err)
	assert.Equal(t, sample(t, "trivy-image.json").snapshot.Target, after.snapshot.Target)
	assert.NotEqual(t, sample(t, "trivy-image.json").snapshot.Target.ID, sample(t, "grype.json").snapshot.Target.ID)
	assert.Regexp(t, `^import:trivy:[0-9a-f]{32}$`, after.snapshot.Target.ID)

	stated, err := importFile(t, &File{Path: "testdata/kube-bench.txt", Looked: "node-1"})
	require.NoError(t, err)
	assert.Equal(t, findings.Artifact{Name: "node-1", Stated: true}, stated.report.Looked)
	assert.False(t, stated.snapshot.Target.Provisional)

	here, err := text(t, `{"SchemaVersion":2,"ArtifactName":".","ArtifactType":"filesystem"}`)
	require.NoError(t, err)
	assert.True(t, here.snapshot.Target.Provisional, "the folder that a tool was started in tells nothing")
}

func TestIdsOfAnotherVersionOfPCI(t *testing.T) {
	for standard, want := range map[string]string{
		"PCI-3.2.1": "3.2.1", "pci_3.2.1_aws": "3.2.1", "PCI DSS v4.0.1": "4.0.1", "standards/pci-dss/v/3.2.1": "3.2.1", "PCI-4.0": "4.0", "pci_dss": "?", "PCI": "?",
		"PCIv4.0": "4.0", "PCIDSS3.2.1": "3.2.1", "PCI SSC DSS 4.0.1": "4.0.1", "CIS 4.0 and PCI 3.2.1": "3.2.1", "CIS 4.0, PCI": "?", "PCI-DSS-v4": "?", "pcie-4.0": "",
		"CIS-1.4": "", "capci-1.0": "", "ISO27001-2022": "",
	} {
		assert.Equal(t, want, pciVersion(standard), standard)
	}
}

// More findings than are kept are counted, and said.
func TestFindingsBeyondWhatIsKept(t *testing.T) {
	got, err := importFile(t, &File{Path: "testdata/trivy-image.json", most: 2})
	require.NoError(t, err)
	assert.Len(t, got.findings, 2)
	assert.Equal(t, map[string]int{"failed": 4, "passed": 1, "suppressed": 1}, got.report.Counts.Statuses)
	assert.Equal(t, 4, got.report.Truncate)
	assert.Contains(t, got.gaps()[0], "4 findings beyond the first 2")
	assert.False(t, got.report.Whole)
}

// kube-bench's own outputs: every line is accounted for, and the totals that the files
// print are those of what was read.
func TestCorpusOfKubeBench(t *testing.T) {
	folder := os.Getenv("TICKMARK_CORPUS_KUBEBENCH")
	if folder == "" {
		folder = "../../../shared/corpora/kube-bench-output"
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Skipf("no corpus at %s", folder)
	}
	agree := 0
	for _, f := range files {
		got, err := importFile(t, &File{Path: folder + "/" + f.Name()})
		if !assert.NoError(t, err, f.Name()) {
			continue
		}
		s := got.report.Counts.Statuses
		read := benchTotals{"PASS": s["passed"], "FAIL": s["failed"], "WARN": s["manual"], "INFO": s["skipped"]}
		if assert.Empty(t, got.gaps(), f.Name()) && assert.Contains(t, got.report.Says, read.String(), f.Name()) {
			agree++
		}
		t.Logf("%s: %s", f.Name(), read)
	}
	t.Logf("kube-bench: %d of %d agree", agree, len(files))
	assert.Equal(t, len(files), agree)
}

func TestNamesAreTheirOwn(t *testing.T) {
	seen := map[engine.Ref]bool{}
	for _, e := range sample(t, "trivy-image.json").snapshot.Entries {
		assert.False(t, seen[e.Ref], e.Ref)
		seen[e.Ref] = true
	}
	assert.Len(t, slices.Collect(maps.Keys(seen)), 11)
}
