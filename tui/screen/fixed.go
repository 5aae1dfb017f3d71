package screen

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// fixed says why nothing can be changed, "" if it can.
func (d *Desk) fixed() string {
	if d.version != "" {
		return "this is version " + d.version + " as it was issued, and nothing changes it"
	}
	if !d.vault.ReadOnly() {
		return ""
	}
	if d.OnlyRead {
		return "the vault was opened with --read-only"
	}
	return "read-only: no author's key; `tickmark identity new` makes one"
}

// issued opens a desk at which an issued version is looked at as it was issued.
func (d *Desk) issued(v questionnaires.IssuedVersion) tea.Cmd {
	return func() tea.Msg {
		at := &Desk{Workbench: d.Workbench, ctx: d.ctx, vault: d.vault, id: d.id, version: v.Label(), received: d.received}
		at.Now = func() time.Time { return v.Time }
		var err error
		if at.picture, err = at.look(); err != nil {
			return Note{Text: "not opened: " + err.Error(), Tone: theme.Bad}
		}
		return Push{NewDashboard(at)}
	}
}

// asIssued is the history that the desk looks at, and when: all of it now, or what an
// issued version was issued from.
func (d *Desk) asIssued(h *questionnaires.History) (*questionnaires.History, time.Time, error) {
	if d.version == "" {
		return h, d.Now(), nil
	}
	a, err := h.Assessment(d.Catalogue, d.id)
	if err != nil {
		return nil, time.Time{}, err
	}
	v, then, err := a.Version(d.version)
	if err != nil {
		return nil, time.Time{}, err
	}
	return then.History(), v.Time, nil
}
