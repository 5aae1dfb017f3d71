package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"filippo.io/age"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// Salvaged says what of a damaged vault can still be read, and what is lost.
type Salvaged struct {
	Vault     engine.Digest `json:"vault"`
	Head      engine.Digest `json:"head"` // of what was kept
	Entries   int           `json:"entries"`
	Documents int           `json:"documents"`
	// Faults are the bytes that do not hold.
	Faults []Fault `json:"faults"`
	// Dropped is how many bytes of an interrupted save stand at the end of the log.
	Dropped int64 `json:"dropped"`
	// LostEntries are those of which it is known that they were there.
	LostEntries []LostEntry `json:"lostEntries"`
	// Declared is the entry that declares those lost which others follow; zero where
	// that was not needed, or nobody enrolled was there to sign it.
	Declared engine.Digest `json:"declared"`
	// Stranded are entries that are whole and follow one that is lost, which nobody
	// declared: a history cannot hold them. What they say is here.
	Stranded []StrandedEntry `json:"stranded"`
	// LostDocuments are the bodies that something names and that are not whole.
	LostDocuments []LostDocument `json:"lostDocuments"`
	// LostRuns are recorded runs of which the list of results is lost.
	LostRuns []engine.Digest `json:"lostRuns"`
}

// LostEntry is an entry of which at most its own columns are left.
type LostEntry struct {
	ID      engine.Digest         `json:"id"`
	Action  questionnaires.Action `json:"action"`
	Subject string                `json:"subject,omitempty"`
}

// StrandedEntry is an entry as it was signed.
type StrandedEntry struct {
	LostEntry
	Assessment questionnaires.ID `json:"assessment"`
	Parents    []engine.Digest   `json:"parents"`
	Author     engine.Digest     `json:"author"`
	Time       string            `json:"time"`
	Payload    json.RawMessage   `json:"payload"`
	Digest     engine.Digest     `json:"digest"`
	Signature  []byte            `json:"signature"`
}

// LostDocument is a body by what names it.
type LostDocument struct {
	Digest engine.Digest `json:"digest"`
	What   []string      `json:"what"`
}

// Lost reports whether anything is.
func (s Salvaged) Lost() bool {
	return len(s.LostEntries)+len(s.Stranded)+len(s.LostDocuments)+len(s.LostRuns)+len(s.Faults) > 0
}

// findings are what is found in a wreck.
type findings struct {
	w       *wreck
	c       *carved
	codec   *codec
	kept    []carvedEntry // a set that is closed: every parent is in it
	left    []carvedEntry // those that are whole besides
	history *questionnaires.History
	whole   map[engine.Digest]int64 // documents that are whole, by their rows
	sizes   map[engine.Digest]int64
	gone    map[engine.Digest]bool // expunged
	report  Salvaged
}

var errNoFounder = errors.New("its first entry is lost: no vault can hold the others")

// find sorts out what was carved. The author, who may be nil, declares lost what others
// follow. After errNoFounder the report still says what there is.
func find(ctx context.Context, w *wreck, k *codec, told *counting, author *questionnaires.Signer, now time.Time) (*findings, error) {
	f := &findings{
		w: w, codec: k, whole: map[engine.Digest]int64{}, sizes: map[engine.Digest]int64{}, gone: map[engine.Digest]bool{},
		report: Salvaged{
			Faults: append([]Fault{}, w.faults.Faults...), Dropped: w.faults.Dropped, LostEntries: []LostEntry{}, Stranded: []StrandedEntry{}, LostDocuments: []LostDocument{}, LostRuns: []engine.Digest{},
		},
	}
	var err error
	if f.c, err = w.carve(ctx); err != nil {
		return nil, err
	}
	if err := f.readDocuments(ctx, told); err != nil {
		return nil, err
	}
	f.entries()
	if len(f.kept) == 0 {
		return f, errNoFounder
	}
	if f.history, err = historyOf(f.kept); err != nil {
		return f, err
	}
	f.bridge(author, now)
	f.report.LostEntries = append(f.report.LostEntries, missing(f.kept, f.history)...)
	f.report.Vault, f.report.Head, f.report.Entries = f.history.Vault(), f.history.Head(), len(f.kept)
	f.expunged()
	return f, f.documents()
}

// readDocuments computes the digest of every document. One whose row is lost is known
// by its digest alone.
func (f *findings) readDocuments(ctx context.Context, told *counting) error {
	rows := map[int64]bool{}
	for _, c := range f.c.chunks {
		rows[c.document] = true
		told.total += c.size
	}
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		known, listed := f.c.documents[row]
		if listed && known.digest.IsZero() {
			continue // it was being taken in
		}
		digest, size, err := f.w.digestOf(f.codec, f.c.chunksOf(row))
		told.count(int(size))
		if err == nil && (!listed || digest == known.digest) {
			f.whole[digest], f.sizes[digest] = row, size
		}
	}
	for row, known := range f.c.documents {
		if known.size == 0 && known.digest == engine.Sum(nil) {
			f.whole[known.digest] = row // an empty body has no chunk
		}
	}
	return nil
}

// entries finds the largest set in which no parent is missing.
func (f *findings) entries() {
	there := map[engine.Digest]carvedEntry{}
	for _, e := range f.c.entries {
		if e.payload == nil {
			e.payload = f.body(e.entry.Digest)
		}
		if before, twice := there[e.entry.ID]; twice && before.payload != nil {
			continue
		}
		if e.payload != nil && !says(e.entry, e.payload) {
			e.payload = nil
		}
		there[e.entry.ID] = e
	}
	closed := f.close(there)
	lost := map[engine.Digest]bool{}
	for _, e := range f.inOrder(there) {
		for _, p := range e.entry.Parents {
			if _, known := there[p]; !known && !lost[p] {
				lost[p] = true
				f.report.LostEntries = append(f.report.LostEntries, LostEntry{ID: p})
			}
		}
		switch {
		case closed[e.entry.ID]:
			f.kept = append(f.kept, e)
		case e.payload == nil:
			f.report.LostEntries = append(f.report.LostEntries, lostEntry(e.entry))
		default:
			f.left = append(f.left, e)
			f.report.Stranded = append(f.report.Stranded, stranded(e))
		}
	}
}

func historyOf(all []carvedEntry) (*questionnaires.History, error) {
	payloads := make(map[engine.Digest][]byte, len(all))
	entries := make([]questionnaires.Entry, len(all))
	for i, e := range all {
		entries[i], payloads[e.entry.ID] = e.entry, e.payload
	}
	return questionnaires.NewHistory(entries, func(e questionnaires.Entry) ([]byte, error) { return payloads[e.ID], nil })
}

// bridge declares those entries lost that others follow, so that the others stay. Where
// nobody who is enrolled can sign that, all is left as it is.
func (f *findings) bridge(author *questionnaires.Signer, now time.Time) {
	if author == nil || len(f.left) == 0 {
		return
	}
	all := slices.Concat(f.kept, f.left)
	slices.SortStableFunc(all, func(a, b carvedEntry) int { return int(min(max(a.sequence-b.sequence, -1), 1)) })
	there := map[engine.Digest]bool{}
	for _, e := range all {
		there[e.entry.ID] = true
	}
	var lost []questionnaires.Loss
	known := map[engine.Digest]bool{}
	for i, e := range all {
		for _, p := range e.entry.Parents {
			if after := tipsOf(all[:i]); !there[p] && !known[p] && len(after) > 0 {
				known[p] = true
				lost = append(lost, questionnaires.Loss{Entry: p, After: after})
			}
		}
	}
	draft, err := questionnaires.DeclareLost(lost)
	if err != nil {
		return
	}
	if e, signed := f.sign(author, now, all, draft); signed {
		f.report.Declared, f.report.Stranded = e.ID, []StrandedEntry{}
	}
}

// sign adds an entry to some, which are then what is kept; false where its author is
// not enrolled among them.
func (f *findings) sign(author *questionnaires.Signer, now time.Time, all []carvedEntry, draft questionnaires.Draft) (questionnaires.Entry, bool) {
	e, payload, err := questionnaires.SignEntry(author, f.history.Vault(), tipsOf(all), draft, now)
	if err != nil {
		return e, false
	}
	all = append(slices.Clone(all), carvedEntry{sequence: all[len(all)-1].sequence + 1, entry: e, payload: payload})
	h, err := historyOf(all)
	if err != nil || h.Verify(e.ID) != nil {
		return e, false
	}
	f.history, f.kept = h, all
	return e, true
}

// resealed records that what is salvaged is sealed to others: by whom a vault was
// sealed to it is known which handoff it came by, and what that left behind.
func (f *findings) resealed(author *questionnaires.Signer, now time.Time, identities []age.Identity, to []Recipient) {
	before, err := f.recipients(identities)
	if author == nil || err != nil || questionnaires.SameRecipients(described(before), described(to)) {
		return
	}
	if draft, err := questionnaires.ChangeRecipients(described(before), described(to)); err == nil {
		f.sign(author, now, f.kept, draft)
		f.report.Head, f.report.Entries = f.history.Head(), len(f.kept)
	}
}

// tipsOf are the entries, but for those of the side log, that no other follows.
func tipsOf(all []carvedEntry) []engine.Digest {
	followed := map[engine.Digest]bool{}
	for _, e := range all {
		if !e.entry.Action.Side() {
			for _, p := range e.entry.Parents {
				followed[p] = true
			}
		}
	}
	var tips []engine.Digest
	for _, e := range all {
		if !e.entry.Action.Side() && !followed[e.entry.ID] {
			tips = append(tips, e.entry.ID)
		}
	}
	return tips
}

// body reads a document that is whole: in schema 1 payloads stand among them, too.
func (f *findings) body(digest engine.Digest) []byte {
	row, known := f.whole[digest]
	if !known || f.sizes[digest] > maxBody {
		return nil
	}
	var body []byte
	for _, c := range f.c.chunksOf(row) {
		encoding, data, err := f.w.packed(c)
		if err != nil {
			return nil
		}
		plain, err := f.codec.unpack(encoding, data, int(c.size))
		if err != nil {
			return nil
		}
		body = append(body, plain...)
	}
	return body
}

func (f *findings) inOrder(there map[engine.Digest]carvedEntry) []carvedEntry {
	return slices.SortedFunc(maps.Values(there), func(a, b carvedEntry) int {
		return int(min(max(a.sequence-b.sequence, -1), 1))
	})
}

// close says which entries go back to the vault's first without a gap. Of several
// that could be the first, it is the one that the others name.
func (f *findings) close(there map[engine.Digest]carvedEntry) map[engine.Digest]bool {
	closed := map[engine.Digest]bool{}
	votes := map[engine.Digest]int{}
	for _, e := range there {
		votes[e.entry.Vault]++
	}
	var first engine.Digest
	for id, e := range there {
		founds := e.payload != nil && e.entry.Action == questionnaires.VaultCreated && e.entry.Vault.IsZero() && len(e.entry.Parents) == 0
		if founds && (first.IsZero() || votes[id] > votes[first] || id.String() == f.c.founder) {
			first = id
		}
	}
	if first.IsZero() {
		return closed
	}
	closed[first] = true
	ordered := f.inOrder(there)
	for grown := true; grown; {
		grown = false
		for _, e := range ordered {
			follows := len(e.entry.Parents) > 0 && !slices.ContainsFunc(e.entry.Parents, func(p engine.Digest) bool { return !closed[p] })
			if !closed[e.entry.ID] && e.payload != nil && e.entry.Vault == first && follows {
				closed[e.entry.ID], grown = true, true
			}
		}
	}
	return closed
}

func lostEntry(e questionnaires.Entry) LostEntry {
	return LostEntry{ID: e.ID, Action: e.Action, Subject: e.Subject}
}

func stranded(e carvedEntry) StrandedEntry {
	return StrandedEntry{
		LostEntry: lostEntry(e.entry), Assessment: e.entry.Assessment, Parents: e.entry.Parents, Author: e.entry.Author,
		Time: e.entry.Time.UTC().Format(entryTime), Payload: e.payload, Digest: e.entry.Digest, Signature: e.entry.Signature,
	}
}

// expunged knows the tombstones, also those that the history cannot hold any more:
// what was expunged is not salvaged.
func (f *findings) expunged() {
	for _, t := range f.history.Tombstones() {
		f.gone[t.Digest] = true
	}
	for _, e := range f.report.Stranded {
		var t questionnaires.Tombstone
		if e.Action == questionnaires.EvidenceExpunged && json.Unmarshal(e.Payload, &t) == nil {
			f.gone[t.Digest] = true
		}
	}
	for digest := range f.gone {
		delete(f.whole, digest)
	}
}

// documents asks for every body that something names.
func (f *findings) documents() error {
	missing := map[engine.Digest]*LostDocument{}
	var order []engine.Digest
	need := func(digest engine.Digest, format string, args ...any) {
		if _, there := f.whole[digest]; there || f.gone[digest] {
			return
		}
		if missing[digest] == nil {
			missing[digest] = &LostDocument{Digest: digest}
			order = append(order, digest)
		}
		if what := fmt.Sprintf(format, args...); len(missing[digest].What) < 10 && !slices.Contains(missing[digest].What, what) {
			missing[digest].What = append(missing[digest].What, what)
		}
	}
	for _, item := range f.history.Evidence() {
		title := "result"
		if item.File != nil {
			title = item.File.Name
		}
		need(item.Digest(), "%s, %s", item.Label(), title)
	}
	if err := f.runs(need); err != nil {
		return err
	}
	for _, row := range slices.Sorted(maps.Keys(f.c.documents)) {
		if d := f.c.documents[row]; !d.digest.IsZero() {
			need(d.digest, "a document of %d bytes", d.size)
		}
	}
	for _, digest := range order {
		f.report.LostDocuments = append(f.report.LostDocuments, *missing[digest])
	}
	f.report.Documents = len(f.whole)
	return nil
}

// runs asks for what the recorded runs name.
func (f *findings) runs(need func(engine.Digest, string, ...any)) error {
	there := map[engine.Digest]bool{}
	for _, run := range f.c.runs {
		there[run.digest] = true
		need(run.head, "run %s", run.digest.Short())
	}
	recorded, err := f.history.Runs()
	if err != nil {
		return err
	}
	for _, run := range recorded {
		if !there[run.Run] {
			f.report.LostRuns = append(f.report.LostRuns, run.Run)
		}
		for _, t := range run.Targets {
			need(t.Snapshot, "snapshot of %s", t.Target.Name)
			f.snapshot(t.Snapshot, need)
		}
	}
	return nil
}

// snapshot asks for what a snapshot lists, if it is there itself.
func (f *findings) snapshot(digest engine.Digest, need func(engine.Digest, string, ...any)) {
	var s engine.Snapshot
	if json.Unmarshal(f.body(digest), &s) != nil {
		return
	}
	for _, e := range s.Entries {
		need(e.Digest, "%s of %s", e.Ref, s.Target.Name)
	}
}
