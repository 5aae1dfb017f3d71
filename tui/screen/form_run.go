package screen

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/tui/theme"
)

// lasting is work that takes its time: it tells how far it is, ends when ctx does, and
// says what came of it.
type lasting func(ctx context.Context, tell func(engine.Progress)) (said string, err error)

// run is lasting work under way.
type run struct {
	at      engine.Progress // in bytes
	started time.Time
	cancel  context.CancelFunc
}

// errStopped says that a person stopped it.
var errStopped = errors.New("stopped; nothing was changed")

// sending keeps the form as a whole.
func (f *Form) sending() Binding {
	b := Binding{Keys: []string{"S"}, Label: f.send.label, Help: f.send.help, Why: f.fixed(), Do: func() tea.Cmd {
		switch {
		case f.send.lasts != nil:
			return f.start()
		case f.send.work != nil:
			return f.desk.do(f.send.work(sent{f}))
		}
		return f.desk.act(f.send.said, sent{f}, f.send.rule())
	}}
	if n := missing(f.places()); b.Why == "" && n > 0 {
		b.Why = count(n, "place is", "places are") + " missing"
	}
	return b
}

// start begins the form's lasting work, on what stands in it now.
func (f *Form) start() tea.Cmd {
	r, ctx := beginRun(f.desk)
	f.run = r
	work, feed, d := f.send.lasts(), newFeed(f.desk.Now), f.desk
	return tea.Batch(d.do(func() changed {
		defer r.stop()
		defer feed.close()
		said, err := work(ctx, feed.post)
		if errors.Is(err, context.Canceled) {
			err = errStopped
		}
		picture, unread := d.look()
		return changed{picture: picture, err: errors.Join(err, unread), said: said, asked: sent{f}}
	}), feed.wait(f))
}

// progressed takes how far the work is.
func (f *Form) progressed(msg progressed) tea.Cmd {
	if msg.screen != Screen(f) {
		return nil
	}
	if f.run != nil {
		for _, at := range msg.all {
			if at.Seen < f.run.at.Seen { // another part of the work
				f.run.started = f.desk.Now()
			}
			f.run.at = at
		}
	}
	return msg.feed.wait(f)
}

// beginRun begins it: the work ends when ctx does.
func beginRun(d *Desk) (*run, context.Context) {
	ctx, cancel := context.WithCancel(d.ctx)
	return &run{started: d.Now(), cancel: cancel}, ctx
}

// seconds is for how long it has run; none where nothing does.
func (r *run) seconds(now time.Time) float64 {
	if r == nil {
		return 0
	}
	return now.Sub(r.started).Seconds()
}

// stop ends the work that is under way, if any is.
func (r *run) stop() {
	if r != nil {
		r.cancel()
	}
}

// stopping are the keys while the work is under way; stays says what becomes of it.
func (r *run) stopping(stays string) []Binding {
	return []Binding{{Keys: []string{"esc", "x"}, Label: "stop", Help: "stop; " + stays, Do: func() tea.Cmd {
		r.stop()
		return note(theme.Warning, "stopping: "+stays)
	}}}
}

// filledStays is what becomes of a form whose work is stopped.
const filledStays = "what is filled in here stays"

// draw says how far it is, how fast, and how long the rest takes.
func (r *run) draw(c Canvas, now time.Time, stop string) []string {
	const mebibyte = 1 << 20
	text := bar(r.at.Seen, max(r.at.Total, 1), 24) + fmt.Sprintf(" %s of %s MiB", thousands(r.at.Seen/mebibyte), thousands((r.at.Total+mebibyte-1)/mebibyte))
	if seconds := r.seconds(now); seconds >= 1 && r.at.Seen > 0 {
		rate := float64(r.at.Seen) / seconds
		text += fmt.Sprintf(", %.0f MiB a second, %.0f s left", rate/mebibyte, float64(r.at.Total-r.at.Seen)/rate)
	}
	return []string{text, c.Theme.Paint(theme.Muted, theme.Cut(theme.Clean(r.at.What), c.Width-2)), "", c.Theme.Paint(theme.Accent, stop)}
}
