package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) sampleVerb() *cobra.Command {
	verb := &cobra.Command{Use: "sample VAULT list|show|population|draw|add|set|check|withdraw", Short: "Populations, and the samples drawn from them"}
	actionsOf(verb, d.sampleListVerb(), d.sampleShowVerb(), d.samplePopulationVerb(), d.sampleDrawVerb(), d.sampleAddVerb(), d.sampleSetVerb(),
		d.sampleCheckVerb(), d.sampleWithdrawVerb())
	return verb
}

// populationForm is a population as people see it.
type populationForm struct {
	questionnaires.ListedPopulation
	From  string `json:"from"`
	Whole bool   `json:"whole"` // as far as was seen, or somebody made sure
}

func formOfPopulation(a *questionnaires.Assessment, p questionnaires.ListedPopulation) populationForm {
	return populationForm{p, a.PopulationSource(p), p.Whole()}
}

// sampleForm is a sample set as people see it.
type sampleForm struct {
	questionnaires.Sample
	Label    string   `json:"label"`
	Aliases  []string `json:"aliases,omitempty"`
	From     string   `json:"from,omitempty"` // the population's name
	How      string   `json:"how"`
	Typed    bool     `json:"typed,omitempty"` // into the engagement
	Evidence []string `json:"evidence,omitempty"`
}

func formOfSample(a *questionnaires.Assessment, s questionnaires.Sample) sampleForm {
	form := sampleForm{Sample: s, Label: s.Label(), Aliases: s.AliasLabels(), How: s.How(), Typed: s.Typed}
	if p, known := a.Population(s.Population); known {
		form.From = p.Name
	}
	for _, id := range s.Evidence {
		if item, known := a.Evidence(id); known {
			form.Evidence = append(form.Evidence, item.Label())
		}
	}
	return form
}

// samplingForm is `sample list -o json`.
type samplingForm struct {
	Populations []populationForm         `json:"populations"`
	Samples     []sampleForm             `json:"samples"`
	Problems    []questionnaires.Problem `json:"problems"`
}

func (d *door) sampleListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List populations and sample sets", Args: cobra.ExactArgs(1),
		Long: `Lists the populations of an assessment and the sample sets that were drawn from them,
with what they lack. Ends with 3 while they have problems.`,
		Example: "  tickmark sample shop.vault list\n  tickmark sample shop.vault list -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			form := samplingForm{[]populationForm{}, []sampleForm{}, append([]questionnaires.Problem{}, a.SamplingProblems()...)}
			for _, p := range a.Populations() {
				if !p.Withdrawn {
					form.Populations = append(form.Populations, formOfPopulation(a, p))
				}
			}
			for _, s := range a.Samples() {
				form.Samples = append(form.Samples, formOfSample(a, s))
			}
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(form)
			} else {
				err = d.printSampling(form)
			}
			if err == nil && len(form.Problems) > 0 {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) printSampling(form samplingForm) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, p := range form.Populations {
		fmt.Fprintf(w, "population\t%s\t%d\t%s\n", kube.Printable(p.Name), p.Count, kube.Printable(p.From))
	}
	for _, s := range form.Samples {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Label, kube.Printable(s.Type), sampleSize(s.Sample), kube.Printable(s.How))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(form.Populations)+len(form.Samples) == 0 {
		fmt.Fprintln(d.out, "nothing is sampled yet")
	}
	d.printProblems(form.Problems)
	return nil
}

func (d *door) printProblems(problems []questionnaires.Problem) {
	for _, p := range problems {
		fmt.Fprintf(d.out, "problem     %s\n", kube.Printable(p.Sentence))
	}
}

func sampleSize(s questionnaires.Sample) string { return fmt.Sprintf("%d of %d", s.Size, s.Count) }

func (d *door) sampleShowVerb() *cobra.Command {
	return d.showing(&cobra.Command{
		Use: "show VAULT Set-N|POPULATION", Short: "Show a sample set with its items, or a population",
		Long:    "Shows one sample set with each item, or one population with what it was listed from.",
		Example: "  tickmark sample shop.vault show Set-2\n  tickmark sample shop.vault show 'Production nodes' -o json",
	}, func(a *questionnaires.Assessment, name string) (any, func(), error) {
		s, err := a.SampleByLabel(name)
		if err == nil {
			form := formOfSample(a, s)
			return form, func() { d.printSample(form) }, nil
		}
		p, unknown := a.PopulationNamed(name)
		if unknown != nil {
			return nil, nil, fmt.Errorf("find %.60q: no sample set has this number, and no population this name (see `tickmark sample VAULT list`)", name)
		}
		form := formOfPopulation(a, p)
		return form, func() { d.printPopulation(form) }, nil
	})
}

func (d *door) printPopulation(p populationForm) {
	d.fact("population", p.Name, p.Of)
	d.fact("id", fmt.Sprintf("%.8s", p.ID))
	d.fact("items", fmt.Sprint(p.Count))
	d.fact("from", p.From)
	d.fact("query", p.Query)
	d.fact("sha-256", p.List.String())
	for _, why := range p.Unseen {
		d.fact("not whole", why)
	}
	d.fact("made sure", p.Assurance)
}

func (d *door) printSample(s sampleForm) {
	var serves []string
	for _, id := range s.Requirements {
		serves = append(serves, id.String())
	}
	state := ""
	if s.Withdrawn {
		state = "withdrawn"
	}
	d.fact(s.Label, s.Type, state)
	d.fact("once", s.Aliases...)
	d.fact("size", sampleSize(s.Sample))
	d.fact("population", s.From)
	d.fact("chosen", s.How)
	d.fact("rationale", s.Rationale)
	d.fact("serves", serves...)
	d.fact("evidence", s.Evidence...)
	for _, item := range s.Items {
		d.fact("item", item)
	}
}
