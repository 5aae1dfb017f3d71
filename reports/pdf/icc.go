package pdf

import (
	"encoding/binary"
	"math"
)

// colourProfile makes a small ICC profile (version 2.1) of the sRGB colour space of
// IEC 61966-2-1: its primaries adapted to D50, and its transfer curve at 1024 points.
func colourProfile() []byte {
	type tag struct {
		name string
		data []byte
	}
	curve := transferCurve()
	tags := []tag{
		{"desc", description("sRGB IEC61966-2.1")},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright, use freely\x00"...)},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.7141)},
		{"rTRC", curve},
		{"gTRC", curve},
		{"bTRC", curve},
	}
	head := make([]byte, 128, 4096)
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[36:], "acsp")
	binary.BigEndian.PutUint32(head[8:], 0x02100000)
	for i, n := range []uint16{2000, 1, 1, 0, 0, 0} { // a fixed date of creation
		binary.BigEndian.PutUint16(head[24+2*i:], n)
	}
	copy(head[68:], xyz(0.9642, 1, 0.8249)[8:])
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data []byte
	start := len(head) + 4 + 12*len(tags)
	curveAt := 0
	for _, t := range tags {
		at := start + len(data)
		if len(t.data) == len(curve) && curveAt > 0 {
			at = curveAt // the three curves are one
		} else {
			if len(t.data) == len(curve) {
				curveAt = at
			}
			data = append(data, t.data...)
			for len(data)%4 != 0 {
				data = append(data, 0)
			}
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(at))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
	}
	profile := append(append(head, table...), data...)
	binary.BigEndian.PutUint32(profile, uint32(len(profile)))
	return profile
}

// xyz is a tag of one colour, three fixed-point numbers of 16.16 bits.
func xyz(values ...float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

// description is a textDescriptionType: the text in ASCII, and neither of its
// localised forms.
func description(s string) []byte {
	b := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	b = append(append(b, s...), 0)
	return append(b, make([]byte, 4+4+2+1+67)...)
}

// transferCurve is the sRGB curve from code value to light.
func transferCurve() []byte {
	const points = 1024
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), points)
	for i := range points {
		v := float64(i) / (points - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(v*65535)))
	}
	return b
}
