package pdf

import "tickmark/reports"

// scale is by how much a drawing is made smaller to fit the text and one page.
func (l *layout) scale(d reports.Drawing) float64 {
	return min(1, l.sheet.text()/d.Width, (l.sheet.bottom()-top-20)/d.Height)
}

// picture draws a drawing across the text, with its caption below.
func (l *layout) picture(b reports.Picture) {
	s := l.scale(b.Drawing)
	height := b.Drawing.Height * s
	l.need(height + 8)
	x, y := left+(l.sheet.text()-b.Drawing.Width*s)/2, l.y+1
	d := b.Drawing
	l.draw(func(p *pen) {
		for _, box := range d.Boxes {
			p.shape(x, y, s, box)
		}
		for _, c := range d.Curves {
			p.arrow(x, y, s, c)
		}
	})
	for _, label := range d.Labels {
		l.label(x, y, s, label)
	}
	l.y = y + height + 1.5
	caption := hand{sans, 7.5, slate}
	for _, line := range l.fonts.lines(caption, b.Caption, l.sheet.text()) {
		l.put(left, l.y, 4, caption, line)
		l.y += 4
	}
	l.y += 3
}

func (p *pen) shape(x, y, s float64, b reports.Box) {
	paint := ""
	if !b.Empty {
		p.fill(b.Tone.Ground())
		if b.Solid {
			p.fill(b.Tone.Ink())
		}
		paint = filled
	}
	if b.Edge > 0 {
		p.stroke(b.Tone.Ink())
		p.line(b.Edge * s)
		if paint = drawn; !b.Empty {
			paint = both
		}
	}
	if paint != "" {
		p.rounded(x+b.X*s, y+b.Y*s, b.Width*s, b.Height*s, b.Radius*s, paint)
	}
}

func (p *pen) arrow(x, y, s float64, c reports.Curve) {
	middle := x + (c.X1+c.X2)/2*s
	p.alone(func() {
		p.stroke(c.Tone.Ink())
		p.line(c.Width * s)
		if c.Dashed {
			p.dashes(1.4*s, s)
		}
		p.curve(x+c.X1*s, y+c.Y1*s, middle, y+c.Y1*s, middle, y+c.Y2*s, x+c.X2*s, y+c.Y2*s)
	})
	h := c.Head()
	p.fill(c.Tone.Ink())
	p.polygon(filled, [2]float64{x + h[0]*s, y + h[1]*s}, [2]float64{x + h[2]*s, y + h[3]*s}, [2]float64{x + h[4]*s, y + h[5]*s})
}

// label writes one line of a drawing, cut where there is no room.
func (l *layout) label(x, y, s float64, b reports.Label) {
	h := hand{sans, b.Size * s, b.Tone.Ink()}
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
	text := l.fonts.line(h, b.Text, room)
	const line = 4.0
	atX, atY := x+b.X*s, y+b.Y*s
	if b.Turned {
		l.draw(func(p *pen) {
			p.turned(90, atX, atY, func() { p.write(atX, atY+h.size*0.12, h, text) })
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
