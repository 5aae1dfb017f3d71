package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/network"
)

func (d *door) networkVerb() *cobra.Command {
	verb := &cobra.Command{
		Use: "network", Short: "Who can reach whom, as the network policies say",
		Long: `Reads workloads, Services, Ingresses, the routes of Gateways, NetworkPolicies and the
policies of administrators (AdminNetworkPolicy, BaselineAdminNetworkPolicy,
ClusterNetworkPolicy), and says which connections they allow, as configured. Whether the
network plugin enforces them needs other evidence, and so does the penetration test of
the segmentation. What is not evaluated is named, and ends with 3.`,
	}
	verb.AddCommand(d.connectionsVerb(), d.whoCanReachVerb(), d.explainConnectionVerb(), d.networkPictureVerb())
	return verb
}

// networks is what the verbs of network say: an analysis per target.
type networks struct {
	*gathered
	analyses []*network.Analysis
}

// networkOf collects and analyses what a network verb names.
func (d *door) networkOf(ctx context.Context, verb string, s source, paths []string) (*networks, error) {
	// What the controller of Argo's workflows puts into all of them stands in a ConfigMap.
	g, err := d.gatherNamed(ctx, verb, s, append(network.Kinds(), engine.ConfigMapKind), paths)
	if err != nil {
		return nil, err
	}
	all := &networks{gathered: g}
	for i := range g.snapshots {
		all.analyses = append(all.analyses, network.Analyse(engine.NewView(&g.snapshots[i], g.Document, engine.Params{})))
	}
	return all, nil
}

// gaps returns what could not be seen and what is not evaluated. ConfigMaps say something of
// workflows alone.
func (n *networks) gaps() []engine.Gap {
	all := n.gathered.gaps()
	if !slices.ContainsFunc(n.snapshots, holdsWorkflow) {
		all = slices.DeleteFunc(all, func(g engine.Gap) bool { return g.Kind == engine.ConfigMapKind })
	}
	for _, a := range n.analyses {
		all = append(all, a.Gaps()...)
	}
	return all
}

func holdsWorkflow(s engine.Snapshot) bool {
	return slices.ContainsFunc(s.Entries, func(e engine.Entry) bool {
		of, is := engine.PodTemplateOf(e.Ref.Of())
		return is && of.Workflow
	})
}

// connectionForm is a connection as JSON shows it: possible stands where more is
// possible than what is allowed.
type connectionForm struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Ports    string `json:"ports"`
	Possible string `json:"possible,omitempty"`
	// Families stand where what goes over IPv4 is not what goes over IPv6.
	Families []familyForm `json:"families,omitempty"`
}

type familyForm struct {
	Family   string `json:"family"`
	Ports    string `json:"ports"`
	Possible string `json:"possible,omitempty"`
}

func connectionFormOf(c network.Connection) connectionForm {
	form := connectionForm{From: c.From, To: c.To, Ports: c.AllowedText()}
	if !c.Certain() {
		form.Possible = c.PossibleText()
	}
	for _, f := range c.Families {
		one := familyForm{Family: f.Name, Ports: f.Allowed.String()}
		if possible := f.Possible.String(); possible != one.Ports {
			one.Possible = possible
		}
		form.Families = append(form.Families, one)
	}
	return form
}

func connectionForms(all []network.Connection) []connectionForm {
	forms := []connectionForm{}
	for _, c := range all {
		forms = append(forms, connectionFormOf(c))
	}
	return forms
}

// showNetworks prints what a verb of network says: as JSON what of makes of each target,
// else what of prints, and then, apart from it, what is not known.
func (d *door) showNetworks(n *networks, format string, of func(engine.Target, *network.Analysis) any, show func(*network.Analysis)) error {
	return d.showAnalysed(n.gathered, gapForms(n.gaps()), format,
		func(i int) any { return of(n.snapshots[i].Target, n.analyses[i]) }, func(i int) { show(n.analyses[i]) })
}

// printUnknown names on the side what lists of connections do not tell.
func (d *door) printUnknown(gaps []gapForm) {
	const most = 20
	if len(gaps) == 0 {
		return
	}
	fmt.Fprintln(d.err, "Not seen or not evaluated:")
	printGaps(d.err, gaps[:min(len(gaps), most)])
	if len(gaps) > most {
		fmt.Fprintf(d.err, "  and %d more (-o json lists all)\n", len(gaps)-most)
	}
}

func (d *door) connectionsVerb() *cobra.Command {
	var s source
	var format string
	var possible bool
	verb := &cobra.Command{
		Use: "connections PATH... | --context C", Short: "List every allowed connection",
		Long: `Lists a line for each pair, in order: from => to : ports of the destination. A workload
is written namespace/name[Kind], addresses outside as the ranges that no policy tells
apart, and an arbitrary pod in front of an Ingress as {ingress-controller}, of a Gateway's
route as {gateway}. With --possible the lines show what cannot be excluded: where
addresses of pods or labels of namespaces are not known, where a rule is not understood,
and on the network of a node. What is not known is named on the error output, and ends
with 3.`,
		Example: "  tickmark network connections manifests/\n  tickmark network connections --context prod -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := d.networkOf(cmd.Context(), "network connections", s, args)
			if err != nil {
				return err
			}
			return d.showNetworks(n, format, connectionsForm, func(a *network.Analysis) { d.printConnections(a, possible) })
		},
	}
	s.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().BoolVar(&possible, "possible", false, "list what cannot be excluded instead of what is allowed")
	return verb
}

func connectionsForm(target engine.Target, a *network.Analysis) any {
	form := struct {
		Target      string             `json:"target"`
		Workloads   []network.Workload `json:"workloads"`
		Connections []connectionForm   `json:"connections"`
		WaysIn      []network.WayIn    `json:"waysIn"`
	}{Target: target.ID, Workloads: []network.Workload{}, Connections: []connectionForm{}, WaysIn: []network.WayIn{}}
	form.Workloads = append(form.Workloads, a.Workloads()...)
	form.WaysIn = append(form.WaysIn, a.WaysIn()...)
	for c := range a.Connections() {
		form.Connections = append(form.Connections, connectionFormOf(c))
	}
	return form
}

// printConnections prints a line for each connection. Names are those of objects,
// which hold nothing but printable characters.
func (d *door) printConnections(a *network.Analysis, possible bool) {
	w := bufio.NewWriterSize(d.out, 1<<16)
	defer w.Flush()
	for c := range a.Connections() {
		if !possible && c.Allowed.IsEmpty() {
			continue
		}
		for _, part := range [...]string{c.From, " => ", c.To, " : ", c.Text(possible), "\n"} {
			_, _ = w.WriteString(part) // what is lost is told at the end
		}
	}
}
