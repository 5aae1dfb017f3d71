package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Vault is one open vault. Its methods may be called from several goroutines: any
// number read while one writes. Update must not be called from within an Update's
// function.
type Vault struct {
	name       string // as the caller gave it, for messages
	path       string // of the file itself, absolute, links followed
	settings   settings
	codec      *codec
	lock       *lock
	memory     *memory
	writing    sync.Mutex // an Update or a compaction excludes others
	poisoned   error      // of whoever holds writing
	intake     sync.Mutex // one file is taken in at a time
	closed     atomic.Bool
	mu         sync.RWMutex // of what follows
	recipients []Recipient  // changed by whoever holds writing
	*store
	state
}

// state is what was last saved.
type state struct {
	saved   time.Time
	history *questionnaires.History
}

// Create makes a vault for one entity, sealed to recipients, whose first entry
// is signed by the author; WithAuthor and ForEntity are needed. It refuses to
// replace a file. The vault stays open and locked.
func Create(ctx context.Context, path string, recipients []age.Recipient, opts ...Option) (*Vault, error) {
	v, err := newVault(path, opts)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	if err := v.create(ctx, recipients); err != nil {
		return nil, errors.Join(fmt.Errorf("create %s: %w", path, err), v.Close())
	}
	return v, nil
}

func newVault(path string, opts []Option) (*Vault, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	c, err := newCodec()
	if err != nil {
		return nil, err
	}
	return &Vault{name: path, path: absolute, settings: newSettings(opts), codec: c}, nil
}

func (v *Vault) create(ctx context.Context, recipients []age.Recipient) error {
	if v.settings.author == nil || v.settings.readOnly {
		return errors.New("a new vault needs an author who signs its first entry")
	}
	founding, err := questionnaires.NewVault(v.settings.entity, v.settings.author)
	if err != nil {
		return err
	}
	if v.recipients, err = sealedTo(recipients); err != nil {
		return err
	}
	if _, err := os.Lstat(v.path); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(errors.New("it is there already"), withoutPath(err))
	}
	if _, err := os.Lstat(logPath(v.path)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is there already: it may hold saves of a vault that was here", filepath.Base(logPath(v.path)))
	}
	if v.lock, err = lockVault(v.path, v.settings.now()); err != nil {
		return err
	}
	if err := removeLeftover(v.settings.disk, v.path); err != nil {
		return err
	}
	key, err := v.establish(ctx, founding)
	if err != nil {
		return err
	}
	if err := v.reopen([]age.Identity{key}, v.settings.now()); err != nil {
		return err
	}
	return v.memorize()
}

// establish seals the first base from a database in memory.
func (v *Vault) establish(ctx context.Context, founding questionnaires.Draft) (*fileKey, error) {
	db, err := newDatabase()
	if err != nil {
		return nil, err
	}
	defer db.close()
	tx := &Tx{vault: v, ctx: ctx, db: db, write: true}
	if err := tx.found(founding); err != nil {
		return nil, err
	}
	recipients, key := remember(v.recipients, v.settings.plugins)
	return key, v.seal(ctx, recipients, func(w io.Writer) error { return db.pages(ctx, w) })
}

// Open opens a vault with the first identity that fits. Without WithAuthor, or
// with ReadOnly, it takes no lock and writes nothing. The file is never changed
// by opening it.
func Open(ctx context.Context, path string, identities []age.Identity, opts ...Option) (*Vault, error) {
	v, err := newVault(path, opts)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := v.open(ctx, identities); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), v.Close())
	}
	return v, nil
}

func (v *Vault) open(ctx context.Context, identities []age.Identity) error {
	real, err := filepath.EvalSymlinks(v.path)
	if err != nil {
		return withoutPath(err)
	}
	v.path = real
	if !v.settings.readOnly {
		if v.lock, err = lockVault(v.path, v.settings.now()); err != nil {
			return err
		}
		if err := removeLeftover(v.settings.disk, v.path); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := v.attach(identities); err != nil {
		return err
	}
	if err := v.load(identities); err != nil {
		return err
	}
	// A writer may save while a reader opens: what is remembered by then, the files
	// have when they are looked at again.
	return v.recall(func() error { return v.reopen(identities, time.Time{}) })
}

// manyLooks is how often a reader looks at a vault that is changed meanwhile.
const manyLooks = 10

// attach opens base, log and database. A reader, who has no lock, may come between
// the new base and the new log of a compaction, or into the middle of a save: where
// something is odd and the files changed meanwhile, it looks again.
func (v *Vault) attach(identities []age.Identity) error {
	for attempt := 0; ; attempt++ {
		s := &store{cache: newCache()}
		before := look(v.path)
		err := s.open(v.path, identities, v.settings)
		if err == nil {
			err = s.connect()
		}
		if err == nil {
			err = s.db.load()
		}
		now := look(v.path)
		odd := err != nil || s.log.dropped > 0 || !now.base.equals(before.base)
		if v.settings.readOnly && odd && !now.equals(before) && attempt < manyLooks {
			_ = s.retire()
			continue
		}
		if err != nil {
			return errors.Join(err, s.retire())
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.store = s
		return nil
	}
}

// reopen opens what is at the vault's place now. Those who still read from what was
// there before go on doing so.
func (v *Vault) reopen(identities []age.Identity, saved time.Time) error {
	before := v.store
	if err := v.attach(identities); err != nil {
		return err
	}
	return errors.Join(before.retire(), v.loadJournal(saved))
}

// reattach opens the base that was just made of what the vault holds. The history is
// the one at hand, without what is left out: read again, it would need its memory twice.
func (v *Vault) reattach(identities []age.Identity, saved time.Time) error {
	before := v.store
	if err := v.attach(identities); err != nil {
		return err
	}
	history := v.history.WithoutSpent()
	v.mu.Lock()
	v.state = state{saved: saved, history: history}
	v.mu.Unlock()
	return errors.Join(before.retire(), v.belongs(history))
}

// load reads what an open vault keeps at hand.
func (v *Vault) load(identities []age.Identity) error {
	rows, err := v.db.recipients()
	if err != nil {
		return tampered("recipients", "%w", err)
	}
	if v.recipients, err = loadRecipients(rows, identities, v.settings.readOnly); err != nil {
		return fmt.Errorf("read recipients: %w", err)
	}
	return v.loadJournal(time.Time{})
}

// loadJournal reads the journal. Where it is not said when the vault was saved, it
// was at its newest entry.
func (v *Vault) loadJournal(saved time.Time) error {
	entries, near, err := v.db.entries()
	if err != nil {
		return tampered("journal", "%w", err)
	}
	if saved.IsZero() {
		for _, e := range entries {
			if e.Time.After(saved) {
				saved = e.Time
			}
		}
	}
	// Nobody else reads or writes yet, so no further connection is needed.
	loading := v.db
	history, err := questionnaires.NewHistory(entries, func(e questionnaires.Entry) ([]byte, error) {
		if payload, is := near.of[e.ID]; is {
			return payload, nil
		}
		if loading != nil {
			return loading.payload(e)
		}
		return v.payload(e)
	})
	if err != nil {
		return tampered("journal", "%w", err)
	}
	loading = nil
	near.loaded(entries)
	if err := v.belongs(history); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = state{saved: saved, history: history}
	return nil
}

// belongs refuses a journal that is of another vault than the history.
func (v *Vault) belongs(history *questionnaires.History) error {
	var id string
	if err := v.db.row("select vault_id from _journal").Scan(&id); err != nil {
		return tampered("journal", "read the vault's id: %w", err)
	}
	if id != history.Vault().String() {
		return tampered("journal", "it is of vault %.12s, its first entry of %.12s", id, history.Vault())
	}
	return nil
}

// Path is the vault's path as it was given.
func (v *Vault) Path() string { return v.name }

// Author is who signs what is appended, false in a read-only vault.
func (v *Vault) Author() (questionnaires.Author, bool) {
	if v.settings.author == nil {
		return questionnaires.Author{}, false
	}
	return v.settings.author.Author, !v.settings.readOnly
}

// ReadOnly reports whether nothing can be written.
func (v *Vault) ReadOnly() bool { return v.settings.readOnly }

// Saved is when the vault was last saved.
func (v *Vault) Saved() time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.saved
}

// Head identifies the whole history, zero once the vault is closed.
func (v *Vault) Head() engine.Digest {
	h, err := v.History(context.Background())
	if err != nil {
		return engine.Digest{}
	}
	return h.Head()
}

// History is the history as it was last saved. It is made once and shared until
// something is appended.
func (v *Vault) History(ctx context.Context) (*questionnaires.History, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if err := v.usable(ctx); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return v.history, nil
}

func (v *Vault) usable(ctx context.Context) error {
	if v.closed.Load() {
		return ErrClosed
	}
	return ctx.Err()
}

// Recovered is how many bytes of an interrupted save were found at the end of the
// log when the vault was opened, and left out: that save was never acknowledged.
func (v *Vault) Recovered() int64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.store == nil {
		return 0
	}
	return v.log.dropped
}

// LogIsLong reports whether Compact is due: the log passed 64 MiB and a quarter of
// the base, as after a large intake. Compact takes a while, so that it is left to
// whoever can show how far it is.
func (v *Vault) LogIsLong() bool {
	v.writing.Lock()
	defer v.writing.Unlock()
	return v.writable(context.Background()) == nil && v.log.tail > max(longLog, v.base.size/4)
}

// tidy makes many small members few before the vault is closed. What fails in it is
// tried again at the next closing.
func (v *Vault) tidy() error {
	if v.settings.readOnly || v.poisoned != nil || v.store == nil || v.log.small() <= manyMembers/4 {
		return nil
	}
	return v.log.fold()
}

// Close forgets the vault's contents and gives up its lock. What was not saved
// by an Update was never part of it.
func (v *Vault) Close() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.closed.Load() {
		return nil
	}
	err := v.tidy()
	v.closed.Store(true)
	if err != nil {
		err = fmt.Errorf("everything is saved, only its log stays in many members: %w", err)
	}
	err = errors.Join(err, v.store.retire())
	if err = errors.Join(err, v.lock.release()); err != nil {
		return fmt.Errorf("close %s: %w", v.name, err)
	}
	return nil
}
