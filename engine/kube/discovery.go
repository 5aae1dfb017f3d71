package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"tickmark/engine"
)

// offer is in which version a server serves a custom kind, "" if it does not, and
// which kinds there are where it stands for all of its group.
type offer struct {
	version string
	members []metav1.APIResource
}

// discover asks which groups the server has and tells in which version each custom
// kind that is wished for is served. Kinds that could not be asked for have a gap and no offer.
func (c *collection) discover(ctx context.Context) map[engine.Kind]offer {
	served := map[engine.Kind]offer{}
	if ctx.Err() != nil {
		return served
	}
	wanted := slices.DeleteFunc(c.wish.rows(), func(k kind) bool { return !k.custom })
	if len(wanted) == 0 {
		return served
	}
	groups, err := c.groups(ctx)
	if err != nil {
		c.undiscovered(wanted, "/apis", err)
		return served
	}
	c.groupsThere = groups
	for _, group := range groupsOf(wanted) {
		of := slices.DeleteFunc(slices.Clone(wanted), func(k kind) bool { return k.of.Group != group })
		found, err := c.discoverGroup(ctx, groups[group])
		if err != nil && ctx.Err() != nil {
			break
		}
		if err != nil {
			c.undiscovered(of, "/apis/"+group, err)
			continue
		}
		for _, k := range of {
			served[k.of] = found[k.of.Kind]
			if k.family() {
				served[k.of] = together(found)
			}
		}
	}
	return served
}

// together is the offer of all kinds of a group, each in the version it is served in.
func together(found map[string]offer) offer {
	var all offer
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all.version = cmp.Or(all.version, found[name].version)
		all.members = append(all.members, found[name].members...)
	}
	return all
}

// groupsOf returns the groups of kinds in the order of the table.
func groupsOf(kinds []kind) []string {
	var groups []string
	for _, k := range kinds {
		if !slices.Contains(groups, k.of.Group) {
			groups = append(groups, k.of.Group)
		}
	}
	return groups
}

// undiscovered notes kinds of which the server did not tell whether it has them.
func (c *collection) undiscovered(of []kind, path string, err error) {
	reason := reasonOf(err)
	if reason == engine.NotInstalled { // what is not found is the answer, not the kind
		reason = engine.Unexplained
	}
	for _, k := range of {
		c.gap(engine.Gap{
			Source: "GET " + path, Kind: k.of, Reason: reason,
			Cause: causeOf("get "+path, err, c.snapshot.Collector.Name),
		})
	}
}

// groups returns the groups that the server has, by name.
func (c *collection) groups(ctx context.Context) (map[string]metav1.APIGroup, error) {
	var list metav1.APIGroupList
	raw, err := c.again(ctx, "/apis")
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err == nil && len(list.Groups) == 0 {
		err = errors.New("the answer names no group")
	}
	groups := make(map[string]metav1.APIGroup, len(list.Groups))
	for _, g := range list.Groups {
		groups[g.Name] = g
	}
	return groups, err
}

// discoverGroup returns, by kind, the first version in the server's order of
// preference that serves it; none of a group that the server does not have.
func (c *collection) discoverGroup(ctx context.Context, group metav1.APIGroup) (map[string]offer, error) {
	found := map[string]offer{}
	versions := []string{group.PreferredVersion.Version}
	for _, v := range group.Versions {
		versions = append(versions, v.Version)
	}
	for _, version := range slices.Compact(versions) {
		if version == "" || !validName(version) {
			continue
		}
		raw, err := c.again(ctx, "/apis/"+group.Name+"/"+version)
		var resources metav1.APIResourceList
		if err == nil {
			err = json.Unmarshal(raw, &resources)
		}
		if of := group.Name + "/" + version; err == nil && (resources.Kind != "APIResourceList" || resources.GroupVersion != "" && resources.GroupVersion != of) {
			err = fmt.Errorf("the answer does not list the resources of %s", Printable(of))
		}
		if err != nil {
			return nil, err
		}
		for _, r := range resources.APIResources {
			if _, known := found[r.Kind]; !known && !strings.Contains(r.Name, "/") {
				r.Version = version
				found[r.Kind] = offer{version, []metav1.APIResource{r}}
			}
		}
	}
	return found, nil
}
