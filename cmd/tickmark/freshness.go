package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
)

func (d *door) freshnessVerb() *cobra.Command {
	verb := &cobra.Command{Use: "freshness VAULT list|set", Short: "For how long each kind of evidence and record counts"}
	actionsOf(verb, d.freshnessListVerb(), d.freshnessSetVerb())
	return verb
}

// freshnessForm is one limit of `freshness list -o json`.
type freshnessForm struct {
	questionnaires.FreshnessLimit
	Default bool   `json:"default"`
	By      string `json:"by,omitempty"`
	On      string `json:"on,omitempty"`
	Beside  int    `json:"beside,omitempty"`
}

func formOfFreshness(l questionnaires.FreshnessLimit) freshnessForm {
	form := freshnessForm{FreshnessLimit: l, Default: l.Entry.IsZero(), By: l.Author.Name, Beside: l.Beside}
	if !form.Default {
		form.On = string(questionnaires.DayOf(l.Time))
	}
	return form
}

func (d *door) freshnessListVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "list VAULT", Short: "List the limits, with the reason of each", Args: cobra.ExactArgs(1),
		Long: `Lists for how many days evidence and records of each kind count from the day on which
they were collected or done, how many days before the end is warned, and why. What is
older is stale: marked in lists, and a problem of what is In Place and rests on nothing
else.`,
		Example: "  tickmark freshness shop.vault list",
		RunE: func(cmd *cobra.Command, args []string) error {
			a, closing, err := d.looking(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			if format == "json" {
				var forms []freshnessForm
				for _, l := range a.FreshnessLimits() {
					forms = append(forms, formOfFreshness(l))
				}
				return json.NewEncoder(d.out).Encode(forms)
			}
			w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
			for _, l := range a.FreshnessLimits() {
				by := "default"
				if form := formOfFreshness(l); !form.Default {
					by = form.By + " on " + form.On
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Of, l, kube.Printable(by), kube.Printable(l.Reason))
			}
			return w.Flush()
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) freshnessSetVerb() *cobra.Command {
	var o opening
	var limit questionnaires.FreshnessLimit
	var all bool
	verb := &cobra.Command{
		Use: "set VAULT KIND --days DAYS --reason TEXT", Short: "Change a limit, in one assessment or in all", Args: cobra.ExactArgs(2),
		Long: `Changes for how many days a kind counts, with the reason; --days 0 is no limit. It is of
the one assessment, or with --all of every one that has no limit of its own. Kinds:
` + strings.Join(questionnaires.FreshnessKinds(), ", ") + ".",
		Example: "  tickmark freshness shop.vault set screenshot --days 30 --warn 7 --reason 'Terminals are patched monthly.'",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("days") {
				return usagef("set freshness: --days is needed")
			}
			limit.Of = args[1]
			return d.signOf(cmd.Context(), args[0], o, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				if !all {
					limit.Assessment = a.Details.ID
				}
				return a.SetFreshness(limit)
			}, func(*questionnaires.Assessment) error {
				fmt.Fprintf(d.out, "%s  %s\n", limit.Of, limit)
				return nil
			})
		},
	}
	o.flags(verb)
	f := verb.Flags()
	f.IntVar(&limit.Days, "days", 0, "`DAYS` for which it counts, 0 for ever")
	f.IntVar(&limit.Warn, "warn", 0, "`DAYS` before the end is warned")
	f.StringVar(&limit.Reason, "reason", "", "why")
	f.BoolVar(&all, "all", false, "in every assessment of the vault that has no limit of its own")
	return verb
}
