package screen

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// Unlock opens the vault: at once where an identity is there, with a passphrase
// where one is needed. What is typed is never shown, not even its length.
type Unlock struct {
	Workbench
	ctx        context.Context
	passphrase []rune
	opening    bool
	vault      *vault.Vault // open, but its assessment could not be read
	err        error
}

// NewUnlock returns the first screen of a workbench.
func NewUnlock(ctx context.Context, w Workbench) *Unlock { return &Unlock{Workbench: w, ctx: ctx} }

// Start opens what needs no passphrase.
func (u *Unlock) Start() tea.Cmd {
	if u.AskPassphrase || u.Missing != "" {
		return nil
	}
	return u.open()
}

// open reads vault and assessment in a command.
func (u *Unlock) open() tea.Cmd {
	passphrase := string(u.passphrase)
	u.passphrase, u.opening, u.err = nil, true, nil
	ctx, w, v := u.ctx, u.Workbench, u.vault
	return func() tea.Msg {
		if v == nil {
			var err error
			if v, err = w.Open(ctx, passphrase); err != nil {
				return opened{err: err}
			}
		}
		o := w.openDesk(ctx, v, w.Assessment)
		o.vault = v
		return o
	}
}

// Update takes the opened vault, and what is typed.
func (u *Unlock) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case opened:
		return u.opened(msg)
	case tea.KeyMsg:
		u.typed(msg)
	}
	return nil
}

func (u *Unlock) opened(o opened) tea.Cmd {
	u.opening, u.err, u.vault = false, o.err, o.vault
	switch {
	case o.err != nil:
		return nil
	case o.desk != nil:
		return tea.Sequence(replace(NewDashboard(o.desk)), noticed(o.vault), checked(o.desk.picture.Assessment))
	}
	return replace(newChoose(u.ctx, u.Workbench, o.vault, o.choices))
}

// checked finds out who brought each file while the person looks at the first screen: of
// tens of thousands that takes a second, and the list of them has to come at once.
func checked(a *questionnaires.Assessment) tea.Cmd {
	return func() tea.Msg {
		_ = a.LatestEvidence()
		return nil
	}
}

// noticed says what whoever opened a vault should hear.
func noticed(v *vault.Vault) tea.Cmd {
	notices := v.Notices()
	if len(notices) == 0 {
		return nil
	}
	return note(theme.Warning, "! "+theme.Clean(strings.Join(notices, "; ")))
}

func (u *Unlock) typed(key tea.KeyMsg) {
	switch key.String() {
	case "backspace", "ctrl+h":
		u.passphrase = u.passphrase[:max(0, len(u.passphrase)-1)]
	case "ctrl+u":
		u.passphrase = nil
	default:
		if key.Type == tea.KeyRunes || key.Type == tea.KeySpace {
			u.passphrase = append(u.passphrase, key.Runes...)
		}
	}
}

// Head says that a passphrase is being typed.
func (u *Unlock) Head() Head {
	return Head{Crumb: "Tickmark", State: "locked", Tone: theme.Muted, Typing: u.asks() && !u.opening}
}

func (u *Unlock) asks() bool { return u.AskPassphrase && u.Missing == "" && u.vault == nil }

// Bindings open or try again.
func (u *Unlock) Bindings() []Binding {
	b := Binding{Keys: []string{"enter"}, Label: "open", Help: "open the vault", Typing: true, Do: u.open}
	switch {
	case u.opening:
		b.Why = "it is being opened"
	case u.Missing != "":
		b.Why = u.Missing
	case u.asks() && len(u.passphrase) == 0:
		b.Why = "type the passphrase first"
	case !u.asks():
		b.Label = "try again"
	}
	return []Binding{b}
}

// Draw shows whose vault it is and what is asked.
func (u *Unlock) Draw(c Canvas) []string {
	width := min(c.Width-8, 92)
	lines := []string{c.Theme.Paint(theme.Heading, "T I C K M A R K"), c.Theme.Paint(theme.Muted, "PCI DSS v4.0.1 on Kubernetes and in the cloud"), ""}
	lines = append(lines, labelled(c.Theme, "Vault", u.Path, 12, width)...)
	lines = append(lines, "")
	switch {
	case u.Missing != "":
		lines = append(lines, theme.Wrap(u.Missing, width)...)
	case u.opening:
		lines = append(lines, "Opening. A passphrase takes a moment on purpose.")
	case u.asks():
		hidden := "(nothing typed)"
		if len(u.passphrase) > 0 {
			hidden = "▪▪▪▪▪▪ (hidden, as is its length)"
		}
		lines = append(lines, c.Theme.Paint(theme.Accent, theme.Fit("Passphrase", 12))+hidden)
	}
	if u.err != nil {
		lines = append(lines, "")
		for _, line := range theme.Wrap("✗ "+unlockError(u.err), width) {
			lines = append(lines, c.Theme.Paint(theme.Bad, line))
		}
		if h := hint(u.err); h != "" {
			lines = append(lines, theme.Wrap(h, width)...)
		}
	}
	top := max(1, (c.Height-len(lines))/3)
	return append(make([]string, top), indent(strings.Repeat(" ", 4), lines)...)
}

// unlockError is an error of opening as one line.
func unlockError(err error) string {
	if errors.Is(err, vault.ErrNoIdentity) {
		return "This does not open the vault: it is sealed to other keys, or the passphrase is another."
	}
	return err.Error()
}
