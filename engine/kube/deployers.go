package kube

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine"
)

// deployers are the kinds by which a controller makes objects of what stands elsewhere: of
// charts, of repositories, of bundles. Each says what prints them.
var deployers = map[engine.Kind]string{
	{Group: "helm.toolkit.fluxcd.io", Kind: "HelmRelease"}:             "helm template",
	{Group: "helm.fluxcd.io", Kind: "HelmRelease"}:                     "helm template",
	{Group: "helm.cattle.io", Kind: "HelmChart"}:                       "helm template",
	{Group: groupArgo, Kind: "Application"}:                            "argocd app manifests",
	{Group: groupArgo, Kind: "ApplicationSet"}:                         "argocd app manifests",
	{Group: "fleet.cattle.io", Kind: "Bundle"}:                         "",
	{Group: "fleet.cattle.io", Kind: "GitRepo"}:                        "",
	{Group: "kappctrl.k14s.io", Kind: "App"}:                           "kapp inspect --raw",
	{Group: "packaging.carvel.dev", Kind: "PackageInstall"}:            "kapp inspect --raw",
	{Group: "apps.open-cluster-management.io", Kind: "Subscription"}:   "",
	{Group: "operators.coreos.com", Kind: "Subscription"}:              "",
	{Group: "operator.operatorframework.io", Kind: "ClusterExtension"}: "",
	{Group: "olm.operatorframework.io", Kind: "ClusterExtension"}:      "",
	{Group: "source.toolkit.fluxcd.io", Kind: "ExternalArtifact"}:      "",
	{Group: "fluxcd.controlplane.io", Kind: "FluxInstance"}:            "",
	{Group: "fluxcd.controlplane.io", Kind: "ResourceSet"}:             "",
	{Group: "infra.contrib.fluxcd.io", Kind: "Terraform"}:              "",
	{Group: "addons.cluster.x-k8s.io", Kind: "HelmChartProxy"}:         "helm template",
	{Group: "configsync.gke.io", Kind: "RootSync"}:                     "nomos hydrate",
	{Group: "configsync.gke.io", Kind: "RepoSync"}:                     "nomos hydrate",
}

const (
	groupArgo = "argoproj.io"
	groupFlux = "kustomize.toolkit.fluxcd.io"
)

// deployer names what a controller makes of things that are not read here.
func (s *scan) deployer(tree map[string]any, h head, at place) {
	if h.of.Group == groupFlux && h.of.Kind == "Kustomization" {
		s.fluxKustomization(tree, at)
	}
	prints, is := deployers[h.of]
	if !is {
		return
	}
	read := "what the cluster has of them (--context, --dump)"
	if prints != "" {
		read = fmt.Sprintf("what `%s` prints", prints)
	}
	name := nameIn(tree)
	s.gap(engine.Gap{
		Source: at.file, Line: at.line, Reason: engine.Unsupported,
		Cause: fmt.Sprintf("the objects that %s %s/%s makes are not among what is read: read %s", h.of.Kind, Printable(name.Namespace), Printable(name.Name), read),
	})
}

// fluxChanges are the fields of a Flux Kustomization by which what is applied is not
// what the files say.
var fluxChanges = []string{"patches", "patchesStrategicMerge", "patchesJson6902", "images", "postBuild", "components", "targetNamespace", "commonMetadata", "namePrefix", "nameSuffix"}

// fluxKustomization names what Flux changes before it applies files, and files that are
// not among what is read, by their place in a repository.
func (s *scan) fluxKustomization(tree map[string]any, at place) {
	spec, _ := tree["spec"].(map[string]any)
	var fields []string
	for _, field := range fluxChanges {
		if !saysNothing(spec[field]) {
			fields = append(fields, "spec."+field)
		}
	}
	if len(fields) > 0 {
		s.gap(engine.Gap{
			Source: at.file, Line: at.line, Reason: engine.Unsupported,
			Cause: fmt.Sprintf("Flux changes the objects that it applies (%s): read what `flux build kustomization` prints", strings.Join(fields, ", ")),
		})
	}
	if applied, _ := spec["path"].(string); applied != "" && !s.holds(path.Clean("/" + applied)[1:], at.file) {
		s.gap(engine.Gap{
			Source: at.file, Line: at.line, Reason: engine.Unsupported,
			Cause: fmt.Sprintf("Flux applies %q, which is not among what is read: read what `flux build kustomization` prints", Printable(applied)),
		})
	}
}

// holds reports whether a place in a repository is among what is read: below one of the
// folders that are read, or below one around the file that names it.
func (s *scan) holds(below, by string) bool {
	for _, root := range s.paths {
		root = path.Clean(filepath.ToSlash(root))
		for around := path.Dir(path.Clean(by)); ; around = path.Dir(around) {
			at := path.Join(around, below)
			if _, err := os.Stat(filepath.FromSlash(at)); err == nil && (at == root || strings.HasPrefix(at, strings.TrimSuffix(root, "/")+"/") || root == ".") {
				return true
			}
			if around == path.Dir(around) {
				break
			}
		}
	}
	return false
}

// inChart reports whether a file is a template of a Helm chart: it stands below the folder
// of templates beside a Chart.yaml.
func inChart(name string) bool {
	for at := path.Dir(name); at != "." && at != "/"; at = path.Dir(at) {
		if path.Base(at) == "templates" {
			if _, err := os.Stat(filepath.FromSlash(path.Join(path.Dir(at), chartFile))); err == nil {
				return true
			}
		}
	}
	return false
}

const chartFile = "Chart.yaml"

// isTemplate reports whether a file that may well be read as YAML is a template of a chart:
// what it says in braces decides which objects come of it, and what is in them.
func isTemplate(name string, text []byte) bool {
	return bytes.Contains(text, []byte("{{")) && inChart(name)
}

// chart names the charts that a chart takes in and that are not beside it.
func (s *scan) chart(tree map[string]any, at place) {
	all, _ := tree["dependencies"].([]any)
	var missing []string
	for _, v := range all {
		dependency, _ := v.(map[string]any)
		name, _ := dependency["name"].(string)
		charts := filepath.Join(filepath.FromSlash(path.Dir(at.file)), "charts")
		beside, err := os.ReadDir(charts)
		if err != nil || !slices.ContainsFunc(beside, func(e os.DirEntry) bool { return e.Name() == name || strings.HasPrefix(e.Name(), name+"-") }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		s.gap(engine.Gap{
			Source: at.file, Line: at.line, Reason: engine.Unsupported,
			Cause: fmt.Sprintf("a Helm chart that takes in others, which are not among what is read (%s): read what `helm template` prints", Printable(strings.Join(missing, ", "))),
		})
	}
}
