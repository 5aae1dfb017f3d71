package imports

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/findings"
)

// samples are all samples, by name.
func samples(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.*")
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(name)] = string(raw)
	}
	return all
}

// says is what a file says, without the file itself.
func (i imported) says() string {
	report := i.report
	report.File, report.Whole = findings.File{}, false
	raw, _ := json.Marshal([]any{report, i.subjects, i.findings})
	return string(raw)
}

// memberName is where a member of an object begins.
var memberName = regexp.MustCompile(`"([A-Za-z_@$][A-Za-z_@$-]*)":`)

// valueAt is the value that begins at a place.
func valueAt(t *testing.T, content string, at int) string {
	t.Helper()
	var raw json.RawMessage
	require.NoError(t, json.NewDecoder(strings.NewReader(content[at:])).Decode(&raw))
	return string(raw)
}

// What was changed in a way that no tool writes is refused, or is not whole, or changed
// nothing that is read.
func TestSamplesThatWereChanged(t *testing.T) {
	hostile := []string{`null`, `""`, `[]`, `{}`, `true`, `0`, `"pass"`, `"PASSED"`, `"NONE"`}
	for name, content := range samples(t) {
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		before, err := text(t, content)
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 2))
		of := strings.ReplaceAll(content, "this line is broken\n", "") // of Falco's
		if of != content {
			before, err = text(t, of)
			require.NoError(t, err)
		}
		for _, at := range memberName.FindAllStringSubmatchIndex(of, -1) {
			member, value := of[at[2]:at[3]], valueAt(t, of, at[1])
			end := at[1] + strings.Index(of[at[1]:], value) + len(value)
			another := strings.ToUpper(member)
			if another == member {
				another = strings.ToLower(member)
			}
			changes := map[string]string{
				"stands twice":       of[:end] + `,"` + member + `":` + hostile[r.IntN(len(hostile))] + of[end:],
				"stands otherwise":   of[:end] + `,"` + another + `":` + hostile[r.IntN(len(hostile))] + of[end:],
				"is a number's text": of,
			}
			if strings.Trim(value, "-0123456789.") == "" {
				changes["is a number's text"] = of[:at[1]] + `"` + value + `"` + of[end:]
			}
			for what, changed := range changes {
				got, err := text(t, changed)
				if err == nil && got.report.Whole {
					assert.Equal(t, before.says(), got.says(), "%s: %s %s", name, member, what)
				}
			}
		}
	}
}

func TestSamplesThatWereCutOff(t *testing.T) {
	for name, content := range samples(t) {
		content = strings.TrimSpace(content)
		whole, err := text(t, content)
		require.NoError(t, err)
		for i := 1; i < 40; i++ {
			cut := content[:len(content)*i/40]
			if strings.HasSuffix(name, ".jsonl") && strings.HasSuffix(strings.TrimSpace(cut), "}") {
				continue // a log that ends with a line
			}
			got, err := text(t, cut)
			if err == nil && got.says() != whole.says() { // a total of nothing may be cut off
				assert.False(t, got.report.Whole || got.snapshot.Saw(findings.FindingKind), "%s cut off at %d", name, len(cut))
			}
		}
	}
}

// A file is read as UTF-8, with the mark at its beginning or without.
func TestSamplesInOtherEncodings(t *testing.T) {
	for name, content := range samples(t) {
		before, err := text(t, content)
		require.NoError(t, err)
		marked, err := text(t, "\ufeff"+content)
		require.NoError(t, err, name)
		assert.Equal(t, before.says(), marked.says(), name)
		assert.Equal(t, before.gaps(), marked.gaps(), name)
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, mark := range []string{"", "\ufeff"} {
				var wide []byte
				for _, u := range utf16.Encode([]rune(mark + content)) {
					wide = order.AppendUint16(wide, u)
				}
				_, err := text(t, string(wide))
				assert.Error(t, err, "%s in %s", name, order)
			}
		}
	}
}

// Whatever a file says is printable where it is kept, and no number of a card is.
func TestHostileTextsInEverySample(t *testing.T) {
	const hostile = `\u001b[2J\u202e4111111111111111\n\u0000\u007f\ud800`
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\.)*"\s*[,\]}]`)
	for name, content := range samples(t) {
		for _, at := range quoted.FindAllStringIndex(content, -1) {
			got, err := text(t, content[:at[0]+1]+hostile+content[at[0]+1:])
			if err != nil {
				assert.NotContains(t, err.Error(), "\n")
				continue
			}
			all := fmt.Sprintln(got.gaps(), got.snapshot.Entries, got.snapshot.Target)
			for _, body := range got.bodies {
				all += body
			}
			for _, never := range []string{"\x1b", `\u001b`, "\u202e", `\u202e`, "4111111111111111", "\x00", `\u0000`, "\x7f"} {
				assert.NotContains(t, all, never, "%s at %d", name, at[0])
			}
		}
	}
}

func TestVersionsThatAreNotKnown(t *testing.T) {
	all := samples(t)
	for name, change := range map[string][2]string{
		"trivy-image.json":  {`"SchemaVersion":2`, `"SchemaVersion":3`},
		"results.sarif":     {`"version":"2.1.0"`, `"version":"2.2.0"`},
		"cyclonedx.json":    {`"specVersion":"1.6"`, `"specVersion":"2.0"`},
		"openvex.json":      {`ns/v0.2.0`, `ns/v1`},
		"asff.json":         {`"SchemaVersion":"2018-10-08"`, `"SchemaVersion":"2030-01-01"`},
		"prowler.ocsf.json": {`"version":"1.4.0"`, `"version":"2.0.0"`},
		"polaris.json":      {`"PolarisOutputVersion":"1.0"`, `"PolarisOutputVersion":"2.0"`},
	} {
		changed := strings.Replace(all[name], change[0], change[1], 1)
		require.NotEqual(t, all[name], changed)
		got, err := text(t, changed)
		require.NoError(t, err)
		assert.Contains(t, strings.Join(got.gaps(), "\n"), "is what is read", name)
		assert.False(t, got.report.Whole)
	}
}
