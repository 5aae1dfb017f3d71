package findings

import (
	"time"

	"tickmark/engine"
)

// Group is the API group of the documents of this package; Version their version.
const (
	Group   = engine.ImportGroup
	Version = Group + "/v1"
)

// The kinds of documents.
var (
	ReportKind  = engine.Kind{Group: Group, Kind: engine.ImportReport}
	SubjectKind = engine.Kind{Group: Group, Kind: "ScanSubject"}
	FindingKind = engine.Kind{Group: Group, Kind: "ScanFinding"}
)

// Kinds returns the kinds of documents that an import has.
func Kinds() []engine.Kind { return []engine.Kind{ReportKind, SubjectKind, FindingKind} }

// Report is one file of a tool: who wrote it, when, of what, and how much of it could
// be read.
type Report struct {
	Tool     engine.Tool   `json:"tool"`
	Tools    []engine.Tool `json:"tools,omitempty"`    // each of several that wrote it; Tool has their names
	Format   string        `json:"format"`             // as people call it, e.g. SARIF 2.1.0
	Classes  []Class       `json:"classes"`            // what it speaks of
	Ran      time.Time     `json:"ran,omitzero"`       // when the tool ran, by the file's own word
	Database Database      `json:"database,omitzero"`  // of known vulnerabilities
	Looked   Artifact      `json:"looked"`             // what it says that it looked at
	LeftOut  []string      `json:"leftOut,omitempty"`  // what the tool was told to leave out, by its own word
	Unsaid   []string      `json:"unsaid,omitempty"`   // what the tool may have been told to leave out: nothing in the file shows that it was not
	Says     []string      `json:"says,omitempty"`     // totals that the file prints itself
	Counts   Counts        `json:"counts"`             // of all findings, those that were not kept too
	File     File          `json:"file"`               // the file, which is evidence of its own
	Whole    bool          `json:"whole"`              // it was read to its end, and all of it was understood
	Truncate int           `json:"truncated,omitzero"` // findings that were counted and not kept
}

// Database is what vulnerabilities were looked up in.
type Database struct {
	Version string    `json:"version,omitempty"`
	Built   time.Time `json:"built,omitzero"`
}

// Artifact is what a tool looked at. Without a name nobody can tell what it was.
type Artifact struct {
	Kind    string   `json:"kind,omitempty"` // image, folder, cluster, account, ...
	Name    string   `json:"name,omitempty"`
	Digests []string `json:"digests,omitempty"`
	// Stated marks a name that is not the file's, but of the person who imported it.
	Stated bool `json:"stated,omitempty"`
}

// File is the file that was imported.
type File struct {
	Name   string        `json:"name"`
	Size   int64         `json:"size"`
	Digest engine.Digest `json:"digest"`
}

// Counts says how many findings there are of each status, and how many of the failed
// ones of each severity.
type Counts struct {
	Statuses   map[string]int `json:"statuses,omitempty"`
	Severities map[string]int `json:"severities,omitempty"`
}

// Add counts a finding.
func (c *Counts) Add(f Finding) {
	if c.Statuses == nil {
		c.Statuses, c.Severities = map[string]int{}, map[string]int{}
	}
	c.Statuses[f.Status.String()]++
	if f.Status == Failed {
		c.Severities[f.Severity.String()]++
	}
}

// Judged reports whether the tool came to say anything: of what it skipped, or could not
// look at, it says nothing.
func (c *Counts) Judged() bool {
	for status, n := range c.Statuses {
		if n > 0 && status != Skipped.String() && status != Errored.String() {
			return true
		}
	}
	return false
}

// Subject is one thing of which the tool says that it looked at it, with what it found
// there.
type Subject struct {
	Name   string `json:"name"`
	Class  Class  `json:"class"`
	Tool   string `json:"tool,omitempty"` // of a file that several wrote: which, with its version
	Type   string `json:"type,omitempty"` // in the tool's words, e.g. debian or gomod
	Counts Counts `json:"counts"`
}

// Finding is one thing that a tool says of a subject.
type Finding struct {
	Class      Class        `json:"class"`
	ID         string       `json:"id"`
	Title      string       `json:"title,omitempty"`
	Status     Status       `json:"status"`
	Word       string       `json:"word,omitempty"` // the status in the tool's own words
	Severity   Severity     `json:"severity"`
	Rating     string       `json:"rating,omitempty"` // the severity in the tool's own words
	Subject    string       `json:"subject,omitempty"`
	Location   string       `json:"location,omitempty"`
	Package    Package      `json:"package,omitzero"`
	Statement  *Statement   `json:"statement,omitempty"` // why it does not count, as somebody says
	References []string     `json:"references,omitempty"`
	Compliance []Compliance `json:"compliance,omitempty"`
	Seen       Seen         `json:"seen,omitzero"`
	Reason     string       `json:"reason,omitempty"`
}

// Package is a piece of software with a vulnerability.
type Package struct {
	Name      string `json:"name"`
	Installed string `json:"installed,omitempty"`
	Fixed     string `json:"fixed,omitempty"`
}

// Statement is what somebody says why a finding does not count: a rule that ignores it,
// or a statement of exploitability.
type Statement struct {
	State  string    `json:"state,omitempty"` // e.g. not_affected
	Why    string    `json:"why,omitempty"`
	Author string    `json:"author,omitempty"`
	Date   time.Time `json:"date,omitzero"`
	Source string    `json:"source,omitempty"`
	VEX    bool      `json:"vex,omitempty"` // it is a statement of exploitability, which needs an author and a date
}

// Seen is by which of several tools that wrote a file, and of an event how often it was,
// from when to when.
type Seen struct {
	By    string    `json:"by,omitempty"` // with its version
	Count int       `json:"count,omitzero"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}
