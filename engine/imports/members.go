package imports

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// members looks through values that were decoded for members that stand twice, of which
// the last one would count, and for names that are read and stand there in another case,
// as no tool writes them: a failure must not become a pass by a word that is written
// behind it.
type members map[reflect.Type]map[string]reflect.Type

// look returns what is odd in a value that was decoded into another, "" if nothing is: the
// first member of it that stands twice, and the first that was passed over as its name is
// in another case.
func (m members) look(raw []byte, into any) (twice, otherwise string) {
	look := looking{members: m, raw: raw}
	look.value(reflect.TypeOf(into))
	return look.twice, look.otherwise
}

func standsTwice(name string) string {
	return fmt.Sprintf("%.100q stands twice in one object, so that nobody can tell which counts", name)
}

// inAnotherCase says that a name which is none of those that are read would be one without
// regard to case, "" if it would not.
func inAnotherCase[T any](name string, read map[string]T) string {
	for one := range read {
		if strings.EqualFold(one, name) {
			return fmt.Sprintf("%q is written %.100q, and was passed over", one, name)
		}
	}
	return ""
}

// of are the members that an object is read for, with their types.
func (m members) of(t reflect.Type) map[string]reflect.Type {
	all, known := m[t]
	if !known {
		all = map[string]reflect.Type{}
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			all[name] = f.Type
		}
		m[t] = all
	}
	return all
}

// looking goes through JSON that is known to be whole.
type looking struct {
	members          members
	raw              []byte
	at               int
	twice, otherwise string
}

// skip passes over white space and what parts values, and returns the byte behind.
func (l *looking) skip() byte {
	for ; l.at < len(l.raw); l.at++ {
		switch c := l.raw[l.at]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
		default:
			return c
		}
	}
	return 0
}

// value goes through a value that is decoded into t; nil is one that is not read.
func (l *looking) value(t reflect.Type) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch c := l.skip(); c {
	case '{':
		l.object(t)
	case '[':
		var item reflect.Type
		if t != nil && t.Kind() == reflect.Slice {
			item = t.Elem()
		}
		l.at++
		for c := l.skip(); c != ']' && c != 0; c = l.skip() {
			l.value(item)
		}
		l.at++
	case '"':
		l.text()
	default:
		for l.at < len(l.raw) && strings.IndexByte(",]} \t\r\n", l.raw[l.at]) < 0 {
			l.at++
		}
	}
}

func (l *looking) object(t reflect.Type) {
	var read map[string]reflect.Type
	var seen map[string]bool
	if t != nil && (t.Kind() == reflect.Struct || t.Kind() == reflect.Map) {
		seen = map[string]bool{}
	}
	if t != nil && t.Kind() == reflect.Struct {
		read = l.members.of(t)
	}
	l.at++
	for c := l.skip(); c != '}' && c != 0; c = l.skip() {
		quoted := l.text()
		if seen == nil {
			l.value(nil)
			continue
		}
		name := string(quoted[1 : len(quoted)-1])
		if strings.Contains(name, `\`) {
			_ = json.Unmarshal(quoted, &name) // it is a string
		}
		of, is := read[name]
		if t.Kind() == reflect.Map {
			of = t.Elem()
		} else if !is {
			l.otherwise = cmp.Or(l.otherwise, inAnotherCase(name, read))
			l.value(nil)
			continue
		}
		if seen[name] && l.twice == "" {
			l.twice = standsTwice(name)
		}
		seen[name] = true
		l.value(of)
	}
	l.at++
}

// text goes over a string and returns it as it stands.
func (l *looking) text() []byte {
	from := l.at
	for l.at++; l.at < len(l.raw) && l.raw[l.at] != '"'; l.at++ {
		if l.raw[l.at] == '\\' {
			l.at++
		}
	}
	l.at = min(l.at+1, len(l.raw))
	return l.raw[from:l.at]
}
