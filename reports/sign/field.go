package sign

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Field is an empty signature field: a place on a page where one person is to sign.
type Field struct {
	Name string     // as shown to people and named in Options; unique in the file, at most 100 characters, no full stop
	Page int        // from 1
	Rect [4]float64 // left, bottom, right and top in points from the page's lower left corner
}

const (
	maxName   = 100
	maxFields = 64 // of signatures in one file
)

var errNoForm = errors.New("the file has no signature fields: they are made before the first signature")

// field is a signature field as it stands in a file.
type field struct {
	name   string
	number int // of the widget, which is the field's only one
	widget object
}

// filled tells whether somebody signed there.
func (f field) filled() bool { return f.widget.has("V") }

// PrepareFields returns the unsigned PDF with empty signature fields, one for each person who
// ought to sign. The same arguments give the same bytes. It returns an error if the PDF has
// form fields already, is signed, or is of a kind that is not read ([ErrNotPDF], [ErrUnsupported]).
func PrepareFields(pdf []byte, fields []Field) ([]byte, error) {
	out, err := prepareFields(pdf, fields)
	if err != nil {
		return nil, fmt.Errorf("prepare signature fields: %w", err)
	}
	return out, nil
}

func prepareFields(pdf []byte, fields []Field) ([]byte, error) {
	f, err := readComplete(pdf)
	if err != nil {
		return nil, err
	}
	root, catalog, err := f.catalog(f.last())
	if err != nil {
		return nil, err
	}
	if catalog.has("AcroForm") {
		return nil, errors.New("the file has form fields already")
	}
	pages, err := f.pages()
	if err != nil {
		return nil, err
	}
	if err := checkFields(fields, len(pages)); err != nil {
		return nil, err
	}
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
	return out, nil
}

// readComplete reads a PDF that is to be signed. A reference to an object that does not exist
// yet is refused: whoever appended that object later would change what was signed.
func readComplete(pdf []byte) (*file, error) {
	f, err := readWhole(pdf)
	if err != nil {
		return nil, err
	}
	if from, to, is := f.dangling(); is {
		where := fmt.Sprintf("object %d", from)
		if from == 0 {
			where = "the trailer"
		}
		return nil, fmt.Errorf("read PDF: %s refers to object %d, which does not exist", where, to)
	}
	return f, nil
}

// readWhole reads a PDF that must be free of loose ends.
func readWhole(pdf []byte) (*file, error) {
	f, err := readFile(pdf)
	if err != nil {
		return nil, fmt.Errorf("read PDF: %w", err)
	}
	if f.fault != nil {
		return nil, fmt.Errorf("read PDF: bytes after its end: %w", f.fault)
	}
	return f, nil
}

func (f Field) widget(page, appearance int) object {
	const printAndLocked = 4 | 128
	return dict("Type", name("Annot"), "Subtype", name("Widget"), "FT", name("Sig"), "F", integer(printAndLocked),
		"T", textString(f.Name), "P", reference(page), "Rect", array(real(f.Rect[0]), real(f.Rect[1]), real(f.Rect[2]), real(f.Rect[3])),
		"AP", dict("N", reference(appearance)))
}

func checkFields(fields []Field, pages int) error {
	if len(fields) == 0 || len(fields) > maxFields {
		return fmt.Errorf("%d fields given, where 1 to %d are possible", len(fields), maxFields)
	}
	seen := map[string]bool{}
	for _, f := range fields {
		switch {
		case f.Name == "" || len(f.Name) > maxName || strings.Contains(f.Name, ".") || printable(f.Name) != f.Name:
			return fmt.Errorf("field %q: a name has 1 to %d printable characters and no full stop", f.Name, maxName)
		case seen[f.Name]:
			return fmt.Errorf("field %q: named twice", f.Name)
		case f.Page < 1 || f.Page > pages:
			return fmt.Errorf("field %q: no page %d among %d", f.Name, f.Page, pages)
		case !f.onPaper():
			return fmt.Errorf("field %q: rectangle %v", f.Name, f.Rect)
		}
		seen[f.Name] = true
	}
	return nil
}

// onPaper tells whether the rectangle is one, within PDF's own limit of 200 inches.
func (f Field) onPaper() bool {
	for _, x := range f.Rect {
		if math.IsNaN(x) || math.Abs(x) > 14_400 {
			return false
		}
	}
	return f.Rect[0] <= f.Rect[2] && f.Rect[1] <= f.Rect[3]
}

// fields lists the signature fields as they stand in the given revision, and what is wrong
// with the form. Fields below fields are not used by reports and reported as wrong.
func (f *file) fields(in int) (fields []field, problems []string) {
	_, catalog, err := f.catalog(in)
	if err != nil {
		return nil, []string{err.Error()}
	}
	seen, names := map[int]bool{}, map[string]bool{}
	for _, ref := range f.resolve(f.resolve(catalog.get("AcroForm"), in).get("Fields"), in).items {
		widget, number := f.resolve(ref, in), int(ref.number)
		label := widget.get("T").plainText()
		switch {
		case ref.kind != kindRef || widget.kind != kindDict || seen[number]:
			problems = append(problems, "the list of form fields is broken")
			continue
		case widget.has("Kids") || widget.has("Parent"):
			problems = append(problems, fmt.Sprintf("field %q is part of a tree of fields", label))
			continue
		case names[label]:
			problems = append(problems, fmt.Sprintf("two fields are named %q", label))
			continue
		}
		seen[number], names[label] = true, true
		if !widget.get("FT").isName("Sig") {
			continue
		}
		if len(fields) == maxFields {
			return fields, append(problems, fmt.Sprintf("more than %d signature fields", maxFields))
		}
		fields = append(fields, field{label, number, widget})
	}
	return fields, problems
}

// printable leaves out control and formatting characters, which could move a terminal's
// cursor or turn the direction of writing, and cuts what is longer than a line.
func printable(s string) string {
	const limit = 300
	out, n := make([]rune, 0, len(s)), 0
	for _, r := range s {
		if !unicode.IsPrint(r) {
			continue
		}
		if n++; n > limit {
			return string(out) + "…"
		}
		out = append(out, r)
	}
	return string(out)
}
