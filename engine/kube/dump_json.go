package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tickmark/engine"
)

// maxWaiting bounds the items that wait for the kind that a list tells after them, in
// bytes, of which an empty one takes waitingItem.
const (
	maxWaiting  = 32 << 20
	waitingItem = 512
)

// json reads a file of JSON: one value, or several one after the other as kubectl
// prints them for several commands.
func (d *dumpReader) json(in io.Reader, at spot) error {
	s := newJSONStream(in)
	for {
		start, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var refused error
		switch {
		case err != nil:
		case start == '{':
			s.at++
			err, refused = d.jsonObject(s, at)
		case start == '[':
			s.at++
			err, refused = d.jsonArray(s, at)
		default:
			var v any
			if v, err = s.value(); err == nil && v != nil {
				err = errors.New("it holds a value that is no object")
			}
		}
		if refused != nil || d.ctx.Err() != nil {
			return errors.Join(refused, d.ctx.Err())
		}
		if err != nil {
			d.gap(at.gap(reasonOfFile(err), "read JSON: "+strings.TrimPrefix(cutOff(err).Error(), "read JSON: ")))
			return nil
		}
	}
}

// jsonObject reads an object whose brace was taken: a list, item by item as they
// stand there, or anything else as a whole. It returns what is wrong with the file,
// and apart from it what ends the collection.
func (d *dumpReader) jsonObject(s *jsonStream, at spot) (wrong, refused error) {
	tree := map[string]any{}
	var l *list
	for first := true; ; first = false {
		more, err := s.more('}', first)
		if err != nil {
			return err, nil
		}
		if !more {
			break
		}
		name, err := s.name()
		if err != nil {
			return err, nil
		}
		if _, twice := tree[name]; twice || l != nil && strings.EqualFold(name, "items") {
			return fmt.Errorf("key %q stands twice", Printable(name)), nil
		}
		if name == "items" {
			l = d.begin(at, headIn(tree))
			if wrong, refused = d.items(s, l); wrong != nil || refused != nil {
				return wrong, refused
			}
			continue
		}
		if tree[name], err = s.value(); err != nil {
			return err, nil
		}
	}
	if l == nil {
		return nil, d.value(tree, at, 0)
	}
	return nil, d.finish(l, tree)
}

// jsonArray reads an array whose bracket was taken: the items of a list that says
// nothing of itself.
func (d *dumpReader) jsonArray(s *jsonStream, at spot) (wrong, refused error) {
	l := d.begin(at, head{})
	if wrong, refused = d.rest(s, l); wrong != nil || refused != nil {
		return wrong, refused
	}
	return nil, d.finish(l, nil)
}

// items reads the member items of an object; null is the empty list of Go.
func (d *dumpReader) items(s *jsonStream, l *list) (wrong, refused error) {
	start, err := s.next()
	if err != nil {
		return cutOff(err), nil
	}
	if start == '[' {
		s.at++
		return d.rest(s, l)
	}
	v, err := s.value()
	if err == nil && v != nil {
		err = errors.New("its items are no list")
	}
	return err, nil
}

// rest reads the items of an array to its end.
func (d *dumpReader) rest(s *jsonStream, l *list) (wrong, refused error) {
	for first := true; ; first = false {
		more, err := s.more(']', first)
		if !more || err != nil {
			return err, nil
		}
		raw, err := s.raw()
		if err != nil {
			return err, nil
		}
		if l.items++; l.foreign() {
			if err := validJSON(raw); err != nil {
				return err, nil
			}
			continue
		}
		if wrong, refused = d.jsonItem(l, raw); wrong != nil || refused != nil {
			return wrong, refused
		}
	}
}

// jsonItem reads an item of a list as it stands there.
func (d *dumpReader) jsonItem(l *list, raw []byte) (wrong, refused error) {
	defer d.parts.forget()
	v, err := engine.DecodeKnown(raw, d.parts.spot(raw))
	if err != nil {
		// Behind what is no JSON nobody knows where the next item begins.
		if broken := validJSON(raw); broken != nil {
			return broken, nil
		}
		d.lost(l, err)
		return nil, nil
	}
	return nil, d.item(l, v, len(raw))
}

// validJSON says what is no JSON in a text.
func validJSON(raw []byte) error {
	if engine.IsJSON(raw) {
		return nil
	}
	var v json.RawMessage
	return json.Unmarshal(raw, &v)
}
