package checks

import (
	"strconv"
	"sync"
)

// place is where a container stands in a document. Those of ordinary places are shared, with
// the paths of what checks look at there: thousands of details name the same ones.
type place struct {
	field string   // the path of the container; of a workflow in its pod's spec
	flow  *flowPod // of a container of a workflow
	paths map[string]string
}

// at returns the path of a field of what stands there.
func (p *place) at(name string) string {
	if p.flow != nil {
		return p.flow.at(p.field + "." + name)
	}
	if path, known := p.paths[name]; known {
		return path
	}
	return p.field + "." + name
}

// placeKey is a place by the path of the pod's specification, the list and the number in it.
type placeKey struct {
	path, list string
	number     int
}

// places are the ordinary ones. They are never changed.
var places = sync.OnceValue(func() map[placeKey]*place {
	const most = 4 // containers of a list
	names := []string{
		"env", "image", "imagePullPolicy", "ports", "resources.limits", "securityContext", "securityContext.allowPrivilegeEscalation", "securityContext.capabilities.add",
		"securityContext.capabilities.drop", "securityContext.privileged", "securityContext.procMount", "securityContext.readOnlyRootFilesystem",
		"securityContext.runAsNonRoot", "securityContext.seccompProfile", "volumeMounts",
	}
	for i := range most {
		names = append(names, index("env", i)+".valueFrom.secretKeyRef")
	}
	all := map[placeKey]*place{}
	for _, path := range []string{podPath, templatePath, cronPath} {
		for _, list := range []string{"initContainers", "containers"} {
			for i := range most {
				p := &place{field: path + "." + index(list, i), paths: make(map[string]string, len(names))}
				for _, name := range names {
					p.paths[name] = p.field + "." + name
				}
				all[placeKey{path, list, i}] = p
			}
		}
	}
	return all
})

// The paths of a pod's specification in documents.
const (
	podPath      = "spec"
	templatePath = "spec.template.spec"
	cronPath     = "spec.jobTemplate.spec.template.spec"
)

// place returns where a container of w stands.
func (w workload) place(list string, i int) *place {
	if w.flow != nil {
		return &place{field: index(list, i), flow: w.flow}
	}
	if p, known := places()[placeKey{w.path, list, i}]; known {
		return p
	}
	return &place{field: w.field(index(list, i))}
}

// index names an item of a list.
func index(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }
