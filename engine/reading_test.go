package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	kubejson "sigs.k8s.io/json"
)

// odd has what the types of Kubernetes have seldom or never.
type odd struct {
	Plain   string
	Named   map[string][]string `json:"named"`
	Any     any                 `json:"any,omitempty"`
	Raw     json.RawMessage     `json:"raw,omitempty"`
	Bytes   []byte              `json:"bytes,omitempty"`
	Real    *float64            `json:"real,omitempty"`
	Small   int8                `json:"small,omitempty"`
	Texts   map[time.Month]int  `json:"texts,omitempty"`
	Skipped string              `json:"-"`
	Self    *odd                `json:"self,omitempty"`
	Digest  Digest              `json:"digest"`
	Quoted  struct {
		N int `json:"n,string"`
	} `json:"quoted"`
	hidden string
}

var _ = odd{hidden: "of no document"}

// documents are of several kinds, odd ones and broken ones too.
var documents = []string{
	`{"kind":"Pod","metadata":{"name":"a","labels":{"app":"a","tier":"web"},"annotations":{"z":"1","a":"2"},"creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"hostPID":true,"securityContext":{"runAsUser":0,"fsGroup":2000},
	"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"500m","memory":"1Gi"}},"securityContext":{"privileged":false,"capabilities":{"drop":["ALL"]}},
	"readinessProbe":{"httpGet":{"path":"/","port":8080}},"livenessProbe":{"httpGet":{"path":"/","port":"http"}},"env":[{"name":"A","value":"\u00e4\n"}]},
	{"name":"d","image":"nginx","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"500m","memory":"1Gi"}}}],"volumes":[{"name":"t","emptyDir":{}}]},"status":{"phase":"Running"}}`,
	`{"metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"hostpid":true,"containers":[]}}}}`,
	`{"metadata":{"name":"n"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}}],"ports":[{"port":80,"endPort":90}]}],"policyTypes":["Ingress"]}}`,
	`{"rules":[{"verbs":["*"],"apiGroups":[""],"resources":["pods"]}],"aggregationRule":null}`,
	` { "Plain" : "x" , "named" : { "a" : [ "b", null ] , "c" : null }, "any" : {"n":1,"r":1.5}, "raw":{"b":1,"a":2}, "bytes":"aGVsbG8=", "real":2.5, "small":7, "texts":{"3":4}, "self":{"Plain":"y","quoted":{"n":"4"}}, "hidden":"h", "-":"s" } `,
	`{"Plain":"a","Plain":"b"}`, `{"named":{"a":["x"],"a":["y"]}}`, `{"plain":"other spelling"}`, `null`, `[]`, `"x"`, `{`, `{"small":300}`, `{"self":{"self":{"small":1e2}}}`, `{"\u0050lain":"escaped key"}`,
}

// edit puts something else into one place of a tree.
func edit(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if keys := slices.Sorted(maps.Keys(v)); len(keys) > 0 && r.IntN(8) > 0 {
			key := keys[r.IntN(len(keys))]
			v[key] = edit(r, v[key])
			return v
		}
	case []any:
		if len(v) > 0 && r.IntN(8) > 0 {
			at := r.IntN(len(v))
			v[at] = edit(r, v[at])
			return v
		}
	}
	others := []any{nil, "x", "", true, 3, -1, 1 << 40, 2.5, map[string]any{}, map[string]any{"a": "b"}, []any{}, []any{nil}, []any{"a", 1}, "500m", "2026-01-02T03:04:05Z"}
	return others[r.IntN(len(others))]
}

// What is read here is what the library reads, also where parts are read once for many.
func FuzzDocumentsAreReadAsTheLibraryDoes(f *testing.F) {
	for i, text := range documents {
		f.Add([]byte(text), uint64(i))
	}
	types := []reflect.Type{
		reflect.TypeFor[corev1.Pod](), reflect.TypeFor[appsv1.Deployment](), reflect.TypeFor[networkingv1.NetworkPolicy](), reflect.TypeFor[rbacv1.ClusterRole](), reflect.TypeFor[odd](),
		reflect.TypeFor[Pod](), reflect.TypeFor[Controller](),
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 5))
		texts := [][]byte{text, text}
		var tree any
		if json.Unmarshal(text, &tree) == nil {
			for range 30 {
				edited, err := json.Marshal(edit(random, tree))
				require.NoError(t, err)
				texts = append(texts, edited)
			}
		}
		for _, of := range types {
			read := newReading()
			var all []any
			for _, text := range texts {
				want, got := reflect.New(of).Interface(), reflect.New(of).Interface()
				refused, err := kubejson.UnmarshalCaseSensitivePreserveInts(text, want), read.into(text, got)
				require.Equal(t, fmt.Sprint(refused), fmt.Sprint(err), "%s", text)
				if err == nil {
					require.Equal(t, want, got, "%s", text)
				}
				all = append(all, got)
			}
			// What was read before is not changed by what is read after it.
			for i, text := range texts {
				want := reflect.New(of).Interface()
				if kubejson.UnmarshalCaseSensitivePreserveInts(text, want) == nil {
					require.Equal(t, want, all[i])
				}
			}
		}
	})
}

func TestWhatManyObjectsHaveIsInMemoryOnce(t *testing.T) {
	read := newReading()
	var one, other corev1.Pod
	require.NoError(t, read.into([]byte(documents[0]), &one))
	require.NoError(t, read.into([]byte(documents[0]), &other))
	assert.Same(t, one.Spec.SecurityContext, other.Spec.SecurityContext)
	assert.Same(t, &one.Spec.Containers[0].Ports[0], &one.Spec.Containers[1].Ports[0])
}

// A document that is left to the library leaves nothing behind that others would be given.
func TestWhatIsReadAgainIsNotShared(t *testing.T) {
	const private, shared = `{"metadata":{"labels":{"app":"a"}},"spec":{"hostPID":false,"containers":[]}}`, `{"metadata":{"labels":{"app":"b"}},"spec":{"hostPID":true,"containers":[{"name":"c"}]}}`
	for name, before := range map[string]string{
		"a member twice": `{"spec":{"template":` + shared + `,"template":` + private + `}}`,
		"a wrong value":  `{"spec":{"template":` + shared + `,"replicas":"x"}}`,
	} {
		read := newReading()
		var one, other appsv1.Deployment
		_ = read.into([]byte(before), &one)
		require.NoError(t, read.into([]byte(`{"spec":{"template":`+shared+`}}`), &other), name)
		assert.True(t, other.Spec.Template.Spec.HostPID, name)
		assert.Equal(t, "c", other.Spec.Template.Spec.Containers[0].Name, name)
		assert.Equal(t, map[string]string{"app": "b"}, other.Spec.Template.Labels, name)
	}
}
