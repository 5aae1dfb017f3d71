package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// Limits of what the summary names, so that it stays a few pages whatever the size of
// the assessment. How much is left out is said, and where it stands.
const (
	mostRemedies  = 6
	mostDue       = 6
	mostKinds     = 6 // of problems
	mostStale     = 4
	mostGraphs    = 1
	mostInGraph   = 9 // nodes in a column
	mostSystems   = 4
	mostWords     = 180 // characters of a narrative
	daysOfSummary = 90  // ahead, of what is due
)

// decision is the paper for those who decide: what was concluded, where the answers
// stand, what is not in place and when it will be, what is due, how old the evidence is
// and what leads into the cardholder data environment.
func (c *composer) decision() []Block {
	blocks := []Block{
		Heading{Level: 1, Text: "Where the assessment stands", Anchor: "summary"},
		Paragraph{Text: c.counted()},
	}
	outcome := c.Assessment.Outcome(questionnaires.DayOf(c.Date))
	rows := []Fact{{"Conclusion", c.conclusionSentence()}, {"Extent", shortExtent(outcome)}, {"What the answers would allow", allowed(outcome)}}
	blocks = append(
		blocks, Facts{Rows: rows},
		Donut{Figure: fmt.Sprint(c.progress.Answered), Caption: fmt.Sprintf("of %d answered", c.progress.Total), Slices: c.slices(c.progress.Responses)},
	)
	blocks = append(blocks, c.byPrincipal()...)
	return slices.Concat(blocks, c.shortfalls(outcome), c.topProblems(), c.due(), c.systems(), c.freshness(mostStale), c.edge(), c.briefSignature())
}

// shortExtent names no requirement: of hundreds of them a summary would be a list.
func shortExtent(o questionnaires.Outcome) string {
	if o.Extent == questionnaires.PartialExtent {
		return "Partial: " + count(len(o.NotTested), "requirement was", "requirements were") + " not tested, wholly or in part."
	}
	return extent(o)
}

// shortfalls are what is Not in Place, with plan and day: what a law stands against
// last, what is late first.
func (c *composer) shortfalls(o questionnaires.Outcome) []Block {
	ids := slices.Clone(o.NotInPlace)
	slices.SortStableFunc(ids, func(a, b questionnaires.RequirementID) int {
		return cmp.Compare(c.Assessment.Current(a).Remedy.Target, c.Assessment.Current(b).Remedy.Target)
	})
	ids = append(ids, o.Legal...)
	var rows []Row
	for _, id := range ids[:min(len(ids), mostRemedies)] {
		rows = append(rows, c.shortfall(id))
	}
	if more := len(ids) - len(rows); more > 0 {
		rows = append(rows, Row{Cells: []Cell{{}, {Text: fmt.Sprintf("… and %d more: the record has them all, with their plans", more)}, {}}})
	}
	return []Block{
		Heading{Level: 2, Text: "What is not in place"},
		Table{
			Columns: []Column{{"Requirement", 22, Strong}, {"What is missing, and the plan", 112, Plain}, {"Target date", 36, Plain}}, Rows: rows,
			Empty: "No requirement was answered Not in Place.",
		},
	}
}

func (c *composer) shortfall(id questionnaires.RequirementID) Row {
	revision := c.Assessment.Current(id)
	title := ""
	if r, err := c.Assessment.Requirement(id); err == nil {
		title = r.Title
	}
	remedy := revision.Remedy
	day := Cell{Text: recorded(string(remedy.Target))}
	switch {
	case remedy.Legal:
		day = Cell{Pill: Pill{"Legal exception", Warn}, Note: brief(recorded(remedy.Law))}
	case remedy.Target != "" && remedy.Target < questionnaires.DayOf(c.Date):
		day.Pill = Pill{"Late", Bad}
	}
	return Row{Cells: []Cell{
		{Text: id.String()},
		{Title: title, Text: brief(strings.TrimSpace(revision.Narrative)), Facts: facts(Fact{"Plan", brief(remedy.Plan)})},
		day,
	}}
}

// brief is the beginning of a text on one line, cut at a word.
func brief(s string) string {
	s = Line(s)
	r := []rune(s)
	if len(r) <= mostWords {
		return s
	}
	cut := string(r[:mostWords])
	if i := strings.LastIndexByte(cut, ' '); i > mostWords/2 {
		cut = cut[:i]
	}
	return cut + " …"
}

// topProblems counts what is open by kind, most of all first, with one of each.
func (c *composer) topProblems() []Block {
	type kind struct {
		kind  questionnaires.ProblemKind
		count int
		first questionnaires.Problem
	}
	var kinds []kind
	for _, p := range c.problems {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.kind == p.Kind })
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, kind{kind: p.Kind, first: p})
		}
		kinds[i].count++
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return cmp.Or(b.count-a.count, cmp.Compare(a.kind, b.kind)) })
	var rows []Row
	left := 0
	for i, k := range kinds {
		if i >= mostKinds {
			left += k.count
			continue
		}
		where := ""
		if !k.first.Requirement.IsZero() {
			where = k.first.Requirement.String() + ": "
		}
		rows = append(rows, Row{Cells: []Cell{{Text: fmt.Sprint(k.count)}, {Text: strings.ReplaceAll(k.kind.String(), "-", " ")}, {Text: brief(where + k.first.Sentence)}}})
	}
	if left > 0 {
		rows = append(rows, Row{Cells: []Cell{{Text: fmt.Sprint(left)}, {Text: "of other kinds"}, {}}})
	}
	return []Block{
		Heading{Level: 2, Text: "What is open"},
		Table{Columns: []Column{{"Number", 18, Strong}, {"Problem", 42, Plain}, {"The first of them", 110, Plain}}, Rows: rows, Empty: "No problem is open."},
	}
}

// due is what ends or has to be done in the next months, late things first.
func (c *composer) due() []Block {
	heading := Heading{Level: 2, Text: fmt.Sprintf("What is due within %d days", daysOfSummary)}
	day := questionnaires.DayOf(c.Date)
	deadlines, err := c.Assessment.Deadlines(day)
	if err != nil {
		return []Block{heading, Callout{Tone: Bad, Title: "What is due cannot be read", Text: err.Error()}}
	}
	all := deadlines.Within(day, daysOfSummary)
	slices.SortStableFunc(all, func(a, b questionnaires.Deadline) int { return cmp.Compare(b.State, a.State) })
	var rows []Row
	for _, d := range all[:min(len(all), mostDue)] {
		what := d.What
		if !d.Requirement.IsZero() {
			what = d.Requirement.String() + ": " + what
		}
		rows = append(rows, Row{Cells: []Cell{{Text: string(d.Day)}, {Pill: deadlinePill(d.State)}, {Text: brief(what), Note: d.Whose}}})
	}
	if more := len(all) - len(rows); more > 0 {
		rows = append(rows, Row{Cells: []Cell{{}, {}, {Text: fmt.Sprintf("… and %d more: tickmark due VAULT lists them", more)}}})
	}
	blocks := []Block{heading, Table{Columns: []Column{{"Day", 26, Strong}, {"State", 30, Plain}, {"What is due", 114, Plain}}, Rows: rows, Empty: "Nothing that is recorded ends or is due."}}
	if n := len(deadlines.Never); n > 0 {
		blocks = append(blocks, Paragraph{Quiet: true, Text: "Of " + count(n, "thing that recurs", "things that recur") + " no day is recorded, so nothing is known of when it is due."})
	}
	return blocks
}

// deadlinePill is how far off a deadline is, in its colour.
func deadlinePill(s questionnaires.DeadlineState) Pill {
	switch s {
	case questionnaires.DeadlineLate:
		return Pill{"Late", Bad}
	case questionnaires.DeadlineNotPassed:
		return Pill{"Not passed", Bad}
	case questionnaires.DeadlineOpen:
		return Pill{"Open", Warn}
	case questionnaires.DeadlineSoon:
		return Pill{"Soon", Warn}
	case questionnaires.DeadlineAhead:
	}
	return Pill{"Ahead", Muted}
}

// systems says per system what its newest collection showed and what it could not see.
func (c *composer) systems() []Block {
	var rows []Row
	for _, t := range c.Targets[:min(len(c.Targets), mostSystems)] {
		var passed, failed, unknown int
		for _, item := range c.Items {
			if r := item.Result; r != nil && r.Target == t.ID && !item.Replaced {
				passed, failed, unknown = passed+r.Passed, failed+r.Failed, unknown+r.Unknown
			}
		}
		gaps := Cell{Text: "everything that was asked for was seen"}
		if n := len(t.Gaps); n > 0 {
			gaps = Cell{Pill: Pill{count(n, "gap", "gaps"), Warn}, Note: "what they hide is unknown, and never passed"}
		}
		rows = append(rows, Row{Cells: []Cell{
			{Text: cmp.Or(t.Name, t.ID), Note: minute(t.Seen.Shown())},
			{Text: fmt.Sprintf("%d pass, %d fail, %d unknown", passed, failed, unknown)},
			gaps,
		}})
	}
	if more := len(c.Targets) - len(rows); more > 0 {
		rows = append(rows, Row{Cells: []Cell{{Text: fmt.Sprintf("… and %d more", more)}, {}, {}}})
	}
	return []Block{
		Heading{Level: 2, Text: "What the systems showed"},
		Table{
			Columns: []Column{{"System", 50, Strong}, {"Subjects of checks", 60, Plain}, {"What could not be seen", 60, Plain}}, Rows: rows,
			Empty: "Nothing was collected from any system.",
		},
	}
}

// edge draws what leads over the edge of the cardholder data environment, of the first
// cluster that has one, and counts it for the others.
func (c *composer) edge() []Block {
	var blocks []Block
	var others []string
	for _, s := range c.Segments {
		switch {
		case !s.hasZone():
		case len(blocks) < mostGraphs:
			blocks = append(blocks, Picture{Drawing: s.graphDrawing(mostInGraph), Caption: s.Target.Name + ": " + s.edgeCaption(), Words: firstWords(s.GraphWords(), 2*mostInGraph)})
		default:
			others = append(others, fmt.Sprintf("%s (%s)", s.Target.Name, count(len(s.Arrows), "connection", "connections")))
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	blocks = append([]Block{Heading{Level: 2, Text: "The edge of the cardholder data environment, as configured"}}, blocks...)
	if len(others) > 0 {
		blocks = append(blocks, Paragraph{Text: brief("Drawn in the record, and not here: " + strings.Join(others, ", ") + ".")})
	}
	return blocks
}

// firstWords are the first of the words of a picture, and how many more there are.
func firstWords(words []string, most int) []string {
	if len(words) <= most {
		return words
	}
	return append(slices.Clone(words[:most]), fmt.Sprintf("and %d more", len(words)-most))
}

// briefSignature is that of whoever prepared the summary: the record bears the others.
func (c *composer) briefSignature() []Block {
	return []Block{
		Heading{Level: 2, Text: "Signature", Anchor: "signatures"},
		Paragraph{Quiet: true, Text: c.worth("This summary repeats what the assessment's record says in full. It is no official form of the PCI Security Standards Council, and no attestation.")},
		c.preparer("Answers for the summary being that of the assessment whose head stands on the cover.").card(),
	}
}
