package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"

	"tickmark/engine"
	"tickmark/engine/sheet"
)

// Version is the apiVersion of a policy, and PolicyKind its kind.
const (
	Version    = "tickmark/v1"
	PolicyKind = "Policy"
)

// Bounds of what one run takes.
const (
	maxDocuments = 10_000
	maxPolicies  = 1000
	maxVariables = 100
	maxParams    = 100
	maxExamples  = 100 // of one policy
	maxWords     = 10_000
)

// File is one that was read, and what people call it.
type File struct {
	Name string
	Text []byte
}

// World is what policies may speak of.
type World struct {
	// Resources are those whose kinds are known, for admission policies, which name
	// resources and no kinds.
	Resources []Resource
	// Areas are the parts of the evidence that a check may belong to.
	Areas []string
	// Informs says what is wrong with the requirements that a policy names of a standard.
	Informs func(standard string, ids []string) error
}

// Resource is what an API calls the objects of a kind.
type Resource struct {
	Kind       engine.Kind
	Name       string // in the plural, as in rules: "pods"
	Version    string
	Namespaced bool
}

// definition is a policy as its file says it.
type definition struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	ID         string `json:"id"`
	Version    int    `json:"version"`
	Area       string `json:"area"`
	engine.Words
	judgement
	Informs  map[string][]string `json:"informs"`
	Examples examples            `json:"examples"`
}

// judgement is what is judged, and by what.
type judgement struct {
	Match             match             `json:"match"`
	Needs             []string          `json:"needs"` // kinds that cluster.objects lists, beside those that are judged
	Params            []Param           `json:"params"`
	Variables         []variableWritten `json:"variables"`
	NotApplicableWhen string            `json:"notApplicableWhen"`
	Expression        string            `json:"expression"`
	Message           string            `json:"message"`
	MessageExpression string            `json:"messageExpression"`
	Field             string            `json:"field"` // where what is judged stands, for the proof
}

type variableWritten struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

var (
	nameText = engine.Late(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	kindText = engine.Late(`^[A-Z][A-Za-z0-9]{0,62}(\.[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?)?$`)
	varText  = engine.Late(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)
)

// Read reads and compiles the policies of files. All that is wrong is in the error,
// which then is of type sheet.Errors; nothing is to be used in that case.
func Read(files []File, w World) ([]Policy, error) {
	r := &reading{World: w, spelling: &spelling{&shapes{structs: map[string][]reflect.Type{}}, map[engine.Kind]*cel.Env{}}}
	for _, f := range files {
		r.file(f)
	}
	r.admissions()
	slices.SortStableFunc(r.policies, func(a, b Policy) int { return cmp.Compare(a.Check.ID, b.Check.ID) })
	for i := 1; i < len(r.policies); i++ {
		if a, b := r.policies[i-1], r.policies[i]; a.Check.ID == b.Check.ID {
			r.wrong = append(r.wrong, sheet.Error{Name: b.Source, Cause: fmt.Sprintf("%s stands in %s already", b.Check.ID, a.Source)})
		}
	}
	slices.SortStableFunc(r.wrong, func(a, b sheet.Error) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.Line-b.Line) })
	switch {
	case len(r.wrong) > 0:
		return nil, r.wrong
	case len(r.policies) == 0:
		return nil, errors.New("read policies: there is none in what was named")
	case len(r.policies) > maxPolicies:
		return nil, fmt.Errorf("read policies: %d of them, at most %d are run", len(r.policies), maxPolicies)
	}
	return r.policies, nil
}

// reading gathers what files hold.
type reading struct {
	World
	policies  []Policy
	wrong     sheet.Errors
	documents int
	admitted  admitted
	spelling  *spelling
}

func (r *reading) report(file string, line int, place, cause string) {
	r.wrong = append(r.wrong, sheet.Error{Name: file, Line: line, Path: place, Cause: oneLine(cause)})
}

// documentStart is a line that begins another document of a stream.
var documentStart = engine.Late(`(?m)^---(?:[ \t].*)?\r?$`)

// file takes a file apart into its documents.
func (r *reading) file(f File) {
	if len(f.Text) > sheet.MaxSize {
		r.report(f.Name, 0, "", fmt.Sprintf("larger than %d MiB", sheet.MaxSize>>20))
		return
	}
	line, from := 0, 0
	take := func(to, next int) {
		r.document(f.Name, line, f.Text[from:to])
		line += bytes.Count(f.Text[from:next], []byte("\n"))
		from = next
	}
	for _, at := range documentStart().FindAllIndex(f.Text, -1) {
		take(at[0], at[0]+len("---")) // what stands behind it on its line is of the document
	}
	take(len(f.Text), len(f.Text))
}

// document takes one document; before is how many lines are before it.
func (r *reading) document(name string, before int, text []byte) {
	if r.documents++; r.documents > maxDocuments {
		if r.documents == maxDocuments+1 {
			r.report(name, before+1, "", fmt.Sprintf("more than %d documents", maxDocuments))
		}
		return
	}
	var tree any
	lines, err := sheet.Read(name, text, &tree)
	if r.unread(before, err) || tree == nil {
		return
	}
	head, is := tree.(map[string]any)
	if !is {
		r.report(name, before+1, "", "it is no object with apiVersion and kind")
		return
	}
	if head["apiVersion"] == Version || head["kind"] == PolicyKind {
		r.policy(name, before, text)
		return
	}
	r.object(name, before, lines, head)
}

// unread reports what is wrong with a document that could not be read.
func (r *reading) unread(before int, err error) bool {
	if err == nil {
		return false
	}
	var all sheet.Errors
	if !errors.As(err, &all) {
		all = sheet.Errors{{Cause: err.Error()}}
	}
	for _, e := range all {
		if e.Line > 0 {
			e.Line += before
		}
		r.wrong = append(r.wrong, e)
	}
	return true
}

// policy reads a policy of one's own.
func (r *reading) policy(name string, before int, text []byte) {
	var d definition
	lines, err := sheet.Read(name, text, &d)
	if r.unread(before, err) {
		return
	}
	known := len(r.wrong)
	b := &building{lines: lines, meter: &meter{}, report: func(place, cause string) {
		r.report(name, before+max(1, lines.Line(place)), place, cause)
	}}
	r.head(b, d)
	made := b.rule(d)
	if len(r.wrong) > known || r.misspelt(b, d) {
		return
	}
	check := engine.Check{
		ID: "custom/" + d.ID, Version: d.Version, Area: d.Area, Words: d.Words, Needs: made.needs, Looks: made.looks, Eval: made.eval,
		Custom: &engine.Custom{Text: bytes.TrimSpace(text), Informs: d.Informs},
	}
	all := b.examples(d.Examples)
	if err := check.Validate(); err != nil {
		b.report("", err.Error())
	}
	if len(r.wrong) > known {
		return
	}
	r.policies = append(r.policies, Policy{Check: check, Source: fmt.Sprintf("%s:%d", name, before+1), Params: d.Params, Examples: all})
}

// misspelt reports the fields that no object of the kinds can have.
func (r *reading) misspelt(b *building, d definition) bool {
	var all []written
	for i, v := range d.Variables {
		all = append(all, written{v.Name, fmt.Sprintf("variables[%d].expression", i), v.Expression})
	}
	for _, x := range [][2]string{{"notApplicableWhen", d.NotApplicableWhen}, {"expression", d.Expression}, {"messageExpression", d.MessageExpression}} {
		if strings.TrimSpace(x[1]) != "" {
			all = append(all, written{"", x[0], x[1]})
		}
	}
	kinds, said := d.Match.kinds(), map[string]bool{}
	wrong := r.spelling.wrong(kinds, all)
	for _, k := range kinds {
		for _, m := range wrong[k] {
			if !said[m.at()] {
				b.report(m.place, m.String())
			}
			said[m.at()] = true
		}
	}
	return len(said) > 0
}

// head says what is wrong with the words of a policy.
func (r *reading) head(b *building, d definition) {
	if d.APIVersion != Version {
		b.report("apiVersion", fmt.Sprintf("%q: want %s", d.APIVersion, Version))
	}
	if d.Kind != PolicyKind {
		b.report("kind", fmt.Sprintf("%q: want %s", d.Kind, PolicyKind))
	}
	if len(d.ID) > 100 || !nameText().MatchString(d.ID) {
		b.report("id", fmt.Sprintf("%q: want lower-case words joined by hyphens", d.ID))
	}
	if d.Version < 1 {
		b.report("version", fmt.Sprintf("%d: want 1 or more", d.Version))
	}
	if !slices.Contains(r.Areas, d.Area) {
		b.report("area", fmt.Sprintf("%q is none of %s", d.Area, strings.Join(r.Areas, ", ")))
	}
	for _, w := range [][2]string{{"title", d.Title}, {"rationale", d.Rationale}, {"how", d.How}, {"remediation", d.Remediation}} {
		switch {
		case strings.TrimSpace(w[1]) == "":
			b.report(w[0], "it is missing")
		case len(w[1]) > maxWords:
			b.report(w[0], fmt.Sprintf("longer than %d bytes", maxWords))
		}
	}
	for _, standard := range slices.Sorted(maps.Keys(d.Informs)) {
		if r.Informs == nil {
			continue
		}
		if err := r.Informs(standard, d.Informs[standard]); err != nil {
			b.report("informs."+standard, err.Error())
		}
	}
}

// building compiles one policy.
type building struct {
	lines  sheet.Lines
	meter  *meter
	report func(place, cause string)
}

// compile compiles an expression and reports what is wrong with it; nil where it is
// empty or wrong.
func (b *building) compile(env *cel.Env, place, text string, want ...*cel.Type) *expression {
	if env == nil || strings.TrimSpace(text) == "" {
		return nil
	}
	x, err := compile(env, b.meter, place, text, want...)
	if err != nil {
		b.report(place, err.Error())
		return nil
	}
	return x
}

// built is a policy that was compiled.
type built struct {
	rule
	needs []engine.Kind
	looks []engine.Kind
}

// rule compiles what a policy judges by.
func (b *building) rule(d definition) *built {
	d.Match.faults(b.report)
	checkKinds("needs", d.Needs, b.report)
	made := &built{rule: rule{
		id: "custom/" + d.ID, title: d.Title, match: d.Match, declared: append(d.Match.kinds(), kindsNamed(d.Needs)...), params: d.Params,
		message: oneLine(d.Message), field: d.Field, meter: b.meter, running: &sync.Mutex{},
	}}
	if d.Field != "" {
		for _, part := range strings.Split(d.Field, ".") {
			if !pathStep().MatchString(part) {
				b.report("field", fmt.Sprintf("%q is no path such as spec.containers[0].image", d.Field))
				break
			}
		}
	}
	env := b.environment(d)
	if env == nil {
		return made
	}
	for i, v := range d.Variables[:min(len(d.Variables), maxVariables)] {
		at := fmt.Sprintf("variables[%d]", i)
		if strings.TrimSpace(v.Expression) == "" {
			b.report(at, "it has no expression")
			continue
		}
		x := b.compile(env, at+".expression", v.Expression)
		if x == nil {
			continue
		}
		made.variables = append(made.variables, variable{v.Name, x})
		var err error
		if env, err = env.Extend(cel.Variable("variables."+v.Name, x.kind)); err != nil {
			b.report(at, err.Error())
			return made
		}
	}
	if strings.TrimSpace(d.Expression) == "" {
		b.report("expression", "it is missing")
	}
	made.skip = b.compile(env, "notApplicableWhen", d.NotApplicableWhen, cel.BoolType)
	made.holds = b.compile(env, "expression", d.Expression, cel.BoolType)
	made.says = b.compile(env, "messageExpression", d.MessageExpression, cel.StringType)
	made.needs, made.looks = readBy(made)
	return made
}

// environment is the language with what a policy may name.
func (b *building) environment(d definition) *cel.Env {
	base, err := language()
	if err != nil {
		b.report("", err.Error())
		return nil
	}
	options := []cel.EnvOption{
		cel.Variable("object", cel.DynType), cel.Variable("namespaceObject", cel.DynType), cel.Variable("pod", cel.DynType), cel.Variable("now", cel.TimestampType),
	}
	if len(d.Params) > maxParams || len(d.Variables) > maxVariables {
		b.report("variables", fmt.Sprintf("more than %d parameters or %d variables", maxParams, maxVariables))
	}
	for i, p := range d.Params[:min(len(d.Params), maxParams)] {
		at := fmt.Sprintf("params[%d]", i)
		kind, known := paramTypes[p.Type]
		again := slices.ContainsFunc(d.Params[:i], func(o Param) bool { return o.Name == p.Name })
		switch {
		case !varText().MatchString(p.Name) || again:
			b.report(at+".name", fmt.Sprintf("%q: want a name of letters, digits and underscores, once", p.Name))
			continue
		case !known:
			b.report(at+".type", fmt.Sprintf("%q is none of string, int, double, bool, strings", p.Type))
			continue
		}
		if p.Default != nil {
			if _, err := p.value(*p.Default); err != nil {
				b.report(at+".default", err.Error())
			}
		}
		options = append(options, cel.Variable("params."+p.Name, kind))
	}
	for i, v := range d.Variables[:min(len(d.Variables), maxVariables)] {
		again := slices.ContainsFunc(d.Variables[:i], func(o variableWritten) bool { return o.Name == v.Name })
		if !varText().MatchString(v.Name) || again {
			b.report(fmt.Sprintf("variables[%d].name", i), fmt.Sprintf("%q: want a name of letters, digits and underscores, once", v.Name))
			return nil
		}
	}
	env, err := base.Extend(options...)
	if err != nil {
		b.report("", err.Error())
		return nil
	}
	return env
}

// readBy are the kinds without which a policy cannot be judged, those it names and those
// of the facts that it asks for, and the kinds that change what these say.
func readBy(made *built) (needs, looks []engine.Kind) {
	needs = slices.Clone(made.declared)
	all := []*expression{made.skip, made.holds, made.says}
	for _, v := range made.variables {
		all = append(all, v.expression)
	}
	uses := usesOf(all...)
	for _, name := range slices.Sorted(maps.Keys(factTypes)) {
		if uses[name] {
			of, beside := factKinds(name)
			needs, looks = append(needs, of...), append(looks, beside...)
		}
	}
	if uses["namespaceObject"] {
		needs = append(needs, engine.Kind{Kind: "Namespace"})
	}
	for _, kinds := range []*[]engine.Kind{&needs, &looks} {
		slices.SortFunc(*kinds, func(a, b engine.Kind) int { return cmp.Compare(a.String(), b.String()) })
		*kinds = slices.Compact(*kinds)
	}
	return needs, slices.DeleteFunc(looks, func(k engine.Kind) bool { return slices.Contains(needs, k) })
}
