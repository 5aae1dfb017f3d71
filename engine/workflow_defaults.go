package engine

import (
	"regexp"
	"slices"
	"strings"
)

// WorkflowDefaults is what a ConfigMap tells a controller of Argo's workflows to put into
// each of them.
type WorkflowDefaults struct {
	Ref    Ref
	Digest Digest
	// Defaults says that it has defaults of workflows, of whatever sort.
	Defaults bool
	// Changes names what of it changes the pods that come of workflows.
	Changes []string
	// Accounts are those as which workflows run that name none.
	Accounts []string
}

// ConfigMapKind is the kind in which controllers find their settings.
var ConfigMapKind = Kind{Kind: "ConfigMap"}

// changePods are the settings of workflows by which their pods are others than they say,
// beside the account, which has a name of its own.
var changePods = append([]string{
	"artifactGC", "hooks", "initContainers", "nodeSelector", "onExit", "sidecars", "templateRef", "templates", "workflowTemplateRef",
}, ofAll...)

const accountSetting = "serviceAccountName"

var accountIn = regexp.MustCompile(accountSetting + `["']?\s*:\s*["']?([-a-z0-9.]+)`)

// workflowDefaults reads the ConfigMaps: a controller is told the name of its own as it is
// started, so that any may be it.
var workflowDefaults = NewExtract(func(o Typed[struct {
	Data map[string]string `json:"data"`
}],
) WorkflowDefaults {
	d := WorkflowDefaults{Ref: o.Ref, Digest: o.Digest}
	for _, key := range []string{"workflowDefaults", "mainContainer", "config"} { // the last held both, once
		text := o.Value.Data[key]
		if key == "config" && !strings.Contains(text, "workflowDefaults") && !strings.Contains(text, "mainContainer") {
			continue
		}
		if _, there := o.Value.Data[key]; there {
			d.read(key, text)
		}
	}
	return d
}, nil)

// read looks for settings by their names alone: what YAML cannot be is a key that is not
// written out, but for one with an escape.
func (d *WorkflowDefaults) read(key, text string) {
	d.Defaults = d.Defaults || key != "mainContainer"
	if key == "mainContainer" || strings.Contains(text, "mainContainer") {
		d.Changes = append(d.Changes, "mainContainer")
	}
	if key == "mainContainer" {
		return
	}
	for _, found := range accountIn.FindAllStringSubmatch(text, -1) {
		d.Accounts = append(d.Accounts, found[1])
	}
	if strings.Contains(text, `\`) || strings.Contains(text, "[redacted:") {
		d.Changes = append(d.Changes, key)
		return
	}
	for _, name := range changePods {
		if name != accountSetting && name != "executor" && strings.Contains(text, name) && !slices.Contains(d.Changes, name) {
			d.Changes = append(d.Changes, name)
		}
	}
}

// WorkflowDefaultsOf returns those of a view, by the ConfigMaps that were seen.
func WorkflowDefaultsOf(v *View) []WorkflowDefaults {
	var all []WorkflowDefaults
	for _, d := range workflowDefaults.Of(v, ConfigMapKind) {
		if d.Defaults || len(d.Changes) > 0 {
			all = append(all, d)
		}
	}
	return all
}

// PodsDefaulted says why the pods of workflows may be others than these say: by the
// settings of their controller, or as these were not seen. "" is that they are not. Files
// need not hold the settings of the cluster that they are for.
func PodsDefaulted(v *View) string {
	for _, d := range WorkflowDefaultsOf(v) {
		if len(d.Changes) > 0 {
			return "ConfigMap " + d.Ref.Namespace + "/" + d.Ref.Name + " has their controller change its pods (" + strings.Join(d.Changes, ", ") + ")"
		}
	}
	if files := strings.HasPrefix(v.Target().ID, "manifests:"); files && v.Hidden(ConfigMapKind) || !files && !v.Saw(ConfigMapKind) {
		return "Whether settings of their controller (workflowDefaults) change its pods is not known: ConfigMaps were not all seen"
	}
	return ""
}
