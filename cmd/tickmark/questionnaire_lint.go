package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires/custom"
	"tickmark/questionnaires/sheet"
)

func (d *door) questionnaireNewVerb() *cobra.Command {
	return &cobra.Command{
		Use: "new FILE", Short: "Begin a questionnaire of your own", Args: cobra.ExactArgs(1),
		Long: `Writes a questionnaire with comments, to be edited. A file that is there is not
replaced. A vault takes it in when an assessment is made from it (see tickmark
new); the folder questionnaires of your configuration folder is where commands
find it by its code.`,
		Example: "  tickmark questionnaire new acme-clusters.yaml\n  tickmark new acme.vault --questionnaire acme-clusters.yaml --entity 'Acme'",
		RunE: func(_ *cobra.Command, args []string) error {
			path := args[0]
			name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("make %s: it is there already, and is not replaced", path)
			}
			if err != nil {
				return fmt.Errorf("make %s: %w", path, withoutProgram(err))
			}
			_, err = f.WriteString(custom.Skeleton(name))
			if err = errors.Join(err, f.Close()); err != nil {
				return errors.Join(fmt.Errorf("make %s: %w", path, withoutProgram(err)), os.Remove(path))
			}
			fmt.Fprintf(d.out, "made %s: edit it, then see `tickmark questionnaire lint %s`\n", path, path)
			return nil
		},
	}
}

// lintedFile is what was found in one file, as `questionnaire lint -o json` shows it.
type lintedFile struct {
	File      string          `json:"file"`
	Code      string          `json:"code,omitempty"`
	Title     string          `json:"title,omitempty"`
	Revision  string          `json:"revision,omitempty"`
	Set       bool            `json:"set,omitempty"` // of questions, to be included
	Questions int             `json:"questions"`
	Sections  int             `json:"sections"`
	Problems  []lintedProblem `json:"problems"`
	unread    error           // the file itself
}

// lintedProblem is what is wrong at a line.
type lintedProblem struct {
	File    string `json:"file"` // the one that was included, where it stands there
	Line    int    `json:"line,omitempty"`
	Place   string `json:"place,omitempty"` // such as sections[0].questions[1].id
	Problem string `json:"problem"`
}

func (p lintedProblem) String() string {
	return sheet.Error{Name: p.File, Line: p.Line, Path: p.Place, Cause: p.Problem}.Error()
}

func (d *door) questionnaireLintVerb() *cobra.Command {
	var format string
	verb := &cobra.Command{
		Use: "lint FILE...", Short: "Check questionnaires of your own, line by line", Args: cobra.MinimumNArgs(1),
		Long: `Checks questionnaires, and sets of questions to be included, with all that they
include, and says all that is wrong, each with its file and line. Ends with 3 if
something is.`,
		Example: "  tickmark questionnaire lint acme-clusters.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			var all []lintedFile
			wrong := false
			for _, path := range args {
				f := d.lintFile(path)
				if f.unread != nil {
					return f.unread
				}
				all, wrong = append(all, f), wrong || len(f.Problems) > 0
			}
			if format == "json" {
				if err := json.NewEncoder(d.out).Encode(all); err != nil {
					return err
				}
			} else {
				d.printLinted(all)
			}
			if wrong {
				return errAttention
			}
			return nil
		},
	}
	outputFlag(verb, &format)
	return verb
}

// lintFile checks one file.
func (d *door) lintFile(path string) lintedFile {
	f := lintedFile{File: path, Problems: []lintedProblem{}}
	fail := func(err error) lintedFile {
		f.unread = err
		f.Problems = append(f.Problems, lintedProblem{File: path, Problem: err.Error()})
		return f
	}
	name, text, err := d.readFile(path)
	if err != nil {
		return fail(err)
	}
	w, err := d.formWorld()
	if err != nil {
		return fail(err)
	}
	found := custom.Lint(w, custom.File{Name: name, Text: text})
	f.File, f.Code, f.Title, f.Revision, f.Set = name, found.Code, found.Title, found.Revision, found.Set
	f.Questions, f.Sections = found.Questions(), len(found.Sections)
	for _, e := range found.Problems {
		f.Problems = append(f.Problems, lintedProblem{File: e.Name, Line: e.Line, Place: e.Path, Problem: e.Cause})
	}
	return f
}

func (d *door) printLinted(all []lintedFile) {
	for _, f := range all {
		for _, p := range f.Problems {
			fmt.Fprintln(d.out, kube.Printable(p.String()))
		}
		switch {
		case len(f.Problems) > 0:
			fmt.Fprintf(d.out, "%s: %s\n", kube.Printable(f.File), counted(len(f.Problems), "problem", "problems"))
		case f.Set:
			fmt.Fprintf(d.out, "%s: clean, a set of %s in %s\n", kube.Printable(f.File), counted(f.Questions, "question", "questions"), counted(f.Sections, "section", "sections"))
		default:
			fmt.Fprintf(d.out, "%s: clean, %s asks %s in %s\n", kube.Printable(f.File), kube.Printable(f.Code),
				counted(f.Questions, "question", "questions"), counted(f.Sections, "section", "sections"))
		}
	}
}
