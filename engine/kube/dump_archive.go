package kube

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of an archive. What grows more than packedRatio times was made to.
const (
	maxMembers  = 500_000
	maxUnpacked = 64 << 30
	freeRatio   = 16 << 20 // bytes that may come of nothing
	packedRatio = 250
)

var (
	errBomb     = fmt.Errorf("it unpacks to more than %d times its size", packedRatio)
	errNested   = errors.New("an archive inside: name it by itself")
	errOutside  = errors.New("its name leads out of the archive")
	errMembers  = fmt.Errorf("more than %d files", maxMembers)
	errNoEnd    = errors.New("the archive has no end: it was cut off")
	errBehind   = errors.New("more follows behind the end of the archive, and was not read")
	packedNames = []string{".tar", ".tgz", ".gz", ".zip", ".bz2", ".xz", ".zst", ".7z"}
)

// inDump reports whether a file of a dump is opened: what may hold objects, and
// archives, so that they are named. Logs are neither, nor is what macOS adds.
func inDump(name string) bool {
	return (isWanted(name) || isPacked(name)) && !ofLogs(name) && !strings.HasPrefix(path.Base(filepath.ToSlash(name)), "._")
}

// ofLogs reports whether a file is one of logs, by its name or its folder. A namespace
// may be called logs, and a pod web.login.
func ofLogs(name string) bool {
	steps := strings.Split(strings.ToLower(filepath.ToSlash(name)), "/")
	last := len(steps) - 1
	if slices.Contains(strings.Split(steps[last], ".")[1:], "log") {
		return true
	}
	for i, step := range steps[:last] {
		ofNamespace := step == "logs" && (i > 0 && steps[i-1] == "namespaces" || i == last-1 && isResource(steps[last]))
		if (step == "logs" || step == "audit_logs") && !ofNamespace {
			return true
		}
	}
	return false
}

// isResource reports whether a file is called as kubectl calls one that lists a kind of a
// namespace.
func isResource(name string) bool {
	stem := folded(strings.TrimSuffix(name, path.Ext(name)))
	return slices.ContainsFunc(kinds, func(k kind) bool { return k.namespaced && k.resource == stem })
}

func isPacked(name string) bool { return slices.Contains(packedNames, strings.ToLower(path.Ext(name))) }

// walkDump calls each for every file of a dump: of a folder, of an archive, or the
// file itself.
func walkDump(name string, each func(file) error) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return walk(name, inDump, func(f file) error {
			if f.err == nil && isPacked(f.name) {
				f.err = errNested
			}
			return each(f)
		})
	}
	whole := file{name: filepath.ToSlash(name)}
	packed, err := os.Open(name)
	if err != nil {
		whole.err = plainPathError(err)
		return each(whole)
	}
	defer func() { _ = packed.Close() }()
	start := make([]byte, 512)
	n, err := io.ReadFull(packed, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		whole.err = plainPathError(err)
		return each(whole)
	}
	if _, err := packed.Seek(0, io.SeekStart); err != nil {
		whole.err = plainPathError(err)
		return each(whole)
	}
	a := &archive{name: whole.name, packed: &counted{r: packed}, saved: whole}
	a.each = func(f file) error { f.within = a.so; return each(f) }
	a.saved.saved = info.ModTime()
	switch start = start[:n]; {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return a.zip(packed, info.Size())
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		return a.gzip()
	case isTar(start):
		return a.tar(a.packed)
	case bytes.HasPrefix(start, []byte("BZh")), bytes.HasPrefix(start, []byte("\xfd7zXZ")), bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}), bytes.HasPrefix(start, []byte("7z\xbc\xaf")):
		whole.err = errors.New("packed in a way that is not read: unpack it first")
		return each(whole)
	}
	whole.open = func() (io.ReadCloser, int64, error) { return sized(os.Open(name)) }
	return each(whole)
}

func isTar(start []byte) bool { return len(start) >= 262 && string(start[257:262]) == "ustar" }

// archive is one archive as it is read.
type archive struct {
	name    string
	each    func(file) error
	packed  *counted // what was read of the file
	out     int64    // bytes that came of it
	members int
	zipped  int64 // of a zip file, what was read
	saved   file  // stands for the archive itself
	links   map[string]string
	seen    map[string]bool
}

// so is how much of the archive was read.
func (a *archive) so() int64 { return cmp.Or(a.zipped, a.packed.n) }

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded reads what was unpacked within the bounds.
type bounded struct {
	archive *archive
	r       io.Reader
}

func (b bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.archive.out += int64(n)
	if out := b.archive.out; out > maxUnpacked || out > freeRatio+packedRatio*b.archive.packed.n {
		return 0, errBomb
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCutOff
	}
	return n, err
}

func (a *archive) fail(err error) error {
	f := a.saved
	f.err = err
	return a.each(f)
}

// gzip reads a compressed archive, or a compressed file.
func (a *archive) gzip() error {
	unpacked, err := gzip.NewReader(a.packed)
	if err != nil {
		return a.fail(cutOff(err))
	}
	in := bufio.NewReaderSize(bounded{a, unpacked}, 64<<10)
	start, err := in.Peek(512)
	if isTar(start) {
		return a.tar(in)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return a.fail(cutOff(err))
	}
	f := a.saved
	f.name = strings.TrimSuffix(f.name, path.Ext(f.name))
	f.open = func() (io.ReadCloser, int64, error) { return io.NopCloser(in), 0, nil }
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte{0x1f, 0x8b}) {
		f.err = errNested
	}
	return a.each(f)
}

// tar reads a tar file as a stream. What follows its end is read as well: a stream
// that was cut off shows there.
func (a *archive) tar(in io.Reader) error {
	end := &ending{r: in}
	t := tar.NewReader(end)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = a.count()
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return a.fail(fmt.Errorf("read archive: %w", cutOff(err)))
		}
		f := file{name: h.Name, saved: h.ModTime}
		switch h.Typeflag {
		case tar.TypeDir:
			continue
		case tar.TypeReg:
			f.open = func() (io.ReadCloser, int64, error) { return io.NopCloser(t), h.Size, nil }
		case tar.TypeSymlink, tar.TypeLink:
			target := h.Linkname
			if h.Typeflag == tar.TypeSymlink && !path.IsAbs(target) {
				target = path.Join(path.Dir(h.Name), target)
			}
			if a.link(h.Name, target) {
				continue
			}
			f.err = errLeaves
		default:
			f.err = errNoFile
		}
		if err := a.member(f); err != nil {
			return err
		}
	}
	if !end.zeros() {
		return a.fail(errNoEnd)
	}
	behind := &ending{r: in}
	if _, err := io.Copy(io.Discard, behind); err != nil {
		return a.fail(fmt.Errorf("read archive: %w", cutOff(err)))
	}
	if behind.other { // another archive, as cat makes of two
		if err := a.fail(errBehind); err != nil {
			return err
		}
	}
	return a.dangling()
}

// ending remembers with how many zeros a stream ended, and whether it held anything else.
type ending struct {
	r     io.Reader
	zero  int
	other bool
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	i := n
	for i > 0 && p[i-1] == 0 {
		i--
	}
	if i > 0 {
		e.zero, e.other = 0, true
	}
	e.zero += n - i
	return n, err
}

// zeros reports whether a stream ended as a tar file does.
func (e *ending) zeros() bool { return e.zero >= 1024 }

func (a *archive) count() error {
	if a.members++; a.members > maxMembers {
		return errMembers
	}
	return nil
}

// member hands a file of the archive on, if it is read.
func (a *archive) member(f file) error {
	inside, ok := within(f.name)
	f.name = a.name + "/" + strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.name, `\`, "/")), "/")
	if !ok {
		f.err, f.open = errOutside, nil
		return a.each(f)
	}
	if !inDump(inside) {
		return nil
	}
	if a.seen == nil {
		a.seen = map[string]bool{}
	}
	a.seen[inside] = true
	if f.err == nil && isPacked(inside) {
		f.err = errNested
	}
	return a.each(f)
}

// within returns the name of a member as it stands in the archive, and whether it
// does not lead out of it. Some programs of Windows join folders by backslashes.
func within(name string) (string, bool) {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.Contains(name, "\x00") || path.IsAbs(name) || len(name) > 1 && name[1] == ':' {
		return "", false
	}
	clean := path.Clean(name)
	return clean, clean != ".." && !strings.HasPrefix(clean, "../")
}

// link takes note of a link, and reports whether it needs no gap: one to another
// place in the archive is read there.
func (a *archive) link(name, target string) bool {
	if _, ok := within(name); !ok {
		return false
	}
	target, ok := within(target)
	if !inDump(name) && (ok || path.Ext(name) != "") {
		return true
	}
	if ok && inDump(name) {
		if a.links == nil {
			a.links = map[string]string{}
		}
		a.links[name] = target
	}
	return ok
}

// dangling names the links whose targets were not read.
func (a *archive) dangling() error {
	names := make([]string, 0, len(a.links))
	for name, target := range a.links {
		if !a.seen[target] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := a.each(file{name: a.name + "/" + path.Clean(name), err: errLeaves}); err != nil {
			return err
		}
	}
	return nil
}

// zip reads a zip file by its directory.
func (a *archive) zip(in io.ReaderAt, size int64) error {
	z, err := zip.NewReader(in, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return a.fail(fmt.Errorf("read archive: %w", cutOff(err)))
	}
	a.packed.n, a.zipped = size, 1
	for _, m := range z.File {
		if err := a.count(); err != nil {
			return a.fail(err)
		}
		mode := m.Mode()
		if mode.IsDir() {
			continue
		}
		f := file{name: m.Name, saved: m.Modified, open: func() (io.ReadCloser, int64, error) {
			r, err := m.Open()
			if err != nil {
				return nil, 0, err
			}
			return closing{bounded{a, r}, r}, int64(m.UncompressedSize64), nil
		}}
		if !mode.IsRegular() {
			f.err = errLeaves // a link in a zip file is the text of its target
		}
		if err := a.member(f); err != nil {
			return err
		}
		a.zipped += int64(m.CompressedSize64)
	}
	return nil
}

// closing reads one and closes the other.
type closing struct {
	io.Reader
	io.Closer
}
