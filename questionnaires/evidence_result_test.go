package questionnaires_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
)

// A result is read by its document alone, which must be the one that the history names.
func TestAResultIsTheOneThatTheHistoryNames(t *testing.T) {
	result := engine.Result{
		Check: "containers-not-privileged", Version: 1, Target: "k8s:1", Verdict: engine.Fail,
		Details: []engine.Detail{{Subject: engine.Ref{Kind: "Pod", Namespace: "pay", Name: "api"}, Verdict: engine.Fail, Sentence: "It is privileged."}},
	}
	body, err := engine.Canonical(result)
	require.NoError(t, err)
	named := questionnaires.ResultSource{Check: result.Check, Version: 1, Target: result.Target, Verdict: engine.Fail, Digest: engine.Sum(body)}
	read := func(of questionnaires.ResultSource, body []byte, err error) (engine.Result, error) {
		return of.Read(func(d engine.Digest) ([]byte, error) {
			assert.Equal(t, of.Digest, d)
			return body, err
		})
	}
	got, err := read(named, body, nil)
	require.NoError(t, err)
	assert.Equal(t, result, got)

	passed, err := engine.Canonical(engine.Result{Check: result.Check, Version: 1, Target: result.Target, Verdict: engine.Pass, Details: []engine.Detail{}})
	require.NoError(t, err)
	other, elsewhere, gone := named, named, errors.New("it is absent")
	other.Check, elsewhere.Target = "pods-not-root", "k8s:2"
	for want, c := range map[string]struct {
		of   questionnaires.ResultSource
		body []byte
		err  error
	}{
		"it was changed": {named, passed, nil},
		"it is of containers-not-privileged over k8s:1": {other, body, nil},
		"over k8s:1":   {elsewhere, body, nil},
		"it is absent": {named, nil, gone},
	} {
		_, err := read(c.of, c.body, c.err)
		assert.ErrorContains(t, err, want)
	}
}
