package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	rbacv1 "k8s.io/api/rbac/v1"

	"tickmark/engine"
	"tickmark/engine/network"
	"tickmark/engine/rbac"
)

// fact is a variable whose functions ask the analyses of a view: network, rbac, scope
// and cluster. What an analysis cannot tell is an error, so that the verdict is
// Unknown.
type fact struct {
	kind *types.Type
	view *engine.View
	// declared are the kinds that cluster.objects may list.
	declared []engine.Kind
}

var (
	networkType = cel.ObjectType("tickmark.Network")
	rbacType    = cel.ObjectType("tickmark.Rbac")
	scopeType   = cel.ObjectType("tickmark.Scope")
	clusterType = cel.ObjectType("tickmark.Cluster")
)

// ConvertToNative implements ref.Val.
func (f fact) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("%s is no value", f.kind)
}

// ConvertToType implements ref.Val.
func (f fact) ConvertToType(to ref.Type) ref.Val {
	if to == types.TypeType {
		return f.kind
	}
	return types.NewErr("%s is no %s", f.kind, to)
}

// Equal implements ref.Val.
func (f fact) Equal(other ref.Val) ref.Val { return types.Bool(f.kind == other.Type()) }

// Type implements ref.Val.
func (f fact) Type() ref.Type { return f.kind }

// Value implements ref.Val.
func (f fact) Value() any { return f.kind.String() }

// ask is one function of a fact.
type ask struct {
	overload string
	name     string
	of       *cel.Type
	args     []*cel.Type
	gives    *cel.Type
	cost     uint64 // of asking, beside the size of what it gives
	answer   func(fact, []ref.Val) (any, error)
}

// rowType is an entry of a list that a fact gives.
var rowType = cel.MapType(cel.StringType, cel.DynType)

func asks() []ask {
	text, rows := cel.StringType, cel.ListType(rowType)
	return []ask{
		{"network_can_reach", "canReach", networkType, []*cel.Type{cel.DynType, cel.DynType}, cel.BoolType, 100, canReach},
		{"network_can_reach_port", "canReach", networkType, []*cel.Type{cel.DynType, cel.DynType, cel.IntType}, cel.BoolType, 100, canReach},
		{"network_can_reach_protocol", "canReach", networkType, []*cel.Type{cel.DynType, cel.DynType, text, cel.IntType}, cel.BoolType, 100, canReach},
		{"network_reachable_from", "reachableFrom", networkType, []*cel.Type{cel.DynType}, rows, 10_000, reachableFrom},
		{"network_default_deny", "defaultDeny", networkType, []*cel.Type{text, text}, cel.BoolType, 10, defaultDeny},
		{"rbac_who_can", "whoCan", rbacType, []*cel.Type{text, text, text, text}, rows, 10_000, whoCan},
		{"rbac_can", "can", rbacType, []*cel.Type{text, text, text, text, text}, cel.BoolType, 10_000, can},
		{"scope_in_zone", "inZone", scopeType, []*cel.Type{text, text}, cel.BoolType, 1, inZone},
		{"scope_zones", "zones", scopeType, []*cel.Type{text}, cel.ListType(text), 10, zonesOf},
		{"cluster_objects", "objects", clusterType, []*cel.Type{text}, cel.ListType(cel.DynType), 10, allObjects},
	}
}

// facts declares the variables and their functions.
func facts() cel.EnvOption {
	options := []cel.EnvOption{}
	for name, kind := range factTypes {
		options = append(options, cel.Variable(name, kind))
	}
	for _, a := range asks() {
		binding := func(args ...ref.Val) ref.Val {
			f, is := args[0].(fact)
			if !is || f.view == nil {
				return types.NewErr("%s: there is nothing to ask", a.name)
			}
			answer, err := a.answer(f, args[1:])
			if err != nil {
				return types.NewErr("%s.%s: %s", strings.ToLower(strings.TrimPrefix(f.kind.String(), "tickmark.")), a.name, err)
			}
			return adapter{}.NativeToValue(answer)
		}
		options = append(options, cel.Function(a.name,
			cel.MemberOverload(a.overload, append([]*cel.Type{a.of}, a.args...), a.gives, cel.FunctionBinding(binding))))
	}
	return func(env *cel.Env) (*cel.Env, error) {
		var err error
		for _, o := range options {
			if env, err = o(env); err != nil {
				return nil, err
			}
		}
		return env, nil
	}
}

// factTypes are the facts by the names of their variables.
var factTypes = map[string]*cel.Type{"network": networkType, "rbac": rbacType, "scope": scopeType, "cluster": clusterType}

// factKinds are the kinds without which a fact cannot be told, and those that change what
// it says where they exist.
func factKinds(name string) (needs, looks []engine.Kind) {
	switch name {
	case "network":
		return []engine.Kind{network.PolicyKind, {Kind: "Namespace"}, podKind}, append(network.Kinds(), engine.ConfigMapKind)
	case "rbac":
		return rbac.Kinds(), []engine.Kind{rbac.ProviderKind}
	}
	return nil, nil
}

// factCosts is what asking costs, by overload.
var factCosts = func() map[string]uint64 {
	all := map[string]uint64{}
	for _, a := range asks() {
		all[a.overload] = a.cost
	}
	return all
}()

// unseen says that a kind was not seen whole; nil if it was.
func unseen(v *engine.View, kinds ...engine.Kind) error {
	for _, k := range kinds {
		if !v.Saw(k) {
			return fmt.Errorf("%s objects were not all seen", k)
		}
	}
	return nil
}

// textsOf returns arguments that are texts.
func textsOf(args []ref.Val) ([]string, error) {
	texts := make([]string, len(args))
	for i, a := range args {
		text, is := a.(types.String)
		if !is {
			return nil, fmt.Errorf("want a text, not a %s", a.Type())
		}
		texts[i] = string(text)
	}
	return texts, nil
}

// workloadNamed is how the analysis calls an object, a `namespace/name`, or an address.
func workloadNamed(v ref.Val) (string, error) {
	switch value := v.Value().(type) {
	case string:
		return value, nil
	case map[string]any:
		name, namespace := textAt(value, "metadata", "name"), textAt(value, "metadata", "namespace")
		if name != "" && namespace != "" {
			return namespace + "/" + name + "[" + textAt(value, "kind") + "]", nil
		}
	}
	return "", errors.New("want an object, a text namespace/name or an address")
}

// wholeNetwork returns the analysis if nothing stands against taking it at its word.
func wholeNetwork(v *engine.View) (*network.Analysis, error) {
	needs, _ := factKinds("network")
	if err := unseen(v, needs...); err != nil {
		return nil, err
	}
	a := network.Analyse(v)
	for _, g := range a.Gaps() {
		// What concerns one workload is in what is possible for it, and what leads in from
		// outside is not between pods.
		if network.LeadsIn(g.Kind) {
			continue
		}
		if !runsPods(g.Kind) || g.Name == "" {
			return nil, errors.New(g.Cause)
		}
	}
	return a, nil
}

func canReach(f fact, args []ref.Val) (any, error) {
	a, err := wholeNetwork(f.view)
	if err != nil {
		return nil, err
	}
	from, err := workloadNamed(args[0])
	if err != nil {
		return nil, err
	}
	to, err := workloadNamed(args[1])
	if err != nil {
		return nil, err
	}
	x, err := a.Explain(from, to)
	if err != nil {
		return nil, err
	}
	has := func(p network.Ports) bool { return !p.IsEmpty() }
	if len(args) > 2 {
		protocol, port := network.TCP, args[len(args)-1]
		if len(args) == 4 {
			if err := protocolNamed(args[2], &protocol); err != nil {
				return nil, err
			}
		}
		n, is := port.(types.Int)
		if !is || n < 1 || n > 65535 {
			return nil, fmt.Errorf("%v is no port", port.Value())
		}
		has = func(p network.Ports) bool { return p.Contains(protocol, int32(n)) }
	}
	switch allowed, possible := has(x.Connection.Allowed), has(x.Connection.Possible); {
	case allowed == possible:
		return allowed, nil
	case allowed:
		return true, nil
	}
	return nil, fmt.Errorf("%s is not allowed, and cannot be excluded", x.Connection.PossibleText())
}

func reachableFrom(f fact, args []ref.Val) (any, error) {
	a, err := wholeNetwork(f.view)
	if err != nil {
		return nil, err
	}
	name, err := workloadNamed(args[0])
	if err != nil {
		return nil, err
	}
	rows, known := []any{}, false
	for _, w := range a.Workloads() {
		known = known || w.String() == name || w.Ref.Namespace+"/"+w.Ref.Name == name
	}
	if !known {
		return nil, fmt.Errorf("there is no workload %s that runs", name)
	}
	for c := range a.Connections() {
		if c.To == name || strings.HasPrefix(c.To, name+"[") {
			rows = append(rows, map[string]any{"from": c.From, "allowed": c.AllowedText(), "possible": c.PossibleText(), "certain": c.Certain()})
		}
	}
	return rows, nil
}

func defaultDeny(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	if err := unseen(f.view, network.PolicyKind); err != nil {
		return nil, err
	}
	policies := network.PoliciesOf(f.view)
	for _, d := range []network.Direction{network.Ingress, network.Egress} {
		if d.String() != strings.ToLower(texts[1]) {
			continue
		}
		holds := policies.DefaultDeny(texts[0], d).Holds()
		for _, p := range policies.In(texts[0]) {
			if err := p.Refused(); holds && err != nil {
				return nil, fmt.Errorf("%s: %w", p.Ref, err)
			}
		}
		return holds, nil
	}
	return nil, fmt.Errorf("%q is no direction: ingress or egress", texts[1])
}

// unsettled says why what is granted is not known: a kind that was not seen, or what
// the analysis leaves out.
func unsettled(v *engine.View, rights *rbac.Rights) error {
	if err := unseen(v, rbac.Kinds()...); err != nil {
		return err
	}
	for _, g := range rights.Gaps() {
		return errors.New(g.Cause)
	}
	return nil
}

// requestOf reads verb, group, resource with its subresource, and namespace.
func requestOf(texts []string) rbac.Request {
	resource, sub, _ := strings.Cut(texts[2], "/")
	return rbac.Request{Verb: texts[0], Group: texts[1], Resource: resource, Subresource: sub, Namespace: texts[3]}
}

// whoCan gives whom the roles allow a request about all objects.
func whoCan(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	rights := rbac.Of(f.view)
	if err := unsettled(f.view, rights); err != nil {
		return nil, err
	}
	rows := []any{}
	for _, g := range rights.WhoCan(requestOf(texts)).Grants {
		rows = append(rows, map[string]any{
			"subject": g.Subject.String(), "kind": g.Subject.Kind, "namespace": g.Subject.Namespace, "name": g.Subject.Name,
			"binding": g.Binding.Ref.String(), "role": g.Binding.RoleRef.String(), "everywhere": g.Everywhere(), "builtIn": g.Binding.BuiltIn,
		})
	}
	return rows, nil
}

// can gives whether the roles allow a subject a request about all objects.
func can(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	subject, err := subjectNamed(texts[0])
	if err != nil {
		return nil, err
	}
	rights := rbac.Of(f.view)
	if len(rights.May(subject, requestOf(texts[1:]))) > 0 {
		return true, nil
	}
	return false, unsettled(f.view, rights)
}

// subjectNamed reads "ServiceAccount pay/api", "User ann" or "Group auditors".
func subjectNamed(text string) (rbac.Subject, error) {
	kind, name, _ := strings.Cut(text, " ")
	switch {
	case (kind == rbacv1.UserKind || kind == rbacv1.GroupKind) && name != "":
		return rbac.Subject{Kind: kind, Name: name}, nil
	case kind == rbacv1.ServiceAccountKind:
		if namespace, account, is := strings.Cut(name, "/"); is && namespace != "" && account != "" {
			return rbac.Subject{Kind: kind, Namespace: namespace, Name: account}, nil
		}
	}
	return rbac.Subject{}, fmt.Errorf("%q is no subject: want ServiceAccount NAMESPACE/NAME, User NAME or Group NAME", text)
}

func inZone(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	if _, declared := f.view.Params().Zones[texts[0]]; !declared {
		return nil, fmt.Errorf("the scope has no zone %q", texts[0])
	}
	return f.view.Params().InZone(texts[0], f.view.Target().ID, texts[1]), nil
}

func zonesOf(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for zone := range f.view.Params().Zones {
		if f.view.Params().InZone(zone, f.view.Target().ID, texts[0]) {
			names = append(names, zone)
		}
	}
	slices.Sort(names)
	zones := []any{}
	for _, n := range names {
		zones = append(zones, n)
	}
	return zones, nil
}

func allObjects(f fact, args []ref.Val) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	kind := kindNamed(texts[0])
	if !slices.Contains(f.declared, kind) {
		return nil, fmt.Errorf("%s is not among the kinds that the policy needs", kind)
	}
	if err := unseen(f.view, kind); err != nil {
		return nil, err
	}
	all := engine.Memo(f.view, allKey{kind}, func() []any {
		all := []any{}
		for _, o := range f.view.Objects(kind) {
			tree, err := decoded(f.view, o)
			if err != nil {
				continue // DecodeJSON takes every canonical document
			}
			all = append(all, tree)
		}
		return all
	})
	return all, nil
}

type allKey struct{ kind engine.Kind }

// kindNamed reads "Pod" or "Deployment.apps".
func kindNamed(text string) engine.Kind {
	kind, group, _ := strings.Cut(text, ".")
	return engine.Kind{Group: group, Kind: kind}
}

// protocolNamed reads SCTP, TCP or UDP.
func protocolNamed(v ref.Val, into *network.Protocol) error {
	for _, p := range []network.Protocol{network.SCTP, network.TCP, network.UDP} {
		if p.String() == v.Value() {
			*into = p
			return nil
		}
	}
	return fmt.Errorf("%v is no protocol: SCTP, TCP or UDP", v.Value())
}
