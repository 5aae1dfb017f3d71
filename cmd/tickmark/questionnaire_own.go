package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine/checks"
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/custom"
	"tickmark/questionnaires/pci"
)

// ownFolder is where the user keeps questionnaires of their own, below the user's
// folder, and maxOwn how many files of it are looked at.
const (
	ownFolder = "questionnaires"
	maxOwn    = 1000
)

// form is a questionnaire as a command line names it.
type form struct {
	catalogue *questionnaires.Catalogue // that asks it
	asked     questionnaires.Questionnaire
	// defines takes it into a vault; empty for a form of PCI's, and where the vault
	// holds it.
	defines []questionnaires.Draft
}

// formOf finds the questionnaire that a name means: a file, a form of PCI's, one that
// the vault holds, or one in the user's folder. History is nil where there is no vault
// yet.
func (d *door) formOf(history *questionnaires.History, name string) (form, error) {
	standard, err := pci.Catalogue()
	if err != nil {
		return form{}, err
	}
	if q, known := standard.Questionnaire(name); known {
		return form{catalogue: standard, asked: q}, nil
	}
	if isSheet(name) {
		return d.formOfFile(history, name)
	}
	if history != nil {
		held, err := history.Definition(name)
		if err == nil {
			return formOfDefinition(standard, held.Definition)
		}
		if !errors.Is(err, questionnaires.ErrNoDefinition) {
			return form{}, err
		}
	}
	if path := d.ownFile(name); path != "" {
		return d.formOfFile(history, path)
	}
	for _, f := range standard.Unsupported() {
		if f.Form == name {
			return form{}, usagef("find questionnaire %s: %s", name, f.Unsupported)
		}
	}
	return form{}, usagef("find questionnaire: %q is no questionnaire (see `tickmark questionnaire list`)", name)
}

// isSheet tells a file from a code.
func isSheet(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name))) || strings.ContainsAny(name, `/\`) || name == "-"
}

func formOfDefinition(standard *questionnaires.Catalogue, definition questionnaires.Definition) (form, error) {
	c, err := definition.Catalogue(standard)
	if err != nil {
		return form{}, err
	}
	return form{catalogue: c, asked: c.Questionnaires()[0]}, nil
}

// formOfFile reads a questionnaire of the user's own.
func (d *door) formOfFile(history *questionnaires.History, path string) (form, error) {
	name, text, err := d.readFile(path)
	if err != nil {
		return form{}, err
	}
	w, err := d.formWorld()
	if err != nil {
		return form{}, err
	}
	definition, wrong := custom.Read(w, custom.File{Name: name, Text: text, Same: realPath(path)})
	if len(wrong) > 0 {
		return form{}, withHint(fmt.Errorf("read questionnaire: %w", wrong), "`tickmark questionnaire lint "+path+"` lists all that is wrong")
	}
	f, err := formOfDefinition(w.Standard, definition)
	if err != nil {
		return form{}, err
	}
	if history != nil {
		held, err := history.Definitions()
		if err != nil {
			return form{}, err
		}
		if slices.ContainsFunc(held, func(h questionnaires.RecordedDefinition) bool { return h.Digest == f.asked.Definition && h.Verified }) {
			return f, nil
		}
	}
	if history != nil {
		if err := history.Takes(definition); err != nil {
			return form{}, err
		}
	}
	draft, err := questionnaires.DefineQuestionnaire(w.Standard, definition)
	f.defines = []questionnaires.Draft{draft}
	return f, err
}

// formWorld is what a questionnaire may speak of.
func (d *door) formWorld() (custom.World, error) {
	standard, err := pci.Catalogue()
	if err != nil {
		return custom.World{}, err
	}
	registry, err := checks.All()
	if err != nil {
		return custom.World{}, err
	}
	w := custom.World{Standard: standard, Checks: map[string]bool{}, Find: d.included}
	for _, c := range registry {
		w.Checks[c.ID] = true
	}
	return w, nil
}

// included reads a file that another one includes: by a path from there, or by a code,
// which names a file beside it or in the user's folder.
func (d *door) included(from, include string) (custom.File, error) {
	path := filepath.Join(filepath.Dir(from), filepath.FromSlash(include))
	switch {
	case filepath.IsAbs(include) || filepath.VolumeName(include) != "":
		return custom.File{}, fmt.Errorf("%q is an absolute path: want one from the file itself, or a code", include)
	case !isSheet(include):
		if path = codedFile(filepath.Dir(from), include); path == "" {
			path = d.ownFile(include)
		}
		if path == "" {
			return custom.File{}, fmt.Errorf("no file of the code %q is beside it or in %s", include, d.folder(ownFolder))
		}
	}
	text, err := readBounded(path, sheet.MaxSize)
	if err != nil {
		return custom.File{}, fmt.Errorf("read %s: %w", path, withoutProgram(err))
	}
	return custom.File{Name: path, Text: text, Same: realPath(path)}, nil
}

// realPath is one for all spellings of a path and for links to it, "" where there is
// none, as of the standard input.
func realPath(path string) string {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	whole, err := filepath.Abs(resolved)
	if err != nil {
		return ""
	}
	return whole
}

// codedFile is the file of a folder that is called like a code, "" if there is none.
func codedFile(folder, code string) string {
	for _, end := range []string{".yaml", ".yml", ".json"} {
		path := filepath.Join(folder, code+end)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// ownFile is the file of the user's folder that has a code, "" if there is none.
func (d *door) ownFile(code string) string {
	if path := codedFile(d.folder(ownFolder), code); path != "" {
		return path
	}
	files, err := d.ownFiles()
	if err != nil {
		return ""
	}
	for _, path := range files {
		var head struct {
			Code string `json:"code"`
		}
		// What else stands there is read when the file is.
		text, err := readBounded(path, sheet.MaxSize)
		if err != nil {
			continue
		}
		_, _ = sheet.Read(path, text, &head)
		if head.Code == code {
			return path
		}
	}
	return ""
}

// ownFiles are the files of the user's folder, by name.
func (d *door) ownFiles() ([]string, error) {
	if d.config == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(d.folder(ownFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list your questionnaires: %w", err)
	}
	var files []string
	for _, e := range entries {
		if isSheet(e.Name()) && !e.IsDir() && len(files) < maxOwn {
			files = append(files, filepath.Join(d.folder(ownFolder), e.Name()))
		}
	}
	return files, nil
}
