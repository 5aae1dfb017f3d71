package kube_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"tickmark/engine"
	"tickmark/engine/kube"
)

func TestTheLeastRoleSeesEverything(t *testing.T) {
	p := built(t)
	s, documents := collect(t, live(auditor(t, p, "alice")))

	for _, p := range s.Populations {
		assert.True(t, p.Complete, p.Kind)
	}
	for _, g := range s.Gaps {
		assert.Contains(t, []engine.GapReason{engine.NotInstalled, engine.NotAsked}, g.Reason, "%+v", g)
	}
	assert.True(t, s.Saw(engine.Kind{Kind: "Secret"}))
	assert.True(t, s.Saw(networkPolicy))
	assert.Regexp(t, `^k8s:[0-9a-f-]{36}$`, s.Target.ID)
	assert.False(t, s.Target.Provisional)
	assert.Equal(t, "v1.36.3", s.Target.ServerVersion)
	assert.Regexp(t, `^[0-9a-f]{64}$`, s.Target.CA)
	assert.Regexp(t, `^https://127\.0\.0\.1:\d+`, s.Target.Endpoint)
	assert.Equal(t, "alice", s.Collector.Name)
	assert.Contains(t, s.Collector.Groups, "alices")
	assert.Equal(t, clock(), s.Started)

	secret := string(documents.find(t, s, engine.Kind{Kind: "Secret"}, "pay", "db").Body)
	assert.Contains(t, secret, `"password":"[redacted:secret-value]"`)
	assert.Contains(t, secret, `"empty":"[redacted:secret-value]"`)
	assert.NotContains(t, secret, "last-applied")
	settings := string(documents.find(t, s, engine.Kind{Kind: "ConfigMap"}, "pay", "settings").Body)
	assert.Contains(t, settings, `"api-token":"[redacted:named-secret]"`)
	assert.Contains(t, settings, `log=info\ndb.password=[redacted:named-secret]\n`)
	assert.Contains(t, settings, `test card [redacted:card-number]`)
	assert.Contains(t, settings, `"store.jks":"[redacted:binary-data]"`)
	pod := string(documents.find(t, s, engine.Kind{Kind: "Pod"}, "pay", "api").Body)
	assert.Contains(t, pod, `{"name":"DB_PASSWORD","value":"[redacted:named-secret]"}`)
	assert.Contains(t, pod, `postgres://app:[redacted:url-password]@db/pay`)
	assert.Contains(t, pod, `["--db-password","[redacted:named-secret]","--listen=:8443","--token=[redacted:named-secret]"]`)
	assert.Contains(t, pod, `aaaa4111111111111111"`, "the digest of an image is no card number")
	assert.Contains(t, pod, `\u001b[31mred`, "evidence is kept as it is; who shows it makes it safe")
	assert.NotContains(t, pod, "managedFields")
	assert.NotContains(t, string(documents.find(t, s, engine.Kind{Kind: "Node"}, "", "n1").Body), "lastHeartbeatTime")
	policy := string(documents.find(t, s, networkPolicy, "pay", "deny").Body)
	assert.Contains(t, policy, `"namespaceSelector":{}`)
	assert.Positive(t, s.Redacted["secret-value"])
	assert.Positive(t, s.Redacted["card-number"])

	again, _ := collect(t, live(auditor(t, p, "alice")))
	one, err := s.Content()
	require.NoError(t, err)
	two, err := again.Content()
	require.NoError(t, err)
	assert.Equal(t, one, two, "nothing has changed between two collections")
}

func TestWhatTheRoleLacksIsAGap(t *testing.T) {
	p := built(t)
	s, _ := collect(t, live(auditor(t, p, "bea", "networkpolicies", "secrets")))

	gaps := gapsOf(s, networkPolicy)
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.Gap{
		Source: "GET /apis/networking.k8s.io/v1/networkpolicies", Kind: networkPolicy, Reason: engine.Forbidden,
		Cause: `list networkpolicies.networking.k8s.io: forbidden for "bea"`,
	}, gaps[0])
	assert.False(t, s.Saw(networkPolicy))
	_, listed := s.Population(networkPolicy)
	assert.False(t, listed)
	assert.False(t, s.Saw(engine.Kind{Kind: "Secret"}))
	assert.True(t, s.Saw(engine.Kind{Kind: "Pod"}))
}

func TestAUserWithoutRightsHasAProvisionalTarget(t *testing.T) {
	p := built(t)
	s, _ := collect(t, live(user(t, p, "nobody")))
	assert.Equal(t, "ca:"+s.Target.CA, s.Target.ID)
	assert.True(t, s.Target.Provisional)
	assert.Equal(t, "nobody", s.Collector.Name)
	assert.True(t, s.SawNothing(), "what the server says of itself is no object")
	assert.Len(t, gapsOf(s, engine.Kind{Kind: "Pod"}), 1)

	admin, _ := collect(t, live(p.Admin()))
	assert.Equal(t, admin.Target.CA, s.Target.CA, "both names can be linked")
}

func TestOneObjectHasOneDigest(t *testing.T) {
	p := built(t)
	s, documents := collect(t, live(p.Admin()))
	client, err := dynamic.NewForConfig(p.Admin())
	require.NoError(t, err)
	set, err := kubernetes.NewForConfig(p.Admin())
	require.NoError(t, err)
	groups, err := set.Discovery().ServerPreferredResources()
	require.NoError(t, err)

	met := map[engine.Kind]int{}
	for _, list := range groups {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		for _, resource := range list.APIResources {
			of := engine.Kind{Group: gv.Group, Kind: resource.Kind}
			for _, e := range s.Entries {
				if e.Ref.Of() != of || met[of] >= 5 && e.Ref.Namespace != "pay" {
					continue
				}
				met[of]++
				gvr := gv.WithResource(resource.Name)
				object, err := client.Resource(gvr).Namespace(e.Ref.Namespace).Get(t.Context(), e.Ref.Name, metav1.GetOptions{})
				require.NoError(t, err)
				raw, err := object.MarshalJSON()
				require.NoError(t, err)
				assertSame(t, documents[e.Digest], raw, "by the dynamic client")

				path := "/apis/" + gv.String() + "/"
				if gv.Group == "" {
					path = "/api/v1/"
				}
				if e.Ref.Namespace != "" {
					path += "namespaces/" + e.Ref.Namespace + "/"
				}
				raw, err = set.Discovery().RESTClient().Get().AbsPath(path+resource.Name+"/"+e.Ref.Name).SetHeader("Accept", "application/json").DoRaw(t.Context())
				require.NoError(t, err)
				assertSame(t, documents[e.Digest], raw, "as kubectl prints it")
			}
		}
	}
	assert.GreaterOrEqual(t, len(met), 32, "every built-in kind was compared: %v", met)
}

func assertSame(t *testing.T, want engine.Document, raw []byte, how string) {
	t.Helper()
	got, _, err := kube.Document(raw)
	require.NoError(t, err)
	assert.Equal(t, string(want.Body), string(got.Body), how)
	assert.Equal(t, want.Ref, got.Ref, how)
	assert.Equal(t, want.Digest, got.Digest, how)
}

func TestCustomKindsAreCollectedWhereInstalled(t *testing.T) {
	p := built(t)
	require.NoError(t, p.Install(gvk("aquasecurity.github.io", "v1alpha1", "VulnerabilityReport"), "vulnerabilityreports", true))
	require.NoError(t, p.Install(gvk("policy.networking.k8s.io", "v1alpha1", "AdminNetworkPolicy"), "adminnetworkpolicies", false))
	require.NoError(t, p.Install(gvk("constraints.gatekeeper.sh", "v1beta1", "K8sRequiredLabels"), "k8srequiredlabels", false))
	require.NoError(t, p.Install(gvk("argoproj.io", "v1alpha1", "Rollout"), "rollouts", true))
	require.NoError(t, p.Apply(t.Context(), []byte(`
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata: {name: owners}
spec: {enforcementAction: warn}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: default}
spec: {template: {spec: {containers: [{name: web, image: web}]}}}
---
apiVersion: aquasecurity.github.io/v1alpha1
kind: VulnerabilityReport
metadata: {name: api, namespace: default}
report: {summary: {criticalCount: 3}, empty: {}, score: 9.8, pan: 4111111111111111, note: null}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: fence}
spec: {priority: 1, subject: {namespaces: {}}}
`)))
	s, documents := collect(t, live(auditor(t, p, "carol")))
	report := string(documents.find(t, s, engine.Kind{Group: "aquasecurity.github.io", Kind: "VulnerabilityReport"}, "default", "api").Body)
	assert.Contains(t, report, `"report":{"empty":{},"pan":"[redacted:card-number]","score":9.8,"summary":{"criticalCount":3}}`)
	fence := documents.find(t, s, engine.Kind{Group: "policy.networking.k8s.io", Kind: "AdminNetworkPolicy"}, "", "fence")
	assert.Contains(t, string(fence.Body), `"namespaces":{}`)

	documents.find(t, s, engine.Kind{Group: "constraints.gatekeeper.sh", Kind: "K8sRequiredLabels"}, "", "owners")
	documents.find(t, s, engine.Kind{Group: "argoproj.io", Kind: "Rollout"}, "default", "web")
	constraints, _ := s.Population(engine.ConstraintKind)
	assert.Equal(t, 1, constraints.Count, "together, whatever their kinds are called")
	assert.True(t, s.Saw(engine.ConstraintKind))
	nobody, _ := collect(t, live(user(t, p, "custom-nobody")))
	assert.False(t, nobody.Saw(engine.ConstraintKind))
	assert.Len(t, gapsOf(nobody, engine.Kind{Kind: "Pod"}), 2, "what rollouts make is not seen either")

	absent := engine.Kind{Group: "policy.networking.k8s.io", Kind: "ClusterNetworkPolicy"}
	assert.True(t, s.Saw(absent), "a policy that the server does not know is in force nowhere")
	scanner := gapsOf(s, engine.Kind{Group: "wgpolicyk8s.io", Kind: "PolicyReport"})
	require.Len(t, scanner, 1)
	assert.Equal(t, engine.NotInstalled, scanner[0].Reason)
}

// meddler stands between the collector and the server.
type meddler func(next http.RoundTripper, r *http.Request) (*http.Response, error)

func meddled(config *rest.Config, m meddler) *rest.Config {
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) { return m(next, r) })
	})
	return config
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, code int, body string) *http.Response {
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

func TestAPageThatFailsLeavesTheRest(t *testing.T) {
	p := built(t)
	var many bytes.Buffer
	for i := range 502 {
		many.WriteString("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: pay, name: many-" + string(rune('a'+i/26%26)) + string(rune('a'+i%26)) + "-" + strings.Repeat("x", 1+i/676) + "}\n")
	}
	require.NoError(t, p.Apply(t.Context(), many.Bytes()))
	configMap := engine.Kind{Kind: "ConfigMap"}

	whole, _ := collect(t, live(p.Admin()))
	all, _ := whole.Population(configMap)
	assert.True(t, all.Complete)
	assert.Greater(t, all.Count, 502)

	for name, fail := range map[string]struct {
		code  int
		body  string
		cause string
	}{
		"broken":  {500, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"etcd \u001b[31mleader changed","code":500}`, "etcd [31mleader changed"},
		"expired": {410, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old","code":410}`, "expired on the server"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/api/v1/configmaps" && r.URL.Query().Get("continue") != "" {
					return answer(r, fail.code, fail.body), nil
				}
				return next.RoundTrip(r)
			})))
			population, _ := s.Population(configMap)
			assert.Equal(t, engine.Population{Kind: configMap, Count: 500, Query: "GET /api/v1/configmaps?limit=500"}, population)
			gaps := gapsOf(s, configMap)
			require.Len(t, gaps, 1)
			assert.Equal(t, engine.PageFailed, gaps[0].Reason)
			assert.Contains(t, gaps[0].Cause, fail.cause)
			assert.Contains(t, gaps[0].Cause, "after 500 objects")
			assert.True(t, s.Saw(networkPolicy), "the other kinds are collected")
		})
	}
}

func TestATimeoutIsAGap(t *testing.T) {
	p := built(t)
	l := live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/api/v1/pods" {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		return next.RoundTrip(r)
	}))
	l.Timeout = 5 * time.Second
	s, _ := collect(t, l)
	gaps := gapsOf(s, engine.Kind{Kind: "Pod"})
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.TimedOut, gaps[0].Reason)
	assert.Equal(t, "list pods: no answer in time", gaps[0].Cause)
	assert.True(t, s.Saw(engine.Kind{Kind: "Secret"}))
}

func TestAnAnswerWithoutEndIsAGap(t *testing.T) {
	p := built(t)
	s, _ := collect(t, live(meddled(p.Admin(), func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/api/v1/nodes" {
			response := answer(r, 200, "")
			response.Body = io.NopCloser(endless{})
			return response, nil
		}
		return next.RoundTrip(r)
	})))
	gaps := gapsOf(s, engine.Kind{Kind: "Node"})
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.TooLarge, gaps[0].Reason)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestAStoppedCollectionSaysWhatItDidNotReach(t *testing.T) {
	p := built(t)
	ctx, stop := context.WithCancel(t.Context())
	s, err := live(p.Admin()).Collect(ctx, engine.Intake{Progress: func(at engine.Progress) {
		if at.What == "Secret" {
			stop()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	assert.True(t, s.Saw(engine.Kind{Kind: "Secret"}))
	gaps := gapsOf(s, networkPolicy)
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.Interrupted, gaps[0].Reason)
}

func TestAServerThatCannotBeNamedIsOneError(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>\x1b[31mnot this</html>")
	}))
	defer web.Close()
	dead := httptest.NewServer(nil)
	dead.Close()
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Failure", Reason: metav1.StatusReasonUnauthorized, Code: 401})
	}))
	defer stranger.Close()
	for url, cause := range map[string]string{
		web.URL:      "collect pay-prod: the server does not answer as Kubernetes does: GET /version gives no version",
		dead.URL:     "connect: connection refused",
		stranger.URL: "collect pay-prod: the server does not accept these credentials",
	} {
		_, err := live(&rest.Config{Host: url}).Collect(t.Context(), engine.Intake{})
		require.ErrorContains(t, err, cause)
		assert.Equal(t, kube.Printable(err.Error()), err.Error())
	}
	refused := errors.New("disk full")
	p := built(t)
	_, err := live(p.Admin()).Collect(t.Context(), engine.Intake{Document: func(engine.Document) error { return refused }})
	require.ErrorIs(t, err, refused)
}

const execConfig = `
apiVersion: v1
kind: Config
current-context: theirs
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: theirs, context: {cluster: c, user: u}}, {name: plain, context: {cluster: c, user: p}}]
users:
- name: u
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [MARK], interactiveMode: Never}}
- name: p
  user: {token: t}
`

// A server that does not say what it has may have anything.
func TestGroupsThatAreNotFoundHideTheirKinds(t *testing.T) {
	for name, groups := range map[string]string{
		"no list of groups": "", "a group that is listed and not found": `{"kind":"APIGroupList","groups":[{"name":"cilium.io","preferredVersion":{"version":"v2"}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			says := map[string]string{"/version": `{"gitVersion":"v1.35.0"}`, "/api/v1/namespaces/kube-system": `{"metadata":{"uid":"u"}}`, "/apis": groups}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if says[r.URL.Path] == "" {
					http.NotFound(w, r)
					return
				}
				_, _ = io.WriteString(w, says[r.URL.Path])
			}))
			defer server.Close()
			s, _ := collect(t, live(&rest.Config{Host: server.URL}))
			view := engine.NewView(&s, nil, engine.Params{})
			assert.True(t, view.Hidden(engine.Kind{Group: "cilium.io", Kind: "CiliumNetworkPolicy"}))
		})
	}
}

// A kind that makes pods and that the server has hides pods, however it keeps from listing
// it: of its pods alone nobody knows what it will run next.
func TestAKindThatMakesPodsAndMayNotBeListed(t *testing.T) {
	rollouts := engine.Kind{Group: "argoproj.io", Kind: "Rollout"}
	for _, code := range []int{http.StatusOK, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusServiceUnavailable} {
		says := map[string]string{
			"/version": `{"gitVersion":"v1.35.0"}`, "/api/v1/namespaces/kube-system": `{"metadata":{"uid":"u"}}`,
			"/api/v1/pods":               `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}`,
			"/apis":                      `{"kind":"APIGroupList","groups":[{"name":"argoproj.io","versions":[{"groupVersion":"argoproj.io/v1alpha1","version":"v1alpha1"}],"preferredVersion":{"version":"v1alpha1"}}]}`,
			"/apis/argoproj.io/v1alpha1": `{"kind":"APIResourceList","resources":[{"name":"rollouts","kind":"Rollout","namespaced":true,"verbs":["list"]}]}`,
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch {
			case says[r.URL.Path] != "":
				_, _ = io.WriteString(w, says[r.URL.Path])
			case code == http.StatusOK && strings.HasSuffix(r.URL.Path, "/rollouts"):
				_, _ = io.WriteString(w, `{"apiVersion":"argoproj.io/v1alpha1","kind":"RolloutList","metadata":{},"items":[]}`)
			case strings.HasSuffix(r.URL.Path, "/rollouts"):
				w.WriteHeader(code)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		s, _ := collect(t, live(&rest.Config{Host: server.URL}))
		server.Close()
		assert.Equal(t, code == http.StatusOK, s.Saw(podKind), "%d", code)
		assert.Equal(t, code == http.StatusOK, s.Saw(rollouts), "%d", code)
		if code != http.StatusOK {
			gaps := gapsOf(s, podKind)
			require.Len(t, gaps, 1, "%d", code)
			assert.Contains(t, gaps[0].Cause, "what makes pods could not be seen: list rollouts.argoproj.io")
			assert.NotEqual(t, engine.NotInstalled, gaps[0].Reason)
		}
	}
}

// What of a group of which people name the kinds could not be listed hides what the row
// stands for.
func TestAKindMadeInTheClusterThatMayNotBeListed(t *testing.T) {
	const group = "/apis/constraints.gatekeeper.sh"
	says := map[string]string{
		"/version": `{"gitVersion":"v1.35.0"}`, "/api/v1/namespaces/kube-system": `{"metadata":{"uid":"u"}}`,
		"/apis":              `{"kind":"APIGroupList","groups":[{"name":"constraints.gatekeeper.sh","versions":[{"groupVersion":"constraints.gatekeeper.sh/v1beta1","version":"v1beta1"}],"preferredVersion":{"version":"v1beta1"}}]}`,
		group + "/v1beta1":   `{"kind":"APIResourceList","resources":[{"name":"a","kind":"A","namespaced":false,"verbs":["list"]},{"name":"b","kind":"B","namespaced":false,"verbs":["list"]},{"name":"b/status","kind":"B"}]}`,
		group + "/v1beta1/a": `{"apiVersion":"constraints.gatekeeper.sh/v1beta1","kind":"AList","metadata":{},"items":[{"apiVersion":"constraints.gatekeeper.sh/v1beta1","kind":"A","metadata":{"name":"x"}}]}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if says[r.URL.Path] == "" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"no","code":403}`)
			return
		}
		_, _ = io.WriteString(w, says[r.URL.Path])
	}))
	defer server.Close()
	s, _ := collect(t, live(&rest.Config{Host: server.URL}))
	all, listed := s.Population(engine.ConstraintKind)
	require.True(t, listed)
	assert.Equal(t, 1, all.Count)
	assert.False(t, all.Complete)
	gaps := gapsOf(s, engine.ConstraintKind)
	require.Len(t, gaps, 1)
	assert.Equal(t, engine.Forbidden, gaps[0].Reason)
}

func TestACommandOfAnotherPersonsKubeconfigIsRefused(t *testing.T) {
	dir := t.TempDir()
	mark := filepath.Join(dir, "ran")
	path := filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(execConfig, "MARK", mark)), 0o600))

	_, _, err := kube.FromKubeconfig(path, "", false)
	require.ErrorIs(t, err, kube.ErrCommand)
	assert.ErrorContains(t, err, "touch "+mark, "the exact command line is named")
	assert.NoFileExists(t, mark)

	_, name, err := kube.FromKubeconfig(path, "plain", false)
	require.NoError(t, err)
	assert.Equal(t, "plain", name)

	config, _, err := kube.FromKubeconfig(path, "", true)
	require.NoError(t, err)
	assert.NotNil(t, config.ExecProvider)

	t.Setenv("KUBECONFIG", path)
	config, name, err = kube.FromKubeconfig("", "", false)
	require.NoError(t, err)
	assert.Equal(t, "theirs", name)
	assert.NotNil(t, config.ExecProvider, "the user's own files work as with kubectl")

	_, _, err = kube.FromKubeconfig(path, "absent", false)
	require.ErrorContains(t, err, "absent")
	_, _, err = kube.FromKubeconfig("", "absent", false)
	require.ErrorContains(t, err, `read kubeconfig: context "absent"`)
	_, _, err = kube.FromKubeconfig(filepath.Join(dir, "none"), "", false)
	require.ErrorContains(t, err, "read kubeconfig")
}
