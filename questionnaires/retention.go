package questionnaires

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// Retention is how long the workpapers of an assessment are kept, by whom and where. It
// is the payload of an entry.
type Retention struct {
	Until     Day    `json:"until,omitempty"` // to the end of this day; "" by the rule
	Custodian string `json:"custodian,omitempty"`
	Place     string `json:"place,omitempty"` // where the workpapers are kept
	// Protection is how they are protected there, and Attested the assessor who attests
	// that they are kept so, and given out where the standard's Council asks for them.
	Protection string `json:"protection,omitempty"`
	Attested   string `json:"attested,omitempty"`
}

// LegalHold keeps everything of an assessment, whatever day has come, or lets go of it.
// It is the payload of an entry.
type LegalHold struct {
	On     bool   `json:"on"`
	Reason string `json:"reason"`
	// By and Time are no part of the payload.
	By   Author    `json:"-"`
	Time time.Time `json:"-"`
}

// retentionYears is how long workpapers are kept after the issue where a QSA took part.
const retentionYears = 3

// Keeping is how the workpapers of an assessment are kept, as the history tells it.
type Keeping struct {
	Retention
	Assessment ID
	Name       string
	ByRule     bool   // Until follows from the day of issue
	Why        string // where the day comes from, or why there is none
	Held       *LegalHold
	Holds      []LegalHold // all that were set and released, oldest first
	// Conflicts says what was set side by side, in words. The longer time counts.
	Conflicts []string
}

// SetRetention returns the draft that says how long the workpapers are kept, by whom and
// where.
func (a *Assessment) SetRetention(r Retention) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("set retention: %w", err) }
	if err := errors.Join(r.Until.check(), checkLine("custodian", r.Custodian, maxScopeLine), checkLine("place", r.Place, maxScopeLine),
		CheckText("protection", r.Protection, maxScopeText), checkLine("who attests the keeping", r.Attested, maxScopeLine)); err != nil {
		return fail(err)
	}
	if err := changes(a.history, RetentionSet, a.history.of(a.Details.ID), func(o Retention) bool { return o == r }); err != nil {
		return fail(err)
	}
	var rule Keeping
	if err := a.keepByRule(&rule); err != nil {
		return fail(err)
	}
	if r.Until != "" && r.Until < rule.Until {
		return fail(fmt.Errorf("%s is too soon: it is kept at least to the end of %s, %s", r.Until, rule.Until, rule.Why))
	}
	return Draft{Assessment: a.Details.ID, Action: RetentionSet, Subject: "retention", Payload: r}, nil
}

// Hold returns the draft that puts the assessment under a legal hold, or releases it.
// Either needs its reason.
func (a *Assessment) Hold(on bool, reason string) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("legal hold: %w", err) }
	held := a.history.held(a.Details.ID)
	switch {
	case blank(reason):
		return fail(errNoReason)
	case on && held != nil:
		return fail(fmt.Errorf("the assessment is under hold already, %s", held))
	case !on && held == nil:
		return fail(errors.New("the assessment is under none"))
	}
	if err := checkLine("reason", reason, maxReason); err != nil {
		return fail(err)
	}
	return Draft{Assessment: a.Details.ID, Action: HoldSet, Subject: "legal hold", Payload: LegalHold{On: on, Reason: reason}}, nil
}

// String says since when, by whom and why, in one line.
func (l LegalHold) String() string {
	return fmt.Sprintf("since %s by %s: %s", DayOf(l.Time), l.By.Name, l.Reason)
}

// of returns the entries of an assessment, oldest first.
func (h *History) of(id ID) []Entry {
	return those(h.entries, func(e *Entry) bool { return e.Assessment == id })
}

// holds returns every hold and release of an assessment by an enrolled author, oldest
// first, and those that no other follows.
func (h *History) holds(id ID) (all, standing []LegalHold) {
	var entries []Entry
	for _, e := range h.entries {
		if e.Action == HoldSet && e.Assessment == id && h.Verify(e.ID) == nil {
			entries = append(entries, e)
		}
	}
	last := h.unfollowed(entries)
	for _, e := range entries {
		var l LegalHold
		if h.read(e, &l) != nil {
			l.On, l.Reason = true, "what it says cannot be read"
		}
		l.By, _ = h.Author(e.Author)
		l.Time = e.Time
		all = append(all, l)
		if slices.ContainsFunc(last, func(o Entry) bool { return o.ID == e.ID }) {
			standing = append(standing, l)
		}
	}
	return all, standing
}

// held is the hold that an assessment is under, nil if none. One that was set beside a
// release holds.
func (h *History) held(id ID) *LegalHold {
	_, standing := h.holds(id)
	if i := slices.IndexFunc(standing, func(l LegalHold) bool { return l.On }); i >= 0 {
		return &standing[i]
	}
	return nil
}

// Keeping returns how the workpapers of the assessment are kept.
func (a *Assessment) Keeping() (Keeping, error) {
	k := Keeping{Assessment: a.Details.ID, Name: a.Details.Name, Held: a.history.held(a.Details.ID)}
	k.Holds, _ = a.history.holds(a.Details.ID)
	standing, err := a.history.latest(RetentionSet, a.history.of(a.Details.ID), &k.Retention)
	if err != nil {
		return k, err
	}
	for _, e := range standing {
		var beside Retention
		if err := a.history.read(e, &beside); err != nil {
			return k, err
		}
		if beside != k.Retention && len(k.Conflicts) == 0 {
			k.Conflicts = append(k.Conflicts, "the retention was set in several ways side by side; the longest time counts until one of them is confirmed")
		}
		k.Until = max(k.Until, beside.Until)
	}
	set := k.Until
	if err := a.keepByRule(&k); err != nil {
		return k, err
	}
	if set >= k.Until && set != "" {
		k.Until, k.ByRule, k.Why = set, false, "it was set"
	}
	return k, nil
}

// keepByRule finds the day until which the rule keeps workpapers. A later one may be
// set, a sooner one not: what was set before the issue gives way to it.
func (a *Assessment) keepByRule(k *Keeping) error {
	issued, byQSA, err := a.issuedOn()
	switch {
	case err != nil:
		return err
	case !byQSA:
		k.Why = "no QSA took part, so that no rule sets a day; set one"
	case issued == "":
		k.Why = fmt.Sprintf("it is kept for %d years after it is issued, and it is not issued", retentionYears)
	default:
		k.Until, k.ByRule = DayOf(issued.End().AddDate(retentionYears, 0, -1)), true
		k.Why = fmt.Sprintf("%d years after %s, when it was last issued: a QSA took part", retentionYears, issued)
	}
	return nil
}

// issuedOn is the day on which the assessment was last issued, "" while it was not, and
// whether a QSA took part: in what was issued, or in what is worked on.
func (a *Assessment) issuedOn() (on Day, byQSA bool, err error) {
	now, _ := a.Engagement()
	byQSA = now.AssessedByQSA()
	versions, err := a.Versions()
	for _, v := range versions {
		on = max(on, DayOf(v.Time))
	}
	if err != nil || len(versions) == 0 || byQSA {
		return on, byQSA, err
	}
	_, then, err := a.Version("")
	if err != nil {
		return on, byQSA, err
	}
	before, _ := then.Engagement()
	return on, before.AssessedByQSA(), nil
}

// AssessedByQSA reports whether a QSA took part. An ISA is of the entity itself.
func (e Engagement) AssessedByQSA() bool {
	return slices.ContainsFunc(e.Assessors, func(a Assessor) bool { return a.Role == LeadAssessor || a.Role == AssociateAssessor })
}

// MayGo reports why the workpapers have to stay on a day, nil where they may go. Where
// no day is known they stay.
func (k Keeping) MayGo(on Day) error {
	switch {
	case k.Held != nil:
		return fmt.Errorf("%s is under legal hold %s", k.Name, k.Held)
	case k.Until == "":
		return fmt.Errorf("%s has no day until which it is kept: %s", k.Name, k.Why)
	case on <= k.Until:
		return fmt.Errorf("%s is kept to the end of %s: %s", k.Name, k.Until, k.Why)
	}
	return nil
}

// fields are what a report says of the keeping of the workpapers beside its day, which
// follows from the issue.
func (r Retention) fields(asked demand) []field {
	return asked.since(factsOfReport, ReportedScope,
		field{"who keeps them", r.Custodian}, field{"where they are kept", r.Place}, field{"how they are protected", r.Protection},
		field{"which assessor attests it", r.Attested})
}

// retentionProblems are what was set side by side, and what a report asks for.
func (a *Assessment) retentionProblems() []Problem {
	k, err := a.Keeping()
	if err != nil {
		return []Problem{{Part: KeepingPart, Kind: EngagementIncomplete, Sentence: "the retention cannot be read"}}
	}
	var problems []Problem
	for _, conflict := range k.Conflicts {
		problems = append(problems, Problem{Part: KeepingPart, Kind: InConflict, Sentence: conflict})
	}
	if lacks := missing(k.fields(a.demands())); len(lacks) > 0 {
		problems = append(problems, Problem{Part: KeepingPart, Kind: EngagementIncomplete, Sentence: lackingOf("keeping of the workpapers: it", lacks)})
	}
	return problems
}

// KeptBook is the retention of all that a vault holds: an item is kept as long as the
// assessment that it serves longest.
type KeptBook struct {
	keepings []Keeping
	serves   map[ID][]ID // items to assessments; those in none serve all
	content  map[engine.Digest][]Evidence
}

// Kept returns the retention of all that the vault holds.
func (h *History) Kept(catalogue *Catalogue) (*KeptBook, error) {
	b := &KeptBook{content: map[engine.Digest][]Evidence{}}
	for _, item := range h.evidence {
		b.content[item.Digest()] = append(b.content[item.Digest()], item)
		if item.Original != nil {
			b.content[item.Original.Digest] = append(b.content[item.Original.Digest], item)
		}
	}
	all, err := h.Assessments()
	if err != nil {
		return nil, err
	}
	for _, details := range all {
		a, err := h.Assessment(catalogue, details.ID)
		if err != nil {
			return nil, err
		}
		k, err := a.Keeping()
		if err != nil {
			return nil, err
		}
		b.keepings = append(b.keepings, k)
	}
	b.serves, err = h.serving()
	return b, err
}

// aboutItem are the actions whose entries bring an item or say what it is: they put it
// to no use.
var aboutItem = []Action{EvidenceAttached, RunRecorded, EvidenceExpunged, EvidenceDescribed, EvidenceReleased}

// serving finds for each item of evidence the assessments whose entries name it: by the
// random id that no other thing has, whatever the entry is about. What an entry of the
// whole vault names serves every assessment, as does what nothing names.
func (h *History) serving() (map[ID][]ID, error) {
	items := make(map[ID]bool, len(h.evidence))
	for _, item := range h.evidence {
		items[item.ID] = true
	}
	serves := map[ID][]ID{}
	everywhere := map[ID]bool{}
	for _, e := range h.entries {
		if slices.Contains(aboutItem, e.Action) {
			continue
		}
		body, err := h.payloads(e)
		if err != nil {
			return nil, fmt.Errorf("read %s %s: %w", e.Action, e.ID.Short(), err)
		}
		for id := range idsIn(body) {
			switch {
			case !items[id]:
			case e.Assessment == "":
				everywhere[id] = true
			case !slices.Contains(serves[id], e.Assessment):
				serves[id] = append(serves[id], e.Assessment)
			}
		}
	}
	for id := range everywhere {
		delete(serves, id)
	}
	return serves, nil
}

// idsIn yields the texts of a payload that have the form of an id.
func idsIn(body []byte) func(yield func(ID) bool) {
	const length = 32
	return func(yield func(ID) bool) {
		run := 0
		for i := 0; i <= len(body); i++ {
			if i < len(body) && (body[i] >= '0' && body[i] <= '9' || body[i] >= 'a' && body[i] <= 'f') {
				run++
				continue
			}
			if run == length && !yield(ID(body[i-length:i])) {
				return
			}
			run = 0
		}
	}
}

// Keepings are those of every assessment, oldest first.
func (b *KeptBook) Keepings() []Keeping { return b.keepings }

// Of returns the keepings that an item falls under.
func (b *KeptBook) Of(item ID) []Keeping {
	of := b.serves[item]
	if len(of) == 0 {
		return b.keepings
	}
	return slices.DeleteFunc(slices.Clone(b.keepings), func(k Keeping) bool { return !slices.Contains(of, k.Assessment) })
}

// RetainedUntil is the last day on which an item is kept, "" where that is not known,
// and the hold that keeps it whatever the day is, nil if none.
func (b *KeptBook) RetainedUntil(item ID) (until Day, held *LegalHold) {
	for i, k := range b.Of(item) {
		if k.Held != nil {
			held = k.Held
		}
		if k.Until == "" || i > 0 && until == "" {
			until = ""
			continue
		}
		until = max(until, k.Until)
	}
	return until, held
}

// MayGo reports why an item has to stay on a day, "" meaning what belongs to all.
func (b *KeptBook) MayGo(item ID, on Day) error {
	if len(b.keepings) == 0 {
		return errors.New("the vault has no assessment that says how long it is kept")
	}
	for _, k := range b.Of(item) {
		if err := k.MayGo(on); err != nil {
			return err
		}
	}
	return nil
}

// retentionOver is the reason of what is expunged at the end of its retention.
func retentionOver(until Day) string { return fmt.Sprintf("its retention ended on %s", until) }

// Expunge returns the draft that expunges an item whose retention is over, with that of
// all that have the same content.
func (b *KeptBook) Expunge(item Evidence, on Day) (Draft, error) {
	if item.Expunged != nil {
		return Draft{}, fmt.Errorf("expunge %s: it was %s", item.Label(), item.Expunged)
	}
	return b.expunge(item, item.Digest(), "evidence "+string(item.ID), on)
}

// ExpungeOriginal is Expunge for the file that a redacted copy took the place of.
func (b *KeptBook) ExpungeOriginal(item Evidence, on Day) (Draft, error) {
	if item.Original == nil {
		return Draft{}, fmt.Errorf("expunge what %s was: no copy took its place", item.Label())
	}
	return b.expunge(item, item.Original.Digest, "document "+item.Original.Digest.String(), on)
}

func (b *KeptBook) expunge(item Evidence, body engine.Digest, subject string, on Day) (Draft, error) {
	until, _ := b.RetainedUntil(item.ID)
	t := Tombstone{Digest: body, Reason: retentionOver(until)}
	for _, same := range b.content[body] {
		if err := b.MayGo(same.ID, on); err != nil {
			return Draft{}, fmt.Errorf("expunge %s: %w", item.Label(), err)
		}
		if same.Digest() == body {
			t.Items = append(t.Items, PrintedNumber{ID: same.ID, Number: same.Number})
		}
	}
	return Draft{Action: EvidenceExpunged, Subject: subject, Payload: t}, nil
}

// ExpungeDocument returns the draft that expunges what was collected, once the retention
// of every assessment is over.
func (b *KeptBook) ExpungeDocument(digest engine.Digest, on Day) (Draft, error) {
	if err := b.MayGo("", on); err != nil {
		return Draft{}, fmt.Errorf("expunge document %s: %w", digest.Short(), err)
	}
	until, _ := b.RetainedUntil("")
	t := Tombstone{Digest: digest, Reason: retentionOver(until)}
	return Draft{Action: EvidenceExpunged, Subject: "document " + digest.String(), Payload: t}, nil
}

// holding returns the hold that keeps a body: of an assessment that one of its items
// serves, or of any where it belongs to all.
func (h *History) holding(digest engine.Digest) (*LegalHold, error) {
	all, err := h.Assessments()
	if err != nil {
		return nil, err
	}
	held := map[ID]*LegalHold{}
	for _, a := range all {
		if l := h.held(a.ID); l != nil {
			held[a.ID] = l
		}
	}
	if len(held) == 0 {
		return nil, nil
	}
	serves, err := h.serving()
	if err != nil {
		return nil, err
	}
	var of []ID
	named := true
	for _, item := range h.evidence {
		if item.Digest() == digest {
			of = append(of, serves[item.ID]...)
			named = named && len(serves[item.ID]) > 0
		}
	}
	for _, a := range all {
		if l := held[a.ID]; l != nil && (len(of) == 0 || !named || slices.Contains(of, a.ID)) {
			return l, nil
		}
	}
	return nil, nil
}
