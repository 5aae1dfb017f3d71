package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// gathered is what was collected into memory, for verbs without a vault.
type gathered struct {
	snapshots []engine.Snapshot
	failed    []engine.Gap // sources that gave nothing at all
	*engine.Held
}

// gather collects into memory. It is an error if not one object could be read.
func (d *door) gather(ctx context.Context, verb string, collectors []engine.Collector) (*gathered, error) {
	g := &gathered{Held: engine.NewHeld()}
	line := d.progress()
	defer line.Done()
	intake := engine.Intake{Progress: line.Show, Document: func(doc engine.Document) error {
		g.Keep(doc)
		return nil
	}}
	for _, c := range collectors {
		snapshot, err := c.Collect(ctx, intake)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s %s: %w", verb, c.Source(), ctx.Err())
		}
		if err != nil {
			g.failed = append(g.failed, engine.Gap{Source: c.Source(), Reason: engine.Unreachable, Cause: kube.Printable(err.Error())})
			continue
		}
		g.snapshots = append(g.snapshots, snapshot)
	}
	return g, g.nothingRead(verb)
}

// gatherNamed collects what a verb of an analysis names: files and folders, contexts
// or both. Of a cluster it asks no more than the analysis reads.
func (d *door) gatherNamed(ctx context.Context, verb string, s source, reads []engine.Kind, paths []string) (*gathered, error) {
	s.manifests, s.reads = paths, reads
	s.target, _, _ = strings.Cut(verb, " ")
	collectors, err := d.collectors(s)
	if err != nil {
		return nil, err
	}
	if len(collectors) == 0 {
		return nil, usagef("%s: name files or folders, or --context", verb)
	}
	return d.gather(ctx, verb, collectors)
}

// gaps returns what could not be seen.
func (g *gathered) gaps() []engine.Gap {
	all := g.failed[:len(g.failed):len(g.failed)]
	for _, s := range g.snapshots {
		all = append(all, s.Gaps...)
	}
	return all
}

// nothingRead is an error if not one object was read.
func (g *gathered) nothingRead(verb string) error {
	for _, s := range g.snapshots {
		if !s.SawNothing() {
			return nil
		}
	}
	gaps := g.gaps()
	if len(gaps) == 0 {
		return fmt.Errorf("%s: there is no Kubernetes object in what was named", verb)
	}
	return withHint(fmt.Errorf("%s %s: %s: %s", verb, gaps[0].Source, gaps[0].Reason, gaps[0].Cause), "nothing at all could be read")
}

// gapForm is a gap as JSON shows it.
type gapForm struct {
	Source    string `json:"source"`
	Line      int    `json:"line"`
	Kind      string `json:"kind"`
	Group     string `json:"group"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
	Cause     string `json:"cause"`
}

func gapForms(gaps []engine.Gap) []gapForm {
	forms := []gapForm{}
	for _, g := range gaps {
		forms = append(forms, gapForm{g.Source, g.Line, g.Kind.Kind, g.Kind.Group, g.Namespace, g.Name, g.Reason.String(), g.Cause})
	}
	return forms
}

// place is where something could not be seen: a file and its line, or a source.
func (g gapForm) place() string {
	if g.Line > 0 {
		return fmt.Sprintf("%s:%d", g.Source, g.Line)
	}
	return g.Source
}

// printGaps prints a line for each gap, and one for all kinds of which a dump holds
// no list.
func printGaps(w io.Writer, gaps []gapForm) {
	var unlisted []string
	for _, g := range gaps {
		if g.Reason == engine.NotListed.String() && strings.HasSuffix(g.Cause, kube.NoList) {
			unlisted = append(unlisted, engine.Kind{Group: g.Group, Kind: g.Kind}.String())
			continue
		}
		fmt.Fprintf(w, "  %s  %s %s\n", kube.Printable(g.place()), g.Reason, kube.Printable(g.Cause))
	}
	if len(unlisted) > 0 {
		more := ""
		if named := 20; len(unlisted) > named {
			more = fmt.Sprintf(" and %d more (-o json lists all)", len(unlisted)-named)
			unlisted = unlisted[:named]
		}
		fmt.Fprintf(w, "  %s of %s%s; kubectl get RESOURCE --all-namespaces -o json prints one\n", kube.NoList, strings.Join(unlisted, ", "), more)
	}
}

// analysedForm is what a verb of an analysis says as JSON.
type analysedForm struct {
	Targets []any     `json:"targets"`
	Gaps    []gapForm `json:"gaps"`
}

// showAnalysed prints what a verb of an analysis says of each target that was gathered,
// as JSON what form makes of it, and then, apart from it, what is not known.
func (d *door) showAnalysed(g *gathered, gaps []gapForm, format string, form func(i int) any, show func(i int)) error {
	if format == "json" {
		whole := analysedForm{Targets: []any{}, Gaps: gaps}
		for i := range g.snapshots {
			whole.Targets = append(whole.Targets, form(i))
		}
		if err := json.NewEncoder(d.out).Encode(whole); err != nil {
			return err
		}
	} else {
		for i := range g.snapshots {
			if len(g.snapshots) > 1 {
				fmt.Fprintf(d.out, "# %s\n", kube.Printable(g.snapshots[i].Target.Name))
			}
			show(i)
		}
		d.printUnknown(gaps)
	}
	if len(gaps) > 0 {
		return errAttention
	}
	return nil
}
