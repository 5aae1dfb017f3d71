package imports

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// all is all that is kept of a file but the file itself.
func (i imported) all(t *testing.T) string {
	t.Helper()
	raw, err := json.Marshal(i.snapshot)
	require.NoError(t, err)
	all := []string{string(raw)}
	for _, body := range i.bodies {
		all = append(all, body)
	}
	return strings.Join(all, "\n")
}

// writings are how a secret stands in a text of a tool, and what of it may not be found.
var writings = []struct{ text, canary string }{
	{` password=tickmarkCanaryQx1`, "tickmarkCanaryQx1"},
	{` {"apiKey":"tickmarkCanaryQx2"}`, "tickmarkCanaryQx2"},
	{" https://u:tickmarkCanaryQx3@db/x 4111 1111 1111 1111", "tickmarkCanaryQx3"},
	{" 4111-1111-1111-1111", "4111-1111"},
	{" " + base64.StdEncoding.EncodeToString([]byte("password=tickmarkCanaryQx4")), base64.StdEncoding.EncodeToString([]byte("password=tickmarkCanary"))[:24]},
	{" pass\u0000word: tickmarkCanaryQx5", "tickmarkCanaryQx5"},
	{"\npassword: |\n  tickmarkCanaryQx6\n", "tickmarkCanaryQx6"},
	{"\nuser,пароль\nann,tickmarkCanaryQx7\n", "tickmarkCanaryQx7"},
}

// Wherever a tool writes a secret, nothing of it is kept but in the file itself.
func TestNoSecretOfAFileIsKept(t *testing.T) {
	stringForm := regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"`)
	planted := 0
	for name, content := range samples(t) {
		for n, at := range stringForm.FindAllStringIndex(content, -1) {
			for i := range 2 { // two writings at each place, all of them in turn
				w := writings[(2*n+i)%len(writings)]
				quoted, err := json.Marshal(w.text)
				require.NoError(t, err)
				changed := content[:at[1]-1] + string(quoted[1:len(quoted)-1]) + content[at[1]-1:]
				got, err := text(t, changed)
				planted++
				if err != nil {
					assert.NotContains(t, err.Error(), w.canary, "%s: %s", name, content[at[0]:at[1]])
					continue
				}
				assert.NotContains(t, got.all(t), w.canary, "%s: %s", name, content[at[0]:at[1]])
			}
		}
		if !strings.HasSuffix(name, ".txt") {
			continue
		}
		for line := range strings.Lines(content) {
			for _, w := range writings[:5] {
				got, err := text(t, strings.Replace(content, line, strings.TrimRight(line, "\n")+w.text+"\n", 1))
				planted++
				if err == nil {
					assert.NotContains(t, got.all(t), w.canary, "%s: %s", name, line)
				}
			}
		}
	}
	require.Greater(t, planted, 300)
}

// What a tool found to be a secret is kept nowhere, though nothing but the tool tells that it is one.
func TestWhatAToolCallsASecretIsNotKept(t *testing.T) {
	const bare = "sunflowerQx77"
	for name, content := range map[string]string{
		"Trivy": `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"k","Class":"secret","Secrets":[{"RuleID":"r","Category":"c","Severity":"HIGH","Title":"t","StartLine":1,"EndLine":2,"Match":"x BARE y",
			"Code":{"Lines":[{"Number":1,"Content":"BARE","Highlighted":"BARE","IsCause":true}]},"Layer":{"CreatedBy":"ENV X=BARE"}}]}]}`,
		"Trivy, misconfigurations": `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"k","Class":"config","Misconfigurations":[{"ID":"DS031","Title":"t","Message":"m","Status":"FAIL","CauseMetadata":{"Code":{"Lines":[{"Content":"ENV X=BARE"}]}}}]}]}`,
		"gitleaks": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks","rules":[{"id":"r"}]}},"results":[{"ruleId":"r","message":{"text":"r has found BARE"},"partialFingerprints":{"secret":"BARE"},
			"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":3,"snippet":{"text":"BARE"}}}}]}]}]}`,
		"a rule on hard-coded credentials": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL","rules":[{"id":"go/hardcoded-credentials","properties":{"tags":["external/cwe/cwe-798"]}}]}},"results":[{"ruleId":"go/hardcoded-credentials",
			"message":{"text":"Hard-coded BARE."},"codeFlows":[{"message":{"text":"BARE"}}],"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"contextRegion":{"snippet":{"text":"BARE"}}}}]}]}]}`,
		"a password that a message quotes": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"},"extensions":[{"rules":[{"id":"js/password-in-configuration-file"}]}]},"results":[{"ruleId":"js/password-in-configuration-file",
			"rule":{"id":"js/password-in-configuration-file","index":0,"toolComponent":{"index":0}},"message":{"text":"Hard-coded password 'BARE' in configuration file."}}]}]}`,
		"Trivy, SARIF": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[{"id":"r","name":"Secret","shortDescription":{"text":"t"},"fullDescription":{"text":"BARE"},"help":{"text":"Match: BARE"},"properties":{"tags":["secret","security","HIGH"]}}]}},
			"results":[{"ruleId":"r","ruleIndex":0,"level":"error","message":{"text":"Artifact: k\nType: \nSecret t\nSeverity: HIGH\nMatch: BARE"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"k"}},"message":{"text":"k"}}]}]}]}`,
		"Checkov, SARIF": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Checkov","rules":[{"id":"CKV_SECRET_6"}]}},"results":[{"ruleId":"CKV_SECRET_6","message":{"text":"Base64 High Entropy String BARE"},"locations":[{"physicalLocation":{"region":{"snippet":{"text":"BARE"}}}}]}]}]}`,
		"Checkov": `{"check_type":"secrets","results":{"failed_checks":[{"check_id":"CKV_SECRET_6","check_name":"Base64 High Entropy String","check_result":{"result":"FAILED","evaluated_keys":["BARE"]},"code_block":[[1,"x: BARE"]],
			"file_path":"/a.yaml","file_line_range":[1,2],"resource":"BARE","fixed_definition":"BARE"}]},"summary":{"passed":0,"failed":1,"skipped":0,"parsing_errors":0,"checkov_version":"3"}}`,
		"Falco":                     `{"hostname":"n","output":"x","output_fields":{"proc.cmdline":"login BARE","proc.env":"X=BARE","k8s.pod.name":"p"},"priority":"Warning","rule":"r","source":"syscall","time":"2026-11-02T08:00:00Z"}`,
		"ASFF":                      `{"SchemaVersion":"2018-10-08","ProductArn":"arn:aws:securityhub:x::product/a/b","AwsAccountId":"123456789012","Id":"i","Title":"t","Severity":{"Label":"LOW"},"Resources":[{"Id":"r","Details":{"AwsLambdaFunction":{"Environment":{"Variables":{"X":"BARE"}}}}}]}`,
		"kubescape":                 `{"summaryDetails":{},"resources":[{"resourceID":"r","object":{"data":{"x":"BARE"}}}],"results":[{"resourceID":"r","controls":[{"controlID":"C-0012","name":"n","status":{"status":"failed"},"rules":[{"paths":[{"failedPath":"data.x","fixPath":{"path":"a","value":"BARE"}}]}]}]}]}`,
		"OCSF":                      `{"metadata":{"product":{"name":"Prowler"},"event_code":"e"},"finding_info":{"title":"t"},"status_code":"FAIL","resources":[{"uid":"u","data":{"details":"BARE","metadata":{"UserData":"BARE"}}}],"unmapped":{"x":"BARE"}}`,
		"a word that nobody quoted": `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"k","Class":"config","Type":BARE}]}`,
		"a number for a text":       `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"k","Class":"os-pkgs","Vulnerabilities":[{"VulnerabilityID":770077007700,"Title":"BARE"}]}]}`,
	} {
		got, err := text(t, strings.ReplaceAll(content, "BARE", strings.ToLower(bare)))
		if err != nil {
			assert.NotContains(t, err.Error(), strings.ToLower(bare), name)
			continue
		}
		for _, hidden := range []string{strings.ToLower(bare), "770077007700"} {
			assert.NotContains(t, got.all(t), hidden, name)
		}
	}
}

// A file's name is text from outside too.
func TestTheNameOfAFileIsRedacted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trivy password=tickmarkCanaryQx1 4111111111111111.json")
	content, err := os.ReadFile(filepath.Join("testdata", "trivy-image.json"))
	require.NoError(t, err)
	for _, body := range []string{string(content), `{"SchemaVersion":2,`, `{}`} {
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		f := &File{Path: path}
		got, err := importFile(t, f)
		all := got.all(t) + f.CollectedFile().Name + fmt.Sprint(err)
		assert.False(t, slices.ContainsFunc([]string{"tickmarkCanary", "4111111111111111"}, func(c string) bool { return strings.Contains(all, c) }), all)
	}
}
