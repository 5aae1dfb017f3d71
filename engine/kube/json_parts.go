package kube

import (
	"reflect"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// What stands in the specification of a pod, and in each of its containers, is looked for
// in JSON too before it is read. Nobody looks into those before a document is made of them.

// shortWords is what is read where it stands, in bytes: in JSON that costs more than in protobuf.
const shortWords = 16

// jsonSpot is a spot where a part may be known.
type jsonSpot struct {
	*part
	reader *partReader
	key    partKey // of what is not known, and will be
	looked bool
}

// Known implements engine.Met.
func (s *jsonSpot) Known(text []byte) (written engine.Written, known bool) {
	if len(text) <= shortWords {
		s.looked = false
		return nil, false
	}
	s.key, s.looked, written, known = s.reader.look(s.part, text)
	s.reader.reused = s.reader.reused || known
	return written, known
}

// Decoded implements engine.Met.
func (s *jsonSpot) Decoded(text []byte, v any) {
	if s.looked {
		s.reader.made = append(s.reader.made, madePart{s.key, text, v})
	}
}

// spot returns where parts stand in the object that a text begins with, if it says of which
// kind it is before anything else.
func (r *partReader) spot(text []byte) *engine.Spot {
	var apiVersion, name []byte
	engine.EachMember(text, func(member string, said []byte) bool {
		switch member {
		case "apiVersion":
			apiVersion = said
		case "kind":
			name = said
		}
		return said[0] == '"' && (apiVersion == nil || name == nil)
	})
	of := string(apiVersion) + string(name)
	spot, met := r.spots[of]
	if !met && len(r.spots) < len(kinds) {
		for _, k := range builtInKinds {
			if of == `"`+k.apiVersion()+`""`+k.of.Kind+`"` {
				spot = r.within(shapeOf(builtInTypes().AllKnownTypes()[k.gvk()]))
				r.spots[of] = spot
			}
		}
	}
	return spot
}

// within returns the spots of the specification of a pod in objects of a shape; nil where
// there is none.
func (r *partReader) within(s *shape) *engine.Spot {
	for s.of.Kind() == reflect.Pointer {
		s = s.element
	}
	if s.of == reflect.TypeFor[corev1.PodSpec]() {
		return r.spotOf(s)
	}
	for i := range s.fields {
		switch m := &s.fields[i]; m.name {
		case "spec", "template", "jobTemplate":
			if spot := r.within(m.shape); spot != nil {
				return &engine.Spot{Below: map[string]*engine.Spot{m.name: spot}}
			}
		}
	}
	return nil
}

// spotOf returns the spots of what has parts.
func (r *partReader) spotOf(s *shape) *engine.Spot {
	spot := &engine.Spot{Below: map[string]*engine.Spot{}}
	for i := range s.fields {
		m := &s.fields[i]
		of := m.shape
		for of.of.Kind() == reflect.Pointer || of.of.Kind() == reflect.Slice && of.element != nil {
			of = of.element
		}
		switch {
		case of.of == reflect.TypeFor[corev1.Container]():
			spot.Below[m.name] = &engine.Spot{Each: r.spotOf(of)}
		case m.isPart(of):
			spot.Below[m.name] = &engine.Spot{Met: &jsonSpot{part: &part{name: m.name, shape: m.shape}, reader: r}}
		}
	}
	return spot
}

// isPart reports whether what a member holds is read apart. The values of what is called
// data are redacted by the word beside it.
func (m *member) isPart(holds *shape) bool {
	return m.name != "" && m.name != "data" && m.name != "stringData" && holds.isMessage()
}

// forget forgets what was made of the object that was read.
func (r *partReader) forget() {
	clear(r.made)
	r.made, r.reused = r.made[:0], false
}

// asRead reads what was known of a tree again, for who has to have all of it.
func asRead(v any) any {
	switch v := v.(type) {
	case engine.Written:
		read, err := engine.DecodeJSON(v)
		if err != nil { // which was written here
			panic(err)
		}
		return read
	case map[string]any:
		for name, member := range v {
			v[name] = asRead(member)
		}
	case []any:
		for i := range v {
			v[i] = asRead(v[i])
		}
	}
	return v
}
