package sign

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parse(text string) (object, error) {
	p := &parser{data: []byte(text)}
	o, err := p.value()
	if err != nil {
		return o, err
	}
	if p.skipSpace(); p.pos != len(p.data) {
		return o, p.errorf("something follows")
	}
	return o, nil
}

func TestObjects(t *testing.T) {
	for text, want := range map[string]object{
		"null": {}, "true": {kind: kindBool, number: 1}, "false": {kind: kindBool},
		" 12 ": integer(12), "-7": integer(-7), "+3": integer(3), ".5": {kind: kindReal, text: ".5"}, "-1.": {kind: kindReal, text: "-1."},
		"/Name": name("Name"), "/A#20B": name("A B"), "/": name(""),
		"(a(b)c)": byteString("a(b)c"), `(\(\)\\\n\101\7x\q)`: byteString("()\\\nA\x07xq"), "(a\r\nb\\\nc)": byteString("a\nbc"),
		"<48 65 6C6c6>": {kind: kindString, text: "Hell\x60"}, "<>": byteString(""),
		"[1 2 R]":       array(integer(1), integer(2)),
		"[1 0 R 2 0 R]": array(reference(1), reference(2)), "[1 0 2 0 R]": array(integer(1), integer(0), reference(2)),
		"<</A/B/C[/D]>>": dict("A", name("B"), "C", array(name("D"))), "<<>>": dict(),
	} {
		if text == "[1 2 R]" {
			_, err := parse(text)
			assert.Error(t, err, "no generation but 0 is a reference")
			continue
		}
		got, err := parse(text)
		require.NoError(t, err, text)
		assert.True(t, got.equal(want), "%s is %+v", text, got)
	}
}

func TestBrokenObjects(t *testing.T) {
	for text, want := range map[string]string{
		"": "ends inside", "(": "without end", "<4": "without end", "<4x>": "hexadecimal", "[1": "ends inside",
		"<</A 1": "no name", "<</A 1/A 2>>": "key /A twice", "<</A 1/#41 2>>": "key /A twice", "<<1 2>>": "no name",
		"/A#2": "broken escape", "/A#zz": "broken escape", "/A#00": "zero byte", "nul": "begins no object", "truex": "begins no object",
		"1.2.3": "broken number", "--1": "in a number", "1e5": "in a number", "99999999999999999999": "broken number",
		"% comment\n1": "begins no object", "0 0 R": "reference to object 0", "9999999 0 R": "reference to object",
		strings.Repeat("[", 100): "too deeply", strings.Repeat("(", 100): "too deeply", "}": "begins no object",
	} {
		_, err := parse(text)
		assert.ErrorContains(t, err, want, text)
	}
}

// plain writes a small PDF by hand: bodies of objects 1, 2, ... and what stands in the trailer.
func plain(trailer string, bodies ...string) string {
	var w strings.Builder
	w.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	for i, body := range bodies {
		offsets = append(offsets, w.Len())
		fmt.Fprintf(&w, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	table := w.Len()
	fmt.Fprintf(&w, "xref\n0 %d\n0000000000 65535 f \n", len(bodies)+1)
	for _, o := range offsets {
		fmt.Fprintf(&w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&w, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(bodies)+1, trailer, table)
	return w.String()
}

const root = "<</Type/Catalog/Pages 2 0 R>>"

func TestFilesThatAreNotRead(t *testing.T) {
	sound := plain("", root, "<</Type/Pages/Kids[]/Count 0>>")
	f, err := readWhole([]byte(sound))
	require.NoError(t, err)
	assert.Len(t, f.revisions[0].spots, 2)
	swap := func(old, new string) string {
		require.Contains(t, sound, old)
		return strings.Replace(sound, old, new, 1)
	}
	for _, c := range []struct {
		name, pdf, want string
		is              error
	}{
		{"no PDF", "PK\x03\x04", "not a PDF", ErrNotPDF},
		{"nothing", "", "not a PDF", ErrNotPDF},
		{"header alone", "%PDF-1.7\n", "ends before a cross-reference", nil},
		{"encrypted", plain("/Encrypt 2 0 R", root, "<<>>"), "encrypted", ErrUnsupported},
		{"hybrid", plain("/XRefStm 9", root), "compressed cross-references", ErrUnsupported},
		{"object stream", plain("", root, "<</Type/ObjStm/Length 0>>\nstream\n\nendstream"), "compressed", ErrUnsupported},
		{"cross-reference stream", plain("", root, "<</Type/XRef/Length 0>>\nstream\n\nendstream"), "compressed", ErrUnsupported},
		{"no table", "%PDF-1.7\nstartxref\n0\n%%EOF\n", "without cross-reference table", ErrUnsupported},
		{"length elsewhere", plain("", root, "<</Length 1 0 R>>\nstream\n\nendstream"), "whose length is another object", ErrUnsupported},
		{"data elsewhere", plain("", root, "<</F(x.bin)/Length 0>>\nstream\n\nendstream"), "in another file", ErrUnsupported},
		{"linearized", plain("/Prev 9", root), "names an earlier one", ErrUnsupported},
		{"wrong length", plain("", root, "<</Length 9>>\nstream\n1\nendstream"), "endstream", nil},
		{"huge length", plain("", root, "<</Length 999999>>\nstream\n1\nendstream"), "length is wrong", nil},
		{"negative length", plain("", root, "<</Length -1>>\nstream\n1\nendstream"), "length is wrong", nil},
		{"object moved", swap("0000000015 00000 n", "0000000016 00000 n"), "not where the table says", nil},
		{"object hidden", swap("0000000015 00000 n", "0000000015 00000 f"), "not where the table says", nil},
		{"signed offset", swap("0000000015 00000 n", "+000000015 00000 n"), "broken entry", nil},
		{"generation", swap("0000000015 00000 n", "0000000015 00001 n"), "broken entry", nil},
		{"unlisted object", swap("xref\n0 3", "9 0 obj 1 endobj\nxref\n0 3"), "missing in the cross-reference", nil},
		{"object twice", swap("2 0 obj", "1 0 obj"), "twice in one revision", nil},
		{"object number 0", swap("2 0 obj", "0 0 obj"), "object number 0", nil},
		{"comment between objects", swap("endobj\n2", "endobj\n% x\n2"), "no number", nil},
		{"start elsewhere", swap("startxref\n1", "startxref\n2"), "startxref does not name", nil},
		{"size too small", swap("/Size 3", "/Size 2"), "beyond the trailer's size", nil},
		{"no size", swap("/Size 3", "/Siz 3"), "size is wrong", nil},
		{"a table that begins in its line", swap("xref\n0 3", "xref 0 3"), "the line does not end", nil},
		{"an entry twice", swap("trailer", "1 1\n0000000015 00000 n \ntrailer"), "object 1 twice", nil},
		{"a free entry twice", swap("trailer", "0 1\n0000000000 65535 f \ntrailer"), "a free object twice", nil},
		{"a section on two lines", swap("xref\n0 3", "xref\n0\n3"), `no " "`, nil},
		{"a section of millions", swap("xref\n0 3", "xref\n9 8388608"), "more than 8388607 objects", nil},
		{"a value that sticks to its object", swap("1 0 obj\n<<", "1 0 obj5<<"), `no "obj"`, nil},
		{"something in the line of the end", sound[:len(sound)-1] + "9 0 obj 5 endobj\n", "the line does not end", nil},
		{"no end", strings.TrimSuffix(sound, "%%EOF\n"), "%EOF", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readWhole([]byte(c.pdf))
			require.ErrorContains(t, err, c.want)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			v, err := Verify([]byte(c.pdf), VerifyOptions{Now: now})
			if errors.Is(c.is, ErrNotPDF) {
				require.ErrorIs(t, err, c.is)
				return
			}
			require.NoError(t, err)
			if c.is != nil {
				assert.Equal(t, Unsigned, v.Status)
				return
			}
			assert.Equal(t, Broken, v.Status)
			assert.Contains(t, v.Problems[0], "damaged, or was not written by Tickmark")
		})
	}
}

// FuzzSkip holds passing over a value against taking it apart: they must agree on what is one,
// where it ends, and what it refers to.
func FuzzSkip(f *testing.F) {
	for _, text := range []string{
		"null", "truex", "1 0 R", "[1 0 R 2 0 R 1 0]", "<</A/B/C[/D 3 0 R]>>", "<</A 1/#41 2>>", "<48 6>", `(a(b)\)c\101)`, "<</Type/Sig>>", "<</T#79pe/S#69g>>",
		"<<" + strings.Repeat("/A", 40), strings.Repeat("[", 70), "<</ByteRange[0 1]", "-1.5", "0 0 R",
		"[0 0 R]", "[9999999 0 R]", "[8388607 0 R]", "[12 0  R]", "[12 0 Rx]", "[1.5x 2]", "[1.5/A 2.5]", "[1.5 2.25x 3", "[1.5-3 2]", "[1.5null 2]", "[15-3 2]", "[1.5 2. .5]", "[123456789012 0]", "[-1 0 R]", "<</A#20 1/B 2>>", "<</Aa 1/Ab 2/Aa 3>>",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, passed := &parser{data: []byte(text)}, &parser{data: []byte(text)}
		o, err := read.value()
		if also := passed.skip(); fmt.Sprint(err) != fmt.Sprint(also) || read.pos != passed.pos {
			t.Fatalf("%q: read to %d (%v), passed over to %d (%v)", text, read.pos, err, passed.pos, also)
		}
		if err != nil {
			return
		}
		var refs []int
		for _, n := range passed.passed.refs {
			refs = append(refs, int(n))
		}
		if want := o.references(nil); !slices.Equal(want, refs) {
			t.Fatalf("%q: refers to %v, passed over %v", text, want, refs)
		}
		if o.isSignature() && !passed.passed.signs {
			t.Fatalf("%q: a signature is passed over", text)
		}
	})
}

func TestAPageTreeThatBitesItsTail(t *testing.T) {
	for _, tree := range []string{"<</Type/Pages/Kids[2 0 R]>>", "<</Type/Pages/Kids[1 0 R]>>", "<</Type/Pages/Kids[3]>>", "<</Type/Pages/Kids[3 0 R 3 0 R]>>", "<<>>"} {
		f, err := readComplete([]byte(plain("", root, tree, "<</Type/Page>>")))
		require.NoError(t, err, tree)
		_, err = f.pages()
		assert.ErrorIs(t, err, errPages, tree)
	}
}

func TestAKeyThatComesTwiceIsFoundHoweverManyThereAre(t *testing.T) {
	for _, n := range []int{1, 2, 15, 16, 17, 18, 40, 5000} {
		var w strings.Builder
		for i := range n {
			fmt.Fprintf(&w, "/K%d %d", i, i)
		}
		o, err := parse("<<" + w.String() + ">>")
		require.NoError(t, err)
		assert.True(t, o.equal(o.renumbered(func(n int) int { return n })))
		for _, i := range []int{0, n / 2, n - 1} {
			_, err := parse(fmt.Sprintf("<<%s/K%d 0>>", w.String(), i))
			assert.ErrorContains(t, err, "twice", "%d of %d", i, n)
		}
	}
}

func TestBombsAreRefusedSoon(t *testing.T) {
	_, err := readWhole([]byte(plain("", root, "["+strings.Repeat("0 ", maxValues+1)+"]")))
	assert.ErrorContains(t, err, "values")
	pdf := []byte(plain("", root))
	for range maxRevisions + 5 {
		f, err := readFile(pdf)
		require.NoError(t, err)
		if f.fault != nil {
			assert.ErrorContains(t, f.fault, "revisions")
			return
		}
		pdf, _ = newUpdate(f).bytes()
	}
	t.Error("no limit to revisions")
}

// FuzzObject reads a value, writes it and reads it again.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{"<</A[1 0 R -2 .5(x\\)\r\n)<0aF>]/B#20/C null>>", "(((", "<</A 1/A 2>>", "[[[[true false]]]]", "1 0 R", "/#41#2F"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := parse(text)
		if err != nil {
			return
		}
		var w bytes.Buffer
		o.write(&w)
		again, err := parse(w.String())
		require.NoError(t, err, "%q", w.String())
		require.True(t, o.equal(again), "%q became %q", text, w.String())
		require.LessOrEqual(t, o.end, len(text))
	})
}
