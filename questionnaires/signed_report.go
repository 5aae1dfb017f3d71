package questionnaires

import (
	"time"

	"tickmark/engine"
)

// SignedReport is a report that somebody signed when they printed it.
type SignedReport struct {
	PrintedReport
	By   Author
	Time time.Time
}

// SignedReport returns what the side log notes of a file as it was when it was signed,
// by its digest. Only a note of an enrolled author counts. It reports false where there
// is none: the report was signed elsewhere, or of a vault that was open for reading.
func (h *History) SignedReport(file engine.Digest) (SignedReport, bool, error) {
	for _, e := range h.side {
		if e.Action != ReportSigned || h.VerifySide(e) != nil {
			continue
		}
		var noted PrintedReport
		if err := h.read(e, &noted); err != nil {
			return SignedReport{}, false, err
		}
		if noted.File == file {
			by, _ := h.Author(e.Author)
			return SignedReport{noted, by, e.Time}, true, nil
		}
	}
	return SignedReport{}, false, nil
}
