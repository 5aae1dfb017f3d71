package rbac

import (
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
)

// runner is a pod, or something that makes pods, with the account it runs as.
type runner struct {
	ref      engine.Ref
	resource string // in requests, e.g. "deployments"
	account  Subject
	static   string // of a pod that a kubelet started from a file: its component
}

var (
	podKind     = engine.Kind{Kind: "Pod"}
	accountKind = engine.Kind{Kind: "ServiceAccount"}
	secretKind  = engine.Kind{Kind: "Secret"}
)

// RunnerKinds are the kinds that run as a service account.
func RunnerKinds() []engine.Kind {
	kinds := make([]engine.Kind, 0, len(makers))
	for _, m := range makers {
		kinds = append(kinds, m.kind)
	}
	return kinds
}

// makers are the kinds that are pods or make them, each with the resource it is in
// requests and how its pods are read.
var makers = []struct {
	kind     engine.Kind
	resource string
	read     func(*engine.View, engine.Kind) []runner
}{
	{podKind, "pods", read(func(p *corev1.Pod) *corev1.PodSpec { return &p.Spec })},
	{engine.Kind{Kind: "ReplicationController"}, "replicationcontrollers", read(func(c *corev1.ReplicationController) *corev1.PodSpec {
		if c.Spec.Template == nil {
			return &corev1.PodSpec{}
		}
		return &c.Spec.Template.Spec
	})},
	{engine.Kind{Group: "apps", Kind: "DaemonSet"}, "daemonsets", read(func(s *appsv1.DaemonSet) *corev1.PodSpec { return &s.Spec.Template.Spec })},
	{engine.Kind{Group: "apps", Kind: "Deployment"}, "deployments", read(func(d *appsv1.Deployment) *corev1.PodSpec { return &d.Spec.Template.Spec })},
	{engine.Kind{Group: "apps", Kind: "ReplicaSet"}, "replicasets", read(func(s *appsv1.ReplicaSet) *corev1.PodSpec { return &s.Spec.Template.Spec })},
	{engine.Kind{Group: "apps", Kind: "StatefulSet"}, "statefulsets", read(func(s *appsv1.StatefulSet) *corev1.PodSpec { return &s.Spec.Template.Spec })},
	{engine.Kind{Group: "batch", Kind: "CronJob"}, "cronjobs", read(func(j *batchv1.CronJob) *corev1.PodSpec { return &j.Spec.JobTemplate.Spec.Template.Spec })},
	{engine.Kind{Group: "batch", Kind: "Job"}, "jobs", read(func(j *batchv1.Job) *corev1.PodSpec { return &j.Spec.Template.Spec })},
}

func read[T any, P interface {
	*T
	metav1.Object
}](spec func(*T) *corev1.PodSpec) func(*engine.View, engine.Kind) []runner {
	return engine.NewExtract(func(o engine.Typed[T]) runner {
		pod := spec(o.Value)
		one := runner{ref: o.Ref, account: Subject{
			Kind: rbacv1.ServiceAccountKind, Namespace: o.Ref.Namespace, Name: cmp.Or(pod.ServiceAccountName, pod.DeprecatedServiceAccount, "default"),
		}}
		object := P(o.Value)
		if _, mirror := object.GetAnnotations()[corev1.MirrorPodAnnotationKey]; mirror {
			one.static = object.GetLabels()["component"]
		}
		return one
	}, func(a, b runner) bool { return a == b }).Of
}

// templated is what is read of a kind of others that holds a template of pods.
type templated struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Template struct {
			Spec struct {
				Account string `json:"serviceAccountName"`
				Former  string `json:"serviceAccount"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

var readTemplated = read(func(o *templated) *corev1.PodSpec {
	of := o.Spec.Template.Spec
	return &corev1.PodSpec{ServiceAccountName: of.Account, DeprecatedServiceAccount: of.Former}
})

// templates returns what the kinds of others run as an account.
func templates(v *engine.View) []runner {
	var all []runner
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
			all = append(all, r)
		}
	}
	return all
}

// allRunners are everything that runs as an account: not what else it is, so that an
// object of which nothing but that changed changes nothing here.
var allRunners = engine.NewSurvey(func(v *engine.View, _ []runner) []runner { return runners(v) }, nil)

func runners(v *engine.View) []runner {
	all := templates(v)
	for _, m := range makers {
		for _, r := range m.read(v, m.kind) {
			r.resource = m.resource
			all = append(all, r)
		}
	}
	return all
}

// accounts returns the service accounts that there are: in files also those that
// something runs as or a binding names, which may be elsewhere.
func accounts(v *engine.View, rights *Rights, running []runner) []Subject {
	var all []Subject
	for _, a := range engine.All[corev1.ServiceAccount](v, accountKind) {
		all = append(all, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: a.Ref.Namespace, Name: a.Ref.Name})
	}
	for _, r := range running {
		if !opened(r.account) {
			all = append(all, r.account)
		}
	}
	if rights.files || !v.Saw(accountKind) {
		for _, s := range rights.Subjects() {
			if s = canonical(s); s.Kind == rbacv1.ServiceAccountKind {
				all = append(all, s)
			}
		}
	}
	slices.SortFunc(all, Subject.Compare)
	return slices.Compact(all)
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
	metav1.ObjectMeta `json:"metadata"`
	Type              corev1.SecretType `json:"type"`
}

// keeper is a Secret that holds the token of a service account.
type keeper struct {
	secret  string
	account Subject
}

// tokenSecrets returns the Secrets that are known to hold a token, from themselves
// where they were seen, and from the accounts that list them.
func tokenSecrets(v *engine.View) []keeper {
	var all []keeper
	for _, s := range engine.All[secret](v, secretKind) {
		if name := s.Value.Annotations[corev1.ServiceAccountNameKey]; s.Value.Type == corev1.SecretTypeServiceAccountToken && name != "" {
			all = append(all, keeper{s.Ref.Name, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: s.Ref.Namespace, Name: name}})
		}
	}
	for _, a := range engine.All[corev1.ServiceAccount](v, accountKind) {
		for _, s := range a.Value.Secrets {
			all = append(all, keeper{s.Name, Subject{Kind: rbacv1.ServiceAccountKind, Namespace: a.Ref.Namespace, Name: a.Ref.Name}})
		}
	}
	return all
}
