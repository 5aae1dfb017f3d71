package network

import (
	"cmp"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"tickmark/engine"
)

// Workload is what runs the same pods: a controller, or a pod of its own.
type Workload struct {
	Ref engine.Ref `json:"ref"`
	// HostNetwork says that a pod of it is on the network of its node, where it is the
	// plugin's choice whether a policy applies.
	HostNetwork bool `json:"hostNetwork,omitempty"`
}

// String returns "pay/api[Deployment]".
func (w Workload) String() string { return w.Ref.Namespace + "/" + w.Ref.Name + "[" + w.Ref.Kind + "]" }

// pod is one pod, or what a workload makes pods of.
type pod struct {
	workload    int
	namespace   string
	labels      map[string]string
	hostNetwork bool
	addresses   []netip.Addr // none where it does not run yet
	template    bool         // what a workload makes pods of
	named       map[string][]portOf
}

// portOf is a port of a container.
type portOf struct {
	protocol Protocol
	port     int32
}

// manifest is what matters here of an object that is a pod or makes pods.
type manifest struct {
	Metadata podMeta `json:"metadata"`
	Spec     struct {
		podSpec
		Replicas    *int32    `json:"replicas"`
		Template    *template `json:"template"`
		JobTemplate *struct {
			Spec struct {
				Template template `json:"template"`
			} `json:"spec"`
		} `json:"jobTemplate"`
	} `json:"spec"`
	Status struct {
		Phase    string `json:"phase"`
		Replicas int32  `json:"replicas"`
		PodIP    string `json:"podIP"`
		PodIPs   []struct {
			IP string `json:"ip"`
		} `json:"podIPs"`
	} `json:"status"`
}

type podMeta struct {
	Labels          map[string]string `json:"labels"`
	Annotations     map[string]string `json:"annotations"`
	OwnerReferences []struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Name       string `json:"name"`
		UID        string `json:"uid"`
		Controller *bool  `json:"controller"`
	} `json:"ownerReferences"`
}

type template struct {
	Metadata podMeta `json:"metadata"`
	Spec     podSpec `json:"spec"`
}

type podSpec struct {
	HostNetwork    bool        `json:"hostNetwork"`
	Containers     []container `json:"containers"`
	InitContainers []container `json:"initContainers"`
}

type container struct {
	RestartPolicy string `json:"restartPolicy"` // of an init container: Always is a sidecar
	Ports         []struct {
		Name          string `json:"name"`
		ContainerPort int32  `json:"containerPort"`
		Protocol      string `json:"protocol"`
	} `json:"ports"`
}

var (
	podKind     = engine.Kind{Kind: "Pod"}
	makersKinds = append([]engine.Kind{
		podKind,
		{Kind: "ReplicationController"},
		{Group: "apps", Kind: "DaemonSet"},
		{Group: "apps", Kind: "Deployment"},
		{Group: "apps", Kind: "ReplicaSet"},
		{Group: "apps", Kind: "StatefulSet"},
		{Group: "batch", Kind: "CronJob"},
		{Group: "batch", Kind: "Job"},
	}, engine.PodTemplateKinds()...)
)

// running is the workloads of a view and their pods.
type running struct {
	workloads []Workload
	names     []string // of the workloads, which are in their order
	spaces    []string // namespaces, each once
	in        []int    // of each workload, among the namespaces
	pods      []pod
	of        [][]int      // pods by workload
	annotated []engine.Ref // those whose pods ask for further networks
	unsure    []engine.Ref // workflows of which it cannot be told what pods they make
}

// secondNetworks is the annotation by which a pod asks for networks beside its own.
const secondNetworks = "k8s.v1.cni.cncf.io/networks"

// maker is an object on the way from a pod to its workload.
type maker struct {
	ref  engine.Ref
	from *manifest
}

func (m maker) owner() (engine.Ref, bool) {
	for _, o := range m.from.Metadata.OwnerReferences {
		if o.Controller != nil && *o.Controller && o.Name != "" && o.Kind != "Node" {
			return engine.Ref{Kind: cmp.Or(o.Kind, "Pod"), Namespace: m.ref.Namespace, Name: o.Name, UID: o.UID}, true
		}
	}
	return engine.Ref{}, false
}

// key names an object whatever version of its group made it.
func key(r engine.Ref) engine.Ref {
	return engine.Ref{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}
}

// manifests are what matters here of each object that is a pod or makes pods: not its
// digest, so that an object of which nothing else changed changes nothing here.
var manifests = engine.NewExtract(
	func(o engine.Typed[manifest]) maker { return maker{o.Ref, o.Value} },
	func(a, b maker) bool { return a.ref == b.ref && reflect.DeepEqual(a.from, b.from) })

// allRunning is what runs in a view.
var allRunning = engine.NewSurvey(func(v *engine.View, _ *running) *running { return runningIn(v) }, nil)

// runningIn reads what runs. Pods are put to the workload at the end of their
// controllers; pods that have ended hold no connection.
func runningIn(v *engine.View) *running {
	var makers []maker
	there := map[engine.Ref]int{}
	for _, kind := range makersKinds {
		for _, m := range manifests.Of(v, kind) {
			there[key(m.ref)] = len(makers)
			makers = append(makers, m)
		}
	}
	r := &running{}
	for _, t := range engine.PodTemplates() {
		if !t.Workflow || !t.Makes {
			continue
		}
		for _, f := range workflowsOf(v, t.Kind) {
			makers = append(makers, f.pods...)
			if f.unsure {
				r.unsure = append(r.unsure, f.ref)
			}
		}
	}
	numbers := map[engine.Ref]int{}
	for i, m := range makers {
		root := rootOf(makers, there, i)
		if m.ended() || m.bare() {
			continue
		}
		n, known := numbers[key(root)]
		if !known {
			n = len(r.workloads)
			numbers[key(root)] = n
			r.workloads = append(r.workloads, Workload{Ref: root.WithoutUID()})
		}
		r.add(n, m)
	}
	r.sort()
	return r
}

// ended reports whether m is a pod that has ended, or an old template of a
// controller, of which nothing runs any more.
func (m maker) ended() bool {
	_, owned := m.owner()
	if m.ref.Of() == podKind {
		return m.from.Status.Phase == "Succeeded" || m.from.Status.Phase == "Failed"
	}
	return owned && m.from.Spec.Replicas != nil && *m.from.Spec.Replicas == 0 && m.from.Status.Replicas == 0
}

// bare reports whether no pods come of m by a template of its own: a PodTemplate, and
// a Rollout that uses that of another workload.
func (m maker) bare() bool {
	return engine.HoldsPodTemplate(m.ref.Of()) && m.from.Spec.Template == nil
}

// rootOf follows controllers as far as they are in the view; the controller of a
// pod counts where it is not.
func rootOf(makers []maker, there map[engine.Ref]int, i int) engine.Ref {
	const deepest = 4 // CronJob, Job, Pod; circles of hand-written files end as well
	at := makers[i]
	for range deepest {
		owner, has := at.owner()
		if !has {
			return at.ref
		}
		n, seen := there[key(owner)]
		if seen && (owner.UID == "" || makers[n].ref.UID == "" || makers[n].ref.UID == owner.UID) {
			at = makers[n]
			continue
		}
		if at.ref.Of() == podKind {
			return owner
		}
		return at.ref
	}
	return makers[i].ref
}

func (r *running) add(workload int, m maker) {
	meta, spec := &m.from.Metadata, &m.from.Spec.podSpec
	switch {
	case m.from.Spec.JobTemplate != nil:
		t := &m.from.Spec.JobTemplate.Spec.Template
		meta, spec = &t.Metadata, &t.Spec
	case m.ref.Of() != podKind && m.from.Spec.Template != nil:
		meta, spec = &m.from.Spec.Template.Metadata, &m.from.Spec.Template.Spec
	}
	p := pod{workload: workload, namespace: m.ref.Namespace, labels: meta.Labels, hostNetwork: spec.HostNetwork, named: namedPorts(spec), template: m.ref.Of() != podKind}
	for _, ip := range m.from.Status.PodIPs {
		p.addresses = appendAddress(p.addresses, ip.IP)
	}
	p.addresses = appendAddress(p.addresses, m.from.Status.PodIP)
	r.pods = append(r.pods, p)
	w := &r.workloads[workload]
	w.HostNetwork = w.HostNetwork || p.hostNetwork
	if meta.Annotations[secondNetworks] != "" && !slices.Contains(r.annotated, w.Ref) {
		r.annotated = append(r.annotated, w.Ref)
	}
}

func appendAddress(all []netip.Addr, text string) []netip.Addr {
	a, err := netip.ParseAddr(text)
	if a = a.Unmap().WithZone(""); err != nil || slices.Contains(all, a) {
		return all
	}
	return append(all, a)
}

// namedPorts returns the ports that have a name, of the containers that stay.
func namedPorts(spec *podSpec) map[string][]portOf {
	var named map[string][]portOf
	add := func(c *container) {
		for _, p := range c.Ports {
			protocol, known := protocolOf(p.Protocol)
			if p.Name == "" || !known {
				continue
			}
			if named == nil {
				named = map[string][]portOf{}
			}
			named[p.Name] = append(named[p.Name], portOf{protocol, p.ContainerPort})
		}
	}
	for i := range spec.Containers {
		add(&spec.Containers[i])
	}
	for i := range spec.InitContainers {
		if spec.InitContainers[i].RestartPolicy == "Always" {
			add(&spec.InitContainers[i])
		}
	}
	return named
}

// sort numbers the workloads in the order in which they are written.
func (r *running) sort() {
	names := make([]string, len(r.workloads))
	order := make([]int, len(r.workloads))
	for i, w := range r.workloads {
		names[i], order[i] = w.String(), i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	number := make([]int, len(order))
	sorted := make([]Workload, len(order))
	for to, from := range order {
		number[from], sorted[to] = to, r.workloads[from]
	}
	slices.Sort(names)
	r.workloads, r.names, r.in = sorted, names, make([]int, len(sorted))
	known := map[string]int{}
	for i := range sorted {
		space := sorted[i].Ref.Namespace
		n, there := known[space]
		if !there {
			n = len(r.spaces)
			known[space], r.spaces = n, append(r.spaces, space)
		}
		r.in[i] = n
	}
	r.of = make([][]int, len(r.workloads))
	for i := range r.pods {
		w := number[r.pods[i].workload]
		r.pods[i].workload, r.of[w] = w, append(r.of[w], i)
	}
}

// end returns a workload as the end of connections.
func (r *running) end(workload int) end { return end{r.names[workload], workload, -1} }

// inside reports of workloads whether they are in a zone, which is asked once for each
// namespace.
func (r *running) inside(inZone func(namespace string) bool) func(workload int) bool {
	zone := make([]bool, len(r.spaces))
	for i, space := range r.spaces {
		zone[i] = inZone(space)
	}
	return func(workload int) bool { return zone[r.in[workload]] }
}

// namespaceLabels are the labels of a namespace and whether they are all known.
type namespaceLabels struct {
	labels map[string]string
	known  bool
}

// labelsOfNamespaces reads the namespaces of a view. What a server gave has the
// labels that it has; one that is written twice with different labels has labels that
// nobody knows.
func labelsOfNamespaces(v *engine.View) map[string]namespaceLabels {
	type namespace struct {
		Metadata podMeta `json:"metadata"`
	}
	all := map[string]namespaceLabels{}
	digests := map[string]engine.Digest{}
	for _, o := range engine.All[namespace](v, engine.Kind{Kind: "Namespace"}) {
		of := map[string]string{}
		for k, value := range o.Value.Metadata.Labels {
			of[k] = value
		}
		if o.Ref.UID == "" { // written by a person: the server adds its name
			of[namespaceName] = o.Ref.Name
		}
		before, twice := digests[o.Ref.Name]
		if twice && before != o.Digest {
			all[o.Ref.Name] = unseenNamespace(o.Ref.Name)
			continue
		}
		digests[o.Ref.Name] = o.Digest
		all[o.Ref.Name] = namespaceLabels{of, true}
	}
	return all
}

// unseenNamespace is a namespace of which the name alone is known.
func unseenNamespace(name string) namespaceLabels {
	return namespaceLabels{labels: map[string]string{namespaceName: name}}
}
