package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/network"
)

// aSecret is a Secret as it is collected.
func aSecret(name, more string, keys ...string) string {
	values := []string{}
	for _, k := range keys {
		values = append(values, fmt.Sprintf("%q: '[redacted:secret-value]'", k))
	}
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: pay, creationTimestamp: '2020-01-01T00:00:00Z'}\ndata: {%s}\n%s", name, strings.Join(values, ", "), more)
}

// takes is a pod with a spec beside its container.
func takes(container, spec string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: pay}\nspec:\n  containers: [{name: api, %s}]\n%s", container, spec)
}

// cluster is a snapshot of a live cluster that holds these documents.
func cluster(t *testing.T, documents ...string) *world {
	w := newWorld(t)
	w.read(t, documents...)
	return w
}

func TestEveryWayToNameASecret(t *testing.T) {
	for _, user := range []string{
		takes("env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]", ""),
		takes("envFrom: [{secretRef: {name: db}}]", ""),
		takes("image: x", "  volumes: [{name: v, secret: {secretName: db}}]\n"),
		takes("image: x", "  volumes: [{name: v, projected: {sources: [{secret: {name: db, items: [{key: password, path: p}]}}]}}]\n"),
		takes("image: x", "  volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: db}}}]\n"),
		takes("image: x", "  volumes: [{name: v, azureFile: {secretName: db, shareName: s}}]\n"),
		takes("image: x", "  volumes: [{name: v, rbd: {monitors: [m], image: i, secretRef: {name: db}}}]\n"),
		takes("image: x", "  imagePullSecrets: [{name: db}]\n"),
		takes("image: x", "  ephemeralContainers: [{name: debug, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]}]\n"),
		"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: api, namespace: pay}\nimagePullSecrets: [{name: db}]\n",
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api, namespace: pay}\nspec: {tls: [{secretName: db}]}\n",
	} {
		assert.Equal(t, engine.Pass, cluster(t, user, aSecret("db", "", "password")).result(t, "secrets-used").Verdict, user)
		assert.Equal(t, engine.Pass, cluster(t, user, aSecret("db", "", "password")).result(t, "secret-references-resolve").Verdict, user)
		assert.Equal(t, engine.Fail, cluster(t, user).result(t, "secret-references-resolve").Verdict, user)
	}
	elsewhere := strings.Replace(takes("envFrom: [{secretRef: {name: db}}]", ""), "namespace: pay", "namespace: shop", 1)
	assert.Equal(t, engine.Fail, cluster(t, elsewhere, aSecret("db", "")).result(t, "secrets-used").Verdict, "a Secret of another namespace")
	assert.Equal(t, engine.NotApplicable, cluster(t, aSecret("db", "type: helm.sh/release.v1\n")).result(t, "secrets-used").Verdict)
}

// A Gateway takes certificates of its own namespace, and of another where a ReferenceGrant
// there lets it: else it does not, and where grants were not seen nobody can tell.
func TestCertificatesOfGateways(t *testing.T) {
	const used, resolve = "secrets-used", "secret-references-resolve"
	gateway := func(namespace, ref string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: front, namespace: " + namespace + "}\nspec: {listeners: [{name: web, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: other, kind: ConfigMap}, " + ref + "]}}]}\n"
	}
	grant := func(namespace, from, to string) string {
		return "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: " + namespace + "}\nspec: {from: [{group: gateway.networking.k8s.io, kind: " + from + "}], to: [{group: '', " + to + "}]}\n"
	}
	const own, across = "{name: db}", "{group: '', kind: Secret, namespace: pay, name: db}"
	const let = "Gateway, namespace: edge"
	for name, c := range map[string]struct {
		documents     []string
		used, resolve engine.Verdict
	}{
		"of its own namespace":           {[]string{gateway("pay", own)}, engine.Pass, engine.Pass},
		"of its own, by its name":        {[]string{gateway("pay", across)}, engine.Pass, engine.Pass},
		"of the same name elsewhere":     {[]string{gateway("edge", own)}, engine.Fail, engine.Fail},
		"of another, that lets it":       {[]string{gateway("edge", across), grant("pay", let, "kind: Secret")}, engine.Pass, engine.Pass},
		"of another, that lets this one": {[]string{gateway("edge", across), grant("pay", let, "kind: Secret, name: db")}, engine.Pass, engine.Pass},
		"of another":                     {[]string{gateway("edge", across)}, engine.Fail, engine.Fail},
		"of another, that lets routes":   {[]string{gateway("edge", across), grant("pay", "HTTPRoute, namespace: edge", "kind: Secret")}, engine.Fail, engine.Fail},
		"of another, that lets others":   {[]string{gateway("edge", across), grant("pay", "Gateway, namespace: shop", "kind: Secret")}, engine.Fail, engine.Fail},
		"of another, to a Service":       {[]string{gateway("edge", across), grant("pay", let, "kind: Service")}, engine.Fail, engine.Fail},
		"of another, to another Secret":  {[]string{gateway("edge", across), grant("pay", let, "kind: Secret, name: web")}, engine.Fail, engine.Fail},
		"a grant on the wrong side":      {[]string{gateway("edge", across), grant("edge", let, "kind: Secret")}, engine.Fail, engine.Fail},
		"a certificate as a client":      {[]string{"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: front, namespace: pay}\nspec: {tls: {backend: {clientCertificateRef: {name: db}}}}\n"}, engine.Pass, engine.Pass},
		"what is no Secret":              {[]string{gateway("pay", "{name: db, group: example.com}")}, engine.Fail, engine.NotApplicable},
	} {
		w := cluster(t, append(c.documents, aSecret("db", ""))...)
		assert.Equal(t, c.used, w.result(t, used).Verdict, "%s: %+v", name, w.result(t, used).Details)
		assert.Equal(t, c.resolve, w.result(t, resolve).Verdict, "%s: %+v", name, w.result(t, resolve).Details)
		files := fromYAML(t, append(c.documents, aSecret("db", ""))...)
		assert.NotEqual(t, engine.Fail, files.result(t, used).Verdict, "%s, among files", name)
	}
	hidden := func(k engine.Kind) *world {
		return cluster(t, gateway("edge", across), aSecret("db", "")).without(k, "")
	}
	for k, c := range map[engine.Kind]string{network.GrantKind: "whether a ReferenceGrant lets that", gatewayKind: "not all that could was seen"} {
		r := hidden(k).result(t, used)
		require.Equal(t, engine.Unknown, r.Verdict, k)
		assert.Contains(t, r.Details[0].Sentence, c)
		assert.Equal(t, engine.Unknown, hidden(k).result(t, resolve).Verdict, k)
	}
	// Another grant is another judgement of the same Gateway.
	checks, err := assembled()
	require.NoError(t, err)
	again, verdicts := engine.NewEvaluation(), []engine.Verdict{}
	for _, more := range []string{grant("shop", let, "kind: Secret"), grant("pay", let, "kind: Secret"), grant("shop", let, "kind: Secret")} {
		w := cluster(t, gateway("edge", across), aSecret("db", ""), more)
		_, err := again.Each(t.Context(), checks, []engine.Snapshot{w.snapshot}, w.body, w.params, func(r engine.Result) error {
			if r.Check == resolve {
				verdicts = append(verdicts, r.Verdict)
			}
			return nil
		})
		require.NoError(t, err)
	}
	assert.Equal(t, []engine.Verdict{engine.Fail, engine.Pass, engine.Fail}, verdicts)
}

func TestSecretsThatAreNamedAndMissing(t *testing.T) {
	const id = "secret-references-resolve"
	keyed := takes("env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: user}}}]", "")
	r := cluster(t, keyed, aSecret("db", "", "password")).result(t, id)
	require.Equal(t, engine.Fail, r.Verdict)
	assert.Contains(t, r.Details[0].Sentence, "has no value user")
	optional := takes("env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: user, optional: true}}}]", "")
	assert.Equal(t, engine.Pass, cluster(t, optional).result(t, id).Verdict)
	assert.Equal(t, engine.Unknown, fromYAML(t, keyed).result(t, id).Verdict, "the Secret may be in the cluster")
	made := "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x, namespace: pay}\nspec: {target: {name: db}}\n"
	assert.Equal(t, engine.Pass, fromYAML(t, keyed, made).result(t, id).Verdict, "something makes it")
	assert.Equal(t, engine.Fail, cluster(t, keyed, made).result(t, id).Verdict, "something was to make it, and did not")
	unseen := cluster(t, keyed).hide(secretKind)
	assert.Equal(t, engine.Unknown, unseen.result(t, id).Verdict, "Secrets were not asked for")
}

func TestAgesOfSecrets(t *testing.T) {
	const id = "secrets-changed-recently"
	renewed := "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: pay}\nspec: {secretName: db}\n"
	old := aSecret("db", "")
	r := cluster(t, old).result(t, id)
	assert.Equal(t, engine.Unknown, r.Verdict, "it may have been changed in place")
	kept := cluster(t, old, renewed).result(t, id)
	assert.Equal(t, engine.Unknown, kept.Verdict)
	assert.Contains(t, kept.Details[0].Sentence, "Certificate.cert-manager.io pay/x keeps it in step")
	assert.Equal(t, engine.Fail, cluster(t, aSecret("db", "immutable: true\n")).result(t, id).Verdict)
	long := cluster(t, old)
	long.params.SecretDays = 5000
	assert.Equal(t, engine.Pass, long.result(t, id).Verdict)
	ageless := strings.Replace(old, ", creationTimestamp: '2020-01-01T00:00:00Z'", "", 1)
	assert.Equal(t, engine.Unknown, cluster(t, ageless).result(t, id).Verdict)
	ahead := strings.Replace(old, "2020", "2036", 1)
	assert.Equal(t, engine.Unknown, cluster(t, ahead).result(t, id).Verdict, "a clock that is wrong proves nothing")
}

func TestEncryptionAtRest(t *testing.T) {
	const id = "secrets-encrypted-at-rest"
	server := func(command string) string {
		return strings.Replace(apiServerPod(), "command: [kube-apiserver]", "command: "+command, 1)
	}
	for command, want := range map[string]engine.Verdict{
		"[kube-apiserver, --encryption-provider-config=/etc/e.yaml]":                     engine.Pass,
		"[/usr/local/bin/kube-apiserver, --encryption-provider-config, /etc/e.yaml]":     engine.Pass,
		"[sh, -c, 'exec kube-apiserver --v=2 --encryption-provider-config=/etc/e.yaml']": engine.Pass,
		"[kube-apiserver, --encryption-provider-config=]":                                engine.Fail,
		"[kube-apiserver]": engine.Fail,
		"[kube-apiserver, --encryption-provider-config=/e, --encryption-provider-config=$(E)]": engine.Unknown,
		"[kubectl, --encryption-provider-config=/etc/e.yaml]":                                  engine.Unknown,
	} {
		got, sentence := verdictOf(t, id, server(command))
		assert.Equal(t, want, got, "%s: %s", command, sentence)
	}
}

func TestStraySecretsAreNamedByTheirPlace(t *testing.T) {
	probe := takes("livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: X, value: '[redacted:token]'}]}}, args: ['--token=[redacted:named-secret]']", "")
	r := cluster(t, probe).result(t, "objects-without-secrets")
	require.Len(t, r.Details, 1)
	assert.Equal(t, "It holds a secret in: spec.containers[0].livenessProbe.httpGet.httpHeaders[0].value", r.Details[0].Sentence)
	assert.JSONEq(t, `["[redacted:token]"]`, string(r.Details[0].Value))
	for field, pod := range map[string]string{
		"spec.containers[0].livenessProbe.exec.command[1]":       takes("livenessProbe: {exec: {command: [check, '[redacted:token]']}}", ""),
		"spec.containers[0].lifecycle.postStart.exec.command[0]": takes("lifecycle: {postStart: {exec: {command: ['[redacted:token]']}}}", ""),
		"metadata.annotations[spec.containers[0].args[0]]":       strings.Replace(takes("image: x", ""), "namespace: pay", "namespace: pay, annotations: {'spec.containers[0].args[0]': '[redacted:token]'}", 1),
		"spec.initContainers[0].startupProbe.exec.command[0]":    takes("image: x", "  initContainers: [{name: i, startupProbe: {exec: {command: ['[redacted:token]']}}}]\n"),
	} {
		r := cluster(t, pod).result(t, "objects-without-secrets")
		assert.Equal(t, engine.Fail, r.Verdict, "no other check looks there: %s", field)
		assert.Equal(t, field, r.Details[0].Field)
	}
	started := takes("env: [{name: A, value: '[redacted:token]'}], command: ['[redacted:token]'], args: ['[redacted:token]']", "")
	assert.Equal(t, engine.Pass, cluster(t, started).result(t, "objects-without-secrets").Verdict, "secrets-not-in-environment judges it")
	noted := "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: pay, annotations: {pay.example/card: 'x [redacted:card-number]'}}\n"
	assert.Equal(t, engine.Pass, cluster(t, noted).result(t, "objects-without-secrets").Verdict)
	card := cluster(t, noted).result(t, "objects-without-card-numbers")
	assert.Equal(t, "metadata.annotations[pay.example/card]", card.Details[0].Field)
}

func TestStoresOfSecrets(t *testing.T) {
	r := cluster(t,
		"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x, namespace: pay}\nspec: {refreshInterval: '0', secretStoreRef: {name: vault}}\n",
		"apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: x, namespace: pay}\nspec: {provider: azure}\n",
		takes("image: x", "  volumes: [{name: v, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: x}}}]\n"),
	).result(t, "secret-stores-inventory")
	require.Len(t, r.Details, 3)
	assert.Equal(t, "It fills a Secret from the store vault, once and never again", r.Details[0].Sentence)
	assert.Equal(t, "It mounts secrets of a store outside the cluster: SecretProviderClass x", r.Details[1].Sentence)
	assert.Equal(t, "It is a way to a store of secrets outside the cluster: azure", r.Details[2].Sentence)
}
