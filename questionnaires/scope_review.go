package questionnaires

import (
	"fmt"
	"slices"
	"strings"
)

// The requirements whose answers rest on what the scope says of third parties: that
// their status is watched each year, and who answers for what.
var (
	thirdPartyStatus = MustRequirementID("12.8.4")
	thirdPartyMatrix = MustRequirementID("12.8.5")
)

// lackingOf joins what one item of a section lacks.
func lackingOf(name string, lacks []string) string {
	return name + " lacks " + strings.Join(lacks, ", ")
}

// lackingAll says what a section itself lacks, and then what its items do.
func lackingAll(own []string, items ...[]string) []string {
	var all []string
	if len(own) > 0 {
		all = append(all, lackingOf("it", own))
	}
	return append(all, slices.Concat(items...)...)
}

// lackingIn names the items of a section that lack something.
func lackingIn[T any](items []T, name func(T) string, lacks func(T) []string) []string {
	var all []string
	for _, item := range items {
		if l := lacks(item); len(l) > 0 {
			all = append(all, lackingOf(name(item), l))
		}
	}
	return all
}

// by is what items lack of what is asked.
func by[T any](asked demand, lacks func(T, demand) []string) func(T) []string {
	return func(item T) []string { return lacks(item, asked) }
}

// section is a part of the scope, and what it lacks.
type section struct {
	title string
	lacks []string
}

// sections are the parts of the scope that a form asks for, in its order.
func (s Scope) sections(asked demand) []section {
	all := []section{
		{"entity", lackingAll(s.Entity.lacks(asked))},
		{"what is covered", s.coveredLacks(asked)},
		{"environment", s.environmentLacks(asked)},
		{"segmentation", lackingAll(s.Segmentation.lacks(asked))},
		{"third parties", s.thirdPartyLacks(asked)},
	}
	if asked.reaches(ProvidedScope) {
		all = append(all, section{"card data", s.Data.lacks(asked)}, section{"confirmation", lackingAll(s.Confirmation.lacks(asked))})
	}
	return all
}

func (s Scope) coveredLacks(asked demand) []string {
	var own []string
	channels := slices.ContainsFunc(s.Channels, ChannelUse.Covered)
	services := slices.ContainsFunc(s.Services, AssessedService.Covered)
	switch {
	case asked.depth == ProvidedScope && !services:
		own = []string{"a service that is assessed"}
	case !channels && !services:
		own = []string{"a payment channel or service that is assessed"}
	}
	return lackingAll(own,
		lackingIn(s.Channels, func(u ChannelUse) string { return u.Channel.String() }, ChannelUse.lacks),
		lackingIn(s.Services, func(v AssessedService) string { return v.Name }, by(asked, AssessedService.lacks)))
}

func (s Scope) environmentLacks(asked demand) []string {
	e := s.Environment
	parts := []field{{"description", s.Description}, {"locations", counted(len(e.Locations))}}
	var items [][]string
	if asked.reaches(ProvidedScope) {
		parts = append(parts, field{"component types", counted(len(e.Components))})
		items = append(items, lackingIn(e.Components, func(c ComponentType) string { return c.Type }, ComponentType.lacks))
	}
	if asked.reaches(ReportedScope) {
		parts = append(parts, field{"networks", counted(len(e.Networks))})
		parts = append(parts, asked.since(factsOfReport, ReportedScope, field{"network diagrams", counted(len(e.Diagrams))})...)
		if !e.NoProducts {
			parts = append(parts, asked.since(factsOfReport, ReportedScope, field{"products that PCI SSC lists (or that there are none)", counted(len(e.Products))})...)
		}
		items = append(items, lackingIn(e.Networks, func(n Network) string { return n.Name }, Network.lacks))
	}
	items = append(items,
		lackingIn(e.Locations, func(l Location) string { return "location " + l.Type }, Location.lacks),
		lackingIn(e.Products, func(p ListedProduct) string { return "product " + p.Name }, ListedProduct.lacks))
	return lackingAll(missing(parts), items...)
}

func (s Scope) thirdPartyLacks(asked demand) []string {
	if len(s.ThirdParties) == 0 && !s.NoThirdParties {
		return lackingAll([]string{"the list of them, or that there are none"})
	}
	return lackingIn(s.ThirdParties, func(p ThirdParty) string { return p.Name }, by(asked, ThirdParty.lacks))
}

func (d CardData) lacks(asked demand) []string {
	var own []string
	if len(d.Stores) == 0 && !d.NothingStored {
		own = append(own, "data stores, or that nothing is stored")
	}
	if asked.reaches(ReportedScope) && len(d.Flows) == 0 {
		own = append(own, "data flows")
	}
	if len(d.Stores) > 0 {
		own = append(own, missing(asked.since(factsOfReport, ReportedScope, field{"evidence of the inventory of data stores", counted(len(d.Inventory))}))...)
	}
	return lackingAll(own,
		lackingIn(d.Flows, func(f DataFlow) string { return f.Name }, by(asked, DataFlow.lacks)),
		lackingIn(d.Stores, func(s DataStore) string { return s.Name }, by(asked, DataStore.lacks)))
}

// ScopeProblems are those of the scope in a report of a day.
func (a *Assessment) ScopeProblems(day Day) []Problem {
	problems := a.scope.doubt(ScopeSet, ScopePart)
	add := into(&problems, ScopePart)
	a.reviewClasses(add)
	a.reviewServices(add)
	a.reviewCited(day, add)
	if asked := a.demands(); asked.depth > ScopeNotAsked {
		a.reviewScope(asked, day, add)
		a.reviewPapers(asked, into(&problems, EvidencePart))
	}
	return problems
}

// EngagementProblems are those of the engagement in a report of a day.
func (a *Assessment) EngagementProblems(day Day) []Problem {
	problems := a.scope.doubt(EngagementSet, EngagementPart)
	add := into(&problems, EngagementPart)
	e, given := a.Engagement()
	for _, rule := range e.broken() {
		add(EngagementBroken, "%s", rule)
	}
	if e.End > day {
		add(EngagementBroken, "the assessment ends on %s and the report is of %s: a report is never older than its assessment", e.End, day)
	}
	switch asked := a.demands(); {
	case asked.depth == ReportedScope && !given:
		add(EngagementIncomplete, "no engagement is recorded: assessors, reviewer, dates, sampling (`tickmark engagement template`)")
	case asked.depth == ReportedScope, asked.depth > ScopeNotAsked && e.Qualified():
		reviewEngagement(e, asked, len(a.Samples()), add)
	}
	return problems
}

// into adds problems of a part of the assessment to a list.
func into(problems *[]Problem, part Part) adding {
	return func(kind ProblemKind, format string, args ...any) {
		*problems = append(*problems, Problem{Part: part, Kind: kind, Sentence: fmt.Sprintf(format, args...)})
	}
}

// adding takes a problem.
type adding func(kind ProblemKind, format string, args ...any)

func (a *Assessment) reviewScope(asked demand, day Day, add adding) {
	s := a.Scope()
	if s.Same(Scope{}) {
		add(ScopeIncomplete, "no scope is recorded: entity, channels, environment, third parties (`tickmark scope template`)")
		return
	}
	for _, part := range s.sections(asked) {
		if len(part.lacks) > 0 {
			add(ScopeIncomplete, "scope, %s: %s", part.title, strings.Join(part.lacks, "; "))
		}
	}
	for _, p := range s.ThirdParties {
		if d := p.Attestation.Date; d > day {
			add(NewerEvidence, "the attestation of %s is of %s and the report of %s: evidence is never newer than the report", p.Name, d, day)
		}
	}
	for _, p := range s.Environment.Products {
		if p.Expires != "" && p.Expires < day {
			add(Overdue, "the listing of %s expired on %s", p.Name, p.Expires)
		}
	}
	on := s.Confirmation.On
	switch {
	case on > day:
		add(NewerEvidence, "the scope was confirmed on %s and the report is of %s: evidence is never newer than the report", on, day)
	case on != "" && !on.within(day):
		add(Overdue, "the scope was confirmed on %s; it is confirmed at least once a year (12.5.2)", on)
	}
}

// reviewClasses: nothing that card data rests on is out of scope, and what is out of
// scope is shown to be.
func (a *Assessment) reviewClasses(add adding) {
	s := a.Scope()
	for _, rule := range s.brokenClasses() {
		add(ScopeBroken, "%s", rule)
	}
	for _, c := range s.Classes {
		if c.Class != OutOfScope {
			continue
		}
		for _, o := range s.Classes {
			if o.Class > OutOfScope && o.meets(c.Selection) {
				add(ScopeBroken, "%s is classed out-of-scope and %s is %s: the stricter class counts", c.Selection, o.Selection, o.Class)
			}
		}
		if lacks := a.apart(c); len(lacks) > 0 {
			add(NotSeparated, "%s is out of scope and %s", c.Selection, lackingOf("it", lacks))
		}
	}
}

// reviewCited: what the scope cites is there, and no newer than the report.
func (a *Assessment) reviewCited(day Day, add adding) {
	a.reviewCitations("the scope cites", a.Scope().Cited(), day, add)
}

// reviewCitations: what something cites is there, and no newer than the report.
func (a *Assessment) reviewCitations(cites string, ids []ID, day Day, add adding) {
	var seen []ID
	for _, id := range ids {
		item, known := a.Evidence(id)
		if slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		switch {
		case !known:
			add(CitesUnknown, "%s %s, which is not in the vault", cites, id)
		case item.gone():
			add(CitesExpunged, "%s %s, which was %s", cites, item.Label(), item.Expunged)
		case a.history.Verify(item.Entry) != nil:
			add(NotVerified, "%s %s, which somebody who is no enrolled author brought", cites, item.Label())
		case item.Quarantined():
			add(QuarantinedEvidence, "%s", quarantinedWords(item))
		case DayOf(item.Collected) > day:
			add(NewerEvidence, "%s %s of %s and the report is of %s: evidence is never newer than the report", cites, item.Label(), DayOf(item.Collected), day)
		}
	}
}

// reviewPapers: of the diagrams and inventories that a report names it says what an index
// of evidence has, the day of their last revision among it.
func (a *Assessment) reviewPapers(asked demand, add adding) {
	if !asked.asks(factsOfReport, ReportedScope) {
		return
	}
	s := a.Scope()
	papers := slices.Concat(s.Environment.Diagrams, s.Data.Inventory)
	for _, f := range s.Data.Flows {
		papers = append(papers, f.Diagrams...)
	}
	slices.Sort(papers)
	for _, id := range slices.Compact(papers) {
		item, known := a.Evidence(id)
		if lacks := item.Lacks(); known && !item.gone() && len(lacks) > 0 {
			add(UndescribedEvidence, "the scope cites %s", lackingOf(item.Label(), lacks))
		}
	}
}

// apart names what an out-of-scope classification lacks: its justification and, for a
// namespace beside card data, each of the four separations with evidence that is there.
func (a *Assessment) apart(c Classification) []string {
	lacking := missing([]field{{"a justification", c.Justification}})
	if c.Kind != NamespaceClassed || !a.Scope().holdsCards(c.Selection) {
		return lacking
	}
	for i, name := range SeparationNames() {
		p := c.Separation.all()[i]
		if blank(p.Statement) {
			lacking = append(lacking, "separation of "+name)
		}
		if !a.evidences(p.Evidence) {
			lacking = append(lacking, "evidence of separated "+name)
		}
	}
	return lacking
}

// evidences reports whether there is evidence, and all of it is to hand and brought by
// somebody enrolled.
func (a *Assessment) evidences(ids []ID) bool {
	for _, id := range ids {
		if item, known := a.Evidence(id); !known || item.gone() || a.history.Verify(item.Entry) != nil {
			return false
		}
	}
	return len(ids) > 0
}

// reviewEngagement: a report, and whatever a QSA or an ISA takes part in, says who
// assessed and how.
func reviewEngagement(e Engagement, asked demand, samples int, add adding) {
	if lacks := e.lacks(asked); len(lacks) > 0 {
		add(EngagementIncomplete, "engagement: %s", strings.Join(lacks, "; "))
	}
	if lacks := e.Sampling.lacks(samples); len(lacks) > 0 && asked.reaches(ReportedScope) {
		add(EngagementIncomplete, "sampling: %s", strings.Join(lacks, "; "))
	}
}

// thirdParties: where the status of third parties and the matrix of duties are In
// Place, the scope bears it out.
func (v *review) thirdParties() {
	id := v.requirement.ID
	if v.Questionnaire.Scope == ScopeNotAsked || id != thirdPartyStatus && id != thirdPartyMatrix {
		return
	}
	for _, p := range v.Scope().ThirdParties {
		switch on := p.Attestation.Date; {
		case id == thirdPartyMatrix && len(p.Duties) == 0:
			v.addTo(ScopePart, ScopeIncomplete, "%s, and the scope does not say who answers for what beside %s", v.title(), p.Name)
		case id == thirdPartyStatus && on != "" && on <= v.day && !on.within(v.day):
			v.addTo(ScopePart, Overdue, "%s, and the attestation of %s is of %s: its status is looked at every year", v.title(), p.Name, on)
		}
	}
}
