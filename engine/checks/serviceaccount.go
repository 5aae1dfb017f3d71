package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var serviceAccountKind = engine.Kind{Kind: "ServiceAccount"}

// accounts are the service accounts of a view by namespace and name.
type accounts map[engine.Ref]engine.Typed[corev1.ServiceAccount]

type accountsKey struct{}

func accountsOf(v *engine.View) accounts {
	return engine.Memo(v, accountsKey{}, func() accounts {
		all := accounts{}
		for _, a := range engine.All[corev1.ServiceAccount](v, serviceAccountKind) {
			all[a.Ref.WithoutUID()] = a
		}
		return all
	})
}

// digest returns the digest of an account, zero where it was not seen.
func (a accounts) digest(ref engine.Ref) engine.Digest {
	if account, there := a[ref]; there {
		return account.Digest
	}
	return engine.Digest{}
}

// accountRef names the service account a workload runs as.
func (w workload) accountRef() engine.Ref {
	name := w.spec.ServiceAccountName
	if name == "" {
		name = "default"
	}
	return engine.Ref{Kind: serviceAccountKind.Kind, Namespace: w.object.Ref.Namespace, Name: name}
}

// token says whether a service account's token is mounted into a workload, and
// where that is decided.
type token struct {
	mounted bool
	field   string
	value   any
	why     string
	account engine.Digest // of the service account, where it decides
}

// tokenOf follows the service account admission: a volume that projects a token
// for the API server is one whatever else is said; a mirror pod gets none; the
// pod decides before its service account, and silence of both mounts it.
func (a accounts) tokenOf(w workload) token {
	for i, v := range w.spec.Volumes {
		if v.Projected == nil {
			continue
		}
		for j, s := range v.Projected.Sources {
			if s.ServiceAccountToken != nil && s.ServiceAccountToken.Audience == "" {
				field := w.field(index("volumes", i)) + ".projected." + index("sources", j) + ".serviceAccountToken"
				return token{true, field, s.ServiceAccountToken.Path, "a volume holds one for the API server", engine.Digest{}}
			}
		}
	}
	if mirror, is := w.meta.Annotations[corev1.MirrorPodAnnotationKey]; is && w.object.Ref.Of() == podKind {
		return token{false, "metadata.annotations[" + corev1.MirrorPodAnnotationKey + "]", mirror,
			"the kubelet started it from a file, and such pods get none", engine.Digest{}}
	}
	if mount := w.spec.AutomountServiceAccountToken; mount != nil {
		why := "the pod turns mounting off"
		if *mount {
			why = "the pod turns mounting on"
		}
		return token{*mount, w.field("automountServiceAccountToken"), *mount, why, engine.Digest{}}
	}
	account, there := a[w.accountRef()]
	if there && account.Value.AutomountServiceAccountToken != nil {
		mount := *account.Value.AutomountServiceAccountToken
		why := "its service account turns mounting off"
		if mount {
			why = "its service account turns mounting on"
		}
		return token{mount, w.field("automountServiceAccountToken"), nil, why, account.Digest}
	}
	return token{true, w.field("automountServiceAccountToken"), nil, "neither the pod nor its service account turns it off", a.digest(w.accountRef())}
}
