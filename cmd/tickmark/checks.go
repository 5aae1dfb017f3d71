package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/checks"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// checkForm is a check as `checks -o json` shows it.
type checkForm struct {
	ID           string            `json:"id"`
	Version      int               `json:"version"`
	Area         string            `json:"area"`
	Words        engine.Words      `json:"words"`
	Needs        []string          `json:"needs"`
	Requirements []requirementLink `json:"requirements"`
}

// requirementLink is how results and checks name the requirements they inform.
type requirementLink struct {
	ID   string `json:"id"`
	Link string `json:"link"`
}

func linksOf(links []questionnaires.Link) []requirementLink {
	all := []requirementLink{}
	for _, l := range links {
		all = append(all, requirementLink{l.Procedure.Requirement.String(), l.Class.String()})
	}
	return all
}

func (d *door) checksVerb() *cobra.Command {
	verb := &cobra.Command{Use: "checks", Short: "The built-in checks"}
	var listFormat, explainFormat string
	list := &cobra.Command{
		Use: "list", Short: "List the checks", Args: cobra.NoArgs,
		Example: "  tickmark checks list",
		RunE: func(*cobra.Command, []string) error {
			forms, err := allChecks()
			if err != nil {
				return err
			}
			if listFormat == "json" {
				return json.NewEncoder(d.out).Encode(forms)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, f := range forms {
				fmt.Fprintf(w, "%s\t%s\t%s\n", f.ID, f.Area, f.Words.Title)
			}
			return w.Flush()
		},
	}
	outputFlag(list, &listFormat)
	explain := &cobra.Command{
		Use: "explain CHECK", Short: "What a check looks at, and why", Args: cobra.ExactArgs(1),
		Example: "  tickmark checks explain pods-run-as-non-root",
		RunE: func(_ *cobra.Command, args []string) error {
			forms, err := allChecks()
			if err != nil {
				return err
			}
			for _, f := range forms {
				if f.ID == args[0] {
					return d.explain(f, explainFormat)
				}
			}
			return withHint(fmt.Errorf("explain %q: there is no such check", args[0]), "`tickmark checks list` shows them")
		},
	}
	outputFlag(explain, &explainFormat)
	verb.AddCommand(list, explain)
	return verb
}

func allChecks() ([]checkForm, error) {
	registry, err := checks.All()
	if err != nil {
		return nil, err
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	var forms []checkForm
	for _, c := range registry {
		form := checkForm{ID: c.ID, Version: c.Version, Area: c.Area, Words: c.Words, Needs: []string{}, Requirements: linksOf(catalogue.Informs(c.ID))}
		for _, k := range c.Needs {
			form.Needs = append(form.Needs, k.String())
		}
		forms = append(forms, form)
	}
	return forms, nil
}

func (d *door) explain(f checkForm, format string) error {
	if format == "json" {
		return json.NewEncoder(d.out).Encode(f)
	}
	fmt.Fprintf(d.out, "%s (version %d)\n%s\n\nWhy     %s\nHow     %s\nMend    %s\nNeeds   %s\n", f.ID, f.Version, f.Words.Title,
		f.Words.Rationale, f.Words.How, f.Words.Remediation, strings.Join(f.Needs, ", "))
	for _, r := range f.Requirements {
		fmt.Fprintf(d.out, "Informs %s (%s)\n", r.ID, r.Link)
	}
	return nil
}
