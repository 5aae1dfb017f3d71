package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// ErrTextLeftOut says that the vault's licensed text did not come with it when it was
// handed off.
var ErrTextLeftOut = errors.New("the licensed text was left out when the vault was handed off")

// SetText keeps the standard's own text, as the user's licence allows it, in the place
// of what was kept before. It is stored as the canonical JSON of body.
func (v *Vault) SetText(ctx context.Context, text questionnaires.LicensedText, body any) (questionnaires.LicensedText, error) {
	err := v.Update(ctx, func(tx *Tx) error {
		h, err := tx.History()
		if err != nil {
			return err
		}
		before, err := h.TextBodies()
		if err != nil {
			return err
		}
		if text.Body, err = tx.putValue(body); err != nil {
			return err
		}
		draft, err := questionnaires.SetLicensedText(text)
		if err != nil {
			return err
		}
		if text.Entry, err = tx.appended(draft); err != nil {
			return err
		}
		return tx.forget(before, text.Body)
	})
	return text, err
}

func (tx *Tx) appended(draft questionnaires.Draft) (engine.Digest, error) {
	e, err := tx.Append(draft)
	return e.ID, err
}

// forget drops the bodies of licensed texts, but for one.
func (tx *Tx) forget(bodies []engine.Digest, kept engine.Digest) error {
	for _, digest := range bodies {
		if digest == kept {
			continue
		}
		if err := tx.change("drop licensed text", func() error { return tx.db.drop(digest) }); err != nil {
			return err
		}
	}
	return nil
}

// drop takes a body and its row out.
func (d *database) drop(digest engine.Digest) error {
	if err := d.expunge(digest); err != nil {
		return err
	}
	return d.exec("delete from documents where digest = ?", digest[:])
}

// RemoveText takes the licensed text out for good: the vault is compacted with a fresh
// key, and nothing is left of it. An entry says that it was there.
func (v *Vault) RemoveText(ctx context.Context, progress func(done, total int64)) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if err := v.removeText(ctx, progress); err != nil {
		return fmt.Errorf("remove licensed text from %s: %w", v.name, err)
	}
	return nil
}

func (v *Vault) removeText(ctx context.Context, progress func(done, total int64)) error {
	if err := v.writable(ctx); err != nil {
		return err
	}
	return v.rewrite(ctx, v.recipients, func(tx *Tx) error {
		tx.thorough = true
		h, err := tx.History()
		if err != nil {
			return err
		}
		standing, err := h.LicensedTexts()
		if err == nil && len(standing) == 0 {
			err = errors.New("there is none")
		}
		if err != nil {
			return err
		}
		bodies, err := h.TextBodies()
		if err != nil {
			return err
		}
		draft, err := questionnaires.SetLicensedText(questionnaires.LicensedText{})
		if err != nil {
			return err
		}
		if _, err := tx.Append(draft); err != nil {
			return err
		}
		return tx.forget(bodies, engine.Digest{})
	}, progress)
}

// Text returns the licensed text that stands, and the canonical JSON that it was stored
// as; nil where there is none. Of several that were loaded side by side it is the
// latest that is here. The error is ErrTextLeftOut where none came with the vault.
func (v *Vault) Text(ctx context.Context) (text questionnaires.LicensedText, body []byte, err error) {
	h, err := v.History(ctx)
	if err != nil {
		return text, nil, err
	}
	standing, err := h.LicensedTexts()
	if err != nil || len(standing) == 0 {
		return text, nil, err
	}
	for _, text = range slices.Backward(standing) {
		body, err = v.Body(ctx, text.Body)
		if !errors.Is(err, ErrAbsent) {
			return text, body, err
		}
	}
	if left, wrong := v.leftOut(h, text.Body); left || wrong != nil {
		err = errors.Join(ErrTextLeftOut, wrong)
	}
	return text, nil, err
}

// leftOut reports whether the vault came by a handoff that left a text out.
func (v *Vault) leftOut(h *questionnaires.History, body engine.Digest) (bool, error) {
	from, was, err := h.Origin(described(v.Recipients()))
	return was && slices.Contains(from.LeftOut, body), err
}

// texts asks for every licensed text that stands, unless it was left out.
func (i *inspecting) texts(context.Context) error {
	standing, err := i.r.history.LicensedTexts()
	i.found.add("journal", err)
	for _, text := range standing {
		if id, _, err := i.r.db.find(text.Body); err == nil && id != 0 {
			continue
		}
		left, err := i.v.leftOut(i.r.history, text.Body)
		i.found.add("journal", err)
		if left {
			i.found.LeftOut = append(i.found.LeftOut, text.Body)
			continue
		}
		i.found.add("document "+text.Body.String(), errors.New("the licensed text is not there"))
	}
	return nil
}
