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

const groupKustomize = "kustomize.config.k8s.io"

// kustomizationNames are the files that kustomize looks for; they need not say a kind.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// inKustomization says of each field what may be another object than the one that is
// read: nothing, objects of a kind, or objects of any kind (which is so of a field that
// is not here).
var inKustomization = map[string]engine.Kind{
	"images": podKind, "configMapGenerator": {Kind: "ConfigMap"}, "secretGenerator": {Kind: "Secret"},
}

// changeNothing are the fields from which no object and no part of one comes that an
// assessor would ask about: they say how objects are found, named, checked and sorted. What
// is taken in, and a namespace, is looked at by itself.
var changeNothing = []string{
	"apiVersion", "kind", "metadata", "resources", "bases", "components", "namespace", "crds", "replicas", "generatorOptions", "configurations",
	"openapi", "buildMetadata", "sortOptions", "validators",
}

// kustomized is what a kustomization takes in, and the namespace that it puts it into.
type kustomized struct {
	at        place
	takes     []string // paths, as they are read
	namespace string
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
	of := kustomized{at: at}
	if namespace, is := tree["namespace"].(string); is && saysNothing(tree["configurations"]) {
		of.namespace = namespace
	} else if !saysNothing(tree["namespace"]) { // to be put where its own configuration says
		fields[engine.Kind{}] = append(fields[engine.Kind{}], "namespace")
	}
	for _, of := range slices.SortedFunc(maps.Keys(fields), func(a, b engine.Kind) int { return strings.Compare(a.String(), b.String()) }) {
		s.otherObjects(of, at, strings.Join(fields[of], ", "))
	}
	for _, field := range []string{"resources", "bases", "components"} {
		all, _ := tree[field].([]any)
		for _, resource := range all {
			name, _ := resource.(string)
			if !s.reads(at.file, name) {
				s.gap(engine.Gap{
					Source: at.file, Line: at.line, Reason: engine.Unsupported,
					Cause: fmt.Sprintf("kustomize takes in %q, which is not among what is read: read what `kubectl kustomize` prints", Printable(name)),
				})
			}
			of.takes = append(of.takes, path.Join(path.Dir(at.file), name))
		}
	}
	s.kustomized = append(s.kustomized, of)
}

func (s *scan) otherObjects(of engine.Kind, at place, why string) {
	s.gap(engine.Gap{
		Source: at.file, Line: at.line, Kind: of, Reason: engine.Unsupported,
		Cause: fmt.Sprintf("kustomize makes other objects of these (%s): read what `kubectl kustomize` prints", Printable(why)),
	})
}

// moved names what kustomize puts into other namespaces than the files say. Where all that
// it takes in is there already, nothing is another object.
func (s *scan) moved() {
	named := slices.ContainsFunc(s.kustomized, func(k kustomized) bool { return k.namespace != "" })
	if !named {
		return
	}
	takes, holds := map[string][]string{}, map[string][]engine.Ref{} // by folder, and by file
	for _, k := range s.kustomized {
		folder := path.Dir(path.Clean(k.at.file))
		takes[folder] = append(takes[folder], k.takes...)
	}
	for _, e := range s.snapshot.Entries {
		file := path.Clean(e.Origin[:max(strings.LastIndexByte(e.Origin, ':'), 0)])
		holds[file] = append(holds[file], e.Ref)
	}
	for _, k := range s.kustomized {
		if k.namespace == "" {
			continue
		}
		count, first, met := 0, engine.Ref{}, map[string]bool{}
		for queue := slices.Clone(k.takes); len(queue) > 0; queue = queue[1:] {
			at := queue[0]
			if met[at] {
				continue
			}
			met[at] = true
			queue = append(queue, takes[at]...)
			for _, r := range holds[Printable(at)] {
				if s.moves(at, r, k.namespace) {
					if count++; count == 1 {
						first = r.WithoutUID()
					}
				}
			}
		}
		if count > 0 {
			s.otherObjects(engine.Kind{}, k.at, fmt.Sprintf("namespace %s, of %d that are elsewhere or name an account there: the first is %s", k.namespace, count, first))
		}
	}
}

// moves reports whether kustomize changes an object of a file by putting it into a
// namespace: also a namespace of another name, and a binding of an account called default.
// Of a kind that is not in the table nobody here knows whether it is in one.
func (s *scan) moves(file string, r engine.Ref, namespace string) bool {
	k, isKnown := known(r.Of())
	switch {
	case r.Of() == namespaceKind:
		return r.Name != namespace
	case r.Of() == roleBindingKind || r.Of() == clusterRoleBindingKind:
		if slices.ContainsFunc(s.defaultAccounts[file], func(in string) bool { return in != namespace }) {
			return true
		}
	}
	return (isKnown && k.namespaced || r.Namespace != "") && r.Namespace != namespace
}

var (
	roleBindingKind        = engine.Kind{Group: groupRBAC, Kind: "RoleBinding"}
	clusterRoleBindingKind = engine.Kind{Group: groupRBAC, Kind: "ClusterRoleBinding"}
)

// bindsDefault takes note of the namespaces of accounts called default that a binding
// names, which kustomize writes anew.
func (s *scan) bindsDefault(tree map[string]any, of engine.Kind, at place) {
	if of != roleBindingKind && of != clusterRoleBindingKind {
		return
	}
	subjects, _ := tree["subjects"].([]any)
	for _, v := range subjects {
		if subject, _ := v.(map[string]any); subject["kind"] == "ServiceAccount" && subject["name"] == "default" {
			if s.defaultAccounts == nil {
				s.defaultAccounts = map[string][]string{}
			}
			file, namespace := path.Clean(at.file), ""
			namespace, _ = subject["namespace"].(string)
			s.defaultAccounts[file] = append(s.defaultAccounts[file], namespace)
		}
	}
}

// reads reports whether what a kustomization names is among the paths that are read.
func (s *scan) reads(kustomization, name string) bool {
	if strings.Contains(name, "://") || strings.Contains(name, "?") || path.IsAbs(name) {
		return false
	}
	at := path.Join(path.Dir(kustomization), name)
	info, err := os.Stat(filepath.FromSlash(at))
	if err != nil || !leadsStraight(path.Dir(kustomization), name) {
		return false // github.com/a/b is a repository
	}
	if !info.IsDir() && (!isManifest(name) || closedToUs(name) != nil) { // which is read where it is named itself
		return slices.ContainsFunc(s.paths, func(root string) bool { return path.Clean(filepath.ToSlash(root)) == at })
	}
	return slices.ContainsFunc(s.paths, func(root string) bool {
		below, err := filepath.Rel(filepath.FromSlash(root), filepath.FromSlash(at))
		return err == nil && filepath.IsLocal(below)
	})
}

// leadsStraight reports whether no symbolic link is on the way from a folder to a name:
// what one leads to is read under its own name alone.
func leadsStraight(folder, name string) bool {
	from, err := filepath.EvalSymlinks(filepath.FromSlash(folder))
	if err != nil {
		return false
	}
	to, err := filepath.EvalSymlinks(filepath.FromSlash(path.Join(folder, name)))
	if err != nil {
		return false
	}
	way, err := filepath.Rel(from, to)
	return err == nil && filepath.ToSlash(way) == path.Clean(name)
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
