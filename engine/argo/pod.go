package argo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// podMaker puts the containers and volumes of one pod of a workflow together.
type podMaker struct {
	pod                        *Pod
	path                       string
	containers, inits, volumes []any
	shared                     []any // mounts of all containers of a set
}

// mainContainer is the container of a template that names none.
const mainContainer = "main"

// braces begin what is filled in when a workflow runs.
const braces = "{{"

// listIn returns a list of an object; nil where there is none.
func listIn(of map[string]any, name string) []any {
	list, _ := of[name].([]any)
	return list
}

// list adds the containers of a list.
func (m *podMaker) list(of map[string]any, from, to, path string) {
	for i, c := range listIn(of, from) {
		m.container(to, c, fmt.Sprintf("%s.%s[%d]", path, from, i))
	}
}

// container adds a container, with the mounts of the main one where it asks for them.
func (m *podMaker) container(to string, v any, path string) {
	if c, is := v.(map[string]any); is {
		mounts := slices.Concat(listIn(c, "volumeMounts"), m.shared)
		for _, other := range m.containers {
			if main, _ := other.(map[string]any); c["mirrorVolumeMounts"] == true && main["name"] == mainContainer {
				mounts = append(mounts, listIn(main, "volumeMounts")...)
			}
		}
		if c = maps.Clone(c); len(mounts) > 0 {
			c["volumeMounts"] = mounts
		}
		v = c
	}
	list := &m.containers
	if to == "initContainers" {
		list = &m.inits
	}
	m.pod.places[fmt.Sprintf("%s[%d]", to, len(*list))] = path
	*list = append(*list, v)
}

func (m *podMaker) volume(v any, path string) {
	m.pod.places[fmt.Sprintf("volumes[%d]", len(m.volumes))] = path
	m.volumes = append(m.volumes, v)
}

// volumesOf adds the volumes of a template, and those of its workflow that are mounted.
func (m *podMaker) volumesOf(t map[string]any, path string, workflow map[string]any, of string) {
	known := map[string]bool{}
	for i, v := range listIn(t, "volumes") {
		volume, _ := v.(map[string]any)
		known[text(volume["name"])] = true
		m.volume(v, fmt.Sprintf("%s.volumes[%d]", path, i))
	}
	mounted := map[string]bool{}
	for _, v := range slices.Concat(m.containers, m.inits) {
		c, _ := v.(map[string]any)
		for _, mount := range listIn(c, "volumeMounts") {
			mount, _ := mount.(map[string]any)
			mounted[text(mount["name"])] = true
		}
	}
	for i, v := range listIn(workflow, "volumes") {
		volume, _ := v.(map[string]any)
		if name := text(volume["name"]); mounted[name] && !known[name] {
			m.volume(v, fmt.Sprintf("%s.volumes[%d]", of, i))
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// secrets adds the Secrets by which a template reads and writes what it is given and
// gives: the controller mounts them into its own containers.
func (m *podMaker) secrets(t map[string]any) {
	for _, name := range []string{"archiveLocation", "data", "inputs", "outputs"} {
		m.secretsIn(t[name], m.path+"."+name)
	}
}

func (m *podMaker) secretsIn(v any, path string) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if of, is := v[name].(map[string]any); is && strings.HasSuffix(name, "Secret") && text(of["name"]) != "" && text(of["key"]) != "" {
				secret := map[string]any{"secretName": of["name"], "items": []any{map[string]any{"key": of["key"], "path": of["key"]}}}
				m.volume(map[string]any{"name": of["name"], "secret": secret}, path+"."+name)
				continue
			}
			m.secretsIn(v[name], path+"."+name)
		}
	case []any:
		for i, member := range v {
			m.secretsIn(member, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// filled are fields of a pod that a parameter may decide without changing what is judged,
// or of which the judgement says itself that it cannot be told.
var filled = []string{"args", "claimName", "command", "image", "mountPath", "nodeSelector", "value", "workingDir"}

// bracesIn names the first field that a parameter of a workflow decides, "" if there is
// none.
func bracesIn(v any, to []string) string {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, braces) {
			return fieldOf(to)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if slices.Contains(filled, name) {
				continue
			}
			if strings.Contains(name, braces) {
				return fieldOf(to)
			}
			if where := bracesIn(v[name], append(slices.Clip(to), name)); where != "" {
				return where
			}
		}
	case []any:
		for _, member := range v {
			if where := bracesIn(member, to); where != "" {
				return where
			}
		}
	}
	return ""
}

// fieldLike is such as fields are called.
var fieldLike = engine.Late(`^[-./\w]+$`)

// fieldOf writes the way to a field, as far as its names are such as fields have.
func fieldOf(to []string) string {
	const longest = 80
	if field := strings.Join(to, "."); len(field) <= longest && fieldLike().MatchString(field) {
		return field
	}
	return to[0]
}
