package policy

import (
	"errors"
	"fmt"
	"math"
	"regexp/syntax"
	"sync"

	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"tickmark/engine"
)

// CEL charges for a call once it was made. One call may take all memory or years, so
// that these are refused before.
const (
	maxWeight = 4 << 20 // of the arguments of one call: characters and values, shared ones counted as often as they stand
	perValue  = 16      // what a value weighs beside its characters
	maxList   = 100_000 // items of a list that is made
	maxText   = 1 << 20 // bytes of a text that is made
	maxPairs  = 10_000_000
	maxRegex  = 1 << 10     // bytes of a regular expression
	maxStates = 10_000      // of a regular expression
	maxScan   = 100_000_000 // states times characters
)

var errTooLarge = errors.New("a value is too large to be looked at")

// light are the functions that do not go through their arguments.
var light = map[string]bool{
	"size": true, operators.Index: true, operators.OptIndex: true, operators.OptSelect: true, operators.LogicalNot: true, operators.Negate: true,
	operators.Subtract: true, operators.Multiply: true, operators.Divide: true, operators.Modulo: true, "type": true, "dyn": true,
	"has": true, "hasValue": true, "value": true, "optional.of": true, "optional.none": true, "orValue": true, "or": true,
	operators.NotStrictlyFalse: true, "cel.@mapInsert": true,
}

// guards are the functions that make more than they are given, or compare each with
// each. What they return is the work beside going through what they are given.
var guards = map[string]func([]ref.Val) (work int, err error){
	operators.Add:     guardAdd,
	"replace":         guardReplace,
	"join":            guardJoin,
	"format":          guardFormat,
	"matches":         guardRegex,
	"find":            guardRegex,
	"findAll":         guardRegex,
	"indexOf":         guardPairs,
	"lastIndexOf":     guardPairs,
	"sets.contains":   guardPairs,
	"sets.equivalent": guardPairs,
	"sets.intersects": guardPairs,
	"distinct":        guardPairs,
	"lists.range":     guardRange,
	"quantity":        guardQuantity,
	"isQuantity":      guardQuantity,
}

// weigh counts what is in a value, down to the last text, and stops above a limit. A
// value that shares its parts weighs as much as one that repeats them, because who
// goes through it goes through them again.
func weigh(v ref.Val, left int) int {
	left -= perValue
	switch v := v.(type) {
	case types.String:
		return left - len(v)
	case types.Bytes:
		return left - len(v)
	case *types.Optional:
		if v.HasValue() {
			return weigh(v.GetValue(), left)
		}
	case traits.Mapper:
		for it := v.Iterator(); left > 0 && it.HasNext() == types.True; {
			key := it.Next()
			left = weigh(key, left)
			if value, found := v.Find(key); found && left > 0 {
				left = weigh(value, left)
			}
		}
	case traits.Lister:
		for it := v.Iterator(); left > 0 && it.HasNext() == types.True; {
			left = weigh(it.Next(), left)
		}
	}
	return left
}

// weightOf returns what values weigh together, at most maxWeight.
func weightOf(values []ref.Val) int {
	left := maxWeight
	for _, v := range values {
		if left = weigh(v, left); left <= 0 {
			return maxWeight
		}
	}
	return maxWeight - left
}

// implementations are the functions of the language by overload and by name.
var implementations = sync.OnceValues(func() (map[string]*functions.Overload, error) {
	env, err := language()
	if err != nil {
		return nil, err
	}
	all := map[string]*functions.Overload{}
	for _, f := range env.Functions() {
		bindings, err := f.Bindings()
		if err != nil {
			return nil, fmt.Errorf("make the language of policies: %w", err)
		}
		for _, b := range bindings {
			all[b.Operator] = b
		}
	}
	return all, nil
})

// guarding returns a call that is refused if it would go through or make too much, and
// that pays for all that it goes through; nil for one that goes through nothing.
func guarding(known map[string]*functions.Overload, call interpreter.InterpretableCall, m *meter) interpreter.InterpretableV2 {
	if light[call.Function()] || len(call.Args()) == 0 {
		return nil
	}
	does := equality(call.Function())
	if does == nil {
		does = implementation(known, call)
	}
	if does == nil {
		return nil
	}
	guard, asking := guards[call.Function()], factCosts[call.OverloadID()]
	return interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), func(args ...ref.Val) ref.Val {
		weight := weightOf(args)
		m.charge(1 + uint64(max(0, weight-small))/perUnit + asking)
		if weight >= maxWeight {
			return types.WrapErr(errTooLarge)
		}
		if guard != nil {
			work, err := guard(args)
			m.charge(uint64(work) / perUnit)
			if err != nil {
				return types.WrapErr(err)
			}
		}
		made := does(args...)
		m.charge(uint64(max(0, weightOf([]ref.Val{made})-small)) / perUnit)
		return made
	})
}

// perUnit is how much weight that is gone through costs one unit, and small what costs
// nothing beside the call.
const (
	perUnit = 10
	small   = 64
)

// equality is what compares two values; nil for another function.
func equality(function string) functions.FunctionOp {
	switch function {
	case operators.Equals:
		return func(args ...ref.Val) ref.Val { return types.Equal(args[0], args[1]) }
	case operators.NotEquals:
		return func(args ...ref.Val) ref.Val {
			equal, is := types.Equal(args[0], args[1]).(types.Bool)
			if !is {
				return types.Equal(args[0], args[1])
			}
			return !equal
		}
	}
	return nil
}

// implementation is what a call calls; nil where it may be given errors.
func implementation(known map[string]*functions.Overload, call interpreter.InterpretableCall) functions.FunctionOp {
	f := known[call.OverloadID()]
	if f == nil {
		f = known[call.Function()]
	}
	if f == nil || f.NonStrict {
		return nil
	}
	return func(args ...ref.Val) ref.Val {
		fits := f.OperandTrait == 0 || args[0].Type().HasTrait(f.OperandTrait)
		switch {
		case fits && len(args) == 1 && f.Unary != nil:
			return f.Unary(args[0])
		case fits && len(args) == 2 && f.Binary != nil:
			return f.Binary(args[0], args[1])
		case fits && f.Function != nil:
			return f.Function(args...)
		case args[0].Type().HasTrait(traits.ReceiverType):
			return args[0].(traits.Receiver).Receive(call.Function(), call.OverloadID(), args[1:])
		}
		return types.NewErr("no such overload: %s", call.Function())
	}
}

// sizeOf is how many items or bytes a value has.
func sizeOf(v ref.Val) int {
	switch v := v.(type) {
	case types.String:
		return len(v)
	case types.Bytes:
		return len(v)
	case traits.Sizer:
		if n, is := v.Size().(types.Int); is {
			return int(n)
		}
	}
	return 1
}

func guardAdd(args []ref.Val) (int, error) {
	limit := math.MaxInt
	switch args[0].(type) {
	case types.String, types.Bytes:
		limit = maxText
	case traits.Lister:
		limit = maxList
	}
	if len(args) == 2 && sizeOf(args[0])+sizeOf(args[1]) > limit {
		return 0, errors.New("it makes a value that is too large")
	}
	return 0, nil
}

// makes refuses to make n parts of a size.
func makes(n, size int) (int, error) {
	if size > 0 && n > maxText/size {
		return 0, fmt.Errorf("it makes a text of more than %d bytes", maxText)
	}
	return n * size, nil
}

func guardReplace(args []ref.Val) (int, error) {
	if len(args) < 3 {
		return 0, nil
	}
	return makes(sizeOf(args[0])/max(1, sizeOf(args[1]))+1, sizeOf(args[2]))
}

func guardJoin(args []ref.Val) (int, error) {
	if len(args) < 2 {
		return 0, nil
	}
	return makes(sizeOf(args[0]), sizeOf(args[1]))
}

var longNumber = engine.Late(`%[^a-zA-Z%]*[0-9]{4,}`)

func guardFormat(args []ref.Val) (int, error) {
	if text, is := args[0].(types.String); is && longNumber().MatchString(string(text)) {
		return 0, errors.New("it formats a number with thousands of digits")
	}
	return 0, nil
}

func guardPairs(args []ref.Val) (int, error) {
	other := args[0]
	if len(args) > 1 {
		other = args[1]
	}
	a, b := weightOf(args[:1]), weightOf([]ref.Val{other})
	if _, is := args[0].(traits.Lister); is {
		a, b = a/perValue, b/perValue
	}
	if b > 0 && a > maxPairs/b {
		return 0, fmt.Errorf("it compares more than %d pairs", maxPairs)
	}
	return a * b, nil
}

func guardRange(args []ref.Val) (int, error) {
	if n, is := args[0].(types.Int); is && n > maxList {
		return 0, fmt.Errorf("it makes a list of more than %d items", maxList)
	}
	return 0, nil
}

// guardQuantity refuses numbers that nobody writes.
func guardQuantity(args []ref.Val) (int, error) {
	if sizeOf(args[0]) > 64 {
		return 0, errors.New("a quantity is longer than 64 characters")
	}
	if text, is := args[0].(types.String); is && engine.EndlessQuantity(string(text)) {
		return 0, errors.New("the exponent of a quantity is beyond any size")
	}
	return 0, nil
}

// guardRegex bounds what a regular expression may cost. It takes linear time, but
// linear in its states times the text, and is made anew for each call: reading it is paid
// for too, and by who is refused as well.
func guardRegex(args []ref.Val) (int, error) {
	text, is := args[1].(types.String)
	if !is {
		return 0, nil
	}
	if len(text) > maxRegex {
		return 0, fmt.Errorf("a regular expression is longer than %d bytes", maxRegex)
	}
	parsed, err := syntax.Parse(string(text), syntax.Perl)
	if err != nil {
		return perState * len(text), fmt.Errorf("regular expression: %w", err)
	}
	states, runes := statesOf(parsed)
	work := perState*len(text) + runes
	if states > maxStates || sizeOf(args[0]) > maxScan/states {
		return work, errors.New("a regular expression is too large for its text")
	}
	return work + states*(perState+sizeOf(args[0])), nil
}

// perState is the work of making one state of a regular expression, beside that of a
// state at a character.
const perState = 50

// statesOf is how many states a regular expression has at least, one at the least and not
// many more than maxStates, and how many bounds of classes of characters.
func statesOf(x *syntax.Regexp) (states, runes int) {
	states, runes = 1, len(x.Rune)
	if x.Op == syntax.OpLiteral {
		states = max(1, len(x.Rune))
	}
	for _, part := range x.Sub {
		more, bounds := statesOf(part)
		states, runes = states+more, runes+bounds
	}
	if x.Op == syntax.OpRepeat {
		states *= max(1, x.Min, x.Max)
	}
	return min(states, maxStates+1), runes
}
