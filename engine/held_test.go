package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whether it is held as it is or packed, a document comes back as it was taken.
func TestWhatIsHeldComesBack(t *testing.T) {
	for name, count := range map[string]int{"little": 100, "much": 9000} {
		h, digests := NewHeld(), map[Digest]string{}
		body := make([]byte, 0, 4<<10)
		for i := range count {
			kind := []string{"Pod", "Deployment", "Namespace"}[i%3]
			if i > 0 && kind == "Namespace" {
				continue // one alone
			}
			body = fmt.Appendf(body[:0], `{"kind":%q,"metadata":{"name":"app-%d"},"spec":%q}`, kind, i, strings.Repeat("what all have in common;", 40))
			doc := NewDocument(Ref{Kind: kind, Name: fmt.Sprint(i)}, body)
			h.Keep(doc)
			h.Keep(doc)
			digests[doc.Digest] = string(body)
		}
		taken, held := 0, 0
		for digest, want := range digests {
			got, err := h.Document(digest)
			require.NoError(t, err)
			require.Equal(t, want, string(got), name)
			taken, held = taken+len(want), held+len(h.bodies[digest].packed)
		}
		if name == "much" {
			assert.Greater(t, taken, heldPlain)
			assert.Less(t, held, taken/5)
		}
		assert.Less(t, h.plain, heldPlain)
		assert.Equal(t, held, h.Size())
	}
	_, err := NewHeld().Document(Digest{})
	assert.ErrorIs(t, err, errNotHeld)
}

// Documents are unpacked in one room, one after the other. What was read of each stands when
// the next ones are read, and what is not held comes from elsewhere.
func TestWhatIsReadOfHeldDocumentsStays(t *testing.T) {
	h, shelf := NewHeld(), library{}
	s := Snapshot{Target: Target{ID: "k8s:1"}, Populations: []Population{{Kind: Kind{Kind: "Pod"}, Count: 9000, Complete: true}}}
	for i := range 9000 {
		ref := Ref{Kind: "Pod", Namespace: "pay", Name: fmt.Sprintf("app-%04d", i)}
		long := 40
		if i%1000 == 7 {
			long = 1000 // more than the room
		}
		doc := NewDocument(ref, fmt.Appendf(nil, `{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"at":"%d"},"labels":{"app":"a%d"},"name":%q,"namespace":"pay"},"spec":{"containers":[{"image":"i%d","name":"c"}],"nodeName":%q}}`,
			i, i%50, ref.Name, i, strings.Repeat("what all have in common;", long)))
		if i%100 != 3 {
			h.Keep(doc)
		}
		require.NoError(t, shelf.put(doc))
		s.Entries = append(s.Entries, Entry{Ref: ref, Digest: doc.Digest})
	}
	read := func(each func(context.Context, []Check, []Snapshot, Documents, Params, func(Result) error) (Run, error)) (said []Result) {
		check := Check{ID: "made", Needs: []Kind{{Kind: "Pod"}}, Eval: func(v *View) (all []Detail) {
			pods, objects := All[Pod](v, Kind{Kind: "Pod"}), v.Objects(Kind{Kind: "Pod"})
			for i, o := range objects {
				said := fmt.Sprint(pods[i].Value.Metadata, pods[i].Value.Spec.NodeName, pods[i].Value.Spec.Containers[0].Image, string(v.BodyOf(o)) == string(o.Body()))
				all = append(all, Detail{Subject: o.Ref, Verdict: Pass, Sentence: said})
			}
			return all
		}}
		_, err := each(t.Context(), []Check{check}, []Snapshot{s}, shelf.body, Params{}, func(r Result) error {
			r.Details = slices.Clone(r.Details)
			said = append(said, r)
			return nil
		})
		require.NoError(t, err)
		return said
	}
	plain := read(EvaluateEach)
	require.Len(t, plain[0].Details, 9000)
	require.Contains(t, plain[0].Details[8999].Sentence, "true")
	assert.Equal(t, plain, read(h.EvaluateEach))
	assert.Equal(t, plain, read(NewHeld().EvaluateEach))
}
