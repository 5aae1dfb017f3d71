package questionnaires

import (
	"errors"
	"fmt"
	"time"

	"tickmark/engine"
)

// Handoff is the payload of the entry by which a vault's copy is given to the next
// team. The entry stands in the vault it was given from and in the copy alike.
type Handoff struct {
	Recipients []Recipient   `json:"recipients"` // all whom the copy is sealed to
	Head       engine.Digest `json:"head"`       // of the history that was handed off
	Note       string        `json:"note,omitempty"`
	// LeftOut are the licensed texts that the copy was given without.
	LeftOut []engine.Digest `json:"leftOut,omitempty"`
	// Withheld are the entries of internal notes, whose texts the copy was given without.
	Withheld []engine.Digest `json:"withheld,omitempty"`
	// Entry, Author and Time are those of the entry, no part of the payload.
	Entry  engine.Digest `json:"-"`
	Author engine.Digest `json:"-"`
	Time   time.Time     `json:"-"`
}

// maxHandoffNote bounds what is written beside a handoff, in bytes.
const maxHandoffNote = 2000

// HandOff returns the draft that records a handoff of the history as it stands, without
// some licensed texts and without internal notes.
func (h *History) HandOff(to []Recipient, note string, leftOut ...engine.Digest) (Draft, error) {
	if err := CheckRecipients(to); err != nil {
		return Draft{}, fmt.Errorf("hand off: %w", err)
	}
	if err := CheckText("note", note, maxHandoffNote); err != nil {
		return Draft{}, fmt.Errorf("hand off: %w", err)
	}
	withheld, err := h.InternalNotes()
	if err != nil {
		return Draft{}, fmt.Errorf("hand off: %w", err)
	}
	return Draft{Action: HandedOff, Subject: "vault", Payload: Handoff{Recipients: to, Head: h.Head(), Note: note, LeftOut: leftOut, Withheld: withheld}}, nil
}

// Handoffs returns every handoff of the vault, oldest first. Whether one can be
// relied on is CheckHandoff's to say.
func (h *History) Handoffs() ([]Handoff, error) {
	var all []Handoff
	for _, e := range h.entries {
		if e.Action != HandedOff {
			continue
		}
		handoff, err := h.handoff(e)
		if err != nil {
			return nil, err
		}
		all = append(all, handoff)
	}
	return all, nil
}

func (h *History) handoff(e Entry) (Handoff, error) {
	var p Handoff
	if err := h.read(e, &p); err != nil {
		return p, err
	}
	p.Entry, p.Author, p.Time = e.ID, e.Author, e.Time
	return p, nil
}

// Handoff returns the handoff that an entry records.
func (h *History) Handoff(entry engine.Digest) (Handoff, error) {
	i, known := h.byID.find(entry)
	if !known || h.entries[i].Action != HandedOff {
		return Handoff{}, fmt.Errorf("read handoff %s: no entry of the history records it", entry.Short())
	}
	return h.handoff(h.entries[i])
}

// ErrHandoff says that a handoff is not what its author signed.
var ErrHandoff = errors.New("the handoff does not hold")

// CheckHandoff reports a handoff that was not signed by an enrolled author, or
// whose head is not that of the history before it: something was taken out or put
// in. The error is ErrHandoff.
func (h *History) CheckHandoff(handoff Handoff) error {
	i, known := h.byID.find(handoff.Entry)
	if !known {
		return fmt.Errorf("check handoff: %w: its entry is not in the history", ErrHandoff)
	}
	if err := h.Verify(handoff.Entry); err != nil {
		return fmt.Errorf("check handoff: %w: %w", ErrHandoff, err)
	}
	if head := headOf(h.entries[i].Parents); head != handoff.Head {
		return fmt.Errorf("check handoff: %w: it names head %s, the history before it has %s", ErrHandoff, handoff.Head.Short(), head.Short())
	}
	return nil
}

// Origin finds the handoff that a vault came by, from those whom it is sealed to
// now: of the handoffs before it, the newest whose copy was sealed to those whom
// it was sealed to then. It reports false for a vault that was never handed on.
func (h *History) Origin(now []Recipient) (Handoff, bool, error) {
	for i := len(h.entries) - 1; i > 0; i-- {
		switch e := h.entries[i]; e.Action {
		case RecipientsChanged:
			if h.Verify(e.ID) != nil {
				continue // nobody who may change them did
			}
			var change RecipientsChange
			if err := h.read(e, &change); err != nil {
				return Handoff{}, false, err
			}
			if SameRecipients(change.After, now) {
				now = change.Before
			}
		case VaultArchived:
			if h.Verify(e.ID) != nil {
				continue
			}
			var archive Archive
			if err := h.read(e, &archive); err != nil {
				return Handoff{}, false, err
			}
			if SameRecipients(archive.Recipients, now) {
				now = archive.Before // this is the archive, or could be
			}
		case HandedOff:
			handoff, err := h.handoff(e)
			if err != nil || SameRecipients(handoff.Recipients, now) {
				return handoff, err == nil, err
			}
		default:
		}
	}
	return Handoff{}, false, nil
}
