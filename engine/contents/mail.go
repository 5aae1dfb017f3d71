package contents

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// mailbox is how each message of a mailbox begins.
var mailbox = []byte("From ")

// mailed reports whether a text is a message with a header.
func mailed(ext string, head []byte) bool {
	if !isText(head) {
		return false
	}
	header, _, whole := bytes.Cut(bytes.ReplaceAll(head, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	if ext == ".eml" {
		return true
	}
	lower := append([]byte("\n"), bytes.ToLower(header)...)
	has := func(field string) bool { return bytes.Contains(lower, []byte("\n"+field+":")) }
	if bytes.HasPrefix(head, mailbox) {
		return has("from")
	}
	begins := bytes.IndexByte(head[:min(len(head), 40)], ':') > 0 && head[0] > ' '
	return begins && (whole || len(head) == sniffed) && has("from") && (has("mime-version") || has("message-id") || has("received") || has("subject"))
}

// mail reads a message: its header, its text, what is attached.
func (s *searching) mail(place string, in input, head []byte, depth int) error {
	head = bytes.Clone(head)
	if bytes.HasPrefix(head, mailbox) {
		s.unread(place, "it is a mailbox: it was searched as it is written")
		return s.words(place, in, head)
	}
	limit := &limitedReader{r: in.Reader, left: maxHeader, keeps: true}
	message, err := mail.ReadMessage(bufio.NewReader(limit))
	if err != nil { // it only looked like one
		s.unread(place, "it looks like mail: it was searched as it is written")
		in.Reader = io.MultiReader(bytes.NewReader(limit.kept), in.Reader)
		return s.words(place, in, head)
	}
	limit.left, limit.keeps, limit.kept = 1<<62, false, nil
	header := s.sieve(inside(place, "its header"), false)
	words := mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil }}
	for name, values := range message.Header {
		for _, value := range values {
			if decoded, err := words.DecodeHeader(value); err == nil {
				value = decoded
			}
			_, _ = header.Write([]byte(name + ": " + value + "\n")) // never fails
		}
	}
	header.Close()
	s.mailPart(place, textproto.MIMEHeader(message.Header), message.Body, depth+1)
	return nil
}

// limitedReader ends a header that goes on for ever.
type limitedReader struct {
	r     io.Reader
	left  int64
	keeps bool
	kept  []byte
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, unreadable("its header is too large")
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if l.keeps {
		l.kept = append(l.kept, p[:n]...)
	}
	return n, err
}

// mailPart reads a part of a message.
func (s *searching) mailPart(place string, header textproto.MIMEHeader, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		if said := header.Get("Content-Type"); said != "" && !strings.HasPrefix(strings.ToLower(said), "text/") {
			s.unread(place, "what a part of it is cannot be told: it was searched as it is written")
		}
		kind = "text/plain"
	}
	switch {
	case s.done():
		return
	case depth > maxDepth:
		s.unread(place, "it lies in too many archives")
		return
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		s.mailParts(place, multipart.NewReader(body, params["boundary"]), depth)
		return
	case strings.HasPrefix(kind, "multipart/"):
		s.unread(place, "where its parts end cannot be told: it was searched as it is written")
	}
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "", "7bit", "8bit", "binary":
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, &alphabetic{body})
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	default:
		s.unread(place, "a part of it is written in a way that is not read")
	}
	name := params["name"]
	if _, disposition, err := mime.ParseMediaType(header.Get("Content-Disposition")); err == nil && disposition["filename"] != "" {
		name = disposition["filename"]
	}
	where := place
	if name != "" {
		if where, err = s.member(place, name); err != nil {
			s.unread(place, reason(err))
			return
		}
	}
	if kind == "message/rfc822" {
		name = "message.eml"
	}
	s.read(where, input{Reader: s.unpack(body, -1), size: -1, name: name}, depth)
}

func (s *searching) mailParts(place string, parts *multipart.Reader, depth int) {
	for !s.done() {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.unread(inside(place, "a part of it"), "it is broken")
			return
		}
		if s.members++; s.members > maxMembers {
			return
		}
		s.mailPart(place, part.Header, part, depth+1)
	}
}

// alphabetic leaves out what is no letter of base64, as mail programs do.
type alphabetic struct{ r io.Reader }

func (a *alphabetic) Read(p []byte) (int, error) {
	for {
		n, err := a.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '/' || c == '=' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}
