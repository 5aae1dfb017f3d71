package checks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var nodeKind = engine.Kind{Kind: "Node"}

// runningImage is a container of a workload with the image it declares and what
// the nodes say they ran for it. The workload is the topmost one that is there.
type runningImage struct {
	object    *engine.Object // the workload
	container string
	field     string // of the reference in the workload's document
	reference string
	of        *family   // the workload and what it made; nil of what ran in the whole cluster
	contents  []content // what ran, each once; none where no pod runs
}

// content is what a node ran for a reference, as its runtime names it.
type content struct {
	id     string          // algorithm:hex; "" where the status says nothing
	config bool            // the id is of the image's configuration, not of its manifest
	nodes  map[string]bool // names of the nodes that ran it
	cite   engine.Digest   // of the first pod
}

// cites returns the workload's digest and one pod's for each content.
func (r runningImage) cites() []engine.Digest {
	cites := []engine.Digest{r.object.Digest}
	for _, c := range r.contents {
		if !slices.Contains(cites, c.cite) {
			cites = append(cites, c.cite)
		}
	}
	return cites
}

// running are the images of all containers that are there, workload by workload: those of
// running pods under their topmost controller, then those of workloads of which no pod
// runs.
type running struct {
	images   []*runningImage
	families []*family // by the place of the topmost workload; nil for what is under another
}

// family is a topmost workload and what it made, with the images of their containers.
type family struct {
	top     *engine.Object
	members []*engine.Object
	images  []*runningImage
}

// allRunning are those of a view. A family of which nothing is another object is taken as
// it was.
var allRunning = engine.NewSurvey(func(v *engine.View, before running) running {
	all, tops := workloads(v), topsOf(v)
	pods := engine.All[engine.Pod](v, podKind) // the workloads begin with them
	next, last := make([]int, len(all)), make([]int, len(all))
	for i := range all {
		next[i], last[i] = -1, i
	}
	for i, root := range tops {
		if i != root {
			next[last[root]], last[root] = i, i
		}
	}
	runs := make([]bool, len(all))
	var order []int
	for i, p := range pods {
		if root := tops[i]; runsNow(p.Value) && !runs[root] {
			runs[root] = true
			order = append(order, root)
		}
	}
	flows := map[*engine.Object]bool{} // workflows of which pods run, whichever template they are of
	for i, w := range all {
		if w.flow != nil && runs[i] {
			flows[w.object] = true
		}
	}
	for i, root := range tops {
		if i == root && !runs[i] && !flows[all[i].object] {
			order = append(order, i)
		}
	}
	now := running{images: make([]*runningImage, 0, len(before.images)), families: make([]*family, len(all))}
	known := before.byTop(len(all))
	var at []int
	for _, root := range order {
		at = at[:0]
		for i := root; i >= 0; i = next[i] {
			at = append(at, i)
		}
		slices.Sort(at)
		of := known(root, all[root].object)
		if of == nil || all[root].flow != nil || of.top != all[root].object || !slices.EqualFunc(of.members, at, func(o *engine.Object, i int) bool { return o == all[i].object }) {
			of = familyOf(all, pods, root, at)
		}
		now.families[root] = of
		now.images = append(now.images, of.images...)
	}
	return now
}, nil)

// byTop finds a family again by its topmost workload: in its place, where there are as
// many workloads as before.
func (r running) byTop(count int) func(place int, top *engine.Object) *family {
	if len(r.families) == count {
		return func(place int, _ *engine.Object) *family { return r.families[place] }
	}
	all := make(map[*engine.Object]*family, len(r.families))
	for _, f := range r.families {
		if f != nil {
			all[f.top] = f
		}
	}
	return func(_ int, top *engine.Object) *family { return all[top] }
}

// runningImages returns the images of all containers that are there.
func runningImages(v *engine.View) []*runningImage { return allRunning.Of(v).images }

type runningKey struct{ container, reference string }

// familyOf gathers the images of a workload and what it made, which stand at some places.
func familyOf(all []*workload, pods []engine.Typed[engine.Pod], root int, at []int) *family {
	of := &family{top: all[root].object, members: make([]*engine.Object, 0, len(at))}
	s := &runningScan{root: all[root], of: of}
	for _, i := range at {
		of.members = append(of.members, all[i].object)
	}
	runs := false
	for _, i := range at {
		if i < len(pods) && runsNow(pods[i].Value) {
			runs = true
			s.pod(*all[i], pods[i].Value)
		}
	}
	over := root < len(pods) && (pods[root].Value.Status.Phase == corev1.PodSucceeded || pods[root].Value.Status.Phase == corev1.PodFailed)
	if !runs && !s.root.retired && !over {
		for _, c := range s.root.containers() {
			s.image(c)
		}
	}
	for _, r := range s.found {
		switch {
		case s.root.flow == nil:
		case runs:
			r.field = "" // of which template a pod is does not stand in it
		default:
			r.container = s.root.flow.name + "/" + r.container
		}
	}
	of.images = s.found
	return of
}

// runningScan gathers the running images of one family.
type runningScan struct {
	root  *workload
	of    *family
	known map[runningKey]*runningImage // of many
	found []*runningImage
}

// runsNow reports whether a node runs the pod or has begun to.
func runsNow(pod *engine.Pod) bool {
	switch pod.Status.Phase {
	case corev1.PodRunning, corev1.PodUnknown:
		return true
	case corev1.PodSucceeded, corev1.PodFailed:
		return false
	case corev1.PodPending:
	}
	return len(pod.Status.ContainerStatuses) > 0
}

// pod takes what a running pod says of its containers.
func (s *runningScan) pod(w workload, pod *engine.Pod) {
	ids := map[string]string{}
	for _, statuses := range [][]engine.ContainerContent{
		pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses,
	} {
		for i := range statuses {
			ids[statuses[i].Name] = statuses[i].ImageID
		}
	}
	for _, c := range w.containers() {
		id, config := ranAs(ids[c.Name])
		s.image(c).ran(content{id: id, config: config, cite: w.object.Digest}, pod.Spec.NodeName)
	}
}

// image returns the running image of a container; its field is of the topmost
// workload where the container is declared there in the same way.
func (s *runningScan) image(c container) *runningImage {
	key := runningKey{c.Name, c.Image}
	if r := s.met(key); r != nil {
		return r
	}
	r := &runningImage{object: s.root.object, of: s.of, container: c.Name, field: c.at("image"), reference: c.Image}
	for _, declared := range s.root.containers() {
		if declared.Name == c.Name {
			r.field = declared.at("image")
		}
	}
	s.found = append(s.found, r)
	if s.known != nil {
		s.known[key] = r
	}
	return r
}

// met returns the image of a container that was met before, nil where it is another one.
func (s *runningScan) met(key runningKey) *runningImage {
	const few = 8
	if s.known == nil && len(s.found) > few {
		s.known = map[runningKey]*runningImage{}
		for _, r := range s.found {
			s.known[runningKey{r.container, r.reference}] = r
		}
	}
	if s.known != nil {
		return s.known[key]
	}
	at := slices.IndexFunc(s.found, func(r *runningImage) bool { return r.container == key.container && r.reference == key.reference })
	if at < 0 {
		return nil
	}
	return s.found[at]
}

func (r *runningImage) ran(c content, node string) {
	for i := range r.contents {
		if have := &r.contents[i]; have.id == c.id && have.config == c.config {
			have.nodes[node] = true
			return
		}
	}
	c.nodes = map[string]bool{node: true}
	r.contents = append(r.contents, c)
	slices.SortFunc(r.contents, func(a, b content) int { return cmp.Compare(a.id, b.id) })
}

// ranAs takes an imageID of a container's status apart: a name with the digest of
// a manifest, or the bare id of a configuration, where the runtime knows the
// image by no name. What is neither is nothing.
func ranAs(imageID string) (id string, config bool) {
	_, plain, schemed := strings.Cut(imageID, "://")
	if !schemed {
		plain = imageID
	}
	if _, digest, named := strings.Cut(plain, "@"); named {
		if digestForm().MatchString(digest) {
			return digest, false
		}
		return "", false
	}
	if bareDigest().MatchString(plain) {
		plain = "sha256:" + plain
	}
	if digestForm().MatchString(plain) {
		return plain, true
	}
	return "", false
}

type architecturesKey struct{}

// architectures returns the architecture of each node by its name.
func architectures(v *engine.View) map[string]string {
	return engine.Memo(v, architecturesKey{}, func() map[string]string {
		all := map[string]string{}
		for _, n := range engine.All[corev1.Node](v, nodeKind) {
			all[n.Ref.Name] = n.Value.Status.NodeInfo.Architecture
		}
		return all
	})
}

// Check images-run-as-declared.
//
// Compares what nodes say they run (imageID of the container's status) with what
// is declared. Passes for an image pinned to the digest that runs in every pod,
// and for one named by tag that runs as one content wherever it runs. Fails where
// one reference runs as several contents on nodes of one architecture: the tag was
// moved in between. Unknown where a status names no content or only the id of a
// configuration, where another digest runs than the one that is pinned (the
// manifest of one platform of a list, or the same image under another digest, which
// the registry would tell), and where contents differ on nodes whose architecture
// was not seen. Workloads of which no pod runs are not judged.
func imagesRunAsDeclared() check {
	return check{id: "images-run-as-declared", version: 1, needs: append(workloadKinds(), nodeKind), eval: func(v *engine.View) []engine.Detail {
		everywhere := map[string]*runningImage{}
		for _, r := range runningImages(v) {
			if len(r.contents) == 0 {
				continue
			}
			of, there := everywhere[r.reference]
			if !there {
				of = &runningImage{reference: r.reference}
				everywhere[r.reference] = of
			}
			of.contents = append(of.contents, r.contents...)
		}
		judged := map[string]finding{}
		for reference, of := range everywhere {
			judged[reference] = judgeContents(of, architectures(v))
		}
		var details []engine.Detail
		for _, r := range runningImages(v) {
			if len(r.contents) == 0 {
				continue
			}
			f := judged[r.reference]
			f.field, f.value = r.field, r.reference
			d := f.of(r.object.Ref, r.cites()...)
			d.Container = r.container
			details = append(details, d)
		}
		return details
	}}
}

// judgeContents judges what a reference ran as in the whole cluster.
func judgeContents(r *runningImage, architectures map[string]string) finding {
	ids := map[string]bool{}
	byArchitecture := map[string]map[string]bool{}
	config := false
	for _, c := range r.contents {
		ids[c.id] = true
		config = config || c.config
		for node := range c.nodes {
			of := architectures[node]
			if byArchitecture[of] == nil {
				byArchitecture[of] = map[string]bool{}
			}
			byArchitecture[of][c.id] = true
		}
	}
	names := slices.Sorted(maps.Keys(ids))
	if ids[""] {
		return unknown("", names, "What image %q ran as is not known: the status of a container names no digest", r.reference)
	}
	declared, err := parseImage(r.reference)
	if err != nil {
		return unknown("", names, "Image %q runs as %s: it is no image reference", r.reference, list(names))
	}
	several := slices.ContainsFunc(slices.Collect(maps.Values(byArchitecture)), func(of map[string]bool) bool { return len(of) > 1 })
	switch {
	case declared.digest != "" && config:
		return unknown("", names, "Image %s is pinned, and the node names the configuration %s that it runs, which cannot be compared with a digest",
			r.reference, list(names))
	case declared.digest != "" && len(names) == 1 && names[0] == declared.digest:
		return passes("", names, "Image %s runs as the digest it is pinned to, in all pods", r.reference)
	case declared.digest != "":
		return unknown("", names, "Image %s is pinned and runs as %s: whether that is the same image on one platform, the registry would tell",
			r.reference, list(names))
	case len(names) == 1:
		return passes("", names, "Image %s runs as %s in all pods", r.reference, names[0])
	case byArchitecture[""] != nil || config:
		return unknown("", names, "Image %s runs as %d contents; whether for one architecture was not seen", r.reference, len(names))
	case several:
		return fails("", names, "Image %s runs as %d contents under one name: %s", r.reference, len(names), list(names))
	}
	return passes("", names, "Image %s runs as one content for each architecture: %s", r.reference, list(names))
}
