package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Vault is one open vault. Its methods may be called from several goroutines;
// View and Update must not be called from within another's function.
type Vault struct {
	name       string // as the caller gave it, for messages
	path       string // of the file itself, absolute, links followed
	settings   settings
	recipients []age.Recipient
	codec      *codec
	db         *database
	lock       *lock

	mu       sync.RWMutex // an Update excludes Views and other Updates
	stamp    stamp        // the file as it was last read or written
	saved    time.Time
	entries  []questionnaires.Entry
	history  *questionnaires.History
	poisoned error
	intake   sync.Mutex // one file is taken in at a time
	closed   atomic.Bool
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
	rows, err := storeRecipients(recipients)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(v.path); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(errors.New("it is there already"), withoutPath(err))
	}
	if v.lock, err = lockVault(v.path, v.settings.now()); err != nil {
		return err
	}
	if err := removeLeftover(v.settings.disk, v.path); err != nil {
		return err
	}
	v.recipients = recipients
	if v.db, err = newDatabase(); err != nil {
		return err
	}
	return v.update(ctx, true, func(tx *Tx) error { return tx.found(founding, rows) })
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
	image, stamp, err := readSealed(v.path, identities)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	v.stamp, v.saved = stamp, stamp.time()
	if v.db, err = loadDatabase(image); err != nil {
		return err
	}
	return v.load(identities)
}

// load reads what an open vault keeps at hand.
func (v *Vault) load(identities []age.Identity) error {
	rows, err := v.db.recipients()
	if err != nil {
		return tampered("recipients", "%w", err)
	}
	if !v.settings.readOnly {
		if v.recipients, err = loadRecipients(rows, identities); err != nil {
			return fmt.Errorf("read recipients: %w", err)
		}
	}
	if v.entries, err = v.db.entries(); err != nil {
		return tampered("journal", "%w", err)
	}
	if v.history, err = questionnaires.NewHistory(v.entries, v.payload); err != nil {
		return tampered("journal", "%w", err)
	}
	var id string
	if err := v.db.row("select vault_id from _journal").Scan(&id); err != nil {
		return tampered("journal", "read the vault's id: %w", err)
	}
	if id != v.history.Vault().String() {
		return tampered("journal", "it is of vault %.12s, its first entry of %.12s", id, v.history.Vault())
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

// Close forgets the vault's contents and gives up its lock. What was not saved
// by an Update was never part of it.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed.Swap(true) {
		return nil
	}
	var err error
	if v.db != nil {
		err = v.db.close()
	}
	v.codec.close()
	if err = errors.Join(err, v.lock.release()); err != nil {
		return fmt.Errorf("close %s: %w", v.name, err)
	}
	return nil
}
