package checks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// Quay's manifests prove by the digest what was found in what runs. An image that they
// do not name may be clean or never have been looked at.
func TestManifestsOfQuay(t *testing.T) {
	const yaml = "apiVersion: secscan.quay.redhat.com/v1alpha1\nkind: ImageManifestVuln\nmetadata: {name: sha256.0, namespace: pay}\n" +
		"spec: {image: registry.example/pay/api, manifest: '%s', features: [{name: libx, version: 1.2.3, vulnerabilities: [{name: CVE-2025-1, severity: %s, fixedby: %q}]}]}\n" +
		"status: {lastUpdate: '%s', %sCount: 1}\n"
	const recent = "2026-01-01 10:20:30.123456789 +0000 UTC m=+0.5"
	for name, c := range map[string]struct {
		digest, severity, fix, updated, counted string
		scanned, fixable                        engine.Verdict
	}{
		"a fix for a high one":     {sha, "High", "1.2.4", recent, "high", engine.Pass, engine.Fail},
		"worse than critical":      {sha, "Defcon1", "1.2.4", recent, "defcon1", engine.Pass, engine.Fail},
		"no fix":                   {sha, "Critical", "", recent, "critical", engine.Pass, engine.Unknown},
		"medium":                   {sha, "Medium", "2", recent, "medium", engine.Pass, engine.Pass},
		"counts without a list":    {sha, "Low", "2", recent, "high", engine.Pass, engine.Unknown},
		"old":                      {sha, "Medium", "2", "2025-01-01 10:20:30 +0000 UTC", "medium", engine.Fail, engine.Unknown},
		"no date":                  {sha, "Medium", "2", "", "medium", engine.Unknown, engine.Unknown},
		"of another image":         {otherSHA, "High", "1.2.4", recent, "high", engine.Unknown, engine.Unknown},
		"a digest that cannot be":  {"latest", "High", "1.2.4", recent, "high", engine.Unknown, engine.Unknown},
		"a severity nobody counts": {sha, "Low", "2", recent, "unknown", engine.Pass, engine.Unknown},
	} {
		w := newWorld(t, runningPod("api", pinned, sha), node("n1"))
		w.read(t, fmt.Sprintf(yaml, c.digest, c.severity, c.fix, c.updated, c.counted))
		got := w.result(t, "images-scanned")
		assert.Equal(t, c.scanned, got.Verdict, "%s: %+v", name, got.Details)
		got = w.result(t, "images-without-fixable-vulnerabilities")
		assert.Equal(t, c.fixable, got.Verdict, "%s: %+v", name, got.Details)
	}
}
