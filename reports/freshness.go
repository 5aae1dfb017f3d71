package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// ages are the columns of the picture of freshness: up to how many days old.
var ages = [...]age{{30, "up to 30 days"}, {90, "31–90 days"}, {180, "91–180 days"}, {366, "181–366 days"}, {1 << 30, "older"}, {0, "no day"}}

type age struct {
	days int
	name string
}

// undated is the column of what nobody gave a day to.
const undated = len(ages) - 1

// Freshness counts evidence by kind and age, and what of it does not count any more.
type Freshness struct {
	Day   questionnaires.Day
	Kinds []KindFreshness // those of which there is any
	Gone  int             // expunged: nothing is left that could be fresh
}

// KindFreshness is how old the items of one kind are.
type KindFreshness struct {
	Name  string
	Limit questionnaires.FreshnessLimit
	Ages  [len(ages)]AgeCount
}

// AgeCount is how many items of a kind are of an age. Stale and Soon are among them.
type AgeCount struct{ Items, Stale, Soon int }

// FreshnessOf counts items by kind and age on a day, by the limits of an assessment.
func FreshnessOf(items []Item, limits questionnaires.FreshnessLimits, day questionnaires.Day) Freshness {
	f := Freshness{Day: day}
	for _, item := range items {
		if item.Expunged != nil {
			f.Gone++
			continue
		}
		limit := limits.Of(item.Evidence)
		i := slices.IndexFunc(f.Kinds, func(k KindFreshness) bool { return k.Limit.Of == limit.Of })
		if i < 0 {
			i = len(f.Kinds)
			f.Kinds = append(f.Kinds, KindFreshness{Name: kindOfItem(item), Limit: limit})
		}
		age := &f.Kinds[i].Ages[ageOf(item, day)]
		age.Items++
		switch limits.Evidence(item.Evidence, day).State {
		case questionnaires.Stale:
			age.Stale++
		case questionnaires.GoingStale:
			age.Soon++
		case questionnaires.Fresh:
		}
	}
	slices.SortStableFunc(f.Kinds, func(a, b KindFreshness) int {
		place := func(k KindFreshness) int {
			return slices.IndexFunc(limits, func(l questionnaires.FreshnessLimit) bool { return l.Of == k.Limit.Of })
		}
		return place(a) - place(b)
	})
	return f
}

// kindOfItem is what the items of a kind are called.
func kindOfItem(item Item) string {
	if item.Result != nil {
		return "results of checks"
	}
	return item.Kind.Noun()
}

// ageOf is the column of an item.
func ageOf(item Item, day questionnaires.Day) int {
	if item.Collected.IsZero() {
		return undated
	}
	days := int(day.Start().Sub(questionnaires.DayOf(item.Collected).Start()).Hours() / 24)
	return slices.IndexFunc(ages[:undated], func(a age) bool { return days <= a.days })
}

// all is the sum over a kind's ages.
func (k KindFreshness) all() AgeCount {
	var sum AgeCount
	for _, a := range k.Ages {
		sum.Items, sum.Stale, sum.Soon = sum.Items+a.Items, sum.Stale+a.Stale, sum.Soon+a.Soon
	}
	return sum
}

// all is the sum over all kinds.
func (f Freshness) all() AgeCount {
	var sum AgeCount
	for _, k := range f.Kinds {
		a := k.all()
		sum.Items, sum.Stale, sum.Soon = sum.Items+a.Items, sum.Stale+a.Stale, sum.Soon+a.Soon
	}
	return sum
}

// tone and words say the state of a cell: the colour never stands alone.
func (a AgeCount) tone() Tone {
	switch {
	case a.Stale > 0:
		return Bad
	case a.Soon > 0:
		return Warn
	case a.Items > 0:
		return Good
	}
	return Open
}

func (a AgeCount) words() string {
	return told("", some(a.Stale, "stale"), "", some(a.Soon, "soon"))
}

// some is a number with its word, "" for none.
func some(n int, word string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, word)
}

// Drawing draws one row per kind and one column per age.
func (f Freshness) Drawing() Drawing {
	const width, names, cell, pitch, top = 170.0, 40.0, 17.6, 9.6, 9.0
	d := Drawing{Width: width, Height: top + pitch*float64(len(f.Kinds)) + 7}
	for i, age := range ages {
		d.Labels = append(d.Labels, Label{X: names + (float64(i)+0.5)*cell, Y: top - 3, Room: cell, Size: 7, Text: age.name, Align: Centred, Tone: Open})
	}
	d.Labels = append(d.Labels, Label{X: width, Y: top - 3, Room: 24, Size: 7, Text: "counts for", Align: ToRight, Tone: Open})
	for row, k := range f.Kinds {
		y := top + float64(row)*pitch
		d.Labels = append(d.Labels,
			Label{X: names - 2, Y: y + pitch/2, Room: names - 2, Size: 8, Text: k.Name, Align: ToRight, Strong: true},
			Label{X: width, Y: y + pitch/2, Room: width - names - cell*float64(len(ages)) - 1, Size: 7, Text: countsFor(k.Limit), Align: ToRight, Tone: Open})
		for i, a := range k.Ages {
			d.age(names+float64(i)*cell, y, cell, pitch, a)
		}
	}
	d.Labels = append(d.Labels, Label{
		X: 0, Y: d.Height - 3, Size: 6.8, Tone: Open,
		Text: "green: all of it counts · amber, soon: its end is near · red with an edge, stale: it does not count any more · –: there is none",
	})
	return d
}

// age draws a cell: its number, and below it what its colour says.
func (d *Drawing) age(x, y, width, height float64, a AgeCount) {
	box := Box{X: x + 0.5, Y: y + 0.5, Width: width - 1, Height: height - 1, Radius: 1, Tone: a.tone()}
	middle := Label{X: x + width/2, Y: y + height/2, Room: width - 1, Size: 8, Text: fmt.Sprint(a.Items), Align: Centred, Tone: a.tone(), Strong: true}
	words := a.words()
	switch {
	case a.Items == 0:
		middle.Text, middle.Strong = "–", false
	case words != "":
		middle.Y -= 1.5
		d.Labels = append(d.Labels, Label{X: x + width/2, Y: y + height/2 + 2, Room: width - 1, Size: 5.8, Text: words, Align: Centred, Tone: a.tone()})
	}
	if a.Stale > 0 {
		box.Edge = 0.5
	}
	d.Boxes, d.Labels = append(d.Boxes, box), append(d.Labels, middle)
}

// countsFor is for how long a kind counts.
func countsFor(l questionnaires.FreshnessLimit) string {
	if l.Days == 0 {
		return "no limit"
	}
	return count(l.Days, "day", "days")
}

// Words says in words what is drawn.
func (f Freshness) Words() []string {
	var words []string
	for _, k := range f.Kinds {
		var parts []string
		for i, a := range k.Ages {
			if a.Items == 0 {
				continue
			}
			part := fmt.Sprintf("%s: %d", ages[i].name, a.Items)
			if said := a.words(); said != "" {
				part += " (" + said + ")"
			}
			parts = append(parts, part)
		}
		words = append(words, fmt.Sprintf("%s, counts for %s, %s", k.Name, countsFor(k.Limit), strings.Join(parts, "; ")))
	}
	return words
}

// sentence sums it up.
func (f Freshness) sentence() string {
	all := f.all()
	text := fmt.Sprintf("On %s %d of %s %s stale", f.Day, all.Stale, count(all.Items, "item", "items"), map[bool]string{true: "is", false: "are"}[all.Stale == 1])
	if all.Soon > 0 {
		text += fmt.Sprintf(", and %d will be soon", all.Soon)
	}
	if f.Gone > 0 {
		text += "; " + count(f.Gone, "item was expunged and is", "items were expunged and are") + " not counted"
	}
	return text + "."
}

// freshness shows how old the evidence is, and names what is stale, at most so many
// items: what an answer cites first.
func (c *composer) freshness(most int) []Block {
	day := questionnaires.DayOf(c.Date)
	f := FreshnessOf(c.Items, c.Assessment.FreshnessLimits(), day)
	if len(f.Kinds) == 0 {
		return nil
	}
	blocks := []Block{
		Heading{Level: 2, Text: "Freshness of the evidence", Anchor: "freshness"},
		Paragraph{Text: f.sentence()},
		Picture{Drawing: f.Drawing(), Caption: "Evidence by kind and by its age in days on " + string(day) + ".", Words: f.Words()},
	}
	return append(blocks, c.stale(day, most)...)
}

// stale lists what does not count any more.
func (c *composer) stale(day questionnaires.Day, most int) []Block {
	citing := citing(c.Assessment)
	var stale []Item
	for _, item := range c.Items {
		if item.Expunged == nil && c.Assessment.Freshness(item.Evidence, day).State == questionnaires.Stale {
			stale = append(stale, item)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	slices.SortStableFunc(stale, func(a, b Item) int {
		return cmp.Or(min(len(citing[b.ID]), 1)-min(len(citing[a.ID]), 1), a.Collected.Compare(b.Collected))
	})
	rows := make([]Row, 0, min(len(stale), most)+1)
	for i, item := range stale {
		if i == most {
			rows = append(rows, Row{Cells: []Cell{{}, {Text: fmt.Sprintf("… and %d more", len(stale)-i)}, {}, {}}})
			break
		}
		rows = append(rows, Row{Cells: []Cell{
			c.listed(item),
			{Title: item.name()},
			{Pill: Pill{"Stale", Bad}, Note: "since " + string(c.Assessment.Freshness(item.Evidence, day).Until.Add(1))},
			{Text: cmp.Or(idList(citing[item.ID]), "no answer")},
		}})
	}
	return []Block{Table{Columns: []Column{{"Number", 26, Plain}, {"Stale evidence", 74, Plain}, {"State", 34, Plain}, {"Cited by", 36, Plain}}, Rows: rows}}
}

// listed is an item's number, leading to where the paper lists it.
func (c *composer) listed(i Item) Cell {
	if c.Kind == Summary {
		return Cell{Text: i.Label()}
	}
	return Cell{Links: []Link{{i.Label(), evidenceAnchor(i.ID)}}}
}

// name is an item's title, or what the file is called.
func (i Item) name() string {
	if i.Title == "" && i.File != nil {
		return i.File.Name
	}
	return i.Title
}

// citing are the requirements whose answers cite an item.
func citing(a *questionnaires.Assessment) map[questionnaires.ID][]questionnaires.RequirementID {
	all := map[questionnaires.ID][]questionnaires.RequirementID{}
	for _, r := range a.Requirements() {
		for _, id := range a.Current(r.ID).Cited() {
			if !slices.Contains(all[id], r.ID) {
				all[id] = append(all[id], r.ID)
			}
		}
	}
	return all
}
