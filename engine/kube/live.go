package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"tickmark/engine"
)

// How the server is asked. An auditor is subject to API Priority and Fairness, so
// the pace is set on purpose: a whole collection is some fifty requests and one
// more for every 500 objects.
const (
	pageSize       = 500
	requestsASec   = 50
	requestBurst   = 100
	defaultTimeout = 30 * time.Second
)

// errNoIdentity says that evidence of a server could not be filed.
var errNoIdentity = errors.New("the server cannot be told from another one: neither its namespace kube-system nor its certificate authority could be seen")

// Live collects from a cluster's API server, read only.
type Live struct {
	// Config says how the server is reached, see FromKubeconfig. It is copied.
	Config *rest.Config
	// Name is the context's name, for people.
	Name string
	// Tool is recorded in the snapshot.
	Tool engine.Tool
	// Now is the clock; nil leaves the snapshot's times zero.
	Now func() time.Time
	// Wish is what is asked for.
	Wish Wish
	// Timeout bounds each request, a page of a list included. 0 means 30 seconds.
	Timeout time.Duration
}

// Source returns the context's name.
func (l *Live) Source() string { return l.Name }

// Reserved returns the extras.
func (l *Live) Reserved() []engine.Reserved { return Extras }

// With returns the collector that asks for these extras as well.
func (l *Live) With(names ...string) engine.Collector {
	other := *l
	other.Wish.With = nil
	for _, name := range names {
		other.Wish.With = append(other.Wish.With, Extra(name))
	}
	return &other
}

// Collect lists what is wished for of the table of kinds. It returns an error only if the
// server does not answer, is no Kubernetes, does not accept the credentials, or
// cannot be told from another one; if ctx ends; or if the intake refuses a
// document. All else that is not seen is a Gap.
func (l *Live) Collect(ctx context.Context, to engine.Intake) (engine.Snapshot, error) {
	c, err := l.begin(to, l.Wish)
	if err != nil {
		return engine.Snapshot{}, fmt.Errorf("collect %s: %w", line(l.Name), oneLine(err))
	}
	defer c.http.CloseIdleConnections()
	if err := c.run(ctx); err != nil {
		return c.snapshot, fmt.Errorf("collect %s: %w", line(l.Name), oneLine(err))
	}
	return c.snapshot, nil
}

// collection is one run of Live.
type collection struct {
	gathering
	config  *rest.Config
	http    *http.Client
	guard   *readOnly
	server  *url.URL
	wish    Wish
	raw     *rest.RESTClient // JSON, for discovery and the version
	pieces  pieces
	timeout time.Duration
	// patience is how long it may still wait for what may pass.
	patience time.Duration

	groupsThere map[string]metav1.APIGroup // that the server says it has, by name; empty until it did
}

// begin makes ready for one run; may is what the transport lets through.
func (l *Live) begin(to engine.Intake, may Wish) (*collection, error) {
	if l.Config == nil {
		return nil, errors.New("no cluster is named")
	}
	config := rest.CopyConfig(l.Config)
	config.QPS, config.Burst = requestsASec, requestBurst
	config.UserAgent = cmp.Or(l.Tool.Name, "tickmark") + "/" + cmp.Or(l.Tool.Version, "0")
	config.WarningHandler = rest.NoWarnings{}
	config.Timeout = 0 // each request has its own deadline, retries included
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	c := &collection{gathering: newGathering(l.Name, l.Tool, l.Now, to), config: config, server: server, wish: l.Wish, timeout: cmp.Or(l.Timeout, defaultTimeout), patience: patienceOver}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		c.guard = newReadOnly(server, next, may)
		return c.guard
	})
	if c.http, err = rest.HTTPClientFor(config); err != nil {
		return nil, err
	}
	if c.raw, err = c.client(schema.GroupVersion{}, runtime.ContentTypeJSON); err != nil {
		return nil, err
	}
	address := *server
	address.User, address.RawQuery, address.Fragment = nil, "", ""
	c.snapshot.Asked = l.Wish.asked()
	c.snapshot.Target = engine.Target{Name: line(l.Name), Endpoint: address.String()}
	return c, nil
}

// client returns a client of one group and version.
func (c *collection) client(gv schema.GroupVersion, accept string) (*rest.RESTClient, error) {
	config := rest.CopyConfig(c.config)
	config.GroupVersion = &gv
	config.APIPath = "/apis"
	if gv.Group == "" {
		config.APIPath = "/api"
	}
	config.AcceptContentTypes, config.ContentType = accept, runtime.ContentTypeJSON
	config.NegotiatedSerializer = serializer.NewCodecFactory(builtInTypes()).WithoutConversion()
	if gv.Empty() {
		return rest.UnversionedRESTClientForConfigAndClient(config, c.http)
	}
	return rest.RESTClientForConfigAndClient(config, c.http)
}

// meet asks the server what it is and who the collector is to it.
func (c *collection) meet(ctx context.Context) error {
	if err := c.greet(ctx); err != nil {
		return err
	}
	if err := c.identify(ctx); err != nil {
		return err
	}
	return c.name(ctx)
}

func (c *collection) run(ctx context.Context) error {
	if err := c.meet(ctx); err != nil {
		return err
	}
	served := c.discover(ctx)
	if err := c.resume(ctx); err != nil {
		return err
	}
	for _, k := range kinds {
		if !c.wish.asks(k.of) {
			c.leave(k.of, "GET "+k.path(k.version), "list "+k.qualified())
			continue
		}
		if ctx.Err() != nil {
			c.interrupted(k)
			continue
		}
		if err := c.once(ctx, k, served); err != nil {
			return err
		}
	}
	c.unlisted()
	if err := c.kubelets(ctx); err != nil {
		return err
	}
	if err := c.anonymous(ctx); err != nil {
		return err
	}
	c.end()
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.snapshot.Target.ID == "" {
		return errNoIdentity
	}
	return nil
}

// greet asks for the version. It is the first request, and shows whether there is
// a Kubernetes at all.
func (c *collection) greet(ctx context.Context) error {
	raw, err := c.get(ctx, "/version")
	var status apierrors.APIStatus
	switch {
	case apierrors.IsUnauthorized(err):
		return errors.New("the server does not accept these credentials")
	case apierrors.IsForbidden(err):
		c.gap(engine.Gap{Source: "GET /version", Kind: engine.ServerVersionKind, Reason: engine.Forbidden, Cause: "get /version: forbidden"})
		return nil
	case errors.As(err, &status):
		return fmt.Errorf("the server does not answer as Kubernetes does: %w", err)
	case err != nil:
		return plainCause(err)
	}
	var version struct {
		GitVersion string `json:"gitVersion"`
	}
	if err := json.Unmarshal(raw, &version); err != nil || version.GitVersion == "" {
		return errors.New("the server does not answer as Kubernetes does: GET /version gives no version")
	}
	c.snapshot.Target.ServerVersion = line(version.GitVersion)
	return c.version(raw)
}

// identify asks the server who the collector is.
func (c *collection) identify(ctx context.Context) error {
	const request = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
	client, err := c.client(authenticationv1.SchemeGroupVersion, runtime.ContentTypeJSON)
	if err != nil {
		return err
	}
	review := &authenticationv1.SelfSubjectReview{}
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = client.Post().Resource("selfsubjectreviews").Body(&authenticationv1.SelfSubjectReview{}).Do(within).Into(review)
	if apierrors.IsUnauthorized(err) {
		return errors.New("the server does not accept these credentials")
	}
	if err != nil {
		c.gap(engine.Gap{
			Source: "POST " + request, Kind: engine.Kind{Group: authenticationv1.GroupName, Kind: "SelfSubjectReview"},
			Reason: reasonOf(err), Cause: causeOf("create selfsubjectreviews."+authenticationv1.GroupName, err, ""),
		})
		return nil
	}
	user := review.Status.UserInfo
	c.snapshot.Collector = engine.Identity{Name: line(user.Username)}
	for _, group := range user.Groups {
		c.snapshot.Collector.Groups = append(c.snapshot.Collector.Groups, line(group))
	}
	return nil
}

// identityPath is the namespace by whose UID one cluster is told from another.
const identityPath = "/api/v1/namespaces/kube-system"

// name finds the target's identity: the UID of kube-system, else its certificate
// authority until the list of namespaces may tell more (see gathering.add).
func (c *collection) name(ctx context.Context) error {
	var namespace struct {
		Metadata struct {
			UID string `json:"uid"`
		} `json:"metadata"`
	}
	raw, err := c.get(ctx, identityPath)
	if err == nil {
		err = json.Unmarshal(raw, &namespace)
	}
	c.snapshot.Target.CA = c.guard.authority()
	switch uid := namespace.Metadata.UID; {
	case err == nil && uid != "" && validName(uid):
		c.snapshot.Target.ID = "k8s:" + uid
	case c.snapshot.Target.CA != "":
		c.snapshot.Target.ID, c.snapshot.Target.Provisional = "ca:"+c.snapshot.Target.CA, true
	case apierrors.IsUnauthorized(err):
		return errors.New("the server does not accept these credentials")
	}
	return nil
}

// again reads one path as JSON, and again where that may help.
func (c *collection) again(ctx context.Context, path string) (raw []byte, err error) {
	err = c.patiently(ctx, path, func(within context.Context) error {
		raw, err = c.raw.Get().AbsPath(path).MaxRetries(0).DoRaw(within)
		return err
	})
	return raw, err
}

// get reads one path as JSON, as the first thing that is asked of a server.
func (c *collection) get(ctx context.Context, path string) ([]byte, error) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.raw.Get().AbsPath(path).DoRaw(within)
}
