package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// nowhere TEXT PATH...: the text stands in no file, as bytes, as what a reader of PDF
// extracts, in streams that are packed in one, or in a member of a sheet.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nowhere TEXT PATH...")
	}
	for _, name := range args[1:] {
		looked := 0
		ts.Check(filepath.WalkDir(ts.MkAbs(name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			ts.Check(err)
			looked++
			texts := [][]byte{raw}
			switch {
			case bytes.HasPrefix(raw, []byte("%PDF")):
				ts.Check(ts.Exec("pdftotext", path, "-"))
				texts = append(texts, []byte(ts.ReadFile("stdout")))
				texts = append(texts, inflated(raw)...)
			case bytes.HasPrefix(raw, []byte("PK")):
				texts = append(texts, unzipped(ts, raw)...)
			}
			for _, text := range texts {
				if bytes.Contains(text, []byte(args[0])) {
					ts.Fatalf("%s: %q stands there", path, args[0])
				}
			}
			return nil
		}))
		if looked == 0 {
			ts.Fatalf("%s: there is no file", name)
		}
	}
}

// inflated are the packed streams of a PDF.
func inflated(pdf []byte) [][]byte {
	var all [][]byte
	for _, part := range strings.Split(string(pdf), "stream")[1:] {
		if r, err := zlib.NewReader(strings.NewReader(strings.TrimLeft(part, "\r\n"))); err == nil {
			text, _ := io.ReadAll(r) // what follows its end is none of it
			all = append(all, text)
		}
	}
	return all
}

func unzipped(ts *testscript.TestScript, raw []byte) [][]byte {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	ts.Check(err)
	var all [][]byte
	for _, member := range z.File {
		f, err := member.Open()
		ts.Check(err)
		text, err := io.ReadAll(f)
		ts.Check(err)
		all = append(all, text)
	}
	return all
}
