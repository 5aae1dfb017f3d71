package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// pieces opens the chunks of an age file one by one, where the library refuses the
// whole because its end does not hold: https://c2sp.org/age#payload. It is for what
// is damaged alone.
type pieces struct {
	member  string
	file    io.ReaderAt
	payload int64 // where the first chunk begins
	length  int64 // of the file
	seal    cipher.AEAD
}

// errHeader says that a file's key is lost, and everything with it.
var errHeader = errors.New("its age header does not hold: without it nothing can be read")

func openPieces(path string, identities []age.Identity) (*pieces, *os.File, error) {
	if err := ordinary(path); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, withoutPath(err)
	}
	p, err := newPieces(f, filepath.Base(path), identities)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return p, f, nil
}

func newPieces(f *os.File, member string, identities []age.Identity) (*pieces, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, withoutPath(err)
	}
	if err := looksSealed(member, f, info.Size()); err != nil {
		return nil, err
	}
	header, err := age.ExtractHeader(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return nil, &TamperError{Member: member, Err: errHeader}
	}
	opener := &opener{identities: identities}
	key, err := age.DecryptHeader(header, opener)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none) || len(identities) == 0:
		return nil, noIdentity(err)
	case err != nil:
		return nil, &TamperError{Member: member, Err: fmt.Errorf("%w: %w", errHeader, err)}
	}
	nonce := make([]byte, sealedNonce)
	if _, err := f.ReadAt(nonce, int64(len(header))); err != nil {
		return nil, &TamperError{Member: member, Offset: int64(len(header)), Err: errors.New("it was cut short behind its header")}
	}
	stream, err := hkdf.Key(sha256.New, key, nonce, "payload", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	seal, err := chacha20poly1305.New(stream)
	if err != nil {
		return nil, err
	}
	return &pieces{member: member, file: f, payload: int64(len(header)) + sealedNonce, length: info.Size(), seal: seal}, nil
}

// count is how many chunks there are room for.
func (p *pieces) count() int64 {
	const whole = sealedChunk + sealedTag
	return (p.length - p.payload + whole - 1) / whole
}

// place is where a chunk begins in the file, and how long it is.
func (p *pieces) place(index int64) (at, length int64) {
	at = p.payload + index*(sealedChunk+sealedTag)
	return at, min(sealedChunk+sealedTag, p.length-at)
}

// chunk opens one chunk, of which the file's last is marked. One that does not hold
// is an error of its own, whatever its neighbours do.
func (p *pieces) chunk(index int64) ([]byte, error) {
	at, length := p.place(index)
	sealed := make([]byte, max(length, 0))
	if _, err := p.file.ReadAt(sealed, at); err != nil {
		return nil, fmt.Errorf("read %s: %w", p.member, withoutPath(err))
	}
	nonce := make([]byte, chacha20poly1305.NonceSize)
	for i := range 8 {
		nonce[len(nonce)-2-i] = byte(index >> (8 * i))
	}
	for _, last := range []byte{0, 1} {
		nonce[len(nonce)-1] = last
		if plain, err := p.seal.Open(nil, nonce, sealed, nil); err == nil {
			return plain, nil
		}
	}
	return nil, &TamperError{Member: p.member, Offset: at, Err: errors.New("its bytes do not hold against their seal, or its end is missing")}
}
