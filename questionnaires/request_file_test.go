package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNumbersInTheNamesOfFiles(t *testing.T) {
	for path, want := range map[string]string{
		"Req-12 - policy.pdf":            "Req-12",
		"Req-12/policy.pdf":              "Req-12",
		"from Nadia/REQ_0012.policy.pdf": "Req-12",
		"req12.pdf":                      "Req-12",
		"Request 12 policy.pdf":          "Req-12",
		"Req-12, Req-14 - both.pdf":      "Req-12 Req-14",
		"Req-12/Req-14 Req-12.pdf":       "Req-12 Req-14",
		"Req-1-3F2A.pdf":                 "Req-1-3f2a",
		"Req-1-2026 policy.pdf":          "Req-1-2026",
		"Req-1-beefsteak.pdf":            "Req-1",
		"Req-12a.pdf":                    "",
		"Req-12Req-13.pdf":               "",
		"prereq-12.pdf":                  "",
		"Req-0.pdf":                      "",
		"Req-99999999999999999999.pdf":   "",
		"requirement 12.pdf":             "",
		"policy 12.pdf":                  "",
		"Überreq-3.pdf":                  "",
	} {
		var got []string
		for _, n := range RequestNumbers(path) {
			got = append(got, label("Req", n.Number, n.Suffix))
		}
		assert.Equal(t, want, strings.Join(got, " "), path)
	}
}

func FuzzRequestNumbers(f *testing.F) {
	f.Add("Req-12/Req-14 - a.pdf")
	f.Add("REQ #7-abcd")
	f.Fuzz(func(t *testing.T, path string) {
		seen := map[RequestNumber]bool{}
		for _, n := range RequestNumbers(path) {
			require.False(t, seen[n])
			seen[n] = true
			again := RequestNumbers(label("Req", n.Number, n.Suffix) + " - x.pdf")
			require.Equal(t, []RequestNumber{n}, again)
		}
		require.LessOrEqual(t, len(seen), maxNamed)
	})
}
