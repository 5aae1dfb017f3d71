package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/questionnaires"
)

// Segments is the network of one cluster as its policies configure it, as reports and
// pictures show it.
type Segments struct {
	Target engine.Target
	Matrix network.Matrix
	Zone   []bool // which of the matrix' spaces are in the cardholder data environment
	Arrows []network.Arrow
	Hosts  int // workloads elsewhere on the network of a node, which no policy is certain to hold
	Gaps   []engine.Gap
	// Declared says whether anything was declared as needed over the edge.
	Declared bool
}

// SegmentsOf reads an analysis by what the scope says.
func SegmentsOf(a *network.Analysis, target engine.Target, params engine.Params) Segments {
	in := func(namespace string) bool { return params.InZone(questionnaires.CardholderData, target.ID, namespace) }
	if len(params.Zones[questionnaires.CardholderData]) == 0 {
		in = func(string) bool { return false }
	}
	s := Segments{
		Target: target, Matrix: a.Matrix(), Arrows: a.Arrows(in, params.Declared), Hosts: len(a.Unpoliced(in)), Gaps: a.Gaps(),
		Declared: len(params.Declared) > 0,
	}
	for i, space := range s.Matrix.Spaces {
		s.Zone = append(s.Zone, i < len(s.Matrix.Spaces)-1 && in(space))
	}
	return s
}

// hasZone reports whether a namespace of the cardholder data environment was seen.
func (s Segments) hasZone() bool { return slices.Contains(s.Zone, true) }

// mostSpaces is how many namespaces a matrix shows; of larger clusters those of the
// zone and those that cross its edge come first.
const mostSpaces = 40

// MatrixDrawing draws who can reach whom, namespace by namespace: a row sends, a
// column receives. The cardholder data environment comes first and is framed.
func (s Segments) MatrixDrawing() Drawing {
	order := s.shown()
	const width, names, top, most, least = 170.0, 40.0, 30.0, 9.0, 2.6
	cell := min(most, max(least, (width-names)/float64(max(len(order), 1))))
	d := Drawing{Width: width, Height: top + cell*float64(len(order)) + 12}
	size := min(7.5, cell*2.1)
	zone := 0
	for row, from := range order {
		y := top + float64(row)*cell
		if s.Zone[from] {
			zone++
		}
		d.Labels = append(d.Labels,
			Label{X: names - 2, Y: y + cell/2, Room: names - 2, Size: size, Text: s.Matrix.Spaces[from], Align: ToRight, Strong: s.Zone[from]},
			Label{X: names + (float64(row)+0.5)*cell, Y: top - 2, Room: top - 3, Size: size, Text: s.Matrix.Spaces[from], Turned: true, Strong: s.Zone[from]})
		for column, to := range order {
			x := names + float64(column)*cell
			box := s.cellBox(from, to, x, y, cell)
			d.Boxes = append(d.Boxes, box)
			d.Labels = append(d.Labels, Label{
				X: x + cell/2, Y: y + cell/2, Room: cell * 1.2, Size: min(6.5, max(smallest, cell*1.1)), Text: s.shortMark(from, to, cell), Align: Centred, Tone: box.Tone, OnSolid: box.Solid,
			})
		}
	}
	if zone > 0 {
		side := float64(zone) * cell
		d.Boxes = append(d.Boxes, Box{X: names - 0.3, Y: top - 0.3, Width: side + 0.6, Height: side + 0.6, Radius: 0.6, Edge: 0.7, Empty: true})
	}
	d.legend(top + cell*float64(len(order)) + 7)
	return d
}

// shown are the spaces that a drawing of the matrix has room for.
func (s Segments) shown() []int {
	all := s.Order()
	if len(all) <= mostSpaces {
		return all
	}
	return append(all[:mostSpaces-1], all[len(all)-1])
}

// Order is the spaces as a matrix shows them: the zone first, then those that cross its
// edge, then the others as they come, what is outside last.
func (s Segments) Order() []int {
	var zone, crossing, others []int
	crosses := map[string]bool{}
	for _, a := range s.Arrows {
		crosses[a.Space] = true
	}
	outside := len(s.Matrix.Spaces) - 1
	for i := range outside {
		switch {
		case s.Zone[i]:
			zone = append(zone, i)
		case crosses[s.Matrix.Spaces[i]]:
			crossing = append(crossing, i)
		default:
			others = append(others, i)
		}
	}
	return append(slices.Concat(zone, crossing, others), outside)
}

// Crosses reports whether a cell is of connections over the edge of the zone.
func (s Segments) Crosses(from, to int) bool { return s.Zone[from] != s.Zone[to] }

// State is what a cell says at a glance.
func (s Segments) State(from, to int) (tone Tone, solid bool) {
	c := s.Matrix.Cells[from][to]
	crosses := s.Crosses(from, to)
	switch {
	case c.Pairs == 0:
		return Open, false
	case c.Allowed == 0 && c.Possible == 0:
		return Good, false
	case c.Allowed == 0:
		return Warn, false
	case crosses && c.Allowed == c.Pairs:
		return Bad, true
	case crosses:
		return Warn, true
	}
	return Muted, true
}

func (s Segments) cellBox(from, to int, x, y, cell float64) Box {
	tone, solid := s.State(from, to)
	gap := cell * 0.06
	return Box{X: x + gap, Y: y + gap, Width: cell - 2*gap, Height: cell - 2*gap, Radius: cell * 0.12, Tone: tone, Solid: solid}
}

// unsure reports whether more cannot be excluded than is allowed.
func unsure(allowed, possible network.Ports) bool {
	return !possible.IsEmpty() && possible.String() != allowed.String()
}

// Unsure is the same of a cell: of more pairs, or of more ports.
func (s Segments) Unsure(from, to int) bool {
	c := s.Matrix.Cells[from][to]
	return c.Possible > c.Allowed || unsure(c.Ports, c.Unsure)
}

// Mark says in a cell what its colour says: of how many pairs something is allowed,
// with a mark where that may not be all.
func (s Segments) Mark(from, to int) string {
	c, mark := s.Matrix.Cells[from][to], ""
	if s.Unsure(from, to) {
		mark = "?"
	}
	switch {
	case c.Pairs == 0:
		return ""
	case c.Allowed == 0 && c.Possible == 0:
		return "–"
	case c.Allowed == 0:
		return "?"
	case c.Allowed == c.Pairs:
		return "all" + mark
	}
	return fmt.Sprintf("%d/%d%s", c.Allowed, c.Pairs, mark)
}

// smallest is the type that can still be read on paper, in points.
const smallest = 4.2

// shortMark is a mark as far as a cell has room for it: a part of a few pairs is told in
// numbers, of many as a part.
func (s Segments) shortMark(from, to int, cell float64) string {
	mark := s.Mark(from, to)
	if cell >= 5 || len(mark) <= 3 || strings.HasPrefix(mark, "all") {
		return mark
	}
	return "part"
}

func (d *Drawing) legend(y float64) {
	x := 0.3
	for _, entry := range [...]struct {
		tone  Tone
		solid bool
		text  string
	}{
		{Good, false, "– nothing"},
		{Muted, true, "allowed, same side"},
		{Warn, true, "a part, across the edge"},
		{Bad, true, "all, across the edge"},
		{Warn, false, "? cannot be excluded"},
	} {
		d.Boxes = append(d.Boxes, Box{X: x, Y: y - 1.6, Width: 3.2, Height: 3.2, Radius: 0.5, Tone: entry.tone, Solid: entry.solid, Edge: 0.1})
		d.Labels = append(d.Labels, Label{X: x + 4.4, Y: y, Size: 6.8, Text: entry.text, Tone: Open})
		x += 9 + float64(len(entry.text))*1.25
	}
}

// mostNodes is how many nodes a column of the graph shows.
const mostNodes = 28

// GraphDrawing draws what crosses the edge of the cardholder data environment: who
// reaches it on the left, its workloads in the middle, what they reach on the right.
func (s Segments) GraphDrawing() Drawing { return s.graphDrawing(mostNodes) }

// graphDrawing draws at most so many nodes in a column.
func (s Segments) graphDrawing(most int) Drawing {
	g := s.graph(most)
	const width, pitch, height, top = 170.0, 8.4, 6.2, 10.0
	columns := [3]struct{ x, w float64 }{{0.3, 40}, {62, 46}, {129.7, 40}}
	rows := max(len(g.nodes[0]), len(g.nodes[1]), len(g.nodes[2]), 1)
	d := Drawing{Width: width, Height: top + float64(rows)*pitch + 8}
	at := [3]map[string]float64{}
	for column, title := range [...]string{"may reach it", "cardholder data environment", "it may reach"} {
		c := columns[column]
		d.Labels = append(d.Labels, Label{X: c.x + c.w/2, Y: 3.5, Room: c.w, Size: 8, Text: title, Align: Centred, Strong: true})
		at[column] = map[string]float64{}
		shift := float64(rows-len(g.nodes[column])) * pitch / 2
		for i, node := range g.nodes[column] {
			y := top + shift + float64(i)*pitch
			at[column][node] = y + height/2
			d.Boxes = append(d.Boxes, Box{X: c.x, Y: y, Width: c.w, Height: height, Radius: 1.2, Tone: [...]Tone{Open, Neutral, Open}[column], Solid: column == 1, Edge: 0.2})
			d.Labels = append(d.Labels, Label{X: c.x + 2, Y: y + height/2, Room: c.w - 4, Size: 7.2, Text: node, OnSolid: column == 1})
		}
	}
	if len(g.nodes[1]) > 0 {
		c := columns[1]
		shift := float64(rows-len(g.nodes[1])) * pitch / 2
		d.Boxes = append(d.Boxes, Box{X: c.x - 2, Y: top + shift - 2, Width: c.w + 4, Height: float64(len(g.nodes[1]))*pitch - pitch + height + 4, Radius: 2, Edge: 0.4, Empty: true})
	}
	for _, e := range g.edges {
		curve := Curve{Tone: e.tone, Width: 0.3, Dashed: e.dashed}
		if e.thick {
			curve.Width = 0.6
		}
		if e.in {
			curve.X1, curve.Y1, curve.X2, curve.Y2 = columns[0].x+columns[0].w, at[0][e.space], columns[1].x-0.4, at[1][e.workload]
		} else {
			curve.X1, curve.Y1, curve.X2, curve.Y2 = columns[1].x+columns[1].w, at[1][e.workload], columns[2].x-0.4, at[2][e.space]
		}
		d.Curves = append(d.Curves, curve)
	}
	words := "solid: allowed · dashed: cannot be excluded"
	if s.Declared {
		words = "thin blue: allowed as declared · thick red: allowed beyond what was declared · dashed: cannot be excluded"
	}
	d.Labels = append(d.Labels, Label{X: 0, Y: d.Height - 2.5, Size: 7, Text: words, Tone: Open})
	return d
}

// segmentGraph is the nodes of three columns and what leads between them.
type segmentGraph struct {
	nodes [3][]string
	edges []segmentEdge
}

type segmentEdge struct {
	space, workload string
	in, dashed      bool
	thick           bool // it was not declared
	tone            Tone
}

func (s Segments) graph(most int) segmentGraph {
	var g segmentGraph
	node := func(column int, name string) string {
		nodes := &g.nodes[column]
		if slices.Contains(*nodes, name) {
			return name
		}
		if len(*nodes) >= most-1 {
			name = "others"
		}
		if !slices.Contains(*nodes, name) {
			*nodes = append(*nodes, name)
		}
		return name
	}
	for _, a := range s.Arrows {
		e := segmentEdge{workload: node(1, a.Workload.Ref.Namespace+"/"+a.Workload.Ref.Name), in: a.Direction == network.Ingress, tone: Info, dashed: a.Allowed.IsEmpty()}
		column := 2
		if e.in {
			column = 0
		}
		e.space = node(column, a.Space)
		if !e.dashed && s.Declared && !a.Undeclared.IsEmpty() {
			e.tone, e.thick = Bad, true
		}
		if e.dashed {
			e.tone = Warn
		}
		edges := []segmentEdge{e}
		if !e.dashed && unsure(a.Allowed, a.Possible) { // both are drawn: what is allowed hides nothing
			e.tone, e.thick, e.dashed = Warn, false, true
			edges = append(edges, e)
		}
		for _, e := range edges {
			if !slices.Contains(g.edges, e) {
				g.edges = append(g.edges, e)
			}
		}
	}
	return g
}

// GraphWords says in words what the graph draws.
func (s Segments) GraphWords() []string {
	var words []string
	for _, a := range s.Arrows {
		words = append(words, s.ArrowWords(a))
	}
	return words
}

// ArrowWords says in words what an arrow over the edge of the zone shows.
func (s Segments) ArrowWords(a network.Arrow) string {
	from, to := a.Ends()
	if a.Allowed.IsEmpty() {
		return fmt.Sprintf("%s => %s : may %s", from, to, a.Possible)
	}
	text := fmt.Sprintf("%s => %s : %s", from, to, a.Allowed)
	if s.Declared && !a.Undeclared.IsEmpty() {
		text += ", not declared: " + a.Undeclared.String()
	}
	if unsure(a.Allowed, a.Possible) {
		text += ", may " + a.Possible.String()
	}
	return text
}

// MatrixWords says in words what the matrix draws: each pair of namespaces with
// something between them.
func (s Segments) MatrixWords() []string {
	var words []string
	for i, row := range s.Matrix.Cells {
		for j, c := range row {
			if c.Possible > 0 {
				words = append(words, s.CellWords(i, j))
			}
		}
	}
	return words
}

// CellWords says in words what a cell shows.
func (s Segments) CellWords(from, to int) string {
	text := s.Matrix.Spaces[from] + " => " + s.Matrix.Spaces[to] + " : "
	switch c := s.Matrix.Cells[from][to]; {
	case c.Pairs == 0:
		return text + "there is no pair of workloads"
	case c.Allowed > 0:
		text += fmt.Sprintf("%d of %d pairs of workloads, %s", c.Allowed, c.Pairs, c.Ports)
		if s.Unsure(from, to) {
			text += fmt.Sprintf("; of %d cannot be excluded %s", c.Possible, c.Unsure)
		}
		return text + splitWords(c)
	case c.Possible > 0:
		return text + fmt.Sprintf("%d of %d pairs of workloads cannot be excluded, %s", c.Possible, c.Pairs, c.Unsure) + splitWords(c)
	default:
		return text + fmt.Sprintf("nothing, of %d pairs of workloads", c.Pairs)
	}
}

// splitWords says of how many pairs it matters over which family of addresses they speak.
func splitWords(c network.Cell) string {
	if c.Split == 0 {
		return ""
	}
	return fmt.Sprintf("; of %d over IPv4 not what goes over IPv6", c.Split)
}

// segments draws the network of each cluster that was collected.
func (c *composer) segments() []Block {
	var blocks []Block
	for _, s := range c.Segments {
		name := s.Target.Name
		blocks = append(blocks, Heading{Level: 2, Text: "Who can reach whom in " + name}, Paragraph{Quiet: true, Text: "As network policies are configured. Whether the network plugin enforces them is " +
			"evidence of its own, and so is the penetration test of the segmentation. The cardholder data environment is framed."},
			Picture{Drawing: s.MatrixDrawing(), Caption: s.MatrixCaption(), Words: s.MatrixWords()})
		if s.hasZone() {
			blocks = append(blocks, Heading{Level: 2, Text: "The edge of the cardholder data environment in " + name},
				Picture{Drawing: s.GraphDrawing(), Caption: s.edgeCaption(), Words: s.GraphWords()})
		}
		if len(s.Gaps) > 0 {
			blocks = append(blocks, Callout{Title: "Not seen or not evaluated", Tone: Warn, Items: firstGaps(s.Gaps)})
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	return append([]Block{Heading{Level: 1, Text: "Segmentation as configured"}}, blocks...)
}

// MatrixCaption says what a matrix shows, and which namespaces it has no room for.
func (s Segments) MatrixCaption() string {
	caption := "A row sends, a column receives: connections between namespaces of " + s.Target.Name + "."
	drawn, all := s.shown(), s.Order()
	if len(drawn) == len(all) {
		return caption
	}
	var left []string
	for _, i := range all[len(drawn)-1 : len(all)-1] {
		left = append(left, s.Matrix.Spaces[i])
	}
	caption += fmt.Sprintf(" %d of %d namespaces are drawn, those of the cardholder data environment and those that cross its edge first. Not drawn: ",
		len(drawn)-1, len(all)-1)
	if more := len(left) - mostSpaces; more > 0 {
		return caption + strings.Join(left[:mostSpaces], ", ") + fmt.Sprintf(" and %d more.", more)
	}
	return caption + strings.Join(left, ", ") + "."
}

func (s Segments) edgeCaption() string {
	caption := "What network policies allow over the edge of the cardholder data environment."
	if s.Hosts > 0 {
		caption += " " + count(s.Hosts, "workload elsewhere is", "workloads elsewhere are") + " on the network of a node, where no policy applies, and not drawn."
	}
	return caption
}

// GapWords says in a line what was not seen or not evaluated, and why.
func GapWords(g engine.Gap) string {
	subject := (engine.Ref{Group: g.Kind.Group, Kind: g.Kind.Kind, Namespace: g.Namespace, Name: g.Name}).String()
	return strings.TrimSpace(subject + ": " + g.Cause)
}

// firstGaps says the first of what is not evaluated, and how many more there are.
func firstGaps(gaps []engine.Gap) []string {
	const most = 8
	var items []string
	for _, g := range gaps[:min(len(gaps), most)] {
		items = append(items, GapWords(g))
	}
	if len(gaps) > most {
		items = append(items, fmt.Sprintf("and %d more", len(gaps)-most))
	}
	return items
}
