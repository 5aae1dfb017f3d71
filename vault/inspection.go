package vault

import (
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Inspection is what reading every byte of a vault found.
type Inspection struct {
	Vault     engine.Digest `json:"vault"`
	Head      engine.Digest `json:"head"` // of the journal; zero where it cannot be told
	Entries   int           `json:"entries"`
	Documents int           `json:"documents"` // bodies that were read whole and have their digest
	Expunged  int           `json:"expunged"`  // bodies of which a tombstone stays
	// Faults are what is not as it was once written, in the order of reading.
	Faults []Fault `json:"faults"`
	// Unverified are entries whose author was not enrolled before them.
	Unverified []UnverifiedEntry `json:"unverified"`
	// Undead are digests of bodies that are there in spite of their tombstones.
	Undead []engine.Digest `json:"undead"`
	// Lost are entries that are missing and that somebody enrolled declared lost.
	Lost []engine.Digest `json:"lost"`
	// LeftOut are licensed texts that did not come with a copy when it was handed off.
	LeftOut []engine.Digest `json:"leftOut,omitempty"`
	// Withheld is how many payloads, of internal notes, did not come with such a copy.
	Withheld int `json:"withheld,omitempty"`
	// Dropped is how many bytes of an interrupted save stand at the end of the log.
	Dropped int64 `json:"dropped"`
}

// Fault is one thing that is wrong, and where.
type Fault struct {
	// Member is as in TamperError.
	Member string `json:"member"`
	// Offset and Length say which bytes of Member are hit; Offset is -1 where that has
	// no meaning, and Length is 0 where it is to the end or not known.
	Offset int64  `json:"offset"`
	Length int64  `json:"length,omitempty"`
	Cause  string `json:"cause"`
}

// String is the fault in one line.
func (f Fault) String() string {
	switch {
	case f.Offset < 0:
		return fmt.Sprintf("%s: %s", f.Member, f.Cause)
	case f.Length == 0:
		return fmt.Sprintf("%s, from byte %d: %s", f.Member, f.Offset, f.Cause)
	}
	return fmt.Sprintf("%s, bytes %d to %d: %s", f.Member, f.Offset, f.Offset+f.Length-1, f.Cause)
}

// UnverifiedEntry is an entry that nobody enrolled answers for.
type UnverifiedEntry struct {
	ID      engine.Digest         `json:"id"`
	Action  questionnaires.Action `json:"action"`
	Subject string                `json:"subject"`
	Author  engine.Digest         `json:"author"`
}

// Holds reports whether nothing is wrong.
func (i Inspection) Holds() bool { return len(i.Faults) == 0 }

// Torn reports whether bytes do not hold against their seal, so that only looking past
// SQLite (Examine) tells all that is hit.
func (i Inspection) Torn() bool {
	return slices.ContainsFunc(i.Faults, func(f Fault) bool { return f.Length > 0 })
}

// Err is nil where the vault holds and everything in it is verified, else it joins
// one *TamperError for each thing that is not.
func (i Inspection) Err() error {
	var wrong []error
	for _, f := range i.Faults {
		wrong = append(wrong, &TamperError{Member: f.Member, Offset: f.Offset, Err: errors.New(f.Cause)})
	}
	for _, e := range i.Unverified {
		wrong = append(wrong, tampered("entry "+e.ID.String(), "its author %s was not enrolled before it", e.Author.Short()))
	}
	return errors.Join(wrong...)
}

// add takes what a step of the inspection failed with, which may be several errors.
func (i *Inspection) add(member string, err error) {
	if err == nil {
		return
	}
	if several, are := err.(interface{ Unwrap() []error }); are {
		for _, one := range several.Unwrap() {
			i.add(member, one)
		}
		return
	}
	var tamper *TamperError
	if errors.As(err, &tamper) {
		i.Faults = append(i.Faults, Fault{Member: tamper.Member, Offset: tamper.Offset, Cause: tamper.Err.Error()})
		return
	}
	i.Faults = append(i.Faults, Fault{Member: member, Offset: -1, Cause: err.Error()})
}
