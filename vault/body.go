package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/klauspost/compress/zstd"

	"tickmark/engine"
	"tickmark/questionnaires"
)

const (
	// maxChunk is how many bytes of a body one row holds, unpacked.
	maxChunk = 256 << 10
	// maxBody bounds a body that is in memory as a whole, in bytes.
	maxBody = 256 << 20
)

const (
	rawEncoding  = "raw"
	zstdEncoding = "zstd"
)

// codec packs and unpacks chunks. Both directions may be used at once.
type codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// The encoder's quickest level makes no more of documents and results than the next one,
// in a third of the time. What is unpacked is held against the body's SHA-256, which says
// more than a sum of zstd's own.
func newCodec() (*codec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(maxChunk), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	// A chunk that would unpack to more is a bomb.
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxChunk), zstd.WithDecoderMaxWindow(maxChunk))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return &codec{encoder: encoder, decoder: decoder}, nil
}

// pack uses zstd where that is worth it, in the room that it is given.
func (c *codec) pack(chunk, room []byte) (encoding string, data []byte) {
	if packed := c.encoder.EncodeAll(chunk, room[:0]); len(packed) < len(chunk)*9/10 {
		return zstdEncoding, packed
	}
	return rawEncoding, chunk
}

func (c *codec) unpack(encoding string, data []byte, size int) ([]byte, error) {
	switch encoding {
	case rawEncoding:
	case zstdEncoding:
		plain, err := c.decoder.DecodeAll(data, make([]byte, 0, min(max(size, 0), maxChunk)))
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		data = plain
	default:
		return nil, fmt.Errorf("encoding %.20q is unknown", encoding)
	}
	if len(data) != size || size > maxChunk {
		return nil, fmt.Errorf("a chunk unpacks to %d bytes, %d are written down and at most %d allowed", len(data), size, maxChunk)
	}
	return data, nil
}

// find returns the row of a body, 0 if there is none.
func (d *database) find(digest engine.Digest) (id, size int64, err error) {
	err = d.row("select id, size from documents where digest = ?", digest[:]).Scan(&id, &size)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	return id, size, err
}

// putBody stores a body unless it is there.
func (d *database) putBody(c *codec, digest engine.Digest, body []byte) error {
	id, err := d.beginBody(digest, len(body))
	if err != nil || id == 0 {
		return err
	}
	for place, chunk := range chunksOf(body) {
		if err := d.putChunk(c, id, place, chunk); err != nil {
			return err
		}
	}
	return nil
}

// beginBody makes the row of a body; 0 where it is there.
func (d *database) beginBody(digest engine.Digest, size int) (id int64, err error) {
	if size > maxBody {
		return 0, fmt.Errorf("%d bytes, at most %d are kept", size, maxBody)
	}
	id, _, err = d.insertNew("insert into documents (digest, size) values (?, ?) on conflict (digest) do nothing", digest[:], size)
	return id, err
}

// chunksOf parts a body as rows hold it.
func chunksOf(body []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for place := 0; place*maxChunk < len(body); place++ {
			if !yield(place, body[place*maxChunk:min((place+1)*maxChunk, len(body))]) {
				return
			}
		}
	}
}

func (d *database) putChunk(c *codec, document int64, place int, chunk []byte) error {
	if d.packed == nil {
		d.packed = make([]byte, 0, maxChunk)
	}
	encoding, data := c.pack(chunk, d.packed)
	return d.insertChunk(document, place, packedChunk{encoding, len(chunk), data})
}

func (d *database) insertChunk(document int64, place int, c packedChunk) error {
	return d.exec("insert into chunks (document, place, encoding, size, data) values (?, ?, ?, ?, ?)", document, place, c.encoding, c.size, c.data)
}

// packedBody is a body as rows will hold it.
type packedBody struct {
	digest engine.Digest
	size   int
	chunks []packedChunk
}

type packedChunk struct {
	encoding string
	size     int // unpacked
	data     []byte
}

// packBody packs a body with the digest, which need not stay, as little as what room is for.
func (c *codec) packBody(digest engine.Digest, body, room []byte) (packedBody, error) {
	p := packedBody{digest: digest, size: len(body)}
	if len(body) > maxBody {
		return p, fmt.Errorf("%d bytes, at most %d are kept", len(body), maxBody)
	}
	for _, chunk := range chunksOf(body) {
		encoding, data := c.pack(chunk, room)
		p.chunks = append(p.chunks, packedChunk{encoding, len(chunk), bytes.Clone(data)})
	}
	return p, nil
}

// length is how many bytes of rows a body is.
func (p packedBody) length() int {
	n := 0
	for _, c := range p.chunks {
		n += len(c.data)
	}
	return n
}

// chunk returns one unpacked chunk of a body.
func (d *database) chunk(c *codec, document int64, place int) ([]byte, error) {
	var encoding string
	var size int
	var data []byte
	err := d.row("select encoding, size, data from chunks where document = ? and place = ?", document, place).Scan(&encoding, &size, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("chunk %d is not there", place)
	}
	if err != nil {
		return nil, err
	}
	return c.unpack(encoding, data, size)
}

// measure finds a body that must be there.
func (d *database) measure(digest engine.Digest) (id, size int64, err error) {
	id, size, err = d.find(digest)
	switch {
	case err != nil:
		err = tampered("document "+digest.String(), "%w", err)
	case id == 0:
		err = fmt.Errorf("read document %s: %w", digest.Short(), ErrAbsent)
	case size < 0 || size > maxFile:
		err = tampered("document "+digest.String(), "a size of %d bytes is impossible", size)
	}
	return id, size, err
}

// read gives each chunk of a body in its order and checks its digest at the end.
func (d *database) read(c *codec, digest engine.Digest, take func([]byte)) error {
	id, size, err := d.measure(digest)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for at, place := int64(0), 0; at < size; place++ {
		chunk, err := d.chunk(c, id, place)
		var seal *TamperError
		if errors.As(err, &seal) {
			return seal // it says where the file is broken, which is why the document is
		}
		if err != nil {
			return &TamperError{Member: "document " + digest.String(), Offset: at, Err: err}
		}
		// Every chunk holds a byte at least, so that this comes to its end.
		if at += int64(len(chunk)); len(chunk) == 0 || at > size {
			return tampered("document "+digest.String(), "its chunks are not of its %d bytes", size)
		}
		sum.Write(chunk)
		take(chunk)
	}
	if engine.Digest(sum.Sum(nil)) != digest {
		return tampered("document "+digest.String(), "its content has another digest")
	}
	return nil
}

// body reads a whole body.
func (d *database) body(c *codec, digest engine.Digest) ([]byte, error) {
	if _, size, err := d.measure(digest); err != nil || size > maxBody {
		if err == nil {
			err = fmt.Errorf("read document %s: %d bytes, at most %d are read at once", digest.Short(), size, maxBody)
		}
		return nil, err
	}
	var body []byte
	if err := d.read(c, digest, func(chunk []byte) {
		if body == nil {
			body = chunk
			return
		}
		body = append(body, chunk...)
	}); err != nil {
		return nil, err
	}
	return body, nil
}

// payload is what a History reads from.
func (v *Vault) payload(e questionnaires.Entry) (payload []byte, err error) {
	err = v.lookup(context.Background(), func(d *database) error {
		payload, err = d.payload(e)
		return err
	})
	return payload, err
}

// Body returns any stored document of at most 256 MiB, its digest checked; files may
// be longer, and are read through OpenEvidence.
// The error is ErrAbsent where there is none, an *ExpungedError
// where it was expunged, a *TamperError where it was changed.
func (v *Vault) Body(ctx context.Context, digest engine.Digest) ([]byte, error) {
	if err := v.gone(digest); err != nil {
		return nil, err
	}
	var body []byte
	err := v.lookup(ctx, func(d *database) (err error) {
		body, err = d.body(v.codec, digest)
		return err
	})
	if errors.Is(err, ErrClosed) {
		err = fmt.Errorf("read document %s: %w", digest.Short(), err)
	}
	return body, err
}

// Documents gives bodies to engine.Evaluate and to readers of evidence.
func (v *Vault) Documents(ctx context.Context) engine.Documents {
	return func(d engine.Digest) ([]byte, error) { return v.Body(ctx, d) }
}

// PutDocument stores a document once, however often it is put. A digest that is
// not the body's is refused, and one that was expunged is an *ExpungedError.
func (tx *Tx) PutDocument(d engine.Document) error {
	if engine.Sum(d.Body) != d.Digest {
		return fmt.Errorf("put %s: the digest is not its body's", d.Ref)
	}
	return tx.put(d.Digest, d.Body)
}

func (tx *Tx) put(digest engine.Digest, body []byte) error {
	if err := tx.gone(digest); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	return tx.change("put document "+digest.Short(), func() error { return tx.db.putBody(tx.vault.codec, digest, body) })
}

// putPacked is put for what is packed.
func (tx *Tx) putPacked(p packedBody) error {
	if err := tx.gone(p.digest); err != nil {
		return fmt.Errorf("put document: %w", err)
	}
	return tx.change("put document "+p.digest.Short(), func() error {
		id, err := tx.db.beginBody(p.digest, p.size)
		if err != nil || id == 0 {
			return err
		}
		for place, chunk := range p.chunks {
			if err := tx.db.insertChunk(id, place, chunk); err != nil {
				return err
			}
		}
		return nil
	})
}

// has reports whether a body is there, to whoever is about to write it.
func (v *Vault) has(ctx context.Context, digest engine.Digest) (bool, error) {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.writable(ctx); err != nil {
		return false, err
	}
	id, _, err := v.db.find(digest)
	return id != 0, err
}

// putValue stores the canonical JSON of a value and returns its digest.
func (tx *Tx) putValue(value any) (engine.Digest, error) {
	body, err := engine.Canonical(value)
	if err != nil {
		return engine.Digest{}, err
	}
	digest := engine.Sum(body)
	return digest, tx.put(digest, body)
}
