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
	all := make([]Attack, 0, len(appended)+len(printed))
	for _, a := range slices.Concat(appended, printed) {
		all = append(all, Attack{a.name, a.want, func(t testing.TB, pdf []byte) []byte {
			return increment(t, pdf, func(u *update, f *file) { a.put(t, u, f) })
		}})
	}
	return all
}

// WithHole leaves a number free below the size of a file, as a shadow attack needs it.
func WithHole(t testing.TB, prepared []byte) []byte { return withHole(t, prepared) }

// printed are attacks on what only a printed report has.
var printed = []struct {
	name string
	want string // a part of what must be said
	put  func(t testing.TB, u *update, f *file)
}{
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
	{"a font's letters exchanged", "the stream was replaced", func(t testing.TB, u *update, f *file) {
		for n := 1; n < f.revisions[0].size; n++ {
			if i := f.lookup(n, f.last()); i != nil && i.value.get("FontFile2").kind == kindRef {
				u.putStream(int(i.value.get("FontFile2").number), "another font")
				return
			}
		}
		t.Fatal("no font is embedded")
	}},
}

func manifestOf(t testing.TB, f *file) object {
	t.Helper()
	_, c := catalogOf(t, f)
	require.NotEmpty(t, c.get("AF").items)
	return f.resolve(c.get("AF").items[0], f.last())
}
