package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"tickmark/engine"
)

// A field that no object of a kind can have reads as one that is absent: has() and .?
// take that for an answer, and what is misspelt would pass. Here the fields that
// expressions name are held against the types of Kubernetes' own kinds, before any
// object is there. It follows selections, constant keys, loops and variables; what
// goes through dyn() or a name that is computed it cannot follow.

// spelling holds expressions against kinds.
type spelling struct {
	shapes *shapes
	envs   map[engine.Kind]*cel.Env
}

// written is an expression as its file has it. Name is that of a variable, or "".
type written struct{ name, place, text string }

// misspelling is a field that the objects of a kind cannot have.
type misspelling struct {
	place        string // of the expression
	line, column int
	field, near  string // near is what may have been meant
	of           string // the type that lacks it
	kind         engine.Kind
}

func (m misspelling) String() string {
	text := fmt.Sprintf("%d:%d: a %s has no field %q in its %s", m.line, m.column, m.kind, m.field, m.of)
	if m.of == m.kind.Kind {
		text = fmt.Sprintf("%d:%d: a %s has no field %q", m.line, m.column, m.kind, m.field)
	}
	if m.near != "" {
		text += fmt.Sprintf("; is it %q?", m.near)
	}
	return text
}

func (m misspelling) at() string { return fmt.Sprint(m.place, m.line, m.column, m.field) }

// wrong gives, by kind, what expressions name that objects of the kind cannot have.
// Where they ask what kind an object is, a field is wrong only if no kind has it. The
// expressions are in order: each may use the variables before it.
func (s *spelling) wrong(kinds []engine.Kind, expressions []written) map[engine.Kind][]misspelling {
	all, asks := map[engine.Kind][]misspelling{}, false
	for _, k := range kinds {
		found, asked := s.of(k, expressions)
		all[k], asks = found, asks || asked
	}
	if !asks {
		return all
	}
	everywhere := map[string]int{}
	for _, k := range kinds {
		for _, m := range all[k] {
			everywhere[m.at()]++
		}
	}
	for _, k := range kinds {
		all[k] = slices.DeleteFunc(all[k], func(m misspelling) bool { return everywhere[m.at()] < len(kinds) })
	}
	return all
}

// of gives what expressions name that objects of one kind cannot have, and whether they
// ask for the kind. Of a kind that is not built in nothing is known.
func (s *spelling) of(kind engine.Kind, expressions []written) (wrong []misspelling, asks bool) {
	env := s.environment(kind)
	if env == nil {
		return nil, false
	}
	for _, x := range expressions {
		parsed, issues := env.Parse(x.text)
		if issues.Err() != nil {
			continue // compiling has said so
		}
		asks = spelledOut(parsed.NativeRep().Expr()) || asks
		s.shapes.missing = nil
		checked, issues := env.Check(parsed)
		if issues != nil {
			wrong = append(wrong, s.misspelt(kind, x.place, issues)...)
		}
		if x.name == "" {
			continue
		}
		gives := cel.DynType
		if issues.Err() == nil {
			gives = checked.OutputType()
		}
		further, err := env.Extend(cel.Variable("variables."+x.name, gives))
		if err != nil {
			break
		}
		env = further
	}
	slices.SortStableFunc(wrong, func(a, b misspelling) int { return cmp.Compare(a.place, b.place) })
	return slices.CompactFunc(wrong, func(a, b misspelling) bool { return a.at() == b.at() }), asks
}

// misspelt are those of the issues that are about fields. The others are about types
// that are not told apart here.
func (s *spelling) misspelt(kind engine.Kind, place string, issues *cel.Issues) []misspelling {
	var wrong []misspelling
	for _, e := range issues.Errors() {
		i := slices.IndexFunc(s.shapes.missing, func(m missing) bool { return e.Message == "undefined field '"+m.field+"'" })
		if i < 0 {
			continue
		}
		m := s.shapes.missing[i]
		s.shapes.missing = slices.Delete(s.shapes.missing, i, i+1)
		wrong = append(wrong, misspelling{place, e.Location.Line(), e.Location.Column() + 1, m.field, m.near, m.of, kind})
	}
	return wrong
}

// environment is the language with the types of a kind; nil where it is not built in.
func (s *spelling) environment(kind engine.Kind) *cel.Env {
	if env, known := s.envs[kind]; known {
		return env
	}
	s.envs[kind] = nil
	object, builtIn := s.shapes.kind(kind)
	base, err := language()
	if !builtIn || err != nil {
		return nil
	}
	namespace, _ := s.shapes.kind(engine.Kind{Kind: "Namespace"})
	options := []cel.EnvOption{
		cel.CustomTypeProvider(provider{base.CELTypeProvider(), s.shapes}),
		cel.Variable("object", object), cel.Variable("oldObject", object), cel.Variable("namespaceObject", namespace),
		cel.Variable("pod", s.shapes.pod(kind)), cel.Variable("now", cel.TimestampType),
	}
	options = append(options, cel.Variable("request", s.shapes.shape([]reflect.Type{reflect.TypeFor[request]()})))
	for _, free := range []string{"params", "authorizer"} {
		options = append(options, cel.Variable(free, cel.DynType))
	}
	if env, err := base.Extend(options...); err == nil {
		s.envs[kind] = env
	}
	return s.envs[kind]
}

// spelledOut writes what names a field by a constant key as a selection, which the
// checker follows, and reports whether it is asked what kind the object is.
func spelledOut(root ast.Expr) bool {
	f, asks := ast.NewExprFactory(), false
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.SelectKind:
			s := e.AsSelect()
			asks = asks || asksKind(s.Operand(), s.FieldName())
		case ast.CallKind:
			call := e.AsCall()
			args := call.Args()
			switch name := call.FunctionName(); {
			case name == operators.Index && len(args) == 2 && textOf(args[1]) != "":
				asks = asks || asksKind(args[0], textOf(args[1]))
				e.SetKindCase(f.NewSelect(e.ID(), args[0], textOf(args[1])))
			case name == operators.OptIndex && len(args) == 2 && textOf(args[1]) != "":
				e.SetKindCase(f.NewCall(e.ID(), operators.OptSelect, args[0], args[1]))
			case name == operators.In && len(args) == 2 && textOf(args[0]) != "":
				e.SetKindCase(f.NewPresenceTest(e.ID(), args[1], textOf(args[0])))
			case name == "objects" && call.IsMemberFunction() && len(args) == 1 && textOf(args[0]) != "":
				e.SetKindCase(f.NewSelect(e.ID(), call.Target(), textOf(args[0])))
			}
		case ast.UnspecifiedExprKind, ast.ComprehensionKind, ast.IdentKind, ast.ListKind, ast.LiteralKind, ast.MapKind, ast.StructKind:
		}
	}))
	return asks
}

func asksKind(operand ast.Expr, field string) bool {
	return operand.Kind() == ast.IdentKind && operand.AsIdent() == "object" && (field == "kind" || field == "apiVersion")
}

// textOf is the text that an expression is, if it is a constant.
func textOf(e ast.Expr) string {
	if e.Kind() != ast.LiteralKind {
		return ""
	}
	text, _ := e.AsLiteral().(types.String)
	return string(text)
}
