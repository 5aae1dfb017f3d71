package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"filippo.io/age/agessh"
)

// base is the vault's file: a sealed database, of which pages are opened when they
// are asked for. It is never written; compaction puts another in its place.
type base struct {
	*chunked
	file  *os.File
	stamp stamp
}

var errImmutable = errors.New("the base of a vault is never written")

func (b *base) WriteAt([]byte, int64) (int, error) { return 0, errImmutable }
func (b *base) Truncate(int64) error               { return errImmutable }
func (b *base) Sync() error                        { return nil }
func (b *base) Size() (int64, error)               { return b.size, nil }

func (b *base) close() error {
	if b == nil || b.file == nil {
		return nil
	}
	return b.file.Close()
}

// openBase opens the vault's file and authenticates its header and its length.
func openBase(path string, identities []age.Identity, c *cache) (*base, error) {
	if err := ordinary(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	b := &base{file: f}
	info, err := f.Stat()
	if err != nil {
		err = withoutPath(err)
	} else {
		b.stamp = stamp{info}
		if b.chunked, err = unseal(filepath.Base(path), f, info.Size(), identities, c); err == nil {
			err = checkImage(b.chunked, b.size)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

// checkImage refuses what is no database of a vault before SQLite sees it.
func checkImage(image io.ReaderAt, size int64) error {
	start := make([]byte, 100)
	n, err := image.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case n < len(start) || !bytes.HasPrefix(start, []byte(sqliteMagic)):
		return errors.New("the age file holds no SQLite database")
	case size%pageSize != 0 || binary.BigEndian.Uint16(start[16:]) != pageSize:
		return fmt.Errorf("its SQLite database is not of whole pages of %d bytes", pageSize)
	case start[writeVersion] != inWAL || start[readVersion] != inWAL:
		return errors.New("its SQLite database is not in WAL mode, so no vault's")
	}
	return nil
}

// unseal opens size bytes of f. What age cannot authenticate is a *TamperError.
func unseal(member string, f io.ReaderAt, size int64, identities []age.Identity, c *cache) (*chunked, error) {
	if err := looksSealed(member, f, size); err != nil {
		return nil, err
	}
	header, err := age.ExtractHeader(io.NewSectionReader(f, 0, size))
	if err != nil {
		return nil, orUnreadable(err, &TamperError{Member: member, Err: errors.New("its age header cannot be read")})
	}
	payload := int64(len(header)) + sealedNonce
	if len(identities) == 0 {
		return nil, noIdentity(nil)
	}
	opener := &opener{identities: identities}
	plain, plainSize, err := age.DecryptReaderAt(f, size, opener)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, noIdentity(opener.because(err))
	case err != nil && !opener.opened:
		return nil, orUnreadable(err, &TamperError{Member: member, Err: fmt.Errorf("its age header does not hold: %w", err)})
	case err != nil:
		// age authenticates the last chunk first. Where that does not hold, the nonce
		// before the first may be what was changed.
		return nil, wrongChunk(member, payload, size)(0, err)
	}
	opened := &chunked{size: plainSize, cache: c, wrong: wrongChunk(member, payload, size)}
	opened.reopen = func() (io.ReaderAt, error) {
		again, _, err := age.DecryptReaderAt(f, size, &fileKey{opener.key})
		return again, err
	}
	c.keep(opened, plain)
	return opened, nil
}

// errUnreadable: the disk does not answer, which says nothing of what is on it.
var errUnreadable = errors.New("the disk cannot be read")

func unreadable(err error) error { return fmt.Errorf("%w: %w", errUnreadable, withoutPath(err)) }

// orUnreadable is a finding about what was read, unless nothing was.
func orUnreadable(err error, found *TamperError) error {
	var disk *fs.PathError
	if errors.As(err, &disk) {
		return fmt.Errorf("read %s: %w", found.Member, unreadable(disk))
	}
	return found
}

// wrongChunk tells a chunk that does not hold from a disk that does not answer.
func wrongChunk(member string, payload, size int64) func(int64, error) error {
	return func(chunk int64, err error) error {
		at := payload - sealedNonce // a changed nonce shows in the first chunk
		if chunk > 0 {
			at = payload + chunk*(sealedChunk+sealedTag)
		}
		return orUnreadable(err, &TamperError{Member: member, Offset: min(at, size), Err: errors.New("its bytes do not hold against their seal, or its end is missing")})
	}
}

// opener tries identities and remembers whether one fitted: what fails afterwards
// is the payload. One that could not be asked (a plugin that is not installed, a
// passphrase that was not given) says nothing about the file: the next is tried.
type opener struct {
	identities []age.Identity
	opened     bool
	key        []byte // of the file
	unasked    []error
}

func (o *opener) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, identity := range o.identities {
		key, err := identity.Unwrap(stanzas)
		switch {
		case errors.Is(err, age.ErrIncorrectIdentity):
			continue
		case err != nil && mayBeUnasked(identity):
			o.unasked = append(o.unasked, err)
			continue
		}
		o.opened, o.key = err == nil, slices.Clone(key)
		return key, err
	}
	return nil, age.ErrIncorrectIdentity
}

// because says why nothing fitted: what could not be asked, before what was asked in
// vain.
func (o *opener) because(err error) error {
	for _, unasked := range slices.Backward(o.unasked) {
		err = fmt.Errorf("%w; %w", unasked, err)
	}
	return err
}

func mayBeUnasked(identity age.Identity) bool {
	switch identity.(type) {
	case *pluginIdentity, *agessh.EncryptedSSHIdentity:
		return true
	}
	return false
}

// fileKey opens the one file that it was used for, so that a vault reads what it
// sealed itself without asking for an identity, which may be a touch of hardware.
type fileKey struct{ key []byte }

// Unwrap makes k an age.Identity.
func (k *fileKey) Unwrap([]*age.Stanza) ([]byte, error) { return slices.Clone(k.key), nil }

// remembering is a recipient that keeps the key of the file it is asked to wrap.
type remembering struct {
	age.Recipient
	key *fileKey
}

func (r remembering) Wrap(key []byte) ([]*age.Stanza, error) {
	r.key.key = slices.Clone(key)
	return r.Recipient.Wrap(key)
}

// WrapWithLabels passes on what keeps unlike recipients apart.
func (r remembering) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	if labelled, is := r.Recipient.(age.RecipientWithLabels); is {
		r.key.key = slices.Clone(key)
		return labelled.WrapWithLabels(key)
	}
	stanzas, err := r.Wrap(key)
	return stanzas, nil, err
}

// remember returns recipients of which the first keeps the file's key, and which may
// run plugins.
func remember(recipients []Recipient, plugins *Plugins) ([]age.Recipient, *fileKey) {
	key := &fileKey{}
	all := make([]age.Recipient, len(recipients))
	for i, r := range allowed(recipients, plugins) {
		all[i] = r
	}
	all[0] = remembering{all[0], key}
	return all, key
}
