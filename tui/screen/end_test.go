package screen_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// Who pauses while writing need not think of saving; who writes on is not
// interrupted, and a pause is one step of the history.
func TestANarrativeIsSavedInAPause(t *testing.T) {
	m := newMerchant(t, 0)
	id := questionnaires.MustRequirementID("1.1.1")
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type("All rules").Shows("● not saved yet")
	assert.Empty(t, m.assessment(t).Current(id).Narrative, "no time has passed")
	d.Wait().Shows("saved 14:02:11 UTC", "save and leave the field")
	assert.Equal(t, "All rules", m.assessment(t).Current(id).Narrative)
	assert.Equal(t, 1, m.assessment(t).Answers(id), "only the last key's pause counts")

	d.Wait().Type(" are reviewed").Wait().Wait()
	assert.Equal(t, "All rules are reviewed", m.assessment(t).Current(id).Narrative)
	d.Press("esc")
	assert.Equal(t, 2, m.assessment(t).Answers(id), "what is saved is not saved again")

	d.Press("e").Type("!").Press("esc").Wait()
	assert.Equal(t, 3, m.assessment(t).Answers(id), "leaving the field was before the pause")
}

// Words that arrive whole are words, though keys have such names.
func TestWordsAreNoKeys(t *testing.T) {
	m := newMerchant(t, 0)
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type("from ")
	for _, word := range []string{"home", "end", "up", "left", "delete", "backspace", "enter", "esc", "ctrl+c"} {
		d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(word)}).Type(" ")
	}
	d.Press("esc")
	assert.Equal(t, "from home end up left delete backspace enter esc ctrl+c ", m.assessment(t).Current(questionnaires.MustRequirementID("1.1.1")).Narrative)
	d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("enter")}).Shows("does nothing here")
}

// An end from outside saves what is being written, and ends even if that fails.
func TestAnEndFromOutsideSaves(t *testing.T) {
	m := newMerchant(t, 0)
	var held *vault.Vault
	open := m.Open
	m.Open = func(ctx context.Context, p string) (*vault.Vault, error) {
		var err error
		held, err = open(ctx, p)
		return held, err
	}
	d := desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type("kept").Send(tui.End{})
	assert.True(t, d.Quit())
	assert.Equal(t, "kept", m.assessment(t).Current(questionnaires.MustRequirementID("1.1.1")).Narrative)
	require.NoError(t, held.Close())

	d = desk(t, m.Workbench, 80, 24).Press("a", "enter", "e").Type(" lost")
	require.NoError(t, held.Close())
	assert.True(t, d.Send(tui.End{}).Quit(), "nobody is there to read why")
}

// sized is a first screen in a terminal that cannot be asked for its size.
type sized struct{ screen.Screen }

func (s sized) Start() tea.Cmd {
	return tea.Batch(s.Screen.Start(), func() tea.Msg { return tea.WindowSizeMsg{Width: 80, Height: 24} })
}

// terminal is what a desk runs on in a test: two pipes.
type terminal struct {
	t     *testing.T
	keys  *os.File
	shown chan string
	seen  string
}

// await waits until the desk shows a text.
func (p *terminal) await(text string) *terminal {
	p.t.Helper()
	for late := time.After(time.Minute); !strings.Contains(p.seen, text); {
		select {
		case more := <-p.shown:
			p.seen += more
		case <-late:
			p.t.Fatalf("the desk does not show %q but\n%s", text, p.seen)
		}
	}
	p.seen = ""
	return p
}

func (p *terminal) press(keys string) *terminal {
	p.t.Helper()
	_, err := p.keys.WriteString(keys)
	require.NoError(p.t, err)
	return p
}

// run runs a merchant's desk and returns its terminal and its end.
func (m *merchant) run(ctx context.Context, t *testing.T) (*terminal, <-chan error) {
	t.Helper()
	input, keys, err := os.Pipe()
	require.NoError(t, err)
	output, shown, err := os.Pipe()
	require.NoError(t, err)
	p := &terminal{t: t, keys: keys, shown: make(chan string, 1024)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for b := make([]byte, 4096); ; {
			n, err := output.Read(b)
			if err != nil {
				return
			}
			p.shown <- string(b[:n])
		}
	}()
	ended := make(chan error, 1)
	go func() {
		ended <- tui.Run(ctx, tui.Options{Input: input, Output: shown, First: sized{screen.NewUnlock(ctx, m.Workbench)}, Grace: time.Minute})
	}()
	t.Cleanup(func() {
		_ = shown.Close()
		<-read
		for _, f := range []*os.File{input, keys, output} {
			_ = f.Close() // a test may have closed it
		}
	})
	return p, ended
}

// A signal, or a terminal that is closed, while somebody writes: the program ends,
// says why, and the words are in the vault.
func TestWordsOutliveTheProgram(t *testing.T) {
	for name, c := range map[string]struct {
		end func(*terminal, context.CancelFunc)
		why error
	}{
		"a signal":          {func(_ *terminal, cancel context.CancelFunc) { cancel() }, context.Canceled},
		"a closed terminal": {func(p *terminal, _ context.CancelFunc) { _ = p.keys.Close() }, tui.ErrNoTerminal},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMerchant(t, 0)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p, ended := m.run(ctx, t)
			p.await("Answered 0 of 233").press("a").await("unanswered").press("\r").await("[Answer]")
			p.press("e").await("save and leave the field").press("kept to the last word").await("kept to the last word")
			c.end(p, cancel)
			select {
			case err := <-ended:
				require.ErrorIs(t, err, c.why)
			case <-time.After(time.Minute):
				t.Fatal("the desk did not end")
			}
			assert.Equal(t, "kept to the last word", m.assessment(t).Current(questionnaires.MustRequirementID("1.1.1")).Narrative)
		})
	}
}

// What was typed into a form that is kept only as a whole outlives a closed terminal
// too: it opens again as it was left, until it is sent or dropped.
func TestAFormThatWasNotSentOutlivesTheProgram(t *testing.T) {
	m := newMerchant(t, 0)
	var held *vault.Vault
	open := m.Open
	m.Open = func(ctx context.Context, p string) (v *vault.Vault, err error) {
		held, err = open(ctx, p)
		return held, err
	}
	p, ended := m.run(t.Context(), t)
	p.await("Answered 0 of 233").press("a").await("unanswered").press("\r").await("[Answer]").press("s").await("All below").press("j\r")
	p.await("save and leave the field").press("no networks at all").await("no networks at all")
	require.NoError(t, p.keys.Close())
	require.ErrorIs(t, <-ended, tui.ErrNoTerminal)
	require.NoError(t, held.Close())

	d := question(desk(t, m.Workbench, 80, 24), "1.1.1").Press("s").Shows("as you left it: S keeps it, D drops it", "no networks at all", "● not sent yet")
	d.Press("enter", "enter", "S").Shows("answered for all below")
	assert.Equal(t, "no networks at all", m.assessment(t).Own(questionnaires.MustRequirementID("1.1")).Narrative)
	d.Press("s").Shows("! missing   All below").Press("down", "enter").Type("again").Press("esc", "esc").Shows("All below is not sent yet; it opens again as you left it")
	d.Press("esc", "esc", "esc", "p").Shows("! Begun and not sent: All below. Each opens again as you left it.").Press("esc")
	question(d, "1.1.1").Press("s").Shows("again").Press("D", "s").Shows("! missing   Reason")
}
