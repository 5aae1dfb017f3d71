package vault

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// The vault that is measured: everything in it follows from these numbers.
const (
	benchCollections = 10
	benchDocuments   = 10_000 // of each collection
	benchSize        = 7_300  // random bytes in each, which take a third more as text
	benchAnswers     = 5_000
	benchSaves       = 300 // further answers, which plain SQLite is given too
	benchIdentity    = "AGE-SECRET-KEY-1N35MM8SLJ4DQ6FGXAT4HC7DZU9PSKGWCJ0JG26S86TGM6VAKQWRSVQ3TEQ"
)

// benchFixture is a folder with the vault of 1 GB and what stands beside it.
type benchFixture struct{ folder string }

func (f benchFixture) vault() string { return filepath.Join(f.folder, "large.vault") }
func (f benchFixture) plain() string { return filepath.Join(f.folder, "plain.db") }
func (f benchFixture) saves() string { return filepath.Join(f.folder, "saves.gob") }

func benchKey(t testing.TB) *age.X25519Identity {
	t.Helper()
	identity, err := age.ParseX25519Identity(benchIdentity)
	require.NoError(t, err)
	return identity
}

// benchRandom is a stream of bytes that is the same in every run.
func benchRandom(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}

// benchCollector is a source of documents that hardly pack: size bytes of random
// text in each.
type benchCollector struct {
	name    string
	n, size int
	seed    uint64
}

func (c benchCollector) Source() string { return c.name }

func (c benchCollector) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s := engine.Snapshot{
		Target: engine.Target{ID: "k8s:" + c.name, Name: c.name}, Canonical: engine.CanonicalVersion,
		Started: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), Ended: time.Date(2026, 5, 4, 8, 1, 0, 0, time.UTC),
		Entries: make([]engine.Entry, 0, c.n),
	}
	random, raw := benchRandom(c.seed), make([]byte, c.size)
	for i := range c.n {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		_, _ = random.Read(raw)
		ref := engine.Ref{Kind: "Pod", Namespace: fmt.Sprintf("team-%d", i%40), Name: fmt.Sprintf("api-%d", i)}
		body := fmt.Appendf(nil, `{"kind":"Pod","metadata":{"name":%q,"namespace":%q},"pad":"%s"}`, ref.Name, ref.Namespace, base64.StdEncoding.EncodeToString(raw))
		doc := engine.NewDocument(ref, body)
		if err := to.Document(doc); err != nil {
			return s, err
		}
		s.Entries = append(s.Entries, engine.Entry{Ref: ref, Digest: doc.Digest})
	}
	s.Populations = []engine.Population{{Kind: pods, Count: c.n, Complete: true}}
	s.Sort()
	return s, nil
}

// benchCheck says one thing of a whole cluster.
func benchCheck() engine.Check {
	c := podsAreNamed()
	c.Eval = func(view *engine.View) []engine.Detail {
		return []engine.Detail{{Verdict: engine.Pass, Subject: engine.Ref{Kind: "Cluster"}, Sentence: "All pods are named."}}
	}
	return c
}

func benchCollect(t testing.TB, v *Vault, c benchCollector) {
	t.Helper()
	_, err := v.Collect(t.Context(), Collection{Collectors: []engine.Collector{c}, Checks: []engine.Check{benchCheck()}})
	require.NoError(t, err)
}

// benchDrafts are n answers to the assessment's requirements in turn, as its rules
// give them out.
func benchDrafts(t testing.TB, v *Vault, first, n int) []questionnaires.Draft {
	t.Helper()
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	id, err := h.Choose("")
	require.NoError(t, err)
	a, err := h.Assessment(catalogue, id)
	require.NoError(t, err)
	asked, evidence := a.Requirements(), h.Evidence()
	random, drafts := rand.New(benchRandom(uint64(first)+1)), make([]questionnaires.Draft, n)
	for i := range drafts {
		number := first + i
		drafts[i], err = a.Answer(questionnaires.Answer{
			Requirement: asked[number%len(asked)].ID, Response: questionnaires.InPlace, Methods: []questionnaires.Method{questionnaires.Examine},
			Evidence:  []questionnaires.ID{evidence[number%len(evidence)].ID},
			Narrative: fmt.Sprintf("Revision %d: examined the configuration standard and %d of %d systems of the sample; ticket CHG-%d names the owner. Seen with the platform team, no exception was found, and the setting is enforced by the pipeline (%x).", number, random.IntN(20)+1, 25, number, random.Uint64()),
		})
		require.NoError(t, err)
	}
	return drafts
}

// largeVault returns the vault of 1 GB, which is built once and then kept.
func largeVault(t *testing.T) benchFixture {
	t.Helper()
	kept, err := filepath.Abs(fmt.Sprintf("../.cache/bench-vault/schema-%d", schemaVersion))
	require.NoError(t, err)
	f := benchFixture{kept}
	if _, err := os.Stat(f.saves()); err == nil {
		return f
	}
	require.NoError(t, os.RemoveAll(kept))
	require.NoError(t, os.MkdirAll(kept, 0o700))
	t.Log("building the vault of 1 GB, once")
	f.buildVault(t)
	f.buildPlain(t)
	return f
}

func (f benchFixture) buildVault(t *testing.T) {
	key := benchKey(t)
	ids := benchRandom(7)
	v, err := Create(t.Context(), f.vault(), []age.Recipient{key.Recipient()}, WithAuthor(signer(t, "Ada Auditor", 1)), ForEntity("Corner Shop"), WithRandom(ids))
	require.NoError(t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	assessment, err := questionnaires.NewID(ids)
	require.NoError(t, err)
	draft, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: assessment, Questionnaire: "saq-d-merchant", Name: "2026"})
	require.NoError(t, err)
	_, err = v.Append(t.Context(), draft)
	require.NoError(t, err)
	for i := range benchCollections {
		benchCollect(t, v, benchCollector{name: fmt.Sprintf("shop-%d", i), n: benchDocuments, size: benchSize, seed: uint64(i) + 100})
	}
	const batch = 500
	for first := 0; first < benchAnswers; first += batch {
		_, err := v.Append(t.Context(), benchDrafts(t, v, first, batch)...)
		require.NoError(t, err)
	}
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
}

// buildPlain makes an ordinary SQLite file of the vault, and of what further saves
// add to it a list of rows.
func (f benchFixture) buildPlain(t *testing.T) {
	f.decrypt(t, f.vault(), f.plain())
	more := benchFixture{f.folder + "/more"}
	defer os.RemoveAll(more.folder)
	require.NoError(t, os.Mkdir(more.folder, 0o700))
	require.NoError(t, os.Link(f.vault(), more.vault()))
	v := benchOpen(t, more.vault())
	for _, d := range benchDrafts(t, v, benchAnswers, benchSaves) {
		_, err := v.Append(t.Context(), d)
		require.NoError(t, err)
	}
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	f.decrypt(t, more.vault(), more.plain())
	saves := rowsBeyond(t, f.plain(), more.plain(), benchSaves)
	file, err := os.Create(f.saves())
	require.NoError(t, err)
	require.NoError(t, gob.NewEncoder(file).Encode(saves))
	require.NoError(t, file.Close())
}

// decrypt is what a stranger does to a compacted vault.
func (f benchFixture) decrypt(t *testing.T, vault, into string) {
	in, err := os.Open(vault)
	require.NoError(t, err)
	defer in.Close()
	plain, err := age.Decrypt(bufio.NewReaderSize(in, 1<<20), benchKey(t))
	require.NoError(t, err)
	out, err := os.Create(into)
	require.NoError(t, err)
	_, err = io.Copy(out, plain)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

func (f benchFixture) readSaves(t testing.TB) []plainSave {
	file, err := os.Open(f.saves())
	require.NoError(t, err)
	defer file.Close()
	var saves []plainSave
	require.NoError(t, gob.NewDecoder(file).Decode(&saves))
	return saves
}

// scratch is the vault under another name, with a log and a lock of its own. The
// base is never written, so it need not be copied.
func (f benchFixture) scratch(t testing.TB) string {
	t.Helper()
	return scratchOf(t, f.folder, f.vault())
}

func scratchOf(t testing.TB, folder, vault string) string {
	t.Helper()
	folder, err := os.MkdirTemp(folder, "scratch-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "large.vault")
	require.NoError(t, os.Link(vault, path))
	return path
}

func benchOpen(t testing.TB, path string, opts ...Option) *Vault {
	t.Helper()
	v, err := Open(t.Context(), path, []age.Identity{benchKey(t)}, append([]Option{WithAuthor(signer(t, "Ada Auditor", 1))}, opts...)...)
	require.NoError(t, err)
	return v
}

// firstAnswer reads the first answer of a vault from its stored bytes.
func firstAnswer(t testing.TB, v *Vault) {
	t.Helper()
	h, err := v.History(t.Context())
	require.NoError(t, err)
	for _, e := range h.Entries() {
		if e.Action == questionnaires.AnswerGiven {
			body, err := v.payload(e)
			require.NoError(t, err)
			var a questionnaires.Answer
			require.NoError(t, json.Unmarshal(body, &a))
			require.NotEmpty(t, a.Narrative)
			return
		}
	}
	t.Fatal("no answer")
}
