package checks

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestEveryCheckHasItsFixtures(t *testing.T) {
	known := fixtures()
	registry, err := All()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(registry), 21)
	for _, c := range registry {
		t.Run(c.ID, func(t *testing.T) {
			f, has := known[c.ID]
			require.True(t, has, "no fixtures")
			delete(known, c.ID)
			pass := func() *world { return f.world(t, f.pass, f.passYAML) }
			passed := pass().result(t, c.ID)
			if f.noPass == "" {
				assert.Equal(t, engine.Pass, passed.Verdict, "passing fixture: %+v", passed.Details)
			} else {
				assert.Equal(t, engine.NotApplicable, passed.Verdict)
			}
			proved(t, passed)
			f.rests(t, passed, f.world(t, f.pass, f.passYAML))
			f.declares(t, c)
			if f.noFail == "" {
				failed := f.world(t, f.fail, f.failYAML).result(t, c.ID)
				assert.Equal(t, engine.Fail, failed.Verdict, "failing fixture: %+v", failed.Details)
				proved(t, failed)
				f.rests(t, failed, f.world(t, f.fail, f.failYAML))
			}
			for _, k := range c.Needs {
				unknown := pass().hide(k).result(t, c.ID)
				assert.Equal(t, engine.Unknown, unknown.Verdict, "with a gap in %s", k)
				f.rests(t, unknown, pass())
				proved(t, unknown)
			}
		})
	}
	assert.Empty(t, known, "fixtures of checks that are not there")
}

// declares says that a check names every kind that it reads, so that the role which
// is printed for it grants what it reads.
func (f fixture) declares(t *testing.T, c engine.Check) {
	t.Helper()
	for _, w := range []*world{newWorld(t), f.world(t, f.pass, f.passYAML), f.world(t, f.fail, f.failYAML)} {
		view := engine.NewView(&w.snapshot, w.body, w.params)
		c.Eval(view)
		undeclared := slices.DeleteFunc(view.Looked(), func(k engine.Kind) bool { return slices.Contains(c.Reads(), k) })
		assert.Empty(t, undeclared, "it reads kinds that stand neither under its needs nor under its looks")
	}
}

// proved says of every detail that it names a subject, says something, and
// cites what it rests on.
func proved(t *testing.T, r engine.Result) {
	t.Helper()
	require.NotEmpty(t, r.Details)
	for _, d := range r.Details {
		assert.NotEmpty(t, d.Subject.Kind)
		assert.NotEmpty(t, d.Sentence)
		assert.NotContains(t, d.Sentence, "%!", "a sentence that was not filled in")
		assert.NotContains(t, d.Cites, engine.Digest{})
		if d.Value != nil {
			canonical, err := engine.CanonicalJSON(d.Value)
			require.NoError(t, err)
			assert.Equal(t, string(canonical), string(d.Value))
		}
	}
	assert.True(t, slices.ContainsFunc(r.Details, func(d engine.Detail) bool { return len(d.Cites) > 0 }), "nothing is cited")
}

// rests says of what is judged that it cites documents, the subject's own among them where
// it is one, and that these are in the evidence.
func (f fixture) rests(t *testing.T, r engine.Result, w *world) {
	t.Helper()
	for _, d := range r.Details {
		if d.Verdict == engine.Pass || d.Verdict == engine.Fail {
			assert.NotEmpty(t, d.Cites, "%s cites nothing: %s", d.Subject, d.Sentence)
		}
		for _, e := range w.snapshot.Entries {
			if e.Ref.WithoutUID() == d.Subject.WithoutUID() {
				assert.Contains(t, d.Cites, e.Digest, "%s %s does not cite itself: %s", r.Check, d.Subject, d.Sentence)
			}
		}
		for _, digest := range d.Cites {
			assert.Contains(t, w.bodies, digest, "%s cites what is not in the evidence", d.Subject)
		}
	}
}

func TestRegistryIsOrderedAndItsOwn(t *testing.T) {
	first, err := All()
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(first, func(a, b engine.Check) int { return cmpString(a.ID, b.ID) }))
	first[0].ID = "changed"
	second, err := All()
	require.NoError(t, err)
	assert.NotEqual(t, "changed", second[0].ID)
	_, err = Find("no-such-check")
	require.ErrorContains(t, err, "no-such-check")
}

func cmpString(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func TestRegistryRefusesWhatIsNotWhole(t *testing.T) {
	words := "area: pods\ntitle: a\nrationale: b\nhow: c\nremediation: d\n"
	one := check{id: "one", version: 1, needs: workloadKinds(), eval: func(*engine.View) []engine.Detail { return nil }}
	for name, c := range map[string]struct {
		list  []check
		files fstest.MapFS
		want  string
	}{
		"no words":        {[]check{one}, fstest.MapFS{"words/other.yaml": {Data: []byte(words)}}, "read words of check one"},
		"an unknown word": {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words + "titel: x\n")}}, "titel"},
		"an empty word":   {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte("area: pods\ntitle: a\n")}}, "words are missing"},
		"a strange area":  {[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte("area: moon\n")}}, "moon"},
		"an id twice":     {[]check{one, one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words)}}, "stands twice"},
		"words too many": {
			[]check{one}, fstest.MapFS{"words/one.yaml": {Data: []byte(words)}, "words/two.yaml": {Data: []byte(words)}}, "two.yaml",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := assemble(c.list, c.files)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestNothingPassesInAnEmptyCluster(t *testing.T) {
	registry, err := All()
	require.NoError(t, err)
	for _, c := range registry {
		want := engine.NotApplicable
		if (c.Area == "control-plane" && c.Needs[0].Group != engine.ImportGroup || c.ID == "secrets-encrypted-at-rest") && !slices.Contains([]string{"anonymous-requests-refused", "control-plane-nodes-dedicated"}, c.ID) {
			want = engine.Unknown // there is one, which somebody else runs
		}
		assert.Equal(t, want, newWorld(t).result(t, c.ID).Verdict, c.ID)
	}
}
