package questionnaires

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// desk is one copy of a vault: the entries that its people have.
type desk struct {
	j       *journal
	entries []Entry
}

func (d *desk) history() *History {
	d.j.t.Helper()
	h, err := NewHistory(d.entries, d.j.payload)
	require.NoError(d.j.t, err)
	return h
}

func (d *desk) write(s *Signer, draft Draft) Entry {
	d.j.t.Helper()
	e := d.j.sign(s, d.history().Tips(), draft)
	d.entries = append(d.entries, e)
	return e
}

// take merges another copy in.
func (d *desk) take(other *desk) { d.entries = append(slices.Clip(d.entries), other.entries...) }

// attach takes a file in, with the next number that this copy knows.
func (d *desk) attach(s *Signer, content string) Evidence {
	d.j.t.Helper()
	id, err := d.j.newID()
	require.NoError(d.j.t, err)
	item := Evidence{
		ID: engineID(string(id)), Number: d.history().LastNumber(OtherEvidence) + 1, Title: content,
		File: &FileSource{Digest: engine.Sum([]byte(content)), Name: content},
	}
	d.write(s, Draft{Action: EvidenceAttached, Subject: "evidence " + string(item.ID), Payload: item})
	return item
}

// engineID makes an id of which the first digits differ.
func engineID(seed string) ID { return ID(engine.Sum([]byte(seed)).String()[:32]) }

// sign prints every number of this copy in a signed report.
func (d *desk) sign(s *Signer) {
	d.j.t.Helper()
	report := PrintedReport{Kind: "saq", Name: fmt.Sprint(len(d.entries))}
	for _, item := range d.history().Evidence() {
		report.Evidence = append(report.Evidence, PrintedNumber{ID: item.ID, Number: item.Number})
	}
	d.write(s, Draft{Action: ReportSigned, Subject: "report", Payload: report})
}

func (d *desk) item(id ID) Evidence {
	d.j.t.Helper()
	for _, item := range d.history().Evidence() {
		if item.ID == id {
			return item
		}
	}
	require.FailNow(d.j.t, "the item is not there")
	return Evidence{}
}

// twoDesks are two copies of one vault.
func twoDesks(t *testing.T, s *Signer) (a, b *desk) {
	t.Helper()
	j := found(t, s)
	return &desk{j, j.entries}, &desk{j, j.entries}
}

func TestPrintedNumberNeverMoves(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	early, late := a.attach(mara, "early"), b.attach(mara, "late")
	b.sign(mara)
	a.take(b)
	assert.Equal(t, "Evidence-1", a.item(late.ID).Label(), "the one that was printed keeps its number, though it is younger")
	assert.Equal(t, "Evidence-2", a.item(early.ID).Label())
	assert.Equal(t, []int{1}, a.item(early.ID).Aliases)
	found, err := a.history().EvidenceByLabel("Evidence-1")
	require.NoError(t, err)
	assert.Equal(t, late.ID, found.ID)
	assert.Equal(t, 3, a.attach(mara, "next").Number)
}

func TestNumberPrintedTwiceIsKeptByBothWithASuffix(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	one, other := a.attach(mara, "one"), b.attach(mara, "other")
	a.sign(mara)
	b.sign(mara)
	a.take(b)
	assert.Equal(t, "Evidence-1-"+string(one.ID[:4]), a.item(one.ID).Label())
	assert.Equal(t, "Evidence-1-"+string(other.ID[:4]), a.item(other.ID).Label())
	_, err := a.history().EvidenceByLabel("Evidence-1")
	require.ErrorContains(t, err, a.item(one.ID).Label()+", "+a.item(other.ID).Label())
	found, err := a.history().EvidenceByLabel(a.item(other.ID).Label())
	require.NoError(t, err)
	assert.Equal(t, other.ID, found.ID)
	assert.Equal(t, 2, a.attach(mara, "next").Number)

	a.sign(mara) // with the suffix
	assert.Equal(t, "Evidence-1-"+string(one.ID[:4]), a.item(one.ID).Label())
}

func TestNumberPrintedBeforeAndAfterAMergeStaysAnAlias(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, b := twoDesks(t, mara)
	a.attach(mara, "first")
	moved := b.attach(mara, "moved")
	merged := &desk{a.j, slices.Concat(a.entries, b.entries)}
	require.Equal(t, 2, merged.item(moved.ID).Number)
	merged.sign(mara) // as 2
	second := b.attach(mara, "second in b")
	require.Equal(t, 2, second.Number)
	b.take(merged)
	assert.Equal(t, "Evidence-2", b.item(moved.ID).Label())
	assert.Equal(t, []int{1}, b.item(moved.ID).Aliases)
	assert.Equal(t, "Evidence-3", b.item(second.ID).Label(), "what was printed is given to nobody else")
}

func TestStrangersReportNailsNothingDown(t *testing.T) {
	mara, eve := person(t, "Mara", 1), person(t, "Eve", 9)
	a, b := twoDesks(t, mara)
	early, late := a.attach(mara, "early"), b.attach(mara, "late")
	b.sign(eve)
	a.take(b)
	assert.Equal(t, 1, a.item(early.ID).Number)
	assert.Equal(t, 2, a.item(late.ID).Number)
}

func TestImpossibleNumbersDoNoHarm(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, _ := twoDesks(t, mara)
	for i, number := range []int{-4, 0, 1 << 60, 7, 7} {
		item := Evidence{ID: engineID(fmt.Sprint(i)), Number: number, File: &FileSource{Digest: engine.Sum([]byte{byte(i)})}}
		a.write(mara, Draft{Action: EvidenceAttached, Payload: item})
	}
	// An id that is used again does not take the place of the item that had it first.
	a.write(mara, Draft{Action: EvidenceAttached, Payload: Evidence{ID: engineID("3"), Number: 7, Title: "another", File: &FileSource{}}})
	numbers := make([]string, 0, 5)
	for _, item := range a.history().Evidence() {
		numbers = append(numbers, item.Label())
		assert.NotEqual(t, "another", item.Title)
	}
	assert.Equal(t, []string{"Evidence-1", "Evidence-2", "Evidence-3", "Evidence-7", "Evidence-8"}, numbers)
	assert.Equal(t, 9, a.attach(mara, "next").Number)
	assert.Equal(t, numbers[4], a.item(engineID("4")).Label(), "what is numbered later moves nothing")
}

// Two copies of thousands of items meet: each collision takes the next free number, which
// stays when more is attached.
func TestManyCollisionsAreSettledOnce(t *testing.T) {
	const many = 20000
	items := make([]Evidence, 0, 2*many)
	for i := range 2 * many {
		items = append(items, Evidence{ID: ID(fmt.Sprintf("%032x", i)), Number: i%many + 1, Derived: Derived{Entry: engine.Digest{byte(i / many)}}})
	}
	when := func(d engine.Digest) time.Time { return time.Unix(int64(d[0]), 0) }
	numbered, last := numberEvidence(items, nil, when)
	assert.Equal(t, map[string]int{"Evidence": 2 * many}, last)
	more, _ := numberEvidence(append(items, Evidence{ID: "next", Number: 2*many + 1, Derived: Derived{Entry: engine.Digest{9}}}), nil, when)
	assert.Equal(t, numbered, more[:2*many])
}

// TestNumbersAreAFunctionOfTheSet lets copies of a vault grow and meet at random,
// and asks whatever must hold of numbers at any moment.
func TestNumbersAreAFunctionOfTheSet(t *testing.T) {
	mara, ivo := person(t, "Mara", 1), person(t, "Ivo", 2)
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		j := found(t, mara)
		j.write(mara, Draft{Action: AuthorEnrolled, Subject: "ivo", Payload: ivo.Enrolment()})
		desks := []*desk{{j, j.entries}, {j, j.entries}, {j, j.entries}}
		signed := map[ID]int{}
		for range 25 {
			d := desks[r.IntN(len(desks))]
			author := []*Signer{mara, ivo}[r.IntN(2)]
			switch r.IntN(8) {
			case 0, 1, 2, 3:
				d.attach(author, fmt.Sprint("file ", r.IntN(12)))
			case 4:
				if items := d.history().Evidence(); len(items) > 0 {
					if draft, err := d.history().Expunge(items[r.IntN(len(items))], "attached by mistake"); err == nil {
						d.write(author, draft)
					}
				}
			case 5:
				for _, item := range d.history().Evidence() {
					if _, before := signed[item.ID]; !before {
						signed[item.ID] = item.Number
					}
				}
				d.sign(author)
			default:
				d.take(desks[r.IntN(len(desks))])
			}
			assertNumbers(t, d.history())
		}
		whole := &desk{j, slices.Concat(desks[0].entries, desks[1].entries, desks[2].entries)}
		want := whole.history()
		assertNumbers(t, want)
		for _, item := range want.Evidence() {
			if number, was := signed[item.ID]; was {
				assert.Equal(t, number, item.Number, "seed %d: a printed number moved", seed)
			}
		}
		for again := range uint64(5) {
			h, err := NewHistory(shuffled(whole.entries, again), j.payload)
			require.NoError(t, err)
			require.Equal(t, want.Evidence(), h.Evidence(), "seed %d", seed)
			require.Equal(t, want.Tombstones(), h.Tombstones(), "seed %d", seed)
			require.Equal(t, want.LastNumber(OtherEvidence), h.LastNumber(OtherEvidence))
		}
	}
}

// assertNumbers: every label means one item, and the next number is nobody's.
func assertNumbers(t *testing.T, h *History) {
	t.Helper()
	for _, item := range h.Evidence() {
		meant, err := h.EvidenceByLabel(item.Label())
		require.NoError(t, err)
		require.Equal(t, item.ID, meant.ID)
		require.LessOrEqual(t, item.Number, h.LastNumber(OtherEvidence))
		for _, alias := range item.Aliases {
			require.LessOrEqual(t, alias, h.LastNumber(OtherEvidence))
		}
		_, gone := h.Tombstone(item.Digest())
		require.Equal(t, gone, item.Expunged != nil)
	}
}
