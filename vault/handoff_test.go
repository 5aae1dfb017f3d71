package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// nextTeam is who takes a vault over.
type nextTeam struct {
	*desk
	card questionnaires.Card
}

// newTeam is at a folder of its own, where the copy is put.
func newTeam(t *testing.T) nextTeam {
	t.Helper()
	d := newDesk(t)
	d.author = signer(t, "Bo Berg", 2)
	d.path = filepath.Join(t.TempDir(), "taken-over.vault")
	card, err := d.author.Card([]string{d.identity.Recipient().String()})
	require.NoError(t, err)
	return nextTeam{d, card}
}

func (n nextTeam) recipient() Recipient { return labelled(n.t, n.identity.Recipient(), "Team Bo") }

func TestAVaultIsHandedOff(t *testing.T) {
	for _, keep := range []bool{false, true} {
		d, next := newDesk(t), newTeam(t)
		v := d.create()
		appendAnswers(t, v, "What we found")
		_, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Notes"}, "notes.txt", strings.NewReader("seen live"))
		require.NoError(t, err)
		var done, total int64
		given, err := v.HandOff(t.Context(), next.path, HandingOff{
			To: []Recipient{next.recipient()}, KeepPresent: keep, Author: &next.card, Note: "The engagement passes to Team Bo",
			Progress: func(d, t int64) { done, total = d, t },
		})
		require.NoError(t, err)
		assert.Equal(t, total, done)
		assert.Positive(t, total)
		sealed, err := os.ReadFile(next.path)
		require.NoError(t, err)
		assert.True(t, opens(t, sealed, next.identity))
		assert.Equal(t, keep, opens(t, sealed, d.identity), "the present team opens the copy only where it was kept")
		assert.False(t, opens(t, d.bytes(), next.identity), "and the next team not the vault itself")
		info, err := os.Stat(next.path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		assert.NoFileExists(t, replacement(next.path))

		h := history(t, v)
		require.NoError(t, h.CheckHandoff(given))
		_, was, err := v.Origin(t.Context())
		require.NoError(t, err)
		assert.False(t, was, "this side gave it")
		assert.Equal(t, described([]Recipient{labelled(t, d.identity.Recipient(), "")}), described(v.Recipients()))

		copied := next.open()
		from, was, err := copied.Origin(t.Context())
		require.NoError(t, err)
		require.True(t, was)
		assert.Equal(t, given, from)
		assert.Equal(t, "Team Bo", from.Recipients[0].Label)
		assert.Len(t, from.Recipients, map[bool]int{false: 1, true: 2}[keep])
		assert.Equal(t, "The engagement passes to Team Bo", from.Note)
		assert.Equal(t, h.Head(), copied.Head(), "both sides have the same history")
		require.NoError(t, copied.Verify(t.Context()))

		// Each side goes on alone.
		appendAnswers(t, copied, "What they found")
		appendAnswers(t, v, "What we found later")
		assert.NotEqual(t, v.Head(), copied.Head())
		_, err = unsealMember(t, next.log(), v.log.identity)
		require.ErrorAs(t, err, new(*age.NoIdentityMatchError), "their saves are not readable to us")
		_, err = unsealMember(t, d.log(), copied.log.identity)
		require.ErrorAs(t, err, new(*age.NoIdentityMatchError), "nor ours to them")
		require.NoError(t, copied.Compact(t.Context(), nil))
		again, was, err := copied.Origin(t.Context())
		require.NoError(t, err)
		assert.True(t, was)
		assert.Equal(t, from, again)
		require.NoError(t, copied.Close())
		require.NoError(t, v.Close())
		v = d.open()
		require.NoError(t, v.Verify(t.Context()))
		require.NoError(t, v.Close())
	}
}

func TestAHandoffThatIsRefusedLeavesNothing(t *testing.T) {
	d, next := newDesk(t), newTeam(t)
	v := d.create()
	before, log, head := d.bytes(), d.log(), v.Head()
	hybrid, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	occupied, besideLog := filepath.Join(t.TempDir(), "there"), filepath.Join(t.TempDir(), "other.vault")
	require.NoError(t, os.WriteFile(occupied, []byte("mine"), 0o600))
	require.NoError(t, os.WriteFile(logPath(besideLog), []byte("another's"), 0o600))
	to := []Recipient{next.recipient()}
	canceled, cancel := context.WithCancel(t.Context())
	for cause, attempt := range map[string]func() (questionnaires.Handoff, error){
		"is not replaced": func() (questionnaires.Handoff, error) { return v.HandOff(t.Context(), occupied, HandingOff{To: to}) },
		"vault-wal is":    func() (questionnaires.Handoff, error) { return v.HandOff(t.Context(), besideLog, HandingOff{To: to}) },
		"nobody is named": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), next.path, HandingOff{KeepPresent: true})
		},
		"nobody to hand": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), next.path, HandingOff{To: v.Recipients()})
		},
		"cannot be mixed": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{labelled(t, hybrid.Recipient(), "")}, KeepPresent: true})
		},
		"control char": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), next.path, HandingOff{To: to, Note: "\a"})
		},
		"does not hold": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), next.path, HandingOff{To: to, Author: changedCard(next.card)})
		},
		"no such file": func() (questionnaires.Handoff, error) {
			return v.HandOff(t.Context(), filepath.Join(t.TempDir(), "a", "b"), HandingOff{To: to})
		},
		"context canceled": func() (questionnaires.Handoff, error) {
			return v.HandOff(canceled, next.path, HandingOff{To: to, Progress: func(int64, int64) { cancel() }})
		},
	} {
		_, err := attempt()
		require.ErrorContains(t, err, cause)
		assert.NoFileExists(t, next.path, cause)
		assert.NoFileExists(t, replacement(next.path), cause)
		assert.Equal(t, head, v.Head(), cause)
	}
	assert.Equal(t, before, d.bytes())
	assert.Equal(t, log, d.log())
	content, err := os.ReadFile(occupied)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(content))
	appendAnswers(t, v, "It goes on")
	require.NoError(t, v.Verify(t.Context()))
	require.NoError(t, v.Close())
	_, err = d.open(ReadOnly()).HandOff(t.Context(), next.path, HandingOff{To: to})
	require.ErrorIs(t, err, ErrReadOnly)
}

func changedCard(c questionnaires.Card) *questionnaires.Card {
	c.Author.Name = "Somebody Else"
	return &c
}

func TestAHandoffOnADiskThatFails(t *testing.T) {
	for step, recorded := range map[string]bool{"create": false, "write": false, "sync": false, "rename": true} {
		t.Run(step, func(t *testing.T) {
			d, next := newDesk(t), newTeam(t)
			disk := &faultyDisk{}
			v := d.create(withDisk(disk))
			appendAnswers(t, v, "Before")
			entries := len(history(t, v).Entries())
			disk.step, disk.cause = step, errors.New("no space left on device")
			_, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}})
			require.ErrorIs(t, err, disk.cause)
			disk.step = ""
			assert.NoFileExists(t, next.path)
			assert.NoFileExists(t, replacement(next.path))
			if recorded {
				require.ErrorContains(t, err, "the journal says that it was handed off")
				entries++
			}
			assert.Len(t, history(t, v).Entries(), entries)
			_, err = v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}})
			require.NoError(t, err, "it can be tried again")
			require.NoError(t, v.Verify(t.Context()))
			require.NoError(t, v.Close())
			require.NoError(t, next.open(ReadOnly()).Verify(t.Context()))
		})
	}
}

// Who hands on something else than what the entry names is found out.
func TestAHandoffOfAnotherHead(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	_, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.HandedOff, Subject: "vault", Payload: questionnaires.Handoff{
		Recipients: described(v.Recipients()), Head: engine.Sum([]byte("what was really there")),
	}})
	require.NoError(t, err)
	_, _, err = v.Origin(t.Context())
	require.ErrorAs(t, err, new(*TamperError))
	require.ErrorIs(t, err, questionnaires.ErrHandoff)
	require.ErrorAs(t, v.Verify(t.Context()), new(*TamperError))
	require.ErrorContains(t, v.Verify(t.Context()), "the handoff does not hold: it names head")
}
