package engine

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzSnapshotIsWrittenAsItsCanonicalForm(f *testing.F) {
	f.Add(0, "Pod", "pay", "api", "", "")
	f.Add(1, "Pod", "pay", "api", "6d0e", "a.yaml:3")
	f.Add(3, "\x00\"\\\u2028<&>\x7f", "\xff\xfe", "entries", "\t\n\r\b\f\x1f", "\U0001F511")
	f.Fuzz(func(t *testing.T, n int, kind, namespace, name, uid, origin string) {
		s := Snapshot{
			Target: Target{ID: "k8s:" + name, Name: "entries"}, Collector: Identity{Name: kind, Groups: []string{namespace}},
			Started: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), Gaps: []Gap{{Kind: Kind{Kind: kind}, Cause: `"entries":[]`}},
			Redacted: map[string]int{"entries": 1, "a": 2},
		}
		if n%4 > 0 {
			s.Entries = []Entry{}
		}
		for i := range max(n%4-1, 0) {
			s.Entries = append(s.Entries, Entry{Ref: Ref{Kind: kind, Namespace: namespace, Name: name, UID: uid, Group: origin}, Origin: origin, Digest: Sum([]byte{byte(i)})})
		}
		want, err := Canonical(s)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, s.WriteCanonical(&b))
		assert.Equal(t, string(want), b.String())
		digest, err := s.Digest()
		require.NoError(t, err)
		assert.Equal(t, Sum(want), digest)

		for _, before := range [][]Entry{nil, s.Entries, {{Origin: origin}}, slices.Repeat([]Entry{{Ref: Ref{Name: name}}}, len(s.Entries))} {
			var w written
			w.bring(before)
			digest, err = w.digest(&s)
			require.NoError(t, err)
			assert.Equal(t, Sum(want), digest)
		}

		part := Part{Key: name, Begun: s.Started, Entries: s.Entries, Redacted: s.Redacted}
		want, err = Canonical(part)
		require.NoError(t, err)
		b.Reset()
		require.NoError(t, part.WriteCanonical(&b))
		assert.Equal(t, string(want), b.String())
	})
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestSnapshotThatCannotBeWrittenSaysSo(t *testing.T) {
	require.ErrorContains(t, Snapshot{Entries: make([]Entry, 2000)}.WriteCanonical(fullDisk{}), "no space")
}
