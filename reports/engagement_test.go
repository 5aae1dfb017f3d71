package reports_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

var id = questionnaires.MustRequirementID

// cited is a document that a detail rests on.
var cited = engine.Sum([]byte("a namespace"))

// engagement is a small assessment: two people, one cluster that was read with a
// role that lacks network policies, and an answer of every kind.
type engagement struct {
	t         *testing.T
	mara      *questionnaires.Signer
	jonas     *questionnaires.Signer
	entries   []questionnaires.Entry
	bodies    map[engine.Digest][]byte
	snapshots map[engine.Digest]engine.Snapshot
	now       time.Time
	ids       int
	catalogue *questionnaires.Catalogue
	id        questionnaires.ID
	evidence  []questionnaires.Evidence
}

func (e *engagement) History(context.Context) (*questionnaires.History, error) {
	return questionnaires.NewHistory(e.entries, func(entry questionnaires.Entry) ([]byte, error) {
		if b, known := e.bodies[entry.Digest]; known {
			return b, nil
		}
		return nil, errors.New("not to hand")
	})
}

func (e *engagement) Snapshot(_ context.Context, d engine.Digest) (engine.Snapshot, error) {
	return e.snapshots[d], nil
}

func (e *engagement) Documents(context.Context) engine.Documents {
	return func(d engine.Digest) ([]byte, error) {
		body, there := e.bodies[d]
		if !there {
			return nil, errors.New("not to hand")
		}
		return body, nil
	}
}

func newEngagement(t *testing.T) *engagement {
	t.Helper()
	e := &engagement{
		t: t, bodies: map[engine.Digest][]byte{}, snapshots: map[engine.Digest]engine.Snapshot{},
		now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), catalogue: catalogue(t),
	}
	e.mara, e.jonas = signer(t, "Mara Lindqvist", 1), signer(t, "Jonas Feld", 2)
	founding, err := questionnaires.NewVault("Copperline Outfitters", e.mara)
	require.NoError(t, err)
	e.write(e.mara, founding)
	e.write(e.mara, questionnaires.Draft{Action: questionnaires.AuthorEnrolled, Subject: "author", Payload: e.jonas.Enrolment()})
	history, err := e.History(t.Context())
	require.NoError(t, err)
	scope, err := history.SetScope(e.catalogue, questionnaires.Scope{
		Zones:             map[string][]engine.Selector{"cde": {{Namespaces: []string{"pay"}}}},
		TrustedRegistries: []string{"registry.copperline.example/pay"}, Description: "The web shop's cluster; the warehouse is out of scope.",
	})
	require.NoError(t, err)
	e.write(e.mara, scope)
	e.id = e.newID()
	draft, err := questionnaires.NewAssessment(e.catalogue, questionnaires.AssessmentDetails{
		ID: e.id, Questionnaire: "saq-d-merchant", Name: "Web shop 2026", Service: "web shop",
		From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC),
	})
	require.NoError(t, err)
	e.write(e.mara, draft)
	return e
}

// done is an engagement with evidence and answers.
func done(t *testing.T) *engagement {
	t.Helper()
	e := newEngagement(t)
	e.collect()
	e.attach("Ports, as the network team keeps them", "ports.csv")
	e.attach("Till slip of 12 October", "slip.png")
	e.expunge(e.evidence[4], "A card number stood on it")
	e.answer(e.mara, questionnaires.Answer{
		Requirement: id("1.2.5"), Response: questionnaires.InPlace, Narrative: "The list of ports was compared with the policies.\nTwo were dropped.",
		Methods: []questionnaires.Method{questionnaires.Examine, questionnaires.Interview}, Evidence: []questionnaires.ID{e.evidence[2].ID},
	})
	e.answer(e.jonas, questionnaires.Answer{
		Requirement: id("1.3.1"), Response: questionnaires.NotTested, Narrative: "Left to the network team's own assessment.", Untested: "All of it.",
	})
	e.answer(e.jonas, questionnaires.Answer{
		Requirement: id("2.2.6"), Response: questionnaires.NotInPlace, Narrative: "One container is privileged until March.",
		Remedy:   questionnaires.Remedy{Target: "2027-03-31"},
		Evidence: []questionnaires.ID{e.evidence[0].ID},
	})
	e.answer(e.mara, questionnaires.Answer{
		Requirement: id("6.4.1"), Response: questionnaires.NotApplicable, Narrative: "Superseded by 6.4.2 on 2025-03-31.",
	})
	e.answer(e.mara, questionnaires.Answer{
		Requirement: id("6.4.2"), Response: questionnaires.InPlaceWithCCW, Narrative: "A proxy blocks known attacks.",
		Evidence: []questionnaires.ID{e.evidence[2].ID, e.evidence[4].ID},
	})
	return e
}

func (e *engagement) attach(title, name string) {
	e.t.Helper()
	h, err := e.History(context.Background())
	require.NoError(e.t, err)
	item := questionnaires.Evidence{
		ID: e.newID(), Number: h.LastNumber(questionnaires.OtherEvidence) + 1, Title: title, Collected: e.now,
		File: &questionnaires.FileSource{Digest: engine.Sum([]byte(name)), Name: name, Size: 2048, Obtained: "provided by the entity"},
	}
	e.write(e.mara, questionnaires.Draft{Action: questionnaires.EvidenceAttached, Subject: "evidence", Payload: item})
	e.evidence = append(e.evidence, item)
}

func (e *engagement) expunge(item questionnaires.Evidence, reason string) {
	e.t.Helper()
	h, err := e.History(context.Background())
	require.NoError(e.t, err)
	draft, err := h.Expunge(item, reason)
	require.NoError(e.t, err)
	e.write(e.jonas, draft)
}

func signer(t *testing.T, name string, seed byte) *questionnaires.Signer {
	t.Helper()
	s, err := questionnaires.NewSigner(name, ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	return s
}

func catalogue(t *testing.T) *questionnaires.Catalogue {
	t.Helper()
	link := func(r, check string) []questionnaires.Link {
		return []questionnaires.Link{{Procedure: questionnaires.Procedure{Requirement: id(r)}, Check: check, Class: questionnaires.Direct}}
	}
	requirements := []questionnaires.Requirement{
		{ID: id("1.2.5"), Title: "Ports and services in use are known", ProcedureSize: 1},
		{ID: id("1.3.1"), Title: "Traffic into the cardholder data environment is restricted", ProcedureSize: 1, InformedBy: link("1.3.1", "default-deny")},
		{ID: id("2.2.6"), Title: "Settings keep systems from misuse", ProcedureSize: 1, InformedBy: link("2.2.6", "containers-not-privileged")},
		{ID: id("6.4.1"), Title: "Public web applications are reviewed", ProcedureSize: 1, SupersededBy: id("6.4.2")},
		{ID: id("6.4.2"), Title: "Public web applications are protected", ProcedureSize: 1},
		{ID: id("8.3.9"), Title: "Passwords are changed", ProcedureSize: 1},
	}
	var asks []questionnaires.RequirementID
	for _, r := range requirements {
		asks = append(asks, r.ID)
	}
	c, err := questionnaires.NewCatalogue(requirements, []questionnaires.Questionnaire{
		{Code: "saq-d-merchant", Title: "SAQ D for merchants: all others", Revision: "October 2024", Requirements: asks, Responses: questionnaires.Responses()},
		{Code: "saq-a", Title: "SAQ A: all outsourced", Revision: "January 2025", Requirements: asks[:1], Responses: questionnaires.Responses()[:4]},
		{Code: "roc", Title: "Report on Compliance", Revision: "January 2025", Requirements: asks, Responses: questionnaires.Responses(), PerProcedure: true},
	}, map[questionnaires.RequirementID]string{
		id("1"): "Network controls", id("2"): "Secure configuration", id("6"): "Secure software", id("8"): "Identification",
	})
	require.NoError(t, err)
	return c
}

func (e *engagement) newID() questionnaires.ID {
	e.ids++
	return questionnaires.ID(fmt.Sprintf("%032x", e.ids))
}

func (e *engagement) write(s *questionnaires.Signer, d questionnaires.Draft) {
	e.t.Helper()
	e.now = e.now.Add(time.Minute)
	var vault engine.Digest
	var tips []engine.Digest
	if len(e.entries) > 0 {
		h, err := e.History(context.Background())
		require.NoError(e.t, err)
		vault, tips = h.Vault(), h.Tips()
	}
	entry, body, err := questionnaires.SignEntry(s, vault, tips, d, e.now)
	require.NoError(e.t, err)
	e.entries, e.bodies[entry.Digest] = append(e.entries, entry), body
}

func (e *engagement) assessment() *questionnaires.Assessment {
	e.t.Helper()
	h, err := e.History(context.Background())
	require.NoError(e.t, err)
	a, err := h.Assessment(e.catalogue, e.id)
	require.NoError(e.t, err)
	return a
}

func (e *engagement) answer(s *questionnaires.Signer, answer questionnaires.Answer) {
	e.t.Helper()
	draft, err := e.assessment().Answer(answer)
	require.NoError(e.t, err)
	e.write(s, draft)
}

// collect records one collection in which network policies were forbidden.
func (e *engagement) collect() {
	e.t.Helper()
	snapshot := engine.Snapshot{
		Target:    engine.Target{ID: "k8s:1b4e28ba-2fa1-11d2-883f-0016d3cca427", Name: "shop-prod", ServerVersion: "v1.37.2"},
		Collector: engine.Identity{Name: "system:serviceaccount:audit:tickmark"}, Tool: engine.Tool{Name: "tickmark", Version: "0.1.0"},
		Canonical: "1", Redaction: "1", Started: e.now, Ended: e.now.Add(20 * time.Second),
		Populations: []engine.Population{{Kind: engine.Kind{Kind: "Pod"}, Count: 2, Complete: true, Query: "GET /api/v1/pods"}},
		Gaps: []engine.Gap{{
			Source: "GET /apis/networking.k8s.io/v1/networkpolicies", Kind: engine.Kind{Group: "networking.k8s.io", Kind: "NetworkPolicy"},
			Reason: engine.Forbidden, Cause: "networkpolicies.networking.k8s.io is forbidden",
		}},
		Redacted: map[string]int{"secret-value": 4, "card-number": 1},
	}
	seen, err := questionnaires.SeenOf(snapshot)
	require.NoError(e.t, err)
	pod := func(name string) engine.Ref { return engine.Ref{Kind: "Pod", Namespace: "pay", Name: name} }
	run := engine.Run{Snapshots: []engine.Digest{seen.Snapshot}, Tool: snapshot.Tool, Results: []engine.Result{
		{Check: "containers-not-privileged", Version: 1, Target: snapshot.Target.ID, Verdict: engine.Fail, Details: []engine.Detail{
			{
				Subject: pod("api\x1b[31m"), Container: "app", Verdict: engine.Fail, Sentence: "The container is privileged.",
				Field: "spec.containers[0].securityContext.privileged", Value: json.RawMessage("true"),
			},
			{
				Subject: pod("till"), Container: "app", Verdict: engine.Fail, Sentence: "The container is privileged.",
				Field: "spec.containers[0].securityContext.privileged", Value: json.RawMessage("true"),
			},
			{Subject: pod("web"), Container: "app", Verdict: engine.Pass, Sentence: "The container is not privileged."},
		}},
		{Check: "default-deny", Version: 2, Target: snapshot.Target.ID, Verdict: engine.Unknown, Details: []engine.Detail{{
			Subject: engine.Ref{Group: "networking.k8s.io", Kind: "NetworkPolicy"}, Verdict: engine.Unknown,
			Sentence: "NetworkPolicy objects could not be seen (forbidden).", Cites: []engine.Digest{cited},
		}}},
		{Check: "no-default-account", Version: 1, Target: snapshot.Target.ID, Verdict: engine.Pass, Details: []engine.Detail{
			{Subject: pod("web"), Verdict: engine.Pass, Sentence: "It runs as an account of its own."},
		}},
	}}
	h, err := e.History(context.Background())
	require.NoError(e.t, err)
	titles := map[string]string{
		"containers-not-privileged": "Containers are not privileged", "default-deny": "Namespaces refuse what no policy allows",
		"no-default-account": "Pods run as accounts of their own",
	}
	said, err := run.Summary()
	require.NoError(e.t, err)
	e.evidence, err = h.EvidenceOf(said, []questionnaires.TargetSeen{seen}, func(check string) string { return titles[check] },
		func() (questionnaires.ID, error) { return e.newID(), nil })
	require.NoError(e.t, err)
	e.snapshots[seen.Snapshot] = snapshot
	for i, r := range run.Results {
		body, err := engine.Canonical(r)
		require.NoError(e.t, err)
		e.bodies[said.Results[i].Digest] = body
	}
	e.now = e.now.Add(time.Minute)
	e.write(e.mara, questionnaires.Draft{Action: questionnaires.RunRecorded, Subject: "run", Payload: questionnaires.RecordedRun{
		Run: said.Digest, Targets: []questionnaires.TargetSeen{seen}, Evidence: e.evidence, Evaluated: e.now,
	}})
}

func (e *engagement) compose() reports.Document {
	e.t.Helper()
	d, err := reports.Load(context.Background(), e, e.catalogue, e.id, time.Time{})
	require.NoError(e.t, err)
	doc, err := reports.Compose(d)
	require.NoError(e.t, err)
	return doc
}
