package sign

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stamp is an annotation that covers a response with another one.
var stamp = dict("Type", name("Annot"), "Subtype", name("Stamp"), "Rect", array(real(50), real(700), real(500), real(720)), "Contents", textString("In Place"))

func stream(text string) *indirect {
	return &indirect{value: dict(), isStream: true, stream: []byte(text)}
}

func (u *update) putStream(number int, text string) {
	i := stream(text)
	i.number = number
	u.putIndirect(i)
}

func catalogOf(t testing.TB, f *file) (int, object) {
	t.Helper()
	n, c, err := f.catalog(f.last())
	require.NoError(t, err)
	return n, c
}

func fieldNamed(f *file, name string) field {
	fields, _ := f.fields(f.last())
	for _, field := range fields {
		if field.name == name {
			return field
		}
	}
	return field{}
}

// attack is something that is put into a revision after a signature.
type attack struct {
	name string
	want string // a part of what must be said
	put  func(t testing.TB, u *update, f *file)
}

// appended are attacks that leave every signed byte alone. Most readers call the result valid.
var appended = []attack{
	{"page content re-pointed", "key /Contents: the page's content was replaced", func(t testing.TB, u *update, f *file) {
		p, n := firstPage(t, f), u.reserve()
		u.putStream(n, "BT ET")
		u.put(p.number, p.value.with("Contents", reference(n)))
	}},
	{"page content overwritten", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		u.putStream(int(firstPage(t, f).value.get("Contents").number), "BT ET")
	}},
	{"page added", "the list of pages was changed", func(t testing.TB, u *update, f *file) {
		_, c := catalogOf(t, f)
		root, n := int(c.get("Pages").number), u.reserve()
		u.put(n, firstPage(t, f).value)
		tree := f.lookup(root, f.last()).value
		u.put(root, tree.with("Kids", array(append(tree.get("Kids").items, reference(n))...)))
	}},
	{"page turned", "key /Rotate: the page was changed", func(t testing.TB, u *update, f *file) {
		p := firstPage(t, f)
		u.put(p.number, p.value.with("Rotate", integer(180)))
	}},
	{"title", "key /Title: the document's information was changed", func(t testing.TB, u *update, f *file) {
		n := int(f.revisions[0].trailer.get("Info").number)
		u.put(n, f.lookup(n, f.last()).value.with("Title", textString("Report on Compliance")))
	}},
	{"catalog", "key /OpenAction: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with("OpenAction", dict("S", name("JavaScript"), "JS", textString("app.alert(1)"))))
	}},
	{"another root", "the trailer, key /Root: was changed", func(t testing.TB, u *update, f *file) {
		_, c := catalogOf(t, f)
		n := u.reserve()
		u.put(n, c)
		last := f.revisions[f.last()]
		last.trailer = last.trailer.with("Root", reference(n))
	}},
	{"another information", "the trailer, key /Info: was changed", func(t testing.TB, u *update, f *file) {
		n := u.reserve()
		u.put(n, dict("Title", textString("x")))
		last := f.revisions[f.last()]
		last.trailer = last.trailer.with("Info", reference(n))
	}},
	{"a stamp over a response", "an annotation was laid on the page that is no signature field (Stamp)", func(t testing.TB, u *update, f *file) {
		p, n := firstPage(t, f), u.reserve()
		u.put(n, stamp)
		u.put(p.number, p.value.with("Annots", array(append(p.value.get("Annots").items, reference(n))...)))
	}},
	{"annotations taken off", "an annotation was taken off the page", func(t testing.TB, u *update, f *file) {
		pages, err := f.pages()
		require.NoError(t, err)
		p := pages[len(pages)-1]
		u.put(p.number, p.value.with("Annots", array()))
	}},
	{"fields emptied: what was changed", "key /AcroForm: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with("AcroForm", dict("Fields", array(), "SigFlags", integer(3))))
	}},
	{"fields emptied", "is a signature that no signature field reaches", func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with("AcroForm", dict("Fields", array(), "SigFlags", integer(3))))
	}},
	{"form removed", "is a signature that no signature field reaches", func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with("AcroForm", object{}))
	}},
	{"a field added", "key /AcroForm: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		form, w := c.get("AcroForm"), u.reserve()
		u.put(w, Field{"CEO", 1, [4]float64{}}.widget(3, 4))
		u.put(n, c.with("AcroForm", form.with("Fields", array(append(form.get("Fields").items, reference(w))...))))
	}},
	{"an empty field moved", "key /Rect: the signature field was changed", func(t testing.TB, u *update, f *file) {
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with("Rect", array(real(0), real(0), real(600), real(800))))
	}},
	{"an empty field painted", "key /AP: the signature field was changed", func(t testing.TB, u *update, f *file) {
		w, n := fieldNamed(f, officer), u.reserve()
		i := &indirect{number: n, isStream: true, value: dict("Subtype", name("Form"))}
		u.putIndirect(i)
		u.put(w.number, w.widget.with("AP", dict("N", reference(n))))
	}},
	{"a filled field painted anew", "key /AP: the signature field was changed", func(t testing.TB, u *update, f *file) {
		w, n := fieldNamed(f, assessor), u.reserve()
		i := &indirect{number: n, isStream: true, value: dict("Subtype", name("Form"))}
		u.putIndirect(i)
		u.put(w.number, w.widget.with("AP", dict("N", reference(n))))
	}},
	{"a signature taken back", "key /V: the signature field was changed", func(t testing.TB, u *update, f *file) {
		w := fieldNamed(f, assessor)
		bare := dict()
		for i, key := range w.widget.keys {
			if key != "V" {
				bare = bare.with(key, w.widget.items[i])
			}
		}
		u.put(w.number, bare)
	}},
	{"an officer who signed nothing", "officer: ", func(t testing.TB, u *update, f *file) {
		w, n := fieldNamed(f, officer), u.reserve()
		u.put(n, dict("Type", name("Sig"), "Name", textString("The officer")))
		u.put(w.number, w.widget.with("V", reference(n)))
	}},
	{"the first signature shown again", "shows the signature of another field", func(t testing.TB, u *update, f *file) {
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with("V", fieldNamed(f, assessor).widget.get("V")))
	}},
	{"the first signature copied", "does not frame exactly this signature", func(t testing.TB, u *update, f *file) {
		w, n := fieldNamed(f, officer), u.reserve()
		v := f.resolve(fieldNamed(f, assessor).widget.get("V"), f.last())
		copied := dict()
		for i, key := range v.keys {
			if key != "Reference" {
				copied = copied.with(key, v.items[i])
			}
		}
		u.put(n, copied)
		u.put(w.number, w.widget.with("V", reference(n)))
	}},
	{"the signature overwritten", "written again in a later revision", func(t testing.TB, u *update, f *file) {
		n := int(fieldNamed(f, assessor).widget.get("V").number)
		u.put(n, f.lookup(n, f.last()).value.with("Reason", textString("Draft only")))
	}},
	{"a shadow object", "a shadow attack", func(_ testing.TB, u *update, _ *file) {
		u.put(hidden, dict("Type", name("Page")))
	}},
	{"a new object that nothing needs", "a new object that belongs to no signature", func(_ testing.TB, u *update, _ *file) {
		u.put(u.reserve(), stamp)
	}},
	{"an object written again", "was written again", func(t testing.TB, u *update, f *file) {
		p := firstPage(t, f)
		u.put(p.number, p.value)
	}},
	{"an empty revision", "a revision with 0 signatures", func(testing.TB, *update, *file) {}},
}

// hidden is a number that the prepared report leaves free below its size.
const hidden = 90_000

// withHole is a prepared report whose numbers have a hole, as a shadow attack needs it.
func withHole(t testing.TB, prepared []byte) []byte {
	return increment(t, prepared, func(u *update, f *file) {
		n, c := catalogOf(t, f)
		u.next = hidden + 1
		u.put(u.reserve(), integer(1))
		u.put(n, c.with("Lang", textString("en")))
	})
}

func TestWhatIsAppendedAfterASignatureIsNamed(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, withHole(t, prepared(t, 2)), assessor)
	for _, attack := range appended {
		t.Run(attack.name, func(t *testing.T) {
			bad := increment(t, one, func(u *update, f *file) { attack.put(t, u, f) })
			require.True(t, bytes.HasPrefix(bad, one), "the signed bytes are untouched")
			v := check(t, bad, ada, eva)
			assert.Equal(t, Broken, v.Status)
			assert.Contains(t, strings.Join(v.Lines(), "\n"), attack.want)
			assert.Equal(t, "This file does not hold: do not rely on it.", v.Lines()[len(v.Lines())-1])
			f, err := readWhole(bad)
			require.NoError(t, err)
			for _, change := range v.Signatures[0].Changes {
				if change.Object > 0 {
					assert.Contains(t, f.revisions[f.last()].numbers(), change.Object, "%s names the object that was written", change)
				}
			}

			o := eva.options
			o.Field = officer
			_, err = Sign(bad, o)
			assert.Error(t, err, "nobody countersigns it")
		})
	}
}

func TestAnAttackInsideACounterSignatureIsNamed(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 1), assessor)
	o := eva.options
	o.Field = officer
	require.NoError(t, o.check())
	out := forge(t, one, o, func(u *update, f *file) {
		p := firstPage(t, f)
		u.put(p.number, p.value.with("Rotate", integer(90)))
		u.reserve()
	})

	v := check(t, out, ada, eva)
	assert.Equal(t, Broken, v.Status, "the officer must not change what the assessor signed")
	assert.Contains(t, strings.Join(v.Lines(), "\n"), "key /Rotate: the page was changed (revision 4)")
	require.Len(t, v.Signatures, 2)
	assert.False(t, v.Signatures[0].Intact)
	assert.True(t, v.Signatures[1].Intact, "she signed the turned page")
}

func TestAnObjectThatASignedPageWaitsForIsRefused(t *testing.T) {
	// The page refers to a second content that does not exist when the assessor signs.
	// The counter-signature then brings it, as part of its visible block.
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	awaiting := increment(t, prepared(t, 1), func(u *update, f *file) {
		p := firstPage(t, f)
		u.put(p.number, p.value.with("Contents", array(p.value.get("Contents"), reference(hidden))))
	})
	o := ada.options
	o.Field = assessor
	_, err := Sign(awaiting, o)
	assert.ErrorContains(t, err, fmt.Sprintf("refers to object %d, which does not exist", hidden))

	// Signed by a program that does not mind.
	require.NoError(t, o.check())
	one := forge(t, awaiting, o, func(*update, *file) {})
	require.Equal(t, IntactTrusted, check(t, one, ada).Status)
	o = eva.options
	o.Field = officer
	require.NoError(t, o.check())
	both := forge(t, one, o, func(u *update, f *file) {
		u.next = hidden + 2
		u.putIndirect(&indirect{number: hidden, isStream: true, value: dict("Subtype", name("Form"))})
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with("V", reference(hidden+1)).with("AP", dict("N", reference(hidden))))
	})
	v := check(t, both, ada, eva)
	assert.Equal(t, Broken, v.Status)
	assert.Contains(t, strings.Join(v.Lines(), "\n"), fmt.Sprintf("object %d: a new object that an object from before the signature already refers to", hidden))
}

// forge signs as Sign does, without its checks, and puts something of its own beside.
func forge(t testing.TB, pdf []byte, o Options, put func(*update, *file)) []byte {
	t.Helper()
	f, err := readWhole(pdf)
	require.NoError(t, err)
	u := newUpdate(f)
	put(u, f)
	w, n := fieldNamed(f, o.Field), u.next-1
	if len(u.objects) == 0 {
		n = u.reserve()
	}
	if u.objects[w.number] == nil {
		u.put(w.number, w.widget.with("V", reference(n)))
	}
	g := newGap(o, false)
	u.objects[n] = g.body
	out, bodies := u.bytes()
	out, err = g.fill(out, bodies[n], o)
	require.NoError(t, err)
	return out
}

// span finds the only signature of a file by parsing it.
func span(t testing.TB, pdf []byte) (object, *file) {
	t.Helper()
	f, err := readWhole(pdf)
	require.NoError(t, err)
	return f.resolve(fieldNamed(f, assessor).widget.get("V"), f.last()), f
}

func TestSignedBytesAndTheSignatureItself(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	one := ada.sign(t, prepared(t, 2), assessor)
	signature, f := span(t, one)
	gap, page := signature.get("Contents"), firstPage(t, f)
	content := f.lookup(int(page.value.get("Contents").number), 0)
	title := f.resolve(f.revisions[0].trailer.get("Info"), 0).get("Title")
	for _, c := range []struct {
		name, want string
		change     func(b []byte) []byte
	}{
		{"a byte of a page", "digest mismatch", func(b []byte) []byte {
			b[bytes.Index(b, content.stream)+20] ^= 1
			return b
		}},
		{"a letter of the title", "digest mismatch", func(b []byte) []byte {
			b[title.start+4] ^= 1
			return b
		}},
		{"the time", "digest mismatch", func(b []byte) []byte {
			b[signature.get("M").start+6] ^= 1
			return b
		}},
		{"a byte behind the end", "1 bytes after the end", func(b []byte) []byte { return append(b, '\n') }},
		{"a comment behind the end", "bytes after the end", func(b []byte) []byte { return append(b, "% seen\n"...) }},
		{"another end mark", "bytes after the end", func(b []byte) []byte {
			return append(b, fmt.Sprintf("startxref\n%d\n%%%%EOF\n", f.revisions[f.last()].table)...)
		}},
		{"the last line end cut", "does not frame exactly", func(b []byte) []byte { return b[:len(b)-1] }},
		{"the range shortened", "does not frame exactly", func(b []byte) []byte {
			r := signature.get("ByteRange").items[3]
			copy(b[r.start:], fmt.Sprintf("%d", r.number-1))
			return b
		}},
		{"the range removed", "does not say what it covers", func(b []byte) []byte {
			copy(b[signature.get("ByteRange").start-len("/ByteRange "):], "/ByteRongi ")
			return b
		}},
		{"a hidden key", "twice in one dictionary", func(b []byte) []byte {
			copy(b[signature.get("Reason").start-len("\n/Reason "):], "\n/#54ype/N")
			return b
		}},
		{"something in the padding", "hidden behind the signature", func(b []byte) []byte {
			b[gap.end-2] = '1'
			return b
		}},
		{"a space in the padding", "hexadecimal digits alone", func(b []byte) []byte {
			b[gap.end-2] = ' '
			return b
		}},
		{"a string in round brackets", "does not say what it covers", func(b []byte) []byte {
			b[gap.start], b[gap.end-1] = '(', ')'
			return b
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := check(t, c.change(bytes.Clone(one)), ada)
			assert.Equal(t, Broken, v.Status)
			assert.Contains(t, strings.Join(v.Lines(), "\n"), c.want)
		})
	}
	t.Run("capital digits mean the same", func(t *testing.T) {
		b := bytes.Clone(one)
		copy(b[gap.start:], bytes.ToUpper(b[gap.start:gap.end]))
		require.False(t, bytes.Equal(b, one))
		assert.Equal(t, IntactTrusted, check(t, b, ada).Status)
	})
}

func TestASignatureIsEncodedInOneWay(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	one := ada.sign(t, prepared(t, 1), assessor)
	signature, f := span(t, one)
	gap := signature.get("Contents")
	padded, err := f.contents(gap)
	require.NoError(t, err)
	raw := padded[:4+(int(padded[2])<<8|int(padded[3]))] // 30 82, the length in two bytes, that many
	require.Equal(t, []byte{0x30, 0x82}, raw[:2])
	for name, ber := range map[string][]byte{
		"an indefinite length":  slices.Concat([]byte{0x30, 0x80}, raw[4:], []byte{0, 0}),
		"a long-winded length":  slices.Concat([]byte{0x30, 0x83, 0}, raw[2:]),
		"something behind":      slices.Concat(raw, []byte{5, 0}),
		"the CMS a second time": slices.Concat(raw, raw),
	} {
		b := bytes.Clone(one)
		digits := make([]byte, 2*reserved)
		hex.Encode(digits, slices.Concat(ber, make([]byte, reserved-len(ber))))
		copy(b[gap.start+1:], digits)
		v := check(t, b, ada)
		assert.Equal(t, Broken, v.Status, name)
		assert.Regexp(t, "DER|hidden behind", v.Signatures[0].Fault, name)
	}
}

func TestCuttingAtAnEndMark(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	both := eva.sign(t, ada.sign(t, prepared(t, 1), assessor), officer)
	f, err := readWhole(both)
	require.NoError(t, err)
	require.Len(t, f.revisions, 4)
	want := []struct {
		status  Status
		missing []string
	}{{Unsigned, nil}, {Unsigned, []string{assessor, officer}}, {IntactTrusted, []string{officer}}, {IntactTrusted, nil}}
	for i, r := range f.revisions {
		v := check(t, both[:r.end], ada, eva)
		assert.Equal(t, want[i].status, v.Status)
		assert.Equal(t, want[i].missing, v.Unsigned, "a field tells who is missing")
		assert.NotEqual(t, IntactTrusted, check(t, both[:r.end-3], ada, eva).Status)
	}
}

func TestAStrangersSignatureIsNotTrusted(t *testing.T) {
	ada, eve := newPerson(t, "Ada Auditor"), newPerson(t, "Ada Auditor")
	v := check(t, eve.sign(t, prepared(t, 1), assessor), ada)
	assert.Equal(t, IntactUnidentified, v.Status, "made anew under the same name")
	v = check(t, eve.sign(t, ada.sign(t, prepared(t, 1), assessor), officer), ada)
	assert.Equal(t, IntactUnidentified, v.Status)
	assert.True(t, v.Signatures[0].Trusted)
	assert.False(t, v.Signatures[1].Trusted)
}
