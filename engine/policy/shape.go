package policy

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	admissionv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	networkingv1beta1 "k8s.io/api/networking/v1beta1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"tickmark/engine"
)

// builtIn are the Go types of Kubernetes' own kinds, of every version that is known
// here: an object may be of any of them.
var builtIn = sync.OnceValue(func() map[engine.Kind][]reflect.Type {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionv1.AddToScheme, admissionv1beta1.AddToScheme, appsv1.AddToScheme, autoscalingv1.AddToScheme, autoscalingv2.AddToScheme,
		batchv1.AddToScheme, certificatesv1.AddToScheme, coordinationv1.AddToScheme, corev1.AddToScheme, discoveryv1.AddToScheme, flowcontrolv1.AddToScheme,
		networkingv1.AddToScheme, networkingv1beta1.AddToScheme, nodev1.AddToScheme, policyv1.AddToScheme, policyv1beta1.AddToScheme, rbacv1.AddToScheme,
		schedulingv1.AddToScheme, storagev1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return nil
		}
	}
	all := map[engine.Kind][]reflect.Type{}
	for version, t := range scheme.AllKnownTypes() {
		kind := engine.Kind{Group: version.Group, Kind: version.Kind}
		if _, has := t.FieldByName("ObjectMeta"); has && version.Version != runtime.APIVersionInternal {
			all[kind] = append(all[kind], t)
		}
	}
	for _, of := range all {
		slices.SortFunc(of, func(a, b reflect.Type) int { return cmp.Compare(a.PkgPath(), b.PkgPath()) })
	}
	return all
})

// shapes are what values can be, as types of CEL: structs with the fields that JSON
// gives them, lists and maps. What a field holds at the end is not told apart.
type shapes struct {
	structs map[string][]reflect.Type // by the name of their CEL type; several are versions of one kind
	missing []missing                 // what was looked for in vain since it was last emptied
}

// missing is a field that a type does not have.
type missing struct{ of, field, near string }

// kind is the type of the objects of a kind, and whether it is built in.
func (s *shapes) kind(k engine.Kind) (*cel.Type, bool) {
	versions := slices.Clone(builtIn()[k])
	return s.shape(versions), len(versions) > 0
}

// pod is the type of what podOf gives for a kind.
func (s *shapes) pod(k engine.Kind) *cel.Type {
	switch {
	case k == podKind:
		is, _ := s.kind(k)
		return is
	case runsPods(k):
		return s.shape([]reflect.Type{reflect.TypeFor[corev1.PodTemplateSpec]()})
	}
	return cel.DynType
}

// request is what a server tells an admission policy of a request.
type request struct {
	UID                string                       `json:"uid"`
	Kind               metav1.GroupVersionKind      `json:"kind"`
	Resource           metav1.GroupVersionResource  `json:"resource"`
	SubResource        string                       `json:"subResource"`
	RequestKind        *metav1.GroupVersionKind     `json:"requestKind"`
	RequestResource    *metav1.GroupVersionResource `json:"requestResource"`
	RequestSubResource string                       `json:"requestSubResource"`
	Name               string                       `json:"name"`
	Namespace          string                       `json:"namespace"`
	Operation          string                       `json:"operation"`
	UserInfo           authenticationv1.UserInfo    `json:"userInfo"`
	DryRun             *bool                        `json:"dryRun"`
	Options            any                          `json:"options"`
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// shape is the CEL type of Go types that stand in one place.
func (s *shapes) shape(of []reflect.Type) *cel.Type {
	for i, t := range of {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		of[i] = t
	}
	if len(of) == 0 || slices.ContainsFunc(of, func(t reflect.Type) bool {
		return t.Kind() != of[0].Kind() || reflect.PointerTo(t).Implements(marshaler)
	}) {
		return cel.DynType
	}
	elements := func() *cel.Type {
		inside := make([]reflect.Type, len(of))
		for i, t := range of {
			inside[i] = t.Elem()
		}
		return s.shape(inside)
	}
	switch kind := of[0].Kind(); {
	case kind == reflect.Struct:
		names := make([]string, len(of))
		for i, t := range of {
			names[i] = t.PkgPath() + "." + t.Name()
		}
		name := strings.Join(names, "|")
		s.structs[name] = of
		return cel.ObjectType(name)
	case kind == reflect.Slice && of[0].Elem().Kind() != reflect.Uint8:
		return cel.ListType(elements())
	case kind == reflect.Map:
		return cel.MapType(cel.StringType, elements())
	}
	return cel.DynType
}

// field is the type of a field of a struct, and whether there is one.
func (s *shapes) field(of []reflect.Type, name string) (*cel.Type, bool) {
	var found []reflect.Type
	near := ""
	for _, t := range of {
		for field, is := range fieldsOf(t) {
			switch {
			case field == name:
				found = append(found, is)
			case strings.EqualFold(field, name):
				near = field
			}
		}
	}
	if len(found) == 0 {
		s.missing = append(s.missing, missing{of[0].Name(), name, near})
		return nil, false
	}
	return s.shape(found), true
}

// fieldsOf are the fields of a struct as JSON names them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "" && f.Anonymous:
			for inner, is := range fieldsOf(f.Type) {
				fields[inner] = is
			}
		case name != "" && name != "-":
			fields[name] = f.Type
		}
	}
	return fields
}

// provider gives CEL the shapes beside the types that it knows.
type provider struct {
	types.Provider
	shapes *shapes
}

// FindStructType implements types.Provider.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if _, known := p.shapes.structs[name]; known || name == clusterType.TypeName() {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldType implements types.Provider.
func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	of, known := p.shapes.structs[name]
	switch {
	case known:
		is, has := p.shapes.field(of, field)
		return &types.FieldType{Type: is}, has
	case name == clusterType.TypeName(): // cluster.objects('Pod'), which stands here as a field
		is, _ := p.shapes.kind(kindNamed(field))
		return &types.FieldType{Type: cel.ListType(is)}, true
	}
	return p.Provider.FindStructFieldType(name, field)
}
