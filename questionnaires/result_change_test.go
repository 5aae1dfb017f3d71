package questionnaires

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

// What came out otherwise is told of the newest collection of each target, beside the
// result before it, whichever run that was of.
func TestWhatCameOutOtherwise(t *testing.T) {
	ran := func(target string, results ...ResultSource) RecordedRun {
		run := RecordedRun{Targets: []TargetSeen{{Target: engine.Target{ID: target}}}}
		for _, r := range results {
			r.Target = target
			run.Evidence = append(run.Evidence, Evidence{Result: &r})
		}
		return run
	}
	result := func(check string, verdict engine.Verdict, failed int) ResultSource {
		return ResultSource{Check: check, Verdict: verdict, Failed: failed}
	}
	eu := ran("eu", result("a", engine.Pass, 0), result("b", engine.Fail, 2), result("c", engine.Pass, 0), result("d", engine.Fail, 2), result("e", engine.Fail, 1))
	_, compared := ChangesOf([]RecordedRun{eu})
	assert.False(t, compared, "there is nothing to compare it with")
	changes, compared := ChangesOf([]RecordedRun{
		eu, ran("us", result("a", engine.Pass, 0)),
		ran("eu", result("a", engine.Pass, 0)), // of one check alone
		ran("eu", result("a", engine.Fail, 1), result("b", engine.Pass, 0), result("c", engine.Unknown, 0), result("d", engine.Fail, 3), result("e", engine.Fail, 1), result("f", engine.Fail, 1)),
	})
	assert.True(t, compared)
	var said []string
	for _, c := range changes {
		said = append(said, c.Now.Result.Check+[]string{" new failure", " lost sight", " mended", " otherwise"}[c.Kind])
	}
	assert.Equal(t, []string{"a new failure", "c lost sight", "b mended", "d otherwise"}, said, "what is new has nothing beside it")
	lost, _ := ChangesOf([]RecordedRun{eu, ran("eu", result("b", engine.Unknown, 0))})
	assert.Equal(t, LostSight, lost[0].Kind, "a failure that cannot be seen any more is not mended")
}
