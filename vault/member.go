package vault

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"filippo.io/age"

	"tickmark/engine"
)

// tarBlock is what a tar file is made of, in bytes.
const tarBlock = 512

// maxMember bounds one member of a log, in bytes.
const maxMember = 4 << 30

// member is one sealed piece of the log: what SQLite wrote for one save, or, once
// folded, for several.
type member struct {
	*chunked
	name     string
	sequence int64
	at       int64 // where its tar header begins in the file
	sealed   int64 // bytes of its age file
	offset   int64 // of its plaintext in SQLite's log
}

// end is where the next member's header begins.
func (m member) end() int64 { return m.at + tarBlock + padded(m.sealed) }

func padded(n int64) int64 { return (n + tarBlock - 1) / tarBlock * tarBlock }

func memberName(generation, sequence int64) string {
	return fmt.Sprintf("g%06d-%012d.age", generation, sequence)
}

var memberPattern = engine.Late(`^g(\d{6,18})-(\d{12,18})\.age$`)

// label is what stands in a member's tar header, which is not authenticated.
type label struct {
	name                       string
	generation, sequence, size int64
}

var errNoMember = errors.New("its header is none of a vault's log")

func readLabel(block []byte) (label, error) {
	header, err := tar.NewReader(bytes.NewReader(block)).Next()
	if err != nil || header.Typeflag != tar.TypeReg || header.Size <= 0 || header.Size > maxMember {
		return label{}, errNoMember
	}
	parts := memberPattern().FindStringSubmatch(header.Name)
	if parts == nil {
		return label{}, errNoMember
	}
	l := label{name: header.Name, size: header.Size}
	var wrong [2]error
	l.generation, wrong[0] = strconv.ParseInt(parts[1], 10, 64)
	l.sequence, wrong[1] = strconv.ParseInt(parts[2], 10, 64)
	// Only the header that we write is one: its every byte is checked in this way.
	if again, err := labelBlock(memberName(l.generation, l.sequence), l.size); errors.Join(wrong[0], wrong[1], err) != nil || !bytes.Equal(again, block) {
		return label{}, errNoMember
	}
	return l, nil
}

func labelBlock(name string, size int64) ([]byte, error) {
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: size, Format: tar.FormatUSTAR})
	if err == nil && b.Len() != tarBlock {
		err = errors.New("a tar header of more than one block")
	}
	return b.Bytes(), err
}

// sealMember returns a member as it stands in the file: header, age file, padding.
// It is in b, which is written over.
func sealMember(b *bytes.Buffer, name string, plain io.Reader, to age.Recipient) (whole []byte, sealed int64, err error) {
	b.Reset()
	if sized, is := plain.(*bytes.Reader); is { // growing bit by bit takes twice as much
		if room := sized.Len() + sized.Len()/1024 + 8*tarBlock; b.Cap() < room {
			*b = *bytes.NewBuffer(make([]byte, 0, room))
		}
	}
	b.Write(make([]byte, tarBlock))
	w, err := age.Encrypt(b, to)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	if _, err := io.Copy(w, plain); err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	sealed = int64(b.Len()) - tarBlock
	header, err := labelBlock(name, sealed)
	if err != nil {
		return nil, 0, fmt.Errorf("seal: %w", err)
	}
	b.Write(make([]byte, padded(sealed)-sealed))
	copy(b.Bytes(), header)
	return b.Bytes(), sealed, nil
}
