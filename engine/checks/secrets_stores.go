package checks

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var (
	externalSecretKind      = engine.Kind{Group: "external-secrets.io", Kind: "ExternalSecret"}
	secretStoreKind         = engine.Kind{Group: "external-secrets.io", Kind: "SecretStore"}
	clusterSecretStoreKind  = engine.Kind{Group: "external-secrets.io", Kind: "ClusterSecretStore"}
	secretProviderClassKind = engine.Kind{Group: "secrets-store.csi.x-k8s.io", Kind: "SecretProviderClass"}
	sealedSecretKind        = engine.Kind{Group: "bitnami.com", Kind: "SealedSecret"}
	certificateKind         = engine.Kind{Group: "cert-manager.io", Kind: "Certificate"}
)

// externalSecret is the part of an ExternalSecret that says what it makes, and from where.
type externalSecret struct {
	Spec struct {
		RefreshInterval string `json:"refreshInterval"`
		SecretStoreRef  struct {
			Name string `json:"name"`
			Kind string `json:"kind"`
		} `json:"secretStoreRef"`
		Target struct {
			Name string `json:"name"`
		} `json:"target"`
	} `json:"spec"`
}

// certificate is the part of cert-manager's Certificate that says what it makes.
type certificate struct {
	Spec struct {
		SecretName string `json:"secretName"`
	} `json:"spec"`
}

// store is the part of a store of secrets that names its provider.
type store struct {
	Spec struct {
		Provider any `json:"provider"`
	} `json:"spec"`
}

// Check secret-stores-inventory.
//
// An inventory, not a judgement: one NotApplicable detail for every store of
// secrets outside the cluster that it is told of (SecretStore, ClusterSecretStore,
// SecretProviderClass), for everything that is made from one or from a sealed form
// (ExternalSecret, SealedSecret), and for every workload that takes secrets from a
// store past the cluster's own: by the CSI driver or by the annotations of the
// Vault injector. Without any, the cluster's own Secrets are the only store seen.
func secretStoresInventory() check {
	return check{
		id: "secret-stores-inventory", version: 1,
		needs: append(workloadKinds(), storeKinds()...),
		apart: eachStored, eval: evalSecretStores,
	}
}

// storeKinds are stores of secrets, and what is made from them.
func storeKinds() []engine.Kind {
	return []engine.Kind{externalSecretKind, secretStoreKind, clusterSecretStoreKind, secretProviderClassKind, sealedSecretKind}
}

// eachStored are workloads, stores and what is made from them, as they are judged one by one.
var eachStored = eachWorkload.AndEveryObject(storeKinds()...)

func evalSecretStores(v *engine.View) []engine.Detail {
	var details []engine.Detail
	add := func(o *engine.Object, f finding) { details = append(details, f.on(o)) }
	for _, kind := range []engine.Kind{secretStoreKind, clusterSecretStoreKind, secretProviderClassKind} {
		for _, s := range engine.EachOf[store](v, eachStored, kind) {
			add(s.Object, notApplicable("spec.provider", providers(s.Value.Spec.Provider), "It is a way to a store of secrets outside the cluster: %s",
				list(providers(s.Value.Spec.Provider))))
		}
	}
	for _, e := range engine.EachOf[externalSecret](v, eachStored, externalSecretKind) {
		ref := e.Value.Spec.SecretStoreRef
		add(e.Object, notApplicable("spec.secretStoreRef.name", ref.Name, "It fills a Secret from the store %s, %s", ref.Name, interval(e.Value)))
	}
	for _, s := range eachStored.Objects(v, sealedSecretKind) {
		add(s, notApplicable("spec", nil, "It holds a Secret in a sealed form, which a controller in the cluster opens"))
	}
	return append(details, judgeWorkloads(v, func(w workload, say say) {
		if f, takes := takesFromStore(w); takes {
			say(f.on(w.object))
		}
	})...)
}

func interval(e *externalSecret) string {
	switch e.Spec.RefreshInterval {
	case "":
		return "anew every hour, unless its operator says otherwise"
	case "0", "0s":
		return "once and never again"
	}
	return "anew every " + e.Spec.RefreshInterval
}

// providers names the provider of a store: a text, or the members of a choice.
func providers(of any) []string {
	names := []string{}
	switch of := of.(type) {
	case string:
		names = append(names, of)
	case map[string]any:
		for name := range of {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

const (
	secretsStoreDriver = "secrets-store.csi.k8s.io"
	vaultInjection     = "vault.hashicorp.com/agent-inject"
)

// takesFromStore reports whether a workload takes secrets from a store outside the cluster.
func takesFromStore(w workload) (finding, bool) {
	for i, volume := range w.spec.Volumes {
		if volume.CSI != nil && volume.CSI.Driver == secretsStoreDriver {
			class := volume.CSI.VolumeAttributes["secretProviderClass"]
			return notApplicable(w.field(index("volumes", i)+".csi"), class, "It mounts secrets of a store outside the cluster: SecretProviderClass %s", class), true
		}
	}
	if value := w.meta.Annotations.Get(vaultInjection); strings.EqualFold(value, "true") {
		return notApplicable(w.metadata("annotations["+vaultInjection+"]"), value, "An agent of HashiCorp Vault brings it its secrets"), true
	}
	return finding{}, false
}

// Check secrets-mounted-as-files.
//
// Judges every container, init and ephemeral ones included. Fails for one that takes
// a value of a Secret into its environment, where child processes, crash reports and
// whoever may look at the process find it; passes for all others.
func secretsMountedAsFiles() check {
	return check{id: "secrets-mounted-as-files", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return perContainer(v, func(_ workload, c container) finding { return judgeSecretVariables(c) })
	}}
}

func judgeSecretVariables(c container) finding {
	var names []string
	field := ""
	at := func(place string) {
		if field == "" {
			field = c.at(place)
		}
	}
	isSecret := func(e corev1.EnvVar) bool { return e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil }
	for i, e := range c.Env {
		if isSecret(e) {
			at(index("env", i))
			names = append(names, e.Name)
		}
	}
	for i, from := range c.EnvFrom {
		if from.SecretRef != nil {
			at(index("envFrom", i))
			names = append(names, "all of Secret "+from.SecretRef.Name)
		}
	}
	if len(names) > 0 {
		return fails(field, names, "Container %s takes values of Secrets into its environment: %s", c.Name, list(names))
	}
	return passes(c.at("env"), nil, "Container %s takes no value of a Secret into its environment", c.Name)
}
