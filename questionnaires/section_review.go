package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// SectionVerdict is what a reviewer says of a section.
type SectionVerdict int

// The verdicts.
const (
	NoVerdict SectionVerdict = iota
	PassSection
	ReturnSection
)

var sectionVerdicts = [...]string{"", "pass", "return"}

// String returns the verdict's text.
func (v SectionVerdict) String() string { return textOf(sectionVerdicts[:], int(v)) }

// MarshalText writes what String returns.
func (v SectionVerdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (v *SectionVerdict) UnmarshalText(b []byte) error {
	i, err := indexOf("verdict", sectionVerdicts[:], string(b))
	*v = SectionVerdict(i)
	return err
}

// SectionReview is what a reviewer found of a section. It is the payload of an entry.
// A pass holds for what its author saw: whatever bears on the section and came later,
// or was done beside it, makes it void.
type SectionReview struct {
	Section   Section        `json:"section"`
	Stage     Stage          `json:"stage"` // lead-review or qa
	Verdict   SectionVerdict `json:"verdict"`
	Revision  int            `json:"revision"` // of the checklist
	Checklist []CheckedItem  `json:"checklist,omitempty"`
	Reason    string         `json:"reason,omitempty"` // of a return
}

// verdict is a review that was given in its stage.
type verdict struct {
	SectionReview
	entry Entry
}

// ReviewState is how far the review of a section is. Only a pass counts.
type ReviewState int

// The states.
const (
	NotReviewed ReviewState = iota
	SectionReturned
	SectionChanged // it was passed, and what was passed has changed since
	SectionPassed
)

var reviewStates = [...]string{"not-reviewed", "returned", "changed-since", "passed"}

// String returns the state's text.
func (s ReviewState) String() string { return textOf(reviewStates[:], int(s)) }

// MarshalText writes what String returns.
func (s ReviewState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ReviewStanding is how a section stands in the lead review, or in QA.
type ReviewStanding struct {
	State   ReviewState   `json:"state"`
	By      Author        `json:"by,omitzero"`
	Time    time.Time     `json:"time,omitzero"`
	Alone   bool          `json:"alone,omitempty"`   // by who did the work, nobody else being enrolled
	Changed int           `json:"changed,omitempty"` // entries that bear on it since it was passed
	Reason  string        `json:"reason,omitempty"`  // of a return
	Ignored string        `json:"ignored,omitempty"` // why a verdict counts for nothing
	Entry   engine.Digest `json:"entry,omitzero"`
	Checked []CheckedItem `json:"checklist,omitempty"`
}

// SectionStanding is a section with its reviews.
type SectionStanding struct {
	Section Section        `json:"section"`
	Title   string         `json:"title"`
	Lead    ReviewStanding `json:"lead"`
	QA      ReviewStanding `json:"qa"`
	Notes   int            `json:"notes,omitempty"` // review notes on it that are not closed
}

// ReviewedForQuality reports whether the form is issued only after QA, as a Report on
// Compliance is; else it is a self-assessment, whose executive acknowledges it.
func (q Questionnaire) ReviewedForQuality() bool { return q.PerProcedure && !q.Own() }

// SectionStandings returns the sections with their reviews, in order. Of what was issued
// they are those of the version as it was issued.
func (a *Assessment) SectionStandings() ([]SectionStanding, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return nil, err
	}
	if tips := a.history.tips; a.standingAt(b, sight{h: a.history}).Stage == Issued && (len(tips) != 1 || !b.issues(tips[0])) {
		_, then, err := a.Version("")
		if err != nil {
			return nil, err
		}
		return then.SectionStandings()
	}
	seen := sight{h: a.history}
	var all []SectionStanding
	for _, s := range a.Sections() {
		all = append(all, SectionStanding{s, s.Title(), a.reviewOf(b, s, LeadReview, seen), a.reviewOf(b, s, QualityReview, seen), len(a.openIn(s))})
	}
	return all, nil
}

// unpassed are the sections that a stage's review has not passed, as somebody sees.
func (a *Assessment) unpassed(b *stageBook, stage Stage, seen sight) []Section {
	return slices.DeleteFunc(a.Sections(), func(s Section) bool { return a.reviewOf(b, s, stage, seen).State == SectionPassed })
}

// reviewOf is how a section stands in a stage's review. Of verdicts that were given side
// by side a return counts before a pass; one by somebody who may not review it counts
// for nothing, whatever it says.
func (a *Assessment) reviewOf(b *stageBook, s Section, stage Stage, seen sight) ReviewStanding {
	var now ReviewStanding
	var standing []verdict
	for _, v := range b.verdicts {
		if v.Section != s || v.Stage != stage || !seen.sees(v.entry.ID) {
			continue
		}
		if why := a.mayReview(b, v.entry.Author, s, stage, seen); why != nil {
			author, _ := a.history.Author(v.entry.Author)
			now.Ignored = fmt.Sprintf("that of %s does not count: %v", author.Name, why)
			continue
		}
		standing = slices.DeleteFunc(standing, func(o verdict) bool { return a.history.IsAncestor(o.entry.ID, v.entry.ID) })
		standing = append(standing, v)
	}
	slices.SortFunc(standing, func(x, y verdict) int { return compareEntries(x.entry, y.entry) })
	for _, v := range standing {
		state, changed := SectionReturned, 0
		if v.Verdict == PassSection {
			state = SectionPassed
			if changed = b.touched.changed(s, v.entry.ID, seen); changed > 0 {
				state = SectionChanged
			}
		}
		if now.State != NotReviewed && state >= now.State {
			continue
		}
		now = ReviewStanding{
			State: state, Time: v.entry.Time, Changed: changed, Reason: v.Reason, Entry: v.entry.ID, Ignored: now.Ignored, Checked: v.Checklist,
			Alone: b.touched.hindered(v.entry.Author, s, stage, seen) != "",
		}
		now.By, _ = a.history.Author(v.entry.Author)
	}
	return now
}

// mayReview reports why an author may not review a section in a stage. In the lead
// review of a self-assessment who works alone reviews alone, and it is marked.
func (a *Assessment) mayReview(b *stageBook, by engine.Digest, s Section, stage Stage, seen sight) error {
	hindered := b.touched.hindered(by, s, stage, seen)
	switch {
	case hindered == "":
		return nil
	case stage == QualityReview:
		return fmt.Errorf("who reviews for quality answered and collected nothing, and this author %s", hindered)
	case !a.Questionnaire.ReviewedForQuality() && seen.enrolled() == 1:
		return nil
	}
	return fmt.Errorf("nobody reviews their own work, and this author %s", hindered)
}

// reviewable reports why a review cannot be given in a stage.
func (a *Assessment) reviewable(now StageStanding, r SectionReview) error {
	if !slices.Contains(a.Sections(), r.Section) {
		return fmt.Errorf("the assessment has no section %.40q", string(r.Section))
	}
	switch {
	case now.Stage == Issued:
		return a.frozenAt(now)
	case r.Stage != LeadReview && r.Stage != QualityReview:
		return errors.New("a section is reviewed in the lead review and in QA")
	case r.Stage != now.Stage:
		return fmt.Errorf("it is in %s, not in %s", now.Stage.Title(), r.Stage.Title())
	case r.Revision != ChecklistRevision:
		return fmt.Errorf("it answers revision %d of the checklist, and this program knows %d", r.Revision, ChecklistRevision)
	case r.Verdict == PassSection && r.Reason != "":
		return errors.New("a reason belongs to a return, not to a pass")
	case r.Verdict == PassSection:
		return r.Section.passable(r.Checklist)
	case r.Verdict != ReturnSection:
		return errors.New("a review passes the section, or returns it")
	case blank(r.Reason):
		return fmt.Errorf("a section is returned with the reason: %w", errNoReason)
	}
	if err := CheckText("reason", r.Reason, maxReturnReason); err != nil {
		return err
	}
	return r.Section.checkChecklist(r.Checklist)
}

// ReviewSection returns the draft by which an author reviews a section in the stage that
// the assessment is in. It refuses who may not review it, a pass with an open checklist
// or an open review note, and a return without its reason.
func (a *Assessment) ReviewSection(r SectionReview, by engine.Digest) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("review %s: %w", r.Section, err) }
	b, err := a.stageBook()
	if err != nil {
		return fail(err)
	}
	seen := sight{h: a.history}
	now := a.standingAt(b, seen)
	r.Stage, r.Revision = now.Stage, ChecklistRevision
	if now.Stage == Fieldwork {
		return fail(errors.New("it is in fieldwork; submit it for lead review first"))
	}
	if err := a.reviewable(now, r); err != nil {
		return fail(err)
	}
	if !a.history.Enrols(by) {
		return fail(errors.New("only an enrolled author reviews"))
	}
	if err := a.mayReview(b, by, r.Section, r.Stage, seen); err != nil {
		return fail(err)
	}
	if open := a.openIn(r.Section); r.Verdict == PassSection && len(open) > 0 {
		return fail(fmt.Errorf("a section passes once its review notes are closed; open: %s", strings.Join(open, ", ")))
	}
	return a.stageDraft(SectionReviewed, "review of "+string(r.Section), r), nil
}

// openIn names the review notes of a section that are not closed, as far as they are here.
func (a *Assessment) openIn(s Section) []string {
	var open []string
	for _, n := range a.OpenNotes(string(s)) {
		if !n.Withheld {
			open = append(open, n.Label())
		}
	}
	return open
}

// MayReview reports why an author may not review a section in the stage that the
// assessment is in.
func (a *Assessment) MayReview(s Section, by engine.Digest) error {
	b, err := a.stageBook()
	if err != nil {
		return err
	}
	seen := sight{h: a.history}
	return a.mayReview(b, by, s, a.standingAt(b, seen).Stage, seen)
}
