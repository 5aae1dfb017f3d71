package reports

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// The requirements by which a form asks for scans and tests.
var scanned = map[questionnaires.ActivityKind]questionnaires.RequirementID{
	questionnaires.ASVScanKind:          questionnaires.MustRequirementID("11.3.2"),
	questionnaires.InternalScanKind:     questionnaires.MustRequirementID("11.3.1"),
	questionnaires.PenetrationTestKind:  questionnaires.MustRequirementID("11.4.3"),
	questionnaires.SegmentationTestKind: questionnaires.MustRequirementID("11.4.5"),
}

// scans lists the scans and tests of the twelve months before the record, and the other
// records of what recurs; nothing where the form asks for none and none is recorded.
func (c *composer) scans() []Block {
	on := questionnaires.DayOf(c.Date)
	all, err := c.Assessment.History().Activities()
	if err != nil {
		return []Block{Heading{Level: 1, Text: "Scans and tests", Anchor: "scans"}, Callout{Tone: Bad, Title: "The records cannot be read", Text: err.Error()}}
	}
	older := 0
	current := slices.DeleteFunc(slices.Clone(all), func(t questionnaires.Activity) bool {
		if !c.Assessment.Concerns(t) || t.On > on || t.Withdrawn && t.Beside == 0 {
			return true
		}
		past := t.On.NextYear() < on
		if past {
			older++
		}
		return past
	})
	var blocks []Block
	for _, part := range []struct {
		title, empty string
		kinds        []questionnaires.ActivityKind
	}{
		{"External scans by an Approved Scanning Vendor", "No external scan of these twelve months is recorded.", []questionnaires.ActivityKind{questionnaires.ASVScanKind}},
		{"Internal vulnerability scans", "No internal scan of these twelve months is recorded.", []questionnaires.ActivityKind{questionnaires.InternalScanKind}},
		{"Penetration tests and tests of segmentation", "No test of these twelve months is recorded.", []questionnaires.ActivityKind{questionnaires.PenetrationTestKind, questionnaires.SegmentationTestKind}},
		{"Attestations, training, reviews and whatever else recurs", "", []questionnaires.ActivityKind{questionnaires.AttestationKind, questionnaires.TrainingKind, questionnaires.PolicyReviewKind, questionnaires.PlainActivity}},
	} {
		var rows []Row
		asked := false
		for _, kind := range part.kinds {
			id, is := scanned[kind]
			asked = asked || is && c.Assessment.Questionnaire.Asks(id)
		}
		for _, t := range current {
			if slices.Contains(part.kinds, t.Kind) {
				rows = append(rows, c.activity(t, on))
			}
		}
		if asked || len(rows) > 0 {
			blocks = append(blocks, Heading{Level: 2, Text: part.title}, Table{
				Columns: []Column{{"Day", 34, Plain}, {"What was done", 78, Plain}, {"What it came to", 58, Plain}}, Rows: rows, Empty: part.empty,
			})
		}
	}
	if blocks = append(blocks, c.intervals()...); len(blocks) == 0 {
		return nil
	}
	intro := fmt.Sprintf("What was done in the twelve months to %s, and whether it met what it serves. That something was done is not that it passed.", on)
	if older > 0 {
		intro += " " + count(older, "older record is", "older records are") + " in the vault and not listed."
	}
	engagement, _ := c.Assessment.Engagement()
	first := engagement.FirstYear
	year := []Fact{{"First assessment of the entity against PCI DSS", recorded(first.First.String())}}
	if first.First == questionnaires.DeclaredYes {
		year = append(year, Fact{"What keeps in time from now on what recurs", recorded(first.Kept)})
	}
	return append([]Block{Heading{Level: 1, Text: "Scans and tests", Anchor: "scans"}, Paragraph{Text: intro}, Facts{Rows: year}}, blocks...)
}

// activity is the row of a record, with what stands against it on a day.
func (c *composer) activity(t questionnaires.Activity, on questionnaires.Day) Row {
	var met []questionnaires.RequirementID
	var open []string
	for _, id := range t.Requirements {
		if remains := c.Assessment.History().Remains(t, id, on); len(remains) > 0 {
			open = append(open, id.String()+": "+strings.Join(remains, "; "))
		} else {
			met = append(met, id)
		}
	}
	pill := Pill{"Met", Good}
	switch {
	case len(met) == 0:
		pill = Pill{"Not met", Bad}
	case len(open) > 0:
		pill = Pill{"Met in part", Warn}
	}
	came := Cell{Pill: pill, Facts: facts(Fact{"Meets", idList(met)}, Fact{"Remains", strings.Join(open, "\n")}, Fact{"Not recorded", strings.Join(t.Missing(), ", ")})}
	if stale := c.Assessment.FreshnessLimits().Record(t, on); stale.State == questionnaires.Stale {
		came.Note = stale.String()
	}
	return Row{Cells: []Cell{
		{Title: string(t.On), Text: idList(t.Requirements)},
		{Title: t.Kind.Title(), Text: t.What, Facts: append(detailFacts(t, on), Fact{"Evidence", c.labels(t.Evidence)})},
		came,
	}}
}

// detailFacts are what a record says beyond its day, as it was known on another.
func detailFacts(t questionnaires.Activity, on questionnaires.Day) []Fact {
	switch {
	case t.ASVScan != nil:
		s := t.ASVScan
		var disputed []string
		for _, d := range s.Disputes {
			disputed = append(disputed, d.What+" ("+d.Outcome.String()+")")
		}
		return facts(
			Fact{"Vendor", s.Vendor}, Fact{"Certificate", s.Certificate}, Fact{"Attestation of scan compliance", s.Attestation}, Fact{"Scope", s.Scope},
			Fact{"Result", recorded(s.Result.String())}, Fact{"Rescans", again(s.Rescans, on)}, Fact{"Disputes", strings.Join(disputed, "\n")},
		)
	case t.InternalScan != nil:
		s := t.InternalScan
		return facts(
			Fact{"Scanned by", s.By}, Fact{"Tool", s.Tool}, Fact{"Scope", s.Scope}, Fact{"Authenticated", recorded(s.Authenticated.String())},
			Fact{"Found", recorded(s.Found.String())}, Fact{"Rescans", again(s.Rescans, on)},
		)
	case t.Test != nil:
		s := t.Test
		return facts(
			Fact{"Tester", s.Tester}, Fact{"Independent", recorded(s.Independent.String())}, Fact{"Qualification", s.Qualification}, Fact{"Made from", s.From.Title()},
			Fact{"Scope", s.Scope}, Fact{"Method", s.Method}, Fact{"Result", recorded(s.Result.String())}, Fact{"Found", s.Found.String()}, Fact{"Retests", again(s.Retests, on)},
		)
	case t.Attestation != nil:
		s := t.Attestation
		return facts(
			Fact{"Third party", s.Party}, Fact{"Assessor", s.Assessor}, Fact{"PCI DSS version", s.Version}, Fact{"Services covered", s.Services},
			Fact{"Covers all that is used", recorded(s.Covers.String())}, Fact{"Not covered", s.Uncovered},
		)
	case t.Training != nil:
		return facts(Fact{"Training", t.About()}, Fact{"Trainer", t.Training.By})
	case t.PolicyReview != nil:
		s := t.PolicyReview
		return facts(Fact{"Policy", s.Policy}, Fact{"Version", s.Version}, Fact{"Approved by", s.Approver})
	}
	return nil
}

// again says when something was done again until a day, and what it came to.
func again(all []questionnaires.Rescan, on questionnaires.Day) string {
	var lines []string
	for _, r := range all {
		if r.On > on {
			continue
		}
		line := string(r.On)
		for _, said := range []string{r.Result.String(), r.Remained.String(), r.Note} {
			if said != "" {
				line += ", " + said
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
