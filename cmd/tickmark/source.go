package main

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/engine/kube"
)

// source is what evidence is collected from: the flags of collect and scan.
type source struct {
	kubeconfig string
	contexts   []string
	manifests  []string
	target     string
	allowExec  bool
}

func (s *source) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` (default: kubectl's own)")
	cmd.Flags().StringArrayVar(&s.contexts, "context", nil, "`CONTEXT` of a live cluster (repeatable)")
	execFlag(cmd, &s.allowExec)
}

// targetName is what may stand behind `manifests:`: a name, never a path.
var targetName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// collectors builds a collector per source. Without a context, a kubeconfig
// means its current one.
func (d *door) collectors(s source) ([]engine.Collector, error) {
	var all []engine.Collector
	contexts := s.contexts
	if len(contexts) == 0 && s.kubeconfig != "" {
		contexts = []string{""}
	}
	for _, name := range contexts {
		config, name, err := kube.FromKubeconfig(s.kubeconfig, name, s.allowExec)
		if err != nil {
			return nil, fmt.Errorf("collect: %w", err)
		}
		all = append(all, &kube.Live{Config: config, Name: name, Tool: tool(), Now: d.now})
	}
	if len(s.manifests) > 0 {
		if !targetName.MatchString(s.target) {
			return nil, usagef("collect: --target %q: a name is letters, digits, dots, hyphens and underscores, at most 63", s.target)
		}
		all = append(all, &kube.Manifests{Paths: s.manifests, Name: s.target, Tool: tool(), Now: d.now})
	}
	return all, nil
}
