package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// members looks through values that were decoded for members that stand twice, of which
// the last one would count. Names are decoded without regard to case, so that "kind" and
// "Kind" are one: a failure must not become a pass by a word that is written behind it.
type members map[reflect.Type]map[string]member

// member is a field that is read, by its number and its type.
type member struct {
	number int
	of     reflect.Type
}

// once is an error where a value, decoded into another, has a member of it twice.
func (m members) once(raw []byte, into any) error {
	look := looking{members: m, raw: raw}
	look.value(reflect.TypeOf(into))
	if look.twice != "" {
		return errors.New(standsTwice(look.twice))
	}
	return nil
}

func standsTwice(name string) string {
	return fmt.Sprintf("%.100q stands twice in one object, so that nobody can tell which counts", name)
}

// of are the members that an object is read for.
func (m members) of(t reflect.Type) map[string]member {
	all, known := m[t]
	if !known {
		all = map[string]member{}
		for i, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			all[folded(name)] = member{i, f.Type}
		}
		m[t] = all
	}
	return all
}

// folded is a name without regard to case, as encoding/json compares them.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// looking goes through JSON that is known to be whole.
type looking struct {
	members members
	raw     []byte
	at      int
	twice   string
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
	var read map[string]member
	var seen map[any]bool
	if t != nil && (t.Kind() == reflect.Struct || t.Kind() == reflect.Map) {
		seen = map[any]bool{}
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
		var id any = name
		var of reflect.Type
		if t.Kind() == reflect.Map {
			of = t.Elem()
		} else if field, is := read[folded(name)]; is {
			id, of = field.number, field.of
		} else {
			l.value(nil)
			continue
		}
		if seen[id] && l.twice == "" {
			l.twice = name
		}
		seen[id] = true
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
