package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Merged is what a merge brought.
type Merged struct {
	questionnaires.Merge
	Bodies int   // documents, results and files that came
	Bytes  int64 // of them
	// Barred are bodies of the other copy that did not come: they were expunged, or are of
	// a licensed text that was taken out, or that this copy was given without.
	Barred []engine.Digest
}

// ErrNotesBehind says that the other copy came from somebody who gave it to others than
// those who open this one, without the texts of internal notes: taken in they could not be
// told from a loss.
var ErrNotesBehind = errors.New("it was handed to others than those who open this vault, without the texts of internal notes that this vault does not have")

// Changed reports whether the vault is another than before.
func (m Merged) Changed() bool { return len(m.Came)+len(m.Told)+len(m.Expunged)+m.Bodies > 0 }

// Merge takes in what another copy of the vault has and this one has not: entries, and
// the bodies that they rest on. It signs nothing and settles nothing. What either copy
// expunged is gone afterwards, and does not come: the vault is compacted with a fresh
// key. The other copy is only read. Bodies are stored first, which are harmless; until
// the new base is in place, any error leaves the history as it was. Progress gives, for
// each part of the work by its name, what is told how many bytes of it are done; it may
// be nil.
func (v *Vault) Merge(ctx context.Context, other *Vault, progress func(part string) func(done, total int64)) (Merged, error) {
	m := Merged{}
	if progress == nil {
		progress = func(string) func(done, total int64) { return func(int64, int64) {} }
	}
	if err := v.merge(ctx, other, &m, progress); err != nil {
		return m, fmt.Errorf("merge %s into %s: %w", other.name, v.name, err)
	}
	return m, nil
}

func (v *Vault) merge(ctx context.Context, other *Vault, m *Merged, progress func(part string) func(done, total int64)) error {
	if err := v.look(ctx, other, m); err != nil {
		return err
	}
	if err := v.bring(ctx, other, m, progress("taking in")); err != nil {
		return err
	}
	if len(m.Came)+len(m.Told)+len(m.Expunged) == 0 {
		return nil
	}
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.writable(ctx); err != nil {
		return err
	}
	if err := v.look(ctx, other, m); err != nil { // what was saved meanwhile is ours too
		return err
	}
	return v.rewrite(ctx, v.recipients, func(tx *Tx) error {
		tx.thorough = true
		if err := tx.join(&m.Merge); err != nil {
			return err
		}
		if err := tx.lists(other); err != nil {
			return err
		}
		return tx.dropGone(m.History)
	}, progress("sealing"))
}

// look finds what is otherwise in another copy.
func (v *Vault) look(ctx context.Context, other *Vault, m *Merged) error {
	theirs, err := other.History(ctx)
	if err != nil {
		return err
	}
	ours, err := v.History(ctx)
	if err != nil {
		return err
	}
	if m.Merge, err = ours.Merge(theirs); err != nil {
		return err
	}
	left, err := v.withheld(m.History)
	if err != nil {
		return err
	}
	for _, e := range m.Behind {
		if !slices.Contains(left, e.ID) {
			return fmt.Errorf("entry %s: %w", e.ID.Short(), ErrNotesBehind)
		}
	}
	return nil
}

// held are the bodies that a vault has, with their sizes, in the order in which they came.
const held = `select digest, size from documents d
	where digest is not null and (size = 0 or exists (select 1 from chunks c where c.document = d.id)) order by id`

// bring stores the bodies that only the other copy has.
func (v *Vault) bring(ctx context.Context, other *Vault, m *Merged, tell func(done, total int64)) error {
	wanted, total, err := v.wanting(ctx, other, m)
	if err != nil {
		return err
	}
	waiting := &batch{vault: v, ctx: ctx}
	for _, b := range wanted {
		if b.state == bodyLost || b.size > maxIntake {
			err = v.bringLong(ctx, other, b.digest)
		} else {
			var text []byte
			if text, err = other.Body(ctx, b.digest); err == nil {
				err = waiting.put(engine.Document{Digest: b.digest, Body: text})
			}
		}
		if err != nil {
			return err
		}
		m.Bodies, m.Bytes = m.Bodies+1, m.Bytes+b.size
		tell(m.Bytes, total)
	}
	return waiting.flush()
}

// strange is a body that another copy has, and what there is of it here.
type strange struct {
	digest engine.Digest
	size   int64
	state  bodyState
}

// wanting finds the bodies that only the other copy has, and how much they are.
func (v *Vault) wanting(ctx context.Context, other *Vault, m *Merged) (wanted []strange, total int64, err error) {
	unwanted, err := m.unwanted()
	if err != nil {
		return nil, 0, err
	}
	var all []strange
	err = other.lookup(ctx, func(d *database) error {
		return d.each(func(rows *sql.Rows) error {
			var raw []byte
			var b strange
			if err := rows.Scan(&raw, &b.size); err != nil {
				return err
			}
			if len(raw) != len(b.digest) {
				return tampered("database", "a digest of %d bytes", len(raw))
			}
			b.digest = engine.Digest(raw)
			all = append(all, b)
			return nil
		}, held)
	})
	if err != nil {
		return nil, 0, err
	}
	for _, b := range all {
		b.state, err = v.standing(ctx, b.digest)
		switch {
		case err != nil:
			return nil, 0, err
		case b.state == bodyHeld:
		case slices.Contains(unwanted, b.digest):
			m.Barred = append(m.Barred, b.digest)
		default:
			wanted, total = append(wanted, b), total+b.size
		}
	}
	return wanted, total, nil
}

// unwanted are bodies that do not come: what was expunged on either side, and licensed
// texts that were taken out or replaced, or that this copy was given without.
func (m *Merged) unwanted() ([]engine.Digest, error) {
	var all []engine.Digest
	for _, t := range m.History.Tombstones() {
		all = append(all, t.Digest)
	}
	texts, err := m.History.TextBodies()
	if err != nil {
		return nil, err
	}
	came, err := m.textsThatCame()
	if err != nil {
		return nil, err
	}
	return append(all, slices.DeleteFunc(texts, func(d engine.Digest) bool { return slices.Contains(came, d) })...), nil
}

// textsThatCame are the bodies of licensed texts that stand and whose entries this copy
// did not have.
func (m *Merged) textsThatCame() ([]engine.Digest, error) {
	standing, err := m.History.LicensedTexts()
	var all []engine.Digest
	for _, text := range standing {
		if slices.ContainsFunc(m.Came, func(e questionnaires.Entry) bool { return e.ID == text.Entry }) {
			all = append(all, text.Body)
		}
	}
	return all, err
}

// bodyState is whether a body is in a vault.
type bodyState int

const (
	bodyAbsent bodyState = iota
	bodyLost             // its row alone is there
	bodyHeld
)

func (v *Vault) standing(ctx context.Context, digest engine.Digest) (state bodyState, err error) {
	err = v.lookup(ctx, func(d *database) error {
		id, size, err := d.find(digest)
		if err != nil || id == 0 {
			return err
		}
		var there bool
		if err := d.row("select exists (select 1 from chunks where document = ?)", id).Scan(&there); err != nil {
			return err
		}
		if state = bodyLost; there || size == 0 {
			state = bodyHeld
		}
		return nil
	})
	return state, err
}

// bringLong stores a body in pieces, in the place of one that was lost if need be.
func (v *Vault) bringLong(ctx context.Context, other *Vault, digest engine.Digest) error {
	r, err := other.OpenEvidence(ctx, digest)
	if err != nil {
		return err
	}
	v.intake.Lock()
	defer v.intake.Unlock()
	in, err := v.takeIn(ctx, r)
	err = errors.Join(err, r.Close())
	if err == nil && in.digest() != digest {
		err = tampered("document "+digest.String(), "its content has another digest")
	}
	if err == nil {
		err = v.update(ctx, func(tx *Tx) error {
			return tx.change("take in", func() error { return tx.db.adopt(in.document, in.size, digest) })
		})
	}
	return errors.Join(err, v.dropUnfinished(context.WithoutCancel(ctx)))
}

// adopt gives a document its digest, or its content to the row of it that is there alone.
func (d *database) adopt(document, size int64, digest engine.Digest) error {
	row, _, err := d.find(digest)
	if err != nil || row == 0 {
		return errors.Join(err, d.finish(document, size, digest))
	}
	return errors.Join(
		d.exec("update chunks set document = ? where document = ?", row, document),
		d.exec("update documents set size = ? where id = ?", size, row),
	)
}

// join stores what came, and makes the merged history the transaction's.
func (tx *Tx) join(m *questionnaires.Merge) error {
	for _, e := range slices.Concat(m.Came, m.Told) {
		payload, err := m.Payload(e)
		if err != nil {
			return err
		}
		payload = append([]byte{}, payload...) // what was left behind is empty, and not none
		if err := tx.change("take in entry "+e.ID.Short(), func() error { return tx.db.putEntry(e, payload) }); err != nil {
			return err
		}
	}
	tx.history, tx.added, tx.tips = m.History, nil, m.History.Tips()
	return nil
}

// lists copies what names the bodies of collections. Bodies that it names and that are not
// there have a row, as those that were expunged.
func (tx *Tx) lists(other *Vault) error {
	type run struct {
		digest, head engine.Digest
		results      []engine.Digest
	}
	var snapshots []engine.Digest
	var runs []run
	err := other.lookup(tx.ctx, func(d *database) error {
		var err error
		if snapshots, err = d.digests("select digest from snapshots order by sequence"); err != nil {
			return err
		}
		digests, err := d.digests("select digest from runs order by sequence")
		if err != nil {
			return err
		}
		heads, err := d.digests("select head from runs order by sequence")
		if err != nil {
			return err
		}
		for i := range digests {
			r := run{digest: digests[i], head: heads[i]}
			if r.results, err = d.digests("select r.digest from results r join runs on runs.sequence = r.run where runs.digest = ? order by r.place", r.digest[:]); err != nil {
				return err
			}
			runs = append(runs, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tx.change("take in collections", func() error {
		for _, digest := range snapshots {
			if err := tx.db.exec("insert into snapshots (digest) select digest from documents where digest = ? on conflict (digest) do nothing", digest[:]); err != nil {
				return err
			}
		}
		for _, r := range runs {
			for _, digest := range append(r.results, r.head) {
				if err := tx.db.exec("insert into documents (digest, size) values (?, 1) on conflict (digest) do nothing", digest[:]); err != nil {
					return err
				}
			}
			if err := tx.db.putRun(r.digest, r.head, r.results); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropGone drops the bodies that the history calls expunged, and licensed texts that were
// taken out.
func (tx *Tx) dropGone(h *questionnaires.History) error {
	for _, t := range h.Tombstones() {
		if err := tx.change("expunge", func() error { return tx.db.expunge(t.Digest) }); err != nil {
			return err
		}
	}
	texts, err := h.TextBodies()
	if err != nil {
		return err
	}
	standing, err := h.LicensedTexts()
	if err != nil {
		return err
	}
	for _, digest := range texts {
		if slices.ContainsFunc(standing, func(t questionnaires.LicensedText) bool { return t.Body == digest }) {
			continue
		}
		if err := tx.change("drop licensed text", func() error { return tx.db.drop(digest) }); err != nil {
			return err
		}
	}
	return nil
}
