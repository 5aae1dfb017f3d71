package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/tui/theme"
)

// Report says what would be printed and why it is a draft, and prints it.
type Report struct {
	desk *Desk
	wish Printing // how it is printed
	run  *run     // nil while nothing is printed
	done Said
	err  error
}

// printed is what printing gave; only the screen that asked understands it.
type printed struct {
	report *Report
	said   Said
}

func newReport(d *Desk) *Report {
	s := &Report{desk: d}
	s.wish.Kind = s.kinds()[0]
	return s
}

// Start has nothing to do.
func (s *Report) Start() tea.Cmd { return nil }

// Update takes what was printed.
func (s *Report) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	if c, is := msg.(changed); is {
		if p, mine := c.asked.(printed); mine && p.report == s {
			s.run.stop()
			s.run, s.done, s.err = nil, p.said, c.err
		}
	}
	return cmd
}

// Leave stops what is being printed.
func (s *Report) Leave() tea.Cmd {
	s.run.stop()
	return nil
}

// Busy reports whether it is being printed.
func (s *Report) Busy() bool { return s.run != nil }

// Head is the title's.
func (s *Report) Head() Head { return s.desk.head("Report") }

// Bindings print.
func (s *Report) Bindings() []Binding {
	if s.run != nil {
		return s.run.stopping("nothing is written")
	}
	b := Binding{Keys: []string{"enter"}, Label: "print", Help: "print the report, sign it and verify it", Do: s.print}
	how := Binding{Keys: []string{"o"}, Label: "options", Help: "choose how it is printed: kind, format, time stamp, package and more", Do: func() tea.Cmd { return push(s.printingForm()) }}
	counter := Binding{Keys: []string{"k"}, Label: "countersign", Help: "sign a report that somebody else has signed", Do: func() tea.Cmd { return push(countersignForm(s.desk)) }}
	if s.desk.Papers.Print == nil {
		b.Why = "this desk cannot print; `tickmark report` does"
		how.Why = b.Why
	}
	if s.desk.Papers.Countersign == nil {
		counter.Why = "this desk cannot sign; `tickmark countersign` does"
	}
	if len(s.done.Lines) > 0 {
		b.Label = "print again"
	}
	kind := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			all := s.kinds()
			s.wish.Kind, s.done, s.err = all[(slices.Index(all, s.wish.Kind)+by+len(all))%len(all)], Said{}, nil
			return nil
		}
	}
	return []Binding{
		b,
		{Keys: []string{"right", "l", "tab"}, Label: "next kind", Help: "print another kind of paper", Do: kind(1)},
		{Keys: []string{"left", "h", "shift+tab"}, Help: "print the kind before", Do: kind(-1)},
		how, counter,
		{Keys: []string{"p"}, Label: "problems", Help: "what makes it a draft", Do: func() tea.Cmd { return push(newProblems(s.desk)) }},
		back(nil),
	}
}

// kinds are those that fit the questionnaire, its record first.
func (s *Report) kinds() []reports.Kind {
	return reports.KindsOf(s.desk.picture.Assessment.Questionnaire)
}

func (s *Report) print() tea.Cmd {
	var ctx context.Context
	s.run, ctx = beginRun(s.desk)
	s.done, s.err = Said{}, nil
	d, r := s.desk, s.run
	return d.do(func() changed {
		defer r.stop()
		said, err := s.printed(ctx, s.wish, func(engine.Progress) {})
		if errors.Is(err, context.Canceled) {
			err = errStopped
		}
		p := printed{report: s, said: said}
		if err != nil {
			return changed{err: err, asked: p}
		}
		picture, err := d.look()
		return changed{picture: picture, err: err, asked: p, said: "printed"}
	})
}

// printed prints a paper of the assessment, or of the version that is looked at.
func (s *Report) printed(ctx context.Context, wish Printing, tell func(engine.Progress)) (Said, error) {
	wish.Version = s.desk.version
	return s.desk.Papers.Print(ctx, s.desk.vault, s.desk.id, wish, tell)
}

// Draw shows what would be printed; once something was, above it what came of that, so
// that a small terminal has who signed it too.
func (s *Report) Draw(c Canvas) []string {
	const label = 12
	width := c.Width - 4
	p := s.desk.picture
	a := p.Assessment
	lines := []string{""}
	if s.err != nil || len(s.done.Lines) > 0 {
		lines = append(append(lines, s.outcome(c, width)...), "")
	}
	lines = append(lines, heading(c, "What would be printed", ""), "")
	say := func(what, text string) { lines = append(lines, labelled(c.Theme, what, text, label, width)...) }
	kind, kinds := s.wish.Kind, s.kinds()
	say("Paper", fmt.Sprintf("%s, %d of %d: %s", kind, slices.Index(kinds, kind)+1, len(kinds), kind.Purpose()))
	if how := s.how(); how != "" {
		say("Chosen", how)
	}
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
	if s.err == nil && len(s.done.Lines) == 0 {
		lines = append(append(lines, ""), s.outcome(c, width)...)
	}
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

// how says what was chosen of how it is printed.
func (s *Report) how() string {
	var words []string
	for _, w := range []struct{ word, text string }{
		{"format", s.wish.Format},
		{"table", s.wish.Table},
		{"file", s.wish.File},
		{"paper", s.wish.Paper},
		{"dated", string(s.wish.Date)},
		{"time stamp of", s.wish.Pen.Authority},
		{"key", s.wish.Pen.Key},
		{"package", s.wish.Package},
		{"sealed to", strings.Join(s.wish.To, " ")},
	} {
		if w.text != "" {
			words = append(words, w.word+" "+w.text)
		}
	}
	if s.wish.Unsigned {
		words = append(words, "unsigned")
	}
	return strings.Join(words, ", ")
}

// outcome is where the report lies and what verifying it said.
func (s *Report) outcome(c Canvas, width int) []string {
	switch {
	case s.run != nil:
		return []string{c.Theme.Paint(theme.Accent, "Printing: composing, drawing, signing, verifying; esc stops it.")}
	case s.err != nil:
		var lines []string
		for _, line := range theme.Wrap("✗ "+s.err.Error(), width) {
			lines = append(lines, c.Theme.Paint(theme.Bad, line))
		}
		return lines
	case len(s.done.Lines) == 0:
		return []string{c.Theme.Paint(theme.Muted, "enter prints it, signs it with your certificate and verifies it; o chooses how.")}
	}
	var lines []string
	for _, said := range s.done.Lines {
		lines = append(lines, theme.Wrap(strings.TrimRight(said, "\n"), width)...)
	}
	return lines
}
