package questionnaires

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

var onALine = engine.Contents{Version: "1", Read: 20, Hits: []engine.Hit{{Kind: "card-number", Place: "line 2", Count: 1}}}

// found takes a file in, in which something was found.
func (d *desk) found(s *Signer, content string, search *engine.Contents) ID {
	d.j.t.Helper()
	id, err := d.j.newID()
	require.NoError(d.j.t, err)
	draft, err := d.history().Attach(Evidence{ID: engineID(string(id)), File: &FileSource{
		Digest: engine.Sum([]byte(content)), Name: content, Obtained: ProvidedByEntity, Search: search,
	}}, d.j.now)
	require.NoError(d.j.t, err)
	d.write(s, draft)
	return engineID(string(id))
}

func (d *desk) release(s *Signer, r Release) error {
	draft, err := d.history().Release(r)
	if err == nil {
		d.write(s, draft)
	}
	return err
}

// copyOf is a redacted copy.
func copyOf(content string, hits ...engine.Hit) *FileSource {
	return &FileSource{Digest: engine.Sum([]byte(content)), Name: content, Search: &engine.Contents{Version: "1", Read: 10, Hits: hits}}
}

func quarantined(f *fieldwork) []string {
	var sentences []string
	for _, p := range f.open().ProblemsOf(req("2.2.6")) {
		if p.Kind == QuarantinedEvidence {
			sentences = append(sentences, p.Sentence)
		}
	}
	return sentences
}

func TestNobodyRestsOnWhatIsQuarantined(t *testing.T) {
	mara, ivo, eve := person(t, "Mara", 1), person(t, "Ivo", 2), person(t, "Eve", 9)
	f := onSite(t, mara, ivo)
	id := f.found(mara, "orders.csv", &onALine)
	d, err := f.open().Answer(Answer{Requirement: req("2.2.6"), Response: InPlace, Narrative: "as it says", Evidence: []ID{id}})
	f.must(mara, d, err)
	assert.Equal(t, []string{"Evidence-1 is quarantined: card number at line 2; a redacted copy has to take its place, or a reason be given"}, quarantined(f))
	require.Len(t, f.history().Quarantined(), 1)

	for name, tt := range map[string]struct {
		release Release
		want    string
	}{
		"nothing said":            {Release{Evidence: id}, "a redacted copy, or a reason"},
		"the file itself":         {Release{Evidence: id, Copy: &FileSource{Digest: engine.Sum([]byte("orders.csv"))}}, "the file itself"},
		"a copy of the same sort": {Release{Evidence: id, Copy: copyOf("worse", onALine.Hits...)}, "still holds what must not be kept"},
		"a copy nobody searched":  {Release{Evidence: id, Copy: &FileSource{Digest: engine.Sum([]byte("x"))}}, "was not searched"},
		"a card number as reason": {Release{Evidence: id, Reason: "it is 4111 1111 1111 1111"}, "card number"},
		"no such item":            {Release{Evidence: "none", Reason: "x"}, "not in the vault"},
	} {
		require.ErrorContains(t, f.release(mara, tt.release), tt.want, name)
		// Whoever signs it past the rules releases nothing.
		if tt.release.Evidence == id && tt.release.Reason == "" {
			past := f.copied()
			past.write(mara, Draft{Action: EvidenceReleased, Payload: tt.release})
			assert.Len(t, quarantined(past), 1, name)
		}
	}
	f.write(eve, Draft{Action: EvidenceReleased, Payload: Release{Evidence: id, Reason: "mine"}})
	assert.Len(t, quarantined(f), 1, "who is not enrolled releases nothing")

	other := f.copied()
	require.NoError(t, f.release(mara, Release{Evidence: id, Reason: "a test number"}))
	assert.Empty(t, quarantined(f))
	assert.Equal(t, "released (a test number), with card number at line 2", f.item(id).SearchWords())
	require.NoError(t, other.release(ivo, Release{Evidence: id, Copy: copyOf("redacted.csv")}))
	assert.Equal(t, engine.Sum([]byte("redacted.csv")), other.item(id).Digest())
	assert.Equal(t, engine.Sum([]byte("orders.csv")), other.item(id).Original.Digest, "both digests are kept")
	assert.Equal(t, ProvidedByEntity, other.item(id).File.Obtained)
	assert.Equal(t, "a redacted copy, searched", other.item(id).SearchWords())

	f.take(other.desk)
	assert.Equal(t, []string{"Evidence-1 was released in 2 ways side by side; one of them has to be chosen"}, quarantined(f))
	for seed := range uint64(3) {
		h, err := NewHistory(shuffled(f.entries, seed), f.j.payload)
		require.NoError(t, err)
		require.Equal(t, f.history().Evidence(), h.Evidence())
	}
	require.NoError(t, f.release(mara, Release{Evidence: id, Copy: copyOf("redacted.csv")}))
	assert.Empty(t, quarantined(f))
	require.ErrorContains(t, f.release(mara, Release{Evidence: id, Reason: "again"}), "it is not quarantined")

	draft, err := f.history().ExpungeDocument(engine.Sum([]byte("orders.csv")), "a redacted copy took its place")
	f.must(mara, draft, err)
	assert.Nil(t, f.item(id).Expunged, "the copy is there")
	draft, err = f.history().Expunge(f.item(id), "the end of its retention")
	f.must(mara, draft, err)
	assert.NotNil(t, f.item(id).Expunged)
}

func TestUnknownIsNeverCalledSearched(t *testing.T) {
	unread := func(read int64, places ...string) *engine.Contents {
		c := &engine.Contents{Version: "1", Read: read}
		for _, p := range places {
			c.Unread = append(c.Unread, engine.Unread{Place: p, Why: "it is an image"})
		}
		return c
	}
	for _, tt := range []struct {
		search *engine.Contents
		want   SearchState
		words  string
	}{
		{nil, NotSearched, "not searched: it was taken in before files were"},
		{unread(10), Searched, "searched"},
		{unread(10, "word/media/a.png"), SearchedInPart, "searched in part; not read: word/media/a.png: it is an image"},
		{unread(0, "its images"), NotSearched, "not searched; not read: its images: it is an image"},
		{unread(10, ""), NotSearched, "not searched; not read: it is an image"},
		{unread(10, "a", "b", "c", "d"), SearchedInPart, "searched in part; not read: a: it is an image, b: it is an image, c: it is an image, and 1 more"},
	} {
		e := Evidence{File: &FileSource{Search: tt.search}}
		assert.Equal(t, tt.want, e.SearchState())
		assert.Equal(t, tt.words, e.SearchWords())
		assert.False(t, e.Quarantined())
	}
}

// A file that follows what was said of it before it came is read as the whole history
// reads it.
func TestAReleaseBeforeItsFile(t *testing.T) {
	mara := person(t, "Mara", 1)
	a, _ := twoDesks(t, mara)
	a.write(mara, Draft{Action: EvidenceReleased, Payload: Release{Evidence: "later", Reason: "beforehand"}})
	h := a.history()
	draft, err := h.Attach(Evidence{ID: "later", File: &FileSource{Search: &onALine}}, a.j.now)
	require.NoError(t, err)
	e := a.j.sign(mara, h.Tips(), draft)
	followed, err := h.With(a.j.payload, e)
	require.NoError(t, err)
	anew, err := NewHistory(append(slices.Clone(a.entries), e), a.j.payload)
	require.NoError(t, err)
	assert.Equal(t, anew.Evidence(), followed.Evidence())
}
