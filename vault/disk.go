package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// disk is what a save asks of the file system. Tests put one in its place that
// fails or stops at a chosen step.
type disk interface {
	// create makes a file that was not there, for its owner alone.
	create(path string) (file, error)
	openLog(path string, as access) (logFile, error)
	rename(from, to string) error
	syncFolder(path string) error
	remove(path string) error
}

type file interface {
	io.Writer
	Sync() error
	Close() error
}

// logFile is the file that a log's members are appended to.
type logFile interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Stat() (fs.FileInfo, error)
	Sync() error
	Close() error
}

// access is what a log is opened for.
type access int

const (
	toRead access = iota
	toAppend
	toMake // one that was not there
)

type realDisk struct{}

func (realDisk) openLog(path string, as access) (logFile, error) {
	flags := map[access]int{toRead: os.O_RDONLY, toAppend: os.O_RDWR, toMake: os.O_RDWR | os.O_CREATE | os.O_EXCL}[as]
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (realDisk) create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &replacementFile{File: f}, nil
}

// startedAt is how much of a new base is written before the disk is set to work on
// it, in bytes.
const startedAt = 8 << 20

// replacementFile is written from its start to its end, while the disk writes what
// stands before.
type replacementFile struct {
	*os.File
	written, started int64
}

func (f *replacementFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if f.written += int64(n); f.written-f.started >= startedAt {
		startWriting(f.File, f.started, f.written-f.started)
		f.started = f.written
	}
	return n, err
}

func (realDisk) rename(from, to string) error { return os.Rename(from, to) }

func (realDisk) remove(path string) error { return os.Remove(path) }

func (realDisk) syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// replacement is the name under which a save writes before it renames. There is
// one per vault, so that what a crash left behind is found and removed.
func replacement(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".saving")
}

func removeLeftover(d disk, path string) error {
	for _, of := range []string{path, logPath(path)} {
		if err := d.remove(replacement(of)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what an interrupted save left: %w", err)
		}
	}
	return nil
}

// stamp tells one state of the file from another without reading it.
type stamp struct {
	info fs.FileInfo
}

func stampOf(path string) (stamp, error) {
	info, err := os.Lstat(path)
	return stamp{info}, err
}

// equals is false where one of them is of no file.
func (s stamp) equals(o stamp) bool {
	if s.info == nil || o.info == nil {
		return false
	}
	return os.SameFile(s.info, o.info) && s.info.Size() == o.info.Size() && s.info.ModTime().Equal(o.info.ModTime())
}

// seen is what base and log of a vault looked like at a moment.
type seen struct{ base, log stamp }

func look(path string) seen {
	base, _ := stampOf(path)
	log, _ := stampOf(logPath(path))
	return seen{base, log}
}

func (s seen) equals(o seen) bool {
	noLog := s.log.info == nil && o.log.info == nil
	return s.base.equals(o.base) && (noLog || s.log.equals(o.log))
}

// ordinary refuses what stands at a path and is no regular file: opening a pipe would
// wait for ever, and a link would lead a log to where it was never meant to be.
// What is not there is fine.
func ordinary(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return withoutPath(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	}
	return nil
}
