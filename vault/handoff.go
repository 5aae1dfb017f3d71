package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// HandingOff is how a vault is handed to the next team.
type HandingOff struct {
	// To is the next team.
	To []Recipient
	// KeepPresent seals the copy to those as well who open the vault now.
	KeepPresent bool
	// Author is enrolled first, unless they are already, so that the next team can
	// write. nil enrols nobody.
	Author *questionnaires.Card
	// WithText gives the licensed text as well, which the next team needs a licence for.
	WithText bool
	// Note says why, to the next team and to whoever reads the journal.
	Note string
	// Progress, which may be nil, hears how many of all bytes of the copy are written.
	Progress func(done, total int64)
}

// HandOff writes a copy of the vault, sealed to the next team, to a file that is not
// there yet. A signed entry in the vault and in the copy names the recipients and the
// head of what was handed off. The copy has a journal identity of its own, so that
// what is written on either side afterwards stays there. An error leaves no file and
// no entry, unless it says that the entry was written.
func (v *Vault) HandOff(ctx context.Context, file string, what HandingOff) (questionnaires.Handoff, error) {
	given, err := v.handOff(ctx, file, what)
	if err != nil {
		return questionnaires.Handoff{}, fmt.Errorf("hand off %s: %w", v.name, err)
	}
	return given, nil
}

func (v *Vault) handOff(ctx context.Context, file string, what HandingOff) (questionnaires.Handoff, error) {
	recipients, err := v.nextTeam(what)
	if err != nil {
		return questionnaires.Handoff{}, err
	}
	c := copying{disk: v.settings.disk, path: file, temporary: replacement(file)}
	if err := c.free(); err != nil {
		return questionnaires.Handoff{}, err
	}
	var entry questionnaires.Entry
	err = v.update(ctx, func(tx *Tx) error {
		var left leftBehind
		if entry, left, err = tx.recordHandOff(recipients, what); err != nil {
			return err
		}
		return tx.sealCopy(&c, recipients, left, what.Progress)
	})
	if err != nil {
		c.remove()
		return questionnaires.Handoff{}, err
	}
	if err := c.place(); err != nil {
		c.remove()
		return questionnaires.Handoff{}, fmt.Errorf("the journal says that it was handed off, and the copy could not be kept: %w", err)
	}
	h, err := v.History(context.WithoutCancel(ctx))
	if err != nil {
		return questionnaires.Handoff{}, err
	}
	return h.Handoff(entry.ID)
}

// nextTeam are those whom the copy is sealed to.
func (v *Vault) nextTeam(what HandingOff) ([]Recipient, error) {
	all, present := slices.Clone(what.To), v.Recipients()
	if len(all) == 0 {
		return nil, errors.New("nobody is named whom it is handed to")
	}
	for _, r := range present {
		named := func(o Recipient) bool { return o.Kind == r.Kind && o.Text == r.Text }
		if what.KeepPresent && !slices.ContainsFunc(what.To, named) {
			all = append(all, r)
		}
	}
	all, err := sealedTo(all)
	if err != nil {
		return nil, err
	}
	if questionnaires.SameRecipients(described(all), described(present)) {
		return nil, errors.New("the copy would be sealed to those who open the vault itself: there is nobody to hand it to")
	}
	return all, nil
}

// recordHandOff writes the entries of a handoff, and returns what it is without.
func (tx *Tx) recordHandOff(recipients []Recipient, what HandingOff) (e questionnaires.Entry, left leftBehind, err error) {
	h, err := tx.History()
	if err != nil {
		return e, left, err
	}
	if what.Author != nil && !h.Enrols(what.Author.Author.ID) {
		draft, err := h.Enrol(*what.Author)
		if err != nil {
			return e, left, err
		}
		if _, err := tx.Append(draft); err != nil {
			return e, left, err
		}
		if h, err = tx.History(); err != nil {
			return e, left, err
		}
	}
	leftOut, without, err := tx.textsLeftOut(h, what.WithText)
	if err != nil {
		return e, left, err
	}
	left.bodies, left.unsent = without, true
	draft, err := h.HandOff(described(recipients), what.Note, leftOut...)
	if err != nil {
		return e, left, err
	}
	if given, is := draft.Payload.(questionnaires.Handoff); is {
		left.entries = given.Withheld
	}
	e, err = tx.Append(draft)
	return e, left, err
}

// textsLeftOut are the licensed texts that stand and that a copy is given without,
// those that are not here either among them, and all bodies of such texts that must
// not be in it.
func (tx *Tx) textsLeftOut(h *questionnaires.History, with bool) (leftOut, without []engine.Digest, err error) {
	standing, err := h.LicensedTexts()
	if err != nil {
		return nil, nil, err
	}
	if without, err = h.TextBodies(); err != nil {
		return nil, nil, err
	}
	for _, text := range standing {
		id, _, err := tx.db.find(text.Body)
		if err != nil {
			return nil, nil, err
		}
		if (id == 0 || !with) && slices.Contains(without, text.Body) {
			leftOut = append(leftOut, text.Body)
		}
	}
	if with {
		without = nil
	}
	return leftOut, without, nil
}

// sealCopy writes the database as the transaction has it, under the copy's own
// recipients and journal identity, which the transaction then forgets again. Nothing
// that was deleted leaves the house with it, and nothing of what is left behind.
func (tx *Tx) sealCopy(c *copying, recipients []Recipient, left leftBehind, progress func(done, total int64)) error {
	if err := tx.db.exec("savepoint copy"); err != nil {
		return err
	}
	to, _ := remember(recipients, tx.vault.settings.plugins)
	var err error
	for _, digest := range left.bodies {
		err = errors.Join(err, tx.db.drop(digest))
	}
	for _, entry := range left.entries {
		err = errors.Join(err, tx.db.withhold(entry))
	}
	if left.unsent {
		err = errors.Join(err, tx.db.dropUnsent())
	}
	err = errors.Join(err, tx.db.exec("delete from pending")) // whoever collected goes on with it, and nobody else
	var pages func(io.Writer) error
	if err == nil {
		pages, err = tx.vault.nextPages(tx.ctx, recipients, true, progress)
	}
	if err == nil {
		err = c.seal(to, pages)
	}
	if err == nil {
		err = tx.ctx.Err()
	}
	return errors.Join(err, tx.db.exec("rollback to copy"), tx.db.exec("release copy"))
}

// copying is a sealed copy on its way to its place, where nothing may be.
type copying struct {
	disk            disk
	path, temporary string
	sealed, held    bool // the copy is written; its name is taken
}

// free reports what stands where the copy is to be. A log there would be taken for
// the copy's own.
func (c *copying) free() error {
	for _, path := range []string{c.path, logPath(c.path)} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%s is there already, and is not replaced", path), withoutPath(err))
		}
	}
	if err := c.disk.remove(c.temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove what an interrupted handoff left: %w", withoutPath(err))
	}
	return nil
}

// seal writes the copy beside its place, forces it to the disk and takes its name.
func (c *copying) seal(to []age.Recipient, pages func(io.Writer) error) error {
	f, err := c.disk.create(c.temporary)
	if err != nil {
		return fmt.Errorf("make %s: %w", c.path, withoutPath(err))
	}
	c.sealed = true
	err = sealInto(f, to, pages)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", c.path, withoutPath(err))
	}
	name, err := c.disk.create(c.path)
	if err != nil {
		return fmt.Errorf("make %s: %w", c.path, withoutPath(err))
	}
	c.held = true
	return name.Close()
}

// place gives the copy its name.
func (c *copying) place() error {
	if err := c.disk.rename(c.temporary, c.path); err != nil {
		return err
	}
	c.sealed = false
	return c.disk.syncFolder(filepath.Dir(c.path))
}

func (c *copying) remove() {
	if c.sealed {
		_ = c.disk.remove(c.temporary)
	}
	if c.held {
		_ = c.disk.remove(c.path)
	}
}

// Origin is the handoff that the vault came by, false for one that nobody handed on.
// One that does not hold, because it is not signed by an enrolled author or because
// the history before it is not what was handed off, is a *TamperError.
func (v *Vault) Origin(ctx context.Context) (questionnaires.Handoff, bool, error) {
	h, err := v.History(ctx)
	if err != nil {
		return questionnaires.Handoff{}, false, err
	}
	origin, was, err := h.Origin(described(v.Recipients()))
	if err == nil && was {
		err = h.CheckHandoff(origin)
	}
	if err != nil {
		return origin, was, fmt.Errorf("see where %s came from: %w", v.name, tampered("handoff", "%w", err))
	}
	return origin, was, nil
}
