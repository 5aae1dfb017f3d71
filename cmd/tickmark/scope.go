package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

func (d *door) scopeVerb() *cobra.Command {
	verb := &cobra.Command{Use: "scope VAULT show|set", Short: "What the assessments of a vault look at"}
	actionsOf(verb, d.scopeShowVerb(), d.scopeSetVerb())
	return verb
}

func (d *door) scopeShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT", Short: "Show zones and trusted registries", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			history, closing, err := d.history(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer closing()
			scope, err := history.Scope()
			if err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(scope)
			}
			d.printScope(scope)
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	return verb
}

func (d *door) printScope(scope questionnaires.Scope) {
	zones := scope.EvidenceZones()
	if len(zones) == 0 {
		fmt.Fprintln(d.out, "zones       none declared: no namespace is known to hold cardholder data")
	}
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		for _, s := range zones[zone] {
			where := "every target"
			if s.Target != "" {
				where = s.Target
			}
			fmt.Fprintf(d.out, "zone        %s: %s in %s\n", zone, strings.Join(s.Namespaces, ", "), where)
		}
	}
	if len(scope.TrustedRegistries) == 0 {
		fmt.Fprintln(d.out, "registries  none declared as trusted")
	}
	for _, r := range scope.TrustedRegistries {
		fmt.Fprintf(d.out, "registry    %s\n", r)
	}
}

func (d *door) scopeSetVerb() *cobra.Command {
	var o opening
	var cde, registries []string
	var description string
	verb := &cobra.Command{
		Use: "set VAULT [--cde NAMESPACE]... [--registry PREFIX]...", Short: "Set zones and trusted registries",
		Long: `Sets the scope by which evidence is judged. What is not named keeps its value.
Namespaces may hold patterns such as pay-*; TARGET/NAMESPACE names one target's.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			history, err := v.History(cmd.Context())
			if err != nil {
				return err
			}
			scope, err := history.Scope()
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("cde") {
				scope = scope.WithZone(questionnaires.CardholderEnvironment, selectorsOf(cde))
			}
			if cmd.Flags().Changed("registry") {
				scope.TrustedRegistries = registries
			}
			if cmd.Flags().Changed("description") {
				scope.Description = description
			}
			catalogue, err := pci.Catalogue()
			if err != nil {
				return err
			}
			draft, err := history.SetScope(catalogue, scope)
			if err != nil {
				return err
			}
			if _, err := v.Append(cmd.Context(), draft); err != nil {
				return err
			}
			d.printScope(scope)
			return nil
		},
	}
	o.flags(verb)
	verb.Flags().StringSliceVar(&cde, "cde", nil, "`NAMESPACE` of the cardholder data environment, or TARGET/NAMESPACE (repeatable)")
	verb.Flags().StringSliceVar(&registries, "registry", nil, "`PREFIX` of image names that are trusted (repeatable)")
	verb.Flags().StringVar(&description, "description", "", "what is in scope, in words")
	return verb
}

// selectorsOf reads NAMESPACE or TARGET/NAMESPACE, one selector per target.
func selectorsOf(names []string) []engine.Selector {
	byTarget := map[string][]string{}
	for _, name := range names {
		target, namespace, qualified := strings.Cut(name, "/")
		if !qualified {
			target, namespace = "", name
		}
		byTarget[target] = append(byTarget[target], namespace)
	}
	var selectors []engine.Selector
	for _, target := range slices.Sorted(maps.Keys(byTarget)) {
		selectors = append(selectors, engine.Selector{Target: target, Namespaces: byTarget[target]})
	}
	return selectors
}
