package screen_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// desk starts the workbench of a merchant, as the router would.
func desk(t testing.TB, w screen.Workbench, width, height int) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, tui.New(tui.Options{First: screen.NewUnlock(t.Context(), w)}), width, height)
}

// assessment reads what the vault on disk says, with another process's eyes.
func (m *merchant) assessment(t testing.TB) *questionnaires.Assessment {
	t.Helper()
	var seen *questionnaires.Assessment
	m.look(t, func(a *questionnaires.Assessment) { seen = a })
	return seen
}

// look is assessment while the vault is still open.
func (m *merchant) look(t testing.TB, use func(*questionnaires.Assessment)) {
	t.Helper()
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.ReadOnly())
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()
	h, err := v.History(t.Context())
	require.NoError(t, err)
	a, err := h.Assessment(m.Catalogue, "0123456789abcdef0123456789abcdef")
	require.NoError(t, err)
	use(a)
}

// The whole main job at the desk, from the locked vault to the printed report.
func TestAnAssessorAnswersAndPrints(t *testing.T) {
	m := newMerchant(t, 1)
	id := questionnaires.MustRequirementID("2.2.6")
	d := desk(t, m.Workbench, 80, 24)
	d.Shows("Copperline Outfitters › SAQ D for merchants", "Answered 0 of 233", "Last collection", "◌ 1 gap")

	// to the question, by what is to be found
	d.Press("a").Press("/").Type("2.2.6").Press("enter").Shows("2.2.6", "unanswered").Press("enter")
	d.Shows("Asked", "Response", "( ) In Place", "· unanswered: nothing is chosen until you choose")
	assert.Equal(t, questionnaires.Unanswered, m.assessment(t).Current(id).Response, "looking answers nothing")

	// the narrative is saved on leaving the field
	d.Press("e").Type("Two workloads run privileged.\nTicket CHG-1182 removes that.").Shows("● not saved yet").Press("esc")
	d.Shows("saved 14:02:11 UTC", "Two workloads run privileged.", "narrative saved")
	assert.Equal(t, "Two workloads run privileged.\nTicket CHG-1182 removes that.", m.assessment(t).Current(id).Narrative)
	assert.Equal(t, questionnaires.Unanswered, m.assessment(t).Current(id).Response, "a narrative is no response")

	// the response is the person's: the last of the form
	for range m.assessment(t).Questionnaire.Responses {
		d.Press("down")
	}
	d.Press(" ").Shows("(✗) Not in Place", "2.2.6 answered: ✗ Not in Place")
	assert.Equal(t, questionnaires.NotInPlace, m.assessment(t).Current(id).Response)

	// evidence: looked at, then attached
	d.Press("a").Shows("A suggestion is no answer: you decide.", "points to ✗ Not in Place", "○ fail", "Pod pay/batch")
	d.Press("enter").Shows("What it proves", "Pod pay/web", "Container main runs with all privileges of its node", "spec.containers[0].securityContext.privileged")
	d.Press("v").Shows("kubectl get pod batch -n pay -o yaml")
	d.Press("shift+tab").Shows(`"privileged": true`).Press("tab").Shows("system:serviceaccount:audit:reader", "https://10.0.0.1:6443", "complete", "2 of kind token")
	d.Press("esc").Press("a").Shows("[attached]", "Attached 1")
	require.Len(t, m.assessment(t).Current(id).Evidence, 1)

	// undo takes one step back and keeps it in the history
	d.Press("u").Shows("Attached 0")
	assert.Empty(t, m.assessment(t).Current(id).Evidence)
	assert.Equal(t, 4, m.assessment(t).Answers(id), "undo adds")
	d.Press("a").Shows("Attached 1").Press("tab", "tab").Shows("History 5", "Ada Assessor", "took back")

	// the report
	d.Press("esc", "esc", "esc").Press("r").Shows("DRAFT on every page", "232  unanswered").Press("enter")
	d.Shows("/reports/copperline-draft.pdf", "it matches the vault")
	assert.Equal(t, 1, m.printed)
	assert.Equal(t, reports.Record, m.wish.Kind)
	d.Press("right").Shows("aoc-record, 2 of").Press("right", "right").Shows("evidence, 4 of").Press("left", "shift+tab", "enter").Shows("it matches the vault")
	assert.Equal(t, reports.Attestation, m.wish.Kind)
	d.Press("q")
	assert.True(t, d.Quit())
}

// A passphrase is never shown; a wrong one is one line, and can be tried again.
func TestUnlockWithAPassphrase(t *testing.T) {
	m := newMerchant(t, 0)
	open := m.Open
	m.AskPassphrase = true
	m.Open = func(ctx context.Context, passphrase string) (*vault.Vault, error) {
		if passphrase != "correct horse q ?" {
			return nil, errWrong
		}
		return open(ctx, passphrase)
	}
	d := desk(t, m.Workbench, 80, 24).Shows("Passphrase", "(nothing typed)").Press("enter").Shows("type the passphrase first")
	d.Type("hunter2").ShowsNot("hunter2").Press("enter").Shows("✗ the passphrase does not open it", "(nothing typed)")
	d.Type("correct horse q ?").Press("enter").Shows("Answered 0 of 233", "none yet: c collects evidence")
}

// A person without an identity is told which one is missing; nothing is opened.
func TestUnlockWithoutAnIdentity(t *testing.T) {
	m := newMerchant(t, 0)
	m.Missing = "No identity was given: -i FILE names one, `tickmark identity new` makes one."
	m.Open = func(context.Context, string) (*vault.Vault, error) {
		t.Error("the vault was opened")
		return nil, errWrong
	}
	desk(t, m.Workbench, 80, 24).Shows("No identity was given", "Vault").Press("enter").Shows("enter: No identity was given")
	m.Missing = ""
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		other, err := age.GenerateX25519Identity()
		require.NoError(t, err)
		return vault.Open(ctx, m.Path, []age.Identity{other})
	}
	desk(t, m.Workbench, 80, 24).Shows("This does not open the vault").ShowsNot("Answered")
}

// A narrative goes to the person's own editor and comes back saved; what the editor
// does not vouch for changes nothing.
func TestANarrativeIsWrittenInAnEditor(t *testing.T) {
	m := newMerchant(t, 1)
	id := questionnaires.MustRequirementID("1.1.1")
	m.editor = func(text string) (string, error) { return text + "First line.\n\nThird, tabbed:\tas text.", nil }
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter").Shows("E editor").Press("E")
	d.Shows("First line.", "narrative saved", "saved 14:02:11 UTC")
	first := m.assessment(t).Current(id).Narrative
	assert.Equal(t, "First line.\n\nThird, tabbed:    as text.", first)
	assert.Equal(t, questionnaires.Unanswered, m.assessment(t).Current(id).Response, "a narrative is no response")

	// what is not saved yet goes along
	m.editor = func(text string) (string, error) {
		assert.Equal(t, first+" More", text)
		return "Anew.", nil
	}
	d.Press("e", "end").Type(" More")
	d.Press("esc").Press("E").Shows("Anew.", "narrative saved")
	assert.Equal(t, "Anew.", m.assessment(t).Current(id).Narrative)

	revisions := m.assessment(t).Answers(id)
	m.editor = func(text string) (string, error) { return text, nil }
	d.Press("E").Shows("the narrative stays as it was")
	m.editor = func(string) (string, error) {
		return "", errors.New("vim ended with exit status 1\x1b[2J; nothing was taken from it")
	}
	d.Press("E").Shows("the narrative stays as it was: vim ended with exit status 1‹U+001B›[2J")
	assert.Equal(t, revisions, m.assessment(t).Answers(id))
	m.editor = func(string) (string, error) { return "Saved before the end.", context.Canceled }
	d.Press("E").Shows("narrative saved")
	assert.Equal(t, "Saved before the end.", m.assessment(t).Current(id).Narrative)

	m = newMerchant(t, 0)
	m.Editor, m.NoEditor = nil, "no editor is named: set VISUAL or EDITOR"
	desk(t, m.Workbench, 80, 24).Press("a", "enter").ShowsNot("E editor").Press("E").Shows("E: no editor is named: set VISUAL or EDITOR")
}

// What opening a vault brought to light is said on the desk.
func TestNoticesAreSaid(t *testing.T) {
	m := newMerchant(t, 0)
	f, err := os.OpenFile(m.Path+"-wal", os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = f.WriteString(strings.Repeat("x", 700))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	desk(t, m.Workbench, 80, 24).Shows("Answered 0 of 233", "! 700 bytes of an interrupted save were left out")

	m.Open = func(context.Context, string) (*vault.Vault, error) { return nil, vault.ErrRolledBack }
	desk(t, m.Workbench, 80, 24).Shows("rolled back", "Look for the newest copy", "--accept-older")
}

// A vault without an author's key can be read and says why it cannot be changed.
func TestReadOnlySaysWhy(t *testing.T) {
	m := newMerchant(t, 1)
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithClock(m.clock.Now))
	}
	d := desk(t, m.Workbench, 120, 40).Shows("read-only").Press("a", "enter")
	for _, key := range []string{" ", "e", "a", "u"} {
		d.Press(key).Shows("read-only: no author's key; `tickmark identity new` makes one")
	}
	d.Shows("nothing is written").ShowsNot("e to write")
	m.OnlyRead = true
	desk(t, m.Workbench, 80, 24).Press("a", "enter", " ").Shows("space: the vault was opened with --read-only")
	assert.Empty(t, m.assessment(t).Progress().Answered)
}

// What is being written is saved by quitting, and a save that fails keeps the
// program, the text and the reason on the screen.
func TestNothingIsLostByQuitting(t *testing.T) {
	m := newMerchant(t, 0)
	var held *vault.Vault
	open := m.Open
	m.Open = func(ctx context.Context, p string) (*vault.Vault, error) {
		var err error
		held, err = open(ctx, p)
		return held, err
	}
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type("kept").Press("ctrl+c")
	assert.True(t, d.Quit())
	assert.Equal(t, "kept", m.assessment(t).Current(questionnaires.MustRequirementID("1.1.1")).Narrative)

	require.NoError(t, held.Close())
	d = desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type(" not lost")
	require.NoError(t, held.Close())
	d.Press("ctrl+c").Shows("✗ the last change is NOT saved", "kept not lost", "not done:", "quit again to leave without it")
	assert.False(t, d.Quit())
	d.Press("ctrl+c")
	assert.True(t, d.Quit(), "nobody is kept for ever")
}

// A paper that answers a question is attached from the question, and can be read.
func TestAPaperIsAttached(t *testing.T) {
	m := newMerchant(t, 0)
	id := questionnaires.MustRequirementID("1.1.1")
	v, err := m.Open(t.Context(), "")
	require.NoError(t, err)
	for name, about := range map[string][]questionnaires.RequirementID{"standard.md": {id}, "other.md": nil} {
		_, err = v.PutEvidence(t.Context(), questionnaires.Evidence{
			Requirements: about, File: &questionnaires.FileSource{Obtained: "provided by the entity"},
		}, name, strings.NewReader("All rules are \x1b[31mreviewed\nevery half year.\n"))
		require.NoError(t, err)
	}
	require.NoError(t, v.Close())
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter").Press("a")
	d.Shows("No check informs this question", "Files taken in for this question", "standard.md", "Other files", "other.md")
	d.Press("enter").Shows("standard.md", "All rules are ‹U+001B›[31mreviewed", "every half year.").Press("tab").Shows("provided by the entity", "SHA-256", "Ada Assessor")
	d.Press("esc", "a").Shows("[attached]", "Attached 1")
	require.Len(t, m.assessment(t).Current(id).Evidence, 1)
	d.Press("tab", "a").Shows("Attached 0", "No evidence is attached")
}

// Collecting shows what it saw and what it could not see; hostile names stay text.
func TestCollectShowsGaps(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 80, 24).Press("c").Shows("prod-eu", "waits for enter").Press("enter")
	d.Shows("5 of 5 objects", "✓ recorded as evidence: 3 results", "○ 1 fail", "◌ 1 unknown", "NetworkPolicy.networking.k8s.io (forbidden)")
	d.Press("esc").Shows("5 objects", "◌ 1 gap").Press("e").Shows("Evidence-1", "○ fail", "◌ unknown")
	d.Press("enter").Press("/").Type("evil").Press("enter")
	assert.NotContains(t, d.Raw(), hostile)
	assert.NotContains(t, d.Raw(), "\x1b]0;owned")
	assert.NotContains(t, d.Raw(), "\u202e")
	d.Shows("evil‹U+001B›[31m")
}

// A terminal that is too small says what is wanted, in both dimensions.
func TestSmallTerminal(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 60, 10).Shows("60 × 10", "72 × 20")
	for _, size := range [][2]int{{1, 1}, {3, 2}, {72, 20}, {200, 20}, {72, 60}} {
		d.Resize(size[0], size[1]).Frame()
	}
	d.Shows("Answered 0 of 233")
}

// Every binding of every screen is named in the help, and every key says something.
func TestHelpNamesEveryKey(t *testing.T) {
	m := newMerchant(t, 1)
	d := desk(t, m.Workbench, 120, 40).Press("?").Shows("On this screen", "Everywhere", "what stands between this and a report that is no draft", "save what is being written, and quit")
	d.Press("esc").Press("z").Shows("z does nothing here; ? shows the keys").Press("u").Shows("no answer was given that could be taken back")
}

// The golden frames of every screen, at both sizes.
func TestGoldenFrames(t *testing.T) {
	for _, size := range []struct {
		name          string
		width, height int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}} {
		t.Run(size.name, func(t *testing.T) {
			m := newMerchant(t, 1)
			shown := m.Path
			golden := func(d *tuitest.Driver, name string) { d.Golden(name + "-" + size.name) }
			d := desk(t, m.Workbench, size.width, size.height)
			golden(d, "dashboard")
			golden(d.Press("?"), "help")
			golden(d.Press("esc", "down", "enter"), "requirements")
			golden(d.Press("/").Type("tra"), "requirements-filter")
			golden(d.Press("esc", "/").Type("2.2.6").Press("enter", "enter"), "question")
			d.Press("e").Type("Two batch workloads run privileged; release 26.12 ends that (CHG-1182).").Press("esc")
			golden(d.Press("down", "down", "down", "down", " "), "question-answered")
			golden(d.Press("a", "a"), "suggestion")
			golden(d.Press("tab"), "attached")
			golden(d.Press("enter"), "evidence")
			golden(d.Press("tab"), "document")
			golden(d.Press("tab"), "origin")
			d.Press("esc", "esc", "esc", "esc")
			golden(d, "dashboard-answered")
			golden(d.Press("e"), "evidence-list")
			golden(d.Press("esc", "p"), "problems")
			golden(d.Press("esc", "r"), "report")
			golden(d.Press("enter"), "report-printed")
			golden(d.Press("esc", "c", "enter"), "collect")

			m.Workbench.Path, m.Workbench.AskPassphrase = "copperline.tickmark", true
			golden(desk(t, m.Workbench, size.width, size.height).Type("x"), "unlock")
			m.Workbench.Path, m.Workbench.AskPassphrase = shown, false
		})
	}
}
