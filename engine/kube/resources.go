package kube

import "tickmark/engine"

// Resource is what the API calls the objects of a kind: what rules of roles and of
// admission policies name.
type Resource struct {
	Kind       engine.Kind
	Name       string // in the plural
	Version    string // "" of custom kinds
	Namespaced bool
}

// Resources returns those of all kinds that are collected.
func Resources() []Resource {
	all := make([]Resource, len(kinds))
	for i, k := range kinds {
		all[i] = Resource{Kind: k.of, Name: k.resource, Version: k.version, Namespaced: k.namespaced}
	}
	return all
}
