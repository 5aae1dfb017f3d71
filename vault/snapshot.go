package vault

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tickmark/engine"
)

// longManifest is how many entries make a snapshot's body one that is stored in
// pieces, before the transaction that makes it visible.
const longManifest = 10_000

// PutSnapshot stores a snapshot, whose documents must be in the vault, and
// returns the digest the journal names it by.
func (tx *Tx) PutSnapshot(s engine.Snapshot) (engine.Digest, error) {
	digest, err := tx.putSnapshot(s)
	if err != nil {
		return engine.Digest{}, fmt.Errorf("put snapshot of %s: %w", s.Target.ID, err)
	}
	return digest, tx.change("put snapshot", func() error {
		return tx.db.exec("insert into snapshots (digest) values (?) on conflict (digest) do nothing", digest[:])
	})
}

func (tx *Tx) putSnapshot(s engine.Snapshot) (engine.Digest, error) {
	if err := tx.hasDocuments(s.Entries); err != nil {
		return engine.Digest{}, err
	}
	digest, err := s.Digest()
	if err != nil {
		return engine.Digest{}, err
	}
	if id, _, err := tx.db.find(digest); err != nil || id != 0 {
		return digest, err
	}
	var body bytes.Buffer
	if err := s.WriteCanonical(&body); err != nil {
		return engine.Digest{}, err
	}
	return digest, tx.put(digest, body.Bytes())
}

// hasDocuments refuses entries whose documents are neither there nor expunged. They
// are looked up in the order of the index, whose pages then are gone through once.
func (tx *Tx) hasDocuments(entries []engine.Entry) error {
	order := make([]int32, len(entries))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(entries[a].Digest[:], entries[b].Digest[:]) })
	for some := range slices.Chunk(order, manyAsked) {
		all, err := tx.hasAll(entries, some)
		for _, i := range some {
			if err == nil && !all {
				err = tx.hasDocument(&entries[i])
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// manyAsked is how many documents are looked up at once: a statement costs more than
// finding one.
const manyAsked = 64

var countDocuments = "select count(*) from documents where digest in (?" + strings.Repeat(", ?", manyAsked-1) + ")"

// hasAll reports whether the documents of manyAsked entries are all there. It says no of
// fewer, and may where one is named twice.
func (tx *Tx) hasAll(entries []engine.Entry, which []int32) (bool, error) {
	if len(which) < manyAsked {
		return false, nil
	}
	digests := make([]any, len(which))
	for n, i := range which {
		digests[n] = entries[i].Digest[:]
	}
	var there int
	err := tx.db.row(countDocuments, digests...).Scan(&there)
	return there == len(which), err
}

func (tx *Tx) hasDocument(e *engine.Entry) error {
	var there bool
	if err := tx.db.row("select exists (select 1 from documents where digest = ?)", e.Digest[:]).Scan(&there); err != nil {
		return err
	}
	if !there && tx.gone(e.Digest) == nil {
		return fmt.Errorf("document %s of %s: %w", e.Digest.Short(), e.Ref, ErrAbsent)
	}
	return nil
}

// putManifest stores the body of a snapshot of many objects in pieces. As long as no
// snapshot is recorded with it, it is a body like others.
func (v *Vault) putManifest(ctx context.Context, s engine.Snapshot) error {
	if len(s.Entries) < longManifest {
		return nil
	}
	v.intake.Lock()
	defer v.intake.Unlock()
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(s.WriteCanonical(w)) }()
	in, err := v.takeIn(ctx, r)
	_ = r.Close() // where reading broke off, so does writing
	if err == nil {
		err = v.update(ctx, func(tx *Tx) error {
			return tx.change("put snapshot", func() error { return tx.db.finish(in.document, in.size, in.digest()) })
		})
	}
	// What was not finished, or is there already, goes again.
	dropping := v.dropUnfinished(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("put snapshot of %s: %w", s.Target.ID, errors.Join(err, dropping))
	}
	return nil
}

// Snapshot returns one snapshot.
func (v *Vault) Snapshot(ctx context.Context, digest engine.Digest) (engine.Snapshot, error) {
	var s engine.Snapshot
	body, err := v.Body(ctx, digest)
	if err != nil {
		return s, fmt.Errorf("read snapshot: %w", err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, tampered("snapshot "+digest.String(), "%w", err)
	}
	return s, nil
}

// Snapshots returns all snapshots, oldest first.
func (v *Vault) Snapshots(ctx context.Context) ([]engine.Snapshot, error) {
	digests, err := v.digests(ctx, "select digest from snapshots order by sequence")
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	all := make([]engine.Snapshot, 0, len(digests))
	for _, d := range digests {
		s, err := v.Snapshot(ctx, d)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (v *Vault) digests(ctx context.Context, query string) (all []engine.Digest, err error) {
	err = v.lookup(ctx, func(d *database) error {
		all, err = d.digests(query)
		return err
	})
	return all, err
}

// digests reads one column of digests.
func (d *database) digests(query string, args ...any) ([]engine.Digest, error) {
	var all []engine.Digest
	err := d.each(func(rows *sql.Rows) error {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return err
		}
		if len(raw) != len(engine.Digest{}) {
			return tampered("database", "a digest of %d bytes", len(raw))
		}
		all = append(all, engine.Digest(raw))
		return nil
	}, query, args...)
	return all, err
}

// putRun records a run without its results, each of which is a body of its own, by the
// digest that evidence names it by. They must be in the vault, and so must its snapshots.
func (tx *Tx) putRun(run engine.Run, said engine.RunSummary) error {
	for _, s := range run.Snapshots {
		var there int
		err := tx.db.row("select count(*) from snapshots where digest = ?", s[:]).Scan(&there)
		if err == nil && there == 0 {
			err = ErrAbsent
		}
		if err != nil {
			return fmt.Errorf("put run: snapshot %s: %w", s.Short(), err)
		}
	}
	results := make([]engine.Digest, len(said.Results))
	for i, r := range said.Results {
		id, _, err := tx.db.find(r.Digest)
		if err == nil && id == 0 {
			err = ErrAbsent
		}
		if err != nil {
			return fmt.Errorf("put run: result of %s: %w", r.Check, err)
		}
		results[i] = r.Digest
	}
	head, err := tx.putValue(run)
	if err != nil {
		return fmt.Errorf("put run: %w", err)
	}
	return tx.change("put run", func() error { return tx.db.putRun(said.Digest, head, results) })
}

func (d *database) putRun(digest, head engine.Digest, results []engine.Digest) error {
	var there int
	if err := d.row("select count(*) from runs where digest = ?", digest[:]).Scan(&there); err != nil || there > 0 {
		return err
	}
	run, err := d.insert("insert into runs (digest, head) values (?, ?)", digest[:], head[:])
	if err != nil {
		return err
	}
	for place, result := range results {
		if err := d.exec("insert into results (run, place, digest) values (?, ?, ?)", run, place, result[:]); err != nil {
			return err
		}
	}
	return nil
}

// Run returns one run. For a single result, Body with the digest that its
// evidence names is quicker.
// A result that was expunged stands there with its verdict, and without its details.
func (v *Vault) Run(ctx context.Context, digest engine.Digest) (engine.Run, error) {
	var run engine.Run
	var number int64
	var head []byte
	var results []engine.Digest
	expunged := false
	err := v.lookup(ctx, func(d *database) error {
		err := d.row("select sequence, head from runs where digest = ?", digest[:]).Scan(&number, &head)
		if err == nil {
			results, err = d.digests("select digest from results where run = ? order by place", number)
		}
		return err
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return run, fmt.Errorf("read run %s: %w", digest.Short(), ErrAbsent)
	case err != nil:
		return run, fmt.Errorf("read run %s: %w", digest.Short(), err)
	case len(head) != len(engine.Digest{}):
		return run, tampered("run "+digest.String(), "a digest of %d bytes", len(head))
	}
	if err := v.decode(ctx, engine.Digest(head), &run); err != nil {
		return run, fmt.Errorf("read run %s: %w", digest.Short(), err)
	}
	sum := engine.NewSumming(run.Params, nil)
	for _, d := range results {
		result, err := v.result(ctx, d, sum)
		if isExpunged(err) {
			v.mu.RLock()
			result, err, expunged = stub(v.history, d), nil, true
			v.mu.RUnlock()
		}
		if err != nil {
			return engine.Run{}, fmt.Errorf("read run %s: %w", digest.Short(), err)
		}
		run.Results = append(run.Results, result)
	}
	if expunged { // every other part has its own digest
		return run, nil
	}
	made, err := sum.End(run)
	if len(results) == 0 { // whose list may be none
		made.Digest, err = run.Digest()
	}
	if err != nil || made.Digest != digest {
		return engine.Run{}, tampered("run "+digest.String(), "its content has another digest")
	}
	return run, nil
}

// result reads a result of a run, and sums it up.
func (v *Vault) result(ctx context.Context, digest engine.Digest, sum *engine.Summing) (engine.Result, error) {
	body, err := v.Body(ctx, digest)
	if err != nil {
		return engine.Result{}, err
	}
	sum.Written(body)
	result, err := engine.ReadResult(body, v.Documents(ctx))
	if err != nil {
		return result, tampered("document "+digest.String(), "%w", err)
	}
	return result, nil
}

func (v *Vault) decode(ctx context.Context, digest engine.Digest, into any) error {
	body, err := v.Body(ctx, digest)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return tampered("document "+digest.String(), "%w", err)
	}
	return nil
}

// Runs returns all runs, oldest first.
func (v *Vault) Runs(ctx context.Context) ([]engine.Run, error) {
	digests, err := v.digests(ctx, "select digest from runs order by sequence")
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	all := make([]engine.Run, 0, len(digests))
	for _, d := range digests {
		run, err := v.Run(ctx, d)
		if err != nil {
			return nil, err
		}
		all = append(all, run)
	}
	return all, nil
}
