package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

// drawWords are a draw as the command line says it.
type drawWords struct {
	population, seed, by string
	size                 int
	systematic, all      bool
}

func (w *drawWords) flags(verb *cobra.Command) {
	verb.Flags().StringVar(&w.population, "population", "", "`NAME` of the population")
	verb.Flags().IntVar(&w.size, "size", 0, "how many are drawn")
	verb.Flags().StringVar(&w.seed, "seed", "", "`TEXT` to draw by (default: one that is drawn, and recorded)")
	verb.Flags().StringVar(&w.by, "by", "", "spread the sample over a `COLUMN`, by share and at least one each; of objects: namespace")
	verb.Flags().BoolVar(&w.systematic, "systematic", false, "every so many of the list, from a start that the seed says")
	verb.Flags().BoolVar(&w.all, "all", false, "all of them are tested")
}

func (d *door) sampleDrawVerb() *cobra.Command {
	var o opening
	var w drawWords
	var words sampleWords
	verb := &cobra.Command{
		Use: "draw VAULT --population NAME --size N", Short: "Draw a sample set from a population", Args: cobra.ExactArgs(1),
		Long: `Draws a sample set from a population, so that anybody can draw it again: at random, or
systematically. Each item has as its rank the SHA-256 of four lines: tickmark/sample/1,
the seed, the SHA-256 of the population's list, and the item; those of the lowest rank
are drawn. With --by each value of a column is drawn from by its share. A sample is no
larger than its population. With --all every item is tested, and none is drawn.`,
		Example: "  tickmark sample shop.vault draw --population servers --size 25 --requirement 2.2.1,6.3.3 --rationale '10 per cent, at least 25: one build pipeline makes them all.'\n" +
			"  tickmark sample shop.vault draw --population servers --size 12 --by site --seed 2026-A",
		RunE: func(cmd *cobra.Command, args []string) error {
			if w.population == "" || (w.size == 0) != w.all {
				return usagef("draw: --population is needed, and --size or --all")
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			p, err := a.PopulationNamed(w.population)
			if err != nil {
				return err
			}
			s := questionnaires.Sample{Type: p.Of, Size: w.size, Draw: questionnaires.SampleDraw{Method: questionnaires.RandomSample, Seed: w.seed, By: w.by}}
			switch {
			case w.all:
				s.Draw.Method = questionnaires.AllTested
			case w.systematic:
				s.Draw.Method = questionnaires.SystematicSample
			}
			if s.Draw.Seed == "" && !w.all {
				seed, err := questionnaires.NewID(d.random)
				if err != nil {
					return err
				}
				s.Draw.Seed = string(seed)
			}
			if s, err = v.DrawSample(cmd.Context(), a, p, s); err != nil {
				return err
			}
			return d.recordSample(cmd, v, a, s, words)
		},
	}
	o.flags(verb)
	w.flags(verb)
	words.flags(verb)
	return verb
}

// redrawForm is one line of `sample check -o json`.
type redrawForm struct {
	Label string `json:"label"`
	questionnaires.Redraw
	Outdated string `json:"outdated,omitempty"`
	Error    string `json:"error,omitempty"`
}

func (d *door) sampleCheckVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "check VAULT [Set-N]...", Short: "Draw samples again, and compare item by item", Args: cobra.MinimumNArgs(1),
		Long: `Draws sample sets again that the program drew, all of them or those named, from the
list that each was drawn from, and compares item by item. It says where the population
was listed again since, or where a newer collection lists others. Ends with 3 where
anything differs or cannot be drawn again.`,
		Example: "  tickmark sample shop.vault check\n  tickmark sample shop.vault check Set-2 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			var chosen []questionnaires.Sample
			for _, name := range args[1:] {
				s, err := a.SampleByLabel(name)
				if err != nil {
					return err
				}
				chosen = append(chosen, s)
			}
			if len(chosen) == 0 {
				for _, s := range a.Samples() {
					if s.Draw.Method.Drawn() {
						chosen = append(chosen, s)
					}
				}
			}
			forms, attention := make([]redrawForm, len(chosen)), false
			for i, s := range chosen {
				form := redrawForm{Label: s.Label(), Outdated: a.OutdatedSample(s)}
				if form.Redraw, err = v.RedrawSample(cmd.Context(), a, s); err != nil {
					form.Error = err.Error()
				}
				forms[i] = form
				attention = attention || form.Error != "" || form.Outdated != "" || form.Since != "" || len(form.Gone)+len(form.Other) > 0
			}
			if format == "json" {
				err = json.NewEncoder(d.out).Encode(forms)
			} else {
				err = d.printRedraws(forms)
			}
			if err == nil && attention {
				err = errAttention
			}
			return err
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) printRedraws(forms []redrawForm) error {
	for _, f := range forms {
		switch {
		case f.Error != "":
			fmt.Fprintf(d.out, "%s  %s\n", f.Label, kube.Printable(f.Error))
		case len(f.Gone)+len(f.Other) == 0:
			fmt.Fprintf(d.out, "%s  the same %d items are drawn again\n", f.Label, f.Same)
		default:
			fmt.Fprintf(d.out, "%s  differs: %d are drawn again\n", f.Label, f.Same)
		}
		for _, item := range f.Gone {
			fmt.Fprintf(d.out, "  recorded, not drawn again  %s\n", kube.Printable(item))
		}
		for _, item := range f.Other {
			fmt.Fprintf(d.out, "  drawn again, not recorded  %s\n", kube.Printable(item))
		}
		for _, says := range []string{f.Outdated, f.Since} {
			if says != "" {
				fmt.Fprintf(d.out, "  %s\n", kube.Printable(says))
			}
		}
	}
	if len(forms) == 0 {
		fmt.Fprintln(d.out, "no sample was drawn by the program")
	}
	return nil
}
