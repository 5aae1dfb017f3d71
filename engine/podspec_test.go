package engine

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// A member under another name than the API's would be read of no pod.
func TestPodsHaveTheMembersOfTheAPI(t *testing.T) {
	for own, theirs := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[PodSpec]():   reflect.TypeFor[corev1.PodSpec](),
		reflect.TypeFor[Container](): reflect.TypeFor[corev1.Container](),
		reflect.TypeFor[Resources](): reflect.TypeFor[corev1.ResourceRequirements](),
	} {
		known := map[string]reflect.StructField{}
		for _, field := range reflect.VisibleFields(theirs) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			known[name] = field
		}
		for _, field := range reflect.VisibleFields(own) {
			if field.Anonymous {
				continue
			}
			there, is := known[field.Tag.Get("json")]
			require.True(t, is, "%s.%s", own, field.Name)
			assert.Equal(t, there.Name, field.Name)
			if elementOf(field.Type).PkgPath() != own.PkgPath() {
				assert.Equal(t, there.Type, field.Type, "%s.%s", own, field.Name)
			}
		}
	}
}

func elementOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func TestLabelsAreFoundByTheirKeys(t *testing.T) {
	of := map[string]string{"b": "1", "a": "", "a.b/c": "3"}
	labels := NewLabels(of)
	assert.Equal(t, of, labels.Map())
	for key, want := range of {
		got, there := labels.Lookup(key)
		assert.True(t, there && labels.Has(key), key)
		assert.Equal(t, want, got)
	}
	assert.False(t, labels.Has("c"))
	assert.Empty(t, labels.Get("aa"))
	assert.Nil(t, NewLabels(nil).Map())
}
