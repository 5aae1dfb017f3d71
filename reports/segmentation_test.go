package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/network"
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
		"namespace-000 => namespace-002 : 2 of 4 pairs of workloads, All Connections",
		"namespace-002 => namespace-000 : 1 of 4 pairs of workloads cannot be excluded, All Connections",
	}, s.MatrixWords())
	assert.Contains(t, s.GraphWords()[0], "not declared: All Connections")
	assert.Equal(t, "2/4", cellMark(s.Matrix.Cells[0][2]))
	assert.Equal(t, "?", cellMark(s.Matrix.Cells[2][0]))
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
