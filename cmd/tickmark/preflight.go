package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// foreteller is a collector that can say what it would see without looking.
type foreteller interface {
	engine.Collector
	Preflight(ctx context.Context) (engine.Snapshot, error)
}

// preflightForm is `preflight -o json`.
type preflightForm struct {
	Targets []foreseenForm `json:"targets"`
}

// foreseenForm is what would be seen of one target.
type foreseenForm struct {
	Target       engine.Target     `json:"target"`
	As           string            `json:"as,omitempty"`
	Seen         []string          `json:"seen"`
	Unseen       []gapForm         `json:"unseen"`
	Requirements []requirementSeen `json:"requirements"`
}

// requirementSeen is one requirement with the checks that inform it.
type requirementSeen struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Checks []checkSeen `json:"checks"`
}

// checkSeen is whether a check would be answered: not, if it needs what would not
// be seen; in part, if that could change what it says.
type checkSeen struct {
	Check   string   `json:"check"`
	Link    string   `json:"link"`
	State   string   `json:"state"` // answered, in-part, unknown
	Missing []string `json:"missing,omitempty"`
}

const (
	stateAnswered = "answered"
	stateInPart   = "in-part"
	stateUnknown  = "unknown"
)

func (d *door) preflightVerb() *cobra.Command {
	var o opening
	var s source
	var format string
	verb := &cobra.Command{
		Use:   "preflight [VAULT] --context C... | --kubeconfig FILE | --manifests PATH... | --dump PATH...",
		Short: "Say what a collection would see, per requirement, and what is missing",
		Long: `Asks the server which kinds it has and which of them you may list, and for no
object; files are read and nothing of them is kept. Then it says per requirement
which checks would be answered and which would stay unknown, and the permission
that is missing. With a vault only the requirements of its assessment are shown.
Ends with 3 if a check would stay unknown, or could say less.`,
		Example: `  tickmark preflight --context prod-eu
  tickmark preflight shop.vault --context prod-eu --with secrets --area secrets
  tickmark preflight --dump bundle.tar.gz -o json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.allowExec = o.allowExec
			collectors, err := d.collectors(s)
			if err != nil {
				return err
			}
			if len(collectors) == 0 {
				return usagef("preflight: name a source: --context, --kubeconfig, --manifests or --dump")
			}
			asked := func(questionnaires.RequirementID) bool { return true }
			if len(args) == 1 {
				a, closing, err := d.looking(cmd.Context(), args[0], o)
				if err != nil {
					return err
				}
				defer closing()
				asked = a.Questionnaire.Asks
			}
			return d.preflight(cmd.Context(), collectors, s.chosen, asked, format)
		},
	}
	o.flags(verb)
	s.flags(verb)
	s.extraFlags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringArrayVar(&s.manifests, "manifests", nil, "`PATH` of a file or folder of manifests (repeatable)")
	verb.Flags().StringVar(&s.target, "target", "manifests", "`NAME` that the target of files gets")
	return verb
}

// preflight asks every source, and prints what checks would make of it.
func (d *door) preflight(ctx context.Context, collectors []engine.Collector, of chosen, asked func(questionnaires.RequirementID) bool, format string) error {
	registry, err := of.registry()
	if err != nil {
		return err
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	form := preflightForm{Targets: []foreseenForm{}}
	for _, c := range collectors {
		snapshot, err := foresee(ctx, c)
		if err != nil {
			return err
		}
		form.Targets = append(form.Targets, foreseenOf(snapshot, registry, catalogue, asked))
	}
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(form); err != nil {
			return err
		}
	} else {
		d.printPreflight(form)
	}
	for _, t := range form.Targets {
		for _, r := range t.Requirements {
			if slices.ContainsFunc(r.Checks, func(c checkSeen) bool { return c.State != stateAnswered }) {
				return errAttention
			}
		}
	}
	return nil
}

// foresee returns what a source would show. Files are read, which asks nobody, and
// what they hold goes nowhere.
func foresee(ctx context.Context, c engine.Collector) (engine.Snapshot, error) {
	if live, ok := c.(foreteller); ok {
		return live.Preflight(ctx)
	}
	snapshot, err := c.Collect(ctx, engine.Intake{})
	if err == nil && snapshot.SawNothing() {
		err = errors.New("preflight " + c.Source() + ": there is no object in it")
	}
	return snapshot, err
}

func foreseenOf(s engine.Snapshot, registry []engine.Check, catalogue *questionnaires.Catalogue, asked func(questionnaires.RequirementID) bool) foreseenForm {
	form := foreseenForm{Target: s.Target, As: s.Collector.Name, Seen: []string{}, Unseen: gapForms(s.Gaps), Requirements: []requirementSeen{}}
	for _, p := range s.Populations {
		if s.Saw(p.Kind) {
			form.Seen = append(form.Seen, p.Kind.String())
		}
	}
	for _, r := range catalogue.Requirements() {
		if !asked(r.ID) {
			continue
		}
		seen := requirementSeen{ID: r.ID.String(), Title: r.Title}
		for _, l := range r.InformedBy {
			i := slices.IndexFunc(registry, func(c engine.Check) bool { return c.ID == l.Check })
			if i < 0 || !registry[i].Asks(s.Target) || slices.ContainsFunc(seen.Checks, func(c checkSeen) bool { return c.Check == l.Check }) {
				continue
			}
			seen.Checks = append(seen.Checks, checkForeseen(s, registry[i], l))
		}
		if len(seen.Checks) > 0 {
			form.Requirements = append(form.Requirements, seen)
		}
	}
	return form
}

func checkForeseen(s engine.Snapshot, c engine.Check, l questionnaires.Link) checkSeen {
	seen := checkSeen{Check: c.ID, Link: l.Class.String(), State: stateAnswered}
	for _, k := range c.Looks {
		if why := whyUnseen(s, k); why != "" {
			seen.State, seen.Missing = stateInPart, append(seen.Missing, why)
		}
	}
	for _, k := range c.Needs {
		if s.Saw(k) {
			continue
		}
		why := whyUnseen(s, k)
		if why == "" {
			why = k.String() + " is not listed in this source"
		}
		seen.State, seen.Missing = stateUnknown, append(seen.Missing, why)
	}
	slices.Sort(seen.Missing)
	seen.Missing = slices.Compact(seen.Missing)
	return seen
}

// whyUnseen is the first gap that hides a kind which may be there, as its cause
// says it: of a live source, the permission that is missing.
func whyUnseen(s engine.Snapshot, k engine.Kind) string {
	for _, g := range s.Gaps {
		if g.Hides(k) && g.Reason != engine.NotInstalled {
			return g.Cause
		}
	}
	return ""
}

func (d *door) printPreflight(form preflightForm) {
	for _, t := range form.Targets {
		as := ""
		if t.As != "" {
			as = ", as " + kube.Printable(t.As)
		}
		fmt.Fprintf(d.out, "%s (%s)%s: %s would be seen, %s not\n", kube.Printable(t.Target.Name), t.Target.ID, as,
			counted(len(t.Seen), "kind", "kinds"), counted(len(t.Unseen), "thing", "things"))
		printGaps(d.out, t.Unseen)
		for _, r := range t.Requirements {
			answered := 0
			for _, c := range r.Checks {
				if c.State == stateAnswered {
					answered++
				}
			}
			fmt.Fprintf(d.out, "\n%s  %s\n  %d of %s would be answered\n", r.ID, r.Title, answered, counted(len(r.Checks), "check", "checks"))
			for _, c := range r.Checks {
				if c.State != stateAnswered {
					fmt.Fprintf(d.out, "  %-8s %s: %s\n", c.State, c.Check, kube.Printable(strings.Join(c.Missing, "; ")))
				}
			}
		}
	}
}
