package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// scratch is a folder in memory that holds plaintext for as long as an editor runs.
type scratch struct {
	path   string
	lock   *os.File
	pinned bool // its file system is never swapped out
}

// wipe writes zeros over every file and removes the folder.
func (s *scratch) wipe() error {
	var wrong []error
	walked := filepath.WalkDir(s.path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			err = zero(path)
		}
		wrong = append(wrong, err)
		return nil
	})
	return errors.Join(errors.Join(wrong...), walked, os.RemoveAll(s.path), s.lock.Close())
}

func zero(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		nothing := make([]byte, 64<<10)
		for at := int64(0); at < info.Size() && err == nil; at += int64(len(nothing)) {
			_, err = f.WriteAt(nothing[:min(int64(len(nothing)), info.Size()-at)], at)
		}
	}
	return errors.Join(err, f.Close())
}
