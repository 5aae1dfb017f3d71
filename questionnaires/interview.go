package questionnaires

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Role is for whom an entity handles cards. The zero value says that nobody has
// said so.
type Role int

// The roles.
const (
	UnknownRole Role = iota
	Merchant
	ServiceProvider
	MerchantAndProvider
)

var roles = [...]string{"", "merchant", "service-provider", "both"}

// Roles returns every role.
func Roles() []Role { return []Role{Merchant, ServiceProvider, MerchantAndProvider} }

// String returns the role's text, which is the answer that gives it.
func (r Role) String() string { return textOf(roles[:], int(r)) }

// MarshalText writes what String returns.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

func (r Role) merchant() bool { return r == Merchant || r == MerchantAndProvider }

func (r Role) provider() bool { return r == ServiceProvider || r == MerchantAndProvider }

// Asked is a question as it is put: of one channel, or of the entity.
type Asked struct {
	Channel  PaymentChannel `json:"channel,omitempty"`
	Question string         `json:"question"`
}

// String returns what ParseAsked reads: e-commerce/payment-page, or role.
func (a Asked) String() string {
	if a.Channel == NoChannel {
		return a.Question
	}
	return a.Channel.String() + "/" + a.Question
}

// ParseAsked reads a question's id, after a slash where it is asked of a channel.
func ParseAsked(s string) (Asked, error) {
	channel, question, split := strings.Cut(s, "/")
	if !split {
		return Asked{Question: s}, nil
	}
	c, err := ParsePaymentChannel(channel)
	if err != nil {
		return Asked{}, fmt.Errorf("read question %q: %w", s, err)
	}
	return Asked{Channel: c, Question: question}, nil
}

// EligibilityAnswer is what a person answered to a version of a question. An empty
// answer takes an earlier one back.
type EligibilityAnswer struct {
	Question string         `json:"question"`
	Version  int            `json:"version"` // of the question's text
	Channel  PaymentChannel `json:"channel,omitempty"`
	Answer   string         `json:"answer"`
}

// Asked is the question that was answered.
func (a EligibilityAnswer) Asked() Asked { return Asked{Channel: a.Channel, Question: a.Question} }

// EligibilityInterview is how far the questions are answered. It is a value: answering returns
// another one. What is not answered counts as nothing, never as a yes.
type EligibilityInterview struct {
	rules   *EligibilityRules
	answers map[Asked]string
	wanted  string // the form that is tried first; "": the order of the rules
}

// Interview begins one.
func (r *EligibilityRules) Interview() EligibilityInterview { return EligibilityInterview{rules: r} }

// For returns the interview that tries a form before all others, because it is wanted
// though another might ask less.
func (i EligibilityInterview) For(form string) EligibilityInterview {
	i.wanted = form
	return i
}

// forms returns what may fit a channel, in the order in which it is tried.
func (i EligibilityInterview) forms(channel PaymentChannel) []FormCriteria {
	if i.wanted == "" {
		return i.rules.forms[channel]
	}
	forms := slices.Clone(i.rules.forms[channel])
	slices.SortStableFunc(forms, func(a, b FormCriteria) int {
		switch {
		case a.Form == b.Form:
			return 0
		case a.Form == i.wanted:
			return -1
		case b.Form == i.wanted:
			return 1
		}
		return 0
	})
	return forms
}

// Answer returns the interview with one more answer, or without one where value is
// empty. It refuses what is no question or not offered; answers may come in any
// order.
func (i EligibilityInterview) Answer(asked Asked, value string) (EligibilityInterview, error) {
	q, known := i.rules.Question(asked.Question)
	switch {
	case !known:
		return i, fmt.Errorf("answer %s: there is no such question", asked)
	case !q.askedFor(asked.Channel) && asked.Channel == NoChannel:
		return i, fmt.Errorf("answer %s: it is asked of a channel, as %s", asked, Asked{Channel: q.Channels[0], Question: q.ID})
	case !q.askedFor(asked.Channel):
		return i, fmt.Errorf("answer %s: it is not asked of that channel", asked)
	case value != "" && !q.offers(asked.Channel, value):
		return i, fmt.Errorf("answer %s: %q is not offered: want %s", asked, value, strings.Join(values(q.Offered(asked.Channel)), ", "))
	}
	next := EligibilityInterview{rules: i.rules, answers: make(map[Asked]string, len(i.answers)+1), wanted: i.wanted}
	maps.Copy(next.answers, i.answers)
	if next.answers[asked] = value; value == "" {
		delete(next.answers, asked)
	}
	return next, nil
}

func values(choices []Choice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Value)
	}
	return all
}

// Role is the entity's as far as it was answered.
func (i EligibilityInterview) Role() Role {
	value := i.answers[Asked{Question: roleQuestion}]
	return Role(max(0, slices.Index(roles[:], value)))
}

// Channels returns the payment channels that a yes brought in.
func (i EligibilityInterview) Channels() []PaymentChannel {
	var taken []PaymentChannel
	for _, channel := range PaymentChannels() {
		if i.answers[i.rules.openings[channel]] == Yes {
			taken = append(taken, channel)
		}
	}
	return taken
}

// Next returns the question to ask now, and false when no answer could change the
// result any more.
func (i EligibilityInterview) Next() (Asked, bool) {
	open := i.Open()
	if len(open) == 0 {
		return Asked{}, false
	}
	return open[0], true
}

// Open returns what has to be asked now: what is open of the entity, and of each
// channel the next question. Further ones may follow from the answers.
func (i EligibilityInterview) Open() []Asked {
	if i.Role() == UnknownRole {
		return []Asked{{Question: roleQuestion}}
	}
	if !i.Role().merchant() {
		return nil
	}
	var open []Asked
	for _, channel := range PaymentChannels() {
		if asked := i.rules.openings[channel]; i.answers[asked] == "" {
			open = append(open, asked)
		}
	}
	for _, channel := range i.Channels() {
		if asked, more := i.nextOf(channel); more {
			open = append(open, asked)
		}
	}
	return open
}

// nextOf is the next question of a channel: the first that is open of the first
// form that can still fit, unless one before it fits.
func (i EligibilityInterview) nextOf(channel PaymentChannel) (Asked, bool) {
	for _, form := range i.forms(channel) {
		judged := i.judge(form, channel)
		switch {
		case judged.against != nil || form.Unsupported != "":
		case judged.open != nil:
			return *judged.open, true
		default:
			return Asked{}, false
		}
	}
	return Asked{}, false
}

// judged is what the answers say of one form for one channel: what was met before
// the first criterion that speaks against it or is open, and that one. A form with
// neither fits.
type judged struct {
	met     []Ground
	against *Ground
	open    *Asked
}

// judge holds a form's criteria against the answers of a channel, one after the
// other as the interview asks them.
func (i EligibilityInterview) judge(form FormCriteria, channel PaymentChannel) judged {
	var j judged
	for _, c := range form.Criteria {
		if !i.rules.byID[c.Question].askedFor(channel) {
			continue
		}
		if c.Where.Question != "" {
			where := Asked{Channel: channel, Question: c.Where.Question}
			if i.answers[where] == "" {
				j.open = &where
				return j
			}
			if !slices.Contains(c.Where.Is, i.answers[where]) {
				continue
			}
		}
		asked := Asked{Channel: channel, Question: c.Question}
		ground := Ground{Asked: asked, Answer: i.answers[asked], Wants: c.Text}
		switch {
		case ground.Answer == "":
			j.open = &asked
			return j
		case !slices.Contains(c.Accepts, ground.Answer):
			j.against = &ground
			return j
		}
		j.met = append(j.met, ground)
	}
	return j
}

// replay answers only what the interview asks, in its order.
func (i EligibilityInterview) replay() (EligibilityInterview, []Asked) {
	replayed := i.rules.Interview().For(i.wanted)
	replayed.answers = make(map[Asked]string, len(i.answers))
	var order []Asked
	take := func(asked Asked) bool {
		value := i.answers[asked]
		if value == "" {
			return false
		}
		replayed.answers[asked] = value
		order = append(order, asked)
		return true
	}
	if !take(Asked{Question: roleQuestion}) || !replayed.Role().merchant() {
		return replayed, order
	}
	for _, channel := range PaymentChannels() {
		take(i.rules.openings[channel])
	}
	for _, channel := range replayed.Channels() {
		for {
			if asked, more := replayed.nextOf(channel); !more || !take(asked) {
				break
			}
		}
	}
	return replayed, order
}

// Answers returns the answers that matter, in the order in which the interview asks
// for them.
func (i EligibilityInterview) Answers() []EligibilityAnswer {
	_, order := i.replay()
	all := make([]EligibilityAnswer, len(order))
	for n, asked := range order {
		all[n] = i.answer(asked)
	}
	return all
}

// All returns every answer, also those that do not matter, ordered by
// channel and id.
func (i EligibilityInterview) All() []EligibilityAnswer {
	all := make([]EligibilityAnswer, 0, len(i.answers))
	for asked := range i.answers {
		all = append(all, i.answer(asked))
	}
	slices.SortFunc(all, func(a, b EligibilityAnswer) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Question, b.Question))
	})
	return all
}

// answer is how an answer is recorded.
func (i EligibilityInterview) answer(asked Asked) EligibilityAnswer {
	return EligibilityAnswer{
		Question: asked.Question, Version: i.rules.byID[asked.Question].Version(), Channel: asked.Channel, Answer: i.answers[asked],
	}
}

// Unasked returns the answers that do not matter, because the interview does not put
// their questions.
func (i EligibilityInterview) Unasked() []Asked {
	replayed, _ := i.replay()
	var rest []Asked
	for asked := range i.answers {
		if replayed.answers[asked] == "" {
			rest = append(rest, asked)
		}
	}
	slices.SortFunc(rest, func(a, b Asked) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Question, b.Question))
	})
	return rest
}
