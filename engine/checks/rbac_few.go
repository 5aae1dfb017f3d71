package checks

import (
	"bytes"
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/engine/rbac"
)

// Checks of the family ...-by-few.
//
// Each counts who may make one of a few requests: once for the whole cluster and,
// where what is asked for is in namespaces, once for every namespace with a
// RoleBinding, those of the whole cluster included (secrets-read-by-few: for every
// namespace that is known). A namespace counts as in itself, as it does to the API server. Passes up to the number that Params.Limits allows (3 if
// it says nothing); fails above it, and for any grant to a group that everybody or
// every service account is in, or to nobody in particular.
//
// A group counts as one: how many people are in it is not known to the cluster; the
// sentence says which are groups. Not counted, but said: bindings that Kubernetes
// creates for its own parts, and rights to objects named one by one. Unknown in
// manifests while a binding refers to a role that is not among them, unless it is
// one whose rules are the same in every cluster; and wherever roles or bindings were
// not all seen.
type few struct {
	id       string
	revised  int    // how often what it counts has changed
	may      string // "may read every Secret"
	requests []rbac.Request
	// cluster are requests for what is in no namespace, to which a RoleBinding gives no right.
	cluster []rbac.Request
	// byGet are requests that count where the API server opens a websocket into a pod by them.
	byGet []rbac.Request
	// itself says that the requests are for namespaces: a RoleBinding gives rights to its own.
	itself bool
	// always gives every known namespace its detail, also where no RoleBinding is.
	always bool
	// known tells of a default role that was not seen whether it allows this; nil
	// where that is not known.
	known func(role string) bool
}

// asks makes requests of verbs and resources of one group.
func asks(group string, verbs []string, resources ...string) []rbac.Request {
	var all []rbac.Request
	for _, verb := range verbs {
		for _, resource := range resources {
			q := rbac.Request{Verb: verb, Group: group}
			q.SetResource(resource)
			all = append(all, q)
		}
	}
	return all
}

// readsSecrets are the requests that are answered with what Secrets hold.
func readsSecrets() []rbac.Request { return asks("", rbac.ShowingSecrets(), "secrets") }

// podEntries are the ways into a pod but for those that speak to its ports alone.
var podEntries = [...]string{"pods/exec", "pods/attach", "pods/portforward"}

var (
	readVerbs   = []string{"get", "list", "watch"}
	changeVerbs = []string{"update", "patch"}
	writeVerbs  = []string{"create", "update", "patch", "delete", "deletecollection"}
)

const admissionGroup = "admissionregistration.k8s.io"

func byFewChecks() []check {
	makes := slices.Concat([]string{"create"}, changeVerbs)
	rows := []few{
		{id: "secrets-read-by-few", revised: 2, may: "may read every Secret", requests: readsSecrets(), always: true, known: rbac.ReadsSecrets},
		{
			id: "pods-entered-by-few", may: "may run commands in pods, attach to them or reach their ports through the API server", revised: 1,
			requests: slices.Concat(asks("", []string{"create"}, podEntries[:]...), asks("", []string{"create", "get", "update", "patch", "delete"}, "pods/proxy", "services/proxy")), byGet: asks("", []string{"get"}, podEntries[:]...),
		},
		{id: "debug-containers-added-by-few", may: "may add containers to running pods", requests: asks("", changeVerbs, "pods/ephemeralcontainers")},
		{id: "workloads-changed-by-few", may: "may create or change workloads", requests: slices.Concat(
			asks("", makes, "pods", "replicationcontrollers"), asks("apps", makes, "daemonsets", "deployments", "replicasets", "statefulsets"), asks("batch", makes, "cronjobs", "jobs"))},
		{id: "tokens-requested-by-few", may: "may request tokens of service accounts", requests: asks("", []string{"create"}, "serviceaccounts/token")},
		{id: "certificates-approved-by-few", may: "may approve or sign certificates", cluster: slices.Concat(
			asks("certificates.k8s.io", changeVerbs, "certificatesigningrequests/approval", "certificatesigningrequests/status"), asks("certificates.k8s.io", []string{"approve", "sign"}, "signers"))},
		{id: "kubelets-reached-by-few", may: "may reach the kubelets through the API server", cluster: asks("", []string{"create", "get"}, "nodes/proxy")},
		{id: "admission-changed-by-few", may: "may change what admission enforces", cluster: asks(admissionGroup, writeVerbs, "mutatingwebhookconfigurations", "validatingwebhookconfigurations",
			"mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "validatingadmissionpolicies", "validatingadmissionpolicybindings")},
		{id: "persistent-volumes-created-by-few", may: "may create persistent volumes", cluster: asks("", makes, "persistentvolumes")},
		{id: "access-administered-by-few", revised: 1, may: "may change roles or bindings", requests: asks(rbacv1.GroupName, writeVerbs, "roles", "rolebindings"), cluster: asks(rbacv1.GroupName, writeVerbs, "clusterroles", "clusterrolebindings")},
		{id: "namespaces-changed-by-few", revised: 1, may: "may create, change or delete namespaces", itself: true, requests: asks("", []string{"update", "patch", "delete"}, "namespaces"), cluster: asks("", []string{"create", "deletecollection"}, "namespaces")},
		{
			id: "network-policies-changed-by-few", may: "may change network policies", requests: asks("networking.k8s.io", writeVerbs, "networkpolicies"),
			cluster: asks(network.AdminPolicyKind.Group, writeVerbs, "adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"),
		},
	}
	checks := make([]check, 0, len(rows))
	for _, row := range rows {
		c := check{id: row.id, version: 1 + row.revised, needs: rbac.Kinds(), eval: row.eval}
		if len(row.byGet) > 0 {
			c.looks = []engine.Kind{podKind}
		}
		if row.always {
			c.looks = append(workloadKinds(), namespaceKind)
		}
		checks = append(checks, c)
	}
	return checks
}

// Limited are the ids of the checks that judge by Params.Limits.
func Limited() []string {
	var ids []string
	for _, c := range byFewChecks() {
		ids = append(ids, c.id)
	}
	slices.Sort(ids)
	return ids
}

// holders are those who may do something in one place.
type holders struct {
	counted []rbac.Subject
	builtIn []rbac.Subject // by bindings that Kubernetes creates
	named   []rbac.Subject // for objects named one by one
	unseen  []string       // roles bound here whose rules were not seen
	cites   []engine.Digest
}

func (of *holders) take(b *rbac.Binding, right rbac.Right) {
	for _, s := range b.Subjects {
		switch {
		case b.BuiltIn && !everybody(s) && !isAnonymous(s):
			of.builtIn = append(of.builtIn, s)
			continue
		case right == rbac.Named:
			of.named = append(of.named, s)
			continue
		}
		of.counted = append(of.counted, s)
	}
	of.cites = append(of.cites, b.Digest)
	if b.Role != nil {
		of.cites = append(of.cites, b.Role.Digest)
	}
}

// with returns the holders of a namespace together with those of the whole cluster.
func (of holders) with(everywhere holders) holders {
	return holders{
		counted: slices.Concat(everywhere.counted, of.counted), builtIn: slices.Concat(everywhere.builtIn, of.builtIn),
		named: slices.Concat(everywhere.named, of.named), unseen: slices.Concat(everywhere.unseen, of.unseen), cites: slices.Concat(everywhere.cites, of.cites),
	}
}

// tidy orders what was taken and leaves out what stands there twice.
func (of *holders) tidy() {
	for _, subjects := range []*[]rbac.Subject{&of.counted, &of.builtIn, &of.named} {
		slices.SortFunc(*subjects, rbac.Subject.Compare)
		*subjects = slices.Compact(*subjects)
	}
	slices.SortFunc(of.cites, func(a, b engine.Digest) int { return bytes.Compare(a[:], b[:]) })
	of.cites = slices.Compact(of.cites)
}

func (row few) eval(v *engine.View) []engine.Detail {
	rights := rbac.Of(v)
	if len(rights.Bindings()) == 0 && !row.always {
		return nil
	}
	refs := map[string]engine.Ref{}
	if row.always {
		for _, n := range namespaces(v) {
			refs[n.ref.Name] = n.ref
		}
	}
	if len(row.byGet) > 0 && rbac.OpensByGet(v) {
		row.requests = slices.Concat(row.requests, row.byGet)
	}
	var everywhere holders
	within := map[string]*holders{}
	mayWithin, mayEverywhere := rbac.Asking(row.requests), rbac.Asking(slices.Concat(row.requests, row.cluster))
	var details []engine.Detail
	for _, b := range rights.Bindings() {
		if !b.Everywhere() && len(row.requests) == 0 {
			continue
		}
		of, right := &everywhere, mayEverywhere(b.Rules())
		if name := b.Ref.Namespace; !b.Everywhere() {
			if right = mayWithin(b.Rules()); row.itself && right == rbac.Named {
				right = rbac.RightTo(name, b.Rules(), row.requests)
			}
			if of = within[name]; of == nil {
				of = &holders{}
				within[name] = of
			}
			if _, known := refs[name]; !known {
				refs[name] = engine.Ref{Kind: namespaceKind.Kind, Name: name}
			}
		}
		switch {
		case right != rbac.None:
			of.take(b, right)
		case b.Role == nil && b.Refused == "" && len(b.Subjects) > 0 && defaultRole(b) && row.known != nil:
			if row.known(b.RoleRef.Name) {
				of.take(b, rbac.Any)
			}
		case b.Role == nil && b.Refused == "" && len(b.Subjects) > 0 && b.Rules() == nil && (isManifests(v) || !v.Saw(b.RoleRef.Of())):
			of.unseen = append(of.unseen, describe(b.RoleRef))
			details = append(details, dangling(v, b).of(b.Ref, b.Digest))
		}
	}
	if len(rights.Bindings()) > 0 {
		details = append(details, row.judge(v, everywhere, " in the whole cluster").detail(row.whole()))
	}
	for name, ref := range refs {
		of := holders{}
		if within[name] != nil {
			of = *within[name]
		}
		details = append(details, row.judge(v, of.with(everywhere), " in this namespace").detail(ref))
	}
	slices.SortFunc(details, func(a, b engine.Detail) int { return a.Subject.Compare(b.Subject) })
	return details
}

// whole is the subject of the detail about the whole cluster: what is asked for.
func (row few) whole() engine.Ref {
	first := slices.Concat(row.requests, row.cluster)[0]
	kind := engine.Kind{Kind: first.Resource, Group: first.Group}
	if row.always {
		kind.Kind = "Secret"
	}
	return engine.Ref{Group: kind.Group, Kind: kind.Kind}
}

// everybody reports whether a subject is a group that grows by itself.
func everybody(s rbac.Subject) bool {
	return s.Kind == rbacv1.GroupKind && (s.Name == "system:authenticated" || s.Name == "system:serviceaccounts")
}

// cited is a finding with what it rests on.
type cited struct {
	finding
	cites []engine.Digest
}

func (c cited) detail(subject engine.Ref) engine.Detail { return c.of(subject, c.cites...) }

func (row few) judge(v *engine.View, of holders, place string) cited {
	of.tidy()
	limit := v.Params().Limits[row.id]
	if limit <= 0 {
		limit = 3
	}
	names := make([]string, len(of.counted))
	for i, s := range of.counted {
		names[i] = s.String()
	}
	rest := fmt.Sprintf("; not counted: %s of Kubernetes itself, %s limited to named objects", count(len(of.builtIn), "subject"), count(len(of.named), "subject"))
	for _, s := range of.counted {
		if everybody(s) || isAnonymous(s) {
			return cited{fails("", names, "Everybody in %s %s%s%s", s, row.may, place, rest), of.cites}
		}
	}
	switch {
	case len(names) > limit:
		return cited{fails("", names, "%s %s%s, more than %d: %s%s", count(len(names), "subject"), row.may, place, limit, list(names), rest), of.cites}
	case len(of.unseen) > 0:
		return cited{unknown("", names, "%s %s%s, and what %s allows is not known%s", count(len(names), "subject"), row.may, place, list(of.unseen), rest), of.cites}
	case !sawAll(v, rbac.Kinds()):
		return cited{unknown("", names, "%s %s%s by the roles and bindings that were seen, which are not all%s", count(len(names), "subject"), row.may, place, rest), of.cites}
	case len(names) == 0:
		return cited{passes("", names, "Nobody is granted it%s: no subject %s%s", place, row.may, rest), of.cites}
	}
	return cited{passes("", names, "%s %s%s: %s%s", count(len(names), "subject"), row.may, place, list(names), rest), of.cites}
}
