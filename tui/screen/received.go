package screen

import (
	"context"
	"strings"
	"time"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
	"tickmark/vault"
)

// received says by which handoff a vault came here, if by any. That it holds was
// checked before.
type received struct {
	from *questionnaires.Handoff
	by   questionnaires.Author
}

func newReceived(ctx context.Context, v *vault.Vault) (received, error) {
	from, was, err := v.Origin(ctx)
	if err != nil || !was {
		return received{}, err
	}
	h, err := v.History(ctx)
	if err != nil {
		return received{}, err
	}
	by, _ := h.Author(from.Author)
	return received{&from, by}, nil
}

// draw is one line below the collections.
func (r received) draw(c Canvas, now time.Time) []string {
	if r.from == nil {
		return nil
	}
	names := make([]string, len(r.from.Recipients))
	for i, to := range r.from.Recipients {
		names[i] = to.Name()
	}
	text := "from " + r.by.Name + ", handed off " + since(r.from.Time, now) + " to " + strings.Join(names, ", ") + ", head " + r.from.Head.Short() + " agrees"
	return []string{gutter + c.Theme.Paint(theme.Heading, theme.Fit("Received", 17)) + theme.Cut(theme.Clean(text), c.Width-19)}
}
