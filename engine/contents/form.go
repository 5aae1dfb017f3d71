package contents

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
)

// magics are how forms begin that are told by their first bytes.
var magics = []struct{ begin, why string }{
	{"\x89PNG\r\n\x1a\n", anImage},
	{"\xff\xd8\xff", anImage},
	{"GIF8", anImage},
	{"BM", anImage},
	{"II*\x00", anImage},
	{"MM\x00*", anImage},
	{"\x00\x00\x01\x00", anImage},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is an older Office file: only its plain strings were searched"},
	{"7z\xbc\xaf\x27\x1c", "it is packed in a form that is not read (7z)"},
	{"Rar!\x1a\x07", "it is packed in a form that is not read (rar)"},
	{"\xfd7zXZ\x00", "it is packed in a form that is not read (xz)"},
	{"\x28\xb5\x2f\xfd", "it is packed in a form that is not read (zstd)"},
	{"\x04\x22\x4d\x18", "it is packed in a form that is not read (lz4)"},
	{"SQLite format 3\x00", "it is a database: only its plain strings were searched"},
	{"age-encryption.org/", "it is encrypted"},
	{"-----BEGIN AGE ENCRYPTED FILE", "it is encrypted"},
	{"-----BEGIN PGP MESSAGE", "it is encrypted"},
	{"{\\rtf", "it is rich text, which was searched as it is written"},
}

const (
	anImage     = "it is an image"
	unknownForm = "its form is not known: only its plain strings were searched"
)

// open finds out what a file is, and reads it as that.
func (s *searching) open(place string, in input, depth int) error {
	buffered := bufio.NewReaderSize(in.Reader, 64<<10)
	head, err := buffered.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	in.Reader = buffered
	ext := strings.ToLower(path.Ext(in.name))
	switch {
	case len(head) == 0:
		return nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s.zip(place, in, depth)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return s.gzip(place, in, depth)
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 10 && string(head[4:10]) == "1AY&SY":
		return s.bzip2(place, in, depth)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return s.tar(place, in, depth)
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return s.pdf(place, in, depth)
	case ext == ".zip" || ext == ".docx" || ext == ".xlsx" || ext == ".jar":
		if in.at != nil {
			return s.zip(place, in, depth) // with something before it
		}
	case len(head) > 12 && (string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" || string(head[4:8]) == "ftyp"):
		s.unread(place, anImage)
		return s.strings(place, in)
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.begin)) {
			if m.why != anImage || m.begin != "BM" || bytes.IndexByte(head, 0) >= 0 {
				s.unread(place, m.why)
				return s.strings(place, in)
			}
		}
	}
	if mailed(ext, head) {
		return s.mail(place, in, head, depth)
	}
	return s.words(place, in, head)
}
