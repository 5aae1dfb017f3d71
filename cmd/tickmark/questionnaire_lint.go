package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/custom"
	"tickmark/questionnaires/licensed"
	"tickmark/questionnaires/pci"
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
	wordings  []questionnaires.Wording
	unread    error // the file itself
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
	var o opening
	var format, path string
	verb := &cobra.Command{
		Use: "lint [FILE...] [--vault VAULT]", Short: "Check questionnaires of your own, and wording against licensed text",
		Long: `Checks questionnaires, and sets of questions to be included, with all that they
include, and says all that is wrong, each with its file and line.

With --vault it looks for runs of more than eight words that the licensed text of
the vault (see tickmark questionnaire text) has in common with the files or, without
any, with the program's own words. Ends with 3 if anything is found.`,
		Example: "  tickmark questionnaire lint acme-clusters.yaml\n  tickmark questionnaire lint --vault shop.vault",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && path == "" {
				return usagef("lint: a FILE, or --vault VAULT with a licensed text, is needed")
			}
			found := linted{Files: []lintedFile{}}
			for _, file := range args {
				f := d.lintFile(file)
				if f.unread != nil {
					return f.unread
				}
				found.Files = append(found.Files, f)
			}
			if path != "" {
				if err := d.lintWording(cmd.Context(), path, o, args, &found); err != nil {
					return err
				}
			}
			if err := d.printLinted(found, format); err != nil {
				return err
			}
			if found.wrong() {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&path, "vault", "", "`VAULT` whose licensed text the wording is held against")
	outputFlag(verb, &format)
	return verb
}

// linted is what was found in some files, as `questionnaire lint -o json` shows it.
type linted struct {
	Files []lintedFile `json:"files"`
	// Runs are those in common with licensed text, nil where none was asked for.
	Runs     *[]licensed.Run `json:"runs,omitempty"`
	Compared int             `json:"compared,omitempty"` // texts of ours that were looked at
}

func (l linted) wrong() bool {
	return l.Runs != nil && len(*l.Runs) > 0 || slices.ContainsFunc(l.Files, func(f lintedFile) bool { return len(f.Problems) > 0 })
}

// lintWording holds the wording of files, or without any the catalogue's, against the
// licensed text of a vault.
func (d *door) lintWording(ctx context.Context, path string, o opening, files []string, found *linted) error {
	text, err := d.licensedText(ctx, path, o)
	if err != nil {
		return err
	}
	standard, err := pci.Catalogue()
	if err != nil {
		return err
	}
	var ours []questionnaires.Wording
	if len(files) == 0 {
		ours = standard.Wordings()
	}
	for i, f := range found.Files {
		for _, w := range f.wordings {
			ours = append(ours, questionnaires.Wording{Place: files[i] + ": " + w.Place, Text: w.Text})
		}
	}
	runs := append([]licensed.Run{}, licensed.CommonRuns(text.Text, ours)...)
	found.Runs, found.Compared = &runs, len(ours)
	return nil
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
	found := custom.Lint(w, custom.File{Name: name, Text: text, Same: realPath(path)})
	f.File, f.Code, f.Title, f.Revision, f.Set = name, found.Code, found.Title, found.Revision, found.Set
	f.wordings = found.Wordings()
	f.Questions, f.Sections = found.Questions(), len(found.Sections)
	for _, e := range found.Problems {
		f.Problems = append(f.Problems, lintedProblem{File: e.Name, Line: e.Line, Place: e.Path, Problem: e.Cause})
	}
	return f
}

func (d *door) printLinted(found linted, format string) error {
	if format == "json" {
		return json.NewEncoder(d.out).Encode(found)
	}
	for _, f := range found.Files {
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
	if found.Runs == nil {
		return nil
	}
	for _, r := range *found.Runs {
		fmt.Fprintf(d.out, "%s  %s: %d words in common: %s\n", r.Requirement, kube.Printable(r.Place), r.Words, kube.Printable(r.Text))
	}
	fmt.Fprintf(d.out, "wording: %s of more than %d words in common with the licensed text, in %d texts\n",
		counted(len(*found.Runs), "run", "runs"), licensed.MaxRun, found.Compared)
	return nil
}
