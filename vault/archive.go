package vault

import (
	"context"
	"errors"
	"fmt"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Archiving is how a vault is put into the archive.
type Archiving struct {
	// To is whom the archive is sealed to, and nobody else.
	To []Recipient
	// Verifying and Sealing, which may be nil, hear how many of all bytes were read and
	// written.
	Verifying, Sealing func(done, total int64)
}

// Archive reads the whole vault and writes a compact copy of it, sealed to the archive
// alone, to a file that is not there yet. It is the record of the engagement: nothing is
// withheld from it, internal notes and licensed text included. A signed entry in the
// vault and in the copy names the recipients and the head of what was archived. A vault
// of which something does not hold is not archived. An error leaves no file and no
// entry, unless it says that the entry was written.
func (v *Vault) Archive(ctx context.Context, file string, what Archiving) (questionnaires.Archive, error) {
	made, err := v.archive(ctx, file, what)
	if err != nil {
		return questionnaires.Archive{}, fmt.Errorf("archive %s: %w", v.name, err)
	}
	return made, nil
}

func (v *Vault) archive(ctx context.Context, file string, what Archiving) (questionnaires.Archive, error) {
	fail := func(err error) (questionnaires.Archive, error) { return questionnaires.Archive{}, err }
	if len(what.To) == 0 {
		return fail(errors.New("nobody is named whom the archive is sealed to"))
	}
	recipients, err := sealedTo(what.To)
	if err != nil {
		return fail(err)
	}
	c := copying{disk: v.settings.disk, path: file, temporary: replacement(file)}
	if err := c.free(); err != nil {
		return fail(err)
	}
	found, err := v.Inspect(ctx, what.Verifying)
	if err != nil {
		return fail(err)
	}
	if n := len(found.Faults); n > 0 {
		return fail(tampered(found.Faults[0].Member, "%d things in it do not hold, and what does not hold is not archived: %s", n, found.Faults[0].Cause))
	}
	var entry questionnaires.Entry
	err = v.update(ctx, func(tx *Tx) error {
		h, err := tx.History()
		if err != nil {
			return err
		}
		draft, err := h.Archive(described(recipients), described(v.Recipients()))
		if err != nil {
			return err
		}
		if entry, err = tx.Append(draft); err != nil {
			return err
		}
		return tx.sealCopy(&c, recipients, leftBehind{}, what.Sealing)
	})
	if err != nil {
		c.remove()
		return fail(err)
	}
	if err := c.place(); err != nil {
		c.remove()
		return fail(fmt.Errorf("the journal says that it was archived, and the copy could not be kept: %w", err))
	}
	h, err := v.History(context.WithoutCancel(ctx))
	if err != nil {
		return fail(err)
	}
	all, err := h.Archives()
	if err != nil || len(all) == 0 || all[len(all)-1].Entry != entry.ID {
		return fail(errors.Join(err, errors.New("the entry that records it is not in the history")))
	}
	return all[len(all)-1], nil
}

// Rehearse opens an archive afresh, as somebody would who has nothing but the file and
// an identity: it reads every byte and every body, and compares its head with that of
// the vault that was archived.
func Rehearse(ctx context.Context, file string, identities []age.Identity, head engine.Digest, progress func(done, total int64), opts ...Option) (Inspection, error) {
	fail := func(err error) (Inspection, error) { return Inspection{}, fmt.Errorf("rehearse %s: %w", file, err) }
	v, err := Open(ctx, file, identities, append(opts, ReadOnly())...)
	if err != nil {
		return fail(err)
	}
	defer v.Close()
	found, err := v.Inspect(ctx, progress)
	if err == nil && len(found.Faults) > 0 {
		err = tampered(found.Faults[0].Member, "%s", found.Faults[0].Cause)
	}
	if err == nil && v.Head() != head {
		err = tampered("journal", "its head is %s, that of the vault %s", v.Head().Short(), head.Short())
	}
	if err != nil {
		return fail(err)
	}
	return found, nil
}
