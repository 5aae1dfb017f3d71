package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// jsonWriter writes an object field by field, and lists item by item, as encoding/json
// writes the whole with an indent of two: only one item is in memory at a time. The first
// error stays, and close tells it.
type jsonWriter struct {
	out     *bufio.Writer
	item    bytes.Buffer
	encoder *json.Encoder
	depth   int
	begun   bool // something stands at this depth already
	err     error
}

func newJSONWriter(w io.Writer) *jsonWriter {
	j := &jsonWriter{out: bufio.NewWriterSize(w, 64<<10)}
	j.encoder = json.NewEncoder(&j.item)
	j.encoder.SetEscapeHTML(false)
	return j
}

// close ends the document.
func (j *jsonWriter) close() error {
	j.write("\n")
	if err := j.out.Flush(); j.err == nil {
		j.err = err
	}
	return j.err
}

func (j *jsonWriter) write(s string) {
	_, _ = j.out.WriteString(s) // the first error stays, and Flush tells it
}

// next begins the next field or item.
func (j *jsonWriter) next() {
	if j.begun {
		j.write(",")
	}
	j.begun = true
	j.line()
}

func (j *jsonWriter) line() {
	j.write("\n")
	for range j.depth {
		j.write("  ")
	}
}

func (j *jsonWriter) name(name string) {
	j.next()
	j.write(`"` + name + `": `)
}

// enclose writes what stands between two brackets.
func (j *jsonWriter) enclose(open, shut string, fill func()) {
	j.write(open)
	j.depth++
	j.begun = false
	fill()
	j.depth--
	if j.begun {
		j.line()
	}
	j.begun = true
	j.write(shut)
}

func (j *jsonWriter) object(fill func()) { j.enclose("{", "}", fill) }

// encoded is a value as it stands at the current depth.
func (j *jsonWriter) encoded(v any) []byte {
	j.item.Reset()
	prefix := bytes.Repeat([]byte("  "), j.depth)
	j.encoder.SetIndent(string(prefix), "  ")
	if err := j.encoder.Encode(v); err != nil && j.err == nil {
		j.err = err
	}
	return bytes.TrimSuffix(j.item.Bytes(), []byte("\n"))
}

func (j *jsonWriter) value(v any) {
	_, _ = j.out.Write(j.encoded(v)) // as in write
}

// field writes one field.
func (j *jsonWriter) field(name string, v any) {
	j.name(name)
	j.value(v)
}

// fields writes the fields of an object as fields of the one that is open.
func (j *jsonWriter) fields(of any) {
	j.depth--
	text := j.encoded(of)
	j.depth++
	text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("{")), []byte("}"))
	if text = bytes.TrimRight(text, "\n "); len(text) == 0 {
		return
	}
	if j.begun {
		j.write(",")
	}
	j.begun = true
	_, _ = j.out.Write(text) // it begins with the end of a line
}

// listed writes a list as a field.
func listed[T any](j *jsonWriter, name string, all iter.Seq[T]) {
	j.name(name)
	j.enclose("[", "]", func() {
		for v := range all {
			j.next()
			j.value(v)
		}
	})
}

// listedIfAny writes a list as a field where something is in it.
func listedIfAny[T any](j *jsonWriter, name string, all iter.Seq[T]) {
	some := false
	for range all {
		some = true
		break
	}
	if some {
		listed(j, name, all)
	}
}

// each is what make makes of the items of a list, one after the other.
func each[T, V any](items []T, make func(T) V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, item := range items {
			if !yield(make(item)) {
				return
			}
		}
	}
}
