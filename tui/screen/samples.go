package screen

import (
	"cmp"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// newSamples lists the sample sets, and the populations that they are drawn from.
func newSamples(d *Desk) *Roll {
	help := "Populations, and the sample sets drawn from them. What was drawn can be drawn again by anybody, from the seed that is shown."
	s := newRoll(d, "Samples", help, "Nothing is sampled yet: o lists a population of what a collection saw, p one from evidence that holds an inventory; a records a sample set that a person chose.", func() []rollRow {
		a := d.picture.Assessment
		var rows []rollRow
		for _, set := range a.Samples() {
			rows = append(rows, d.sampleRow(set))
		}
		for _, p := range a.Populations() {
			if !p.Withdrawn {
				rows = append(rows, d.populationRow(p))
			}
		}
		return rows
	})
	unseen := d.fixed()
	if unseen == "" && len(d.picture.Seen) == 0 {
		unseen = "nothing was collected yet"
	}
	s.keys = []Binding{
		{Keys: []string{"o"}, Label: "objects", Help: "list a population of the objects that a collection saw", Why: unseen, Do: func() tea.Cmd { return d.objectsForm() }},
		{Keys: []string{"p"}, Label: "population", Help: "list a population from evidence that holds an inventory", Why: d.fixed(), Do: func() tea.Cmd { return d.populationForm() }},
		{Keys: []string{"a"}, Label: "add", Help: "record a sample set that a person chose", Why: d.fixed(), Do: func() tea.Cmd { return d.chosenForm() }},
	}
	return s
}

func (d *Desk) sampleRow(s questionnaires.Sample) rollRow {
	mark, about := sign{"✓", "sample", theme.Good}, []string{s.How()}
	for _, p := range d.picture.Assessment.ProblemsOfSample(s) {
		mark, about = sign{"!", "sample", theme.Warning}, append(about, "Problem: "+p.Sentence)
	}
	if s.Rationale != "" {
		about = append(about, "Rationale: "+strings.TrimRight(s.Rationale, ". \n"))
	}
	if len(s.Requirements) > 0 {
		about = append(about, "For "+requirementList(s.Requirements))
	}
	if len(s.Items) > 0 {
		about = append(about, "Items: "+strings.Join(s.Items, ", "))
	}
	id, label := s.ID, s.Label()
	typed := ""
	if s.Typed {
		typed = "it was typed into the engagement, and stays as it is there"
	}
	again := Binding{Keys: []string{"r"}, Label: "draw again", Help: "draw it again from its seed, and compare item by item", Do: func() tea.Cmd { return d.redraw(s) }}
	if !s.Draw.Method.Drawn() {
		again.Why = "the program did not draw it"
	}
	out := Binding{Keys: []string{"x"}, Label: "withdraw", Help: "take it back; the history keeps it, and its number is not given again", Why: cmp.Or(typed, d.fixed()), Do: func() tea.Cmd {
		return d.act(label+" withdrawn", nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.WithdrawSampling(label) })
	}}
	return rollRow{
		sign: mark, name: label, short: fmt.Sprintf("%d of %d", s.Size, s.Count), text: s.Type, about: strings.Join(about, ". "),
		keys: []Binding{opens("open", "what is said of it: rationale, requirements, every item", typed, func() tea.Cmd { return push(sampleForm(d, id)) }), again, out},
	}
}

func requirementList(ids []questionnaires.RequirementID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	return strings.Join(names, ", ")
}

func (d *Desk) populationRow(p questionnaires.ListedPopulation) rollRow {
	mark, about := sign{"✓", "population", theme.Good}, []string{"Listed from " + d.picture.Assessment.PopulationSource(p)}
	if p.Query != "" {
		about = append(about, "Query: "+strings.TrimRight(p.Query, ". \n"))
	}
	if len(p.Unseen) > 0 {
		about = append(about, "May lack items: "+strings.Join(p.Unseen, "; "))
	}
	if p.Assurance != "" {
		about = append(about, "Made sure: "+strings.TrimRight(p.Assurance, ". \n"))
	}
	if !p.Whole() {
		mark = sign{"!", "not whole", theme.Warning}
	}
	name := p.Name
	return rollRow{
		sign: mark, name: name, short: thousands(p.Count), text: p.Of, about: strings.Join(append(about, "List (SHA-256) "+p.List.String()), ". "),
		keys: []Binding{
			opens("draw", "draw a sample set from it", d.fixed(), func() tea.Cmd { return d.drawForm(p) }),
			{Keys: []string{"w"}, Label: "whole", Help: "say how it was made sure that the list is whole", Why: d.fixed(), Do: func() tea.Cmd { return push(assuranceForm(d, p)) }},
			{Keys: []string{"x"}, Label: "withdraw", Help: "take it back; the history keeps it", Why: d.fixed(), Do: func() tea.Cmd {
				return d.act(name+" withdrawn", nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
					now, known := a.Population(p.ID)
					if !known {
						now = p
					}
					now.Withdrawn = true
					return a.RecordPopulation(now)
				})
			}},
		},
	}
}

// redraw draws a set again and says what came of it.
func (d *Desk) redraw(s questionnaires.Sample) tea.Cmd {
	return d.do(func() changed {
		r, err := d.vault.RedrawSample(d.ctx, d.picture.Assessment, s)
		if err != nil {
			return changed{err: err}
		}
		said := fmt.Sprintf("%s: the same %d items are drawn again", s.Label(), r.Same)
		if len(r.Gone)+len(r.Other) > 0 {
			said = fmt.Sprintf("%s differs: %d are drawn again; not %s", s.Label(), r.Same, strings.Join(append(r.Gone, r.Other...), ", "))
		}
		if r.Since != "" {
			said += "; " + r.Since
		}
		return changed{said: said}
	})
}

// sampleForm says what is said of a sample set. What was drawn stays as it was drawn.
func sampleForm(d *Desk, id questionnaires.ID) *Form {
	set := subject[questionnaires.Sample]{
		shown: func(p *Picture) questionnaires.Sample { s, _ := p.Assessment.SampleByID(id); return s },
		of:    func(a *questionnaires.Assessment) (questionnaires.Sample, error) { return a.SampleByID(id) },
		keep: func(a *questionnaires.Assessment, s questionnaires.Sample) (questionnaires.Draft, error) {
			return a.RecordSample(s)
		},
	}
	s := set.shown(d.picture)
	about := fmt.Sprintf("%d of %d, %s.", s.Size, s.Count, strings.TrimRight(s.How(), ". "))
	if len(s.Items) > 0 {
		about += " Items: " + strings.Join(s.Items, ", ")
	}
	return formOf(d, s.Label(), about, set, func(p *Picture) []blank[questionnaires.Sample] { return sampleBlanks(p) })
}

// sampleBlanks are what is said of every sample set.
func sampleBlanks(p *Picture) []blank[questionnaires.Sample] {
	type s = questionnaires.Sample
	serves := serving(p, func(s *s) *[]questionnaires.RequirementID { return &s.Requirements })
	serves.help = "Those that it serves."
	return []blank[s]{
		line("Type", "What its items are, such as servers in production.", false, func(s *s) *string { return &s.Type }),
		long("Rationale", "Why this size is enough, and the sample stands for all.", false, func(s *s) *string { return &s.Rationale }),
		serves,
	}
}

// drawForm draws a sample set from a population.
func (d *Desk) drawForm(p questionnaires.ListedPopulation) tea.Cmd {
	type s = questionnaires.Sample
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	seed, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &s{ID: id, Type: p.Of, Draw: questionnaires.SampleDraw{Method: questionnaires.RandomSample, Seed: string(seed)}}
	var methods []option
	for _, m := range []questionnaires.SampleMethod{questionnaires.RandomSample, questionnaires.SystematicSample, questionnaires.AllTested} {
		methods = append(methods, option{value: m.String(), text: m.String()})
	}
	about := fmt.Sprintf("Draws from %s, which has %s. A sample is no larger than its population.", p.Name, count(p.Count, "item", "items"))
	return push(heldForm(d, "Draw", about, value, func(now *Picture) []blank[s] {
		return append([]blank[s]{
			number("Size", "How many are drawn; nothing where all are tested.", value.Draw.Method != questionnaires.AllTested, func(s *s) *int { return &s.Size }),
			choice("How", "At random, every so many of the list, or all.", true, methods, func(s *s) string { return s.Draw.Method.String() }, func(s *s, text string) error {
				return s.Draw.Method.UnmarshalText([]byte(text))
			}),
			line("Seed", "What it is drawn by: whoever has it draws the same again.", false, func(s *s) *string { return &s.Draw.Seed }),
			line("Spread over", "A column of the list: each of its values by its share, and at least one each. Of objects: namespace.", false, func(s *s) *string { return &s.Draw.By }),
		}, sampleBlanks(now)...)
	}, sending{form: formKey("Draw", string(p.ID)), label: "draw", help: "draw it", work: func(asked any) job {
		held := *value
		if held.Draw.Method == questionnaires.AllTested {
			held.Draw.Seed, held.Draw.By = "", ""
		}
		return d.signing("drawn", asked, func(a *questionnaires.Assessment) ([]questionnaires.Draft, error) {
			drawn, err := d.vault.DrawSample(d.ctx, a, p, held)
			if err != nil {
				return nil, err
			}
			draft, err := a.RecordSample(drawn)
			return []questionnaires.Draft{draft}, err
		})
	}}))
}

// chosenForm records a sample set that a person chose.
func (d *Desk) chosenForm() tea.Cmd {
	type s = questionnaires.Sample
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &s{ID: id, Draw: questionnaires.SampleDraw{Method: questionnaires.JudgementSample}}
	return push(heldForm(d, "New sample set", "Records a sample set that a person chose by judgement, of a number that may be an estimate.", value, func(p *Picture) []blank[s] {
		return append([]blank[s]{
			lines("Items", "Each item that was sampled, one a line.", func(s *s) *[]string { return &s.Items }),
			number("Population", "Of how many; an estimate will do.", false, func(s *s) *int { return &s.Count }),
			long("Chosen", "How the items were chosen.", false, func(s *s) *string { return &s.Chosen }),
		}, sampleBlanks(p)...)
	}, sending{form: formKey("New sample set"), label: "add", help: "record it", said: "recorded", rule: func() rule {
		held := *value
		held.Size = len(held.Items)
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.RecordSample(held) }
	}}))
}
