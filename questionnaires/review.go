package questionnaires

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// review holds one requirement's answer against the rules.
type review struct {
	*Assessment
	requirement Requirement
	current     Revision
	procedures  []ProcedureAnswer // where the form asks for them, and they were answered one by one
	day         Day
	problems    []Problem
	undescribed []undescribed // of what is cited
}

// undescribed is an item of evidence that a report cannot list as it is, and why.
type undescribed struct {
	item ID
	why  string
}

// review finds the problems of a requirement in a report of a day.
func (a *Assessment) review(r Requirement, day Day) *review {
	v := &review{Assessment: a, requirement: r, current: a.Current(r.ID), day: day}
	if own := a.own(r.ID); a.Questionnaire.PerProcedure && !r.plain(own.Answer) && begun(own.Answer) {
		v.procedures = r.found(own.Answer)
	}
	v.standing()
	v.evidence()
	v.fresh()
	switch v.current.Response {
	case Unanswered:
		v.unanswered()
	case InPlace, InPlaceWithCCW:
		v.inPlace()
	case NotInPlace:
		v.notInPlace()
	case NotApplicable, NotTested:
		v.excluded()
	}
	v.reporting()
	v.compensated()
	v.customized()
	v.sinceLastYear()
	v.problems = append(v.problems, a.partyProblems(r.ID)...)
	return v
}

func (v *review) add(kind ProblemKind, format string, args ...any) {
	v.addTo(AnswerPart, kind, format, args...)
}

func (v *review) addTo(part Part, kind ProblemKind, format string, args ...any) {
	v.problems = append(v.problems, Problem{Requirement: v.requirement.ID, Part: part, Kind: kind, Sentence: fmt.Sprintf(format, args...)})
}

func (v *review) title() string { return v.current.Response.Title() }

// name is what people call one testing procedure.
func (v *review) name(p ProcedureAnswer) string {
	return Procedure{Requirement: v.requirement.ID, Letter: p.Letter}.String()
}

// standing: one answer stands, it is an enrolled author's, and the form offers it.
func (v *review) standing() {
	if n := len(v.Conflicts(v.requirement.ID)); n > 0 {
		v.add(InConflict, "%d answers were given side by side; one of them has to be confirmed", n)
	}
	if n := len(v.Conflicts(v.current.Inherited)); n > 0 && v.current.Inherited != v.requirement.ID {
		v.add(InConflict, "%d answers were given side by side for all below %s; one of them has to be confirmed", n, v.current.Inherited)
	}
	if !v.current.Entry.IsZero() && !v.current.Verified {
		v.add(NotVerified, "the answer's signature is not that of an enrolled author")
	}
	if v.reworded(v.requirement, v.current) {
		v.add(AskedOtherwise, "the question reads otherwise since it was answered; the answer has to be confirmed")
	}
	if v.current.Response != Unanswered && !v.Questionnaire.Allows(v.current.Response) {
		v.add(NotOffered, "%s is not offered by %s", v.title(), v.Questionnaire.Title)
	}
	for _, p := range v.procedures {
		if p.Finding != Unanswered && (p.Finding == InPlaceWithCCW || !v.Questionnaire.Allows(p.Finding)) {
			v.add(NotOffered, "%s is no finding of testing procedure %s", p.Finding.Title(), v.name(p))
		}
	}
}

// evidence: what is cited is there, and no newer than the report.
func (v *review) evidence() {
	for _, id := range v.current.Cited() {
		item, known := v.Assessment.Evidence(id)
		switch {
		case !known:
			v.add(CitesUnknown, "the answer cites %s, which is not in the vault", id)
		case item.gone():
			v.add(CitesExpunged, "the answer cites %s, which was %s", item.Label(), item.Expunged)
		case v.history.Verify(item.Entry) != nil:
			v.add(NotVerified, "the answer cites %s, which somebody who is no enrolled author brought", item.Label())
		case item.Quarantined():
			v.addTo(EvidencePart, QuarantinedEvidence, "%s", quarantinedWords(item))
		case DayOf(item.Collected) > v.day:
			v.add(NewerEvidence, "%s is of %s and the report of %s: evidence is never newer than the report", item.Label(), DayOf(item.Collected), v.day)
		case item.Details.Received > v.day:
			v.add(NewerEvidence, "%s was received on %s and the report is of %s: evidence is never newer than the report", item.Label(), item.Details.Received, v.day)
		default:
			v.described(item)
		}
	}
}

// quarantinedWords: nobody rests on a file in which a card number or a key was found, until
// somebody decided on it.
func quarantinedWords(item Evidence) string {
	if len(item.Releases) > 1 {
		return fmt.Sprintf("%s was released in %d ways side by side; one of them has to be chosen", item.Label(), len(item.Releases))
	}
	return fmt.Sprintf("%s is %s; a redacted copy has to take its place, or a reason be given", item.Label(), item.SearchWords())
}

// described: what an answer that is in place rests on counts on the day of the report,
// and a report says of it what an index of evidence has.
func (v *review) described(item Evidence) {
	if why := item.StaleOn(v.day); why != "" && (v.current.Response == InPlace || v.current.Response == InPlaceWithCCW) {
		v.addTo(EvidencePart, OutdatedEvidence, "%s, and %s does not count any more: %s", v.title(), item.Label(), why)
	}
	if item.File != nil && item.File.Obtained != "" && !item.File.Obtained.Known() {
		v.undescribed = append(v.undescribed, undescribed{item.ID, item.Label() + " was obtained in none of the three ways; say which"})
	}
	if lacks := item.Lacks(); len(lacks) > 0 && v.Questionnaire.Scope >= ReportedScope {
		v.undescribed = append(v.undescribed, undescribed{item.ID, lackingOf(item.Label(), lacks)})
	}
}

// undescribedProblems are those of items, each once: what is said of one is mended there,
// however many answers cite it.
func undescribedProblems(found []undescribed) []Problem {
	cites := map[undescribed]int{}
	var once []undescribed
	for _, u := range found {
		if cites[u]++; cites[u] == 1 {
			once = append(once, u)
		}
	}
	var problems []Problem
	add := into(&problems, EvidencePart)
	for _, u := range once {
		add(UndescribedEvidence, "%s; %s it", u.why, many(cites[u], "answer cites", "answers cite"))
	}
	return problems
}

func (v *review) unanswered() {
	if v.procedures == nil {
		v.add(NotAnswered, "it is not answered")
		return
	}
	var open []string
	for _, p := range v.procedures {
		if RollUp([]Response{p.Finding}) == Unanswered {
			open = append(open, v.name(p))
		}
	}
	v.add(NotAnswered, "not every testing procedure is answered: %s is not", strings.Join(open, ", "))
}

func (v *review) inPlace() {
	if blank(v.current.Narrative) && !v.Questionnaire.DescribesResults {
		v.add(NoNarrative, "%s without a narrative of how it is met", v.title())
	}
	if v.procedures == nil && len(v.current.Evidence) == 0 {
		v.add(NoEvidence, "%s without evidence", v.title())
	}
	r := v.requirement
	if !r.SupersededBy.IsZero() && v.current.Response == InPlace {
		v.add(Superseded, "%s took its place on 2025-03-31; it is Not Applicable with that reason", r.SupersededBy)
	}
	otherwise := v.current.Customized != nil || v.current.Response == InPlaceWithCCW
	if !otherwise && Suggest(r, v.LatestResults()).Stance == Contradicts {
		v.add(Contradicted, "%s, and evidence contradicts it: %s", v.title(), v.contradiction(r))
	}
	v.analysed()
	v.recurring()
	v.thirdParties()
}

// analysed: where a targeted risk analysis sets the frequency, there is one, whole
// and reviewed within a year.
func (v *review) analysed() {
	if v.requirement.Analysis != AnalysisSets && !(v.requirement.Analysis == AnalysisMay && v.current.RiskBased) {
		return
	}
	analyses := slices.DeleteFunc(slices.Clone(v.shared.analyses[v.requirement.ID]), func(r RiskAnalysis) bool { return r.Withdrawn && r.Beside == 0 })
	if len(analyses) == 0 {
		v.addTo(AnalysisPart, NoRiskAnalysis, "%s, and the targeted risk analysis that sets its frequency (12.3.1) is missing", v.title())
	}
	for _, r := range analyses {
		if r.Beside > 0 {
			v.addTo(AnalysisPart, InConflict, "its targeted risk analysis was changed %d times side by side; one of them has to be confirmed", r.Beside)
		}
		if r.Withdrawn {
			continue // and somebody else changed it
		}
		if lacks := r.Missing(); len(lacks) > 0 {
			v.addTo(AnalysisPart, UnfinishedAnalysis, "its targeted risk analysis (12.3.1) lacks: %s", strings.Join(lacks, ", "))
		} else if !r.Reviewed.within(v.day) {
			v.addTo(AnalysisPart, Overdue, "its targeted risk analysis was reviewed on %s; it is reviewed every year (12.3.1)", r.Reviewed)
		}
	}
}

func (v *review) notInPlace() {
	if blank(v.current.Narrative) {
		v.add(NoPlan, "Not in Place without what is missing and what is planned")
	}
	remedy := v.current.Remedy
	if !remedy.Legal && remedy.Target == "" {
		v.add(NoTargetDate, "Not in Place without a target date")
	}
	if remedy.Legal && blank(remedy.Law) {
		v.add(NoLaw, "a legal restriction without the law or regulation that it comes from")
	}
}

func (v *review) excluded() {
	if blank(v.current.Narrative) {
		v.add(NoReason, "%s without its reason", v.title())
	}
	if v.current.Response == NotTested && blank(v.current.Untested) {
		v.add(NoExclusion, "Not Tested without what was left out")
	}
	if v.Questionnaire.PerProcedure && !v.current.Inherited.IsZero() && v.procedures == nil {
		v.add(InheritedOnly, "Not Applicable is inherited from %s; in this form its own testing is described as well", v.current.Inherited)
	}
}

// reporting: each procedure that was found has its reporting answer, each that is In
// Place its evidence, whatever the others are, and each response its description where
// the form asks for one.
func (v *review) reporting() {
	for _, p := range v.procedures {
		if p.Finding == InPlace && len(p.References) == 0 {
			v.add(NoEvidence, "%s is In Place without evidence", v.name(p))
		}
		if p.Finding != Unanswered && blank(p.Reporting) {
			v.add(NoReporting, "%s is %s without a reporting answer", v.name(p), p.Finding.Title())
		}
	}
	pure := !v.current.Inherited.IsZero() && v.own(v.requirement.ID).Response == Unanswered
	if v.Questionnaire.DescribesResults && v.current.Response != Unanswered && !pure && blank(v.current.Results) {
		v.add(NoResults, "%s without the description of results that this form asks for", v.title())
	}
}

// compensated: In Place with CCW has a whole worksheet, and no other response of a
// self-assessment has one.
func (v *review) compensated() {
	sheet, response := v.current.Worksheet, v.current.Response
	begun := sheet != Worksheet{}
	fits := response == InPlaceWithCCW || v.Questionnaire.PerProcedure && (response == NotInPlace || response == InPlace)
	switch {
	case begun && !fits:
		v.add(Misplaced, "a compensating control worksheet does not belong to %s; it is kept", v.title())
	case response == InPlaceWithCCW && !begun:
		v.add(NoWorksheet, "its compensating control worksheet is missing")
	case begun && len(sheet.Missing()) > 0:
		v.add(UnfinishedWorksheet, "its compensating control worksheet lacks: %s", strings.Join(sheet.Missing(), ", "))
	}
}

// customized: the approach is allowed, stands beside no compensating control of the
// same aspect, and is documented as a whole.
func (v *review) customized() {
	c := v.current.Customized
	if c == nil {
		return
	}
	if rule := v.customizable(v.requirement, v.current.Answer); rule != "" {
		v.add(CustomizedRefused, "%s", rule)
	}
	switch v.current.Response {
	case Unanswered, NotApplicable, NotTested:
		v.add(Misplaced, "a customized approach does not belong to %s; it is kept", v.title())
		return
	case InPlace, InPlaceWithCCW, NotInPlace:
	}
	if lacks := c.Missing(); len(lacks) > 0 {
		v.add(UnfinishedCustomized, "its customized approach lacks %s", strings.Join(lacks, "; "))
		return
	}
	approved, review := c.Analysis.Approved, c.Analysis.ReviewBy
	switch {
	case approved > v.day || review < approved || review > approved.NextYear():
		v.add(Overdue, "the risk analysis of its customized approach was approved on %s and is to be reviewed by %s: at least once a year (12.3.2)", approved, review)
	case review < v.day:
		v.add(Overdue, "the risk analysis of its customized approach was to be reviewed by %s (12.3.2)", review)
	}
}

// contradiction names the failing checks of a requirement.
func (a *Assessment) contradiction(r Requirement) string {
	var failing []string
	for _, p := range Suggest(r, a.LatestResults()).Procedures {
		for _, reason := range p.Why {
			if reason.Evidence.Result.Verdict == engine.Fail {
				failing = append(failing, fmt.Sprintf("%s (%s)", reason.Evidence.Result.Check, reason.Evidence.Label()))
			}
		}
	}
	return strings.Join(failing, ", ")
}
