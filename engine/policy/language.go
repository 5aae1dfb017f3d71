package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/decls"
	"github.com/google/cel-go/ext"
	"k8s.io/apiserver/pkg/cel/library"
)

// Limits of what one expression may cost. A step costs one, and so do ten characters or
// values that a call goes through or makes.
const (
	maxExpression = 16 << 10    // bytes of its text
	perExpression = 1_000_000   // over one object
	perCheck      = 20_000_000  // over one target
	perTarget     = 200_000_000 // all of them
)

// language is the CEL of Kubernetes' admission policies, and the facts that this
// program can be asked for. It is made once: to make it is dear.
var language = sync.OnceValues(func() (*cel.Env, error) {
	env, err := cel.NewEnv(
		cel.HomogeneousAggregateLiterals(),
		cel.EagerlyValidateDeclarations(true),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		cel.OptionalTypes(),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(64),
		cel.ASTValidators(
			cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals(), cel.ValidateHomogeneousAggregateLiterals(),
		),
		cel.CostEstimatorOptions(checker.PresenceTestHasCost(false)),
		cel.CustomTypeAdapter(adapter{}),
		ext.Strings(ext.StringsVersion(2)), ext.Sets(), ext.TwoVarComprehensions(), ext.Lists(ext.ListsVersion(3)),
		library.URLs(), library.Regex(), library.Lists(library.ListsVersion(1)), library.Quantity(), library.IP(), library.CIDR(), library.Format(),
		library.SemverLib(library.SemverVersion(1)), library.Authz(), library.AuthzSelectors(),
		facts(),
	)
	if err != nil {
		return nil, fmt.Errorf("make the language of policies: %w", err)
	}
	return env, nil
})

// expression is one that was compiled.
type expression struct {
	place   string // in its file, such as variables[0].expression
	program cel.Program
	kind    *cel.Type
	ast     *cel.Ast
}

// fault is what is wrong with an expression, at a line and column of it from 1; 0
// where it is about the whole.
type fault struct {
	line, column int
	cause        string
}

func (f fault) Error() string {
	if f.line == 0 {
		return f.cause
	}
	return fmt.Sprintf("%d:%d: %s", f.line, f.column, f.cause)
}

// compile reads and checks an expression. Want are the types that it may have; any
// type if there are none. Where a variable that it may name is not known to anybody, as
// who made a request, evaluation is in part: that is dearer.
func compile(env *cel.Env, m *meter, place, text string, want ...*cel.Type) (*expression, error) {
	if len(text) > maxExpression {
		return nil, fault{cause: fmt.Sprintf("it is longer than %d bytes", maxExpression)}
	}
	ast, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, faultOf(issues)
	}
	e := &expression{place: place, kind: ast.OutputType(), ast: ast}
	if len(want) > 0 && !oneOf(e.kind, want) {
		return nil, fault{cause: fmt.Sprintf("it gives a %s, want a %s", e.kind, want[0])}
	}
	estimate, err := env.EstimateCost(ast, &library.CostEstimator{SizeEstimator: sizes{}})
	if err != nil {
		return nil, fault{cause: "estimate what it costs: " + err.Error()}
	}
	if estimate.Min > perExpression {
		return nil, fault{cause: fmt.Sprintf("it costs %d at least, and %d is the limit", estimate.Min, perExpression)}
	}
	meters, err := metering(m)
	if err != nil {
		return nil, err
	}
	options := []cel.ProgramOption{cel.CustomDecoratorV2(meters)}
	if slices.ContainsFunc(env.Variables(), func(v *decls.VariableDecl) bool { return v.Name() == "request" }) {
		options = append(options, cel.EvalOptions(cel.OptPartialEval))
	}
	e.program, err = env.Program(ast, options...)
	if err != nil {
		return nil, fault{cause: err.Error()}
	}
	return e, nil
}

func oneOf(kind *cel.Type, want []*cel.Type) bool {
	for _, w := range want {
		if kind.IsExactType(w) || kind.IsExactType(cel.DynType) {
			return true
		}
	}
	return false
}

// faultOf is the first of CEL's issues in one line.
func faultOf(issues *cel.Issues) fault {
	first := issues.Errors()[0]
	cause, _, _ := strings.Cut(first.Message, "\n")
	cause = strings.TrimSuffix(cause, " (in container '')")
	f := fault{line: first.Location.Line(), column: first.Location.Column() + 1, cause: cause}
	if f.line < 1 {
		f.line, f.column = 0, 0
	}
	return f
}

// sizes says of no value how large it may be: objects are of any size.
type sizes struct{}

func (sizes) EstimateSize(checker.AstNode) *checker.SizeEstimate { return nil }

func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
