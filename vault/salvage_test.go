package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// engagement is a vault with everything in it, of which some is in the log.
type engagement struct {
	*desk
	bodies map[engine.Digest][]byte
	head   engine.Digest
	all    map[engine.Digest]questionnaires.Entry
	listed listed
}

func newEngagement(t *testing.T) *engagement {
	t.Helper()
	e := &engagement{desk: newDesk(t), bodies: map[engine.Digest][]byte{}, all: map[engine.Digest]questionnaires.Entry{}}
	v := e.create()
	r := rand.New(rand.NewPCG(4, 4))
	e.listed = collected(t, v)
	e.bodies[e.listed.document] = podBody
	take := func(i int) {
		body := scattered(r, []int{200, 5000, 60_000, 300_000}[i%4])
		attach(t, v, fmt.Sprint("file ", i), body)
		e.bodies[engine.Sum(body)] = body
		appendAnswers(t, v, fmt.Sprint("narrative ", i, " ", r.Int64()), fmt.Sprintf("%x", scattered(r, 700)))
	}
	for i := range 12 {
		take(i)
	}
	gone := scattered(r, 50_000)
	attach(t, v, "slip", gone)
	h, err := v.History(t.Context())
	require.NoError(t, err)
	expunge(t, v, fmt.Sprintf("Evidence-%d", h.LastNumber(questionnaires.OtherEvidence)), "a card number")
	for i := range 3 {
		take(i)
	}
	h, err = v.History(t.Context())
	require.NoError(t, err)
	e.head = h.Head()
	for _, entry := range h.Entries() {
		e.all[entry.ID] = entry
	}
	v.lock.file.Sync()
	require.NoError(t, v.store.retire()) // as after a kill: the log stays
	require.NoError(t, v.lock.release())
	v.closed.Store(true)
	require.NotEmpty(t, e.log())
	return e
}

// salvaged salvages the vault, with recipients named where the error asks for them.
func (e *engagement) salvaged(t *testing.T, to string, options ...Option) (Salvaged, error) {
	t.Helper()
	options = append(options, WithClock(e.clock))
	report, err := Salvage(t.Context(), e.path, to, []age.Identity{e.identity}, nil, nil, options...)
	if errors.Is(err, errNoRecipients) {
		named, failed := NewRecipient(e.identity.Recipient(), "")
		require.NoError(t, failed)
		report, err = Salvage(t.Context(), e.path, to, []age.Identity{e.identity}, []Recipient{named}, nil, options...)
	}
	return report, err
}

// salvage salvages into a new vault and opens that; nil where there is none.
func (e *engagement) salvage(t *testing.T) (Salvaged, *Vault, error) {
	t.Helper()
	before, log := e.bytes(), e.log()
	to := filepath.Join(t.TempDir(), "new.vault")
	report, err := e.salvaged(t, to)
	require.True(t, bytes.Equal(before, e.bytes()) && bytes.Equal(log, e.log()), "the damaged vault is not touched")
	if err != nil {
		assert.NoFileExists(t, to)
		assert.NoFileExists(t, logPath(to))
		return report, nil, err
	}
	assert.NoFileExists(t, logPath(to))
	v, err := Open(t.Context(), to, []age.Identity{e.identity}, WithClock(e.clock))
	require.NoError(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return report, v, nil
}

func TestWholeVaultIsSalvagedWhole(t *testing.T) {
	e := newEngagement(t)
	report, v, err := e.salvage(t)
	require.NoError(t, err)
	assert.False(t, report.Lost())
	assert.Equal(t, e.head, report.Head)
	assert.Equal(t, len(e.all), report.Entries)
	assert.Equal(t, e.head, v.Head())
	require.NoError(t, v.Verify(t.Context()))
	for digest, body := range e.bodies {
		got, err := v.Body(t.Context(), digest)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, got))
	}
	h, err := v.History(t.Context())
	require.NoError(t, err)
	runs, err := v.Runs(t.Context())
	require.NoError(t, err)
	assert.Len(t, runs, 1)
	snapshots, err := v.Snapshots(t.Context())
	require.NoError(t, err)
	assert.Len(t, snapshots, 1)
	assert.Len(t, h.Tombstones(), 1)
	assert.Equal(t, 1, len(v.Recipients()))
}

// untouched reports whether none of the texts stands in what was damaged.
func untouched(damage []byte, texts ...[]byte) bool {
	for _, text := range texts {
		if bytes.Contains(damage, text) {
			return false
		}
	}
	return true
}

// TestSalvageKeepsWhatTheDamageDoesNotTouch damages the base chunk by chunk.
func TestSalvageKeepsWhatTheDamageDoesNotTouch(t *testing.T) {
	e := newEngagement(t)
	plain, whole := e.plain(), e.bytes()
	chunks := (len(plain) + sealedChunk - 1) / sealedChunk
	require.Greater(t, chunks, 15)
	overhead := len(whole) - len(plain) - chunks*sealedTag
	opened, stranded := 0, 0
	for at := range chunks {
		damaged := bytes.Clone(whole)
		damaged[overhead+at*(sealedChunk+sealedTag)+1000] ^= 4
		require.NoError(t, os.WriteFile(e.path, damaged, 0o600))
		region := plain[at*sealedChunk : min((at+1)*sealedChunk, len(plain))]

		// Verifying names the place, whether or not the vault opens.
		found, err := Examine(t.Context(), e.path, []age.Identity{e.identity}, nil)
		require.NoError(t, err)
		require.NotEmpty(t, found.Faults)
		assert.Equal(t, int64(overhead+at*(sealedChunk+sealedTag)), found.Faults[0].Offset)

		report, v, err := e.salvage(t)
		require.Len(t, report.Faults, map[bool]int{true: 2, false: 1}[len(report.Faults) == 2], "the chunk, and the log where its key is lost")
		left := map[engine.Digest]bool{}
		for _, s := range report.Stranded {
			left[s.ID] = true
			assert.Equal(t, s.Digest, engine.Sum(s.Payload))
			stranded++
		}
		if err != nil {
			require.ErrorIs(t, err, errNoFounder, "chunk %d", at)
			require.False(t, untouched(region, []byte(`"entity"`)), "chunk %d", at)
		} else {
			opened++
			h, err := v.History(t.Context())
			require.NoError(t, err)
			for _, entry := range h.Entries() {
				left[entry.ID] = true
				require.NoError(t, h.Verify(entry.ID))
			}
			e.compare(t, v, report, region)
		}
		inLog := len(report.Faults) == 2 // all of the log is lost with its key
		for id, entry := range e.all {
			if untouched(region, id[:], entry.Signature) && !inLog {
				assert.True(t, left[id], "chunk %d: entry %s %s", at, entry.Action, entry.Subject)
			}
		}
	}
	assert.Greater(t, opened, chunks/2)
	assert.NotZero(t, stranded)
}

// compare asks for every body that the damage does not touch, and that what is
// missing is told.
func (e *engagement) compare(t *testing.T, v *Vault, report Salvaged, region []byte) {
	t.Helper()
	told := map[string]bool{}
	for _, d := range report.LostDocuments {
		told["document "+d.Digest.String()] = true
		assert.NotEmpty(t, d.What)
	}
	for _, run := range report.LostRuns {
		told["run "+run.String()] = true
	}
	inLog := len(report.Faults) == 2
	for digest, body := range e.bodies {
		pieces := newFragments()
		pieces.add(body)
		got, err := v.Body(t.Context(), digest)
		switch {
		case err == nil:
			require.True(t, bytes.Equal(body, got))
		case pieces.found(region) == 0 && !inLog:
			assert.NoError(t, err, "a body that the damage does not touch")
		}
	}
	found, err := v.Inspect(t.Context(), nil)
	require.NoError(t, err)
	for _, f := range found.Faults {
		known := told[f.Member] || len(report.LostRuns) > 0 || len(report.LostDocuments) > 0 && (f.Member[:3] == "run" || f.Member[:8] == "snapshot")
		assert.True(t, known, "verify of what was salvaged tells what was not: %s", f)
	}
	assert.Empty(t, found.Unverified)
}

// TestEnrolledAuthorKeepsWhatFollowsALostEntry: with somebody who can sign for it, no
// answer that is whole stays outside.
func TestEnrolledAuthorKeepsWhatFollowsALostEntry(t *testing.T) {
	e := newEngagement(t)
	plain, whole := e.plain(), e.bytes()
	chunks := (len(plain) + sealedChunk - 1) / sealedChunk
	overhead := len(whole) - len(plain) - chunks*sealedTag
	declared := 0
	for at := range chunks {
		region := plain[at*sealedChunk : min((at+1)*sealedChunk, len(plain))]
		damaged := bytes.Clone(whole)
		damaged[overhead+at*(sealedChunk+sealedTag)+9] ^= 1
		require.NoError(t, os.WriteFile(e.path, damaged, 0o600))
		to := filepath.Join(t.TempDir(), "new.vault")
		report, err := e.salvaged(t, to, WithAuthor(e.author))
		if err != nil {
			require.ErrorIs(t, err, errNoFounder)
			continue
		}
		assert.Empty(t, report.Stranded, "chunk %d", at)
		v, err := Open(t.Context(), to, []age.Identity{e.identity}, WithClock(e.clock), WithAuthor(e.author))
		require.NoError(t, err)
		found := inspect(t, v)
		assert.Empty(t, found.Unverified)
		h, err := v.History(t.Context())
		require.NoError(t, err)
		there := map[engine.Digest]bool{}
		for _, entry := range h.Entries() {
			there[entry.ID] = true
		}
		for id, entry := range e.all {
			if untouched(region, id[:], entry.Signature) && len(report.Faults) == 1 {
				assert.True(t, there[id], "chunk %d: %s %s", at, entry.Action, entry.Subject)
			}
		}
		if !report.Declared.IsZero() {
			declared++
			assert.NotEmpty(t, found.Lost)
			assert.True(t, there[report.Declared])
		}
		appendAnswers(t, v, "work goes on")
		require.NoError(t, v.Close())
	}
	assert.NotZero(t, declared)
}

func TestSalvageOfALogTakesWhatStandsBeforeTheDamage(t *testing.T) {
	e := newEngagement(t)
	log := e.log()
	v, err := e.tryOpen()
	require.NoError(t, err)
	members := v.log.members
	require.NoError(t, v.Close())
	require.Greater(t, len(members), 4)
	for i, m := range members {
		damaged := bytes.Clone(log)
		damaged[m.at+tarBlock+m.sealed-50] ^= 1
		require.NoError(t, os.WriteFile(logPath(e.path), damaged, 0o600))
		report, v, err := e.salvage(t)
		require.NoError(t, err)
		if i < len(members)-1 || report.Dropped == 0 { // the last may be an interrupted save
			require.Len(t, report.Faults, 1, "member %d", i)
			assert.Contains(t, report.Faults[0].Member, m.name, "member %d", i)
		}
		found, err := v.Inspect(t.Context(), nil)
		require.NoError(t, err)
		assert.Empty(t, found.Faults, "member %d", i)
		assert.LessOrEqual(t, report.Entries, len(e.all))
	}
}

func TestCutVaultIsSalvaged(t *testing.T) {
	e := newEngagement(t)
	whole, plain := e.bytes(), e.plain()
	overhead := len(whole) - len(plain) - (len(plain)+sealedChunk-1)/sealedChunk*sealedTag
	for _, size := range []int{len(whole) - 1, len(whole) - sealedChunk, len(whole) / 2} {
		require.NoError(t, os.WriteFile(e.path, whole[:size], 0o600))
		_, err := e.tryOpen()
		require.Error(t, err)
		found, err := Examine(t.Context(), e.path, []age.Identity{e.identity}, nil)
		require.NoError(t, err)
		assert.NotEmpty(t, found.Faults)
		report, v, err := e.salvage(t)
		require.NoError(t, err)
		assert.True(t, report.Lost())
		assert.NotZero(t, report.Entries)
		e.compare(t, v, report, plain[(size-overhead)/(sealedChunk+sealedTag)*sealedChunk:])
	}
}

func TestWithoutItsHeaderNothingIsSalvaged(t *testing.T) {
	e := newEngagement(t)
	whole := e.bytes()
	to := filepath.Join(t.TempDir(), "new.vault")
	for name, damaged := range map[string][]byte{
		"changed": append([]byte("age-encryption.org/v1\n-> X25519 x"), whole[40:]...), "cut": whole[:60], "nothing": {},
	} {
		require.NoError(t, os.WriteFile(e.path, damaged, 0o600))
		_, err := Salvage(t.Context(), e.path, to, []age.Identity{e.identity}, nil, nil)
		require.Error(t, err, name)
		assert.NoFileExists(t, to)
	}
	require.NoError(t, os.WriteFile(e.path, whole, 0o600))
	stranger, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	_, err = Salvage(t.Context(), e.path, to, []age.Identity{stranger}, nil, nil)
	require.ErrorIs(t, err, ErrNoIdentity)
	_, err = Salvage(t.Context(), e.path, e.path, []age.Identity{e.identity}, nil, nil)
	require.ErrorContains(t, err, "is there already")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Salvage(ended, e.path, to, []age.Identity{e.identity}, nil, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.NoFileExists(t, to)
}

func TestSalvagedVaultIsSealedToWhomItIsSaid(t *testing.T) {
	e := newEngagement(t)
	next, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	to := filepath.Join(t.TempDir(), "new.vault")
	r, err := NewRecipient(next.Recipient(), "Bo")
	require.NoError(t, err)
	_, err = Salvage(t.Context(), e.path, to, []age.Identity{e.identity}, []Recipient{r}, nil)
	require.NoError(t, err)
	_, err = Open(t.Context(), to, []age.Identity{e.identity})
	require.ErrorIs(t, err, ErrNoIdentity)
	v, err := Open(t.Context(), to, []age.Identity{next})
	require.NoError(t, err)
	assert.Equal(t, e.head, v.Head())
	require.NoError(t, v.Close())
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte{4, 1, 25, 14, 7, 'a', 'b', 'c', 'd', 'e', 'f', 9})
	f.Add([]byte{0x82, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, ok := parseRecord(b)
		if !ok {
			return
		}
		total := 0
		for _, v := range r {
			total += len(v.b)
		}
		require.LessOrEqual(t, total, len(b))
		if r.looks("0ddtbdttdtbb") {
			_, _ = entryOf(r)
		}
	})
}
