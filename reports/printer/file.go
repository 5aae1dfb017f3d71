package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tickmark/reports/export"
)

// replaceable reports whether a report may be written at path: where nothing is, or
// an earlier file of the format. A vault or a key that is named by mistake stays.
func replaceable(path string, format export.Format) error {
	kind := strings.ToUpper(format.String())
	if format != export.PDF {
		kind += " of a report"
	}
	return replaceableBy("report", path, format.Begins, kind)
}

// replaceableBy reports whether something may be written at path: where nothing is, an
// empty file, or one that begins as a file of its kind does.
func replaceableBy(what, path string, begins func(head []byte) bool, kind string) error {
	if err := folderOf(path); err != nil {
		return fmt.Errorf("write %s %s: %w", what, path, err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write %s %s: %w", what, path, unnamed(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("write %s %s: it is there and is no regular file", what, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", what, path, unnamed(err))
	}
	defer f.Close()
	head := make([]byte, export.Head)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("write %s %s: %w", what, path, err)
	}
	if n > 0 && !begins(head[:n]) {
		return fmt.Errorf("write %s %s: a file that is no %s is there; it is not replaced", what, path, kind)
	}
	return nil
}

// folderOf reports whether the folder of a file is there.
func folderOf(path string) error {
	folder := filepath.Dir(path)
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s", folder)
	case err != nil:
		return fmt.Errorf("the folder %s cannot be read: %w", folder, unnamed(err))
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", folder)
	}
	return nil
}

// write replaces a file by a new one, or leaves it as it was.
func write(ctx context.Context, path string, text []byte) error {
	return place(ctx, "report", path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// place replaces a file by what fill writes, or leaves it as it was.
func place(ctx context.Context, what, path string, fill func(io.Writer) error) error {
	err := folderOf(path)
	if err == nil {
		err = replace(ctx, path, fill)
	}
	if err != nil {
		return fmt.Errorf("write %s %s: %w", what, path, err)
	}
	return nil
}

func replace(ctx context.Context, path string, fill func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tickmark-*") // as short as may be: the file's own name may be as long as names get
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("no file may be made in the folder %s: %w", filepath.Dir(path), unnamed(err))
	}
	if err != nil {
		return unnamed(err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if before, err := os.Stat(path); err == nil { // who may read it stays
		if err := f.Chmod(before.Mode().Perm()); err != nil {
			return unnamed(err)
		}
	}
	if err = fill(plain{ctx, f}); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return unnamed(err)
	}
	if err = f.Close(); err != nil {
		return unnamed(err)
	}
	if err = ctx.Err(); err != nil { // the last moment to leave everything as it was
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return unnamed(err)
	}
	return nil
}

// plain is a file whose errors do not name it: it has another name until it is whole.
type plain struct {
	ctx context.Context
	*os.File
}

// Write writes to the file, until the work is called off.
func (p plain) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.File.Write(b)
	return n, unnamed(err)
}

// unnamed is what went wrong with a file without the name that the system has for it.
func unnamed(err error) error {
	switch of := err.(type) {
	case *fs.PathError:
		return of.Err
	case *os.LinkError:
		return of.Err
	}
	return err
}
