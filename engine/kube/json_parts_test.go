package kube

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"

	"tickmark/engine"
)

// taking is a scan of files, and the documents that came of it.
func taking() (*scan, *[]engine.Document) {
	var all []engine.Document
	return &scan{counts: map[engine.Kind]int{}, gathering: newGathering("x.json", engine.Tool{}, nil, engine.Intake{Document: func(doc engine.Document) error {
		all = append(all, doc)
		return nil
	}})}, &all
}

// text writes an object as a file may have it.
func (f filler) text(t *testing.T, k kind, object any) []byte {
	t.Helper()
	tree, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	require.NoError(t, err)
	tree["apiVersion"], tree["kind"] = k.apiVersion(), k.of.Kind
	if f.IntN(4) == 0 {
		f.spoil(tree)
	}
	raw, err := json.Marshal(tree)
	require.NoError(t, err)
	switch at := f.IntN(len(raw)); f.IntN(6) {
	case 0:
		raw = bytes.Replace(raw, []byte(`"name":`), []byte(`"name":"x","name":`), 1)
	case 1:
		raw[at] ^= 1 << f.IntN(8)
	case 2:
		var to bytes.Buffer
		require.NoError(t, json.Indent(&to, raw, "", " "))
		raw = to.Bytes()
	}
	return raw
}

// seen is a snapshot without which of several faults of an object the library names.
func seen(s engine.Snapshot) engine.Snapshot {
	for i := range s.Gaps {
		if strings.Contains(s.Gaps[i].Cause, "decode ") {
			s.Gaps[i].Cause = "decode"
		}
	}
	return s
}

// Whichever way an object in JSON is read, in parts that were met before or as a whole, its
// document is the same, and what is not seen of it, and what is counted as redacted.
func FuzzObjectsInJSONAreReadInPartsAsAWhole(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		f := filler{rand.New(rand.NewPCG(seed, 13))}
		list, at := head{"v1", engine.Kind{Kind: "List"}}, place{file: "x.json", line: 1, first: 1}
		known := 0
		for _, k := range builtInKinds {
			inParts, taken := taking()
			plainly, want := taking()
			var earlier []runtime.Object
			for range 40 {
				object, err := builtInTypes().New(k.gvk())
				require.NoError(t, err)
				if len(earlier) > 0 && f.IntN(4) > 0 { // much like one that was met
					object = earlier[f.IntN(len(earlier))].DeepCopyObject()
				} else {
					f.fill(reflect.ValueOf(object).Elem(), 0)
				}
				if f.IntN(3) == 0 {
					f.plant(reflect.ValueOf(object))
				}
				if m, err := meta.Accessor(object); err == nil {
					m.SetName("a")
				}
				earlier = append(earlier, object)
				item := f.text(t, k, object)
				if !engine.IsJSON(item) {
					continue
				}
				v, err := engine.DecodeJSON(item)
				if err != nil {
					plainly.unreadable(at, headOfItem(item, list), err)
				} else {
					require.NoError(t, plainly.item(v, list, at, 1))
				}
				require.NoError(t, inParts.items(list, append(append([]byte{'['}, item...), ']'), at))
				require.Equal(t, len(*want), len(*taken), "%s", item)
				if n := len(*want); n > 0 {
					require.Equal(t, string((*want)[n-1].Body), string((*taken)[n-1].Body), "%s", item)
				}
				require.Equal(t, plainly.Counts, inParts.Counts, "%s", item)
			}
			require.Equal(t, *want, *taken, k.of)
			require.Equal(t, seen(plainly.snapshot), seen(inParts.snapshot), k.of)
			require.Equal(t, plainly.mutation, inParts.mutation, k.of)
			runs := k.of.Group == groupApps || k.of.Group == groupBatch || slices.Contains([]string{"Pod", "PodTemplate", "ReplicationController"}, k.of.Kind)
			assert.Equal(t, runs, inParts.parts.spots[`"`+k.apiVersion()+`""`+k.of.Kind+`"`] != nil, "%s is read in parts", k.of)
			known += len(inParts.parts.known)
		}
		assert.NotZero(t, known)
	})
}

// A secret is found and counted each time, whatever stands around it.
func TestPartsInJSONWithASecretAreReadEachTime(t *testing.T) {
	read := func(value string) *scan {
		s, documents := taking()
		item := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","env":[{"name":"LEVEL","value":"` + value + `"}],"securityContext":{"privileged":true}}]}}`
		require.NoError(t, s.items(head{"v1", engine.Kind{Kind: "List"}}, []byte("["+item+","+item+","+item+"]"), place{}))
		require.Len(t, *documents, 3)
		for _, doc := range *documents {
			assert.Equal(t, string((*documents)[0].Body), string(doc.Body))
			assert.NotContains(t, string(doc.Body), "hunter2")
		}
		return s
	}
	assert.Len(t, read("info").parts.known, 2)
	secret := read("password=hunter2-Tr0ub4dor")
	assert.Empty(t, secret.parts.known)
	assert.Equal(t, 3, secret.Marks())
}

// What a document leaves out, it leaves out however often it was met.
func TestPartsInJSONThatSayNothingAreLeftOut(t *testing.T) {
	s, documents := taking()
	item := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"volumes":[` + strings.Repeat(" ", 2*shortWords) + `],"containers":[{"name":"c","image":"x","env":[{"name":"LEVEL","value":"info","unknown":1}]}]}}`
	require.NoError(t, s.items(head{"v1", engine.Kind{Kind: "List"}}, []byte("["+item+","+item+"]"), place{}))
	require.Len(t, *documents, 2)
	for _, doc := range *documents {
		assert.Equal(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"LEVEL","value":"info"}],"image":"x","name":"c","resources":{}}]},"status":{}}`, string(doc.Body))
	}
}

// readFiles reads files of a dump, and returns the bodies of the documents.
func readFiles(t *testing.T, files ...[]byte) ([]string, *dumpReader) {
	t.Helper()
	var bodies []string
	s, documents := taking()
	d := &dumpReader{scan: *s, ctx: t.Context(), coverage: newCoverage(false), stripped: map[engine.Kind]int{}}
	for i, text := range files {
		require.NoError(t, d.json(bytes.NewReader(text), spot{file: strconv.Itoa(i) + ".json"}))
	}
	for _, doc := range *documents {
		bodies = append(bodies, string(doc.Body))
	}
	return bodies, d
}

// What a list held is not taken for a part of the object that stands behind it: a secret is
// counted each time, and nothing of an object that had one is remembered.
func TestPartsOfAListAreForgottenBehindIt(t *testing.T) {
	pod := func(name, value string) []byte {
		return []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"` + name + `"},"spec":{"containers":[{"name":"c","env":[{"name":"LEVEL","value":"` + value + `"}]}]}}`)
	}
	list := func(items ...[]byte) []byte {
		return slices.Concat([]byte(`{"apiVersion":"v1","kind":"List","items":[`), bytes.Join(items, []byte(",")), []byte(`]}`))
	}
	secret := "password=hunter2-Tr0ub4dor"
	plain := pod("b", "info, as it is by default")
	for name, files := range map[string][][]byte{
		"in other files": {list(pod("a", secret)), plain, list(pod("c", secret))},
		"in one file":    {slices.Concat(list(pod("a", secret)), plain, list(pod("c", secret)))},
	} {
		t.Run(name, func(t *testing.T) {
			bodies, d := readFiles(t, files...)
			require.Len(t, bodies, 3)
			assert.Equal(t, 2, d.Marks())
			assert.Empty(t, d.parts.known)
			assert.Empty(t, d.parts.made)
			for _, body := range bodies {
				assert.NotContains(t, body, "hunter2")
			}
			assert.Contains(t, bodies[1], "info, as it is by default")
		})
	}
}

// A list in a dump is read in parts, an object that stands alone in a file is not: the
// documents and what is counted as redacted are the same.
func TestListsInDumpsAreReadInPartsAsAWhole(t *testing.T) {
	f := filler{rand.New(rand.NewPCG(26, 11))}
	known := false
	for _, k := range builtInKinds {
		var items [][]byte
		var earlier []runtime.Object
		for i := range 30 {
			object, err := builtInTypes().New(k.gvk())
			require.NoError(t, err)
			if i > 0 && f.IntN(4) > 0 {
				object = earlier[f.IntN(i)].DeepCopyObject()
			} else {
				f.fill(reflect.ValueOf(object).Elem(), 0)
			}
			if f.IntN(4) == 0 {
				f.plant(reflect.ValueOf(object))
			}
			if m, err := meta.Accessor(object); err == nil {
				m.SetName("a" + strconv.Itoa(i))
			}
			earlier = append(earlier, object)
			if item := f.text(t, k, object); engine.IsJSON(item) {
				items = append(items, item)
			}
		}
		list := slices.Concat([]byte(`{"apiVersion":"v1","kind":"List","items":[`), bytes.Join(items, []byte(",")), []byte(`]}`))
		inParts, d := readFiles(t, list)
		plainly, want := readFiles(t, items...)
		require.Equal(t, plainly, inParts, k.of)
		require.Equal(t, want.Counts, d.Counts, k.of)
		known = known || len(d.parts.known) > 0
	}
	assert.True(t, known)
}
