package imports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/findings"
)

// Kubescape writes the context of the day's kubeconfig of the scan of a folder too: what was
// scanned is no cluster for that.
func TestWhatKubescapeScanned(t *testing.T) {
	const context, live, filed = `"clusterMetadata":{"contextName":"production"}`, `{"gitVersion":"v1.34.1"}`, `null`
	for name, c := range map[string]struct{ metadata, server, want string }{
		"a cluster":                       {`"targetMetadata":{"clusterContextMetadata":{"contextName":"production"}},` + context, live, "cluster production"},
		"a cluster from within":           {`"targetMetadata":{"clusterContextMetadata":{"numberOfWorkerNodes":3}},` + context, live, "cluster production"},
		"a cluster, of older versions":    {context, live, "cluster production"},
		"a folder":                        {`"targetMetadata":{"directoryContextMetadata":{"basePath":"/src/shop","hostName":"ci"}},` + context, filed, "folder /src/shop"},
		"the folder at hand":              {`"targetMetadata":{"directoryContextMetadata":{"basePath":"."}},` + context, live, ""},
		"a file":                          {`"targetMetadata":{"fileContextMetadata":{"filePath":"/src/a.yaml"}},` + context, filed, "folder /src/a.yaml"},
		"a repository":                    {`"targetMetadata":{"gitRepoContextMetadata":{"repo":"shop","remoteURL":"https://git.example/shop"}},` + context, filed, "repository https://git.example/shop"},
		"a chart":                         {`"targetMetadata":{"helmContextMetadata":{"chartName":"shop"}},` + context, filed, "chart shop"},
		"something that is new":           {`"targetMetadata":{"imageContextMetadata":{"name":"shop"}},` + context, live, ""},
		"files, of older versions":        {context, filed, ""},
		"files, and nothing else is told": {`"targetMetadata":{},` + context, filed, ""},
	} {
		got, err := text(t, `{"generationTime":"2026-11-02T10:00:00Z","clusterAPIServerInfo":`+c.server+`,"clusterName":"production","metadata":{`+c.metadata+`},"summaryDetails":{},"results":[]}`)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, strings.TrimSpace(got.report.Looked.Kind+" "+got.report.Looked.Name), name)
		assert.Equal(t, c.want == "", got.snapshot.Target.Provisional, name)
	}
}

// Kubescape has two words for what came of a control; the second can take the first back.
func TestBothWordsOfKubescape(t *testing.T) {
	for words, want := range map[[2]string]string{
		{"passed", ""}: "passed", {"failed", ""}: "failed", {"failed", "w/exceptions"}: "failed", {"failed", "manual review"}: "failed",
		{"passed", "w/exceptions"}: "suppressed", {"passed", "irrelevant"}: "skipped", {"passed", "something new"}: "unclear",
		{"skipped", ""}: "skipped", {"skipped", "irrelevant"}: "skipped", {"skipped", "manual review"}: "manual", {"skipped", "requires review"}: "manual",
		{"skipped", "configuration"}: "manual", {"skipped", "integration"}: "manual", {"skipped", "notEvaluated"}: "error", {"skipped", "not evaluated"}: "error",
		{"excluded", ""}: "unclear", {"", ""}: "unclear",
	} {
		got, err := text(t, `{"summaryDetails":{},"results":[{"resourceID":"a","controls":[{"controlID":"C-1","status":{"status":"`+words[0]+`","subStatus":"`+words[1]+`"}}]}]}`)
		require.NoError(t, err)
		assert.Equal(t, []string{"configuration C-1 " + want + " unrated"}, got.lines(), words)
	}
	for rules, want := range map[string]string{
		`[{"status":"skipped"},{"status":"failed"}]`: "failed", `[{"status":"skipped"},{"status":"passed"}]`: "unclear",
		`[{"status":"passed"},{"status":"skipped"},{"status":"passed"}]`: "unclear", `[]`: "unclear",
	} {
		got, err := text(t, `{"summaryDetails":{},"results":[{"resourceID":"a","controls":[{"controlID":"C-1","rules":`+rules+`}]}]}`)
		require.NoError(t, err)
		assert.Equal(t, []string{"configuration C-1 " + want + " unrated"}, got.lines(), rules)
	}
}

// What kubescape says that it left out, or could not look at, is in no resource's result.
func TestWhatKubescapeDidNotLookAt(t *testing.T) {
	const passed = `"results":[{"resourceID":"a","controls":[{"controlID":"C-1","status":{"status":"passed"}}]}]`
	file := func(summary, more string) imported {
		got, err := text(t, `{"summaryDetails":{"controls":{`+summary+`}},`+passed+more+`}`)
		require.NoError(t, err)
		return got
	}
	for name, c := range map[string]struct{ summary, more, gap string }{
		"a kind":                   {``, `,"scanCoverage":{"failedGVRPulls":[{"gvr":"apps/v1/deployments","error":"forbidden"}],"degraded":true}`, "could not list apps/v1/deployments: forbidden"},
		"a kind in a namespace":    {``, `,"scanCoverage":{"partialGVRPulls":[{"gvr":"/v1/pods","selector":"metadata.namespace=pay","error":"forbidden"}]}`, "could not list all of /v1/pods metadata.namespace=pay: forbidden"},
		"a control":                {``, `,"scanCoverage":{"notEvaluatedControls":[{"controlID":"C-9","missingGVRs":["apps/v1/deployments"]}]}`, "could not evaluate C-9: apps/v1/deployments"},
		"exceptions":               {``, `,"scanCoverage":{"policyDegradations":[{"component":"exceptions","reason":"timeout"}]}`, "could not load exceptions: timeout"},
		"failures that are hidden": {`"C-1":{"statusInfo":{"status":"failed"}}`, ``, "C-1 failed, and lists no resource"},
		"all of a control":         {`"C-7":{"status":"failed"}`, ``, "C-7 failed, and lists no resource"},
	} {
		got := file(c.summary, c.more)
		assert.Contains(t, strings.Join(got.gaps(), "\n"), c.gap, name)
		assert.False(t, got.report.Whole, name)
	}
	for summary, want := range map[string][]string{
		`"C-8":{"name":"Slow","scoreFactor":8,"statusInfo":{"status":"skipped","subStatus":"notEvaluated","info":"timed out"}}`: {"configuration C-1 passed unrated", "configuration C-8 error high"},
		`"C-1":{"statusInfo":{"status":"skipped","subStatus":"notEvaluated"}}`:                                                  {"configuration C-1 passed unrated", "configuration C-1 error unrated"},
		`"C-8":{"statusInfo":{"status":"skipped","subStatus":"manual review"}}`:                                                 {"configuration C-1 passed unrated", "configuration C-8 manual unrated"},
		`"C-1":{"statusInfo":{"status":"skipped","subStatus":"manual review"}}`:                                                 {"configuration C-1 passed unrated"},
		`"C-8":{"statusInfo":{"status":"passed","subStatus":"irrelevant"}}`:                                                     {"configuration C-1 passed unrated"},
		`"C-1":{"statusInfo":{"status":"passed"}}`:                                                                              {"configuration C-1 passed unrated"},
	} {
		got := file(summary, "")
		assert.Equal(t, want, got.lines(), summary)
		assert.Empty(t, got.gaps(), summary)
	}
	got := file("", `,"metadata":{"scanMetadata":{"excludedNamespaces":["kube-system",""],"includeNamespaces":[""]}}`)
	assert.Equal(t, []string{"without namespace kube-system"}, got.report.LeftOut)
	assert.Equal(t, []findings.Class{findings.Configuration}, got.report.Classes)
}

// What stands behind the objects that kubescape looked at is seen, however large they are.
func TestWhatStandsBehindLargeObjects(t *testing.T) {
	schema := `{"spec":{"versions":[{"schema":{"openAPIV3Schema":{"properties":{` + many(500, `"p%d":{"type":"object","description":"x","items":{"type":"string","a":1,"b":2,"c":3,"d":4,"e":5,"f":6}}`, ",") + `}}}}]}}`
	resources := strings.Repeat(`{"resourceID":"r","object":`+schema+`},`, headItems)
	got, err := text(t, `{"clusterAPIServerInfo":{},"summaryDetails":{},"resources":[`+strings.TrimSuffix(resources, ",")+`],"metadata":{"targetMetadata":{"directoryContextMetadata":{"basePath":"/src/shop"}}},"results":[]}`)
	require.NoError(t, err)
	assert.Equal(t, "/src/shop", got.report.Looked.Name)
}
