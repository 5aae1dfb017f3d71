package vault

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"tickmark/engine"
	"tickmark/engine/contents"
)

// search looks for card numbers and keys in what was just taken in, as it stands in the
// vault: nothing is written for it, and a chunk at a time is in memory. What the vault
// holds already and searched in the same way is not searched again.
func (v *Vault) search(ctx context.Context, in *intake, name string) (*engine.Contents, error) {
	h, err := v.History(ctx)
	if err != nil {
		return nil, err
	}
	if item, is := h.Holding(in.digest()); is && item.File.Search != nil && item.File.Search.Version == contents.Version {
		return item.File.Search, nil
	}
	r, err := v.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	b := &bodyReader{vault: v, ctx: ctx, from: r, digest: in.digest(), document: in.document, size: in.size, sum: sha256.New(), place: -1}
	defer b.Close()
	found, err := contents.Search(ctx, name, &bodyAt{b}, in.size)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return &found, nil
}

// bodyAt reads a body from any place. It is for one goroutine.
type bodyAt struct{ *bodyReader }

// ReadAt follows io.ReaderAt.
func (b *bodyAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= b.size {
		return 0, io.EOF
	}
	b.at = off // and not Seek, which sums the whole up anew
	n, err := io.ReadFull(b.bodyReader, p[:min(int64(len(p)), b.size-off)])
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}
