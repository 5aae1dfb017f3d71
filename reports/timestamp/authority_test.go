package timestamp_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/reports/timestamp"
)

func TestTheQueryGoesAndTheAnswerComes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, "application/timestamp-query", r.Header.Get("Content-Type"))
		w.Header().Set("Content-Type", "application/timestamp-reply; charset=binary")
		_, _ = w.Write([]byte("an answer"))
	}))
	defer server.Close()
	a, err := timestamp.New(server.URL)
	require.NoError(t, err)
	answer, err := a.Ask(context.Background(), []byte("a query"))
	require.NoError(t, err)
	assert.Equal(t, "an answer", string(answer))
}

func TestAnAuthorityThatGivesNoAnswer(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	reply := func(kind string, size int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(strings.Repeat("x", size)))
		}
	}
	for want, handler := range map[string]http.HandlerFunc{
		"status 500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"malformed MIME header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{"text/html; x=\x1b[2J"}
			_, _ = w.Write([]byte("\x1b]0;owned\x07<script>"))
		},
		"points to another address": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://tsa.test/"+strings.Repeat("ä", 100_000))
			w.WriteHeader(http.StatusFound)
		},
		"status 503": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("\x1b[2J" + strings.Repeat("come back later\n", 10_000)))
		},
		"which is not followed": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
		"which is no time stamp": reply("text/html", 10),
		"more than 65536 bytes":  reply("application/timestamp-reply", 70_000),
		"EOF":                    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(handler)
		a, err := timestamp.New(strings.Replace(server.URL, "http://", "http://ada:secret@", 1))
		require.NoError(t, err)
		_, err = a.Ask(context.Background(), []byte("a query"))
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "ask time-stamp authority http://ada:xxxxx@127.0.0.1")
		assert.NotRegexp(t, `[[:cntrl:]]|script|later`, err.Error(), "nothing that it wrote reaches a terminal")
		assert.Less(t, len(err.Error()), 400)
		server.Close()
	}
	assert.False(t, followed, "a query goes nowhere else")
}

func TestAnAuthorityThatIsDownOrSilent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	a, err := timestamp.New("http://" + listener.Addr().String())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	asked := make(chan net.Conn, 1)
	go func() {
		conn, err := listener.Accept()
		stop() // whoever asked has lost patience: nothing was answered
		if assert.NoError(t, err) {
			asked <- conn
		}
		close(asked)
	}()
	_, err = a.Ask(ctx, []byte("a query"))
	require.ErrorIs(t, err, context.Canceled)
	for conn := range asked { // which must not end before the patience does
		require.NoError(t, conn.Close())
	}
	require.NoError(t, listener.Close())

	// Another address: a connection to the first may be left, which its end closed.
	listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	a, err = timestamp.New("http://" + listener.Addr().String())
	require.NoError(t, err)
	_, err = a.Ask(context.Background(), []byte("a query"))
	assert.ErrorContains(t, err, "connection refused")
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, address := range []string{"", "tsa.example", "ftp://tsa.example/", "file:///etc/passwd", "http://", "http://%zz"} {
		_, err := timestamp.New(address)
		assert.ErrorContains(t, err, "time-stamp authority", address)
	}
}

func TestAnAuthorityIsShownByItsHostAlone(t *testing.T) {
	for address, want := range map[string]string{
		"http://tsa.example.net/tsr": "tsa.example.net", "https://ines:secret@tsa.example.net:8443/a?key=k": "tsa.example.net", "http://[::1]:318/": "::1",
	} {
		a, err := timestamp.New(address)
		require.NoError(t, err)
		assert.Equal(t, want, a.Host())
	}
}
