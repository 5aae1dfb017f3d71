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
)

// maxResponse bounds one answer of a server, in bytes after decompression.
const maxResponse = 64 << 20

var (
	errRefused  = errors.New("not on the list of what Tickmark asks a server")
	errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxResponse>>20)
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

	mu sync.Mutex
	ca string // SHA-256 over the DER of the root, in hexadecimal; "" until known
}

func newReadOnly(server *url.URL, next http.RoundTripper) *readOnly {
	return &readOnly{next: next, host: server.Host, base: strings.TrimSuffix(server.Path, "/")}
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
	response.Body = &boundedBody{ReadCloser: response.Body, left: maxResponse}
	return response, nil
}

// CloseIdleConnections passes the wish on.
func (t *readOnly) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
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
		if readable(below) {
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

// readable reports whether a path is the version, discovery, or a list or an
// object of a kind in the table. Subresources (log, exec, attach, portforward,
// proxy and the rest) never are.
func readable(p string) bool {
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
	case steps[0] == "api":
		steps = steps[2:]
	case steps[0] == "apis":
		group, steps = steps[1], steps[3:]
	default:
		return false
	}
	return readableResource(group, steps)
}

// readableResource takes RESOURCE, RESOURCE/NAME, and the same two below
// namespaces/NAME.
func readableResource(group string, steps []string) bool {
	if len(steps) > 2 && steps[0] == "namespaces" {
		steps = steps[2:]
		return len(steps) <= 2 && listed(group, steps[0], true)
	}
	return len(steps) <= 2 && listed(group, steps[0], false)
}

func listed(group, resource string, inNamespace bool) bool {
	return slices.ContainsFunc(kinds, func(k kind) bool {
		return k.of.Group == group && k.resource == resource && (k.namespaced || !inNamespace)
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
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var one [1]byte
		if n, err := b.ReadCloser.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	return n, err
}
