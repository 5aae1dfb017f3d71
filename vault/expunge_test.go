package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// plain is the base as anybody decrypts it, with the program age where it is there.
func (d *desk) plain() []byte {
	d.t.Helper()
	if _, err := exec.LookPath("age"); err != nil {
		d.t.Log("age is not installed: its library decrypts instead")
		opened, err := age.Decrypt(bytes.NewReader(d.bytes()), d.identity)
		require.NoError(d.t, err)
		b, err := io.ReadAll(opened)
		require.NoError(d.t, err)
		return b
	}
	key := filepath.Join(d.t.TempDir(), "me")
	require.NoError(d.t, os.WriteFile(key, []byte(d.identity.String()+"\n"), 0o600))
	var failure bytes.Buffer
	command := exec.Command("age", "-d", "-i", key, d.path)
	command.Stderr = &failure
	b, err := command.Output()
	require.NoError(d.t, err, "%s", &failure)
	return b
}

func attach(t *testing.T, v *Vault, name string, body []byte) questionnaires.Evidence {
	t.Helper()
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: name}, name, bytes.NewReader(body))
	require.NoError(t, err)
	return item
}

func expunge(t *testing.T, v *Vault, label, reason string) questionnaires.Entry {
	t.Helper()
	h, err := v.History(t.Context())
	require.NoError(t, err)
	item, err := h.EvidenceByLabel(label)
	require.NoError(t, err)
	draft, err := h.Expunge(item, reason)
	require.NoError(t, err)
	e, err := v.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	return e
}

func TestExpungedFileIsGoneAndItsTombstoneStays(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	card, policy := scattered(rand.New(rand.NewPCG(1, 1)), 700_000), scattered(rand.New(rand.NewPCG(2, 1)), 5000)
	attach(t, v, "slip.png", card)
	attach(t, v, "policy.md", policy)
	attach(t, v, "slip again.png", card)
	before := d.bytes()
	told := 0
	h, err := v.History(t.Context())
	require.NoError(t, err)
	item, err := h.EvidenceByLabel("Evidence-1")
	require.NoError(t, err)
	draft, err := h.Expunge(item, "a card number stood on it")
	require.NoError(t, err)
	e, err := v.Expunge(t.Context(), draft, func(done, total int64) { told = int(100 * done / total) })
	require.NoError(t, err)
	assert.Equal(t, 100, told)
	assert.NotEqual(t, before[:200], d.bytes()[:200], "sealed with a fresh key")
	assert.Empty(t, d.log(), "the log of before is gone")

	check := func(v *Vault) {
		h, err := v.History(t.Context())
		require.NoError(t, err)
		require.NoError(t, h.Verify(e.ID))
		for _, label := range []string{"Evidence-1", "Evidence-3"} {
			item, err := h.EvidenceByLabel(label)
			require.NoError(t, err)
			require.NotNil(t, item.Expunged, "the same bytes under another number are gone too")
			_, err = v.OpenEvidence(t.Context(), item.Digest())
			var expunged *ExpungedError
			require.ErrorAs(t, err, &expunged)
			require.ErrorContains(t, err, "by Ada Auditor: a card number stood on it")
			_, err = v.Body(t.Context(), item.Digest())
			require.ErrorAs(t, err, &expunged)
		}
		r, err := v.OpenEvidence(t.Context(), engine.Sum(policy))
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, policy, got)
		require.NoError(t, v.Verify(t.Context()), "a tombstone is no damage")
	}
	check(v)
	again, err := h.Expunge(item, "again")
	require.NoError(t, err, "by a history of before")
	_, err = v.Expunge(t.Context(), again, nil)
	require.NoError(t, err, "it does no harm")
	require.NoError(t, v.Close())
	check(d.open())
}

func TestExpungedBodyIsNotTakenInAgain(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	r := rand.New(rand.NewPCG(5, 1))
	card := scattered(r, 900_000)
	pieces := newFragments()
	pieces.add(card)
	attach(t, v, "slip.png", card)
	expunge(t, v, "Evidence-1", "a card number")
	for name, from := range map[string]io.Reader{"a file": bytes.NewReader(card), "a stream": io.MultiReader(bytes.NewReader(card))} {
		_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "again"}, "again.png", from)
		var expunged *ExpungedError
		require.ErrorAs(t, err, &expunged, name)
		assert.Regexp(t, `attach "again.png": .*document [0-9a-f]{12} was expunged on 2026-05-04 by Ada Auditor: a card number`, err.Error())
		require.NoError(t, v.Compact(t.Context(), nil))
		assert.Zero(t, pieces.found(d.plain()), name)
	}
	err := v.Update(t.Context(), func(tx *Tx) error {
		return tx.PutDocument(engine.Document{Digest: engine.Sum(card), Body: card})
	})
	require.ErrorContains(t, err, "was expunged on")
	assert.Equal(t, 2, attach(t, v, "other.png", []byte("another")).Number, "its number is not given again")
}

func TestWhatListsOthersIsNotExpunged(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	digests := collected(t, v)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), questionnaires.Draft{Action: questionnaires.ScopeSet}, nil)
	require.ErrorContains(t, err, "expunges nothing")
	draft, err := h.ExpungeDocument(engine.Sum([]byte("nowhere")), "a secret")
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), draft, nil)
	require.ErrorIs(t, err, ErrAbsent)
	for _, list := range []engine.Digest{digests.snapshot, digests.head} {
		draft := questionnaires.Draft{Action: questionnaires.EvidenceExpunged, Payload: questionnaires.Tombstone{Digest: list, Reason: "x"}}
		_, err = v.Expunge(t.Context(), draft, nil)
		require.ErrorContains(t, err, "lists what was seen")
	}
	assert.Empty(t, h.Tombstones())
	after, err := v.History(t.Context())
	require.NoError(t, err)
	assert.Equal(t, h.Head(), after.Head(), "what was refused left no entry")
}

// listed are the digests of one collection of one object.
type listed struct{ document, snapshot, head, result engine.Digest }

func collected(t *testing.T, v *Vault) listed {
	t.Helper()
	check := engine.Check{ID: "pods-named", Version: 1, Needs: []engine.Kind{{Kind: "Pod"}}, Eval: func(view *engine.View) []engine.Detail {
		var all []engine.Detail
		for _, o := range view.Objects(engine.Kind{Kind: "Pod"}) {
			all = append(all, engine.Detail{Subject: o.Ref, Verdict: engine.Pass, Sentence: "It has a name.", Cites: []engine.Digest{o.Digest}})
		}
		return all
	}}
	done, err := v.Collect(t.Context(), Collection{Collectors: []engine.Collector{onePod{}}, Checks: []engine.Check{check}})
	require.NoError(t, err)
	var l listed
	l.document, l.snapshot = engine.Sum(podBody), done.Recorded.Targets[0].Snapshot
	l.result = done.Recorded.Evidence[0].Digest()
	require.NoError(t, v.lookup(t.Context(), func(db *database) error {
		heads, err := db.digests("select head from runs")
		l.head = heads[0]
		return err
	}))
	return l
}

var podBody = []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api"},"password":"hunter2-hunter2-hunter2"}`)

// onePod collects one object, into which a secret slipped.
type onePod struct{}

func (onePod) Source() string { return "cluster" }

func (onePod) Collect(_ context.Context, in engine.Intake) (engine.Snapshot, error) {
	ref := engine.Ref{Kind: "Pod", Name: "api"}
	digest := engine.Sum(podBody)
	if err := in.Document(engine.Document{Ref: ref, Digest: digest, Body: podBody}); err != nil {
		return engine.Snapshot{}, err
	}
	return engine.Snapshot{
		Target: engine.Target{ID: "manifests:shop", Name: "shop"}, Entries: []engine.Entry{{Ref: ref, Digest: digest}},
		Populations: []engine.Population{{Kind: engine.Kind{Kind: "Pod"}, Count: 1, Complete: true}},
	}, nil
}

func TestDocumentAndResultAreExpungedByDigest(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	l := collected(t, v)
	for _, digest := range []engine.Digest{l.document, l.result} {
		h, err := v.History(t.Context())
		require.NoError(t, err)
		draft, err := h.ExpungeDocument(digest, "a password slipped in")
		require.NoError(t, err)
		_, err = v.Expunge(t.Context(), draft, nil)
		require.NoError(t, err)
	}
	pieces := newFragments()
	pieces.add([]byte("hunter2-hunter2-hunter2"))
	assert.Zero(t, pieces.found(d.plain()))
	require.NoError(t, v.Verify(t.Context()))
	snapshot, err := v.Snapshot(t.Context(), l.snapshot)
	require.NoError(t, err)
	assert.Equal(t, l.document, snapshot.Entries[0].Digest, "the snapshot still says that it was seen")
	h, err := v.History(t.Context())
	require.NoError(t, err)
	item := h.Evidence()[0]
	require.NotNil(t, item.Expunged)
	run, err := v.Run(t.Context(), item.Result.Run)
	require.NoError(t, err)
	assert.Equal(t, []engine.Result{{Check: "pods-named", Version: 1, Target: "manifests:shop", Verdict: engine.Pass}}, run.Results)

	// Seen again it is not kept again, and what needs it says so.
	again, err := v.Collect(t.Context(), Collection{Collectors: []engine.Collector{onePod{}}, Checks: []engine.Check{{
		ID: "pods-named", Version: 1, Needs: []engine.Kind{{Kind: "Pod"}},
		Eval: func(view *engine.View) []engine.Detail { _ = view.Objects(engine.Kind{Kind: "Pod"}); return nil },
	}}})
	require.NoError(t, err)
	run, err = v.Run(t.Context(), again.Recorded.Run)
	require.NoError(t, err)
	require.Len(t, run.Results, 1)
	assert.Equal(t, engine.Unknown, run.Results[0].Verdict)
	assert.Contains(t, fmt.Sprint(run.Results[0].Details), "expunged")
	require.NoError(t, v.Verify(t.Context()))
}

// TestNothingSurvivesExpunging takes files of many sizes in, some not to their end,
// compacts now and then, expunges some, and looks for sixteen bytes of them in what
// age decrypts.
func TestNothingSurvivesExpunging(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 11))
		d := newDesk(t)
		v := d.create()
		sizes := []int{100, 1000, 3900, 4096, 9000, 70_000, 262_144, 400_000, 3_000_000}
		bodies := map[questionnaires.ID][]byte{}
		for i := range 30 {
			body := scattered(r, sizes[r.IntN(len(sizes))]+r.IntN(20))
			if r.IntN(3) == 0 { // it breaks off, and is taken in later
				broken := io.MultiReader(bytes.NewReader(body), failing{})
				_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "x"}, "x", broken)
				require.ErrorContains(t, err, "pulled out")
			}
			item := attach(t, v, fmt.Sprint("file ", i), body)
			bodies[item.ID] = body
			appendAnswers(t, v, fmt.Sprint("answer ", i))
			if r.IntN(8) == 0 {
				require.NoError(t, v.Compact(t.Context(), nil))
			}
		}
		h, err := v.History(t.Context())
		require.NoError(t, err)
		expunged, kept := newFragments(), 0
		for _, item := range h.Evidence() {
			if r.IntN(6) > 0 {
				kept++
				continue
			}
			expunge(t, v, item.Label(), "the end of its retention")
			expunged.add(bodies[item.ID])
			delete(bodies, item.ID)
			assert.Zero(t, expunged.found(d.plain()), "seed %d", seed)
		}
		require.NotZero(t, kept)
		require.NoError(t, v.Verify(t.Context()))
		for _, body := range bodies {
			got, err := v.Body(t.Context(), engine.Sum(body))
			require.NoError(t, err)
			require.True(t, bytes.Equal(body, got))
		}
		require.NoError(t, v.Close())
	}
}

// What was typed into a form goes with what is expunged, unless it waits to be sent
// still: age and sqlite3 find it nowhere.
func TestExpungingLeavesNothingOfWhatWasTyped(t *testing.T) {
	if missing := strangersTools(); missing != "" {
		t.Fatalf("%s is needed: nobody else can look into the vault", missing)
	}
	const typed = "the slip shows %s of the holder"
	d := newDesk(t)
	v := d.create()
	attach(t, v, "slip.png", []byte("a slip"))
	keep := func(form, text string) {
		u := questionnaires.Unsent{Form: form}
		if text != "" {
			u.Texts = map[string]string{"Text": text + strings.Repeat(" and so on", 900)} // longer than a page
		}
		_, err := v.Append(t.Context(), questionnaires.Draft{Assessment: "a1", Action: questionnaires.UnsentKept, Subject: "unsent " + form, Payload: u})
		require.NoError(t, err)
	}
	gone := []string{"number", "name", "code", "expiry"}
	for _, word := range gone[:2] {
		keep("sent", fmt.Sprintf(typed, word))
	}
	keep("sent", "")
	keep("waits", fmt.Sprintf(typed, gone[2]))
	require.NoError(t, v.Compact(t.Context(), nil))
	assert.Len(t, history(t, v).SideLog(), 2, "what was left out is not at hand either")
	keep("waits", fmt.Sprintf(typed, gone[3]))
	keep("waits", "nobody has read this yet")

	look := func() string {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "shop.vault"), d.bytes(), 0o600))
		if log := d.log(); len(log) > 0 {
			require.NoError(t, os.WriteFile(filepath.Join(folder, "shop.vault-wal"), log, 0o600))
		}
		strangerRecovers(t, folder, d.identity.String())
		out, err := exec.Command("sqlite3", filepath.Join(folder, "a.db"), "select cast(payload as text) from entries").Output()
		require.NoError(t, err)
		raw, err := os.ReadFile(filepath.Join(folder, "a.db"))
		require.NoError(t, err)
		return string(out) + string(raw)
	}
	require.Contains(t, look(), fmt.Sprintf(typed, "expiry"), "until something is expunged")
	expunge(t, v, "Evidence-1", "a card number stood on it")
	assert.Empty(t, d.log())
	after := look()
	for _, word := range gone {
		assert.NotContains(t, after, fmt.Sprintf(typed, word))
	}
	assert.Contains(t, after, "nobody has read this yet", "what waits to be sent stays")
	holds(t, v)
	require.NoError(t, v.Close())
	v = d.open()
	holds(t, v)
	assert.Len(t, history(t, v).SideLog(), 2, "that one was sent, and what waits")
}

// failing is a medium that is pulled out.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the medium was pulled out") }
