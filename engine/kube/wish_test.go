package kube_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/engine/kube/planetest"
)

// some is what a few checks read.
var some = kube.Wish{Kinds: []engine.Kind{
	{Kind: "Pod"}, networkPolicy, {Group: "node.k8s.io", Kind: "RuntimeClass"}, {Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"},
}}

// granted binds a role to a user of the plane, and waits until the server knows.
func granted(t *testing.T, p *planetest.Plane, name, role string, last engine.Kind) *rest.Config {
	t.Helper()
	require.NoError(t, p.Apply(t.Context(), []byte(strings.ReplaceAll(role, kube.RoleName, name))))
	config := user(t, p, name, name+"s")
	eventually(t, func(ctx context.Context) bool {
		s, err := (&kube.Live{Config: config, Wish: kube.Wish{Kinds: []engine.Kind{last}}}).Collect(ctx, engine.Intake{})
		return err == nil && s.Saw(last)
	})
	return config
}

func TestThePrintedRoleIsExactlyWhatChecksRead(t *testing.T) {
	p := built(t)
	config := granted(t, p, "dana", kube.PrintRole(some), some.Kinds[3])
	l := live(config)
	l.Wish = some
	s, _ := collect(t, l)
	assert.Empty(t, s.Gaps, "nothing is refused, and nothing else is asked for")
	assert.False(t, s.Target.Provisional, "the cluster is told by its identity")
	for _, k := range some.Kinds {
		assert.True(t, s.Saw(k), k)
	}
	assert.Equal(t, 5, len(s.Asked), "they and the server's version: %v", s.Asked)
	assert.True(t, engine.NewView(&s, nil, engine.Params{}).Hidden(engine.Kind{Kind: "Service"}), "what was not asked for may be there")

	l.Wish = kube.Wish{With: []kube.Extra{kube.WithSecrets, kube.WithNodesProxy}}
	all, _ := collect(t, l)
	for _, population := range all.Populations {
		if population.Kind.Group != engine.FactGroup && !strings.Contains(population.Query, "does not know") {
			assert.Contains(t, append(some.Kinds, engine.KubeletConfigurationKind), population.Kind, "the role grants no more")
		}
	}
}

func TestOneRuleLessIsOneGap(t *testing.T) {
	p := built(t)
	role := kube.PrintRole(some)
	less := strings.Replace(role, "resources: [networkpolicies]", "resources: [nothings]", 1)
	require.NotEqual(t, role, less)
	l := live(granted(t, p, "emil", less, some.Kinds[3]))
	l.Wish = some
	s, _ := collect(t, l)
	require.Len(t, s.Gaps, 1)
	assert.Equal(t, networkPolicy, s.Gaps[0].Kind)
	assert.Equal(t, `list networkpolicies.networking.k8s.io: forbidden for "emil"`, s.Gaps[0].Cause)
}

func TestPreflightForeseesTheCollectionAndListsNothing(t *testing.T) {
	p := built(t)
	role := strings.Replace(kube.PrintRole(kube.Wish{}), "networkpolicies]", "nothings]", 1)
	config := granted(t, p, "frida", role, engine.Kind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	for name, wish := range map[string]kube.Wish{
		"all": {}, "some": some, "everything by name": {With: []kube.Extra{kube.WithSecrets, kube.WithNodesProxy, kube.WithAnonymous}},
	} {
		t.Run(name, func(t *testing.T) {
			l := live(meddled(config, func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
				path := r.URL.Path
				known := path == "/version" || path == "/api/v1/namespaces/kube-system" || strings.HasPrefix(path, "/apis") && strings.Count(path, "/") <= 3
				assert.True(t, known || r.Method == http.MethodPost, "an object is asked for: %s", path)
				return next.RoundTrip(r)
			}))
			l.Wish = wish
			foreseen, err := l.Preflight(t.Context())
			require.NoError(t, err)
			assert.Empty(t, foreseen.Entries)

			l = live(config)
			l.Wish = wish
			seen, _ := collect(t, l)
			assert.Equal(t, unseen(seen), unseen(foreseen))
			assert.Equal(t, seen.Target, foreseen.Target)
		})
	}
}

// unseen is why each kind was not seen. The kubelets of the plane are not there to
// answer, whatever is allowed.
func unseen(s engine.Snapshot) map[engine.Kind]string {
	all := map[engine.Kind]string{}
	for _, g := range s.Gaps {
		if g.Kind != engine.KubeletConfigurationKind {
			all[g.Kind] = g.Reason.String() + " " + g.Cause
		}
	}
	return all
}
