package reports

import (
	"fmt"
	"slices"

	"tickmark/questionnaires"
)

// grid counts the responses of every principal requirement: those of the whole
// assessment, or as they hold for one service.
type grid struct {
	*composer
	service *questionnaires.AssessedService // nil for the whole
	partly  []questionnaires.RequirementID  // of which something was not tested
}

// numbers counts the responses of the whole assessment.
func (c *composer) numbers() Block { return c.gridOf(nil) }

// numbersOf counts them as they hold for a service, and says how much of each principal
// requirement was assessed for it.
func (c *composer) numbersOf(s questionnaires.AssessedService) Block { return c.gridOf(&s) }

func (c *composer) gridOf(s *questionnaires.AssessedService) Block {
	g := grid{c, s, c.Assessment.Outcome(questionnaires.DayOf(c.Date)).NotTested}
	all, byPrincipal := gridLine{name: "All"}, map[questionnaires.RequirementID]gridLine{}
	for _, r := range c.Assessment.Requirements() {
		n := byPrincipal[r.ID.Principal()]
		g.count(r.ID, &n)
		g.count(r.ID, &all)
		byPrincipal[r.ID.Principal()] = n
	}
	var lines []gridLine
	for _, p := range c.progress.Principals {
		line := byPrincipal[p.ID]
		line.name, line.note = principalName(p.ID), p.Title
		lines = append(lines, line)
	}
	return g.table(append(lines, all))
}

// gridLine counts the responses of one line.
type gridLine struct {
	name, note string
	responses  [6]int
	customized int
	partly     int // tested in part only
	total      int
}

// count takes in how a requirement is answered.
func (g grid) count(id questionnaires.RequirementID, n *gridLine) {
	revision, excepted := g.Assessment.Current(id), false
	response := revision.Response
	if g.service != nil {
		response = g.Assessment.ResponseOf(*g.service, id)
		_, excepted = g.service.Exception(id)
	}
	n.total++
	n.responses[response]++
	if revision.Customized != nil && !excepted {
		n.customized++
	}
	if response != questionnaires.NotTested && !excepted && slices.Contains(g.partly, id) {
		n.partly++
	}
}

// extent says how much of the requirements of a line was assessed: what does not apply
// or was not tested was not.
func (n gridLine) extent() Pill {
	left := n.responses[questionnaires.NotApplicable] + n.responses[questionnaires.NotTested]
	switch {
	case n.responses[questionnaires.Unanswered] > 0:
		return Pill{"open", Open}
	case left == n.total:
		return Pill{"not at all", Muted}
	case left+n.partly > 0:
		return Pill{"in part", Warn}
	}
	return Pill{"in full", Neutral}
}

func (g grid) table(lines []gridLine) Block {
	offered := slices.DeleteFunc(append(questionnaires.Responses(), questionnaires.Unanswered), func(r questionnaires.Response) bool {
		given := slices.ContainsFunc(lines, func(n gridLine) bool { return n.responses[r] > 0 })
		return r != questionnaires.Unanswered && !g.Assessment.Questionnaire.Allows(r) && !given
	})
	columns := []Column{{"Requirement", 31, Strong}}
	for _, r := range offered {
		columns = append(columns, Column{shortTitle(r), room(r), Plain})
	}
	perProcedure := g.Assessment.Questionnaire.PerProcedure
	if perProcedure {
		columns = append(columns, Column{"Customized", 19, Plain})
	}
	columns = append(columns, Column{"All", 9.5, Strong})
	if g.service != nil {
		columns = append(columns, Column{"Assessed", 19, Plain})
	}
	rows := make([]Row, len(lines))
	for i, n := range lines {
		cells := []Cell{{Text: n.name, Note: n.note}}
		for _, r := range offered {
			cells = append(cells, Cell{Text: fmt.Sprint(n.responses[r])})
		}
		if perProcedure {
			cells = append(cells, Cell{Text: fmt.Sprint(n.customized)})
		}
		cells = append(cells, Cell{Text: fmt.Sprint(n.total)})
		if g.service != nil {
			cells = append(cells, Cell{Pill: n.extent()})
		}
		rows[i] = Row{Cells: cells}
	}
	return Table{Columns: columns, Rows: rows}
}

// room is the width of a column by the longest word above it: all of them stand side by side
// in millimetres where a service is assessed by procedure.
func room(r questionnaires.Response) float64 {
	switch r {
	case questionnaires.Unanswered:
		return 19.5
	case questionnaires.NotApplicable:
		return 18
	case questionnaires.InPlace, questionnaires.InPlaceWithCCW, questionnaires.NotInPlace, questionnaires.NotTested:
	}
	return 13.5
}

// shortTitle is a response's title for the head of a narrow column.
func shortTitle(r questionnaires.Response) string {
	if r == questionnaires.InPlaceWithCCW {
		return "with CCW"
	}
	return r.Title()
}
