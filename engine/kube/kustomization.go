package kube

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine"
)

// Kustomize takes the objects of files and makes others of them. What is read here is
// what it starts from, so that whatever a kustomization changes is not seen.

const (
	groupKustomize = "kustomize.config.k8s.io"
	groupFlux      = "kustomize.toolkit.fluxcd.io"
)

// kustomizationNames are the files that kustomize looks for; they need not say a kind.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// inKustomization says of each field what may be another object than the one that is
// read: nothing, objects of a kind, or objects of any kind (which is so of a field that
// is not here).
var inKustomization = map[string]engine.Kind{
	"images": podKind, "configMapGenerator": {Kind: "ConfigMap"}, "secretGenerator": {Kind: "Secret"},
}

// changeNothing are the fields from which no object and no part of one comes that an
// assessor would ask about: they say how objects are found, named and sorted.
var changeNothing = []string{
	"apiVersion", "kind", "metadata", "resources", "bases", "crds", "replicas", "generatorOptions", "configurations", "openapi", "buildMetadata", "sortOptions",
}

// isKustomization reports whether a document tells kustomize what to make.
func isKustomization(tree map[string]any, at place) bool {
	apiVersion, _ := tree["apiVersion"].(string)
	if group, _, _ := strings.Cut(apiVersion, "/"); group == groupKustomize {
		return true
	}
	return apiVersion == "" && slices.Contains(kustomizationNames, path.Base(at.file))
}

// kustomization names what is not seen because kustomize makes it.
func (s *scan) kustomization(tree map[string]any, at place) {
	fields := map[engine.Kind][]string{}
	for _, field := range slices.Sorted(maps.Keys(tree)) {
		if !slices.Contains(changeNothing, field) && !saysNothing(tree[field]) {
			of := inKustomization[field]
			fields[of] = append(fields[of], field)
		}
	}
	for _, of := range slices.SortedFunc(maps.Keys(fields), func(a, b engine.Kind) int { return strings.Compare(a.String(), b.String()) }) {
		s.gap(engine.Gap{
			Source: at.file, Line: at.line, Kind: of, Reason: engine.Unsupported,
			Cause: fmt.Sprintf("kustomize makes other objects of these (%s): read what `kubectl kustomize` prints", Printable(strings.Join(fields[of], ", "))),
		})
	}
	for _, field := range []string{"resources", "bases"} {
		all, _ := tree[field].([]any)
		for _, resource := range all {
			if name, _ := resource.(string); !s.reads(at.file, name) {
				s.gap(engine.Gap{
					Source: at.file, Line: at.line, Reason: engine.Unsupported,
					Cause: fmt.Sprintf("kustomize takes in %q, which is not among what is read: read what `kubectl kustomize` prints", Printable(name)),
				})
			}
		}
	}
}

// reads reports whether what a kustomization names is among the paths that are read.
func (s *scan) reads(kustomization, name string) bool {
	if strings.Contains(name, "://") || strings.Contains(name, "?") || path.IsAbs(name) {
		return false
	}
	at := path.Join(path.Dir(kustomization), name)
	if _, err := os.Stat(filepath.FromSlash(at)); err != nil {
		return false // github.com/a/b is a repository
	}
	return slices.ContainsFunc(s.paths, func(root string) bool {
		below, err := filepath.Rel(filepath.FromSlash(root), filepath.FromSlash(at))
		return err == nil && filepath.IsLocal(below)
	})
}

// fluxChanges are the fields of a Flux Kustomization by which what is applied is not
// what the files say.
var fluxChanges = []string{"patches", "patchesStrategicMerge", "patchesJson6902", "images", "postBuild", "components", "targetNamespace", "commonMetadata", "namePrefix", "nameSuffix"}

// fluxKustomization names what Flux changes before it applies files.
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
}

func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
