package kube

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxFile bounds a file that is read. Larger ones are not opened.
const maxFile = 64 << 20

// extensions are read in folders; a file named by itself is read whatever its
// name is.
var extensions = []string{".yaml", ".yml", ".json"}

// file is one file to read, or one that cannot be read.
type file struct {
	name  string // as people wrote it, folders joined by slashes
	open  func() (io.ReadCloser, int64, error)
	err   error
	saved time.Time // when it was written, of a file in an archive
	// within is how much was read of the archive that it is in; nil of others.
	within func() int64
}

// savedAt is when a file that was opened as r was written, as its folder or its
// archive says it.
func (f file) savedAt(r io.Reader) time.Time {
	if opened, is := r.(*os.File); is {
		if info, err := opened.Stat(); err == nil {
			return info.ModTime()
		}
	}
	return f.saved
}

var (
	errFileTooLarge = fmt.Errorf("larger than %d MiB", maxFile>>20)
	errNoFile       = errors.New("neither a file nor a folder")
	errLeaves       = errors.New("a symbolic link that leaves the folder, or leads nowhere")
)

// walk calls each for every wanted file under a path, in the order of names, until
// each returns an error. Folders are read through os.Root: no link leads out of them.
func walk(name string, wanted func(below string) bool, each func(file) error) error {
	info, err := os.Stat(name)
	slashed := filepath.ToSlash(name)
	switch {
	case err != nil:
		return each(file{name: slashed, err: plainPathError(err)})
	case info.Mode().IsRegular():
		return each(file{name: slashed, open: func() (io.ReadCloser, int64, error) { return sized(os.Open(name)) }})
	case !info.IsDir():
		return each(file{name: slashed, err: errNoFile})
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return each(file{name: slashed, err: plainPathError(err)})
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(below string, entry fs.DirEntry, err error) error {
		full := joinSlash(slashed, below)
		if err != nil {
			if err := each(file{name: full, err: plainPathError(err)}); err != nil {
				return err
			}
			return fs.SkipDir
		}
		f, read := inFolder(root, below, entry, wanted)
		if !read {
			return nil
		}
		f.name = full
		return each(f)
	})
}

// walkEmbedded does the same for files that came with the program, which hold no
// links.
func walkEmbedded(files fs.FS, each func(file) error) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !slices.Contains(extensions, path.Ext(name)) {
			return nil
		}
		return each(file{name: name, open: func() (io.ReadCloser, int64, error) {
			f, err := files.Open(name)
			if err != nil {
				return nil, 0, plainPathError(err)
			}
			info, err := f.Stat()
			if err != nil {
				return nil, 0, err
			}
			return f, info.Size(), nil
		}})
	})
}

func joinSlash(folder, below string) string {
	if below == "." {
		return folder
	}
	return strings.TrimSuffix(folder, "/") + "/" + below
}

// inFolder tells whether an entry of a folder is read.
func inFolder(root *os.Root, name string, entry fs.DirEntry, wanted func(string) bool) (file, bool) {
	if entry.IsDir() {
		return file{}, false
	}
	if entry.Type()&fs.ModeSymlink != 0 {
		return linkInFolder(root, name, wanted(name))
	}
	switch {
	case !wanted(name):
		return file{}, false
	case !entry.Type().IsRegular():
		return file{err: errNoFile}, true
	}
	return file{open: func() (io.ReadCloser, int64, error) { return sized(root.Open(name)) }}, true
}

// templateNames end the name of a template after the name that its manifest will have.
var templateNames = []string{".tmpl", ".tpl", ".gotmpl", ".template", ".j2", ".jinja", ".jinja2", ".erb", ".tftpl", ".mustache", ".hbs"}

var (
	errPacked     = errors.New("an archive or a compressed file: unpack it first, or read what was saved of a cluster with --dump")
	errUnrendered = errors.New("a template by its name: render it first")
)

// closedToUs says why a file in a folder of manifests is not read, by its name; nil if
// it is read.
func closedToUs(name string) error {
	extension := path.Ext(name)
	switch {
	case isPacked(name):
		return errPacked
	case slices.Contains(templateNames, strings.ToLower(extension)) && isWanted(strings.TrimSuffix(name, extension)):
		return errUnrendered
	}
	return nil
}

// isManifest reports whether a file in a folder of manifests is read, or missed.
func isManifest(name string) bool {
	return isWanted(name) || closedToUs(name) != nil || slices.Contains(kustomizationNames, filepath.Base(name))
}

func isWanted(name string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(name)))
}

// linkInFolder tells whether a link is read. One to another place in the folder
// is not if what it leads to is read where it stands: a folder, or a file of a
// name that is read.
func linkInFolder(root *os.Root, name string, wanted bool) (file, bool) {
	info, err := root.Stat(name)
	switch {
	case err != nil && (wanted || filepath.Ext(name) == ""):
		return file{err: errLeaves}, true
	case err != nil, !wanted, info.IsDir():
		return file{}, false
	case !info.Mode().IsRegular():
		return file{err: errNoFile}, true
	}
	next, err := root.Readlink(name)
	if err != nil {
		return file{err: plainPathError(err)}, true
	}
	if isWanted(next) {
		return file{}, false
	}
	return file{open: func() (io.ReadCloser, int64, error) { return sized(root.Open(name)) }}, true
}

func sized(f *os.File, err error) (io.ReadCloser, int64, error) {
	if err != nil {
		return nil, 0, plainPathError(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, plainPathError(err)
	}
	return f, info.Size(), nil
}

// contents reads a file within its bound.
func (f file) contents() ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	r, size, err := f.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if size > maxFile {
		return nil, errFileTooLarge
	}
	text := make([]byte, 0, size+512)
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := r.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case len(text) > maxFile: // it grew while it was read
			return nil, errFileTooLarge
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, plainPathError(err)
		}
	}
}

// plainPathError drops the path, which the gap has beside the cause.
func plainPathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
