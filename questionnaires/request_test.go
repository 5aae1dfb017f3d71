package questionnaires

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fieldwork is a vault with an assessment, of which there may be several copies.
type fieldwork struct {
	*desk
	c  *Catalogue
	id ID
}

func onSite(t *testing.T, people ...*Signer) *fieldwork {
	t.Helper()
	j, c := found(t, people[0]), small(t)
	id := j.assessment(people[0], c, "saq-d-merchant")
	for _, s := range people[1:] {
		j.write(people[0], Draft{Action: AuthorEnrolled, Subject: "author", Payload: s.Enrolment()})
	}
	return &fieldwork{&desk{j, j.entries}, c, id}
}

// copied is the vault as it is carried away.
func (f *fieldwork) copied() *fieldwork {
	return &fieldwork{&desk{f.j, slices.Clip(f.entries)}, f.c, f.id}
}

func (f *fieldwork) open() *Assessment {
	f.j.t.Helper()
	a, err := f.history().Assessment(f.c, f.id)
	require.NoError(f.j.t, err)
	return a
}

func (f *fieldwork) must(s *Signer, d Draft, err error) {
	f.j.t.Helper()
	require.NoError(f.j.t, err)
	f.write(s, d)
}

// ask asks for something and returns the request's id.
func (f *fieldwork) ask(s *Signer, r Request) ID {
	f.j.t.Helper()
	id, err := f.j.newID()
	require.NoError(f.j.t, err)
	r.ID = engineID(string(id))
	d, err := f.open().AskRequest(r)
	f.must(s, d, err)
	return r.ID
}

func (f *fieldwork) request(id ID) Request {
	f.j.t.Helper()
	r, err := f.open().request(id)
	require.NoError(f.j.t, err)
	return r
}

func (f *fieldwork) change(s *Signer, id ID, by func(*Request)) {
	f.j.t.Helper()
	r := f.request(id)
	by(&r)
	d, err := f.open().ChangeRequest(r)
	f.must(s, d, err)
}

// receive takes a file in and receives it.
func (f *fieldwork) receive(s *Signer, id ID, content string) Evidence {
	f.j.t.Helper()
	item := f.attach(s, content)
	d, err := f.open().ReceiveRequest(id, item.ID)
	f.must(s, d, err)
	return item
}

func (f *fieldwork) accept(s *Signer, id ID) {
	f.j.t.Helper()
	d, err := f.open().AcceptRequest(id)
	f.must(s, d, err)
}

func (f *fieldwork) giveBack(s *Signer, id ID, reason string) {
	f.j.t.Helper()
	d, err := f.open().ReturnRequest(id, reason)
	f.must(s, d, err)
}

var wanted = Request{What: "Rule reviews\nboth of the year", Requirements: []RequirementID{req("1.3.1"), req("1.2.5")}, Owner: "Nadia", Due: "2026-11-20"}

func TestRequestGoesFromOpenToAccepted(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	id := f.ask(mara, wanted)
	r := f.request(id)
	assert.Equal(t, "Req-1", r.Label())
	assert.Equal(t, "Rule reviews", r.Title())
	assert.Equal(t, OpenRequest, r.State)
	assert.Equal(t, "Mara", r.Author.Name)
	assert.Equal(t, []RequirementID{req("1.2.5"), req("1.3.1")}, r.Requirements, "in the order of the standard")
	for _, d := range []func() (Draft, error){
		func() (Draft, error) { return f.open().AcceptRequest(id) },
		func() (Draft, error) { return f.open().ReturnRequest(id, "late") },
	} {
		_, err := d()
		require.ErrorContains(t, err, "nothing was received for Req-1")
	}

	first := f.receive(mara, id, "review.pdf")
	assert.Equal(t, ReceivedRequest, f.request(id).State)
	_, err := f.open().ReturnRequest(id, " ")
	require.ErrorContains(t, err, "it needs a reason")
	f.giveBack(mara, id, "the spring review is missing")
	r = f.request(id)
	assert.Equal(t, ReturnedRequest, r.State)
	assert.Equal(t, "the spring review is missing", r.Reason)
	assert.True(t, r.Waiting(), "the client owes it again")

	second := f.receive(mara, id, "spring.pdf")
	f.accept(mara, id)
	r = f.request(id)
	assert.Equal(t, AcceptedRequest, r.State)
	assert.Empty(t, r.Reason)
	assert.Equal(t, []ID{first.ID, second.ID}, r.Evidence)
	assert.Len(t, f.open().RequestsOf(req("1.3.1")), 1)
	assert.Empty(t, f.open().RequestsOf(req("2.2.6")))
	_, err = f.open().AcceptRequest(id)
	require.ErrorContains(t, err, "accepted already")
	_, err = f.open().ReceiveRequest(id, first.ID)
	require.ErrorContains(t, err, "was received for it already")

	f.receive(mara, id, "one more.pdf")
	assert.Equal(t, ReceivedRequest, f.request(id).State, "nobody looked at what came last")
}

func TestAcceptanceIsOfWhatWasAsked(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	id := f.ask(mara, wanted)
	f.receive(mara, id, "review.pdf")
	f.accept(mara, id)
	f.change(mara, id, func(r *Request) { r.Owner, r.Due = "Jonas", "2026-12-01" })
	assert.Equal(t, AcceptedRequest, f.request(id).State, "who owes it does not matter any more")
	f.change(mara, id, func(r *Request) { r.From, r.To = "2026-01-01", "2026-06-30" })
	r := f.request(id)
	assert.Equal(t, ReceivedRequest, r.State, "another period was not accepted")
	assert.Empty(t, r.Conflicts)
	f.accept(mara, id)
	assert.Equal(t, AcceptedRequest, f.request(id).State)
}

func TestOverdueIsAFunctionOfADay(t *testing.T) {
	open := Request{Due: "2026-11-20"}
	state := func(s RequestState) Request {
		r := open
		r.State = s
		return r
	}
	withdrawn := open
	withdrawn.Withdrawn = true
	all := []Request{open, state(ReceivedRequest), state(AcceptedRequest), state(ReturnedRequest), withdrawn, {}}
	for _, tt := range []struct {
		on   Day
		want RequestCounts
	}{
		{"2026-11-20", RequestCounts{Open: 2, Received: 1, Accepted: 1, Returned: 1, Withdrawn: 1}},
		{"2026-11-21", RequestCounts{Open: 2, Received: 1, Accepted: 1, Returned: 1, Withdrawn: 1, Overdue: 2}},
	} {
		assert.Equal(t, tt.want, CountRequests(all, tt.on), tt.on)
	}
}

func TestNonsenseIsNotAskedFor(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	for name, tt := range map[string]struct {
		change func(*Request)
		want   string
	}{
		"nothing":           {func(r *Request) { r.What = " \n" }, "not what is wanted"},
		"an escape":         {func(r *Request) { r.What = "\x1b[2J" }, "control character"},
		"an endless text":   {func(r *Request) { r.What = strings.Repeat("x", maxWhat+1) }, "at most"},
		"an owner in lines": {func(r *Request) { r.Owner = "Nadia\nJonas" }, "one line"},
		"no requirement":    {func(r *Request) { r.Requirements = []RequirementID{req("1.2.99")} }, "1.2.99 is no requirement"},
		"a day that is not": {func(r *Request) { r.Due = "2026-02-30" }, "2026-02-30"},
		"a period backward": {func(r *Request) { r.From, r.To = "2026-06-30", "2026-01-01" }, "before it begins"},
		"a procedure of another requirement": {
			func(r *Request) { r.Procedures = []Procedure{{Requirement: req("2.2.6")}} },
			"procedure 2.2.6 is of a requirement that the request does not name",
		},
		"a procedure that is not": {func(r *Request) { r.Procedures = []Procedure{{req("1.3.1"), "z"}} }, "no testing procedure 1.3.1.z"},
		"no id":                   {func(r *Request) { r.ID = "" }, "an id of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			r := wanted
			r.ID = "r1"
			tt.change(&r)
			_, err := f.open().AskRequest(r)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
	id := f.ask(mara, wanted)
	_, err := f.open().ChangeRequest(f.request(id))
	require.ErrorContains(t, err, "says that already")
	f.change(mara, id, func(r *Request) { r.Withdrawn = true })
	item := f.attach(mara, "x")
	_, err = f.open().ReceiveRequest(id, item.ID)
	require.ErrorContains(t, err, "Req-1 was withdrawn")
	f.change(mara, id, func(r *Request) { r.Withdrawn = false })
	_, err = f.open().ReceiveRequest(id, item.ID, item.ID)
	require.ErrorContains(t, err, "already")
	_, err = f.open().ReceiveRequest(id, "nobody's")
	require.ErrorContains(t, err, "no such evidence")
	_, err = f.open().ReceiveRequest(id)
	require.ErrorContains(t, err, "no evidence is named")
	d, err := f.history().Expunge(item, "a card number")
	f.must(mara, d, err)
	_, err = f.open().ReceiveRequest(id, item.ID)
	require.ErrorContains(t, err, "expunged")
}

// What two people did to one request without seeing each other is never decided by the
// program, and never counts as accepted.
func TestRequestsEditedSideBySideAreConflicts(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	for name, tt := range map[string]struct {
		here, there func(f *fieldwork, id ID, s *Signer)
		state       RequestState
		want        string // "" for none
	}{
		"two owners": {
			func(f *fieldwork, id ID, s *Signer) { f.change(s, id, func(r *Request) { r.Owner = "Jonas" }) },
			func(f *fieldwork, id ID, s *Signer) { f.change(s, id, func(r *Request) { r.Owner = "Petra" }) },
			ReceivedRequest, "changed in 2 ways side by side by Mara and Ivo",
		},
		"the same change": {
			func(f *fieldwork, id ID, s *Signer) { f.change(s, id, func(r *Request) { r.Owner = "Jonas" }) },
			func(f *fieldwork, id ID, s *Signer) { f.change(s, id, func(r *Request) { r.Owner = "Jonas" }) },
			ReceivedRequest, "",
		},
		"accepted and returned": {
			func(f *fieldwork, id ID, s *Signer) { f.accept(s, id) },
			func(f *fieldwork, id ID, s *Signer) { f.giveBack(s, id, "unsigned") },
			ReturnedRequest, "returned and accepted side by side",
		},
		"accepted while more came": {
			func(f *fieldwork, id ID, s *Signer) { f.accept(s, id) },
			func(f *fieldwork, id ID, s *Signer) { f.receive(s, id, "more.pdf") },
			ReceivedRequest, "received and accepted side by side",
		},
		"accepted while the period changed": {
			func(f *fieldwork, id ID, s *Signer) { f.accept(s, id) },
			func(f *fieldwork, id ID, s *Signer) { f.change(s, id, func(r *Request) { r.From = "2026-01-01" }) },
			ReceivedRequest, "changed and accepted side by side",
		},
		"accepted twice": {
			func(f *fieldwork, id ID, s *Signer) { f.accept(s, id) },
			func(f *fieldwork, id ID, s *Signer) { f.accept(s, id) },
			AcceptedRequest, "",
		},
		"two files": {
			func(f *fieldwork, id ID, s *Signer) { f.receive(s, id, "one.pdf") },
			func(f *fieldwork, id ID, s *Signer) { f.receive(s, id, "other.pdf") },
			ReceivedRequest, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := onSite(t, mara, ivo)
			id := a.ask(mara, wanted)
			a.receive(mara, id, "review.pdf")
			b := a.copied()
			tt.here(a, id, mara)
			tt.there(b, id, ivo)
			a.take(b.desk)
			r := a.request(id)
			assert.Equal(t, tt.state, r.State)
			conflicts := slices.DeleteFunc(a.open().Problems(), func(p Problem) bool { return p.Kind != InConflict })
			if tt.want == "" {
				assert.Empty(t, conflicts)
				return
			}
			require.Len(t, conflicts, 1)
			assert.Contains(t, conflicts[0].Sentence, "Req-1 was ")
			assert.Contains(t, conflicts[0].Sentence, tt.want)
			if len(r.Beside) > 0 {
				assert.NotEqual(t, r.Owner, r.Beside[0].Owner, "the other version is there to be seen")
				_, err := a.open().AcceptRequest(id)
				require.ErrorContains(t, err, "confirm one version first")
				a.change(mara, id, func(*Request) {}) // this one it is
			}
			a.accept(mara, id)
			assert.Equal(t, AcceptedRequest, a.request(id).State)
			assert.Empty(t, a.request(id).Conflicts, "somebody looked at all of it")
		})
	}
}

func TestRequestNumbersAfterAMerge(t *testing.T) {
	mara := person(t, "Mara", 1)
	a := onSite(t, mara)
	b := a.copied()
	early, late := a.ask(mara, wanted), b.ask(mara, wanted)
	merged := a.copied()
	merged.take(b.desk)
	assert.Equal(t, "Req-1", merged.request(early).Label())
	assert.Equal(t, "Req-2", merged.request(late).Label())
	assert.Equal(t, []int{1}, merged.request(late).Aliases)
	assert.Equal(t, "Req-3", merged.request(merged.ask(mara, wanted)).Label())

	b.write(mara, b.open().ExportRequests("Nadia", b.open().Requests()))
	merged = a.copied()
	merged.take(b.desk)
	assert.Equal(t, "Req-1", merged.request(late).Label(), "the client has it on a list")
	assert.Equal(t, "Req-2", merged.request(early).Label())
	assert.Equal(t, []Request{merged.request(late)}, merged.open().RequestsNamed("Req-1 - policy.pdf").For)

	a.write(mara, a.open().ExportRequests("Nadia", a.open().Requests()))
	merged = a.copied()
	merged.take(b.desk)
	assert.Equal(t, "Req-1-"+string(early[:4]), merged.request(early).Label())
	f := merged.open().RequestsNamed("Req-1 - policy.pdf")
	assert.Empty(t, f.For, "a file that two may have sent is nobody's")
	require.Len(t, f.Unknown, 1)
	assert.Contains(t, f.Unknown[0], "several had this number")
	assert.Equal(t, []Request{merged.request(early)}, merged.open().RequestsNamed("Req-1-"+strings.ToUpper(string(early[:4]))+"/policy.pdf").For)
}

func TestStrangersAskForNothing(t *testing.T) {
	mara, eve := person(t, "Mara", 1), person(t, "Eve", 9)
	f := onSite(t, mara)
	f.ask(mara, wanted)
	stranger := wanted
	stranger.ID = "e"
	d, err := f.open().AskRequest(stranger)
	f.must(eve, d, err)
	assert.Len(t, f.open().Requests(), 1)
}

func TestSeedingTwiceAsksForNothingTwice(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	for i := range f.c.requirements {
		f.c.requirements[i].Evidence = "Papers of " + f.c.requirements[i].Title + "."
	}
	d, err := f.open().Answer(Answer{Requirement: req("2.2.6"), Response: NotApplicable, Narrative: "no system components"})
	f.must(mara, d, err)
	other := f.copied()
	seed := func(f *fieldwork) int {
		drafts, err := f.open().SeedRequests(Request{Owner: "Nadia", Due: "2026-12-01"}, f.j.newID)
		if len(drafts) == 0 {
			require.ErrorIs(t, err, ErrSeeded)
			return 0
		}
		require.NoError(t, err)
		for _, d := range drafts {
			f.write(mara, d)
		}
		return len(drafts)
	}
	require.Equal(t, 3, seed(f), "1.2, 1.3 and 6.4, and nothing for what is not applicable")
	last := f.open().Requests()[2]
	assert.Equal(t, "6.4 Secure software: Public web applications, and 1 more\n"+
		"6.4.1 Public web applications: Papers of Public web applications.\n6.4.2 Automated protection: Papers of Automated protection.", last.What)
	assert.Equal(t, []RequirementID{req("6.4.1"), req("6.4.2")}, last.Requirements)
	assert.Equal(t, "Nadia", last.Owner)
	f.change(mara, last.ID, func(r *Request) { r.Requirements = r.Requirements[:1] })
	f.change(mara, f.open().Requests()[0].ID, func(r *Request) { r.Withdrawn = true })
	assert.Zero(t, seed(f), "what a person took out stays out")

	require.Equal(t, 3, seed(other))
	f.take(other.desk)
	assert.Zero(t, seed(f))
	twins := slices.DeleteFunc(f.open().Problems(), func(p Problem) bool { return p.Kind != InConflict })
	require.Len(t, twins, 2, "the copies asked for the same, but for what was withdrawn")
	assert.Contains(t, twins[0].Sentence, "ask for the same; one of them has to be withdrawn")
}

func TestRequestIsOfOneAssessment(t *testing.T) {
	mara := person(t, "Mara", 1)
	f := onSite(t, mara)
	id := f.ask(mara, wanted)
	second, err := NewAssessment(f.c, AssessmentDetails{ID: "second", Questionnaire: "saq-a"})
	f.must(mara, second, err)
	other := &fieldwork{f.desk, f.c, "second"}
	assert.Empty(t, other.open().Requests())
	_, err = other.open().RequestByLabel("Req-1")
	require.ErrorContains(t, err, "of another assessment")
	_, err = other.open().AskRequest(Request{ID: "o", What: "x", Requirements: []RequirementID{req("2.2.6")}})
	require.ErrorContains(t, err, "saq-a does not ask 2.2.6")
	assert.Equal(t, "Req-2", other.request(other.ask(mara, Request{What: "AOC"})).Label(), "numbers are the vault's")
	other.write(mara, other.open().requestDraft(RequestAccepted, id, RequestDecision{Request: id}))
	assert.Equal(t, OpenRequest, f.request(id).State, "an entry of another assessment is none of it")
}

// TestNoSequenceLosesAFile lets three copies of a vault ask, receive, decide and meet at
// random. Whatever was received stays received, nothing is accepted that nobody accepted,
// and the outcome is a function of the set of entries.
func TestNoSequenceLosesAFile(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	accepted := 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		first := onSite(t, mara, ivo)
		desks := []*fieldwork{first, first.copied(), first.copied()}
		received := map[ID]map[ID]bool{}
		for range 30 {
			f, s := desks[r.IntN(3)], []*Signer{mara, ivo}[r.IntN(2)]
			all := f.open().Requests()
			turn := r.IntN(9)
			if len(all) == 0 || turn == 0 {
				received[f.ask(s, wanted)] = map[ID]bool{}
				continue
			}
			one := all[r.IntN(len(all))]
			switch turn {
			case 1:
				f.take(desks[r.IntN(3)].desk)
			case 2:
				one.Owner = fmt.Sprint("owner ", r.IntN(3))
				step(f, s)(f.open().ChangeRequest(one))
			case 3:
				one.From = Day(fmt.Sprintf("2026-01-0%d", 1+r.IntN(3)))
				step(f, s)(f.open().ChangeRequest(one))
			case 4:
				step(f, s)(f.open().ReturnRequest(one.ID, fmt.Sprint("reason ", r.IntN(3))))
			case 5, 6:
				if !step(f, s)(f.open().AcceptRequest(one.ID)) {
					assert.True(t, f.request(one.ID).State != AcceptedRequest || one.State == AcceptedRequest)
					continue
				}
				accepted++
				require.Equal(t, AcceptedRequest, f.request(one.ID).State)
				require.Empty(t, f.request(one.ID).Conflicts)
			default:
				item := f.receive(s, one.ID, fmt.Sprint("file ", r.IntN(9)))
				received[one.ID][item.ID] = true
				require.Equal(t, ReceivedRequest, f.request(one.ID).State)
			}
		}
		whole := &fieldwork{&desk{first.j, slices.Concat(desks[0].entries, desks[1].entries, desks[2].entries)}, first.c, first.id}
		want := whole.open().Requests()
		require.Len(t, want, len(received))
		labels := map[string]bool{}
		for _, r := range want {
			require.Len(t, r.Evidence, len(received[r.ID]))
			for _, id := range r.Evidence {
				require.True(t, received[r.ID][id])
			}
			labels[r.Label()] = true
			if r.State == AcceptedRequest {
				require.NotEmpty(t, r.Evidence)
			}
			meant, err := whole.open().RequestByLabel(r.Label())
			require.NoError(t, err)
			require.Equal(t, r.ID, meant.ID)
		}
		require.Len(t, labels, len(want), "a label means one request")
		for again := range uint64(3) {
			h, err := NewHistory(shuffled(whole.entries, again), first.j.payload)
			require.NoError(t, err)
			got, _, err := h.Requests()
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	assert.Greater(t, accepted, 20, "or nothing was shown")
}

// step writes what the rules allow and reports whether they did.
func step(f *fieldwork, s *Signer) func(Draft, error) bool {
	return func(d Draft, err error) bool {
		if err != nil {
			return false
		}
		f.write(s, d)
		return true
	}
}
