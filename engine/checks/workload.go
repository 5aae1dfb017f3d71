package checks

import (
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// workload is a pod, or something that makes pods, as the API server would
// admit it. Shared between checks: it must not be changed.
type workload struct {
	object  *engine.Object
	owner   *metav1.OwnerReference // its controller
	path    string                 // of the pod's spec in the document
	meta    *engine.PodMetadata
	spec    *engine.PodSpec
	retired bool        // a ReplicaSet that runs nothing
	all     []container // what containers returns, where it was asked before
	// template is the workload whose template it uses, having none of its own.
	template *engine.Ref
	flow     *flowPod // of a workflow, one of its templates; else nil
	idle     bool     // a template of which no pods come
	// suspended says that none come until somebody lets it go on.
	suspended bool
	ended     bool // it ran, and runs no more
	// asksImagePolicy says that it is told to ask an ImagePolicyWebhook, as an API server.
	asksImagePolicy bool
	plane           *[]component // of a pod: what of a control plane it runs; nil for most
}

var (
	podKind        = engine.Kind{Kind: "Pod"}
	replicaSetKind = engine.Kind{Group: appsv1.GroupName, Kind: "ReplicaSet"}
)

// workloadKinds are Kubernetes' own kinds that are pods or make pods. Whoever needs
// them looks at engine.PodTemplates as well (see assemble).
func workloadKinds() []engine.Kind {
	return []engine.Kind{
		podKind,
		{Kind: "ReplicationController"},
		{Group: appsv1.GroupName, Kind: "DaemonSet"},
		{Group: appsv1.GroupName, Kind: "Deployment"},
		replicaSetKind,
		{Group: appsv1.GroupName, Kind: "StatefulSet"},
		{Group: batchv1.GroupName, Kind: "CronJob"},
		{Group: batchv1.GroupName, Kind: "Job"},
	}
}

// declared are the workloads of a view, and those that use the template of one.
type declared struct {
	workloads []*workload
	lent      map[engine.Ref]*workload
	unsure    bool // there are some of which it cannot be told what runs
}

// allDeclared are those of a view, kind by kind.
var allDeclared = engine.NewSurvey(func(v *engine.View, _ declared) declared {
	var parts [][]*workload
	for _, kind := range workloadKinds() {
		parts = append(parts, workloadsOf(v, kind))
	}
	d := declared{workloads: slices.Concat(parts...)}
	if more := templates(v); len(more) > 0 {
		for _, w := range more {
			w.admit()
		}
		d.workloads, d.lent = lentIn(append(d.workloads, more...))
	}
	return d.withFlows(v)
}, nil)

// workloads returns all workloads of a view, once per view.
func workloads(v *engine.View) []*workload { return allDeclared.Of(v).workloads }

// The kinds of workloads, as they are read.
var (
	readPods = engine.NewExtract(func(p engine.Typed[engine.Pod]) *workload {
		pod := p.Value
		ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		w := &workload{object: p.Object, owner: pod.Metadata.Controller(), path: podPath, meta: &pod.Metadata.PodMetadata, spec: &pod.Spec, ended: ended}
		w.admit()
		if parts := componentsIn(*w); len(parts) > 0 {
			w.plane = &parts
		}
		return w
	}, nil)
	readControllers = engine.NewExtract(func(c engine.Typed[engine.Controller]) *workload {
		of, template := c.Value, c.Value.Template()
		w := &workload{object: c.Object, owner: of.Metadata.Controller(), path: templatePath, meta: &template.Metadata, spec: &template.Spec}
		switch c.Ref.Kind {
		case "CronJob":
			w.path = cronPath
			w.suspended = isTrue(of.Spec.Suspend)
		case "Job":
			w.suspended = isTrue(of.Spec.Suspend)
			w.ended = slices.ContainsFunc(of.Status.Conditions, func(c engine.Condition) bool {
				return (c.Type == string(batchv1.JobComplete) || c.Type == string(batchv1.JobFailed)) && c.Status == corev1.ConditionTrue
			})
		case "ReplicaSet":
			w.retired = of.Spec.Replicas != nil && *of.Spec.Replicas == 0 && of.Status.Replicas == 0
		}
		w.admit()
		return w
	}, nil)
)

// workloadsOf returns the workloads of one kind.
func workloadsOf(v *engine.View, kind engine.Kind) []*workload {
	if kind == podKind {
		return readPods.Of(v, kind)
	}
	return readControllers.Of(v, kind)
}

// admit fills in what the API server does. It is for who makes w.
func (w *workload) admit() {
	w.spec = withDefaults(w.spec)
	w.all = w.containers()
	for i := range w.spec.Containers {
		w.asksImagePolicy = w.asksImagePolicy || asksImagePolicy(&w.spec.Containers[i])
	}
}

// withDefaults fills in what the API server does and checks depend on: on the
// node's network every port of a container is a port of the node; a volume that
// names no source is an emptyDir; and the old name of the service account field
// counts where the new one is empty. It copies before it changes.
func withDefaults(spec *engine.PodSpec) *engine.PodSpec {
	bare := func(v corev1.Volume) bool { return v.VolumeSource == corev1.VolumeSource{} }
	renamed := spec.ServiceAccountName == "" && spec.DeprecatedServiceAccount != ""
	if !spec.HostNetwork && !renamed && !slices.ContainsFunc(spec.Volumes, bare) {
		return spec
	}
	own := *spec
	spec = &own
	if renamed {
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
	spec.Volumes = slices.Clone(spec.Volumes)
	for i := range spec.Volumes {
		if bare(spec.Volumes[i]) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	if spec.HostNetwork {
		spec.InitContainers = withHostPorts(spec.InitContainers)
		spec.Containers = withHostPorts(spec.Containers)
	}
	return spec
}

func withHostPorts(containers []engine.Container) []engine.Container {
	containers = slices.Clone(containers)
	for i := range containers {
		ports := slices.Clone(containers[i].Ports)
		for j := range ports {
			if port := &ports[j]; port.HostPort == 0 {
				port.HostPort = port.ContainerPort
			}
		}
		containers[i].Ports = ports
	}
	return containers
}

// windows reports whether the pod says that it runs on Windows: a kubelet admits it nowhere
// else, by its operating system or by its node selector.
func (w workload) windows() bool {
	if w.spec.OS != nil {
		return w.spec.OS.Name == corev1.Windows
	}
	return w.spec.NodeSelector[corev1.LabelOSStable] == string(corev1.Windows)
}

// field returns the path of a field of the pod's spec in the document.
func (w workload) field(name string) string {
	if w.flow != nil {
		return w.flow.at(name)
	}
	return w.path + "." + name
}

// metadata returns the path of a field of the pod's metadata in the document.
func (w workload) metadata(name string) string {
	if w.flow != nil {
		return w.path + ".metadata." + name
	}
	return strings.TrimSuffix(w.path, "spec") + "metadata." + name
}

// container is a container of a workload with its place in the document.
type container struct {
	*engine.Container
	*place
	ephemeral bool
}

// containers returns all containers: init, regular and ephemeral ones. The list is
// shared.
func (w workload) containers() []container {
	if w.all != nil {
		return w.all
	}
	all := make([]container, 0, len(w.spec.InitContainers)+len(w.spec.Containers)+len(w.spec.EphemeralContainers))
	for i := range w.spec.InitContainers {
		all = append(all, container{&w.spec.InitContainers[i], w.place("initContainers", i), false})
	}
	for i := range w.spec.Containers {
		all = append(all, container{&w.spec.Containers[i], w.place("containers", i), false})
	}
	for i := range w.spec.EphemeralContainers {
		all = append(all, container{&w.spec.EphemeralContainers[i], w.place("ephemeralContainers", i), true})
	}
	return all
}

// eachWorkload are the workloads as they are judged one by one, each with the one that it
// comes of.
var eachWorkload = engine.NewSubjects(func(v *engine.View) []engine.Subject {
	all, tops := workloads(v), topsOf(v)
	subjects := make([]engine.Subject, len(all))
	for i, w := range all {
		subjects[i] = engine.Subject{Of: w.object, Under: all[tops[i]].object}
	}
	return subjects
})

// say takes a detail that a check has of what it judges.
type say func(engine.Detail)

// judgeWorkloads applies judge to every workload and leaves out what was made by
// a controller that is there too, except what is worse than in the controller. Of a
// check that is asked about some workloads it judges these.
func judgeWorkloads(v *engine.View, judge func(workload, say)) []engine.Detail {
	judge = ofFlows(judge)
	aroundFlows.Of(v)
	var o origins
	at, some := eachWorkload.Asked(v, func() { o = allOrigins.Of(v) })
	all, tops := o.of.workloads, o.tops
	if some {
		return judgeSome(all, tops, at, judge)
	}
	places := 0
	for i := range all {
		places += max(1, len(all[i].all))
	}
	r := ruling{details: v.Room(places), roots: map[int][]engine.Detail{}}
	for i := range all {
		if root := tops[i]; root != i && !all[i].retired {
			r.roots[root] = nil
		}
	}
	for _, i := range o.order {
		if tops[i] != i {
			continue
		}
		said := r.of(*all[i], judge)
		if _, owns := r.roots[i]; owns {
			r.roots[i] = said
		}
	}
	for _, i := range o.order {
		if root := tops[i]; root != i && !all[i].retired {
			r.worse(*all[root], r.roots[root], *all[i], judge)
		}
	}
	return r.details
}

// ruling is what was said of workloads so far, and of those that others come of.
type ruling struct {
	details []engine.Detail
	roots   map[int][]engine.Detail
	say     say
}

// of judges a workload and returns what was said of it.
func (r *ruling) of(w workload, judge func(workload, say)) []engine.Detail {
	from := len(r.details)
	if r.say == nil {
		r.say = func(d engine.Detail) { r.details = append(r.details, d) }
	}
	judge(w, r.say)
	return r.details[from:]
}

// worse judges a workload that another is the origin of, and keeps what is worse than was
// said of that.
func (r *ruling) worse(root workload, of []engine.Detail, owned workload, judge func(workload, say)) {
	said := r.of(owned, judge)
	from := len(r.details) - len(said)
	r.details = r.details[:from+len(worse(root, of, owned, said))]
}

// judgeSome is judgeWorkloads for some places among all, in the same order.
func judgeSome(all []*workload, tops, at []int, judge func(workload, say)) []engine.Detail {
	var r ruling
	for _, i := range at {
		if tops[i] == i {
			r.of(*all[i], judge)
		}
	}
	for _, i := range at {
		if root := tops[i]; root != i && !all[i].retired {
			var of ruling
			r.worse(*all[root], of.of(*all[root], judge), *all[i], judge)
		}
	}
	return r.details
}

// origins are the workloads of a view with the places of those that they come of, and
// their places in the order of their refs, in which results are.
type origins struct {
	of          declared
	tops, order []int
}

var allOrigins = engine.NewSurvey(func(v *engine.View, before origins) origins {
	of := allDeclared.Of(v)
	if sameOwners(before.of, of) {
		return origins{of, before.tops, before.order}
	}
	all := of.workloads
	byRef := make(map[engine.Ref]seat, len(all))
	for i, w := range all {
		byRef[w.object.Ref.WithoutUID()] = seat{i, w.object.Ref.UID}
	}
	for ref, w := range of.lent {
		byRef[ref] = seat{byRef[*w.template].at, w.object.Ref.UID}
	}
	tops, order := make([]int, len(all)), make([]int, len(all))
	for i := range all {
		tops[i], order[i] = top(all, byRef, i), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return all[a].object.Ref.Compare(all[b].object.Ref) })
	return origins{of, tops, order}
}, nil)

// sameOwners reports whether the same workloads stand in the same places, under the same
// owners, whatever else they are now.
func sameOwners(before, now declared) bool {
	return len(before.lent) == 0 && len(now.lent) == 0 && slices.EqualFunc(before.workloads, now.workloads, func(a, b *workload) bool {
		return a.object == b.object || a.object.Ref == b.object.Ref && reflect.DeepEqual(a.owner, b.owner)
	})
}

// topsOf returns for every workload the place of the one that it comes of, once per view.
func topsOf(v *engine.View) []int { return allOrigins.Of(v).tops }

// seat is where a workload stands among all, and its UID.
type seat struct {
	at  int
	uid string
}

// top follows controllers that are in the snapshot up to the last. References in
// a circle, which only hand-written manifests have, end where they began.
func top(all []*workload, byRef map[engine.Ref]seat, i int) int {
	const deepest = 4 // CronJob, Job, Pod; Rollout or Deployment, ReplicaSet, Pod
	at := i
	for range deepest {
		owner, there := ownerOf(all, byRef, at)
		if !there {
			return at
		}
		at = owner
	}
	return i
}

func ownerOf(all []*workload, byRef map[engine.Ref]seat, i int) (int, bool) {
	o := all[i].owner
	if o == nil {
		return 0, false
	}
	group, _, grouped := strings.Cut(o.APIVersion, "/")
	if !grouped {
		group = ""
	}
	ref := engine.Ref{Group: group, Kind: o.Kind, Namespace: all[i].object.Ref.Namespace, Name: o.Name}
	owner, there := byRef[ref]
	if !there {
		return 0, false
	}
	return owner.at, owner.uid == "" || o.UID == "" || owner.uid == string(o.UID)
}

// worse leaves, of the details of an owned workload, those that are worse than what its
// owner has in the same place, and the bad ones of places its owner has not. A
// place is a container, or a field where the detail is of no container.
func worse(root workload, of []engine.Detail, owned workload, details []engine.Detail) []engine.Detail {
	place := func(w workload, d engine.Detail) string {
		if d.Container != "" {
			return d.Container
		}
		return strings.TrimPrefix(d.Field, w.path)
	}
	known := map[string]engine.Verdict{}
	for _, d := range of {
		known[place(root, d)] = d.Verdict
	}
	return slices.DeleteFunc(details, func(d engine.Detail) bool {
		verdict, there := known[place(owned, d)]
		if !there {
			return d.Verdict != engine.Fail && d.Verdict != engine.Unknown
		}
		return verdict.Worse(d.Verdict) == verdict
	})
}

// perContainer judges every container of every workload.
func perContainer(v *engine.View, judge func(workload, container) finding) []engine.Detail {
	return judgeWorkloads(v, func(w workload, say say) {
		for _, c := range w.containers() {
			d := judge(w, c).on(w.object)
			d.Container = c.Name
			say(d)
		}
		if len(w.containers()) == 0 {
			say(withoutContainers(w))
		}
	})
}

// perPod judges every workload as a whole.
func perPod(v *engine.View, judge func(workload) finding) []engine.Detail {
	return judgeWorkloads(v, func(w workload, say say) {
		if len(w.containers()) == 0 {
			say(withoutContainers(w))
			return
		}
		say(judge(w).on(w.object))
	})
}

// withoutContainers is said of a workload that no API server would take, or whose
// template is elsewhere.
func withoutContainers(w workload) engine.Detail {
	return unknown(w.field("containers"), nil, "%s", w.whyNone()).on(w.object)
}
