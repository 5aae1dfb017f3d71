package kube

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"tickmark/engine"
)

// What a server keeps was changed already as it was taken in; what stands in files was
// not. So whatever among the files changes objects at admission leaves open what becomes of
// those that it is asked about. It makes none.

// mutation is what among files changes objects as a server takes them in.
type mutation struct {
	mutators   []mutator
	bound      map[string]bool // MutatingAdmissionPolicies, by name, of which there is a binding
	objects    map[admitted]bool
	namespaces map[string]map[string]string // labels of those that were seen
	written    []byte                       // room for labels
}

// mutator changes objects of some kinds; the zero kind is all.
type mutator struct {
	at        place
	of        engine.Kind
	name      string
	namespace string // in which alone it does, "" for all
	asks      []question
}

// question is of which objects a mutator is asked; an absent selector is all.
type question struct {
	kinds               []engine.Kind
	namespaces, objects labels.Selector
}

// admitted are objects that a mutator tells apart by nothing.
type admitted struct {
	of        engine.Kind
	namespace string
	labels    string // a JSON object
	more      bool   // others will be added
}

var (
	mutationPolicyKind  = engine.Kind{Group: groupAdmission, Kind: "MutatingAdmissionPolicy"}
	mutationBindingKind = engine.Kind{Group: groupAdmission, Kind: "MutatingAdmissionPolicyBinding"}
	mutatingWebhookKind = engine.Kind{Group: groupAdmission, Kind: "MutatingWebhookConfiguration"}
)

const groupMutations = "mutations.gatekeeper.sh"

// take notes what changes objects.
func (m *mutation) take(tree map[string]any, of engine.Kind, at place) {
	spec := objectIn(tree, "spec")
	one := mutator{at: at, of: of, name: nameIn(tree).Name}
	switch {
	case of == mutationBindingKind:
		if m.bound == nil {
			m.bound = map[string]bool{}
		}
		name, _ := spec["policyName"].(string)
		m.bound[name] = true
	case of == mutationPolicyKind:
		constraints := objectIn(spec, "matchConstraints")
		one.asks = []question{ruled(constraints, "resourceRules")}
	case of == mutatingWebhookKind:
		for _, hook := range objectsIn(tree, "webhooks") {
			one.asks = append(one.asks, ruled(hook, "rules"))
		}
	case of.Group == groupKyverno && (of.Kind == "Policy" || of.Kind == "ClusterPolicy"):
		if of.Kind == "Policy" {
			one.namespace = nameIn(tree).Namespace
		}
		for _, rule := range objectsIn(spec, "rules") {
			if rule["mutate"] != nil {
				one.asks = append(one.asks, question{kinds: kindsOfKyverno(rule)})
			}
		}
	case of.Group == groupMutations:
		for _, to := range objectsIn(spec, "applyTo") {
			one.asks = append(one.asks, question{kinds: kindsCalled(words(to["kinds"]))})
		}
	}
	if len(one.asks) > 0 {
		m.mutators = append(m.mutators, one)
	}
}

// ruled is of what a webhook, or the constraints of a policy, ask by their rules.
func ruled(of map[string]any, name string) question {
	q := question{namespaces: selectorIn(of["namespaceSelector"]), objects: selectorIn(of["objectSelector"])}
	for _, rule := range objectsIn(of, name) {
		operations := words(rule["operations"])
		if len(operations) > 0 && !slices.ContainsFunc(operations, func(o string) bool { return o == "CREATE" || o == "UPDATE" || o == "*" }) {
			continue
		}
		q.kinds = append(q.kinds, kindsOfRule(words(rule["apiGroups"]), words(rule["resources"]))...)
	}
	return q
}

// selectorIn reads a selector of labels; nil, which is all, where it cannot be read.
func selectorIn(v any) labels.Selector {
	var of metav1.LabelSelector
	text, err := json.Marshal(v)
	if v == nil || err != nil || json.Unmarshal(text, &of) != nil {
		return nil
	}
	selector, err := metav1.LabelSelectorAsSelector(&of)
	if err != nil {
		return nil
	}
	return selector
}

func objectIn(tree map[string]any, name string) map[string]any {
	of, _ := tree[name].(map[string]any)
	return of
}

func objectsIn(tree map[string]any, name string) []map[string]any {
	var all []map[string]any
	list, _ := tree[name].([]any)
	for _, v := range list {
		if of, is := v.(map[string]any); is {
			all = append(all, of)
		}
	}
	return all
}

func words(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, w := range list {
		if text, is := w.(string); is {
			all = append(all, text)
		}
	}
	return all
}

// kindsOfRule are the kinds of the table that a rule of an admission policy means, and the
// zero kind for one that means all.
func kindsOfRule(groups, resources []string) []engine.Kind {
	var found []engine.Kind
	anyGroup := slices.Contains(groups, "*")
	for _, name := range resources {
		resource, _, _ := strings.Cut(name, "/")
		if resource == "*" && anyGroup {
			return []engine.Kind{{}}
		}
		for _, k := range kinds {
			if (anyGroup || slices.Contains(groups, k.of.Group)) && (resource == "*" || resource == k.resource) {
				found = append(found, k.of)
			}
		}
	}
	return found
}

// kindsOfKyverno are the kinds that a rule of Kyverno's matches, or changes on their behalf.
func kindsOfKyverno(rule map[string]any) []engine.Kind {
	var names []string
	if targets := objectsIn(objectIn(rule, "mutate"), "targets"); len(targets) > 0 {
		for _, target := range targets {
			name, _ := target["kind"].(string)
			names = append(names, name)
		}
		return kindsCalled(names)
	}
	match := objectIn(rule, "match")
	filters := append([]map[string]any{match}, append(objectsIn(match, "any"), objectsIn(match, "all")...)...)
	for _, filter := range filters {
		for _, name := range words(objectIn(filter, "resources")["kinds"]) {
			if i := strings.LastIndexByte(strings.TrimSuffix(name, "/*"), '/'); i >= 0 {
				name = strings.TrimSuffix(name, "/*")[i+1:]
			}
			names = append(names, name)
		}
	}
	return kindsCalled(names)
}

// kindsCalled are the kinds of the table with some names, in which * stands for any.
func kindsCalled(names []string) []engine.Kind {
	var found []engine.Kind
	for _, name := range names {
		if name == "*" {
			return []engine.Kind{{}}
		}
		for _, k := range kinds {
			if is, err := path.Match(name, k.of.Kind); is || err != nil {
				found = append(found, k.of)
			}
		}
	}
	return found
}

// sees notes an object that a server will take in, and the pods that come of it. One with a
// UID was taken in already.
func (m *mutation) sees(tree map[string]any, of engine.Kind) {
	metadata := objectIn(tree, "metadata")
	if of.Group == groupAdmission || metadata["uid"] != nil && metadata["uid"] != "" {
		return
	}
	if m.objects == nil {
		m.objects, m.namespaces = map[admitted]bool{}, map[string]map[string]string{}
	}
	name := nameIn(tree)
	if of == namespaceKind {
		m.namespaces[name.Name], name.Namespace = labelsIn(metadata), name.Name
	}
	m.see(admitted{of: of, namespace: name.Namespace}, metadata)
	if template, makes := templateIn(tree, of); makes {
		m.see(admitted{of: podKind, namespace: name.Namespace, more: template == nil}, objectIn(template, "metadata"))
	}
}

// see notes objects with the labels that stand in their metadata.
func (m *mutation) see(a admitted, metadata map[string]any) {
	if of := objectIn(metadata, "labels"); len(of) > 0 {
		var err error
		if m.written, err = engine.AppendCanonical(m.written[:0], of); err != nil || !areTexts(of) {
			m.written, _ = json.Marshal(labelsIn(metadata)) // texts always have a form
		}
		a.labels = string(m.written)
	}
	m.objects[a] = true
}

func areTexts(labels map[string]any) bool {
	for _, value := range labels {
		if _, is := value.(string); !is {
			return false
		}
	}
	return true
}

func labelsIn(metadata map[string]any) map[string]string {
	all := map[string]string{}
	for name, value := range objectIn(metadata, "labels") {
		all[name], _ = value.(string)
	}
	return all
}

// templateIn is the template of pods of an object that makes some; nil where their labels
// are not all in it.
func templateIn(tree map[string]any, of engine.Kind) (template map[string]any, makes bool) {
	if engine.HoldsPodTemplate(of) {
		return nil, true
	}
	spec := objectIn(tree, "spec")
	if of.Kind == "CronJob" && of.Group == groupBatch {
		spec = objectIn(objectIn(spec, "jobTemplate"), "spec")
	}
	template = objectIn(spec, "template")
	return template, template != nil && (of.Group == groupApps || of.Group == groupBatch || of.Group == "" && of.Kind == "ReplicationController")
}

// given are the labels that controllers give to the pods that they make.
var given = []string{
	"pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
	"batch.kubernetes.io/job-name", "batch.kubernetes.io/job-completion-index", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
}

// mayMatch reports whether a selector may match labels of which some may not be known.
func mayMatch(selector labels.Selector, of labels.Set, unknown func(key string) bool) bool {
	if selector == nil {
		return true
	}
	requirements, selectable := selector.Requirements()
	if !selectable {
		return false
	}
	return !slices.ContainsFunc(requirements, func(r labels.Requirement) bool {
		return !r.Matches(of) && !unknown(r.Key())
	})
}

// asked reports whether a question may be about an object.
func (m *mutation) asked(q question, a admitted) bool {
	if !slices.Contains(q.kinds, a.of) && !slices.Contains(q.kinds, engine.Kind{}) {
		return false
	}
	var own map[string]string
	_ = json.Unmarshal([]byte(a.labels), &own)
	if !mayMatch(q.objects, own, func(key string) bool { return a.more || a.of == podKind && slices.Contains(given, key) }) {
		return false
	}
	if k, isKnown := known(a.of); isKnown && !k.namespaced && a.of != namespaceKind {
		return true // to which no selector of namespaces applies
	}
	seen, isSeen := m.namespaces[a.namespace]
	of := labels.Set(maps.Clone(seen))
	if of == nil {
		of = labels.Set{}
	}
	if a.namespace != "" {
		of[corev1.LabelMetadataName] = a.namespace
	}
	return mayMatch(q.namespaces, of, func(key string) bool {
		return !isSeen && (key != corev1.LabelMetadataName || a.namespace == "")
	})
}

// mutated names what among the files may become other objects.
func (s *scan) mutated() {
	m := &s.mutation
	for _, one := range m.mutators {
		if one.of == mutationPolicyKind && !m.bound[one.name] {
			continue
		}
		in := map[engine.Kind][]string{} // namespaces, by kind
		for a := range m.objects {
			if one.namespace != "" && one.namespace != a.namespace {
				continue
			}
			if slices.ContainsFunc(one.asks, func(q question) bool { return m.asked(q, a) }) {
				in[a.of] = append(in[a.of], a.namespace)
			}
		}
		for _, of := range slices.SortedFunc(maps.Keys(in), func(a, b engine.Kind) int { return strings.Compare(a.String(), b.String()) }) {
			slices.Sort(in[of])
			where := slices.Compact(in[of])
			gap := engine.Gap{Source: one.at.file, Line: one.at.line, Kind: of, Reason: engine.Unsupported}
			said := ""
			switch {
			case len(where) > 1:
				said = fmt.Sprintf(" in %d namespaces", len(where))
			case where[0] != "" && of != namespaceKind:
				gap.Namespace = where[0]
			}
			gap.Cause = fmt.Sprintf("%s %s changes such objects%s as a server takes them in: what it makes of them is not in the files", one.of.Kind, Printable(one.name), said)
			s.note(gap)
		}
	}
}
