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

// unfinished is a member in a state that a crash can leave the last one in: of the
// sectors that its save wrote, some are missing or hold zeros.
type unfinished struct{ error }

func (u unfinished) Unwrap() error { return u.error }

// recover reads what the log holds, authenticates all of it and follows SQLite's
// checksums through it. What a crash can leave, a last member that is not whole, is
// left out and counted; anything else that is wrong is a *TamperError. It changes
// nothing.
func (l *sealedLog) recover() error {
	if err := ordinary(l.path); err != nil {
		return fmt.Errorf("open its log: %w", err)
	}
	as := toAppend
	if l.readOnly {
		as = toRead
	}
	f, err := l.disk.openLog(l.path, as)
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
	l.cache.keepFirst(true) // SQLite reads it all again
	err = l.readAll(info.Size())
	l.cache.keepFirst(false)
	if err != nil {
		return err
	}
	if err := l.settle(); err != nil && !l.readOnly {
		return err
	}
	return nil
}

func (l *sealedLog) readAll(size int64) error {
	var links chain
	for l.tail < size {
		m, err := l.read(l.tail, size, &links)
		var generation otherGeneration
		var unfinished unfinished
		switch {
		case errors.As(err, &generation) && len(l.members) == 0:
			return l.otherGeneration(generation, size)
		case errors.As(err, &unfinished):
			return l.leaveOut(m, size, unfinished.error)
		case errors.Is(err, errUnreadable):
			return fmt.Errorf("open its log: %w", err)
		case err != nil:
			return &TamperError{Member: m.name, Offset: l.tail, Err: err}
		}
		m.offset = l.size
		l.members = append(l.members, m)
		l.size += m.size
		l.tail = m.end()
	}
	return nil
}

// settle forces what a program that was killed wrote and did not force: what is read
// here is shown, remembered, and written behind. It forces the folder too, for which
// file is the log. A reader does what it can.
func (l *sealedLog) settle() error {
	err := l.disk.syncFolder(filepath.Dir(l.path))
	if err == nil && !l.stale {
		err = l.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("force its log to the disk: %w", withoutPath(err))
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
	switch {
	case named.generation != l.generation:
		return m, otherGeneration{named}
	case m.end() > size:
		return m, unfinished{errors.New("it ends before it is whole")}
	}
	if err := l.openWhole(&m); err != nil {
		return m, err
	}
	if n := len(l.members); n > 0 && m.sequence <= l.members[n-1].sequence {
		return m, errOutOfChain
	}
	var wrong *TamperError
	plain, stop := ahead(io.NewSectionReader(m, 0, m.size), m.size)
	defer stop()
	if err := links.follow(plain); errors.As(err, &wrong) {
		return m, unfinished{err}
	} else if err != nil {
		return m, err
	}
	return m, l.padding(m)
}

// openWhole opens a member that is there from its first byte to its last. Its header
// holds no sector of zeros where it can be read, so that a save of this vault which
// was interrupted is sealed to the log's key in any case.
func (l *sealedLog) openWhole(m *member) error {
	err := l.open(m)
	switch {
	case err == nil, errors.Is(err, errUnreadable):
		return err
	case errors.Is(err, ErrNoIdentity):
		return errors.New("it is sealed to another key than the vault's log: it belongs elsewhere, or its header was changed")
	}
	return unfinished{err}
}

// label reads what stands at a place, an unfinished member where that is no label.
func (l *sealedLog) label(at int64) (label, error) {
	block := make([]byte, tarBlock)
	if _, err := l.file.ReadAt(block, at); err != nil && !errors.Is(err, io.EOF) {
		return label{}, unreadable(err)
	}
	named, err := readLabel(block)
	if err != nil {
		return label{}, unfinished{err}
	}
	return named, nil
}

// padding refuses a member that holds and has something behind it. No crash leaves
// that, and what was saved is not dropped for it.
func (l *sealedLog) padding(m member) error {
	rest := make([]byte, padded(m.sealed)-m.sealed)
	if _, err := l.file.ReadAt(rest, m.end()-int64(len(rest))); err != nil && !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	if !bytes.Equal(rest, make([]byte, len(rest))) {
		return errors.New("there is something between it and the next")
	}
	return nil
}

// leaveOut tells a save that was interrupted from tampering: nothing was ever written
// behind one that was not acknowledged.
func (l *sealedLog) leaveOut(bad member, size int64, cause error) error {
	wrong := &TamperError{Member: bad.name, Offset: bad.at, Err: cause}
	var inside *TamperError
	if errors.As(cause, &inside) {
		wrong.Offset, wrong.Err = bad.at+tarBlock+inside.Offset, inside.Err
	}
	next, err := l.nextLabel(bad.at+tarBlock, size)
	switch {
	case err != nil:
		return fmt.Errorf("open its log: %w", err)
	case next != "":
		wrong.Err = fmt.Errorf("it does not hold, and %s stands behind it", next)
		return wrong
	}
	l.beyond = size - bad.at
	l.interrupted = interrupted{l.beyond, bad.name}
	return nil
}

// nextLabel returns the name of the next member from a place on, "" for none.
func (l *sealedLog) nextLabel(at, size int64) (string, error) {
	buffer := make([]byte, sealedChunk)
	for ; at < size; at += int64(len(buffer)) {
		n, err := l.file.ReadAt(buffer, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", unreadable(err)
		}
		for block := buffer[:n]; len(block) >= tarBlock; block = block[tarBlock:] {
			if named, err := readLabel(block[:tarBlock]); err == nil {
				return named.name, nil
			}
		}
	}
	return "", nil
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
