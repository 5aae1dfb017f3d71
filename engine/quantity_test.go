package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEndlessQuantities(t *testing.T) {
	for text, want := range map[string]bool{
		"1e-2147483648": true, "1E200000000": true, "+1.5e+999999": true, "-.5E-123456": true, "1e000000000123456": true, "1e99999999999999999999999": true,
		"": false, "64Mi": false, "1e3": false, "1e-99999": false, "0": false, "1e0000000003": false, "2Ei": false, "e": false, "1e": false, "1e-": false, "7e48213": false, "1e123456x": false, "sha256:7e482137": false,
	} {
		assert.Equal(t, want, EndlessQuantity(text), text)
	}
	assert.True(t, HoldsEndlessQuantity(map[string]any{"spec": []any{map[string]any{"limits": map[string]any{"memory": "1e-200000000"}}}}))
	assert.False(t, HoldsEndlessQuantity(map[string]any{"metadata": map[string]any{"labels": map[string]any{"commit": "7e4821377"}}}))
}
