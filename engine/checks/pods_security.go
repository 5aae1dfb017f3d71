package checks

import (
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"tickmark/engine"
)

// Checks pods-meet-baseline and pods-meet-restricted.
//
// Pass for a workload whose pods the Pod Security Standard of that level allows,
// as the Kubernetes project's own evaluator judges it in its latest version;
// fail with everything the evaluator names. The evaluator is given the pod's
// metadata too, because some settings are annotations, and the defaults that the
// API server applies.

func podsMeetBaseline() check {
	return check{id: "pods-meet-baseline", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return evalPodSecurity(v, api.LevelBaseline)
	}}
}

func podsMeetRestricted() check {
	return check{id: "pods-meet-restricted", version: 1, needs: workloadKinds(), apart: eachWorkload, eval: func(v *engine.View) []engine.Detail {
		return evalPodSecurity(v, api.LevelRestricted)
	}}
}

type evaluatorKey struct{}

func evalPodSecurity(v *engine.View, level api.Level) []engine.Detail {
	type made struct {
		policy.Evaluator
		err error
	}
	evaluator := engine.Memo(v, evaluatorKey{}, func() made {
		e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
		return made{e, err}
	})
	judge := newPodSecurity(evaluator, api.LevelVersion{Level: level, Version: api.LatestVersion()})
	return perPod(v, func(w workload) finding {
		if evaluator.err != nil {
			return unknown(w.path, nil, "The Pod Security evaluator cannot be made: %v", evaluator.err)
		}
		return judge.of(w)
	})
}

// podSecurity judges workloads by a level in a version.
type podSecurity struct {
	evaluator policy.Evaluator
	level     api.LevelVersion
	said      map[string]finding // by what the evaluator says, which is the same of many
	judged    map[podLook]finding
	pod       evaluatedPod
}

// manyPods is how many pods that are not alike are remembered.
const manyPods = 4096

func newPodSecurity(evaluator policy.Evaluator, level api.LevelVersion) *podSecurity {
	return &podSecurity{evaluator: evaluator, level: level, said: map[string]finding{}, judged: map[podLook]finding{}}
}

// of judges a workload. Of pods that look alike to the rules the first is evaluated.
func (p *podSecurity) of(w workload) finding {
	look, short := lookOf(w)
	f, known := p.judged[look]
	if !short || !known {
		f = p.evaluate(w)
		if short && len(p.judged) < manyPods {
			p.judged[look] = f
		}
	}
	f.field = w.path
	return f
}

func (p *podSecurity) evaluate(w workload) finding {
	meta, spec := p.pod.of(w)
	result := policy.AggregateCheckResults(p.evaluator.EvaluatePod(p.level, meta, spec))
	if result.Allowed {
		return passes("", nil, "It meets the Pod Security Standard %s (%s)", p.level.Level, p.level.Version.String())
	}
	detail := strings.TrimSpace(result.ForbiddenDetail())
	key := strings.Join(append(result.ForbiddenReasons, detail), "\x00")
	f, known := p.said[key]
	if !known {
		f = fails("", nil, "It does not meet the Pod Security Standard %s (%s): %s", p.level.Level, p.level.Version.String(), detail)
		f.value = rawValue(result.ForbiddenReasons)
		p.said[key] = f
	}
	return f
}
