package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// errAtDesk says that something is asked on the plain terminal alone.
var errAtDesk = errors.New("it would be asked for on the terminal, which the workbench has; use the verb")

// atDesk is the door as the workbench uses it: what is said goes to the desk, progress as
// well, and nothing is asked.
func (d *door) atDesk(tell func(engine.Progress)) (*door, *bytes.Buffer) {
	var said bytes.Buffer
	with := *d
	with.out, with.err = &said, watched{io.Discard, tell}
	with.in = strings.NewReader("") // the terminal is the workbench's, also for who names -
	with.terminal = func(io.Writer) bool { return false }
	with.askPass = func(string) ([]byte, error) { return nil, errAtDesk }
	with.ask = func(string) (string, error) { return "", errAtDesk }
	return &with, &said
}

// watched is where progress goes that the desk shows. Nothing is written beside it.
type watched struct {
	io.Writer
	tell func(engine.Progress)
}

// care is how the workbench gives a vault to others.
func (d *door) care(path string, o opening) screen.Care {
	return screen.Care{
		Expunge: func(ctx context.Context, v *vault.Vault, bodies int, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error {
				past, err := at.pastRetention(ctx, v, nil)
				if err == nil && len(past.Drafts) != bodies {
					err = fmt.Errorf("expunge: %d bodies may go now, and not %d; nothing was changed", len(past.Drafts), bodies)
				}
				if err != nil {
					return err
				}
				return at.expungePast(ctx, v, past, true)
			})
		},
		Archive: func(ctx context.Context, v *vault.Vault, g screen.Giving, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error { return at.archiveFromDesk(ctx, v, path, o, g) })
		},
		HandOff: func(ctx context.Context, v *vault.Vault, g screen.Giving, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error { return at.handOffFromDesk(ctx, v, o, g) })
		},
		Merge: func(ctx context.Context, v *vault.Vault, t screen.Taking, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error {
				looking := o
				if t.Identity != "" {
					looking.identities = []string{fromHome(t.Identity)}
				}
				return at.mergeInto(ctx, v, fromHome(t.File), looking, at.consent(o.allowExec), "")
			})
		},
		AddRecipients: func(ctx context.Context, v *vault.Vault, g screen.Giving, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error {
				added, err := at.givenTo(at.consent(o.allowExec), g)
				if err != nil {
					return err
				}
				return at.sealAnew(ctx, v, append(slices.Clone(v.Recipients()), added...))
			})
		},
		RemoveRecipient: func(ctx context.Context, v *vault.Vault, r vault.Recipient, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error { return at.removeFromDesk(ctx, v, path, o, r) })
		},
		Enrol: func(file string, h *questionnaires.History) (questionnaires.Draft, error) {
			card, err := readCard(fromHome(file))
			if err != nil {
				return questionnaires.Draft{}, err
			}
			return h.Enrol(card)
		},
	}
}

// unhinted says an error with its hint in one line. What has a hint is not stopped
// simply: there is something to be done.
func unhinted(err error) error {
	var h hinted
	if errors.As(err, &h) {
		return errors.New(err.Error() + "; " + h.hint)
	}
	return err
}

// givenTo are the keys that a person named where no shell reads them.
func (d *door) givenTo(c *consent, g screen.Giving) ([]vault.Recipient, error) {
	texts := make([]string, len(g.To))
	for i, text := range g.To {
		texts[i] = fromHome(text)
	}
	return c.parseRecipients(texts, g.Label)
}

func (d *door) archiveFromDesk(ctx context.Context, v *vault.Vault, path string, o opening, g screen.Giving) error {
	c := d.consent(o.allowExec)
	to, err := d.givenTo(c, g)
	if err != nil {
		return err
	}
	x := archiving{opening: o}
	if g.Rehearse != "" {
		x.rehearse = []string{fromHome(g.Rehearse)}
	}
	present, err := d.identitiesFor(path, o, c)
	if err != nil && !errors.Is(err, errAtDesk) && !errors.Is(err, vault.ErrNoIdentity) {
		return err
	}
	rehearsing, err := d.rehearsing(path, x, c, to, present)
	if err != nil {
		return err
	}
	form, err := d.archived(ctx, v, fromHome(g.File), to, rehearsing, c.plugins())
	if err != nil {
		return err
	}
	if err := d.printArchive(form, ""); err != nil {
		return err
	}
	if !form.Rehearsed {
		return errAttention
	}
	return nil
}

func (d *door) handOffFromDesk(ctx context.Context, v *vault.Vault, o opening, g screen.Giving) error {
	what := vault.HandingOff{KeepPresent: g.Keep, WithText: g.WithText, Note: g.Note}
	var err error
	if what.To, err = d.givenTo(d.consent(o.allowExec), g); err != nil {
		return err
	}
	if g.Author != "" {
		card, err := readCard(fromHome(g.Author))
		if err != nil {
			return err
		}
		what.Author = &card
	}
	return d.handOver(ctx, v, fromHome(g.File), what)
}

// removeFromDesk seals the vault to the others alone. Who would lock themselves out is
// refused: that takes the verb.
func (d *door) removeFromDesk(ctx context.Context, v *vault.Vault, path string, o opening, r vault.Recipient) error {
	present := v.Recipients()
	left := slices.DeleteFunc(slices.Clone(present), func(other vault.Recipient) bool { return other.Recipient == r.Recipient })
	identities, err := d.identitiesFor(path, o, d.consent(o.allowExec))
	if err != nil {
		return err
	}
	if lockedOut(present, left, identities) {
		return errors.New("remove recipient: you could not open the vault any more; `tickmark vault recipients VAULT remove --myself` does it all the same")
	}
	return d.sealAnew(ctx, v, left)
}
