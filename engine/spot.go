package engine

// Spot is where in the objects of a kind a value stands. A part of an object that was met at
// its spot before, byte for byte, need not be decoded again.
type Spot struct {
	Below map[string]*Spot // by the name of a member, of the object that stands there
	Each  *Spot            // each item of the list that stands there
	Met   Met              // nil where all is decoded
}

// Met remembers what stood at a spot.
type Met interface {
	// Known returns what stands in a document for a part, if that is known.
	Known(part []byte) (Written, bool)
	// Decoded is told of a part that was not known what it says.
	Decoded(part []byte, v any)
}

// longSpot bounds a part that is looked for, in bytes.
const longSpot = 4 << 10

// below returns where a member stands.
func (s *Spot) below(name string) *Spot {
	if s == nil {
		return nil
	}
	return s.Below[name]
}

// each returns where the items of a list stand.
func (s *Spot) each() *Spot {
	if s == nil {
		return nil
	}
	return s.Each
}

// met takes an object or a list that may be known.
func (w *wellFormed) met(depth int, at *Spot) (any, bool) {
	ahead := *w
	part, short := ahead.extent(longSpot)
	if !short {
		return w.compound(depth, at)
	}
	if written, known := at.Met.Known(part); known {
		w.at = ahead.at
		return written, true
	}
	v, ok := w.compound(depth, at)
	if ok && w.at == ahead.at {
		at.Met.Decoded(part, v)
	}
	return v, ok
}
