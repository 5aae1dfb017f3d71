package screen_test

import (
	"context"
	"strings"
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

// Judging a large cluster takes longer than looking at it: the desk says that it does, and
// how far it is.
func TestACollectionSaysThatItEvaluates(t *testing.T) {
	m := newMerchant(t, 0)
	release := make(chan struct{})
	judge := m.Collection.Checks[1].Eval
	m.Collection.Checks[1].Eval = func(v *engine.View) []engine.Detail {
		<-release
		return judge(v)
	}
	model := tui.New(tui.Options{First: screen.NewUnlock(t.Context(), m.Workbench)})
	d := tuitest.New(t, model, 80, 24).Press("c")
	results, under := make(chan tea.Msg), 0
	begin := func(c tea.Cmd) {
		under++
		go func() { results <- c() }()
	}
	_, cmd := model.Update(tuitest.Key("enter"))
	for _, c := range cmd().(tea.BatchMsg) {
		begin(c)
	}
	for !strings.Contains(d.Frame(), "Evaluating") {
		under--
		if _, more := model.Update(<-results); more != nil {
			begin(more)
		}
	}
	d.Shows("Evaluating; esc stops it", "0 of 3 checks").ShowsNot("Collecting")
	close(release)
	for ; under > 0; under-- {
		if msg := <-results; msg != nil {
			d.Send(msg)
		}
	}
	d.Shows("recorded as evidence: 3 results").ShowsNot("Evaluating")
}
