package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var serviceAccountKind = engine.Kind{Kind: "ServiceAccount"}

// accounts are the service accounts of a view by namespace and name. Complete says
// that one which is not there does not exist: never of manifests, beside which a
// cluster may hold more.
type accounts struct {
	byRef    map[engine.Ref]engine.Typed[corev1.ServiceAccount]
	complete bool
}

type accountsKey struct{}

func accountsOf(v *engine.View) accounts {
	return engine.Memo(v, accountsKey{}, func() accounts {
		all := map[engine.Ref]engine.Typed[corev1.ServiceAccount]{}
		for _, a := range engine.All[corev1.ServiceAccount](v, serviceAccountKind) {
			all[a.Ref.WithoutUID()] = a
		}
		return accounts{byRef: all, complete: v.Saw(serviceAccountKind) && !strings.HasPrefix(v.Target().ID, "manifests:")}
	})
}

// digest returns the digest of an account, zero where it was not seen.
func (a accounts) digest(ref engine.Ref) engine.Digest {
	if account, there := a.byRef[ref]; there {
		return account.Digest
	}
	return engine.Digest{}
}

// accountRef names the service account a workload runs as.
func (w workload) accountRef() engine.Ref {
	return engine.Ref{Kind: serviceAccountKind.Kind, Namespace: w.object.Ref.Namespace, Name: w.accountName()}
}

func (w workload) accountName() string {
	if w.spec.ServiceAccountName == "" {
		return "default"
	}
	return w.spec.ServiceAccountName
}

// token says whether a service account's token is mounted into a workload, and
// where that is decided.
type token struct {
	mounted bool
	unsure  bool // the service account, which was not seen, may say otherwise
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
			if s.ServiceAccountToken != nil && ofServer(s.ServiceAccountToken.Audience) {
				field := w.field(index("volumes", i)) + ".projected." + index("sources", j) + ".serviceAccountToken"
				return token{mounted: true, field: field, value: s.ServiceAccountToken.Path, why: "a volume holds one for the API server"}
			}
		}
	}
	if mirror, is := w.meta.Annotations.Lookup(corev1.MirrorPodAnnotationKey); is && w.object.Ref.Of() == podKind {
		return token{
			field: "metadata.annotations[" + corev1.MirrorPodAnnotationKey + "]", value: mirror,
			why: "the kubelet started it from a file, and such pods get none",
		}
	}
	if mount := w.spec.AutomountServiceAccountToken; mount != nil {
		why := "the pod turns mounting off"
		if *mount {
			why = "the pod turns mounting on"
		}
		return token{mounted: *mount, field: w.field("automountServiceAccountToken"), value: *mount, why: why}
	}
	account, there := a.byRef[w.accountRef()]
	if there && account.Value.AutomountServiceAccountToken != nil {
		mount := *account.Value.AutomountServiceAccountToken
		why := "its service account turns mounting off"
		if mount {
			why = "its service account turns mounting on"
		}
		return token{mounted: mount, field: w.field("automountServiceAccountToken"), why: why, account: account.Digest}
	}
	if !there && (!a.complete || w.object.Ref.Namespace == "") {
		return token{mounted: true, unsure: true, field: w.field("automountServiceAccountToken"), why: "the pod does not turn it off, and its service account could not be seen"}
	}
	return token{
		mounted: true, field: w.field("automountServiceAccountToken"), why: "neither the pod nor its service account turns it off",
		account: a.digest(w.accountRef()),
	}
}

// ofServer reports whether an audience is the API server's: left out, by the name that it
// has in the cluster, or by that of an issuer which a distribution or a cloud gives it.
// What --api-audiences names besides is not known.
func ofServer(audience string) bool {
	name := strings.TrimPrefix(audience, "https://")
	host, _, _ := strings.Cut(name, "/")
	return audience == "" || strings.HasPrefix(name, "kubernetes.default") || slices.Contains([]string{"api", "k3s", "rke2", "microk8s"}, name) ||
		host == "container.googleapis.com" || strings.HasPrefix(host, "oidc.eks.") || strings.HasSuffix(host, ".oic.prod-aks.azure.com")
}
