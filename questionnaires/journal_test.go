package questionnaires

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// journal writes entries as a vault does, so that tests read like an engagement.
type journal struct {
	t       *testing.T
	entries []Entry
	bodies  map[engine.Digest][]byte
	now     time.Time
	ids     int
	known   *known // what was found out about entries before; nil: find out anew
}

func person(t *testing.T, name string, seed byte) *Signer {
	t.Helper()
	s, err := NewSigner(name, ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	return s
}

func found(t *testing.T, s *Signer) *journal {
	t.Helper()
	j := &journal{t: t, bodies: map[engine.Digest][]byte{}, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	draft, err := NewVault("Copperline Outfitters", s)
	require.NoError(t, err)
	j.sign(s, nil, draft)
	return j
}

// sign adds an entry whose author saw the given tips.
func (j *journal) sign(s *Signer, saw []engine.Digest, d Draft) Entry {
	j.t.Helper()
	j.now = j.now.Add(time.Minute)
	var vault engine.Digest
	if len(j.entries) > 0 {
		vault = j.entries[0].ID
	}
	e, body, err := SignEntry(s, vault, saw, d, j.now)
	require.NoError(j.t, err)
	j.entries, j.bodies[e.Digest] = append(j.entries, e), body
	return e
}

// write adds an entry after everything there is.
func (j *journal) write(s *Signer, d Draft) Entry {
	j.t.Helper()
	return j.sign(s, j.history().Tips(), d)
}

func (j *journal) payload(e Entry) ([]byte, error) {
	if b, known := j.bodies[e.Digest]; known {
		return b, nil
	}
	return nil, errors.New("not to hand")
}

func (j *journal) history() *History {
	j.t.Helper()
	h, err := NewHistory(j.entries, j.payload)
	require.NoError(j.t, err)
	if j.known != nil {
		h.known = j.known
	}
	return h
}

func (j *journal) newID() (ID, error) {
	j.ids++
	return ID(fmt.Sprintf("%032x", j.ids)), nil
}

// small is a catalogue of five requirements that shows every rule.
func small(t *testing.T) *Catalogue {
	t.Helper()
	id := MustRequirementID
	requirements := []Requirement{
		{ID: id("1.2.5"), Title: "Permitted ports", ProcedureSize: 1},
		{ID: id("1.3.1"), Title: "Inbound", ProcedureSize: 2, InformedBy: []Link{
			{Procedure: Procedure{id("1.3.1"), "b"}, Check: "namespaces-have-default-deny", Class: Direct},
			{Procedure: Procedure{id("1.3.1"), "a"}, Check: "workloads-inventory", Class: Population},
		}},
		{ID: id("2.2.6"), Title: "Parameters", ProcedureSize: 1, InformedBy: []Link{
			{Procedure: Procedure{id("2.2.6"), ""}, Check: "pods-meet-baseline", Class: Direct},
			{Procedure: Procedure{id("2.2.6"), ""}, Check: "containers-not-privileged", Class: Partial, Part: "containers"},
		}},
		{ID: id("6.4.1"), Title: "Public web applications", ProcedureSize: 1, SupersededBy: id("6.4.2")},
		{ID: id("6.4.2"), Title: "Automated protection", ProcedureSize: 1},
	}
	asks := make([]RequirementID, len(requirements))
	for i, r := range requirements {
		asks[i] = r.ID
	}
	c, err := NewCatalogue(requirements, []Questionnaire{
		{Code: "saq-d-merchant", Title: "SAQ D Merchant", Revision: "4.0.1", Requirements: asks, Responses: Responses()},
		{Code: "saq-a", Title: "SAQ A", Revision: "4.0.1 r1", Requirements: asks[:1], Responses: Responses()[:4]},
	}, map[RequirementID]string{id("1"): "Network controls", id("2"): "Secure configuration", id("6"): "Secure software"})
	require.NoError(t, err)
	return c
}

func (j *journal) assessment(s *Signer, c *Catalogue, code string) ID {
	j.t.Helper()
	id, err := j.newID()
	require.NoError(j.t, err)
	draft, err := NewAssessment(c, AssessmentDetails{ID: id, Questionnaire: code})
	require.NoError(j.t, err)
	j.write(s, draft)
	return id
}

func (j *journal) open(c *Catalogue, id ID) *Assessment {
	j.t.Helper()
	a, err := j.history().Assessment(c, id)
	require.NoError(j.t, err)
	return a
}

func (j *journal) answer(s *Signer, c *Catalogue, id ID, answer Answer) Entry {
	j.t.Helper()
	draft, err := j.open(c, id).Answer(answer)
	require.NoError(j.t, err)
	return j.write(s, draft)
}

// collect records a run with one result per verdict given.
func (j *journal) collect(s *Signer, verdicts map[string]engine.Verdict) []Evidence {
	j.t.Helper()
	return j.run(s, verdicts, nil)
}

// run collects by checks of the organisation's own, where custom says by which text.
func (j *journal) run(s *Signer, verdicts map[string]engine.Verdict, custom *engine.CustomSource) []Evidence {
	j.t.Helper()
	snapshot := engine.Snapshot{Target: engine.Target{ID: "manifests:shop", Name: "shop"}, Started: j.now, Ended: j.now}
	seen, err := SeenOf(snapshot)
	require.NoError(j.t, err)
	run := engine.Run{Snapshots: []engine.Digest{seen.Snapshot}}
	for _, check := range slices.Sorted(maps.Keys(verdicts)) {
		run.Results = append(run.Results, engine.Result{
			Check: check, Version: 1, Target: "manifests:shop", Verdict: verdicts[check], Custom: custom,
			Details: []engine.Detail{{Subject: engine.Ref{Kind: "Pod", Name: "api"}, Verdict: verdicts[check], Sentence: check}},
		})
	}
	said, err := run.Summary()
	require.NoError(j.t, err)
	items, err := j.history().EvidenceOf(said, []TargetSeen{seen}, func(check string) string { return check }, j.newID)
	require.NoError(j.t, err)
	j.write(s, Draft{Action: RunRecorded, Subject: "run", Payload: RecordedRun{Run: said.Digest, Targets: []TargetSeen{seen}, Evidence: items}})
	return items
}

func shuffled(entries []Entry, seed uint64) []Entry {
	mixed := slices.Clone(entries)
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return append(mixed, mixed[:len(mixed)/2]...)
}
