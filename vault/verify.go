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
	r, err := v.read(ctx)
	if err != nil {
		return fmt.Errorf("verify %s: %w", v.name, err)
	}
	var wrong []error
	verifying := verifying{v, r}
	for _, step := range []func(context.Context) error{verifying.seals, verifying.database, verifying.journal, verifying.bodies, verifying.snapshots, verifying.runs} {
		wrong = append(wrong, step(ctx))
	}
	wrong = append(wrong, r.end())
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("verify %s: %w", v.name, err)
	}
	return nil
}

// verifying is one state of a vault that is read whole.
type verifying struct {
	*Vault
	*reading
}

// seals reads the whole of base and log: what is read now and then
// authenticates only what it touches.
func (v verifying) seals(context.Context) error {
	return errors.Join(v.reading.store.base.authenticate(), v.reading.store.log.authenticate())
}

// database asks SQLite whether its pages, indexes and references agree.
func (v verifying) database(context.Context) error {
	var wrong []string
	take := func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		wrong = append(wrong, line)
		return nil
	}
	err := v.reading.db.each(take, "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'")
	if err == nil {
		err = v.reading.db.each(take, `select 'row ' || rowid || ' of ' || "table" || ' names what is not there' from pragma_foreign_key_check`)
	}
	if err != nil {
		return tampered("database", "%w", err)
	}
	if len(wrong) > 0 {
		return tampered("database", "%.500s", strings.Join(wrong, "; "))
	}
	return nil
}

func (v verifying) journal(context.Context) error {
	var identity string
	var generation int
	if err := v.reading.db.row("select identity, generation from _journal").Scan(&identity, &generation); err != nil {
		return tampered("journal", "%w", err)
	}
	// The cause is left out: it could quote the secret.
	if _, err := age.ParseIdentities(strings.NewReader(identity)); err != nil || generation < 1 {
		return tampered("journal", "its identity or generation is none")
	}
	var wrong []error
	for _, e := range v.reading.history.Entries() {
		if err := v.reading.history.Verify(e.ID); err != nil {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "%w", err))
		}
	}
	for _, e := range v.reading.history.SideLog() {
		if err := v.sideEntry(e); err != nil {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "%w", err))
		}
	}
	return errors.Join(wrong...)
}

// sideEntry checks an entry of the side log, which the history's graph leaves out.
func (v verifying) sideEntry(e questionnaires.Entry) error {
	if e.Vault != v.reading.history.Vault() {
		return errors.New("it belongs to another vault")
	}
	for _, enrolment := range v.reading.history.Enrolments() {
		if enrolment.Author.ID == e.Author {
			return e.Check(enrolment.PublicKey)
		}
	}
	return fmt.Errorf("its author %s is not enrolled", e.Author.Short())
}

func (v verifying) bodies(ctx context.Context) error {
	digests, err := v.reading.db.digests("select digest from documents where digest is not null")
	if err != nil {
		return err
	}
	var wrong []error
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.reading.db.read(v.codec, d, func([]byte) {}); err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, e := range slices.Concat(v.reading.history.Entries(), v.reading.history.SideLog()) {
		if payload, err := v.reading.db.payload(e); err != nil || engine.Sum(payload) != e.Digest {
			wrong = append(wrong, tampered("entry "+e.ID.String(), "its payload is not what was signed"))
		}
	}
	return errors.Join(wrong...)
}

func (v verifying) snapshots(ctx context.Context) error {
	snapshots, err := v.Snapshots(ctx)
	if err != nil {
		return err
	}
	var wrong []error
	for _, s := range snapshots {
		for _, e := range s.Entries {
			if id, _, err := v.reading.db.find(e.Digest); err != nil || id == 0 {
				wrong = append(wrong, tampered("document "+e.Digest.String(), "%s of %s is not there", e.Ref, s.Target.ID))
			}
		}
	}
	return errors.Join(wrong...)
}

func (v verifying) runs(ctx context.Context) error {
	digests, err := v.reading.db.digests("select digest from runs order by sequence")
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
	recorded, err := v.reading.history.Runs()
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
