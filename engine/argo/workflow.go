package argo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tickmark/engine"
)

// deepest is how deep templates stand within templates: engine.DecodeJSON reads no deeper.
const deepest = 512

// Workflow is what an object of Argo's workflows says of the pods that come of it: of a
// Workflow, a CronWorkflow, or a template of either.
type Workflow struct {
	Pods []Pod
	// Uses are the templates of workflows that it runs templates of. They are judged where
	// they stand, by their own settings: only where those are its own too is it what runs.
	Uses     []engine.Ref
	account  string   // that it names for all
	open     bool     // a patch that cannot be told may name another
	accounts []string // of its executors
	own      []string // that its templates name themselves
	settings string   // canonical JSON of what holds for all of its pods
	whole    bool     // it has no templates of its own: the settings of what it uses hold as well
}

// Pod is what pods are made of by one template of a workflow, as far as the
// workflow says it: its controller adds containers of its own.
type Pod struct {
	Name string         // of the template
	Pod  map[string]any // its metadata and spec, as in the template of a Deployment
	// Unsure says why what runs cannot be told, "" if it can.
	Unsure string
	open   bool              // it may run as another account than it names
	path   string            // of the template
	places map[string]string // of what in the spec stands elsewhere in the document
	// patches are the places of what patches set, which have no fields of their own.
	patches map[string]string
}

// Path is where in the document its template stands.
func (p Pod) Path() string { return p.path }

// At returns where in the document a field of the pod's spec stands, or would stand.
func (p Pod) At(name string) string {
	for part := name; part != ""; part = part[:max(strings.LastIndexAny(part, ".["), 0)] {
		if place, there := p.patches[part]; there {
			return place
		}
		if place, there := p.places[part]; there {
			return place + name[len(part):]
		}
	}
	return p.path + "." + name
}

// OpenAccount stands for a service account of which the name is decided as a workflow runs:
// by a parameter, or by a patch that cannot be told. No account can have that name.
const OpenAccount = braces + "}}"

// Accounts are the service accounts that its pods run as by what it says itself, each once;
// "" is the default one.
func (w Workflow) Accounts() []string {
	names := slices.Clone(w.accounts)
	if account, known := w.Account(); known && len(w.Uses) > 0 {
		names = append(names, account)
	}
	for _, p := range w.Pods {
		spec, _ := p.Pod["spec"].(map[string]any)
		names = append(names, text(spec["serviceAccountName"]))
		if p.open {
			names = append(names, OpenAccount)
		}
	}
	if w.open {
		names = append(names, OpenAccount)
	}
	return told(names)
}

// told puts OpenAccount in the place of what is no name yet.
func told(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		if all[i] = name; strings.Contains(name, braces) || strings.Contains(name, redacted) {
			all[i] = OpenAccount
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Account is the service account as which it runs the templates of others; known is false
// where they may say it.
func (w Workflow) Account() (name string, known bool) {
	return w.account, w.account != "" || !w.whole
}

// AccountsFor are the service accounts of its own as which another workflow runs its
// templates: those that these name, and all where the other takes the whole of it and names
// none.
func (w Workflow) AccountsFor(by Workflow) []string {
	if _, known := by.Account(); known {
		return told(w.own)
	}
	return w.Accounts()
}

// runsAs reports whether a use of another workflow's templates runs what is judged there.
func (w Workflow) runsAs(used Workflow) bool {
	return w.settings == used.settings || w.whole && w.settings == "{}"
}

// JudgedIn reports whether all that a workflow runs of others is judged there: they are
// among those that are known, with settings that are its own.
func (w Workflow) JudgedIn(known func(engine.Ref) (Workflow, bool)) bool {
	return !slices.ContainsFunc(w.Uses, func(r engine.Ref) bool {
		used, there := known(r)
		return !there || !w.runsAs(used)
	})
}

// ofAll are the settings of a workflow that hold for all of its pods.
var ofAll = []string{
	"automountServiceAccountToken", "executor", "hostNetwork", "imagePullSecrets", "podMetadata", "podSpecPatch", "securityContext",
	"serviceAccountName", "templateDefaults", "volumes",
}

// timing are defaults of templates that change when pods run, and not what runs.
var timing = []string{"activeDeadlineSeconds", "failFast", "metrics", "parallelism", "retryStrategy", "synchronization", "timeout"}

// Read reads an object of a kind that is a workflow.
func Read(t engine.PodTemplate, ref engine.Ref, body []byte) Workflow {
	return ReadUnder("", t, ref, body)
}

// ReadUnder reads an object of a kind that is a workflow, into which its controller puts a
// patch of pods where it has none of its own.
func ReadUnder(patch string, t engine.PodTemplate, ref engine.Ref, body []byte) Workflow {
	path := strings.Join(t.Path, ".")
	tree, err := engine.DecodeJSON(body)
	spec, is := tree.(map[string]any)
	for _, name := range t.Path {
		spec, _ = spec[name].(map[string]any)
	}
	if err != nil || !is || spec == nil {
		return Workflow{Pods: []Pod{{path: path, Unsure: "It has no specification that could be read"}}}
	}
	if own := spec[patchSetting]; patch != "" && (own == nil || own == "") {
		spec[patchSetting] = patch
	}
	r := workflowReader{spec: spec, path: path, namespace: ref.Namespace, group: t.Kind.Group, runs: t.Makes}
	if t.Kind.Kind == "Workflow" {
		r.labels = map[string]any{"workflows.argoproj.io/workflow": ref.Name}
	}
	return r.read()
}

// workflowReader reads the specification of one workflow.
type workflowReader struct {
	spec      map[string]any
	path      string
	namespace string
	group     string         // of its kind, and of those that it uses
	runs      bool           // it is no template: what it gives as arguments is what it runs with
	labels    map[string]any // that its controller gives
	found     Workflow
}

func (r *workflowReader) read() Workflow {
	own := map[string]any{}
	for _, name := range ofAll {
		if v, there := r.spec[name]; there {
			own[name] = v
		}
	}
	settings, err := engine.Canonical(own)
	if err != nil {
		settings = []byte(err.Error())
	}
	templates, listed := r.spec["templates"].([]any)
	_, r.found.whole = r.spec["workflowTemplateRef"]
	r.found.whole = r.found.whole && len(templates) == 0
	r.found.settings = string(settings)
	r.uses(r.spec, 0)
	r.found.account, r.found.open = r.accountOfAll()
	r.executes(r.spec)
	if defaults, _ := r.spec["templateDefaults"].(map[string]any); defaults != nil {
		r.executes(defaults)
		if account := r.account(defaults["serviceAccountName"]); account != "" {
			r.found.accounts = append(r.found.accounts, account)
		}
	}
	for i, t := range templates {
		r.template(t, fmt.Sprintf("%s.templates[%d]", r.path, i), 0)
	}
	r.collects(r.spec["artifactGC"], r.path+".artifactGC")
	if (!listed || len(templates) == 0) && len(r.found.Uses) == 0 {
		r.found.Pods = append(r.found.Pods, Pod{path: r.path, Unsure: "It names no template"})
	}
	return r.found
}

// uses finds the references to templates of others: in steps, tasks, hooks, or for all.
func (r *workflowReader) uses(v any, depth int) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"workflowTemplateRef", "templateRef"} {
			if to, is := v[name].(map[string]any); is {
				ref := engine.Ref{Group: r.group, Kind: "WorkflowTemplate", Namespace: r.namespace}
				if cluster, _ := to["clusterScope"].(bool); cluster {
					ref.Kind, ref.Namespace = "ClusterWorkflowTemplate", ""
				}
				ref.Name, _ = to["name"].(string)
				if !slices.Contains(r.found.Uses, ref) {
					r.found.Uses = append(r.found.Uses, ref)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			r.uses(v[name], depth+1)
		}
	case []any:
		for _, member := range v {
			r.uses(member, depth+1)
		}
	}
}

// template reads one template, and those that stand within its steps and tasks.
func (r *workflowReader) template(v any, path string, depth int) {
	t, is := v.(map[string]any)
	if !is || depth > deepest {
		r.add(nil, path, "It has a template that cannot be read")
		return
	}
	told := false
	for _, kind := range []string{"container", "script", "containerSet"} {
		if _, there := t[kind].(map[string]any); there {
			r.pod(t, path, kind)
			told = true
		}
	}
	for _, kind := range []string{"resource", "data", "http", "plugin"} {
		if _, there := t[kind]; there {
			r.add(t, path, fmt.Sprintf("What runs is its controller's, by a template of kind %s", kind))
			told = true
		}
	}
	outputs, _ := t["outputs"].(map[string]any)
	for i, artifact := range listIn(outputs, "artifacts") {
		a, _ := artifact.(map[string]any)
		if gc, _ := a["artifactGC"].(map[string]any); gc != nil {
			r.owns(gc)
		}
		r.collects(a["artifactGC"], fmt.Sprintf("%s.outputs.artifacts[%d].artifactGC", path, i))
	}
	for i, group := range listIn(t, "steps") {
		steps, _ := group.([]any)
		for j, step := range steps {
			r.inline(step, fmt.Sprintf("%s.steps[%d][%d]", path, i, j), depth)
		}
	}
	dag, _ := t["dag"].(map[string]any)
	for i, task := range listIn(dag, "tasks") {
		r.inline(task, fmt.Sprintf("%s.dag.tasks[%d]", path, i), depth)
	}
	for _, kind := range []string{"steps", "dag", "suspend", "templateRef"} { // of which no pod is made
		if _, there := t[kind]; there {
			told = true
		}
	}
	if !told {
		r.add(t, path, "It has a template of a kind that is not read")
	}
}

// collects adds the pods that the controller makes to remove artifacts: as the account that
// is named for it, of the artifact or of all, else as the default one.
func (r *workflowReader) collects(v any, path string) {
	all, _ := r.spec["artifactGC"].(map[string]any)
	gc, is := v.(map[string]any)
	if strategy := cmp.Or(text(gc["strategy"]), text(all["strategy"])); !is || strategy == "" || strategy == "Never" {
		return
	}
	p := Pod{
		Name: strings.TrimPrefix(path, r.path+"."), path: path, places: map[string]string{},
		Unsure: "Its controller makes pods of its own to remove artifacts",
	}
	account := r.account(gc["serviceAccountName"])
	if account == "" {
		if account = r.account(all["serviceAccountName"]); account != "" {
			p.places["serviceAccountName"] = r.path + ".artifactGC.serviceAccountName"
		}
	}
	p.Pod = map[string]any{"spec": map[string]any{"serviceAccountName": account}}
	r.found.Pods = append(r.found.Pods, p)
}

func (r *workflowReader) inline(step any, path string, depth int) {
	if s, _ := step.(map[string]any); s["inline"] != nil {
		r.template(s["inline"], path+".inline", depth+1)
	}
}

func (r *workflowReader) add(t map[string]any, path, unsure string) *Pod {
	p := Pod{path: path, Unsure: unsure, places: map[string]string{}, Pod: map[string]any{}}
	if p.Name, _ = t["name"].(string); p.Name == "" {
		p.Name = strings.TrimPrefix(path, r.path+".")
	}
	spec := map[string]any{}
	r.owns(t)
	r.set(&p, spec, t, "serviceAccountName")
	p.Pod["spec"] = spec
	r.found.Pods = append(r.found.Pods, p)
	return &r.found.Pods[len(r.found.Pods)-1]
}

// owns takes note of an account that a part of a template names.
func (r *workflowReader) owns(part map[string]any) {
	if account := r.account(part["serviceAccountName"]); account != "" {
		r.found.own = append(r.found.own, account)
	}
}

// executes takes note of the account of an executor.
func (r *workflowReader) executes(of map[string]any) {
	executor, _ := of["executor"].(map[string]any)
	if account := r.account(executor["serviceAccountName"]); account != "" {
		r.found.accounts = append(r.found.accounts, account)
	}
}

// account is the name of a service account, which a parameter of the workflow may give: one
// of which the value stands among the arguments of what runs.
func (r *workflowReader) account(v any) string {
	name := text(v)
	of := parameterOnly().FindStringSubmatch(name)
	if of == nil || !r.runs {
		return name
	}
	arguments, _ := r.spec["arguments"].(map[string]any)
	value, known := "", false
	for _, p := range listIn(arguments, "parameters") {
		parameter, _ := p.(map[string]any)
		if text(parameter["name"]) != of[1] {
			continue
		}
		if given, is := parameter["value"].(string); !is || known || given == "" || parameter["valueFrom"] != nil {
			return name
		}
		value, known = text(parameter["value"]), true
	}
	if !known {
		return name
	}
	return value
}

// parameterOnly is a text that is a parameter of the workflow and nothing else.
var parameterOnly = engine.Late(`^\{\{\s*workflow\.parameters\.([-\w]+)\s*\}\}$`)

// set takes a setting from a template, else from its workflow.
func (r *workflowReader) set(p *Pod, spec, t map[string]any, name string) {
	v, there := t[name]
	if !there {
		if v, there = r.spec[name]; there {
			p.places[name] = r.path + "." + name
		}
	}
	if there && name == "serviceAccountName" {
		v = r.account(v)
	}
	if there {
		spec[name] = v
	}
}

// pod puts the pod of a template together as the controller does.
func (r *workflowReader) pod(t map[string]any, path, kind string) {
	r.executes(t)
	if executor, _ := t["executor"].(map[string]any); executor != nil {
		r.owns(executor)
	}
	p := r.add(t, path, r.unsure())
	spec, _ := p.Pod["spec"].(map[string]any)
	r.set(p, spec, t, "securityContext")
	r.set(p, spec, t, "nodeSelector")
	if r.set(p, spec, t, "automountServiceAccountToken"); spec["automountServiceAccountToken"] == true {
		delete(spec, "automountServiceAccountToken") // it only takes a token away
	}
	for _, name := range []string{"hostNetwork", "imagePullSecrets"} {
		r.set(p, spec, nil, name)
	}
	p.places["hostNetwork"] = r.path + ".hostNetwork"
	p.Pod["metadata"] = r.metadata(t)
	c := podMaker{pod: p, path: path}
	switch main, _ := t[kind].(map[string]any); kind {
	case "containerSet":
		c.shared = listIn(main, "volumeMounts")
		c.list(main, "containers", "containers", path+".containerSet")
		c.shared = nil
	default:
		main = maps.Clone(main)
		main["name"] = mainContainer // whatever it is called
		delete(main, "source")
		c.container("containers", main, path+"."+kind)
	}
	c.list(t, "sidecars", "containers", path)
	c.list(t, "initContainers", "initContainers", path)
	c.volumesOf(t, path, r.spec, r.path)
	c.secrets(t)
	for list, all := range map[string][]any{"containers": c.containers, "initContainers": c.inits, "volumes": c.volumes} {
		if len(all) > 0 {
			spec[list] = all
		}
	}
	if p.Unsure == "" {
		r.patch(p, spec, t, path)
	}
	where := bracesIn(spec, nil)
	if selector, _ := spec["nodeSelector"].(map[string]any); where == "" && strings.Contains(text(selector["kubernetes.io/os"]), braces) {
		where = "nodeSelector"
	}
	if p.Unsure == "" && where != "" {
		p.Unsure = fmt.Sprintf("A parameter decides %s of its pods", where)
	}
}

// unsure says what changes the pods of templates in ways that are not computed here.
func (r *workflowReader) unsure() string {
	defaults, _ := r.spec["templateDefaults"].(map[string]any)
	for name := range defaults {
		if !slices.Contains(timing, name) {
			return "Defaults of its templates (templateDefaults) change its pods as they are made"
		}
	}
	return ""
}

func (r *workflowReader) metadata(t map[string]any) map[string]any {
	ofAll, _ := r.spec["podMetadata"].(map[string]any)
	own, _ := t["metadata"].(map[string]any)
	all := map[string]any{}
	for _, name := range []string{"annotations", "labels"} {
		joined := map[string]any{}
		if name == "labels" {
			maps.Copy(joined, r.labels)
		}
		for _, from := range []map[string]any{ofAll, own} {
			some, _ := from[name].(map[string]any)
			maps.Copy(joined, some)
		}
		all[name] = joined
	}
	return all
}
