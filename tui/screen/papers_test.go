package screen_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
)

// paper writes a file.
func paper(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// chosen is a place whose option a word names.
func chosen(d *tuitest.Driver, name, option string) *tuitest.Driver {
	return place(d, name).Press("/").Type(option).Press("enter", "enter", "esc")
}

func (m *merchant) paper(t *testing.T, label string) questionnaires.Evidence {
	t.Helper()
	item, err := m.assessment(t).EvidenceByLabel(label)
	require.NoError(t, err)
	return item
}

const numbers = "order,card\n7001,4111 1111 1111 1111\n"

// A document, notes and a file with a card number come in at the desk; what was found is
// decided on, and what must go goes.
func TestPapersAtTheDesk(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 120, 40).Press("e").Shows("There is no evidence yet", "F takes a file in")

	d.Press("F").Shows("Take in a file", "1 place is missing", "document", "provided by the entity", "Purpose")
	filled(d, "file", "/nowhere/policy.txt").Press("S").Shows("not done", "no such file or directory", "/nowhere/policy.txt")
	filled(d, "file", paper(t, "policy.txt", "Passwords are long.\n"))
	filled(d, "purpose", "Sets how passwords are made.")
	filled(d, "revised", "2026-03-01")
	filled(d, "collected", "2099-01-01").Press("S").Shows("not done", "2099-01-01 is to come")
	filled(d, "collected", "2026-11-02")
	place(d, "requirements").Press("/").Type("8.3.6").Press("enter", " ", "esc", "esc", "esc")
	d.Press("S").Shows("Doc-1 taken in, searched", "▤ document", "policy.txt")
	item := m.paper(t, "Doc-1")
	assert.Equal(t, questionnaires.DocumentEvidence, item.Kind)
	assert.EqualValues(t, "2026-03-01", item.Details.Revised)
	assert.EqualValues(t, "2026-11-02", questionnaires.DayOf(item.Collected))

	// described anew, place by place
	d.Press("d").Shows("Describe Doc-1", "Sets how passwords are")
	filled(d, "valid until", "2026-11-03").Press("esc").Shows("⏱ stale document")
	d.Press("R").Shows("R: it is not quarantined").Press("enter").Shows("stale since 2026-11-04", "Passwords are long.", "8.3.6").Press("esc")

	// notes, cited by the answer that they were written for
	d.Press("esc")
	question(d, "8.3.6").Press("I").Shows("Notes", "interview", "taken by the assessor")
	place(d, "text").Type("The lead said that twelve are asked.").Press("esc", "esc")
	d.Press("esc").Shows("Notes is not sent yet").Press("I").Shows("The lead said that", "as you left it")
	filled(d, "title", "Identity lead")
	place(d, "topics").Type("passwords").Press("esc", "esc")
	place(d, "roles").Type("identity lead").Press("esc", "esc")
	place(d, "cited").Press("esc", "S").Shows("Int-1 taken in, searched, cited by 8.3.6", "Int-1")
	notes := m.paper(t, "Int-1")
	assert.Equal(t, []string{"identity lead"}, notes.Details.Roles)
	assert.Equal(t, questionnaires.TakenByAssessor, notes.File.Obtained)
	assert.Equal(t, []questionnaires.ID{notes.ID}, m.assessment(t).Own(questionnaires.MustRequirementID("8.3.6")).Evidence)

	// the same file again, for another question: it serves that too
	d.Press("]", "F")
	filled(d, "file", paper(t, "copy.txt", "Passwords are long.\n")).Press("S").Shows("Doc-1 is the same file already; it serves this too now")
	assert.Len(t, m.paper(t, "Doc-1").Requirements, 2)
	d.Press("F")
	filled(d, "file", paper(t, "copy.txt", "Passwords are long.\n")).Press("S").Shows("not done", "it is Doc-1 already, byte for byte").Press("D", "esc", "esc")

	// a card number: quarantined, and shown nowhere
	d.Press("esc", "e", "F")
	chosen(d, "kind", "other")
	filled(d, "file", paper(t, "orders.csv", numbers)).Press("S").Shows("Evidence-1 is quarantined: card number at line 2", "! quarantined")
	d.Press("esc").Shows("Waiting for you", "1 file is quarantined: decide on it (Evidence-1)").Press("e")
	d.Press("/").Type("orders").Press("enter", "enter").Shows("card number at line 2", "What it holds is not shown here", "--raw --quarantined").ShowsNot("4111")
	d.Press("R").Shows("Decide Evidence-1", "1 place is missing")
	chosen(d, "decision", "redacted").Shows("File", "Original")
	chosen(d, "original", "expunge")
	filled(d, "file", paper(t, "still.csv", numbers+"\n")).Press("S").Shows("what must not be kept: card number at line 2")
	filled(d, "file", paper(t, "redacted.csv", "order,card\n7001,XXXX\n")).Press("S")
	d.Shows("the redacted copy took its place, the file itself is gone; older copies and backups still hold it", "7001,XXXX", "a redacted copy, searched")
	item = m.paper(t, "Evidence-1")
	assert.False(t, item.Quarantined())
	assert.Nil(t, item.Expunged)

	// expunged, with its number typed
	d.Press("X").Shows("Expunge Evidence-1", "2 places are missing")
	filled(d, "reason", "The end of its retention.")
	filled(d, "number", "Evidence-2").Press("S").Shows("something else was typed than Evidence-1; nothing was changed")
	filled(d, "number", "Evidence-1").Press("S").Shows("Evidence-1 expunged", "What it held was expunged on", "The end of its retention.")
	d.Press("X").Shows("X: its content was expunged").Press("esc", "esc").Shows("– expunged").Press("esc").ShowsNot("quarantined").Press("e")
	assert.NotNil(t, m.paper(t, "Evidence-1").Expunged)

	d.Press("F")
	filled(d, "file", paper(t, "again.csv", "order,card\n7001,XXXX\n")).Press("S").Shows("not done", "expunged on", "The end of its retention.")
}

func TestGoldenPapers(t *testing.T) {
	// apart, because what came in the same millisecond stands in any order
	frames(t, 1, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		question(d, "8.3.6").Press("F")
		golden("paper-new")
		filled(d, "file", "testdata/policy.txt")
		filled(d, "purpose", "Sets how passwords are made.")
		filled(d, "valid until", "2026-11-03")
		place(d, "cited").Press("esc", "S")
		golden("paper-taken")
		d.Press("I")
		place(d, "text").Type("The lead said that twelve are asked.").Press("esc", "esc")
		golden("notes-begun")
	})
	frames(t, 0, "saq-d-merchant", func(d *tuitest.Driver, golden func(string)) {
		d.Press("e", "F")
		filled(d, "file", "testdata/orders.csv").Press("S")
		golden("papers")
		d.Press("/").Type("orders").Press("enter", "enter")
		golden("paper-quarantined")
		d.Press("R")
		chosen(d, "decision", "redacted")
		golden("paper-decide")
		d.Press("D", "X")
		golden("paper-expunge")
	})
}
