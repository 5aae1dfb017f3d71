package kube_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// fault is what becomes of a request on its way: nothing, where it answers false.
type fault func(w http.ResponseWriter, whole func() []byte) bool

// cut breaks off in the middle of an answer, after its head, or before: as a server that
// goes, a balancer that forgets, a cable.
func cut(after func(whole []byte) []byte, reset bool) fault {
	return func(w http.ResponseWriter, whole func() []byte) bool {
		connection, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		if part := after(whole()); part != nil {
			fmt.Fprintf(buffer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(whole()), part)
			_ = buffer.Flush()
		}
		if tcp, is := connection.(*net.TCPConn); is && reset {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
		return true
	}
}

func refuses(code int, after string) fault {
	return func(w http.ResponseWriter, _ func() []byte) bool {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(code)
		return true
	}
}

// behind leads to a server over a proxy that spoils the first requests of a path.
func behind(t *testing.T, to *rest.Config, path string, spoil fault, times int64) (config *rest.Config, asked *atomic.Int64) {
	t.Helper()
	transport, err := rest.TransportFor(to)
	require.NoError(t, err)
	asked = new(atomic.Int64)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, strings.TrimSuffix(to.Host, "/")+r.URL.RequestURI(), r.Body)
		if err != nil {
			panic(err)
		}
		request.Header = r.Header.Clone()
		request.Header.Del("Accept-Encoding")
		answer, err := transport.RoundTrip(request)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		whole, _ := io.ReadAll(answer.Body)
		if r.URL.Path == path && asked.Add(1) <= times && spoil(w, func() []byte { return whole }) {
			return
		}
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(whole)
	}))
	t.Cleanup(proxy.Close)
	return &rest.Config{Host: proxy.URL}, asked
}

// What fails in the middle of a collection and may pass is asked again, and nothing is seen
// twice or left out; what does not pass is a gap, and is not asked for ever.
func TestWhatPassesIsAskedAgain(t *testing.T) {
	p := built(t)
	const services, apis = "/api/v1/services", "/apis"
	half := func(whole []byte) []byte { return whole[:len(whole)/2] }
	none := func([]byte) []byte { return nil }
	head := func([]byte) []byte { return []byte{} }
	for name, c := range map[string]struct {
		path  string
		spoil fault
		times int64
		asked int64 // so many times in all
		seen  bool
	}{
		"cut in the middle":            {services, cut(half, false), 1, 2, true},
		"reset in the middle":          {services, cut(half, true), 2, 3, true},
		"cut after its head":           {services, cut(head, false), 1, 2, true},
		"cut before":                   {services, cut(none, false), 2, 3, true}, // of which the library asks one again
		"reset before":                 {services, cut(none, true), 2, 3, true},
		"too many requests":            {services, refuses(http.StatusTooManyRequests, "1"), 1, 2, true},
		"not able to":                  {services, refuses(http.StatusServiceUnavailable, ""), 1, 2, true},
		"a gateway without a server":   {services, refuses(http.StatusBadGateway, ""), 2, 3, true},
		"what is asked of all":         {apis, cut(half, false), 1, 2, true},
		"cut again and again":          {services, cut(half, false), 100, 5, false},
		"never able to":                {services, refuses(http.StatusServiceUnavailable, ""), 100, 5, false},
		"in an hour":                   {services, refuses(http.StatusServiceUnavailable, "3600"), 100, 1, false},
		"refused":                      {services, refuses(http.StatusForbidden, "1"), 100, 1, false},
		"a fault that is the server's": {services, refuses(http.StatusInternalServerError, ""), 100, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			config, asked := behind(t, p.Admin(), c.path, c.spoil, c.times)
			l := live(config)
			l.Timeout = 5 * time.Second
			var told []string
			documents := kept{}
			intake := documents.intake()
			intake.Progress = func(at engine.Progress) { told = append(told, at.What) }
			s, err := l.Collect(t.Context(), intake)
			require.NoError(t, err)
			service := engine.Kind{Kind: "Service"}
			assert.Equal(t, c.seen, s.Saw(service), "%+v", s.Gaps)
			assert.Equal(t, c.asked, asked.Load())
			assert.Equal(t, c.asked > 1, slices.ContainsFunc(told, func(what string) bool { return strings.Contains(what, "asked again in") }), told)
			if c.seen {
				whole, _ := collect(t, live(p.Admin()))
				want, err := whole.Content()
				require.NoError(t, err)
				got, err := s.Content()
				require.NoError(t, err)
				assert.Equal(t, want, got, "seen once, and whole")
			} else {
				assert.Len(t, gapsOf(s, service), 1)
			}
		})
	}
}

// A server that goes for good is not waited for with each kind.
func TestPatienceEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/version":
			_, _ = io.WriteString(w, `{"gitVersion":"v1.36.3"}`)
		case "/api/v1/namespaces/kube-system":
			_, _ = io.WriteString(w, `{"metadata":{"uid":"u"}}`)
		default:
			w.Header().Set("Retry-After", "25")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	var waits []string
	ctx, stop := context.WithCancel(t.Context())
	s, err := (&kube.Live{Config: &rest.Config{Host: server.URL}, Name: "a"}).Collect(ctx, engine.Intake{Progress: func(at engine.Progress) {
		waits = append(waits, at.What)
		stop() // as ctrl-C while it waits
	}})
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, waits, 1, "it waits no longer")
	assert.Contains(t, waits[0], "asked again in 25s (2 of 5)")
	assert.False(t, s.Saw(podKind))
}
