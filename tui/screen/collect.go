package screen

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// Collect collects from the sources that cmd gave, and shows how far each is.
type Collect struct {
	desk     *Desk
	progress map[string]engine.Progress
	named    map[string]bool // what is asked for by name, none at first
	run      *run            // nil while nothing is collected
	// evaluating is when the sources were through, zero before.
	evaluating time.Time
	done       bool
	result     vault.Collected
	gaps       *list.List[string]
	err        error
}

// progressed is how far the sources are; the next is asked for when it was taken.
type progressed struct {
	screen Screen
	feed   *feed
	all    map[string]engine.Progress
}

// collected is what a collection gave, and what it could not see.
type collected struct {
	screen *Collect
	result vault.Collected
	gaps   []string
	err    error
}

func newCollect(d *Desk) *Collect {
	s := &Collect{desk: d, progress: map[string]engine.Progress{}, named: map[string]bool{}}
	s.gaps = list.New(func(g string) string { return g })
	return s
}

// Start waits for the person: collecting is looking at somebody's systems.
func (s *Collect) Start() tea.Cmd { return nil }

// Update takes progress and results.
func (s *Collect) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case progressed:
		if msg.screen == s {
			s.progress = msg.all
			if _, evaluates := msg.all[engine.Evaluating]; evaluates && s.evaluating.IsZero() {
				s.evaluating = s.desk.Now()
			}
			return tea.Batch(cmd, msg.feed.wait(s))
		}
	case collected:
		if msg.screen == s {
			return tea.Batch(cmd, s.ended(msg))
		}
	case tea.KeyMsg:
		typeFilter(s.gaps, msg)
	}
	return cmd
}

func (s *Collect) ended(msg collected) tea.Cmd {
	s.run.stop()
	s.run, s.done, s.err, s.result = nil, true, msg.err, msg.result
	s.gaps.SetItems(msg.gaps)
	d := s.desk
	return d.do(func() changed {
		picture, err := d.look()
		return changed{picture: picture, err: err}
	})
}

// Leave stops what runs.
func (s *Collect) Leave() tea.Cmd {
	s.run.stop()
	return nil
}

// Busy reports whether it runs: the vault is being written to.
func (s *Collect) Busy() bool { return s.run != nil }

// Head is the title's.
func (s *Collect) Head() Head {
	h := s.desk.head("Collect")
	h.Typing = s.gaps.Typing()
	return h
}

// Bindings start and stop.
func (s *Collect) Bindings() []Binding {
	if s.run != nil {
		return s.run.stopping("what was seen so far stays, the rest becomes gaps")
	}
	start := Binding{Keys: []string{"enter"}, Label: "collect", Help: "look at the sources; nothing in them is changed", Why: s.desk.fixed(), Do: s.start}
	if s.done {
		start.Label = "collect again"
	}
	if len(s.desk.Collection.Collectors) == 0 {
		start.Why = "no source was named; s names one"
	}
	bindings := append([]Binding{start}, s.sourceKeys()...)
	for i, r := range s.reserved() {
		bindings = append(bindings, Binding{
			Keys: []string{fmt.Sprint(i + 1)}, Label: "with " + r.Name, Help: "ask for " + r.Name + " as well, or no more: " + r.Warning, Why: s.desk.fixed(),
			Do: func() tea.Cmd { s.named[r.Name] = !s.named[r.Name]; return nil },
		})
	}
	return append(append(bindings, back(s.gaps)), moving(s.gaps, nil)...)
}

func (s *Collect) start() tea.Cmd {
	var ctx context.Context
	s.run, ctx = beginRun(s.desk)
	s.done, s.err, s.evaluating = false, nil, time.Time{}
	s.progress = map[string]engine.Progress{}
	s.gaps.SetItems(nil)
	f := newFeed(s.desk.Now)
	d := s.desk
	sources := s.collectors()
	work := func() tea.Msg {
		defer f.close()
		c, err := d.collection(ctx, f.post)
		if err != nil {
			return collected{screen: s, err: err}
		}
		c.Collectors = sources
		result, err := d.vault.Collect(ctx, c)
		return collected{screen: s, result: result, gaps: d.gapsOf(result), err: err}
	}
	return tea.Batch(work, f.wait(s))
}

// maxGaps is how many gaps are listed here; the vault keeps all.
const maxGaps = 2000

// gapsOf reads what a collection could not see.
func (d *Desk) gapsOf(result vault.Collected) []string {
	var gaps []string
	for source, err := range result.Failed {
		gaps = append(gaps, theme.Clean(source+": nothing could be seen: "+err.Error()))
	}
	for _, target := range result.Recorded.Targets {
		snapshot, err := d.vault.Snapshot(d.ctx, target.Snapshot)
		if err != nil {
			gaps = append(gaps, theme.Clean(err.Error()))
			continue
		}
		for _, gap := range snapshot.Gaps {
			if len(gaps) >= maxGaps {
				return append(gaps, "… more than are listed here; the vault keeps all")
			}
			gaps = append(gaps, gapText(gap))
		}
	}
	return gaps
}

// Draw shows the sources, then what they did not show.
func (s *Collect) Draw(c Canvas) []string {
	sources := s.desk.Collection.Collectors
	if len(sources) == 0 {
		return s.howTo(c)
	}
	lines := []string{"", gutter + heading(c.narrower(c.Width-2, 1), "Sources", "read only: nothing in them is changed; "+s.checksLine()), ""}
	for _, source := range sources {
		lines = append(lines, gutter+s.sourceLine(c.narrower(c.Width-2, 1), source.Source()))
	}
	lines = append(lines, indent(gutter, s.reservedLines(c))...)
	lines = append(lines, "")
	lines = append(lines, indent(gutter, s.outcome(c))...)
	if s.gaps.Total() > 0 {
		lines = append(lines, "", gutter+heading(c.narrower(c.Width-2, 1), "Gaps", "what could not be seen is Unknown, never a pass"))
		lines = append(lines, filterLine(c, s.gaps)...)
		about := s.gapAbout(c)
		lines = append(lines, s.gaps.Draw(c.Height-len(lines)-len(about), func(g string, selected bool) string {
			return row(c, c.Theme.Paint(theme.Unseen, "◌")+" "+g, selected, true)
		})...)
		lines = append(lines, about...)
	}
	return lines
}

// gapAbout is all of the gap under the cursor, where its row cannot hold it.
func (s *Collect) gapAbout(c Canvas) []string {
	gap, chosen := s.gaps.Selected()
	if !chosen || theme.Width(gap) <= c.Width-6 {
		return nil
	}
	return whole(c, gap, 1)
}

func (s *Collect) sourceLine(c Canvas, source string) string {
	room := max(20, c.Width/3)
	name := theme.Fit(theme.CutLeft(theme.Clean(source), room), room) + "  "
	p, seen := s.progress[source]
	if !seen {
		word := "waits for enter"
		if s.run != nil {
			word = "waits for its turn"
		}
		return name + c.Theme.Paint(theme.Muted, word)
	}
	text := farText(p, s.run.seconds(s.desk.Now()))
	text += "  " + c.Theme.Paint(theme.Unseen, "◌ "+count(p.Gaps, "gap", "gaps"))
	if s.run != nil {
		text += "  " + c.Theme.Paint(theme.Muted, theme.Clean(p.What))
	}
	return name + text
}

// outcome says what came of it.
func (s *Collect) outcome(c Canvas) []string {
	var lines []string
	if s.err != nil {
		text := "✗ " + s.err.Error()
		if errors.Is(s.err, context.Canceled) {
			text = "! Stopped. What was seen and recorded before stays."
		}
		for _, line := range theme.Wrap(text, c.Width-3) {
			lines = append(lines, c.Theme.Paint(theme.Bad, line))
		}
	}
	if s.done && len(s.result.Recorded.Evidence) > 0 {
		var counts [4]int
		for _, item := range s.result.Recorded.Evidence {
			counts[item.Result.Verdict]++
		}
		lines = append(lines, c.Theme.Paint(theme.Good, "✓ recorded as evidence: "+count(len(s.result.Recorded.Evidence), "result", "results")))
		line := ""
		for _, v := range []engine.Verdict{engine.Fail, engine.Unknown, engine.Pass, engine.NotApplicable} {
			mark := verdictSign(v)
			line += c.Theme.Paint(mark.tone, fmt.Sprintf("%s %d %s", mark.glyph, counts[v], mark.word)) + "   "
		}
		lines = append(lines, line)
	}
	if s.done {
		lines = append(lines, s.keptWords(c)...)
	}
	if at, evaluates := s.progress[engine.Evaluating]; s.run != nil && evaluates {
		lines = append(lines, c.Theme.Paint(theme.Accent, "Evaluating; esc stops it."), s.evaluatingLine(c, at))
	} else if s.run != nil {
		lines = append(lines, c.Theme.Paint(theme.Accent, "Collecting; esc stops it."))
	}
	return lines
}

// evaluatingLine says how far the checks are, how fast, and how long the rest takes.
func (s *Collect) evaluatingLine(c Canvas, at engine.Progress) string {
	text := bar(at.Seen, max(at.Total, 1), 12) + fmt.Sprintf(" %d of %s", at.Seen, count(at.Total, "check", "checks"))
	if seconds := s.desk.Now().Sub(s.evaluating).Seconds(); seconds >= 1 && at.Seen > 0 && at.Seen < at.Total {
		text += fmt.Sprintf(", %.0f s left", float64(at.Total-at.Seen)*seconds/float64(at.Seen))
	}
	return text + "  " + c.Theme.Paint(theme.Muted, theme.Cut(theme.Clean(at.What), max(1, c.Width-5-theme.Width(text))))
}

// howTo says how sources are named.
func (s *Collect) howTo(c Canvas) []string {
	lines := []string{"", heading(c, "No source is named yet", ""), ""}
	lines = append(lines, theme.Wrap("s names one: a live cluster by its context, manifests, a saved dump of a cluster, or what other tools wrote. p reads policies of your own. Evaluated are "+s.checksLine()+".", c.Width-4)...)
	lines = append(lines, "")
	path := questionnaires.ShellQuoted(s.desk.Path)
	for _, way := range [][2]string{
		{"from the start", "tickmark open " + path + " --context CONTEXT"},
		{"the least role", "tickmark collect --print-role"},
	} {
		lines = append(lines, labelled(c.Theme, way[0], way[1], 17, c.Width-4)...)
	}
	return indent(gutter, lines)
}
