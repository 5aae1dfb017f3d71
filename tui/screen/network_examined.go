package screen

import (
	"context"
	"slices"
	"sync"
	"time"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/tui/theme"
)

// examined is a cluster whose network was analysed. What it shows never changes; what
// it is asked it answers one at a time.
type examined struct {
	reports.Network
	key         engine.Digest // of what it was judged by
	mu          sync.Mutex
	namespaces  spaces
	classes     spaces
	declared    map[[2]string]declaredEdge // by what sends and what receives
	undenied    []network.Undenied
	open        []string        // namespaces of the zone with no default deny, and in which direction
	into, outOf []network.Arrow // over the edge of the zone, what was not declared first
}

// spaces is a matrix and the order in which it is shown.
type spaces struct {
	matrix reports.Segments
	names  []string // of the spaces, to be shown
	order  []int
	of     func(space string) string // the name of the space that a namespace is in
}

// declaredEdge counts workloads with connections over the edge of the cardholder data
// environment, and those with more than was declared.
type declaredEdge struct{ all, beyond int }

// ask does something with the analysis, which one at a time may.
func (x *examined) ask(do func(*network.Analysis)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	do(x.Analysis)
}

// examineFirst examines a target, or the next after it in which something runs. What
// was examined before and stands as it was is not examined again.
func (d *Desk) examineFirst(ctx context.Context, before *examined, seen []questionnaires.TargetSeen, target int, tell func(engine.Progress)) (int, *examined, error) {
	var first *examined
	for i := range seen {
		at := (target + i) % len(seen)
		x, err := d.examine(ctx, before, seen[at], tell)
		if err != nil || len(x.Analysis.Workloads()) > 0 {
			return at, x, err
		}
		if first == nil {
			first = x
		}
	}
	return target, first, nil
}

// examine reads and analyses what was seen of a target.
func (d *Desk) examine(ctx context.Context, before *examined, seen questionnaires.TargetSeen, tell func(engine.Progress)) (*examined, error) {
	h, err := d.vault.History(ctx)
	if err != nil {
		return nil, err
	}
	if h, _, err = d.asIssued(h); err != nil {
		return nil, err
	}
	scope, err := h.Scope()
	if err != nil {
		return nil, err
	}
	params := scope.Params(time.Time{}) // who can reach whom depends on no clock
	key, err := params.Digest()
	if err != nil {
		return nil, err
	}
	if before != nil && before.key == key && before.Seen.Snapshot == seen.Snapshot {
		return before, nil
	}
	read, documents := 0, d.vault.Documents(ctx)
	tell(engine.Progress{Source: seen.Target.ID, What: seen.Target.Name})
	found, err := reports.ReadNetwork(ctx, d.vault, seen, func(digest engine.Digest) ([]byte, error) {
		if read++; read%100 == 0 {
			tell(engine.Progress{Source: seen.Target.ID, What: seen.Target.Name, Seen: read})
		}
		return documents(digest)
	}, params)
	if err != nil {
		return nil, err
	}
	x := &examined{Network: found, key: key}
	x.arrange(scope)
	return x, ctx.Err()
}

// arrange lays out what the screens show.
func (x *examined) arrange(scope questionnaires.Scope) {
	if len(x.Analysis.Workloads()) == 0 {
		return
	}
	x.namespaces = spaces{matrix: x.Segments, order: x.Order(), of: func(space string) string { return space }}
	title := func(space string) string {
		return scope.ClassOf(questionnaires.Selection{Kind: questionnaires.NamespaceClassed, Name: space, Target: x.Target.ID}).Title()
	}
	var titles []string
	for _, class := range append(questionnaires.Classes(), questionnaires.Unclassed) {
		if slices.ContainsFunc(x.Matrix.Spaces[:len(x.Matrix.Spaces)-1], func(space string) bool { return title(space) == class.Title() }) {
			titles = append(titles, class.Title())
		}
	}
	merged := x.Segments
	merged.Matrix, merged.Zone = x.Matrix.Merged(titles, title), make([]bool, len(titles)+1)
	for i, name := range titles {
		merged.Zone[i] = name == questionnaires.CardholderEnvironment.Title()
	}
	x.classes = spaces{matrix: merged, order: make([]int, len(titles)+1), of: title}
	for _, at := range []*spaces{&x.namespaces, &x.classes} {
		for _, space := range at.matrix.Matrix.Spaces {
			at.names = append(at.names, theme.Clean(space))
		}
	}
	for i := range x.classes.order {
		x.classes.order[i] = i
	}
	x.undenied, x.into, x.outOf = x.Analysis.Undenied(), x.arrowsOf(network.Ingress), x.arrowsOf(network.Egress)
	for _, u := range x.undenied {
		if x.inZone(u.Namespace) {
			x.open = append(x.open, u.Namespace+" "+u.Direction.String())
		}
	}
	x.arrangeDeclared()
}

// arrangeDeclared counts over each part of the edge of the zone what was declared.
func (x *examined) arrangeDeclared() {
	x.declared = map[[2]string]declaredEdge{}
	for _, a := range x.Arrows {
		if a.Allowed.IsEmpty() {
			continue
		}
		for _, of := range []func(string) string{x.namespaces.of, x.classes.of} {
			space, own := a.Space, of(a.Workload.Ref.Namespace)
			if space != network.Outside {
				space = of(space)
			}
			at := [2]string{space, own}
			if a.Direction == network.Egress {
				at = [2]string{own, space}
			}
			sum := x.declared[at]
			if sum.all++; !a.Undeclared.IsEmpty() {
				sum.beyond++
			}
			x.declared[at] = sum
		}
	}
}

// inZone reports whether a namespace is in the cardholder data environment.
func (x *examined) inZone(namespace string) bool {
	i := slices.Index(x.Matrix.Spaces, namespace)
	return i >= 0 && x.Zone[i]
}

// hasZone reports whether a namespace of it was seen.
func (x *examined) hasZone() bool { return slices.Contains(x.Zone, true) }
