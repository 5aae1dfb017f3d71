package kube

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"tickmark/engine"
)

// Preflight says what Collect would see, as a snapshot without entries: a population,
// which counts nothing, of each kind that may be listed, and a gap, with the
// permission that is missing, of each other. It asks the server what it knows and
// what the collector may do, and for no object. Such a snapshot is no evidence.
func (l *Live) Preflight(ctx context.Context) (engine.Snapshot, error) {
	c, err := l.begin(engine.Intake{}, Wish{Kinds: []engine.Kind{}})
	if err != nil {
		return engine.Snapshot{}, fmt.Errorf("preflight %s: %w", Printable(l.Name), oneLine(err))
	}
	defer c.http.CloseIdleConnections()
	if err := c.foresee(ctx); err != nil {
		return engine.Snapshot{}, fmt.Errorf("preflight %s: %w", Printable(l.Name), oneLine(err))
	}
	return c.snapshot, nil
}

func (c *collection) foresee(ctx context.Context) error {
	if err := c.meet(ctx); err != nil {
		return err
	}
	served := c.discover(ctx)
	for _, k := range kinds {
		switch {
		case !c.wish.asks(k.of):
			c.leave(k.of, "GET "+k.path(k.version), "list "+k.qualified())
			continue
		case k.custom:
			if _, there := c.offered(k, served); !there {
				continue
			}
		}
		if err := c.ask(ctx, k.of, permission{verb: "list", group: k.of.Group, resource: k.resource}); err != nil {
			return err
		}
	}
	if kubelet := engine.KubeletConfigurationKind; c.wish.asks(kubelet) {
		if err := c.ask(ctx, kubelet, permission{verb: "get", resource: "nodes", subresource: "proxy"}); err != nil {
			return err
		}
	} else {
		c.leave(kubelet, "GET "+configzOf("NAME"), "get nodes/proxy")
	}
	if probe := engine.AnonymousProbeKind; c.wish.asks(probe) {
		c.foreseen(probe, "probe")
	} else {
		c.leave(probe, "GET without credentials", "probe")
	}
	c.snapshot.Entries = []engine.Entry{}
	c.end()
	if c.snapshot.Target.ID == "" && ctx.Err() == nil {
		return errNoIdentity
	}
	return ctx.Err()
}

// permission is what the server is asked about.
type permission struct{ verb, group, resource, subresource string }

// String returns it as messages of RBAC do, e.g. "list networkpolicies.networking.k8s.io".
func (p permission) String() string {
	text := p.verb + " " + p.resource
	if p.subresource != "" {
		text += "/" + p.subresource
	}
	if p.group != "" {
		text += "." + p.group
	}
	return text
}

// ask notes whether the collector has the permission that a kind is seen with. Only
// the end of ctx is an error.
func (c *collection) ask(ctx context.Context, of engine.Kind, p permission) error {
	const request = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
	client, err := c.client(authorizationv1.SchemeGroupVersion, runtime.ContentTypeJSON)
	if err != nil {
		return err
	}
	question := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: p.verb, Group: p.group, Resource: p.resource, Subresource: p.subresource},
	}}
	answer := &authorizationv1.SelfSubjectAccessReview{}
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = client.Post().Resource("selfsubjectaccessreviews").Body(question).Do(within).Into(answer)
	who := c.snapshot.Collector.Name
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		c.gap(engine.Gap{Source: request, Kind: of, Reason: reasonOf(err), Cause: causeOf("ask whether to "+p.String(), err, who)})
	case !answer.Status.Allowed:
		cause := p.String() + ": forbidden"
		if who != "" {
			cause += fmt.Sprintf(" for %q", who)
		}
		c.gap(engine.Gap{Source: request, Kind: of, Reason: engine.Forbidden, Cause: cause})
	default:
		c.foreseen(of, request+": "+p.String())
	}
	return nil
}

// foreseen notes a kind that would be seen.
func (c *collection) foreseen(of engine.Kind, query string) {
	c.snapshot.Populations = append(c.snapshot.Populations, engine.Population{Kind: of, Complete: true, Query: query})
}
