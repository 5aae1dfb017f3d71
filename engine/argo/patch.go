package argo

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	kubejson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// patchSetting is the setting, of a workflow or of a template, by which the controller
// changes a pod that it has put together: first that of the workflow, then the template's.
const patchSetting = "podSpecPatch"

// patchPart begins what is said of a pod that a patch leaves unknown.
const patchPart = "A patch (podSpecPatch) "

// patch applies what patches say to the pod of a template, as its controller does. One of
// which the outcome is not certain leaves the pod unknown.
func (r *workflowReader) patch(p *Pod, spec, t map[string]any, path string) {
	account := text(spec["serviceAccountName"])
	for _, from := range []struct {
		of map[string]any
		at string
	}{{r.spec, r.path}, {t, path}} {
		if from.of[patchSetting] == nil || from.of[patchSetting] == "" {
			continue
		}
		if why := p.patch(spec, from.of[patchSetting], from.at+"."+patchSetting); why != "" {
			p.Unsure = patchPart + why
			p.open = mayName(from.of[patchSetting])
			return
		}
	}
	if now := text(spec["serviceAccountName"]); now != account {
		r.found.own = append(r.found.own, now)
	}
}

// accountOfAll is the account that a workflow names for all, by its patch where that names
// one; open says that the patch may name another.
func (r *workflowReader) accountOfAll() (name string, open bool) {
	spec := map[string]any{"serviceAccountName": r.account(r.spec["serviceAccountName"])}
	if patch := r.spec[patchSetting]; patch != nil && patch != "" {
		open = (&Pod{}).patch(spec, patch, "") != "" && mayName(patch)
	}
	return text(spec["serviceAccountName"]), open
}

// mayName reports whether a patch that cannot be told may name a service account.
func mayName(patch any) bool {
	written, is := patch.(string)
	return !is || strings.ContainsAny(written, likeOthers+"&*%") || strings.Contains(written, braces) || strings.Contains(written, redacted) ||
		strings.Contains(strings.ToLower(written), "serviceaccount")
}

// redacted begins what a collector put in the place of a secret.
const redacted = "[redacted:"

// patch changes spec as a patch says, and takes note of what it changed. It says why it
// did not, or why what comes of it is not certain.
func (p *Pod) patch(spec map[string]any, patch any, at string) string {
	raw, why := readPatch(patch)
	if why != "" {
		return why
	}
	before, err := engine.Canonical(spec)
	if err != nil || engine.HoldsEndlessQuantity(spec) {
		return "changes pods that cannot be read"
	}
	if err := kubejson.UnmarshalCaseSensitivePreserveInts(before, new(corev1.PodSpec)); err != nil {
		return "changes pods that cannot be read"
	}
	merged, err := strategicpatch.StrategicMergePatch(before, raw, corev1.PodSpec{})
	if err != nil {
		return "cannot be applied to its pods"
	}
	tree, err := engine.DecodeJSON(merged)
	after, is := tree.(map[string]any)
	if err != nil || !is || kubejson.UnmarshalCaseSensitivePreserveInts(merged, new(corev1.PodSpec)) != nil {
		return "makes pods that cannot be read"
	}
	if name := text(after["serviceAccount"]); name != "" && text(after["serviceAccountName"]) == "" {
		after["serviceAccountName"] = name // which is its old name
	}
	what := p.ofController(spec, after)
	p.note(spec, after, at)
	clear(spec)
	maps.Copy(spec, after)
	if what != "" {
		return "changes " + what + " of its controller's as its pods are made"
	}
	return ""
}

// readPatch returns the JSON of a patch, or says why it cannot be told what it does: a
// parameter decides, something was redacted, or the controller may read it otherwise than
// it is read here.
func readPatch(patch any) (raw []byte, why string) {
	written, is := patch.(string)
	switch {
	case !is:
		return nil, "that is no text changes its pods as they are made"
	case strings.Contains(written, braces):
		return nil, "in which a parameter decides changes its pods as they are made"
	case strings.Contains(written, redacted):
		return nil, "in which a secret stood changes its pods as they are made"
	}
	const unread = "that cannot be read changes its pods as they are made"
	raw = []byte(written)
	if !json.Valid(raw) {
		if strings.Contains(written, "\n---") || strings.Contains(written, "\n...") {
			return nil, unread // several documents, of which one would count
		}
		converted, err := yaml.YAMLToJSONStrict(raw)
		if err != nil {
			return nil, unread
		}
		raw = converted
	}
	tree, err := engine.DecodeJSON(raw)
	fields, is := withoutDirectives(tree).(map[string]any)
	if err != nil || !is || engine.HoldsEndlessQuantity(fields) {
		return nil, unread
	}
	plain, err := json.Marshal(fields)
	if err != nil {
		return nil, unread
	}
	// A name in another case, or of a later release, may mean something to the controller.
	if wrong, err := kubejson.UnmarshalStrict(plain, new(corev1.PodSpec)); err != nil || len(wrong) > 0 {
		return nil, unread
	}
	return raw, ""
}

// withoutDirectives leaves out what tells how to merge ($patch, $setElementOrder/...).
func withoutDirectives(v any) any {
	switch v := v.(type) {
	case map[string]any:
		fields := make(map[string]any, len(v))
		for name, value := range v {
			if !strings.HasPrefix(name, "$") {
				fields[name] = withoutDirectives(value)
			}
		}
		return fields
	case []any:
		list := make([]any, len(v))
		for i, member := range v {
			list[i] = withoutDirectives(member)
		}
		return list
	}
	return v
}

// controllers are the containers that the controller adds to a pod.
var controllers = []string{"init", "wait"}

// ofController names what a patch changes of the containers and volumes that the
// controller adds, of which nothing is known here: what is new and is no whole container,
// or is a volume that none mounts.
func (p *Pod) ofController(before, after map[string]any) string {
	mounted := map[string]bool{}
	for _, list := range []string{"containers", "initContainers"} {
		known := byName(listIn(before, list))
		for _, v := range listIn(after, list) {
			c, _ := v.(map[string]any)
			if _, there := known[text(c["name"])]; !there && (slices.Contains(controllers, text(c["name"])) || text(c["image"]) == "") {
				return "a container"
			}
			for _, m := range listIn(c, "volumeMounts") {
				mount, _ := m.(map[string]any)
				mounted[text(mount["name"])] = true
			}
		}
	}
	known := byName(listIn(before, "volumes"))
	for _, v := range listIn(after, "volumes") {
		volume, _ := v.(map[string]any)
		if _, there := known[text(volume["name"])]; !there && !mounted[text(volume["name"])] {
			return "a volume"
		}
	}
	return ""
}

// byName are the places of the members of a list that have names.
func byName(list []any) map[string]int {
	places := map[string]int{}
	for i, v := range list {
		member, _ := v.(map[string]any)
		if name := text(member["name"]); name != "" {
			places[name] = i
		}
	}
	return places
}

// note says where what a patch set stands, and moves the places of containers and volumes
// along with them.
func (p *Pod) note(before, after map[string]any, at string) {
	places, patches := p.places, p.patches
	p.places, p.patches = map[string]string{}, map[string]string{}
	moved := func(from, to string) {
		move(places, p.places, from, to)
		move(patches, p.patches, from, to)
	}
	for name := range before {
		if !slices.Contains(named, name) {
			moved(name, name)
		}
	}
	for name := range places { // of what would stand there
		if _, there := before[name]; !there && !strings.Contains(name, "[") {
			p.places[name] = places[name]
		}
	}
	for _, list := range named {
		known := byName(listIn(before, list))
		for i, v := range listIn(after, list) {
			to := fmt.Sprintf("%s[%d]", list, i)
			member, _ := v.(map[string]any)
			if j, there := known[text(member["name"])]; there {
				moved(fmt.Sprintf("%s[%d]", list, j), to)
				p.changed(listIn(before, list)[j], v, to, at)
				continue
			}
			p.patches[to] = at
		}
	}
	for _, name := range slices.Sorted(maps.Keys(joined(before, after))) {
		if !slices.Contains(named, name) {
			p.changed(before[name], after[name], name, at)
		}
	}
}

// named are the lists of a pod of which the controller merges members by their names.
var named = []string{"containers", "initContainers", "volumes"}

// move copies the places of a part and of what is in it.
func move(from, to map[string]string, part, as string) {
	for name, place := range from {
		if rest, under := strings.CutPrefix(name, part); under && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			to[as+rest] = place
		}
	}
}

// changed takes note of each field that differs, as deep as both are objects.
func (p *Pod) changed(before, after any, name, at string) {
	was, isWas := before.(map[string]any)
	is, isNow := after.(map[string]any)
	if !isNow || !isWas && before != nil {
		if !reflect.DeepEqual(before, after) {
			p.patches[name] = at
		}
		return
	}
	for field := range joined(was, is) {
		p.changed(was[field], is[field], name+"."+field, at)
	}
}

func joined(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	return all
}
