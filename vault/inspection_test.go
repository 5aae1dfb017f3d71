package vault

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

func inspect(t *testing.T, v *Vault) Inspection {
	t.Helper()
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	return found
}

func members(found Inspection) []string {
	all := make([]string, len(found.Faults))
	for i, f := range found.Faults {
		all[i] = f.Member
	}
	return all
}

// TestInspectionGoesOnAfterWhatIsWrong: three bodies are hit in three ways, and all
// are named.
func TestInspectionGoesOnAfterWhatIsWrong(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	var names []string
	for i := range 4 {
		item := attach(t, v, fmt.Sprint(i), fmt.Appendf(nil, "content %d", i))
		names = append(names, "document "+item.Digest().String())
	}
	require.NoError(t, v.db.exec("pragma foreign_keys=off"))
	for i, change := range []string{
		"update chunks set data = x'636f6e74656e742039' where document = (select id from documents where digest = ?)",
		"delete from chunks where document = (select id from documents where digest = ?)",
		"delete from documents where digest = ?",
	} {
		digest := engine.Sum(fmt.Appendf(nil, "content %d", i))
		require.NoError(t, v.db.exec(change, digest[:]))
	}
	var told, all int64
	found, err := v.Inspect(t.Context(), func(done, total int64) { told, all = done, total })
	require.NoError(t, err)
	assert.NotZero(t, told)
	assert.Equal(t, all, told)
	for _, name := range names[:3] {
		assert.Contains(t, members(found), name)
	}
	assert.NotContains(t, members(found), names[3])
	assert.Equal(t, 1, found.Documents)
	assert.Equal(t, v.Head(), found.Head)
	var tamper *TamperError
	require.ErrorAs(t, v.Verify(t.Context()), &tamper)
}

func TestBodyThatATombstoneCoversIsTold(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	item := attach(t, v, "slip", []byte("4111 1111 1111 1111"))
	h, err := v.History(t.Context())
	require.NoError(t, err)
	draft, err := h.Expunge(item, "a card number")
	require.NoError(t, err)
	_, err = v.Append(t.Context(), draft) // as a merge leaves it: the entry came, the body is still here
	require.NoError(t, err)
	found := inspect(t, v)
	assert.True(t, found.Holds())
	assert.Equal(t, []engine.Digest{item.Digest()}, found.Undead)
	_, err = v.Body(t.Context(), item.Digest())
	var gone *ExpungedError
	require.ErrorAs(t, err, &gone, "it is not handed out")
	_, err = v.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	assert.Empty(t, inspect(t, v).Undead)
	pieces := newFragments()
	pieces.add([]byte("4111 1111 1111 1111"))
	assert.Zero(t, pieces.found(d.plain()))
}

func TestEntryOfAStrangerIsUnverifiedAndNoDamage(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	eve := signer(t, "Eve", 9)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	e, payload, err := questionnaires.SignEntry(eve, h.Vault(), h.Tips(), answer("trust me"), d.clock())
	require.NoError(t, err)
	require.NoError(t, v.db.putEntry(e, payload))
	require.NoError(t, v.Close())
	v = d.open(ReadOnly())
	found := inspect(t, v)
	assert.True(t, found.Holds())
	require.Len(t, found.Unverified, 1)
	assert.Equal(t, UnverifiedEntry{ID: e.ID, Action: questionnaires.AnswerGiven, Subject: "2.2.6", Author: eve.Author.ID}, found.Unverified[0])
	require.Error(t, v.Verify(t.Context()))
}

// TestDamagedChunksAreRanges: neighbours are told as one, and what they hit by name.
func TestDamagedChunksAreRanges(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	r := rand.New(rand.NewPCG(8, 8))
	bodies := [][]byte{scattered(r, 400_000), scattered(r, 400_000), scattered(r, 400_000)}
	for i, body := range bodies {
		attach(t, v, fmt.Sprint(i), body)
	}
	require.NoError(t, v.Compact(t.Context(), nil))
	require.NoError(t, v.Close())
	whole, plain := d.bytes(), d.plain()
	const sealed = sealedChunk + sealedTag
	payload := len(whole) - len(plain) - (len(plain)+sealedChunk-1)/sealedChunk*sealedTag
	damaged := bytes.Clone(whole)
	var region []byte
	for _, chunk := range []int{8, 9, 14} {
		damaged[payload+chunk*sealed+3] ^= 1
		region = append(region, plain[chunk*sealedChunk:(chunk+1)*sealedChunk]...)
	}
	require.NoError(t, os.WriteFile(d.path, damaged, 0o600))
	v = d.open(ReadOnly())
	examined, err := Examine(t.Context(), d.path, []age.Identity{d.identity}, nil)
	require.NoError(t, err)
	for _, found := range []Inspection{inspect(t, v), examined} {
		require.True(t, found.Torn())
		require.GreaterOrEqual(t, len(found.Faults), 4)
		assert.Equal(t, Fault{Member: "shop.vault", Offset: int64(payload + 8*sealed), Length: 2 * sealed, Cause: found.Faults[0].Cause}, found.Faults[0])
		assert.Equal(t, int64(payload+14*sealed), found.Faults[1].Offset)
		assert.Equal(t, int64(sealed), found.Faults[1].Length)
		for _, body := range bodies {
			pieces := newFragments()
			pieces.add(body)
			name := "document " + engine.Sum(body).String()
			assert.Equal(t, pieces.found(region) > 0, slices.Contains(members(found), name), "what the chunks hit is named, and nothing else")
		}
	}
}
