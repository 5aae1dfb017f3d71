package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// changing is a cluster to which things happen.
type changing struct {
	*testing.T
	*rand.Rand
	*world
	kinds  []engine.Kind
	pool   map[engine.Kind][]engine.Document
	checks []engine.Check
}

// newChanging returns a cluster with much of what the fixtures hold.
func newChanging(t *testing.T, seed uint64) *changing {
	registry, err := assembled()
	require.NoError(t, err)
	c := &changing{
		T: t, Rand: rand.New(rand.NewPCG(seed, 2)), world: newWorld(t), pool: map[engine.Kind][]engine.Document{}, checks: registry,
	}
	all := fixtures()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		f := all[id]
		for _, w := range []*world{f.world(t, f.pass, f.passYAML), f.world(t, f.fail, f.failYAML)} {
			for _, e := range w.snapshot.Entries {
				c.offer(e.Ref, w.bodies[e.Digest])
			}
		}
	}
	for i := range 40 {
		c.generate(i)
	}
	c.kinds = slices.SortedFunc(maps.Keys(c.pool), func(a, b engine.Kind) int { return cmpString(a.String(), b.String()) })
	for range 150 {
		c.put()
	}
	return c
}

// offer puts a document into what may be added.
func (c *changing) offer(ref engine.Ref, body []byte) {
	if k := ref.Of(); k.Group != engine.ImportGroup {
		c.pool[k] = append(c.pool[k], engine.NewDocument(ref, body))
	}
}

// generate offers a Deployment with what it makes, and with what may lie on it.
func (c *changing) generate(i int) {
	namespace, name := []string{"pay", "shop", "default"}[i%3], "app-"+strconv.Itoa(i%15)
	template := fmt.Sprintf(`"metadata":{"labels":{"app":%q}},"spec":{"hostNetwork":%t,"serviceAccountName":"api","containers":[{"name":"c","image":"nginx:1.%d","ports":[{"containerPort":%d}],
		"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"db","key":"k"}}}],"securityContext":{"privileged":%t,"runAsNonRoot":%t}}]}`, name, i%7 == 0, i%4, 8000+i%3, i%5 == 0, i%2 == 0)
	owned := func(kind, of string) string {
		return fmt.Sprintf(`"ownerReferences":[{"apiVersion":"apps/v1","kind":%q,"name":%q,"uid":"","controller":true}]`, kind, of)
	}
	for _, o := range []struct{ group, kind, name, body string }{
		{"apps", "Deployment", name, fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":%q,"namespace":%q},"spec":{"template":{%s}}}`, name, namespace, template)},
		{"apps", "ReplicaSet", name + "-1", fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":%q,"namespace":%q,%s},"spec":{"replicas":1,"template":{%s}}}`, name+"-1", namespace, owned("Deployment", name), template)},
		{"", "Pod", name + "-1-x", fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":%q,"labels":{"app":%q},%s},%s,"status":{"phase":"Running","podIP":"10.0.0.%d","containerStatuses":[{"name":"c","imageID":"nginx@%s"}]}}`,
			name+"-1-x", namespace, name, owned("ReplicaSet", name+"-1"), template[len(fmt.Sprintf(`"metadata":{"labels":{"app":%q}},`, name)):], i+1, sha)},
		{"argoproj.io", "Rollout", "roll-" + name, fmt.Sprintf(`{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"roll-%s","namespace":%q},"spec":{"workloadRef":{"apiVersion":"apps/v1","kind":"Deployment","name":%q}}}`, name, namespace, name)},
		{"argoproj.io", "WorkflowTemplate", "lib-" + name, fmt.Sprintf(`{"apiVersion":"argoproj.io/v1alpha1","kind":"WorkflowTemplate","metadata":{"name":"lib-%s","namespace":%q},"spec":{"serviceAccountName":"api","templates":[{"name":"run","container":{"image":"nginx:1.%d"}}]}}`, name, namespace, i%3)},
		{"argoproj.io", "CronWorkflow", "flow-" + name, fmt.Sprintf(`{"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","metadata":{"name":"flow-%s","namespace":%q},"spec":{"workflowSpec":{"serviceAccountName":"api","templates":[
			{"name":"run","container":{"image":"nginx","securityContext":{"privileged":%t}}},{"name":"all","steps":[[{"name":"a","templateRef":{"name":"lib-%s","template":"run"}}]]}]}}}`, name, namespace, i%2 == 0, name)},
		{"", "Namespace", namespace, fmt.Sprintf(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":%q,"labels":{"tier":"t%d"}}}`, namespace, i%3)},
		{"networking.k8s.io", "NetworkPolicy", "from-" + name, fmt.Sprintf(`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"from-%s","namespace":%q},
			"spec":{"podSelector":{"matchLabels":{"app":%q}},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"tier":"t1"}}}]}]}}`, name, namespace, name)},
	} {
		body, err := engine.CanonicalJSON([]byte(o.body))
		require.NoError(c, err)
		ref := engine.Ref{Group: o.group, Kind: o.kind, Namespace: namespace, Name: o.name}
		if o.kind == "Namespace" {
			ref.Namespace = ""
		}
		c.offer(ref, body)
	}
}

// put adds a document, in the place of another of its Ref or beside it.
func (c *changing) put() {
	of := c.pool[c.kinds[c.IntN(len(c.kinds))]]
	c.set(of[c.IntN(len(of))])
}

func (c *changing) set(d engine.Document) {
	c.bodies[d.Digest] = d.Body
	e := engine.Entry{Ref: d.Ref, Digest: d.Digest}
	at := slices.IndexFunc(c.snapshot.Entries, func(known engine.Entry) bool { return known.Ref == d.Ref })
	if at < 0 || c.IntN(20) == 0 { // files may hold one twice
		c.snapshot.Entries = append(c.snapshot.Entries, e)
	} else {
		c.snapshot.Entries[at] = e
	}
}

// alter changes something in a document.
func (c *changing) alter() {
	e := c.snapshot.Entries[c.IntN(len(c.snapshot.Entries))]
	var tree map[string]any
	require.NoError(c, json.Unmarshal(c.bodies[e.Digest], &tree))
	for _, name := range []string{"data", "labels", "metadata", "rules", "spec", "status", "subjects"} {
		if part, is := tree[name]; is && c.IntN(2) == 0 {
			tree[name] = c.altered(part)
			break
		}
	}
	body, err := engine.Canonical(tree)
	require.NoError(c, err)
	c.set(engine.NewDocument(e.Ref, body))
}

// altered returns a value with one change somewhere within: rarely to another type, so
// that it can be read no more.
func (c *changing) altered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || c.IntN(12) == 0 {
			v["added"] = "x"
			return v
		}
		key := slices.Sorted(maps.Keys(v))[c.IntN(len(v))]
		switch {
		case key == "name" && c.IntN(3) > 0:
		case c.IntN(8) == 0:
			delete(v, key)
		default:
			v[key] = c.altered(v[key])
		}
		return v
	case []any:
		if len(v) == 0 {
			return v
		}
		at := c.IntN(len(v))
		if c.IntN(8) == 0 {
			return append(v[:at:at], v[at+1:]...)
		}
		v[at] = c.altered(v[at])
		return v
	case bool:
		return !v
	case float64:
		return float64(int(v)+c.IntN(3)) - 1
	case string:
		if c.IntN(60) == 0 {
			return []any{v}
		}
		return v + strconv.Itoa(c.IntN(3))
	}
	return v
}

// happen changes something about the cluster, or about how it was seen.
func (c *changing) happen() string {
	s := &c.snapshot
	gap := func(g engine.Gap) {
		if len(s.Gaps) > 0 && c.IntN(2) == 0 {
			s.Gaps = slices.Delete(slices.Clone(s.Gaps), 0, 1)
			return
		}
		s.Gaps = append(slices.Clone(s.Gaps), g)
	}
	switch n := c.IntN(100); {
	case n < 25:
		c.put()
		return "put"
	case n < 65:
		c.alter()
		return "alter"
	case n < 75:
		at := c.IntN(len(s.Entries))
		s.Entries = slices.Delete(slices.Clone(s.Entries), at, at+1)
		return "remove"
	case n < 80:
		gap(engine.Gap{Kind: c.kinds[c.IntN(len(c.kinds))], Reason: engine.Forbidden, Cause: "refused"})
		return "gap"
	case n < 82:
		gap(engine.Gap{Reason: engine.Unreadable, Source: "a.yaml", Cause: "cannot be read"})
		return "gap of any kind"
	case n < 85:
		p := c.IntN(len(s.Populations))
		s.Populations = slices.Clone(s.Populations)
		s.Populations[p].Complete = !s.Populations[p].Complete
		return "population"
	case n < 87:
		if s.Asked == nil {
			s.Asked = c.kinds[:c.IntN(len(c.kinds))]
		} else {
			s.Asked = nil
		}
		return "asked"
	case n < 91:
		c.params.Now = c.params.Now.Add(time.Duration(c.IntN(200)) * 24 * time.Hour)
		return "time"
	case n < 94:
		c.params.Zones = map[string][]engine.Selector{cdeZone: {{Namespaces: []string{[]string{"pay", "shop", "none"}[c.IntN(3)]}}}}
		return "zone"
	case n < 95:
		s.Target.ID = []string{"manifests:test", "k8s:test"}[c.IntN(2)]
		return "target"
	}
	for range 20 {
		c.put()
		c.alter()
	}
	return "much"
}

// said is what an evaluation hands over, in the order in which it does.
func (c *changing) said(each func(func(engine.Result) error) (engine.Run, error)) []string {
	var all []string
	run, err := each(func(r engine.Result) error {
		text, err := json.Marshal(r)
		all = append(all, string(text))
		return err
	})
	require.NoError(c, err)
	text, err := json.Marshal(run)
	require.NoError(c, err)
	return append(all, string(text))
}

// TestEvaluatedAgain says that what an Evaluation judges anew comes out as if all of it had
// been: a stale verdict would be a false pass.
func TestEvaluatedAgain(t *testing.T) {
	for seed := range uint64(3) {
		c := newChanging(t, seed)
		again := engine.NewEvaluation()
		for round := range 60 {
			what := []string{c.happen()}
			for c.IntN(3) == 0 {
				what = append(what, c.happen())
			}
			if c.IntN(10) > 0 { // collectors sort
				c.snapshot.Sort()
			}
			checks := c.checks
			if c.IntN(10) == 0 { // a person chose some
				checks = checks[c.IntN(len(checks)):]
			}
			snapshots := []engine.Snapshot{c.snapshot}
			got := c.said(func(take func(engine.Result) error) (engine.Run, error) {
				return again.Each(context.Background(), checks, snapshots, c.body, c.params, take)
			})
			want := c.said(func(take func(engine.Result) error) (engine.Run, error) {
				return engine.EvaluateEach(context.Background(), checks, snapshots, c.body, c.params, take)
			})
			require.Len(t, got, len(want))
			for i := range want {
				require.Equal(t, want[i], got[i], "seed %d, round %d: %v", seed, round, what)
			}
		}
	}
}
