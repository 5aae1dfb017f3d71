package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/questionnaires"
)

// classing is one classification as the command line gives it.
type classing struct {
	selector, class, target string
	reason                  string
	separations, statements []string
}

// takenBack is the word that takes a classification back.
const takenBack = "none"

func (d *door) scopeClassVerb() *cobra.Command {
	var o opening
	var c classing
	verb := &cobra.Command{
		Use: "class VAULT SELECTOR CLASS", Short: "Put a cluster, namespace, account or component into a class",
		Long: `Puts something into a class: cardholder-data-environment (or cde), security-impacting,
connected-to, out-of-scope; none takes it back. SELECTOR is namespace/NAME, account/ID,
component/NAME (names may be patterns such as pay-*), cluster, control-plane, nodes,
network-plugin, admission, ci-cd or cluster-admins; --target names the one cluster that
is meant. What no flag names keeps its value.

A namespace is out of scope beside card data only with a reason and with evidence that
it is separated: --separation NAME=Evidence-N, for nodes, policy (both ways),
permissions and storage, and --statement NAME=TEXT of how. Where several classes apply
the strictest counts, and what nobody classed is in scope. Ends with 3 while the
classes have problems.`,
		Example: "  tickmark scope shop.vault class namespace/pay-* cde\n" +
			"  tickmark scope shop.vault class namespace/wiki out-of-scope --reason 'Manuals of the staff.' \\\n" +
			"      --separation nodes=Evidence-3,Evidence-4 --statement 'nodes=Pools of its own, by taints.'",
		Args: cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.selector, c.class = args[1], args[2]
			selection, err := questionnaires.ParseSelection(c.selector, c.target)
			if err != nil {
				return usageError{err}
			}
			if c.class == takenBack && (cmd.Flags().Changed("reason") || len(c.separations)+len(c.statements) > 0) {
				return usagef("class %s: what is taken back has no reason and no separation", selection)
			}
			v, a, err := d.anyOf(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			scope, err := c.change(a, selection, cmd.Flags().Changed("reason"))
			if err != nil {
				return err
			}
			return d.setScope(cmd.Context(), v, a, scope, ofClasses)
		},
	}
	o.flags(verb)
	verb.Flags().StringVar(&c.target, "target", "", "`ID` of the target that is meant, as collect prints it")
	verb.Flags().StringVar(&c.reason, "reason", "", "why it is in the class")
	verb.Flags().StringArrayVar(&c.separations, "separation", nil, "`NAME=EVIDENCE` of a separation, several with commas (repeatable)")
	verb.Flags().StringArrayVar(&c.statements, "statement", nil, "`NAME=TEXT` of how it is separated (repeatable)")
	return verb
}

// change returns the scope with what is selected in its class.
func (c classing) change(a *questionnaires.Assessment, selection questionnaires.Selection, reasoned bool) (questionnaires.Scope, error) {
	scope := a.Scope()
	at := slices.IndexFunc(scope.Classes, func(o questionnaires.Classification) bool { return o.Selection == selection })
	if c.class == takenBack {
		if at < 0 {
			return scope, fmt.Errorf("class %s: nobody classed it", selection)
		}
		scope.Classes = slices.Delete(slices.Clone(scope.Classes), at, at+1)
		return scope, nil
	}
	class, err := questionnaires.ParseClass(c.class)
	if err != nil {
		return scope, usagef("class %s: %w: want %s", selection, err, classList())
	}
	classed := questionnaires.Classification{Selection: selection}
	if at >= 0 {
		classed = scope.Classes[at]
	}
	classed.Class = class
	if reasoned {
		classed.Justification = c.reason
	}
	if err := c.separate(a, &classed.Separation); err != nil {
		return scope, fmt.Errorf("class %s: %w", selection, err)
	}
	scope.Classes = slices.Clone(scope.Classes)
	if at >= 0 {
		scope.Classes[at] = classed
	} else {
		scope.Classes = append(scope.Classes, classed)
	}
	return scope, nil
}

// separate fills in what the flags say of separations.
func (c classing) separate(a *questionnaires.Assessment, s *questionnaires.Separation) error {
	part := func(text string) (*questionnaires.Separator, string, error) {
		name, value, split := strings.Cut(text, "=")
		p := s.Separator(name)
		if p == nil || !split {
			return nil, "", usagef("read separation %q: want NAME=..., where NAME is %s", text, strings.Join(questionnaires.SeparationNames(), ", "))
		}
		return p, value, nil
	}
	for _, text := range c.statements {
		p, value, err := part(text)
		if err != nil {
			return err
		}
		p.Statement = value
	}
	begun := map[*questionnaires.Separator]bool{}
	for _, text := range c.separations {
		p, value, err := part(text)
		if err != nil {
			return err
		}
		if !begun[p] {
			p.Evidence = nil // in place of what it was
		}
		begun[p] = true
		for label := range strings.SplitSeq(value, ",") {
			item, err := a.EvidenceByLabel(strings.TrimSpace(label))
			if err != nil {
				return err
			}
			if item.Expunged != nil {
				return errors.New(item.Label() + " was expunged and evidences nothing")
			}
			p.Evidence = append(p.Evidence, item.ID)
		}
	}
	return nil
}

func classList() string {
	var texts []string
	for _, c := range questionnaires.Classes() {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, ", ")
}
