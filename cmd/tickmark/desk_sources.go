package main

import (
	"cmp"
	"strings"

	"tickmark/engine"
	"tickmark/tui/screen"
)

// sourceFromDesk gives the collectors of a source that a person named in the workbench,
// as the flags of collect do.
func (d *door) sourceFromDesk(o opening, n screen.NamedSource) ([]engine.Collector, error) {
	s := source{allowExec: o.allowExec, target: cmp.Or(n.Target, "manifests"), looked: n.Target, whole: n.Whole && n.Kind == screen.DumpSource}
	paths := pathsFromHome(n.Paths)
	switch n.Kind {
	case screen.LiveSource:
		s.kubeconfig, s.contexts = fromHome(n.Config), n.Paths
	case screen.ManifestSource:
		s.manifests = paths
	case screen.DumpSource:
		s.dumps = paths
	case screen.ImportSource:
		s.imports = paths
	}
	collectors, err := d.collectors(s)
	return collectors, unhinted(err)
}

// policiesFromDesk reads policies that a person named in the workbench.
func (d *door) policiesFromDesk(p screen.OwnPolicies) (screen.Evaluated, error) {
	with, of := *d, chosen{policies: pathsFromHome(p.Paths), params: p.Params}
	with.in = strings.NewReader("") // the terminal is the workbench's, also for who names -
	if err := with.readOwn(&of); err != nil {
		return screen.Evaluated{}, unhinted(err)
	}
	registry, err := of.registry()
	return screen.Evaluated{Checks: registry, Values: of.values, Own: len(of.own)}, err
}

// pathsFromHome are paths that a person typed where no shell reads them.
func pathsFromHome(paths []string) []string {
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = fromHome(path)
	}
	return all
}
