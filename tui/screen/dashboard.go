package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// Dashboard says how far the assessment is and what needs a person. It counts
// answers and never says compliance.
type Dashboard struct {
	desk *Desk
	rows *list.List[questionnaires.PrincipalProgress]
}

// NewDashboard returns the first page of an open assessment.
func NewDashboard(d *Desk) *Dashboard {
	s := &Dashboard{desk: d}
	s.rows = list.New(func(p questionnaires.PrincipalProgress) string { return p.ID.String() + " " + p.Title })
	s.rows.SetItems(d.picture.Progress.Principals)
	return s
}

// Start has nothing to do: the desk was read when it was opened.
func (s *Dashboard) Start() tea.Cmd { return nil }

// Update follows the assessment.
func (s *Dashboard) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		s.rows.SetItems(s.desk.picture.Progress.Principals)
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	}
	return cmd
}

// Leave has nothing to save.
func (s *Dashboard) Leave() tea.Cmd { return nil }

// Busy reports whether something is being saved.
func (s *Dashboard) Busy() bool { return s.desk.busy() }

// Head names the entity and its form.
func (s *Dashboard) Head() Head {
	a := s.desk.picture.Assessment
	h := s.desk.head(a.Entity + " › " + s.desk.nameOf(a.Details))
	h.Typing = s.rows.Typing()
	return h
}

// Bindings lead to everything else.
func (s *Dashboard) Bindings() []Binding {
	d := s.desk
	bindings := []Binding{
		{Keys: []string{"enter", "right", "l"}, Label: "open", Help: "the requirements of this principal requirement", Do: func() tea.Cmd {
			p, chosen := s.rows.Selected()
			if !chosen {
				return nil
			}
			return push(newRequirements(d, p.ID))
		}},
		{Keys: []string{":"}, Label: "go to", Help: "everything else: scope, which SAQ, risk analyses, responsibility, assessments", Do: func() tea.Cmd { return push(newRooms(d)) }},
		{Keys: []string{"p"}, Label: "problems", Help: "what stands between this and a report that is no draft", Do: func() tea.Cmd {
			return push(newProblems(d))
		}},
		{Keys: []string{"e"}, Label: "evidence", Help: "everything that was collected or attached", Do: func() tea.Cmd {
			return push(newEvidenceList(d))
		}},
		{Keys: []string{"c"}, Label: "collect", Help: "collect evidence", Why: d.fixed(), Do: func() tea.Cmd { return push(newCollect(d)) }},
		{Keys: []string{"r"}, Label: "report", Help: "print the report", Do: func() tea.Cmd { return push(newReport(d)) }},
		{Keys: []string{"a"}, Label: "all", Help: "all requirements", Do: func() tea.Cmd {
			return push(newRequirements(d, questionnaires.RequirementID{}))
		}},
	}
	bindings = append(append(bindings, d.changesKey()), d.undoBindings(questionnaires.RequirementID{})...)
	if d.version != "" {
		bindings = append(bindings, back(s.rows))
	}
	return append(bindings, moving(s.rows, nil)...)
}

// Draw shows the sums, a line per principal requirement, and the last collections.
func (s *Dashboard) Draw(c Canvas) []string {
	lines := append([]string{""}, s.sums(c)...)
	lines = append(lines, filterLine(c, s.rows)...)
	cells := cellsFor(c.Width)
	head := len(lines)
	lines = append(lines, cells.head(c))
	collections := slices.Concat(s.stageLine(c), s.lastYearLine(c), s.requestLine(c), s.noteLine(c), s.collections(c), s.sinceLine(c), s.desk.received.draw(c, s.desk.Now()))
	waits := s.waits()
	room := max(3, c.Height-len(lines)-min(len(collections), 5)-1-min(len(waits), 1))
	if s.rows.Len() > room && s.rows.Filter() == "" {
		lines[head] = c.Theme.Paint(theme.Muted, theme.Fit(gutter+s.rows.Position(), cells.title+6)+theme.Strip(lines[head])[cells.title+6:])
	}
	rows := s.rows.Draw(min(room, max(1, s.rows.Len())), func(p questionnaires.PrincipalProgress, selected bool) string {
		return row(c, cells.line(c, p), selected, true)
	})
	lines = append(append(lines, rows...), "")
	lines = append(lines, collections...)
	if room := c.Height - len(lines) - 1; room >= 4 {
		return append(lines, s.waiting(c, waits, room)...)
	}
	return append(lines, s.waitingLine(c, waits)...)
}

func (s *Dashboard) sums(c Canvas) []string {
	p, problems := s.desk.picture.Progress, len(s.desk.picture.Problems)
	first := fmt.Sprintf("Answered %d of %d ", p.Answered, p.Total)
	state := sign{"!", count(problems, "problem", "problems"), theme.Warning}
	if problems == 0 {
		state = sign{"✓", "no problems", theme.Good}
	}
	states := state.paint(c.Theme)
	if due, any := s.desk.picture.dueSign(); any {
		states += "   " + due.paint(c.Theme)
	}
	first += bar(p.Answered, p.Total, max(12, min(c.Width-56, c.Width-6-theme.Width(first)-theme.Width(states))))
	var answers []string
	for _, r := range questionnaires.Responses() {
		if n := p.Responses[r]; n > 0 {
			mark := responseSign(r)
			answers = append(answers, c.Theme.Paint(mark.tone, fmt.Sprintf("%s %d %s", mark.glyph, n, mark.word)))
		}
	}
	if len(answers) == 0 {
		answers = []string{c.Theme.Paint(theme.Muted, theme.Cut("Nothing is answered yet: open a principal requirement.", c.Width-2))}
	}
	lines := []string{gutter + c.Theme.Paint(theme.Strong, first) + "   " + states}
	second, third := strings.Join(answers, "   "), ""
	for i := len(answers); theme.Width(second) > c.Width-2 && i > 0; {
		i--
		second, third = strings.Join(answers[:i], "   "), strings.Join(answers[i:], "   ")
	}
	lines = append(lines, gutter+second)
	if standing := s.standing(c); third == "" && len(standing) > 0 {
		return append(lines, standing...)
	}
	return append(append(lines, gutter+third), s.standing(c)...)
}

// standing says what an attestation would have to say of the whole, and what ends
// soon.
func (s *Dashboard) standing(c Canvas) []string {
	var lines []string
	outcome := s.desk.picture.Outcome
	switch outcome.Extent {
	case questionnaires.PartialExtent:
		names := make([]string, len(outcome.NotTested))
		for i, id := range outcome.NotTested {
			names[i] = id.String()
		}
		mark := sign{"?", "a partial assessment: Not Tested " + strings.Join(names, ", "), theme.Warning}
		lines = append(lines, gutter+c.Theme.Paint(mark.tone, theme.Cut(mark.text(), c.Width-2)))
	case questionnaires.Full:
		lines = append(lines, gutter+sign{"✓", "a full assessment: everything is answered and tested", theme.Good}.paint(c.Theme))
	case questionnaires.ExtentOpen:
	}
	if soon := s.desk.endingSoon(); len(soon) > 0 {
		mark := sign{"◔", count(len(soon), "acceptance ends", "acceptances end") + " soon: " + theme.Clean(soon[0].Check) + " until " + string(soon[0].Until), theme.Warning}
		lines = append(lines, gutter+c.Theme.Paint(mark.tone, theme.Cut(mark.text(), c.Width-2)))
	}
	return lines
}

// collections say what was looked at last, and what could not be seen.
func (s *Dashboard) collections(c Canvas) []string {
	seen, now := s.desk.picture.Seen, s.desk.Now()
	if len(seen) == 0 {
		return []string{gutter + c.Theme.Paint(theme.Heading, "Last collection  ") + "none yet: c collects evidence"}
	}
	lines := make([]string, 0, len(seen))
	for i, t := range seen {
		label := ""
		if i == 0 {
			label = "Last collection"
		}
		gaps := c.Theme.Paint(theme.Good, "no gaps")
		if t.Gaps > 0 {
			gaps = c.Theme.Paint(theme.Unseen, "◌ "+count(t.Gaps, "gap", "gaps"))
		}
		name := theme.Cut(theme.Clean(t.Target.Name), max(16, c.Width/3))
		line := gutter + c.Theme.Paint(theme.Heading, theme.Fit(label, 17)) + name + "  " + since(t.Shown(), now) + ", " + count(t.Objects, "object", "objects") + ", " + gaps
		if stale := s.desk.picture.Assessment.FreshnessLimits().Collection(t.Shown(), s.desk.picture.Day).String(); stale != "" {
			line += ", " + c.Theme.Paint(theme.Warning, "⏱ "+stale)
		}
		lines = append(lines, line)
	}
	return lines
}

// cells are the widths of the dashboard's table.
type cells struct {
	title, bar, in, against, unseen int
	words                           [3]string
}

func cellsFor(width int) cells {
	t := cells{bar: 6, in: 15, against: 10, unseen: 9, words: [3]string{"✗ Not in Place", "○ against", "◌ unseen"}}
	if width >= wide {
		t = cells{bar: 20, in: 15, against: 19, unseen: 15, words: [3]string{"✗ Not in Place", "○ evidence against", "◌ not all seen"}}
	}
	t.title = min(42, width-2-4-t.bar-answered-t.in-t.against-t.unseen)
	return t
}

// answered is the width of a column such as 17/19.
const answered = 6

func (t cells) head(c Canvas) string {
	line := strings.Repeat(" ", 2+4+t.title) + theme.FitLeft("answered", t.bar+answered) +
		theme.FitLeft(t.words[0], t.in) + theme.FitLeft(t.words[1], t.against) + theme.FitLeft(t.words[2], t.unseen)
	return c.Theme.Paint(theme.Muted, line)
}

func (t cells) line(c Canvas, p questionnaires.PrincipalProgress) string {
	number := func(tone theme.Token, glyph string, n, width int) string {
		if n == 0 {
			return c.Theme.Paint(theme.Muted, theme.FitLeft("·", width))
		}
		return c.Theme.Paint(tone, theme.FitLeft(glyph+" "+strconv.Itoa(n), width))
	}
	return theme.FitLeft(p.ID.String(), 2) + "  " + theme.Fit(theme.Clean(p.Title), t.title-1) + " " + bar(p.Answered, p.Total, t.bar) +
		theme.FitLeft(fmt.Sprintf("%d/%d", p.Answered, p.Total), answered) + number(theme.Bad, "✗", p.Responses[questionnaires.NotInPlace], t.in) +
		number(theme.Bad, "○", p.Contradicted, t.against) + number(theme.Unseen, "◌", p.Unseen, t.unseen)
}
