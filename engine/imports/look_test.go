package imports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/findings"
)

// A system that is out of support is told of the packages that a resource has of it.
func TestSystemsOfAClusterThatAreOutOfSupport(t *testing.T) {
	const old, new = `{"OS":{"Family":"debian","Name":"9.13","EOSL":true}}`, `{"OS":{"Family":"alpine","Name":"3.22"}}`
	result := func(target, more string) string {
		return `{"Target":"` + target + `","Class":"os-pkgs","Type":"x","Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"LOW","PkgName":"p"}]` + more + `}`
	}
	const low = "vulnerabilities CVE-1 failed low p"
	const ended = "vulnerabilities end-of-support failed unrated"
	for name, c := range map[string]struct {
		metadata, results string
		want              []string
		of                string
	}{
		"one image":             {old, result("pay (debian 9.13)", ""), []string{low, ended}, "Pod shop/a: pay (debian 9.13)"},
		"several":               {`[` + new + `,` + old + `]`, result("web (alpine 3.22)", "") + "," + result("pay (debian 9.13)", ""), []string{low, low, ended}, "Pod shop/a: pay (debian 9.13)"},
		"without a result":      {`[` + old + `]`, ``, []string{ended}, "Pod shop/a"},
		"called something else": {old, result("pay", ""), []string{low, ended}, "Pod shop/a"},
		"none":                  {`[` + new + `,{}]`, result("web (alpine 3.22)", ""), []string{low}, ""},
	} {
		got, err := text(t, `{"ClusterName":"c","Resources":[{"Namespace":"shop","Kind":"Pod","Name":"a","Metadata":`+c.metadata+`,"Results":[`+c.results+`]},{"Kind":"Pod","Name":"b","Results":[]}]}`)
		require.NoError(t, err, name)
		assert.Empty(t, got.gaps(), name)
		assert.Equal(t, c.want, got.lines(), name)
		for _, f := range got.findings {
			if f.ID == "end-of-support" {
				assert.Equal(t, c.of, f.Subject, name)
			}
		}
	}
}

// That a system is out of support is no vulnerability, which would show that packages were searched.
func TestAnEndOfSupportSearchesNothing(t *testing.T) {
	got, err := text(t, `{"ClusterName":"c","Resources":[{"Kind":"Pod","Name":"a","Metadata":{"OS":{"Family":"debian","Name":"9.13","EOSL":true}},"Results":[
		{"Target":"pay (debian 9.13)","Class":"os-pkgs","Packages":[{}]}]},{"Kind":"Pod","Name":"b","Results":[{"Target":"web (alpine 3.22)","Class":"os-pkgs","Packages":[{}]}]}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"vulnerabilities end-of-support failed unrated"}, got.lines())
	assert.Empty(t, got.subjects)
}

// Grype tells beside what it found what it did not look for.
func TestWhatGrypeSaysBesideMatches(t *testing.T) {
	const form = `{"matches":[{"vulnerability":{"id":"CVE-1","severity":"Low"},"artifact":{"name":"p"}}],%s"source":%s,"distro":{},"descriptor":{"name":"grype","db":{"status":{%s}}}}`
	const image, alert = `{"type":"image","target":{"userInput":"api"}}`, `{"package":{"name":"%d"},"alerts":[{"type":"distro-%s","message":"m","metadata":{"name":"debian","version":"9"}}]}`
	for name, c := range map[string]struct {
		alerts string
		want   []string
	}{
		"none":        {``, []string{"vulnerabilities CVE-1 failed low p"}},
		"out of date": {fmt.Sprintf(`"alertsByPackage":[`+alert+`,`+alert+`],`, 1, "eol", 2, "eol"), []string{"vulnerabilities CVE-1 failed low p", "vulnerabilities distro-eol failed unrated"}},
		"not known":   {fmt.Sprintf(`"alertsByPackage":[`+alert+`],`, 1, "disabled"), []string{"vulnerabilities CVE-1 failed low p", "vulnerabilities distro-disabled error unrated"}},
	} {
		got, err := text(t, fmt.Sprintf(form, c.alerts, image, `"valid":true`))
		require.NoError(t, err)
		assert.Equal(t, c.want, got.lines(), name)
		for _, f := range got.findings {
			assert.Equal(t, "api", f.Subject, name)
		}
		assert.Empty(t, got.gaps(), name)
	}
	for status, want := range map[string]string{`"valid":false`: "is not valid: no cause", `"valid":true,"error":"checksum"`: "is not valid: checksum", `"built":"2026-01-01T00:00:00Z"`: "", `"error":null`: ""} {
		got, err := text(t, fmt.Sprintf(form, "", image, status))
		require.NoError(t, err)
		assert.Equal(t, want == "", got.report.Whole, status)
		assert.Contains(t, strings.Join(got.gaps(), ""), want)
	}
	for source, want := range map[string]string{
		image: "image api", `{"type":"directory","target":"/src"}`: "folder /src", `{"type":"file","target":"/a.jar"}`: "folder /a.jar", `{"type":"sbom-file","target":"api.cdx.json"}`: "sbom-file api.cdx.json",
		`{"type":"snap","target":"api@1"}`: "snap api@1", `{"type":"unknown","target":"unknown"}`: "", `{"type":"directory","target":"."}`: "", `null`: "",
	} {
		got, err := text(t, fmt.Sprintf(form, "", source, ""))
		require.NoError(t, err)
		looked := ""
		if got.report.Looked.Name != "" {
			looked = got.report.Looked.Kind + " " + got.report.Looked.Name
		}
		assert.Equal(t, want, looked, source)
	}
}

// Statements of exploitability beside a scan show nothing that was looked at, and a list that
// says of itself that it is incomplete is not whole.
func TestABillOfMaterialsThatNobodySearched(t *testing.T) {
	const form = `{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"container","name":"api"}},"compositions":[%s],"vulnerabilities":[%s]}`
	const stated, found = `{"id":"CVE-1","ratings":[{"severity":"low"}],"analysis":{"state":"not_affected"}}`, `{"id":"CVE-2","ratings":[{"severity":"low"}]}`
	for listed, want := range map[string]int{"": 0, stated: 0, stated + "," + stated: 0, stated + "," + found: 1, found: 1} {
		got, err := text(t, fmt.Sprintf(form, "", listed))
		require.NoError(t, err)
		assert.Len(t, got.subjects, want, listed)
	}
	for aggregate, whole := range map[string]bool{"complete": true, "unknown": true, "not_specified": true, "incomplete": false, "incomplete_third_party_only": false} {
		got, err := text(t, fmt.Sprintf(form, `{"aggregate":"complete"},{"aggregate":"`+aggregate+`","assemblies":["a"]},{"aggregate":"`+aggregate+`"}`, found))
		require.NoError(t, err)
		assert.Equal(t, whole, got.report.Whole, aggregate)
	}
}

// Why a finding was muted is what somebody wrote of that, and not what was found.
func TestWhyAFindingOfOCSFIsMuted(t *testing.T) {
	for comment, want := range map[string]string{``: "", `"comment":"a static site",`: "a static site"} {
		got, err := text(t, `[{"metadata":{"version":"1.4.0","product":{"name":"Prowler"},"event_code":"x"},"finding_info":{"title":"T"},"status":"Suppressed","status_code":"FAIL",`+comment+`"status_detail":"Bucket x is public."}]`)
		require.NoError(t, err)
		assert.Equal(t, findings.Statement{Why: want, Source: "the mute list"}, *got.findings[0].Statement)
		assert.Equal(t, "Bucket x is public.", got.findings[0].Reason)
	}
}

func TestEventsThatFalcoLost(t *testing.T) {
	got, err := text(t, `{"output":"Falco internal: syscall event drop. 42 system calls dropped in last second.","priority":"Debug","rule":"Falco internal: syscall event drop","time":"2026-11-02T08:00:00Z"}`)
	require.NoError(t, err)
	assert.Contains(t, strings.Join(got.gaps(), ""), "lost events")
	assert.Len(t, got.findings, 1)
}

// A list in Security Hub's form may be another tool's, or have several tools'.
func TestWhoFoundWhatSecurityHubLists(t *testing.T) {
	const form = `[{"SchemaVersion":"2018-10-08","ProductArn":"arn:aws:securityhub:eu-1::product/x/y","AwsAccountId":"111122223333","GeneratorId":"g"%s}]`
	for more, want := range map[string]string{
		"": "", `,"ProductName":"Security Hub","ProductFields":{"aws/securityhub/ProductName":"Security Hub"}`: "", `,"ProductName":"GuardDuty"`: "GuardDuty",
		`,"ProductFields":{"ProviderName":"Prowler","ProviderVersion":"5.7.0","ProwlerResourceName":"r"}`: "Prowler 5.7.0",
	} {
		got, err := text(t, fmt.Sprintf(form, more))
		require.NoError(t, err)
		assert.Empty(t, got.gaps(), more)
		assert.Equal(t, want, got.findings[0].Seen.By, more)
	}
}

// Whatever is taken in is known for what it is where it is merely kept.
func TestFilesThatAToolWrote(t *testing.T) {
	for name, content := range samples(t) {
		assert.True(t, Wrote([]byte(content)), name)
		assert.True(t, Wrote([]byte("\ufeff\r\n"+content)), name)
	}
	for _, content := range []string{`[{"Target":"alpine","Type":"alpine"}]`, `{"spdxVersion":"SPDX-2.3"}`, `{"SchemaVersion":2,"ArtifactName":"a","Results":[`} {
		assert.True(t, Wrote([]byte(content)), content)
	}
	const behind = "2026-11-02T08:00:00Z\tINFO\tVulnerability scanning is enabled\n{\"level\":\"info\"}\n"
	for name, content := range samples(t) {
		if !strings.HasSuffix(name, ".txt") {
			assert.True(t, Wrote([]byte(behind+content)), name)
			_, err := text(t, behind+content)
			require.ErrorContains(t, err, "keep the JSON alone", name)
		}
	}
	assert.False(t, Wrote([]byte(behind)))
	for _, content := range []string{"", "minutes of a meeting", `{"a":1}`, `[]`, `{"kind":"List","items":[]}`, "\x1f\x8b"} {
		assert.False(t, Wrote([]byte(content)), content)
	}
}

// Trivy does not write down that it was told to leave out what has no fix: one that it lists shows that
// it was not.
func TestWhatHasNoFixMayHaveBeenLeftOut(t *testing.T) {
	const fixed, open = `{"VulnerabilityID":"CVE-1","PkgName":"p","FixedVersion":"2","Severity":"LOW"}`, `{"VulnerabilityID":"CVE-2","PkgName":"p","Status":"affected","Severity":"LOW"}`
	const ignored = `"ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Finding":{"VulnerabilityID":"CVE-3","PkgName":"p"}}],`
	for of, want := range map[string]int{
		`"Vulnerabilities":[` + fixed + `]`: 1, `"Vulnerabilities":[` + fixed + `,` + open + `]`: 0, ignored + `"Vulnerabilities":[` + fixed + `]`: 0, `"Vulnerabilities":[]`: 0,
	} {
		for _, form := range []string{`{"SchemaVersion":2,"ArtifactName":"api","Results":[%s]}`, `{"ClusterName":"c","Resources":[{"Kind":"Pod","Name":"a","Results":[%s]}]}`} {
			got, err := text(t, fmt.Sprintf(form, `{"Target":"api (debian 13)","Class":"os-pkgs",`+of+`}`))
			require.NoError(t, err)
			assert.Len(t, got.report.Unsaid, want, of)
			assert.True(t, got.report.Whole)
		}
	}
}
