package pci

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

func rules(t testing.TB) *questionnaires.EligibilityRules {
	t.Helper()
	c, err := Catalogue()
	require.NoError(t, err)
	require.NotNil(t, c.Eligibility())
	return c.Eligibility()
}

// answered gives answers such as "e-commerce/payment-page=redirect".
func answered(t testing.TB, r *questionnaires.EligibilityRules, answers ...string) questionnaires.EligibilityInterview {
	t.Helper()
	i := r.Interview()
	for _, text := range answers {
		key, value, _ := strings.Cut(text, "=")
		asked, err := questionnaires.ParseAsked(key)
		require.NoError(t, err)
		i, err = i.Answer(asked, value)
		require.NoError(t, err)
	}
	return i
}

// merchantOf are the answers of a merchant with one channel and nothing stored.
func merchantOf(channel string, answers ...string) []string {
	all := []string{"role=merchant", channel + "/stores-electronically=no"}
	for _, c := range questionnaires.PaymentChannels() {
		value := "no"
		if c.String() == channel {
			value = "yes"
		}
		all = append(all, "takes-"+c.String()+"="+value)
	}
	for _, a := range answers {
		if !strings.Contains(a, "=") {
			a += "=yes"
		}
		all = append(all, channel+"/"+a)
	}
	return all
}

func TestEachFormIsReachedByItsOwnAnswers(t *testing.T) {
	for _, tc := range []struct {
		form, channel string
		answers       []string
	}{
		{"saq-a", "e-commerce", []string{"payment-page=redirect", "outsourced", "providers-compliant", "paper-only", "page-from-provider"}},
		{"saq-a", "e-commerce", []string{"payment-page=elsewhere", "outsourced", "providers-compliant", "paper-only", "page-from-provider"}},
		{"saq-a", "e-commerce", []string{"payment-page=embedded", "outsourced", "providers-compliant", "paper-only", "page-from-provider", "scripts"}},
		{"saq-a", "mail-telephone", []string{"way=provider", "outsourced", "providers-compliant", "paper-only"}},
		{"saq-a-ep", "e-commerce", []string{"payment-page=own-page", "outsourced", "providers-compliant", "paper-only", "page-elements", "site-hosted=no"}},
		{"saq-a-ep", "e-commerce", []string{"payment-page=own-page", "outsourced", "providers-compliant", "paper-only", "page-elements", "site-hosted", "host-compliant"}},
		{"saq-a-ep", "e-commerce", []string{"payment-page=embedded", "outsourced", "providers-compliant", "paper-only", "page-from-provider", "scripts=no", "page-elements", "site-hosted=no"}},
		{"saq-b", "card-present", []string{"way=dial-out", "terminals-apart", "phone-line-only", "paper-only"}},
		{"saq-b-ip", "mail-telephone", []string{"way=ip-terminal", "terminals-approved", "terminals-apart", "terminals-only-path", "terminals-self-reliant", "paper-only"}},
		{"saq-c-vt", "mail-telephone", []string{"way=virtual-terminal", "providers-compliant", "device-isolated", "device-stores-nothing", "device-without-reader", "keyed-singly", "nothing-else-electronic", "paper-only"}},
		{"saq-c", "card-present", []string{"way=payment-application", "application-with-internet", "application-apart", "single-store", "paper-only"}},
		{"saq-p2pe", "card-present", []string{"way=p2pe", "p2pe-only", "nothing-else-electronic", "no-legacy", "paper-only", "manual-followed"}},
		{"saq-d-merchant", "card-present", []string{"way=several"}},
		{"saq-d-merchant", "card-present", []string{"way=phone-reader"}},
		{"saq-d-merchant", "e-commerce", []string{"payment-page=own-server"}},
		{"saq-d-merchant", "e-commerce", []string{"payment-page=redirect", "outsourced=no"}},
	} {
		i := answered(t, rules(t), merchantOf(tc.channel, tc.answers...)...)
		assert.Empty(t, i.Unasked(), "%s: only what matters is asked", tc.form)
		e := i.Eligibility()
		require.True(t, e.Decided(), "%s: %v is open", tc.form, e.Open)
		require.Len(t, e.Forms, 1, tc.form)
		assert.Equal(t, tc.form, e.Forms[0].Form, tc.answers)
		assert.NotEmpty(t, e.Forms[0].Reasons)
		assert.Empty(t, e.Alternative)
		assert.Contains(t, e.Reminder, "acquirer")
	}
}

func TestTheStatementOnScriptsIsAskedOfEmbeddedFormsAlone(t *testing.T) {
	scripts := questionnaires.Asked{Channel: questionnaires.ECommerce, Question: "scripts"}
	common := []string{"outsourced", "providers-compliant", "paper-only", "page-from-provider"}
	embedded := answered(t, rules(t), merchantOf("e-commerce", append(common, "payment-page=embedded")...)...)
	assert.Equal(t, []questionnaires.Asked{scripts}, embedded.Open())
	assert.Empty(t, embedded.Eligibility().Forms, "what is not answered is no yes")
	redirect := answered(t, rules(t), merchantOf("e-commerce", append(common, "payment-page=redirect")...)...)
	assert.Empty(t, redirect.Open())
}

func TestProvidersAndThoseWhoAreBoth(t *testing.T) {
	e := answered(t, rules(t), "role=service-provider").Eligibility()
	require.True(t, e.Decided())
	require.Len(t, e.Forms, 1)
	assert.Equal(t, "saq-d-service-provider", e.Forms[0].Form)
	for _, other := range e.Others {
		assert.Equal(t, questionnaires.Disqualified, other.Standing, other.Form)
		assert.Equal(t, "service-provider", other.Grounds[0].Answer)
		assert.NotEmpty(t, other.Name)
	}
	assert.Len(t, e.Others, len(rules(t).Forms())+1)

	answers := merchantOf("card-present", "way=dial-out", "terminals-apart", "phone-line-only", "paper-only")
	answers[0] = "role=both"
	e = answered(t, rules(t), answers...).Eligibility()
	assert.True(t, e.Offers("saq-d-service-provider") && e.Offers("saq-b"))
	assert.Empty(t, e.Alternative, "the provider's form stands for no channel")
}

func TestTwoChannelsAreTwoFormsOrOneSAQD(t *testing.T) {
	answers := merchantOf("e-commerce", "payment-page=redirect", "outsourced", "providers-compliant", "paper-only", "page-from-provider")
	answers = append(answers, "takes-card-present=yes", "card-present/stores-electronically=no", "card-present/way=dial-out",
		"card-present/terminals-apart=yes", "card-present/phone-line-only=yes", "card-present/paper-only=yes")
	e := answered(t, rules(t), answers...).Eligibility()
	require.True(t, e.Decided())
	assert.True(t, e.Offers("saq-a") && e.Offers("saq-b"))
	assert.Equal(t, "saq-d-merchant", e.Alternative)

	e = answered(t, rules(t), append(answers, "card-present/stores-electronically=yes")...).Eligibility()
	require.True(t, e.Decided())
	assert.True(t, e.Offers("saq-a") && e.Offers("saq-d-merchant"), "the other channel keeps its form")
}

func TestAMerchantWithoutAChannelIsLeftWithSAQD(t *testing.T) {
	e := answered(t, rules(t), "role=merchant", "takes-card-present=no", "takes-mail-telephone=no", "takes-e-commerce=no").Eligibility()
	require.True(t, e.Decided())
	require.Len(t, e.Forms, 1)
	assert.Equal(t, "saq-d-merchant", e.Forms[0].Form)
	assert.NotEmpty(t, e.Forms[0].Reasons)
}

func TestSPoCIsNamedAndNeverOffered(t *testing.T) {
	e := answered(t, rules(t), merchantOf("card-present", "way=phone-reader")...).Eligibility()
	at := slices.IndexFunc(e.Channels[0].Others, func(o questionnaires.OtherForm) bool { return o.Form == "saq-spoc" })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, questionnaires.NotSupported, e.Channels[0].Others[at].Standing)
	assert.Contains(t, e.Channels[0].Others[at].Note, "does not hold SAQ SPoC yet")
}

func TestAWantedFormIsTriedFirst(t *testing.T) {
	i := answered(t, rules(t), merchantOf("e-commerce", "payment-page=redirect", "outsourced", "providers-compliant", "paper-only", "page-from-provider")...)
	assert.True(t, i.Eligibility().Offers("saq-a"))
	next, more := i.For("saq-a-ep").Next()
	require.True(t, more)
	assert.Equal(t, "e-commerce/page-elements", next.String())
}

func TestAnswersThatCannotBeAreRefused(t *testing.T) {
	for answer, want := range map[string]string{
		"e-commerce/colour=red":                   "no such question",
		"e-commerce/way=p2pe":                     "not asked of that channel",
		"scripts=yes":                             "asked of a channel, as e-commerce/scripts",
		"e-commerce/role=merchant":                "not asked of that channel",
		"e-commerce/scripts=perhaps":              "want yes, no",
		"card-present/way=provider":               "is not offered",
		"mail-telephone/way=phone-reader":         "is not offered",
		"e-commerce/stores-electronically=yes no": "is not offered",
	} {
		key, value, _ := strings.Cut(answer, "=")
		asked, err := questionnaires.ParseAsked(key)
		require.NoError(t, err)
		_, err = rules(t).Interview().Answer(asked, value)
		assert.ErrorContains(t, err, want, answer)
	}
	_, err := questionnaires.ParseAsked("shop/way")
	assert.ErrorContains(t, err, "shop")
}

// oracle judges a form without the interview: which criteria apply to a channel, and
// whether each is answered as wanted.
func oracle(r *questionnaires.EligibilityRules, f questionnaires.FormCriteria, channel questionnaires.PaymentChannel, given map[string]string) (met, against bool) {
	met = slices.Contains(f.Channels, channel) && f.Unsupported == ""
	for _, c := range f.Criteria {
		q, _ := r.Question(c.Question)
		if !slices.Contains(q.Channels, channel) {
			continue
		}
		if c.Where.Question != "" {
			met = met && given[c.Where.Question] != ""
			if !slices.Contains(c.Where.Is, given[c.Where.Question]) {
				continue
			}
		}
		wanted := slices.Contains(c.Accepts, given[c.Question])
		met = met && wanted
		against = against || (!wanted && given[c.Question] != "")
	}
	return met, against
}

// holdsRules reports what is wrong with the result of one channel's answers.
func holdsRules(r *questionnaires.EligibilityRules, channel questionnaires.PaymentChannel, given map[string]string, e questionnaires.Eligibility) string {
	at := slices.IndexFunc(e.Channels, func(c questionnaires.ChannelEligibility) bool { return c.Channel == channel })
	if at < 0 {
		return "the channel has no result"
	}
	c := e.Channels[at]
	if len(c.Reasons) == 0 {
		return "there is no reason"
	}
	open := slices.ContainsFunc(e.Open, func(a questionnaires.Asked) bool { return a.Channel == channel })
	full := "saq-d-merchant"
	switch c.Fit {
	case questionnaires.Undecided:
		if c.Form != "" || !open {
			return "undecided, with a form or nothing to ask"
		}
	case questionnaires.SmallerForm:
		f, known := r.Form(c.Form)
		if met, against := oracle(r, f, channel, given); !known || !met || against || open {
			return c.Form + " is offered and not every criterion is answered as it wants"
		}
	case questionnaires.FullForm:
		for _, f := range r.Forms() {
			met, against := oracle(r, f, channel, given)
			if slices.Contains(f.Channels, channel) && f.Unsupported == "" && (met || !against) {
				return "SAQ D though nothing speaks against " + f.Form
			}
		}
		if c.Form != full || open {
			return "SAQ D and something else"
		}
	default:
		return "an outcome that is none"
	}
	if given["stores-electronically"] == questionnaires.Yes && c.Form != full {
		return "electronic storage and not SAQ D"
	}
	return othersHold(r, c, given)
}

func othersHold(r *questionnaires.EligibilityRules, c questionnaires.ChannelEligibility, given map[string]string) string {
	// Every form and SAQ D, but for the one that is to be filled.
	if all := len(r.Forms()) + 1; len(c.Others) != all && (c.Fit == questionnaires.Undecided || len(c.Others) != all-1) {
		return "a form is left out"
	}
	for _, o := range c.Others {
		switch {
		case o.Form == "saq-d-merchant" && o.Standing != questionnaires.AlwaysAllowed:
			return "SAQ D is " + o.Standing.String()
		case o.Standing == questionnaires.Disqualified && len(o.Grounds) == 0:
			return o.Form + " is disqualified by nothing"
		case o.Standing != questionnaires.Disqualified:
			continue
		}
		g := o.Grounds[0]
		if g.Answer == "" || (g.Asked.Channel == c.Channel && given[g.Asked.Question] != g.Answer) {
			return o.Form + " is disqualified by an answer that was not given"
		}
	}
	return ""
}

// assignments calls a function with an interview of every combination of answers to
// some questions of a channel, each also left unanswered.
func assignments(t *testing.T, i questionnaires.EligibilityInterview, channel questionnaires.PaymentChannel, questions []questionnaires.EligibilityQuestion, given map[string]string, do func(questionnaires.EligibilityInterview)) {
	if len(questions) == 0 {
		do(i)
		return
	}
	q := questions[0]
	assignments(t, i, channel, questions[1:], given, do)
	for _, c := range q.Offered(channel) {
		given[q.ID] = c.Value
		next, err := i.Answer(questionnaires.Asked{Channel: channel, Question: q.ID}, c.Value)
		if err != nil {
			t.Fatal(err)
		}
		assignments(t, next, channel, questions[1:], given, do)
	}
	delete(given, q.ID)
}

// Whatever is answered, the result of a channel is one of the known outcomes, with a
// reason, and offers nothing that was not confirmed. All combinations are tried: of
// e-commerce together, of the other channels for each way of taking cards with the
// questions that the forms for it look at.
func TestEveryCombinationOfAnswersHasOneResult(t *testing.T) {
	r := rules(t)
	for _, channel := range questionnaires.PaymentChannels() {
		base := r.Interview()
		for _, a := range append(merchantOf(channel.String())[2:], "role=merchant") {
			base = answeredOn(t, base, a)
		}
		tried := 0
		for _, questions := range questionSets(r, channel) {
			given := map[string]string{}
			assignments(t, base, channel, questions, given, func(i questionnaires.EligibilityInterview) {
				tried++
				if wrong := holdsRules(r, channel, given, i.Eligibility()); wrong != "" {
					t.Fatalf("%s %v: %s", channel, given, wrong)
				}
			})
		}
		t.Logf("%s: %d combinations", channel, tried)
	}
}

func answeredOn(t *testing.T, i questionnaires.EligibilityInterview, text string) questionnaires.EligibilityInterview {
	t.Helper()
	key, value, _ := strings.Cut(text, "=")
	asked, err := questionnaires.ParseAsked(key)
	require.NoError(t, err)
	i, err = i.Answer(asked, value)
	require.NoError(t, err)
	return i
}

// questionSets are questions whose combinations are tried together: for each form of
// a channel what it looks at. The two forms of e-commerce share most of theirs.
func questionSets(r *questionnaires.EligibilityRules, channel questionnaires.PaymentChannel) [][]questionnaires.EligibilityQuestion {
	var sets [][]questionnaires.EligibilityQuestion
	for _, f := range r.Forms() {
		if !slices.Contains(f.Channels, channel) {
			continue
		}
		if len(sets) == 0 || channel != questionnaires.ECommerce {
			sets = append(sets, nil)
		}
		set := &sets[len(sets)-1]
		for _, c := range f.Criteria {
			for _, id := range []string{c.Where.Question, c.Question} {
				q, _ := r.Question(id)
				in := slices.ContainsFunc(*set, func(o questionnaires.EligibilityQuestion) bool { return o.ID == id })
				if slices.Contains(q.Channels, channel) && !in {
					*set = append(*set, q)
				}
			}
		}
	}
	return sets
}

// Answers of all channels at once, in any order and number.
func TestAnswersOfAllChannelsHoldTheRules(t *testing.T) {
	r := rules(t)
	random := rand.New(rand.NewPCG(4, 3))
	for range 3000 {
		i, given := r.Interview(), map[questionnaires.PaymentChannel]map[string]string{}
		density := random.IntN(100)
		for _, n := range random.Perm(len(r.Questions())) {
			q := r.Questions()[n]
			for _, channel := range append([]questionnaires.PaymentChannel{questionnaires.NoChannel}, questionnaires.PaymentChannels()...) {
				asked := len(q.Channels) == 0 && channel == questionnaires.NoChannel || slices.Contains(q.Channels, channel)
				if !asked || random.IntN(100) < density {
					continue
				}
				offered := q.Offered(channel)
				value := offered[random.IntN(len(offered))].Value
				if given[channel] == nil {
					given[channel] = map[string]string{}
				}
				given[channel][q.ID] = value
				var err error
				i, err = i.Answer(questionnaires.Asked{Channel: channel, Question: q.ID}, value)
				require.NoError(t, err)
			}
		}
		e := i.Eligibility()
		for _, c := range e.Channels {
			matter := map[string]string{}
			for _, a := range i.Answers() {
				if a.Channel == c.Channel {
					matter[a.Question] = a.Answer
				}
			}
			require.Empty(t, holdsRules(r, c.Channel, matter, e), "%s %v", c.Channel, given)
		}
		if role := given[questionnaires.NoChannel]["role"]; role != "merchant" && role != "both" {
			require.Empty(t, e.Channels)
		}
		require.Equal(t, e.Decided(), len(e.Open) == 0)
		if e.Decided() {
			require.NotEmpty(t, e.Forms)
		}
		for _, f := range e.Forms {
			require.NotEmpty(t, f.Reasons)
		}
		again := r.Interview()
		for _, a := range i.Answers() {
			var err error
			again, err = again.Answer(a.Asked(), a.Answer)
			require.NoError(t, err)
		}
		require.Equal(t, e, again.Eligibility(), "what is not asked changes nothing")
	}
}

// Wherever the interview is followed, it ends, and decides.
func TestTheInterviewEnds(t *testing.T) {
	r := rules(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		i := r.Interview()
		for n := 0; ; n++ {
			asked, more := i.Next()
			if !more {
				break
			}
			require.Less(t, n, 60)
			q, _ := r.Question(asked.Question)
			offered := q.Offered(asked.Channel)
			choice := offered[0]
			if random.IntN(3) == 0 {
				choice = offered[random.IntN(len(offered))]
			}
			var err error
			i, err = i.Answer(asked, choice.Value)
			require.NoError(t, err)
		}
		assert.Empty(t, i.Unasked())
		assert.True(t, i.Eligibility().Decided())
	}
}

func TestEligibilityWords(t *testing.T) {
	for _, q := range rules(t).Questions() {
		assert.True(t, strings.HasSuffix(q.Text, "?"), q.Text)
		assert.Equal(t, 1, q.Version(), "no question was reworded yet: a rewording needs its earlier text")
		text, known := q.TextOf(1)
		assert.True(t, known)
		assert.Equal(t, q.Text, text)
	}
	for _, f := range rules(t).Forms() {
		for _, c := range f.Criteria {
			assert.True(t, strings.HasSuffix(c.Text, "."), c.Text)
		}
	}
}

func TestEligibilityThatContradictsItselfIsRefusedWithItsLine(t *testing.T) {
	good, err := files.ReadFile("catalogue/eligibility.yaml")
	require.NoError(t, err)
	_, err = parseEligibility(good, catalogue(t))
	require.NoError(t, err)
	for name, tc := range map[string]struct{ old, new, want string }{
		"an unknown key":               {"  opens: card-present", "  open: card-present", `:31: questions[1]: "open" is not read`},
		"a key twice":                  {"reminder:", "merchants:", "stands twice"},
		"a channel that is none":       {"opens: e-commerce", "opens: shop", ":36: questions[3]: read payment channel"},
		"a question twice":             {"- id: scripts", "- id: role", `question "role": it stands twice`},
		"a choice twice":               {"value: redirect", "value: elsewhere", `choice "elsewhere"`},
		"roles that are others":        {"value: both", "value: neither", "offer [merchant"},
		"a form without a name":        {`name: "SAQ B"`, `name: ""`, `form "saq-b": code, name`},
		"a form twice":                 {"form: saq-b\n", "form: saq-a\n", "twice"},
		"a criterion of no question":   {"question: keyed-singly, acc", "question: keyed-twice, acc", "keyed-twice"},
		"a value that is not offered":  {"accepts: [dial-out]", "accepts: [dial]", `"dial"`},
		"a condition of no question":   {"where: {question: site-hosted", "where: {question: site", `"site"`},
		"a criterion that says naught": {`text: "Payments are typed one at a time."`, `text: ""`, "says nothing"},
		"no form for providers":        {"providers: saq-d-service-provider", `providers: ""`, "missing"},
		"a form that is not held":      {"form: saq-c\n", "form: saq-e\n", `eligibility for "saq-e"`},
		"two documents":                {"questions:\n", "---\nquestions:\n", "more than one"},
		"two that open a channel":      {"opens: mail-telephone", "opens: card-present", "takes-card-present\" brings card-present in as well"},
	} {
		changed := strings.Replace(string(good), tc.old, tc.new, 1)
		require.NotEqual(t, string(good), changed, name)
		_, err := parseEligibility([]byte(changed), catalogue(t))
		require.ErrorContains(t, err, tc.want, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}

func FuzzParseEligibility(f *testing.F) {
	good, err := files.ReadFile("catalogue/eligibility.yaml")
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte("questions: [{id: role}]\nforms: [{form: x}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseEligibility(data, catalogue(t))
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		_, more := c.Eligibility().Interview().Next()
		assert.True(t, more)
	})
}
