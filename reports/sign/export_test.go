package sign

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Attack is one that leaves every signed byte alone, made on any file that has one signature.
type Attack struct {
	Name, Want string
	Make       func(t testing.TB, pdf []byte) []byte
}

// Attacks are those of the table, and those on what only a printed report has.
func Attacks() []Attack {
	var all []Attack
	for _, a := range slices.Concat(appended, printed, keyed()) {
		all = append(all, Attack{a.name, a.want, func(t testing.TB, pdf []byte) []byte {
			return increment(t, pdf, func(u *update, f *file) { a.put(t, u, f) })
		}})
	}
	return all
}

// ofTheOfficer are attacks that are nothing beside the officer's signature: on the empty field, or on nothing.
var ofTheOfficer = []string{"an empty field painted", "an officer who signed nothing", "the first signature shown again", "the first signature copied", "an empty revision"}

// Countersigned are the same attacks, each within the revision of a counter-signature that holds.
func Countersigned(o Options) []Attack {
	var all []Attack
	for _, a := range slices.Concat(appended, printed, keyed()) {
		if slices.Contains(ofTheOfficer, a.name) {
			continue
		}
		all = append(all, Attack{a.name, a.want, func(t testing.TB, pdf []byte) []byte { return beside(t, pdf, o, a.put) }})
	}
	return all
}

// beside signs the officer's field in a revision in which something else was put as well.
func beside(t testing.TB, pdf []byte, o Options, put func(testing.TB, *update, *file)) []byte {
	t.Helper()
	o.Field = officer
	require.NoError(t, o.check())
	f, err := readWhole(pdf)
	require.NoError(t, err)
	u, w := newUpdate(f), fieldNamed(f, officer)
	put(t, u, f)
	n, widget := u.reserve(), w.widget
	if text, is := u.objects[w.number]; is {
		widget, err = (&parser{data: text}).value()
		require.NoError(t, err)
	}
	u.put(w.number, widget.with("V", reference(n)))
	g := newGap(o, false)
	u.objects[n] = g.body
	out, bodies := u.bytes()
	out, err = g.fill(out, bodies[n], o)
	require.NoError(t, err)
	return out
}

// WithHole leaves a number free below the size of a file, as a shadow attack needs it.
func WithHole(t testing.TB, prepared []byte) []byte { return withHole(t, prepared) }

// printed are attacks on what only a printed report has.
var printed = []attack{
	{"the description rewritten", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		_, c := catalogOf(t, f)
		u.putStream(int(c.get("Metadata").number), "<x:xmpmeta/>")
	}},
	{"another description", "key /Metadata: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		number, c := catalogOf(t, f)
		n := u.reserve()
		u.putStream(n, "<x:xmpmeta/>")
		u.put(number, c.with("Metadata", reference(n)))
	}},
	{"the manifest overwritten", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		u.putStream(int(manifestOf(t, f).get("EF").get("F").number), "{}")
	}},
	{"the manifest exchanged", "key /EF: was changed", func(t testing.TB, u *update, f *file) {
		_, c := catalogOf(t, f)
		n := u.reserve()
		u.putStream(n, "{}")
		u.put(int(c.get("AF").items[0].number), manifestOf(t, f).with("EF", dict("F", reference(n))))
	}},
	{"a second manifest", "key /AF: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		number, c := catalogOf(t, f)
		n := u.reserve()
		u.put(n, manifestOf(t, f))
		u.put(number, c.with("AF", array(reference(n), c.get("AF").items[0])))
	}},
	{"layers that may be switched off", "key /OCProperties: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		number, c := catalogOf(t, f)
		n := u.reserve()
		u.put(n, dict("Type", name("OCG"), "Name", textString("x")))
		u.put(number, c.with("OCProperties", dict("OCGs", array(reference(n)), "D", dict("OFF", array(reference(n))))))
	}},
	{"the certification taken off", "key /Perms: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		number, c := catalogOf(t, f)
		u.put(number, c.with("Perms", object{}))
	}},
	{"more allowed than was", "written again in a later revision", func(t testing.TB, u *update, f *file) {
		n := int(fieldNamed(f, assessor).widget.get("V").number)
		u.put(n, f.lookup(n, f.last()).value.with("Reference", array(dict("Type", name("SigRef"), "TransformMethod", name("DocMDP"),
			"TransformParams", dict("Type", name("TransformParams"), "P", integer(3), "V", name("1.2"))))))
	}},
	{"a field locked for show", "key /Lock: the signature field was changed", func(_ testing.TB, u *update, f *file) {
		w := fieldNamed(f, officer)
		u.put(w.number, w.widget.with("Lock", dict("Type", name("SigFieldLock"), "Action", name("All"))))
	}},
	{"what is read aloud", "key /StructTreeRoot: the document's catalog was changed", func(t testing.TB, u *update, f *file) {
		number, c := catalogOf(t, f)
		n := u.reserve()
		u.put(n, dict("Type", name("StructTreeRoot")))
		u.put(number, c.with("StructTreeRoot", reference(n)))
	}},
	{"a font's words exchanged", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		n := first(t, f, func(o object) bool { return o.get("ToUnicode").kind == kindRef })
		u.putStream(int(f.lookup(n, f.last()).value.get("ToUnicode").number), "another meaning")
	}},
	{"a font's letters exchanged", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		n := first(t, f, func(o object) bool { return o.get("FontFile2").kind == kindRef })
		u.putStream(int(f.lookup(n, f.last()).value.get("FontFile2").number), "another font")
	}},
}

// changed is an attack that gives one object of a printed report another value under a key.
func changed(named, what, key string, value object, number func(t testing.TB, f *file) int) attack {
	return attack{named, "key /" + key + ": " + what, func(t testing.TB, u *update, f *file) {
		n := number(t, f)
		u.put(n, f.lookup(n, f.last()).value.with(key, value))
	}}
}

// keyed are attacks that put one key into an object that was signed without it, or otherwise.
func keyed() []attack {
	const catalog, pages, paper, form = "the document's catalog was changed", "the list of pages was changed", "the page was changed", "the signature field was changed"
	script := dict("S", name("JavaScript"), "JS", textString("app.alert(1)"))
	box := array(integer(0), integer(0), integer(90), integer(90))
	root := func(t testing.TB, f *file) int { n, _ := catalogOf(t, f); return n }
	tree := func(t testing.TB, f *file) int { _, c := catalogOf(t, f); return int(c.get("Pages").number) }
	page := func(t testing.TB, f *file) int { return firstPage(t, f).number }
	spoken := func(t testing.TB, f *file) int {
		return first(t, f, func(o object) bool { return o.get("S").isName("P") && o.has("K") })
	}
	link := func(t testing.TB, f *file) int {
		return first(t, f, func(o object) bool { return o.get("Subtype").isName("Link") })
	}
	mark := func(t testing.TB, f *file) int {
		return first(t, f, func(o object) bool { return o.has("Title") && o.has("Dest") })
	}
	filled := func(_ testing.TB, f *file) int { return fieldNamed(f, assessor).number }
	return []attack{
		changed("a script when it opens or closes", catalog, "AA", dict("WC", script), root),
		changed("a script by name", catalog, "Names", dict("JavaScript", dict("Names", array(textString("x"), script))), root),
		changed("a file by name", catalog, "Names", dict("EmbeddedFiles", dict("Names", array(textString("x.exe"), reference(3)))), root),
		changed("a page to begin with", catalog, "OpenAction", array(reference(3), name("FitH"), integer(9)), root),
		changed("another language for who reads aloud", catalog, "Lang", textString("sv"), root),
		changed("other numbers of pages", catalog, "PageLabels", dict("Nums", array(integer(0), dict("S", name("r")))), root),
		changed("a form of another make", catalog, "AcroForm", dict("Fields", array(), "XFA", array()), root),
		changed("a portfolio in its place", catalog, "Collection", dict("View", name("D")), root),
		changed("another address for its links", catalog, "URI", dict("Base", byteString("https://example.test/")), root),
		changed("paper for all pages", pages, "MediaBox", box, tree),
		changed("a cut for all pages", pages, "CropBox", box, tree),
		changed("fonts for all pages", pages, "Resources", dict(), tree),
		changed("all pages turned", pages, "Rotate", integer(90), tree),
		changed("pages left out", pages, "Count", integer(1), tree),
		changed("smaller paper", paper, "MediaBox", box, page),
		changed("a page cut", paper, "CropBox", box, page),
		changed("other fonts", paper, "Resources", dict(), page),
		changed("larger letters", paper, "UserUnit", integer(4), page),
		changed("a script on a page", paper, "AA", dict("O", script), page),
		changed("a file beside a page", paper, "AF", array(), page),
		changed("other words read aloud", "was changed", "ActualText", textString("In Place"), spoken),
		changed("another picture told of", "was changed", "Alt", textString("In Place"), spoken),
		changed("a link that leads elsewhere", "was changed", "Dest", array(reference(3), name("Fit")), link),
		changed("a link that runs", "was changed", "A", script, link),
		changed("a bookmark renamed", "was changed", "Title", textString("Report on Compliance"), mark),
		changed("a script on a signature", form, "AA", dict("E", script), filled),
		changed("a signature hidden", form, "F", integer(2), filled),
		changed("a signature renamed", form, "T", textString("officer2"), filled),
		changed("a signature with a second face", form, "Kids", array(), filled),
		changed("a signature moved", form, "Rect", box, filled),
		changed("a signature that is switched off", form, "OC", dict("Type", name("OCMD")), filled),
	}
}

// first is the number of the first object of which something holds.
func first(t testing.TB, f *file, is func(object) bool) int {
	t.Helper()
	for n := 1; n < f.revisions[0].size; n++ {
		if i := f.lookup(n, f.last()); i != nil && is(i.value) {
			return n
		}
	}
	t.Fatal("no such object is in the report")
	return 0
}

func manifestOf(t testing.TB, f *file) object {
	t.Helper()
	_, c := catalogOf(t, f)
	require.NotEmpty(t, c.get("AF").items)
	return f.resolve(c.get("AF").items[0], f.last())
}
