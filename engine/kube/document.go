package kube

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	kubejson "k8s.io/apimachinery/pkg/util/json"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// CanonicalVersion names the canonical form of the documents of this package: the
// engine's, and the version of the Kubernetes types that built-in kinds pass
// through, which a test holds against go.mod.
const CanonicalVersion = engine.CanonicalVersion + "+k8s.io/api@v0.37.2"

// scribe makes documents, and redacts them while it does.
type scribe struct {
	*redaction.Redactor
	grower
	parts   partReader
	written []byte // room for a document as it grows
}

func newScribe() *scribe { return &scribe{Redactor: redaction.New(), parts: newPartReader()} }

// Document returns the evidence that one object in JSON gives, as kubectl prints
// it and as a saved answer of a server has it: redacted, in canonical bytes. It
// also returns what was redacted, by kind. An object of a built-in kind that does
// not fit its type is an error.
func Document(raw []byte) (engine.Document, map[string]int, error) {
	v, err := engine.DecodeJSON(raw)
	if err != nil {
		return engine.Document{}, nil, err
	}
	tree, ok := v.(map[string]any)
	if !ok {
		return engine.Document{}, nil, errors.New("read object: it is no JSON object")
	}
	of, err := headOf(tree)
	if err != nil {
		return engine.Document{}, nil, err
	}
	r := newScribe()
	doc, err := r.fromTree(tree, of)
	return doc, r.Counts, err
}

// head is what an object says it is.
type head struct {
	apiVersion string
	of         engine.Kind
}

func headOf(tree map[string]any) (head, error) {
	apiVersion, _ := tree["apiVersion"].(string)
	name, _ := tree["kind"].(string)
	switch {
	case apiVersion == "" && name == "":
		return head{}, errors.New("read object: it has neither apiVersion nor kind")
	case apiVersion == "":
		return head{}, errors.New("read object: it has a kind and no apiVersion")
	case name == "":
		return head{}, errors.New("read object: it has an apiVersion and no kind")
	case name != Printable(name) || apiVersion != Printable(apiVersion):
		return head{}, errors.New("read object: its apiVersion or kind is not printable")
	}
	group, _, found := strings.Cut(apiVersion, "/")
	if !found {
		group = ""
	}
	return head{apiVersion: apiVersion, of: engine.Kind{Group: group, Kind: name}}, nil
}

// fromParts is fromTree of an object of which parts may be known. Those that were not are
// remembered if nothing of it was redacted.
func (r *scribe) fromParts(tree map[string]any, h head) (engine.Document, error) {
	before := r.Marks()
	doc, err := r.fromTree(tree, h)
	if err == nil && r.Marks() == before {
		err = r.parts.keep()
	}
	return doc, err
}

// fromTree makes the document of a decoded object, which it takes over.
func (r *scribe) fromTree(tree map[string]any, h head) (engine.Document, error) {
	k, isKnown := known(h.of)
	if !isKnown || k.custom {
		if err := shallow(tree, 0); err != nil {
			return engine.Document{}, err
		}
		if engine.HoldsPodTemplate(h.of) && engine.HoldsEndlessQuantity(tree) {
			return engine.Document{}, errEndless
		}
		return r.finish(tree, k, h.of)
	}
	withhold(tree, h.of)
	if k.settle(tree) {
		return r.named(tree, k, h.apiVersion)
	}
	if r.parts.reused {
		asRead(tree)
	}
	r.parts.forget()
	object, err := k.decode(tree)
	if err != nil {
		return engine.Document{}, err
	}
	return r.fromTyped(object, k, h.apiVersion)
}

// errEndless is of what a file may hold and no server has.
var errEndless = errors.New("read object: the exponent of a quantity is beyond any size")

// settle gives a tree the form in which the Go type of its kind writes what it reads of
// it, but for what managers of fields say: that is in no document. False leaves that to
// decode, of a tree that means what it did.
func (k kind) settle(tree map[string]any) bool {
	metadata, _ := tree["metadata"].(map[string]any)
	managed, there := metadata["managedFields"]
	delete(metadata, "managedFields")
	_, settled := shapeOf(builtInTypes().AllKnownTypes()[k.gvk()]).settleMembers(tree)
	if !settled && there {
		metadata["managedFields"] = managed
	}
	return settled
}

// withhold takes the bytes of Secrets and ConfigMaps away before they are decoded:
// none is kept, and what was redacted before is no base64. A value that redaction
// left is empty until finish marks it again.
func withhold(tree map[string]any, of engine.Kind) {
	field := ""
	switch of {
	case engine.Kind{Kind: "Secret"}:
		field = "data"
	case engine.Kind{Kind: "ConfigMap"}:
		field = "binaryData"
	}
	values, _ := tree[field].(map[string]any)
	for key, value := range values {
		if _, ok := value.(string); ok {
			values[key] = ""
		}
	}
}

// fromTyped makes the document of an object of a built-in kind.
func (r *scribe) fromTyped(object runtime.Object, k kind, apiVersion string) (engine.Document, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil) // costly to convert, and not part of the document
	}
	tree, err := r.treeOf(object)
	if err != nil {
		return engine.Document{}, fmt.Errorf("convert %s: %w", k.of, err)
	}
	return r.named(tree, k, apiVersion)
}

// named makes the document of a tree of a built-in kind, which it gives its name.
func (r *scribe) named(tree map[string]any, k kind, apiVersion string) (engine.Document, error) {
	tree["apiVersion"], tree["kind"] = apiVersion, k.of.Kind
	return r.finish(tree, k, k.of)
}

// treeOf returns an object as a tree.
func (g *grower) treeOf(object runtime.Object) (map[string]any, error) {
	v := reflect.ValueOf(object).Elem()
	if s := shapeOf(v.Type()); !s.foreign {
		if tree, err := g.members(s, v); err == nil {
			return tree, nil
		}
	}
	return runtime.DefaultUnstructuredConverter.ToUnstructured(object)
}

// decode turns a tree into the Go type of its kind. Fields that the pinned types
// do not know are left out, as the typed client does.
func (k kind) decode(tree map[string]any) (object runtime.Object, err error) {
	defer func() {
		if p := recover(); p != nil { // the converter trusts its input more than a file deserves
			object, err = nil, fmt.Errorf("decode %s: %v", k.of, p)
		}
	}()
	if engine.HoldsEndlessQuantity(tree) {
		return nil, errEndless
	}
	if object, err = builtInTypes().New(k.gvk()); err != nil {
		return nil, fmt.Errorf("decode %s: %w", k.of, err)
	}
	if plain(tree, 0) {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(tree, object)
	} else {
		err = decodeBySpelling(tree, object)
	}
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", k.of, namingField(tree, object, err))
	}
	return object, nil
}

// namingField returns an error of the converter as one that names the field, if decoding from
// text finds it as well.
func namingField(tree map[string]any, object runtime.Object, err error) error {
	var wrong *json.UnmarshalTypeError
	named := decodeBySpelling(tree, object)
	if errors.As(named, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s is a %s, and not what is to stand there", wrong.Field, wrong.Value)
	}
	if named != nil {
		return named
	}
	return err
}

// decodeBySpelling decodes through JSON text, which refuses numbers that do not
// fit where the converter would cut them.
func decodeBySpelling(tree map[string]any, object runtime.Object) error {
	raw, err := engine.AppendCanonical(nil, tree)
	if err != nil {
		return err
	}
	return kubejson.Unmarshal(raw, object)
}

// plain reports whether a tree holds only what the converter handles exactly:
// integers of 32 bits at most, and no other numbers.
func plain(v any, depth int) bool {
	if depth > maxNesting {
		return false
	}
	switch v := v.(type) {
	case int64:
		return v >= math.MinInt32 && v <= math.MaxInt32
	case float64, json.Number:
		return false
	case map[string]any:
		for _, member := range v {
			if !plain(member, depth+1) {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if !plain(item, depth+1) {
				return false
			}
		}
	}
	return true
}

// maxNesting is how deep an object may be nested; the engine refuses more.
const maxNesting = 512

// finish strips, redacts and closes a tree.
func (r *scribe) finish(tree map[string]any, k kind, of engine.Kind) (engine.Document, error) {
	strip(tree, of)
	r.Object(tree, of)
	engine.DropNulls(tree)
	ref, err := refOf(tree, k, of)
	if err != nil {
		return engine.Document{}, err
	}
	body, err := engine.AppendCanonical(r.written[:0], tree)
	if err != nil {
		return engine.Document{}, fmt.Errorf("read %s: %w", ref, err)
	}
	if len(body) <= maxWritten {
		r.written = body
	}
	return engine.NewDocument(ref, bytes.Clone(body)), nil
}

// maxWritten bounds the room that is kept for the next document, in bytes.
const maxWritten = 1 << 20

// shallow refuses what would exhaust the stack of the walks that follow.
func shallow(v any, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("read object: nested deeper than %d", maxNesting)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if err := shallow(member, depth+1); err != nil {
				return err
			}
		}
	case []any:
		for _, item := range v {
			if err := shallow(item, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// strip removes what changes without the object having changed, and the
// annotation that may hold a whole Secret.
func strip(tree map[string]any, of engine.Kind) {
	if metadata, ok := tree["metadata"].(map[string]any); ok {
		delete(metadata, "managedFields")
		delete(metadata, "resourceVersion")
		if annotations, ok := metadata["annotations"].(map[string]any); ok && annotations[redaction.LastApplied] != nil {
			delete(annotations, redaction.LastApplied)
			if len(annotations) == 0 {
				delete(metadata, "annotations")
			}
		}
	}
	if of != (engine.Kind{Kind: "Node"}) {
		return
	}
	status, _ := tree["status"].(map[string]any)
	conditions, _ := status["conditions"].([]any)
	for _, c := range conditions {
		if condition, ok := c.(map[string]any); ok {
			delete(condition, "lastHeartbeatTime")
		}
	}
}

// refOf reads the Ref of a redacted object. An object of a namespaced kind
// without a namespace is in the one that kubectl would put it in by default.
func refOf(tree map[string]any, k kind, of engine.Kind) (engine.Ref, error) {
	metadata, _ := tree["metadata"].(map[string]any)
	text := func(key string) string { s, _ := metadata[key].(string); return s }
	ref := engine.Ref{Group: of.Group, Kind: of.Kind, Namespace: text("namespace"), Name: text("name"), UID: text("uid")}
	isKnown := !k.of.IsZero()
	if isKnown && !k.namespaced {
		ref.Namespace = ""
	}
	if isKnown && k.namespaced && ref.Namespace == "" {
		ref.Namespace = "default"
	}
	if ref.Name == "" && text("generateName") != "" {
		ref.Name = text("generateName") + "*" // no name can hold an asterisk: the server makes the rest up
	}
	switch {
	case ref.Name == "" && isKnown:
		return engine.Ref{}, fmt.Errorf("read %s: it has no name", of)
	case !validName(ref.Name) || !validName(ref.Namespace) || !validName(ref.UID):
		return engine.Ref{}, fmt.Errorf("read %s: its name is none that Kubernetes allows", of)
	}
	return ref, nil
}

// validName reports whether a name may be a step of a request path in printable
// ASCII, which is the widest rule that Kubernetes has for names, or is one that
// was redacted.
func validName(name string) bool {
	if len(name) > 253 || name == "." || name == ".." {
		return false
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c > '~' || c == '/' || c == '%' {
			return false
		}
	}
	return true
}
