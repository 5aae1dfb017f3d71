package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// Aftermath is something that came after an assessment was issued, and what follows. It
// changes nothing of what was issued.
type Aftermath struct {
	Requirement RequirementID `json:"requirement,omitzero"`
	Sentence    string        `json:"sentence"`
	Advice      string        `json:"advice"`
	// Amend says that an amendment is what follows, if what came is right.
	Amend bool      `json:"amend"`
	Time  time.Time `json:"time,omitzero"`
}

// What follows, in words.
const (
	adviseAmend     = "if it is right, open an amendment: the issued version says otherwise"
	adviseScope     = "if the scope was so while it was assessed, open an amendment; else it concerns the next assessment"
	adviseExpunged  = "the finding stands by what was seen; open an amendment if nothing else supports it"
	adviseResult    = "if it was so on the day of issue, open an amendment; else mend it, and the next assessment asks again"
	adviseChange    = "do what the standard asks after a significant change; the next assessment asks for it"
	adviseBefore    = "it was before the issue: open an amendment if it touches what was issued"
	adviseDescribed = "open an amendment if the answer does not follow from it any more"
	adviseLate      = "it is of the time that was assessed: open an amendment if what was issued says otherwise"
	adviseNote      = "answer it and close it; open an amendment if it is right"
	adviseNobody    = "nobody enrolled signed it, and it counts for nothing"
	adviseAccepted  = "the issued version names it as accepted until then; mend the result or accept it again"
)

// SinceIssue returns what came after the assessment was issued, oldest first: what was
// merged in or written past the rules, and what happened to what it rests on. It is
// empty where it is not issued.
func (a *Assessment) SinceIssue(day Day) ([]Aftermath, error) {
	now, err := a.Stage()
	if err != nil || now.Stage != Issued {
		return nil, err
	}
	versions, err := a.Versions()
	if err != nil {
		return nil, err
	}
	last := versions[len(versions)-1]
	then, err := a.asIssued(last)
	if err != nil {
		return nil, err
	}
	s := &aftermath{a: a, then: then, version: last, day: day}
	for _, e := range a.history.entries {
		if e.ID != last.Entry && !a.history.IsAncestor(e.ID, last.Entry) && (e.Assessment == "" || e.Assessment == a.Details.ID) {
			if err := s.take(e); err != nil {
				return nil, err
			}
		}
	}
	s.contradicted()
	s.notes()
	if err := s.accepted(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.all, func(x, y Aftermath) int { return x.Time.Compare(y.Time) })
	return s.all, nil
}

// aftermath collects what came since a version was issued.
type aftermath struct {
	a, then *Assessment
	version IssuedVersion
	day     Day
	all     []Aftermath
}

func (s *aftermath) add(e Entry, id RequirementID, advice, format string, args ...any) {
	by := ""
	if !e.ID.IsZero() {
		author, known := s.a.history.Author(e.Author)
		if !known {
			author.Name = "somebody who is not enrolled"
		}
		by = fmt.Sprintf(" by %s on %s", author.Name, DayOf(e.Time))
		if s.a.history.Verify(e.ID) != nil {
			advice = adviseNobody
		}
	}
	s.all = append(s.all, Aftermath{
		Requirement: id, Sentence: fmt.Sprintf(format, args...) + by, Advice: advice, Time: e.Time, Amend: strings.Contains(advice, "amendment"),
	})
}

// take says what an entry is to the issued version.
func (s *aftermath) take(e Entry) error {
	switch e.Action {
	case AnswerGiven:
		if id, err := ParseRequirementID(e.Subject); err == nil {
			s.add(e, id, adviseAmend, "%s was answered in a copy that was merged in, or past the rules,", id)
		}
	case ConclusionRecorded, EngagementSet, EligibilityRecorded, QuestionnaireChanged, PopulationListed, SampleRecorded, CarriedConfirmed:
		s.add(e, RequirementID{}, adviseAmend, "%s was written", strings.ReplaceAll(e.Action.String(), "-", " "))
	case RequestAsked, RequestChanged, RequestReceived, RequestAccepted, RequestReturned:
		s.add(e, RequirementID{}, adviseAmend, "a request went on: %s", strings.ReplaceAll(e.Action.String(), "-", " "))
	case ScopeSet:
		s.add(e, RequirementID{}, adviseScope, "the scope was set")
	case ChangeRecorded:
		return s.change(e)
	case ActivityRecorded:
		return s.activity(e)
	case EvidenceExpunged:
		return s.expunged(e)
	case EvidenceDescribed, EvidenceReleased:
		return s.described(e)
	case AssessmentIssued:
		if e.ID != s.version.Entry {
			s.add(e, RequirementID{}, adviseAmend, "it was issued as well, side by side,")
		}
	default:
	}
	return nil
}

func (s *aftermath) change(e Entry) error {
	var c SignificantChange
	if err := s.a.history.read(e, &c); err != nil || c.Withdrawn || s.a.history.Verify(e.ID) != nil {
		return err
	}
	advice := adviseChange
	if c.On <= s.version.Day {
		advice = adviseBefore
	}
	s.add(e, RequirementID{}, advice, "a significant change of %s was recorded: %s,", c.On, c.What)
	return nil
}

// activity: a record of the time that was assessed which came late.
func (s *aftermath) activity(e Entry) error {
	var r Activity
	if err := s.a.history.read(e, &r); err != nil || r.On > s.version.Day {
		return err
	}
	s.add(e, RequirementID{}, adviseLate, "a record of %s was written: %s,", r.On, r.Kind.Title())
	return nil
}

// notes: review notes that were raised, or opened again, and wait.
func (s *aftermath) notes() {
	closed := map[ID]bool{}
	for _, n := range s.then.Notes() {
		closed[n.ID] = n.State == ClosedNote
	}
	for _, n := range s.a.Notes() {
		if was, known := closed[n.ID]; n.State != ClosedNote && (!known || was) && !n.Withheld {
			id := n.On.Procedure.Requirement
			s.all = append(s.all, Aftermath{
				Requirement: id, Sentence: fmt.Sprintf("%s on %s is %s", n.Label(), s.a.PlaceOf(n), n.State), Advice: adviseNote, Time: n.Time, Amend: true,
			})
		}
	}
}

// described: something else is said of evidence on which answers rest.
func (s *aftermath) described(e Entry) error {
	var d struct { // described and released alike
		Evidence ID `json:"evidence"`
	}
	if err := s.a.history.read(e, &d); err != nil {
		return err
	}
	item, known := s.then.Evidence(d.Evidence)
	for _, r := range s.then.Requirements() {
		if known && slices.Contains(s.then.Current(r.ID).Cited(), d.Evidence) {
			s.add(e, r.ID, adviseDescribed, "something else was said of %s, on which %s rests,", item.Label(), r.ID)
		}
	}
	return nil
}

// expunged names the requirements whose answers rest on what went.
func (s *aftermath) expunged(e Entry) error {
	var t Tombstone
	if err := s.a.history.read(e, &t); err != nil || s.a.history.Verify(e.ID) != nil {
		return err
	}
	if len(t.Items) == 0 {
		s.add(e, RequirementID{}, adviseExpunged, "a document that was collected was expunged (%s)", t.Reason)
	}
	for _, r := range s.then.Requirements() {
		for _, id := range s.then.Current(r.ID).Cited() {
			if item, known := s.then.Evidence(id); known && item.Digest() == t.Digest {
				s.add(e, r.ID, adviseExpunged, "%s, on which %s rests, was expunged (%s)", item.Label(), r.ID, t.Reason)
			}
		}
	}
	return nil
}

// contradicted: newer results speak against what was issued as in place.
func (s *aftermath) contradicted() {
	for _, r := range s.then.Requirements() {
		current := s.then.Current(r.ID)
		if current.Response != InPlace || Suggest(r, s.a.LatestResults()).Stance != Contradicts || Suggest(r, s.then.LatestResults()).Stance == Contradicts {
			continue
		}
		s.add(Entry{}, r.ID, adviseResult, "%s was issued as In Place, and a newer result contradicts it: %s", r.ID, s.a.contradiction(r))
	}
}

// accepted: acceptances that counted at issue and have ended.
func (s *aftermath) accepted() error {
	before, err := s.then.history.Acceptances()
	if err != nil {
		return err
	}
	after, err := s.a.history.Acceptances()
	if err != nil {
		return err
	}
	ended := map[engine.Digest]AcceptanceState{}
	for _, a := range after {
		ended[a.Entry] = a.State(s.day.End().Add(-time.Second))
	}
	for _, a := range before {
		if state := ended[a.Entry]; a.State(s.version.Time) == Accepted && state != Accepted {
			s.add(Entry{}, RequirementID{}, adviseAccepted, "the acceptance of %s until %s is %s", a.Check, a.Until, strings.ReplaceAll(state.String(), "-", " "))
		}
	}
	return nil
}
