package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// FollowUp is what last year left open: a requirement that was Not in Place, or a
// failing result whose risk was accepted. It stays open until this year says what
// became of it.
type FollowUp struct {
	Requirements []RequirementID `json:"requirements"` // that this year's form asks
	Sentence     string          `json:"sentence"`     // what was left
	// Closed says by what it was closed, "" while it is open.
	Closed string `json:"closed,omitempty"`
	// Check and Target are those of the result that was accepted, "" of a requirement.
	Check    string `json:"check,omitempty"`
	Target   string `json:"target,omitempty"`
	accepted Acceptance
}

// FollowUps returns what last year left open, requirements in order before results,
// with what became of it as of a day.
func (a *Assessment) FollowUps(day Day) ([]FollowUp, error) {
	all, err := a.followUps()
	all = slices.Clone(all)
	for i := range all {
		if all[i].Closed, err = a.closed(all[i], day); err != nil {
			return nil, err
		}
	}
	return all, err
}

// followUps are what last year left open, whatever became of it.
func (a *Assessment) followUps() ([]FollowUp, error) {
	last, known, err := a.LastYear()
	if err != nil || !known {
		return nil, err
	}
	y := a.form.year
	y.leaving.Do(func() {
		for _, r := range last.Requirements() {
			before := last.Current(r.ID)
			if before.Response != NotInPlace {
				continue
			}
			f := FollowUp{Requirements: a.askedOf(r.ID), Sentence: fmt.Sprintf("%s %s was Not in Place", r.ID, r.Title)}
			if target := before.Remedy.Target; target != "" {
				f.Sentence += fmt.Sprintf(", to be met by %s", target)
			}
			y.left = append(y.left, f)
		}
		var accepted []FollowUp
		accepted, y.leftErr = a.acceptedFollowUps(last)
		y.left = append(y.left, accepted...)
	})
	return y.left, y.leftErr
}

// closed says by what a follow-up is closed on a day, "" while it is open.
func (a *Assessment) closed(f FollowUp, day Day) (string, error) {
	if f.Check != "" {
		acceptances, err := a.history.Acceptances()
		if err != nil {
			return "", err
		}
		if words := a.resultSince(f.accepted, acceptances, a.form.year.last.Until, day); words != "" {
			return words, nil
		}
	}
	return a.answered(f.Requirements), nil
}

// askedOf is the requirement, where the form asks it.
func (a *Assessment) askedOf(ids ...RequirementID) []RequirementID {
	return slices.DeleteFunc(ids, func(id RequirementID) bool { return !a.Questionnaire.Asks(id) })
}

// answered says how this year answered all of some requirements, "" while it did not. An
// answer that claims more than last year's counts with evidence that is newer.
func (a *Assessment) answered(ids []RequirementID) string {
	if len(ids) == 0 {
		return "this year's form does not ask it"
	}
	var words []string
	for _, id := range ids {
		now := a.Current(id)
		if now.Response == Unanswered {
			return ""
		}
		word := fmt.Sprintf("%s is %s", id, now.Response.Title())
		if now.Response == InPlace || now.Response == InPlaceWithCCW {
			newer := a.newerThanLastYear(id)
			if newer == "" {
				return ""
			}
			word += " by " + newer
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// newerThanLastYear names cited evidence of a requirement that came to be after all that
// last year's answer cited, after that answer where it cited nothing, and after last
// year where there was none; "" where there is none.
func (a *Assessment) newerThanLastYear(id RequirementID) string {
	last, known, err := a.LastYear()
	if err != nil || !known {
		return ""
	}
	before := last.Current(id)
	since := time.Time{}
	for _, cited := range before.Cited() {
		if item, is := last.Evidence(cited); is && item.Collected.After(since) {
			since = item.Collected
		}
	}
	if since.IsZero() {
		since = before.Time
	}
	if since.IsZero() {
		since = last.Until
	}
	for _, cited := range a.Current(id).Cited() {
		item, is := a.Evidence(cited)
		if is && !slices.Contains(before.Cited(), cited) && item.Collected.After(since) && !item.gone() && a.history.Verify(item.Entry) == nil {
			return item.Label()
		}
	}
	return ""
}

// acceptedFollowUps are the failing results whose acceptance stood at the end of last
// year, each once.
func (a *Assessment) acceptedFollowUps(last LastYear) ([]FollowUp, error) {
	acceptances, err := a.history.Acceptances()
	if err != nil {
		return nil, err
	}
	var all []FollowUp
	for _, c := range acceptances {
		key := c.Key()
		twin := func(f FollowUp) bool { return f.accepted.Meant(key) }
		bears := last.informed(c.Check)
		if !c.stoodAt(last.Until) || len(bears) == 0 || slices.ContainsFunc(all, twin) {
			continue
		}
		f := FollowUp{Requirements: a.askedOf(bears...), Check: c.Check, Target: c.Target, accepted: c}
		f.Sentence = fmt.Sprintf("%s of %s %s was accepted until %s: %s", c.Check, strings.ToLower(c.Subject.Kind), c.Subject.Name, c.Until, c.Reason)
		all = append(all, f)
	}
	return all, nil
}

// stoodAt reports whether the acceptance counted at a moment, as far as was done by then.
func (a Acceptance) stoodAt(at time.Time) bool {
	approved := a.Approval != nil && !a.Approval.Time.After(at)
	ended := a.Ended != nil && !a.Ended.Time.After(at)
	return approved && !ended && at.Before(a.Until.End())
}

// informed are the requirements of the form that a check supports or contradicts.
func (a *Assessment) informed(check string) []RequirementID {
	var ids []RequirementID
	for _, r := range a.Requirements() {
		if slices.ContainsFunc(r.InformedBy, func(l Link) bool { return l.Check == check && l.Class >= Partial }) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// resultSince says what became of an accepted result after last year: a newer one does
// not fail, or it was accepted again. It is "" while neither is so.
func (a *Assessment) resultSince(c Acceptance, all []Acceptance, since time.Time, day Day) string {
	for _, item := range a.LatestResults() {
		r := item.Result
		if r == nil || r.Target != c.Target || r.Check != c.Check || !item.Collected.After(since) || item.gone() {
			continue
		}
		if r.Verdict == engine.Pass || r.Verdict == engine.NotApplicable {
			return fmt.Sprintf("it does not fail in %s of %s", item.Label(), DayOf(item.Collected))
		}
	}
	for _, again := range all {
		if again.Meant(c.Key()) && again.Time.After(since) && again.State(day.Start()) == Accepted {
			return fmt.Sprintf("it was accepted again until %s", again.Until)
		}
	}
	return ""
}

// OpenFollowUps counts those that are open.
func OpenFollowUps(all []FollowUp) int {
	n := 0
	for _, f := range all {
		if f.Closed == "" {
			n++
		}
	}
	return n
}

// sinceLastYear: what is said this year was written this year, and what was left open
// is shown by evidence of this year.
func (v *review) sinceLastYear() {
	last, known, err := v.LastYear()
	if err != nil || !known {
		return
	}
	if repeated := v.repeated(last.Current(v.requirement.ID).Answer); len(repeated) > 0 {
		v.add(AsLastYear, "as last year, word for word: %s; say what was found this year", strings.Join(repeated, ", "))
	}
	if v.current.Response != InPlace && v.current.Response != InPlaceWithCCW {
		return
	}
	all, err := v.followUps()
	if err != nil || v.newerThanLastYear(v.requirement.ID) != "" {
		return // carriedProblems says what cannot be read
	}
	for _, f := range all {
		if !slices.Contains(f.Requirements, v.requirement.ID) {
			continue
		}
		if closed, err := v.closed(f, v.day); closed == "" && err == nil {
			v.add(NotFollowedUp, "%s without evidence newer than last year's: %s", v.title(), f.Sentence)
		}
	}
}

// shortText is how few words of a worksheet's or a matrix's text repeat themselves
// without anybody having copied them, such as a name or "none".
const shortText = 4

// repeated names the texts of an answer that one of last year's texts is equal to,
// white space and case apart. What the standard itself proposes is nobody's text.
func (v *review) repeated(before Answer) []string {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	said := map[string]bool{}
	for _, f := range before.texts() {
		said[fold(f.text)] = true
	}
	if p, proposes := v.Proposal(v.requirement); proposes {
		delete(said, fold(p.Reason))
	}
	narrative := []string{"narrative", "reporting answer", "description of results", "what was not tested", "action plan"}
	var names []string
	for _, f := range v.current.texts() {
		short := len(strings.Fields(f.text)) <= shortText && !slices.Contains(narrative, f.what)
		if !blank(f.text) && !short && f.what != "law" && said[fold(f.text)] && !slices.Contains(names, f.what) {
			names = append(names, f.what)
		}
	}
	return names
}
