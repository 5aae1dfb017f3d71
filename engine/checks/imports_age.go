package checks

import (
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
	"tickmark/engine/findings"
)

// Bounds of age: a scan every three months, by a tool whose database was of that week.
const (
	maxScanAge     = 92 * 24 * time.Hour
	maxDatabaseAge = 7 * 24 * time.Hour
	clockSkew      = 24 * time.Hour
)

// Check imported-scans-recent.
//
// Of files that other tools wrote, events and mere lists of components aside. Fails
// where the tool ran more than 92 days before the evaluation, and where its database of
// vulnerabilities was more than 7 days old when it ran. Unknown where the file does not
// say when the tool ran or how old its database was, or names a day to come: when it was
// imported says nothing of that.
func importedScansRecent() check {
	return check{id: "imported-scans-recent", version: 1, needs: findings.Kinds(), eval: func(v *engine.View) []engine.Detail {
		var details []engine.Detail
		for _, s := range importedScans(v) {
			classes := s.report.Classes
			if !slices.ContainsFunc(classes, func(c findings.Class) bool { return c != findings.Events && c != findings.Components }) {
				continue
			}
			details = append(details, s.detail(judgeRun(s, v.Now())))
			if slices.Contains(classes, findings.Vulnerabilities) {
				details = append(details, s.detail(judgeDatabase(s)))
			}
		}
		return details
	}}
}

func judgeRun(s importedScan, now time.Time) finding {
	ran := s.report.Ran
	switch age := now.Sub(ran); {
	case ran.IsZero():
		return unknown("ran", nil, "The file does not say when %s ran; when it was imported says nothing of that", s.tool())
	case age < -clockSkew:
		return unknown("ran", ran, "By its file %s ran on %s, which is to come", s.tool(), ran.Format(time.DateOnly))
	case age > maxScanAge:
		return fails("ran", ran, "%s ran on %s, %s before this evaluation: more than %s", s.tool(), ran.Format(time.DateOnly), days(age), days(maxScanAge))
	default:
		return passes("ran", ran, "%s ran on %s, %s before this evaluation", s.tool(), ran.Format(time.DateOnly), days(max(age, 0)))
	}
}

func judgeDatabase(s importedScan) finding {
	built, ran := s.report.Database.Built, s.report.Ran
	const field = "database.built"
	switch age := ran.Sub(built); {
	case built.IsZero():
		return unknown(field, nil, "The file does not say how old the vulnerability database of %s was; ask for its version when it ran", s.tool())
	case ran.IsZero():
		return unknown(field, built, "The vulnerability database of %s is of %s, and the file does not say when it was used", s.tool(), built.Format(time.DateOnly))
	case age < -clockSkew:
		return unknown(field, built, "By its file %s used a vulnerability database of %s, after it ran", s.tool(), built.Format(time.DateOnly))
	case age > maxDatabaseAge:
		return fails(field, built, "%s used a vulnerability database of %s, %s old: more than %s", s.tool(), built.Format(time.DateOnly), days(age), days(maxDatabaseAge))
	default:
		return passes(field, built, "%s used a vulnerability database of %s, %s old", s.tool(), built.Format(time.DateOnly), days(max(age, 0)))
	}
}

func days(d time.Duration) string {
	if n := int(d.Hours() / 24); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}
