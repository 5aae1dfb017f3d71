package vault

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

const (
	ageMagic = "age-encryption.org/v1\n"
	// sealedChunk is what age encrypts and authenticates at a time, sealedTag what
	// that adds, sealedNonce what stands between header and payload; in bytes.
	sealedChunk = 64 << 10
	sealedTag   = 16
	sealedNonce = 16
)

// withoutPath drops the operation and paths that os puts before a cause.
func withoutPath(err error) error {
	var with *os.PathError
	var two *os.LinkError
	switch {
	case errors.As(err, &with):
		return with.Err
	case errors.As(err, &two):
		return two.Err
	}
	return err
}

// looksSealed tells a file of another kind from an age file that was cut short.
func looksSealed(member string, f io.ReaderAt, size int64) error {
	start := make([]byte, min(size, int64(len(armor.Header))))
	if _, err := f.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", member, unreadable(err))
	}
	switch {
	case size == 0:
		return &TamperError{Member: member, Err: errors.New("it is empty")}
	case bytes.HasPrefix(start, []byte(ageMagic)):
		return nil
	case strings.HasPrefix(ageMagic, string(start)):
		return &TamperError{Member: member, Offset: size, Err: errors.New("it was cut short within its first line")}
	case string(start) == armor.Header:
		return errors.New("it is armored; remove the armor with `age -d` and `age -e` first")
	case bytes.HasPrefix(start, []byte("SQLite format 3")):
		return errors.New("it is a bare SQLite database, no age file")
	}
	return errors.New("it is no age file")
}

// writeSealed seals what pages writes into a new file and puts it in the place of
// path: create, write, fsync, rename, fsync of the folder. When the error is
// inDoubt, the disk may hold either state; after every other error it holds the
// old one.
func writeSealed(ctx context.Context, d disk, path string, recipients []age.Recipient, pages func(io.Writer) error, before func() error) error {
	temporary := replacement(path)
	f, err := d.create(temporary)
	if err != nil {
		return fmt.Errorf("make its replacement: %w", err)
	}
	err = sealInto(f, recipients, pages)
	if err == nil {
		if err = f.Sync(); err != nil {
			err = inDoubt{fmt.Errorf("force it to the disk: %w", err)}
		}
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = inDoubt{fmt.Errorf("close its replacement: %w", closing)}
	}
	if err == nil {
		err = errors.Join(ctx.Err(), before())
	}
	if err == nil {
		if err = d.rename(temporary, path); err != nil {
			err = fmt.Errorf("put its replacement in its place: %w", withoutPath(err))
		}
	}
	if err != nil {
		// What cannot be removed now is removed by the next writer.
		_ = d.remove(temporary)
		return err
	}
	if err := d.syncFolder(filepath.Dir(path)); err != nil {
		return inDoubt{fmt.Errorf("force its folder to the disk: %w", err)}
	}
	return nil
}

func sealInto(f io.Writer, recipients []age.Recipient, pages func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(f, 256<<10)
	sealed, err := age.Encrypt(buffered, recipients...)
	if inner := errors.Unwrap(err); inner != nil {
		err = inner // what the recipient says, without its number
	}
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := through(sealed, pages); err != nil {
		return err
	}
	if err := sealed.Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// inDoubt marks a failure after which the disk cannot be relied on.
type inDoubt struct{ error }

func (e inDoubt) Unwrap() error { return e.error }

func noIdentity(err error) error {
	if err == nil {
		return ErrNoIdentity
	}
	return fmt.Errorf("%w: %w", ErrNoIdentity, err)
}
