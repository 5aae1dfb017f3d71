package questionnaires

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// DeadlineKind is what sort of thing is due, or ends.
type DeadlineKind int

// The kinds.
const (
	RequestDeadline DeadlineKind = iota
	RecurringDeadline
	ChangeDeadline // what a significant change asks for
	TargetDeadline // of what is Not in Place
	AcceptanceDeadline
	AnalysisDeadline // yearly review of a targeted risk analysis
	CustomizedDeadline
	AttestationDeadline // of a third party, as the scope has it
	MatrixDeadline      // of a provider's responsibilities
	ProductDeadline     // listing of a product
	CollectionDeadline  // results of a target go stale
	EvidenceDeadline    // what an answer rests on goes stale
)

var deadlineKinds = [...]string{
	"request", "recurring", "after-change", "target", "acceptance", "risk-analysis", "customized", "attestation", "responsibility", "product", "collection", "evidence",
}

// String returns the kind's text.
func (k DeadlineKind) String() string { return textOf(deadlineKinds[:], int(k)) }

// MarshalText writes what String returns.
func (k DeadlineKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// DeadlineState is how far off a deadline is.
type DeadlineState int

// The states.
const (
	DeadlineAhead DeadlineState = iota
	DeadlineSoon                // within SoonDays
	DeadlineOpen                // after a change, which sets no day
	DeadlineNotPassed
	DeadlineLate
)

var deadlineStates = [...]string{"ahead", "soon", "open", "not-passed", "late"}

// String returns the state's text.
func (s DeadlineState) String() string { return textOf(deadlineStates[:], int(s)) }

// MarshalText writes what String returns.
func (s DeadlineState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Attention reports whether somebody has to do something now.
func (s DeadlineState) Attention() bool { return s >= DeadlineOpen }

// Deadline is a day by which something is due, or after which something that an
// assessment rests on does not count any more.
type Deadline struct {
	ID          string        `json:"id"` // the same from one look to the next
	Kind        DeadlineKind  `json:"kind"`
	Day         Day           `json:"day"`                  // the last one
	Requirement RequirementID `json:"requirement,omitzero"` // zero: it is of no single one
	What        string        `json:"what"`
	Whose       string        `json:"whose,omitempty"`
	State       DeadlineState `json:"state"`
}

// on is the deadline as it stands on a day. What is open or did not pass stays so,
// however late it is.
func (d Deadline) on(day Day) Deadline {
	switch {
	case d.State.Attention():
	case d.Day < day:
		d.State = DeadlineLate
	case d.State == DeadlineAhead && d.Day <= day.Add(SoonDays):
		d.State = DeadlineSoon
	}
	return d
}

// Deadlines are all of an assessment as they stand on a day, soonest first, and what
// recurs and was never recorded, which has no day.
type Deadlines struct {
	All   []Deadline      `json:"due"`
	Never []RequirementID `json:"neverRecorded"`
}

// Within returns those that are due no more than so many days after a day, and those
// that need attention now.
func (d Deadlines) Within(day Day, days int) []Deadline {
	last := day.Add(days)
	return slices.DeleteFunc(slices.Clone(d.All), func(one Deadline) bool { return one.Day > last && !one.State.Attention() })
}

// Deadlines returns what is due or ends, in one list: requests, what recurs and what
// changes ask for, attestations, acceptances, reviews of analyses, responsibilities,
// target dates, and evidence that goes stale.
func (a *Assessment) Deadlines(day Day) (Deadlines, error) {
	d := Deadlines{Never: []RequirementID{}}
	calendar, err := a.Calendar(day)
	if err != nil {
		return d, err
	}
	expiries, err := a.Expiries()
	if err != nil {
		return d, err
	}
	all := slices.Concat(expiries, a.requestDeadlines(), a.freshnessDeadlines(), a.scopeDeadlines(calendar))
	for _, r := range calendar.Recurring {
		if r.State == NeverDone {
			d.Never = append(d.Never, r.Requirement)
			continue
		}
		all = append(all, r.deadline())
	}
	for _, c := range calendar.Changes {
		if c.Done == "" {
			all = append(all, c.deadline())
		}
	}
	d.All = make([]Deadline, len(all))
	for i, one := range all {
		d.All[i] = one.on(day)
	}
	sortDeadlines(d.All)
	return d, nil
}

func sortDeadlines(all []Deadline) {
	slices.SortStableFunc(all, func(x, y Deadline) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), x.Requirement.Compare(y.Requirement), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.What, y.What))
	})
}

// handle is a short name for a text in an id that other programs keep.
func handle(text string) string {
	sum := engine.Sum([]byte(text))
	return hex.EncodeToString(sum[:6])
}

func (d Recurring) deadline() Deadline {
	one := Deadline{ID: d.Requirement.String(), Kind: RecurringDeadline, Day: d.Due, Requirement: d.Requirement, What: fmt.Sprintf("%s (%s)", d.Title, d.Every), Whose: d.Of}
	if d.Last != "" {
		one.What = fmt.Sprintf("%s (%s, last %s)", d.Title, d.Every, d.Last)
	}
	if d.Of != "" {
		one.ID += "." + handle(d.Of)
	}
	if d.State == NotPassed {
		one.State = DeadlineNotPassed
		last := d.Open[len(d.Open)-1]
		one.What += ": " + last.Activity.Name() + ": " + strings.Join(last.Remains, "; ")
		if one.Day == "" {
			one.Day = last.On
		}
	}
	return one
}

func (c AfterChange) deadline() Deadline {
	return Deadline{
		ID: fmt.Sprintf("%s.%s", c.Change.ID, c.Requirement), Kind: ChangeDeadline, Day: c.On, Requirement: c.Requirement,
		What: fmt.Sprintf("%s, after a significant change: %s", c.Title, c.What), State: DeadlineOpen,
	}
}

func (a *Assessment) requestDeadlines() []Deadline {
	var all []Deadline
	for _, r := range a.Requests() {
		if r.Waiting() && r.Due != "" {
			what := r.Label() + " " + r.Title()
			if r.State == ReturnedRequest {
				what = r.Label() + " (returned) " + r.Title()
			}
			all = append(all, Deadline{ID: string(r.ID), Kind: RequestDeadline, Day: r.Due, What: what, Whose: r.Owner})
		}
	}
	return all
}

// scopeDeadlines are those of what the scope names: attestations of third parties of
// which no record stands, and listed products.
func (a *Assessment) scopeDeadlines(c Calendar) []Deadline {
	var all []Deadline
	scope := a.Scope()
	for _, p := range scope.ThirdParties {
		recorded := slices.ContainsFunc(c.Recurring, func(r Recurring) bool { return r.Of == p.Name && r.State != NeverDone })
		if on := p.Attestation.Date; on != "" && !recorded {
			all = append(all, Deadline{
				ID: "attestation." + handle(p.Name), Kind: AttestationDeadline, Day: on.NextYear(), Requirement: thirdPartyStatus,
				What: "attestation of " + p.Name + ", as the scope has it", Whose: p.Name,
			})
		}
	}
	for _, p := range scope.Environment.Products {
		if p.Expires != "" {
			all = append(all, Deadline{ID: "product." + handle(p.Name+"\n"+p.Version), Kind: ProductDeadline, Day: p.Expires, What: "listing of " + p.Name})
		}
	}
	return all
}

// freshnessDeadlines are the days on which results of targets go stale, and on which the
// last evidence does that an answer In Place rests on.
func (a *Assessment) freshnessDeadlines() []Deadline {
	var all []Deadline
	newest := map[string]Evidence{}
	for _, item := range a.LatestResults() {
		if r := item.Result; r != nil && item.Collected.After(newest[r.Target].Collected) {
			newest[r.Target] = item
		}
	}
	for target, item := range newest {
		if until := a.Freshness(item, "").Until; until != "" {
			all = append(all, Deadline{
				ID: "collection." + handle(target), Kind: CollectionDeadline, Day: until,
				What: fmt.Sprintf("what was collected from %s on %s goes stale", item.Result.Name, DayOf(item.Collected)),
			})
		}
	}
	for _, id := range a.Questionnaire.Requirements {
		if last, endless := a.freshUntil(a.Current(id).Answer); last != "" && !endless {
			all = append(all, Deadline{ID: "evidence." + id.String(), Kind: EvidenceDeadline, Day: last, Requirement: id, What: "the evidence of what is In Place goes stale"})
		}
	}
	return all
}

// freshUntil is the last day on which anything counts that an answer In Place rests on,
// and whether something of it does without end.
func (a *Assessment) freshUntil(answer Answer) (last Day, endless bool) {
	if answer.Response != InPlace && answer.Response != InPlaceWithCCW {
		return "", false
	}
	for _, id := range answer.Cited() {
		item, known := a.Evidence(id)
		if !known || item.gone() {
			continue // and is a problem of its own
		}
		until := a.Freshness(item, "").Until
		endless = endless || until == ""
		last = max(last, until)
	}
	return last, endless
}

// Expiries returns what ends by what a person said, soonest first: acceptances that
// stand, yearly reviews of risk analyses and of responsibilities, target dates of what
// is Not in Place.
func (a *Assessment) Expiries() ([]Deadline, error) {
	var all []Deadline
	add := func(kind DeadlineKind, day Day, id RequirementID, handle, what, whose string) {
		all = append(all, Deadline{ID: kind.String() + "." + handle, Kind: kind, Day: day, Requirement: id, What: what, Whose: whose})
	}
	for _, id := range a.Questionnaire.Requirements {
		current := a.Current(id)
		if target := current.Remedy.Target; current.Response == NotInPlace && target != "" {
			add(TargetDeadline, target, id, id.String(), "target date of what is Not in Place", current.Author.Name)
		}
		if c := current.Customized; c != nil && c.Analysis.ReviewBy != "" {
			add(CustomizedDeadline, c.Analysis.ReviewBy, id, id.String(), "review of the customized approach's risk analysis (12.3.2)", "")
		}
		for _, analysis := range a.shared.analyses[id] {
			if !analysis.Withdrawn && analysis.Reviewed != "" {
				add(AnalysisDeadline, analysis.Reviewed.NextYear(), id, string(analysis.ID), "yearly review of its targeted risk analysis (12.3.1)", "")
			}
		}
	}
	acceptances, err := a.history.Acceptances()
	if err != nil {
		return nil, err
	}
	for _, accepted := range acceptances {
		if accepted.Ended == nil && accepted.Approval != nil {
			add(AcceptanceDeadline, accepted.Until, RequirementID{}, accepted.Entry.Short(), fmt.Sprintf("acceptance of %s for %s", accepted.Check, accepted.Subject), accepted.Asked.Name)
		}
	}
	for platform, on := range a.matrices() {
		add(MatrixDeadline, on.NextYear(), RequirementID{}, handle(platform), "yearly look at who answers for what on "+platform, "")
	}
	sortDeadlines(all)
	return all, nil
}

// matrices are the days of the providers' matrices that responsibilities were last
// confirmed against, by platform: the oldest of each.
func (a *Assessment) matrices() map[string]Day {
	oldest := map[string]Day{}
	for _, platform := range Platforms() {
		for _, id := range a.Questionnaire.Requirements {
			r := a.Responsibility(platform, id)
			if r.Confirmed == nil {
				continue
			}
			name, on := r.Platform.Name, DayOf(r.Confirmed.Time)
			if first := oldest[name]; first == "" || on < first {
				oldest[name] = on
			}
		}
	}
	return oldest
}
