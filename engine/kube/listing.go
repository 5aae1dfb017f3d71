package kube

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"tickmark/engine"
)

// wire is what built-in kinds are asked in: protobuf costs a third of JSON.
const wire = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON

// page is one answer to a list.
type page struct {
	objects  []runtime.Object
	wire     [][]byte // more of them, in protobuf
	next     string   // token of the page that follows, "" at the end
	expected int      // objects that follow, as far as the server says
}

// pager asks for one page of a kind.
type pager func(ctx context.Context, limit int64, next string) (page, error)

// list collects one kind. Only a refusal of the intake is an error.
func (c *collection) list(ctx context.Context, k kind, served map[engine.Kind]offer) error {
	if !k.custom {
		client, err := c.client(k.gvk().GroupVersion(), wire)
		if err != nil {
			return err
		}
		return c.pages(ctx, k, k.path(k.version), k.typedPages(client))
	}
	version, there := c.offered(k, served)
	if !there {
		return nil
	}
	if k.family() {
		return c.members(ctx, k, served[k.of])
	}
	return c.pages(ctx, k, k.path(version), c.untypedPages(k, version))
}

// members lists every kind of a group of which a row stands for all, and counts them
// together.
func (c *collection) members(ctx context.Context, k kind, where offer) error {
	all := engine.Population{Kind: k.of, Complete: true, Query: "GET " + k.path(where.version)}
	for _, member := range where.members {
		one := reported(k.of.Group, member.Kind, member.Name, false)
		before := c.mark()
		if err := c.list(ctx, one, map[engine.Kind]offer{one.of: {version: member.Version}}); err != nil {
			return err
		}
		for _, g := range c.snapshot.Gaps[before.gaps:] { // hides what the row stands for
			g.Kind = k.of
			c.gap(g)
		}
		p, listed := c.snapshot.Population(one.of)
		all.Count += p.Count
		all.Complete = all.Complete && listed && p.Complete
	}
	if all.Complete || all.Count > 0 {
		c.snapshot.Populations = append(c.snapshot.Populations, all)
	}
	return nil
}

// offered returns the version in which the server serves a custom kind. What it does
// not serve is noted: as none, or as not seen.
func (c *collection) offered(k kind, served map[engine.Kind]offer) (version string, there bool) {
	where, asked := served[k.of]
	switch {
	case !asked: // discovery failed, and said so
		return "", false
	case where.version == "" && k.effectless:
		c.snapshot.Populations = append(c.snapshot.Populations, engine.Population{
			Kind: k.of, Complete: true, Query: "GET /apis/" + k.of.Group + ": the server does not know the kind",
		})
		return "", false
	case where.version == "":
		c.gap(engine.Gap{
			Source: "GET /apis/" + k.of.Group, Kind: k.of, Reason: engine.NotInstalled,
			Cause: "list " + k.qualified() + ": the server does not know the kind",
		})
		return "", false
	}
	return where.version, true
}

func (k kind) typedPages(client *rest.RESTClient) pager {
	gvk := k.gvk()
	gvk.Kind += "List"
	return func(ctx context.Context, limit int64, next string) (page, error) {
		wanted, err := builtInTypes().New(gvk)
		if err != nil {
			return page{}, err
		}
		answer := inPages(client.Get().Resource(k.resource), limit, next).Do(ctx)
		if body, err := answer.Raw(); err == nil {
			if p, is := k.inParts(body); is {
				return p, nil
			}
		}
		list, err := answer.Get()
		if err != nil {
			return page{}, err
		}
		if got := reflect.TypeOf(list); got != reflect.TypeOf(wanted) {
			return page{}, anotherKind(got.Elem().Name())
		}
		objects, err := meta.ExtractList(list)
		if err != nil {
			return page{}, err
		}
		return pageOf(list, objects), nil
	}
}

// anotherKind is the answer to a list that is none of what was asked for, which has no
// objects of it and does not say that there are none.
func anotherKind(kind string) error {
	return fmt.Errorf("the server answers with a %s", Printable(kind))
}

// inPages asks for one page. It is asked again by whoever wants it: see patiently.
func inPages(request *rest.Request, limit int64, next string) *rest.Request {
	request = request.MaxRetries(0).Param("limit", strconv.FormatInt(limit, 10))
	if next != "" {
		request = request.Param("continue", next)
	}
	return request
}

func (c *collection) untypedPages(k kind, version string) pager {
	return func(ctx context.Context, limit int64, next string) (page, error) {
		result := inPages(c.raw.Get().AbsPath(k.path(version)), limit, next).Do(ctx)
		if err := result.Error(); err != nil { // in the server's words, such as those of a webhook that failed
			return page{}, err
		}
		raw, err := result.Raw()
		if err != nil {
			return page{}, err
		}
		answer, err := runtime.Decode(unstructured.UnstructuredJSONScheme, raw)
		if err != nil {
			return page{}, err
		}
		got := answer.GetObjectKind().GroupVersionKind()
		list, is := answer.(*unstructured.UnstructuredList)
		if !is || got.Group != k.of.Group || !isList(got.Kind) {
			return page{}, anotherKind(got.Kind)
		}
		objects := make([]runtime.Object, len(list.Items))
		for i := range list.Items {
			objects[i] = &list.Items[i]
		}
		return pageOf(list, objects), nil
	}
}

func pageOf(list runtime.Object, objects []runtime.Object) page {
	p := page{objects: objects}
	if m, err := meta.ListAccessor(list); err == nil {
		p.next = m.GetContinue()
		if left := m.GetRemainingItemCount(); left != nil {
			p.expected = int(*left)
		}
	}
	return p
}

// pages asks for page after page until the end or a failure, which becomes a gap.
// A page too large to read is asked for again in smaller ones; a listing of which the
// server no longer knows how it went on is begun again, once.
func (c *collection) pages(ctx context.Context, k kind, path string, ask pager) error {
	request := "GET " + path
	population := engine.Population{Kind: k.of, Query: fmt.Sprintf("%s?limit=%d", request, pageSize)}
	limit, next := int64(pageSize), ""
	before, again := c.mark(), false
	met := map[string]bool{} // tokens of pages
	for {
		var p page
		err := c.patiently(ctx, k.of.String(), func(within context.Context) (err error) {
			p, err = ask(within, limit, next)
			return err
		})
		switch {
		case errors.Is(err, errTooLarge) && limit > 1:
			limit = max(1, limit/10)
			continue
		case err != nil && ctx.Err() != nil:
			c.interrupted(k)
			return c.broken(population)
		case next != "" && !again && lostItsPlace(err):
			c.back(before)
			population.Count, next, again = 0, "", true
			clear(met)
			continue
		case err != nil:
			c.failed(k, request, population.Count, err)
			return c.broken(population)
		}
		for _, object := range p.objects {
			if err := c.take(object, k, request); err != nil {
				return err
			}
		}
		for _, wire := range p.wire {
			if err := c.takeWire(wire, k, request); err != nil {
				return err
			}
		}
		population.Count += len(p.objects) + len(p.wire)
		c.progressBefore(k.of.String(), p.expected)
		if p.next == "" && p.expected > 0 {
			c.failed(k, request, population.Count, fmt.Errorf("the server says that %d more follow, and not where", p.expected))
			return c.broken(population)
		}
		if p.next == "" {
			population.Complete = true
			c.snapshot.Populations = append(c.snapshot.Populations, population)
			return nil
		}
		if met[p.next] {
			c.failed(k, request, population.Count, errors.New("the server gives the same page again"))
			return c.broken(population)
		}
		met[p.next], next = true, p.next
	}
}

// unlisted names the namespaces that were not listed and of which objects were: they were
// made while the rest was asked for, and nothing is known of them.
func (c *collection) unlisted() {
	listed, inUse := map[string]bool{}, map[string]bool{}
	for _, e := range c.snapshot.Entries {
		if e.Ref.Of() == namespaceKind {
			listed[e.Ref.Name] = true
		} else if e.Ref.Namespace != "" {
			inUse[e.Ref.Namespace] = true
		}
	}
	if !c.snapshot.Saw(namespaceKind) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(inUse)) {
		if !listed[name] {
			c.gap(engine.Gap{
				Source: "GET /api/v1/namespaces", Kind: namespaceKind, Name: name, Reason: engine.NotListed,
				Cause: "list namespaces: objects in " + name + " were listed, and it was not: it was made meanwhile; collect again",
			})
		}
	}
}

// lostItsPlace reports whether a page could not be given because the listing changed
// too much since its first one.
func lostItsPlace(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) || apierrors.IsNotFound(err)
}

// broken notes what was seen of a listing that did not come to its end.
func (c *collection) broken(p engine.Population) error {
	if p.Count > 0 {
		c.snapshot.Populations = append(c.snapshot.Populations, p)
	}
	return nil
}

func (c *collection) take(object runtime.Object, k kind, request string) error {
	var doc engine.Document
	var err error
	if u, ok := object.(*unstructured.Unstructured); ok && (u.GetKind() != k.of.Kind || u.GroupVersionKind().Group != k.of.Group) {
		err = anotherKind(u.GetKind())
	} else if ok {
		doc, err = c.fromTree(u.Object, head{apiVersion: u.GetAPIVersion(), of: k.of})
	} else {
		doc, err = c.fromTyped(object, k, k.apiVersion())
	}
	if err != nil {
		c.unread(object, k, request, err)
		return nil
	}
	return c.add(doc, request)
}

// takeWire is take for an object in protobuf.
func (c *collection) takeWire(wire []byte, k kind, request string) error {
	doc, err := c.fromWire(wire, k)
	if err != nil {
		object, _ := k.fromProtobuf(wire) // for its name
		c.unread(object, k, request, err)
		return nil
	}
	return c.add(doc, request)
}

// unread names an object that was seen and could not be read.
func (c *collection) unread(object runtime.Object, k kind, request string, err error) {
	gap := engine.Gap{Source: request, Kind: k.of, Reason: engine.Unreadable, Cause: err.Error()}
	if m, err := meta.Accessor(object); err == nil {
		gap.Namespace, gap.Name = m.GetNamespace(), m.GetName()
	}
	c.gap(gap)
}

func (c *collection) failed(k kind, request string, seen int, err error) {
	gap := engine.Gap{Source: request, Kind: k.of, Reason: reasonOf(err), Cause: causeOf("list "+k.qualified(), err, c.snapshot.Collector.Name)}
	if gap.Reason == engine.NotInstalled && !c.knowsNot(k) {
		gap.Reason = engine.Unexplained
	}
	if seen > 0 {
		gap.Reason = engine.PageFailed
		gap.Cause = fmt.Sprintf("%s (after %d objects)", gap.Cause, seen)
	}
	c.gap(gap)
}

// knowsNot reports whether a kind that was not found is none that the server has. A custom
// one is asked for because the server says that it has it, and a built-in one may be served
// in a version of its group that is not read.
func (c *collection) knowsNot(k kind) bool {
	if k.custom || k.of.Group == "" || len(c.groupsThere) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.groupsThere[k.of.Group].Versions, func(v metav1.GroupVersionForDiscovery) bool { return v.Version != k.version })
}

func (c *collection) interrupted(k kind) {
	c.gap(engine.Gap{Source: "GET " + k.path(k.version), Kind: k.of, Reason: engine.Interrupted, Cause: "list " + k.qualified() + ": the collection was stopped"})
}

// reasonOf classes what went wrong with a request.
func reasonOf(err error) engine.GapReason {
	var network net.Error
	var address *url.Error
	switch {
	case errors.Is(err, errTooLarge):
		return engine.TooLarge
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		return engine.Forbidden
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
		return engine.NotInstalled
	case errors.Is(err, context.DeadlineExceeded), apierrors.IsTimeout(err), apierrors.IsServerTimeout(err), apierrors.IsTooManyRequests(err),
		errors.As(err, &network) && network.Timeout():
		return engine.TimedOut
	case errors.As(err, &network), errors.As(err, &address):
		return engine.Unreachable
	}
	return engine.Unexplained
}

// causeOf says in one line what was asked and what came of it: for a refusal, the
// permission that is missing.
func causeOf(asked string, err error, who string) string {
	switch {
	case apierrors.IsForbidden(err) && who != "":
		return fmt.Sprintf("%s: forbidden for %q", asked, who)
	case apierrors.IsForbidden(err):
		return asked + ": forbidden"
	case apierrors.IsUnauthorized(err):
		return asked + ": the server no longer accepts these credentials"
	case apierrors.IsResourceExpired(err), apierrors.IsGone(err):
		return asked + ": the listing expired on the server before its end"
	case errors.Is(err, context.DeadlineExceeded):
		return asked + ": no answer in time"
	}
	return asked + ": " + plainCause(err).Error()
}

// plainCause drops the method and address that the HTTP client puts before a
// cause.
func plainCause(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		if errors.Is(err, context.DeadlineExceeded) {
			return errors.New("no answer in time")
		}
		return address.Err
	}
	return err
}
