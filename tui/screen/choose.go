package screen

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// Choose lists the assessments of a vault that holds several.
type Choose struct {
	Workbench
	ctx   context.Context
	vault *vault.Vault
	rows  *list.List[questionnaires.AssessmentDetails]
	err   error
}

func newChoose(ctx context.Context, w Workbench, v *vault.Vault, choices []questionnaires.AssessmentDetails) *Choose {
	s := &Choose{Workbench: w, ctx: ctx, vault: v}
	s.rows = list.New(func(a questionnaires.AssessmentDetails) string { return a.Name + " " + a.Service })
	s.rows.SetItems(choices)
	return s
}

// Start has nothing to do.
func (s *Choose) Start() tea.Cmd { return nil }

// Update takes the chosen assessment.
func (s *Choose) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		typeFilter(s.rows, msg)
	case opened:
		if s.err = msg.err; msg.desk != nil && msg.err == nil {
			return replace(NewDashboard(msg.desk))
		}
	}
	return nil
}

// Head is the title's.
func (s *Choose) Head() Head { return Head{Crumb: "Tickmark", Typing: s.rows.Typing()} }

// Bindings open the assessment under the cursor.
func (s *Choose) Bindings() []Binding {
	return append([]Binding{{Keys: []string{"enter"}, Label: "open", Help: "open the assessment", Do: func() tea.Cmd {
		chosen, found := s.rows.Selected()
		if !found {
			return nil
		}
		ctx, w, v := s.ctx, s.Workbench, s.vault
		return func() tea.Msg { return w.openDesk(ctx, v, string(chosen.ID)) }
	}}}, moving(s.rows, nil)...)
}

// Draw lists them.
func (s *Choose) Draw(c Canvas) []string {
	lines := append([]string{"", gutter + c.Theme.Paint(theme.Heading, "This vault holds several assessments"), ""}, filterLine(c, s.rows)...)
	if s.err != nil {
		lines = append(lines, gutter+c.Theme.Paint(theme.Bad, theme.Clean("✗ "+s.err.Error())))
	}
	return append(lines, s.rows.Draw(c.Height-len(lines), func(a questionnaires.AssessmentDetails, selected bool) string {
		period := ""
		if !a.From.IsZero() {
			period = a.From.UTC().Format("2006-01-02") + " to " + a.To.UTC().Format("2006-01-02") + "  "
		}
		return row(c, period+theme.Clean(a.Name+"  "+a.Service), selected, true)
	})...)
}
