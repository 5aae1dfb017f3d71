package network

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
)

const (
	frontService = `{apiVersion: v1, kind: Service, metadata: {name: s, namespace: nb}, spec: {selector: {app: b}, ports: [{port: 80, targetPort: web}]}}`
	frontIngress = `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: nb}, spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}}`
)

// guarded is two pods, the second behind a policy and an Ingress.
func guarded(t *testing.T) *Analysis {
	t.Helper()
	policy := networkPolicy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: web}]}, {from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}`)
	return fromYAML(t, append(twoPods(), policy, frontService, frontIngress)...).analyse()
}

func in(space string) func(Peer) bool { return func(p Peer) bool { return p.Space == space } }

// A cell of the matrix and what opens from it speak of the same connections.
func TestConnectionsBetweenSpacesAreThoseOfTheMatrix(t *testing.T) {
	a := guarded(t)
	m := a.Matrix()
	for i, from := range m.Spaces {
		for j, to := range m.Spaces {
			any := 0
			for range a.Between(in(from), in(to)) {
				any++
			}
			assert.Equal(t, m.Cells[i][j].Possible > 0, any > 0, "%s to %s", from, to)
		}
	}
	all, parts := 0, 0
	for range a.Connections() {
		all++
	}
	for _, from := range append(m.Spaces, ingressController) {
		for range a.Between(in(from), func(Peer) bool { return true }) {
			parts++
		}
	}
	assert.Equal(t, all, parts, "each connection comes from one space")
}

// Whatever a list names can be asked about in the same words.
func TestEveryListedConnectionIsExplained(t *testing.T) {
	a := guarded(t)
	seen := ""
	for c := range a.Connections() {
		x, err := a.Explain(c.From, c.To)
		require.NoError(t, err)
		assert.Equal(t, c.String(), x.Connection.String())
		seen += c.From + " "
		if c.From == ingressController {
			require.NotEmpty(t, x.Effects)
			assert.Equal(t, "NetworkPolicy", x.Effects[0].Policy.Kind)
		}
	}
	assert.Contains(t, seen, ingressController)
	assert.Contains(t, seen, "[External]")
	for _, c := range [][2]string{{ingressController, "na/a"}, {"nb/b", ingressController}, {gatewayController, "nb/b"}} {
		_, err := a.Explain(c[0], c[1])
		assert.Error(t, err, strings.Join(c[:], " "))
	}
}

func TestWhereNothingDeniesByDefault(t *testing.T) {
	var said []string
	for _, u := range guarded(t).Undenied() {
		said = append(said, u.Namespace+" "+u.Direction.String())
	}
	assert.Equal(t, []string{"na ingress", "na egress", "nb egress"}, said)
}

// Who asks for namespaces by their labels is told of those whose labels were not seen.
func TestASetOfNamespacesThatWereNotSeen(t *testing.T) {
	pods := twoPods()
	cde, err := labels.Parse("zone=cde")
	require.NoError(t, err)
	r := fromYAML(t, pods[0], pods[2], pods[3]).analyse().Reach(Selection{InLabelled: cde})
	assert.Empty(t, r.Set)
	assert.Equal(t, []string{"nb"}, r.Unseen)
	r = fromYAML(t, pods...).analyse().Reach(Selection{InLabelled: cde})
	assert.Len(t, r.Set, 1)
	assert.Empty(t, r.Unseen)
	named, err := labels.Parse(namespaceName + "=na")
	require.NoError(t, err)
	assert.Empty(t, fromYAML(t, pods[0], pods[2], pods[3]).analyse().Reach(Selection{InLabelled: named}).Unseen, "its name is known")
}

func TestAMatrixIsAddedUp(t *testing.T) {
	m := guarded(t).Matrix()
	sum := m.Merged([]string{"ours", "theirs"}, func(space string) string { return map[string]string{"na": "theirs", "nb": "ours"}[space] })
	assert.Equal(t, []string{"ours", "theirs", Outside}, sum.Spaces)
	assert.Equal(t, m.Cells[0][1], sum.Cells[1][0])
	assert.Equal(t, m.Cells[2][1], sum.Cells[2][0], "from outside")
	whole := m.Merged([]string{"all"}, func(string) string { return "all" })
	assert.Equal(t, 2, whole.Cells[0][0].Pairs)
	assert.Equal(t, 2, whole.Cells[1][0].Pairs)
	assert.Empty(t, m.Merged(nil, func(string) string { return "" }).Cells[0][0], "what has no name is left out")
}
