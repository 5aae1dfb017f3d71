package screen

import (
	"fmt"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
)

// feed hands progress from the goroutines of a collection or a delivery to the desk: the newest
// state of every source, at most ten times a second and at each new source.
type feed struct {
	mu     sync.Mutex
	all    map[string]engine.Progress
	last   time.Time
	now    func() time.Time
	states chan map[string]engine.Progress
	closed bool
}

func newFeed(now func() time.Time) *feed {
	return &feed{all: map[string]engine.Progress{}, now: now, states: make(chan map[string]engine.Progress, 1)}
}

// post takes one report. It never waits for the desk.
func (f *feed) post(p engine.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, known := f.all[p.Source]
	f.all[p.Source] = p
	if now := f.now(); !known || now.Sub(f.last) >= 100*time.Millisecond {
		f.last = now
		f.hand()
	}
}

// hand puts a copy of the state in the place of the one that nobody took.
func (f *feed) hand() {
	if f.closed {
		return
	}
	state := make(map[string]engine.Progress, len(f.all))
	for source, p := range f.all {
		state[source] = p
	}
	select {
	case <-f.states:
	default:
	}
	f.states <- state
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hand()
	f.closed = true
	close(f.states)
}

// wait is the command that waits for the next state.
func (f *feed) wait(s Screen) tea.Cmd {
	return func() tea.Msg {
		all, more := <-f.states
		if !more {
			return nil
		}
		return progressed{screen: s, feed: f, all: all}
	}
}

// farText says how far a source is, how fast, and how long the rest takes, where that can be
// told: by its objects, or by the bytes of what lies on disk.
func farText(p engine.Progress, seconds float64) string {
	text := count(p.Seen, "object", "objects")
	switch {
	case p.Total > 0:
		text = bar(p.Seen, p.Total, 12) + " " + thousands(p.Seen) + " of " + count(p.Total, "object", "objects")
	case p.Size > 0:
		text = bar(int(p.Read), int(p.Size), 12) + " " + text
	}
	if seconds < 1 {
		return text
	}
	done, all := float64(p.Seen), float64(p.Total)
	text += fmt.Sprintf(", %.0f a second", done/seconds)
	if p.Total == 0 {
		done, all = float64(p.Read), float64(p.Size)
	}
	if all > done && done > 0 {
		text += fmt.Sprintf(", %.0f s left", (all-done)*seconds/done)
	}
	return text
}
