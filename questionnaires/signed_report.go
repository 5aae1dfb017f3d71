package questionnaires

import (
	"time"

	"tickmark/engine"
)

// CountersignedReport is the payload of the side log's entry for one more signature on a
// report that somebody had signed.
type CountersignedReport struct {
	Head        engine.Digest `json:"head"`   // of the assessment, as the report has it
	Before      engine.Digest `json:"before"` // of the file as it was
	File        engine.Digest `json:"file"`   // of the file as written
	Name        string        `json:"name"`
	Field       string        `json:"field"`
	Certificate string        `json:"certificate"`
}

// SignedReport is what the side log notes of a signature on a report: of whoever printed
// it, or of one that came after.
type SignedReport struct {
	Certificate string // SHA-256; empty in a note from before certificates were noted
	By          Author
	Time        time.Time
}

// SignedReport returns what the side log notes of a file as it was when it was signed,
// by its digest. Only a note of an enrolled author counts. It reports false where there
// is none: the report was signed elsewhere, or of a vault that was open for reading.
func (h *History) SignedReport(file engine.Digest) (SignedReport, bool, error) {
	for _, e := range h.side {
		if e.Action != ReportSigned && e.Action != ReportCountersigned || h.VerifySide(e) != nil {
			continue
		}
		var noted struct { // what both payloads have
			File        engine.Digest `json:"file"`
			Certificate string        `json:"certificate"`
		}
		if err := h.read(e, &noted); err != nil {
			return SignedReport{}, false, err
		}
		if noted.File == file {
			by, _ := h.Author(e.Author)
			return SignedReport{noted.Certificate, by, e.Time}, true, nil
		}
	}
	return SignedReport{}, false, nil
}
