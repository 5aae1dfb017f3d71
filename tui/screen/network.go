package screen

import (
	"context"
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Network is who can reach whom in a cluster that was collected, as its policies
// configure it: a matrix of namespaces, of which a cell opens the connections, and a
// connection the policies that allow or deny it.
type Network struct {
	desk   *Desk
	target int // which of the targets that were seen
	run    *run
	shown  *examined // nil until it was analysed
	err    error

	classed bool            // classes of the scope in place of namespaces
	turned  bool            // a row receives
	rows    *list.List[int] // the spaces of the matrix
	column  int             // under the cursor
	left    int             // the first column that was drawn
	across  int             // how many were
}

// analysed is what an analysis gave. Only its screen understands it.
type analysed struct {
	screen *Network
	target int
	found  *examined
	err    error
}

// answer is a screen that answers a question about a network. Who left the room before it
// came does not see it.
type answer struct {
	of     *examined
	screen Screen
}

func newNetwork(d *Desk) *Network {
	s := &Network{desk: d}
	s.rows = list.New(func(space int) string { return s.view().matrix.Matrix.Spaces[space] })
	if len(d.picture.Seen) == 0 {
		return s
	}
	if d.examined != nil && d.picture.seenAt(d.examined.Seen.Snapshot) >= 0 {
		s.target = d.picture.seenAt(d.examined.Seen.Snapshot)
	}
	return s
}

// seenAt is the place of a snapshot among those that are newest, -1 if it is none.
func (p *Picture) seenAt(snapshot engine.Digest) int {
	for i, seen := range p.Seen {
		if seen.Snapshot == snapshot {
			return i
		}
	}
	return -1
}

// Start analyses what was seen last, beside the desk: nothing waits for it.
func (s *Network) Start() tea.Cmd {
	if len(s.desk.picture.Seen) == 0 {
		return nil
	}
	return s.analyse(s.target)
}

// analyse reads and analyses a target, or the next one in which something runs.
func (s *Network) analyse(target int) tea.Cmd {
	var ctx context.Context
	s.run, ctx = beginRun(s.desk)
	s.err = nil
	d, f := s.desk, newFeed(s.desk.Now)
	before, seen := d.examined, d.picture.Seen
	work := func() tea.Msg {
		defer f.close()
		at, found, err := d.examineFirst(ctx, before, seen, target, f.post)
		return analysed{screen: s, target: at, found: found, err: err}
	}
	return tea.Batch(work, f.wait(s))
}

// Update takes progress and the analysis.
func (s *Network) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case progressed:
		if msg.screen == s {
			for _, at := range msg.all {
				if s.run != nil {
					s.run.at = at
				}
			}
			return tea.Batch(cmd, msg.feed.wait(s))
		}
	case analysed:
		if msg.screen == s {
			s.ended(msg)
		}
	case answer:
		if msg.of == s.shown {
			return tea.Batch(cmd, push(msg.screen))
		}
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

func (s *Network) ended(msg analysed) {
	s.run.stop()
	s.run, s.err = nil, msg.err
	if msg.err != nil {
		return
	}
	s.target, s.shown, s.desk.examined = msg.target, msg.found, msg.found
	s.lay()
}

// lay puts the spaces of the matrix into rows.
func (s *Network) lay() {
	s.rows.SetFilter("")
	s.rows.SetItems(s.view().order)
	s.rows.Home()
	s.column, s.left = 0, 0
}

// view is the matrix that is looked at.
func (s *Network) view() spaces {
	if s.classed {
		return s.shown.classes
	}
	return s.shown.namespaces
}

// Leave stops what runs.
func (s *Network) Leave() tea.Cmd {
	s.run.stop()
	return nil
}

// Busy reports whether the vault is being read.
func (s *Network) Busy() bool { return s.run != nil }

// Head names the room.
func (s *Network) Head() Head {
	h := s.desk.head("Network")
	h.Typing = s.rows.Typing()
	return h
}

// Bindings move over the matrix, and open what a cell sums up.
func (s *Network) Bindings() []Binding {
	if s.run != nil {
		return s.run.stopping("nothing is kept of it")
	}
	again := Binding{Keys: []string{"tab"}, Label: "next cluster", Help: "the next cluster that was collected", Do: func() tea.Cmd { return s.analyse((s.target + 1) % len(s.desk.picture.Seen)) }}
	leave := back(s.rows)
	leave.Keys = leave.Keys[:2] // the arrows move over the columns
	if len(s.desk.picture.Seen) < 2 {
		again.Why = "one target was collected, and no more"
	}
	if s.shown == nil || len(s.view().order) == 0 {
		retry := Binding{Keys: []string{"enter"}, Label: "analyse", Help: "analyse what was collected", Do: func() tea.Cmd { return s.analyse(s.target) }}
		if len(s.desk.picture.Seen) == 0 {
			retry.Why, again.Why = "nothing was collected yet", "nothing was collected yet"
		}
		return []Binding{retry, again, leave}
	}
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			s.column = max(0, min(s.column+by, len(s.view().order)-1))
			return nil
		}
	}
	page := max(1, s.across-1)
	bindings := append([]Binding{s.openCell()}, s.listKeys()...)
	bindings = append(bindings,
		Binding{Keys: []string{"c"}, Label: "classes", Help: "classes of the scope in place of namespaces, or namespaces again", Do: func() tea.Cmd { s.classed = !s.classed; s.lay(); return nil }},
		Binding{Keys: []string{"t"}, Help: "turn the matrix: a row receives, a column sends", Do: func() tea.Cmd { s.turned = !s.turned; return nil }},
		again, leave,
		Binding{Keys: []string{"right", "l"}, Help: "next column", Do: step(1)},
		Binding{Keys: []string{"left", "h"}, Help: "column before", Do: step(-1)},
		Binding{Keys: []string{">", "shift+right"}, Help: "columns further to the right", Do: func() tea.Cmd { return step(page)() }},
		Binding{Keys: []string{"<", "shift+left"}, Help: "columns further to the left", Do: func() tea.Cmd { return step(-page)() }},
		Binding{Keys: []string{"0"}, Help: "first column", Do: step(-len(s.view().order))},
		Binding{Keys: []string{"$"}, Help: "last column", Do: step(len(s.view().order))},
	)
	return append(bindings, moving(s.rows, nil)...)
}

// cell is the cell under the cursor: what sends and what receives.
func (s *Network) cell() (from, to int, chosen bool) {
	row, chosen := s.rows.Selected()
	order := s.view().order
	if !chosen || s.column >= len(order) {
		return 0, 0, false
	}
	if column := order[s.column]; s.turned {
		return column, row, true
	} else {
		return row, column, true
	}
}

// Draw shows the matrix, or why there is none.
func (s *Network) Draw(c Canvas) []string {
	switch {
	case len(s.desk.picture.Seen) == 0:
		return indent(gutter, append([]string{""}, theme.Wrap("Nothing was collected yet. Collect looks at a cluster, its manifests or a dump of it.", c.Width-2)...))
	case s.run != nil:
		return s.underWay(c)
	case s.err != nil:
		text, tone := "✗ "+s.err.Error(), theme.Bad
		if errors.Is(s.err, context.Canceled) {
			text, tone = "! Stopped. enter analyses it.", theme.Warning
		}
		lines := []string{""}
		for _, line := range theme.Wrap(text, c.Width-2) {
			lines = append(lines, gutter+c.Theme.Paint(tone, line))
		}
		return lines
	case s.shown == nil:
		return nil
	case len(s.view().order) == 0:
		return indent(gutter, append([]string{""}, theme.Wrap("Nothing that runs was seen in "+theme.Clean(s.shown.Target.Name)+": that there is no connection says nothing.", c.Width-2)...))
	}
	return s.drawMatrix(c)
}

func (s *Network) underWay(c Canvas) []string {
	text := fmt.Sprintf("Reading what was collected: %s.", count(s.run.at.Seen, "object", "objects"))
	if s.run.at.What != "" {
		text = theme.Clean(s.run.at.What) + ": " + count(s.run.at.Seen, "object", "objects") + " read."
	}
	return []string{"", gutter + theme.Cut(text, c.Width-2), "", gutter + c.Theme.Paint(theme.Accent, "Who can reach whom is worked out beside the desk; esc stops it.")}
}
