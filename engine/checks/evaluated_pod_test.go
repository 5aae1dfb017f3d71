package checks

import (
	"context"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// The Kubernetes project's rules are read, and what they look at of a pod has to be among
// what they are given: a rule of a later version may look at more, and would pass every pod.
func TestTheirRulesAreGivenWhatTheyLookAt(t *testing.T) {
	out, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission").Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "policy", "*.go"))
	require.NoError(t, err)
	looked := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		read, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(read, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is {
				of, _ := s.X.(*ast.Ident)
				looked[s.Sel.Name] = looked[s.Sel.Name] || s.Sel.Name != "Image" || of == nil || of.Name != "volume" // which is no container
			}
			return true
		})
	}
	require.True(t, looked["HostPID"] && looked["Annotations"], "the rules were not found")

	spec := reflect.New(reflect.TypeFor[engine.PodSpec]()).Elem()
	fill(spec, 0)
	pod := spec.Interface().(engine.PodSpec)
	meta, got := new(evaluatedPod).of(workload{meta: &engine.PodMetadata{Annotations: engine.Labels{{Key: "a", Value: "b"}}}, spec: &pod})
	given := func(part any, but ...string) {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; looked[name] && v.Field(i).IsZero() {
				assert.Contains(t, but, name, "%s.%s is looked at and not given", v.Type(), name)
			}
		}
	}
	given(*meta, "Name") // which is that of a container or volume
	given(*got)
	require.Len(t, got.EphemeralContainers, 1)
	given(got.Containers[0])
	given(got.InitContainers[0])
	given(got.EphemeralContainers[0].EphemeralContainerCommon)
}

// fill puts something into every field.
func fill(v reflect.Value, depth int) {
	const deepest = 12
	switch {
	case !v.CanSet() || depth > deepest:
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth+1)
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	}
}
