package questionnaires

import (
	"fmt"
	"slices"
	"strings"
)

// Ground is an answer that speaks for a form or against it. Wants is what the form
// asks for, in our own words.
type Ground struct {
	Asked  Asked  `json:"asked"`
	Answer string `json:"answer"` // "": not answered yet
	Wants  string `json:"wants,omitempty"`
}

// String says the answer, and what was wanted.
func (g Ground) String() string {
	answer := g.Answer
	if answer == "" {
		answer = "not answered"
	}
	if g.Wants == "" {
		return fmt.Sprintf("%s: %s", g.Asked, answer)
	}
	return fmt.Sprintf("%s: %s (%s)", g.Asked, answer, strings.TrimSuffix(g.Wants, "."))
}

// Against says the answer, and what would have been wanted instead.
func (g Ground) Against() string {
	if g.Wants == "" {
		return g.String()
	}
	return fmt.Sprintf("%s: %s; wanted: %s", g.Asked, g.Answer, strings.TrimSuffix(g.Wants, "."))
}

// Fit is what the answers mean for one payment channel.
type Fit int

// The fits. While something is open that could decide otherwise, nothing is
// decided.
const (
	Undecided   Fit = iota
	SmallerForm     // one whose every criterion is met
	FullForm        // SAQ D: no smaller form fits
)

var fits = [...]string{"undecided", "smaller-form", "full-form"}

// String returns the fit's text.
func (f Fit) String() string { return textOf(fits[:], int(f)) }

// MarshalText writes what String returns.
func (f Fit) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// FormStanding is where a form stands that is not the one to fill.
type FormStanding int

// The standings.
const (
	StandingOpen  FormStanding = iota // answers are missing that decide on it
	AlwaysAllowed                     // SAQ D, which every merchant may use
	NotNeeded                         // a smaller form fits
	NotSupported                      // nothing speaks against it, and Tickmark does not hold it
	Disqualified                      // an answer speaks against it
)

var formStandings = [...]string{"open", "always-allowed", "not-needed", "not-supported", "disqualified"}

// String returns the standing's text.
func (s FormStanding) String() string { return textOf(formStandings[:], int(s)) }

// MarshalText writes what String returns.
func (s FormStanding) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// OtherForm is a form that is not the one to fill, and why.
type OtherForm struct {
	Form     string       `json:"form"`
	Name     string       `json:"name"`
	Standing FormStanding `json:"standing"`
	Grounds  []Ground     `json:"grounds,omitempty"` // of Disqualified, and what is open
	Note     string       `json:"note,omitempty"`
}

// ChannelEligibility is what the answers mean for one payment channel.
type ChannelEligibility struct {
	Channel PaymentChannel `json:"channel"`
	Fit     Fit            `json:"fit"`
	Form    string         `json:"form,omitempty"` // "" while it is undecided
	Reasons []Ground       `json:"reasons"`        // at least one
	Others  []OtherForm    `json:"others"`
}

// OfferedForm is a form to fill.
type OfferedForm struct {
	Form     string           `json:"form"`
	Name     string           `json:"name"`
	Channels []PaymentChannel `json:"channels,omitempty"` // none: for what it does for others
	Reasons  []Ground         `json:"reasons"`            // at least one
}

// Eligibility is the result of an interview. It proposes: acquirer or brands
// decide.
type Eligibility struct {
	Role        Role                 `json:"role"`
	Forms       []OfferedForm        `json:"forms"` // what to fill, as far as it is decided
	Alternative string               `json:"alternative,omitempty"`
	Channels    []ChannelEligibility `json:"channels"`
	Others      []OtherForm          `json:"others"` // what the role alone says
	Open        []Asked              `json:"open"`   // what is asked next
	Reminder    string               `json:"reminder"`
}

// Decided reports whether nothing is open.
func (e Eligibility) Decided() bool { return len(e.Open) == 0 }

// Offers reports whether a form is among those to fill, or is the one that may stand
// for all of them.
func (e Eligibility) Offers(form string) bool {
	return (form != "" && form == e.Alternative) || slices.ContainsFunc(e.Forms, func(f OfferedForm) bool { return f.Form == form })
}

// Eligibility says what the answers mean so far. Only answers count whose questions
// the interview asks.
func (i EligibilityInterview) Eligibility() Eligibility {
	i, _ = i.replay()
	words := i.rules.words
	e := Eligibility{
		Role: i.Role(), Open: append([]Asked{}, i.Open()...), Reminder: words.Reminder,
		Forms: []OfferedForm{}, Channels: []ChannelEligibility{}, Others: []OtherForm{},
	}
	role := Ground{Asked: Asked{Question: roleQuestion}, Answer: e.Role.String()}
	if e.Role.provider() {
		e.offer(words.Providers, NoChannel, role)
	} else {
		e.Others = append(e.Others, ruledOut(words.Providers, e.Role, role))
	}
	if !e.Role.merchant() {
		e.Others = append(e.Others, ruledOut(words.Merchants, e.Role, role))
		for _, f := range words.Forms {
			e.Others = append(e.Others, ruledOut(f.Form, e.Role, role))
		}
		return e.named(i.rules)
	}
	for _, channel := range i.Channels() {
		c := i.channel(channel)
		e.Channels = append(e.Channels, c)
		if c.Fit != Undecided {
			e.offer(c.Form, channel, c.Reasons...)
		}
	}
	e.withoutChannels(i)
	if perChannel := slices.DeleteFunc(slices.Clone(e.Forms), func(f OfferedForm) bool { return len(f.Channels) == 0 }); len(perChannel) > 1 {
		e.Alternative = words.Merchants
	}
	return e.named(i.rules)
}

// withoutChannels offers a merchant who says no to every channel the form that every
// merchant may use.
func (e *Eligibility) withoutChannels(i EligibilityInterview) {
	if len(e.Channels) > 0 || len(e.Open) > 0 {
		return
	}
	var reasons []Ground
	for _, channel := range PaymentChannels() {
		asked := i.rules.openings[channel]
		reasons = append(reasons, Ground{Asked: asked, Answer: i.answers[asked], Wants: "A smaller form is of a payment channel."})
	}
	e.offer(i.rules.words.Merchants, NoChannel, reasons...)
}

// offer adds a form to those to fill, once for all channels it serves.
func (e *Eligibility) offer(form string, channel PaymentChannel, reasons ...Ground) {
	at := slices.IndexFunc(e.Forms, func(f OfferedForm) bool { return f.Form == form })
	if at < 0 {
		at = len(e.Forms)
		e.Forms = append(e.Forms, OfferedForm{Form: form})
	}
	offered := &e.Forms[at]
	offered.Reasons = append(offered.Reasons, reasons...)
	if channel != NoChannel {
		offered.Channels = append(offered.Channels, channel)
	}
}

// ruledOut is where a form stands that the role does not allow, or while there is
// none.
func ruledOut(form string, role Role, ground Ground) OtherForm {
	other := OtherForm{Form: form, Standing: Disqualified, Grounds: []Ground{ground}}
	if role == UnknownRole {
		other.Standing = StandingOpen
	}
	return other
}

// named gives the forms their names.
func (e Eligibility) named(r *EligibilityRules) Eligibility {
	for i := range e.Others {
		e.Others[i].Name = r.FormName(e.Others[i].Form)
	}
	for i := range e.Forms {
		e.Forms[i].Name = r.FormName(e.Forms[i].Form)
	}
	return e
}

// FormName is what people call a form, such as SAQ B-IP.
func (r *EligibilityRules) FormName(form string) string {
	if f, known := r.Form(form); known {
		return f.Name
	}
	switch form {
	case r.words.Merchants:
		return "SAQ D for Merchants"
	case r.words.Providers:
		return "SAQ D for Service Providers"
	}
	return form
}

// channel says what the answers mean for one channel that is used.
func (i EligibilityInterview) channel(channel PaymentChannel) ChannelEligibility {
	c := ChannelEligibility{Channel: channel, Fit: FullForm, Form: i.rules.words.Merchants}
	var against []Ground
	for _, form := range i.forms(channel) {
		j := i.judge(form, channel)
		switch {
		case j.against != nil:
			if !slices.Contains(against, *j.against) {
				against = append(against, *j.against)
			}
			continue
		case form.Unsupported != "":
			continue
		case j.open != nil:
			c.Fit, c.Form = Undecided, ""
			c.Reasons = []Ground{{Asked: *j.open}}
		default:
			c.Fit, c.Form, c.Reasons = SmallerForm, form.Form, j.met
		}
		break
	}
	if c.Fit == FullForm {
		c.Reasons = against
	}
	c.Others = i.others(c)
	return c
}

// others says where every form stands that is not the one to fill.
func (i EligibilityInterview) others(c ChannelEligibility) []OtherForm {
	var others []OtherForm
	for _, form := range i.rules.words.Forms {
		if form.Form == c.Form {
			continue
		}
		other := OtherForm{Form: form.Form, Name: form.Name}
		j := i.judge(form, c.Channel)
		switch {
		case !slices.Contains(form.Channels, c.Channel):
			opening := i.rules.openings[c.Channel]
			other.Standing, other.Grounds = Disqualified, []Ground{otherChannel(form, opening, i.answers[opening])}
		case j.against != nil:
			other.Standing, other.Grounds = Disqualified, []Ground{*j.against}
		case form.Unsupported != "":
			other.Standing, other.Note = NotSupported, form.Unsupported
		case c.Fit == SmallerForm:
			other.Standing = NotNeeded
		case j.open != nil:
			other.Grounds = []Ground{{Asked: *j.open}}
		}
		others = append(others, other)
	}
	if c.Fit != FullForm {
		full := i.rules.words.Merchants
		others = append(others, OtherForm{Form: full, Name: i.rules.FormName(full), Standing: AlwaysAllowed})
	}
	return others
}

// otherChannel is the ground that a form is made for other channels.
func otherChannel(form FormCriteria, opening Asked, answer string) Ground {
	return Ground{Asked: opening, Answer: answer, Wants: "Payments of " + channelList(form.Channels) + " alone."}
}

func channelList(channels []PaymentChannel) string {
	var texts []string
	for _, c := range channels {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, " and ")
}
