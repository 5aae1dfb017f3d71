package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// noise is a file that does not pack, of a little more than three chunks.
func noise() []byte {
	b := make([]byte, 3*maxChunk+100)
	_, _ = benchRandom(11).Read(b)
	return b
}

func takeIn(t *testing.T, v *Vault, file []byte) engine.Digest {
	t.Helper()
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{Title: "Dump"}, "dump.bin", bytes.NewReader(file))
	require.NoError(t, err)
	return item.Digest()
}

func TestEvidenceStreamsAndSeeks(t *testing.T) {
	v, file := newDesk(t).create(), noise()
	digest := takeIn(t, v, file)
	r, err := v.OpenEvidence(t.Context(), digest)
	require.NoError(t, err)
	part := make([]byte, 10)
	for _, at := range []int{2*maxChunk - 3, 5, len(file) - 10} {
		_, err = r.Seek(int64(at), io.SeekStart)
		require.NoError(t, err)
		_, err = io.ReadFull(r, part)
		require.NoError(t, err)
		assert.Equal(t, file[at:at+10], part)
	}
	_, err = r.Read(part)
	require.ErrorIs(t, err, io.EOF)
	size, err := r.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	assert.EqualValues(t, len(file), size)
	_, err = r.Seek(-1, io.SeekStart)
	require.Error(t, err)
	_, err = r.Seek(0, io.SeekStart)
	require.NoError(t, err)
	all, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(file, all))
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	_, err = r.Read(part)
	require.ErrorIs(t, err, ErrClosed)
	_, err = v.OpenEvidence(t.Context(), engine.Sum([]byte("another")))
	require.ErrorIs(t, err, ErrAbsent)
}

func TestEvidenceOfNoBytes(t *testing.T) {
	v := newDesk(t).create()
	r, err := v.OpenEvidence(t.Context(), takeIn(t, v, nil))
	require.NoError(t, err)
	defer r.Close()
	all, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Empty(t, all)
}

// Who can seal can change a chunk: the last one is not handed out then.
func TestChangedEvidenceIsToldBeforeItsEnd(t *testing.T) {
	cases := map[string]struct {
		change string
		// reads is how much is handed out: what stands before the chunk that does not fit.
		reads int
	}{
		"a byte of the first chunk": {"update chunks set data = cast(x'00' || substr(data, 2) as blob) where place = 0 and size = 262144", 3 * maxChunk},
		"chunks changed places":     {"update chunks set place = case place when 0 then 1000 when 1 then 0 else place end where size = 262144; update chunks set place = 1 where place = 1000", 3 * maxChunk},
		"a chunk that is short":     {"update chunks set data = substr(data, 1, 9), size = 9 where place = 1 and size = 262144", maxChunk},
		"a chunk that is gone":      {"delete from chunks where place = 2", 2 * maxChunk},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := newDesk(t).create()
			digest := takeIn(t, v, noise())
			require.NoError(t, v.db.exec(c.change))
			r, err := v.OpenEvidence(t.Context(), digest)
			require.NoError(t, err)
			defer r.Close()
			read, err := io.Copy(io.Discard, r)
			var tamper *TamperError
			require.ErrorAs(t, err, &tamper)
			assert.Equal(t, "document "+digest.String(), tamper.Member)
			assert.EqualValues(t, c.reads, read)
		})
	}
}

// A reader keeps the state that it began with.
func TestEvidenceIsReadBesideACompaction(t *testing.T) {
	v, file := newDesk(t).create(), noise()
	digest := takeIn(t, v, file)
	r, err := v.OpenEvidence(t.Context(), digest)
	require.NoError(t, err)
	start := make([]byte, maxChunk+1)
	_, err = io.ReadFull(r, start)
	require.NoError(t, err)
	require.NoError(t, v.db.exec("delete from chunks where place > 0"))
	require.NoError(t, v.Compact(t.Context(), nil))
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(file, append(start, rest...)))
	require.NoError(t, r.Close())

	r, err = v.OpenEvidence(t.Context(), digest)
	require.NoError(t, err)
	require.NoError(t, v.Close())
	_, err = r.Read(start)
	require.ErrorIs(t, err, ErrClosed)
	require.NoError(t, r.Close())
}

func TestCancelledIntakeLeavesNothing(t *testing.T) {
	v, file := newDesk(t).create(), bytes.Repeat(noise(), 20)
	head := v.Head()
	ctx, cancel := context.WithCancel(t.Context())
	stops := readerFunc(func(p []byte) (int, error) {
		if len(file) < len(p) {
			cancel()
		}
		n := copy(p, file)
		file = file[n:]
		return n, nil
	})
	_, err := v.PutEvidence(ctx, questionnaires.Evidence{}, "dump.bin", stops)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, head, v.Head())
	left, err := v.db.unfinished()
	require.NoError(t, err)
	assert.False(t, left)
	require.NoError(t, v.Verify(t.Context()))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// What a kill leaves cannot be found, and goes with the next intake.
func TestWhatAKilledIntakeLeftGoesWithTheNext(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	in := &intake{vault: v}
	require.NoError(t, v.update(t.Context(), func(tx *Tx) error {
		return tx.change("take in", func() error { return in.store(tx.db, noise()) })
	}))
	require.NoError(t, v.Close())
	v = d.open()
	require.NoError(t, v.Verify(t.Context()))
	left, err := v.db.unfinished()
	require.NoError(t, err)
	require.True(t, left)
	file := []byte("a small one")
	takeIn(t, v, file)
	takeIn(t, v, file)
	var documents, chunks int
	require.NoError(t, errors.Join(v.db.row("select count(*) from documents").Scan(&documents), v.db.row("select count(*) from chunks").Scan(&chunks)))
	assert.Equal(t, 1, documents, "the equal one is kept once")
	assert.Equal(t, 1, chunks)
}

// Files may be longer than what is held in memory as a whole.
func TestLongFilesAreStreamedAlone(t *testing.T) {
	v := newDesk(t).create()
	const size = maxBody + 1
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{}, "zeros.img", io.LimitReader(readerFunc(func(p []byte) (int, error) {
		clear(p)
		return len(p), nil
	}), size))
	require.NoError(t, err)
	assert.EqualValues(t, size, item.File.Size)
	_, err = v.Body(t.Context(), item.Digest())
	require.ErrorContains(t, err, "at most 268435456 are read at once")
	r, err := v.OpenEvidence(t.Context(), item.Digest())
	require.NoError(t, err)
	defer r.Close()
	read, err := io.Copy(io.Discard, r)
	require.NoError(t, err)
	assert.EqualValues(t, size, read)
	require.NoError(t, v.Verify(t.Context()))
}

// A large intake leaves a long log. Closing does not take the time to make a short one
// of it: whoever can show how far it is does.
func TestALargeIntakeMakesCompactingDue(t *testing.T) {
	d := newDesk(t)
	v := d.create()
	assert.False(t, v.LogIsLong())
	item, err := v.PutEvidence(t.Context(), questionnaires.Evidence{}, "dump.bin", io.LimitReader(benchRandom(1), longLog+1))
	require.NoError(t, err)
	require.Greater(t, len(d.log()), longLog)
	assert.True(t, v.LogIsLong())
	require.NoError(t, v.Close())
	assert.False(t, v.LogIsLong())
	require.Greater(t, len(d.log()), longLog)
	reader := d.open(ReadOnly())
	assert.False(t, reader.LogIsLong(), "a reader compacts nothing")
	require.NoError(t, reader.Close())
	v = d.open()
	assert.True(t, v.LogIsLong())
	require.NoError(t, v.Compact(t.Context(), nil))
	assert.False(t, v.LogIsLong())
	assert.Empty(t, d.log())
	assert.Equal(t, item.Digest(), history(t, v).Evidence()[0].Digest())
	require.NoError(t, v.Verify(t.Context()))
}
