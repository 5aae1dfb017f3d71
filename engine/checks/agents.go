package checks

import (
	_ "embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

//go:embed agents.yaml
var agentsFile []byte

// agent is a product that watches nodes from pods, known by its images.
type agent struct {
	Name   string            `json:"name"`
	Does   []string          `json:"does"`
	Asked  map[string]string `json:"asked"` // what it does only where it is switched on, with the variable that says so
	Images []string          `json:"images"`
}

// What agents are made for.
const (
	watchesRuntime = "runtime"
	watchesFiles   = "files"
	findsMalware   = "malware"
	shipsLogs      = "logs"
)

// knownAgents is the table of agents.
var knownAgents = sync.OnceValue(func() []agent {
	agents, err := readAgents(agentsFile)
	if err != nil {
		panic(err) // the table is part of the program: seen by every test
	}
	return agents
})

func readAgents(raw []byte) ([]agent, error) {
	var file struct {
		Agents []agent `json:"agents"`
	}
	if err := yaml.UnmarshalStrict(raw, &file); err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	for _, a := range file.Agents {
		if a.Name == "" || len(a.Images) == 0 || len(a.Does) == 0 {
			return nil, fmt.Errorf("read agents: %q does nothing or has no image", a.Name)
		}
		for _, does := range a.Does {
			if !slices.Contains([]string{watchesRuntime, watchesFiles, findsMalware, shipsLogs}, does) {
				return nil, fmt.Errorf("read agents: %q does %q, which is nothing", a.Name, does)
			}
		}
		for does := range a.Asked {
			if !slices.Contains(a.Does, does) {
				return nil, fmt.Errorf("read agents: %q is asked for %q, which it does not do", a.Name, does)
			}
		}
		for _, pattern := range a.Images {
			if _, err := path.Match(pattern, ""); err != nil {
				return nil, fmt.Errorf("read agents: pattern %q of %q: %w", pattern, a.Name, err)
			}
		}
	}
	return file.Agents, nil
}

// ofImage reports whether an image reference is one of a's.
func (a agent) ofImage(i image) bool {
	parts := strings.Split(i.name(), "/")
	return slices.ContainsFunc(a.Images, func(pattern string) bool {
		n := strings.Count(pattern, "/") + 1
		if n > len(parts) {
			return false
		}
		matched, err := path.Match(pattern, strings.Join(parts[len(parts)-n:], "/"))
		return err == nil && matched
	})
}

type agentsKey struct{}

// agentsIn returns the agents of an image, each reference looked up once per view.
func agentsIn(v *engine.View, reference string) []agent {
	found := engine.Memo(v, agentsKey{}, func() map[string][]agent { return map[string][]agent{} })
	if agents, looked := found[reference]; looked {
		return agents
	}
	var agents []agent
	if i, err := parseImage(reference); err == nil {
		for _, a := range knownAgents() {
			if a.ofImage(i) {
				agents = append(agents, a)
			}
		}
	}
	found[reference] = agents
	return agents
}

// agentIn is the agent that a container of a pod is.
type agentIn struct {
	name, reference string
	blind           bool // its container is given nothing of the node that it could watch
	asked           bool // it does that only where it is switched on, and nothing shows that it is
}

// agentOf returns the agent a pod's containers are, and whether there is one: of several
// that which sees most. Init containers that end do not watch anything.
func agentOf(v *engine.View, spec *engine.PodSpec, does string) (found agentIn, is bool) {
	take := func(c *engine.Container) {
		for _, a := range agentsIn(v, c.Image) {
			if does != "" && !slices.Contains(a.Does, does) {
				continue
			}
			one := agentIn{name: a.Name, reference: c.Image, blind: !seesNode(spec, c, does), asked: a.isAsked(spec, does)}
			if !is || found.blind && !one.blind || found.blind == one.blind && found.asked && !one.asked {
				found, is = one, true
			}
		}
	}
	for i := range spec.Containers {
		take(&spec.Containers[i])
	}
	for i := range spec.InitContainers {
		if c := &spec.InitContainers[i]; c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			take(c)
		}
	}
	return found, is
}

// allAgentPods are the pods on nodes whose images are known as those of agents.
var allAgentPods = engine.NewSurvey(func(v *engine.View, _ []engine.Typed[engine.Pod]) []engine.Typed[engine.Pod] {
	var all []engine.Typed[engine.Pod]
	for _, p := range engine.All[engine.Pod](v, podKind) {
		if _, is := agentOf(v, &p.Value.Spec, ""); is && p.Value.Spec.NodeName != "" {
			all = append(all, p)
		}
	}
	return all
}, slices.Equal)

// agentPod is a pod of an agent on a node.
type agentPod struct {
	*engine.Object
	agentIn
	ready bool
	maker string // the kind of what keeps it, where that is not there for every node
}

// doubt says why the pod may not watch its node, "" if nothing says so.
func (p agentPod) doubt() string {
	switch {
	case p.maker != "":
		return "it is one of a " + brief(p.maker) + ", which does not run on every node"
	case p.asked:
		return "it does so only where that is switched on, which was not seen"
	}
	return ""
}

// Checks runtime-agents-on-nodes, file-integrity-agents-on-nodes,
// malware-agents-on-nodes and log-shippers-on-nodes.
//
// Judge every node by the pods on it. Passes where a pod whose image is known as
// that of such an agent is ready there; fails where one is there and not ready, and
// where none is there although other nodes have one: the sentence names a taint that
// the agent's DaemonSet does not tolerate, or its node selector. Unknown where no node has
// one, because an agent in the operating system of a node, or one under an image of another
// name, is not seen; where one is missing and not all pods were seen; and for a virtual node,
// where no DaemonSet runs.
//
// An agent is known by the name of its image, and by what its container is given of the
// node: a folder of it, its processes or its privileges, and to ship logs a folder that
// has them. One that is given nothing, as a shipper beside an application or a collector
// that others send to, is none. Unknown for one of a Deployment or StatefulSet, which
// serves the whole cluster, and for a product that does this only where it is switched
// on (Datadog's agent and runtime security), unless its environment says that it is.
// What an agent is configured to watch, and who hears of it, is not judged.

func runtimeAgentsOnNodes() check {
	return agentsOnNodes("runtime-agents-on-nodes", watchesRuntime, "a runtime detection agent")
}

func fileIntegrityAgentsOnNodes() check {
	return agentsOnNodes("file-integrity-agents-on-nodes", watchesFiles, "an agent that can watch files")
}

func malwareAgentsOnNodes() check {
	return agentsOnNodes("malware-agents-on-nodes", findsMalware, "an anti-malware agent")
}

func logShippersOnNodes() check {
	return agentsOnNodes("log-shippers-on-nodes", shipsLogs, "a log shipper")
}

var daemonSetKind = engine.Kind{Group: appsv1.GroupName, Kind: "DaemonSet"}

func agentsOnNodes(id, does, noun string) check {
	return check{
		id: id, version: 2, needs: []engine.Kind{nodeKind, podKind}, looks: []engine.Kind{daemonSetKind},
		eval: func(v *engine.View) []engine.Detail {
			w := watch{does: does, noun: noun, on: agentPods(v, does)}
			w.nodes = nodesWatched(w.on)
			var details []engine.Detail
			for _, n := range engine.All[corev1.Node](v, nodeKind) {
				f, cites := w.judge(v, n.Value)
				details = append(details, f.of(n.Ref, append([]engine.Digest{n.Digest}, cites...)...))
			}
			return details
		},
	}
}

// agentPods returns the agents' pods by node.
func agentPods(v *engine.View, does string) map[string][]agentPod {
	on := map[string][]agentPod{}
	for _, p := range allAgentPods.Of(v) {
		if found, is := agentOf(v, &p.Value.Spec, does); is {
			on[p.Value.Spec.NodeName] = append(on[p.Value.Spec.NodeName], agentPod{p.Object, found, isReady(p.Value), makerOf(p.Value)})
		}
	}
	return on
}

// makerOf is the kind of a pod's controller, "" where that makes one for every node, as a
// DaemonSet or the node itself does, and where there is none.
func makerOf(p *engine.Pod) string {
	if by := p.Metadata.Controller(); by != nil && by.Kind != daemonSetKind.Kind && by.Kind != nodeKind.Kind {
		return by.Kind
	}
	return ""
}

func isReady(p *engine.Pod) bool {
	return p.Status.Phase == corev1.PodRunning && p.Metadata.Deleted == nil &&
		slices.ContainsFunc(p.Status.Conditions, func(c engine.Condition) bool {
			return c.Type == string(corev1.PodReady) && c.Status == corev1.ConditionTrue
		})
}

// watch is what agents of one kind do on the nodes of a cluster.
type watch struct {
	does, noun string
	on         map[string][]agentPod // by node
	nodes      int                   // with one of which nothing is in doubt
}

func (w watch) judge(v *engine.View, n *corev1.Node) (finding, []engine.Digest) {
	var watching, doubtful, blind []agentPod
	for _, p := range w.on[n.Name] {
		switch {
		case p.blind:
			blind = append(blind, p)
		case p.doubt() != "":
			doubtful = append(doubtful, p)
		case p.ready:
			return passes("", nil, "Pod %s of %s is ready here; it is known by its image %s, and its configuration was not judged",
				p.Ref.Name, p.name, brief(p.reference)), []engine.Digest{p.Digest}
		default:
			watching = append(watching, p)
		}
	}
	switch {
	case len(watching) > 0:
		return fails("", nil, "Pod %s of %s is here and not ready", watching[0].Ref.Name, watching[0].name), []engine.Digest{watching[0].Digest}
	case virtual(n):
		return unknown("metadata.labels", n.Labels, "A virtual node, where no DaemonSet runs: whether %s watches its pods, their platform would show", w.noun), nil
	case len(doubtful) > 0:
		p := doubtful[0]
		return unknown("", nil, "Pod %s of %s is here, and whether it is %s of this node was not seen: %s", p.Ref.Name, p.name, w.noun, p.doubt()), []engine.Digest{p.Digest}
	}
	beside, cites := "", []engine.Digest(nil)
	if len(blind) > 0 {
		beside = fmt.Sprintf("; pod %s of %s, which is here, is given nothing of the node that it could watch", blind[0].Ref.Name, blind[0].name)
		cites = append(cites, blind[0].Digest)
	}
	switch {
	case w.nodes == 0:
		return unknown("", nil, "No pod in the cluster is known by its image as %s; one in the operating system of nodes, or under another name, is to be shown%s", w.noun, beside), cites
	case !v.Saw(podKind):
		return unknown("", nil, "No pod known as %s was seen here, and not all pods were seen%s", w.noun, beside), cites
	}
	why, by := keptOut(v, n, w.does)
	return fails("spec.taints", nilIfNone(n.Spec.Taints), "No pod known as %s is here, although %s has one%s%s", w.noun, count(w.nodes, "node"), why, beside), append(cites, by...)
}

// nodesWatched counts the nodes that an agent is on of which nothing is in doubt.
func nodesWatched(on map[string][]agentPod) (nodes int) {
	for _, here := range on {
		if slices.ContainsFunc(here, func(p agentPod) bool { return !p.blind && p.doubt() == "" }) {
			nodes++
		}
	}
	return nodes
}

func nilIfNone[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func virtual(n *corev1.Node) bool {
	return n.Labels["type"] == "virtual-kubelet" || n.Labels["eks.amazonaws.com/compute-type"] == "fargate" ||
		slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return t.Key == "virtual-kubelet.io/provider" })
}

// keptOut says which DaemonSet of an agent does not tolerate which taint of a node, or
// else that none selects it.
func keptOut(v *engine.View, n *corev1.Node, does string) (why string, cites []engine.Digest) {
	for _, d := range engine.All[engine.Controller](v, daemonSetKind) {
		spec := &d.Value.Template().Spec
		if found, is := agentOf(v, spec, does); !is || found.blind {
			continue
		}
		if key := leftOut(spec.NodeSelector, n.Labels); key != "" {
			if why == "" {
				why, cites = fmt.Sprintf("; DaemonSet %s selects nodes with %s=%s, which this one is not", d.Ref.Name, brief(key), brief(spec.NodeSelector[key])), []engine.Digest{d.Digest}
			}
			continue
		}
		for _, t := range n.Spec.Taints {
			if t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/") &&
				!slices.ContainsFunc(spec.Tolerations, func(o corev1.Toleration) bool { return tolerates(o, t) }) {
				return fmt.Sprintf("; DaemonSet %s does not tolerate its taint %s", d.Ref.Name, t.ToString()), []engine.Digest{d.Digest}
			}
		}
	}
	return why, cites
}

// leftOut returns the first key by which a selector leaves out labels, "" if it does not.
func leftOut(selector, of map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		if value, there := of[key]; !there || value != selector[key] {
			return key
		}
	}
	return ""
}

func tolerates(o corev1.Toleration, t corev1.Taint) bool {
	switch {
	case o.Effect != "" && o.Effect != t.Effect:
		return false
	case o.Operator == corev1.TolerationOpExists:
		return o.Key == "" || o.Key == t.Key
	}
	return o.Key == t.Key && o.Value == t.Value
}
