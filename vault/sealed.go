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
	// maxVault bounds a vault, which is held in memory.
	maxVault = 1 << 30
)

// readSealed reads and opens the whole vault at path, and says which state of the
// file that was.
func readSealed(path string, identities []age.Identity) ([]byte, stamp, error) {
	// Asked before it is opened: opening a pipe would wait for somebody to write.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, stamp{}, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, stamp{}, withoutPath(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, stamp{}, withoutPath(err)
	case !info.Mode().IsRegular():
		return nil, stamp{}, errors.New("it is no regular file")
	case info.Size() > maxVault:
		return nil, stamp{}, fmt.Errorf("%d bytes; this version reads at most %d", info.Size(), maxVault)
	}
	plain, err := unseal(filepath.Base(path), f, info.Size(), identities)
	return plain, stamp{info}, err
}

// withoutPath drops the operation and path that os puts before a cause.
func withoutPath(err error) error {
	var with *os.PathError
	if errors.As(err, &with) {
		return with.Err
	}
	return err
}

// unseal decrypts size bytes of f. What age cannot authenticate is a *TamperError.
func unseal(member string, f io.ReaderAt, size int64, identities []age.Identity) ([]byte, error) {
	if err := looksSealed(member, f, size); err != nil {
		return nil, err
	}
	header, err := age.ExtractHeader(io.NewSectionReader(f, 0, size))
	if err != nil {
		return nil, &TamperError{Member: member, Err: errors.New("its age header cannot be read")}
	}
	plain, err := age.Decrypt(io.NewSectionReader(f, 0, size), identities...)
	var none *age.NoIdentityMatchError
	switch {
	case len(identities) == 0 || errors.As(err, &none):
		return nil, noIdentity(err)
	case err != nil:
		return nil, &TamperError{Member: member, Err: fmt.Errorf("its age header does not hold: %w", err)}
	}
	buffer := bytes.NewBuffer(make([]byte, 0, size))
	n, err := io.Copy(buffer, plain)
	if err != nil {
		at := int64(len(header)) // a changed nonce shows in the first chunk
		if whole := n / sealedChunk; whole > 0 {
			at += sealedNonce + whole*(sealedChunk+sealedTag)
		}
		return nil, &TamperError{Member: member, Offset: min(at, size), Err: errors.New("its bytes do not hold against their seal, or its end is missing")}
	}
	return buffer.Bytes(), nil
}

func noIdentity(err error) error {
	if err == nil {
		return ErrNoIdentity
	}
	return fmt.Errorf("%w: %w", ErrNoIdentity, err)
}

// looksSealed tells a file of another kind from an age file that was cut short.
func looksSealed(member string, f io.ReaderAt, size int64) error {
	start := make([]byte, min(size, int64(len(armor.Header))))
	if _, err := f.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return withoutPath(err)
	}
	switch {
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
		err = d.rename(temporary, path)
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
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := pages(sealed); err != nil {
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
