package screen_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
)

// roomNamed opens a room by what it is about.
func roomNamed(d *tuitest.Driver, about string) *tuitest.Driver {
	return d.Press(":", "/").Type(about).Press("enter", "enter")
}

// A population is listed, a sample drawn from it and drawn again, at the desk.
func TestASampleAtTheDesk(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 120, 40).Press("e", "F")
	filled(d, "file", paper(t, "hosts.csv", "host,site\na,x\nb,x\nc,y\n")).Press("S").Shows("taken in")
	d.Press("esc")
	roomNamed(d, "sets drawn from them").Shows("Nothing is sampled yet")
	d.Press("p").Shows("New population")
	filled(d, "name", "hosts")
	chosen(d, "file", "hosts.csv")
	d.Press("S").Shows("1 place is missing")
	filled(d, "column", "name").Press("S").Shows("not done", "it has host, site")
	filled(d, "column", "host").Press("S").Shows("hosts: 3 items listed", "! not whole", "May lack items: an inventory")

	d.Press("enter").Shows("Draw", "hosts, which has 3 items")
	filled(d, "size", "4").Press("S").Shows("not done", "4 of 3: a sample is no larger than its population")
	filled(d, "size", "2")
	filled(d, "seed", "2026-A")
	filled(d, "type", "hosts").Press("S").Shows("drawn", "Set-1", "2 of 3", "! sample", "lacks rationale of its size")
	d.Press("r").Shows("Set-1: the same 2 items are drawn again")
	s := m.assessment(t).Samples()[0]
	assert.Equal(t, "2026-A", s.Draw.Seed)
	assert.Len(t, s.Items, 2)

	d.Press("enter").Shows("drawn at random by Tickmark, seed 2026-A")
	place(d, "rationale").Type("One build makes them all.").Press("esc", "esc", "esc")
	d.Press("/").Type("not whole").Press("enter", "w").Shows("Its list stays as it is")
	place(d, "assurance").Type("Counted in the racks.").Press("esc", "esc", "esc", "esc").Shows("✓ sample", "✓ population")

	d.Press("a").Shows("New sample set")
	place(d, "items").Type("Lund").Press("esc", "esc")
	filled(d, "population", "14")
	filled(d, "type", "shops").Press("S").Shows("Set-2", "1 of 14")
	require.Len(t, m.assessment(t).Samples(), 2)
	d.Press("/").Type("Set-2").Press("enter", "r").Shows("lacks how it was chosen", "r: the program did not draw it").Press("x").Shows("Set-2 withdrawn")
	assert.Len(t, m.assessment(t).Samples(), 1)
}

// A population is listed of what a collection saw, by kind, namespace and label, and what
// nobody saw is no population.
func TestAPopulationOfObjectsAtTheDesk(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 120, 40)
	roomNamed(d, "sets drawn from them").Press("o").Shows("New population of objects", "✓ filled    Collection")
	filled(d, "name", "pay pods")
	filled(d, "kind", "pods").Press("S").Shows("not done", "has none: pods; it has Pod")
	filled(d, "kind", "Pod")
	filled(d, "namespace", "pay")
	place(d, "labels").Type("app=nothing").Press("esc", "esc", "S").Shows("not done", "has none: Pod in pay with app=nothing")
	place(d, "labels").Press("ctrl+u").Type("app=api").Press("esc", "esc", "S").Shows("pay pods: 1 item listed", "Pod in pay with app=api")
	require.Len(t, m.assessment(t).Populations(), 1)
	assert.Equal(t, map[string]string{"app": "api"}, m.assessment(t).Populations()[0].Objects.Selection.Labels)
	d.Press("enter").Shows("Draw", "Draws from pay pods")
}

// The next year is opened at the desk, what is carried confirmed, and last year's answer
// stands beside the question.
func TestTheNextYearAtTheDesk(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 120, 40)
	requests(d).Press("a")
	place(d, "wanted").Type("Ruleset reviews").Press("esc", "esc")
	place(d, "requirements").Press("/").Type("1.2.7").Press("enter", " ", "esc", "esc", "esc")
	filled(d, "due", "2026-12-01").Press("S").Shows("Req-1").Press("esc", "esc")
	m.look(t, func(a *questionnaires.Assessment) { require.Empty(t, a.Carried()) })
	roomNamed(d, "to be confirmed").Shows("was not opened from a prior one").Press("esc", "esc")

	roomNamed(d, "those of this vault").Press("n").Shows("Next year", "No answer, reason, sample or evidence is carried")
	filled(d, "name", "Next").Press("S").Shows("opened", "Next")
	d.Press("/").Type("Next").Press("enter", "enter").Shows("Last year", "parts to be confirmed")
	roomNamed(d, "to be confirmed").Shows("! to be confirmed", "questionnaire", "Req-2").Press("R").Shows("confirmed: requests", "✓ confirmed")
	d.Press("/").Type("questionnaire").Press("enter", "c").Shows("confirmed: questionnaire").Press("c").Shows("confirmed it on")
	d.Press("esc", "esc", "esc", "a", "/").Type("1.2.7").Press("enter", "enter").Shows("1.2.7")
}
