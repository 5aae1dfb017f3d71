package vault

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// DuplicateError says that the vault holds a file already, byte for byte, and as what.
type DuplicateError struct {
	Item questionnaires.Evidence
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("it is %s already, byte for byte: %q, collected on %s", e.Item.Label(), e.Item.File.Name, e.Item.Collected.UTC().Format(time.DateOnly))
}

// duplicate is the *DuplicateError of a file that comes once and is there, else nil.
func duplicate(h *questionnaires.History, f File, digest engine.Digest) error {
	if item, is := h.Holding(digest); is && f.Once {
		return &DuplicateError{item}
	}
	return nil
}

func (tx *Tx) duplicate(f File, digest engine.Digest) error {
	h, err := tx.History()
	if err != nil {
		return err
	}
	return duplicate(h, f, digest)
}

// foresee reads a file that can be read twice before any of it is kept, where it may be
// what must not be kept again, or what is there.
func (v *Vault) foresee(f File, r io.Reader) error {
	h, err := v.History(context.Background())
	file, seeks := r.(io.ReadSeeker)
	if err != nil || !seeks {
		return err
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil // a pipe after all
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(at, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if len(h.Tombstones()) == 0 && !(f.Once && h.HoldsSize(end-at)) {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.LimitReader(file, maxFile+1)); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if _, err := file.Seek(at, io.SeekStart); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	digest := engine.Digest(sum.Sum(nil))
	if err := gone(h, digest); err != nil {
		return err
	}
	return duplicate(h, f, digest)
}
