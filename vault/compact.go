package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"filippo.io/age"
)

const (
	// maxSmall is the size below which members are folded, in bytes, and manyMembers
	// how many of them are put up with.
	maxSmall    = 1 << 20
	manyMembers = 256
	// longLog is the size of a log past which compacting is due, in
	// bytes, unless its base is more than four times as long.
	longLog = 64 << 20
)

// Compact writes base and log into a new base, with a fresh key and to the present
// recipients, and drops the log, and what was kept of forms that were kept again, sent
// or dropped since. It needs no identity and about as much free space as the vault has.
// Progress, which may be nil, hears how many of all bytes are written. A compaction that
// fails leaves the vault as it was; where that cannot be told, later calls return
// ErrPoisoned.
func (v *Vault) Compact(ctx context.Context, progress func(done, total int64)) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.writable(ctx); err != nil {
		return fmt.Errorf("compact %s: %w", v.name, err)
	}
	if err := v.compact(ctx, progress); err != nil {
		return fmt.Errorf("compact %s: %w", v.name, err)
	}
	return nil
}

func (v *Vault) compact(ctx context.Context, progress func(done, total int64)) error {
	return v.rewrite(ctx, v.recipients, nil, progress)
}

// rewrite seals the vault anew, to recipients, with a fresh key and journal identity,
// and with what change wrote, which may be nil: it is seen in the new base alone, so
// that a crash leaves the state before or after, whole.
func (v *Vault) rewrite(ctx context.Context, recipients []Recipient, change func(*Tx) error, progress func(done, total int64)) error {
	key, err := v.sealNext(ctx, recipients, change, progress)
	if err != nil {
		return err
	}
	// From here on the new base is the vault; the old log is of an earlier generation.
	v.mu.Lock()
	v.recipients = recipients
	v.mu.Unlock()
	saved, again := v.settings.now(), v.reopen
	if change == nil {
		again = v.reattach
	}
	if err := again([]age.Identity{key}, saved); err != nil {
		v.poisoned = fmt.Errorf("open what was compacted: %w", err)
		return v.poisoned
	}
	v.memory.keep(v.history, v.saved, false)
	v.log.mu.Lock()
	defer v.log.mu.Unlock()
	// Whatever is in it, an interrupted save alone too, is in the new base or was never
	// acknowledged. One that stays is known by its generation, and goes with the next
	// save.
	v.log.stale = v.log.file != nil
	_ = v.log.removeStale()
	return nil
}

// sealNext seals the next generation, in a transaction that is rolled back in the
// present one.
func (v *Vault) sealNext(ctx context.Context, recipients []Recipient, change func(*Tx) error, progress func(done, total int64)) (*fileKey, error) {
	if err := v.db.exec("begin immediate"); err != nil {
		return nil, err
	}
	defer func() { _ = v.db.exec("rollback") }()
	tx := v.newTx(ctx)
	if change != nil {
		if err := errors.Join(change(tx), tx.broken); err != nil {
			return nil, err
		}
	}
	if err := tx.dropSpent(); err != nil {
		return nil, err
	}
	to, key := remember(recipients, v.settings.plugins)
	pages, err := v.nextPages(ctx, recipients, tx.thorough, progress)
	if err != nil {
		return nil, err
	}
	return key, v.seal(ctx, to, pages)
}

// nextPages writes number, journal identity and recipients of the next generation
// within the open transaction and returns what streams the database as it then is.
func (v *Vault) nextPages(ctx context.Context, recipients []Recipient, thorough bool, progress func(done, total int64)) (func(io.Writer) error, error) {
	identity, err := journalIdentity(recipients)
	if err != nil {
		return nil, err
	}
	if err := v.db.exec("update _journal set generation = generation + 1, identity = ?", identity); err != nil {
		return nil, err
	}
	if err := v.db.putRecipients(recipients); err != nil {
		return nil, err
	}
	var total int64
	if err := v.db.row("select page_count * ? from pragma_page_count", pageSize).Scan(&total); err != nil {
		return nil, err
	}
	if thorough {
		total *= 2 // all is read before it is written
	}
	return func(w io.Writer) error {
		return v.db.writePages(ctx, &counting{w: w, total: total, tell: progress}, thorough)
	}, nil
}

// seal puts a new base in the place of the vault's.
func (v *Vault) seal(ctx context.Context, recipients []age.Recipient, pages func(io.Writer) error) error {
	err := writeSealed(ctx, v.settings.disk, v.path, recipients, pages, v.unchangedOnDisk)
	var doubt inDoubt
	if errors.As(err, &doubt) {
		v.poisoned = err
	}
	return err
}

// counting tells how far a writing has come, every 4 MiB.
type counting struct {
	w                 io.Writer
	done, told, total int64
	tell              func(done, total int64)
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.count(n)
	return n, err
}

func (c *counting) count(n int) {
	if c.done += int64(n); c.tell != nil && (c.done-c.told >= 4<<20 || c.done == c.total) {
		c.told = c.done
		c.tell(c.done, c.total)
	}
}

// fold seals each run of small members again as one, which has the name of its
// first: opening a vault then costs by the byte and not by the save.
func (l *sealedLog) fold() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readOnly || l.poison != nil || l.file == nil || len(l.members) < 2 {
		return l.poison
	}
	if err := l.unchanged(); err != nil {
		l.poison = inDoubt{fmt.Errorf("fold the log: %w", err)}
		return l.poison
	}
	temporary := replacement(l.path)
	f, err := l.disk.openLog(temporary, toMake)
	if err != nil {
		return fmt.Errorf("fold the log: %w", withoutPath(err))
	}
	folded := newFolded(l, f)
	if err = folded.write(l); err == nil {
		err = withoutPath(f.Sync())
	}
	if err == nil {
		err = withoutPath(l.disk.rename(temporary, l.path))
	}
	if err != nil {
		_ = l.disk.remove(temporary)
		return fmt.Errorf("fold the log: %w", errors.Join(err, f.Close()))
	}
	closing := l.file.Close()
	l.file, l.members, l.tail, l.beyond = f, folded.members, folded.tail, 0
	if err := errors.Join(closing, l.disk.syncFolder(filepath.Dir(l.path))); err != nil {
		l.poison = inDoubt{fmt.Errorf("fold the log: %w", err)}
		return l.poison
	}
	return nil
}

// folded is the log that takes the place of another.
type folded struct {
	sealedLog
}

func newFolded(l *sealedLog, f logFile) *folded {
	return &folded{sealedLog{keys: l.keys, cache: l.cache, file: f}}
}

func (f *folded) write(old *sealedLog) error {
	for from := 0; from < len(old.members); {
		to := old.run(from)
		first := old.members[from]
		m := member{at: f.tail, offset: first.offset, sequence: first.sequence, name: memberName(f.generation, first.sequence)}
		var err error
		if to == from+1 {
			m.sealed, err = f.copy(old, first)
		} else {
			m.sealed, err = f.join(m.name, old.members[from:to])
		}
		if err != nil {
			return err
		}
		if err := f.open(&m); err != nil {
			return err
		}
		f.members = append(f.members, m)
		f.tail = m.end()
		from = to
	}
	return nil
}

// run is where the small members that begin at one end.
func (l *sealedLog) run(from int) (to int) {
	n, to := l.members[from].size, from+1
	if n >= maxSmall {
		return to
	}
	for ; to < len(l.members) && n < maxSmall && l.members[to].size < maxSmall; to++ {
		n += l.members[to].size
	}
	return to
}

// join seals members again as one.
func (f *folded) join(name string, members []member) (sealed int64, err error) {
	parts := make([]io.Reader, len(members))
	for i, m := range members {
		parts[i] = io.NewSectionReader(m, 0, m.size)
	}
	whole, sealed, err := sealMember(&f.sealing, name, io.MultiReader(parts...), f.recipient)
	if err != nil {
		return 0, err
	}
	_, err = f.file.WriteAt(whole, f.tail)
	return sealed, withoutPath(err)
}

// copy keeps a member as it is sealed.
func (f *folded) copy(old *sealedLog, m member) (sealed int64, err error) {
	into := io.NewOffsetWriter(f.file, f.tail)
	_, err = io.Copy(into, io.NewSectionReader(old.file, m.at, m.end()-m.at))
	return m.sealed, withoutPath(err)
}
