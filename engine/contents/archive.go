package contents

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"strings"
)

// zip reads what lies in a zip, which office files are too.
func (s *searching) zip(place string, in input, depth int) error {
	at, size, release, err := s.hold(in)
	if err != nil {
		return err
	}
	defer release()
	directory := &limitedAt{r: at, left: maxDir}
	z, err := zip.NewReader(directory, size)
	if err != nil {
		return err
	}
	directory.left = 1 << 62
	s.said(inside(place, "its comments"), z.Comment)
	for _, f := range z.File {
		if s.done() {
			return nil
		}
		where, err := s.member(place, f.Name)
		if err != nil {
			return err
		}
		s.said(inside(place, "its comments"), f.Comment)
		if strings.HasSuffix(f.Name, "/") {
			if f.UncompressedSize64 > 0 {
				s.unread(where, "it is a folder that holds bytes")
			}
			continue
		}
		s.packed(where, f, depth)
	}
	return nil
}

// packed reads one file of a zip.
func (s *searching) packed(place string, f *zip.File, depth int) {
	if f.Flags&1 != 0 {
		s.unread(place, "it is encrypted")
		return
	}
	r, err := f.Open()
	if err != nil {
		why := "it is broken"
		if errors.Is(err, zip.ErrAlgorithm) {
			why = "it is packed in a form that is not read"
		}
		s.unread(place, why)
		return
	}
	defer r.Close()
	s.read(place, input{Reader: s.unpack(r, int64(min(f.CompressedSize64, 1<<40))), size: -1, name: f.Name}, depth+1)
}

// said searches what an archive says of itself.
func (s *searching) said(place, text string) {
	v := s.sieve(place, false)
	_, _ = v.Write([]byte(text)) // never fails
	v.Close()
}

// limitedAt ends a directory that goes on for ever.
type limitedAt struct {
	r    io.ReaderAt
	left int64
}

func (l *limitedAt) ReadAt(p []byte, off int64) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, unreadable("its directory is too large")
	}
	return l.r.ReadAt(p, off)
}

// tar reads what lies in a tar.
func (s *searching) tar(place string, in input, depth int) error {
	t := tar.NewReader(in)
	for !s.done() {
		header, err := t.Next()
		if errors.Is(err, io.EOF) {
			return s.afterEnd(place, in)
		}
		if err != nil {
			return err
		}
		where, err := s.member(place, header.Name)
		if err != nil {
			return err
		}
		switch header.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		default: // a folder, a link, a device; what else there is may hold something
			if header.Size > 0 && !strings.ContainsRune("123456g", rune(header.Typeflag)) {
				s.unread(where, "it is of a kind that is not read")
			}
			continue
		}
		s.read(where, input{Reader: s.unpack(t, header.Size), size: header.Size, name: header.Name}, depth+1)
	}
	return nil
}

// afterEnd tells what follows the end that an archive gives itself, such as another one.
func (s *searching) afterEnd(place string, in io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := in.Read(buffer)
		if len(bytes.Trim(buffer[:n], "\x00")) > 0 {
			s.unread(inside(place, "what follows its end"), "it is not read")
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// gzip reads what is packed as one stream, or several after each other.
func (s *searching) gzip(place string, in input, depth int) error {
	packed := &counted{r: in}
	z, err := gzip.NewReader(packed)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(in.name, ".gz"), ".tgz")
	s.read(place, input{Reader: s.stream(z, packed), size: -1, name: name}, depth+1)
	return nil
}

// bzip2 reads what is packed as one stream.
func (s *searching) bzip2(place string, in input, depth int) error {
	packed := &counted{r: in}
	s.read(place, input{Reader: s.stream(bzip2.NewReader(packed), packed), size: -1, name: strings.TrimSuffix(in.name, ".bz2")}, depth+1)
	return nil
}

// counted counts what was read of a stream whose length nobody says.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// growing is a bounded reader whose packed side is known as it is read.
type growing struct {
	bounded
	of *counted
}

func (s *searching) stream(r io.Reader, packed *counted) io.Reader {
	return &growing{bounded{s: s, r: r}, packed}
}

func (g *growing) Read(p []byte) (int, error) {
	n, err := g.bounded.Read(p[:min(len(p), 32<<10)])
	g.packed = g.of.n
	return n, err
}
