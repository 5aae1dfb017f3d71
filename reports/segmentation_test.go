package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/questionnaires"
)

// cluster is a network of many namespaces, two of them in the zone.
func cluster(spaces int) Segments {
	s := Segments{Target: engine.Target{Name: "prod"}, Declared: true}
	for i := range spaces {
		s.Matrix.Spaces = append(s.Matrix.Spaces, fmt.Sprintf("namespace-%03d", i))
		s.Zone = append(s.Zone, i < 2)
	}
	s.Matrix.Spaces, s.Zone = append(s.Matrix.Spaces, network.Outside), append(s.Zone, false)
	for range s.Matrix.Spaces {
		s.Matrix.Cells = append(s.Matrix.Cells, make([]network.Cell, len(s.Matrix.Spaces)))
	}
	s.Matrix.Cells[0][2] = network.Cell{Pairs: 4, Allowed: 2, Possible: 4, Ports: network.AllPorts(), Unsure: network.AllPorts()}
	s.Matrix.Cells[2][0] = network.Cell{Pairs: 4, Possible: 1, Unsure: network.AllPorts()}
	for i := range spaces {
		s.Arrows = append(s.Arrows, network.Arrow{
			Space: fmt.Sprintf("namespace-%03d", i+2), Workload: network.Workload{Ref: engine.Ref{Kind: "Pod", Namespace: "namespace-000", Name: fmt.Sprintf("<api>&%d", i)}},
			Allowed: network.AllPorts(), Undeclared: network.AllPorts(),
		})
	}
	return s
}

func TestPicturesOfTheNetworkStayReadable(t *testing.T) {
	for _, spaces := range []int{3, 400} {
		s := cluster(spaces)
		for name, d := range map[string]Drawing{"matrix": s.MatrixDrawing(), "graph": s.GraphDrawing()} {
			assert.LessOrEqual(t, d.Height, 320.0, "%s of %d namespaces", name, spaces)
			for _, l := range d.Labels {
				assert.GreaterOrEqual(t, l.Size, 2.8, "%s of %d namespaces: %s", name, spaces, l.Text)
			}
		}
	}
	large := cluster(400)
	order := large.shown()
	assert.Len(t, order, mostSpaces)
	assert.True(t, large.Zone[order[0]] && large.Zone[order[1]], "the zone comes first")
	assert.Equal(t, 400, order[len(order)-1], "what is outside comes last")
}

func TestWhatIsDrawnIsSaidInWords(t *testing.T) {
	s := cluster(3)
	assert.Equal(t, []string{
		"namespace-000 => namespace-002 : 2 of 4 pairs of workloads, All Connections; of 4 cannot be excluded All Connections",
		"namespace-002 => namespace-000 : 1 of 4 pairs of workloads cannot be excluded, All Connections",
	}, s.MatrixWords())
	assert.Contains(t, s.GraphWords()[0], "not declared: All Connections")
	assert.Equal(t, "2/4?", s.Mark(0, 2))
	assert.Equal(t, "?", s.Mark(2, 0))
}

// twoSpaces is a cluster in which a pod of "shop" may reach one of "pay" on one port, and
// on every port if its address, which is not known, is of a range.
func twoSpaces(t *testing.T) Segments {
	t.Helper()
	snapshot, bodies := engine.Snapshot{Target: engine.Target{ID: "prod", Name: "prod"}}, map[engine.Digest][]byte{}
	for _, kind := range []engine.Kind{{Kind: "Namespace"}, {Kind: "Pod"}, network.PolicyKind} {
		snapshot.Populations = append(snapshot.Populations, engine.Population{Kind: kind, Complete: true})
	}
	for ref, body := range map[engine.Ref]string{
		{Kind: "Namespace", Name: "shop"}:             `{"metadata": {"name": "shop"}}`,
		{Kind: "Namespace", Name: "pay"}:              `{"metadata": {"name": "pay"}}`,
		{Kind: "Pod", Namespace: "shop", Name: "web"}: `{"metadata": {"name": "web", "namespace": "shop"}}`,
		{Kind: "Pod", Namespace: "pay", Name: "api"}:  `{"metadata": {"name": "api", "namespace": "pay"}, "status": {"podIP": "10.0.0.2"}}`,
		{Group: network.PolicyKind.Group, Kind: "NetworkPolicy", Namespace: "pay", Name: "in"}: `{"metadata": {"name": "in", "namespace": "pay"}, "spec": {"podSelector": {}, "ingress": [
			{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}], "ports": [{"port": 443}]},
			{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}}`,
	} {
		raw, err := engine.CanonicalJSON([]byte(body))
		require.NoError(t, err)
		d := engine.NewDocument(ref, raw)
		bodies[d.Digest] = d.Body
		snapshot.Entries = append(snapshot.Entries, engine.Entry{Ref: ref, Digest: d.Digest})
	}
	snapshot.Sort()
	view := engine.NewView(&snapshot, func(d engine.Digest) ([]byte, error) { return bodies[d], nil },
		engine.Params{Zones: map[string][]engine.Selector{questionnaires.CardholderData: {{Namespaces: []string{"pay"}}}}})
	return SegmentsOf(network.Analyse(view), snapshot.Target, view.Params())
}

func TestWhatIsAllowedHidesNothingThatCannotBeExcluded(t *testing.T) {
	s := twoSpaces(t)
	at := slices.IndexFunc(s.Arrows, func(a network.Arrow) bool { return a.Space == "shop" && a.Direction == network.Ingress })
	require.GreaterOrEqual(t, at, 0)
	s.Arrows = s.Arrows[at : at+1]
	require.Len(t, s.GraphWords(), 1)
	assert.Contains(t, s.GraphWords()[0], " : TCP 443, may All Connections")
	edges := s.graph(mostNodes).edges
	require.Len(t, edges, 2, "what is allowed, and what cannot be excluded")
	assert.Equal(t, []Tone{Info, Warn}, []Tone{edges[0].tone, edges[1].tone})
	assert.Equal(t, []bool{false, true}, []bool{edges[0].dashed, edges[1].dashed})
	assert.Contains(t, s.MatrixWords(), "shop => pay : 1 of 1 pairs of workloads, TCP 443; of 1 cannot be excluded All Connections")
	pay, shop := slices.Index(s.Matrix.Spaces, "pay"), slices.Index(s.Matrix.Spaces, "shop")
	assert.Equal(t, "all?", s.Mark(shop, pay))

	s.Arrows[0].Possible = s.Arrows[0].Allowed
	assert.Len(t, s.graph(mostNodes).edges, 1, "nothing more is possible")
	assert.NotContains(t, s.GraphWords()[0], "may")
}

func TestAnSVGIsXMLThatRefersToNothing(t *testing.T) {
	var first, second bytes.Buffer
	require.NoError(t, SVG(&first, cluster(3).GraphDrawing(), "<script>&"))
	require.NoError(t, SVG(&second, cluster(3).GraphDrawing(), "<script>&"))
	assert.Equal(t, first.String(), second.String())
	decoder := xml.NewDecoder(strings.NewReader(first.String()))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if element, is := token.(xml.StartElement); is {
			assert.Contains(t, []string{"svg", "title", "rect", "path", "text"}, element.Name.Local)
			for _, attribute := range element.Attr {
				assert.NotContains(t, attribute.Name.Local, "href")
			}
		}
	}
}

func TestAMatrixSaysWhatItLeavesOut(t *testing.T) {
	assert.NotContains(t, cluster(40-1).MatrixCaption(), "drawn")
	caption := cluster(43).MatrixCaption()
	assert.Contains(t, caption, "39 of 43 namespaces are drawn")
	assert.Contains(t, caption, "Not drawn: namespace-0")
	assert.Equal(t, 4, strings.Count(caption, "namespace-"))
	assert.Contains(t, cluster(200).MatrixCaption(), "and 121 more.")
	for _, spaces := range []int{3, 12, 43} {
		for _, label := range cluster(spaces).MatrixDrawing().Labels {
			assert.GreaterOrEqual(t, label.Size, smallest, "it can be read")
		}
	}
}

func TestEndsKeepWhatTellsNamesApart(t *testing.T) {
	assert.Equal(t, "short", Ends("short", 5))
	assert.Equal(t, "team-…e/db", Ends("team-00-a-namespace/db", 9))
	assert.Equal(t, "…", Ends("name", 0))
	assert.Equal(t, "n…", Ends("name", 1))
}
