package main

import (
	"io"
	"slices"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/export"
)

// scanSARIF keeps of a scan what failed and what is unknown, with where it was read.
type scanSARIF struct {
	catalogue *questionnaires.Catalogue
	g         *gathered
	findings  []export.Finding
}

func (s *scanSARIF) result(r engine.Result) error {
	var left []engine.Detail
	for _, detail := range r.Details {
		if detail.Verdict == engine.Fail || detail.Verdict == engine.Unknown {
			left = append(left, detail)
		}
	}
	r.Details = left
	for _, informed := range s.catalogue.Inform([]engine.Result{r}) {
		s.findings = append(s.findings, export.Finding{Informed: informed})
	}
	return nil
}

func (s *scanSARIF) write(w io.Writer, registry []engine.Check) error {
	targets, origins := map[string]engine.Target{}, map[string]map[engine.Ref][]string{}
	for i := range s.g.snapshots {
		seen := &s.g.snapshots[i]
		id := seen.Target.ID
		targets[id] = seen.Target
		if origins[id] == nil {
			origins[id] = map[engine.Ref][]string{}
			for _, f := range s.findings {
				for _, detail := range f.Result.Details {
					if f.Result.Target == id {
						origins[id][detail.Subject.WithoutUID()] = nil
					}
				}
			}
		}
		reports.OriginsIn(seen, origins[id])
	}
	for i, f := range s.findings {
		s.findings[i].Target, s.findings[i].Origins = targets[f.Result.Target], origins[f.Result.Target]
	}
	scan := export.Scan{Tool: tool(), Checks: registry, Findings: slices.Values(s.findings), Gaps: s.g.gaps()}
	return scan.WriteSARIF(w)
}
