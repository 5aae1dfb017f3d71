package questionnaires

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

func result(check, target string, v engine.Verdict) Evidence {
	item := Evidence{ID: ID(check + target), Result: &ResultSource{Check: check, Target: target, Verdict: v}}
	if v == engine.Unknown {
		item.Result.Unknown = 1
	}
	return item
}

func TestSuggestNeverSaysMoreThanTheEvidence(t *testing.T) {
	c := small(t)
	parameters, _ := c.Requirement(req("2.2.6"))
	inbound, _ := c.Requirement(req("1.3.1"))
	ports, _ := c.Requirement(req("1.2.5"))
	const direct, partial, deny = "pods-meet-baseline", "containers-not-privileged", "namespaces-have-default-deny"
	cases := map[string]struct {
		requirement Requirement
		latest      []Evidence
		stance      Stance
		proposes    Response
	}{
		"nothing looked at":                {parameters, nil, CannotSay, Unanswered},
		"all pass":                         {parameters, []Evidence{result(direct, "a", engine.Pass), result(partial, "a", engine.Pass)}, Supports, InPlace},
		"a part alone is not the whole":    {parameters, []Evidence{result(partial, "a", engine.Pass)}, Supports, Unanswered},
		"one target fails":                 {parameters, []Evidence{result(direct, "a", engine.Pass), result(direct, "b", engine.Fail)}, Contradicts, NotInPlace},
		"one target could not be seen":     {parameters, []Evidence{result(direct, "a", engine.Pass), result(direct, "b", engine.Unknown)}, CannotSay, Unanswered},
		"nothing of the kind":              {parameters, []Evidence{result(direct, "a", engine.NotApplicable)}, CannotSay, Unanswered},
		"fail beats unknown":               {parameters, []Evidence{result(direct, "a", engine.Unknown), result(partial, "a", engine.Fail)}, Contradicts, NotInPlace},
		"one procedure has no evidence":    {inbound, []Evidence{result(deny, "a", engine.Pass)}, Supports, Unanswered},
		"a population supports nothing":    {inbound, []Evidence{result("workloads-inventory", "a", engine.Pass)}, CannotSay, Unanswered},
		"a population contradicts nothing": {inbound, []Evidence{result("workloads-inventory", "a", engine.Fail)}, CannotSay, Unanswered},
		"no check informs it":              {ports, []Evidence{result(direct, "a", engine.Pass)}, CannotSay, Unanswered},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := Suggest(tc.requirement, tc.latest)
			assert.Equal(t, tc.stance, s.Stance)
			assert.Equal(t, tc.proposes, s.Proposes)
		})
	}
	assert.Len(t, Suggest(inbound, nil).Procedures, 2)
	assert.Len(t, Suggest(inbound, []Evidence{result("workloads-inventory", "a", engine.Pass)}).Procedures[0].Leads, 1)
}

// Rules of the network prove nothing where nobody enforces them.
func TestAPassThatCountsBesideAnotherAlone(t *testing.T) {
	link := Link{Procedure: Procedure{Requirement: req("1.3.3")}, Check: "deny", Class: Partial, Part: "some", Beside: "enforced"}
	r := Requirement{ID: req("1.3.3"), ProcedureSize: 1, InformedBy: []Link{link}}
	for name, c := range map[string]struct {
		latest []Evidence
		want   Stance
	}{
		"alone":                      {[]Evidence{result("deny", "a", engine.Pass)}, CannotSay},
		"beside a pass":              {[]Evidence{result("deny", "a", engine.Pass), result("enforced", "a", engine.Pass)}, Supports},
		"beside what is not known":   {[]Evidence{result("deny", "a", engine.Pass), result("enforced", "a", engine.Unknown)}, CannotSay},
		"beside another target's":    {[]Evidence{result("deny", "a", engine.Pass), result("enforced", "b", engine.Pass)}, CannotSay},
		"a failure counts by itself": {[]Evidence{result("deny", "a", engine.Fail)}, Contradicts},
	} {
		s := Suggest(r, c.latest)
		assert.Equal(t, c.want, s.Stance, name)
		if name == "alone" {
			assert.Equal(t, "some; it counts once enforced passes for the same target", s.Procedures[0].Why[0].Part())
		}
	}
}

func TestLatestKeepsTheNewestResultPerTargetAndEveryFile(t *testing.T) {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	old, newer, other := result("c", "a", engine.Pass), result("c", "a", engine.Unknown), result("c", "b", engine.Fail)
	old.Collected, newer.Collected, other.Collected = at, at.Add(time.Hour), at
	file := Evidence{ID: "f", File: &FileSource{Name: "p.md"}}
	assert.Equal(t, []Evidence{newer, other, file}, Latest([]Evidence{old, newer, other, file}))
}

func TestInformJoinsResultsToRequirements(t *testing.T) {
	c := small(t)
	informed := c.Inform([]engine.Result{{Check: "pods-meet-baseline"}, {Check: "of-my-own"}})
	assert.Equal(t, []Link{{Procedure: Procedure{req("2.2.6"), ""}, Check: "pods-meet-baseline", Class: Direct}}, informed[0].Links)
	assert.Empty(t, informed[1].Links)
}
