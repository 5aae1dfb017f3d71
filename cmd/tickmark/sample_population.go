package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/inventory"
	"tickmark/vault"
)

// populationWords are a population as the command line says it.
type populationWords struct {
	questionnaires.ListedPopulation
	evidence, column, format string
	kind, namespace, target  string
	labels                   map[string]string
}

func (w *populationWords) flags(verb *cobra.Command) {
	f := verb.Flags()
	f.StringVar(&w.Of, "of", "", "`WHAT` it lists, such as 'servers in production'")
	f.StringVar(&w.Query, "query", "", "how the list was made: `TEXT`, such as the query that the client ran")
	f.StringVar(&w.Assurance, "assurance", "", "`TEXT` that says how you made sure that the list is whole")
	f.StringVar(&w.column, "column", "", "the `COLUMN` or field of the file that names an item")
	f.StringVar(&w.format, "format", "", "text, table or objects (default: by the file's name)")
	f.StringVar(&w.evidence, "evidence", "", "`Evidence-N` that lists it, in place of a file")
	f.StringVar(&w.kind, "kind", "", "list the objects of a `KIND` that a collection saw, such as Pod or Deployment.apps")
	f.StringVarP(&w.namespace, "namespace", "n", "", "only those of a `NAMESPACE`")
	f.StringToStringVar(&w.labels, "label", nil, "only those that carry a label `KEY=VALUE` (repeatable)")
	f.StringVar(&w.target, "target", "", "the `TARGET` that was collected, where there are several")
}

func (d *door) samplePopulationVerb() *cobra.Command {
	var o opening
	var w populationWords
	verb := &cobra.Command{
		Use: "population VAULT NAME [FILE]", Short: "Record a population: a list that samples are drawn from", Args: cobra.RangeArgs(2, 3),
		Long: `Records a population of an assessment: the objects that a collection saw, or what a
file lists, which is taken in as evidence byte for byte. A file has an item a line
(.txt), columns that its first line names (.csv, .tsv), or a JSON object a line
(.json, .jsonl). An item stands in it once, and it has at most 1,000,000.

A collection that could not see everything makes a population that is not whole; nor
does a file show by itself that it is. --assurance says how you made sure; without it
a sample of such a population is a problem. A population of a name that is there is
listed again: samples drawn before say so.`,
		Example: "  tickmark sample shop.vault population nodes --kind Node\n" +
			"  tickmark sample shop.vault population servers inventory.csv --column hostname --query 'CMDB, class = server' --assurance 'Compared with the hypervisors on 2026-11-02.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			w.Name = args[1]
			if w.ID, err = questionnaires.NewID(d.random); err != nil {
				return err
			}
			for _, p := range a.Populations() {
				if !p.Withdrawn && strings.EqualFold(p.Name, w.Name) {
					w.ID = p.ID
					if !cmd.Flags().Changed("of") {
						w.Of = p.Of
					}
				}
			}
			var p questionnaires.ListedPopulation
			switch file := append(args, "")[2]; {
			case w.kind != "" && (file != "" || w.evidence != "") || file != "" && w.evidence != "":
				return usagef("population %s: name a file, --evidence or --kind, one of them", w.Name)
			case w.kind != "":
				p, err = d.listObjects(cmd.Context(), v, a, w)
			case w.evidence != "":
				p, err = d.listEvidence(cmd.Context(), v, a, w)
			case file != "":
				p, err = d.listFile(cmd.Context(), v, a, w, file)
			default:
				return usagef("population %s: name a file, --evidence or --kind", w.Name)
			}
			if err != nil {
				return err
			}
			if a, err = d.assessmentOf(cmd.Context(), v, string(a.Details.ID)); err != nil {
				return err
			}
			p, _ = a.Population(p.ID)
			d.printPopulation(formOfPopulation(a, p))
			problems := a.SamplingProblems()
			d.printProblems(problems)
			if len(problems) > 0 || !p.Whole() {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	w.flags(verb)
	return verb
}

// listObjects records the objects of a kind that the newest collection of a target saw.
func (d *door) listObjects(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, w populationWords) (questionnaires.ListedPopulation, error) {
	p := w.ListedPopulation
	seen, err := targetNamed(a.History(), w.target)
	if err != nil {
		return p, err
	}
	kind, group, _ := strings.Cut(w.kind, ".")
	of := engine.Selection{Kind: engine.Kind{Group: group, Kind: kind}, Namespace: w.namespace, Labels: w.labels}
	return v.ListPopulation(ctx, a, p, questionnaires.ListedObjects{Snapshot: seen.Snapshot, Target: seen.Target.ID, Name: seen.Target.Name, Selection: of})
}

// targetNamed returns the newest collection of a target that a name or id means; "" means
// the only one.
func targetNamed(h *questionnaires.History, name string) (questionnaires.TargetSeen, error) {
	all, err := h.LatestTargets()
	if err != nil {
		return questionnaires.TargetSeen{}, err
	}
	var found []questionnaires.TargetSeen
	var names []string
	for _, t := range all {
		if name == "" || name == t.Target.Name || name == t.Target.ID {
			found, names = append(found, t), append(names, t.Target.Name)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return questionnaires.TargetSeen{}, fmt.Errorf("find target %.60q: nothing was collected of it", name)
	}
	return questionnaires.TargetSeen{}, withHint(errors.New("find target: several were collected"), "name one with --target: "+strings.Join(names, ", "))
}

// source is the inventory that the words and a file's name say.
func (w populationWords) source(name string) (questionnaires.Inventory, error) {
	source := questionnaires.Inventory{Column: w.column, Format: questionnaires.FormatOfInventory(name)}
	if w.format == "" {
		return source, nil
	}
	if err := source.Format.UnmarshalText([]byte(w.format)); err != nil {
		return source, usageError{err}
	}
	return source, nil
}

// listEvidence records what a file lists that is evidence already.
func (d *door) listEvidence(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, w populationWords) (questionnaires.ListedPopulation, error) {
	p := w.ListedPopulation
	item, err := a.EvidenceByLabel(w.evidence)
	if err != nil {
		return p, err
	}
	if item.File == nil {
		return p, fmt.Errorf("list %s: it is no file", item.Label())
	}
	source, err := w.source(item.File.Name)
	if err != nil {
		return p, err
	}
	source.Evidence = item.ID
	p.Inventory = &source
	return v.ListInventory(ctx, a, p)
}

// listFile takes a file in as evidence and records what it lists.
func (d *door) listFile(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, w populationWords, path string) (questionnaires.ListedPopulation, error) {
	p := w.ListedPopulation
	source, err := w.source(path)
	if err != nil {
		return p, err
	}
	p.Inventory = &source
	f, err := os.Open(path)
	if err != nil {
		return p, fmt.Errorf("read inventory: %w", withoutProgram(err))
	}
	list, err := inventory.Read(f, source, "")
	if err = errors.Join(err, f.Close()); err != nil {
		return p, err
	}
	file := vault.File{
		Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) },
		Item: questionnaires.Evidence{Title: "Inventory: " + w.Name, File: &questionnaires.FileSource{Obtained: questionnaires.ProvidedByEntity}},
	}
	p, item, err := v.TakePopulation(ctx, a, p, list, file)
	if err == nil {
		fmt.Fprintf(d.out, "%s  %s, %d bytes\n", item.Label(), filepath.Base(path), item.File.Size)
	}
	return p, err
}
