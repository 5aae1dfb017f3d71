package kube

import (
	"context"
	"encoding/json"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// offer is in which version a server serves a custom kind, "" if it does not.
type offer struct{ version string }

// discover asks for the groups of the custom kinds and tells in which version
// each is served. Kinds that could not be asked for have a gap and no offer.
func (c *collection) discover(ctx context.Context) map[engine.Kind]offer {
	served := map[engine.Kind]offer{}
	groups := map[string][]kind{}
	var order []string
	for _, k := range kinds {
		if !k.custom {
			continue
		}
		if groups[k.of.Group] == nil {
			order = append(order, k.of.Group)
		}
		groups[k.of.Group] = append(groups[k.of.Group], k)
	}
	for _, group := range order {
		if ctx.Err() != nil {
			break
		}
		found, err := c.discoverGroup(ctx, group)
		for _, k := range groups[group] {
			if err != nil {
				c.gap(engine.Gap{
					Source: "GET /apis/" + group, Kind: k.of, Reason: reasonOf(err),
					Cause: causeOf("get /apis/"+group, err, c.snapshot.Collector.Name),
				})
				continue
			}
			served[k.of] = offer{version: found[k.of.Kind]}
		}
	}
	return served
}

// discoverGroup returns, by kind, the first version in the server's order of
// preference that serves it.
func (c *collection) discoverGroup(ctx context.Context, name string) (map[string]string, error) {
	found := map[string]string{}
	raw, err := c.get(ctx, "/apis/"+name)
	if apierrors.IsNotFound(err) {
		return found, nil
	}
	var group metav1.APIGroup
	if err == nil {
		err = json.Unmarshal(raw, &group)
	}
	if err != nil {
		return nil, err
	}
	versions := []string{group.PreferredVersion.Version}
	for _, v := range group.Versions {
		versions = append(versions, v.Version)
	}
	for _, version := range slices.Compact(versions) {
		if version == "" || !validName(version) {
			continue
		}
		raw, err := c.get(ctx, "/apis/"+name+"/"+version)
		var resources metav1.APIResourceList
		if err == nil {
			err = json.Unmarshal(raw, &resources)
		}
		if err != nil {
			return nil, err
		}
		for _, r := range resources.APIResources {
			if _, known := found[r.Kind]; !known {
				found[r.Kind] = version
			}
		}
	}
	return found, nil
}
