package imports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
	"tickmark/engine/redaction"
)

// maxFile bounds a file. It is read as a stream, twice.
const maxFile = 16 << 30

// File collects from one file that another tool wrote. It is read twice: once to tell
// whose it is and for its digest, once for what it says; the two have to agree.
//
// What the tool says becomes documents of package findings. What of it could not be
// understood is a gap, and so is what the tool itself says that it could not look at:
// both make a check that rests on it Unknown.
type File struct {
	Path string
	// Looked is what the tool looked at as whoever imports knows it, for a file that does
	// not say so itself.
	Looked string
	// Tool is recorded in the snapshot: the program that imports.
	Tool engine.Tool
	// Now is the clock; nil leaves the snapshot's times zero.
	Now func() time.Time

	digest engine.Digest
	made   time.Time
	most   int // findings that are kept, and things; 0 is maxFindings and maxSubjects
}

// Source is the file's path.
func (f *File) Source() string { return f.Path }

// CollectedFile is the file itself, for whoever keeps it.
func (f *File) CollectedFile() engine.CollectedFile {
	return engine.CollectedFile{
		Name: redaction.Line(filepath.Base(f.Path)), Digest: f.digest, Made: f.made, Open: func() (io.ReadCloser, error) { return open(f.Path) },
	}
}

// Collect reads the file. It is an error if it cannot be read, or if it cannot be told
// which tool wrote it.
func (f *File) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s, err := f.collect(ctx, to)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("import %s: %s", redaction.Line(f.Path), redaction.Line(err.Error()))
	}
	return s, err
}

func (f *File) collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	first, size, err := f.survey(ctx)
	if err != nil {
		return engine.Snapshot{}, err
	}
	of, err := recognise(first)
	if err != nil {
		return engine.Snapshot{}, err
	}
	file, err := open(f.Path)
	if err != nil {
		return engine.Snapshot{}, err
	}
	defer func() { _ = file.Close() }()
	in := newIntake(f, first, to)
	in.report.Tool.Name, in.report.Format = of.tool, of.name
	in.report.File = findings.File{Name: in.text(filepath.Base(f.Path)), Size: size, Digest: f.digest}
	again := &reading{ctx: ctx, from: file, sum: sha256.New()}
	in.stream = in.streamOf(again)
	in.again = func() (io.Closer, *stream, error) {
		file, err := open(f.Path)
		if err != nil {
			return nil, nil, err
		}
		return file, in.streamOf(&reading{ctx: ctx, from: file, sum: sha256.New()}), nil
	}
	for _, twice := range first.twice {
		in.gap(twice.line, engine.Unreadable, twice.cause)
	}
	failed := of.read(in)
	if ctx.Err() == nil {
		if _, err := io.Copy(io.Discard, again); err != nil && failed == nil {
			failed = err
		}
		if engine.Digest(again.sum.Sum(nil)) != f.digest {
			return engine.Snapshot{}, errors.New("it changed while it was read")
		}
	}
	if in.kept.refused != nil {
		return engine.Snapshot{}, in.kept.refused
	}
	if len(in.report.Classes) == 0 {
		in.speaks(of.of)
	}
	f.made = in.report.Ran
	return in.finish(failed, ctx.Err())
}

// streamOf is a stream that says as gaps what it passes over.
func (in *intake) streamOf(from io.Reader) *stream {
	s := newStream(from)
	s.tooLarge = func(line int) {
		in.gap(line, engine.TooLarge, fmt.Sprintf("a value longer than %d MiB was passed over", maxItem>>20))
	}
	s.odd = func(line int, cause string) { in.gap(line, engine.Unreadable, cause) }
	return s
}

// survey reads all of the file for its digest and takes the first look at it.
func (f *File) survey(ctx context.Context) (head, int64, error) {
	file, err := open(f.Path)
	if err != nil {
		return head{}, 0, err
	}
	defer func() { _ = file.Close() }()
	from := &reading{ctx: ctx, from: file, sum: sha256.New()}
	first, err := lookAt(from)
	if err == nil {
		_, err = io.Copy(io.Discard, from)
	}
	f.digest = engine.Digest(from.sum.Sum(nil))
	return first, from.n, err
}

// packed is what compressed files and archives begin with: gzip, zip, Zstandard, xz, bzip2.
var packed = [...]string{"\x1f\x8b", "PK\x03\x04", "\x28\xb5\x2f\xfd", "\xfd7zXZ", "BZh"}

// lookAt takes the first look at what a file holds. What is broken further down is found
// when it is read.
func lookAt(from io.Reader) (head, error) {
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(from, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return head{}, err
	}
	start = start[:n]
	switch begin := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n"); {
	case len(begin) == 0:
		return head{}, errors.New("it is empty")
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return head{}, errors.New("it is UTF-16, as Windows writes what is redirected; save it as UTF-8")
	case slices.ContainsFunc(packed[:], func(p string) bool { return bytes.HasPrefix(start, []byte(p)) }):
		return head{}, errors.New("it is compressed or an archive, which is not unpacked here; unpack it and name the file in it")
	case begin[0] == '<':
		return head{}, errors.New("it is XML, which is not read; let the tool write JSON")
	case begin[0] == '{', begin[0] == '[' && !benchStart().Match(begin):
		s, left := newStream(io.MultiReader(bytes.NewReader(start), from)), headValues
		var twice []syntaxError
		s.odd = func(line int, cause string) {
			if len(twice) < maxBroken {
				twice = append(twice, syntaxError{line, cause})
			}
		}
		first, err := s.look(0, &left)
		if err != nil && s.failed != nil {
			return head{}, s.failed
		}
		return head{first: first, lines: err == nil && s.peek() != 0, twice: twice}, nil
	}
	return head{text: string(start)}, nil
}

// reading is a file that is read while its digest is made, until ctx ends.
type reading struct {
	ctx  context.Context
	from io.Reader
	sum  interface {
		io.Writer
		Sum([]byte) []byte
	}
	n int64
}

// Read follows io.Reader.
func (r *reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.from.Read(p)
	_, _ = r.sum.Write(p[:n]) // a digest takes all
	if r.n += int64(n); r.n > maxFile {
		return n, fmt.Errorf("it is longer than %d GiB", maxFile>>30)
	}
	return n, err
}

// open opens a file that is one: a pipe cannot be read twice.
func open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file; name the file that the tool wrote")
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(path)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return file, err
}
