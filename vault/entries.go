package vault

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// entryTime is how the times of entries are written: in UTC with milliseconds,
// which is all of an entry's time.
const entryTime = "2006-01-02T15:04:05.000Z"

func (d *database) found(vault engine.Digest, identity string, recipients []Recipient) error {
	if err := d.exec("insert into _journal (vault_id, generation, identity) values (?, 1, ?)", vault.String(), identity); err != nil {
		return err
	}
	return d.putRecipients(recipients)
}

// putRecipients makes them the only ones in the table.
func (d *database) putRecipients(recipients []Recipient) error {
	err := d.exec("delete from recipients")
	for i, r := range recipients {
		row := r.stored()
		err = errors.Join(err, d.exec("insert into recipients (position, kind, recipient, label) values (?, ?, ?, ?)", i+1, row.kind, row.text, row.label))
	}
	return err
}

func (d *database) recipients() ([]storedRecipient, error) {
	var all []storedRecipient
	err := d.each(func(rows *sql.Rows) error {
		var r storedRecipient
		if err := rows.Scan(&r.kind, &r.text, &r.label); err != nil {
			return err
		}
		all = append(all, r)
		return nil
	}, "select kind, recipient, label from recipients order by position")
	return all, err
}

// putEntry stores an entry unless it is there: entries are a set.
func (d *database) putEntry(e questionnaires.Entry, payload []byte) error {
	parents := make([]byte, 0, len(e.Parents)*len(engine.Digest{}))
	for _, p := range e.Parents {
		parents = append(parents, p[:]...)
	}
	return d.exec(`insert into entries (id, vault, assessment, parents, author, action, subject, digest, time, signature, payload)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`,
		e.ID[:], e.Vault[:], string(e.Assessment), parents, e.Author[:], e.Action.String(), e.Subject, e.Digest[:],
		e.Time.UTC().Format(entryTime), e.Signature, payload)
}

// payload reads the canonical bytes of what an entry says.
func (d *database) payload(e questionnaires.Entry) ([]byte, error) {
	var payload []byte
	err := d.row("select payload from entries where id = ?", e.ID[:]).Scan(&payload)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrAbsent
	}
	return payload, err
}

// entries reads the journal. Ids and signatures are checked by the history.
func (d *database) entries() ([]questionnaires.Entry, error) {
	// About how many there are: counting them would read an index.
	var last int64
	if err := d.row("select coalesce(max(sequence), 0) from entries").Scan(&last); err != nil {
		return nil, fmt.Errorf("count entries: %w", err)
	}
	all := make([]questionnaires.Entry, 0, min(max(last, 0), 1<<16))
	var row entryRow
	err := d.each(func(rows *sql.Rows) error {
		e, err := row.scan(rows)
		if err != nil {
			return fmt.Errorf("read entry %d: %w", len(all)+1, err)
		}
		all = append(all, e)
		return nil
	}, "select id, vault, assessment, parents, author, action, subject, digest, time, signature from entries order by sequence")
	return all, err
}

// entryRow is a row as it is read; its bytes are the next row's a moment later.
type entryRow struct {
	id, vault, parents, author, digest sql.RawBytes
	assessment, action, when           sql.RawBytes
}

func (r *entryRow) scan(rows *sql.Rows) (questionnaires.Entry, error) {
	var e questionnaires.Entry
	if err := rows.Scan(&r.id, &r.vault, &r.assessment, &r.parents, &r.author, &r.action, &e.Subject, &r.digest, &r.when, &e.Signature); err != nil {
		return e, err
	}
	for _, pair := range []struct {
		into *engine.Digest
		raw  []byte
	}{{&e.ID, r.id}, {&e.Vault, r.vault}, {&e.Author, r.author}, {&e.Digest, r.digest}} {
		if len(pair.raw) != len(pair.into) {
			return e, fmt.Errorf("a digest of %d bytes", len(pair.raw))
		}
		copy(pair.into[:], pair.raw)
	}
	width := len(engine.Digest{})
	if len(r.parents)%width != 0 {
		return e, fmt.Errorf("parents of %d bytes", len(r.parents))
	}
	if n := len(r.parents) / width; n > 0 {
		e.Parents = make([]engine.Digest, n)
		for i := range e.Parents {
			copy(e.Parents[i][:], r.parents[i*width:])
		}
	}
	if err := e.Action.UnmarshalText(r.action); err != nil {
		return e, err
	}
	when := string(r.when)
	var err error
	if e.Time, err = time.Parse(entryTime, when); err != nil || e.Time.Format(entryTime) != when {
		return e, fmt.Errorf("%.40q is no time of an entry", when)
	}
	e.Assessment = questionnaires.ID(r.assessment)
	return e, nil
}
