package bundle

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
	"tickmark/reports"
	"tickmark/reports/sign"
)

// ErrNotBundle is returned for files that are no bundle of a report.
var ErrNotBundle = errors.New("no package of a report")

// Limits of what is read of somebody's archive.
const (
	maxSums  = 256 << 20
	maxFiles = 2 << 20
)

// Verification is what can be said about a bundle, apart from the report in it.
type Verification struct {
	Status sign.Status
	// Signature is that over the list of digests; nil where there is none.
	Signature *sign.Signature
	Files     int      // that are as the list says
	Problems  []string // changed, missing, not listed: any makes it Broken
	Notes     []string // what the report names and the bundle does not hold
	Report    []byte   // the PDF, nil where there is none
	Manifest  []byte   // the list of evidence beside it
}

// Trusting says when a report was signed, which is when the list of digests was, and whom
// its reader trusts.
type Trusting func(report []byte) (time.Time, sign.VerifyOptions, error)

// Is reports whether a file that begins with head may be a bundle.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// Verify holds every file of a bundle against the list of digests, the list against its
// signature, and the archive against what Write would have made of the same files. Only
// what is no bundle at all is an error; the rest are Problems.
func Verify(ctx context.Context, r io.ReaderAt, size int64, trusting Trusting) (*Verification, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("verify package: %w: %w", ErrNotBundle, err)
	}
	c := check{Verification: &Verification{}, files: map[string]*zip.File{}}
	if err := c.open(archive, size); err != nil {
		return nil, fmt.Errorf("verify package: %w", err)
	}
	list, err := c.read(sumsName, maxSums)
	if err != nil {
		return nil, fmt.Errorf("verify package: %w: %w", ErrNotBundle, err)
	}
	sums, err := parseSums(list)
	if err != nil {
		c.problem("%s: %v", sumsName, err)
	}
	if err := c.contents(ctx, sums); err != nil {
		return nil, fmt.Errorf("verify package: %w", err)
	}
	if err := c.container(r, size, archive.File); err != nil {
		c.problem("the archive around the files is not as it was written: %v", err)
	}
	c.missing(sums)
	if err := c.signature(list, trusting); err != nil {
		return nil, fmt.Errorf("verify package: %w", err)
	}
	c.judge()
	return c.Verification, nil
}

// check is a bundle that is being verified.
type check struct {
	*Verification
	files map[string]*zip.File
}

func (c *check) problem(format string, args ...any) {
	const most = 1000
	switch {
	case len(c.Problems) < most:
		c.Problems = append(c.Problems, reports.Line(fmt.Sprintf(format, args...)))
	case len(c.Problems) == most:
		c.Problems = append(c.Problems, "and more")
	}
}

// open takes stock of the files by name.
func (c *check) open(archive *zip.Reader, size int64) error {
	if len(archive.File) > maxFiles {
		return fmt.Errorf("%w: it names %d files", ErrNotBundle, len(archive.File))
	}
	packed := uint64(0)
	for _, f := range archive.File {
		if packed += min(f.CompressedSize64, uint64(size)); packed > uint64(size) {
			return fmt.Errorf("%w: its files lie over each other", ErrNotBundle)
		}
		switch {
		case c.files[f.Name] != nil:
			c.problem("%s: two files of that name", f.Name)
		case !safe(f.Name):
			c.problem("%s: no name that may be unpacked", f.Name)
		default:
			c.files[f.Name] = f
		}
	}
	return nil
}

// safe reports whether a name stays in the folder that it is unpacked in.
func safe(name string) bool {
	return name != "" && path.Clean(name) == name && !path.IsAbs(name) && name != ".." && !strings.HasPrefix(name, "../") && !strings.ContainsAny(name, "\\:\x00\n")
}

// read reads a whole file of at most limit bytes.
func (c *check) read(name string, limit uint64) ([]byte, error) {
	f := c.files[name]
	if f == nil {
		return nil, fmt.Errorf("%s is missing", name)
	}
	var text bytes.Buffer
	if err := unpack(f, &text, limit); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return text.Bytes(), nil
}

// parseSums reads the list: sorted lines of a digest, two spaces and a name.
func parseSums(list []byte) (map[string]engine.Digest, error) {
	sums := map[string]engine.Digest{}
	before := ""
	for n := 1; len(list) > 0; n++ {
		line, rest, ended := bytes.Cut(list, []byte("\n"))
		hex, name, is := strings.Cut(string(line), "  ")
		var digest engine.Digest
		if !ended || !is || name <= before || hex != strings.ToLower(hex) || digest.UnmarshalText([]byte(hex)) != nil {
			return sums, fmt.Errorf("line %d is none of a list of digests", n)
		}
		sums[name], before, list = digest, name, rest
	}
	return sums, nil
}

// contents compares every file with the list.
func (c *check) contents(ctx context.Context, sums map[string]engine.Digest) error {
	for _, name := range sortedNames(c.files) {
		if name == sumsName || name == signatureName || name == stampName && c.files[signatureName] != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		want, listed := sums[name]
		if !listed {
			c.problem("%s: added, the list does not name it", name)
			continue
		}
		got, err := digestOf(c.files[name])
		switch {
		case err != nil:
			c.problem("%s: damaged: %v", name, err)
		case got != want:
			c.problem("%s: changed, its SHA-256 is %s", name, got)
		default:
			c.Files++
		}
	}
	for _, name := range sortedNames(sums) {
		if c.files[name] == nil {
			c.problem("%s: missing", name)
		}
	}
	return nil
}

func digestOf(f *zip.File) (engine.Digest, error) {
	sum := sha256.New()
	if err := unpack(f, sum, f.UncompressedSize64); err != nil {
		return engine.Digest{}, err
	}
	return engine.Digest(sum.Sum(nil)), nil
}

// unpack writes a file of at most limit bytes to w. It wants exactly as many bytes as the
// archive says, packed and unpacked: nothing hides behind the end of a packed file.
func unpack(f *zip.File, w io.Writer, limit uint64) error {
	packed, err := f.OpenRaw()
	if err != nil {
		return err
	}
	if f.UncompressedSize64 > min(limit, 1<<62) {
		return fmt.Errorf("it is larger than %d bytes", limit)
	}
	from := bufio.NewReaderSize(packed, 64<<10)
	text := io.Reader(from)
	switch f.Method {
	case zip.Deflate:
		text = flate.NewReader(from) // it reads no further than to its end
	case zip.Store:
	default:
		return errors.New("it is packed in another way than Tickmark packs")
	}
	crc := crc32.NewIEEE()
	n, err := io.Copy(io.MultiWriter(w, crc), io.LimitReader(text, int64(f.UncompressedSize64)+1))
	if err != nil {
		return err
	}
	if _, behind := from.Peek(1); uint64(n) != f.UncompressedSize64 || crc.Sum32() != f.CRC32 || behind != io.EOF {
		return errors.New("it does not fill the place that the archive gives it")
	}
	return nil
}

// container compares an archive with the one that is written around the same packed
// files. Whatever stands beside them, before, between or behind, makes a difference.
func (c *check) container(r io.ReaderAt, size int64, files []*zip.File) error {
	if len(files) == 0 {
		return errors.New("it is empty")
	}
	same := &comparing{r: io.NewSectionReader(r, 0, size), buffer: make([]byte, 64<<10)}
	w := zip.NewWriter(same)
	for _, f := range files {
		h, err := rawHeader(f, files[0].Modified)
		if err != nil {
			return err
		}
		from, err := f.OpenRaw()
		if err != nil {
			return err
		}
		to, err := w.CreateRaw(h)
		if err != nil {
			return err
		}
		if _, err := io.Copy(to, from); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if same.at != size {
		return fmt.Errorf("%d bytes stand behind its end", size-same.at)
	}
	return nil
}

// rawHeader is the header that Write gives to a file, with the sizes of the packed one.
func rawHeader(f *zip.File, date time.Time) (*zip.FileHeader, error) {
	h := header(f.Name, date)
	if _, err := zip.NewWriter(io.Discard).CreateHeader(h); err != nil { // fills in the rest
		return nil, err
	}
	h.CRC32, h.CompressedSize64, h.UncompressedSize64 = f.CRC32, f.CompressedSize64, f.UncompressedSize64
	return h, nil
}

// comparing takes only what stands in r.
type comparing struct {
	r      io.Reader
	at     int64
	buffer []byte
}

func (c *comparing) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		part := p[done:min(len(p), done+len(c.buffer))]
		n, err := io.ReadFull(c.r, c.buffer[:len(part)])
		if err != nil || !bytes.Equal(c.buffer[:n], part) {
			return done, fmt.Errorf("it differs after %d bytes", c.at)
		}
		done += n
		c.at += int64(n)
	}
	return len(p), nil
}

// missing notes which files the report rests on and the bundle does not hold.
func (c *check) missing(sums map[string]engine.Digest) {
	text, err := c.read(ManifestName, maxSums)
	if err != nil {
		return // told by the list
	}
	c.Manifest = text
	var m reports.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		c.problem("%s cannot be read: %v", ManifestName, err)
		return
	}
	there := map[engine.Digest]bool{}
	for _, digest := range sums {
		there[digest] = true
	}
	for _, item := range m.Evidence {
		if item.File != nil && !there[item.File.Digest] {
			c.Notes = append(c.Notes, reports.Line(item.Label+" is not in the package"))
		}
	}
}

// signature verifies who signed the list, and keeps the report.
func (c *check) signature(list []byte, trusting Trusting) error {
	var err error
	if c.Report, err = c.read(ReportName, sign.MaxFile); err != nil {
		c.Report = nil
		c.problem("%v", err)
	}
	if c.files[signatureName] == nil {
		return nil
	}
	const longest = 1 << 20
	der, err := c.read(signatureName, longest)
	if err != nil {
		c.problem("%v", err)
		return nil
	}
	claimed, o, err := trusting(c.Report)
	if err != nil {
		return err
	}
	d := sign.Detached{CMS: der, Claimed: claimed}
	if c.stampTaken() {
		c.problem("%s: missing, the time stamp that %s names was taken away", stampName, readmeName)
	}
	if c.files[stampName] != nil {
		if d.Token, err = c.read(stampName, longest); err != nil {
			c.problem("%v", err)
			return nil
		}
	}
	s := d.Verify(list, o)
	s.Field = "list of digests"
	c.Signature = &s
	return nil
}

// stampTaken tells whether a time stamp is missing that belongs to the signature: it is over the
// signature and cannot be in the list, but the file that says how to check it is.
func (c *check) stampTaken() bool {
	const longest = 1 << 20
	text, err := c.read(readmeName, longest)
	return err == nil && c.files[stampName] == nil && bytes.Contains(text, []byte(unlisted(true, true)+"\n"))
}

func (c *check) judge() {
	switch s := c.Signature; {
	case len(c.Problems) > 0 || s != nil && !s.Intact:
		c.Status = sign.Broken
	case s == nil:
		c.Status = sign.Unsigned
	case s.Trusted:
		c.Status = sign.IntactTrusted
	default:
		c.Status = sign.IntactUnidentified
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
