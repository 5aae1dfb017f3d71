package pci

import (
	_ "embed" // the catalogue
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// The files in catalogue, as sheet.Carry writes them: `make docs`.
//
//go:embed catalogue.json
var carried []byte

// embedded is built once: it is a constant of the program that only happens to
// be written in YAML.
var embedded = sync.OnceValues(func() (*questionnaires.Catalogue, error) {
	files, err := sheet.Unpack(carried)
	if err != nil {
		return nil, err
	}
	return furnish(files)
})

// Catalogue returns the embedded catalogue: 280 requirements in the order of the
// standard, with their links, and the questionnaires that `tickmark
// questionnaire list` names. It is shared and must not be changed. An error says
// that the program was built from a catalogue that contradicts itself.
func Catalogue() (*questionnaires.Catalogue, error) { return embedded() }

// furnish builds the catalogue of a folder with all that stands beside its
// requirements: who may use which form, and what platforms do.
func furnish(folder fs.FS) (*questionnaires.Catalogue, error) {
	c, err := build(folder)
	if err != nil {
		return nil, err
	}
	for _, file := range []struct {
		name string
		add  func([]byte, *questionnaires.Catalogue) (*questionnaires.Catalogue, error)
	}{
		{"catalogue/eligibility.yaml", parseEligibility},
		{"catalogue/responsibility.yaml", parseResponsibilities},
	} {
		add := func(data []byte) (*questionnaires.Catalogue, error) { return file.add(data, c) }
		if c, err = readFile(folder, file.name, add); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// build makes a catalogue of the files in a folder named catalogue.
func build(folder fs.FS) (*questionnaires.Catalogue, error) {
	rows, titles, err := readChapters(folder)
	if err != nil {
		return nil, err
	}
	forms, err := readFile(folder, "catalogue/forms.yaml", parseForms)
	if err != nil {
		return nil, err
	}
	links, err := readFile(folder, "catalogue/links.yaml", parseLinks)
	if err != nil {
		return nil, err
	}
	if err := agree(rows, forms); err != nil {
		return nil, fmt.Errorf("build catalogue: %w", err)
	}
	requirements := make([]questionnaires.Requirement, len(rows))
	for i, r := range rows {
		requirements[i] = r.requirement()
	}
	if err := attach(requirements, links); err != nil {
		return nil, fmt.Errorf("build catalogue: %w", err)
	}
	asked := make([]questionnaires.Questionnaire, len(forms))
	for i, f := range forms {
		asked[i] = f.questionnaire(rows)
	}
	return questionnaires.NewCatalogue(requirements, asked, titles)
}

// readChapters reads all principal requirements in the order of their files' names,
// which is the standard's: req-01 to req-12, then req-a1 to req-a3. It returns
// their rows and their titles.
func readChapters(folder fs.FS) ([]row, map[questionnaires.RequirementID]string, error) {
	names, err := fs.Glob(folder, "catalogue/req-*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	var rows []row
	titles := make(map[questionnaires.RequirementID]string, len(names))
	for _, name := range names {
		c, err := readFile(folder, name, parseChapter)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, c.Requirements...)
		titles[c.Principal] = c.Title
	}
	if len(rows) == 0 {
		return nil, nil, errors.New("read catalogue: no requirements")
	}
	return rows, titles, nil
}

func readFile[T any](folder fs.FS, name string, parse func([]byte) (T, error)) (T, error) {
	var none T
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return none, fmt.Errorf("read catalogue: %w", err)
	}
	parsed, err := parse(data)
	if err != nil {
		return none, fmt.Errorf("read %s: %w", name, err)
	}
	return parsed, nil
}

// agree refuses rows and forms that name what does not exist, and rows twice
// over. NewCatalogue sees to the order and to what the forms ask.
func agree(rows []row, forms []form) error {
	byCode := make(map[string]form, len(forms))
	for _, f := range forms {
		byCode[f.Code] = f
	}
	known := make(map[questionnaires.RequirementID]bool, len(rows))
	for _, r := range rows {
		known[r.ID] = true
	}
	for _, r := range rows {
		if !r.SupersededBy.IsZero() && !known[r.SupersededBy] {
			return fmt.Errorf("%s is superseded by %s, which is no requirement", r.ID, r.SupersededBy)
		}
		if err := r.namesForms(byCode); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	return nil
}

// namesForms refuses a row whose codes are no forms, stand twice, or belong to a
// form that chooses its requirements by itself.
func (r row) namesForms(byCode map[string]form) error {
	for _, codes := range [][]string{r.SAQs, r.Unconfirmed} {
		for i, code := range codes {
			f, known := byCode[code]
			if !known || len(f.Except)+len(f.Only) > 0 || slices.Contains(codes[:i], code) {
				return fmt.Errorf("form %q is none, stands twice or chooses by itself", code)
			}
		}
	}
	return nil
}
