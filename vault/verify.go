package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Verify reads everything: SQLite's own structure, the digest of every body, every
// entry's id and signature, every snapshot and run with what it names. The error
// joins one *TamperError for each thing that is wrong.
func (v *Vault) Verify(ctx context.Context) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if err := v.usable(ctx); err != nil {
		return fmt.Errorf("verify %s: %w", v.name, err)
	}
	var wrong []error
	for _, step := range []func(context.Context) error{v.verifySeals, v.verifyDatabase, v.verifyJournal, v.verifyBodies, v.verifySnapshots, v.verifyRuns} {
		wrong = append(wrong, step(ctx))
	}
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("verify %s: %w", v.name, err)
	}
	return nil
}

// verifySeals reads the whole of base and log: what is read now and then
// authenticates only what it touches.
func (v *Vault) verifySeals(context.Context) error {
	return errors.Join(v.base.authenticate(), v.log.authenticate())
}

// verifyDatabase asks SQLite whether its pages, indexes and references agree.
func (v *Vault) verifyDatabase(context.Context) error {
	var wrong []string
	take := func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		wrong = append(wrong, line)
		return nil
	}
	err := v.db.each(take, "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'")
	if err == nil {
		err = v.db.each(take, `select 'row ' || rowid || ' of ' || "table" || ' names what is not there' from pragma_foreign_key_check`)
	}
	if err != nil {
		return tampered("database", "%w", err)
	}
	if len(wrong) > 0 {
		return tampered("database", "%.500s", strings.Join(wrong, "; "))
	}
	return nil
}

func (v *Vault) verifyJournal(context.Context) error {
	var identity string
	var generation int
	if err := v.db.row("select identity, generation from _journal").Scan(&identity, &generation); err != nil {
		return tampered("journal", "%w", err)
	}
	// The cause is left out: it could quote the secret.
	if _, err := age.ParseIdentities(strings.NewReader(identity)); err != nil || generation < 1 {
		return tampered("journal", "its identity or generation is none")
	}
	var wrong []error
	for _, e := range v.history.Entries() {
		if err := v.history.Verify(e.ID); err != nil {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "%w", err))
		}
	}
	for _, e := range v.history.SideLog() {
		if err := v.verifySide(e); err != nil {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "%w", err))
		}
	}
	return errors.Join(wrong...)
}

// verifySide checks an entry of the side log, which the history's graph leaves out.
func (v *Vault) verifySide(e questionnaires.Entry) error {
	if e.Vault != v.history.Vault() {
		return errors.New("it belongs to another vault")
	}
	for _, enrolment := range v.history.Enrolments() {
		if enrolment.Author.ID == e.Author {
			return e.Check(enrolment.PublicKey)
		}
	}
	return fmt.Errorf("its author %s is not enrolled", e.Author.Short())
}

func (v *Vault) verifyBodies(ctx context.Context) error {
	digests, err := v.db.digests("select digest from documents where digest is not null")
	if err != nil {
		return err
	}
	var wrong []error
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.db.read(v.codec, d, func([]byte) {}); err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, e := range slices.Concat(v.history.Entries(), v.history.SideLog()) {
		if payload, err := v.db.payload(e); err != nil || engine.Sum(payload) != e.Digest {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "its payload is not what was signed"))
		}
	}
	return errors.Join(wrong...)
}

func (v *Vault) verifySnapshots(ctx context.Context) error {
	snapshots, err := v.Snapshots(ctx)
	if err != nil {
		return err
	}
	var wrong []error
	for _, s := range snapshots {
		for _, e := range s.Entries {
			if id, _, err := v.db.find(e.Digest); err != nil || id == 0 {
				wrong = append(wrong, tampered("document "+e.Digest.String(), "%s of %s is not there", e.Ref, s.Target.ID))
			}
		}
	}
	return errors.Join(wrong...)
}

func (v *Vault) verifyRuns(ctx context.Context) error {
	digests, err := v.db.digests("select digest from runs order by sequence")
	if err != nil {
		return err
	}
	known := map[engine.Digest]bool{}
	for _, d := range digests {
		if _, err := v.Run(ctx, d); err != nil {
			return err
		}
		known[d] = true
	}
	recorded, err := v.history.Runs()
	if err != nil {
		return tampered("journal", "%w", err)
	}
	for _, r := range recorded {
		if !known[r.Run] {
			return tampered("run "+r.Run.String(), "an entry records it, and it is not there")
		}
	}
	return nil
}
