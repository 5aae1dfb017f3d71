package checks

import (
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// Check imported-events-noticed.
//
// Of events that a runtime monitor such as Falco wrote. Fails for events of the priority
// warning or above, one detail for each rule and place with how often it was: somebody
// has to have looked at them. Unknown for a priority that is not understood. Nothing
// passes: what was noticed says nothing of what was not.
func importedEventsNoticed() check {
	return check{id: "imported-events-noticed", version: 1, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, s := range importedScans(v) {
			n := 0
			for _, f := range s.findings {
				if f.Value.Class != findings.Events {
					continue
				}
				n++
				details = append(details, judgeEvent(s, f.Value).of(f.Ref, f.Digest, s.object.Digest))
			}
			if n == 0 && len(s.report.Classes) == 1 && s.report.Classes[0] == findings.Events {
				details = append(details, s.detail(unknown("classes", s.report.Classes, "The file of %s has no event: it shows neither that nothing happened nor that anybody looked", s.tool())))
			}
		}
		return details
	}}
}

func judgeEvent(s importedScan, f *findings.Finding) finding {
	times := count(f.Seen.Count, "time")
	if f.Seen.Count == 0 {
		times = "once or more"
	}
	if !f.Seen.First.IsZero() {
		times += ", from " + f.Seen.First.Format(time.RFC3339) + " to " + f.Seen.Last.Format(time.RFC3339)
	}
	switch {
	case f.Status != findings.Failed:
		return judgeFinding(s, f)
	case f.Severity == findings.Unrated:
		return unknown("rating", f.Rating, "%s: %s, of a priority that is not understood%s", said(s, f), times, behind(f))
	case f.Severity >= findings.Medium:
		return fails("rating", f.Rating, "%s: %s%s", said(s, f), times, behind(f))
	}
	return notApplicable("rating", f.Rating, "%s: %s, below warning%s", said(s, f), times, behind(f))
}
