package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"tickmark/engine"
	"tickmark/engine/redaction"
)

// purse is what may still be spent over one target.
type purse struct{ left uint64 }

type purseKey struct{}

var (
	errSpent     = errors.New("the policy has used up what it may cost over one target")
	errAllSpent  = errors.New("the policies have used up what they may cost together over one target")
	errUndecided = errors.New("it asks what no stored object tells")
)

// evaluation is one check over one view. Its meter is the check's own.
type evaluation struct {
	view   *engine.View
	meter  *meter
	own    purse
	shared *purse
	deep   int // expressions that are being evaluated: variables within what asks for them
}

func newEvaluation(v *engine.View, m *meter) *evaluation {
	m.done = v.Done()
	return &evaluation{
		view: v, meter: m, own: purse{perCheck},
		shared: engine.Memo(v, purseKey{}, func() *purse { return &purse{perTarget} }),
	}
}

// value gives what an expression says. What it costs is paid for, whatever it says.
func (e *evaluation) value(x *expression, vars any) (ref.Val, error) {
	switch {
	case e.own.left == 0:
		return nil, errSpent
	case e.shared.left == 0:
		return nil, errAllSpent
	}
	if e.deep == 0 {
		limit := min(perExpression, e.own.left, e.shared.left)
		e.meter.left = limit
		defer func() {
			e.own.left -= limit - e.meter.left
			e.shared.left -= limit - e.meter.left
		}()
	}
	e.deep++
	defer func() { e.deep-- }()
	value, _, err := x.program.Eval(vars)
	switch {
	case types.IsUnknown(value):
		return nil, errUndecided
	case err != nil:
		return nil, plain(err)
	case types.IsError(value):
		return nil, plain(value.(*types.Err))
	}
	return value, nil
}

// truth gives what an expression says, which must be true or false.
func (e *evaluation) truth(x *expression, vars any) (bool, error) {
	value, err := e.value(x, vars)
	if err != nil {
		return false, err
	}
	answer, is := value.(types.Bool)
	if !is {
		return false, fmt.Errorf("it gives a %s, and neither true nor false", value.Type())
	}
	return bool(answer), nil
}

// text gives what a message says; "" where it says nothing fit to be shown.
func (e *evaluation) text(x *expression, vars any) string {
	if x == nil {
		return ""
	}
	value, err := e.value(x, vars)
	if err != nil {
		return ""
	}
	text, _ := value.(types.String)
	return oneLine(string(text))
}

// maxSentence bounds what is made of texts of a policy or of an object, in bytes.
const maxSentence = 1000

// oneLine makes a text fit for a sentence.
func oneLine(text string) string {
	const enough = 8 * maxSentence
	text = text[:min(len(text), enough)]
	text = redaction.New().Looks(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " "))
	if len(text) > maxSentence {
		text = strings.ToValidUTF8(text[:maxSentence], "") + "..."
	}
	return text
}

// plain says an error of CEL's without its innards.
func plain(err error) error {
	text := err.Error()
	if strings.Contains(text, tooDear) {
		return fmt.Errorf("it costs more than %d over one object", perExpression)
	}
	return errors.New(oneLine(strings.TrimPrefix(text, "internal error: ")))
}

// lazily binds a variable, which is evaluated when it is asked for, and once.
func (e *evaluation) lazily(x *expression, vars func() any) func() ref.Val {
	return func() ref.Val {
		value, err := e.value(x, vars())
		switch {
		case errors.Is(err, errUndecided):
			return types.NewUnknown(0, nil)
		case err != nil && strings.HasPrefix(err.Error(), "variables["): // of one that it asks for
			return types.WrapErr(err)
		case err != nil:
			return types.WrapErr(fmt.Errorf("%s: %w", x.place, err))
		}
		return value
	}
}

// factsIn binds the facts of a view.
func factsIn(v *engine.View, declared []engine.Kind, to map[string]any) {
	for name, kind := range factTypes {
		to[name] = fact{kind: kind, view: v, declared: declared}
	}
}

// namespaceOf returns the namespace of an object as CEL sees it: null for what has
// none, an error where it was not seen.
func namespaceOf(v *engine.View, ref engine.Ref) func() any {
	return func() any {
		if ref.Namespace == "" {
			return types.NullValue
		}
		tree, err := namespaceTree(v, ref.Namespace)
		if err != nil {
			return types.WrapErr(err)
		}
		return tree
	}
}

type namespacesKey struct{}

func namespaceTree(v *engine.View, name string) (map[string]any, error) {
	kind := engine.Kind{Kind: "Namespace"}
	all := engine.Memo(v, namespacesKey{}, func() map[string]*engine.Object {
		all := map[string]*engine.Object{}
		for _, o := range v.Objects(kind) {
			all[o.Ref.Name] = o
		}
		return all
	})
	o, there := all[name]
	if !there {
		return nil, fmt.Errorf("the namespace %s was not seen", name)
	}
	return decoded(v, o)
}

// usesOf are the variables that expressions name.
func usesOf(expressions ...*expression) map[string]bool {
	uses := map[string]bool{}
	for _, x := range expressions {
		if x == nil {
			continue
		}
		for _, r := range x.ast.NativeRep().ReferenceMap() {
			if r.Name != "" {
				uses[r.Name] = true
			}
		}
	}
	return uses
}
