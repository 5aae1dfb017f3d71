package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine/network"
	"tickmark/tui/theme"
)

// newDefaultDeny lists where nothing denies by default, the cardholder data environment
// first, and then where something does.
func newDefaultDeny(d *Desk, x *examined) *Roll {
	var rows [4][]rollRow
	for i, namespace := range x.Matrix.Spaces[:len(x.Matrix.Spaces)-1] {
		for _, direction := range []network.Direction{network.Ingress, network.Egress} {
			rank, row := d.denyRow(x, namespace, direction)
			if !x.Zone[i] {
				rank++
			} else {
				row.text = "cardholder data environment" + row.text
			}
			rows[rank] = append(rows[rank], row)
		}
	}
	help := "A namespace denies by default where a NetworkPolicy isolates all its pods, those to come included, and no other opens everything again."
	return answerRoll(d, x, "Default deny", help, "", slices.Concat(rows[0], rows[1], rows[2], rows[3]))
}

// edgeLines sum up, below a matrix that leaves room for it, what stands open at the edge
// of the cardholder data environment.
func (s *Network) edgeLines(c Canvas) []string {
	x := s.shown
	if !x.hasZone() || c.Height < 4 {
		return nil
	}
	lines := []string{"", gutter + heading(c.narrower(c.Width-2, 1), "The edge of the cardholder data environment", "")}
	if x.PoliciesSeen {
		text, tone := "✓ every namespace of it denies by default", theme.Good
		if n := len(x.open); n > 0 {
			text, tone = "✗ default deny missing: "+strings.Join(x.open, ", "), theme.Bad
		}
		lines = append(lines, gutter+c.Theme.Paint(tone, theme.Cut(theme.Clean(text), c.Width-2)))
	}
	for _, of := range []struct {
		word   string
		arrows []network.Arrow
	}{{"into it", x.into}, {"out of it", x.outOf}} {
		lines = append(lines, gutter+heading(c.narrower(c.Width-2, 1), theme.Fit(of.word, 10), x.countArrows(of.arrows)))
		for _, a := range of.arrows[:min(len(of.arrows), max(0, (c.Height-5)/2))] {
			_, mark := x.arrowSign(a)
			lines = append(lines, gutter+"  "+c.Theme.Paint(mark.tone, theme.Fit(mark.text(), 14))+" "+theme.Cut(theme.Clean(x.ArrowWords(a)), c.Width-20))
		}
	}
	if len(lines) > c.Height {
		lines = lines[1:] // rather than what it says
	}
	return lines[:min(len(lines), c.Height)]
}

// countArrows counts what crosses the edge in one direction by what is to be said of it.
func (x *examined) countArrows(arrows []network.Arrow) string {
	var of [3]int
	for _, a := range arrows {
		rank, _ := x.arrowSign(a)
		of[rank]++
	}
	switch {
	case len(arrows) == 0:
		return "nothing"
	case !x.Declared:
		return fmt.Sprintf("%s allowed, %s in doubt; no connection was declared as needed", thousands(of[2]), thousands(of[1]))
	}
	return fmt.Sprintf("%s not declared, %s declared, %s in doubt", thousands(of[0]), thousands(of[2]), thousands(of[1]))
}

// denyRow says of a namespace and a direction whether something denies by default. Its
// rank is 0 where that is missing or unknown, else 2.
func (d *Desk) denyRow(x *examined, namespace string, direction network.Direction) (int, rollRow) {
	rank, row := 2, rollRow{sign: sign{"✓", "denies", theme.Good}, name: namespace, short: direction.String(), about: namespace + " denies " + direction.String() + " by default."}
	at := slices.IndexFunc(x.undenied, func(u network.Undenied) bool { return u.Namespace == namespace && u.Direction == direction })
	switch {
	case !x.PoliciesSeen:
		rank, row.sign, row.about = 0, sign{"◌", "unknown", theme.Unseen}, "Not all NetworkPolicies were seen."
	case at >= 0 && len(x.undenied[at].OpenedBy) > 0:
		row.about = "A default deny of " + namespace + " is undone: everything is opened again by"
		for i, ref := range x.undenied[at].OpenedBy {
			if i > 0 {
				row.about += ","
			}
			row.about += " " + ref.Name
			row.text += ", opened by " + ref.Name
		}
		rank, row.sign = 0, sign{"✗", "undone", theme.Bad}
	case at >= 0:
		rank, row.sign, row.about = 0, sign{"✗", "missing", theme.Bad}, "No NetworkPolicy isolates all pods of "+namespace+" for "+direction.String()+"."
	}
	own := func(p network.Peer) bool { return p.Space == namespace }
	anyone := func(network.Peer) bool { return true }
	row.keys = []Binding{opens("connections", "what may pass into it, or out of it", "", func() tea.Cmd {
		if direction == network.Egress {
			return d.listConnections(x, "out of "+namespace, own, anyone)
		}
		return d.listConnections(x, "into "+namespace, anyone, own)
	})}
	return rank, row
}

// newWaysIn lists what leads from outside the cluster to workloads, those of the
// cardholder data environment first.
func newWaysIn(d *Desk, x *examined) *Roll {
	var ways []network.WayIn
	x.ask(func(a *network.Analysis) { ways = a.WaysIn() })
	var rows [2][]rollRow
	for _, w := range ways {
		rank, row := 1, rollRow{sign: sign{"●", "allowed", theme.Plain}, name: subjectName(w.By), short: portsWord(w.Allowed.String()), text: "=> " + withoutKind(w.To.String())}
		row.about = w.By.String() + " leads by " + w.Through + " to " + w.To.String() + " : " + w.Ports.String() + ". Of these policies allow " + w.Allowed.String() + " to a pod of which nothing is known."
		if x.inZone(w.To.Ref.Namespace) {
			rank, row.sign = 0, sign{"!", "into the CDE", theme.Warning}
		}
		switch {
		case w.Possible.IsEmpty():
			row.sign = sign{"–", "denied", theme.Good}
		case w.Allowed.IsEmpty():
			row.sign, row.short = sign{"?", "may", theme.Unseen}, portsWord(w.Possible.String())
		}
		row.keys = []Binding{opens("connections", "what may pass over it", "", func() tea.Cmd {
			return d.listConnections(x, "into "+w.To.String(), func(p network.Peer) bool { return p.Space == w.Through || p.Space == network.Outside },
				func(p network.Peer) bool { return p.Name == w.To.String() })
		})}
		rows[rank] = append(rows[rank], row)
	}
	return answerRoll(d, x, "Ways in", "Services, Ingresses and routes by which what is outside the cluster reaches workloads. A controller in front counts as a pod of which nothing is known.",
		"Nothing that was seen leads in from outside the cluster.", slices.Concat(rows[0], rows[1]))
}
