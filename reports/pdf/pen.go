package pdf

import (
	"math"

	"tickmark/reports"
)

// pen draws what the layout has placed. All lengths are in millimetres from the upper
// left corner. Nothing here breaks lines or pages: the layout has done that.
type pen struct {
	canvas
	fonts  *fonts
	layout *layout
	packer packer
	runes  [faceCount]glyphs // that were drawn
}

func newPen(l *layout) *pen { return &pen{fonts: l.fonts, layout: l} }

// write puts shown text on a baseline.
func (p *pen) write(x, y float64, h hand, s string) {
	p.fill(h.colour)
	for _, r := range p.fonts.runs(h, visual(s)) {
		p.runes[r.face].add(r.text)
		p.text(x, y, r.face, h.size, r.text)
		x += r.mm
	}
}

// box fills a rectangle.
func (p *pen) box(x, y, w, h float64, c colour) {
	p.fill(c)
	p.rect(x, y, w, h, filled)
}

// round fills a rectangle with rounded corners.
func (p *pen) round(x, y, w, h, radius float64, c colour) {
	p.fill(c)
	p.rounded(x, y, w, h, radius, filled)
}

// frame fills a rounded rectangle and draws its edge.
func (p *pen) frame(x, y, w, h, radius, line float64, edge, inside colour) {
	p.fill(inside)
	p.stroke(edge)
	p.line(line)
	p.rounded(x, y, w, h, radius, both)
}

// hair draws a level line.
func (p *pen) hair(x, y, w, line float64, c colour) {
	p.stroke(c)
	p.line(line)
	p.segment(x, y, x+w, y)
}

// dots draws a dotted leader.
func (p *pen) dots(x, y, w float64) {
	if w <= 0 {
		return
	}
	p.alone(func() {
		p.dashes(0.2, 1.1)
		p.raw("1 J")
		p.hair(x, y, w, 0.2, mute)
	})
}

// dashed draws the edge of a rounded rectangle in dashes.
func (p *pen) dashed(x, y, w, h, radius float64, c colour) {
	p.alone(func() {
		p.dashes(1, 1)
		p.stroke(c)
		p.line(0.25)
		p.rounded(x, y, w, h, radius, drawn)
	})
}

// pill draws a word with its dot in its tone. h is the pill's height.
func (p *pen) pill(x, y, w, h float64, word string, hnd hand, tone reports.Tone) {
	text, below := ground(tone)
	p.frame(x, y, w, h, h/2, 0.2, text, below)
	p.fill(chart(tone))
	p.disc(x+h/2+0.2, y+h/2, 0.95)
	left := x + h/2 + 1.6
	right := x + w - h/2 + 0.6
	hnd.colour = text
	p.write(left+(right-left-p.fonts.width(hnd, word))/2, baseline(y, h, hnd), hnd, word)
}

// wedge draws a part of a ring between two angles in degrees, clockwise from the
// top, with a white edge.
func (p *pen) wedge(cx, cy, outer, inner, from, to float64, c colour) {
	n := int(math.Max(2, math.Ceil((to-from)/2)))
	at := func(radius float64, i int) [2]float64 {
		a := (from + (to-from)*float64(i)/float64(n) - 90) * math.Pi / 180
		return [2]float64{cx + radius*math.Cos(a), cy + radius*math.Sin(a)}
	}
	corners := make([][2]float64, 0, 2*n+2)
	for i := 0; i <= n; i++ {
		corners = append(corners, at(outer, i))
	}
	for i := n; i >= 0; i-- {
		corners = append(corners, at(inner, i))
	}
	p.fill(c)
	p.stroke(white)
	p.line(0.5)
	p.polygon(both, corners...)
}

// baseline is where text of a hand stands in a line of height h whose top is y.
func baseline(y, h float64, hnd hand) float64 { return y + h/2 + 0.34*hnd.size*mmPerPoint }
