package screen

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/tui/theme"
)

// Report says what would be printed and why it is a draft, and prints it.
type Report struct {
	desk     *Desk
	kind     int // which of the kinds that fit
	printing bool
	path     string
	summary  []string
	err      error
}

// printed is what printing gave; only the screen that asked understands it.
type printed struct {
	report  *Report
	path    string
	summary []string
}

func newReport(d *Desk) *Report { return &Report{desk: d} }

// Start has nothing to do.
func (s *Report) Start() tea.Cmd { return nil }

// Update takes what was printed.
func (s *Report) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	if c, is := msg.(changed); is {
		if p, mine := c.asked.(printed); mine && p.report == s {
			s.printing, s.path, s.summary, s.err = false, p.path, p.summary, c.err
		}
	}
	return cmd
}

// Head is the title's.
func (s *Report) Head() Head { return s.desk.head("Report") }

// Bindings print.
func (s *Report) Bindings() []Binding {
	b := Binding{Keys: []string{"enter"}, Label: "print", Help: "print the report, sign it and verify it", Do: s.print}
	switch {
	case s.printing:
		b.Why = "it is being printed"
	case s.desk.Print == nil:
		b.Why = "this desk cannot print; `tickmark report` does"
	case s.path != "":
		b.Label = "print again"
	}
	kind := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			n := len(s.kinds())
			s.kind, s.path, s.summary, s.err = (s.kind+by+n)%n, "", nil, nil
			return nil
		}
	}
	next := Binding{Keys: []string{"right", "l", "tab"}, Label: "next kind", Help: "print another kind of paper", Do: kind(1)}
	before := Binding{Keys: []string{"left", "h", "shift+tab"}, Help: "print the kind before", Do: kind(-1)}
	if s.printing {
		next.Why, before.Why = b.Why, b.Why
	}
	problems := Binding{Keys: []string{"p"}, Label: "problems", Help: "what makes it a draft", Do: func() tea.Cmd { return push(newProblems(s.desk)) }}
	return []Binding{b, next, before, problems, back(nil)}
}

// kinds are those that fit the questionnaire, its record first.
func (s *Report) kinds() []reports.Kind {
	return reports.KindsOf(s.desk.picture.Assessment.Questionnaire)
}

// chosen is the kind that would be printed.
func (s *Report) chosen() reports.Kind { return s.kinds()[s.kind%len(s.kinds())] }

func (s *Report) print() tea.Cmd {
	s.printing, s.err = true, nil
	d, kind := s.desk, s.chosen()
	return d.do(func() changed {
		path, summary, err := d.Print(d.ctx, d.id, d.version, kind)
		p := printed{report: s, path: path, summary: summary}
		if err != nil {
			return changed{err: err, asked: p}
		}
		picture, err := d.look()
		return changed{picture: picture, err: err, asked: p, said: "printed: " + path}
	})
}

// Draw shows what would be printed, then what was.
func (s *Report) Draw(c Canvas) []string {
	const label = 12
	width := c.Width - 4
	p := s.desk.picture
	a := p.Assessment
	lines := []string{"", heading(c, "What would be printed", ""), ""}
	say := func(what, text string) { lines = append(lines, labelled(c.Theme, what, text, label, width)...) }
	kind := s.chosen()
	say("Paper", fmt.Sprintf("%s, %d of %d: %s", kind, s.kind%len(s.kinds())+1, len(s.kinds()), kind.Purpose()))
	say("Report", s.desk.nameOf(a.Details))
	say("Form", a.Questionnaire.Title+", "+a.Questionnaire.Revision)
	say("Entity", a.Entity)
	if !a.Details.From.IsZero() {
		say("Period", a.Details.From.UTC().Format("2006-01-02")+" to "+a.Details.To.UTC().Format("2006-01-02"))
	}
	say("Answers", fmt.Sprintf("%d of %d", p.Progress.Answered, p.Progress.Total))
	say("History", "head "+a.Head.Short()+", latest entry "+stamp(a.Time))
	lines = append(lines, "")
	lines = append(lines, s.standing(c, p, width)...)
	lines = append(lines, "")
	lines = append(lines, s.outcome(c, label, width)...)
	return indent(gutter, lines)
}

// standing says whether it is a draft, and why.
func (s *Report) standing(c Canvas, p *Picture, width int) []string {
	if stage := p.Stage.Now.Stage; stage == questionnaires.Issued {
		return []string{sign{"✓", theme.Cut("no draft: "+p.Stage.line()+"; it is printed as it was issued", width-2), theme.Good}.paint(c.Theme)}
	}
	why := "it is not issued: " + p.Stage.Now.Stage.Title()
	if n := len(p.Problems); n > 0 {
		why += ", and there " + map[bool]string{true: "is ", false: "are "}[n == 1] + count(n, "problem", "problems")
	}
	lines := []string{sign{"!", "DRAFT on every page: " + why, theme.Warning}.paint(c.Theme)}
	counts := map[questionnaires.ProblemKind]int{}
	for _, problem := range p.Problems {
		counts[problem.Kind]++
	}
	for _, kind := range questionnaires.ProblemKinds() {
		if n := counts[kind]; n > 0 {
			lines = append(lines, theme.Cut(fmt.Sprintf("  %5s  %s", thousands(n), problemWord(kind)), width))
		}
	}
	return lines
}

// outcome is where the report lies and what verifying it said.
func (s *Report) outcome(c Canvas, label, width int) []string {
	switch {
	case s.printing:
		return []string{c.Theme.Paint(theme.Accent, "Printing: composing, drawing, signing, verifying.")}
	case s.err != nil:
		var lines []string
		for _, line := range theme.Wrap("✗ "+s.err.Error(), width) {
			lines = append(lines, c.Theme.Paint(theme.Bad, line))
		}
		return lines
	case s.path == "":
		return []string{c.Theme.Paint(theme.Muted, "enter prints it, signs it with your certificate and verifies it.")}
	}
	lines := labelled(c.Theme, "Printed", s.path, label, width)
	for i, line := range s.summary {
		head := ""
		if i == 0 {
			head = "Verified"
		}
		lines = append(lines, labelled(c.Theme, head, line, label, width)...)
	}
	return lines
}
