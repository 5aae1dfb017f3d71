package screen_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// clock is a clock that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// constant is a source of ids that are the same in every run.
type constant struct{ drawn int }

func (c *constant) Read(b []byte) (int, error) {
	c.drawn++
	sum := sha256.Sum256(fmt.Appendf(nil, "id %d", c.drawn))
	for i := range b {
		b[i] = sum[i%len(sum)]
	}
	return len(b), nil
}

// merchant is the fictional merchant's vault, as a test's desk opens it.
type merchant struct {
	screen.Workbench
	clock    *clock
	identity *age.X25519Identity
	signer   *questionnaires.Signer
	wish     screen.Printing // of what was printed last
	printed  int
	drawn    *constant
	editor   func(string) (string, error) // nil leaves a text as it is
}

func newMerchant(t testing.TB, collections int) *merchant {
	t.Helper()
	return newEntity(t, collections, "saq-d-merchant")
}

// newEntity is newMerchant with another questionnaire.
func newEntity(t testing.TB, collections int, code string) *merchant {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	seed := sha256.Sum256([]byte("an assessor"))
	signer, err := questionnaires.NewSigner("Ada Assessor", ed25519.NewKeyFromSeed(seed[:]), engine.Digest{})
	require.NoError(t, err)
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	m := &merchant{drawn: &constant{drawn: 1000}, clock: &clock{time.Date(2026, 11, 20, 14, 2, 11, 0, time.UTC)}, identity: identity, signer: signer}
	path := filepath.Join(t.TempDir(), "copperline.tickmark")
	v, err := vault.Create(t.Context(), path, []age.Recipient{identity.Recipient()}, vault.WithAuthor(signer),
		vault.ForEntity("Copperline Outfitters"), vault.WithClock(m.clock.Now), vault.WithRandom(&constant{}))
	require.NoError(t, err)
	draft, err := questionnaires.NewAssessment(catalogue, questionnaires.AssessmentDetails{ID: "0123456789abcdef0123456789abcdef", Questionnaire: code})
	require.NoError(t, err)
	_, err = v.Append(t.Context(), draft)
	require.NoError(t, err)
	collection := vault.Collection{
		Collectors: []engine.Collector{cluster{m.clock}}, Checks: checks(), Params: engine.Params{Now: m.clock.now},
		Tool: engine.Tool{Name: "tickmark", Version: "test"},
	}
	for range collections {
		_, err = v.Collect(t.Context(), collection)
		require.NoError(t, err)
	}
	require.NoError(t, v.Close())
	require.NoError(t, os.Chtimes(path, m.clock.now, m.clock.now)) // the vault was saved when the file was written
	m.Workbench = screen.Workbench{
		Path: path, Catalogue: catalogue, Now: m.clock.Now, NewID: func() (questionnaires.ID, error) { return questionnaires.NewID(m.drawn) }, Collection: collection,
		Files: screen.Files{File: func(path string, tell func(done, total int64)) vault.File {
			return vault.File{Name: path, Open: func() (io.ReadCloser, error) {
				tell(1<<20, 2<<20)
				return os.Open(path)
			}}
		}},
		Open: func(ctx context.Context, _ string) (*vault.Vault, error) {
			v, err := vault.Open(ctx, path, []age.Identity{identity}, vault.WithAuthor(signer), vault.WithClock(m.clock.Now))
			if err == nil {
				t.Cleanup(func() { _ = v.Close() }) // a story may have closed it
			}
			return v, err
		},
		Editor: func(text string) (string, error) {
			if m.editor == nil {
				return text, nil
			}
			return m.editor(text)
		},
		Papers: screen.Papers{
			Formats: []string{"pdf", "xlsx", "csv"}, Tables: []string{"answers", "evidence"},
			Print: func(_ context.Context, _ *vault.Vault, _ questionnaires.ID, w screen.Printing, _ func(engine.Progress)) (screen.Said, error) {
				m.printed++
				m.wish = w
				return screen.Said{Lines: []string{"printed  /reports/copperline-draft.pdf, " + w.Kind.String() + ", 12 pages\n", "signed by Ada Assessor, intact\n", "it matches the vault\n"}}, nil
			},
		},
	}
	return m
}

// hostile is a name that acts on a terminal: a red blinking title, a cleared
// screen, and letters that run backwards.
const hostile = "evil\x1b[31m\x1b]0;owned\x07\x1b[2J\u202egnp.exe"

// cluster is a cluster that shows four workloads and hides its network policies.
type cluster struct{ clock *clock }

func (cluster) Source() string { return "prod-eu" }

func (c cluster) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	s := engine.Snapshot{
		Target:    engine.Target{ID: "k8s:1a1b1c1d-2e2f-4a4b-8c8d-5e5f5a5b5c5d", Name: "prod-eu (CDE)", ServerVersion: "v1.37.2", Endpoint: "https://10.0.0.1:6443"},
		Collector: engine.Identity{Name: "system:serviceaccount:audit:reader"}, Tool: engine.Tool{Name: "tickmark", Version: "test"},
		Canonical: engine.CanonicalVersion, Redaction: "1", Started: c.clock.now, Ended: c.clock.now.Add(8 * time.Second),
		Populations: []engine.Population{{Kind: pod, Count: 5, Complete: true, Query: "GET /api/v1/pods?limit=500"}},
		Redacted:    map[string]int{"token": 2},
		Gaps: []engine.Gap{{
			Source: "/apis/networking.k8s.io/v1/networkpolicies", Kind: policy, Reason: engine.Forbidden,
			Cause: `networkpolicies is forbidden: User "reader" cannot list it`,
		}},
	}
	for i, name := range []string{"api", "batch", "ledger", "web", hostile} {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		ref := engine.Ref{Kind: "Pod", Namespace: "pay", Name: name}
		body, err := engine.Canonical(map[string]any{
			"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "namespace": "pay", "labels": map[string]any{"app": name}},
			"spec": map[string]any{"containers": []any{map[string]any{"image": "registry.example/" + "pay:1", "name": "main", "securityContext": map[string]any{"privileged": i%2 == 1}}}},
		})
		if err != nil {
			return s, err
		}
		document := engine.NewDocument(ref, body)
		if err := to.Document(document); err != nil {
			return s, err
		}
		s.Entries = append(s.Entries, engine.Entry{Ref: ref, Digest: document.Digest, Origin: "GET /api/v1/pods"})
		if to.Progress != nil {
			to.Progress(engine.Progress{Source: c.Source(), What: "pods", Seen: i + 1, Total: 5, Gaps: 1})
		}
	}
	s.Sort()
	return s, nil
}

var (
	pod    = engine.Kind{Kind: "Pod"}
	policy = engine.Kind{Group: "networking.k8s.io", Kind: "NetworkPolicy"}
)

// checks are three tiny checks under the ids that the catalogue links.
func checks() []engine.Check {
	words := func(title string) engine.Words {
		return engine.Words{Title: title, Rationale: "a reason", How: "a way", Remediation: "a cure"}
	}
	pods := func(judge func(name, body string) (engine.Verdict, string)) func(*engine.View) []engine.Detail {
		return func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, o := range v.Objects(pod) {
				verdict, sentence := judge(o.Ref.Name, string(o.Body()))
				details = append(details, engine.Detail{
					Subject: o.Ref, Container: "main", Verdict: verdict, Sentence: sentence, Field: "spec.containers[0].securityContext.privileged",
					Value: []byte(`true`), Cites: []engine.Digest{o.Digest},
				})
			}
			return details
		}
	}
	return []engine.Check{
		{ID: "containers-not-privileged", Version: 1, Words: words("Containers are not privileged"), Area: "pods", Needs: []engine.Kind{pod}, Eval: pods(
			func(name, _ string) (engine.Verdict, string) {
				if name == "batch" || name == "web" {
					return engine.Fail, "Container main runs with all privileges of its node"
				}
				return engine.Pass, "Container main runs without privileges: " + name
			})},
		{ID: "namespaces-have-default-deny", Version: 1, Words: words("Namespaces deny traffic by default"), Area: "network", Needs: []engine.Kind{policy}, Eval: func(*engine.View) []engine.Detail { return nil }},
		{ID: "pods-run-as-non-root", Version: 2, Words: words("Containers do not run as root"), Area: "pods", Needs: []engine.Kind{pod}, Eval: pods(
			func(string, string) (engine.Verdict, string) { return engine.Pass, "Container main runs as user 1000" })},
	}
}

var errWrong = errors.New("the passphrase does not open it")
