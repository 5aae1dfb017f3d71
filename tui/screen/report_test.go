package screen_test

import (
	"context"
	"errors"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// How a paper is printed is chosen at the desk, and stays chosen there; it changes
// nothing in the vault, so that it works where nothing may be changed.
func TestHowAPaperIsPrintedIsChosen(t *testing.T) {
	m := newMerchant(t, 0)
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.WithClock(m.clock.Now))
	}
	d := typist{desk(t, m.Workbench, 100, 30)}
	d.Shows("read-only").Press("r", "o").Shows("How it is printed", "Time stamp", "Sealed to", "What is left empty is as it is usually printed")
	d.pick("kind", "evidence").pick("format", "xlsx").line("time stamp", "http://127.0.0.1/tsa").line("package", "/papers/record.zip").long("sealed to", "age1one\nage1two")
	d.line("date", "2026-11-31").Shows("● not saved Date").Press("x", "S")
	d.Shows("It is done", "printed  /reports/copperline-draft.pdf, evidence, 12 pages").Press("esc")
	want := screen.Printing{Kind: reports.Binder, Format: "xlsx", Pen: screen.Pen{Authority: "http://127.0.0.1/tsa"}, Package: "/papers/record.zip", To: []string{"age1one", "age1two"}}
	assert.Equal(t, want, m.wish)
	d.Shows("Paper       evidence, 4 of", "Chosen      format xlsx, time stamp of http://127.0.0.1/tsa, package /papers/record.zip, sealed", "to age1one age1two")
	m.wish = screen.Printing{}
	d.Press("enter").Shows("it matches the vault")
	assert.Equal(t, want, m.wish)
	assert.Empty(t, m.assessment(t).History().EnrolledAuthors()[1:], "the vault is as it was")
}

// What is refused says why and leaves what was chosen, to be mended.
func TestWhatIsNotPrintedSaysWhy(t *testing.T) {
	m := newMerchant(t, 0)
	m.Papers.Print = func(context.Context, *vault.Vault, questionnaires.ID, screen.Printing, func(engine.Progress)) (screen.Said, error) {
		return screen.Said{}, errors.New("report: only a PDF has --tsa, not json")
	}
	d := typist{desk(t, m.Workbench, 80, 24)}
	d.Press("r", "o").Shows("How it is printed")
	d.pick("format", "csv").Press("S").Shows("only a PDF has --tsa, not json", "csv")
	d.Press("esc").Shows("Chosen      format csv").Press("enter").Shows("✗ report: only a PDF has --tsa")
	m.Papers = screen.Papers{}
	require.NotPanics(t, func() {
		desk(t, newReader(m), 80, 24).Press("r", "enter").Shows("enter: this desk cannot print").Press("o").Shows("o: this desk").Press("k").Shows("k: this desk cannot sign")
	})
}

// newReader is a workbench that locks nothing.
func newReader(m *merchant) screen.Workbench {
	w := m.Workbench
	w.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity}, vault.ReadOnly(), vault.WithClock(m.clock.Now))
	}
	return w
}

// A report that somebody has signed is signed as well.
func TestAReportIsCountersigned(t *testing.T) {
	m := newMerchant(t, 0)
	var got screen.Countersigning
	m.Papers.Countersign = func(_ context.Context, _ *vault.Vault, c screen.Countersigning, _ func(engine.Progress)) (screen.Said, error) {
		got = c
		return screen.Said{Lines: []string{"signed   record.pdf, field officer\n"}, Attention: true}, nil
	}
	d := typist{desk(t, m.Workbench, 80, 24)}
	d.Press("r", "k").Shows("Countersign", "! missing").Press("S").Shows("S: 1 place is missing")
	d.line("file", "~/record.pdf").line("key", "officer.p12").Press("S").Shows("something needs you", "signed   record.pdf, field officer")
	assert.Equal(t, screen.Countersigning{File: "~/record.pdf", Pen: screen.Pen{Key: "officer.p12"}}, got)
}
