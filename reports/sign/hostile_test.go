package sign

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inCatalog writes the catalog again with a key more, or another value of it.
func inCatalog(key string, value func(u *update) object) func(testing.TB, *update, *file) {
	return func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		u.put(n, c.with(key, value(u)))
	}
}

// onPage writes the first page again with a key more.
func onPage(key string, value object) func(testing.TB, *update, *file) {
	return func(t testing.TB, u *update, f *file) {
		p := firstPage(t, f)
		u.put(p.number, p.value.with(key, value))
	}
}

// onField writes the officer's empty field again with a key more.
func onField(key string, value object) func(testing.TB, *update, *file) {
	return func(_ testing.TB, u *update, f *file) {
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with(key, value))
	}
}

// inForm writes the form again, wherever it stands, with a key more.
func inForm(key string, value object) func(testing.TB, *update, *file) {
	return func(t testing.TB, u *update, f *file) {
		n, c := catalogOf(t, f)
		form := c.get("AcroForm")
		if form.kind == kindRef {
			u.put(int(form.number), f.resolve(form, f.last()).with(key, value))
			return
		}
		u.put(n, c.with("AcroForm", form.with(key, value)))
	}
}

// script is what a reader would run.
var script = dict("S", name("JavaScript"), "JS", textString("app.alert(1)"))

// scripted writes the first object that suits in another way.
func scripted(suits func(*indirect) bool, change func(*indirect)) func(testing.TB, *update, *file) {
	return func(t testing.TB, u *update, f *file) {
		for _, n := range f.revisions[0].numbers() {
			if i := *f.revisions[0].object(n); suits(&i) {
				change(&i)
				u.putIndirect(&i)
				return
			}
		}
		require.Fail(t, "nothing suits")
	}
}

// What a reader obeys or shows differently stands in many places; each is told by its key.
func TestWhatAReaderWouldObeyIsNamed(t *testing.T) {
	ada := newPerson(t, "Ada Auditor")
	one := ada.sign(t, prepared(t, 2), assessor)
	text := func(s string) func(*update) object { return func(*update) object { return textString(s) } }
	const catalog = "the document's catalog was changed"
	for _, a := range []attack{
		{"a form of another make", "/XFA|/AcroForm", inForm("XFA", textString("<xdp/>"))},
		{"a form that may be rewritten", "/SigFlags|/AcroForm", inForm("SigFlags", integer(0))},
		{"faces drawn anew", "/NeedAppearances|/AcroForm", inForm("NeedAppearances", object{kind: kindBool, number: 1})},
		{"an order of computing", "/CO|/AcroForm", inForm("CO", array())},
		{"a script by name", "/Names: " + catalog, inCatalog("Names", func(*update) object { return dict("JavaScript", dict("Names", array(textString("a"), script))) })},
		{"another manifest", "/AF: " + catalog, inCatalog("AF", func(u *update) object {
			n := u.reserve()
			u.putStream(n, "{}")
			return array(reference(n))
		})},
		{"what the signer allowed, taken away", "/Perms: " + catalog, inCatalog("Perms", func(*update) object { return dict() })},
		{"what a reader is to allow", "/Perms: " + catalog, inCatalog("Perms", func(u *update) object { return dict("UR3", reference(u.reserve()-1)) })},
		{"layers", "/OCProperties: " + catalog, inCatalog("OCProperties", func(*update) object { return dict("OCGs", array(), "D", dict("OFF", array())) })},
		{"what happens on closing", "/AA: " + catalog, inCatalog("AA", func(*update) object { return dict("WC", script) })},
		{"another outline", "/Outlines: " + catalog, inCatalog("Outlines", func(*update) object { return object{} })},
		{"another language", "/Lang: " + catalog, inCatalog("Lang", text("xx"))},
		{"another version", "/Version: " + catalog, inCatalog("Version", func(*update) object { return name("2.0") })},
		{"what stands for its text", "/StructTreeRoot: " + catalog, inCatalog("StructTreeRoot", func(*update) object { return dict("Type", name("StructTreeRoot")) })},
		{"proof of long standing", "/DSS: " + catalog, inCatalog("DSS", func(*update) object { return dict() })},
		{"a legal statement", "/Legal: " + catalog, inCatalog("Legal", func(*update) object { return dict() })},
		{"a page cropped", "/CropBox: the page was changed", onPage("CropBox", array(integer(0), integer(0), integer(10), integer(10)))},
		{"a page of other units", "/UserUnit: the page was changed", onPage("UserUnit", integer(10))},
		{"a page that acts", "/AA: the page was changed", onPage("AA", dict("O", script))},
		{"a page that goes", "/Dur: the page was changed", onPage("Dur", integer(1))},
		{"a page without letters", "/Resources: the page was changed", onPage("Resources", dict())},
		{"a field that acts", "/A: the signature field was changed", onField("A", script)},
		{"a field that is hidden", "/F: the signature field was changed", onField("F", integer(2))},
		{"a field of another name", "/T: the signature field was changed", onField("T", textString("auditor"))},
		{"a field of another kind", "/FT: the signature field was changed", onField("FT", name("Tx"))},
		{"a field locked by nobody", "/Lock: the signature field was changed", onField("Lock", dict("Action", name("All")))},
		{"a field with what to choose from", "/SV: the signature field was changed", onField("SV", dict("Ff", integer(1)))},
		{"other letters", "object \\d+", scripted(func(i *indirect) bool { return i.value.get("Type").isName("Font") }, func(i *indirect) {
			i.value = i.value.with("Encoding", dict("Differences", array(integer(65), name("B"))))
		})},
		{"content that is nothing", "object \\d+: (was|the stream was) replaced", scripted(func(i *indirect) bool { return i.isStream }, func(i *indirect) {
			i.value, i.isStream, i.stream = object{}, false, nil
		})},
		{"content packed otherwise", "the stream was replaced|/Filter", scripted(func(i *indirect) bool { return i.isStream }, func(i *indirect) {
			i.value = i.value.with("Filter", array(name("ASCIIHexDecode"), name("FlateDecode")))
		})},
		{"pages in another order", "/Kids: the list of pages was changed", scripted(func(i *indirect) bool { return i.value.get("Type").isName("Pages") }, func(i *indirect) {
			kids := slices.Clone(i.value.get("Kids").items)
			slices.Reverse(kids)
			i.value = i.value.with("Kids", array(kids...))
		})},
		{"all pages of another size", "/MediaBox: the list of pages was changed", scripted(func(i *indirect) bool { return i.value.get("Type").isName("Pages") }, func(i *indirect) {
			i.value = i.value.with("MediaBox", array(integer(0), integer(0), integer(9), integer(9)))
		})},
	} {
		t.Run(a.name, func(t *testing.T) {
			bad := increment(t, one, func(u *update, f *file) { a.put(t, u, f) })
			require.True(t, bytes.HasPrefix(bad, one))
			v := check(t, bad, ada)
			assert.Equal(t, Broken, v.Status)
			assert.False(t, v.Signatures[0].Intact)
			assert.Regexp(t, a.want, strings.Join(v.Lines(), "\n"))
		})
	}
}

// A second revision that is spelt so that two readers see two documents is none.
func TestARevisionThatIsSpeltForAnotherReaderIsNone(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 1), assessor)
	two := eva.sign(t, one, officer)
	require.Equal(t, IntactTrusted, check(t, two, ada, eva).Status)
	f, err := readWhole(two)
	require.NoError(t, err)
	last := f.revisions[f.last()]
	before := f.revisions[f.last()-1]
	swap := func(old, new string) []byte {
		added := string(two[len(one):])
		require.Contains(t, added, old)
		return slices.Concat(one, []byte(strings.Replace(added, old, new, 1)))
	}
	prev := fmt.Sprintf("/Prev %d", before.table)
	for name, bad := range map[string][]byte{
		"the one before named with a point":   swap(prev, prev+".0"),
		"the one before named in an object":   swap(prev, fmt.Sprintf("/Prev %d 0 R", last.size-1)),
		"the one before named twice":          swap(prev, prev+" /Pre#76 16"),
		"a root named twice":                  swap(prev, prev+" /R#6fot 1 0 R"),
		"a key of nothing":                    swap(prev, prev+" / 16"),
		"a comment in the trailer":            swap(prev, prev+" %>>\n"),
		"a table in capitals":                 swap("xref\n", "XREF\n"),
		"two tables":                          swap("trailer", "xref\n0 1\n0000000000 65535 f \ntrailer"),
		"two trailers":                        swap("startxref", "trailer <</Size 5/Root 1 0 R>>\nstartxref"),
		"a start that is named twice":         swap("startxref\n", "startxref\n16\nstartxref\n"),
		"another object's end":                swap("endobj", "endobj endobj"),
		"an object without end":               swap("\nendobj\n", "\n"),
		"an object of the second generation":  swap(" 0 obj", " 1 obj"),
		"an object with a sign":               swap(fmt.Sprintf("\n%d 0 obj", last.size-1), fmt.Sprintf("\n+%d 0 obj", last.size-1)),
		"the end mark in small letters":       swap("%%EOF", "%%eof"),
		"something before the end mark":       swap("%%EOF", "16 %%EOF"),
		"a start beyond all numbers":          swap(fmt.Sprintf("startxref\n%d", last.table), fmt.Sprintf("startxref\n%d", int64(1)<<32+int64(last.table))),
		"a size that is none":                 swap(fmt.Sprintf("/Size %d", last.size), fmt.Sprintf("/Size -%d", last.size)),
		"the whole file after itself":         slices.Concat(two, two),
		"the first signature's file after it": slices.Concat(two, one),
	} {
		v := check(t, bad, ada, eva)
		assert.Equal(t, Broken, v.Status, name)
	}
	cut := check(t, two[:len(one)], ada, eva)
	assert.Equal(t, []string{officer}, cut.Unsigned, "what was cut off is missed by its field")
}

// A counter-signature fills one field, with a signature of the kind that reports have.
func TestACounterSignatureOfAnotherKindDoesNotHold(t *testing.T) {
	ada, eva := newPerson(t, "Ada Auditor"), newPerson(t, "Eva Officer")
	one := ada.sign(t, prepared(t, 1), assessor)
	same := func(old, new string) func([]byte) []byte {
		return func(body []byte) []byte {
			require.Len(t, new, len(old))
			require.Contains(t, string(body), old)
			return bytes.Replace(body, []byte(old), []byte(new), 1)
		}
	}
	for name, body := range map[string]func([]byte) []byte{
		"of readers of before":     same("/ETSI.CAdES.detached", "/adbe.pkcs7.detached"),
		"of RSA alone":             same("/ETSI.CAdES.detached", "/adbe.x509.rsa_sha1 "),
		"a stamp in a person's":    same("/ETSI.CAdES.detached", "/ETSI.RFC3161       "),
		"by another handler":       same("/Adobe.PPKLite", "/Adobe.PPKLitf"),
		"that is no signature":     same("/Type /Sig", "/Type /Sog"),
		"a document's time stamp":  same("/Type /Sig\n/Filter", "/Type /DTS\n/Filter"),
		"with a second dictionary": same("/Name ", "/Type "),
	} {
		v := check(t, crafted(t, one, eva, officer, body, nil), ada, eva)
		assert.Equal(t, Broken, v.Status, name)
	}
	v := check(t, crafted(t, one, eva, officer, nil, nil), ada, eva)
	assert.Equal(t, IntactTrusted, v.Status, v.Lines())
}
