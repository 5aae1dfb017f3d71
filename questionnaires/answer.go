package questionnaires

import (
	"time"

	"tickmark/engine"
)

// Answer is what a person says of a requirement. It is the payload of an entry.
type Answer struct {
	Requirement RequirementID `json:"requirement"`
	Response    Response      `json:"response"`
	Narrative   string        `json:"narrative"`
	Methods     []Method      `json:"methods,omitempty"`
	Evidence    []ID          `json:"evidence,omitempty"`
	// Undoes names the entry that this revision takes back, Restores the one whose
	// answer it repeats (zero: the requirement was unanswered before).
	Undoes   engine.Digest `json:"undoes"`
	Restores engine.Digest `json:"restores"`
}

// Revision is an answer as it stands in the history: by whom and when.
type Revision struct {
	Answer
	Entry    engine.Digest
	Author   Author
	Time     time.Time
	Verified bool // the author was enrolled before and the signature holds
}
