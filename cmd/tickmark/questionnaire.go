package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

func (d *door) questionnaireVerb() *cobra.Command {
	verb := &cobra.Command{Use: "questionnaire", Short: "The questionnaires: PCI's forms and your own"}
	verb.AddCommand(d.questionnaireListVerb(), d.questionnaireShowVerb(), d.questionnaireNewVerb(), d.questionnaireLintVerb(), d.questionnaireTextVerb(), d.whichVerb())
	return verb
}

// questionnaireLine is a questionnaire as `questionnaire list -o json` shows it. What
// stands after the number of requirements is of those that are no form of PCI's, or of
// a form with something to know of.
type questionnaireLine struct {
	Code         string                         `json:"code"` // "" of a file with problems
	Title        string                         `json:"title"`
	Requirements int                            `json:"requirements"`
	Unconfirmed  []questionnaires.RequirementID `json:"unconfirmed,omitempty"` // rows of which it is not certain that they belong there, or do not
	Unsupported  string                         `json:"-"`                     // why the form is not held; no machine can fill it
	Revision     string                         `json:"revision,omitempty"`
	File         string                         `json:"file,omitempty"`     // in your folder
	Problems     int                            `json:"problems,omitempty"` // of the file
	Vault        string                         `json:"vault,omitempty"`
	Definition   engine.Digest                  `json:"definition,omitzero"` // in the vault
}

func (d *door) questionnaireListVerb() *cobra.Command {
	var o opening
	var format, path string
	verb := &cobra.Command{
		Use: "list [--vault VAULT]", Short: "List PCI's forms, your own questionnaires, and those of a vault", Args: cobra.NoArgs,
		Long: `Lists the forms of PCI DSS with the number of their requirements, the files in the
folder questionnaires of your configuration folder, and, with --vault, the
questionnaires that a vault holds. Ends with 3 if a file of yours has problems.`,
		Example: "  tickmark questionnaire list -o json\n  tickmark questionnaire list --vault shop.vault",
		RunE: func(cmd *cobra.Command, _ []string) error {
			lines, err := d.questionnaireLines()
			if err != nil {
				return err
			}
			if path != "" {
				history, closing, err := d.history(cmd.Context(), path, o)
				if err != nil {
					return err
				}
				defer closing()
				held, err := history.Definitions()
				if err != nil {
					return err
				}
				for _, q := range held {
					lines = append(lines, questionnaireLine{Code: q.Code, Title: q.Title, Requirements: q.Questions(), Revision: q.Revision, Vault: path, Definition: q.Digest})
				}
			}
			return d.printQuestionnaires(lines, format)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&path, "vault", "", "`VAULT` whose own questionnaires are listed as well")
	outputFlag(verb, &format)
	return verb
}

// questionnaireLines are PCI's forms and the files of the user's folder.
func (d *door) questionnaireLines() ([]questionnaireLine, error) {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	var lines []questionnaireLine
	for _, q := range catalogue.Questionnaires() {
		lines = append(lines, questionnaireLine{Code: q.Code, Title: q.Title, Requirements: len(q.Requirements), Unconfirmed: q.Unconfirmed})
	}
	for _, f := range catalogue.Unsupported() {
		lines = append(lines, questionnaireLine{Code: f.Form, Title: f.Name, Unsupported: f.Unsupported})
	}
	files, err := d.ownFiles()
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		f := d.lintFile(path)
		if len(f.Problems) > 0 {
			f.Code = "" // which may be another's
		}
		lines = append(lines, questionnaireLine{
			Code: f.Code, Title: f.Title, Requirements: f.Questions, Revision: f.Revision, File: path, Problems: len(f.Problems),
		})
	}
	return lines, nil
}

func (d *door) printQuestionnaires(lines []questionnaireLine, format string) error {
	problems := 0
	for _, l := range lines {
		problems += l.Problems
	}
	var done error
	if problems > 0 {
		done = errAttention
	}
	if format == "json" {
		held := slices.DeleteFunc(slices.Clone(lines), func(l questionnaireLine) bool { return l.Unsupported != "" })
		if err := json.NewEncoder(d.out).Encode(held); err != nil {
			return err
		}
		return done
	}
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		number := fmt.Sprint(l.Requirements)
		if l.Unsupported != "" {
			number = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s%s\n", cmp.Or(kube.Printable(l.Code), "-"), number, kube.Printable(l.Title), l.about())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if problems > 0 {
		fmt.Fprintln(d.out, "\n`tickmark questionnaire lint FILE` says what is wrong with a file.")
	}
	return done
}

// about is what there is to know of a questionnaire besides its title.
func (l questionnaireLine) about() string {
	switch {
	case l.Unsupported != "":
		return ": not supported. " + l.Unsupported
	case l.Problems > 0:
		return fmt.Sprintf("; %s has %s", kube.Printable(l.File), counted(l.Problems, "problem", "problems"))
	case l.File != "":
		return fmt.Sprintf("; revision %s, %s", kube.Printable(l.Revision), kube.Printable(l.File))
	case l.Vault != "":
		return fmt.Sprintf("; revision %s, definition %s of %s", kube.Printable(l.Revision), l.Definition.Short(), kube.Printable(l.Vault))
	case len(l.Unconfirmed) > 0:
		return "; " + unconfirmedNote + ": " + textsOf(l.Unconfirmed, "")
	}
	return ""
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
