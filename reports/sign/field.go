package sign

import (
	"errors"
	"fmt"
	"unicode"
)

const maxFields = 64 // of signatures in one file

var errNoForm = errors.New("the file has no signature fields: they are made before the first signature")

// field is a signature field as it stands in a file.
type field struct {
	name   string
	number int // of the widget, which is the field's only one
	widget object
}

// filled tells whether somebody signed there.
func (f field) filled() bool { return f.widget.has("V") }

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
