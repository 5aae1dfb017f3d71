package questionnaires

import "slices"

// ActivityKind is what sort of thing was done.
type ActivityKind int

// The kinds. All but the plain one have details of their own, and are held against
// them: that one was done is not yet that it passed.
const (
	PlainActivity ActivityKind = iota
	ASVScanKind
	InternalScanKind
	PenetrationTestKind
	SegmentationTestKind
	AttestationKind // a third party's AOC
	TrainingKind
	PolicyReviewKind
)

// activityRule is which requirements a kind serves where nothing else is said, and
// which others it may serve.
type activityRule struct {
	text, title string
	usual, may  []RequirementID
}

var activityRules = [...]activityRule{
	PlainActivity:        {text: "activity", title: "activity"},
	ASVScanKind:          {"asv-scan", "ASV scan", requirementIDs("11.3.2"), requirementIDs("11.3.2.1")},
	InternalScanKind:     {"internal-scan", "internal vulnerability scan", requirementIDs("11.3.1", "11.3.1.2"), requirementIDs("11.3.1.3")},
	PenetrationTestKind:  {"penetration-test", "penetration test", requirementIDs("11.4.2", "11.4.3"), requirementIDs("11.4.4")},
	SegmentationTestKind: {"segmentation-test", "segmentation test", requirementIDs("11.4.5"), requirementIDs("11.4.6", "A1.1.4", "A3.2.4")},
	AttestationKind:      {"third-party-aoc", "third party's AOC", requirementIDs("12.8.4"), nil},
	TrainingKind:         {"training", "training", requirementIDs("12.6.3"), requirementIDs("6.2.2", "12.6.3.1", "12.6.3.2", "12.10.4", "A3.1.4")},
	PolicyReviewKind: {
		"policy-review", "policy review", requirementIDs("12.1.2"),
		requirementIDs("1.1.1", "2.1.1", "3.1.1", "4.1.1", "5.1.1", "6.1.1", "7.1.1", "8.1.1", "9.1.1", "10.1.1", "11.1.1", "12.1.1"),
	},
}

func requirementIDs(texts ...string) []RequirementID {
	ids := make([]RequirementID, len(texts))
	for i, text := range texts {
		ids[i] = MustRequirementID(text)
	}
	return ids
}

// ActivityKinds returns every kind.
func ActivityKinds() []ActivityKind {
	all := make([]ActivityKind, len(activityRules))
	for i := range all {
		all[i] = ActivityKind(i)
	}
	return all
}

var activityTexts = func() []string {
	texts := make([]string, len(activityRules))
	for i, r := range activityRules {
		texts[i] = r.text
	}
	return texts
}()

// String returns the kind's text.
func (k ActivityKind) String() string { return textOf(activityTexts, int(k)) }

// MarshalText writes what String returns.
func (k ActivityKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *ActivityKind) UnmarshalText(b []byte) error {
	i, err := indexOf("kind of record", activityTexts, string(b))
	*k = ActivityKind(i)
	return err
}

func (k ActivityKind) rule() activityRule {
	if k < 0 || int(k) >= len(activityRules) {
		return activityRule{}
	}
	return activityRules[k]
}

// Title is what people call one of the kind.
func (k ActivityKind) Title() string { return k.rule().title }

// Usual are the requirements that one of the kind serves where nothing else is said.
func (k ActivityKind) Usual() []RequirementID { return slices.Clone(k.rule().usual) }

// Serves returns what one of the kind may serve; nothing for the plain one, which
// serves whatever recurs and has no kind of its own.
func (k ActivityKind) Serves() []RequirementID { return slices.Concat(k.rule().usual, k.rule().may) }

// repeats reports whether looking again at what was mended is the whole once more, as a
// vendor's rescan that passed is. A retest of some flaws is no new penetration test.
func (k ActivityKind) repeats() bool { return k == ASVScanKind }

// KindFor returns the kind whose record a requirement is shown by, and the plain one
// where any will do.
func KindFor(id RequirementID) ActivityKind {
	for k := range activityRules {
		if slices.Contains(ActivityKind(k).Serves(), id) {
			return ActivityKind(k)
		}
	}
	return PlainActivity
}
