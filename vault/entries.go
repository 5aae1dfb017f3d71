package vault

import (
	"bytes"
	"crypto/ed25519"
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

// putEntry stores an entry unless it is there: entries are a set. What one says whose
// payload stayed behind at a handoff takes the empty place.
func (d *database) putEntry(e questionnaires.Entry, payload []byte) error {
	parents := make([]byte, 0, len(e.Parents)*len(engine.Digest{}))
	for _, p := range e.Parents {
		parents = append(parents, p[:]...)
	}
	return d.exec(`insert into entries (id, vault, assessment, parents, author, action, subject, digest, time, signature, payload)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set payload = excluded.payload where length(entries.payload) = 0`,
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

// entries reads the journal, and what those say that are asked about as soon as a vault
// is open. Ids and signatures are checked by the history.
func (d *database) entries() ([]questionnaires.Entry, *nearPayloads, error) {
	// About how many there are: counting them would read an index.
	var last int64
	if err := d.row("select coalesce(max(sequence), 0) from entries").Scan(&last); err != nil {
		return nil, nil, fmt.Errorf("count entries: %w", err)
	}
	all := make([]questionnaires.Entry, 0, min(max(last, 0), 1<<16))
	parser, near := newEntryParser(), &nearPayloads{of: map[engine.Digest][]byte{}}
	err := d.each(func(rows *sql.Rows) error {
		var row, payload sql.RawBytes
		if err := rows.Scan(&row, &payload); err != nil {
			return err
		}
		e, err := parser.parse(row)
		if err != nil {
			return fmt.Errorf("read entry %d: %w", len(all)+1, err)
		}
		all = append(all, e)
		near.keep(e.ID, payload)
		return nil
	}, entryRows)
	return all, near, err
}

// entryRows gives each entry as one value, since a column costs more to hand over than
// to read: what has one length, then texts that end with a zero, then parents and
// signature. Beside it stands what a short entry says that is near.
const entryRows = `select cast(id || vault || author || digest || time || assessment || x'00' || action || x'00' || subject || x'00'
	|| parents || signature as blob),
	case when action in ('evidence-attached', 'request-asked', 'request-changed', 'request-received', 'request-accepted', 'request-returned') and length(payload) <= 4096 then payload end
	from entries order by sequence`

// maxNear bounds the payloads that are read with the entries, in bytes.
const maxNear = 32 << 20

// nearPayloads are payloads that were read with the entries: to look each of thousands up
// takes longer than all else that opening does.
type nearPayloads struct {
	of   map[engine.Digest][]byte // by entry
	size int
}

func (n *nearPayloads) keep(e engine.Digest, payload []byte) {
	if len(payload) == 0 || n.size+len(payload) > maxNear {
		return
	}
	n.of[e], n.size = bytes.Clone(payload), n.size+len(payload)
}

// loaded lets go of what a history reads only while it is made.
func (n *nearPayloads) loaded(entries []questionnaires.Entry) {
	for _, e := range entries {
		if e.Action == questionnaires.EvidenceAttached {
			delete(n.of, e.ID)
		}
	}
}

// entryParser reads such values. Entries share what they have in common, and memory.
type entryParser struct {
	texts      map[string]string
	parents    []engine.Digest
	signatures []byte
}

func newEntryParser() *entryParser { return &entryParser{texts: map[string]string{}} }

func (p *entryParser) text(b []byte) string {
	if s, known := p.texts[string(b)]; known {
		return s
	}
	s := string(b)
	p.texts[s] = s
	return s
}

// manyParsed is for how many entries memory is taken at a time.
const manyParsed = 256

func (p *entryParser) digests(raw []byte) []engine.Digest {
	n := len(raw) / len(engine.Digest{})
	if n == 0 {
		return nil
	}
	if cap(p.parents)-len(p.parents) < n {
		p.parents = make([]engine.Digest, 0, max(n, manyParsed))
	}
	from := len(p.parents)
	p.parents = p.parents[:from+n]
	all := p.parents[from : from+n : from+n]
	for i := range all {
		raw = raw[copy(all[i][:], raw):]
	}
	return all
}

func (p *entryParser) signature(raw []byte) []byte {
	if cap(p.signatures)-len(p.signatures) < len(raw) {
		p.signatures = make([]byte, 0, manyParsed*len(raw))
	}
	from := len(p.signatures)
	p.signatures = append(p.signatures, raw...)
	return p.signatures[from:len(p.signatures):len(p.signatures)]
}

// parse reads one value. What was put together wrongly has another digest than its id,
// or no signature that holds.
func (p *entryParser) parse(row []byte) (questionnaires.Entry, error) {
	var e questionnaires.Entry
	fixed := 4*len(e.ID) + len(entryTime)
	if len(row) < fixed {
		return e, fmt.Errorf("an entry of %d bytes", len(row))
	}
	for _, into := range []*engine.Digest{&e.ID, &e.Vault, &e.Author, &e.Digest} {
		row = row[copy(into[:], row):]
	}
	when := string(row[:len(entryTime)])
	var err error
	if e.Time, err = time.Parse(entryTime, when); err != nil || e.Time.Format(entryTime) != when {
		return e, fmt.Errorf("%.40q is no time of an entry", when)
	}
	var texts [3][]byte
	row = row[len(entryTime):]
	for i := range texts {
		text, rest, ends := bytes.Cut(row, []byte{0})
		if !ends {
			return e, errors.New("an entry without its end")
		}
		texts[i], row = text, rest
	}
	e.Assessment, e.Subject = questionnaires.ID(p.text(texts[0])), p.text(texts[2])
	if err := e.Action.UnmarshalText(texts[1]); err != nil {
		return e, err
	}
	parents := len(row) - ed25519.SignatureSize
	if parents < 0 || parents%len(e.ID) != 0 {
		return e, fmt.Errorf("parents and signature of %d bytes", len(row))
	}
	e.Parents, e.Signature = p.digests(row[:parents]), p.signature(row[parents:])
	return e, nil
}
