package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

// The programs of a control plane.
const (
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
	scheduler         = "kube-scheduler"
	etcd              = "etcd"
)

var programs = []string{apiServer, controllerManager, scheduler, etcd}

// componentKinds are what the control plane is judged by: the pods that it runs
// as, and the nodes that each should have one.
func componentKinds() []engine.Kind { return []engine.Kind{podKind, nodeKind} }

// component is one running program of the control plane: a container that starts
// it. How it was started is judged; what it is called is not.
type component struct {
	program string
	workload
	container
	arguments
	version version
	static  bool // it is this cluster's own: its kubelet or kube-system runs it
}

type componentsKey struct{}

// components returns all components of a view by program, once per view.
//
// A pod that a kubelet runs from its own files, and one of kube-system, is of this
// cluster. Others run the same programs for somebody else (a virtual cluster);
// they are judged as well, and do not stand in for the cluster's own.
func components(v *engine.View) map[string][]component {
	return engine.Memo(v, componentsKey{}, func() map[string][]component {
		found := map[string][]component{}
		server := serverOf(v)
		pods := workloadsOf(v, podKind) // what makes pods is judged by the pods that it made
		for i := range pods {
			if pods[i].plane == nil {
				continue
			}
			for _, k := range *pods[i].plane {
				if !k.version.known() && k.program != etcd && k.static {
					k.version = server.version
				}
				found[k.program] = append(found[k.program], k)
			}
		}
		return found
	})
}

// componentsIn returns what of a control plane a pod runs.
func componentsIn(w workload) []component {
	var parts []component
	for _, c := range w.containers()[len(w.spec.InitContainers):] {
		if k, is := componentOf(w, c); is && !c.ephemeral {
			parts = append(parts, k)
		}
	}
	return parts
}

func componentOf(w workload, c container) (component, bool) {
	k := component{workload: w, container: c, static: ofCluster(w)}
	in := invocationOf(c, programs)
	if in.program == etcd && len(in.words) > 0 && slices.Contains([]string{"gateway", "grpc-proxy"}, in.words[0].text) {
		return component{}, false // what stands before an etcd
	}
	k.program = in.program
	if k.program == "" {
		// Its name says what it is, and its command does not say how it runs.
		k.program = namedProgram(w, c)
		if k.program == "" {
			return component{}, false
		}
	}
	k.version = imageVersion(c.Image)
	k.arguments = parseArguments(in.words)
	k.doubt = cmp.Or(in.doubt, k.doubt)
	if k.program == etcd {
		k.addEnvironment(c, "ETCD_")
	}
	for _, name := range []string{"openshift-config", "config-file"} {
		if _, set := k.flags[name]; set && (name == "openshift-config") == (k.program != etcd) {
			k.doubt = cmp.Or(k.doubt, "the file that --"+name+" names decides, and it was not seen")
		}
	}
	return k, true
}

// ofCluster reports whether a pod is run by a kubelet's own files, or is in the
// namespace that those who run the cluster hold.
func ofCluster(w workload) bool {
	return w.meta.Annotations.Has(corev1.MirrorPodAnnotationKey) || w.owner != nil && w.owner.Kind == nodeKind.Kind || w.object.Ref.Namespace == "kube-system"
}

// namedProgram tells a component by the label that installers give it, where its
// container has the same name.
func namedProgram(w workload, c container) string {
	for _, key := range []string{"component", "k8s-app", "app"} {
		name := strings.TrimPrefix(w.meta.Labels.Get(key), "openshift-")
		if slices.Contains(programs, name) && (c.Name == name || len(w.spec.Containers) == 1) {
			return name
		}
	}
	return ""
}

// perComponent judges every component of these programs. Where one is not among
// the pods, somebody else runs it, and how is not seen.
func perComponent(v *engine.View, judge func(component) finding, of ...string) []engine.Detail {
	var details []engine.Detail
	for _, program := range of {
		own := map[string]bool{}
		for _, k := range components(v)[program] {
			f := judge(k)
			if k.spec.NodeName != "" && k.static {
				own[k.spec.NodeName] = true
			}
			if k.static {
				own[""] = true
			}
			d := f.of(k.object.Ref, k.object.Digest)
			d.Container = k.container.Name
			details = append(details, d)
		}
		details = append(details, unseenComponents(v, program, own)...)
	}
	return details
}

// unseenComponents says what of a program was not seen: all of it, or the one of a node that
// says it is of the control plane. Manifests hold what they hold.
func unseenComponents(v *engine.View, program string, own map[string]bool) []engine.Detail {
	if isManifests(v) {
		return nil
	}
	if !own[""] {
		subject, sentence := engine.Ref{Kind: podKind.Kind, Namespace: "kube-system", Name: program}, fmt.Sprintf(
			"No pod runs this cluster's %s: the provider, or a service on the machine, runs it. The cloud's evidence or the machine's files would settle it", program)
		return []engine.Detail{unknown("", nil, "%s", sentence).of(subject)}
	}
	var details []engine.Detail
	for _, n := range engine.All[corev1.Node](v, nodeKind) {
		if isControlPlane(n.Value) && !own[n.Ref.Name] && program != etcd {
			details = append(details, unknown("metadata.labels", nil,
				"The node is of the control plane, and no pod of %s was seen on it", program).of(n.Ref, n.Digest))
		}
	}
	return details
}

// isControlPlane reports whether a node says that it is of the control plane.
func isControlPlane(n *corev1.Node) bool {
	for _, role := range []string{"control-plane", "controlplane", "master"} {
		if _, is := n.Labels["node-role.kubernetes.io/"+role]; is {
			return true
		}
	}
	return false
}

// setting is what a flag comes to: what was given, or the program's own default.
type setting struct {
	name  string
	value string
	set   bool
	given
	program string
	version version
}

// flag returns the value of a flag: the last that was given, else the default. An
// empty default means that leaving it out switches nothing on.
func (k component) flag(name, byDefault string) setting {
	s := setting{name: name, value: byDefault, program: k.program, version: k.version}
	s.field, s.doubt = k.commandField(), k.doubt
	if all := k.flags[name]; len(all) > 0 {
		last := all[len(all)-1]
		s.given, s.value, s.set = last, last.text, true
		s.given.doubt = cmp.Or(last.doubt, k.doubt)
	}
	return s
}

// flags that grow with each time they are given; one that is in doubt makes the
// whole uncertain.
func (k component) list(name string) (values []string, s setting) {
	s = k.flag(name, "")
	for _, g := range k.flags[name] {
		values = append(values, splitList(g.text)...)
		s.given.doubt = cmp.Or(s.given.doubt, g.doubt)
	}
	s.value = strings.Join(values, ",")
	return values, s
}

// commandField is where a flag that was left out would stand.
func (k component) commandField() string {
	if len(k.container.Args) > 0 {
		return k.container.at("args")
	}
	return k.container.at("command")
}

// on reads a switch as the programs do. What is no switch is in doubt.
func (s *setting) on() bool {
	b, err := strconv.ParseBool(s.value)
	if err != nil && s.given.doubt == "" {
		s.given.doubt = "its value is neither true nor false"
	}
	return b
}

// String says what was given, or what leaving it out means.
func (s setting) String() string {
	switch {
	case s.set && s.value == "":
		return "--" + s.name + " is empty"
	case s.set:
		return "--" + s.name + "=" + shorten(s.value)
	case s.value == "":
		return "--" + s.name + " is left out"
	}
	return fmt.Sprintf("--%s is left out, which means %s in %s", s.name, s.value, s.of())
}

// of names the program with its version.
func (s setting) of() string {
	if s.version.known() {
		return s.program + " " + s.version.String()
	}
	return s.program + " of every version in use"
}

func shorten(text string) string {
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

func (s setting) place() (string, any) {
	if !s.set {
		return s.field, nil
	}
	return s.field, shorten(s.word)
}

func (s setting) passes(format string, args ...any) finding {
	field, value := s.place()
	return passes(field, value, format, args...)
}

func (s setting) fails(format string, args ...any) finding {
	field, value := s.place()
	return fails(field, value, format, args...)
}

func (s setting) unknown(format string, args ...any) finding {
	field, value := s.place()
	return unknown(field, value, format, args...)
}

// unclear is said where the value is in doubt.
func (s setting) unclear() finding {
	return s.unknown("--%s of %s cannot be told: %s", s.name, s.program, s.given.doubt)
}

// firstUnclear returns the finding of the first setting that is in doubt.
func firstUnclear(settings ...setting) (finding, bool) {
	for _, s := range settings {
		if s.given.doubt != "" {
			return s.unclear(), true
		}
	}
	return finding{}, false
}
