package main

import (
	"fmt"
	"sync"
	"time"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/reports/printer"
	"tickmark/vault"
)

// progressLine shows how far long work is, on a terminal only, at most ten times a
// second and at each part that begins. Done clears the line.
type progressLine struct {
	d       *door
	mu      sync.Mutex
	part    string // of the work, such as a source: each has its own rate
	started time.Time
	shown   time.Time
	active  bool
}

func (d *door) progress() *progressLine {
	return &progressLine{d: d, started: d.now(), active: d.terminal(d.err)}
}

// show shows a line of a part of the work, unless one was shown just now.
func (p *progressLine) show(part string, line func(elapsed time.Duration) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.d.now()
	began := part != p.part
	if began && p.part != "" {
		p.started = now
	}
	p.part = part
	if !p.active || !began && now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = now
	fmt.Fprintf(p.d.err, "\r\x1b[K%s", line(now.Sub(p.started)))
}

// Show shows how far a collection or an evaluation is.
func (p *progressLine) Show(at engine.Progress) {
	p.show(at.Source, func(elapsed time.Duration) string { return progressText(at, elapsed) })
}

func progressText(at engine.Progress, elapsed time.Duration) string {
	counted, of := "objects", ""
	if at.Source == engine.Evaluating {
		counted = "checks"
	}
	if at.Total > 0 {
		of = fmt.Sprintf(" of %d", at.Total)
	}
	line := kube.Printable(at.Source)
	if at.What != "" {
		line += ": " + kube.Printable(at.What)
	}
	line += fmt.Sprintf(", %d%s %s", at.Seen, of, counted)
	if at.Size > 0 {
		line += ", " + bytesDone(at.Read, at.Size, elapsed)
	} else {
		line += pace(at.Seen, at.Total, elapsed)
	}
	if at.Gaps > 0 {
		line += fmt.Sprintf(", %d gaps", at.Gaps)
	}
	return line
}

// Step shows how far a part of printing is, where it can say.
func (p *progressLine) Step(at printer.Step) {
	p.show(at.Part, func(elapsed time.Duration) string {
		if at.All == 0 {
			return at.Part
		}
		return fmt.Sprintf("%s: %d of %d %s", at.Part, at.Done, at.All, at.WhatCounts) + pace(at.Done, at.All, elapsed)
	})
}

// pace says how fast something goes and how long the rest takes; "" while no rate is known.
func pace(done, all int, elapsed time.Duration) string {
	rate := float64(done) / elapsed.Seconds()
	if elapsed <= 0 || rate <= 0 {
		return ""
	}
	text := fmt.Sprintf(", %.0f/s", rate)
	if all > done {
		text += fmt.Sprintf(", %s left", time.Duration(float64(all-done)/rate*float64(time.Second)).Round(time.Second))
	}
	return text
}

// Delivery shows how far a folder of what a client sent is taken in.
func (p *progressLine) Delivery(at vault.DeliveryState) {
	p.show("delivery", func(elapsed time.Duration) string {
		return fmt.Sprintf("taking in file %d of %d: %s", at.Seen, at.All, bytesDone(at.Done, at.Size, elapsed))
	})
}

// Bytes returns what shows how much of a rewriting is written, how fast, and how
// long the rest will take.
func (p *progressLine) Bytes(what string) func(done, total int64) {
	return func(done, total int64) {
		if desk, is := p.d.err.(watched); is {
			desk.tell(engine.Progress{Source: what, What: what, Seen: int(done), Total: int(total)})
			return
		}
		p.show(what, func(elapsed time.Duration) string { return what + ": " + bytesDone(done, total, elapsed) })
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
