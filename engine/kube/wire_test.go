package kube

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"

	"tickmark/engine"
)

// plant puts what is redacted, or looks like it, into some texts of a value.
func (f filler) plant(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if f.IntN(30) == 0 {
			v.SetString([]string{"Secret", "DB_PASSWORD", "hunter2-Tr0ub4dor", "password=hunter2-Tr0ub4dor", "mysql", "-phunter2", "4111111111111111", "--token", "https://ann:hunter2@shop/"}[f.IntN(9)])
		}
	case reflect.Pointer:
		if !v.IsNil() {
			f.plant(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.plant(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && !v.Type().Field(i).Anonymous {
				f.plant(v.Field(i))
			}
		}
	default:
	}
}

// spoilWire changes bytes of a message, takes some away, or says some twice.
func (f filler) spoilWire(wire []byte) []byte {
	if len(wire) == 0 {
		return []byte{byte(f.IntN(256))}
	}
	at := f.IntN(len(wire))
	switch f.IntN(4) {
	case 0:
		wire[at] ^= 1 << f.IntN(8)
	case 1:
		wire = wire[:at]
	case 2:
		wire = append(wire, wire[at:]...)
	case 3:
		wire = append(wire, wire...)
	}
	return wire
}

// Whichever way an object in protobuf is read, in parts that were met before or by the
// library, its document is the same, and what is counted as redacted.
func FuzzObjectsAreReadInPartsAsTheLibraryDoes(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		f := filler{rand.New(rand.NewPCG(seed, 11))}
		for _, k := range builtInKinds {
			if !k.readsParts() {
				continue
			}
			inParts, plainly := newScribe(), newScribe()
			var earlier []runtime.Object
			for range 40 {
				object, err := builtInTypes().New(k.gvk())
				require.NoError(t, err)
				if len(earlier) > 0 && f.IntN(4) > 0 { // much like one that was met
					object = earlier[f.IntN(len(earlier))].DeepCopyObject()
				} else {
					f.fill(reflect.ValueOf(object).Elem(), 0)
				}
				f.plant(reflect.ValueOf(object))
				earlier = append(earlier, object)
				spoilt := f.IntN(4) == 0
				if m, err := meta.Accessor(object); spoilt && err == nil {
					m.SetManagedFields(nil) // in no document: not read, whatever stands there
				}
				wire, err := object.(interface{ Marshal() ([]byte, error) }).Marshal()
				require.NoError(t, err)
				if spoilt {
					wire = f.spoilWire(wire)
				}
				want, wrong := engine.Document{}, error(nil)
				again, err := k.fromProtobuf(wire)
				if err == nil {
					want, wrong = plainly.fromTyped(again, k, k.apiVersion())
				}
				got, errGot := inParts.fromWire(bytes.Clone(wire), k)
				require.Equal(t, err != nil || wrong != nil, errGot != nil, "%s: %v, %v, %v", k.of, err, wrong, errGot)
				require.Equal(t, string(want.Body), string(got.Body), k.of)
				require.Equal(t, want, got, k.of)
				require.Equal(t, plainly.Counts, inParts.Counts, k.of)
			}
			assert.NotEmpty(t, inParts.parts.roots[k.of], "%s is read in parts", k.of)
		}
	})
}

// pageOfKind is a page of a kind as a server writes it, before which it has 7 more.
func pageOfKind(t *testing.T, k kind, objects ...runtime.Object) []byte {
	t.Helper()
	gvk := k.gvk()
	gvk.Kind += "List"
	list, err := builtInTypes().New(gvk)
	require.NoError(t, err)
	require.NoError(t, meta.SetList(list, objects))
	left := int64(7)
	list.(metav1.ListInterface).SetContinue("next")
	list.(metav1.ListInterface).SetRemainingItemCount(&left)
	list.GetObjectKind().SetGroupVersionKind(gvk)
	var to bytes.Buffer
	require.NoError(t, protobuf.NewSerializer(builtInTypes(), builtInTypes()).Encode(list, &to))
	return to.Bytes()
}

func TestPagesAreTakenApartAsTheLibraryDoes(t *testing.T) {
	f := filler{rand.New(rand.NewPCG(3, 5))}
	for _, k := range builtInKinds {
		var objects []runtime.Object
		for range 3 {
			object, err := builtInTypes().New(k.gvk())
			require.NoError(t, err)
			f.fill(reflect.ValueOf(object).Elem(), 0)
			objects = append(objects, object)
		}
		body := pageOfKind(t, k, objects...)
		p, is := k.inParts(body)
		require.Equal(t, k.readsParts(), is, k.of)
		if !is {
			continue
		}
		require.Len(t, p.wire, len(objects), k.of)
		assert.Equal(t, "next", p.next, k.of)
		assert.Equal(t, 7, p.expected, k.of)
		for i, wire := range p.wire {
			want, err := objects[i].(interface{ Marshal() ([]byte, error) }).Marshal()
			require.NoError(t, err)
			again, err := k.fromProtobuf(wire)
			require.NoError(t, err)
			same, err := k.fromProtobuf(want)
			require.NoError(t, err)
			assert.Equal(t, same, again, k.of)
		}
		empty, is := func() (page, bool) { body := pageOfKind(t, k); return k.inParts(body) }()
		assert.True(t, is)
		assert.Empty(t, empty.wire)
		for cut := range len(body) - len("\x1a\x00\x22\x00") { // that it is of no encoding stands at the end
			p, is := k.inParts(body[:cut])
			assert.False(t, is && len(p.wire) == 3 && p.next == "next", "%s: a page that breaks off is whole", k.of)
		}
	}
}

// What is no list of the kind that was asked for is left to who says what it is.
func TestOtherAnswersAreNotTakenApart(t *testing.T) {
	pods, _ := known(podKind)
	services, _ := known(engine.Kind{Kind: "Service"})
	body := pageOfKind(t, services)
	_, is := pods.inParts(body)
	assert.False(t, is, "another kind")
	for name, raw := range map[string][]byte{
		"JSON":  []byte(`{"kind":"PodList","apiVersion":"v1","items":[]}`),
		"none":  nil,
		"empty": []byte("k8s\x00"),
	} {
		_, is := pods.inParts(raw)
		assert.False(t, is, name)
	}
	for name, unknown := range map[string]runtime.Unknown{
		"another group": {TypeMeta: runtime.TypeMeta{APIVersion: "shop/v1", Kind: "PodList"}, Raw: []byte{10, 0}},
		"encoded":       {TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Raw: []byte{10, 0}, ContentEncoding: "gzip"},
		"without list":  {TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "PodList"}},
	} {
		wire, err := unknown.Marshal()
		require.NoError(t, err)
		_, is := pods.inParts(append([]byte("k8s\x00"), wire...))
		assert.False(t, is, name)
	}
}

// What is alike is read once, and what was redacted each time.
func TestPartsThatAreAlikeAreReadOnce(t *testing.T) {
	pods, _ := known(podKind)
	read := func(value string) *scribe {
		r := newScribe()
		for _, name := range []string{"a", "b", "c"} {
			pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PodSpec{
				NodeName: name, Containers: []corev1.Container{{Name: "c", Image: "registry.example/pay/api:2.4.1", Args: []string{value}}},
			}}
			object, err := pod.Marshal()
			require.NoError(t, err)
			_, err = r.fromWire(object, pods)
			require.NoError(t, err)
		}
		return r
	}
	assert.NotEmpty(t, read("info").parts.known)
	secret := read("password=hunter2-Tr0ub4dor")
	assert.Empty(t, secret.parts.known)
	assert.Equal(t, 3, secret.Marks())
}
