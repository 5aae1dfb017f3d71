package engine

import (
	"context"
	"encoding/json"
	"time"
)

// Part is a piece of a collection that was seen to its end, such as the listing of
// one kind or some files: what a collection that was interrupted need not ask for again.
type Part struct {
	Key string `json:"key"` // what was asked for
	// Begun is when the collection had begun, and Seen when this piece of it was seen.
	Begun      time.Time      `json:"begun"`
	Seen       time.Time      `json:"seen"`
	Entries    []Entry        `json:"entries"`
	Population Population     `json:"population"`
	Redacted   map[string]int `json:"redacted,omitempty"`
	// Notes is what else whoever collects has to know to go on.
	Notes json.RawMessage `json:"notes,omitempty"`
}

// Progressing keeps the parts of a collection until it is recorded. Source says
// what is asked, of whom and as whom: parts of another source are never seen.
type Progressing interface {
	// Earlier returns the parts that are kept of an earlier collection and are not
	// too old to go on from.
	Earlier(ctx context.Context, source string) ([]Part, error)
	// Keep keeps a part, whose documents were all handed over before.
	Keep(ctx context.Context, source string, p Part) error
}
