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
	"tickmark/engine/sheet"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

func (d *door) scopeVerb() *cobra.Command {
	verb := &cobra.Command{Use: "scope VAULT show|set|import|class", Short: "What the assessments of a vault look at"}
	actionsOf(verb, d.scopeShowVerb(), d.scopeSetVerb(), d.scopeImportVerb(), d.scopeClassVerb())
	verb.AddCommand(d.templateVerb("scope", scopeTemplate))
	return verb
}

// sheetFlag adds -o text|json|yaml.
func sheetFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVarP(format, "output", "o", "text", "text, json or yaml")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if !slices.Contains([]string{"text", "json", "yaml"}, *format) {
			return usagef("run %s: -o %q is neither text, json nor yaml", cmd.CommandPath(), *format)
		}
		return nil
	}
}

// scopeSheet is a scope as files have it: what it cites are labels, such as
// Evidence-7, in the places of the ids.
type scopeSheet struct {
	Revision string `json:"revision,omitempty"` // that the file was written from
	questionnaires.Scope
}

// revisionOf is what a file says of the entry that it was written from.
func revisionOf(e questionnaires.Entry, set bool) string {
	if !set {
		return unrevised
	}
	return e.ID.Short()
}

// stale refuses a file that was written from something else than what stands.
func stale(what, revision string, e questionnaires.Entry, set bool) error {
	if revision == "" || revision == revisionOf(e, set) {
		return nil
	}
	return withHint(fmt.Errorf("set %s: it was set since the file was written (revision %s)", what, revisionOf(e, set)),
		"compare it with show -o yaml, or take the file's line with the revision out")
}

func (d *door) scopeShowVerb() *cobra.Command {
	var o opening
	var format string
	verb := &cobra.Command{
		Use: "show VAULT", Short: "Show the scope, and the namespaces that nobody classed", Args: cobra.ExactArgs(1),
		Long: `Shows what the assessments of the vault look at, and of the clusters collected last
the namespaces that nobody classed: they are in scope until somebody says and shows
that they are not. With -o yaml it is the file that import takes.`,
		Example: "  tickmark scope shop.vault show -o yaml > scope.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.readOnly = true
			v, a, err := d.anyOf(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer v.Close()
			if format == "text" {
				d.printScope(a.Scope())
				return d.printUnclassed(cmd.Context(), v, a)
			}
			s := scopeSheet{revisionOf(a.ScopeEntry()), a.Scope()}
			if err := s.Recite(labelOf(a)); err != nil {
				return err
			}
			if format == "json" {
				return json.NewEncoder(d.out).Encode(s)
			}
			return d.printSheet(s)
		},
	}
	o.flags(verb)
	sheetFlag(verb, &format)
	return verb
}

// anyOf opens a vault and the assessment that was asked for, any of them where the
// scope that they share is all that is wanted.
func (d *door) anyOf(ctx context.Context, path string, o opening) (*vault.Vault, *questionnaires.Assessment, error) {
	v, err := d.open(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	a, err := d.first(ctx, v, o.assessment)
	if err != nil {
		return nil, nil, errors.Join(err, v.Close())
	}
	return v, a, nil
}

func (d *door) first(ctx context.Context, v *vault.Vault, name string) (*questionnaires.Assessment, error) {
	history, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	if all, err := history.Assessments(); name == "" && err == nil && len(all) > 0 {
		name = string(all[0].ID)
	}
	return d.assessmentOf(ctx, v, name)
}

// setScope records a scope, and says what it is. Nothing is written where it stands
// already. Where attend is given, problems of those kinds need attention.
func (d *door) setScope(ctx context.Context, v *vault.Vault, a *questionnaires.Assessment, scope questionnaires.Scope, attend func(questionnaires.Problem) bool) error {
	catalogue, err := pci.Catalogue()
	if err != nil {
		return err
	}
	draft, err := a.History().SetScope(catalogue, scope)
	switch {
	case errors.Is(err, questionnaires.ErrUnchanged):
		fmt.Fprintln(d.out, "scope stays as it is")
	case err != nil:
		return err
	default:
		if _, err := v.Append(ctx, draft); err != nil {
			return err
		}
		d.printScope(scope)
	}
	return d.attentionToScope(ctx, v, attend)
}

// attentionToScope says what problems the scope has in the assessments of a vault.
func (d *door) attentionToScope(ctx context.Context, v *vault.Vault, attend func(questionnaires.Problem) bool) error {
	history, err := v.History(ctx)
	if err != nil {
		return err
	}
	all, err := history.Assessments()
	if err != nil {
		return err
	}
	var attention error
	said := map[string]bool{}
	for _, details := range all {
		a, err := d.assessmentOf(ctx, v, string(details.ID))
		if err != nil {
			return err
		}
		for _, p := range a.ScopeProblems(questionnaires.DayOf(a.Time)) {
			if !attend(p) {
				continue
			}
			attention = errAttention
			if !said[p.Sentence] {
				fmt.Fprintf(d.out, "problem     %s\n", p.Sentence)
			}
			said[p.Sentence] = true
		}
	}
	return attention
}

// ofClasses reports whether a problem is one of what is in which class.
func ofClasses(p questionnaires.Problem) bool {
	return p.Kind == questionnaires.ScopeBroken || p.Kind == questionnaires.NotSeparated
}

func (d *door) scopeSetVerb() *cobra.Command {
	var o opening
	var cde, registries, connections, does []string
	var numbers thresholds
	var description string
	verb := &cobra.Command{
		Use: "set VAULT [--cde NAMESPACE]... [--registry PREFIX]... [--limit CHECK=N]...", Short: "Set namespaces of the cardholder data environment, needed connections, trusted registries, limits, and what third parties do",
		Long: `Sets by what evidence is judged. What is not named keeps its value.
Namespaces may hold patterns such as pay-*; TARGET/NAMESPACE names one target's. They
are classed as cardholder data environment, in place of those that were; scope class
puts single ones into a class, scope import takes all of a scope.

A connection is written as tickmark network connections lists it. Its ends are
NAMESPACE/WORKLOAD, with patterns, or a range of addresses; the first may be
{ingress-controller} or {gateway}. Those given replace the ones before; scope import
takes each with its business reason.

Limits are how many may do what a check counts, such as secrets-read-by-few=5; those
given replace the ones before. 0 days are as many as the checks say: 365 and 92.

--does says of one third party of the scope all that it does, for the questions of an
attestation: ` + involvementList() + `; nothing
behind the = takes it back.`,
		Example: "  tickmark scope shop.vault set --cde pay,pay-* --registry registry.copperline.example\n  tickmark scope shop.vault set --connection 'shop/cart => pay/api : TCP 8443'\n  tickmark scope shop.vault set --limit secrets-read-by-few=5 --secret-days 90\n  tickmark scope shop.vault set --does Northbank=handles-account-data,affects-security",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, a, err := d.anyOf(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			scope := a.Scope()
			if cmd.Flags().Changed("cde") {
				scope = scope.WithZone(questionnaires.CardholderEnvironment, selectorsOf(cde))
			}
			if cmd.Flags().Changed("registry") {
				scope.TrustedRegistries = registries
			}
			if cmd.Flags().Changed("connection") {
				if scope.Connections, err = declarationsOf("scope set", connections); err != nil {
					return err
				}
			}
			if err := numbers.into(cmd, &scope.Thresholds); err != nil {
				return err
			}
			if cmd.Flags().Changed("description") {
				scope.Description = description
			}
			if scope.ThirdParties, err = doing(scope.ThirdParties, does); err != nil {
				return err
			}
			return d.setScope(cmd.Context(), v, a, scope, ofClasses)
		},
	}
	o.flags(verb)
	verb.Flags().StringSliceVar(&cde, "cde", nil, "`NAMESPACE` of the cardholder data environment, or TARGET/NAMESPACE (repeatable)")
	verb.Flags().StringSliceVar(&registries, "registry", nil, "`PREFIX` of image names that are trusted (repeatable)")
	connectionFlag(verb, &connections)
	numbers.flags(verb)
	verb.Flags().StringArrayVar(&does, "does", nil, "`NAME=WHAT` a third party does, several with commas (repeatable)")
	verb.Flags().StringVar(&description, "description", "", "what is in scope, in words")
	return verb
}

// involvementList names what a third party may do.
func involvementList() string {
	var names []string
	for _, in := range questionnaires.Involvements() {
		names = append(names, in.String())
	}
	return strings.Join(names, ", ")
}

// doing returns the third parties with what NAME=WHAT,WHAT says of those that are named.
func doing(all []questionnaires.ThirdParty, given []string) ([]questionnaires.ThirdParty, error) {
	all = slices.Clone(all)
	for _, text := range given {
		name, what, is := strings.Cut(text, "=")
		if !is {
			return nil, usagef("scope set: --does %q is no NAME=WHAT", text)
		}
		at := slices.IndexFunc(all, func(p questionnaires.ThirdParty) bool { return p.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("set scope: --does %q: the scope has no such third party", name)
		}
		all[at].Does = nil
		for _, word := range strings.FieldsFunc(what, func(r rune) bool { return r == ',' || r == ' ' }) {
			var in questionnaires.Involvement
			if err := in.UnmarshalText([]byte(word)); err != nil {
				return nil, usagef("scope set: --does %q: %w: want %s", name, err, involvementList())
			}
			all[at].Does = append(all[at].Does, in)
		}
	}
	return all, nil
}

// connectionFlag adds --connection.
func connectionFlag(verb *cobra.Command, connections *[]string) {
	verb.Flags().StringArrayVar(connections, "connection", nil, "`'FROM => TO : PORTS'` that is needed over the edge of the cardholder data environment (repeatable)")
}

// declarationsOf reads connections as connectionFlag takes them.
func declarationsOf(verb string, texts []string) ([]engine.Declaration, error) {
	var all []engine.Declaration
	for _, text := range texts {
		d, err := engine.ParseDeclaration(text)
		if err != nil {
			return nil, usagef("%s: %w", verb, err)
		}
		all = append(all, d)
	}
	return all, nil
}

// selectorsOf reads NAMESPACE or TARGET/NAMESPACE, one selector per target.
func selectorsOf(names []string) []engine.Selector {
	byTarget := map[string][]string{}
	var targets []string
	for _, name := range names {
		target, namespace, qualified := strings.Cut(name, "/")
		if !qualified {
			target, namespace = "", name
		}
		if byTarget[target] == nil {
			targets = append(targets, target)
		}
		byTarget[target] = append(byTarget[target], namespace)
	}
	slices.Sort(targets)
	var selectors []engine.Selector
	for _, target := range targets {
		selectors = append(selectors, engine.Selector{Target: target, Namespaces: byTarget[target]})
	}
	return selectors
}

func (d *door) scopeImportVerb() *cobra.Command {
	var o opening
	verb := &cobra.Command{
		Use: "import VAULT FILE", Short: "Take the whole scope from a file",
		Long: `Makes the scope what a file says (- is the standard input): YAML or JSON as show
prints it. What the file leaves out is left out of the scope. A field that the scope
does not have is refused with its line, and nothing is written where nothing changes.
Evidence is named by its label, such as Evidence-7. A file that show printed names the
revision that it was written from, and is refused if the scope was set since. Ends
with 3 while the scope has problems.`,
		Example: "  tickmark scope template > scope.yaml\n  tickmark scope shop.vault import scope.yaml",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, text, err := d.readFile(args[1])
			if err != nil {
				return err
			}
			var s scopeSheet
			lines, err := sheet.Read(name, text, &s)
			if err != nil {
				return err
			}
			v, a, err := d.anyOf(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			if err := s.Recite(idOf(a)); err != nil {
				return lines.Error("", err.Error())
			}
			if err := limitable(s.Thresholds.Limits); err != nil {
				return lines.Error("thresholds.limits", err.Error())
			}
			entry, set := a.ScopeEntry()
			if err := stale("scope", s.Revision, entry, set); err != nil && !s.Same(a.Scope()) {
				return err
			}
			return d.setScope(cmd.Context(), v, a, s.Scope, func(questionnaires.Problem) bool { return true })
		},
	}
	o.flags(verb)
	return verb
}
