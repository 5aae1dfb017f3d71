package pdf

import "tickmark/reports"

// colour is red, green and blue, 0 to 255 each.
type colour = reports.Colour

var (
	navy      = colour{20, 33, 61}
	navyLight = colour{31, 51, 92}
	navyPale  = colour{200, 212, 230}
	teal      = colour{11, 114, 133}
	black     = colour{31, 41, 51}
	slate     = colour{82, 96, 109}
	mute      = colour{123, 135, 148}
	rule      = colour{217, 226, 236}
	panel     = colour{245, 247, 250}
	white     = colour{255, 255, 255}
	watermark = colour{241, 243, 247}
)

// ground is the colour of a tone's text and of the ground below it.
func ground(t reports.Tone) (text, below colour) {
	return t.Ink(), t.Ground()
}

// chart is the colour of a tone in a picture.
func chart(t reports.Tone) colour {
	if t == reports.Open {
		return colour{206, 214, 224}
	}
	text, _ := ground(t)
	return text
}
