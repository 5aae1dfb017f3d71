package export

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// Format is how a dossier is written.
type Format int

// The formats. PDF is the paper itself, which another package makes.
const (
	PDF Format = iota
	XLSX
	CSV
	JSON
	Markdown
	SARIF
	OSCAL
)

// formats are the names, the endings of files, and how a file of the format begins:
// only such a one is replaced.
var formats = [...]struct{ name, ending, begins string }{
	PDF:      {"pdf", ".pdf", "%PDF-"},
	XLSX:     {"xlsx", ".xlsx", "PK\x03\x04"},
	CSV:      {"csv", ".csv", standingColumn},
	JSON:     {"json", ".json", "{\n  \"format\": \"" + jsonFormat + "\""},
	Markdown: {"markdown", ".md", markdownBegin},
	SARIF:    {"sarif", ".sarif", "{\n  \"$schema\": \"" + sarifSchema + "\""},
	OSCAL:    {"oscal", ".oscal.json", "{\n  \"assessment-results\": {"},
}

// String returns the name of the format on the command line.
func (f Format) String() string {
	if f < 0 || int(f) >= len(formats) {
		return formats[PDF].name
	}
	return formats[f].name
}

// Ending is how the names of its files end.
func (f Format) Ending() string { return formats[f].ending }

// Begins reports whether a file that begins with head may be one of the format.
func (f Format) Begins(head []byte) bool {
	return bytes.HasPrefix(head, []byte(formats[f].begins)) && (f != XLSX || bytes.Contains(head, []byte("[Content_Types].xml")))
}

// Head is how many bytes Begins needs.
const Head = 128

// Formats returns all formats.
func Formats() []Format {
	all := make([]Format, len(formats))
	for i := range all {
		all[i] = Format(i)
	}
	return all
}

// ParseFormat finds a format by name.
func ParseFormat(name string) (Format, error) {
	names := make([]string, len(formats))
	for i, f := range formats {
		if f.name == name {
			return Format(i), nil
		}
		names[i] = f.name
	}
	return PDF, fmt.Errorf("%q is no format: want one of %s", name, strings.Join(names, ", "))
}

// FormatOf finds a format by the ending of a file's name.
func FormatOf(path string) (Format, bool) {
	name := strings.ToLower(filepath.Base(path))
	found, known := PDF, false
	for i, f := range formats {
		if strings.HasSuffix(name, f.ending) && (!known || len(f.ending) > len(formats[found].ending)) {
			found, known = Format(i), true
		}
	}
	return found, known
}

// Options say how a dossier is written, and what beside it.
type Options struct {
	Format  Format
	Table   string          // of CSV: which one; "" is the first
	Checks  []engine.Check  // whose words explain what failed
	Origins reports.Origins // where subjects were read
}

// Write writes a dossier, of which the document is made, in any format but PDF.
func Write(w io.Writer, d reports.Dossier, document reports.Document, o Options) error {
	of := record{Dossier: d, document: document, open: d.Assessment.ProblemsOn(questionnaires.DayOf(d.Date))}
	if d.Kind == reports.Transfer && reports.Attestation.Fits(d.Assessment.Questionnaire) == nil {
		d.Kind = reports.Attestation
		attestation, err := reports.Compose(d)
		if err != nil {
			return err
		}
		of.attestation = attestation.Blocks
	}
	switch o.Format {
	case XLSX:
		return of.workbook().write(w)
	case CSV:
		return of.csv(w, o.Table)
	case JSON:
		return of.json(w)
	case Markdown:
		return markdown(w, document)
	case SARIF:
		return of.scan(o).WriteSARIF(w)
	case OSCAL:
		return of.oscal(w, o)
	case PDF:
	}
	return fmt.Errorf("write report: %s is written by another hand", o.Format)
}

// record is a dossier with the document that is made of it.
type record struct {
	reports.Dossier
	document    reports.Document
	attestation []reports.Block          // of a workbook to copy from: what the attestation asks for
	open        []questionnaires.Problem // on the day of the record
}

// notice says what a record is not, in one line.
const notice = "Working record made by Tickmark. It is no official form of the PCI Security Standards Council; acquirers and payment brands accept only the Council's own forms."

// standing says whether it is a draft, and of which version it is.
func (r record) standing() string {
	if r.document.Draft != "" {
		return "DRAFT: " + r.document.Draft
	}
	return "Version " + r.Edition.Line()
}
