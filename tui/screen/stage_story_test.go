package screen_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// person signs at the merchant's desk as somebody else.
func person(t testing.TB, name string) *questionnaires.Signer {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	s, err := questionnaires.NewSigner(name, ed25519.NewKeyFromSeed(seed[:]), engine.Digest{})
	require.NoError(t, err)
	return s
}

// small gives the merchant a catalogue of two requirements in two forms.
func (m *merchant) small(t testing.TB) {
	t.Helper()
	id := questionnaires.MustRequirementID
	asks := []questionnaires.RequirementID{id("1.2.5"), id("8.3.9")}
	c, err := questionnaires.NewCatalogue([]questionnaires.Requirement{
		{ID: asks[0], Title: "Ports and services in use are known", ProcedureSize: 1}, {ID: asks[1], Title: "Passwords are changed", ProcedureSize: 1},
	}, []questionnaires.Questionnaire{
		{Code: "roc", Title: "Report on Compliance", Revision: "4.0.1", Requirements: asks, Responses: questionnaires.Responses(), PerProcedure: true},
		{Code: "saq-d-merchant", Title: "SAQ D for merchants", Revision: "4.0.1", Requirements: asks, Responses: questionnaires.Responses()},
	}, map[questionnaires.RequirementID]string{id("1"): "Network controls", id("8"): "Identification"})
	require.NoError(t, err)
	m.Catalogue = c
}

// as is the workbench of somebody else.
func (m *merchant) as(t testing.TB, s *questionnaires.Signer) screen.Workbench {
	w := m.Workbench
	w.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		v, err := vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithAuthor(s), vault.WithClock(m.clock.Now))
		if err == nil {
			t.Cleanup(func() { _ = v.Close() })
		}
		return v, err
	}
	return w
}

// does signs what rules give for somebody, where nobody sits at the desk.
func (m *merchant) does(t testing.TB, s *questionnaires.Signer, all ...func(*questionnaires.Assessment) (questionnaires.Draft, error)) {
	t.Helper()
	v, err := m.as(t, s).Open(t.Context(), "")
	require.NoError(t, err)
	defer v.Close()
	for _, rule := range all {
		h, err := v.History(t.Context())
		require.NoError(t, err)
		a, err := h.Assessment(m.Catalogue, "0123456789abcdef0123456789abcdef")
		require.NoError(t, err)
		draft, err := rule(a)
		require.NoError(t, err)
		_, err = v.Append(t.Context(), draft)
		require.NoError(t, err)
	}
}

// enrol makes somebody an author of the vault.
func (m *merchant) enrol(t testing.TB, s *questionnaires.Signer) {
	t.Helper()
	m.does(t, m.signer, func(*questionnaires.Assessment) (questionnaires.Draft, error) {
		return questionnaires.Draft{Action: questionnaires.AuthorEnrolled, Subject: s.Author.ID.String(), Payload: s.Enrolment()}, nil
	})
}

// answered answers all that the small forms ask.
func (m *merchant) answered(t testing.TB) {
	t.Helper()
	for _, r := range []string{"1.2.5", "8.3.9"} {
		m.does(t, m.signer, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.Answer(questionnaires.Answer{Requirement: questionnaires.MustRequirementID(r), Response: questionnaires.NotApplicable, Narrative: "There is none: " + r})
		})
	}
	require.Empty(t, m.assessment(t).Problems())
}

// passAll passes the sections but those that are left out.
func (m *merchant) passAll(t testing.TB, s *questionnaires.Signer, but ...questionnaires.Section) {
	t.Helper()
	for _, section := range m.assessment(t).Sections() {
		r := questionnaires.SectionReview{Section: section, Verdict: questionnaires.PassSection}
		for _, item := range section.Checklist() {
			r.Checklist = append(r.Checklist, questionnaires.CheckedItem{Item: item.ID, State: questionnaires.CheckFound})
		}
		if len(but) == 0 || but[0] != section {
			m.does(t, s, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				return a.ReviewSection(r, s.Author.ID)
			})
		}
	}
}

// stages opens the room.
func stages(d *tuitest.Driver) *tuitest.Driver {
	return d.Press(":", "/").Type("section by section").Press("enter", "enter")
}

// sits opens a desk for somebody; what is returned ends it, so that another may sit down.
func (m *merchant) sits(t testing.TB, s *questionnaires.Signer, width, height int) (*tuitest.Driver, func()) {
	t.Helper()
	w := m.as(t, s)
	open, opened := w.Open, (*vault.Vault)(nil)
	w.Open = func(ctx context.Context, passphrase string) (v *vault.Vault, err error) {
		opened, err = open(ctx, passphrase)
		return opened, err
	}
	return desk(t, w, width, height), func() { require.NoError(t, opened.Close()) }
}

// A report goes from fieldwork through two reviews to its issue, and is amended.
func TestAReportIsIssuedAtTheDesk(t *testing.T) {
	m := newEntity(t, 0, "roc")
	m.small(t)
	ivo, quin := person(t, "Ivo Lang"), person(t, "Quin Marsh")
	m.enrol(t, ivo)
	m.enrol(t, quin)
	m.answered(t)

	d, leaves := m.sits(t, m.signer, 120, 40)
	stages(d).Shows("fieldwork, version 1", "! nobody concluded it", "Requirement 8", "QA: not reviewed")
	d.Press("enter").Shows("it is in fieldwork: s submits it").Press("m").Shows("what is not issued is changed without an amendment").Press("A").Shows("A: a Report on Compliance is reviewed for quality")
	d.Press("c")
	filled(d, "result", "Compliant")
	filled(d, "person", "Mara Lind").Press("S").Shows("concluded")
	d.Press("s").Shows("in lead review now", "lead review, version 1, 0 of 6 sections passed")
	d.Press("/").Type("Requirement 8").Press("enter", "enter").Shows("nobody reviews their own work, and this author answered in it")
	leaves()

	d, leaves = m.sits(t, ivo, 120, 40)
	d.Shows("lead review, version 1, 0 of 6", "6 sections wait for your review: Engagement and conclusion, Scope")
	stages(d).Press("/").Type("Requirement 8").Press("enter", "enter").Shows("Review Requirement 8", "Follows", "Own words", "1 place is missing before it can be kept")
	chosen(d, "verdict", "passes").Press("S").Shows("not done: review requirement-8: item follows of its checklist is not answered")
	for _, item := range []string{"follows", "own words", "contradictions"} {
		chosen(d, item, "yes")
	}
	chosen(d, "not applicable", "no")
	chosen(d, "compensating", "not applicable")
	d.Press("S").Shows("answered no: return the section with the reason")
	chosen(d, "verdict", "returned").Press("S").Shows("it needs a reason")
	place(d, "reason").Type("Who says that there are no passwords?").Press("esc", "esc")
	d.Press("S").Shows("reviewed: Requirement 8", "✗ returned", "Who says that there are no passwords?")
	d.Golden("stage-returned-120x40")
	leaves()

	m.passAll(t, ivo, "requirement-8")
	d, leaves = m.sits(t, m.signer, 120, 40)
	d.Shows("✗ returned", "Who says that there are no passwords?")
	d.Golden("dashboard-returned-120x40").Resize(80, 24)
	d.Golden("dashboard-returned-80x24").Resize(120, 40)
	stages(d).Press("o").Shows("not done: pass on to QA: the lead review has not passed Requirement 8")
	d.Press("t").Shows("Return to fieldwork", "1 place is missing")
	place(d, "reason").Type("8.3.9 says too little.").Press("esc", "esc")
	d.Press("S").Shows("in fieldwork again", "fieldwork, version 1, returned: 8.3.9 says too little.", "✓ passed")
	d.Press("s")
	leaves()

	m.passAll(t, ivo)
	d, leaves = m.sits(t, m.signer, 120, 40)
	stages(d).Press("o").Shows("QA, version 1, 0 of 6 sections passed").Press("enter").Shows("who reviews for quality answered and collected nothing")
	leaves()
	m.passAll(t, quin)
	d, leaves = m.sits(t, quin, 80, 24)
	d.Shows("next step", "nothing stands before the issue")
	stages(d).Golden("stage-80x24").Resize(120, 40)
	d.Golden("stage-120x40")
	d.Press("I").Shows("I again issues it as version 1").Press("down", "I").Shows("I again issues it").Press("I").Shows("issued as version 1", "issued, version 1, on 2026-11-20 by Quin Marsh", "Version 1")
	leaves()
	m.look(t, func(a *questionnaires.Assessment) {
		now, err := a.Stage()
		require.NoError(t, err)
		assert.Equal(t, questionnaires.Issued, now.Stage)
	})

	// what is issued is frozen; an amendment opens the next version and leaves it there
	d, leaves = m.sits(t, m.signer, 120, 40)
	defer leaves()
	stages(d).Press("s").Shows("s: it is in issued").Press("c").Shows("it is issued: m opens an amendment")
	d.Press("m")
	place(d, "reason").Type("8.3.9 was wrong.").Press("esc", "esc")
	d.Press("S").Shows("fieldwork, version 2: 8.3.9 was wrong.", "It amends version 1: 8.3.9 was wrong.")
	d.Press("/").Type("Version 1").Press("enter", "enter").Shows("version 1, as issued", "issued, version 1")
	d.Press("r").Shows("no draft: issued, version 1").Press("enter").Shows("copperline-draft.pdf").Press("esc")
	d.Press("c").Shows("this is version 1 as it was issued, and nothing changes it").Press("u").Shows("nothing changes it")
	d.Press("esc").Shows("fieldwork, version 2")
}

// Who works alone reviews alone, which is marked, and the executive acknowledges.
func TestASelfAssessmentIsIssuedAtTheDesk(t *testing.T) {
	m := newMerchant(t, 0)
	m.small(t)
	m.answered(t)
	m.does(t, m.signer,
		func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.Conclude(questionnaires.Conclusion{Result: "Compliant", Person: "Mara Lind"})
		},
		func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.MoveStage(questionnaires.StageMove{To: questionnaires.LeadReview})
		})
	m.passAll(t, m.signer)
	d, leaves := m.sits(t, m.signer, 120, 40)
	stages(d).Shows("✓ passed alone", "nobody else looked at it", "! no executive of the entity acknowledged it")
	d.Press("I", "I").Shows("not done: issue: no executive of the entity acknowledged it")
	d.Press("A")
	filled(d, "name", "Ada Berg")
	filled(d, "title", "Managing director").Shows("1 place is missing")
	place(d, "statements").Press(" ", "down", " ", "down", " ", "esc", "esc")
	d.Press("S").Shows("statement changes is not acknowledged")
	place(d, "statements").Press("end", " ", "esc", "esc")
	d.Press("S").Shows("✓ acknowledged on 2026-11-20 by Ada Berg, Managing director")
	d.Press("I", "I").Shows("issued, version 1")
	leaves()
	m.clock.now = m.clock.now.AddDate(0, 0, 1)
	m.does(t, m.signer, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		return a.History().RecordChange(questionnaires.SignificantChange{ID: "0123456789abcdef0123456789abcdef", On: "2026-11-21", What: "a second shop"}, "2026-11-21")
	})
	d, leaves = m.sits(t, m.signer, 120, 40)
	defer leaves()
	d.Shows("1 thing came since", "! since issue", "a significant change of 2026-11-21 was recorded: a second shop")
	stages(d).Shows("Do what the standard").Golden("stage-since-120x40")
}

// What is submitted with something open is submitted on purpose.
func TestWhatIsOpenIsSubmittedOnPurpose(t *testing.T) {
	m := newMerchant(t, 0)
	m.small(t)
	d := stages(desk(t, m.Workbench, 80, 24)).Press("s").Shows("s again submits it with", "problems open", "fieldwork, version 1")
	d.Press("down", "s").Shows("s again submits it with").Press("s").Shows("in lead review now", "lead review, version 1")
}
