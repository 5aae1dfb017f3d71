package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tickmark/engine"
)

// EligibilityRecord is what was answered in an interview. It is the payload of an
// entry; a later answer to the same question takes the place of an earlier one.
type EligibilityRecord struct {
	Answers []EligibilityAnswer `json:"answers"`
}

// RecordedAnswer is an eligibility answer as it stands in the history, for the
// attestation.
type RecordedAnswer struct {
	EligibilityAnswer
	Text     string // what was asked, as the answered version had it; "" if a newer program asked it
	Entry    engine.Digest
	Author   Author
	Time     time.Time
	Verified bool
}

// RecordEligibility returns the draft that records answers of an interview. It
// refuses what the interview does not ask after all that is recorded; an empty
// answer takes an earlier one back.
func (a *Assessment) RecordEligibility(answers []EligibilityAnswer) (Draft, error) {
	rules := a.catalogue.Eligibility()
	if err := a.Frozen(); err != nil {
		return Draft{}, fmt.Errorf("record eligibility: %w", err)
	}
	if a.Questionnaire.Own() {
		return Draft{}, errors.New("record eligibility: whoever likes may answer an organisation's own questionnaire")
	}
	if rules == nil || len(answers) == 0 {
		return Draft{}, errors.New("record eligibility: nothing was answered")
	}
	interview := a.Interview()
	for n, given := range answers {
		asked := given.Asked()
		again := func(other EligibilityAnswer) bool { return other.Asked() == asked }
		q, _ := rules.Question(given.Question)
		var err error
		switch interview, err = interview.Answer(asked, given.Answer); {
		case err != nil:
			return Draft{}, fmt.Errorf("record eligibility: %w", err)
		case given.Version != q.Version():
			return Draft{}, fmt.Errorf("record eligibility: answer %s: version %d of the question was answered, it is version %d now", asked, given.Version, q.Version())
		case slices.ContainsFunc(answers[:n], again):
			return Draft{}, fmt.Errorf("record eligibility: answer %s: it is given twice", asked)
		case given.Answer == "" && len(a.form.given[asked]) == 0:
			return Draft{}, fmt.Errorf("record eligibility: answer %s: there is none to take back", asked)
		}
	}
	byForm := interview.For(a.Details.Questionnaire)
	for _, asked := range interview.Unasked() {
		if byForm.asks(asked) {
			continue
		}
		if slices.ContainsFunc(answers, func(given EligibilityAnswer) bool { return given.Asked() == asked }) {
			return Draft{}, fmt.Errorf("record eligibility: answer %s: the interview does not ask it after the other answers", asked)
		}
	}
	return Draft{Assessment: a.Details.ID, Action: EligibilityRecorded, Subject: "eligibility", Payload: EligibilityRecord{Answers: answers}}, nil
}

// readEligibility reads the answers that no other follows.
func (a *Assessment) readEligibility() error {
	a.form.given = map[Asked][]RecordedAnswer{}
	answers := map[Asked][]Entry{}
	recorded := map[engine.Digest][]RecordedAnswer{}
	for _, e := range a.form.recorded {
		all, err := a.recordedIn(e)
		if err != nil {
			return err
		}
		recorded[e.ID] = all
		for _, given := range all {
			answers[given.Asked()] = append(answers[given.Asked()], e)
		}
	}
	for asked, entries := range answers {
		for _, e := range a.history.unfollowed(entries) {
			at := slices.IndexFunc(recorded[e.ID], func(given RecordedAnswer) bool { return given.Asked() == asked })
			a.form.given[asked] = append(a.form.given[asked], recorded[e.ID][at])
		}
	}
	return nil
}

// recordedIn reads one entry's answers.
func (a *Assessment) recordedIn(e Entry) ([]RecordedAnswer, error) {
	var record EligibilityRecord
	if err := a.history.read(e, &record); err != nil {
		return nil, err
	}
	author, _ := a.history.Author(e.Author)
	verified := a.history.Verify(e.ID) == nil
	var all []RecordedAnswer
	for _, given := range record.Answers {
		r := RecordedAnswer{EligibilityAnswer: given, Entry: e.ID, Author: author, Time: e.Time, Verified: verified}
		if rules := a.catalogue.Eligibility(); rules != nil {
			q, _ := rules.Question(given.Question)
			r.Text, _ = q.TextOf(given.Version)
		}
		all = append(all, r)
	}
	return all, nil
}

// Interview returns the interview as far as recorded answers count: those that stand
// alone or agree, are an enrolled author's, and were given to the question as it is
// asked now.
func (a *Assessment) Interview() EligibilityInterview {
	rules := a.catalogue.Eligibility()
	if rules == nil {
		return (&EligibilityRules{byID: map[string]*EligibilityQuestion{}}).Interview()
	}
	interview := rules.Interview()
	for asked, standing := range a.form.given {
		if a.doubt(standing) != "" {
			continue
		}
		if next, err := interview.Answer(asked, standing[0].Answer); err == nil {
			interview = next
		}
	}
	return interview
}

// doubt says why what stands for a question does not count, "" if it does.
func (a *Assessment) doubt(standing []RecordedAnswer) string {
	q, known := a.catalogue.Eligibility().Question(standing[0].Question)
	for _, given := range standing {
		switch {
		case !given.Verified:
			return "its signature is not that of an enrolled author"
		case given.Answer != standing[0].Answer:
			return "different answers were given side by side"
		case !known || given.Version != q.Version() || (given.Answer != "" && !q.offers(given.Channel, given.Answer)):
			return "the question reads otherwise now"
		}
	}
	return ""
}

// Eligibility says what the recorded answers mean. It reports false where nothing is
// known of who may use a form.
func (a *Assessment) Eligibility() (Eligibility, bool) {
	if a.catalogue.Eligibility() == nil {
		return Eligibility{}, false
	}
	return a.Interview().Eligibility(), true
}

// EligibilityAnswers returns the recorded answers that count and matter, in the
// order of the interview for the assessment's form: what its attestation says of
// eligibility.
func (a *Assessment) EligibilityAnswers() []RecordedAnswer {
	var all []RecordedAnswer
	for _, answer := range a.Interview().For(a.Details.Questionnaire).Answers() {
		standing := slices.Clone(a.form.given[answer.Asked()])
		all = append(all, slices.MaxFunc(standing, func(x, y RecordedAnswer) int {
			return compareEntries(Entry{ID: x.Entry, Time: x.Time}, Entry{ID: y.Entry, Time: y.Time})
		}))
	}
	return all
}

// EligibilityRevisions returns every answer that was ever recorded, oldest first.
func (a *Assessment) EligibilityRevisions() ([]RecordedAnswer, error) {
	var all []RecordedAnswer
	for _, e := range a.form.recorded {
		given, err := a.recordedIn(e)
		if err != nil {
			return nil, err
		}
		all = append(all, given...)
	}
	return all, nil
}

// eligibilityProblems say what the recorded answers lack for the form, or hold
// against it.
func (a *Assessment) eligibilityProblems() []Problem {
	rules := a.catalogue.Eligibility()
	if rules == nil {
		return nil
	}
	var problems []Problem
	interview := a.Interview()
	for _, q := range rules.Questions() {
		for _, channel := range append([]PaymentChannel{NoChannel}, q.Channels...) {
			asked := Asked{Channel: channel, Question: q.ID}
			standing := a.form.given[asked]
			if len(standing) == 0 || !interview.asks(asked) {
				continue
			}
			if why := a.doubt(standing); why != "" {
				problems = append(problems, Problem{Part: EligibilityPart, Kind: EligibilityOpen, Sentence: fmt.Sprintf("eligibility, %s: %s; it has to be answered again", asked, why)})
			}
		}
	}
	if problem, found := a.formFits(rules); found {
		problems = append(problems, problem)
	}
	return problems
}

// asks reports whether a question is answered or open.
func (i EligibilityInterview) asks(asked Asked) bool {
	replayed, order := i.replay()
	return slices.Contains(order, asked) || slices.Contains(replayed.Open(), asked)
}

// formFits returns the problem that the recorded answers do not lead to the form. A
// form that every merchant or provider may use needs no answers, but the role must
// not speak against it.
func (a *Assessment) formFits(rules *EligibilityRules) (Problem, bool) {
	code := a.Details.Questionnaire
	interview, _ := a.Interview().For(code).replay()
	form, limited := rules.Form(code)
	role := Ground{Asked: Asked{Question: roleQuestion}, Answer: interview.Role().String()}
	merchants := limited || code == rules.words.Merchants
	switch {
	case role.Answer == "" && limited:
		return openProblem(form.Name, role.Asked), true
	case role.Answer == "":
		return Problem{}, false
	case merchants && !interview.Role().merchant(), code == rules.words.Providers && !interview.Role().provider():
		return againstProblem(rules.FormName(code), role), true
	case !limited:
		return Problem{}, false
	}
	return interview.fits(form)
}

// fits returns the problem that a form fits no channel that it is made for.
func (i EligibilityInterview) fits(form FormCriteria) (Problem, bool) {
	var open *Asked
	var against, unused *Ground // unused: the channel is not there
	for _, channel := range form.Channels {
		opening := i.rules.openings[channel]
		switch i.answers[opening] {
		case "":
			open = cmp.Or(open, &opening)
			continue
		case No:
			ground := otherChannel(form, opening, No)
			unused = cmp.Or(unused, &ground)
			continue
		}
		j := i.judge(form, channel)
		if j.open == nil && j.against == nil {
			return Problem{}, false
		}
		open, against = cmp.Or(open, j.open), cmp.Or(against, j.against)
	}
	if open != nil {
		return openProblem(form.Name, *open), true
	}
	return againstProblem(form.Name, *cmp.Or(against, unused)), true
}

func openProblem(form string, asked Asked) Problem {
	return Problem{Part: EligibilityPart, Kind: EligibilityOpen, Sentence: fmt.Sprintf("whether %s fits is open: %s is not answered (see `tickmark questionnaire which`)", form, asked)}
}

func againstProblem(form string, ground Ground) Problem {
	return Problem{Part: EligibilityPart, Kind: NotEligible, Sentence: fmt.Sprintf("%s does not fit: %s", form, ground.Against())}
}
