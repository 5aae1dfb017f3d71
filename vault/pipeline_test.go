package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

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

func TestAheadReadsWhatIsThere(t *testing.T) {
	content := make([]byte, 5*blockSize+77)
	for i := range content {
		content[i] = byte(i * 7 / 5)
	}
	broken := errors.New("the disk is gone")
	for name, c := range map[string]struct {
		r    io.Reader
		want []byte
		err  error
	}{
		"whole":        {bytes.NewReader(content), content, nil},
		"whole blocks": {bytes.NewReader(content[:4*blockSize]), content[:4*blockSize], nil},
		"few":          {bytes.NewReader(content[:100]), content[:100], nil},
		"broken":       {io.MultiReader(bytes.NewReader(content[:3*blockSize+5]), iotest.ErrReader(broken)), content[:3*blockSize+5], broken},
	} {
		t.Run(name, func(t *testing.T) {
			r, stop := ahead(c.r, int64(len(c.want)))
			defer stop()
			got, err := io.ReadAll(iotest.HalfReader(r))
			require.ErrorIs(t, err, c.err)
			require.True(t, bytes.Equal(c.want, got))
		})
	}
	t.Run("left early", func(t *testing.T) {
		r, stop := ahead(bytes.NewReader(content), int64(len(content)))
		_, err := io.ReadFull(r, make([]byte, 10))
		require.NoError(t, err)
		stop()
	})
}
