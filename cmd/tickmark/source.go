package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/imports"
	"tickmark/engine/kube"
)

// source is what evidence is collected from: the flags of collect and scan.
type source struct {
	kubeconfig string
	contexts   []string
	manifests  []string
	dumps      []string
	whole      bool
	target     string
	imports    []string // files that other tools wrote
	looked     string   // what those looked at that do not say so
	with       []string // what is asked of a cluster only by name
	probe      bool     // requests without credentials as well
	chosen     chosen
	reads      []engine.Kind // all that is asked of a cluster; nil is what was chosen
	allowExec  bool
}

func (s *source) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: kubectl's own)")
	cmd.Flags().StringArrayVar(&s.contexts, "context", nil, "`CONTEXT` of a live cluster (repeatable)")
	cmd.Flags().StringArrayVar(&s.imports, "import", nil, "`FILE` that another tool wrote: a scanner's result, a benchmark's, events (repeatable)")
	execFlag(cmd, &s.allowExec)
	cmd.Flags().StringArrayVar(&s.dumps, "dump", nil, "`PATH` of what was saved of one cluster: a folder, an archive or a file (repeatable)")
	cmd.Flags().BoolVar(&s.whole, "whole-cluster", false, "say that every list in the dump was asked of all namespaces and without a selector, and answered; it is recorded as your word")
}

// extraFlags are those of the verbs by which a person asks a cluster for less or
// for more than is asked for by itself.
func (s *source) extraFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&s.with, "with", nil, "`secrets` or nodes/proxy, which are read only by name (repeatable)")
	s.chosen.flags(cmd)
	cmd.Flags().BoolVar(&s.probe, "probe-anonymous", false, "also send a few requests without credentials, and note whether they are refused")
}

// extras are what was asked for by name, each of which is warned of on stderr.
func (d *door) extras(s source) ([]kube.Extra, error) {
	var named []kube.Extra
	for _, name := range s.with {
		e := kube.Extra(name)
		if e != kube.WithSecrets && e != kube.WithNodesProxy {
			return nil, usagef("--with %q: only secrets and nodes/proxy are asked for by name", name)
		}
		named = append(named, e)
	}
	if s.probe {
		named = append(named, kube.WithAnonymous)
	}
	for _, e := range kube.Extras {
		if slices.Contains(named, kube.Extra(e.Name)) {
			fmt.Fprintf(d.err, "warning: %s\n", e.Warning)
		}
	}
	return named, nil
}

// targetName is what may stand behind `manifests:`: a name, never a path.
var targetName = engine.Late(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// collectors builds a collector per source. Without a context, a kubeconfig
// means its current one.
func (d *door) collectors(s source) ([]engine.Collector, error) {
	var all []engine.Collector
	contexts := s.contexts
	if len(contexts) == 0 && s.kubeconfig != "" {
		contexts = []string{""}
	}
	extras, err := d.extras(s)
	if err != nil {
		return nil, err
	}
	if len(extras) > 0 && len(contexts) == 0 {
		return nil, usagef("collect: --with and --probe-anonymous ask a live cluster: name --context or --kubeconfig")
	}
	wish, err := s.chosen.wish(extras)
	if err != nil {
		return nil, err
	}
	if s.reads != nil {
		wish.Kinds = s.reads
	}
	for _, name := range contexts {
		config, name, err := kube.FromKubeconfig(s.kubeconfig, name, s.allowExec)
		if err != nil {
			return nil, fmt.Errorf("collect: %w", err)
		}
		all = append(all, &kube.Live{Config: config, Name: name, Tool: tool(), Now: d.now, Wish: wish})
	}
	if s.whole && len(s.dumps) == 0 {
		return nil, usagef("collect: --whole-cluster is said of a --dump")
	}
	if len(s.manifests)+len(s.dumps) > 0 && !targetName().MatchString(s.target) {
		return nil, usagef("collect: --target %q: a name is letters, digits, dots, hyphens and underscores, at most 63", s.target)
	}
	if len(s.dumps) > 0 {
		all = append(all, &kube.Dump{Paths: s.dumps, Name: s.target, Whole: s.whole, Tool: tool(), Now: d.now})
	}
	if len(s.manifests) > 0 {
		all = append(all, &kube.Manifests{Paths: s.manifests, Name: s.target, Tool: tool(), Now: d.now})
	}
	for _, file := range s.imports {
		if s.looked != "" && !targetName().MatchString(s.looked) {
			return nil, usagef("collect: --target %q: a name is letters, digits, dots, hyphens and underscores, at most 63", s.looked)
		}
		all = append(all, &imports.File{Path: file, Looked: s.looked, Tool: tool(), Now: d.now})
	}
	return all, nil
}
