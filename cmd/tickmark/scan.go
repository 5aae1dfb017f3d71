package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// scanForm is `scan -o json`, as CLI.md fixes it.
type scanForm struct {
	Targets []engine.Target `json:"targets"`
	Objects int             `json:"objects"`
	Results []resultForm    `json:"results"`
	Gaps    []gapForm       `json:"gaps"`
}

type resultForm struct {
	Check        string            `json:"check"`
	Version      int               `json:"version"`
	Target       string            `json:"target"`
	Verdict      engine.Verdict    `json:"verdict"`
	Requirements []requirementLink `json:"requirements"`
	Details      []detailForm      `json:"details"`
}

type detailForm struct {
	Subject   engine.Ref      `json:"subject"`
	Container string          `json:"container,omitempty"`
	Verdict   engine.Verdict  `json:"verdict"`
	Sentence  string          `json:"sentence"`
	Field     string          `json:"field,omitempty"`
	Value     json.RawMessage `json:"value,omitempty"`
}

func (d *door) scanVerb() *cobra.Command {
	var s source
	var format string
	var registries, cde, connections []string
	verb := &cobra.Command{
		Use:   "scan PATH... | --context C | --dump PATH... | --import FILE...",
		Short: "Evaluate without a vault and print the results",
		Long: `Reads manifests, a live cluster, a saved dump or other tools' results, evaluates
every check and prints the results;
nothing is kept. Ends with 3 if a check failed or something could not be read,
and with 1 only if nothing at all could be read.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s.manifests, s.target = args, "scan"
			if err := d.readOwn(&s.chosen); err != nil {
				return err
			}
			collectors, err := d.collectors(s)
			if err != nil {
				return err
			}
			if len(collectors) == 0 {
				return usagef("scan: name files or folders, --context, --dump or --import")
			}
			declared, err := declarationsOf("scan", connections)
			if err != nil {
				return err
			}
			scope := questionnaires.Scope{TrustedRegistries: registries, Connections: declared}
			if len(cde) > 0 {
				scope.Zones = map[string][]engine.Selector{questionnaires.CardholderData: selectorsOf(cde)}
			}
			return d.scan(cmd.Context(), collectors, s.chosen, scope, format)
		},
	}
	s.flags(verb)
	s.extraFlags(verb)
	s.chosen.ownFlags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringSliceVar(&registries, "registry", nil, "`PREFIX` of image names that are trusted (repeatable)")
	connectionFlag(verb, &connections)
	verb.Flags().StringSliceVar(&cde, "cde", nil, "`NAMESPACE` of the cardholder data environment (repeatable)")
	return verb
}

// scan collects into memory, evaluates and prints.
func (d *door) scan(ctx context.Context, collectors []engine.Collector, of chosen, scope questionnaires.Scope, format string) error {
	g, err := d.gather(ctx, "scan", collectors)
	if err != nil {
		return err
	}
	registry, err := of.registry()
	if err != nil {
		return err
	}
	params := scope.Params(d.now())
	params.Custom = of.values
	run, err := engine.Evaluate(ctx, registry, g.snapshots, g.document, params)
	if err != nil {
		return err
	}
	form, err := scanFormOf(g, run)
	if err != nil {
		return err
	}
	if format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		d.printScan(form)
	}
	if err == nil && (len(form.Gaps) > 0 || run.Verdict() == engine.Fail || run.Verdict() == engine.Unknown) {
		return errAttention
	}
	return err
}

func scanFormOf(g *gathered, run engine.Run) (scanForm, error) {
	form := scanForm{Targets: []engine.Target{}, Results: []resultForm{}, Gaps: gapForms(g.gaps())}
	for _, s := range g.snapshots {
		form.Targets = append(form.Targets, s.Target)
		form.Objects += len(s.Entries)
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return form, err
	}
	for _, informed := range catalogue.Inform(run.Results) {
		r := informed.Result
		f := resultForm{Check: r.Check, Version: r.Version, Target: r.Target, Verdict: r.Verdict, Requirements: linksOf(informed.Links), Details: []detailForm{}}
		for _, detail := range r.Details {
			f.Details = append(f.Details, detailForm{detail.Subject, detail.Container, detail.Verdict, detail.Sentence, detail.Field, detail.Value})
		}
		form.Results = append(form.Results, f)
	}
	return form, nil
}

func (d *door) printScan(form scanForm) {
	for _, t := range form.Targets {
		fmt.Fprintf(d.out, "%s  %d objects, %d gaps\n", t.ID, form.Objects, len(form.Gaps))
	}
	for _, r := range form.Results {
		counts := map[engine.Verdict]int{}
		for _, detail := range r.Details {
			counts[detail.Verdict]++
		}
		fmt.Fprintf(d.out, "\n%s  %s: %d pass, %d fail, %d unknown\n", r.Verdict, r.Check, counts[engine.Pass], counts[engine.Fail], counts[engine.Unknown])
		const most = 10
		shown := 0
		for _, detail := range r.Details {
			if detail.Verdict != engine.Fail && detail.Verdict != engine.Unknown {
				continue
			}
			if shown++; shown > most {
				continue
			}
			fmt.Fprintf(d.out, "  %-8s%s: %s\n", detail.Verdict, kube.Printable(detail.Subject.String()), kube.Printable(detail.Sentence))
		}
		if shown > most {
			fmt.Fprintf(d.out, "  and %d more (-o json lists all)\n", shown-most)
		}
	}
	if len(form.Gaps) > 0 {
		fmt.Fprintln(d.out, "\nCould not be seen:")
		printGaps(d.out, form.Gaps)
	}
}
