package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"filippo.io/age"
)

// sealedLog is SQLite's write-ahead log, kept as sealed members of a tar file
// beside the base: one per save. SQLite sees one file of bytes.
type sealedLog struct {
	keys
	path     string
	disk     disk
	readOnly bool
	cache    *cache

	mu      sync.RWMutex
	file    logFile // nil until there is one
	members []member
	size    int64 // bytes of SQLite's log that are in members
	tail    int64 // where the next member goes in the file
	beyond  int64 // bytes from tail on, to be cut off before a write
	stale   bool  // the file is of an earlier generation
	unforced
	interrupted
	poison error
}

// keys are what the members of one generation are sealed to.
type keys struct {
	generation int64
	identity   age.Identity
	recipient  age.Recipient
}

// unforced is what SQLite wrote and has not yet forced to the disk.
type unforced struct {
	pending []byte
	written int          // where its last write ended
	sealing bytes.Buffer // what the next member is sealed into
}

// maxKept is how much of what a save needed is kept for the next one, in bytes: a
// large intake saves again and again.
const maxKept = 16 << 20

// interrupted is what stands at the log's end and was never acknowledged.
type interrupted struct {
	dropped int64  // bytes
	member  string // what it begins with
}

func logPath(path string) string { return path + "-wal" }

// journalKeys reads the identity that members are sealed to.
func journalKeys(text string) (age.Identity, age.Recipient, error) {
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil || len(identities) != 1 {
		// The cause is left out: it could quote the secret.
		return nil, nil, tampered("journal", "its identity or generation is none")
	}
	recipient, err := RecipientOf(identities[0])
	return identities[0], recipient, err
}

// ReadAt reads SQLite's log: members, then what waits to be forced.
func (l *sealedLog) ReadAt(p []byte, at int64) (int, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := 0
	for n < len(p) {
		if at >= l.size {
			if at-l.size >= int64(len(l.pending)) {
				return n, io.EOF
			}
			copied := copy(p[n:], l.pending[at-l.size:])
			n, at = n+copied, at+int64(copied)
			continue
		}
		// The last member that begins at or before this byte.
		i, found := slices.BinarySearchFunc(l.members, at, func(m member, at int64) int { return int(min(max(m.offset-at, -1), 1)) })
		if !found {
			i--
		}
		m := l.members[i]
		want := p[n:min(int64(len(p)), int64(n)+m.offset+m.size-at)]
		read, err := m.ReadAt(want, at-m.offset)
		n, at = n+read, at+int64(read)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// WriteAt keeps what SQLite appends until it is forced. What was forced is never
// written again.
func (l *sealedLog) WriteAt(p []byte, at int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at < l.size {
		return 0, errors.New("what was saved is never written again")
	}
	end := int(at-l.size) + len(p)
	if end > len(l.pending) {
		l.pending = append(l.pending, make([]byte, end-len(l.pending))...)
	}
	l.written = end
	return copy(l.pending[at-l.size:], p), nil
}

// Truncate refuses: the log is only ever replaced as a whole.
func (l *sealedLog) Truncate(int64) error {
	return errors.New("the log of a vault is never cut by SQLite")
}

// Size is what SQLite sees, in bytes.
func (l *sealedLog) Size() (int64, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.size + int64(len(l.pending)), nil
}

// Sync seals what is pending as one member and forces it to the disk. A read-only
// vault keeps it in memory. After a failure that may have left the disk in doubt,
// nothing is written any more.
func (l *sealedLog) Sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readOnly {
		return nil
	}
	if l.poison != nil {
		return l.poison
	}
	// The header of the log alone waits for its first frame.
	if len(l.pending) == 0 || (l.size == 0 && len(l.pending) <= logHeader) {
		return nil
	}
	err := l.append()
	// SQLite counts what failed as never written; what lies beyond its last write
	// was rolled back.
	l.pending, l.written = l.pending[:0], 0
	if cap(l.pending) > maxKept {
		l.pending = nil
	}
	if l.sealing.Cap() > maxKept {
		l.sealing = bytes.Buffer{}
	}
	var doubt inDoubt
	if errors.As(err, &doubt) {
		l.poison = err
	}
	return err
}

func (l *sealedLog) append() error {
	end := l.written
	if start := int64(logHeader); l.size+int64(end) > start {
		// SQLite may have corrected a frame's header last.
		frames := (l.size + int64(end) - start + frameSize - 1) / frameSize
		end = int(start + frames*frameSize - l.size)
	}
	end = min(end, len(l.pending))
	if err := l.prepare(); err != nil {
		return err
	}
	m := member{at: l.tail, offset: l.size, sequence: 1}
	if len(l.members) > 0 {
		m.sequence = l.members[len(l.members)-1].sequence + 1
	}
	m.name = memberName(l.generation, m.sequence)
	whole, sealed, err := sealMember(&l.sealing, m.name, bytes.NewReader(l.pending[:end]), l.recipient)
	if err != nil {
		return err
	}
	if n, err := l.file.WriteAt(whole, l.tail); err != nil {
		l.beyond = max(int64(n), 1)
		return fmt.Errorf("append to the log: %w", errors.Join(withoutPath(err), l.cut()))
	}
	if err := l.file.Sync(); err != nil {
		// The system may keep in memory what it will never write again, and who opens
		// the vault next would see it, save behind it and lose both with the power.
		_ = l.file.Truncate(l.tail)
		return inDoubt{fmt.Errorf("force the log to the disk: %w", withoutPath(err))}
	}
	m.sealed = sealed
	if err := l.open(&m); err != nil {
		return inDoubt{fmt.Errorf("read back what was saved: %w", err)}
	}
	l.members = append(l.members, m)
	l.size += m.size
	l.tail = m.end()
	return nil
}

// open lets a member be read; its header and its last chunk are authenticated now.
func (l *sealedLog) open(m *member) (err error) {
	source := io.NewSectionReader(l.file, m.at+tarBlock, m.sealed)
	m.chunked, err = unseal(m.name, source, m.sealed, []age.Identity{l.identity}, l.cache)
	return err
}

// prepare makes the file fit to be appended to.
func (l *sealedLog) prepare() error {
	if err := l.removeStale(); err != nil {
		return err
	}
	if l.file == nil {
		f, err := l.disk.openLog(l.path, toMake)
		if err != nil {
			return fmt.Errorf("make the log: %w", withoutPath(err))
		}
		l.file = f
		if err := l.disk.syncFolder(filepath.Dir(l.path)); err != nil {
			return inDoubt{fmt.Errorf("force its folder to the disk: %w", withoutPath(err))}
		}
	}
	if err := l.unchanged(); err != nil {
		return inDoubt{err}
	}
	return l.cut()
}

// removeStale removes the log of an earlier generation. Readers may still hold it,
// so it is not cut.
func (l *sealedLog) removeStale() error {
	if !l.stale {
		return nil
	}
	if err := l.disk.remove(l.path); err != nil {
		return fmt.Errorf("remove the log of an earlier generation: %w", withoutPath(err))
	}
	err := l.file.Close()
	l.file, l.stale, l.beyond, l.tail = nil, false, 0, 0
	return err
}

// cut cuts off what a save left that was not finished. That is forced before another
// is appended: else a crash could leave sectors of both in one place, which looks
// like a member of another vault.
func (l *sealedLog) cut() error {
	if l.beyond == 0 {
		return nil
	}
	err := l.file.Truncate(l.tail)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return inDoubt{fmt.Errorf("cut off what an interrupted save left: %w", withoutPath(err))}
	}
	l.beyond = 0
	return nil
}

// unchanged refuses to append to a log that something else put there or wrote to.
func (l *sealedLog) unchanged() error {
	open, err := l.file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Lstat(l.path)
	if err != nil || !os.SameFile(open, named) || open.Size() != l.tail+l.beyond {
		return errors.New("another program changed the log, or put a different one in its place")
	}
	return nil
}

func (l *sealedLog) close() error {
	if l == nil || l.file == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}

// small is how many members a fold would make fewer.
func (l *sealedLog) small() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := 0
	for _, m := range l.members {
		if m.size < maxSmall {
			n++
		}
	}
	return n
}

// each shows every member; meanwhile none is folded away.
func (l *sealedLog) each(see func(member) error) error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, m := range l.members {
		if err := see(m); err != nil {
			return err
		}
	}
	return nil
}

// length is how many bytes of SQLite's log are saved.
func (l *sealedLog) length() int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.size
}

// failure is what makes further writing unsafe, nil while there is none.
func (l *sealedLog) failure() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.poison
}
