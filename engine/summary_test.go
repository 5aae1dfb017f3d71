package engine

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is written straight away is what the way through maps writes, byte for byte, or
// what was signed before would have another digest.
func FuzzRunIsSummedUpAsItsCanonicalForm(f *testing.F) {
	for _, value := range []string{
		``, `true`, `null`, `0`, `-0`, `007`, `12`, `-3`, `1.50`, `1e3`, `"docker.io/nginx"`, `"a\u0041<"`, `"\ud800"`, ` {"b":1, "a":[2]}`, `{"a":1,"a":2}`, `"open`, `"`, `""`, `"a"b"`, "\"\xff\"", `tru`,
	} {
		f.Add(1, "images-pinned", "It runs nginx.", "spec.containers[0].image", value, "nginx")
	}
	f.Add(3, "\x00\"\\\u2028<&>\x7f", "\xff\xfe", "entries", `"\t"`, "")
	f.Add(0, "", "", "", "", "")
	f.Fuzz(func(t *testing.T, n int, check, sentence, field, value, container string) {
		result := Result{Check: check, Version: n, Target: container, Verdict: Verdict(n % 5)}
		if n%4 > 0 {
			result.Details = []Detail{}
		}
		if n%3 == 0 {
			result.Custom = &CustomSource{Definition: Sum([]byte(check)), Informs: map[string][]string{"2.2.6": {sentence}}}
		}
		for i := range max(n%4-1, 0) {
			d := Detail{
				Subject: Ref{Group: container, Kind: "Pod", Namespace: field, Name: sentence, UID: container}, Container: container,
				Verdict: Verdict(i), Sentence: sentence, Field: field, Value: json.RawMessage(value), Cites: make([]Digest, i),
			}
			for c := range d.Cites {
				d.Cites[c] = Sum([]byte{byte(c)})
			}
			result.Details = append(result.Details, d)
		}
		run := Run{Params: Sum([]byte(check)), Results: []Result{result, {}}, Tool: Tool{Name: sentence}}
		if n%2 > 0 {
			run.Snapshots = []Digest{{}, Sum(nil)}
		}
		want, wrong := Canonical(run)
		said, err := run.Summary()
		require.Equal(t, wrong == nil, err == nil, "%v and %v", wrong, err)
		if err != nil {
			return
		}
		assert.Equal(t, Sum(want), said.Digest)
		want, err = Canonical(result)
		require.NoError(t, err)
		_, body, err := NewSumming(run.Params, nil).Add(result)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(body))
		assert.Equal(t, Sum(want), said.Results[0].Digest)
	})
}

func TestSummaryCountsVerdicts(t *testing.T) {
	verdicts := []Verdict{Pass, Fail, Fail, Unknown, Unknown, Unknown, NotApplicable, NotApplicable, NotApplicable, NotApplicable}
	r := Result{Check: "pods-are-named", Version: 2, Target: "k8s:1", Verdict: Fail}
	for _, v := range verdicts {
		r.Details = append(r.Details, Detail{Verdict: v})
	}
	run := Run{Results: []Result{r}}
	said, err := run.Summary()
	require.NoError(t, err)
	digest, err := SumOf(r)
	require.NoError(t, err)
	assert.Equal(t, []ResultSummary{{Check: "pods-are-named", Version: 2, Target: "k8s:1", Verdict: Fail, Passed: 1, Failed: 2, Unknown: 3, Others: 4, Digest: digest}}, said.Results)
	for _, broken := range []Run{{}, {Results: []Result{}}} {
		digest, err = broken.Digest()
		require.NoError(t, err)
		want, err := SumOf(broken)
		require.NoError(t, err)
		assert.Equal(t, want, digest)
	}
}
