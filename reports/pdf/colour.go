package pdf

import (
	"math"

	"tickmark/reports"
)

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

// parts are a colour as the drawing library takes it.
func parts(c colour) (red, green, blue int) { return int(c[0]), int(c[1]), int(c[2]) }

// letters is the colour of what is written in a tone: its ink, as dark as it has to be to be read on the
// ground of the tone.
func letters(t reports.Tone) colour {
	c := t.Ink()
	for contrast(c, t.Ground()) < readable {
		for i, v := range c {
			c[i] = uint8(int(v) * 19 / 20)
		}
	}
	return c
}

// readable is how far small letters stand out from their ground for those who see badly,
// too (WCAG 2, level AA).
const readable = 4.5

// contrast is how far two colours are apart, from 1 to 21.
func contrast(a, b colour) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// luminance is how bright a colour is, from 0 to 1.
func luminance(c colour) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}

// chart is the colour of a tone in a picture.
func chart(t reports.Tone) colour {
	if t == reports.Open {
		return colour{206, 214, 224}
	}
	return t.Ink()
}
