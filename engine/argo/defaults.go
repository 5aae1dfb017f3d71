package argo

import (
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// Defaults is what a ConfigMap tells a controller of Argo's workflows to put into
// each of them.
type Defaults struct {
	Ref    engine.Ref
	Digest engine.Digest
	// Any says that it has defaults of workflows, of whatever sort.
	Any bool
	// Changes names what of it changes the pods that come of workflows.
	Changes []string
	// Patch is a patch of pods where nothing else of it changes them: see ReadUnder.
	Patch string
	// Accounts are those as which workflows run that name none.
	Accounts []string
}

// changePods are the settings of workflows by which their pods are others than they say,
// beside the account, which has a name of its own.
var changePods = append([]string{
	"artifactGC", "hooks", "initContainers", "nodeSelector", "onExit", "sidecars", "templateRef", "templates", "workflowTemplateRef",
}, ofAll...)

const accountSetting = "serviceAccountName"

var accountIn = engine.Late(accountSetting + `["']?\s*:\s*["']?([-a-z0-9.]+)`)

// workflowDefaults reads the ConfigMaps: a controller is told the name of its own as it is
// started, so that any may be it.
var workflowDefaults = engine.NewExtract(func(o engine.Typed[struct {
	Data map[string]string `json:"data"`
}],
) Defaults {
	d := Defaults{Ref: o.Ref, Digest: o.Digest}
	for _, key := range []string{"workflowDefaults", "mainContainer", "config"} { // the last held both, once
		text := o.Value.Data[key]
		if key == "config" && !strings.Contains(text, "workflowDefaults") && !strings.Contains(text, "mainContainer") {
			continue
		}
		if _, there := o.Value.Data[key]; there {
			d.read(key, text)
		}
	}
	if _, main := o.Value.Data["mainContainer"]; !main && o.Value.Data["config"] == "" {
		d.Patch = patchAlone(o.Value.Data["workflowDefaults"])
	}
	return d
}, nil)

// read looks for settings by their names alone: what YAML cannot be is a key that is not
// written out, but for one with an escape.
func (d *Defaults) read(key, text string) {
	d.Any = d.Any || key != "mainContainer"
	if key == "mainContainer" || strings.Contains(text, "mainContainer") {
		d.Changes = append(d.Changes, "mainContainer")
	}
	if key == "mainContainer" {
		return
	}
	for _, found := range accountIn().FindAllStringSubmatch(text, -1) {
		d.Accounts = append(d.Accounts, found[1])
	}
	if strings.ContainsAny(text, likeOthers) || strings.Contains(text, redacted) {
		d.Changes = append(d.Changes, key)
		return
	}
	text = strings.ToLower(text)
	for _, name := range changePods {
		if name != accountSetting && name != "executor" && strings.Contains(text, strings.ToLower(name)) && !slices.Contains(d.Changes, name) {
			d.Changes = append(d.Changes, name)
		}
	}
}

// likeOthers are what names of settings may be written with, to a controller that reads
// them in any case: escapes, and letters that are an s or a k to it.
const likeOthers = "\\\u017f\u212a"

// patchAlone returns the patch of pods among defaults by which they change nothing else of
// pods, "" where they do or it cannot be told.
func patchAlone(text string) string {
	if strings.ContainsAny(text, likeOthers) || strings.Contains(text, "\n---") || strings.Contains(text, "\n...") {
		return ""
	}
	var of struct {
		Spec map[string]any `json:"spec"`
		Meta any            `json:"metadata"`
	}
	if yaml.UnmarshalStrict([]byte(text), &of) != nil {
		return ""
	}
	patch, _ := of.Spec[patchSetting].(string)
	for name := range of.Spec {
		if name != patchSetting && name != accountSetting && slices.ContainsFunc(changePods, func(other string) bool { return strings.EqualFold(name, other) }) {
			return ""
		}
	}
	if _, why := readPatch(patch); why != "" {
		return ""
	}
	return patch
}

// DefaultsOf returns those of a view, by the ConfigMaps that were seen.
func DefaultsOf(v *engine.View) []Defaults {
	var all []Defaults
	for _, d := range workflowDefaults.Of(v, engine.ConfigMapKind) {
		if d.Any || len(d.Changes) > 0 {
			all = append(all, d)
		}
	}
	return all
}

// AccountsDefaulted are the service accounts as which the settings of controllers may have a
// workflow run that names some itself.
func AccountsDefaulted(v *engine.View, names []string) []string {
	var all []string
	nobody := slices.Contains(names, "")
	for _, d := range DefaultsOf(v) {
		if patches := slices.Contains(d.Changes, patchSetting); nobody || patches {
			all = append(all, d.Accounts...)
			if patches && d.Patch == "" {
				all = append(all, OpenAccount)
			}
		}
	}
	if nobody && !sawDefaults(v) {
		all = append(all, OpenAccount)
	}
	return all
}

// PatchDefaulted is the patch of pods that a ConfigMap has a controller put into workflows
// without one, if that is all by which their pods may be others than they say. Whether it is
// that ConfigMap by which the controller goes is not known.
func PatchDefaulted(v *engine.View) (by Defaults, is bool) {
	for _, d := range DefaultsOf(v) {
		if len(d.Changes) == 0 {
			continue
		}
		if d.Patch == "" || by.Patch != "" {
			return Defaults{}, false
		}
		by = d
	}
	return by, by.Patch != "" && sawDefaults(v)
}

// sawDefaults reports whether no settings of a controller are hidden. Files need not hold
// the settings of the cluster that they are for.
func sawDefaults(v *engine.View) bool {
	if strings.HasPrefix(v.Target().ID, "manifests:") {
		return !v.Hidden(engine.ConfigMapKind)
	}
	return v.Saw(engine.ConfigMapKind)
}

// PodsDefaulted says why the pods of workflows may be others than these say: by the
// settings of their controller, or as these were not seen. "" is that they are not. Files
// need not hold the settings of the cluster that they are for.
func PodsDefaulted(v *engine.View) string {
	for _, d := range DefaultsOf(v) {
		if len(d.Changes) > 0 {
			return "ConfigMap " + d.Ref.Namespace + "/" + d.Ref.Name + " has their controller change its pods (" + strings.Join(d.Changes, ", ") + ")"
		}
	}
	if !sawDefaults(v) {
		return "Whether settings of their controller (workflowDefaults) change its pods is not known: ConfigMaps were not all seen"
	}
	return ""
}
