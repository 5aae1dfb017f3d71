package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func key(label, text string) Recipient {
	return Recipient{Kind: X25519Recipient, Text: text, Label: label}
}

func TestRecipientsThatCannotStandTogether(t *testing.T) {
	phrase := Recipient{Kind: PassphraseRecipient}
	hybrid := Recipient{Kind: HybridRecipient, Text: "age1pq1a"}
	plugin := Recipient{Kind: PluginRecipient, Text: "age1yubikey1a"}
	for name, all := range map[string][]Recipient{
		"nobody could open":    nil,
		"only recipient":       {phrase, key("", "age1a")},
		"named twice":          {key("Mara", "age1a"), key("Mara at home", "age1a")},
		"cannot be mixed":      {key("", "age1a"), hybrid},
		"of one line":          {key("Mara\nBo", "age1a")},
		"control character":    {key("Mara\x1b[2J", "age1a")},
		"at most 200 are kept": {key(strings.Repeat("x", 201), "age1a")},
		"does not say whose":   {{Text: "age1a"}},
		"whose key it is":      {{Kind: X25519Recipient}},
	} {
		require.ErrorContains(t, CheckRecipients(all), name, "%v", all)
	}
	for _, all := range [][]Recipient{{phrase}, {key("", "age1a"), key("", "age1b"), plugin}, {hybrid, plugin}} {
		require.NoError(t, CheckRecipients(all))
	}
	mara := []Recipient{key("Mara", "age1a")}
	_, err := ChangeRecipients(mara, mara)
	require.ErrorContains(t, err, "these already")
	change := RecipientsChange{Before: []Recipient{mara[0], key("", "age1b")}, After: []Recipient{key("M.", "age1a"), hybrid}}
	assert.Equal(t, []Recipient{key("", "age1b")}, change.Removed(), "another label is no other recipient")
	assert.Equal(t, []Recipient{hybrid}, change.Added())
}

// handOff writes a handoff as a vault does.
func (j *journal) handOff(s *Signer, to ...Recipient) Handoff {
	j.t.Helper()
	d, err := j.history().HandOff(to, "to the next team")
	require.NoError(j.t, err)
	j.write(s, d)
	all, err := j.history().Handoffs()
	require.NoError(j.t, err)
	return all[len(all)-1]
}

func (j *journal) change(s *Signer, before, after []Recipient) {
	j.t.Helper()
	d, err := ChangeRecipients(before, after)
	require.NoError(j.t, err)
	j.write(s, d)
}

func TestAHandoffNamesWhatWasHandedOff(t *testing.T) {
	mara := person(t, "Mara", 1)
	j := found(t, mara)
	head := j.history().Head()
	handoff := j.handOff(mara, key("Team Bo", "age1b"))
	assert.Equal(t, head, handoff.Head)
	assert.Equal(t, "to the next team", handoff.Note)
	assert.Equal(t, mara.Author.ID, handoff.Author)
	assert.Equal(t, []Recipient{key("Team Bo", "age1b")}, handoff.Recipients)
	require.NoError(t, j.history().CheckHandoff(handoff))
}

func TestAHandoffThatDoesNotHold(t *testing.T) {
	mara := person(t, "Mara", 1)
	for name, write := range map[string]func(*journal){
		"names head": func(j *journal) {
			j.write(mara, Draft{Action: HandedOff, Subject: "vault", Payload: Handoff{Recipients: []Recipient{key("", "age1b")}, Head: engine.Sum([]byte("other"))}})
		},
		"not enrolled": func(j *journal) { j.handOff(person(t, "Nobody", 9), key("", "age1b")) },
		"signature": func(j *journal) {
			j.handOff(mara, key("", "age1b"))
			j.entries[len(j.entries)-1].Signature[3] ^= 1
		},
	} {
		j := found(t, mara)
		write(j)
		all, err := j.history().Handoffs()
		require.NoError(t, err)
		err = j.history().CheckHandoff(all[0])
		require.ErrorIs(t, err, ErrHandoff)
		require.ErrorContains(t, err, name)
	}
	err := found(t, mara).history().CheckHandoff(Handoff{Entry: engine.Sum([]byte("elsewhere"))})
	require.ErrorIs(t, err, ErrHandoff)
}

// The same history stands on both sides of a handoff; who a file is sealed to tells
// which side it is.
func TestWhereAVaultCameFrom(t *testing.T) {
	mara, bo := person(t, "Mara", 1), person(t, "Bo", 2)
	us, them, third := key("us", "age1a"), key("them", "age1b"), key("third", "age1c")
	j := found(t, mara)
	origin := func(now ...Recipient) (Handoff, bool) {
		h, was, err := j.history().Origin(now)
		require.NoError(t, err)
		return h, was
	}
	_, was := origin(us)
	assert.False(t, was, "never handed on")
	first := j.handOff(mara, them)
	_, was = origin(us)
	assert.False(t, was, "it was given, and not received")
	from, was := origin(key("renamed", "age1b"))
	assert.True(t, was)
	assert.Equal(t, first, from)

	j.write(mara, Draft{Action: AuthorEnrolled, Subject: "author", Payload: bo.Enrolment()})
	j.change(bo, []Recipient{them}, []Recipient{them, third})
	from, was = origin(third, them)
	assert.True(t, was)
	assert.Equal(t, first, from, "recipients changed on the other side")
	second := j.handOff(bo, third)
	j.change(person(t, "Nobody", 9), []Recipient{us}, []Recipient{them, third})
	from, _ = origin(third)
	assert.Equal(t, second, from)
	from, _ = origin(them, third)
	assert.Equal(t, first, from)
}
