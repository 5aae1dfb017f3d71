package screen_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// mesh is a cluster by its manifests.
type mesh struct {
	id, name string
	clock    *clock
	objects  []string
	blind    bool // NetworkPolicies may not be listed
}

func (m mesh) Source() string { return m.name }

func (m mesh) Collect(_ context.Context, to engine.Intake) (engine.Snapshot, error) {
	s := engine.Snapshot{
		Target: engine.Target{ID: m.id, Name: m.name}, Collector: engine.Identity{Name: "reader"}, Tool: engine.Tool{Name: "tickmark", Version: "test"},
		Canonical: engine.CanonicalVersion, Redaction: "1", Started: m.clock.now, Ended: m.clock.now,
	}
	for _, k := range []engine.Kind{policy, pod, {Kind: "Namespace"}, {Kind: "Service"}, {Group: "apps", Kind: "Deployment"}, {Group: "apps", Kind: "DaemonSet"}} {
		if m.blind && k == policy {
			s.Gaps = append(s.Gaps, engine.Gap{Source: "networkpolicies", Kind: k, Reason: engine.Forbidden, Cause: "networkpolicies is forbidden"})
			continue
		}
		s.Populations = append(s.Populations, engine.Population{Kind: k, Complete: true})
	}
	for _, text := range m.objects {
		raw, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			return s, err
		}
		body, err := engine.CanonicalJSON(raw)
		if err != nil {
			return s, err
		}
		ref, err := refOf(body)
		if err != nil {
			return s, err
		}
		document := engine.NewDocument(ref, body)
		if err := to.Document(document); err != nil {
			return s, err
		}
		s.Entries = append(s.Entries, engine.Entry{Ref: ref, Digest: document.Digest, Origin: "manifest"})
	}
	s.Sort()
	return s, nil
}

func refOf(body []byte) (engine.Ref, error) {
	var o struct {
		APIVersion, Kind string
		Metadata         struct{ Name, Namespace string }
	}
	err := yaml.Unmarshal(body, &o)
	group, _, grouped := strings.Cut(o.APIVersion, "/")
	if !grouped {
		group = ""
	}
	return engine.Ref{Group: group, Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}, err
}

func runs(namespace, name, more string) string {
	return fmt.Sprintf("{apiVersion: apps/v1, kind: Deployment, metadata: {name: %q, namespace: %q}, spec: {template: {metadata: {labels: {app: %q}}, spec: {containers: [{name: c, ports: [{containerPort: 8443}]}]%s}}}}", name, namespace, name, more)
}

func allows(namespace, name, spec string) string {
	return fmt.Sprintf("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: %s, namespace: %s}, spec: %s}", name, namespace, spec)
}

// shops are two namespaces with card data and others without: of these shop alone may
// reach cards, as was declared, and batch is open.
func shops(m *merchant) mesh {
	return mesh{id: "k8s:shops", name: "prod-eu", clock: m.clock, objects: []string{
		runs("cards", "api", ""), runs("cards", "vault", ""), runs("batch", "settlement", ""), runs("shop", "web", ""), runs("shop", "cart", ""),
		runs("tools", "agent", ", hostNetwork: true"), runs("tools", "ci", ""),
		allows("cards", "deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
		allows("cards", "from-shop", "{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}], ports: [{port: 8443}]}]}"),
		allows("shop", "calm", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"),
		"{apiVersion: v1, kind: Service, metadata: {name: api, namespace: cards}, spec: {type: LoadBalancer, selector: {app: api}, ports: [{port: 443, targetPort: 8443}]}}",
	}}
}

// networked is a merchant of whom clusters were collected, with cards and batch in the
// cardholder data environment.
func networked(t testing.TB, clusters ...func(*merchant) mesh) *merchant {
	t.Helper()
	m := newMerchant(t, 0)
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.WithAuthor(m.signer), vault.WithClock(m.clock.Now))
	require.NoError(t, err)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	var classes []questionnaires.Classification
	for _, name := range []string{"cards", "batch"} {
		classes = append(classes, questionnaires.Classification{Selection: questionnaires.Selection{Kind: questionnaires.NamespaceClassed, Name: name}, Class: questionnaires.CardholderEnvironment, Justification: "Card data."})
	}
	classes = append(classes, questionnaires.Classification{Selection: questionnaires.Selection{Kind: questionnaires.NamespaceClassed, Name: "shop"}, Class: questionnaires.ConnectedTo, Justification: "Calls it."})
	scope, err := h.SetScope(m.Catalogue, questionnaires.Scope{
		Classes: classes, Connections: []engine.Declaration{{From: "shop/*", To: "cards/api", Ports: "TCP 8443", Why: "Payments."}},
	})
	require.NoError(t, err)
	_, err = v.Append(t.Context(), scope)
	require.NoError(t, err)
	for _, cluster := range clusters {
		_, err = v.Collect(t.Context(), vault.Collection{Collectors: []engine.Collector{cluster(m)}, Checks: checks(), Params: engine.Params{Now: m.clock.now}, Tool: engine.Tool{Name: "tickmark", Version: "test"}})
		require.NoError(t, err)
		m.clock.now = m.clock.now.Add(time.Hour)
	}
	require.NoError(t, v.Close())
	return m
}

// networkRoom goes to the room.
func networkRoom(d *tuitest.Driver) *tuitest.Driver {
	return d.Press(":", "/").Type("who can reach").Press("enter", "enter")
}

// A cell opens its connections, a connection its policies, a policy its document.
func TestAnAssessorReadsTheSegmentation(t *testing.T) {
	m := networked(t, shops)
	d := networkRoom(desk(t, m.Workbench, 120, 40))
	d.Shows("prod-eu", "4 namespaces, 2 in the CDE", "┏", "┛", "A row sends, a column receives", "default deny missing: batch ingress, batch egress")
	d.Press("/").Type("shop").Press("enter").Shows("find shop")
	for !strings.Contains(d.Frame(), "shop => cards :") {
		d.Press("right")
	}
	d.Shows("shop => cards : 2 of 4 pairs of workloads, TCP 8443", "all of it declared")
	d.Press("enter").Shows("● allowed", "shop/web", "TCP 8443", "=> cards/api", "u lists them")
	d.Press("end", "enter").Shows("shop/web[Deployment] => cards/api[Deployment] : TCP 8443", "holds what shop/web opens: all is allowed", "isolates, and no rule of it matches", "NetworkPolicy cards/from-shop", "allows TCP 8443 (rule 1)")
	d.ShowsNot("tools/agent")
	d.Press("/").Type("from-shop").Press("enter", "enter").Shows("NetworkPolicy cards/from-shop", `"kubernetes.io/metadata.name": "shop"`)
	d.Press("esc", "esc", "esc", "esc", "esc")

	// into and out of the cardholder data environment: what was not declared first
	d.Press("i").Shows("Into the cardholder data environment", "! not declared  outside the cluster", "✓ declared", "1 workload elsewhere is on the")
	d.Press("esc", "o").Shows("Out of the cardholder data environment", "! not declared  batch/settlement")
	d.Press("enter").Shows("batch/settlement[Deployment] =>", "allowed").Press("esc", "esc")

	// where nothing denies by default, and what leads in
	d.Press("d").Shows("✗ missing", "batch", "✓ denies", "cards").Press("esc")
	d.Press("w").Shows("? may", "Service cards/api").Press("esc")
	d.Press("u").Shows("Not seen or not evaluated", "tools/agent: its pods are on the network of their node").Press("esc")

	// by the classes of the scope, and turned
	d.Press("c").Shows("Cardholder data envir", "Connected to", "Not classed").Press("down").Shows("Connected to => Cardholder data environment : 4 of 6")
	d.Press("t").Shows("A row receives, a column sends", "Cardholder data environment => Connected to :")
}

// What was not seen is never shown as settled.
func TestUnseenPoliciesAreNoMissingDeny(t *testing.T) {
	m := networked(t, func(m *merchant) mesh {
		blind := shops(m)
		blind.blind = true
		return blind
	})
	d := networkRoom(desk(t, m.Workbench, 80, 24)).Shows("◌ Not all NetworkPolicies were seen", "NetworkPolicy.networking.k8s.io: networ")
	d.Press("d").Shows("◌ unknown").ShowsNot("✗", "✓").Press("esc", "enter").Shows("Not all NetworkPolicies were seen")
}

// Several clusters are looked at one after another, and what is no cluster is passed over.
func TestTheNextClusterIsAnalysed(t *testing.T) {
	account := func(m *merchant) mesh {
		return mesh{id: "aws:1", name: "account", clock: m.clock, objects: []string{"{apiVersion: aws/v1, kind: Trail, metadata: {name: all}}"}}
	}
	m := networked(t, shops, account, func(m *merchant) mesh {
		return mesh{id: "k8s:small", name: "prod-us", clock: m.clock, objects: []string{runs("one", "only", "")}}
	})
	d := networkRoom(desk(t, m.Workbench, 80, 24)).Shows("prod-us", "No namespace of it is classed").Press("i").Shows("i: no namespace of it is classed as cardholder data environment")
	d.Press("tab").Shows("prod-eu", "2 in the CDE").Press("tab").Shows("prod-us")

	m = networked(t, account)
	networkRoom(desk(t, m.Workbench, 80, 24)).Shows("Nothing that runs was seen in account").Press("tab").Shows("tab: one target was collected")
	m = networked(t)
	networkRoom(desk(t, m.Workbench, 80, 24)).Shows("Nothing was collected yet").Press("enter").Shows("enter: nothing was collected yet")
}

// Four hundred namespaces scroll both ways, and names that act on a terminal are text.
func TestALargeMatrixScrollsBothWays(t *testing.T) {
	m := networked(t, func(m *merchant) mesh {
		large := shops(m)
		for i := range 400 {
			large.objects = append(large.objects, runs(fmt.Sprintf("team-%03d", i), "app", ""))
		}
		large.objects = append(large.objects, runs(hostile, hostile, ""))
		return large
	})
	d := networkRoom(desk(t, m.Workbench, 80, 24))
	for _, size := range [][2]int{{72, 20}, {80, 24}, {200, 50}} {
		d.Resize(size[0], size[1]).Shows("405 namespaces", "┏")
		d.Press("$", "end").Shows("outside the cluster => outside the cluster").ShowsNot("┏")
		d.Press("0", "home").Shows("┏", "batch => batch").Press(">", "pgdown", "t", "<", "c", "c")
		d.Press("/").Type("evil").Press("enter")
		assert.NotContains(t, d.Raw(), hostile)
		assert.NotContains(t, d.Raw(), "\u202e")
		d.Shows("evil‹U+001B›").Press("enter").Shows("allowed")
		assert.NotContains(t, d.Raw(), "\u202e")
		d.Press("esc", "esc", "home", "0")
	}
}

func TestGoldenNetwork(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}} {
		d := networkRoom(desk(t, networked(t, shops).Workbench, size.width, size.height))
		d.Press("down", "down").Golden("network-" + size.name)
		d.Press("right", "enter").Golden("network-connections-" + size.name)
		d.Press("enter").Golden("network-policies-" + size.name)
		d.Press("esc", "esc", "i").Golden("network-into-" + size.name)
		d.Press("esc", "d").Golden("network-deny-" + size.name)
		d.Press("esc", "c").Golden("network-classes-" + size.name)
	}
}

// The analysis is beside the desk: keys are taken while it runs, esc stops it, and what
// comes after the room was left is seen by nobody.
func TestAnAnalysisIsStopped(t *testing.T) {
	m := networked(t, shops)
	model := tui.New(tui.Options{First: screen.NewUnlock(t.Context(), m.Workbench)})
	d := tuitest.New(t, model, 80, 24).Press(":", "/").Type("who can reach").Press("enter")
	_, open := model.Update(tuitest.Key("enter"))
	_, start := model.Update(open())
	batch, is := start().(tea.BatchMsg)
	require.True(t, is, "analysing and waiting for its progress are two commands")
	d.Shows("worked out beside the desk; esc stops it").Press("?").Shows("On this screen").Press("esc", "esc").Shows("stopping: nothing is kept of it")
	for _, c := range batch {
		if msg := c(); msg != nil {
			d.Send(msg)
		}
	}
	d.Shows("! Stopped. enter analyses it.").Press("enter").Shows("prod-eu", "┏")

	_, late := model.Update(tuitest.Key("i"))
	msg := late()
	d.Press("esc").Shows("Everything that belongs").Send(msg).Shows("Everything that belongs")
}
