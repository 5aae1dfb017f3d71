package checks

import (
	_ "embed"
	"fmt"
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
	Name   string   `json:"name"`
	Does   []string `json:"does"`
	Images []string `json:"images"`
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

// agentOf returns the agent a pod's containers are, the container's image, and
// whether there is one. Init containers that end do not watch anything.
func agentOf(v *engine.View, spec *engine.PodSpec, does string) (name, reference string, is bool) {
	of := func(image string) bool {
		for _, a := range agentsIn(v, image) {
			if does == "" || slices.Contains(a.Does, does) {
				name, reference = a.Name, image
				return true
			}
		}
		return false
	}
	for i := range spec.Containers {
		if of(spec.Containers[i].Image) {
			return name, reference, true
		}
	}
	for i := range spec.InitContainers {
		c := &spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways && of(c.Image) {
			return name, reference, true
		}
	}
	return "", "", false
}

// allAgentPods are the pods on nodes whose images are known as those of agents.
var allAgentPods = engine.NewSurvey(func(v *engine.View, _ []engine.Typed[engine.Pod]) []engine.Typed[engine.Pod] {
	var all []engine.Typed[engine.Pod]
	for _, p := range engine.All[engine.Pod](v, podKind) {
		if _, _, is := agentOf(v, &p.Value.Spec, ""); is && p.Value.Spec.NodeName != "" {
			all = append(all, p)
		}
	}
	return all
}, slices.Equal)

// agentPod is a pod of an agent on a node.
type agentPod struct {
	*engine.Object
	name, reference string
	ready           bool
}

// Checks runtime-agents-on-nodes, file-integrity-agents-on-nodes,
// malware-agents-on-nodes and log-shippers-on-nodes.
//
// Judge every node by the pods on it. Passes where a pod whose image is known as
// that of such an agent is ready there; fails where one is there and not ready, and
// where none is there although other nodes have one: the sentence names a taint that
// the agent's DaemonSet does not tolerate. Unknown where no node has one, because an
// agent in the operating system of a node, or one under an image of another name, is
// not seen; and for a virtual node, where no DaemonSet runs.
//
// An agent is known by the name of its image alone. What it is configured to watch,
// and who hears of it, is not judged.

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
		id: id, version: 1, needs: []engine.Kind{nodeKind, podKind}, looks: []engine.Kind{daemonSetKind},
		eval: func(v *engine.View) []engine.Detail {
			on := agentPods(v, does)
			var details []engine.Detail
			for _, n := range engine.All[corev1.Node](v, nodeKind) {
				f, cites := judgeNode(v, n.Value, on, does, noun)
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
		if name, reference, is := agentOf(v, &p.Value.Spec, does); is {
			on[p.Value.Spec.NodeName] = append(on[p.Value.Spec.NodeName], agentPod{p.Object, name, reference, isReady(p.Value)})
		}
	}
	return on
}

func isReady(p *engine.Pod) bool {
	return p.Status.Phase == corev1.PodRunning && p.Metadata.Deleted == nil &&
		slices.ContainsFunc(p.Status.Conditions, func(c engine.Condition) bool {
			return c.Type == string(corev1.PodReady) && c.Status == corev1.ConditionTrue
		})
}

func judgeNode(v *engine.View, n *corev1.Node, on map[string][]agentPod, does, noun string) (finding, []engine.Digest) {
	here := on[n.Name]
	if i := slices.IndexFunc(here, func(p agentPod) bool { return p.ready }); i >= 0 {
		return passes("", nil, "Pod %s of %s is ready here; it is known by its image %s, and its configuration was not judged",
			here[i].Ref.Name, here[i].name, brief(here[i].reference)), []engine.Digest{here[i].Digest}
	}
	switch {
	case len(here) > 0:
		return fails("", nil, "Pod %s of %s is here and not ready", here[0].Ref.Name, here[0].name), []engine.Digest{here[0].Digest}
	case virtual(n):
		return unknown("metadata.labels", n.Labels, "A virtual node, where no DaemonSet runs: whether %s watches its pods, their platform would show", noun), nil
	case len(on) == 0:
		return unknown("", nil, "No pod in the cluster is known by its image as %s; one in the operating system of nodes, or under another name, is to be shown", noun), nil
	}
	why, cites := keptOut(v, n, does)
	return fails("spec.taints", nilIfNone(n.Spec.Taints), "No pod known as %s is here, although %s has one%s", noun, count(len(on), "node"), why), cites
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

// keptOut says which DaemonSet of an agent does not tolerate which taint of a node.
func keptOut(v *engine.View, n *corev1.Node, does string) (string, []engine.Digest) {
	for _, d := range engine.All[engine.Controller](v, daemonSetKind) {
		if _, _, is := agentOf(v, &d.Value.Template().Spec, does); !is {
			continue
		}
		for _, t := range n.Spec.Taints {
			if t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/") &&
				!slices.ContainsFunc(d.Value.Template().Spec.Tolerations, func(o corev1.Toleration) bool { return tolerates(o, t) }) {
				return fmt.Sprintf("; DaemonSet %s does not tolerate its taint %s", d.Ref.Name, t.ToString()), []engine.Digest{d.Digest}
			}
		}
	}
	return "", nil
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
