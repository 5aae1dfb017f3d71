package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// unpack FILE FOLDER: unpacks a zip archive, as every other program does.
func unpack(ts *testscript.TestScript, _ bool, args []string) {
	archive, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer archive.Close()
	folder := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(folder, 0o700))
	ts.Check(os.CopyFS(filepath.Join(folder, "."), archive))
}

// repack FILE NEW [NAME [TEXT]]: packs the files of an archive again: NAME with TEXT in it, or
// without NAME where there is no text.
func repack(ts *testscript.TestScript, _ bool, args []string) {
	archive, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer archive.Close()
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w := zip.NewWriter(f)
	add := func(name string, text []byte) {
		to, err := w.Create(name)
		ts.Check(err)
		_, err = to.Write(text)
		ts.Check(err)
	}
	for _, file := range archive.File {
		if len(args) > 2 && file.Name == args[2] {
			continue
		}
		r, err := file.Open()
		ts.Check(err)
		text, err := io.ReadAll(r)
		ts.Check(err)
		add(file.Name, text)
	}
	if len(args) > 3 {
		add(args[2], []byte(args[3]))
	}
	ts.Check(w.Close())
	ts.Check(f.Close())
}
