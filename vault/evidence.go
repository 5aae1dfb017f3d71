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
	// maxIntake is how much of a file one transaction takes in, in bytes, and maxFile
	// how long a file may be. Only what streams is longer than maxBody.
	maxIntake = 4 << 20
	maxFile   = 64 << 30
	// maxDropped is how many chunks one transaction drops.
	maxDropped = 4096
	// maxName bounds the file name of evidence, in bytes.
	maxName = 255
)

// File is a file that is to become evidence. Of Item all is kept that a person says of
// it; id, number, digest and size are found when it is taken in.
type File struct {
	Item questionnaires.Evidence
	Name string
	Open func() (io.ReadCloser, error)
	// Once refuses a file that the vault holds already, byte for byte: a *DuplicateError.
	Once bool
}

// PutEvidence takes a file in byte for byte, at most 64 GiB, and appends the entry
// that makes it evidence. It is saved in pieces of 4 MiB as it is read, so that its
// size costs no memory. Of item the same is kept as of a File's. A file that was not
// read to its end, because reading failed or ctx ended, leaves nothing that can be
// seen; what a kill leaves is dropped by the next intake.
func (v *Vault) PutEvidence(ctx context.Context, item questionnaires.Evidence, name string, r io.Reader) (questionnaires.Evidence, error) {
	open := func() (io.ReadCloser, error) { return unclosed{r}, nil }
	items, err := v.PutFiles(ctx, []File{{Item: item, Name: name, Open: open}}, nil)
	if err != nil {
		return questionnaires.Evidence{}, err
	}
	return items[0], nil
}

// unclosed is a reader that whoever brought it closes.
type unclosed struct{ io.Reader }

// Close follows io.Closer.
func (unclosed) Close() error { return nil }

// PutFiles takes several files in as PutEvidence does one, and makes them evidence by
// one save, all or none. The drafts that also returns for the items are appended by the
// same save, after them; also may be nil.
func (v *Vault) PutFiles(ctx context.Context, files []File, also func(items []questionnaires.Evidence) []questionnaires.Draft) ([]questionnaires.Evidence, error) {
	return v.take(ctx, files, func(tx *Tx, items []questionnaires.Evidence) error {
		if err := tx.attach(items); err != nil || also == nil {
			return err
		}
		for _, d := range also(items) {
			if _, err := tx.Append(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutRedacted takes in the copy that takes the place of a file in which something was
// found, and signs that it does.
func (v *Vault) PutRedacted(ctx context.Context, r questionnaires.Release, f File) error {
	_, err := v.take(ctx, []File{f}, func(tx *Tx, items []questionnaires.Evidence) error {
		h, err := tx.History()
		if err != nil {
			return err
		}
		r.Copy = items[0].File
		draft, err := h.Release(r)
		if err != nil {
			return err
		}
		_, err = tx.Append(draft)
		return err
	})
	return err
}

// take stores files and signs what they are, by one save, all or none.
func (v *Vault) take(ctx context.Context, files []File, sign func(*Tx, []questionnaires.Evidence) error) ([]questionnaires.Evidence, error) {
	v.intake.Lock()
	defer v.intake.Unlock()
	if err := v.dropUnfinished(ctx); err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	taken, items := make([]*intake, 0, len(files)), make([]questionnaires.Evidence, 0, len(files))
	buffer := make([]byte, maxIntake)
	for _, f := range files {
		in, item, err := v.takeFile(ctx, f, buffer)
		if err != nil {
			return nil, fmt.Errorf("attach %.100q: %w", filepath.Base(f.Name), errors.Join(err, v.dropUnfinished(context.WithoutCancel(ctx))))
		}
		taken, items = append(taken, in), append(items, item)
	}
	err := v.Update(ctx, func(tx *Tx) error {
		for i, in := range taken {
			if err := errors.Join(tx.gone(items[i].File.Digest), tx.duplicate(files[i], items[i].File.Digest)); err != nil {
				return err
			}
			if err := tx.change("take in", func() error { return tx.db.finish(in.document, in.size, items[i].File.Digest) }); err != nil {
				return err
			}
		}
		return sign(tx, items)
	})
	if err != nil {
		err = errors.Join(err, v.dropUnfinished(context.WithoutCancel(ctx)))
		if isExpunged(err) {
			err = errors.Join(err, v.scour(context.WithoutCancel(ctx)))
		}
		if len(files) == 1 {
			return nil, fmt.Errorf("attach %.100q: %w", filepath.Base(files[0].Name), err)
		}
		return nil, fmt.Errorf("attach %d files: %w", len(files), err)
	}
	// Where the vault had its equal, what was taken in goes again. It cannot be seen:
	// if that fails, the next intake does it.
	_ = v.dropUnfinished(ctx)
	return items, nil
}

// takeFile stores what a file holds, and says what is known of it.
func (v *Vault) takeFile(ctx context.Context, f File, buffer []byte) (*intake, questionnaires.Evidence, error) {
	item, name := f.Item, filepath.Base(f.Name)
	if err := errors.Join(questionnaires.CheckText("file name", name, maxName), questionnaires.CheckEvidence(item, v.settings.now())); err != nil {
		return nil, item, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, item, err
	}
	defer r.Close()
	var from io.Reader = r
	if u, is := r.(unclosed); is {
		from = u.Reader
	}
	if err := v.foresee(f, from); err != nil {
		return nil, item, err
	}
	in := &intake{vault: v, sum: sha256.New()}
	if err := in.read(ctx, from, buffer); err != nil {
		return nil, item, err
	}
	source := questionnaires.FileSource{Digest: in.digest(), Name: name, Size: in.size}
	if item.File != nil {
		source.Obtained = item.File.Obtained
	}
	if source.Search, err = v.search(ctx, in, name); err != nil {
		return nil, item, err
	}
	item.File, item.Result = &source, nil
	return in, item, nil
}

// dropUnfinished removes what an intake that broke off left behind, some chunks at a
// time.
func (v *Vault) dropUnfinished(ctx context.Context) error {
	for left := true; left; {
		err := v.update(ctx, func(tx *Tx) (err error) {
			if left, err = tx.db.unfinished(); err != nil || !left {
				return err
			}
			return tx.change("drop what was not taken in", tx.db.dropSome)
		})
		if errors.Is(err, ErrPoisoned) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrClosed) {
			return nil // it was never saved
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unfinished reports whether there is a document that was not taken in to its end.
func (d *database) unfinished() (bool, error) {
	var n int
	err := d.row("select count(*) from documents where digest is null").Scan(&n)
	return n > 0, err
}

// dropSome drops unfinished documents, chunks first.
func (d *database) dropSome() error {
	if err := d.exec(`delete from chunks where rowid in (select c.rowid from chunks c join documents d on d.id = c.document where d.digest is null limit ?)`, maxDropped); err != nil {
		return err
	}
	return d.exec("delete from documents where digest is null and not exists (select 1 from chunks where document = documents.id)")
}

// attach numbers items and appends their entries.
func (tx *Tx) attach(items []questionnaires.Evidence) error {
	h, err := tx.History()
	if err != nil {
		return err
	}
	given := map[string]int{} // of the numbers of each series
	for i := range items {
		item := &items[i]
		series := item.Kind.Series()
		given[series]++
		item.Number = h.LastNumber(item.Kind) + given[series]
		if item.ID, err = tx.NewID(); err != nil {
			return err
		}
		draft, err := h.Attach(*item, tx.Now())
		if err != nil {
			return err
		}
		e, err := tx.Append(draft)
		if err != nil {
			return err
		}
		*item, _ = draft.Payload.(questionnaires.Evidence)
		item.Entry, item.Author = e.ID, e.Author
	}
	return nil
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

// takeIn stores a stream. Whoever calls it holds v.intake, and drops what is
// unfinished when it fails.
func (v *Vault) takeIn(ctx context.Context, r io.Reader) (*intake, error) {
	if err := v.dropUnfinished(ctx); err != nil {
		return nil, err
	}
	in := &intake{vault: v, sum: sha256.New()}
	return in, in.read(ctx, r, make([]byte, maxIntake))
}

func (in *intake) digest() engine.Digest { return engine.Digest(in.sum.Sum(nil)) }

func (in *intake) read(ctx context.Context, r io.Reader, buffer []byte) error {
	for {
		n, err := io.ReadFull(untilDone{ctx, r}, buffer)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return fmt.Errorf("read: %w", err)
		}
		if in.size += int64(n); in.size > maxFile {
			return fmt.Errorf("more than %d bytes", int64(maxFile))
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

// untilDone reads until a context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

func (in *intake) store(d *database, part []byte) error {
	var err error
	if in.document == 0 {
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

// finish gives a document its digest, unless the vault has its equal: then it stays
// without one, to be dropped.
func (d *database) finish(document, size int64, digest engine.Digest) error {
	equal, _, err := d.find(digest)
	if err != nil || equal != 0 {
		return err
	}
	return d.exec("update documents set digest = ?, size = ? where id = ?", digest[:], size, document)
}

// OpenEvidence opens a stored body for reading, as it stands in the vault now; a
// chunk of 256 KiB is in memory at a time. The reader must be closed, and is for one
// goroutine. Read from the start to the end, it checks the digest of the whole
// before it hands out the last chunk: a difference is a *TamperError, and what was
// read until then is not what was taken in. After a Seek to anywhere but the start
// nothing more is said of the whole: then it is certain alone that those bytes were
// sealed by somebody who could write to the vault (age), and that the chunk has its
// place and length. The error is ErrAbsent where there is no such body.
func (v *Vault) OpenEvidence(ctx context.Context, digest engine.Digest) (io.ReadSeekCloser, error) {
	if err := v.gone(digest); err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	r, err := v.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	b := &bodyReader{vault: v, ctx: ctx, from: r, digest: digest, sum: sha256.New(), place: -1}
	if b.document, b.size, err = r.db.measure(digest); err != nil {
		return nil, fmt.Errorf("open evidence: %w", errors.Join(err, r.end()))
	}
	return b, nil
}

// bodyReader reads a body chunk by chunk. All its chunks but the last are full.
type bodyReader struct {
	vault    *Vault
	ctx      context.Context // of the reading: io.Reader takes none
	from     *reading        // nil once closed
	digest   engine.Digest
	document int64
	size     int64
	at       int64
	place    int64 // of the chunk at hand, -1 for none
	chunk    []byte
	sum      hash.Hash
	summed   int64 // chunks in sum, from the first
}

// Read follows io.Reader.
func (b *bodyReader) Read(p []byte) (int, error) {
	switch {
	case b.from == nil || b.vault.closed.Load():
		return 0, fmt.Errorf("read evidence: %w", ErrClosed)
	case b.at >= b.size:
		return 0, b.ended()
	case len(p) == 0:
		return 0, nil
	}
	if place := b.at / maxChunk; place != b.place {
		if err := b.load(place); err != nil {
			return 0, fmt.Errorf("read evidence: %w", err)
		}
	}
	n := copy(p, b.chunk[b.at%maxChunk:])
	b.at += int64(n)
	return n, nil
}

// ended is what stands behind the last byte. A body of none is checked here.
func (b *bodyReader) ended() error {
	if b.size == 0 && engine.Digest(sha256.Sum256(nil)) != b.digest {
		return fmt.Errorf("read evidence: %w", b.changed())
	}
	return io.EOF
}

func (b *bodyReader) changed() error {
	return tampered("document "+b.digest.String(), "its content has another digest")
}

// load reads a chunk, and sums up those that are read one after the other from the
// first.
func (b *bodyReader) load(place int64) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	b.place = -1
	chunk, err := b.from.db.chunk(b.vault.codec, b.document, int(place))
	if err == nil && int64(len(chunk)) != min(maxChunk, b.size-place*maxChunk) {
		err = fmt.Errorf("chunk %d is of %d bytes", place, len(chunk))
	}
	if err != nil {
		var seal *TamperError
		if errors.As(err, &seal) {
			return seal
		}
		return &TamperError{Member: "document " + b.digest.String(), Offset: place * maxChunk, Err: err}
	}
	if place == 0 {
		b.sum.Reset()
		b.summed = 0
	}
	if place == b.summed {
		b.sum.Write(chunk)
		b.summed++
	}
	last := (b.size - 1) / maxChunk
	if place == last && b.summed == last+1 && engine.Digest(b.sum.Sum(nil)) != b.digest {
		return b.changed()
	}
	b.place, b.chunk = place, chunk
	return nil
}

// Seek follows io.Seeker.
func (b *bodyReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.at
	case io.SeekEnd:
		offset += b.size
	case io.SeekStart:
	default:
		return 0, errors.New("seek in evidence: whence is none")
	}
	if offset < 0 {
		return 0, errors.New("seek in evidence: before its start")
	}
	if b.at = offset; offset == 0 {
		b.place = -1 // the first chunk is read again, so that all of it is summed up
	}
	return offset, nil
}

// Close gives up the state that was read from.
func (b *bodyReader) Close() error {
	if b.from == nil {
		return nil
	}
	from := b.from
	b.from, b.chunk = nil, nil
	return from.end()
}
