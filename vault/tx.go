package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Tx is one transaction: the vault as View sees it, or as Update changes it. It
// must not be used after the function it was given to returns.
type Tx struct {
	vault   *Vault
	ctx     context.Context
	db      *database
	added   []questionnaires.Entry
	tips    []engine.Digest
	history *questionnaires.History
	// payloads are those of the entries appended, by the entry's id.
	payloads map[engine.Digest][]byte
	write    bool
	changed  bool
	thorough bool  // what is compacted must not keep anything that was deleted
	broken   error // the first failure: after it nothing is committed
}

// View calls f with one consistent state, whatever is saved meanwhile. Nothing can be
// written in it.
func (v *Vault) View(ctx context.Context, f func(*Tx) error) error {
	r, err := v.read(ctx)
	if err != nil {
		return fmt.Errorf("view %s: %w", v.name, err)
	}
	return errors.Join(f(&Tx{vault: v, ctx: ctx, db: r.db, history: r.history}), r.end())
}

// Update calls f and saves what it wrote, all or nothing. When it returns nil the
// disk has it; after an error file and vault are as they were, and where that
// cannot be told, later calls return ErrPoisoned. An f that writes nothing saves
// nothing.
func (v *Vault) Update(ctx context.Context, f func(*Tx) error) error {
	if err := v.update(ctx, f); err != nil {
		return fmt.Errorf("save %s: %w", v.name, err)
	}
	return nil
}

func (v *Vault) update(ctx context.Context, f func(*Tx) error) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.writable(ctx); err != nil {
		return err
	}
	if err := v.db.exec("begin immediate"); err != nil {
		return err
	}
	tx := v.newTx(ctx)
	committed := false
	defer func() {
		if !committed {
			// SQLite may have rolled back by itself already.
			_ = v.db.exec("rollback")
		}
	}()
	if err := errors.Join(f(tx), tx.broken); err != nil {
		return err
	}
	if err := v.commit(tx); err != nil {
		return err
	}
	committed = true
	return nil
}

// newTx is a transaction that may write, on what was last saved.
func (v *Vault) newTx(ctx context.Context) *Tx {
	return &Tx{vault: v, ctx: ctx, db: v.db, history: v.history, tips: v.history.Tips(), write: true}
}

func (v *Vault) writable(ctx context.Context) error {
	switch {
	case v.closed.Load():
		return ErrClosed
	case v.settings.readOnly:
		return ErrReadOnly
	case v.poisoned != nil:
		return fmt.Errorf("%w: %w", ErrPoisoned, v.poisoned)
	}
	return ctx.Err()
}

// commit saves a transaction: SQLite writes its pages to the log, and forcing that
// seals them as one member.
func (v *Vault) commit(tx *Tx) error {
	history, err := tx.History()
	if err != nil {
		return err
	}
	if !tx.changed {
		return v.db.exec("rollback")
	}
	if err := errors.Join(tx.ctx.Err(), v.unchangedOnDisk()); err != nil {
		var doubt inDoubt
		if errors.As(err, &doubt) {
			v.poisoned = err
		}
		return err
	}
	if err := v.publish(state{v.settings.now(), history}); err != nil {
		v.poisoned = v.log.failure()
		return err
	}
	v.memory.keep(v.history, v.saved, false)
	if v.log.small() <= manyMembers {
		return nil
	}
	// What was saved is saved, whether or not it could be folded.
	if err := v.log.fold(); err != nil {
		v.poisoned = v.log.failure()
	}
	return nil
}

// publish commits, and shows what was saved to those who read from then on.
func (v *Vault) publish(next state) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.db.exec("commit"); err != nil {
		return err
	}
	v.state = next
	return nil
}

// unchangedOnDisk refuses to write over a file that something which does not ask
// for the lock (a copy, a synchronizing folder) put there meanwhile.
func (v *Vault) unchangedOnDisk() error {
	now, err := stampOf(v.path)
	switch {
	case errors.Is(err, os.ErrNotExist) && v.store == nil:
		return nil // being created
	case err != nil:
		return fmt.Errorf("look at it before it is replaced: %w", err)
	case v.store == nil || !now.equals(v.base.stamp):
		return inDoubt{errors.New("another program put a different file in its place")}
	}
	return nil
}

// Now is the time that what is written now carries.
func (tx *Tx) Now() time.Time { return tx.vault.settings.now() }

// NewID draws an id.
func (tx *Tx) NewID() (questionnaires.ID, error) {
	return questionnaires.NewID(tx.vault.settings.random)
}

// History is the history with what this transaction appended.
func (tx *Tx) History() (*questionnaires.History, error) {
	if len(tx.added) > 0 {
		h, err := tx.following()
		if err != nil {
			return nil, err
		}
		tx.history, tx.added = h, nil
	}
	return tx.history, nil
}

// following is the history with what was added to it.
func (tx *Tx) following() (*questionnaires.History, error) {
	if tx.history == nil {
		return questionnaires.NewHistory(tx.added, tx.payload)
	}
	return tx.history.With(tx.payload, tx.added...)
}

// payload reads what an entry says. Histories outlive the transaction they were made
// in, which knows but those that it appended itself.
func (tx *Tx) payload(e questionnaires.Entry) ([]byte, error) {
	if own, is := tx.payloads[e.ID]; is {
		return own, nil
	}
	return tx.vault.payload(e)
}

// Body is Vault.Body within the transaction.
func (tx *Tx) Body(d engine.Digest) ([]byte, error) {
	if err := tx.gone(d); err != nil {
		return nil, err
	}
	return tx.db.body(tx.vault.codec, d)
}

// Append signs a draft as the vault's author, whose parents are the present tips,
// and stores it with its payload.
func (tx *Tx) Append(d questionnaires.Draft) (questionnaires.Entry, error) {
	author := tx.vault.settings.author
	if author == nil || !tx.write {
		return questionnaires.Entry{}, fmt.Errorf("append %s: %w", d.Action, ErrReadOnly)
	}
	// The saved history knows the author, unless this transaction enrolled them: it
	// is not made anew for each of many entries.
	h := tx.vault.history
	if _, enrolled := h.Author(author.Author.ID); !enrolled {
		var err error
		if h, err = tx.History(); err != nil {
			return questionnaires.Entry{}, err
		}
		if _, enrolled := h.Author(author.Author.ID); !enrolled {
			return questionnaires.Entry{}, fmt.Errorf("append %s: %w", d.Action, ErrNotEnrolled)
		}
	}
	return tx.sign(h.Vault(), d)
}

func (tx *Tx) sign(vault engine.Digest, d questionnaires.Draft) (questionnaires.Entry, error) {
	e, payload, err := questionnaires.SignEntry(tx.vault.settings.author, vault, tx.tips, d, tx.Now())
	if err != nil {
		return questionnaires.Entry{}, err
	}
	err = tx.change("append "+d.Action.String(), func() error {
		return tx.db.putEntry(e, payload)
	})
	if err != nil {
		return questionnaires.Entry{}, err
	}
	if tx.payloads == nil {
		tx.payloads = map[engine.Digest][]byte{}
	}
	tx.payloads[e.ID] = payload
	tx.added = append(tx.added, e)
	if !e.Action.Side() {
		tx.tips = []engine.Digest{e.ID}
	}
	return e, nil
}

// found writes what every vault begins with.
func (tx *Tx) found(founding questionnaires.Draft) error {
	e, err := tx.sign(engine.Digest{}, founding)
	if err != nil {
		return err
	}
	identity, err := journalIdentity(tx.vault.recipients)
	if err != nil {
		return err
	}
	return tx.change("found", func() error { return tx.db.found(e.ID, identity, tx.vault.recipients) })
}

// change runs one write. A failed one leaves nothing to be committed, since SQLite
// may have rolled the transaction back.
func (tx *Tx) change(what string, write func() error) error {
	if !tx.write {
		return fmt.Errorf("%s: %w", what, ErrReadOnly)
	}
	if tx.broken != nil {
		return tx.broken
	}
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	tx.changed = true
	if err := write(); err != nil {
		tx.broken = fmt.Errorf("%s: %w", what, err)
		return tx.broken
	}
	return nil
}

// Append signs drafts in their order, in one Update.
func (v *Vault) Append(ctx context.Context, drafts ...questionnaires.Draft) ([]questionnaires.Entry, error) {
	entries := make([]questionnaires.Entry, 0, len(drafts))
	err := v.Update(ctx, func(tx *Tx) error {
		for _, d := range drafts {
			e, err := tx.Append(d)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}
