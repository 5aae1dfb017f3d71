package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/reports"
	"tickmark/tui/theme"
)

// mostListed is how many connections are listed; the command line lists all.
const mostListed = 2000

// openCell lists the connections that the cell under the cursor sums up.
func (s *Network) openCell() Binding {
	b := opens("connections", "the connections that the cell sums up", "", nil)
	b.Keys = b.Keys[:1] // the arrows move over the columns
	from, to, chosen := s.cell()
	if !chosen {
		b.Why = "there is no cell under the cursor"
		return b
	}
	view, x := s.view(), s.shown
	names, cell := view.matrix.Matrix.Spaces, view.matrix.Matrix.Cells[from][to]
	if cell.Possible == 0 {
		b.Why = "nothing is allowed there"
		return b
	}
	in := func(name string) func(network.Peer) bool {
		return func(p network.Peer) bool {
			return p.Space == name || p.Space != network.Outside && view.of(p.Space) == name
		}
	}
	b.Do = func() tea.Cmd {
		return s.desk.listConnections(x, names[from]+" => "+names[to], in(names[from]), in(names[to]))
	}
	return b
}

// listKeys open what concerns the whole cluster.
func (s *Network) listKeys() []Binding {
	d, x := s.desk, s.shown
	in := Binding{Keys: []string{"i"}, Label: "into the CDE", Help: "what may come into the cardholder data environment", Do: func() tea.Cmd { return d.listEdge(x, network.Ingress) }}
	out := Binding{Keys: []string{"o"}, Label: "out of it", Help: "what may leave the cardholder data environment", Do: func() tea.Cmd { return d.listEdge(x, network.Egress) }}
	if !x.hasZone() {
		in.Why = "no namespace of it is classed as cardholder data environment"
		out.Why = in.Why
	}
	return []Binding{
		in, out,
		{Keys: []string{"d"}, Label: "default deny", Help: "where a default deny stands, and where it is missing", Do: func() tea.Cmd { return func() tea.Msg { return answer{x, newDefaultDeny(d, x)} } }},
		{Keys: []string{"w"}, Label: "ways in", Help: "the Services, Ingresses and routes that lead in from outside the cluster", Do: func() tea.Cmd { return func() tea.Msg { return answer{x, newWaysIn(d, x)} } }},
		x.gapKey(d),
	}
}

// gapKey lists what was not seen and not evaluated; every answer about the network has it.
func (x *examined) gapKey(d *Desk) Binding {
	b := Binding{Keys: []string{"u"}, Label: "unseen", Help: "what was not seen and what is not evaluated of this network", Do: func() tea.Cmd { return push(newNetworkGaps(d, x)) }}
	if len(x.Segments.Gaps) == 0 {
		b.Label, b.Why = "", "all of it was seen and evaluated"
	}
	return b
}

// answerRoll is a list that answers a question about a network, with what is not known.
func answerRoll(d *Desk, x *examined, crumb, help, empty string, rows []rollRow) *Roll {
	if n := len(x.Segments.Gaps); n > 0 {
		help += " ◌ " + count(n, "thing was", "things were") + " not seen or not evaluated; u lists them."
	}
	if !x.PoliciesSeen {
		help += " Not all NetworkPolicies were seen: what is shown as allowed may be denied."
	}
	s := newRoll(d, crumb, help, empty, func() []rollRow { return rows })
	s.keys = []Binding{x.gapKey(d)}
	return s
}

// listConnections lists what may pass between chosen peers.
func (d *Desk) listConnections(x *examined, title string, from, to func(network.Peer) bool) tea.Cmd {
	return func() tea.Msg {
		var rows []rollRow
		more := false
		x.ask(func(a *network.Analysis) {
			for c := range a.Between(from, to) {
				if more = len(rows) == mostListed; more {
					return
				}
				rows = append(rows, d.connectionRow(x, c))
			}
		})
		if more {
			rows = append(rows, rollRow{
				sign: sign{"…", "more", theme.Muted}, name: "more than " + thousands(mostListed) + " connections",
				about: "The first " + thousands(mostListed) + " are listed, and / looks among them. `tickmark network connections` lists all.",
			})
		}
		return answer{x, answerRoll(d, x, title, "What policies allow as configured; enter shows which do. What \"may\" pass cannot be excluded.", "Nothing passes there.", rows)}
	}
}

// withoutKind is the name of an end where there is no room for all of it.
func withoutKind(end string) string {
	if i := strings.LastIndexByte(end, '['); i > 0 {
		return end[:i]
	}
	return end
}

// portsWord is ports where there is no room for all of them.
func portsWord(ports string) string {
	if ports == network.AllPorts().String() {
		return "all ports"
	}
	return theme.Cut(ports, 16)
}

func (d *Desk) connectionRow(x *examined, c network.Connection) rollRow {
	r := rollRow{sign: sign{"●", "allowed", theme.Plain}, name: withoutKind(c.From), short: portsWord(c.AllowedText()), text: "=> " + withoutKind(c.To), about: c.String()}
	switch {
	case c.Allowed.IsEmpty():
		r.sign, r.short = sign{"?", "may", theme.Unseen}, portsWord(c.PossibleText())
		r.about = c.From + " => " + c.To + " : may " + c.Text(true) + ", which cannot be excluded"
	case !c.Certain():
		r.sign = sign{"?", "more may", theme.Unseen}
		r.about += ". Cannot be excluded: " + c.Text(true)
	}
	r.keys = []Binding{opens("policies", "the policies that allow or deny it, in the order in which they decide", "", func() tea.Cmd { return d.explain(x, c.From, c.To) })}
	return r
}

// listEdge lists what crosses the edge of the cardholder data environment in one
// direction: what was not declared first.
func (d *Desk) listEdge(x *examined, direction network.Direction) tea.Cmd {
	return func() tea.Msg {
		title, help := "Into the cardholder data environment", "What policies allow into it, namespace by namespace; enter lists the connections."
		if direction == network.Egress {
			title, help = "Out of the cardholder data environment", "What policies allow out of it, namespace by namespace; enter lists the connections."
		}
		if !x.Declared {
			help += " No connection was declared as needed over the edge; Scope does that."
		}
		if x.Hosts > 0 {
			help += " " + count(x.Hosts, "workload elsewhere is", "workloads elsewhere are") + " on the network of a node, where no policy is certain to hold, and not listed."
		}
		var rows []rollRow
		all := x.into
		if direction == network.Egress {
			all = x.outOf
		}
		for _, a := range all[:min(len(all), mostListed)] {
			rows = append(rows, d.arrowRow(x, a))
		}
		if n := len(all) - len(rows); n > 0 {
			rows = append(rows, rollRow{sign: sign{"…", "more", theme.Muted}, name: count(n, "more", "more"), about: "Those that were declared are listed last. `tickmark network connections` lists all."})
		}
		return answer{x, answerRoll(d, x, title, help, "Nothing crosses the edge that way.", rows)}
	}
}

// arrowsOf are the arrows of a direction, what was not declared first.
func (x *examined) arrowsOf(direction network.Direction) []network.Arrow {
	var of [3][]network.Arrow
	for _, a := range x.Arrows {
		if a.Direction == direction {
			rank, _ := x.arrowSign(a)
			of[rank] = append(of[rank], a)
		}
	}
	return slices.Concat(of[0], of[1], of[2])
}

// arrowSign is what is to be said of an arrow, and its rank among others.
func (x *examined) arrowSign(a network.Arrow) (int, sign) {
	switch {
	case a.Allowed.IsEmpty():
		return 1, sign{"?", "may", theme.Unseen}
	case !x.Declared:
		return 2, sign{"!", "allowed", theme.Warning}
	case !a.Undeclared.IsEmpty():
		return 0, sign{"!", "not declared", theme.Bad}
	case a.Allowed.String() != a.Possible.String():
		return 1, sign{"?", "more may", theme.Unseen}
	}
	return 2, sign{"✓", "declared", theme.Good}
}

func (d *Desk) arrowRow(x *examined, a network.Arrow) rollRow {
	from, to := a.Ends()
	r := rollRow{name: withoutKind(from), short: portsWord(a.Allowed.String()), text: "=> " + withoutKind(to), about: x.ArrowWords(a)}
	if a.Allowed.IsEmpty() {
		r.short = portsWord(a.Possible.String())
	}
	_, r.sign = x.arrowSign(a)
	space := func(p network.Peer) bool { return p.Space == a.Space }
	workload := func(p network.Peer) bool { return p.Name == a.Workload.String() }
	r.keys = []Binding{opens("connections", "the connections that it sums up", "", func() tea.Cmd {
		if a.Direction == network.Egress {
			return d.listConnections(x, from+" => "+to, workload, space)
		}
		return d.listConnections(x, from+" => "+to, space, workload)
	})}
	return r
}

// newNetworkGaps lists what was not seen and not evaluated.
func newNetworkGaps(d *Desk, x *examined) *Roll {
	var rows []rollRow
	for _, g := range x.Segments.Gaps {
		rows = append(rows, unknownRow(strings.ReplaceAll(g.Reason.String(), "-", " "), g))
	}
	return newRoll(d, "Not seen or not evaluated", "What may change who can reach whom, and was not seen or is not evaluated here. It is Unknown, never a pass.", "", func() []rollRow { return rows })
}

// unknownRow is something that was not seen or not evaluated.
func unknownRow(word string, g engine.Gap) rollRow {
	about := engine.Ref{Kind: g.Kind.Kind, Namespace: g.Namespace, Name: g.Name}
	return rollRow{sign: sign{"◌", word, theme.Unseen}, name: subjectName(about), text: g.Cause, about: reports.GapWords(g)}
}
