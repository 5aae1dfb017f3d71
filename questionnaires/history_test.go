package questionnaires

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

var req = MustRequirementID

// The bytes of an entry are permanent: this one was computed by hand from
// MODEL.md's form and must never change.
func TestEntryBytesArePermanent(t *testing.T) {
	s := person(t, "Mara", 1)
	e, body, err := SignEntry(s, engine.Digest{}, nil, Draft{Action: VaultCreated, Subject: "vault", Payload: map[string]any{"b": 1, "a": "ä\n"}},
		time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", 3600)))
	require.NoError(t, err)
	assert.Equal(t, `{"a":"ä\n","b":1}`, string(body))
	form := `{"action":"vault-created","assessment":"","author":"` + s.Author.ID.String() + `","digest":"` + engine.Sum(body).String() +
		`","parents":[],"subject":"vault","time":"2026-01-02T02:04:05.678Z","v":1,"vault":""}`
	assert.Equal(t, engine.Sum([]byte(form)), e.ID)
	assert.Equal(t, "34750f98bd59fcfc946da45aaabe933be154a4b5094e1c4abf42866505f3c97e", s.Author.ID.String(),
		"an author's id is the SHA-256 of the raw Ed25519 public key")
	require.NoError(t, e.Check(s.Enrolment().PublicKey))
}

// FuzzEntryBytes: whatever an entry says, what is hashed is the canonical JSON of it.
func FuzzEntryBytes(f *testing.F) {
	for _, subject := range []string{"1.2.5", "", "a\u2028\"\\<&>\x00\x1f\t", "half \xff\xc3 rune", "\U0001f50f"} {
		f.Add("shop", subject, uint8(3), uint8(2), int64(1_767_315_845_678))
	}
	f.Fuzz(func(t *testing.T, assessment, subject string, action, parents uint8, at int64) {
		e := Entry{
			Assessment: ID(assessment), Subject: subject, Action: Action(action) % Action(len(actions)), Author: engine.Sum([]byte(subject)),
			Digest: engine.Sum([]byte(assessment)), Time: time.UnixMilli(at % 1e14),
		}
		named := []engine.Digest{}
		for n := range parents % 4 {
			named = append(named, engine.Sum([]byte{n}))
			e.Vault = named[n]
		}
		e.Parents = named
		want, err := engine.SumOf(map[string]any{
			"v": 1, "vault": e.Vault, "assessment": assessment, "parents": named, "author": e.Author, "action": e.Action,
			"subject": subject, "digest": e.Digest, "time": e.Time.UTC().Format(timeLayout),
		})
		require.NoError(t, err)
		assert.Equal(t, want, e.digest())
	})
}

func TestAnEntryThatWasChangedDoesNotCheck(t *testing.T) {
	s := person(t, "Mara", 1)
	whole := found(t, s).entries[0]
	changes := map[string]func(*Entry){
		"time":      func(e *Entry) { e.Time = e.Time.Add(time.Millisecond) },
		"subject":   func(e *Entry) { e.Subject = "other" },
		"action":    func(e *Entry) { e.Action = ScopeSet },
		"payload":   func(e *Entry) { e.Digest[0] ^= 1 },
		"parents":   func(e *Entry) { e.Parents = []engine.Digest{{1}} },
		"signature": func(e *Entry) { e.Signature[5] ^= 1 },
		"author":    func(e *Entry) { e.Author[0] ^= 1 },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			e := whole
			e.Signature = append([]byte{}, whole.Signature...)
			change(&e)
			assert.Error(t, e.Check(s.Enrolment().PublicKey))
		})
	}
	assert.Error(t, whole.Check(person(t, "Other", 2).Enrolment().PublicKey))
}

func TestHistoryDoesNotDependOnOrderOrRepetition(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	items := j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Fail})
	fork := j.history().Tips()
	for i, r := range []string{"1.2.5", "1.3.1", "2.2.6"} {
		draft, err := j.open(c, id).Answer(Answer{Requirement: req(r), Response: InPlace, Narrative: r, Evidence: []ID{items[0].ID}})
		require.NoError(t, err)
		if i == 1 {
			j.sign(mara, fork, draft) // written on another machine
			continue
		}
		j.write(mara, draft)
	}
	want := j.history()
	wantHead, wantTime := want.assessmentHead(id)
	for seed := range uint64(20) {
		h, err := NewHistory(shuffled(j.entries, seed), j.payload)
		require.NoError(t, err)
		assert.Equal(t, want.Head(), h.Head())
		assert.Equal(t, want.Entries(), h.Entries())
		head, at := h.assessmentHead(id)
		assert.Equal(t, wantHead, head)
		assert.Equal(t, wantTime, at)
		assert.Equal(t, want.Evidence(), h.Evidence())
	}
}

func TestHistoryRefusesWhatWasTakenOutOrPutIn(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	j.assessment(mara, c, "saq-a")
	j.collect(mara, map[string]engine.Verdict{"pods-meet-baseline": engine.Pass})

	_, err := NewHistory(append([]Entry{}, j.entries[0], j.entries[2]), j.payload)
	assert.ErrorContains(t, err, "names a parent")
	_, err = NewHistory(j.entries[1:], j.payload)
	assert.ErrorContains(t, err, "names a parent")
	other := found(t, person(t, "Eve", 9))
	_, err = NewHistory(append(other.entries, j.entries...), j.payload)
	assert.ErrorContains(t, err, "2 first entries")
	_, err = NewHistory(nil, j.payload)
	assert.Error(t, err)

	j.bodies[j.entries[2].Digest] = []byte(`{}`)
	_, err = NewHistory(j.entries, j.payload)
	assert.ErrorContains(t, err, "payload was changed")
}

func TestVerifyAsksForAnEnrolmentBefore(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	before := j.answer(ivo, c, id, Answer{Requirement: req("1.2.5"), Response: NotTested})
	assert.Error(t, j.history().Verify(before.ID), "a stranger's entry is not verified")
	assert.NoError(t, j.history().Verify(j.entries[0].ID))

	j.write(mara, Draft{Action: AuthorEnrolled, Subject: ivo.Author.ID.String(), Payload: ivo.Enrolment()})
	after := j.answer(ivo, c, id, Answer{Requirement: req("1.2.5"), Response: NotTested, Narrative: "out of the period"})
	assert.NoError(t, j.history().Verify(after.ID))
	assert.Error(t, j.history().Verify(before.ID), "an enrolment does not reach back")

	a := j.open(c, id)
	assert.True(t, a.Current(req("1.2.5")).Verified)
	assert.Equal(t, "Ivo", a.Current(req("1.2.5")).Author.Name)
}

func TestAStrangerCannotEnrolHimself(t *testing.T) {
	mara, eve, c := person(t, "Mara", 1), person(t, "Eve", 3), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	enrolment := j.write(eve, Draft{Action: AuthorEnrolled, Subject: "eve", Payload: eve.Enrolment()})
	forged := j.answer(eve, c, id, Answer{Requirement: req("1.2.5"), Response: InPlace, Narrative: "trust me"})
	h := j.history()
	assert.Error(t, h.Verify(enrolment.ID))
	assert.Error(t, h.Verify(forged.ID))
	problems := j.open(c, id).ProblemsOf(req("1.2.5"))
	require.NotEmpty(t, problems)
	assert.Equal(t, NotVerified, problems[0].Kind)
}

func TestNumbersThatMeetAreToldApart(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	fork := j.history().Tips()
	item := func(n byte) Evidence {
		return Evidence{ID: ID([]byte{'a' + n}), Number: 1, Title: "Policy", File: &FileSource{Digest: engine.Sum([]byte{n}), Name: "p.md"}}
	}
	first := j.sign(mara, fork, Draft{Action: EvidenceAttached, Payload: item(1)})
	second := j.sign(mara, fork, Draft{Action: EvidenceAttached, Payload: item(2)})
	require.True(t, first.Time.Before(second.Time))
	a := j.open(c, id)
	items := j.history().Evidence()
	require.Len(t, items, 2)
	assert.Equal(t, []int{1, 2}, []int{items[0].Number, items[1].Number})
	assert.Equal(t, []int{1}, items[1].Aliases)
	got, err := a.EvidenceByLabel("Evidence-1")
	require.NoError(t, err)
	assert.Equal(t, item(1).ID, got.ID)
}

func TestSideLogStaysOutsideTheHead(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-a")
	before, head := j.history().Head(), j.open(c, id).Head
	j.write(mara, Draft{Assessment: id, Action: ReportPrinted, Subject: "report.pdf", Payload: map[string]any{"kind": "saq"}})
	assert.Equal(t, before, j.history().Head())
	assert.Equal(t, head, j.open(c, id).Head)
	assert.Len(t, j.history().SideLog(), 1)
}

func TestAncestryAcrossForksAndJoins(t *testing.T) {
	mara := person(t, "Mara", 1)
	j := found(t, mara)
	note := func(n int) Draft { return Draft{Action: ScopeSet, Subject: "scope", Payload: map[string]int{"n": n}} }
	root := j.history().Tips()
	left := j.sign(mara, root, note(1))
	left2 := j.sign(mara, []engine.Digest{left.ID}, note(2))
	right := j.sign(mara, root, note(3))
	h := j.history()
	assert.Len(t, h.Tips(), 2, "several tips are a normal state")
	assert.False(t, h.IsAncestor(left.ID, right.ID))
	assert.False(t, h.IsAncestor(right.ID, left2.ID))
	join := j.write(mara, note(4))
	h = j.history()
	assert.Equal(t, []engine.Digest{join.ID}, h.Tips())
	for _, e := range []Entry{left, left2, right, j.entries[0]} {
		assert.True(t, h.IsAncestor(e.ID, join.ID))
		assert.False(t, h.IsAncestor(join.ID, e.ID))
	}
	assert.False(t, h.IsAncestor(join.ID, join.ID))
}

// TestHistoryThatFollowsAnotherIsTheSame: what a save makes of a history is what
// reading everything anew makes of it, past the point where places are gathered.
func TestHistoryThatFollowsAnotherIsTheSame(t *testing.T) {
	mara, ivo, c := person(t, "Mara", 1), person(t, "Ivo", 2), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
	h := j.history()
	before := h
	for i := range 3 * manyRecent {
		author, parents := mara, h.Tips()
		if i%50 == 7 { // a colleague who had not seen the last entries
			author, parents = ivo, []engine.Digest{h.Entries()[len(h.Entries())-2].ID}
		}
		draft, err := j.open(c, id).Answer(Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: fmt.Sprint("take ", i)})
		require.NoError(t, err)
		switch {
		case i%100 == 30:
			draft = Draft{Action: ReportPrinted, Subject: "report", Payload: i}
		case i%40 == 11:
			draft = Draft{Action: VaultOpened, Subject: "workbench", Payload: i}
		case i%40 == 13 && i > 40:
			item := h.Evidence()[i%len(h.Evidence())]
			described := item.Description()
			described.Title = fmt.Sprint("Paper ", i)
			draft, err = h.Describe(described, j.now)
		case i%40 == 21:
			draft, err = j.open(c, id).SetEngagement(Engagement{Independence: fmt.Sprint("Kept, as of take ", i)})
		case i%7 == 3:
			item := Evidence{ID: ID(fmt.Sprint("e", i%91)), Number: h.LastNumber(OtherEvidence) + 1 - i%2, Title: "Paper", File: &FileSource{Digest: engine.Sum([]byte{byte(i % 5)})}}
			draft = Draft{Action: EvidenceAttached, Subject: "evidence", Payload: item}
		case i == 61:
			draft, err = h.Expunge(h.Evidence()[len(h.Evidence())-1], "by mistake")
		case i%5 == 4:
			draft, err = j.open(c, id).AskRequest(Request{ID: ID(fmt.Sprint("r", i)), What: "Papers"})
		}
		require.NoError(t, err)
		e := j.sign(author, parents, draft)
		h, err = h.With(j.payload, e)
		require.NoError(t, err)
		if i%60 > 10 {
			continue
		}
		anew := j.history()
		require.Equal(t, anew.Entries(), h.Entries())
		require.Equal(t, anew.SideLog(), h.SideLog())
		require.Equal(t, anew.Head(), h.Head())
		require.Equal(t, anew.Evidence(), h.Evidence())
		if len(h.Evidence()) > 0 {
			require.Equal(t, Latest(h.EvidenceAsNumbered()), h.latestEvidence())
		}
		require.Equal(t, anew.LastNumber(OtherEvidence), h.LastNumber(OtherEvidence))
		for _, e := range h.Entries() {
			require.NoError(t, h.Verify(e.ID))
			require.Equal(t, anew.IsAncestor(e.ID, h.Tips()[0]), h.IsAncestor(e.ID, h.Tips()[0]))
			require.Equal(t, anew.IsAncestor(h.Entries()[5%len(h.Entries())].ID, e.ID), h.IsAncestor(h.Entries()[5%len(h.Entries())].ID, e.ID))
		}
		a, err := h.Assessment(c, id)
		require.NoError(t, err)
		b := j.open(c, id)
		require.Equal(t, b.Current(req("1.2.5")), a.Current(req("1.2.5")))
		require.Equal(t, b.Conflicts(req("1.2.5")), a.Conflicts(req("1.2.5")))
		require.Equal(t, b.Head, a.Head)
		require.Equal(t, b.Requests(), a.Requests())
	}
	assert.Len(t, before.Entries(), 3, "what was there before stays as it was")
}

func TestAnswerSignedForAnotherRequirementIsRefused(t *testing.T) {
	mara, c := person(t, "Mara", 1), small(t)
	j := found(t, mara)
	id := j.assessment(mara, c, "saq-d-merchant")
	draft, err := j.open(c, id).Answer(Answer{Requirement: req("1.2.5"), Response: NotInPlace, Narrative: "one thing"})
	require.NoError(t, err)
	draft.Subject = "2.2.6"
	j.write(mara, draft)
	_, err = j.history().Assessment(c, id)
	require.ErrorContains(t, err, "signed as one to 2.2.6")
}
