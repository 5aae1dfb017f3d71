package pdf

import (
	"fmt"
	"strconv"

	"tickmark/reports"
)

// legendPitch is the height of a line of the legend.
const legendPitch = 7.6

// donut draws the ring with its figure and the legend.
func (l *layout) donut(d reports.Donut) {
	height := max(62, 16+legendPitch*float64(len(d.Slices)))
	l.need(height + 4)
	y, w := l.y+2, l.sheet.text()
	cx, cy := left+34, y+height/2
	total := 0
	for _, s := range d.Slices {
		total += s.Count
	}
	l.draw(func(p *pen) {
		p.round(left, y, w, height, 2.5, panel)
		if total == 0 {
			p.wedge(cx, cy, 25, 16.5, 0, 360, chart(reports.Open))
			return
		}
		from := 0.0
		for _, s := range d.Slices {
			to := from + float64(s.Count)/float64(total)*360
			if s.Count > 0 {
				p.wedge(cx, cy, 25, 16.5, from, to, chart(s.Tone))
			}
			from = to
		}
	})
	figure, caption := hand{bold, 19, navy}, hand{sans, 7.5, slate}
	l.putCentre(cx, cy-7.5, 9, figure, l.fonts.line(figure, d.Figure, 31))
	l.putCentre(cx, cy+1.8, 4, caption, l.fonts.line(caption, d.Caption, 28))
	l.legend(d.Slices, total, y+(height-legendPitch*float64(len(d.Slices)))/2+1.2)
	l.bounded(area{x: left, y: y, w: w, h: height}, len(l.pages))
	l.y = y + height + l.between(4)
}

func (l *layout) legend(slices []reports.Slice, total int, y float64) {
	label, count, share := hand{sans, 9, black}, hand{bold, 9, black}, hand{sans, 8.5, slate}
	for _, s := range slices {
		at := y
		l.draw(func(p *pen) { p.round(left+70, at+1.2, 3.4, 3.4, 0.7, chart(s.Tone)) })
		l.put(left+76, y, 6, label, l.fonts.line(label, s.Label, 44))
		l.putRight(left+134, y, 6, count, l.fonts.show(bold, strconv.Itoa(s.Count)))
		if total > 0 {
			l.putRight(left+152, y, 6, share, l.fonts.show(sans, fmt.Sprintf("%.1f %%", float64(s.Count)*100/float64(total))))
		}
		y += legendPitch
	}
}

// The pitch of bars, and how far it shrinks for all of them to stand on one page.
const (
	barsPitch = 7.2
	barsLeast = 6.2
)

// bars draws one stacked bar to a line.
func (l *layout) bars(b reports.Bars) {
	const height = 4.0
	pitch := barsPitch
	if room := (l.sheet.bottom() - l.y - 0.1) / float64(len(b.Rows)); room < pitch && room >= barsLeast {
		pitch = room
	}
	number, label, figure := hand{bold, 8.5, navy}, hand{sans, 8.5, black}, hand{bold, 8.5, slate}
	w := l.sheet.text()
	from, width := left+69, w-69-20
	l.need(pitch)
	first := l.here()
	for _, r := range b.Rows {
		l.need(pitch)
		y, slices := l.y, r.Slices
		l.putRight(left+8, y, 6.4, number, l.fonts.line(number, r.Number, 8))
		l.put(left+11, y, 6.4, label, l.fonts.line(label, r.Label, 56))
		l.putRight(left+w, y, 6.4, figure, l.fonts.line(figure, r.Figure, 18))
		l.draw(func(p *pen) { p.bar(from, y+1.2, width, height, slices) })
		l.y += pitch
	}
	l.bounded(area{x: left, y: first.y, w: w, h: l.y - first.y}, first.page)
	l.y += l.between(3)
}

// bar draws a stacked bar. Segments overlap by 0.1 against hairlines between them.
func (p *pen) bar(x, y, w, h float64, slices []reports.Slice) {
	total := 0
	for _, s := range slices {
		total += s.Count
	}
	p.ClipRoundedRect(x, y, w, h, 1.2, false)
	p.box(x, y, w, h, panel)
	done := 0
	for _, s := range slices {
		if s.Count == 0 {
			continue
		}
		from := x + w*float64(done)/float64(total)
		done += s.Count
		to := x + w*float64(done)/float64(total)
		p.box(from, y, min(to+0.1, x+w)-from, h, chart(s.Tone))
	}
	p.ClipEnd()
	p.fill(white) // the end of a clip forgets the colour, the library does not
}
