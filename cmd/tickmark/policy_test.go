package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThePoliciesOfTheDocumentation runs the examples of every policy that
// docs/policies.md shows.
func TestThePoliciesOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "policies.md"))
	require.NoError(t, err)
	folder := t.TempDir()
	shown := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	require.Greater(t, len(shown), 2)
	for i, block := range shown {
		require.NoError(t, os.WriteFile(filepath.Join(folder, string(rune('a'+i))+".yaml"), block[1], 0o600))
	}
	d := &door{now: time.Now}
	policies, err := d.policies([]string{folder})
	require.NoError(t, err)
	require.Len(t, policies, len(shown))
	for _, p := range policies {
		tested := d.testPolicy(t.Context(), p)
		assert.Empty(t, tested.Lacks, p.Check.ID)
		for _, e := range tested.Examples {
			assert.True(t, e.agrees(), "%s %s: want %s, it is %s: %s %v", p.Check.ID, e.Place, e.Want, e.Verdict, e.Cause, e.Details)
		}
	}
}
