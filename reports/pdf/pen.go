package pdf

import (
	"math"

	"github.com/go-pdf/fpdf"

	"tickmark/reports"
)

// pen draws on the sheet that the drawing library has open. All lengths are in
// millimetres from the upper left corner. Nothing here breaks lines or pages: the
// layout has done that.
type pen struct {
	*fpdf.Fpdf
	fonts  *fonts
	layout *layout
	face   face
	size   float64
}

// newPage opens a page of the sheet's size.
func (p *pen) newPage(s sheet) {
	p.AddPageFormat("P", fpdf.SizeType{Wd: s.width, Ht: s.height})
	p.size = 0 // a new page knows no font
}

func (p *pen) fill(c colour)   { p.SetFillColor(parts(c)) }
func (p *pen) stroke(c colour) { p.SetDrawColor(parts(c)) }

// write puts shown text on a baseline.
func (p *pen) write(x, y float64, h hand, s string) {
	p.SetTextColor(parts(h.colour))
	for _, r := range p.fonts.runs(h, visual(s)) {
		if p.size != h.size || p.face != r.face {
			p.SetFont(names[r.face], "", h.size)
			p.face, p.size = r.face, h.size
		}
		p.Text(x, y, r.text)
		x += r.mm
	}
}

// box fills a rectangle.
func (p *pen) box(x, y, w, h float64, c colour) {
	p.fill(c)
	p.Rect(x, y, w, h, "F")
}

// rounded draws a rectangle with rounded corners. The library saves the state of the page
// for it and leaves it saved: a page of many would be deeper than a reader has to go.
func (p *pen) rounded(x, y, w, h, radius float64, style string) {
	p.RoundedRect(x, y, w, h, radius, "1234", style)
	p.RawWriteStr("Q")
}

// round fills a rectangle with rounded corners.
func (p *pen) round(x, y, w, h, radius float64, c colour) {
	p.fill(c)
	p.rounded(x, y, w, h, radius, "F")
}

// frame fills a rounded rectangle and draws its edge.
func (p *pen) frame(x, y, w, h, radius, line float64, edge, inside colour) {
	p.fill(inside)
	p.stroke(edge)
	p.SetLineWidth(line)
	p.rounded(x, y, w, h, radius, "FD")
}

// hair draws a level line.
func (p *pen) hair(x, y, w, line float64, c colour) {
	p.stroke(c)
	p.SetLineWidth(line)
	p.Line(x, y, x+w, y)
}

// dots draws a dotted leader.
func (p *pen) dots(x, y, w float64) {
	if w <= 0 {
		return
	}
	p.SetDashPattern([]float64{0.2, 1.1}, 0)
	p.SetLineCapStyle("round")
	p.hair(x, y, w, 0.2, mute)
	p.SetDashPattern(nil, 0)
	p.SetLineCapStyle("butt")
}

// dashed draws the edge of a rounded rectangle in dashes.
func (p *pen) dashed(x, y, w, h, radius float64, c colour) {
	p.SetDashPattern([]float64{1, 1}, 0)
	p.stroke(c)
	p.SetLineWidth(0.25)
	p.rounded(x, y, w, h, radius, "D")
	p.SetDashPattern(nil, 0)
}

// pill draws a word with its dot in its tone. h is the pill's height.
func (p *pen) pill(x, y, w, h float64, word string, hnd hand, tone reports.Tone) {
	p.frame(x, y, w, h, h/2, 0.2, tone.Ink(), tone.Ground())
	p.fill(chart(tone))
	p.Circle(x+h/2+0.2, y+h/2, 0.95, "F")
	left := x + h/2 + 1.6
	right := x + w - h/2 + 0.6
	hnd.colour = letters(tone)
	p.write(left+(right-left-p.fonts.width(hnd, word))/2, baseline(y, h, hnd), hnd, word)
}

// wedge draws a part of a ring between two angles in degrees, clockwise from the
// top, with a white edge.
func (p *pen) wedge(cx, cy, outer, inner, from, to float64, c colour) {
	n := int(math.Max(2, math.Ceil((to-from)/2)))
	at := func(radius float64, i int) fpdf.PointType {
		a := (from + (to-from)*float64(i)/float64(n) - 90) * math.Pi / 180
		return fpdf.PointType{X: cx + radius*math.Cos(a), Y: cy + radius*math.Sin(a)}
	}
	points := make([]fpdf.PointType, 0, 2*n+2)
	for i := 0; i <= n; i++ {
		points = append(points, at(outer, i))
	}
	for i := n; i >= 0; i-- {
		points = append(points, at(inner, i))
	}
	p.fill(c)
	p.stroke(white)
	p.SetLineWidth(0.5)
	p.Polygon(points, "FD")
}

// baseline is where text of a hand stands in a line of height h whose top is y.
func baseline(y, h float64, hnd hand) float64 { return y + h/2 + 0.34*hnd.size*mmPerPoint }
