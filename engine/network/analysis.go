package network

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// Analysis is who can reach whom in one target, as configured.
type Analysis struct {
	target   engine.Target
	running  *running
	policies []*policy
	*evaluation
	groups    [][]int // the classes of workloads that are in one namespace and of the same classes
	groupOf   []int   // by workload
	waysIn    []WayIn
	gaps      []engine.Gap
	doubts    []engine.Gap // those that may allow more than is possible here
	twoFold   bool         // something here has an address of IPv6
	split     bool         // a pod has addresses of both families, and policies tell them apart
	isolation *Policies
}

type analysisKey struct{}

// Analyse reads a view, once per view.
func Analyse(v *engine.View) *Analysis {
	return engine.Memo(v, analysisKey{}, func() *Analysis { return newAnalysis(v) })
}

func newAnalysis(v *engine.View) *Analysis {
	a := &Analysis{target: v.Target(), running: allRunning.Of(v), isolation: PoliciesOf(v)}
	a.readPolicies(v)
	var nodes []node
	if namesNodes(a.policies) {
		if nodes = nodesOf(v); nodes == nil {
			a.gap(engine.Ref{Kind: "Node"}, engine.Unsupported, errors.New("a policy names nodes, and their addresses were not seen"))
		}
	}
	a.evaluation = evaluate(newWorld(a.running, labelsOfNamespaces(v), a.policies, nodes), a.policies)
	a.group()
	for i := range a.running.pods {
		a.split = a.split || a.also[i] >= 0
		a.twoFold = a.twoFold || slices.ContainsFunc(a.running.pods[i].addresses, isIPv6)
	}
	for _, d := range [...]Direction{Ingress, Egress} {
		for _, b := range blocksOf(a.policies, d) {
			a.twoFold = a.twoFold || slices.ContainsFunc(b, func(r AddressRange) bool { return r.From.Is6() })
		}
	}
	a.waysIn = a.readWaysIn(v)
	a.lookAround(v)
	slices.SortStableFunc(a.gaps, func(x, y engine.Gap) int {
		return cmp.Or(strings.Compare(x.Kind.Kind, y.Kind.Kind), strings.Compare(x.Kind.Group, y.Kind.Group), strings.Compare(x.Namespace, y.Namespace), strings.Compare(x.Name, y.Name))
	})
	return a
}

// group puts workloads together that no policy tells apart.
func (a *Analysis) group() {
	a.groupOf = make([]int, len(a.running.workloads))
	known := map[string]int{}
	var classes []int
	var key []byte
	for w, pods := range a.running.of {
		classes, key = classes[:0], binary.AppendVarint(key[:0], int64(a.running.in[w]))
		for _, pod := range pods {
			for _, c := range [...]int{a.ofPod[pod], a.also[pod]} {
				if c >= 0 && !slices.Contains(classes, c) {
					classes, key = append(classes, c), binary.AppendVarint(key, int64(c))
				}
			}
		}
		g, is := known[string(key)]
		if !is {
			g = len(a.groups)
			known[string(key)], a.groups = g, append(a.groups, slices.Clone(classes))
		}
		a.groupOf[w] = g
	}
}

// classesOf returns the classes of a workload's pods, in the order in which these were met.
func (a *Analysis) classesOf(workload int) []int { return a.groups[a.groupOf[workload]] }

// readPolicies reads all policies in the order in which they decide.
func (a *Analysis) readPolicies(v *engine.View) {
	told := map[engine.Ref]bool{}
	tell := func(ref engine.Ref, again error) {
		if name := ref.WithoutUID(); again != nil && !told[name] {
			told[name] = true
			a.gap(ref, engine.Unsupported, again)
		}
	}
	for _, read := range readPolicies(v) {
		p, faults := read.understood()
		a.policies = append(a.policies, p)
		a.doubt(p.ref, notTaken, faults)
		tell(p.ref, read.again)
	}
	for _, kind := range []engine.Kind{AdminPolicyKind, BaselinePolicyKind, ClusterPolicyKind} {
		again := writtenAgain(v, kind)
		for _, o := range v.Objects(kind) {
			p, faults := newAdminPolicy(o.Ref, o.Digest, o.Body())
			a.policies = append(a.policies, p)
			a.doubt(o.Ref, "it is not evaluated in full", faults)
			if err := again[o.Ref.WithoutUID()]; err != nil {
				p.subject.uncertain = true
				tell(o.Ref, err)
			}
		}
	}
	slices.SortStableFunc(a.policies, (*policy).before)
}

func (a *Analysis) doubt(ref engine.Ref, what string, faults []error) {
	for _, err := range faults {
		a.gap(ref, engine.Unsupported, fmt.Errorf("%s: %w", what, err))
	}
}

func (a *Analysis) gap(ref engine.Ref, reason engine.GapReason, cause error) {
	source := a.target.ID
	if ref.Name != "" {
		source += " " + ref.String()
	}
	a.gaps = append(a.gaps, engine.Gap{
		Source: source, Kind: ref.Of(), Namespace: ref.Namespace, Name: ref.Name, Reason: reason, Cause: cause.Error(),
	})
}

// mayAllowMore adds a gap behind which connections may be that nothing here shows.
func (a *Analysis) mayAllowMore(ref engine.Ref, cause error) {
	a.gap(ref, engine.Unsupported, cause)
	a.doubts = append(a.doubts, a.gaps[len(a.gaps)-1])
}

// Doubts returns the gaps behind which more may be allowed than Possible says: a
// policy of the network plugin, a network beside this one, a plugin that enforces
// nothing. What a service mesh takes away is none.
func (a *Analysis) Doubts() []engine.Gap { return a.doubts }

// Gaps returns what of the target's network is not evaluated: each may allow more
// than is said here, or less.
func (a *Analysis) Gaps() []engine.Gap { return a.gaps }

// Workloads returns what runs, in the order of their names.
func (a *Analysis) Workloads() []Workload { return a.running.workloads }

// between returns what one class may send to another.
func (a *Analysis) between(from, to int) answer {
	out, in := a.of[Egress][from], a.of[Ingress][to]
	o, i := out.answers[to], in.answers[from]
	both := answer{a.ports.intersect(o.allowed, i.allowed), a.ports.intersect(o.possible, i.possible)}
	if a.classes[from].hostNetwork || a.classes[to].hostNetwork {
		both.possible = allPorts
	}
	return both
}

// join adds what another class of the same workload has.
func (a *Analysis) join(sum, one answer) answer {
	return answer{a.ports.union(sum.allowed, one.allowed), a.ports.union(sum.possible, one.possible)}
}

// pair returns what one workload may send to another.
func (a *Analysis) pair(from, to int) answer {
	sources, targets := a.classesOf(from), a.classesOf(to)
	if len(sources) == 1 && len(targets) == 1 {
		return a.between(sources[0], targets[0])
	}
	var sum answer
	for _, s := range sources {
		for _, t := range targets {
			if a.classes[s].meets(&a.classes[t]) {
				sum = a.join(sum, a.between(s, t))
			}
		}
	}
	return sum
}

// beyond returns what a workload may exchange with a range of addresses outside.
func (a *Analysis) beyond(workload int, d Direction, part int) answer {
	var sum answer
	for _, c := range a.classesOf(workload) {
		one := a.of[d][c].answers[len(a.classes)+part]
		if a.classes[c].hostNetwork {
			one.possible = allPorts
		}
		sum = a.join(sum, one)
	}
	return sum
}
