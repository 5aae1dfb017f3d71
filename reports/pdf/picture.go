package pdf

import (
	"github.com/go-pdf/fpdf"

	"tickmark/reports"
)

// scale is by how much a drawing is made smaller to fit the text and one page.
func (l *layout) scale(d reports.Drawing) float64 {
	return min(1, l.sheet.text()/d.Width, (l.sheet.bottom()-top-20)/d.Height)
}

// captionHand is how captions are written.
var captionHand = hand{sans, 7.5, slate}

// pictureHeight is what a picture takes with the first lines of its caption.
func (l *layout) pictureHeight(b reports.Picture) float64 {
	lines := l.fonts.lines(captionHand, b.Caption, l.sheet.text())
	return b.Drawing.Height*l.scale(b.Drawing) + 4 + 4*float64(min(len(lines), 4))
}

// picture draws a drawing across the text, with its caption below.
func (l *layout) picture(b reports.Picture) {
	s := l.scale(b.Drawing)
	height := b.Drawing.Height * s
	lines := l.fonts.lines(captionHand, b.Caption, l.sheet.text())
	l.need(l.pictureHeight(b))
	x, y := left+(l.sheet.text()-b.Drawing.Width*s)/2, l.y+1
	d, begun := b.Drawing, len(l.pages)
	l.draw(func(p *pen) {
		for _, box := range d.Boxes {
			p.shape(x, y, s, box)
		}
		for _, c := range d.Curves {
			p.curve(x, y, s, c)
		}
	})
	for _, label := range d.Labels {
		l.label(x, y, s, label)
	}
	l.y = y + height + 1.5
	for _, line := range lines {
		l.need(4)
		l.put(left, l.y, 4, captionHand, line)
		l.y += 4
	}
	l.bounded(area{x: left, y: y, w: l.sheet.text(), h: l.y - y}, begun)
	l.y += 3
}

// bounded says where a picture is that began on a page, if it ends there.
func (l *layout) bounded(at area, begun int) {
	if begun == len(l.pages) {
		l.bounds[l.element] = at
	}
}

func (p *pen) shape(x, y, s float64, b reports.Box) {
	style := ""
	if !b.Empty {
		p.fill(b.Tone.Ground())
		if b.Solid {
			p.fill(b.Tone.Ink())
		}
		style = "F"
	}
	if b.Edge > 0 {
		p.stroke(b.Tone.Ink())
		p.SetLineWidth(b.Edge * s)
		style += "D"
	}
	if style != "" {
		p.rounded(x+b.X*s, y+b.Y*s, b.Width*s, b.Height*s, b.Radius*s, style)
	}
}

func (p *pen) curve(x, y, s float64, c reports.Curve) {
	p.stroke(c.Tone.Ink())
	p.SetLineWidth(c.Width * s)
	if c.Dashed {
		p.SetDashPattern([]float64{1.4 * s, s}, 0)
	}
	middle := x + (c.X1+c.X2)/2*s
	p.CurveBezierCubic(x+c.X1*s, y+c.Y1*s, middle, y+c.Y1*s, middle, y+c.Y2*s, x+c.X2*s, y+c.Y2*s, "D")
	p.SetDashPattern(nil, 0)
	h := c.Head()
	p.fill(c.Tone.Ink())
	p.Polygon([]fpdf.PointType{{X: x + h[0]*s, Y: y + h[1]*s}, {X: x + h[2]*s, Y: y + h[3]*s}, {X: x + h[4]*s, Y: y + h[5]*s}}, "F")
}

// label writes one line of a drawing, without its middle where there is no room.
func (l *layout) label(x, y, s float64, b reports.Label) {
	h := hand{sans, b.Size * s, letters(b.Tone)}
	if b.Strong {
		h.face = bold
	}
	if b.OnSolid {
		h.colour = white
	}
	room := b.Room * s
	if room == 0 {
		room = l.sheet.text()
	}
	text := l.fonts.ends(h, b.Text, room)
	const line = 4.0
	atX, atY := x+b.X*s, y+b.Y*s
	if b.Turned {
		l.draw(func(p *pen) {
			p.TransformBegin()
			p.TransformRotate(90, atX, atY)
			p.write(atX, atY+h.size*0.12, h, text)
			p.TransformEnd()
		})
		return
	}
	switch b.Align {
	case reports.FromLeft:
		l.put(atX, atY-line/2, line, h, text)
	case reports.Centred:
		l.putCentre(atX, atY-line/2, line, h, text)
	case reports.ToRight:
		l.putRight(atX, atY-line/2, line, h, text)
	}
}
