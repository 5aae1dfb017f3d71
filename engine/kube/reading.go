package kube

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tickmark/engine"
)

// reading is how far what lies on disk is read, in bytes: how many objects are in it nobody
// knows before its end.
type reading struct {
	size int64        // of all; 0 where nobody wants to know
	done int64        // of the files that were read to their end
	at   func() int64 // of the file at hand, nil between files
}

func (r *reading) so() int64 {
	if r.at == nil {
		return min(r.done, r.size)
	}
	return min(r.done+r.at(), r.size)
}

// of sums up what is wanted of some paths, and returns the size of each, where somebody wants
// to know.
func (r *reading) of(to engine.Intake, paths []string, wanted func(below string) bool) []int64 {
	sizes := make([]int64, len(paths))
	if to.Progress == nil {
		return sizes
	}
	for i, p := range paths {
		sizes[i] = sizeOf(p, wanted)
		r.size += sizes[i]
	}
	return sizes
}

// ended takes note that some paths were read to their end.
func (r *reading) ended(sizes []int64) {
	r.done, r.at = 0, nil
	for _, size := range sizes {
		r.done += size
	}
}

// begins takes note of a file of which at says how much was read.
func (r *reading) begins(at func() int64) { r.at = at }

// ends takes note that all of a file was read.
func (r *reading) ends(size int64) { r.done, r.at = r.done+size, nil }

// sizeOf returns the size of the wanted files under a path, as far as it can be told.
func sizeOf(name string, wanted func(below string) bool) int64 {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		if err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
		return 0
	}
	var all int64
	_ = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !wanted(path) {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			all += info.Size()
		}
		return nil
	})
	return all
}

// counting counts what is read of a file.
func counting(r io.Reader) *counted { return &counted{r: r} }

func (c *counted) so() int64 { return c.n }
