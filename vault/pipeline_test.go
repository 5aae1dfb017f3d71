package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipelineKeepsTheOrder(t *testing.T) {
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 9*blockSize + 7} {
		want := make([]byte, size)
		_, _ = benchRandom(uint64(size)).Read(want)
		var b bytes.Buffer
		require.NoError(t, through(&b, func(w io.Writer) error {
			for rest := want; len(rest) > 0; {
				n := min(len(rest), 4096)
				if _, err := w.Write(rest[:n]); err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		}))
		assert.True(t, bytes.Equal(want, b.Bytes()), size)
	}
}

type fullAfter struct{ n int }

var errFull = errors.New("no space left on device")

func (f *fullAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestPipelineEndsWithEitherFailure(t *testing.T) {
	written := 0
	err := through(&fullAfter{3 * blockSize}, func(w io.Writer) error {
		for range 1000 {
			n, err := w.Write(make([]byte, blockSize))
			if written += n; err != nil {
				return err
			}
		}
		return nil
	})
	require.ErrorIs(t, err, errFull)
	assert.Less(t, written, 20*blockSize, "it stops soon")

	gone := errors.New("the disk cannot be read")
	var b bytes.Buffer
	err = through(&b, func(w io.Writer) error {
		_, _ = w.Write(make([]byte, blockSize/2))
		return gone
	})
	require.ErrorIs(t, err, gone)
	assert.Empty(t, b.Bytes(), "what was not whole is not written")
}
