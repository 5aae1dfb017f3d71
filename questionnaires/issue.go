package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// IssueRules is the revision of the rules that an issue is held against. What was
// issued under a revision is judged by it for ever: later rules unmake nothing.
const IssueRules = 2

// factsOfReport is the revision from which on the rules ask for every fact of a report's
// own sections: diagrams, what reduced the scope, how segmentation was checked, who keeps
// the workpapers, what third parties and services have to do with security.
const factsOfReport = 2

// Issuance is the payload of the entry that issues an assessment. What it issues is what
// its ancestors say, and nothing that comes later changes it.
type Issuance struct {
	Version    int           `json:"version"`
	Head       engine.Digest `json:"head"` // of the assessment as it was issued
	Day        Day           `json:"day"`
	Conclusion Conclusion    `json:"conclusion"`
	Rules      int           `json:"rules"`
	// Printed are the entries of the side log by which numbers were printed until then:
	// they keep the numbers of the issued version.
	Printed []engine.Digest `json:"printed,omitempty"`
}

// IssuedVersion is a version of an assessment that was issued.
type IssuedVersion struct {
	Issuance
	Suffix string // tells versions apart that were issued side by side; else ""
	Entry  engine.Digest
	By     Author
	Time   time.Time
	// Reasons are those of the amendment that it came of, none of the first version.
	Reasons []string
}

// Label is the version as people write it: 1, or 1-3f2a where it was issued twice side
// by side.
func (v IssuedVersion) Label() string {
	return strings.TrimPrefix(label("", v.Version, v.Suffix), "-")
}

// ReportHead is the head that a report of the version bears: the issue is the last entry
// of what it was issued from.
func (v IssuedVersion) ReportHead() engine.Digest { return headOf([]engine.Digest{v.Entry}) }

// Hindrance is something that keeps an assessment from being issued.
type Hindrance struct {
	Section  Section `json:"section,omitempty"` // "" where it is about the whole
	Sentence string  `json:"sentence"`
}

// Hindrances returns all that keeps the assessment from being issued on a day, in the
// order in which it is to be done. None is left where it may be issued.
func (a *Assessment) Hindrances(day Day) ([]Hindrance, error) {
	return a.HindrancesBeside(len(a.ProblemsOn(day)))
}

// HindrancesBeside are the hindrances of a day whose problems were counted already.
func (a *Assessment) HindrancesBeside(problems int) ([]Hindrance, error) {
	all, err := a.hindrances(problems)
	if err != nil {
		return nil, err
	}
	if now, err := a.Stage(); err != nil || now.Stage == Issued {
		return all, err
	}
	return append(all, a.noteHindrances()...), nil
}

// noteHindrances are the sections with review notes that are not closed.
func (a *Assessment) noteHindrances() []Hindrance {
	of := map[Section][]string{}
	behind := 0
	for _, n := range a.OpenNotes("") {
		if n.Withheld {
			behind++
			continue
		}
		s := Section(n.On.section())
		of[s] = append(of[s], n.Label())
	}
	var all []Hindrance
	for _, s := range a.Sections() {
		if n := len(of[s]); n > 0 {
			all = append(all, Hindrance{s, fmt.Sprintf("%s: %s open: %s", s.Title(), many(n, "review note is", "review notes are"), strings.Join(of[s], ", "))})
			delete(of, s)
		}
	}
	for _, labels := range of {
		behind += len(labels)
	}
	if behind > 0 {
		all = append(all, Hindrance{Sentence: many(behind, "review note is", "review notes are") + " open elsewhere: where the work was handed off, or on what the form asks no more"})
	}
	return all
}

// hindrances are all but the review notes that a copy may be without.
func (a *Assessment) hindrances(problems int) ([]Hindrance, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return nil, err
	}
	var all []Hindrance
	add := func(s Section, format string, args ...any) {
		all = append(all, Hindrance{s, fmt.Sprintf(format, args...)})
	}
	seen := sight{h: a.history}
	now := a.standingAt(b, seen)
	quality := a.Questionnaire.ReviewedForQuality()
	switch {
	case now.Stage == Issued:
		return []Hindrance{{Sentence: a.frozenAt(now).Error()}}, nil
	case now.Stage == Fieldwork:
		add("", "it is in fieldwork; the lead review comes next")
	case now.Stage == LeadReview && quality:
		add("", "it is in the lead review; QA comes next")
	}
	if problems > 0 {
		add("", "%s open", many(problems, "problem is", "problems are"))
	}
	if a.Conclusion.Result == "" {
		add("", "nobody concluded it")
	}
	a.reviewHindrances(b, quality || now.Stage == QualityReview, seen, add)
	if !quality {
		if err := a.acknowledgeHindrance(add); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// reviewHindrances are the sections that the lead review or QA has not passed.
func (a *Assessment) reviewHindrances(b *stageBook, quality bool, seen sight, add func(Section, string, ...any)) {
	for _, stage := range []Stage{LeadReview, QualityReview} {
		if stage == QualityReview && !quality {
			break
		}
		for _, s := range a.unpassed(b, stage, seen) {
			switch r := a.reviewOf(b, s, stage, seen); r.State {
			case SectionReturned:
				add(s, "%s: %s of %s returned it: %s", s.Title(), r.By.Name, stage.Title(), r.Reason)
			case SectionChanged:
				add(s, "%s: it changed since the %s of %s", s.Title(), stage.Title(), r.By.Name)
			case NotReviewed, SectionPassed:
				why := ""
				if r.Ignored != "" {
					why = "; " + r.Ignored
				}
				add(s, "%s: the %s has not passed it%s", s.Title(), stage.Title(), why)
			}
		}
	}
}

func (a *Assessment) acknowledgeHindrance(add func(Section, string, ...any)) error {
	k, given, err := a.Acknowledgement()
	switch {
	case err != nil:
		return err
	case !given:
		add("", "no executive of the entity acknowledged it")
	case k.Changed > 0:
		add("", "what %s acknowledged on %s changed since", k.Name, k.Day)
	}
	return nil
}

// mayIssue reports why an author may not issue the assessment: a Report on Compliance
// is issued by somebody who did no part of the work.
func (a *Assessment) mayIssue(by engine.Digest) error {
	b, err := a.stageBook()
	switch {
	case err != nil:
		return err
	case !a.history.Enrols(by):
		return errors.New("only an enrolled author issues")
	case !a.Questionnaire.ReviewedForQuality():
		return nil
	}
	if words := b.touched.hindered(by, EngagementSection, QualityReview, sight{h: a.history}); words != "" {
		return fmt.Errorf("who issues a Report on Compliance answered and collected nothing, and this author %s", words)
	}
	return nil
}

// Issue returns the draft by which an author issues the assessment as the next version.
// It refuses while anything stands against it, and names the first.
func (a *Assessment) Issue(by engine.Digest, now time.Time) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("issue: %w", err) }
	day := a.DayAt(now)
	hindrances, err := a.Hindrances(day)
	if err != nil {
		return fail(err)
	}
	if n := len(hindrances); n > 0 {
		err := errors.New(hindrances[0].Sentence)
		if stage, _ := a.Stage(); stage.Stage == Issued {
			return fail(a.frozenAt(stage))
		}
		if n > 1 {
			err = fmt.Errorf("%w; and %d more", err, n-1)
		}
		return fail(err)
	}
	if err := a.mayIssue(by); err != nil {
		return fail(err)
	}
	standing, err := a.Stage()
	if err != nil {
		return fail(err)
	}
	issue := Issuance{Version: standing.Version, Head: a.Head, Day: day, Conclusion: a.Conclusion, Rules: IssueRules}
	for _, e := range a.history.side {
		if (e.Action == ReportSigned || e.Action == RequestsExported) && a.history.VerifySide(e) == nil {
			issue.Printed = append(issue.Printed, e.ID)
		}
	}
	return a.stageDraft(AssessmentIssued, "issue", issue), nil
}

// issueOf is what was found out about an entry that issues, by the catalogue.
type issueOf struct {
	entry     engine.Digest
	catalogue *Catalogue
}

// foundIssue is what came of it: why it broke the rules, nil where it did not.
type foundIssue struct{ broken error }

// issuable holds an entry that issues against the rules, for what its author saw.
func (a *Assessment) issuable(e Entry, issue Issuance) (broken, err error) {
	key := issueOf{e.ID, a.form.standard}
	if known, is := a.history.known.issues.Load(key); is {
		found, _ := known.(foundIssue)
		return found.broken, nil
	}
	before, err := a.history.before(e)
	if err != nil {
		return nil, err
	}
	then, err := before.Assessment(a.form.standard, a.Details.ID)
	if err != nil {
		return nil, err
	}
	then.rules = issue.Rules
	if broken, err = then.unissuable(e, issue); err == nil {
		a.history.known.issues.Store(key, foundIssue{broken})
	}
	return broken, err
}

// unissuable reports why an entry may not issue the assessment as it stands.
func (a *Assessment) unissuable(e Entry, issue Issuance) (broken, err error) {
	standing, err := a.Stage()
	if err != nil {
		return nil, err
	}
	switch {
	case issue.Rules < 1 || issue.Rules > IssueRules:
		return fmt.Errorf("it was issued under rules of revision %d, and this program knows %d", issue.Rules, IssueRules), nil
	case issue.Version != standing.Version:
		return fmt.Errorf("it was issued as version %d, and it is version %d", issue.Version, standing.Version), nil
	case issue.Head != a.Head:
		return errors.New("what was issued is not what its author saw"), nil
	case issue.Conclusion != a.Conclusion:
		return errors.New("the conclusion that was issued is not the one that was recorded"), nil
	case issue.Day != max(DayOf(e.Time), DayOf(a.Time)):
		return fmt.Errorf("it was issued on %s and bears %s", DayOf(e.Time), issue.Day), nil
	}
	hindrances, err := a.hindrances(len(a.ProblemsOn(issue.Day)))
	if err != nil {
		return nil, err
	}
	// What stayed behind at a handoff was looked at where it was issued.
	if slices.ContainsFunc(a.OpenNotes(""), func(n ReviewNote) bool { return !n.Withheld }) {
		return errors.New("a review note was open"), nil
	}
	if len(hindrances) > 0 {
		return errors.New(hindrances[0].Sentence), nil
	}
	return a.mayIssue(e.Author), nil
}

// Versions returns the versions of the assessment that were issued, oldest first.
func (a *Assessment) Versions() ([]IssuedVersion, error) {
	b, err := a.stepsTaken()
	if err != nil {
		return nil, err
	}
	var all []IssuedVersion
	count := map[int]int{}
	for _, s := range b.steps {
		if s.to != Issued {
			continue
		}
		v := IssuedVersion{Issuance: s.issue, Entry: s.entry.ID, Time: s.entry.Time}
		v.By, _ = a.history.Author(s.entry.Author)
		for _, opened := range b.steps {
			if opened.entry.Action == AmendmentOpened && opened.version == s.version && a.history.IsAncestor(opened.entry.ID, s.entry.ID) {
				v.Reasons = append(v.Reasons, opened.reason)
			}
		}
		count[v.Version]++
		all = append(all, v)
	}
	for i, v := range all {
		if count[v.Version] > 1 {
			all[i].Suffix = v.Entry.Short()[:shortestSuffix]
		}
	}
	slices.SortStableFunc(all, func(x, y IssuedVersion) int {
		if x.Version != y.Version {
			return x.Version - y.Version
		}
		return compareEntries(Entry{ID: x.Entry, Time: x.Time}, Entry{ID: y.Entry, Time: y.Time})
	})
	return all, nil
}

// Version returns an issued version by its label, "" being the last, and the assessment
// as it was issued. Nothing that came later changes it.
func (a *Assessment) Version(label string) (IssuedVersion, *Assessment, error) {
	all, err := a.Versions()
	if err != nil {
		return IssuedVersion{}, nil, err
	}
	var labels []string
	var found []IssuedVersion
	for _, v := range all {
		labels = append(labels, v.Label())
		if v.Label() == label || label == "" || fmt.Sprint(v.Version) == label {
			found = append(found, v)
		}
	}
	switch {
	case len(all) == 0:
		return IssuedVersion{}, nil, fmt.Errorf("find version %.20q: none was issued", label)
	case len(found) == 0 || label != "" && len(found) > 1:
		return IssuedVersion{}, nil, fmt.Errorf("find version %.20q: issued were %s", label, strings.Join(labels, ", "))
	}
	v := found[len(found)-1]
	then, err := a.asIssued(v)
	return v, then, err
}

// asIssued is the assessment as it was issued.
func (a *Assessment) asIssued(v IssuedVersion) (*Assessment, error) {
	h, err := a.history.issued(v)
	if err != nil {
		return nil, err
	}
	return h.Assessment(a.form.standard, a.Details.ID)
}

// Issued returns the last issued version of an assessment and the assessment as it was
// issued: what is said of last year is said by that. It reports false where none was.
func (h *History) Issued(catalogue *Catalogue, id ID) (IssuedVersion, *Assessment, bool, error) {
	a, err := h.Assessment(catalogue, id)
	if err != nil {
		return IssuedVersion{}, nil, false, err
	}
	all, err := a.Versions()
	if err != nil || len(all) == 0 {
		return IssuedVersion{}, nil, false, err
	}
	v, then, err := a.Version("")
	return v, then, err == nil, err
}
