package printer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tickmark/engine"
	"tickmark/reports/bundle"
)

// Package asks for the report together with the raw evidence that it rests on.
type Package struct {
	Path   string // the file to write; it is replaced whole or not at all
	Source bundle.Source
	// Seal seals what write gives on its way into w; nil leaves the package in the clear.
	Seal func(ctx context.Context, w io.Writer, write func(io.Writer) error) error
}

// Packed is a package that was written.
type Packed struct {
	Path   string
	File   engine.Digest // of the file as written
	Sealed bool
	bundle.Written
}

// placeable reports whether everything that is asked for may be written where it is to be.
func (r Request) placeable() error {
	if r.Out != "" {
		if err := replaceable(r.Out, r.Export.Format); err != nil {
			return err
		}
	}
	p := r.Package
	if p == nil {
		return nil
	}
	if filepath.Clean(p.Path) == filepath.Clean(r.Out) {
		return fmt.Errorf("write package %s: the report is to be written there", p.Path)
	}
	if p.Seal == nil {
		return replaceableBy("package", p.Path, func(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }, "zip archive")
	}
	if err := folderOf(p.Path); err != nil {
		return fmt.Errorf("write package %s: %w", p.Path, err)
	}
	// A vault begins as a sealed package does, and one is never taken for the other.
	if _, err := os.Lstat(p.Path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write package %s: something is there, and what is sealed replaces nothing", p.Path)
	}
	return nil
}

// pack writes the package.
func (r Request) pack(ctx context.Context, from paper) (*Packed, error) {
	packed := &Packed{Path: r.Package.Path, Sealed: r.Package.Seal != nil}
	sum := sha256.New()
	err := place(ctx, "package", r.Package.Path, func(f io.Writer) error {
		buffered := bufio.NewWriterSize(io.MultiWriter(f, sum), 256<<10)
		fill := func(w io.Writer) (err error) {
			packed.Written, err = bundle.Write(ctx, w, r.Package.Source, bundle.Contents{
				Dossier: from.dossier, Report: from.text, Manifest: from.manifest, Signer: r.Signer, Chain: r.Chain, Random: r.Random,
				Stamp: r.Stamp, Now: r.Now, Tell: r.counting("packing", "items"),
			})
			return err
		}
		var err error
		if r.Package.Seal != nil {
			err = r.Package.Seal(ctx, buffered, fill)
		} else {
			err = fill(buffered)
		}
		if err != nil {
			return err
		}
		return buffered.Flush()
	})
	if err != nil {
		return nil, err
	}
	packed.File = engine.Digest(sum.Sum(nil))
	return packed, nil
}
