package vault

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// ExpungedError says that a body is gone for good, and what stays of it.
type ExpungedError struct {
	Tombstone questionnaires.Tombstone
}

func (e *ExpungedError) Error() string {
	return fmt.Sprintf("document %s was %s", e.Tombstone.Digest.Short(), e.Tombstone)
}

// Expunge takes a body out for good and signs the draft that says so, which is one
// of History.Expunge or ExpungeDocument. It is a compaction with a fresh key: in the
// new base nothing is left of the body, also not in what SQLite keeps of deleted rows,
// and the old log is removed. Copies that were made before, and the disk's own remains
// of the file that was replaced, still hold it for whoever has an identity. Before the
// new base is in place, any error leaves the vault as it was.
func (v *Vault) Expunge(ctx context.Context, draft questionnaires.Draft, progress func(done, total int64)) (questionnaires.Entry, error) {
	entries, err := v.ExpungeAll(ctx, []questionnaires.Draft{draft}, progress)
	if len(entries) == 0 {
		return questionnaires.Entry{}, err
	}
	return entries[0], err
}

// ExpungeAll is Expunge for many bodies at once, by one compaction: all go, or none.
func (v *Vault) ExpungeAll(ctx context.Context, drafts []questionnaires.Draft, progress func(done, total int64)) ([]questionnaires.Entry, error) {
	v.writing.Lock()
	defer v.writing.Unlock()
	entries, err := v.expunge(ctx, drafts, progress)
	if err != nil {
		return entries, fmt.Errorf("expunge from %s: %w", v.name, err)
	}
	return entries, nil
}

func (v *Vault) expunge(ctx context.Context, drafts []questionnaires.Draft, progress func(done, total int64)) ([]questionnaires.Entry, error) {
	if err := v.writable(ctx); err != nil {
		return nil, err
	}
	var entries []questionnaires.Entry
	err := v.rewrite(ctx, v.recipients, func(tx *Tx) error {
		tx.thorough = true
		for _, draft := range drafts {
			e, err := tx.expunge(draft)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	}, progress)
	if err != nil {
		return nil, err
	}
	v.log.mu.RLock()
	defer v.log.mu.RUnlock()
	if v.log.stale {
		return entries, fmt.Errorf("it is done, and the log of before, %s, could not be removed: remove it", filepath.Base(v.log.path))
	}
	return entries, nil
}

// expunge signs a draft and drops the body that it names.
func (tx *Tx) expunge(draft questionnaires.Draft) (questionnaires.Entry, error) {
	t, is := draft.Payload.(questionnaires.Tombstone)
	if !is || draft.Action != questionnaires.EvidenceExpunged {
		return questionnaires.Entry{}, fmt.Errorf("%s expunges nothing", draft.Action)
	}
	err := tx.db.expungeable(t.Digest)
	if err == nil {
		err = tx.noRoster(t.Digest)
	}
	if err != nil {
		return questionnaires.Entry{}, err
	}
	e, err := tx.Append(draft)
	if err != nil {
		return e, err
	}
	return e, tx.change("expunge", func() error { return tx.db.expunge(t.Digest) })
}

// scour compacts so that nothing that was deleted stays anywhere: of a stream that
// turned out at its end to be what was expunged.
func (v *Vault) scour(ctx context.Context) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.writable(ctx); err != nil {
		return err
	}
	return v.rewrite(ctx, v.recipients, func(tx *Tx) error {
		tx.thorough = true
		return nil
	}, nil)
}

// expungeable refuses what is not there, and what others are listed in.
func (d *database) expungeable(digest engine.Digest) error {
	id, _, err := d.find(digest)
	if err == nil && id == 0 {
		err = fmt.Errorf("document %s: %w", digest.Short(), ErrAbsent)
	}
	var lists int
	if err == nil {
		err = d.row("select (select count(*) from snapshots where digest = ?1) + (select count(*) from runs where head = ?1)", digest[:]).Scan(&lists)
	}
	if err == nil && lists > 0 {
		err = errors.New("it is a snapshot or a run, which lists what was seen; expunge the document itself")
	}
	return err
}

// noRoster refuses what results name their subjects by.
func (tx *Tx) noRoster(digest engine.Digest) error {
	id, size, err := tx.db.find(digest)
	if err != nil || id == 0 || size > maxBody {
		return err
	}
	// What cannot be read is no roster that is of use to anybody.
	if body, err := tx.db.body(tx.vault.codec, digest); err == nil {
		if _, err := engine.ReadRoster(body); err == nil {
			return errors.New("it is a roster, by which results name what was seen; expunge the document itself")
		}
	}
	return nil
}

// expunge drops a body. Its row stays, because results refer to it.
func (d *database) expunge(digest engine.Digest) error {
	return d.exec("delete from chunks where document = (select id from documents where digest = ?)", digest[:])
}

// gone is the *ExpungedError of a body that was expunged, else nil.
func gone(h *questionnaires.History, digest engine.Digest) error {
	if h == nil { // of a vault that is being created
		return nil
	}
	if t, is := h.Tombstone(digest); is {
		return &ExpungedError{t}
	}
	return nil
}

func (v *Vault) gone(digest engine.Digest) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return gone(v.history, digest)
}

// gone sees what this transaction appended only if its history was asked for.
func (tx *Tx) gone(digest engine.Digest) error {
	if tx.history != nil {
		return gone(tx.history, digest)
	}
	return gone(tx.vault.history, digest)
}

// isExpunged reports whether an error says that a body was expunged.
func isExpunged(err error) bool {
	var e *ExpungedError
	return errors.As(err, &e)
}

// stub stands for a result that was expunged: what its item of evidence says of it.
func stub(h *questionnaires.History, digest engine.Digest) engine.Result {
	for _, item := range h.Evidence() {
		if r := item.Result; r != nil && r.Digest == digest {
			return r.WithoutDetails()
		}
	}
	return engine.Result{}
}
