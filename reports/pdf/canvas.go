package pdf

import (
	"bytes"
	"math"
	"strconv"
)

// canvas is the content of a page while it is drawn. Lengths are in millimetres from the
// upper left corner of the sheet.
type canvas struct {
	content  bytes.Buffer
	height   float64 // of the sheet
	now      inks
	shadings []shading
}

// inks are what the next stroke is drawn with, as far as the content has said it.
type inks struct {
	fill, stroke colour
	width        float64
	face         face
	size         float64
	font, inked  bool // whether a font, and colours and width, were said at all
}

// shading is a change from one colour to another.
type shading struct{ from, to colour }

// points converts lengths to the unit of content.
const points = 1 / mmPerPoint

// clear begins the content of another sheet.
func (c *canvas) clear(height float64) {
	c.content.Reset()
	c.height, c.now = height, inks{}
}

// number writes a number with at most three decimals.
func (c *canvas) number(v float64) {
	b := strconv.AppendFloat(c.content.AvailableBuffer(), math.Round(v*1000)/1000, 'f', 3, 64)
	b = bytes.TrimRight(b, "0")
	b = bytes.TrimSuffix(b, []byte("."))
	if string(b) == "-0" {
		b = b[1:]
	}
	c.content.Write(append(b, ' '))
}

// op writes an operator behind its numbers.
func (c *canvas) op(name string, numbers ...float64) {
	for _, v := range numbers {
		c.number(v)
	}
	c.content.WriteString(name)
	c.content.WriteByte('\n')
}

// raw writes operators as they are.
func (c *canvas) raw(s string) {
	c.content.WriteString(s)
	c.content.WriteByte('\n')
}

func (c *canvas) x(v float64) float64 { return v * points }
func (c *canvas) y(v float64) float64 { return (c.height - v) * points }

func (c *canvas) fill(ink colour) {
	if c.now.inked && c.now.fill == ink {
		return
	}
	c.ink()
	c.now.fill = ink
	c.op("rg", part(ink[0]), part(ink[1]), part(ink[2]))
}

func (c *canvas) stroke(ink colour) {
	if c.now.inked && c.now.stroke == ink {
		return
	}
	c.ink()
	c.now.stroke = ink
	c.op("RG", part(ink[0]), part(ink[1]), part(ink[2]))
}

// ink notes what holds where nothing was said yet: black, and lines of one point.
func (c *canvas) ink() {
	if !c.now.inked {
		c.now.inked, c.now.fill, c.now.stroke, c.now.width = true, colour{}, colour{}, mmPerPoint
	}
}

// part is the part of a colour between 0 and 1.
func part(of int) float64 { return float64(of) / 255 }

// line sets the width of lines.
func (c *canvas) line(width float64) {
	c.ink()
	if c.now.width != width {
		c.now.width = width
		c.op("w", width*points)
	}
}

// dashes sets lengths of dashes and gaps; none are a whole line.
func (c *canvas) dashes(lengths ...float64) {
	c.content.WriteByte('[')
	for _, v := range lengths {
		c.number(v * points)
	}
	c.raw("] 0 d")
}

// The ways to paint a path.
const (
	filled  = "f"
	drawn   = "S"
	both    = "B"
	clipped = "W n"
)

func (c *canvas) rect(x, y, w, h float64, paint string) {
	c.op("re", c.x(x), c.y(y+h), w*points, h*points)
	c.raw(paint)
}

func (c *canvas) segment(x1, y1, x2, y2 float64) {
	c.op("m", c.x(x1), c.y(y1))
	c.op("l", c.x(x2), c.y(y2))
	c.raw(drawn)
}

// bow is by how much the handles of a quarter of a circle stand off, of its radius.
const bow = 4.0 / 3 * (math.Sqrt2 - 1)

// rounded is a rectangle with rounded corners.
func (c *canvas) rounded(x, y, w, h, r float64, paint string) {
	arc := func(x1, y1, x2, y2, x3, y3 float64) { c.op("c", c.x(x1), c.y(y1), c.x(x2), c.y(y2), c.x(x3), c.y(y3)) }
	o := r * (1 - bow)
	c.op("m", c.x(x+r), c.y(y))
	c.op("l", c.x(x+w-r), c.y(y))
	arc(x+w-o, y, x+w, y+o, x+w, y+r)
	c.op("l", c.x(x+w), c.y(y+h-r))
	arc(x+w, y+h-o, x+w-o, y+h, x+w-r, y+h)
	c.op("l", c.x(x+r), c.y(y+h))
	arc(x+o, y+h, x, y+h-o, x, y+h-r)
	c.op("l", c.x(x), c.y(y+r))
	arc(x, y+o, x+o, y, x+r, y)
	c.raw("h " + paint)
}

// disc fills a circle.
func (c *canvas) disc(x, y, r float64) { c.rounded(x-r, y-r, 2*r, 2*r, r, filled) }

// polygon is a closed figure of points in turn.
func (c *canvas) polygon(paint string, corners ...[2]float64) {
	for i, at := range corners {
		name := "l"
		if i == 0 {
			name = "m"
		}
		c.op(name, c.x(at[0]), c.y(at[1]))
	}
	c.raw("h " + paint)
}

// curve draws a line with two handles.
func (c *canvas) curve(x0, y0, x1, y1, x2, y2, x3, y3 float64) {
	c.op("m", c.x(x0), c.y(y0))
	c.op("c", c.x(x1), c.y(y1), c.x(x2), c.y(y2), c.x(x3), c.y(y3))
	c.raw(drawn)
}

// alone draws what neither changes inks nor clips what follows.
func (c *canvas) alone(draw func()) {
	before := c.now
	c.raw("q")
	draw()
	c.raw("Q")
	c.now = before
}

// turned draws around a point, against the clock.
func (c *canvas) turned(degrees, x, y float64, draw func()) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	px, py := c.x(x), c.y(y)
	c.alone(func() {
		for _, v := range []float64{cos, sin, -sin, cos} {
			c.content.WriteString(strconv.FormatFloat(v, 'f', 6, 64) + " ")
		}
		c.op("cm", px+sin*py-cos*px, py-cos*py-sin*px)
		draw()
	})
}

// shade fills a rectangle from one colour in its upper left corner to another in the
// lower right one.
func (c *canvas) shade(x, y, w, h float64, from, to colour) {
	c.shadings = append(c.shadings, shading{from, to})
	c.alone(func() {
		c.rect(x, y, w, h, clipped)
		c.op("cm", w*points, 0, 0, h*points, c.x(x), c.y(y+h))
		c.raw("/Sh" + strconv.Itoa(len(c.shadings)) + " sh")
	})
}

// text puts characters that a face has on a baseline.
func (c *canvas) text(x, y float64, f face, size float64, s string) {
	c.content.WriteString("BT ")
	if !c.now.font || c.now.face != f || c.now.size != size {
		c.now.font, c.now.face, c.now.size = true, f, size
		c.content.WriteString("/F" + strconv.Itoa(int(f)) + " ")
		c.number(size)
		c.content.WriteString("Tf ")
	}
	c.number(c.x(x))
	c.number(c.y(y))
	c.content.WriteString("Td (")
	for _, r := range s {
		for _, unit := range [...]byte{byte(uint16(r) >> 8), byte(r)} {
			switch unit {
			case '(', ')', '\\':
				c.content.WriteByte('\\')
				c.content.WriteByte(unit)
			case '\r':
				c.content.WriteString(`\r`)
			default:
				c.content.WriteByte(unit)
			}
		}
	}
	c.raw(") Tj ET")
}
