package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	"tickmark/engine"
	"tickmark/questionnaires"
)

const (
	// maxIntake is how much of a file one transaction takes in, in bytes.
	maxIntake = 4 << 20
	// maxName bounds the title and the file name of evidence, in bytes.
	maxName = 255
)

// PutEvidence takes a file in byte for byte, at most 256 MiB, and appends the
// entry that makes it evidence. Of item, Title, Collected, Requirements and
// File.Obtained are kept; id, number, digest and size are found here. A file that
// was not read to its end leaves nothing that can be seen.
func (v *Vault) PutEvidence(ctx context.Context, item questionnaires.Evidence, name string, r io.Reader) (questionnaires.Evidence, error) {
	name = filepath.Base(name)
	fail := func(err error) (questionnaires.Evidence, error) {
		return questionnaires.Evidence{}, fmt.Errorf("attach %.100q: %w", name, err)
	}
	if err := errors.Join(questionnaires.CheckText("file name", name, maxName), questionnaires.CheckText("title", item.Title, maxName)); err != nil {
		return fail(err)
	}
	v.intake.Lock()
	defer v.intake.Unlock()
	in := &intake{vault: v, sum: sha256.New()}
	if err := in.read(ctx, r); err != nil {
		return fail(errors.Join(err, v.dropUnfinished(context.WithoutCancel(ctx))))
	}
	digest := engine.Digest(in.sum.Sum(nil))
	source := questionnaires.FileSource{Digest: digest, Name: name, Size: in.size}
	if item.File != nil {
		source.Obtained = item.File.Obtained
	}
	item.File, item.Result = &source, nil
	err := v.Update(ctx, func(tx *Tx) error {
		if err := tx.change("take in", func() error { return tx.db.finish(in.document, in.size, digest) }); err != nil {
			return err
		}
		return tx.attach(&item)
	})
	if err != nil {
		return fail(errors.Join(err, v.dropUnfinished(context.WithoutCancel(ctx))))
	}
	return item, nil
}

// dropUnfinished removes what an intake that broke off left behind.
func (v *Vault) dropUnfinished(ctx context.Context) error {
	err := v.update(ctx, func(tx *Tx) error { return tx.change("drop what was not taken in", tx.db.dropUnfinished) })
	if errors.Is(err, ErrPoisoned) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrClosed) {
		return nil // it was never saved
	}
	return err
}

func (d *database) dropUnfinished() error {
	if err := d.exec("delete from chunks where document in (select id from documents where digest is null)"); err != nil {
		return err
	}
	return d.exec("delete from documents where digest is null")
}

// attach numbers an item and appends its entry.
func (tx *Tx) attach(item *questionnaires.Evidence) error {
	h, err := tx.History()
	if err != nil {
		return err
	}
	item.Number = h.LastNumber() + 1
	if item.ID, err = tx.NewID(); err != nil {
		return err
	}
	if item.Collected.IsZero() {
		item.Collected = tx.Now()
	}
	item.Collected = item.Collected.UTC()
	e, err := tx.Append(questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence " + string(item.ID), Payload: *item})
	item.Entry, item.Author = e.ID, e.Author
	return err
}

// intake stores a stream as the chunks of a document whose digest is not known
// yet, which nobody can find.
type intake struct {
	vault    *Vault
	document int64
	place    int
	size     int64
	sum      hash.Hash
}

func (in *intake) read(ctx context.Context, r io.Reader) error {
	buffer := make([]byte, maxIntake)
	for {
		n, err := io.ReadFull(r, buffer)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return fmt.Errorf("read: %w", err)
		}
		if in.size += int64(n); in.size > maxBody {
			return fmt.Errorf("more than %d bytes", maxBody)
		}
		in.sum.Write(buffer[:n])
		if err := in.vault.update(ctx, func(tx *Tx) error { return tx.change("take in", func() error { return in.store(tx.db, buffer[:n]) }) }); err != nil {
			return err
		}
		if ended {
			return nil
		}
	}
}

func (in *intake) store(d *database, part []byte) error {
	var err error
	if in.document == 0 {
		if err := d.dropUnfinished(); err != nil {
			return err
		}
		if in.document, err = d.insert("insert into documents (size) values (0)"); err != nil {
			return err
		}
	}
	for len(part) > 0 {
		chunk := part[:min(len(part), maxChunk)]
		if err := d.putChunk(in.vault.codec, in.document, in.place, chunk); err != nil {
			return err
		}
		in.place++
		part = part[len(chunk):]
	}
	return nil
}

// finish gives a document its digest, or drops it where the vault has its equal.
func (d *database) finish(document, size int64, digest engine.Digest) error {
	equal, _, err := d.find(digest)
	if err != nil {
		return err
	}
	if equal == 0 {
		return d.exec("update documents set digest = ?, size = ? where id = ?", digest[:], size, document)
	}
	if err := d.exec("delete from chunks where document = ?", document); err != nil {
		return err
	}
	return d.exec("delete from documents where id = ?", document)
}

// OpenEvidence opens a stored body for reading, a chunk in memory at a time. Its
// digest is checked once, before the first byte is handed out.
func (v *Vault) OpenEvidence(ctx context.Context, digest engine.Digest) (io.ReadSeekCloser, error) {
	var id, size int64
	err := v.lookup(ctx, func(d *database) (err error) {
		if err = d.read(v.codec, digest, func([]byte) {}); err == nil {
			id, size, err = d.find(digest)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	chunks := &bodyReader{vault: v, document: id, size: size, place: -1}
	return struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(chunks, 0, size), chunks}, nil
}

// bodyReader reads a body at any place. All its chunks but the last are full.
type bodyReader struct {
	vault    *Vault
	document int64
	size     int64
	place    int // of the chunk at hand, -1 for none
	chunk    []byte
	closed   bool
}

func (b *bodyReader) ReadAt(p []byte, at int64) (int, error) {
	if b.closed {
		return 0, ErrClosed
	}
	n := 0
	for n < len(p) {
		if at >= b.size {
			return n, io.EOF
		}
		if place := int(at / maxChunk); place != b.place {
			var chunk []byte
			err := b.vault.lookup(context.Background(), func(d *database) (err error) {
				chunk, err = d.chunk(b.vault.codec, b.document, place)
				return err
			})
			if err != nil {
				return n, fmt.Errorf("read evidence: %w", err)
			}
			b.place, b.chunk = place, chunk
		}
		within := int(at % maxChunk)
		if within >= len(b.chunk) {
			return n, tampered("evidence", "a chunk in its middle is short")
		}
		copied := copy(p[n:], b.chunk[within:])
		n, at = n+copied, at+int64(copied)
	}
	return n, nil
}

func (b *bodyReader) Close() error {
	b.closed, b.chunk = true, nil
	return nil
}
