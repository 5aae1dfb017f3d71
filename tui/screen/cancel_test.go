package screen_test

import (
	"context"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
)

// endless is a cluster that answers until it is no longer asked.
type endless struct {
	cluster
	asked chan struct{}
}

func (c endless) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s, err := c.cluster.Collect(ctx, to)
	if err != nil {
		return s, err
	}
	close(c.asked)
	<-ctx.Done()
	s.Gaps = append(s.Gaps, engine.Gap{Source: "/api/v1/secrets", Kind: engine.Kind{Kind: "Secret"}, Reason: engine.Interrupted, Cause: "stopped"})
	return s, ctx.Err()
}

// Stopping a collection ends it at once and says so; quitting waits until the vault
// is whole again.
func TestStopACollection(t *testing.T) {
	m := newMerchant(t, 0)
	source := endless{cluster{m.clock}, make(chan struct{})}
	m.Collection.Collectors = []engine.Collector{source}
	model := tui.New(tui.Options{First: screen.NewUnlock(t.Context(), m.Workbench)})
	d := tuitest.New(t, model, 80, 24).Press("c")
	_, cmd := model.Update(tuitest.Key("enter"))
	batch, is := cmd().(tea.BatchMsg)
	require.True(t, is, "collecting and waiting for its progress are two commands")
	results := make(chan tea.Msg, len(batch))
	for _, c := range batch {
		go func() { results <- c() }()
	}
	<-source.asked
	d.Shows("Collecting; esc stops it").Press("q").Shows("finishing what is under way")
	assert.False(t, d.Quit(), "the vault is being written to")
	for range batch {
		if msg := <-results; msg != nil {
			d.Send(msg)
		}
	}
	assert.True(t, d.Quit())
}
