package questionnaires

import (
	"crypto/ed25519"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func cardOf(t testing.TB, s *Signer) []byte {
	t.Helper()
	c, err := s.Card([]string{"age1mara", "ssh-ed25519 AAAA"})
	require.NoError(t, err)
	text, err := json.MarshalIndent(c, "", " ")
	require.NoError(t, err)
	return text
}

func TestACardIsItsHoldersAlone(t *testing.T) {
	mara, eve := person(t, "Mara Lindqvist", 1), person(t, "Eve", 2)
	text := cardOf(t, mara)
	c, err := ParseCard(text)
	require.NoError(t, err)
	assert.Equal(t, mara.Enrolment(), c.Enrolment)
	assert.Equal(t, []string{"age1mara", "ssh-ed25519 AAAA"}, c.Recipients)

	theirs, err := ParseCard(cardOf(t, eve))
	require.NoError(t, err)
	for cause, change := range map[string]func(*Card){
		"another's key under her name":   func(c *Card) { c.PublicKey, c.Author.ID = theirs.PublicKey, theirs.Author.ID },
		"another's recipient":            func(c *Card) { c.Recipients = theirs.Recipients[:1] },
		"another's certificate":          func(c *Card) { c.Certificate = engine.Sum([]byte("other")) },
		"another name":                   func(c *Card) { c.Author.Name = "Eve" },
		"no signature":                   func(c *Card) { c.Signature = nil },
		"a signature of somebody else's": func(c *Card) { c.Signature = theirs.Signature },
	} {
		changed := c
		change(&changed)
		text, err := json.Marshal(changed)
		require.NoError(t, err)
		_, err = ParseCard(text)
		require.ErrorContains(t, err, "the signature does not hold", cause)
	}
}

func TestWhatIsNoCard(t *testing.T) {
	whole := string(cardOf(t, person(t, "Mara", 1)))
	for cause, text := range map[string]string{
		"newer version":    strings.Replace(whole, `"tickmarkCard": 1`, `"tickmarkCard": 2`, 1),
		"no card":          `{"name": "Mara"}`,
		"unknown field":    strings.Replace(whole, `{`, `{"also": 1, `, 1),
		"stands twice":     strings.Replace(whole, `{`, `{"name": "Eve", `, 1),
		"no Ed25519":       `{"tickmarkCard": 1, "publicKey": "AAAA"}`,
		"more than 262144": strings.Repeat(" ", maxCard+1),
	} {
		_, err := ParseCard([]byte(text))
		require.ErrorContains(t, err, cause)
	}
	for _, name := range []string{"", "  ", "two\nlines", "bell\a"} {
		mara := person(t, "Mara", 1)
		mara.Author.Name = name
		_, err := mara.Card(nil)
		require.Error(t, err, "%q", name)
	}
}

// A card that ParseCard takes comes back as it was written, and holds nothing that
// its signature does not cover.
func FuzzParseCard(f *testing.F) {
	for _, name := range []string{"Mara", "Ødegård & Søn <x>"} {
		f.Add(cardOf(f, signerNamed(f, name)))
	}
	f.Add([]byte(`{"tickmarkCard":1,"name":"x","publicKey":"","certificate":"","recipients":null,"signature":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCard(text)
		if err != nil {
			return
		}
		require.NoError(t, c.Check())
		written, err := json.Marshal(c)
		require.NoError(t, err)
		again, err := ParseCard(written)
		require.NoError(t, err)
		assert.Equal(t, c.Enrolment, again.Enrolment)
		assert.Equal(t, c.form(), again.form())
	})
}

func TestFingerprintsAreComparedByVoice(t *testing.T) {
	mara := person(t, "Mara", 1).Author
	assert.Regexp(t, regexp.MustCompile(`^(\d{5} ){4}\d{5}$`), mara.Fingerprint())
	assert.Equal(t, "55805 00845 75891 91253 82655", mara.Fingerprint(), "it must never change")
	assert.NotEqual(t, person(t, "Mara", 2).Author.Fingerprint(), mara.Fingerprint(), "it is the key's, not the name's")
}

func TestWhoEnrolledWhom(t *testing.T) {
	mara, bo, eve := person(t, "Mara", 1), person(t, "Bo", 2), person(t, "Eve", 3)
	j := found(t, mara)
	c, err := bo.Card(nil)
	require.NoError(t, err)
	d, err := j.history().Enrol(c)
	require.NoError(t, err)
	enrolled := j.write(mara, d)
	all := j.history().EnrolledAuthors()
	require.Len(t, all, 2)
	assert.Equal(t, Enrolled{Enrolment: bo.Enrolment(), Entry: enrolled.ID, By: mara.Author, Time: enrolled.Time, Verified: true}, all[0])
	assert.Equal(t, mara.Author, all[1].By)
	_, err = j.history().Enrol(c)
	require.ErrorContains(t, err, "enrolled already")

	// Eve, whom nobody enrolled, writes entries that nobody signed for.
	forged := bo.Enrolment()
	forged.Author.Name, forged.Certificate = "Bo the Second", engine.Sum([]byte("Eve's certificate"))
	founding := j.entries[0].ID
	j.now = j.now.Add(-time.Minute) // dated before the true one
	j.sign(eve, []engine.Digest{founding}, Draft{Action: AuthorEnrolled, Subject: "author", Payload: forged})
	j.write(eve, Draft{Action: AuthorEnrolled, Subject: "author", Payload: eve.Enrolment()})
	h := j.history()
	author, _ := h.Author(bo.Author.ID)
	assert.Equal(t, "Bo", author.Name, "no unsigned entry renames an author")
	all = h.EnrolledAuthors()
	require.Len(t, all, 3)
	assert.Equal(t, bo.Enrolment(), all[0].Enrolment)
	assert.True(t, all[0].Verified)
	assert.Equal(t, "Eve", all[1].Author.Name)
	assert.False(t, all[1].Verified)
	_, err = h.Enrol(Card{})
	require.Error(t, err)
}

func signerNamed(t testing.TB, name string) *Signer {
	t.Helper()
	s, err := NewSigner(name, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), engine.Digest{})
	require.NoError(t, err)
	return s
}
