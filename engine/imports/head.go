package imports

import "encoding/json"

// Bounds of the first look at a file: what tells the tools apart stands near the top of
// each level.
const (
	headItems   = 24      // of each array
	headMembers = 512     // of each object
	headValues  = 100_000 // in all
	headText    = 4096
	headDepth   = 8 // what stands deeper is of the things that were looked at
)

// head is the first look at a file: its first value, with arrays, objects and texts cut,
// whether others follow it, and text where it is no JSON.
type head struct {
	first any
	lines bool
	text  string
	twice []syntaxError // members of which only the last would be read
}

// look reads the next value and returns a part of it that is no larger than the bounds.
// All of it is read, so that what is broken is found.
func (s *stream) look(depth int, left *int) (any, error) {
	*left--
	switch c := s.peek(); {
	case *left < 0, depth > headDepth && c != 0:
		return nil, s.skip(depth)
	case c == '{':
		object := map[string]any{}
		err := s.object(depth, func(key string) error {
			if len(object) >= headMembers {
				return s.skip(depth + 1)
			}
			if _, twice := object[key]; twice {
				s.odd(s.line(), standsTwice(key))
			}
			v, err := s.look(depth+1, left)
			object[key] = v
			return err
		})
		return object, err
	case c == '[':
		array := []any{}
		err := s.array(depth, func(i int) error {
			if i >= headItems {
				return s.skip(depth + 1)
			}
			v, err := s.look(depth+1, left)
			array = append(array, v)
			return err
		})
		return array, err
	case c == '"':
		text, err := s.text(true)
		if len(text) > headText {
			text = text[:headText]
		}
		return text, err
	case c == 0:
		return nil, s.wrong("it ends in the middle of a value")
	}
	word, err := s.word()
	switch word {
	case "null", "":
		return nil, err
	case "true", "false":
		return word == "true", err
	}
	return json.Number(word), err
}

// at returns what stands under names, nil where nothing does.
func at(v any, names ...string) any {
	for _, name := range names {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// textAt returns the text under names.
func textAt(v any, names ...string) string {
	text, _ := at(v, names...).(string)
	return text
}

// numberAt returns the number under names, which may be written as a text.
func numberAt(v any, names ...string) json.Number {
	if text := textAt(v, names...); text != "" {
		return json.Number(text)
	}
	number, _ := at(v, names...).(json.Number)
	return number
}

// has reports whether an object has all these members, whatever they are.
func has(v any, names ...string) bool {
	object, is := v.(map[string]any)
	for _, name := range names {
		if _, there := object[name]; !there {
			return false
		}
	}
	return is
}

// isList reports whether a list, or nothing at all as some tools write an empty one,
// stands under a name that is there.
func isList(v any, name string) bool {
	if !has(v, name) {
		return false
	}
	member := at(v, name)
	_, list := member.([]any)
	return list || member == nil
}

// item returns the first item of a list, and v itself where it is none.
func item(v any) any {
	list, is := v.([]any)
	switch {
	case !is:
		return v
	case len(list) == 0:
		return nil
	}
	return list[0]
}

// texts returns the texts of a list.
func texts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, t := range list {
		if text, is := t.(string); is {
			all = append(all, text)
		}
	}
	return all
}
