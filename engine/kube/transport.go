package kube

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"tickmark/engine"
)

// maxResponse bounds one answer of a server, in bytes after decompression.
const maxResponse = 64 << 20

var (
	errRefused  = errors.New("not on the list of what Tickmark asks a server")
	errTooLarge = errors.New("the answer is larger than what is read")
)

// reviews are the only requests that are not reads: an identity asks the server
// about itself, and nothing is stored.
var reviews = []string{
	"/apis/authentication.k8s.io/v1/selfsubjectreviews",
	"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
	"/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
}

// readOnly lets through what the collector may ask of one server, bounds the
// answers, and remembers the root of the chain that the server was verified by.
type readOnly struct {
	next http.RoundTripper
	host string // host:port of the server
	base string // path under which it serves, "" for most
	wish Wish   // what is asked for, which is all that may be

	mu sync.Mutex
	ca string // SHA-256 over the DER of the root, in hexadecimal; "" until known
}

func newReadOnly(server *url.URL, next http.RoundTripper, wish Wish) *readOnly {
	return &readOnly{next: next, host: server.Host, base: strings.TrimSuffix(server.Path, "/"), wish: wish}
}

// RoundTrip sends a request that is on the list and refuses every other one.
func (t *readOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := t.allow(request); err != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		return nil, err
	}
	response, err := t.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		_ = response.Body.Close()
		return nil, refusal(request, "the server wants another protocol")
	}
	t.remember(response)
	most := bound(strings.TrimPrefix(request.URL.Path, t.base))
	response.Body = &boundedBody{ReadCloser: response.Body, most: most, left: most}
	return response, nil
}

// CloseIdleConnections passes the wish on.
func (t *readOnly) CloseIdleConnections() { closeIdle(t.next) }

func closeIdle(transport http.RoundTripper) {
	if c, ok := transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// bound is how much of the answer to a path is read.
func bound(path string) int64 {
	if isConfigz(path) {
		return maxConfigz
	}
	return maxResponse
}

func (t *readOnly) allow(request *http.Request) error {
	u := request.URL
	below, underBase := strings.CutPrefix(u.Path, t.base)
	switch {
	case u.Host != t.host:
		return refusal(request, "another host")
	case !underBase || u.RawPath != "" || path.Clean(u.Path) != u.Path:
		return refusal(request, "a path that is not plain")
	case request.Header.Get("Upgrade") != "" || hasToken(request.Header.Values("Connection"), "upgrade"):
		return refusal(request, "an upgrade of the connection")
	case u.Query().Has("watch"):
		return refusal(request, "a watch")
	}
	switch request.Method {
	case http.MethodGet:
		if t.wish.readable(below) {
			return nil
		}
	case http.MethodPost:
		if slices.Contains(reviews, below) {
			return nil
		}
	}
	return refusal(request, "this method and path")
}

func refusal(request *http.Request, what string) error {
	return fmt.Errorf("%s %s: %s: %w", request.Method, Printable(request.URL.Path), what, errRefused)
}

func hasToken(values []string, token string) bool {
	for _, value := range values {
		if strings.Contains(strings.ToLower(value), token) {
			return true
		}
	}
	return false
}

// readable reports whether a path is the version, discovery, the namespace by
// which a cluster is told, or a list or an object of a kind that is asked for.
// Subresources (log, exec, attach, portforward, proxy and the rest) never are, but
// for the configuration of a kubelet where it was asked for by name.
func (w Wish) readable(p string) bool {
	if isConfigz(p) {
		return w.asks(engine.KubeletConfigurationKind)
	}
	steps := strings.Split(strings.TrimPrefix(p, "/"), "/")
	if !strings.HasPrefix(p, "/") || slices.Contains(steps, "") {
		return false
	}
	group := ""
	switch {
	case steps[0] == "version" && len(steps) == 1:
		return true
	case steps[0] == "api" && len(steps) <= 2:
		return true
	case steps[0] == "apis" && len(steps) <= 3:
		return true
	case p == identityPath:
		return true
	case steps[0] == "api":
		steps = steps[2:]
	case steps[0] == "apis":
		group, steps = steps[1], steps[3:]
	default:
		return false
	}
	return w.readableResource(group, steps)
}

// readableResource takes RESOURCE, RESOURCE/NAME, and the same two below
// namespaces/NAME.
func (w Wish) readableResource(group string, steps []string) bool {
	if len(steps) > 2 && steps[0] == "namespaces" {
		steps = steps[2:]
		return len(steps) <= 2 && w.lists(group, steps[0], true)
	}
	return len(steps) <= 2 && w.lists(group, steps[0], false)
}

func (w Wish) lists(group, resource string, inNamespace bool) bool {
	return slices.ContainsFunc(kinds, func(k kind) bool {
		return k.of.Group == group && (k.resource == resource || k.family()) && (k.namespaced || !inNamespace) && w.asks(k.of)
	})
}

// remember keeps the digest of the root of the first verified chain.
func (t *readOnly) remember(response *http.Response) {
	if response.TLS == nil || len(response.TLS.VerifiedChains) == 0 {
		return
	}
	chain := response.TLS.VerifiedChains[0]
	sum := sha256.Sum256(chain[len(chain)-1].Raw)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ca == "" {
		t.ca = hex.EncodeToString(sum[:])
	}
}

// authority returns what remember kept.
func (t *readOnly) authority() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ca
}

// boundedBody ends with errTooLarge instead of going on beyond its bound.
type boundedBody struct {
	io.ReadCloser
	most int64
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		if n, err := b.ReadCloser.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, fmt.Errorf("%w: %d MiB", errTooLarge, b.most>>20)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
