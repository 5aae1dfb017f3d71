package questionnaires

import (
	"errors"
	"fmt"
	"slices"
)

// The answers to a question that has no choices of its own.
const (
	Yes = "yes"
	No  = "no"
)

// QuestionKind is how a question of the interview is answered.
type QuestionKind int

// The kinds of questions.
const (
	YesNo QuestionKind = iota
	OneOf
)

var questionKinds = [...]string{"yes-no", "one-of"}

// String returns the kind's text.
func (k QuestionKind) String() string { return textOf(questionKinds[:], int(k)) }

// MarshalText writes what String returns.
func (k QuestionKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Choice is one answer that a question offers.
type Choice struct {
	Value    string           `json:"value"`
	Text     string           `json:"text"`
	Channels []PaymentChannel `json:"-"` // where it is offered; none: wherever the question is asked
}

// EligibilityQuestion is a question whose answer decides which form fits.
type EligibilityQuestion struct {
	ID       string
	Text     string
	Help     string           // "" where the text says enough
	Earlier  []string         // texts of the versions before this one, oldest first
	Channels []PaymentChannel // it is asked of each; none: once, of the entity
	Opens    PaymentChannel   // the channel that a yes brings in, if any
	Choices  []Choice         // none: yes or no
}

// Kind is how the question is answered.
func (q *EligibilityQuestion) Kind() QuestionKind {
	if len(q.Choices) == 0 {
		return YesNo
	}
	return OneOf
}

// Version is that of the question's text, from 1 on.
func (q *EligibilityQuestion) Version() int { return len(q.Earlier) + 1 }

// TextOf returns the text as a version had it: what was asked when an answer was
// given.
func (q *EligibilityQuestion) TextOf(version int) (string, bool) {
	switch {
	case version == q.Version():
		return q.Text, true
	case version < 1 || version > q.Version():
		return "", false
	}
	return q.Earlier[version-1], true
}

// Offered returns what may be answered for a channel.
func (q *EligibilityQuestion) Offered(channel PaymentChannel) []Choice {
	if q.Kind() == YesNo {
		return []Choice{{Value: Yes, Text: Yes}, {Value: No, Text: No}}
	}
	var offered []Choice
	for _, c := range q.Choices {
		if len(c.Channels) == 0 || slices.Contains(c.Channels, channel) {
			offered = append(offered, c)
		}
	}
	return offered
}

// offers reports whether a value may be answered for a channel.
func (q *EligibilityQuestion) offers(channel PaymentChannel, value string) bool {
	return slices.ContainsFunc(q.Offered(channel), func(c Choice) bool { return c.Value == value })
}

// askedFor reports whether the question is asked of a channel, or with NoChannel of
// the entity.
func (q *EligibilityQuestion) askedFor(channel PaymentChannel) bool {
	if channel == NoChannel {
		return len(q.Channels) == 0
	}
	return slices.Contains(q.Channels, channel)
}

// Condition limits a criterion to some answers to another question.
type Condition struct {
	Question string // "": no condition
	Is       []string
}

// Criterion is one thing that a form wants of a channel. Text says it in our own
// words, for reasons and for the attestation.
type Criterion struct {
	Question string
	Accepts  []string
	Where    Condition
	Text     string
}

// FormCriteria is what a form wants of the channels that it is made for.
type FormCriteria struct {
	Form        string // a questionnaire's code
	Name        string // such as SAQ B-IP
	Channels    []PaymentChannel
	Criteria    []Criterion
	Unsupported string // why Tickmark does not hold the form; "": it does
}

// EligibilityWords are the questions and forms that rules are made of.
type EligibilityWords struct {
	Questions []EligibilityQuestion
	Forms     []FormCriteria // each is tried after those before it
	Merchants string         // code of the form for every merchant
	Providers string         // code of the form for service providers
	Reminder  string         // who decides in the end
}

// EligibilityRules decide which self-assessment questionnaire fits. They are not
// changed once built.
type EligibilityRules struct {
	words    EligibilityWords
	byID     map[string]*EligibilityQuestion
	openings map[PaymentChannel]Asked          // the question that brings a channel in
	forms    map[PaymentChannel][]FormCriteria // made for a channel, in the order in which they are tried
}

// WordsError says which item of a file's list contradicts the others.
type WordsError struct {
	List string
	Item int // from 0 on
	error
}

// Unwrap returns what is wrong.
func (e WordsError) Unwrap() error { return e.error }

// roleQuestion asks whose form is looked for; its choices are the roles' texts.
const roleQuestion = "role"

// NewEligibilityRules builds the rules and refuses words that contradict
// themselves.
func NewEligibilityRules(words EligibilityWords) (*EligibilityRules, error) {
	r := &EligibilityRules{
		words: words, byID: make(map[string]*EligibilityQuestion, len(words.Questions)),
		openings: map[PaymentChannel]Asked{}, forms: map[PaymentChannel][]FormCriteria{},
	}
	if words.Merchants == "" || words.Providers == "" || words.Reminder == "" {
		return nil, errors.New("build eligibility: the forms for all merchants, for providers, or the reminder are missing")
	}
	for i := range words.Questions {
		if err := r.add(&words.Questions[i]); err != nil {
			return nil, WordsError{"questions", i, fmt.Errorf("build eligibility: question %q: %w", words.Questions[i].ID, err)}
		}
	}
	if role := r.byID[roleQuestion]; role == nil || len(role.Channels) > 0 || !slices.EqualFunc(role.Choices, Roles(), func(c Choice, role Role) bool { return c.Value == role.String() }) {
		return nil, fmt.Errorf("build eligibility: question %q has to be of the entity and offer %v", roleQuestion, Roles())
	}
	for i, f := range words.Forms {
		err := r.checkForm(f)
		if slices.ContainsFunc(words.Forms[:i], func(other FormCriteria) bool { return other.Form == f.Form }) {
			err = errors.New("it stands twice")
		}
		if err != nil {
			return nil, WordsError{"forms", i, fmt.Errorf("build eligibility: form %q: %w", f.Form, err)}
		}
		for _, channel := range f.Channels {
			r.forms[channel] = append(r.forms[channel], f)
		}
	}
	for _, channel := range PaymentChannels() {
		held := func(f FormCriteria) bool { return f.Unsupported == "" }
		if _, opens := r.openings[channel]; !opens || !slices.ContainsFunc(r.forms[channel], held) {
			return nil, fmt.Errorf("build eligibility: no question brings %s in, or no form is made for it", channel)
		}
	}
	return r, nil
}

// add takes a question that says what it has to.
func (r *EligibilityRules) add(q *EligibilityQuestion) error {
	if _, twice := r.byID[q.ID]; twice || q.ID == "" || q.Text == "" {
		return errors.New("it stands twice, or its id or text is missing")
	}
	if q.Opens != NoChannel && (len(q.Channels) > 0 || q.Kind() != YesNo) {
		return errors.New("what brings a channel in is asked once and answered with yes or no")
	}
	if other, twice := r.openings[q.Opens]; twice {
		return fmt.Errorf("%q brings %s in as well", other, q.Opens)
	}
	for i, c := range q.Choices {
		if c.Value == "" || c.Text == "" || slices.ContainsFunc(q.Choices[:i], func(other Choice) bool { return other.Value == c.Value }) {
			return fmt.Errorf("choice %q stands twice or says nothing", c.Value)
		}
		for _, channel := range c.Channels {
			if channel == NoChannel || !q.askedFor(channel) {
				return fmt.Errorf("choice %q is for channel %q, which is not asked", c.Value, channel)
			}
		}
	}
	if slices.Contains(q.Channels, NoChannel) {
		return errors.New("it names a channel that is none")
	}
	r.byID[q.ID] = q
	if q.Opens != NoChannel {
		r.openings[q.Opens] = Asked{Question: q.ID}
	}
	return nil
}

// checkForm refuses a form that could be offered without asking, or that looks at
// answers which cannot be given.
func (r *EligibilityRules) checkForm(f FormCriteria) error {
	if f.Form == "" || f.Name == "" || len(f.Channels) == 0 {
		return errors.New("code, name or channels are missing")
	}
	if f.Form == r.words.Merchants || f.Form == r.words.Providers {
		return errors.New("it has no criteria of its own")
	}
	for _, c := range f.Criteria {
		if c.Text == "" {
			return fmt.Errorf("criterion of %q says nothing", c.Question)
		}
		if err := r.checkAnswers(f, c.Question, c.Accepts); err != nil {
			return err
		}
		if c.Where.Question == "" {
			continue
		}
		if err := r.checkAnswers(f, c.Where.Question, c.Where.Is); err != nil {
			return err
		}
		for _, channel := range f.Channels {
			if r.byID[c.Question].askedFor(channel) && !r.byID[c.Where.Question].askedFor(channel) {
				return fmt.Errorf("criterion of %q depends on %q, which is not asked of %s", c.Question, c.Where.Question, channel)
			}
		}
	}
	for _, channel := range f.Channels {
		if channel == NoChannel || !slices.ContainsFunc(f.Criteria, func(c Criterion) bool { return c.Where.Question == "" && r.byID[c.Question].askedFor(channel) }) {
			return fmt.Errorf("it wants nothing of channel %q", channel)
		}
	}
	return nil
}

func (r *EligibilityRules) checkAnswers(f FormCriteria, question string, values []string) error {
	q, known := r.byID[question]
	if !known || len(values) == 0 {
		return fmt.Errorf("it looks at %q, which is no question, or at no answer to it", question)
	}
	for _, value := range values {
		if !slices.ContainsFunc(f.Channels, func(c PaymentChannel) bool { return q.askedFor(c) && q.offers(c, value) }) {
			return fmt.Errorf("it looks for %q, which %q does not offer", value, question)
		}
	}
	return nil
}

// Form returns what a form wants; false for one that every merchant or provider may
// use, and for a Report on Compliance.
func (r *EligibilityRules) Form(code string) (FormCriteria, bool) {
	for _, f := range r.words.Forms {
		if f.Form == code {
			return f, true
		}
	}
	return FormCriteria{}, false
}

// Forms returns what each form wants, in the order in which they are tried. The
// slice must not be changed.
func (r *EligibilityRules) Forms() []FormCriteria { return r.words.Forms }

// Questions returns every question; the slice must not be changed.
func (r *EligibilityRules) Questions() []EligibilityQuestion { return r.words.Questions }

// Question returns a question by its id.
func (r *EligibilityRules) Question(id string) (EligibilityQuestion, bool) {
	q, known := r.byID[id]
	if !known {
		return EligibilityQuestion{}, false
	}
	return *q, true
}

// WithEligibility returns the catalogue with the rules of who may use which form. It
// refuses rules that offer a form which the catalogue does not hold.
func (c *Catalogue) WithEligibility(rules *EligibilityRules) (*Catalogue, error) {
	for i, f := range rules.words.Forms {
		if _, held := c.Questionnaire(f.Form); held == (f.Unsupported != "") {
			return nil, WordsError{"forms", i, fmt.Errorf("build catalogue: eligibility for %q: that the catalogue holds it is %v", f.Form, held)}
		}
	}
	for _, form := range []string{rules.words.Merchants, rules.words.Providers} {
		if _, held := c.Questionnaire(form); !held {
			return nil, fmt.Errorf("build catalogue: eligibility offers %q, which is no questionnaire", form)
		}
	}
	with := *c
	with.eligibility = rules
	return &with, nil
}

// Eligibility returns the rules of who may use which form, nil where there are none.
func (c *Catalogue) Eligibility() *EligibilityRules { return c.eligibility }
