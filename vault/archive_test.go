package vault

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestAnArchiveIsTheWholeRecord(t *testing.T) {
	d, next := newDesk(t), newTeam(t)
	v := d.create()
	appendAnswers(t, v, "What we found")
	licence(t, v, sentence)
	internalNote(t, v, whispered)
	head := v.Head()
	made, err := v.Archive(t.Context(), next.path, Archiving{To: []Recipient{next.recipient()}})
	require.NoError(t, err)
	assert.Equal(t, head, made.Head)
	assert.Equal(t, "Team Bo", made.Recipients[0].Label)
	holds(t, v)
	found, err := Rehearse(t.Context(), next.path, []age.Identity{next.identity}, v.Head(), nil)
	require.NoError(t, err)
	assert.True(t, found.Holds())
	assert.Zero(t, found.Withheld)
	_, err = Rehearse(t.Context(), next.path, []age.Identity{d.identity}, v.Head(), nil)
	require.ErrorIs(t, err, ErrNoIdentity, "whom the vault is sealed to opens no archive")
	_, err = Rehearse(t.Context(), next.path, []age.Identity{next.identity}, engine.Sum([]byte("another")), nil)
	require.ErrorAs(t, err, new(*TamperError))
	archived := next.open(ReadOnly())
	var plain bytes.Buffer
	require.NoError(t, archived.db.pages(t.Context(), &plain))
	assert.Contains(t, plain.String(), whispered, "notes are workpapers of the house")
	assert.Contains(t, plain.String(), sentence)
	assert.Equal(t, v.Head(), archived.Head())
}

// An archive of a vault that was handed off knows what it came without.
func TestAnArchiveOfWhatWasHandedOff(t *testing.T) {
	d, next, third := newDesk(t), newTeam(t), newTeam(t)
	v := d.create()
	licence(t, v, sentence)
	internalNote(t, v, whispered)
	_, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card})
	require.NoError(t, err)
	w := next.open()
	_, err = w.Archive(t.Context(), third.path, Archiving{To: []Recipient{third.recipient()}})
	require.NoError(t, err)
	found, err := Rehearse(t.Context(), third.path, []age.Identity{third.identity}, w.Head(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, found.Withheld)
	assert.Len(t, found.LeftOut, 1)
}

func TestAnArchiveOnADiskThatFails(t *testing.T) {
	for step, recorded := range map[string]bool{"create": false, "write": false, "sync": false, "rename": true} {
		d, next := newDesk(t), newTeam(t)
		disk := &faultyDisk{}
		v := d.create(withDisk(disk))
		appendAnswers(t, v, "Before")
		head := v.Head()
		disk.step, disk.cause = step, errors.New("no space left on device")
		_, err := v.Archive(t.Context(), next.path, Archiving{To: []Recipient{next.recipient()}})
		require.ErrorIs(t, err, disk.cause, step)
		disk.step = ""
		assert.NoFileExists(t, next.path, step)
		assert.NoFileExists(t, replacement(next.path), step)
		assert.Equal(t, recorded, v.Head() != head, step)
		holds(t, v)
		_, err = v.Archive(t.Context(), next.path, Archiving{To: []Recipient{next.recipient()}})
		require.NoError(t, err, "it can be tried again")
	}
}
