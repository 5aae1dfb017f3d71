package checks

import (
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/rbac"
)

// Check no-paths-to-cluster-admin.
//
// Judges every subject that a binding names. Fails where the roles leave a way open
// by which it comes to every right in the cluster though nobody granted them: by
// escalate or bind, impersonation, pods with a stronger account, exec, tokens,
// certificates, kubelets, webhooks, the API server's own groups or volumes of the host,
// in any number of steps.
// NotApplicable for one that holds every right as it is (cluster-admin-bindings
// judges that), and for parts of Kubernetes that have their rights from its own
// bindings alone. Unknown where it reads Secrets that were not seen and may hold
// the token of a stronger account, where it enters what a workflow of Argo's runs as an
// account that cannot be told, where it may act as others within limits (the modes of
// constrained impersonation), and in manifests where a role is elsewhere.
// Passes for all others.
//
// On EKS it judges also the identities of AWS that the ConfigMap aws-auth lets in, with
// the groups it puts them into, and who may change it: that is every right. What of it
// cannot be read or was not seen is Unknown.
//
// Whether admission or another authorizer closes a way is not known here.
func noPathsToClusterAdmin() check {
	needs := slices.Concat(rbac.Kinds(), rbac.EscalationKinds())
	return check{
		id: "no-paths-to-cluster-admin", version: 4, needs: needs, looks: []engine.Kind{secretKind, rbac.ConfigMapKind},
		eval: func(v *engine.View) []engine.Detail {
			escalations := rbac.EscalationsOf(v)
			unseen := map[rbac.Subject]*rbac.Binding{}
			for _, b := range rbac.Of(v).Dangling() {
				for _, s := range b.Subjects {
					if (isManifests(v) || !v.Saw(b.RoleRef.Of())) && b.Rules() == nil && b.Refused == "" {
						unseen[s] = b
					}
				}
			}
			var details []engine.Detail
			for _, s := range escalations.Subjects() {
				details = append(details, judgePath(v, escalations, s, unseen[s]).detail(subjectRef(s)))
			}
			return append(details, judgeAWSAuth(v, escalations.AWS())...)
		},
	}
}

// subjectRef names a subject as what a detail is about. Users and groups are no
// objects of a cluster: they are named by the group of the bindings that name them.
func subjectRef(s rbac.Subject) engine.Ref {
	if s.Kind == serviceAccountKind.Kind {
		return engine.Ref{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
	}
	return engine.Ref{Group: rbac.RoleKind.Group, Kind: s.Kind, Name: s.Name}
}

func judgePath(v *engine.View, escalations *rbac.Escalations, s rbac.Subject, unseen *rbac.Binding) cited {
	bindings := escalations.Bindings(s)
	cites := citesOf(bindings)
	if aws := escalations.AWS(); aws != nil && slices.ContainsFunc(aws.Mapped, func(m rbac.Mapped) bool { return m.Subject == s }) {
		cites = append(cites, aws.Digest)
	}
	path, is := escalations.ToEverything(s)
	switch {
	case escalations.Admin(s):
		return cited{notApplicable("", nil, "It holds every right in the cluster as it is"), cites}
	case escalations.GrantedByKubernetes(s):
		return cited{notApplicable("", nil, "A part of Kubernetes, with the rights that Kubernetes gives it"), cites}
	case is:
		steps := make([]string, len(path.Steps))
		for i, step := range path.Steps {
			steps[i] = step.Does + ": " + step.Becomes
		}
		return cited{fails("", steps, "By the roles it comes to every right in the cluster in %s: it %s", count(len(path.Steps), "step"), path), path.Cites()}
	case unseen != nil:
		return cited{unknown("", nil, "%s, to which it is bound, was not seen", describe(unseen.RoleRef)), append(cites, unseen.Digest)}
	case escalations.ImpersonatesWithin(s):
		return cited{unknown("", nil, "It may act as others within limits (impersonate: with a mode), and where that leads is not followed"), cites}
	case !v.Saw(secretKind) && escalations.ReadsSecrets(s):
		return cited{unknown("", nil, "It reads Secrets, and they were not seen: one may hold the token of a stronger account"), cites}
	}
	if workflow, is := escalations.Opens(s); is {
		return cited{unknown("", nil, "It comes to what %s %s runs, and as which service account that is cannot be told: a parameter, a patch or its controller's settings decide it",
			workflow.Kind, brief(strings.TrimPrefix(workflow.Namespace+"/"+workflow.Name, "/"))), cites}
	}
	if !sawAll(v, slices.Concat(rbac.Kinds(), rbac.EscalationKinds())) || slices.ContainsFunc(engine.PodTemplateKinds(), v.Hidden) {
		return cited{unknown("", nil, "No right that %s grants is seen to lead to every right in the cluster, and not all that it could use was seen", count(len(bindings), "binding")), cites}
	}
	return cited{passes("", nil, "No right that %s grants leads to every right in the cluster", count(len(bindings), "binding")), cites}
}

// judgeAWSAuth says what of aws-auth is not known.
func judgeAWSAuth(v *engine.View, aws *rbac.AWSAuth) []engine.Detail {
	ref := engine.Ref{Kind: rbac.ConfigMapKind.Kind, Namespace: "kube-system", Name: "aws-auth"}
	switch {
	case aws != nil && aws.Unread != "":
		return []engine.Detail{unknown("data", nil, "Whom AWS lets in cannot be told: %s", aws.Unread).of(aws.Ref, aws.Digest)}
	case aws == nil && mayBeEKS(v) && v.Hidden(rbac.ConfigMapKind):
		return []engine.Detail{unknown("", nil, "ConfigMaps were not seen: on EKS this one may let identities of AWS in, and who may change it has every right").of(ref)}
	}
	return nil
}

// mayBeEKS reports whether a cluster is EKS by what its server says of itself, or does not
// say of itself, as in a dump.
func mayBeEKS(v *engine.View) bool {
	says := v.Target().ServerVersion
	return says == "" || strings.Contains(says, "-eks-")
}

// citesOf returns the digests of bindings and their roles, each once.
func citesOf(bindings []*rbac.Binding) []engine.Digest {
	var cites []engine.Digest
	met := map[engine.Digest]bool{{}: true}
	for _, b := range bindings {
		of := []engine.Digest{b.Digest}
		if b.Role != nil {
			of = append(of, b.Role.Digest)
		}
		for _, d := range of {
			if !met[d] {
				met[d] = true
				cites = append(cites, d)
			}
		}
	}
	return cites
}
