package vault

import (
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Internal notes stay behind when a vault is handed off: the copy has their entries,
// with ids, digests and signatures, and an empty payload. The entry of the handoff lists
// them, so that verifying tells this from a loss. What people began to write and did not
// send stays behind with its entries: it may be such a note, and is no part of any record.

// leftBehind is what a copy is sealed without.
type leftBehind struct {
	bodies  []engine.Digest // licensed texts
	entries []engine.Digest // whose payloads are internal
	unsent  bool            // words in the making, which are nobody's but their author's
}

// withhold empties the payload of an entry.
func (d *database) withhold(entry engine.Digest) error {
	return d.exec("update entries set payload = x'' where id = ?", entry[:])
}

// dropUnsent takes out of the side log what somebody began to write and did not send.
func (d *database) dropUnsent() error {
	return d.exec("delete from entries where action = ?", questionnaires.UnsentKept.String())
}

// dropSpent takes what was kept of forms before it was kept again, sent or dropped out of
// the side log: what was expunged may have been typed there. No entry names one of the
// side log as its parent, and all that stay are what they were.
func (tx *Tx) dropSpent() error {
	for _, entry := range tx.vault.history.SpentUnsent() {
		if err := tx.db.exec("delete from entries where id = ?", entry[:]); err != nil {
			return fmt.Errorf("drop words that were not sent: %w", err)
		}
	}
	return nil
}

// says reports whether a payload is what an entry names, or was left out where that may
// be.
func says(e questionnaires.Entry, payload []byte) bool {
	return engine.Sum(payload) == e.Digest || len(payload) == 0 && e.Action.Withholdable()
}

// withheld are the entries whose payloads stayed behind when the vault came.
func (v *Vault) withheld(h *questionnaires.History) ([]engine.Digest, error) {
	from, _, err := h.Origin(described(v.Recipients()))
	return from.Withheld, err
}

// withheldIn are the payloads that some handoff left behind, which are not lost.
func withheldIn(h *questionnaires.History) []engine.Digest {
	all, err := h.Handoffs()
	if err != nil {
		return nil
	}
	var left []engine.Digest
	for _, handoff := range all {
		if h.CheckHandoff(handoff) == nil {
			left = append(left, handoff.Withheld...)
		}
	}
	return left
}

// missing are the entries that say nothing though no handoff left that behind.
func missing(all []carvedEntry, h *questionnaires.History) []LostEntry {
	left := withheldIn(h)
	var lost []LostEntry
	for _, e := range all {
		if len(e.payload) == 0 && !slices.Contains(left, e.entry.ID) {
			lost = append(lost, lostEntry(e.entry))
		}
	}
	return lost
}
