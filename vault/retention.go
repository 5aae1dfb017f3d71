package vault

import (
	"context"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// PastRetention is what of a vault may go on a day, and how much has to stay.
type PastRetention struct {
	Drafts    []questionnaires.Draft // one for each body that may go, for ExpungeAll
	Items     []questionnaires.Evidence
	Documents int    // collected ones that may go
	Stay      int    // items
	Why       string // the first has to stay
}

// PastRetention finds what may go on a day. Where items are named, it is about these
// alone, and one that has to stay is an error.
func (v *Vault) PastRetention(ctx context.Context, catalogue *questionnaires.Catalogue, on questionnaires.Day, named ...string) (PastRetention, error) {
	h, err := v.History(ctx)
	if err != nil {
		return PastRetention{}, err
	}
	s := sifting{history: h, on: on, gone: map[engine.Digest]bool{}}
	if s.book, err = h.Kept(catalogue); err != nil {
		return PastRetention{}, err
	}
	for _, label := range named {
		item, err := h.EvidenceByLabel(label)
		if err != nil {
			return PastRetention{}, err
		}
		if err := s.item(item); err != nil {
			return PastRetention{}, err
		}
	}
	if len(named) > 0 {
		return s.past, nil
	}
	for _, item := range h.Evidence() {
		if err := s.item(item); err != nil && item.Expunged == nil {
			s.past.Stay++
			if s.past.Why == "" {
				s.past.Why = err.Error()
			}
		}
	}
	if s.book.MayGo("", on) != nil {
		return s.past, nil
	}
	snapshots, err := v.Snapshots(ctx)
	if err != nil {
		return PastRetention{}, err
	}
	return s.past, s.collected(snapshots)
}

// sifting tells what may go from what has to stay.
type sifting struct {
	history *questionnaires.History
	book    *questionnaires.KeptBook
	on      questionnaires.Day
	gone    map[engine.Digest]bool
	past    PastRetention
}

// item takes an item, with the file that a redacted copy took the place of.
func (s *sifting) item(item questionnaires.Evidence) error {
	if original := item.Original; original != nil {
		if _, went := s.history.Tombstone(original.Digest); !went && !s.gone[original.Digest] {
			draft, err := s.book.ExpungeOriginal(item, s.on)
			if err != nil {
				return err
			}
			s.goes(original.Digest, draft)
		}
	}
	draft, err := s.book.Expunge(item, s.on)
	if err != nil {
		return err
	}
	s.past.Items = append(s.past.Items, item)
	if !s.gone[item.Digest()] {
		s.goes(item.Digest(), draft)
	}
	return nil
}

// collected takes what was collected, which serves every assessment.
func (s *sifting) collected(snapshots []engine.Snapshot) error {
	for _, snapshot := range snapshots {
		for _, e := range snapshot.Entries {
			if _, went := s.history.Tombstone(e.Digest); went || s.gone[e.Digest] {
				continue
			}
			draft, err := s.book.ExpungeDocument(e.Digest, s.on)
			if err != nil {
				return err
			}
			s.goes(e.Digest, draft)
			s.past.Documents++
		}
	}
	return nil
}

func (s *sifting) goes(body engine.Digest, draft questionnaires.Draft) {
	s.gone[body] = true
	s.past.Drafts = append(s.past.Drafts, draft)
}
