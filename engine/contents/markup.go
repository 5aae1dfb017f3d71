package contents

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strings"
)

// breaks are the elements, by their names without a prefix, between which text does not
// run on: paragraphs, cells, rows. All others stand inside a word as often as not.
var breaks = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`p br cr tab tr td th div li ul ol dl dt dd table thead tbody c v si row h h1 h2 h3 h4 h5 h6
		line-break table-cell table-row s title option pre blockquote section article header footer address form input textarea
		select button label script style head body html sheetdata comment ftr hdr footnote endnote sdt tc note txbody sp`) {
		breaks[name] = true
	}
}

// maxTag bounds what is read as one tag, in bytes.
const maxTag = 64 << 10

// isMarkup reports whether a text is XML or HTML.
func isMarkup(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	lower := bytes.ToLower(text[:min(len(text), 1024)])
	if bytes.HasPrefix(lower, []byte("<?xml")) || bytes.HasPrefix(lower, []byte("<!doctype")) || bytes.HasPrefix(lower, []byte("<html")) {
		return true
	}
	return bytes.HasPrefix(lower, []byte("<")) && (bytes.Contains(lower, []byte("</")) || bytes.Contains(lower, []byte("/>")))
}

// markup searches what a reader of XML or HTML sees, in which elements that run on are
// none, and by itself what stands in its tags, scripts and comments.
func (s *searching) markup(place string, in input) error {
	text, tags := s.sieve(place, false), s.sieve(inside(place, "its markup"), false)
	defer text.Close()
	defer tags.Close()
	r := bufio.NewReaderSize(in.Reader, 32<<10)
	var said, tag []byte
	flush := func() {
		if bytes.IndexByte(said, '&') >= 0 {
			said = []byte(html.UnescapeString(string(said)))
		}
		_, _ = text.Write(said) // never fails
		said = said[:0]
	}
	for {
		c, err := r.ReadByte()
		if err != nil {
			flush()
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return err
		}
		switch {
		case c == '<':
			if tag, err = s.tag(r, tag[:0]); len(tag) >= shortest {
				_, _ = tags.Write([]byte(html.UnescapeString(string(tag)) + "\n")) // never fails
			}
			if breaks[elementOf(tag)] {
				said = append(said, '\n')
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
		case c == '\n' || c == '\r':
			said = append(said, ' ')
		default:
			said = append(said, c)
		}
		// A reference such as &#52; is whole in what is unescaped at once.
		if len(said) > 8<<10 && c != '&' && bytes.LastIndexByte(said[max(0, len(said)-32):], '&') < 0 || len(said) > 16<<10 {
			flush()
		}
	}
}

// tag reads what follows a < up to its end; a comment or character data up to theirs.
func (s *searching) tag(r *bufio.Reader, tag []byte) ([]byte, error) {
	end := []byte(">")
	for {
		c, err := r.ReadByte()
		if err != nil {
			return tag, err
		}
		tag = append(tag, c)
		switch {
		case len(tag) == 3 && string(tag) == "!--":
			end = []byte("-->")
		case len(tag) == 8 && string(tag) == "![CDATA[":
			end = []byte("]]>")
		}
		if c == '>' && bytes.HasSuffix(tag, end) || len(tag) >= maxTag {
			return tag, nil
		}
	}
}

// elementOf is the name of a tag's element, without its prefix.
func elementOf(tag []byte) string {
	name := bytes.TrimLeft(tag[:min(len(tag), 64)], "/")
	if end := bytes.IndexAny(name, " \t\r\n/>"); end >= 0 {
		name = name[:end]
	}
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	return string(bytes.ToLower(name))
}
