package engine

import (
	"context"
	"io"
	"time"
)

// Collector looks at one target and never changes it. Collect hands every
// document to the intake as soon as it is redacted and canonical, so that memory
// stays bounded, and returns the snapshot that names them. What cannot be seen
// becomes a Gap; an error means that the intake refused a document or that not
// even the target's identity could be told.
//
// When ctx is cancelled, what was seen so far is returned with Interrupted gaps
// for the rest and ctx's error.
type Collector interface {
	// Source names the target for people before it is known: a context, a path.
	Source() string
	Collect(ctx context.Context, to Intake) (Snapshot, error)
}

// Reserving is a Collector that leaves out what a person has to ask for by name.
type Reserving interface {
	Collector
	// Reserved is what With may name, each with what speaks against it.
	Reserved() []Reserved
	// With returns the collector that asks for these as well, and for no other.
	With(names ...string) Collector
}

// Reserved is something that is collected only when it is asked for by name.
type Reserved struct {
	Name    string
	Warning string // what whoever grants or asks it should know, in one sentence
}

// FileCollector is a Collector of one file, which whoever records what it gave keeps
// beside it, byte for byte. CollectedFile is asked once Collect is done.
type FileCollector interface {
	Collector
	CollectedFile() CollectedFile
}

// CollectedFile is a file that was collected from.
type CollectedFile struct {
	Name   string
	Digest Digest
	Made   time.Time // by its own word; zero where it does not say
	Open   func() (io.ReadCloser, error)
}

// Intake takes what a collector gives. Document may be called from one goroutine
// at a time; Progress may be nil, and so may Parts where nothing is kept.
type Intake struct {
	Document func(Document) error
	Progress func(Progress)
	Parts    Progressing
}

// Progress says how far a collection is, or the evaluation that follows it.
type Progress struct {
	Source string // as Collector.Source, or Evaluating
	What   string // the kind or file at hand, or the check
	Seen   int    // documents so far, or results
	Total  int    // of them as far as the source tells, 0 while unknown
	Gaps   int    // gaps so far
	// Read is how many bytes of Size were read, of what lies on disk; 0 of 0 else.
	Read, Size int64
}

// Evaluating is the Source of the Progress of an evaluation.
const Evaluating = "evaluating"
