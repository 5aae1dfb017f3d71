package vault

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
)

// parted are two copies of one vault, at two teams: the second was handed to the next.
func parted(t *testing.T, before func(*Vault)) (d *desk, next nextTeam, v, w *Vault) {
	t.Helper()
	d, next = newDesk(t), newTeam(t)
	v = d.create()
	appendAnswers(t, v, "What we found")
	if before != nil {
		before(v)
	}
	_, err := v.HandOff(t.Context(), next.path, HandingOff{To: []Recipient{next.recipient()}, Author: &next.card})
	require.NoError(t, err)
	next.now = d.now.Add(60_000_000_000) // both look at one clock
	return d, next, v, next.open()
}

func merged(t *testing.T, v, other *Vault) Merged {
	t.Helper()
	m, err := v.Merge(t.Context(), other, nil)
	require.NoError(t, err)
	holds(t, v)
	return m
}

// renumbered are the things that are called otherwise after a merge.
func renumbered(t *testing.T, m Merged) []questionnaires.Renumbered {
	t.Helper()
	catalogue, err := pci.Catalogue()
	require.NoError(t, err)
	all, err := m.Renumbered(catalogue)
	require.NoError(t, err)
	return all
}

func putFile(t *testing.T, v *Vault, name string, body []byte) questionnaires.Evidence {
	t.Helper()
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: name}, name, bytes.NewReader(body))
	require.NoError(t, err)
	return item
}

// pagesOf is the database of a vault in the clear.
func pagesOf(t *testing.T, v *Vault) string {
	t.Helper()
	var plain bytes.Buffer
	require.NoError(t, v.db.pages(t.Context(), &plain))
	return plain.String()
}

const expungedWords = "4111 1111 1111 1111 was on this page, by mistake"

func TestTwoCopiesOfAVaultMeet(t *testing.T) {
	var mistake questionnaires.Evidence
	d, _, v, w := parted(t, func(v *Vault) { mistake = putFile(t, v, "mistake.txt", []byte(expungedWords)) })
	long := bytes.Repeat([]byte("many megabytes of a dump "), 250_000)
	appendAnswers(t, v, "Ours")
	ours := putFile(t, v, "ours.txt", []byte("ours"))
	appendAnswers(t, w, "Theirs", "Theirs again")
	dump := putFile(t, w, "dump.bin", long)
	theirs := collected(t, w)
	draft, err := history(t, w).Expunge(mistake, "a card number")
	require.NoError(t, err)
	_, err = w.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	require.Contains(t, pagesOf(t, v), expungedWords)

	m := merged(t, v, w)
	assert.True(t, m.Changed())
	assert.Len(t, m.Came, 5)
	assert.Equal(t, 2, m.Lacks)
	require.Len(t, m.Expunged, 1)
	assert.Equal(t, mistake.Digest(), m.Expunged[0].Digest)
	assert.Empty(t, renumbered(t, m))
	assert.Len(t, history(t, v).Tips(), 2, "nobody signed that they met")
	assert.NotContains(t, pagesOf(t, v), expungedWords, "what one expunged is gone from both")
	_, err = v.Body(t.Context(), mistake.Digest())
	assert.True(t, isExpunged(err), "%v", err)
	for _, digest := range []engine.Digest{ours.Digest(), dump.Digest(), theirs.document, theirs.result, theirs.snapshot} {
		body, err := v.Body(t.Context(), digest)
		require.NoError(t, err)
		assert.Equal(t, digest, engine.Sum(body))
	}
	run, err := history(t, v).Runs()
	require.NoError(t, err)
	whole, err := v.Run(t.Context(), run[0].Run)
	require.NoError(t, err)
	assert.Len(t, whole.Results, 1)

	back := merged(t, w, v)
	assert.Len(t, back.Came, 2)
	assert.Equal(t, []questionnaires.Renumbered{{Before: "Evidence-2", After: "Evidence-4"}}, renumbered(t, back), "who was first keeps a number")
	assert.Equal(t, v.Head(), w.Head(), "whoever takes in whom")
	assert.Equal(t, history(t, v).Evidence(), history(t, w).Evidence())

	base, log := d.bytes(), d.log()
	again, err := v.Merge(t.Context(), w, nil)
	require.NoError(t, err)
	assert.False(t, again.Changed())
	assert.Equal(t, base, d.bytes(), "nothing new writes nothing")
	assert.Equal(t, log, d.log())

	appendAnswers(t, v, "Both were seen")
	assert.Len(t, history(t, v).Tips(), 1, "the next entry names them all")
	require.NoError(t, v.Close())
	holds(t, d.open())
}

// A copy from before something was expunged brings it back to nobody.
func TestAMergeBringsNothingBack(t *testing.T) {
	var mistake questionnaires.Evidence
	_, _, v, w := parted(t, func(v *Vault) {
		mistake = putFile(t, v, "mistake.txt", []byte(expungedWords))
		licence(t, v, sentence)
	})
	draft, err := history(t, v).Expunge(mistake, "a card number")
	require.NoError(t, err)
	_, err = v.Expunge(t.Context(), draft, nil)
	require.NoError(t, err)
	require.NoError(t, v.RemoveText(t.Context(), nil))
	appendAnswers(t, w, "Theirs")
	back, err := history(t, w).Merge(history(t, v))
	require.NoError(t, err)
	require.Len(t, back.TextsGone, 1, "people are told")
	assert.Equal(t, "text.csv", back.TextsGone[0].Source)
	m := merged(t, v, w)
	assert.Zero(t, m.Bodies)
	assert.Empty(t, m.TextsGone)
	assert.Equal(t, []engine.Digest{mistake.Digest()}, m.Barred)
	assert.NotContains(t, pagesOf(t, v), expungedWords)

	again := licence(t, w, sentence)
	merged(t, w, v)
	_, body, err := w.Text(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(body), sentence, "a text that was loaded beside its removal stands")
	merged(t, v, w)
	_, err = v.Body(t.Context(), again.Body)
	require.NoError(t, err)
}

func TestInternalNotesMeetTheirTexts(t *testing.T) {
	_, next, v, w := parted(t, func(v *Vault) { internalNote(t, v, whispered) })
	require.NotContains(t, pagesOf(t, w), whispered)
	_, err := v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.UnsentKept, Subject: "unsent note", Payload: questionnaires.Unsent{
		Form: "New note", Texts: map[string]string{"Text": "words in the making"},
	}})
	require.NoError(t, err)
	internalNote(t, w, "Between them")
	third := newTeam(t)
	_, err = w.HandOff(t.Context(), third.path, HandingOff{To: []Recipient{third.recipient()}, Author: &third.card})
	require.NoError(t, err)
	x := third.open()
	appendAnswers(t, x, "Third")

	// A copy that has notes without their texts comes after the one that has the texts.
	head, base := v.Head(), history(t, v)
	_, err = v.Merge(t.Context(), x, nil)
	require.ErrorIs(t, err, ErrNotesBehind)
	assert.Equal(t, head, v.Head())
	assert.Equal(t, base.SideLog(), history(t, v).SideLog())
	merged(t, v, w)
	assert.Contains(t, pagesOf(t, v), "Between them")
	merged(t, v, x)

	m := merged(t, w, v)
	assert.Len(t, m.Told, 1)
	assert.Contains(t, pagesOf(t, w), whispered, "the text takes the empty place")
	assert.NotContains(t, pagesOf(t, w), "words in the making")
	assert.Equal(t, v.Head(), w.Head())
	require.NoError(t, w.Close())
	holds(t, next.open())
}

// The next team hands the vault back, and keeps its internal notes.
func TestAVaultThatIsHandedBackIsMerged(t *testing.T) {
	d, _, v, w := parted(t, func(v *Vault) { internalNote(t, v, whispered) })
	appendAnswers(t, v, "Ours")
	appendAnswers(t, w, "Theirs")
	internalNote(t, w, "Between them")
	returned := newTeam(t)
	returned.identity, returned.author = d.identity, d.author
	_, err := w.HandOff(t.Context(), returned.path, HandingOff{To: v.Recipients()})
	require.NoError(t, err)
	m := merged(t, v, returned.open(ReadOnly()))
	assert.Len(t, m.Behind, 1)
	assert.Empty(t, m.Unverified)
	assert.Contains(t, pagesOf(t, v), whispered, "what this side said stays said")
	assert.NotContains(t, pagesOf(t, v), "Between them")
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, found.Withheld)
	merged(t, v, w) // with their texts
	assert.Contains(t, pagesOf(t, v), "Between them")
}

func TestWhatWasLostComesBack(t *testing.T) {
	var kept questionnaires.Evidence
	_, _, v, w := parted(t, func(v *Vault) { kept = putFile(t, v, "kept.txt", []byte("kept elsewhere")) })
	require.NoError(t, v.Update(t.Context(), func(tx *Tx) error {
		return tx.change("lose", func() error { return tx.db.expunge(kept.Digest()) })
	}))
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, found.Faults, 1)
	m := merged(t, v, w)
	assert.Equal(t, 1, m.Bodies)
	body, err := v.Body(t.Context(), kept.Digest())
	require.NoError(t, err)
	assert.Equal(t, "kept elsewhere", string(body))
}

func TestAMergeIsWholeOrNotAtAll(t *testing.T) {
	d, _, v, w := parted(t, nil)
	appendAnswers(t, v, "Ours")
	appendAnswers(t, w, "Theirs")
	putFile(t, w, "theirs.txt", []byte("theirs"))
	head := v.Head()

	interrupted, cancel := context.WithCancel(t.Context())
	var told []string
	_, err := v.Merge(interrupted, w, func(part string) func(done, total int64) {
		return func(done, total int64) {
			told = append(told, fmt.Sprintf("%s %t", part, 0 < done && done <= total))
			if part == "sealing" {
				cancel()
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []string{"taking in true", "sealing true"}, told)
	assert.Equal(t, head, v.Head())
	require.NoError(t, v.Close())
	v = d.open()
	assert.Equal(t, head, v.Head())
	holds(t, v)

	looking, err := d.tryOpen(ReadOnly())
	require.NoError(t, err)
	defer looking.Close()
	_, err = looking.Merge(t.Context(), w, nil)
	require.ErrorIs(t, err, ErrReadOnly)

	other := newDesk(t)
	other.author = signer(t, "Eve", 9)
	_, err = v.Merge(t.Context(), other.create(), nil)
	require.ErrorIs(t, err, questionnaires.ErrOtherVault)

	file := putFile(t, w, "sworn.txt", []byte("sworn."))
	require.NoError(t, w.db.exec("update chunks set data = ? where document = (select id from documents where digest = ?)", []byte("sworn!"), digestBytes(file)))
	_, err = v.Merge(t.Context(), w, nil)
	var tamper *TamperError
	require.ErrorAs(t, err, &tamper)
	assert.Equal(t, head, v.Head())
	holds(t, v)
}

func digestBytes(e questionnaires.Evidence) []byte { d := e.Digest(); return d[:] }
