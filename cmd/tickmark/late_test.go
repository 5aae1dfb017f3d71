package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is compiled when it is first asked for ends the program then, before an assessor, where it
// is no expression. Each stands in the source as what can be read there, but that of the patterns
// of secrets, all of which the tests of that room compile.
func TestEveryLateExpressionIsOne(t *testing.T) {
	const patterns = "engine/redaction/patterns.go"
	all := sources(t)
	constants := map[string]string{} // of each package, by its name in it
	for _, s := range all {
		for _, d := range s.file.Decls {
			of, is := d.(*ast.GenDecl)
			if !is || of.Tok != token.CONST {
				continue
			}
			for _, spec := range of.Specs {
				v := spec.(*ast.ValueSpec)
				for i, value := range v.Values {
					if text, is := literalOf(value, nil); is {
						constants[s.pkg+"."+v.Names[i].Name] = text
					}
				}
			}
		}
	}
	compiled := 0
	for _, s := range all {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || !isLate(call.Fun) {
				return true
			}
			require.Len(t, call.Args, 1)
			form, is := literalOf(call.Args[0], func(name string) (string, bool) {
				text, known := constants[s.pkg+"."+name]
				return text, known
			})
			if !is {
				assert.Equal(t, patterns, s.path, "an expression that cannot be read where it stands")
				return true
			}
			_, err := regexp.Compile(form)
			assert.NoError(t, err, "%s", s.set.Position(call.Pos()))
			compiled++
			return true
		})
	}
	assert.Greater(t, compiled, 70)
}

// What every run would compile before it looks at its arguments is left to whoever asks first.
func TestNoExpressionIsCompiledAtTheStart(t *testing.T) {
	below := []string{"questionnaires/pci", "questionnaires/licensed"} // which know nothing of the engine
	for _, s := range sources(t) {
		if s.test || slices.Contains(below, s.pkg) {
			continue
		}
		for _, d := range s.file.Decls {
			if of, is := d.(*ast.GenDecl); !is || of.Tok != token.VAR {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if f, is := n.(*ast.SelectorExpr); is && strings.HasPrefix(f.Sel.Name, "MustCompile") {
					assert.Fail(t, "compiled at the start of every run", "%s: engine.Late", s.set.Position(f.Pos()))
				}
				_, later := n.(*ast.FuncLit)
				return !later
			})
		}
	}
}

// isLate says whether a function is engine.Late.
func isLate(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name == "Late"
	case *ast.SelectorExpr:
		return f.Sel.Name == "Late"
	}
	return false
}

// literalOf is a text that is written in literals and constants.
func literalOf(e ast.Expr, constant func(name string) (string, bool)) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, is := literalOf(e.X, constant)
		right, too := literalOf(e.Y, constant)
		return left + right, is && too && e.Op == token.ADD
	case *ast.Ident:
		if constant != nil {
			return constant(e.Name)
		}
	}
	return "", false
}
