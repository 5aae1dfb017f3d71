package rbac

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// runner is a pod, or something that makes pods, with the account it runs as.
type runner struct {
	ref      engine.Ref
	resource string // in requests, e.g. "deployments"
	name     string // of the account
	static   string // of a pod that a kubelet started from a file: its component
	byGet    bool   // it is an API server that is told to open a websocket into pods by get
}

// account is whom it runs as.
func (r *runner) account() Subject {
	return Subject{Kind: rbacv1.ServiceAccountKind, Namespace: r.ref.Namespace, Name: r.name}
}

// makes reports whether it makes pods again and again.
func (r *runner) makes() bool { return r.resource != "pods" && r.resource != "jobs" }

// controls reports whether it holds the rights of the whole cluster itself.
func (r *runner) controls() bool {
	return r.static == apiServer || r.static == "etcd" || r.static == "kube-controller-manager"
}

// telling are those of all that run, in their order, by which more is known than by those
// before them: the first of each account, the first that makes pods in a namespace, and
// the control plane.
var telling = engine.NewSurvey(func(v *engine.View, _ []*runner) []*runner {
	type spot struct{ namespace, account string }
	var all []*runner
	met, making := map[spot]bool{}, map[string]bool{}
	for _, r := range allRunners.Of(v) {
		s := spot{r.ref.Namespace, r.name}
		makes := r.makes() && !making[s.namespace]
		if !met[s] || makes || r.controls() {
			all = append(all, r)
		}
		met[s] = true
		making[s.namespace] = making[s.namespace] || makes
	}
	return all
}, nil)

var (
	podKind     = engine.Kind{Kind: "Pod"}
	accountKind = engine.Kind{Kind: "ServiceAccount"}
	secretKind  = engine.Kind{Kind: "Secret"}
)

// resources names the kinds of makers in requests.
var resources = map[engine.Kind]string{
	podKind: "pods", {Kind: "ReplicationController"}: "replicationcontrollers",
	{Group: "apps", Kind: "DaemonSet"}: "daemonsets", {Group: "apps", Kind: "Deployment"}: "deployments",
	{Group: "apps", Kind: "ReplicaSet"}: "replicasets", {Group: "apps", Kind: "StatefulSet"}: "statefulsets",
	{Group: "batch", Kind: "CronJob"}: "cronjobs", {Group: "batch", Kind: "Job"}: "jobs",
}

// RunnerKinds are the kinds that run as a service account.
func RunnerKinds() []engine.Kind {
	kinds := make([]engine.Kind, 0, len(makers))
	for _, m := range makers {
		kinds = append(kinds, m.kind)
	}
	return kinds
}

// makers are the kinds that are pods or make them, each with how its pods are read.
var makers = []struct {
	kind engine.Kind
	read func(*engine.View, engine.Kind) []runner
}{
	{podKind, runningPods.Of},
	{engine.Kind{Kind: "ReplicationController"}, podMakers.Of},
	{engine.Kind{Group: "apps", Kind: "DaemonSet"}, podMakers.Of},
	{engine.Kind{Group: "apps", Kind: "Deployment"}, podMakers.Of},
	{engine.Kind{Group: "apps", Kind: "ReplicaSet"}, podMakers.Of},
	{engine.Kind{Group: "apps", Kind: "StatefulSet"}, podMakers.Of},
	{engine.Kind{Group: "batch", Kind: "CronJob"}, podMakers.Of},
	{engine.Kind{Group: "batch", Kind: "Job"}, podMakers.Of},
}

var (
	runningPods = runnersOf(func(p *engine.Pod) runner {
		one := runner{name: accountIn(&p.Spec)}
		if p.Metadata.Annotations.Has(corev1.MirrorPodAnnotationKey) {
			one.static = p.Metadata.Labels.Get("component")
			one.byGet = one.static == apiServer && leavesUpgrades(&p.Spec)
		}
		return one
	})
	podMakers = runnersOf(func(c *engine.Controller) runner {
		return runner{name: accountIn(&c.Template().Spec)}
	})
)

// accountIn returns the name of the account that a pod runs as; "" where it names none.
func accountIn(pod *engine.PodSpec) string {
	return cmp.Or(pod.ServiceAccountName, pod.DeprecatedServiceAccount)
}

func runnersOf[T any](take func(*T) runner) *engine.Extract[T, runner] {
	return engine.NewExtract(func(o engine.Typed[T]) runner {
		one := take(o.Value)
		one.ref = o.Ref
		one.resource = resources[o.Ref.Of()]
		one.name = cmp.Or(one.name, "default")
		return one
	}, func(a, b runner) bool { return a == b })
}

// templated is what is read of a kind of others that holds a template of pods.
type templated struct {
	Spec struct {
		Template struct {
			Spec struct {
				Account string `json:"serviceAccountName"`
				Former  string `json:"serviceAccount"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

var readTemplated = runnersOf(func(o *templated) runner {
	of := o.Spec.Template.Spec
	return runner{name: cmp.Or(of.Account, of.Former)}
}).Of

// templates returns what the kinds of others run as an account.
func templates(v *engine.View) []*runner {
	var all []*runner
	for _, t := range engine.PodTemplates() {
		if !t.Makes {
			continue
		}
		read := readTemplated
		if t.Workflow {
			read = readFlow
		}
		for _, r := range read(v, t.Kind) {
			r.resource = probe{group: t.Kind.Group, ofOthers: true}.says(t.Resource)
			all = append(all, &r)
		}
	}
	return all
}

// allRunners are everything that runs as an account: not what else it is, so that an
// object of which nothing but that changed changes nothing here.
var allRunners = engine.NewSurvey(func(v *engine.View, _ []*runner) []*runner { return runners(v) }, nil)

func runners(v *engine.View) []*runner {
	all := templates(v)
	for _, m := range makers {
		of := m.read(v, m.kind)
		all = slices.Grow(all, len(of))
		for i := range of {
			all = append(all, &of[i])
		}
	}
	return all
}

// accounts returns the service accounts that there are: in files also those that
// something runs as or a binding names, which may be elsewhere.
func accounts(v *engine.View, rights *Rights, running []*runner) []Subject {
	var all []Subject
	met := map[Subject]bool{}
	for _, a := range engine.All[corev1.ServiceAccount](v, accountKind) {
		all = append(all, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: a.Ref.Namespace, Name: a.Ref.Name})
	}
	for _, r := range running {
		if a := r.account(); !met[a] && !opened(a) {
			met[a] = true
			all = append(all, a)
		}
	}
	if rights.files || !v.Saw(accountKind) {
		for _, s := range rights.Subjects() {
			if s = canonical(s); s.Kind == rbacv1.ServiceAccountKind {
				all = append(all, s)
			}
		}
		for namespace := range rights.namespaces() {
			all = append(all, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "default"})
		}
	}
	slices.SortFunc(all, Subject.Compare)
	return slices.Compact(all)
}

// namespaces are those that roles and bindings are in or name the accounts of, and two of
// those that every cluster has: each has an account of its own from its start.
func (r *Rights) namespaces() map[string]bool {
	all := map[string]bool{metav1.NamespaceDefault: true, metav1.NamespaceSystem: true}
	for _, b := range r.bindings {
		if !b.Everywhere() {
			all[b.Ref.Namespace] = true
		}
		for _, s := range b.Subjects {
			s = canonical(s)
			if namespace, is := strings.CutPrefix(s.Name, "system:serviceaccounts:"); is && s.Kind == rbacv1.GroupKind {
				all[namespace] = true
			} else if s.Kind == rbacv1.ServiceAccountKind {
				all[s.Namespace] = true
			}
		}
	}
	return all
}

// canonical returns a service account as such where it is named as a user.
func canonical(s Subject) Subject {
	if s.Kind == rbacv1.UserKind {
		if account, is := Account(s.Name); is {
			return account
		}
	}
	return s
}

// secret is what is read of a Secret: never its data, which are redacted.
type secret struct {
	Metadata struct {
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Type corev1.SecretType `json:"type"`
}

// keeper is a Secret that holds the token of a service account.
type keeper struct {
	secret  string
	account Subject
}

// tokenSecrets returns the Secrets that are known to hold a token, from themselves
// where they were seen, and from the accounts that list them, by namespace.
func tokenSecrets(v *engine.View) []keeper {
	var all []keeper
	for _, s := range engine.All[secret](v, secretKind) {
		if name := s.Value.Metadata.Annotations[corev1.ServiceAccountNameKey]; s.Value.Type == corev1.SecretTypeServiceAccountToken && name != "" {
			all = append(all, keeper{s.Ref.Name, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: s.Ref.Namespace, Name: name}})
		}
	}
	for _, a := range engine.All[corev1.ServiceAccount](v, accountKind) {
		for _, s := range a.Value.Secrets {
			all = append(all, keeper{s.Name, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: a.Ref.Namespace, Name: a.Ref.Name}})
		}
	}
	slices.SortStableFunc(all, func(a, b keeper) int { return strings.Compare(a.account.Namespace, b.account.Namespace) })
	return all
}
