package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/network"
)

func (d *door) whoCanReachVerb() *cobra.Command {
	var s source
	var format, inLabelled string
	var namespaces []string
	verb := &cobra.Command{
		Use: "who-can-reach SELECTOR PATH... | --context C", Short: "Who can reach a set of workloads from outside it, and what it can reach", Args: cobra.MinimumNArgs(1),
		Long: `SELECTOR is the labels of pods as kubectl writes them (tier=cde, 'app in (api,web)'),
NAMESPACE/NAME of a workload, or NAMESPACE/ for all of a namespace; * stands for any text
in a name. -n and --namespace-selector narrow it. Prints who can reach the set, the
objects that lead into it from outside the cluster, what it can reach, and where no
default deny stands; a line with "may" is what cannot be excluded. A set with nothing in
it is an error.`,
		Example: "  tickmark network who-can-reach 'tier=cde' manifests/\n  tickmark network who-can-reach payments/ --context prod -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			selection, err := selectionOf(args[0], namespaces, inLabelled)
			if err != nil {
				return err
			}
			n, err := d.networkOf(cmd.Context(), "network who-can-reach", s, args[1:])
			if err != nil {
				return err
			}
			found := 0
			reaches := map[*network.Analysis]network.Reach{}
			for _, a := range n.analyses {
				reaches[a] = a.Reach(selection)
				found += len(reaches[a].Set) + len(reaches[a].Unseen)
			}
			if found == 0 {
				return withHint(fmt.Errorf("network who-can-reach %q: it selects no workload", args[0]), "`tickmark network connections` lists the workloads")
			}
			return d.showNetworks(n, format,
				func(target engine.Target, a *network.Analysis) any { return reachForm(target, reaches[a]) },
				func(a *network.Analysis) { d.printReach(reaches[a]) })
		},
	}
	s.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringSliceVarP(&namespaces, "namespace", "n", nil, "`NAMESPACE` of the set, * for any text (repeatable)")
	verb.Flags().StringVar(&inLabelled, "namespace-selector", "", "`LABELS` of the namespaces of the set")
	return verb
}

// workloadName is a selector that names a workload and no label: the part before
// the slash is no domain.
var workloadName = engine.Late(`^([a-z0-9*?-]+)/([a-z0-9.*?-]*)$`)

// selectionOf reads what a person means.
func selectionOf(text string, namespaces []string, inLabelled string) (network.Selection, error) {
	selection := network.Selection{Namespaces: namespaces}
	for _, pattern := range namespaces {
		if _, err := path.Match(pattern, ""); err != nil {
			return selection, usagef("network who-can-reach: -n %q: %w", pattern, err)
		}
	}
	var err error
	if inLabelled != "" {
		if selection.InLabelled, err = labels.Parse(inLabelled); err != nil {
			return selection, usagef("network who-can-reach: --namespace-selector: %w", err)
		}
	}
	if m := workloadName().FindStringSubmatch(text); m != nil {
		if len(namespaces) > 0 {
			return selection, usagef("network who-can-reach %q: it names its namespace, so that -n has nothing to say", text)
		}
		selection.Namespaces, selection.Name = []string{m[1]}, m[2]
		return selection, nil
	}
	if strings.TrimSpace(text) == "" {
		return selection, nil
	}
	if selection.Pods, err = labels.Parse(text); err != nil {
		return selection, usagef("network who-can-reach %q: %w", text, err)
	}
	return selection, nil
}

func reachForm(target engine.Target, r network.Reach) any {
	return struct {
		Target   string             `json:"target"`
		Set      []network.Workload `json:"set"`
		Unseen   []string           `json:"unseen,omitempty"`
		From     []connectionForm   `json:"from"`
		To       []connectionForm   `json:"to"`
		WaysIn   []network.WayIn    `json:"waysIn"`
		Undenied []network.Undenied `json:"undenied"`
	}{target.ID, r.Set, r.Unseen, connectionForms(r.From), connectionForms(r.To), r.WaysIn, r.Undenied}
}

func (d *door) printReach(r network.Reach) {
	fmt.Fprintf(d.out, "%s in the set\n", plural(len(r.Set), "workload"))
	for _, w := range r.Set {
		fmt.Fprintf(d.out, "  %s\n", w)
	}
	for _, namespace := range r.Unseen {
		fmt.Fprintf(d.out, "  may: what is in %s, whose labels were not seen\n", kube.Printable(namespace))
	}
	d.printCrossing("Into it", r.From)
	d.printCrossing("Out of it", r.To)
	if len(r.WaysIn) > 0 {
		fmt.Fprintln(d.out, "\nLeads into it from outside the cluster")
	}
	for _, w := range r.WaysIn {
		fmt.Fprintf(d.out, "  %s by %s => %s : %s of %s\n", kube.Printable(w.Through), w.By, w.To, w.Allowed, w.Ports)
	}
	if len(r.Undenied) > 0 {
		fmt.Fprintln(d.out, "\nNot denied by default")
	}
	for _, u := range r.Undenied {
		var by []string
		for _, ref := range u.OpenedBy {
			by = append(by, ref.Name)
		}
		opened := ""
		if len(by) > 0 {
			opened = ", opened again by " + strings.Join(by, ", ")
		}
		fmt.Fprintf(d.out, "  %s: %s%s\n", u.Namespace, u.Direction, opened)
	}
}

func (d *door) printCrossing(title string, all []network.Connection) {
	fmt.Fprintf(d.out, "\n%s\n", title)
	if len(all) == 0 {
		fmt.Fprintln(d.out, "  nothing")
	}
	for _, c := range all {
		switch {
		case c.Certain():
			fmt.Fprintf(d.out, "  %s\n", c)
		case c.Allowed.IsEmpty():
			fmt.Fprintf(d.out, "  %s => %s : may %s\n", c.From, c.To, c.Text(true))
		default:
			fmt.Fprintf(d.out, "  %s, may %s\n", c, c.Text(true))
		}
	}
}

func (d *door) explainConnectionVerb() *cobra.Command {
	var s source
	var format string
	verb := &cobra.Command{
		Use: "explain FROM TO PATH... | --context C", Short: "Which policies allow or deny a connection", Args: cobra.MinimumNArgs(2),
		Long: `FROM and TO are workloads (NAMESPACE/NAME, or as network connections writes them) or an
address outside the cluster. Prints what is allowed and, in the order in which they
decide, every policy that has a say: of the source for what goes out, of the destination
for what comes in.`,
		Example: "  tickmark network explain shop/web payments/api manifests/\n  tickmark network explain 203.0.113.7 payments/api --context prod",
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := d.networkOf(cmd.Context(), "network explain", s, args[2:])
			if err != nil {
				return err
			}
			explained := map[*network.Analysis]network.Explanation{}
			for _, a := range n.analyses {
				if explained[a], err = a.Explain(args[0], args[1]); err != nil {
					return fmt.Errorf("network explain: %w", err)
				}
			}
			return d.showNetworks(n, format, func(target engine.Target, a *network.Analysis) any {
				return struct {
					Target string `json:"target"`
					connectionForm
					Effects []network.Effect `json:"effects"`
				}{target.ID, connectionFormOf(explained[a].Connection), explained[a].Effects}
			}, func(a *network.Analysis) {
				fmt.Fprintf(d.out, "%s\n", explained[a].Connection)
				if !explained[a].Connection.Certain() {
					fmt.Fprintf(d.out, "may be %s\n", explained[a].Connection.Text(true))
				}
				for _, e := range explained[a].Effects {
					fmt.Fprintf(d.out, "  %s\n", kube.Printable(e.String()))
				}
			})
		},
	}
	s.flags(verb)
	outputFlag(verb, &format)
	return verb
}
