package sign

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Field is an empty signature field: a place on a page where one person is to sign.
type Field struct {
	Name string
	Page int // from 1
	Rect [4]float64
}

// prepareFields adds empty signature fields to a PDF. Reports bring theirs along.
func prepareFields(t testing.TB, pdf []byte, fields []Field) []byte {
	t.Helper()
	f, err := readComplete(pdf)
	require.NoError(t, err)
	root, catalog, err := f.catalog(f.last())
	require.NoError(t, err)
	pages, err := f.pages()
	require.NoError(t, err)
	u := newUpdate(f)
	blank := u.reserve() // PDF/A wants an appearance on every field, if an empty one
	u.putIndirect(&indirect{number: blank, isStream: true, value: dict("Type", name("XObject"), "Subtype", name("Form"),
		"BBox", array(integer(0), integer(0), integer(1), integer(1)), "Resources", dict())})
	all, perPage := array(), map[int][]object{}
	for _, field := range fields {
		n := u.reserve()
		u.put(n, field.widget(pages[field.Page-1].number, blank))
		all.items = append(all.items, reference(n))
		perPage[field.Page] = append(perPage[field.Page], reference(n))
	}
	for number, widgets := range perPage {
		p := pages[number-1]
		before := f.resolve(p.value.get("Annots"), f.last())
		u.put(p.number, p.value.with("Annots", array(slices.Concat(before.items, widgets)...)))
	}
	// 3: there are signature fields, and the file may only be appended to.
	u.put(root, catalog.with("AcroForm", dict("Fields", all, "SigFlags", integer(3))))
	out, _ := u.bytes()
	return out
}

func (f Field) widget(page, appearance int) object {
	const printAndLocked = 4 | 128
	return dict("Type", name("Annot"), "Subtype", name("Widget"), "FT", name("Sig"), "F", integer(printAndLocked),
		"T", textString(f.Name), "P", reference(page), "Rect", array(real(f.Rect[0]), real(f.Rect[1]), real(f.Rect[2]), real(f.Rect[3])),
		"AP", dict("N", reference(appearance)))
}
