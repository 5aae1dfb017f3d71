package vault

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

const (
	memoryVersion = 1
	// maxMemory bounds a remembered head, in bytes: some 900 tips.
	maxMemory = 64 << 10
	// memoryTries is how often, a millisecond apart, the folder's lock is asked for.
	memoryTries = 50
)

// remembered is the last state of a vault that was seen at a path. What its files
// cannot tell, that both were put back to an earlier copy or cut between two saves,
// shows against it. It names no client and no path.
type remembered struct {
	Version int             `json:"v"`
	Vault   engine.Digest   `json:"vault"`
	Tips    []engine.Digest `json:"tips"`    // sorted
	Entries int             `json:"entries"` // of the history
	Side    int             `json:"side"`    // of the side log
	Time    time.Time       `json:"time"`    // when it was seen
}

// placed is which vault was last seen at a path.
type placed struct {
	Version int           `json:"v"`
	Vault   engine.Digest `json:"vault"`
}

// memory keeps the head of one vault at one path in the user's folder, and what the
// user should hear. Without a folder it only does the latter.
type memory struct {
	folder      string
	vault       engine.Digest
	file, place string
	kept        remembered // as it was last written, the zero value if it was not
	frozen      bool       // the file is left as it is
	mu          sync.Mutex // of what follows
	notices     []string
}

// errNewerMemory says that a later version of this program wrote the file.
var errNewerMemory = errors.New("a newer version of Tickmark wrote it")

func newMemory(folder string, vault engine.Digest, path string) *memory {
	m := &memory{vault: vault}
	if folder == "" {
		return m
	}
	name := func(kind string, parts ...[]byte) string {
		sum := engine.Sum(bytes.Join(append([][]byte{[]byte(kind)}, parts...), []byte{0}))
		return filepath.Join(m.folder, hex.EncodeToString(sum[:]))
	}
	m.folder = filepath.Join(folder, "heads")
	m.file, m.place = name("head", vault[:], []byte(path)), name("place", []byte(path))
	return m
}

func (m *memory) note(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if text := fmt.Sprintf(format, args...); !slices.Contains(m.notices, text) {
		m.notices = append(m.notices, text)
	}
}

// recall compares an opened vault with what is remembered of it, and remembers what
// it is now. A vault that lacks what was saved is ErrRolledBack, where its log ends
// in something that does not hold a *TamperError. A memory that cannot be read or
// written keeps no vault shut: that is a notice.
func (v *Vault) recall(again func() error) error {
	m := newMemory(v.settings.memory, v.history.Vault(), v.path)
	v.memory = m
	if m.folder != "" {
		if err := m.recall(v, again); err != nil {
			// What lies there is left as it is, its torn tail included.
			v.poisoned = err
			return err
		}
	}
	if v.log.dropped > 0 && !m.frozen {
		m.note("%d bytes of %s were left out: it was never acknowledged", v.log.dropped, v.unfinished())
	}
	return nil
}

// unfinished is what a log that ends in the middle of a save shows. Beside a reader
// somebody may be saving.
func (v *Vault) unfinished() string {
	if _, err := os.Lstat(v.path + ".lock"); err == nil && v.settings.readOnly {
		return "a save that is under way or was interrupted"
	}
	return "an interrupted save"
}

func (m *memory) recall(v *Vault, again func() error) error {
	var was remembered
	switch err := m.read(&was); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		m.frozen = errors.Is(err, errNewerMemory)
		m.note("what was remembered of it is not used, since it cannot be read: %v", withoutPath(err))
	default:
		if lacks, _ := v.lacks(was); lacks && v.settings.readOnly {
			// Where it cannot be looked at again, the first look counts.
			_ = again()
		}
		if err := m.compare(was, v); err != nil {
			return err
		}
		m.kept = was
	}
	m.lookAround(v.history.Vault())
	m.keep(v.history, v.settings.now(), v.settings.readOnly)
	return nil
}

// memorize remembers a vault that was just made, whatever stood in its place before.
func (v *Vault) memorize() error {
	real, err := filepath.EvalSymlinks(v.path)
	if err != nil {
		return withoutPath(err)
	}
	m := newMemory(v.settings.memory, v.history.Vault(), real)
	v.memory = m
	if m.folder != "" {
		m.write(m.place, placed{memoryVersion, v.history.Vault()}, nil)
	}
	m.keep(v.history, v.settings.now(), false)
	return nil
}

// lacks reports whether something that is remembered is not in the vault, and how many
// of its notes, those of the side log, are not.
func (v *Vault) lacks(was remembered) (lacks bool, notes int) {
	notes = max(0, was.Side-len(v.history.SideLog()))
	return notes > 0 || !v.history.Holds(was.Tips), notes
}

// compare judges what a vault holds by what is remembered.
func (m *memory) compare(was remembered, v *Vault) error {
	h := v.history
	lacks, notes := v.lacks(was)
	lost := fmt.Errorf("%w: what was saved here by %s (%d entries, head %s) is missing; it holds %d entries", ErrRolledBack,
		was.Time.UTC().Format(time.RFC3339), was.Entries, questionnaires.HeadOf(was.Tips).Short(), len(h.Entries()))
	switch there := h.Holds(was.Tips); {
	case v.settings.allowOlder && lacks:
		m.frozen = true
		m.note("%v", lost)
	case lacks && v.log.dropped > 0:
		return &TamperError{Member: v.log.interrupted.member, Offset: v.log.tail, Err: lost}
	case !there:
		return lost
	case notes > 0:
		// The head does not cover the side log, and two copies of a vault differ in it
		// lawfully, as when one comes back from somebody who did not have the other's.
		m.note("%d notes of opening, printing or signing that were saved here by %s are missing", notes, was.Time.UTC().Format(time.RFC3339))
	}
	return nil
}

// read reads the head that is remembered.
func (m *memory) read(was *remembered) error {
	err := readMemory(m.file, was)
	if errors.Is(err, errNoMemory) {
		// It may be half written.
		if unlock, cannot := m.lock(); cannot == nil {
			err = readMemory(m.file, was)
			unlock()
		}
	}
	if err == nil && was.Vault != m.vault {
		err = errNoMemory
	}
	return err
}

// lookAround tells of another vault that was last seen at the same path.
func (m *memory) lookAround(vault engine.Digest) {
	var was placed
	switch err := readMemory(m.place, &was); {
	case errors.Is(err, errNewerMemory), err == nil && was.Vault == vault:
		return
	case err == nil:
		m.note("another vault stood here, %s, and now %s does", was.Vault.Short(), vault.Short())
	}
	m.write(m.place, placed{memoryVersion, vault}, nil)
}

// keep remembers a history that was saved or seen. It is not forced to the disk: if
// it is lost, an older head remains, and that is in the history as well.
func (m *memory) keep(h *questionnaires.History, now time.Time, reader bool) {
	if m == nil || m.folder == "" || m.frozen {
		return
	}
	is := remembered{memoryVersion, h.Vault(), h.Tips(), len(h.Entries()), len(h.SideLog()), now.UTC().Truncate(time.Millisecond)}
	if slices.Equal(is.Tips, m.kept.Tips) && is.Side == m.kept.Side {
		return
	}
	var unless func() bool
	if reader {
		// A writer may have saved since this vault was read.
		unless = func() bool {
			var was remembered
			return readMemory(m.file, &was) == nil && (!h.Holds(was.Tips) || was.Side > is.Side)
		}
	}
	if m.write(m.file, is, unless) {
		m.kept = is
	}
}

// write puts a file in its place, unless something speaks against it while the lock
// of the folder is held.
func (m *memory) write(path string, what any, unless func() bool) bool {
	err := func() error {
		text, err := engine.Canonical(what)
		if err != nil {
			return err
		}
		if len(text) > maxMemory {
			return errors.New("the history has too many ends")
		}
		unlock, err := m.lock()
		if err != nil {
			return err
		}
		defer unlock()
		if unless != nil && unless() {
			return nil
		}
		return overwrite(path, text)
	}()
	if err != nil {
		m.note("it is not remembered that this was saved, so a later roll back could stay unseen: %v", err)
	}
	return err == nil
}

// overwrite puts a text in the place of a file's. Where there is one it is written
// over at once, in sectors of 512 bytes that newlines fill: putting another file in
// its place would make ext4 flush it, which costs more than the save that it is
// about. What a power cut leaves of it is of either state, or is not used.
func overwrite(path string, text []byte) error {
	const sector = 512
	info, err := os.Lstat(path)
	there := err == nil && info.Mode().IsRegular() && info.Size() <= maxMemory
	size := len(text)
	if there {
		size = max(size, int(info.Size()))
	}
	text = append(text, bytes.Repeat([]byte("\n"), (size+sector-1)/sector*sector-len(text))...)
	if !there {
		if err := os.WriteFile(path+".new", text, 0o600); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(text, 0)
	return errors.Join(err, f.Close())
}

// lock takes the lock of the folder, which is made if it is not there. Nobody holds
// it for longer than a file takes to write, and nobody waits long for it.
func (m *memory) lock() (unlock func(), err error) {
	path := filepath.Join(m.folder, "lock")
	f, err := openLock(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(m.folder, 0o700); err == nil {
			f, err = openLock(path)
		}
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return func() {}, os.MkdirAll(m.folder, 0o700)
	}
	if err != nil {
		return nil, err
	}
	for range memoryTries {
		taken, err := tryLock(f)
		if taken {
			return func() { _ = f.Close() }, nil
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errors.Join(fmt.Errorf("%s is locked", path), f.Close())
}

// readMemory reads a file of the user's folder, which is not trusted to be what was
// written there.
func readMemory[T remembered | placed](path string, into *T) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMemory+1))
	if err != nil {
		return err
	}
	return parseMemory(text, into)
}

var errNoMemory = errors.New("it is not what was written")

// parseMemory accepts exactly what is written: a canonical text, and newlines.
func parseMemory[T remembered | placed](text []byte, into *T) error {
	if len(text) > maxMemory {
		return errNoMemory
	}
	var version struct {
		Version int `json:"v"`
	}
	if json.Unmarshal(text, &version) == nil && version.Version > memoryVersion {
		return errNewerMemory
	}
	var parsed T
	if err := json.Unmarshal(text, &parsed); err != nil || version.Version != memoryVersion {
		return errNoMemory
	}
	if again, err := engine.Canonical(parsed); err != nil || !bytes.Equal(again, bytes.TrimRight(text, "\n")) {
		return errNoMemory
	}
	if is, head := any(parsed).(remembered); head && !is.sensible() {
		return errNoMemory
	}
	*into = parsed
	return nil
}

func (r remembered) sensible() bool {
	sorted := slices.IsSortedFunc(r.Tips, func(a, b engine.Digest) int {
		if c := bytes.Compare(a[:], b[:]); c != 0 {
			return c
		}
		return 1
	})
	return !r.Vault.IsZero() && len(r.Tips) > 0 && sorted && r.Entries >= len(r.Tips) && r.Side >= 0
}

// Accept forgets what is remembered of a vault that AllowOlder let in, and
// remembers what it is now.
func (v *Vault) Accept() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.closed.Load() {
		return fmt.Errorf("accept %s: %w", v.name, ErrClosed)
	}
	m := v.memory
	if m.folder == "" {
		return nil
	}
	m.frozen, m.kept = false, remembered{}
	if err := os.Remove(m.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("accept %s: %w", v.name, err)
	}
	m.keep(v.history, v.settings.now(), false)
	if len(m.kept.Tips) == 0 {
		return fmt.Errorf("accept %s: %s", v.name, v.Notices()[len(m.notices)-1])
	}
	return nil
}

// Notices is what whoever opened the vault should hear, each a sentence without an
// end: bytes of an interrupted save that were left out, another vault that stood
// here, a memory that could not be read or written. It may grow with each save and
// stays after closing.
func (v *Vault) Notices() []string {
	if v.memory == nil {
		return nil
	}
	v.memory.mu.Lock()
	defer v.memory.mu.Unlock()
	return slices.Clone(v.memory.notices)
}
