package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"tickmark/engine"
)

// apiServer is the name of the documents that are about the server itself.
const apiServer = "api-server"

// fact hands over a document that is written here, and its population.
func (c *collection) fact(of engine.Kind, query string, fields map[string]any) error {
	fields["apiVersion"], fields["kind"] = engine.FactVersion, of.Kind
	fields["metadata"] = map[string]any{"name": apiServer}
	doc, err := c.fromTree(fields, head{apiVersion: engine.FactVersion, of: of})
	if err != nil {
		return err
	}
	if err := c.add(doc, query); err != nil {
		return err
	}
	c.snapshot.Populations = append(c.snapshot.Populations, engine.Population{Kind: of, Count: 1, Complete: true, Query: query})
	return nil
}

// version notes what the server says of its build.
func (c *collection) version(raw []byte) error {
	var says map[string]any
	if err := json.Unmarshal(raw, &says); err != nil {
		return err
	}
	fields := map[string]any{}
	for _, name := range []string{"gitVersion", "major", "minor", "platform", "goVersion", "buildDate"} {
		if text, ok := says[name].(string); ok {
			fields[name] = line(text)
		}
	}
	return c.fact(engine.ServerVersionKind, "GET /version", fields)
}

// How kubelets are asked: a node that is down answers when its time is over.
const (
	kubeletsAtOnce = 8
	kubeletTimeout = 10 * time.Second
	maxConfigz     = 1 << 20
)

// configzOf is the path of a kubelet's configuration through the node's proxy.
func configzOf(node string) string { return "/api/v1/nodes/" + node + "/proxy/configz" }

// isConfigz reports whether a path is exactly that.
func isConfigz(p string) bool {
	steps := strings.Split(p, "/")
	return len(steps) == 7 && validName(steps[4]) && steps[4] != "" && p == configzOf(steps[4])
}

// kubelets asks every node's kubelet what it runs with. A node that does not
// answer is a gap of its name.
func (c *collection) kubelets(ctx context.Context) error {
	of, query := engine.KubeletConfigurationKind, "GET "+configzOf("NAME")
	if !c.wish.asks(of) {
		c.leave(of, query, "get nodes/proxy")
		return nil
	}
	var nodes []string
	for _, e := range c.snapshot.Entries {
		if e.Ref.Of() == nodeKind {
			nodes = append(nodes, e.Ref.Name)
		}
	}
	slices.Sort(nodes)
	population := engine.Population{Kind: of, Complete: c.snapshot.Saw(nodeKind), Query: query}
	if !population.Complete {
		c.gap(engine.Gap{Source: query, Kind: of, Reason: engine.Unexplained, Cause: "get nodes/proxy: which nodes there are could not all be seen"})
	}
	for i, answer := range c.askKubelets(ctx, nodes) {
		if answer.err == nil {
			answer.err = c.takeConfigz(nodes[i], answer.raw)
		}
		var refused refusedDocument
		switch {
		case errors.As(answer.err, &refused):
			return refused.error
		case answer.err != nil:
			c.gap(engine.Gap{
				Source: "GET " + configzOf(nodes[i]), Kind: of, Name: nodes[i], Reason: kubeletReason(ctx, answer.err),
				Cause: causeOf("get nodes/proxy", answer.err, c.snapshot.Collector.Name),
			})
		default:
			population.Count++
		}
	}
	c.progress(of.String())
	c.snapshot.Populations = append(c.snapshot.Populations, population)
	return nil
}

// kubeletReason classes why a kubelet did not answer. That it has no such page
// does not say that it has no configuration.
func kubeletReason(ctx context.Context, err error) engine.GapReason {
	switch reason := reasonOf(err); {
	case ctx.Err() != nil:
		return engine.Interrupted
	case errors.Is(err, errNoConfigz):
		return engine.Unreadable
	case reason == engine.NotInstalled || apierrors.IsServiceUnavailable(err) || apierrors.IsInternalError(err):
		return engine.Unreachable
	default:
		return reason
	}
}

// kubeletAnswer is what one kubelet said.
type kubeletAnswer struct {
	raw []byte
	err error
}

// askKubelets asks a few nodes at a time and returns the answers in their order.
func (c *collection) askKubelets(ctx context.Context, nodes []string) []kubeletAnswer {
	answers := make([]kubeletAnswer, len(nodes))
	var all sync.WaitGroup
	turns := make(chan struct{}, kubeletsAtOnce)
	for i, node := range nodes {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			within, cancel := context.WithTimeout(ctx, min(c.timeout, kubeletTimeout))
			defer cancel()
			answers[i].raw, answers[i].err = c.raw.Get().AbsPath(configzOf(node)).MaxRetries(0).DoRaw(within)
		})
	}
	all.Wait()
	return answers
}

var errNoConfigz = errors.New("the answer is no kubelet configuration")

// refusedDocument is the error of an intake, which ends the collection.
type refusedDocument struct{ error }

// takeConfigz hands over the configuration in a kubelet's answer as an object of
// the node's name.
func (c *collection) takeConfigz(node string, raw []byte) error {
	v, err := engine.DecodeJSON(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoConfigz, err)
	}
	answer, _ := v.(map[string]any)
	tree, ok := answer["kubeletconfig"].(map[string]any)
	if !ok || len(tree) == 0 {
		return errNoConfigz
	}
	of := engine.KubeletConfigurationKind
	apiVersion, _ := tree["apiVersion"].(string)
	if group, _, _ := strings.Cut(apiVersion, "/"); group != of.Group {
		apiVersion = of.Group + "/v1beta1"
	}
	tree["apiVersion"], tree["kind"], tree["metadata"] = apiVersion, of.Kind, map[string]any{"name": node}
	doc, err := c.fromTree(tree, head{apiVersion: apiVersion, of: of})
	if err != nil {
		return fmt.Errorf("%w: %w", errNoConfigz, err)
	}
	if err := c.add(doc, "GET "+configzOf(node)); err != nil {
		return refusedDocument{err}
	}
	return nil
}

// probed are the requests that are sent without credentials, and no other. Secrets
// are not among them: an answer would hold their values.
var probed = []string{"/api/v1/namespaces?limit=1", "/api/v1/pods?limit=1", "/version", "/healthz"}

// anonymous asks the server without credentials and notes how it answers: the
// status and in what it writes, by which a server is told from what stands before it,
// never a body.
func (c *collection) anonymous(ctx context.Context) error {
	of := engine.AnonymousProbeKind
	const query = "GET without credentials"
	if !c.wish.asks(of) {
		c.leave(of, query, "probe")
		return nil
	}
	config := rest.AnonymousClientConfig(c.config)
	transport, err := rest.TransportFor(config)
	if err != nil {
		return err
	}
	guard := &probeOnly{next: transport, server: c.server}
	defer guard.CloseIdleConnections()
	var requests []any
	for _, target := range probed {
		status, media, err := c.probe(ctx, guard, target)
		if err != nil {
			c.gap(engine.Gap{Source: query + " " + target, Kind: of, Name: apiServer, Reason: probeReason(ctx, err), Cause: causeOf("probe "+target, err, "")})
			continue
		}
		requests = append(requests, map[string]any{"path": target, "status": int64(status), "media": media})
	}
	if len(requests) == 0 {
		return nil
	}
	return c.fact(of, query, map[string]any{"requests": requests})
}

func probeReason(ctx context.Context, err error) engine.GapReason {
	if ctx.Err() != nil {
		return engine.Interrupted
	}
	return reasonOf(err)
}

// noMedia is noted of an answer that does not say in what it is written.
const noMedia = "none"

// probe returns the status of the answer to one request without credentials, and in what
// it is written.
func (c *collection) probe(ctx context.Context, guard http.RoundTripper, target string) (status int, media string, err error) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(within, http.MethodGet, strings.TrimSuffix(c.server.String(), "/")+target, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("User-Agent", c.config.UserAgent)
	response, err := guard.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	if media, _, err = mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || len(media) > 100 {
		media = noMedia
	}
	return response.StatusCode, media, response.Body.Close()
}

// probeOnly lets through the requests of probed, as long as they show nobody's
// credentials.
type probeOnly struct {
	next   http.RoundTripper
	server *url.URL
}

// RoundTrip sends a request that is on the list and refuses every other one.
func (t *probeOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	u := request.URL
	below, underBase := strings.CutPrefix(u.RequestURI(), strings.TrimSuffix(t.server.EscapedPath(), "/"))
	switch {
	case request.Method != http.MethodGet || u.Host != t.server.Host || !underBase || !slices.Contains(probed, below):
		return nil, refusal(request, "no request that is sent without credentials")
	case request.Header.Get("Authorization") != "" || u.User != nil:
		return nil, refusal(request, "credentials in a request without any")
	}
	return t.next.RoundTrip(request)
}

// CloseIdleConnections passes the wish on.
func (t *probeOnly) CloseIdleConnections() { closeIdle(t.next) }
