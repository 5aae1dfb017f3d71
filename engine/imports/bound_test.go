package imports

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// many writes n items, each with its number.
func many(n int, format, between string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(between)
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// What is more than is kept is a gap of its own.
func TestWhatIsMoreThanIsKept(t *testing.T) {
	const event = `{"output":"x","priority":"Notice","rule":"r%d","time":"2026-11-02T08:00:00Z"}`
	for name, c := range map[string]struct{ content, want string }{
		"sorts of events": {many(maxEvents+2, event, "\n"), "2 events of other sorts"},
		"gaps":            {many(maxGaps+5, strings.Replace(event, `"r%d"`, `"","source":"%d"`, 1), "\n"), "5 gaps more"},
		"affected":        {`{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"id":"CVE-1","affects":[` + many(maxAffected+1, `{"ref":"p%d"}`, ",") + `]}]}`, "CVE-1 names more than"},
		"controls of one": {`{"summaryDetails":{},"results":[{"resourceID":"r","controls":[` + many(headMembers+1, `{"controlID":"C-%d","status":{"status":"passed"}}`, ",") + `]}]}`, "controls of one resource"},
	} {
		got, err := text(t, c.content)
		require.NoError(t, err, name)
		assert.Contains(t, strings.Join(got.gaps(), "\n"), c.want, name)
		assert.False(t, got.report.Whole, name)
	}
}

func TestThingsBeyondWhatIsKept(t *testing.T) {
	got, err := importFile(t, &File{Path: "testdata/trivy-image.json", most: 3})
	require.NoError(t, err)
	assert.Len(t, got.subjects, 3)
	assert.Contains(t, strings.Join(got.gaps(), "\n"), "1 things that were looked at beyond the first 3")
}

// What a tool says of its own run is not passed over.
func TestWhatAToolSaysOfItsRun(t *testing.T) {
	raw, err := os.ReadFile("testdata/results.sarif")
	require.NoError(t, err)
	bench, err := os.ReadFile("testdata/kube-bench.txt")
	require.NoError(t, err)
	for name, c := range map[string]struct{ content, want string }{
		"an error":            {strings.Replace(string(raw), `"executionSuccessful":true`, `"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","message":{"text":"no database"}}]`, 1), "reported an error: no database"},
		"results elsewhere":   {strings.Replace(string(raw), `"properties":{"imageName"`, `"externalPropertyFileReferences":{"results":[{}]},"properties":{"imageName"`, 1), "in other files"},
		"a part's own totals": {strings.Replace(string(bench), "== Summary node ==\n1 checks PASS", "== Summary node ==\n2 checks PASS", 1), "for node, and its lines are"},
	} {
		got, err := text(t, c.content)
		require.NoError(t, err, name)
		assert.Contains(t, strings.Join(got.gaps(), "\n"), c.want, name)
	}
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	raw, err := os.ReadFile("testdata/trivy-image.json")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "result")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	_, err = (&File{Path: path}).Collect(t.Context(), engine.Intake{Document: func(engine.Document) error {
		return os.WriteFile(path, append(raw, ' '), 0o600)
	}})
	require.ErrorContains(t, err, "changed while it was read")
}
