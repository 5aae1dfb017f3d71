package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// errNewerLog says that the log belongs to a later base than the one that is open:
// the vault was compacted meanwhile, or its base was put back.
var errNewerLog = errors.New("its log belongs to a later state of the vault: an older copy was put in its place")

// recover reads what the log holds, authenticates all of it and follows SQLite's
// checksums through it. What a crash can leave, a last member that is not whole, is
// left out and counted; anything else that is wrong is a *TamperError. It writes
// nothing.
func (l *sealedLog) recover() error {
	f, err := l.disk.openLog(l.path, false)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open its log: %w", withoutPath(err))
	}
	l.file = f
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open its log: %w", withoutPath(err))
	}
	size := info.Size()
	var links chain
	for l.tail < size {
		m, err := l.read(l.tail, size, &links)
		var generation otherGeneration
		switch {
		case errors.As(err, &generation) && len(l.members) == 0:
			return l.otherGeneration(generation, size)
		case errors.Is(err, errOutOfChain):
			return &TamperError{Member: m.name, Offset: l.tail, Err: errOutOfChain}
		case err != nil:
			return l.torn(m, size, err)
		}
		m.offset = l.size
		l.members = append(l.members, m)
		l.size += m.size
		l.tail = m.end()
	}
	return nil
}

// otherGeneration is a member that names another generation than the base.
type otherGeneration struct{ label }

func (o otherGeneration) Error() string { return "it is of another generation" }

// read reads the member at a place and everything in it.
func (l *sealedLog) read(at, size int64, links *chain) (member, error) {
	m := member{at: at, name: fmt.Sprintf("the log's member at byte %d", at)}
	named, err := l.label(at)
	if err != nil {
		return m, err
	}
	m.name, m.sequence, m.sealed = named.name, named.sequence, named.size
	if named.generation != l.generation {
		return m, otherGeneration{named}
	}
	if m.end() > size {
		return m, errors.New("it ends before it is whole")
	}
	if err := l.open(&m); err != nil {
		return m, err
	}
	if err := l.padding(m); err != nil {
		return m, err
	}
	if n := len(l.members); n > 0 && m.sequence <= l.members[n-1].sequence {
		return m, errOutOfChain
	}
	return m, links.follow(io.NewSectionReader(m, 0, m.size))
}

func (l *sealedLog) label(at int64) (label, error) {
	block := make([]byte, tarBlock)
	if _, err := l.file.ReadAt(block, at); err != nil {
		return label{}, errNoMember
	}
	return readLabel(block)
}

func (l *sealedLog) padding(m member) error {
	rest := make([]byte, padded(m.sealed)-m.sealed)
	if _, err := l.file.ReadAt(rest, m.at+tarBlock+m.sealed); err != nil && !errors.Is(err, io.EOF) {
		return withoutPath(err)
	}
	if !bytes.Equal(rest, make([]byte, len(rest))) {
		return errors.New("there is something between it and the next")
	}
	return nil
}

// torn tells an interrupted save from tampering: behind what a crash left, there is
// nothing that was ever acknowledged.
func (l *sealedLog) torn(bad member, size int64, cause error) error {
	for at := bad.at + tarBlock; at < size; at += tarBlock {
		next, err := l.label(at)
		if err != nil || next.generation != l.generation {
			continue
		}
		m := member{at: at, name: next.name, sealed: next.size}
		if m.end() <= size && l.open(&m) == nil {
			offset := bad.at
			var inside *TamperError
			if errors.As(cause, &inside) {
				offset += tarBlock + inside.Offset
			}
			return &TamperError{Member: bad.name, Offset: offset, Err: fmt.Errorf("it does not hold, and %s behind it does", m.name)}
		}
	}
	l.interrupted, l.leaves = interrupted{size - bad.at, bad.name}, true
	return nil
}

// otherGeneration judges a log that begins with a member of another generation: an
// earlier one is what compaction left.
func (l *sealedLog) otherGeneration(found otherGeneration, size int64) error {
	if found.generation > l.generation {
		return &TamperError{Member: filepath.Base(l.path), Offset: -1, Err: errNewerLog}
	}
	for at := int64(0); at < size; {
		named, err := l.label(at)
		if err != nil {
			break
		}
		m := member{at: at, name: named.name, sealed: named.size}
		if m.end() <= size && l.open(&m) == nil {
			return &TamperError{Member: m.name, Offset: at, Err: errors.New("it was given the name of an earlier generation")}
		}
		at = m.end()
	}
	l.stale = true
	return nil
}
