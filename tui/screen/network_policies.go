package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/tui/theme"
)

// explain shows the policies that allow or deny a connection.
func (d *Desk) explain(x *examined, from, to string) tea.Cmd {
	return func() tea.Msg {
		var e network.Explanation
		var ways []network.WayIn
		var err error
		x.ask(func(a *network.Analysis) {
			e, err = a.Explain(from, to)
			ways = slices.DeleteFunc(slices.Clone(a.WaysIn()), func(w network.WayIn) bool { return w.Through != from || w.To.String() != to })
		})
		if err != nil {
			return Note{Text: err.Error(), Tone: theme.Bad}
		}
		return answer{x, newPolicies(d, x, e, ways)}
	}
}

// newPolicies lists what decides a connection, in the order in which it is decided.
func newPolicies(d *Desk, x *examined, e network.Explanation, ways []network.WayIn) *Roll {
	c := e.Connection
	help := c.String() + "."
	if !c.Certain() {
		help = c.From + " => " + c.To + " : " + c.Text(false) + ", may be " + c.Text(true) + "."
	}
	help += " Decided by what stands below: of the source for what goes out, of the destination for what comes in."
	var rows []rollRow
	for _, w := range ways {
		rows = append(rows, rollRow{sign: sign{"→", "leads in", theme.Plain}, name: subjectName(w.By), short: "in front", text: "to " + w.Ports.String(), about: w.By.String() + " leads by " + w.Through + " to " + w.To.String(), keys: []Binding{d.readPolicy(x, w.By)}})
	}
	rows = append(rows, d.sideRows(x, e, network.Egress, c.From)...)
	rows = append(rows, d.sideRows(x, e, network.Ingress, c.To)...)
	for _, g := range x.Segments.Gaps {
		if x.concerns(g, c) {
			rows = append(rows, unknownRow("not known", g))
		}
	}
	return answerRoll(d, x, "Policies", help, "", rows)
}

// concerns reports whether what is not known may change a connection: it is of the whole
// cluster, of a namespace of its ends, or of an end itself.
func (x *examined) concerns(g engine.Gap, c network.Connection) bool {
	if g.Namespace == "" {
		return true
	}
	about := g.Namespace + "/"
	if slices.ContainsFunc(x.Analysis.Workloads(), func(w network.Workload) bool {
		return w.Ref.Of() == g.Kind && w.Ref.Namespace == g.Namespace && w.Ref.Name == g.Name
	}) {
		about += g.Name + "["
	}
	return strings.HasPrefix(c.From, about) || strings.HasPrefix(c.To, about)
}

// sideRows are the policies of one end of a connection.
func (d *Desk) sideRows(x *examined, e network.Explanation, direction network.Direction, end string) []rollRow {
	i := slices.IndexFunc(x.Analysis.Workloads(), func(w network.Workload) bool { return w.String() == end })
	if i < 0 {
		return nil // what is outside has no policy
	}
	var rows []rollRow
	for _, effect := range e.Effects {
		if effect.Direction == direction {
			rows = append(rows, d.effectRow(x, effect))
		}
	}
	switch {
	case x.Analysis.Workloads()[i].HostNetwork:
		rows = append(rows, rollRow{
			sign: sign{"◌", "node", theme.Unseen}, name: "on its node", short: direction.String(), text: "whether a policy applies is the network plugin's choice",
			about: end + " is on the network of its node: whether a policy applies to it is the network plugin's choice.",
		})
	case len(rows) == 0:
		text := "holds what " + withoutKind(end) + " opens: all is allowed"
		if direction == network.Ingress {
			text = "holds what comes to " + withoutKind(end) + ": all is allowed"
		}
		rows = append(rows, rollRow{sign: sign{"●", "open", theme.Warning}, name: "no policy", short: direction.String(), text: text, about: "No policy " + text + "."})
	}
	return rows
}

func (d *Desk) effectRow(x *examined, e network.Effect) rollRow {
	text := strings.TrimPrefix(e.String(), e.Direction.String()+": "+e.Policy.String()+" ")
	r := rollRow{name: subjectName(e.Policy), short: e.Direction.String(), text: text, about: e.String() + ". Tier " + e.Tier.String(), keys: []Binding{d.readPolicy(x, e.Policy)}}
	switch e.Action {
	case network.Allow:
		r.sign = sign{"●", "allows", theme.Plain}
	case network.Deny:
		r.sign = sign{"✗", "denies", theme.Good}
		if e.Rule == 0 {
			r.sign.word = "isolates"
		}
	case network.Pass:
		r.sign = sign{"→", "passes on", theme.Muted}
	}
	if !e.Certain {
		r.sign = sign{"◌", r.sign.word + "?", theme.Unseen}
	}
	return r
}

// readPolicy reads an object as it was collected.
func (d *Desk) readPolicy(x *examined, ref engine.Ref) Binding {
	i := slices.IndexFunc(x.Snapshot.Entries, func(e engine.Entry) bool { return e.Ref == ref })
	b := opens("read", "read it as it was collected", "", nil)
	if i < 0 {
		b.Why = "it is not among what was collected"
		return b
	}
	digest, v, ctx := x.Snapshot.Entries[i].Digest, d.vault, d.ctx
	b.Do = func() tea.Cmd {
		return func() tea.Msg {
			body, err := v.Body(ctx, digest)
			if err != nil {
				return answer{x, newReading(d, subjectName(ref), failedDocument(err))}
			}
			return answer{x, newReading(d, subjectName(ref), NewDocument(body))}
		}
	}
	return b
}

// Reading is a page with one document.
type Reading struct {
	desk     *Desk
	crumb    string
	document *Document
}

func newReading(d *Desk, crumb string, document *Document) *Reading {
	return &Reading{d, crumb, document}
}

// Start has nothing to do.
func (s *Reading) Start() tea.Cmd { return nil }

// Update takes what is typed into the filter.
func (s *Reading) Update(msg tea.Msg) tea.Cmd {
	if key, is := msg.(tea.KeyMsg); is {
		typeFilter(s.document.rows, key)
	}
	return s.desk.take(msg)
}

// Head names the document.
func (s *Reading) Head() Head {
	h := s.desk.head(s.crumb)
	h.Typing = s.document.rows.Typing()
	return h
}

// Bindings fold and move.
func (s *Reading) Bindings() []Binding {
	fold := Binding{Keys: []string{"enter", " "}, Label: "fold", Help: "fold or unfold what the line under the cursor opens", Why: s.document.flat(), Do: s.document.Fold}
	return append([]Binding{fold, back(s.document.rows)}, moving(s.document.rows, nil)...)
}

// Draw shows it.
func (s *Reading) Draw(c Canvas) []string {
	return append([]string{""}, s.document.Draw(c.narrower(c.Width, c.Height-1), true)...)
}
