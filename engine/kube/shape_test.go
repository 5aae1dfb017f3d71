package kube

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
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/structured-merge-diff/v6/value"

	"tickmark/engine"
)

// filler fills values of any type with what an object may hold.
type filler struct{ *rand.Rand }

func (f filler) fill(v reflect.Value, depth int) {
	if f.IntN(3) == 0 && depth > 0 {
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *metav1.Time:
		*to = metav1.NewTime(time.Unix(f.Int64N(1<<31), 0))
		return
	case *metav1.MicroTime:
		*to = metav1.NewMicroTime(time.Unix(f.Int64N(1<<31), 1000))
		return
	case *metav1.FieldsV1:
		to.SetRawBytes([]byte(`{"f:spec":{}}`))
		return
	case *resource.Quantity:
		*to = resource.MustParse([]string{"100m", "1", "128Mi", "1.5", "1000m", "0"}[f.IntN(6)])
		return
	case *intstr.IntOrString:
		*to = []intstr.IntOrString{intstr.FromInt32(8080), intstr.FromString("http"), {}}[f.IntN(3)]
		return
	case *runtime.RawExtension:
		to.Raw = []byte(`{"a":[1,2.5,"x"]}`)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "api", "a\u00e9\"<\\", "8080"}[f.IntN(4)])
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 1 << 20}[f.IntN(4)])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), f.IntN(3), 4))
		for i := range v.Len() {
			f.fill(v.Index(i), depth+1)
		}
	case reflect.Uint8:
		v.SetUint(uint64(f.IntN(256)))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := range f.IntN(3) {
			item := reflect.New(v.Type().Elem()).Elem()
			f.fill(item, depth+1)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprint("k", i)).Convert(v.Type().Key()), item)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if depth < 12 {
				f.fill(v.Field(i), depth+1)
			}
		}
	default:
	}
}

// spoil puts something else into one place of a tree, as files do that people write.
func (f filler) spoil(v any) any {
	odd := []any{
		nil, "x", "", true, int64(3), int64(1 << 40), 2.5, json.Number("3"), json.Number("-0"), json.Number("1e2"), json.Number("99999999999"),
		map[string]any{},
		map[string]any{"a": "b"},
		[]any{},
		[]any{nil},
		[]any{"a", int64(1)},
	}
	switch v := v.(type) {
	case map[string]any:
		if f.IntN(8) == 0 { // a field that no type knows, or knows by another spelling
			v[[]string{"unknown", "Name", "SPEC", ""}[f.IntN(4)]] = odd[f.IntN(len(odd))]
			return v
		}
		if len(v) > 0 && f.IntN(8) > 0 {
			keys := slices.Sorted(maps.Keys(v))
			key := keys[f.IntN(len(keys))]
			v[key] = f.spoil(v[key])
			return v
		}
	case []any:
		if len(v) > 0 && f.IntN(8) > 0 {
			at := f.IntN(len(v))
			v[at] = f.spoil(v[at])
			return v
		}
	}
	return odd[f.IntN(len(odd))]
}

// asJSON is a tree with the numbers that a file has.
func asJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = asJSON(member)
		}
	case []any:
		for i := range v {
			v[i] = asJSON(v[i])
		}
	case int64:
		return json.Number(fmt.Sprint(v))
	}
	return v
}

// The short way reads and writes what the library's converter does, or leaves it to that.
func FuzzShapesReadAndWriteAsTheLibraryDoes(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		f := filler{rand.New(rand.NewPCG(seed, 7))}
		for _, k := range builtInKinds {
			object, err := builtInTypes().New(k.gvk())
			require.NoError(t, err)
			f.fill(reflect.ValueOf(object).Elem(), 0)
			want, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
			require.NoError(t, err)
			v := reflect.ValueOf(object).Elem()
			tree, err := new(grower).members(shapeOf(v.Type()), v)
			require.NoError(t, err, "%s is written without the library", k.of)
			require.Equal(t, want, tree, k.of)

			withhold(tree, k.of)
			if f.IntN(2) == 0 {
				asJSON(tree)
			}
			if f.IntN(2) == 0 {
				f.spoil(tree)
			}
			original := runtime.DeepCopyJSON(tree)
			settled := k.settle(tree)
			if settled {
				if metadata, is := original["metadata"].(map[string]any); is {
					delete(metadata, "managedFields") // in no document: not read, whatever stands there
				}
			}
			want, err = documentTree(k, original)
			if settled {
				require.NoError(t, err, "%s: what the library refuses is not read: %v", k.of, original)
				engine.DropNulls(tree)
				require.Equal(t, want, tree, k.of)
				continue
			}
			again, errAgain := documentTree(k, tree)
			require.Equal(t, err == nil, errAgain == nil, "%s: what was begun means what it did: %v, %v", k.of, err, errAgain)
			require.Equal(t, want, again, k.of)
		}
	})
}

// documentTree is what the library makes of a tree, without what no document has.
func documentTree(k kind, tree map[string]any) (map[string]any, error) {
	object, err := k.decode(runtime.DeepCopyJSON(tree))
	if err != nil {
		return nil, err
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	accessor.SetManagedFields(nil)
	made, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	engine.DropNulls(made)
	return made, err
}

// Which types have a form of their own is told as the library tells it.
func TestShapesKnowFormsAsTheLibraryDoes(t *testing.T) {
	met := 0
	for _, k := range builtInKinds {
		shapeOf(builtInTypes().AllKnownTypes()[k.gvk()])
	}
	for of, s := range shapes.known {
		entry := value.TypeReflectEntryOf(of)
		assert.Equal(t, entry.CanConvertToUnstructured(), s.writes != nil, of)
		assert.Equal(t, entry.CanConvertFromUnstructured(), s.reads != nil, of)
		if s.writes != nil {
			met++
		}
	}
	assert.NotZero(t, met)
}

func TestOrdinaryObjectsAreReadTheShortWay(t *testing.T) {
	const deployment = `{"metadata":{"name":"a","labels":{"app":"a"},"creationTimestamp":"2026-01-02T03:04:05Z","managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]},
		"spec":{"replicas":%s,"template":{"spec":{"containers":[{"name":"c","image":"nginx:1.27","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"500m"}},
		"readinessProbe":{"httpGet":{"path":"/","port":8080}},"securityContext":{"privileged":false}}]}}}}`
	k, isKnown := known(engine.Kind{Group: groupApps, Kind: "Deployment"})
	require.True(t, isKnown)
	for replicas, short := range map[string]bool{"3": true, "null": true, "3.0": false, "3000000000": false, `"3"`: false} {
		tree, err := engine.DecodeJSON(fmt.Appendf(nil, deployment, replicas))
		require.NoError(t, err)
		assert.Equal(t, short, k.settle(tree.(map[string]any)), replicas)
	}
}
