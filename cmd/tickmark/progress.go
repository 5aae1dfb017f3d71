package main

import (
	"fmt"
	"sync"
	"time"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/vault"
)

// progressLine shows how far a collection is, on a terminal only, at most ten
// times a second. Done clears the line.
type progressLine struct {
	d       *door
	mu      sync.Mutex
	started time.Time
	shown   time.Time
	active  bool
}

func (d *door) progress() *progressLine {
	return &progressLine{d: d, started: d.now(), active: d.terminal(d.err)}
}

func (p *progressLine) Show(at engine.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.d.now()
	if !p.active || now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = now
	elapsed := now.Sub(p.started).Seconds()
	line := fmt.Sprintf("%s: %s, %d objects", kube.Printable(at.Source), kube.Printable(at.What), at.Seen)
	if elapsed > 0 {
		rate := float64(at.Seen) / elapsed
		line += fmt.Sprintf(", %.0f/s", rate)
		if at.Total > at.Seen && rate > 0 {
			line += fmt.Sprintf(", %s left", (time.Duration(float64(at.Total-at.Seen)/rate) * time.Second).Round(time.Second))
		}
	}
	if at.Gaps > 0 {
		line += fmt.Sprintf(", %d gaps", at.Gaps)
	}
	fmt.Fprintf(p.d.err, "\r\x1b[K%s", line)
}

// Delivery shows how far a folder of what a client sent is taken in.
func (p *progressLine) Delivery(at vault.DeliveryState) {
	p.Bytes(fmt.Sprintf("taking in file %d of %d", at.Seen, at.All))(at.Done, at.Size)
}

// Bytes returns what shows how much of a rewriting is written, how fast, and how
// long the rest will take.
func (p *progressLine) Bytes(what string) func(done, total int64) {
	return func(done, total int64) {
		if desk, is := p.d.err.(watched); is {
			desk.tell(engine.Progress{Source: what, What: what, Seen: int(done), Total: int(total)})
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		now := p.d.now()
		if !p.active || now.Sub(p.shown) < 100*time.Millisecond {
			return
		}
		p.shown = now
		fmt.Fprintf(p.d.err, "\r\x1b[K%s: %s", what, bytesDone(done, total, now.Sub(p.started)))
	}
}

// bytesDone says how far a writing is, how fast, and how long the rest takes.
func bytesDone(done, total int64, elapsed time.Duration) string {
	const mebibyte = 1 << 20
	line := fmt.Sprintf("%d of %d MiB", done/mebibyte, (total+mebibyte-1)/mebibyte)
	rate := float64(done) / elapsed.Seconds()
	if elapsed <= 0 || rate <= 0 {
		return line
	}
	left := time.Duration(float64(total-done) / rate * float64(time.Second))
	return fmt.Sprintf("%s, %.0f MiB/s, %s left", line, rate/mebibyte, left.Round(time.Second))
}

func (p *progressLine) Done() {
	if p.active {
		fmt.Fprint(p.d.err, "\r\x1b[K")
	}
}
