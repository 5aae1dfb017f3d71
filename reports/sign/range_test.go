package sign

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// crafted signs a field with a dictionary of one's own make: body is changed where nothing else moves,
// and ranges says what is signed, both as text and as the bytes.
func crafted(t testing.TB, pdf []byte, who person, field string, body func([]byte) []byte, ranges func(from, to, end int) (text string, signed [][2]int)) []byte {
	t.Helper()
	o := who.options
	o.Field = field
	require.NoError(t, o.check())
	f, err := readWhole(pdf)
	require.NoError(t, err)
	u, w := newUpdate(f), fieldNamed(f, field)
	n := u.reserve()
	u.put(w.number, w.widget.with("V", reference(n)))
	g := newGap(o, false)
	if body != nil {
		g.body = body(g.body)
	}
	u.objects[n] = g.body
	out, bodies := u.bytes()
	from := bodies[n] + g.contents
	to := from + 2*reserved + len("<>")
	text, signed := fmt.Sprintf("[0 %d %d %d]", from, to, len(out)-to), [][2]int{{0, from}, {to, len(out)}}
	if ranges != nil {
		text, signed = ranges(from, to, len(out))
	}
	require.LessOrEqual(t, len(text), rangesWidth)
	copy(out[bodies[n]+g.ranges:], text)
	var content [][]byte
	for _, s := range signed {
		content = append(content, out[s[0]:s[1]])
	}
	der, err := buildCMS(o.Rand, o.Signer, o.Chain, nil, content...)
	require.NoError(t, err)
	hex.Encode(out[from+1:], der)
	return out
}

// What a second signature says it covers is exactly all before it and its own revision.
func TestASignatureCoversAllOrNothing(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 1), assessor)
	const frame, silent = "does not frame exactly this signature", "does not say what it covers"
	for _, c := range []struct {
		name, want string
		ranges     func(from, to, end int) (string, [][2]int)
	}{
		{"all", "", nil},
		{"all, in other spaces", "", func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[ 0\n%d\t%d %d ]", from, to, end-to), [][2]int{{0, from}, {to, end}}
		}},
		{"a wider gap before", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d %d %d]", from-9, to, end-to), [][2]int{{0, from - 9}, {to, end}}
		}},
		{"a wider gap behind", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d %d %d]", from, to+9, end-to-9), [][2]int{{0, from}, {to + 9, end}}
		}},
		{"less at the end", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d %d %d]", from, to, end-to-1), [][2]int{{0, from}, {to, end - 1}}
		}},
		{"its own revision alone", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[%d %d %d %d]", len(one), from-len(one), to, end-to), [][2]int{{len(one), from}, {to, end}}
		}},
		{"the first revisions alone", frame, func(_, _, _ int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d %d 0]", len(one), len(one)), [][2]int{{0, len(one)}}
		}},
		{"nothing", frame, func(_, _, _ int) (string, [][2]int) { return "[0 0 0 0]", nil }},
		{"numbers with points", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[0.0 %d %d %d]", from, to, end-to), [][2]int{{0, from}, {to, end}}
		}},
		{"a negative start", frame, func(from, to, end int) (string, [][2]int) {
			return fmt.Sprintf("[-1 %d %d %d]", from, to, end-to), [][2]int{{0, from}, {to, end}}
		}},
		{"three pieces", silent, func(from, to, _ int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d %d 9 %d 9]", from, to, to+9), [][2]int{{0, from}, {to, to + 18}}
		}},
		{"one piece", silent, func(from, _, _ int) (string, [][2]int) {
			return fmt.Sprintf("[0 %d]", from), [][2]int{{0, from}}
		}},
		{"in another object", silent, func(from, to, end int) (string, [][2]int) { return "3 0 R", [][2]int{{0, from}, {to, end}} }},
		{"beyond all numbers", "a broken number", func(from, to, _ int) (string, [][2]int) {
			return "[0 1 2 18446744073709551616]", [][2]int{{0, from}, {to, to}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, lines := said(t, crafted(t, one, eva, officer, nil, c.ranges), ada.root, eva.root)
			if c.want == "" {
				assert.Equal(t, IntactTrusted, status, lines)
				return
			}
			assert.Equal(t, Broken, status, lines)
			assert.Contains(t, lines, c.want)
		})
	}
	t.Run("its digits in another object", func(t *testing.T) {
		status, lines := said(t, crafted(t, one, eva, officer, func(body []byte) []byte {
			return bytes.Replace(body, []byte("/Contents <0000"), []byte("/Contents 3 0 R"), 1)
		}, nil), ada.root, eva.root)
		assert.Equal(t, Broken, status, lines)
	})
}

// What stands in a counter-signature's revision beside the signature follows from it, or is told.
func TestACounterSignatureBringsNothingElse(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, withHole(t, prepared(t, 1)), assessor)
	painted := func(u *update, appearance ...any) {
		w := fieldNamed(u.file, officer)
		u.put(w.number, w.widget.with("AP", dict(appearance...)))
	}
	form := func(u *update) object {
		n := u.reserve()
		u.putIndirect(&indirect{number: n, isStream: true, value: dict("Subtype", name("Form"))})
		return reference(n)
	}
	for name, c := range map[string]struct {
		want string
		put  func(testing.TB, *update, *file)
	}{
		"a face":        {"", func(_ testing.TB, u *update, _ *file) { painted(u, "N", form(u)) }},
		"a second face": {"key /AP: the signature field was changed", func(_ testing.TB, u *update, _ *file) { painted(u, "N", form(u), "D", form(u)) }},
		"a face of before": {"key /AP: the signature field was changed", func(_ testing.TB, u *update, f *file) {
			painted(u, "N", fieldNamed(f, assessor).widget.get("AP").get("N"))
		}},
		"a face that is no form": {"key /AP: the signature field was changed", func(_ testing.TB, u *update, _ *file) {
			n := u.reserve()
			u.putIndirect(&indirect{number: n, isStream: true, value: dict("Subtype", name("Image"))})
			painted(u, "N", reference(n))
		}},
		"faces to choose from": {"key /AP: the signature field was changed", func(_ testing.TB, u *update, _ *file) { painted(u, "N", dict("Off", form(u), "On", form(u))) }},
		"another identifier": {"the trailer, key /ID: was changed", func(_ testing.TB, _ *update, f *file) {
			last := f.revisions[f.last()]
			last.trailer = last.trailer.with("ID", array(byteString("0123456789abcdef"), byteString("0123456789abcdef")))
		}},
		"a trailer with more to say": {"the trailer, key /Extra: was changed", func(_ testing.TB, _ *update, f *file) {
			last := f.revisions[f.last()]
			last.trailer = last.trailer.with("Extra", integer(1))
		}},
		"numbers taken back": {"a revision takes object numbers back", func(_ testing.TB, u *update, f *file) { u.next = fieldNamed(f, officer).number + 1 }},
	} {
		status, lines := said(t, beside(t, one, eva.options, c.put), ada.root, eva.root)
		if c.want == "" {
			assert.Equal(t, IntactTrusted, status, "%s: %s", name, lines)
			continue
		}
		assert.Equal(t, Broken, status, "%s: %s", name, lines)
		assert.Contains(t, lines, c.want, name)
	}
	status, lines := said(t, crafted(t, one, eva, officer, func(body []byte) []byte {
		return append(bytes.TrimSuffix(body, []byte(">>")), "/Prop_Build 3 0 R\n>>"...)
	}, nil), ada.root, eva.root)
	assert.Equal(t, Broken, status, "a signature that refers to something: %s", lines)
	assert.Contains(t, lines, "key /V: the signature field was changed")
}

// What a signer allowed afterwards is kept to, whatever it is and wherever it is written.
func TestWhatASignerAllowedAfterwards(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	base := increment(t, prepared(t, 1), func(u *update, _ *file) {
		u.next = hidden
		u.put(u.reserve(), array(dict("Type", name("SigRef"), "TransformMethod", name("DocMDP"), "TransformParams", reference(hidden+1))))
		u.put(u.reserve(), dict("P", reference(hidden+2)))
		u.put(u.reserve(), integer(1))
	})
	mdp := func(method, parameters string) string {
		return fmt.Sprintf("/Reference [<</Type /SigRef /TransformMethod /%s /TransformParams %s>>]", method, parameters)
	}
	const refused = "a signature in field officer, which the signer did not allow (revision 5)"
	for _, c := range []struct {
		name, reference, want string
		docMDP                int
	}{
		{"nothing said", "", "", 0},
		{"certified, no level named", mdp("DocMDP", "<<>>"), "", 2},
		{"nothing more", mdp("DocMDP", "<</P 1>>"), refused, 1},
		{"nothing more, in other objects", fmt.Sprintf("/Reference %d 0 R", hidden), refused, 1},
		{"a level that is none", mdp("DocMDP", "<</P /One>>"), refused, 1},
		{"signatures", mdp("DocMDP", "<</P 2>>"), "", 2},
		{"signatures and remarks", mdp("DocMDP", "<</P 3>>"), "", 3},
		{"every field locked", mdp("FieldMDP", "<</Action /All>>"), refused, 0},
		{"the officer's field locked", mdp("FieldMDP", "<</Action /Include /Fields [(officer)]>>"), refused, 0},
		{"another field locked", mdp("FieldMDP", "<</Action /Include /Fields [(lead)]>>"), "", 0},
		{"all but the officer's locked", mdp("FieldMDP", "<</Action /Exclude /Fields [(officer)]>>"), "", 0},
		{"all but another locked", mdp("FieldMDP", "<</Action /Exclude /Fields [(lead)]>>"), refused, 0},
		{"a lock of another kind", mdp("FieldMDP", "<<>>"), refused, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := crafted(t, base, ada, assessor, func(body []byte) []byte {
				return append(bytes.TrimSuffix(body, []byte(">>")), c.reference+"\n>>"...)
			}, nil)
			v := check(t, one, ada)
			require.Equal(t, IntactTrusted, v.Status, v.Lines())
			assert.Equal(t, c.docMDP, v.Signatures[0].DocMDP)
			status, lines := said(t, crafted(t, one, eva, officer, nil, nil), ada.root, eva.root)
			if c.want == "" {
				assert.Equal(t, IntactTrusted, status, lines)
			} else {
				assert.Equal(t, Broken, status, lines)
				assert.Contains(t, lines, c.want)
			}
			// A remark is no signature, whatever was allowed.
			remarked := increment(t, one, func(u *update, f *file) {
				p, n := firstPage(t, f), u.reserve()
				u.put(n, stamp)
				u.put(p.number, p.value.with("Annots", array(append(p.value.get("Annots").items, reference(n))...)))
			})
			status, lines = said(t, remarked, ada.root)
			assert.Equal(t, Broken, status, lines)
			assert.Contains(t, lines, "an annotation was laid on the page")
		})
	}
}

// A form of another make than ours is not gone through for what it might mean.
func TestAFormThatIsATreeIsToldOn(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	one := ada.sign(t, prepared(t, 1), assessor)
	form := func(change func(u *update, f *file, fields []object) []object) func(*update, *file) {
		return func(u *update, f *file) {
			n, c := catalogOf(t, f)
			form := c.get("AcroForm")
			u.put(n, c.with("AcroForm", form.with("Fields", array(change(u, f, form.get("Fields").items)...))))
		}
	}
	for name, c := range map[string]struct {
		want string
		put  func(*update, *file)
	}{
		"one field with two faces": {"is part of a tree of fields", form(func(u *update, f *file, fields []object) []object {
			w, parent := fieldNamed(f, assessor), u.reserve()
			u.put(parent, dict("FT", name("Sig"), "T", textString(assessor), "V", w.widget.get("V"), "Kids", array(reference(w.number), reference(u.next))))
			u.put(u.reserve(), w.widget.with("Parent", reference(parent)))
			return []object{reference(parent), fields[1]}
		})},
		"a field below another": {"is part of a tree of fields", func(u *update, f *file) {
			w := fieldNamed(f, officer)
			u.put(w.number, w.widget.with("Parent", reference(3)))
		}},
		"a field twice": {"the list of form fields is broken", form(func(_ *update, _ *file, fields []object) []object { return append(fields, fields[0]) })},
		"two of one name": {`two fields are named "preparer"`, form(func(u *update, f *file, fields []object) []object {
			n := u.reserve()
			u.put(n, fieldNamed(f, assessor).widget)
			return append(fields, reference(n))
		})},
		"a field without object": {"the list of form fields is broken", form(func(_ *update, f *file, fields []object) []object {
			return append(fields, fieldNamed(f, assessor).widget)
		})},
		"more than anybody signs": {"more than 64 signature fields", form(func(u *update, _ *file, fields []object) []object {
			for i := range maxFields {
				n := u.reserve()
				u.put(n, Field{Name: fmt.Sprint(i), Page: 1}.widget(3, 4))
				fields = append(fields, reference(n))
			}
			return fields
		})},
		"a signature in the field itself": {"the field's value is no reference to a signature", func(u *update, f *file) {
			w := fieldNamed(f, assessor)
			u.put(w.number, w.widget.with("V", f.resolve(w.widget.get("V"), f.last())))
		}},
		"a signature that is nothing": {"the field's value is no reference to a signature", func(u *update, f *file) {
			w := fieldNamed(f, officer)
			u.put(w.number, w.widget.with("V", object{}))
		}},
		"a signature that is missing": {"the signature is missing", func(u *update, f *file) {
			w := fieldNamed(f, officer)
			u.put(w.number, w.widget.with("V", reference(hidden)))
		}},
	} {
		status, lines := said(t, increment(t, one, c.put), ada.root)
		assert.Equal(t, Broken, status, "%s: %s", name, lines)
		assert.Contains(t, lines, c.want, name)
		status, lines = said(t, increment(t, prepared(t, 1), c.put))
		assert.Equal(t, Broken, status, "before anybody signed, %s: %s", name, lines)
	}
}
