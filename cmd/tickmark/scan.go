package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports/export"
)

// scanForm is `scan -o json`, as CLI.md fixes it.
type scanForm struct {
	Targets []engine.Target `json:"targets"`
	Objects int             `json:"objects"`
	Results []resultForm    `json:"results"`
	Gaps    []gapForm       `json:"gaps"`

	snapshots []engine.Snapshot // of the targets
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
	var numbers thresholds
	verb := &cobra.Command{
		Use:   "scan PATH... | --context C | --dump PATH... | --import FILE...",
		Short: "Evaluate without a vault and print the results",
		Long: `Reads manifests, a live cluster, a saved dump or other tools' results, evaluates
every check and prints the results;
nothing is kept. Ends with 3 if a check failed or something could not be read,
and with 1 only if nothing at all could be read. -o sarif writes what failed, and
what is unknown as open results, for code scanning.`,
		Example: "  tickmark scan deploy/ --cde pay\n  tickmark scan deploy/ -o sarif > tickmark.sarif",
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
			if err := numbers.into(cmd, &scope.Thresholds); err != nil {
				return err
			}
			return d.scan(cmd.Context(), collectors, s.chosen, scope, format)
		},
	}
	s.flags(verb)
	s.extraFlags(verb)
	s.chosen.ownFlags(verb)
	outputFlag(verb, &format, export.SARIF.String())
	verb.Flags().StringSliceVar(&registries, "registry", nil, "`PREFIX` of image names that are trusted (repeatable)")
	connectionFlag(verb, &connections)
	numbers.flags(verb)
	verb.Flags().StringSliceVar(&cde, "cde", nil, "`NAMESPACE` of the cardholder data environment (repeatable)")
	return verb
}

// scan collects into memory, evaluates and prints as the results come.
func (d *door) scan(ctx context.Context, collectors []engine.Collector, of chosen, scope questionnaires.Scope, format string) error {
	d.tidy(scanning)
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
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	form := scanFormOf(g)
	page, err := newScanPage(d.out, form, catalogue, registry, format)
	if err != nil {
		return err
	}
	take, end := page.result, page.end
	if format == export.SARIF.String() {
		log := scanSARIF{catalogue: catalogue, g: g}
		take, end = log.result, func() error { return log.write(d.out, registry) }
	}
	worst, line := engine.NotApplicable, d.progress()
	tell := line.Show
	if format == "json" && d.terminal(d.out) { // where the results come one by one
		tell = nil
	}
	_, err = g.EvaluateEach(ctx, registry, g.snapshots, nil, params, engine.Telling(registry, g.snapshots, tell, func(r engine.Result) error {
		worst = worst.Worse(r.Verdict)
		return take(r)
	}))
	line.Done()
	if err == nil {
		err = end()
	}
	if err == nil && (len(form.Gaps) > 0 || worst == engine.Fail || worst == engine.Unknown) {
		return errAttention
	}
	return err
}

func scanFormOf(g *gathered) scanForm {
	form := scanForm{Targets: []engine.Target{}, Results: []resultForm{}, Gaps: gapForms(g.gaps()), snapshots: g.snapshots}
	for _, s := range g.snapshots {
		form.Targets = append(form.Targets, s.Target)
		form.Objects += len(s.Entries)
	}
	return form
}

func resultFormOf(catalogue *questionnaires.Catalogue, r engine.Result) resultForm {
	links := catalogue.Inform([]engine.Result{r})[0].Links
	f := resultForm{Check: r.Check, Version: r.Version, Target: r.Target, Verdict: r.Verdict, Requirements: linksOf(links), Details: make([]detailForm, 0, len(r.Details))}
	for _, detail := range r.Details {
		f.Details = append(f.Details, detailForm{detail.Subject, detail.Container, detail.Verdict, detail.Sentence, detail.Field, detail.Value})
	}
	return f
}
