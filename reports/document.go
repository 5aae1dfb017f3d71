package reports

import (
	"slices"
	"time"
)

// Document is a composed report: what it says of itself, and its blocks in reading
// order. A renderer adds nothing to it but page numbers.
type Document struct {
	Kind       Kind
	Title      string // e.g. "Self-Assessment Record"
	Subject    string // one line about what it covers
	Entity     string
	Author     string // who prepared it
	Language   string // BCP 47, e.g. "en-GB"
	Date       time.Time
	Protection string // confidentiality, printed in the footer
	Vault      string // short id of the vault, printed in the footer
	Head       string // head of the assessment, 64 hexadecimal digits
	Draft      string // why it is a draft; "" if it is none. Printed on each page
	Manifest   []byte // JSON of digests and provenance that travels inside the file
	Blocks     []Block
}

// Block is one part of a document. The set is closed: a renderer knows all of them.
type Block interface{ block() }

// Tone is the colour family of a word. The word always stands beside it; the zero
// value says nothing.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good         // in place, pass
	Info         // in place with a compensating control
	Bad          // not in place, fail
	Muted        // not applicable
	Warn         // not tested, unknown, draft
	Open         // not answered
)

// Pill is a short word in its tone.
type Pill struct {
	Text string
	Tone Tone
}

// Cover is the first page.
type Cover struct {
	Kicker string // small line above the title
	Title  string // may hold a line break
	Entity string
	Detail string // one line below the entity
	Pill   Pill   // the recorded conclusion
	Facts  []Fact
	Panel  Panel
	Note   string // at the foot of the page
}

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// facts are those that say something.
func facts(all ...Fact) []Fact {
	return slices.DeleteFunc(all, func(f Fact) bool { return f.Value == "" })
}

// Panel shows one digest to compare, and how.
type Panel struct{ Title, Digest, Note string }

// Contents lists the headings of levels 1 and 2 that follow it.
type Contents struct{ Title string }

// Heading opens a section. Level 1 begins a page. Anchor, if any, is what links
// lead to.
type Heading struct {
	Level  int // 1 to 3
	Text   string
	Anchor string
}

// Paragraph is running text; line breaks in it are kept.
type Paragraph struct {
	Text  string
	Quiet bool // small and grey: explanations beside facts
}

// List is a list of points.
type List struct{ Items []string }

// Facts is a table of names and values without a head.
type Facts struct{ Rows []Fact }

// Style is how the text of a column looks.
type Style int

// The styles.
const (
	Plain  Style = iota
	Strong       // bold
	Mono         // fixed width, for digests and values
)

// Column is a column of a table. Weights are shares of the text width: they need
// not add up to anything.
type Column struct {
	Title  string
	Weight float64
	Style  Style
}

// Cell is one cell: first its pill, then its title in bold, its text, its facts each
// under its name, its links one to a line, and its note in grey. Any of them may be
// empty.
type Cell struct {
	Pill  Pill
	Title string
	Text  string
	Facts []Fact
	Links []Link
	Note  string
}

// Link is text that leads to an anchor of the document.
type Link struct{ Text, To string }

// Row is a row of a table. Anchor, if any, is what links lead to. A row that leads
// opens a group: it is told apart, and never stands alone at the foot of a page.
type Row struct {
	Anchor string
	Leads  bool
	Cells  []Cell
}

// Table is a table; Empty is what stands there instead if it has no rows.
type Table struct {
	Columns []Column
	Rows    []Row
	Empty   string
}

// Slice is a number of responses in one tone.
type Slice struct {
	Label string
	Tone  Tone
	Count int
}

// Donut is a ring of slices with a figure in its middle and a legend beside it.
type Donut struct {
	Figure  string
	Caption string
	Slices  []Slice
}

// Bar is one line of Bars.
type Bar struct {
	Number string
	Label  string
	Figure string // at the right end
	Slices []Slice
}

// Bars are stacked bars of equal length, one per requirement.
type Bars struct{ Rows []Bar }

// Callout is a framed notice.
type Callout struct {
	Tone  Tone
	Title string
	Text  string
	Items []string
}

// SignatureBlock is a card with room for one signature. Field is the name of the
// signature field that is put there.
type SignatureBlock struct {
	Field  string
	Role   string
	Person string
	Note   string
}

func (Cover) block()          {}
func (Contents) block()       {}
func (Heading) block()        {}
func (Paragraph) block()      {}
func (List) block()           {}
func (Facts) block()          {}
func (Table) block()          {}
func (Donut) block()          {}
func (Bars) block()           {}
func (Callout) block()        {}
func (SignatureBlock) block() {}

// Headings returns the headings of the document in order.
func (d Document) Headings() []Heading {
	var hs []Heading
	for _, b := range d.Blocks {
		if h, ok := b.(Heading); ok {
			hs = append(hs, h)
		}
	}
	return hs
}
