package checks

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
	"tickmark/engine/network"
)

var secretKind = engine.Kind{Kind: "Secret"}

// secret is a Secret as it is collected: its values are marks of redaction, which
// are no base64, so that corev1.Secret could not hold it.
type secret struct {
	metav1.ObjectMeta `json:"metadata"`
	Type              corev1.SecretType `json:"type"`
	Immutable         *bool             `json:"immutable"`
	Data              map[string]string `json:"data"`
	StringData        map[string]string `json:"stringData"`
}

// keys returns the names under which s holds values.
func (s *secret) keys() []string {
	keys := []string{}
	for _, values := range []map[string]string{s.Data, s.StringData} {
		for key := range values {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// managed reports whether a Secret is one that Kubernetes or a tool keeps for
// itself: tokens of service accounts and of joining nodes, and releases of Helm.
func (s *secret) managed() bool {
	return slices.Contains([]corev1.SecretType{
		corev1.SecretTypeServiceAccountToken, corev1.SecretTypeBootstrapToken, "helm.sh/release.v1",
	}, s.Type)
}

// secretUse is a place where an object names a Secret.
type secretUse struct {
	by       *engine.Object
	name     engine.Ref // of the Secret
	field    string     // in the document of the object
	key      string     // that is asked for, "" for all
	optional bool
	as       string // for a sentence: a file, a variable, ...
	grant    grant
}

// grant is whether an object may take a Secret of another namespace.
type grant int

const (
	notNeeded grant = iota // it is of its own, or a ReferenceGrant there lets it
	mayBe                  // one that was not seen may
	refused                // none lets it
)

// secretUser is an object with the Secrets that it names.
type secretUser struct {
	by   *engine.Object
	uses []secretUse // of those that are no workloads
	are  []*workload // templates of one workflow are several
}

// named returns the Secrets that u names. Those of workloads are read from them each time.
func (u secretUser) named() []secretUse {
	all := u.uses
	for _, w := range u.are {
		all = append(slices.Clip(all), w.secrets()...)
	}
	return all
}

// allSecretUsers are the objects that may name Secrets: workloads, service accounts,
// Ingresses and Gateways, in this order.
var allSecretUsers = engine.NewSurvey(func(v *engine.View, _ []secretUser) []secretUser {
	pods := workloads(v)
	all := make([]secretUser, 0, len(pods))
	for i := 0; i < len(pods); {
		from, by := i, pods[i].object
		for i < len(pods) && pods[i].object == by { // templates of one workflow
			i++
		}
		all = append(all, secretUser{by: by, are: pods[from:i]})
	}
	all = append(all, secretsOfAccounts.Of(v, serviceAccountKind)...)
	all = append(all, secretsOfIngresses.Of(v, ingressKind)...)
	if gateways := secretsOfGateways.Of(v, gatewayKind); len(gateways) > 0 {
		grants := network.GrantsOf(v)
		for _, g := range gateways {
			all = append(all, g.under(grants))
		}
	}
	return all
}, nil)

// under says of each Secret of another namespace whether u may take it.
func (u secretUser) under(grants network.Grants) secretUser {
	u.uses = slices.Clone(u.uses)
	for i := range u.uses {
		switch lets, certain := grants.Let(u.by.Ref, u.uses[i].name); {
		case lets:
		case certain:
			u.uses[i].grant = refused
		default:
			u.uses[i].grant = mayBe
		}
	}
	return u
}

// eachSecretUser are the same, as they are judged one by one.
var eachSecretUser = engine.NewSubjects(func(v *engine.View) []engine.Subject {
	users := allSecretUsers.Of(v)
	all := make([]engine.Subject, len(users))
	for i, u := range users {
		all[i] = engine.Subject{Of: u.by, Under: u.by}
	}
	return all
})

var (
	secretsOfAccounts = engine.NewExtract(func(a engine.Typed[corev1.ServiceAccount]) secretUser {
		take := naming{by: a.Object}
		for i, r := range a.Value.ImagePullSecrets {
			take.take(r.Name, index("imagePullSecrets", i), "a credential of its registry")
		}
		for i, r := range a.Value.Secrets {
			take.take(r.Name, index("secrets", i), "a Secret of its own")
		}
		return secretUser{by: a.Object, uses: take.uses}
	}, nil)
	secretsOfIngresses = engine.NewExtract(func(i engine.Typed[networkingv1.Ingress]) secretUser {
		take := naming{by: i.Object}
		for n, t := range i.Value.Spec.TLS {
			take.take(t.SecretName, "spec."+index("tls", n)+".secretName", "its certificate")
		}
		return secretUser{by: i.Object, uses: take.uses}
	}, nil)
)

// certificateRef is where a Gateway names an object that holds a certificate.
type certificateRef struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// gatewaySecrets is what matters of the Secrets of a Gateway.
type gatewaySecrets struct {
	Spec struct {
		Listeners []struct {
			TLS struct {
				Certificates []certificateRef `json:"certificateRefs"`
			} `json:"tls"`
		} `json:"listeners"`
		TLS struct {
			Backend struct {
				Certificate *certificateRef `json:"clientCertificateRef"`
			} `json:"backend"`
		} `json:"tls"`
	} `json:"spec"`
}

var secretsOfGateways = engine.NewExtract(func(g engine.Typed[gatewaySecrets]) secretUser {
	take := naming{by: g.Object}
	certificate := func(r certificateRef, field, as string) {
		if r.Group == "" && (r.Kind == "" || r.Kind == secretKind.Kind) {
			take.take(r.Name, field, as).name.Namespace = cmp.Or(r.Namespace, g.Ref.Namespace)
		}
	}
	for i, l := range g.Value.Spec.Listeners {
		for j, r := range l.TLS.Certificates {
			certificate(r, "spec."+index("listeners", i)+".tls."+index("certificateRefs", j), "its certificate")
		}
	}
	if r := g.Value.Spec.TLS.Backend.Certificate; r != nil {
		certificate(*r, "spec.tls.backend.clientCertificateRef", "its certificate as a client")
	}
	return secretUser{by: g.Object, uses: take.uses}
}, nil)

// mayUseSecrets are the kinds that name Secrets where they are installed, and what lets
// them.
func mayUseSecrets() []engine.Kind { return []engine.Kind{gatewayKind, network.GrantKind} }

// secretUsers are the kinds in which Secrets are named.
func secretUsers() []engine.Kind { return append(workloadKinds(), serviceAccountKind, ingressKind) }

// naming collects the Secrets that one object names.
type naming struct {
	by   *engine.Object
	uses []secretUse
}

func (n *naming) take(name, field, as string) *secretUse {
	if name == "" {
		return &secretUse{}
	}
	n.uses = append(n.uses, secretUse{
		by: n.by, name: engine.Ref{Kind: secretKind.Kind, Namespace: n.by.Ref.Namespace, Name: name}, field: field, as: as,
	})
	return &n.uses[len(n.uses)-1]
}

func isTrue(b *bool) bool { return b != nil && *b }

// secrets returns what w names of Secrets.
func (w *workload) secrets() []secretUse {
	if w.flow != nil && w.flow.unsure != "" {
		return w.flow.secrets
	}
	return usesOf(*w)
}

func usesOf(w workload) []secretUse {
	take := naming{by: w.object}
	for i, r := range w.spec.ImagePullSecrets {
		take.take(r.Name, w.field(index("imagePullSecrets", i)), "a credential of its registry")
	}
	for _, c := range w.containers() {
		for i, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
				r := e.ValueFrom.SecretKeyRef
				use := take.take(r.Name, c.at(index("env", i)+".valueFrom.secretKeyRef"), "a variable")
				use.key, use.optional = r.Key, isTrue(r.Optional)
			}
		}
		for i, from := range c.EnvFrom {
			if from.SecretRef != nil {
				take.take(from.SecretRef.Name, c.at(index("envFrom", i)+".secretRef"), "its variables").optional = isTrue(from.SecretRef.Optional)
			}
		}
	}
	for i := range w.spec.Volumes {
		take.volume(&w.spec.Volumes[i].VolumeSource, w.field(index("volumes", i)))
	}
	return take.uses
}

// volume takes the Secrets of a volume: its content, or what opens the storage.
func (n *naming) volume(of *corev1.VolumeSource, field string) {
	if of.Secret != nil {
		n.keyed(of.Secret.SecretName, field+".secret", isTrue(of.Secret.Optional), of.Secret.Items)
	}
	if of.Projected != nil {
		for i, source := range of.Projected.Sources {
			if source.Secret != nil {
				n.keyed(source.Secret.Name, field+".projected."+index("sources", i)+".secret", isTrue(source.Secret.Optional), source.Secret.Items)
			}
		}
	}
	const storage = "a credential of its storage"
	if r := credentialOf(of); r != nil {
		n.take(r.Name, field, storage)
	}
	if of.AzureFile != nil {
		n.take(of.AzureFile.SecretName, field+".azureFile.secretName", storage)
	}
}

// keyed takes a Secret of which a volume has all keys, or those that are listed.
func (n *naming) keyed(name, field string, optional bool, items []corev1.KeyToPath) {
	if len(items) == 0 {
		n.take(name, field, "a file").optional = optional
	}
	for i, item := range items {
		use := n.take(name, field+"."+index("items", i), "a file")
		use.key, use.optional = item.Key, optional
	}
}

// credentialOf returns the Secret that opens the storage behind a volume, nil if it names none.
func credentialOf(of *corev1.VolumeSource) *corev1.LocalObjectReference {
	switch {
	case of.CSI != nil:
		return of.CSI.NodePublishSecretRef
	case of.FlexVolume != nil:
		return of.FlexVolume.SecretRef
	case of.CephFS != nil:
		return of.CephFS.SecretRef
	case of.RBD != nil:
		return of.RBD.SecretRef
	case of.ISCSI != nil:
		return of.ISCSI.SecretRef
	case of.Cinder != nil:
		return of.Cinder.SecretRef
	case of.ScaleIO != nil:
		return of.ScaleIO.SecretRef
	case of.StorageOS != nil:
		return of.StorageOS.SecretRef
	}
	return nil
}
