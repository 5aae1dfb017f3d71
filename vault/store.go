package vault

import (
	"context"
	"errors"
	"sync"

	"filippo.io/age"

	"tickmark/questionnaires"
)

// maxIdle is how many connections of readers are kept for the next ones.
const maxIdle = 4

// store is an open vault of one generation: its files, and SQLite's connections to
// them. Whoever reads holds on to the one it began with, so that neither a save nor
// a compaction waits for readers, nor they for it.
type store struct {
	cache *cache
	base  *base
	log   *sealedLog
	all   *connections
	db    *database // of whoever writes

	mu      sync.Mutex
	idle    []*database
	users   int
	retired bool
}

// open opens base and log.
func (s *store) open(path string, identities []age.Identity, with settings) error {
	var err error
	if s.base, err = openBase(path, identities, s.cache); err != nil {
		return err
	}
	generation, text, err := journal(s.base)
	if err != nil {
		return err
	}
	s.log = &sealedLog{path: logPath(path), disk: with.disk, keys: keys{generation: generation}, readOnly: with.readOnly, cache: s.cache}
	if s.log.identity, s.log.recipient, err = journalKeys(text); err != nil {
		return err
	}
	if generation < 1 {
		return tampered("journal", "its identity or generation is none")
	}
	if err := s.log.recover(); err != nil {
		return err
	}
	return nil
}

// connect opens the database over base and log.
func (s *store) connect() error {
	var err error
	if s.all, err = overStores(s.base, s.log); err != nil {
		return err
	}
	s.db, err = s.all.open()
	return err
}

// take returns a connection that reads beside all others, false once the store was
// given up.
func (s *store) take() (*database, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retired {
		return nil, false, nil
	}
	if n := len(s.idle); n > 0 {
		d := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.users++
		return d, true, nil
	}
	d, err := s.all.open()
	if err != nil {
		return nil, true, err
	}
	s.users++
	return d, true, nil
}

// give returns a connection. The last one closes a store that was given up.
func (s *store) give(d *database) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.users--; s.retired || len(s.idle) >= maxIdle {
		err = d.close()
	} else {
		s.idle = append(s.idle, d)
	}
	if s.retired && s.users == 0 {
		err = errors.Join(err, s.close())
	}
	return err
}

// retire gives the store up: it is closed as soon as nobody reads from it.
func (s *store) retire() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retired {
		return nil
	}
	s.retired = true
	if s.users > 0 {
		return nil
	}
	return s.close()
}

func (s *store) close() error {
	var wrong []error
	for _, d := range s.idle {
		wrong = append(wrong, d.close())
	}
	return errors.Join(append(wrong, s.db.close(), s.all.close(), s.log.close(), s.base.close())...)
}

// reading is one consistent state of a vault, for one goroutine.
type reading struct {
	store   *store
	db      *database
	history *questionnaires.History
}

// reader takes a connection to read on, and what was last saved with it.
func (v *Vault) reader(ctx context.Context) (*reading, error) {
	if v.closed.Load() || v.store == nil {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d, open, err := v.store.take()
	switch {
	case err != nil:
		return nil, err
	case !open:
		return nil, ErrClosed
	}
	return &reading{store: v.store, db: d, history: v.history}, nil
}

// read begins to read the state that was last saved.
func (v *Vault) read(ctx context.Context) (*reading, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	r, err := v.reader(ctx)
	if err != nil {
		return nil, err
	}
	// SQLite takes its snapshot at the first look at the database.
	var version int
	if err := errors.Join(r.db.exec("begin"), r.db.row("pragma schema_version").Scan(&version)); err != nil {
		return nil, errors.Join(err, r.end())
	}
	return r, nil
}

func (r *reading) end() error {
	_ = r.db.exec("rollback")
	return r.store.give(r.db)
}

// lookup reads what is the same in every state, such as a body by its digest.
func (v *Vault) lookup(ctx context.Context, f func(*database) error) error {
	r, err := func() (*reading, error) { v.mu.RLock(); defer v.mu.RUnlock(); return v.reader(ctx) }()
	if err != nil {
		return err
	}
	return errors.Join(f(r.db), r.store.give(r.db))
}
