package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine/sheet"
)

// FuzzScopeSheet asks that whatever scope a file holds and the rules take comes back as
// it went in.
func FuzzScopeSheet(f *testing.F) {
	f.Add([]byte("description: d\nclasses: [{kind: namespace, name: 'pay-*', class: cde}]\nsegmentation: {used: no}\n"))
	f.Add([]byte("zones: {cde: [{namespaces: [pay]}], edge: [{target: x}]}\nthirdParties: [{name: n, does: [manages-systems], aoc: {date: 2026-06-30}, duties: [{requirement: '1', party: both}]}]\n"))
	f.Add([]byte("classes: [{kind: ci-cd, class: out-of-scope, separation: {nodes: {statement: s}}}]\nenvironment: {networks: [{name: n, accountData: true}]}\n"))
	f.Add([]byte("thresholds: {limits: {secrets-read-by-few: 5}, secretDays: 90, scanDays: 31}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Scope
		if _, err := sheet.Read("scope", text, &s); err != nil {
			return
		}
		b := &bounds{}
		if s.settled().check(b, small(t)); b.err != nil {
			return
		}
		written, err := sheet.Write(s.settled())
		require.NoError(t, err)
		var again Scope
		_, err = sheet.Read("again", written, &again)
		require.NoError(t, err)
		require.True(t, s.Same(again), "%s", written)
	})
}
