package checks

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/network"
)

// Checks cde-reached-only-as-declared and cde-reaches-only-as-declared.
//
// For each workload of the cardholder data environment: what the policies let in from
// outside of it, and what they let out. Fails where more is allowed than the scope
// declares (Params.Declared). Unknown where more cannot be excluded, where what is allowed
// may be denied by policies that were not seen, where nothing is declared and something
// is allowed, where no cardholder data environment is declared, and for a workload on the
// network of its node. Passes where all that is allowed is
// declared, or nothing is.
//
// Workloads elsewhere on the network of a node are held by no policy; the sentence
// counts them. Where something is not evaluated that may allow more (a policy of the
// network plugin, one that is not understood), what would pass is Unknown.
func cdeReachedOnlyAsDeclared() check {
	return check{id: "cde-reached-only-as-declared", version: 2, needs: connectionKinds(), looks: network.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return crossingsOf(v, network.Ingress)
	}}
}

func cdeReachesOnlyAsDeclared() check {
	return check{id: "cde-reaches-only-as-declared", version: 2, needs: connectionKinds(), looks: network.Kinds(), eval: func(v *engine.View) []engine.Detail {
		return crossingsOf(v, network.Egress)
	}}
}

// connectionKinds are what connections follow from.
func connectionKinds() []engine.Kind {
	return append(policyKinds(), serviceKind, ingressKind)
}

// policyKinds are what follows from policies alone.
func policyKinds() []engine.Kind { return append(workloadKinds(), namespaceKind, network.PolicyKind) }

// inCDE tells the namespaces of the cardholder data environment, once for each.
func inCDE(v *engine.View) func(namespace string) bool {
	known := map[string]bool{}
	var last string // workloads of one namespace mostly stand together
	var lastIn, met bool
	return func(namespace string) bool {
		if met && namespace == last {
			return lastIn
		}
		in, seen := known[namespace]
		if !seen {
			in = v.Params().InZone(cdeZone, v.Target().ID, namespace)
			known[namespace] = in
		}
		last, lastIn, met = namespace, in, true
		return in
	}
}

// undeclaredCDE is what a check says of a cluster in which something runs while the
// scope declares no cardholder data environment.
func undeclaredCDE(v *engine.View) ([]engine.Detail, bool) {
	if len(v.Params().Zones[cdeZone]) > 0 {
		return nil, false
	}
	if len(workloads(v)) == 0 {
		return nil, true
	}
	return []engine.Detail{unknown("", nil, "No cardholder data environment was declared: which namespaces it is made of").of(engine.Ref{Kind: namespaceKind.Kind})}, true
}

func crossingsOf(v *engine.View, d network.Direction) []engine.Detail {
	if details, none := undeclaredCDE(v); none {
		return details
	}
	zone := inCDE(v)
	a := network.Analyse(v)
	doubt := doubtOf(v, a, connectionKinds())
	if doubt == "" && d == network.Ingress {
		doubt = doubtOfRoutes(v, a)
	}
	unpoliced := len(a.Unpoliced(zone))
	var details []engine.Detail
	for _, c := range crossings(v, d) {
		f := judgeCrossing(v, c)
		if f.verdict == engine.Pass && unpoliced > 0 {
			f.sentence += fmt.Sprintf(" (%s elsewhere on the network of a node, where no policy applies)", count(unpoliced, "workload"))
		}
		if f.verdict == engine.Pass && doubt != "" {
			f = unknown(f.field, f.value, "%s; but %s", f.sentence, doubt)
		}
		details = append(details, f.of(c.Workload.Ref, reachProof(v, c.Workload.Ref)...))
	}
	return details
}

type crossingsKey struct{ network.Direction }

// crossings holds what was declared against what the policies allow over the edge of the
// zone, which hangs on no more of a workload than the analysis does.
func crossings(v *engine.View, d network.Direction) []network.Crossing {
	return engine.Memo(v, crossingsKey{d}, func() []network.Crossing {
		return network.Analyse(v).Crossings(inCDE(v), d, v.Params().Declared)
	})
}

// doubtOfRoutes says what may lead in and was not seen or is not evaluated, "" if nothing.
func doubtOfRoutes(v *engine.View, a *network.Analysis) string {
	if i := slices.IndexFunc(network.RouteKinds(), v.Hidden); i >= 0 {
		return fmt.Sprintf("what may be a %s, which leads in, could not be seen", network.RouteKinds()[i].Kind)
	}
	if i := slices.IndexFunc(a.Gaps(), func(g engine.Gap) bool { return network.LeadsIn(g.Kind) }); i >= 0 {
		return causeOf(a.Gaps()[i])
	}
	return ""
}

// doubtOf says what was not seen or is not evaluated and may allow more than was seen, ""
// if nothing.
func doubtOf(v *engine.View, a *network.Analysis, needs []engine.Kind) string {
	doubts := a.Doubts()
	switch {
	case len(doubts) > 0:
	case !sawAll(v, needs):
		return "not all that runs, or that decides who may reach it, was seen"
	default:
		return ""
	}
	return causeOf(doubts[0])
}

// causeOf is why something was not seen, with what that was.
func causeOf(g engine.Gap) string {
	if g.Name == "" {
		return g.Cause
	}
	return (engine.Ref{Group: g.Kind.Group, Kind: g.Kind.Kind, Namespace: g.Namespace, Name: g.Name}).String() + ": " + g.Cause
}

// deniedUnseen says which policies were not seen that may deny what the others allow, ""
// if all were.
func deniedUnseen(v *engine.View) string {
	for _, kind := range append(kindsAbove(), network.PolicyKind, network.BaselinePolicyKind) {
		if v.Hidden(kind) {
			return kind.String() + " objects could not all be seen"
		}
	}
	return ""
}

// reachProof is the proof of what policies say of a workload: itself, or a pod of a
// controller that is not in the evidence, the policies of its namespace, and those of
// administrators.
func reachProof(v *engine.View, of engine.Ref) []engine.Digest {
	cites := slices.Concat(documentsOf.Of(v)[nameOf(of)], policiesOver(v, of.Namespace))
	for _, kind := range append(kindsAbove(), network.BaselinePolicyKind) {
		for _, p := range v.Objects(kind) {
			cites = append(cites, p.Digest)
		}
	}
	slices.SortFunc(cites, func(a, b engine.Digest) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(cites)
}

// nameOf is what an object is called in references that leave its group open.
func nameOf(r engine.Ref) engine.Ref {
	return engine.Ref{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}
}

// documentsOf are the documents of the zone's workloads by their names; of a controller
// that was not seen, the first that it owns.
var documentsOf = engine.NewSurvey(func(v *engine.View, _ map[engine.Ref][]engine.Digest) map[engine.Ref][]engine.Digest {
	all := map[engine.Ref][]engine.Digest{}
	owned := map[engine.Ref]engine.Digest{}
	zone := inCDE(v)
	for _, w := range workloads(v) {
		if !zone(w.object.Ref.Namespace) {
			continue
		}
		name := nameOf(w.object.Ref)
		if !slices.Contains(all[name], w.object.Digest) {
			all[name] = append(all[name], w.object.Digest)
		}
		if w.owner != nil {
			by := engine.Ref{Kind: w.owner.Kind, Namespace: w.object.Ref.Namespace, Name: w.owner.Name}
			if _, known := owned[by]; !known {
				owned[by] = w.object.Digest
			}
		}
	}
	for by, digest := range owned {
		if len(all[by]) == 0 {
			all[by] = []engine.Digest{digest}
		}
	}
	return all
}, func(a, b map[engine.Ref][]engine.Digest) bool { return maps.EqualFunc(a, b, slices.Equal) })

// policiesOver returns the proof of what a namespace's policies say.
func policiesOver(v *engine.View, namespace string) []engine.Digest {
	cites := slices.Clone(namespaceDigests.Of(v)[namespace])
	for _, p := range network.PoliciesOf(v).In(namespace) {
		cites = append(cites, p.Digest)
	}
	if first, runs := firstIn.Of(v)[namespace]; len(cites) == 0 && runs {
		cites = append(cites, first)
	}
	return cites
}

// namespaceDigests are the documents of namespaces by name.
var namespaceDigests = engine.NewSurvey(func(v *engine.View, _ map[string][]engine.Digest) map[string][]engine.Digest {
	all := map[string][]engine.Digest{}
	for _, n := range v.Objects(namespaceKind) {
		all[n.Ref.Name] = append(all[n.Ref.Name], n.Digest)
	}
	return all
}, nil)

// firstIn is the document of the first workload of each namespace.
var firstIn = engine.NewSurvey(func(v *engine.View, _ map[string]engine.Digest) map[string]engine.Digest {
	all := map[string]engine.Digest{}
	before := ""
	for i, w := range workloads(v) {
		at := w.object.Ref.Namespace
		if i > 0 && at == before { // those of one namespace mostly stand together
			continue
		}
		if _, met := all[at]; !met {
			all[at] = w.object.Digest
		}
		before = at
	}
	return all
}, maps.Equal)

func judgeCrossing(v *engine.View, c network.Crossing) finding {
	side := [...]string{network.Ingress: "may reach it", network.Egress: "may be reached by it"}[c.Direction]
	value := map[string]int{"peers": c.Peers, "undeclared": c.UndeclaredCount, "unsure": c.UnsureCount}
	switch {
	case c.Workload.HostNetwork:
		return unknown("spec.hostNetwork", true, "It is on the network of its node, where no policy is certain to apply")
	case c.UndeclaredCount > 0 && len(v.Params().Declared) == 0:
		return unknown("", value, "%s outside the cardholder data environment %s, and no connection was declared as needed: %s",
			count(c.UndeclaredCount, "peer"), side, peersOf(c, c.Undeclared, c.UndeclaredCount, network.Connection.AllowedText))
	case c.UndeclaredCount > 0 && deniedUnseen(v) != "":
		return unknown("", value, "%s outside the cardholder data environment %s beyond what was declared, unless a policy denies it: %s",
			count(c.UndeclaredCount, "peer"), side, deniedUnseen(v))
	case c.UndeclaredCount > 0:
		return fails("", value, "%s outside the cardholder data environment %s beyond what was declared: %s",
			count(c.UndeclaredCount, "peer"), side, peersOf(c, c.Undeclared, c.UndeclaredCount, network.Connection.AllowedText))
	case c.UnsureCount > 0:
		return unknown("", value, "It cannot be excluded that %s outside the cardholder data environment %s beyond what was declared: %s",
			count(c.UnsureCount, "peer"), side, peersOf(c, c.Unsure, c.UnsureCount, network.Connection.PossibleText))
	case c.Peers == 0:
		return passes("", value, "Nothing outside the cardholder data environment %s, as the policies say", side)
	}
	return passes("", value, "Of what is outside the cardholder data environment, %s %s, all as declared", count(c.Peers, "peer"), side)
}

// peersOf names the other ends of connections with their ports, and counts the rest.
func peersOf(of network.Crossing, named []network.Connection, all int, ports func(network.Connection) string) string {
	var parts []string
	for _, c := range named {
		peer := c.From
		if of.Direction == network.Egress {
			peer = c.To
		}
		parts = append(parts, peer+" "+ports(c))
	}
	text := strings.Join(parts, "; ")
	if all > len(named) {
		text += fmt.Sprintf("; and %d more", all-len(named))
	}
	return text
}

// metadataAddress is where AWS, Google Cloud and Azure answer any process of a
// machine with credentials of that machine.
var metadataAddress = netip.AddrFrom4([4]byte{169, 254, 169, 254})

// Check cde-closed-to-metadata.
//
// For each workload of the cardholder data environment: whether the policies let it
// open TCP port 80 of 169.254.169.254, where clouds hand out the credentials of the
// node. Fails where they do, Unknown where that cannot be excluded or policies were not
// seen that may deny it, passes otherwise.
// That the service asks for a session token, or is switched off, is seen in the
// cloud's account and not here.
func cdeClosedToMetadata() check {
	return check{id: "cde-closed-to-metadata", version: 2, needs: policyKinds(), looks: network.Kinds(), eval: func(v *engine.View) []engine.Detail {
		if details, none := undeclaredCDE(v); none {
			return details
		}
		zone := inCDE(v)
		a := network.Analyse(v)
		doubt, denied := doubtOf(v, a, policyKinds()), deniedUnseen(v)
		var details []engine.Detail
		for i := range a.Workloads() {
			w := &a.Workloads()[i]
			if !zone(w.Ref.Namespace) {
				continue
			}
			allowed, possible := a.ReachesAddress(i, metadataAddress, network.TCP, 80)
			var f finding
			switch {
			case allowed && denied != "":
				f = unknown("", metadataAddress.String(), "It may open the address from which clouds hand out a node's credentials, unless a policy denies it: %s", denied)
			case allowed:
				f = fails("", metadataAddress.String(), "It may open the address from which clouds hand out a node's credentials")
			case possible:
				f = unknown("", metadataAddress.String(), "It cannot be excluded that it opens the address from which clouds hand out a node's credentials")
			case doubt != "":
				f = unknown("", metadataAddress.String(), "The policies keep it from the address from which clouds hand out a node's credentials; but %s", doubt)
			default:
				f = passes("", metadataAddress.String(), "The policies keep it from the address from which clouds hand out a node's credentials")
			}
			details = append(details, f.of(w.Ref, reachProof(v, w.Ref)...))
		}
		return details
	}}
}
