package kube

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tickmark/engine"
)

// maxItem bounds one item of a list, or one member of an object that is no list:
// etcd takes none of more than a few megabytes.
const maxItem = 32 << 20

// maxWaiting bounds the items that wait for the kind that a list tells after them.
const maxWaiting = 32 << 20

var errItemTooLarge = fmt.Errorf("an item larger than %d MiB", maxItem>>20)

// meter ends a stream that has given more than maxItem since it was last reset: the
// decoder holds a value as a whole.
type meter struct {
	r    io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errItemTooLarge
	}
	n, err := m.r.Read(p)
	m.left -= n
	return n, err
}

func (m *meter) reset() { m.left = maxItem }

// jsonStream reads JSON values one after the other, and lists item by item.
type jsonStream struct {
	*json.Decoder
	meter *meter
}

func newJSONStream(r io.Reader) *jsonStream {
	m := &meter{r: r, left: maxItem}
	return &jsonStream{json.NewDecoder(m), m}
}

// raw returns the next value as it stands.
func (s *jsonStream) raw() (json.RawMessage, error) {
	var raw json.RawMessage
	err := s.Decode(&raw)
	s.meter.reset()
	return raw, cutOff(err)
}

// token returns the next token.
func (s *jsonStream) token() (json.Token, error) {
	t, err := s.Token()
	s.meter.reset()
	return t, cutOff(err)
}

// cutOff says of an end in the middle what it is.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutOff
	}
	return err
}

var errCutOff = errors.New("it breaks off: the rest is missing")

// json reads a file of JSON: one value, or several one after the other as kubectl
// prints them for several commands.
func (d *dumpReader) json(in io.Reader, at spot) error {
	s := newJSONStream(in)
	for {
		start, err := s.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var refused error
		switch {
		case err != nil, start == nil:
		case start == json.Delim('{'):
			err, refused = d.jsonObject(s, at)
		case start == json.Delim('['):
			err, refused = d.jsonArray(s, at)
		default:
			err = errors.New("it holds a value that is no object")
		}
		if refused != nil || d.ctx.Err() != nil {
			return errors.Join(refused, d.ctx.Err())
		}
		if err != nil {
			d.gap(at.gap(reasonOfFile(err), "read JSON: "+cutOff(err).Error()))
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
	for s.More() {
		key, err := s.token()
		if err != nil {
			return err, nil
		}
		name, _ := key.(string)
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
		raw, err := s.raw()
		if err != nil {
			return err, nil
		}
		if tree[name], err = engine.DecodeJSON(raw); err != nil {
			return err, nil
		}
	}
	if _, err := s.token(); err != nil {
		return err, nil
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
	start, err := s.token()
	switch {
	case err != nil:
		return err, nil
	case start == json.Delim('['):
		return d.rest(s, l)
	case start == nil:
		return nil, nil
	}
	return errors.New("its items are no list"), nil
}

// rest reads the items of an array to its end.
func (d *dumpReader) rest(s *jsonStream, l *list) (wrong, refused error) {
	for s.More() {
		raw, err := s.raw()
		if err != nil {
			return err, nil
		}
		if l.items++; l.foreign() {
			continue
		}
		v, err := engine.DecodeJSON(raw)
		if err != nil {
			d.lost(l, err)
			continue
		}
		if err := d.item(l, v, len(raw)); err != nil {
			return nil, err
		}
	}
	_, err := s.token()
	return err, nil
}
