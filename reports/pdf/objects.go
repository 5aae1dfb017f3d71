package pdf

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// file is the drawing library's output taken apart: it knows the one layout that
// the library writes (a single table, generation 0, plain objects) and refuses any
// other.
type file struct {
	objects [][]byte // by number; what stands between obj and endobj, nil if free
	root    int
	info    int
}

var errLayout = errors.New("not the file layout of the drawing library")

// takeApart reads a file that the library wrote.
func takeApart(b []byte) (*file, error) {
	at := bytes.LastIndex(b, []byte("startxref\n"))
	if at < 0 {
		return nil, fmt.Errorf("find startxref: %w", errLayout)
	}
	var table int
	if _, err := fmt.Sscanf(string(b[at:]), "startxref\n%d\n", &table); err != nil || table <= 0 || table > at {
		return nil, fmt.Errorf("read startxref: %w", errLayout)
	}
	var size int
	if _, err := fmt.Sscanf(string(b[table:min(table+40, at)]), "xref\n0 %d\n", &size); err != nil || size < 2 {
		return nil, fmt.Errorf("read table: %w", errLayout)
	}
	rows := table + len(fmt.Sprintf("xref\n0 %d\n", size))
	if rows+20*size > at {
		return nil, fmt.Errorf("read table of %d objects: %w", size, errLayout)
	}
	type start struct{ number, offset int }
	starts := make([]start, 0, size)
	for n := 1; n < size; n++ {
		offset, err := strconv.Atoi(string(b[rows+20*n : rows+20*n+10]))
		if err != nil || offset >= table {
			return nil, fmt.Errorf("read offset of object %d: %w", n, errLayout)
		}
		starts = append(starts, start{n, offset})
	}
	slices.SortFunc(starts, func(a, b start) int { return cmp.Compare(a.offset, b.offset) })
	f := &file{objects: make([][]byte, size)}
	for i, s := range starts {
		end := table
		if i+1 < len(starts) {
			end = starts[i+1].offset
		}
		body, ok := bytes.CutPrefix(b[s.offset:end], fmt.Appendf(nil, "%d 0 obj\n", s.number))
		if !ok {
			return nil, fmt.Errorf("read object %d: %w", s.number, errLayout)
		}
		f.objects[s.number] = bytes.TrimSuffix(bytes.TrimSpace(body), []byte("endobj"))
	}
	trailer := parseDict(b[rows+20*size : at])
	f.root, f.info = trailer.ref("Root"), trailer.ref("Info")
	if f.root <= 0 || f.root >= size || f.info <= 0 || f.info >= size {
		return nil, fmt.Errorf("read trailer: %w", errLayout)
	}
	return f, nil
}

// add appends an object and returns its number.
func (f *file) add(body []byte) int {
	f.objects = append(f.objects, body)
	return len(f.objects) - 1
}

// stream makes a stream object; entries are those of its dictionary besides the
// length.
func stream(entries string, data []byte) []byte {
	return fmt.Appendf(nil, "<< %s /Length %d >>\nstream\n%s\nendstream\n", entries, len(data), data)
}

// plainStream is what the stream of an object holds that is not packed.
func plainStream(object []byte) ([]byte, error) {
	_, after, found := bytes.Cut(object, []byte("stream\n"))
	end := bytes.LastIndex(after, []byte("\nendstream"))
	if !found || end < 0 {
		return nil, errLayout
	}
	return after[:end], nil
}

// entry is one key of a dictionary with its value as written.
type entry struct{ key, value string }

// dict is a dictionary in the order of the file.
type dict []entry

func (d dict) get(key string) string {
	for _, e := range d {
		if e.key == key {
			return e.value
		}
	}
	return ""
}

// ref is the object number of a reference, 0 if there is none.
func (d dict) ref(key string) int {
	var n int
	if _, err := fmt.Sscanf(d.get(key), "%d 0 R", &n); err != nil {
		return 0
	}
	return n
}

// set replaces or adds a key; an empty value removes it.
func (d *dict) set(key, value string) {
	*d = slices.DeleteFunc(*d, func(e entry) bool { return e.key == key })
	if value != "" {
		*d = append(*d, entry{key, value})
	}
}

func (d dict) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("<<\n")
	for _, e := range d {
		b.WriteString("/" + e.key + " " + e.value + "\n")
	}
	b.WriteString(">>\n")
	return b.Bytes()
}

// parseDict reads the first dictionary in b, its values as they are written.
func parseDict(b []byte) dict {
	i := bytes.Index(b, []byte("<<"))
	if i < 0 {
		return nil
	}
	i += 2
	var d dict
	for i < len(b) {
		for i < len(b) && b[i] != '/' && b[i] != '>' {
			i++
		}
		if i >= len(b) || b[i] == '>' {
			break
		}
		end := i + 1
		for end < len(b) && !bytes.ContainsRune([]byte(" \n\r\t/<[("), rune(b[end])) && b[end] != '>' {
			end++
		}
		key := string(b[i+1 : end])
		i = valueEnd(b, end)
		d = append(d, entry{key, string(bytes.TrimSpace(b[end:i]))})
	}
	return d
}

// valueEnd is the index behind the value that begins at i: where, outside of all
// brackets and strings, the next key or the end of the dictionary stands.
func valueEnd(b []byte, i int) int {
	depth, begun := 0, false
	for i < len(b) {
		c := b[i]
		switch {
		case c == '(':
			i = stringEnd(b, i)
			begun = true
			continue
		case c == '<' || c == '[':
			depth++
		case (c == '>' || c == ']') && depth > 0:
			depth--
		case c == '>':
			return i
		case c == '/' && depth == 0 && begun:
			return i
		}
		begun = begun || c > ' '
		i++
	}
	return i
}

// stringEnd is the index behind the string that begins at i.
func stringEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}
