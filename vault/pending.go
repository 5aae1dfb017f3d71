package vault

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tickmark/engine"
)

// maxPending is how old a part of an interrupted collection may be that the next one
// goes on from: a cluster that was listed in pieces hours apart was never as its
// snapshot says.
const maxPending = time.Hour

// sitting is one collection of one source: it hands out what an interrupted one had
// seen, and keeps what this one sees.
type sitting struct {
	vault  *Vault
	fresh  bool         // nothing of an earlier one is wanted
	flush  func() error // stores the documents that wait
	source string       // that it was asked of
	ready  *atHand
}

// Earlier returns the parts of an interrupted collection that are young enough and of
// which every document is there.
func (s *sitting) Earlier(ctx context.Context, source string) ([]engine.Part, error) {
	if s.source = source; s.fresh {
		return nil, nil
	}
	oldest := s.vault.settings.now().UTC().Add(-maxPending)
	var parts []engine.Part
	err := s.vault.View(ctx, func(tx *Tx) error {
		kept, err := tx.pending(source)
		for _, p := range kept {
			if !p.Seen.Before(oldest) && tx.hasDocuments(p.Entries) == nil {
				parts = append(parts, p)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what an interrupted collection had seen: %w", err)
	}
	return parts, nil
}

// Keep stores the documents that wait, and then the part that names them.
func (s *sitting) Keep(ctx context.Context, source string, p engine.Part) error {
	if err := s.flush(); err != nil {
		return err
	}
	var body bytes.Buffer
	if err := p.WriteCanonical(&body); err != nil {
		return fmt.Errorf("keep what was seen: %w", err)
	}
	return s.vault.update(ctx, func(tx *Tx) error {
		return tx.change("keep what was seen", func() error {
			return tx.db.exec("insert into pending (source, part, seen, body) values (?, ?, ?, ?) on conflict (source, part) do update set seen = excluded.seen, body = excluded.body",
				source, p.Key, p.Seen.UTC().Format(time.RFC3339), body.Bytes())
		})
	})
}

// pending returns what is kept of a source.
func (tx *Tx) pending(source string) ([]engine.Part, error) {
	var parts []engine.Part
	err := tx.db.each(func(rows *sql.Rows) error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var p engine.Part
		if err := json.Unmarshal(body, &p); err != nil {
			return tampered("pending part", "%w", err)
		}
		parts = append(parts, p)
		return nil
	}, "select body from pending where source = ? order by part", source)
	return parts, err
}

// dropPending takes away what is kept of collections that are recorded now, and what
// is too old for any to go on from.
func (tx *Tx) dropPending(sources []string) error {
	return tx.change("drop what was seen", func() error {
		oldest := tx.vault.settings.now().UTC().Add(-maxPending).Format(time.RFC3339)
		err := tx.db.exec("delete from pending where seen < ?", oldest)
		for _, source := range sources {
			err = errors.Join(err, tx.db.exec("delete from pending where source = ?", source))
		}
		return err
	})
}
