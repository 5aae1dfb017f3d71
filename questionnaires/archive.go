package questionnaires

import (
	"fmt"
	"time"

	"tickmark/engine"
)

// Archive is the payload of the entry by which a vault's copy was sealed to the archive.
// Nothing is withheld from it: it is the record. The entry stands in the vault and in the
// copy alike.
type Archive struct {
	Recipients []Recipient   `json:"recipients"` // all whom the archive is sealed to
	Before     []Recipient   `json:"before"`     // those whom the vault was sealed to
	Head       engine.Digest `json:"head"`       // of the history that was archived
	// Entry, Author and Time are those of the entry, no part of the payload.
	Entry  engine.Digest `json:"-"`
	Author Author        `json:"-"`
	Time   time.Time     `json:"-"`
}

// Archive returns the draft that records an archive of the history as it stands.
func (h *History) Archive(to, before []Recipient) (Draft, error) {
	if err := CheckRecipients(to); err != nil {
		return Draft{}, fmt.Errorf("archive: %w", err)
	}
	return Draft{Action: VaultArchived, Subject: "vault", Payload: Archive{Recipients: to, Before: before, Head: h.Head()}}, nil
}

// Archives returns every archive that enrolled authors made of the vault, oldest first.
func (h *History) Archives() ([]Archive, error) {
	var all []Archive
	for _, e := range h.entries {
		if e.Action != VaultArchived || h.Verify(e.ID) != nil {
			continue
		}
		var p Archive
		if err := h.read(e, &p); err != nil {
			return nil, err
		}
		p.Entry, p.Time = e.ID, e.Time
		p.Author, _ = h.Author(e.Author)
		all = append(all, p)
	}
	return all, nil
}
