package kube_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine/kube"
)

func TestTheCanonicalVersionNamesThePinnedTypes(t *testing.T) {
	module, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	require.NoError(t, err)
	_, types, found := strings.Cut(kube.CanonicalVersion, "+")
	require.True(t, found)
	assert.Contains(t, string(module), strings.Replace(types, "@", " ", 1)+"\n")
}
