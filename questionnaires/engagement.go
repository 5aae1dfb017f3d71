package questionnaires

import (
	"errors"
	"fmt"
)

// Engagement is who assesses, when, where and how independently. It is of one
// assessment.
type Engagement struct {
	Assessors      []Assessor      `json:"assessors,omitempty"`
	Reviewer       Reviewer        `json:"reviewer,omitzero"`
	Officer        CompanyOfficer  `json:"officer,omitzero"` // of the QSA company
	Start          Day             `json:"start,omitempty"`
	End            Day             `json:"end,omitempty"`
	OnSite         []Visit         `json:"onSite,omitempty"`
	RemoteExtent   RemoteExtent    `json:"remoteExtent,omitzero"`
	Remote         []RemoteTesting `json:"remote,omitempty"`
	Independence   string          `json:"independence,omitempty"`  // how it is kept
	OtherServices  string          `json:"otherServices,omitempty"` // by the assessors' company; "none"
	Subcontractors string          `json:"subcontractors,omitempty"`
	Years          int             `json:"years,omitempty"` // consecutive, by this company; the first is 1
	Sampling       Sampling        `json:"sampling,omitzero"`
	FirstYear      FirstYear       `json:"firstYear,omitzero"`
}

// Visit is time on site: from a day to a day, both included.
type Visit struct {
	From  Day    `json:"from"`
	To    Day    `json:"to,omitempty"` // "" where it is one day
	Place string `json:"place,omitempty"`
}

// RemoteTesting is time in which was tested from elsewhere, with the reason.
type RemoteTesting struct {
	From   Day    `json:"from"`
	To     Day    `json:"to,omitempty"`
	Reason string `json:"reason,omitempty"`
	Extent string `json:"extent,omitempty"` // what was tested so
}

// Same reports whether both say the same.
func (e Engagement) Same(o Engagement) bool { return sameContent(e, o) }

// Qualified reports whether a QSA or an ISA took part.
func (e Engagement) Qualified() bool {
	for _, a := range e.Assessors {
		if a.Role.Qualified() {
			return true
		}
	}
	return false
}

// SetEngagement returns the draft that records the engagement of the assessment. What
// is merely incomplete is kept and is a Problem where the form asks for it.
func (a *Assessment) SetEngagement(e Engagement) (Draft, error) {
	b := &bounds{err: a.Frozen()}
	e.check(b)
	if broken := e.broken(); len(broken) > 0 {
		b.add(errors.New(broken[0]))
	}
	if _, fresh := e.Sampling.split(a.scope.engagement.Sampling); len(fresh) > 0 {
		b.add(fmt.Errorf("sample set %d: a sample set is a record of its own (see RecordSample)", fresh[0].Number))
	}
	if b.err != nil {
		return Draft{}, fmt.Errorf("set engagement: %w", b.err)
	}
	if err := changes(a.history, EngagementSet, a.scope.engaged, e.Same); err != nil {
		return Draft{}, fmt.Errorf("set engagement: %w", err)
	}
	return Draft{Assessment: a.Details.ID, Action: EngagementSet, Subject: "engagement", Payload: e}, nil
}

func (e Engagement) check(b *bounds) {
	b.names("assessors", namesOf(e.Assessors, func(a Assessor) string { return a.Name }))
	for _, a := range e.Assessors {
		a.check(b)
	}
	e.Reviewer.check(b)
	e.Officer.check(b)
	b.day("start", e.Start)
	b.day("end", e.End)
	b.list("visits", len(e.OnSite))
	b.list("times of remote testing", len(e.Remote))
	for _, v := range e.OnSite {
		b.day("visit", v.From)
		b.day("visit", v.To)
		b.line("place of a visit", v.Place)
	}
	for _, r := range e.Remote {
		b.day("remote testing", r.From)
		b.day("remote testing", r.To)
		b.text("reason of remote testing", r.Reason)
		b.text("extent of remote testing", r.Extent)
	}
	b.text("independence", e.Independence)
	b.text("other services", e.OtherServices)
	b.text("subcontractors", e.Subcontractors)
	e.Sampling.check(b)
	b.text("what keeps periodic activities in time", e.FirstYear.Kept)
}

// maxYears bounds the years in which one company assessed.
const maxYears = 100

// broken names the rules that the engagement breaks.
func (e Engagement) broken() []string {
	var broken []string
	say := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	if rule := e.Reviewer.broken(e.Assessors); rule != "" {
		say("%s", rule)
	}
	if e.Start != "" && e.End != "" && e.End < e.Start {
		say("the assessment ends on %s and starts on %s: it ends no earlier than it starts", e.End, e.Start)
	}
	for _, v := range e.OnSite {
		if rule := e.outside("on site", v.From, v.To); rule != "" {
			say("%s", rule)
		}
	}
	for _, r := range e.Remote {
		if rule := e.outside("remote testing", r.From, r.To); rule != "" {
			say("%s", rule)
		}
	}
	if rule := e.remotely(); rule != "" {
		say("%s", rule)
	}
	if e.Years < 0 || e.Years > maxYears {
		say("%d consecutive years: want 1 for the first, or none", e.Years)
	}
	return append(broken, e.Sampling.broken()...)
}

// outside names the rule that a time breaks which is not in that of the assessment, ""
// if none.
func (e Engagement) outside(what string, from, to Day) string {
	last := to
	if last == "" {
		last = from
	}
	switch {
	case from == "":
		return what + " has no day"
	case last < from:
		return fmt.Sprintf("%s to %s, from %s: it ends no earlier than it starts", what, last, from)
	case e.Start != "" && from < e.Start, e.End != "" && last > e.End:
		return fmt.Sprintf("%s from %s to %s is not within the assessment, %s to %s", what, from, last, e.Start, e.End)
	}
	return ""
}

// lacks names what a form that asks this much of the engagement misses in it.
func (e Engagement) lacks(asked demand) []string {
	parts := []field{{"assessors", counted(len(e.Assessors))}, {"start", string(e.Start)}, {"end", string(e.End)}}
	items := [][]string{
		lackingIn(e.Assessors, func(a Assessor) string { return a.Name }, Assessor.lacks),
		lackingIn(e.Remote, func(r RemoteTesting) string { return "remote testing from " + string(r.From) }, RemoteTesting.lacks),
	}
	if !asked.reaches(ReportedScope) {
		return lackingAll(missing(parts), items...)
	}
	parts = append(parts,
		field{"a lead assessor", counted(e.leads())}, field{"days on site or remote", counted(len(e.OnSite) + len(e.Remote))},
		field{"independence statement", e.Independence}, field{"other services (or that there are none)", e.OtherServices},
		field{"subcontractors (or that there are none)", e.Subcontractors}, field{"consecutive years", counted(e.Years)})
	parts = append(parts, e.remoteLacks(asked)...)
	if e.AssessedByQSA() {
		parts = append(parts, asked.since(factsOfReport, ReportedScope, field{"the officer who signs for the assessors' company", e.Officer.Name})...)
	}
	if l := e.Reviewer.lacks(); len(l) > 0 {
		items = append(items, []string{lackingOf("the QA reviewer", l)})
	}
	return lackingAll(missing(parts), items...)
}

func (r RemoteTesting) lacks() []string { return missing([]field{{"its reason", r.Reason}}) }

// leads is how many lead.
func (e Engagement) leads() int {
	n := 0
	for _, a := range e.Assessors {
		if a.Role == LeadAssessor {
			n++
		}
	}
	return n
}
