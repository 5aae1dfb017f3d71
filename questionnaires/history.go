package questionnaires

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"tickmark/engine"
)

// Payloads gives the canonical bytes of what an entry says, or an error.
type Payloads func(Entry) ([]byte, error)

// Foundation is the payload of a vault's first entry.
type Foundation struct {
	Entity    string    `json:"entity"`
	Enrolment Enrolment `json:"enrolment"`
}

// NewVault returns the draft of a vault's first entry: it names the one entity
// the vault belongs to and enrols its author.
func NewVault(entity string, s *Signer) (Draft, error) {
	if entity == "" {
		return Draft{}, errors.New("new vault: the entity has no name")
	}
	if err := CheckText("entity", entity, 200); err != nil {
		return Draft{}, err
	}
	return Draft{Action: VaultCreated, Subject: "vault", Payload: Foundation{Entity: entity, Enrolment: s.Enrolment()}}, nil
}

// History is the set of a vault's entries and what follows from it. It is a pure
// function of the set: order and repetition of the entries do not matter.
type History struct {
	entries  []Entry // parents before children; among equals by time, then id
	side     []Entry // the side log, by time, then id
	byID     places
	chains   []chainPlace
	heads    []int // index of the first entry of each chain
	ends     []int // and of its last
	tips     []engine.Digest
	payloads Payloads
	entity   string
	enrolled map[engine.Digest][]enrolled
	shelf
	losses map[engine.Digest]Loss // entries that are not there, by their ids
	known  *known
	books
}

// unread are books that nobody has read yet.
func unread() books { return books{asked: &requestBook{}, noted: &noteBook{}, done: &activityBook{}} }

// books are what a history says of things that are read when they are asked first.
type books struct {
	asked *requestBook
	noted *noteBook
	done  *activityBook
}

// known is what was found out about entries, shared by the histories that follow each
// other: an entry never says anything else.
type known struct {
	ahead   sync.Once // for what is checked ahead
	checked sync.Map  // of verified, by entry
	answers sync.Map  // of Answer, by entry
	forms   sync.Map  // of *Catalogue, by the digest of the definition it was made of
	steps   sync.Map  // of requestStep, by entry
	issues  sync.Map  // of foundIssue, by issueOf
	past    sync.Map  // of *History as it was when a version was issued, by the entry that issued it
}

// onwards is what stays known where more entries come in between: an entry that was its
// author's is that with whatever ancestors, and says what it says.
func (k *known) onwards() *known {
	next := &known{}
	k.checked.Range(func(id, found any) bool {
		if v, is := found.(verified); is && v.err == nil {
			next.checked.Store(id, v)
		}
		return true
	})
	keep := func(into *sync.Map) func(id, read any) bool {
		return func(id, read any) bool { into.Store(id, read); return true }
	}
	k.answers.Range(keep(&next.answers))
	k.steps.Range(keep(&next.steps))
	return next
}

type enrolled struct {
	Enrolment
	entry engine.Digest
}

// NewHistory builds the history of a vault. It refuses a set with a missing
// parent, a circle, or not exactly one first entry: something was taken out or
// put in. Signatures are checked entry by entry, by Verify.
func NewHistory(entries []Entry, payloads Payloads) (*History, error) {
	return readHistory(entries, payloads, &known{})
}

// readHistory builds a history of which something was found out before.
func readHistory(entries []Entry, payloads Payloads, before *known) (*History, error) {
	h := &History{
		byID: places{all: make(map[engine.Digest]int, len(entries))}, payloads: payloads, enrolled: map[engine.Digest][]enrolled{},
		known: before, books: unread(),
	}
	main := make([]Entry, 0, len(entries))
	seen := make(map[engine.Digest]bool, len(entries))
	for _, e := range entries {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		if e.Action.Side() {
			h.side = append(h.side, e)
		} else {
			main = append(main, e)
		}
	}
	slices.SortFunc(h.side, compareEntries)
	for _, step := range []func() error{
		func() error { return h.findLosses(main) }, func() error { return h.order(main) }, h.readPayloads, h.checkLosses,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// those returns some of tens of thousands of entries.
func those(entries []Entry, wanted func(*Entry) bool) []Entry {
	var some []Entry
	for i := range entries {
		if wanted(&entries[i]) {
			some = append(some, entries[i])
		}
	}
	return some
}

func compareEntries(a, b Entry) int {
	return cmp.Or(a.Time.Compare(b.Time), bytes.Compare(a.ID[:], b.ID[:]))
}

// order sorts the entries so that parents come first, and finds the tips.
func (h *History) order(main []Entry) error {
	if h.isLine(main) {
		h.placeLine(main)
		return h.checkVault()
	}
	index := make(map[engine.Digest]int, len(main))
	for i, e := range main {
		index[e.ID] = i
	}
	children, waiting := make([][]int, len(main)), make([]int, len(main))
	ready := &entryHeap{all: main}
	first := 0
	for i, e := range main {
		parents := h.parents(e)
		for _, p := range parents {
			parent, known := index[p]
			if !known {
				return fmt.Errorf("read history: entry %s names a parent %s that is not there", e.ID.Short(), p.Short())
			}
			children[parent] = append(children[parent], i)
		}
		if waiting[i] = len(parents); waiting[i] == 0 {
			heap.Push(ready, i)
			first++
		}
	}
	if first != 1 {
		return fmt.Errorf("read history: %d first entries, want one", first)
	}
	for ready.Len() > 0 {
		i, _ := heap.Pop(ready).(int)
		h.place(main[i])
		for _, child := range children[i] {
			if waiting[child]--; waiting[child] == 0 {
				heap.Push(ready, child)
			}
		}
		if len(children[i]) == 0 {
			h.tips = append(h.tips, main[i].ID)
		}
	}
	if len(h.entries) != len(main) {
		return errors.New("read history: entries are each other's ancestors")
	}
	slices.SortFunc(h.tips, func(a, b engine.Digest) int { return bytes.Compare(a[:], b[:]) })
	return h.checkVault()
}

// isLine reports whether each entry follows the one before it alone, as they nearly
// always do: then there is one order, and it is found.
func (h *History) isLine(main []Entry) bool {
	for i := range main {
		parents := main[i].Parents
		if len(h.losses) > 0 {
			parents = h.parents(main[i])
		}
		if i == 0 && len(parents) > 0 || i > 0 && (len(parents) != 1 || parents[0] != main[i-1].ID) {
			return false
		}
	}
	return len(main) > 0
}

// checkVault refuses entries that are not of one vault.
func (h *History) checkVault() error {
	if h.entries[0].Action != VaultCreated || !h.entries[0].Vault.IsZero() {
		return errors.New("read history: the first entry does not found a vault")
	}
	for _, e := range h.entries[1:] {
		if e.Vault != h.entries[0].ID {
			return fmt.Errorf("read history: entry %s belongs to another vault", e.ID.Short())
		}
	}
	return nil
}

// entryHeap holds indexes of entries whose parents are all placed.
type entryHeap struct {
	all   []Entry
	items []int
}

func (q *entryHeap) Len() int { return len(q.items) }
func (q *entryHeap) Less(i, j int) bool {
	return compareEntries(q.all[q.items[i]], q.all[q.items[j]]) < 0
}
func (q *entryHeap) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *entryHeap) Push(x any)    { i, _ := x.(int); q.items = append(q.items, i) }
func (q *entryHeap) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last
}

// readPayloads reads what the whole vault shares: entity, authors, evidence.
func (h *History) readPayloads() error {
	var items []Evidence
	take := func(e Entry, evidence []Evidence) {
		for _, item := range evidence {
			item.Entry, item.Author = e.ID, e.Author
			items = append(items, item)
		}
	}
	for _, e := range h.entries {
		switch e.Action {
		case VaultCreated:
			var p Foundation
			if err := h.read(e, &p); err != nil {
				return err
			}
			h.entity = p.Entity
			h.enrol(e, p.Enrolment)
		case AuthorEnrolled:
			var p Enrolment
			if err := h.read(e, &p); err != nil {
				return err
			}
			h.enrol(e, p)
		case RunRecorded:
			var p RecordedRun
			if err := h.read(e, &p); err != nil {
				return err
			}
			take(e, p.Evidence)
		case EvidenceAttached:
			var p Evidence
			if err := h.read(e, &p); err != nil {
				return err
			}
			take(e, []Evidence{p})
		default: // says nothing of it
		}
	}
	return h.arrange(items)
}

func (h *History) enrol(e Entry, p Enrolment) {
	if p.Validate() == nil {
		h.enrolled[p.Author.ID] = append(h.enrolled[p.Author.ID], enrolled{Enrolment: p, entry: e.ID})
	}
}

// read decodes an entry's payload.
func (h *History) read(e Entry, payload any) error {
	body, err := h.payloads(e)
	if err != nil {
		return fmt.Errorf("read %s %s: %w", e.Action, e.ID.Short(), err)
	}
	if engine.Sum(body) != e.Digest {
		return fmt.Errorf("read %s %s: its payload was changed", e.Action, e.ID.Short())
	}
	if err := json.Unmarshal(body, payload); err != nil {
		return fmt.Errorf("read %s %s: %w", e.Action, e.ID.Short(), err)
	}
	return nil
}

// Vault is the vault's id: the id of its first entry.
func (h *History) Vault() engine.Digest { return h.entries[0].ID }

// Entity is whom the vault belongs to.
func (h *History) Entity() string { return h.entity }

// Entries returns all entries but the side log's, parents first. The slice must
// not be changed.
func (h *History) Entries() []Entry { return h.entries }

// SideLog returns the entries of opening, printing and signing, oldest first.
func (h *History) SideLog() []Entry { return h.side }

// Tips returns the entries that no other names as its parent, sorted.
func (h *History) Tips() []engine.Digest { return slices.Clone(h.tips) }

// Head identifies the whole history: the SHA-256 of the sorted raw tips.
func (h *History) Head() engine.Digest { return headOf(h.tips) }

func headOf(tips []engine.Digest) engine.Digest {
	var raw []byte
	for _, tip := range tips {
		raw = append(raw, tip[:]...)
	}
	return engine.Sum(raw)
}

// Evidence returns every item of evidence with its final number, oldest first.
// The slice must not be changed.
func (h *History) Evidence() []Evidence { return h.evidence }

// Enrolments returns what is known of all enrolled authors, by name and id.
func (h *History) Enrolments() []Enrolment {
	var all []Enrolment
	for _, e := range h.EnrolledAuthors() {
		all = append(all, e.Enrolment)
	}
	return all
}

// ErrUnverified says that nobody enrolled answers for an entry.
var ErrUnverified = errors.New("was not enrolled before it")

// Verify reports whether an entry is its author's: the signature holds, and the
// author was enrolled by one of its ancestors (or, for the first entry, by
// itself) whose own enrolment verifies.
func (h *History) Verify(id engine.Digest) error {
	if err, known := h.known.checked.Load(id); known {
		return err.(verified).err
	}
	err := h.verify(id)
	h.known.checked.Store(id, verified{err})
	return err
}

// checkAhead checks what every assessment is derived from, once. Of answers most were
// replaced by later ones, and of files most are cited nowhere: nobody asks about those.
func (h *History) checkAhead() {
	h.known.ahead.Do(func() {
		h.checkAll(func(e Entry) bool { return e.Action != AnswerGiven && e.Action != EvidenceAttached })
	})
}

// checkAll checks some entries by as many goroutines as there are processors, so that it
// is known when they are asked about one by one.
func (h *History) checkAll(wanted func(Entry) bool) {
	var all sync.WaitGroup
	for some := range slices.Chunk(h.entries, 1+len(h.entries)/runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for _, e := range some {
				if wanted(e) {
					_ = h.Verify(e.ID)
				}
			}
		})
	}
	all.Wait()
}

// verified is what checking an entry found; histories are read by several
// goroutines at once, and a signature is checked once.
type verified struct{ err error }

func (h *History) verify(id engine.Digest) error {
	i, known := h.byID.find(id)
	if !known {
		return fmt.Errorf("check entry %s: it is not in the history", id.Short())
	}
	e := h.entries[i]
	if i == 0 {
		return h.verifyBy(e, func(enrolment engine.Digest) bool { return enrolment == id })
	}
	return h.verifyBy(e, func(enrolment engine.Digest) bool { return h.IsAncestor(enrolment, id) })
}

// VerifySide does for an entry of the side log what Verify does for the others: its
// author must have been enrolled by what the entry names as its parents, or before.
func (h *History) VerifySide(e Entry) error {
	if e.Vault != h.Vault() {
		return fmt.Errorf("check entry %s: it belongs to another vault", e.ID.Short())
	}
	return h.verifyBy(e, func(enrolment engine.Digest) bool {
		return slices.ContainsFunc(h.parents(e), func(parent engine.Digest) bool { return parent == enrolment || h.IsAncestor(enrolment, parent) })
	})
}

// verifyBy checks an entry against the enrolments of its author that it saw.
func (h *History) verifyBy(e Entry, saw func(enrolment engine.Digest) bool) error {
	err := fmt.Errorf("check entry %s: its author %s %w", e.ID.Short(), e.Author.Short(), ErrUnverified)
	for _, enrolment := range h.enrolled[e.Author] {
		if !saw(enrolment.entry) {
			continue
		}
		if err = e.Check(enrolment.PublicKey); err != nil {
			continue
		}
		if enrolment.entry == e.ID {
			return nil
		}
		if err = h.Verify(enrolment.entry); err == nil {
			return nil
		}
	}
	return err
}
