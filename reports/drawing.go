package reports

// Picture is a drawing across the text, with what it shows in words beside it: a
// reader without eyes, and a report as text, lose nothing.
type Picture struct {
	Drawing Drawing
	Caption string
	Words   []string
}

func (Picture) block() {}

// Drawing is shapes on a ground, in millimetres from the upper left corner. Later
// shapes lie over earlier ones.
type Drawing struct {
	Width, Height float64
	Boxes         []Box
	Curves        []Curve
	Labels        []Label
}

// Box is a rectangle: filled with the ground of its tone, or solid with its ink.
type Box struct {
	X, Y, Width, Height float64
	Radius              float64
	Tone                Tone
	Solid               bool
	Edge                float64 // width of its edge in the ink of its tone; 0 is none
	Empty               bool    // only its edge is drawn
}

// Curve leads from one point to another, level at both ends. Its head is at the
// second.
type Curve struct {
	X1, Y1, X2, Y2 float64
	Tone           Tone
	Width          float64
	Dashed         bool
}

// Align says on which side of its point a label stands.
type Align int

// The sides.
const (
	FromLeft Align = iota
	Centred
	ToRight
)

// Label is one line of text. X and Y are its point on the middle of the line, Room is
// how wide it may be; what is longer is cut with a mark.
type Label struct {
	X, Y, Room float64
	Size       float64 // points
	Text       string
	Align      Align
	Strong     bool
	Turned     bool // reads upwards
	Tone       Tone
	OnSolid    bool // white, on a solid box
}

// Colour is red, green and blue, 0 to 255 each.
type Colour [3]uint8

// Ink is the colour in which a tone is written and drawn.
func (t Tone) Ink() Colour {
	switch t {
	case Good:
		return Colour{43, 138, 62}
	case Info:
		return Colour{59, 91, 219}
	case Bad:
		return Colour{201, 42, 42}
	case Muted:
		return Colour{105, 115, 125}
	case Warn:
		return Colour{217, 119, 6}
	case Open:
		return Colour{82, 96, 109}
	case Neutral:
	}
	return Colour{20, 33, 61}
}

// Ground is the colour below what is written in a tone.
func (t Tone) Ground() Colour {
	switch t {
	case Good:
		return Colour{235, 251, 238}
	case Info:
		return Colour{237, 242, 255}
	case Bad:
		return Colour{255, 245, 245}
	case Muted:
		return Colour{241, 243, 245}
	case Warn:
		return Colour{255, 247, 230}
	case Open:
		return Colour{255, 255, 255}
	case Neutral:
	}
	return Colour{245, 247, 250}
}
