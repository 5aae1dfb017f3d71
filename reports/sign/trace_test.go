package sign

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was signed and is written again by another program does not hold, in whatever form; of a
// stranger's file nobody signed it.
func TestASignedFileThatAnotherProgramWroteAgain(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Skip("qpdf is not installed here")
	}
	stranger := report(t, 1)
	signed := newPerson(t, "Ada Auditor").sign(t, prepared(t, 1), assessor)
	for _, options := range [][]string{
		{"--object-streams=generate"},
		{"--object-streams=generate", "--linearize"},
		{"--object-streams=generate", "--recompress-flate", "--compression-level=9"},
		{"--encrypt", "reader", "owner", "256", "--"},
		{"--encrypt", "", "owner", "256", "--"},
		{"--linearize"},
		{"--qdf"},
	} {
		t.Run(fmt.Sprint(options), func(t *testing.T) {
			v, err := Verify(rewritten(t, signed, options), VerifyOptions{Now: now})
			require.NoError(t, err)
			assert.Equal(t, Broken, v.Status, v.Lines())
			v, err = Verify(rewritten(t, stranger, options), VerifyOptions{Now: now})
			require.NoError(t, err)
			assert.Less(t, v.Status, IntactUnidentified)
			assert.Empty(t, v.Signatures)
		})
	}
}

// rewritten is what qpdf makes of a PDF.
func rewritten(t *testing.T, pdf []byte, options []string) []byte {
	t.Helper()
	from, to := filepath.Join(t.TempDir(), "from.pdf"), filepath.Join(t.TempDir(), "to.pdf")
	require.NoError(t, os.WriteFile(from, pdf, 0o600))
	said, err := exec.Command("qpdf", append(options, from, to)...).CombinedOutput()
	require.NoErrorf(t, err, "qpdf: %s", said)
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	return text
}

// folded is a text as a stream holds it.
func folded(t *testing.T, text []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, err := z.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return w.Bytes()
}

func TestTracesOfAReport(t *testing.T) {
	packed := func(kind, text string) string {
		stream := folded(t, []byte(text))
		return fmt.Sprintf("<</Type/%s/Filter/FlateDecode/Length %d>>\nstream\r\n%s\nendstream", kind, len(stream), stream)
	}
	for _, c := range []struct {
		name, object string
		want         bool
	}{
		{"a stranger's that is signed", "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<00>>>", false},
		{"a stranger's", packed("ObjStm", "1 0 <</Creator(A word processor)>>"), false},
		{"a stranger who speaks of it", packed("Page", "(Tickmark) evidence-manifest.json"), false},
		{"who made it", packed("ObjStm", "1 0 <</Producer(Tickmark)>>"), true},
		{"who made it, in two bytes a letter", packed("ObjStm", "1 0 <</Producer(\xfe\xff\x00T\x00i\x00c\x00k\x00m\x00a\x00r\x00k)>>"), true},
		{"who made it, in XML", packed("Metadata", "<pdf:Producer>Tickmark</pdf:Producer>"), true},
		{"what is embedded", packed("ObjStm", "1 0 <</UF(evidence-manifest.json)>>"), true},
		{"a signature", packed("ObjStm", "1 0 <</SubFilter/ETSI.CAdES.detached>>"), true},
		{"damaged behind it", packed("ObjStm", "1 0 <</Producer(Tickmark)>>")[:90], true},
		{"no more than begun", packed("ObjStm", "1 0 <</Producer(Tickmark)>>")[:70], false},
	} {
		t.Run(c.name, func(t *testing.T) {
			pdf := plain("", root, packed("ObjStm", "1 0 <<>>"), c.object)
			v, err := Verify([]byte(pdf), VerifyOptions{Now: now})
			if bytes.Contains([]byte(c.object), rangeKey) {
				require.ErrorIs(t, err, ErrUnsupported)
				return
			}
			if !c.want {
				require.NoError(t, err)
				assert.Equal(t, Unsigned, v.Status)
				assert.Equal(t, []string{"Nobody signed this file."}, v.Lines())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, Broken, v.Status)
			assert.Contains(t, v.Problems[0], "another program wrote it")
		})
	}
}

// A file full of bombs is looked through within bounds.
func TestTracesBehindBombsAreNotLookedFor(t *testing.T) {
	packed := func(text []byte) []byte {
		return append([]byte("1 0 obj<</Type/ObjStm/Filter/FlateDecode>>\nstream\n"), folded(t, text)...)
	}
	bomb, trace := packed(make([]byte, maxTraced/4)), packed(traces[0])
	assert.True(t, hasTraces(slices.Concat(bytes.Repeat(bomb, 3), trace)))
	assert.False(t, hasTraces(slices.Concat(bytes.Repeat(bomb, 4), trace)))
}
