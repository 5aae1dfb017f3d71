package timestamp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wire is an authority that answers, or falls silent, as a test wants.
type wire func() (*http.Response, error)

func (w wire) RoundTrip(*http.Request) (*http.Response, error) { return w() }

func TestAnAuthorityThatFallsSilentIsNotWaitedForLonger(t *testing.T) {
	a, err := New("http://tsa.test/")
	require.NoError(t, err)
	require.Equal(t, patience, a.client.Timeout, "of headers and body together")
	reply := func(body io.Reader) wire {
		return func() (*http.Response, error) {
			return &http.Response{
				StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/timestamp-reply"}}, Body: io.NopCloser(body),
			}, nil
		}
	}
	for name, silent := range map[string]wire{
		"at once":              func() (*http.Response, error) { return nil, context.DeadlineExceeded },
		"in the middle":        reply(io.MultiReader(strings.NewReader("0\x80"), iotest.ErrReader(context.DeadlineExceeded))),
		"after the first byte": reply(io.MultiReader(strings.NewReader("0"), iotest.ErrReader(context.DeadlineExceeded))),
	} {
		a.client.Transport = silent
		answer, err := a.Ask(t.Context(), []byte("a query"))
		assert.EqualError(t, err, "ask time-stamp authority http://tsa.test/: no whole answer within 30s", name)
		assert.Empty(t, answer)
	}
}
