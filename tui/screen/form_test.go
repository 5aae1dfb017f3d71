package screen_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// sizes are the terminals that golden frames are drawn for.
var sizes = []struct {
	name          string
	width, height int
}{{"80x24", 80, 24}, {"120x40", 120, 40}}

// frames runs a story at both sizes, and compares the frames that it names.
func frames(t *testing.T, collections int, code string, story func(d *tuitest.Driver, golden func(name string))) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			d := desk(t, newEntity(t, collections, code).Workbench, size.width, size.height)
			story(d, func(name string) { d.Golden(name + "-" + size.name) })
		})
	}
}

// question opens the question of a requirement from the dashboard.
func question(d *tuitest.Driver, id string) *tuitest.Driver {
	return d.Press("a", "/").Type(id).Press("enter", "enter")
}

func TestGoldenForms(t *testing.T) {
	frames(t, 1, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		question(d, "8.3.6").Press("right", " ")
		golden("worksheet-empty")
		d.Press("enter").Type("The payment terminal's firmware takes six characters and no more.").Press("tab").Type("A second factor")
		golden("worksheet-writing")
		d.Press("esc", "n", "n")
		golden("worksheet-begun")
		d.Press("esc")
		golden("question-worksheet")
		d.Press("right", "right", "right", "enter", "t").Press("enter").Type("2026-13-01").Press("enter")
		golden("target-refused")
		d.Press("x", "down", "down", "enter")
		golden("target-legal")
		d.Press("esc")
		golden("question-target")
		d.Press("s", "enter")
		golden("subtree-pick")
		d.Press("down", "enter", "down", "enter").Type("No passwords are used.").Press("esc")
		golden("subtree")
		d.Press("S", "esc", "esc")
		question(d, "8.3.7")
		golden("question-inherited")
	})
}

func TestGoldenProcedures(t *testing.T) {
	frames(t, 1, "roc", func(d *tuitest.Driver, golden func(string)) {
		question(d, "2.2.6")
		golden("roc-question")
		d.Press("enter", "down", "down", "enter")
		golden("procedure-empty")
		d.Press("enter")
		golden("procedure-finding")
		d.Press("down", "enter", "down", "enter").Type("Examined five pods of the payment namespace.").Press("esc", "down", "enter", " ", "esc", "down", "enter")
		golden("procedure-references")
		d.Press(" ", "esc")
		golden("procedure")
		d.Press("esc")
		golden("roc-procedures")
		d.Press("shift+tab")
		golden("roc-answer")
		d.Press("C")
		golden("customized-empty")
		d.Press("down", "enter", "a", "enter").Type("Approval by two").Press("enter", "esc")
		golden("customized-controls")
		d.Press("esc", "down", "down", "enter").Type("Two people approve each change by their keys; nothing else reaches the cluster.").Press("esc")
		golden("customized-begun")
		d.Press("esc")
		golden("roc-customized")
	})
}

func TestGoldenAcceptances(t *testing.T) {
	frames(t, 1, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		d.Press("e", "enter", "A")
		golden("acceptance-empty")
		d.Press("enter").Type("The vendor mends it in March.").Press("tab").Type("One pod, no card data.")
		golden("acceptance-writing")
		d.Press("tab").Type("2026-12-15").Press("enter", "S")
		golden("evidence-accepted")
		d.Press("A")
		golden("acceptances")
		d.Press("P")
		golden("acceptances-approved")
	})
}

// A worksheet is saved place by place: in a pause, on leaving a field, by the person's
// own editor. What is unfinished is kept, and is a problem.
func TestAWorksheetIsFilledIn(t *testing.T) {
	m := newMerchant(t, 0)
	id := questionnaires.MustRequirementID("8.3.6")
	sheet := func() questionnaires.Worksheet { return m.assessment(t).Own(id).Worksheet }
	d := question(desk(t, m.Workbench, 80, 24), "8.3.6").Press("w").Shows("belongs to In Place with CCW: choose that first")
	d.Press("right", " ").Shows("Worksheet", "7 places are missing").Press("enter").Type("Six characters\nat most").Shows("● not saved yet").Wait()
	assert.Equal(t, "Six characters\nat most", sheet().Constraints, "a pause saves")
	d.Shows("saved 14:02:11 UTC").Press("tab").Type("a second factor").Press("esc")
	assert.Equal(t, "a second factor", sheet().Definition, "leaving a field saves")
	m.editor = func(text string) (string, error) { return text + " and a lock", nil }
	d.Press("E").Shows("a second factor and a lock")
	assert.Equal(t, "a second factor and a lock", sheet().Definition, "the editor's text is saved")
	d.Press("u").Press("esc").Shows("! 5 missing")
	assert.Equal(t, "a second factor", sheet().Definition, "undo takes one place back")
	d.Press("U").Shows("gave the answer to 8.3.6 again")
	assert.Equal(t, "a second factor and a lock", sheet().Definition)
	d.Press("esc", "esc", "esc", "p").Shows("Problems")
	d.Press("/").Type("unfinished").Press("enter", "enter").Shows("The compensating control worksheet of 8.3.6")
	d.Press("down", "down", "enter").Type("Passwords resist guessing").Press("ctrl+c")
	assert.True(t, d.Quit())
	assert.Equal(t, "Passwords resist guessing", sheet().Objective, "quitting saves")
}

// What a rule refuses stays as it was typed: the form is not left with it, until it
// is mended or dropped on purpose.
func TestWhatIsRefusedStays(t *testing.T) {
	m := newMerchant(t, 0)
	d := question(desk(t, m.Workbench, 80, 24), "8.3.6").Press("right", "right", "right", "right", " ", "t", "enter").Type("soon").Press("enter")
	d.Shows("not done: read day \"soon\"", "● not saved Target date", "soon").Press("esc").Shows("not done: read day", "soon")
	d.Press("ctrl+c").Shows("quit again")
	assert.False(t, d.Quit())
	d.Press("x").Shows("dropped: Target date stands as it was", "! missing   Target date").Press("enter").Type("2027-01-31").Press("enter", "esc")
	d.Shows("by 2027-01-31")
	assert.Equal(t, questionnaires.Day("2027-01-31"), m.assessment(t).Own(questionnaires.MustRequirementID("8.3.6")).Remedy.Target)
}

// A form whose vault cannot be written to keeps every place that was typed into.
func TestAFormOutlivesAFailingVault(t *testing.T) {
	m := newMerchant(t, 0)
	var held *vault.Vault
	open := m.Open
	m.Open = func(ctx context.Context, p string) (v *vault.Vault, err error) {
		held, err = open(ctx, p)
		return held, err
	}
	d := question(desk(t, m.Workbench, 80, 24), "8.3.6").Press("right", " ", "enter").Type("first")
	require.NoError(t, held.Close())
	d.Press("tab").Type("second").Press("esc").Shows("✗ the last change is NOT saved", "● not saved Constraints", "● not saved Definition")
	d.Press("esc").Shows("first", "second", "not done:").Press("backspace").Shows("first", "second")
}

func TestGoldenParts(t *testing.T) {
	frames(t, 0, "saq-d-service-provider", func(d *tuitest.Driver, golden func(string)) {
		question(d, "6.4.1")
		golden("question-proposal")
		d.Press("T")
		golden("question-taken-over")
		d.Press("R", "enter").Type("Looked at the list of applications: all are covered by 6.4.2.").Press("esc")
		golden("results")
		d.Press("esc", "right", "right", "right", "enter", "t", "enter").Type("The warehouse systems").Press("esc")
		golden("left-out")
		d.Press("esc")
		golden("question-not-tested")
		d.Press("esc", "esc", "esc")
		golden("dashboard-partial")
	})
}

// In a Report on Compliance a requirement is answered by its testing procedures; the
// customized approach is refused with the rule where the standard does not allow it.
func TestARequirementIsReportedByProcedure(t *testing.T) {
	m := newEntity(t, 1, "roc")
	id := questionnaires.MustRequirementID("2.2.6")
	d := question(desk(t, m.Workbench, 120, 40), "2.2.6").Shows("Procedures 0/3", "open: 2.2.6.a, 2.2.6.b, 2.2.6.c", "○ contradicts", "◌ cannot say")
	d.Press("C").Shows("report a testing procedure first").Press("enter")
	for i := range 3 {
		d.Press("home")
		for range i {
			d.Press("down")
		}
		d.Press("enter", "enter", "enter", "down", "enter").Type("Seen in the sample.").Press("esc", "end", "enter", " ", "esc", "esc")
	}
	a := m.assessment(t)
	assert.Equal(t, questionnaires.InPlace, a.Current(id).Response, "it rolls up")
	for _, p := range a.Procedures(id) {
		assert.Equal(t, "Seen in the sample.", p.Reporting)
		assert.Len(t, p.References, 1)
	}
	d.Shows("Procedures 3/3", "✓ In Place, rolled up from 3 testing procedures")
	d.Press("C").Shows("8 places are missing").Press("down", "down", "down", "enter").Type("Another way").Press("esc", "esc").Shows("Customized", "missing  Another way")
	assert.Equal(t, "Another way", m.assessment(t).Own(id).Customized.Description)
	d.Press("w").Shows("The compensating control worksheet").Press("esc", "esc", "esc", "esc")
	question(d, "3.3.1.1").Press("C").Shows("C: the standard does not allow the customized approach for it")
}
