package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// FreshnessLimit is for how many days something counts from its day on, and how many
// days before the end is warned. It is the payload of an entry of the whole vault, or of
// one assessment, whose limits go before the vault's.
type FreshnessLimit struct {
	Of         string `json:"of"`                   // a kind of evidence or of record
	Assessment ID     `json:"assessment,omitempty"` // "" is the whole vault
	Days       int    `json:"days"`                 // 0 is no limit
	Warn       int    `json:"warn,omitempty"`       // days before
	Reason     string `json:"reason,omitempty"`
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// collectedResults is what freshness calls the results of checks over a collection.
const collectedResults = "collection"

// freshnessDefaults are the limits where nobody set others, each with its reason.
var freshnessDefaults = []FreshnessLimit{
	{Of: collectedResults, Days: 90, Warn: 14, Reason: "configurations drift; a quarter is the rhythm in which the standard looks at them again"},
	{Of: ConfigurationEvidence.String(), Days: 90, Warn: 14, Reason: "as what is collected: it shows one day of a setting that drifts"},
	{Of: ScreenshotEvidence.String(), Days: 90, Warn: 14, Reason: "it shows one moment of a system that changes"},
	{Of: ObservationEvidence.String(), Days: 180, Warn: 30, Reason: "what people do changes with people; half a year is the longest the standard leaves access unreviewed"},
	{Of: InterviewEvidence.String(), Days: 365, Warn: 30, Reason: "roles and knowledge are asked for in every yearly assessment"},
	{Of: DocumentEvidence.String(), Days: 365, Warn: 30, Reason: "policies and procedures are reviewed every year (12.1.2)"},
	{Of: OtherEvidence.String(), Days: 365, Warn: 30, Reason: "nothing is known of its kind; an assessment looks at one year"},
	{Of: ASVScanKind.String(), Days: 92, Warn: 30, Reason: "external scans are quarterly (11.3.2)"},
	{Of: InternalScanKind.String(), Days: 92, Warn: 30, Reason: "internal scans are quarterly (11.3.1)"},
	{Of: PenetrationTestKind.String(), Days: 366, Warn: 60, Reason: "penetration tests are yearly (11.4.2, 11.4.3)"},
	{Of: SegmentationTestKind.String(), Days: 366, Warn: 60, Reason: "tests of segmentation are yearly (11.4.5); half-yearly at service providers (11.4.6)"},
	{Of: AttestationKind.String(), Days: 366, Warn: 60, Reason: "an attestation is looked at again within a year (12.8.4)"},
	{Of: TrainingKind.String(), Days: 366, Warn: 60, Reason: "training is yearly (12.6.3)"},
	{Of: PolicyReviewKind.String(), Days: 366, Warn: 60, Reason: "the policy is reviewed every year (12.1.2)"},
}

// maxFreshness bounds a limit, in days.
const maxFreshness = 3660

// String says the limit.
func (l FreshnessLimit) String() string {
	if l.Days == 0 {
		return "no limit"
	}
	return fmt.Sprintf("%s, warned %d before", many(l.Days, "day", "days"), l.Warn)
}

// FreshnessLimits are the limits of all kinds, in the order of the defaults.
type FreshnessLimits []FreshnessLimit

// FreshnessLimits returns the limits of the assessment.
func (a *Assessment) FreshnessLimits() FreshnessLimits { return a.shared.limits }

// FreshnessLimits returns the limits as they count in an assessment: its own before the
// vault's, and that before the default; "" are the vault's. Who is not enrolled sets none.
func (h *History) FreshnessLimits(assessment ID) (FreshnessLimits, error) {
	set, err := standing(h, FreshnessSet, func(l FreshnessLimit) ID { return ID(l.Of) + "/" + l.Assessment }, func(l *FreshnessLimit, s Standing) { l.Standing = s })
	if err != nil {
		return nil, err
	}
	all := FreshnessLimits(slices.Clone(freshnessDefaults))
	for i, l := range all {
		for _, own := range set {
			if own.Of == l.Of && own.check() == nil && (own.Assessment == assessment || own.Assessment == "" && all[i].Assessment == "") {
				all[i] = own
			}
		}
	}
	return all, nil
}

func (l FreshnessLimit) check() error {
	known := slices.ContainsFunc(freshnessDefaults, func(o FreshnessLimit) bool { return o.Of == l.Of })
	switch {
	case !known:
		return fmt.Errorf("%q is no kind of evidence or record that has a limit: want one of %s", l.Of, strings.Join(FreshnessKinds(), ", "))
	case l.Days < 0 || l.Days > maxFreshness:
		return fmt.Errorf("a limit is 1 to %d days, or 0 for none", maxFreshness)
	case l.Warn < 0 || l.Warn > l.Days:
		return errors.New("a warning is 0 days before the end or more, and no longer than the limit")
	}
	return CheckText("reason", l.Reason, maxReason)
}

// FreshnessKinds names what has a limit.
func FreshnessKinds() []string {
	return namesOf(freshnessDefaults, func(l FreshnessLimit) string { return l.Of })
}

// SetFreshness returns the draft that sets a limit in the assessment, or in the whole
// vault where the limit names no assessment.
func (a *Assessment) SetFreshness(l FreshnessLimit) (Draft, error) {
	err := l.check()
	switch {
	case err != nil:
	case l.Assessment != "" && l.Assessment != a.Details.ID:
		err = errors.New("it is of another assessment")
	case blank(l.Reason):
		err = errNoReason
	case slices.ContainsFunc(a.shared.limits, func(o FreshnessLimit) bool {
		return o.Beside == 0 && !o.Entry.IsZero() && o.Of == l.Of && sameContent(o, l)
	}):
		err = ErrUnchanged
	}
	if err != nil {
		return Draft{}, fmt.Errorf("set freshness: %w", err)
	}
	return Draft{Assessment: l.Assessment, Action: FreshnessSet, Subject: "freshness " + l.Of, Payload: l}, nil
}

// FreshnessState is whether something still counts on a day.
type FreshnessState int

// The states.
const (
	Fresh FreshnessState = iota
	GoingStale
	Stale
)

// Freshness is until when something counts, and how it stands on a day.
type Freshness struct {
	Until Day // the last day; "" is no end
	State FreshnessState
	Left  int // days until it is stale, or since it is
}

// String says how it stands, "" where nothing has to be said.
func (f Freshness) String() string {
	switch f.State {
	case GoingStale:
		return "stale in " + many(f.Left, "day", "days")
	case Stale:
		return "stale since " + string(f.Until.Add(1))
	case Fresh:
	}
	return ""
}

// on is how something stands that counts from a day for a limit, and until an end that
// somebody set.
func (l FreshnessLimit) on(from, end, day Day) Freshness {
	f := Freshness{Until: end}
	if l.Days > 0 && from != "" {
		if last := from.Add(l.Days); f.Until == "" || last < f.Until {
			f.Until = last
		}
	}
	switch {
	case f.Until == "":
	case day > f.Until:
		f.State, f.Left = Stale, day.since(f.Until)
	case day.Add(l.Warn) >= f.Until:
		f.State, f.Left = GoingStale, f.Until.since(day)+1
	}
	return f
}

// limit is the one of a kind; none where nothing is known of it.
func (all FreshnessLimits) limit(of string) FreshnessLimit {
	for _, l := range all {
		if l.Of == of {
			return l
		}
	}
	return FreshnessLimit{Of: of}
}

// Of is the limit of an item of evidence.
func (all FreshnessLimits) Of(item Evidence) FreshnessLimit {
	if item.Result != nil {
		return all.limit(collectedResults)
	}
	return all.limit(item.Kind.String())
}

// Evidence is how an item of evidence stands on a day: from when it was collected, and
// no longer than somebody said that it is valid.
func (all FreshnessLimits) Evidence(item Evidence, day Day) Freshness {
	from := Day("")
	if !item.Collected.IsZero() {
		from = DayOf(item.Collected)
	}
	return all.Of(item).on(from, item.Details.ValidUntil, day)
}

// Collection is how what was collected at a time stands on a day.
func (all FreshnessLimits) Collection(at time.Time, day Day) Freshness {
	return all.limit(collectedResults).on(DayOf(at), "", day)
}

// Record is how a record stands on a day, from its own.
func (all FreshnessLimits) Record(t Activity, day Day) Freshness {
	return all.limit(t.Kind.String()).on(t.On, "", day)
}

// Freshness is how an item of evidence stands on a day in the assessment.
func (a *Assessment) Freshness(item Evidence, day Day) Freshness {
	return a.shared.limits.Evidence(item, day)
}

// freshnessProblems are limits that were set side by side.
func (a *Assessment) freshnessProblems() []Problem {
	var problems []Problem
	add := into(&problems, RecordsPart)
	for _, l := range a.shared.limits {
		if l.Beside > 0 {
			add(InConflict, "the freshness limit of %s was set %d times side by side; it has to be set again", l.Of, l.Beside)
		}
	}
	return problems
}

// fresh: what is In Place rests on something that still counts.
func (v *review) fresh() {
	if last, endless := v.freshUntil(v.current.Answer); last != "" && !endless && last < v.day {
		v.addTo(EvidencePart, StaleEvidence, "%s, and all the evidence that it rests on is stale since %s", v.title(), last.Add(1))
	}
}
