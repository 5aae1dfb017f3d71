package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Verify is Inspect for who wants to know only whether all of it holds: the error
// joins one *TamperError for each thing that is wrong.
func (v *Vault) Verify(ctx context.Context) error {
	inspection, err := v.Inspect(ctx, nil)
	if err == nil {
		err = inspection.Err()
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", v.name, err)
	}
	return nil
}

// Inspect reads everything: age's seals of base and log, SQLite's own structure, the
// digest of every body, every entry's id, payload and signature, every snapshot and
// run with what it names. It goes on after what is wrong. A body that was expunged
// may be missing; any other is a fault. Progress, which may be nil, hears how many of
// all bytes were read. The error is that of the reading itself, such as ctx's.
func (v *Vault) Inspect(ctx context.Context, progress func(done, total int64)) (Inspection, error) {
	r, err := v.read(ctx)
	if err != nil {
		return Inspection{}, fmt.Errorf("verify %s: %w", v.name, err)
	}
	i := &inspecting{
		v: v, r: r, told: counting{w: io.Discard, tell: progress},
		found: Inspection{
			Vault: r.history.Vault(), Head: r.history.Head(), Entries: len(r.history.Entries()) + len(r.history.SideLog()), Dropped: v.Recovered(),
			Faults: []Fault{}, Unverified: []UnverifiedEntry{}, Undead: []engine.Digest{}, Lost: lostIn(r.history),
		},
	}
	for _, step := range []func(context.Context) error{i.seals, i.database, i.journal, i.handoffs, i.bodies, i.snapshots, i.runs} {
		if err = step(ctx); err != nil {
			break
		}
	}
	if progress != nil && err == nil {
		progress(i.told.total, i.told.total)
	}
	if err = errors.Join(err, r.end()); err != nil {
		return i.found, fmt.Errorf("verify %s: %w", v.name, err)
	}
	return i.found, nil
}

// lostIn are the entries that were declared lost.
func lostIn(h *questionnaires.History) []engine.Digest {
	lost := []engine.Digest{}
	for _, l := range h.Losses() {
		lost = append(lost, l.Entry)
	}
	return lost
}

// inspecting is the reading of one state of a vault.
type inspecting struct {
	v     *Vault
	r     *reading
	told  counting
	found Inspection
	// withheld are the entries whose payloads stayed behind at the handoff that the vault
	// came by.
	withheld []engine.Digest
}

// seals reads the whole of base and log: what is read now and then authenticates
// only what it touches.
func (i *inspecting) seals(ctx context.Context) error {
	var bodies int64
	if err := i.r.db.row("select coalesce(sum(size), 0) from documents where digest is not null").Scan(&bodies); err != nil {
		bodies = 0 // told by the steps to come
	}
	i.told.total = i.r.store.base.size + i.r.store.log.length() + bodies
	if err := i.authenticate(ctx, i.r.store.base.chunked); err != nil {
		return err
	}
	return i.r.store.log.each(func(m member) error { return i.authenticate(ctx, m.chunked) })
}

// authenticate opens every chunk. Faults that touch are one.
func (i *inspecting) authenticate(ctx context.Context, c *chunked) error {
	buffer := make([]byte, sealedChunk)
	for at := int64(0); at < c.size; at += sealedChunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		size := min(sealedChunk, c.size-at)
		if err := c.open(at/sealedChunk, buffer[:size]); err != nil {
			i.found.addRange(err, size+sealedTag)
		}
		i.told.count(int(size))
	}
	return nil
}

// addRange is add for a chunk that does not hold.
func (i *Inspection) addRange(err error, length int64) {
	var tamper *TamperError
	if !errors.As(err, &tamper) {
		i.add("vault", err)
		return
	}
	if n := len(i.Faults); n > 0 {
		last := &i.Faults[n-1]
		if last.Member == tamper.Member && last.Offset >= 0 && last.Offset+last.Length == tamper.Offset {
			last.Length += length
			return
		}
	}
	i.Faults = append(i.Faults, Fault{Member: tamper.Member, Offset: tamper.Offset, Length: length, Cause: tamper.Err.Error()})
}

// maxStructure bounds how many lines of SQLite's own check are told.
const maxStructure = 100

// database asks SQLite whether its pages, indexes and references agree.
func (i *inspecting) database(context.Context) error {
	take := func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		i.found.add("database", fmt.Errorf("%.500s", line))
		return nil
	}
	i.structure(i.r.db.each(take, "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'"))
	i.structure(i.r.db.each(take, fmt.Sprintf(
		`select 'row ' || rowid || ' of ' || "table" || ' names what is not there' from pragma_foreign_key_check limit %d`, maxStructure)))
	return nil
}

func (i *inspecting) structure(err error) {
	if err != nil {
		i.found.add("database", fmt.Errorf("it cannot be read to its end: %s", cause(err)))
	}
}

// cause is what is wrong, without what else the error says of its place.
func cause(err error) string {
	var tamper *TamperError
	switch {
	case errors.As(err, &tamper) && strings.HasPrefix(tamper.Member, "document "):
		return tamper.Err.Error()
	case errors.As(err, &tamper) && tamper.Offset >= 0:
		return fmt.Sprintf("%s, from byte %d", tamper.Member, tamper.Offset)
	}
	return err.Error()
}

func (i *inspecting) journal(ctx context.Context) error {
	var identity string
	var generation int
	err := i.r.db.row("select identity, generation from _journal").Scan(&identity, &generation)
	if err == nil {
		// The cause is left out: it could quote the secret.
		if _, wrong := age.ParseIdentities(strings.NewReader(identity)); wrong != nil || generation < 1 {
			err = errors.New("its identity or generation is none")
		}
	}
	i.found.add("journal", err)
	i.withheld, err = i.v.withheld(i.r.history)
	i.found.add("journal", err)
	for _, e := range i.r.history.Entries() {
		if err := i.entry(ctx, e, i.r.history.Verify(e.ID)); err != nil {
			return err
		}
	}
	for _, e := range i.r.history.SideLog() {
		if err := i.entry(ctx, e, i.r.history.VerifySide(e)); err != nil {
			return err
		}
	}
	return nil
}

// entry tells an entry that does not hold from one whose author nobody enrolled.
func (i *inspecting) entry(ctx context.Context, e questionnaires.Entry, verdict error) error {
	member := "entry " + e.ID.String()
	switch {
	case errors.Is(verdict, questionnaires.ErrUnverified):
		i.found.Unverified = append(i.found.Unverified, UnverifiedEntry{ID: e.ID, Action: e.Action, Subject: e.Subject, Author: e.Author})
	case verdict != nil:
		i.found.add(member, tampered(member, "%w", verdict))
	}
	payload, err := i.r.db.payload(e)
	switch {
	case err == nil && engine.Sum(payload) == e.Digest:
	case err == nil && says(e, payload) && slices.Contains(i.withheld, e.ID):
		i.found.Withheld++
	default:
		i.found.add(member, tampered(member, "its payload is not what was signed"))
	}
	return ctx.Err()
}

// handoffs checks that each names the head of what was handed off.
func (i *inspecting) handoffs(context.Context) error {
	all, err := i.r.history.Handoffs()
	i.found.add("journal", err)
	for _, handoff := range all {
		if i.r.history.Verify(handoff.Entry) != nil {
			continue // it was named already
		}
		member := "entry " + handoff.Entry.String()
		if err := i.r.history.CheckHandoff(handoff); err != nil {
			i.found.add(member, tampered(member, "%w", err))
		}
	}
	return nil
}

func (i *inspecting) bodies(ctx context.Context) error {
	digests, err := i.r.db.digests("select digest from documents where digest is not null")
	if err != nil {
		i.found.add("database", fmt.Errorf("the documents cannot be listed to their end: %s", cause(err)))
	}
	i.found.Expunged = len(i.r.history.Tombstones())
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := i.r.db.read(i.v.codec, d, func(chunk []byte) { i.told.count(len(chunk)) })
		_, gone := i.r.history.Tombstone(d)
		switch {
		case err == nil && gone:
			i.found.Undead = append(i.found.Undead, d)
		case err == nil:
			i.found.Documents++
		case !gone || !i.r.db.bodiless(d):
			i.found.add("document "+d.String(), fmt.Errorf("it cannot be read: %s", cause(err)))
		}
	}
	return nil
}

// bodiless reports whether nothing of a body is kept.
func (d *database) bodiless(digest engine.Digest) bool {
	var chunks int
	err := d.row("select count(*) from chunks where document = (select id from documents where digest = ?)", digest[:]).Scan(&chunks)
	return err == nil && chunks == 0
}

func (i *inspecting) snapshots(ctx context.Context) error {
	digests, err := i.r.db.digests("select digest from snapshots order by sequence")
	if err != nil {
		i.found.add("database", fmt.Errorf("the snapshots cannot be listed to their end: %s", cause(err)))
	}
	missing := map[engine.Digest]bool{}
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := i.v.Snapshot(ctx, d)
		if err != nil {
			i.found.add("snapshot "+d.String(), fmt.Errorf("it cannot be read: %s", cause(err)))
			continue
		}
		for _, e := range s.Entries {
			if _, gone := i.r.history.Tombstone(e.Digest); gone || missing[e.Digest] {
				continue
			}
			if id, _, err := i.r.db.find(e.Digest); err != nil || id == 0 {
				missing[e.Digest] = true
				i.found.add("document "+e.Digest.String(), fmt.Errorf("%s of %s is not there", e.Ref, s.Target.ID))
			}
		}
	}
	return nil
}

func (i *inspecting) runs(ctx context.Context) error {
	digests, err := i.r.db.digests("select digest from runs order by sequence")
	if err != nil {
		i.found.add("database", fmt.Errorf("the runs cannot be listed to their end: %s", cause(err)))
	}
	known := map[engine.Digest]bool{}
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		known[d] = true
		if _, err := i.v.Run(ctx, d); err != nil {
			i.found.add("run "+d.String(), fmt.Errorf("it cannot be read: %s", cause(err)))
		}
	}
	recorded, err := i.r.history.Runs()
	i.found.add("journal", err)
	for _, r := range recorded {
		if !known[r.Run] {
			i.found.add("run "+r.Run.String(), errors.New("an entry records it, and it is not there"))
		}
	}
	if err := i.files(ctx); err != nil {
		return err
	}
	return i.texts(ctx)
}

// files asks for every file that an entry names.
func (i *inspecting) files(context.Context) error {
	for _, item := range i.r.history.Evidence() {
		if item.File == nil || item.Expunged != nil {
			continue
		}
		if id, _, err := i.r.db.find(item.Digest()); err != nil || id == 0 {
			i.found.add("document "+item.Digest().String(), fmt.Errorf("%s is not there", item.Label()))
		}
	}
	return nil
}
