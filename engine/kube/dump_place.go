package kube

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"tickmark/engine"
)

// dumpPlace is what the name of a file and of its folders say of what is in it.
type dumpPlace struct {
	known     bool
	kind      kind   // if known
	namespace string // "" if it says none
	sure      bool   // it is the place that a program gives lists of one namespace
	errors    bool   // by its name, it says what of the kind could not be collected
}

// shortNames are what people and programs call kinds besides their names.
var shortNames = map[string]string{
	"po": "pods", "no": "nodes", "ns": "namespaces", "sa": "serviceaccounts", "cm": "configmaps", "svc": "services",
	"rc": "replicationcontrollers", "pv": "persistentvolumes", "pvs": "persistentvolumes", "pvc": "persistentvolumeclaims",
	"pvcs": "persistentvolumeclaims", "quota": "resourcequotas", "limits": "limitranges", "deploy": "deployments",
	"sts": "statefulsets", "ds": "daemonsets", "rs": "replicasets", "cj": "cronjobs", "ing": "ingresses",
	"netpol": "networkpolicies", "csr": "certificatesigningrequests",
}

// kindsByName holds the kinds of the table by what files are called after them: the
// resource, the kind, both with the group.
var kindsByName = sync.OnceValue(func() map[string]kind {
	names := map[string]kind{}
	for _, k := range slices.Backward(kinds) { // of equal names the first row's, which is the built-in one
		for _, name := range []string{k.resource, k.of.Kind} {
			names[folded(name)+"."+k.of.Group] = k
			if !k.custom || k.of.Group != groupCalico && k.of.Group != groupCalicoAPI {
				names[folded(name)] = k
			}
		}
	}
	for short, resource := range shortNames {
		names[short] = names[resource]
	}
	return names
})

// folded leaves of a name what all spellings of it share.
func folded(name string) string { return strings.ToLower(joined.Replace(name)) }

var joined = strings.NewReplacer("-", "", "_", "")

// kindNamed returns the kind that a name in a group is of; group "*" is any.
func kindNamed(name, group string) (kind, bool) {
	resource, of, qualified := strings.Cut(name, ".")
	switch {
	case group == "core":
		group = ""
	case group == "*" && qualified:
		group = of
	}
	key := folded(resource)
	if group != "*" {
		key += "." + group
	}
	k, ok := kindsByName()[key]
	return k, ok
}

// placeOf reads the place of a file: NAMESPACE/pods.json of a cluster-info dump,
// cluster-resources/pods/NAMESPACE.json of a support bundle,
// namespaces/NAMESPACE/GROUP/pods.yaml and cluster-scoped-resources/GROUP/nodes.yaml
// of a must-gather, and pods.json of anybody.
func placeOf(name string) dumpPlace {
	steps := strings.Split(name, "/")
	last := len(steps) - 1
	stem := strings.TrimSuffix(steps[last], path.Ext(steps[last]))
	step := func(back int) string {
		if back > last {
			return ""
		}
		return steps[last-back]
	}
	if step(3) == "namespaces" {
		k, ok := kindNamed(stem, step(1))
		return dumpPlace{known: ok, kind: k, namespace: step(2), sure: ok}
	}
	if step(2) == "cluster-scoped-resources" {
		k, ok := kindNamed(stem, step(1))
		return dumpPlace{known: ok, kind: k}
	}
	if step(2) == "cluster-resources" || step(3) == "cluster-resources" {
		if k, ok := kindNamed(step(1), "*"); ok && k.namespaced {
			return dumpPlace{known: true, kind: k, namespace: stem, sure: true}
		}
	}
	if of, ok := strings.CutSuffix(stem, "-errors"); ok {
		k, _ := kindNamed(of, "*")
		return dumpPlace{kind: k, errors: true}
	}
	k, ok := kindNamed(stem, "*")
	place := dumpPlace{known: ok, kind: k}
	if ok && k.namespaced {
		place.namespace = step(1)
	}
	return place
}

// maxRefusals bounds what is said of what could not be collected, in bytes.
const maxRefusals = 1 << 20

// refusals reads what a support bundle says it could not collect of a kind: causes, by
// namespace or for the whole cluster. An object may be called like such a file: what is
// no list of causes is read as any other.
func (d *dumpReader) refusals(in *bufio.Reader, at spot, of kind) error {
	text, err := io.ReadAll(io.LimitReader(in, maxRefusals))
	if err == nil && d.causes(text, at, of) {
		return nil
	}
	before := d.found() + d.lists
	if err := d.contents(bufio.NewReader(io.MultiReader(bytes.NewReader(text), in)), at, dumpPlace{}); err != nil {
		return err
	}
	if d.found()+d.lists == before && len(bytes.TrimSpace(text)) > 0 {
		gap := at.gap(engine.Unreadable, "what could not be collected cannot be read")
		gap.Kind = of.of
		d.gap(gap)
	}
	return nil
}

// causes takes what could not be collected, and reports whether it is that.
func (d *dumpReader) causes(text []byte, at spot, of kind) bool {
	var list []string
	var where map[string]string
	if json.Unmarshal(text, &list) != nil && json.Unmarshal(text, &where) != nil || where["kind"] != "" {
		return false
	}
	refused := func(namespace, cause string) {
		gap := at.gap(reasonOfText(cause), cause)
		gap.Kind, gap.Namespace = of.of, namespace
		d.gap(gap)
	}
	for _, cause := range list {
		refused("", "what was collected says so: "+cause)
	}
	for _, of := range slices.Sorted(maps.Keys(where)) {
		namespace, _, _ := strings.Cut(of, "/")
		refused(namespace, "what was collected says so of "+of+": "+where[of])
	}
	return true
}

// reasonOfText classes a refusal by the words of the API server.
func reasonOfText(cause string) engine.GapReason {
	switch {
	case strings.Contains(cause, "forbidden"):
		return engine.Forbidden
	case strings.Contains(cause, "could not find the requested resource"):
		return engine.NotInstalled
	}
	return engine.Unexplained
}
