package questionnaires

import "slices"

// ActivityDetails is what an activity of a kind says beyond its day: one of them is set.
type ActivityDetails struct {
	ASVScan      *ASVScan               `json:"asvScan,omitempty"`
	InternalScan *InternalScan          `json:"internalScan,omitempty"`
	Test         *SecurityTest          `json:"test,omitempty"` // a penetration or segmentation test
	Attestation  *ComplianceAttestation `json:"aoc,omitempty"`
	Training     *Training              `json:"training,omitempty"`
	PolicyReview *PolicyReview          `json:"policyReview,omitempty"`
}

// activityDetail is what the details of every kind know of themselves.
type activityDetail interface {
	// check takes what cannot be kept as it is.
	check(b *bounds)
	// broken names what is nonsense, given the day of the activity.
	broken(on Day) []string
	// lacks names what has still to be filled in.
	lacks(serves []RequirementID) []string
	// remains says what stands against a requirement being met, as known on a day.
	remains(id RequirementID, on, day Day) []string
	// cleared is the day from which nothing did, if nothing does.
	cleared(on, day Day) Day
	// days are those of what followed.
	days() []dated
	// about says in one line who did what, and what it came to.
	about() string
}

// atOnce is a detail of what is done in one day.
type atOnce struct{}

func (atOnce) cleared(on, _ Day) Day { return on }
func (atOnce) days() []dated         { return nil }

// nothingMore is the detail of a plain activity.
type nothingMore struct{ atOnce }

func (nothingMore) check(*bounds)                            {}
func (nothingMore) broken(Day) []string                      { return nil }
func (nothingMore) lacks([]RequirementID) []string           { return nil }
func (nothingMore) remains(RequirementID, Day, Day) []string { return nil }
func (nothingMore) about() string                            { return "" }

// detail is the one of the activity's kind: empty where nothing was said.
func (a Activity) detail() activityDetail {
	switch a.Kind {
	case ASVScanKind:
		return valued(a.ASVScan)
	case InternalScanKind:
		return valued(a.InternalScan)
	case PenetrationTestKind, SegmentationTestKind:
		return valued(a.Test)
	case AttestationKind:
		return valued(a.Attestation)
	case TrainingKind:
		return valued(a.Training)
	case PolicyReviewKind:
		return valued(a.PolicyReview)
	case PlainActivity:
	}
	return nothingMore{}
}

func valued[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// About says in one line who did what, and what it came to.
func (a Activity) About() string {
	about := a.detail().about()
	if a.What != "" {
		about = joined(about, "; ", a.What)
	}
	return about
}

// namedDetail is what sheets call a detail, whether an activity has it, and of which
// kinds it is.
type namedDetail struct {
	name string
	set  bool
	of   []ActivityKind
}

func (a Activity) named() []namedDetail {
	return []namedDetail{
		{"asvScan", a.ASVScan != nil, []ActivityKind{ASVScanKind}},
		{"internalScan", a.InternalScan != nil, []ActivityKind{InternalScanKind}},
		{"test", a.Test != nil, []ActivityKind{PenetrationTestKind, SegmentationTestKind}},
		{"aoc", a.Attestation != nil, []ActivityKind{AttestationKind}},
		{"training", a.Training != nil, []ActivityKind{TrainingKind}},
		{"policyReview", a.PolicyReview != nil, []ActivityKind{PolicyReviewKind}},
	}
}

// others names the details that are not of the activity's kind.
func (a Activity) others() []string {
	var others []string
	for _, d := range a.named() {
		if d.set && !slices.Contains(d.of, a.Kind) {
			others = append(others, d.name)
		}
	}
	return others
}

// DetailName is what sheets call the details of a kind, "" where it has none.
func (k ActivityKind) DetailName() string {
	for _, d := range (Activity{}).named() {
		if slices.Contains(d.of, k) {
			return d.name
		}
	}
	return ""
}

// phrase joins what is said, and leaves out what is not.
func phrase(parts ...string) string {
	text := ""
	for _, part := range parts {
		if !blank(part) {
			text = joined(text, ", ", part)
		}
	}
	return text
}

// remaining is a list of what is said.
func remaining(sentences ...string) []string {
	var all []string
	for _, s := range sentences {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}
