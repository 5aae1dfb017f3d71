package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// SVG writes a drawing as a picture of its own. The same drawing gives the same bytes;
// it refers to nothing outside itself and holds no script.
func SVG(w io.Writer, d Drawing, title string) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %[1]s %[2]s" role="img" font-family="Liberation Sans, Arial, sans-serif">`+"\n",
		millimetres(d.Width), millimetres(d.Height))
	fmt.Fprintf(b, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", escaped(title))
	for _, x := range d.Boxes {
		fill, stroke := x.Tone.Ground().hex(), ""
		switch {
		case x.Empty:
			fill = "none"
		case x.Solid:
			fill = x.Tone.Ink().hex()
		}
		if x.Edge > 0 {
			stroke = fmt.Sprintf(` stroke="%s" stroke-width="%s"`, x.Tone.Ink().hex(), millimetres(x.Edge))
		}
		fmt.Fprintf(b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\" fill=\"%s\"%s/>\n",
			millimetres(x.X), millimetres(x.Y), millimetres(x.Width), millimetres(x.Height), millimetres(x.Radius), fill, stroke)
	}
	for _, c := range d.Curves {
		dashes := ""
		if c.Dashed {
			dashes = ` stroke-dasharray="1.4 1"`
		}
		ink, middle := c.Tone.Ink().hex(), (c.X1+c.X2)/2
		fmt.Fprintf(b, "<path d=\"M%s %s C%s %s %s %s %s %s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>\n", millimetres(c.X1), millimetres(c.Y1),
			millimetres(middle), millimetres(c.Y1), millimetres(middle), millimetres(c.Y2), millimetres(c.X2), millimetres(c.Y2), ink, millimetres(c.Width), dashes)
		head := c.Head()
		fmt.Fprintf(b, "<path d=\"M%s %s L%s %s L%s %s Z\" fill=\"%s\"/>\n", millimetres(head[0]), millimetres(head[1]), millimetres(head[2]), millimetres(head[3]),
			millimetres(head[4]), millimetres(head[5]), ink)
	}
	for _, l := range d.Labels {
		writeLabel(b, l)
	}
	b.WriteString("</svg>\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

// millimetresOfPoint is the height of a point.
const millimetresOfPoint = 25.4 / 72

func writeLabel(b *bufio.Writer, l Label) {
	ink := l.Tone.Ink().hex()
	if l.OnSolid {
		ink = "#ffffff"
	}
	size := l.Size * millimetresOfPoint
	extra := fmt.Sprintf(` text-anchor="%s"`, [...]string{"start", "middle", "end"}[l.Align])
	if l.Strong {
		extra += ` font-weight="bold"`
	}
	if l.Turned {
		extra += fmt.Sprintf(` transform="rotate(-90 %s %s)"`, millimetres(l.X), millimetres(l.Y))
	}
	fmt.Fprintf(b, "<text x=\"%s\" y=\"%s\" font-size=\"%s\" fill=\"%s\"%s>%s</text>\n", millimetres(l.X), millimetres(l.Y+size*0.35), millimetres(size), ink, extra,
		escaped(l.fitted(size*0.52)))
}

// fitted returns the text as far as there is room for letters of a width.
func (l Label) fitted(letter float64) string {
	most := int(l.Room / letter)
	text := Line(l.Text)
	if l.Room == 0 || utf8.RuneCountInString(text) <= most {
		return text
	}
	return Ends(text, max(most-1, 0))
}

// Ends is a name without its middle: so many characters are left at both ends together,
// since names are told apart by how they begin and how they end.
func Ends(name string, most int) string {
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:(most+1)/2]) + "…" + string(runes[len(runes)-most/2:])
}

// Head returns the three corners of a curve's arrow head.
func (c Curve) Head() [6]float64 {
	const long, half = 1.9, 0.85
	back := c.X2 - long
	if c.X2 < c.X1 {
		back = c.X2 + long
	}
	return [6]float64{c.X2, c.Y2, back, c.Y2 - half, back, c.Y2 + half}
}

func (c Colour) hex() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

func millimetres(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00") }

// escaped is text that no reader of XML takes for anything else.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace
