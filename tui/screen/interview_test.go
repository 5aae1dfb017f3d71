package screen_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/questionnaires/licensed"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// room opens a screen by its name in the list of all rooms.
func room(d *tuitest.Driver, name string) *tuitest.Driver {
	return d.Press(":", "/").Type(name).Press("enter", "enter")
}

// A merchant is asked one question at a time; each answer is recorded, can be given
// anew, and leads to a form that the assessment is moved to.
func TestAnInterviewLeadsToAForm(t *testing.T) {
	m := newMerchant(t, 0)
	d := room(desk(t, m.Workbench, 120, 40), "which").Shows("The entity", "Answers 0", "· open: what is not answered is never taken for a yes")
	smallest, _ := m.Catalogue.Eligibility().Form("saq-a")
	for range 40 {
		a := m.assessment(t)
		interview := a.Interview()
		asked, more := interview.Next()
		if !more {
			break
		}
		q, _ := a.Standard().Eligibility().Question(asked.Question)
		wanted := map[string]string{"role": "merchant", "takes-e-commerce": "yes", "takes-card-present": "no", "takes-mail-telephone": "no"}[q.ID]
		for _, criterion := range smallest.Criteria {
			if criterion.Question == q.ID {
				wanted = criterion.Accepts[0]
			}
		}
		offered := q.Offered(asked.Channel)
		d.Press("home")
		for i, c := range offered {
			if c.Value == wanted {
				for range i {
					d.Press("down")
				}
			}
		}
		d.Press("enter")
		assert.Len(t, m.assessment(t).EligibilityAnswers(), len(interview.Answers())+1, "one key, one answer: %s", asked)
	}
	e, _ := m.assessment(t).Eligibility()
	require.True(t, e.Decided())
	d.Shows("✓ fill "+e.Forms[0].Name, e.Reminder[:20], "E-commerce: the other forms")

	given := len(m.assessment(t).EligibilityAnswers())
	d.Press("tab", "tab").Shows("answer anew").Press("x")
	assert.Less(t, len(m.assessment(t).EligibilityAnswers()), given, "an answer can be taken back")
	d.Press("shift+tab").Shows("The entity").Press("home", "enter")

	d.Press("m").Shows("The form to move to").Press("enter", "home", "enter").Press("S").Shows("1 place is missing")
	d.Press("esc").Shows("Move is not sent yet; it opens again as you left it").Press("m").Shows("as you left it: S keeps it, D drops it", e.Forms[0].Name)
	d.Press("down", "enter").Type("the pages are the provider's").Press("esc", "S").Shows("moved")
	assert.Equal(t, e.Forms[0].Form, m.assessment(t).Details.Questionnaire)
}

// Another assessment is begun in the vault, opened, and left again.
func TestAnotherAssessmentIsBegun(t *testing.T) {
	m := newMerchant(t, 0)
	d := room(desk(t, m.Workbench, 80, 24), "assessments").Shows("● open").Press("a")
	d.Press("enter", "/").Type("P2PE").Press("enter", "enter", "down", "enter").Type("Shops: north").Press("enter", "S").Shows("begun", "Shops: north")
	d.Press("end", "enter").Shows("Copperline Outfitters › Shops: north", "Answered 0 of 21")
	d.Press("esc").Shows("this is the first screen; q quits")
	room(d, "assessments").Press("home", "enter").Shows("Answered 0 of 233")
}

// An organisation's own questionnaire is listed beside PCI's, and begun like any other.
func TestAnOwnQuestionnaireIsBegun(t *testing.T) {
	m := newMerchant(t, 0)
	m.define(t, "1", "Are they named?")
	d := room(desk(t, m.Workbench, 80, 24), "questionnaires").Press("/").Type("baseline").Press("enter").Shows("acme", "1 question").Press("enter")
	d.Shows("Our baseline").Press("S").Shows("begun").Press("esc", "esc", "esc", "esc")
	room(d, "assessments").Press("end", "enter").Shows("Answered 0 of 1", "People")
	question(d, "ACME-2.1").Shows("Are they named?", "( ) Not in Place").ShowsNot("CCW")
}

// define records a revision of an organisation's own questionnaire.
func (m *merchant) define(t *testing.T, revision, asked string) {
	t.Helper()
	v, err := m.Open(t.Context(), "")
	require.NoError(t, err)
	draft, err := m.defining(revision, asked)
	require.NoError(t, err)
	_, err = v.Append(t.Context(), draft)
	require.NoError(t, err)
	require.NoError(t, v.Close())
}

func (m *merchant) defining(revision, asked string) (questionnaires.Draft, error) {
	return questionnaires.DefineQuestionnaire(m.Catalogue, questionnaires.Definition{
		Code: "acme", Title: "Our baseline", Revision: revision, Responses: []questionnaires.Response{questionnaires.InPlace, questionnaires.NotInPlace},
		Sections: []questionnaires.DefinedSection{{Title: "People", Questions: []questionnaires.DefinedQuestion{
			{ID: questionnaires.MustRequirementID("ACME-2.1"), Title: "Owners", Question: asked, Evidence: "The register."},
		}}},
	})
}

// A person's own files are taken in: a questionnaire, and the standard's text.
func TestFilesAreTakenIn(t *testing.T) {
	m := newMerchant(t, 0)
	m.Files = screen.Files{
		Define: func(path string, _ *questionnaires.History) (questionnaires.Draft, error) {
			if path != "ours.yaml" {
				return questionnaires.Draft{}, errors.New("read " + path + ": it is not there")
			}
			return m.defining("1", "Are they named?")
		},
		LoadText: func(ctx context.Context, v *vault.Vault, path string) (string, error) {
			text := licensed.Text{Requirements: []licensed.Requirement{{ID: questionnaires.MustRequirementID("1.2.1"), Text: "Configured as " + path + " says."}}}
			_, err := v.SetText(ctx, questionnaires.LicensedText{Source: path, Requirements: 1}, text)
			return "loaded the text of 1 of 280 requirements", err
		},
	}
	d := room(desk(t, m.Workbench, 80, 24), "questionnaires").ShowsNot("acme").Press("n").Shows("needs the file no more", "1 place is missing")
	d.Press("enter").Type("our.yaml").Press("enter", "S").Shows("it is not there", "our.yaml")
	d.Press("enter", "ctrl+u").Type("ours.yaml").Press("enter", "S").Shows("taken in", "acme")
	d.Press("t").Shows("in no report").Press("enter").Type("pci.csv").Press("enter", "S").Shows("loaded the text of 1 of 280").Press("esc", "esc", "esc")
	question(d, "1.2.1").Press("tab", "tab", "tab", "tab", "tab").Shows("Configured as pci.csv says.")
}

// An answer to a question that reads otherwise now is confirmed as it stands, by a key
// that is there for nothing else.
func TestAnAnswerIsConfirmed(t *testing.T) {
	m := newMerchant(t, 0)
	m.define(t, "1", "Are they named?")
	m.define(t, "2", "Are they named, each with a deputy?")
	d := room(desk(t, m.Workbench, 100, 30), "questionnaires").Press("/").Type("Our baseline, 1").Press("enter", "m", "down", "enter").Type("ours").Press("esc", "S").Shows("moved").Press("esc", "esc", "esc", "esc")
	question(d, "ACME-2.1").Shows("Are they named?").Press("c").Shows("c does nothing here").Press(" ").Shows("(✓) In Place").Press("esc", "esc", "esc", "esc")
	room(d, "questionnaires").Press("/").Type("Our baseline, 2").Press("enter", "m", "down", "enter").Type("the second").Press("esc", "S").Shows("moved").Press("esc", "esc", "esc", "esc")
	d.Press("p", "/").Type("otherwise").Press("enter", "enter").Shows("the question reads otherwise").Press("c").Shows("confirmed: the answer to ACME-2.1").ShowsNot("reads otherwise")
}

// A failing result is accepted for a time: asked for, shown beside the result, and
// approved by somebody; the requirement stays as it was answered.
func TestAFailingResultIsAccepted(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 120, 40).Press("e", "enter").Shows("What it proves")
	d.Press("A").Shows("Asks to accept the failing result").Press("enter").Type("The vendor mends it in March.").Press("tab").Type("One pod, no card data.").Press("tab").Type("2026-12-15").Press("enter")
	d.Press("S").Shows("asked for", "? asked for until 2026-12-15")
	d.Press("A").Shows("Accepted results", "The vendor mends it in March.").Press("P").Shows("◔ accepted", "approved alone")
	d.Press("x", "enter").Type("mended").Press("enter", "S").Shows("– taken back")
	d.Press("esc", "esc", "esc")
	assert.Zero(t, m.assessment(t).Progress().Answered)
}

// Who holds a requirement is a default until a person confirms it.
func TestResponsibilityIsConfirmed(t *testing.T) {
	m := newMerchant(t, 0)
	id := questionnaires.MustRequirementID("9.2.1")
	d := room(desk(t, m.Workbench, 120, 40), "responsibility").Shows("not seen here", "Autopilot").Press("/").Type("EKS").Press("enter", "enter").Shows("by default")
	d.Press("/").Type("9.2.1").Press("enter", "enter").Shows("By default:").Press("enter", "enter", "down", "enter").Type("AWS PCI matrix 2026").Press("tab").Type("2026-03-31").Press("enter", "S").Shows("✓ confirmed")
	d.Press("esc", "esc", "esc", "esc", "esc", "esc")
	question(d, id.String()).Shows("Held by", "✓ confirmed  Amazon EKS: provider")
}

// The scope is filled in by records; what is merely incomplete is kept, what breaks a
// rule stays on the desk, and a problem of the scope leads to its form.
func TestTheScopeIsFilledIn(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 120, 40).Press("p", "/").Type("scope").Press("enter", "enter").Shows("What the assessments of this vault look at")
	d.Press("enter").Type("A web shop on one cluster.").Press("esc")
	d.Press("/").Type("third").Press("enter", "enter", "a").Press("enter").Type("Gateway Ltd").Press("enter", "down", "enter").Type("all of it").Press("esc", "esc").Shows("Gateway Ltd")
	d.Press("x").Shows("x again takes out Gateway Ltd").Press("esc", "esc")
	d.Press("/").Type("classes").Press("enter", "enter", "a").Press("enter").Type("").Press("down", "enter")
	d.Press("down", "enter").Type("pay").Press("enter", "down", "down", "enter", "enter").Press("S").Shows("Cardholder data environment: namespace/pay")
	scope := m.assessment(t).Scope()
	assert.Equal(t, "A web shop on one cluster.", scope.Description)
	require.Len(t, scope.ThirdParties, 1)
	assert.Equal(t, "all of it", scope.ThirdParties[0].Data)
	require.Len(t, scope.Classes, 1)
	assert.Equal(t, questionnaires.CardholderEnvironment, scope.Classes[0].Class)

	d.Press("esc", "esc", "esc", "esc", "esc", "esc")
	room(d, "engagement").Press("/").Type("end").Press("enter").Press("home", "/").Press("esc").Press("end", "up", "enter").Type("x").Press("enter").Shows("want digits", "● not saved")
}

func TestGoldenScope(t *testing.T) {
	frames(t, 1, "roc", func(d *tuitest.Driver, golden func(string)) {
		room(d, "scope")
		golden("scope")
		d.Press("down", "enter")
		golden("scope-entity")
		d.Press("esc", "/").Type("classes").Press("enter", "enter")
		golden("scope-classes-empty")
		d.Press("a")
		golden("scope-class-new")
		d.Press("esc", "esc", "esc", "esc", "esc", "esc")
		room(d, "engagement")
		golden("engagement")
		d.Press("enter", "a", "enter").Type("Ada Assessor").Press("enter", "esc")
		golden("engagement-assessors")
	})
}

func TestGoldenRooms(t *testing.T) {
	frames(t, 1, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		d.Press(":")
		golden("rooms")
		d.Press("esc")
		room(d, "which")
		golden("interview-empty")
		d.Press("enter", "enter", "tab", "tab")
		golden("interview-answers")
		d.Press("tab")
		golden("interview-meaning")
		d.Press("esc", "esc", "esc")
		room(d, "risk")
		golden("analyses")
		d.Press("enter")
		golden("analysis")
		d.Press("esc", "esc", "esc", "esc")
		room(d, "accepted")
		golden("acceptances-empty")
		d.Press("esc", "esc", "esc")
		room(d, "responsibility")
		golden("platforms")
		d.Press("enter")
		golden("held")
		d.Press("esc", "esc", "esc", "esc")
		room(d, "assessments")
		golden("assessments")
		d.Press("a")
		golden("assessment-new")
		d.Press("esc", "esc", "esc", "esc")
		room(d, "questionnaires")
		golden("questionnaires")
	})
}
