package questionnaires

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRequirementIDsAreOrderedAsPrinted(t *testing.T) {
	order := []string{"1.1.1", "1.2", "2.2.2", "3.5.1", "3.5.1.1", "8.3.9", "8.3.10", "8.3.10.1", "10.1.1", "12.10.7", "A1.1.1", "A3.2.5.1", "AA-1.1", "ORG-1.2", "ORG-1.10", "ORGA-1", "TWELVELETTER-255.1.1.1.1.1"}
	for i, s := range order {
		id, err := ParseRequirementID(s)
		assert.NoError(t, err)
		assert.Equal(t, s, id.String())
		if i > 0 {
			assert.Negative(t, req(order[i-1]).Compare(id), "%s before %s", order[i-1], s)
		}
	}
	assert.Equal(t, "A3", req("A3.2.5.1").Principal().String())
	assert.Equal(t, "12", req("12.10.7").Principal().String())
	for _, bad := range []string{"", ".", "1.", "1..2", "01.2", "1.0", "-1", "+1.2", "a1.1", "A", "1.2.x", "1.2.3.4.5.6.7", "256.1", "1.2 ", "O-1.1", "A-1.1", "A1-1.1", "org-1.1", "ORG", "ORG-", "ORG1.1", "ORG--1", "ORG-1-1", "ÖRG-1.1", "THIRTEENLETTR-1", "ORG-1.2.3.4.5.6.7"} {
		_, err := ParseRequirementID(bad)
		assert.Error(t, err, "%q", bad)
	}
}

func FuzzRequirementID(f *testing.F) {
	for _, s := range []string{"1.2.3", "A1.1.4", "12.10.4.1", "1..", "A", "ORG-1.2", "AA-1", "ORG-A1", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseRequirementID(s)
		if err != nil {
			return
		}
		assert.Equal(t, s, id.String(), "what is read is what is printed")
		assert.Equal(t, strings.Contains(s, "-"), id.Own(), "the standard's and an organisation's own never meet")
		assert.True(t, id.Principal().Covers(id))
		assert.Zero(t, id.Compare(req(s)))
		assert.Equal(t, id, req(s), "ids are compared as values")
	})
}

func TestProceduresAreLetteredOnlyWhereThereAreSeveral(t *testing.T) {
	one := Requirement{ID: req("1.2.1"), ProcedureSize: 1}.Procedures()
	three := Requirement{ID: req("1.2.2"), ProcedureSize: 3}.Procedures()
	assert.Equal(t, "1.2.1", one[0].String())
	assert.Equal(t, "1.2.2.c", three[2].String())
	assert.Empty(t, Requirement{ID: req("A3.1.1")}.Procedures())
}

func TestAnIDCoversItselfAndWhatStandsBelow(t *testing.T) {
	for above, below := range map[string][]string{"9.5": {"9.5", "9.5.1", "9.5.1.2.1"}, "A1": {"A1", "A1.1.4"}, "ORG-1": {"ORG-1", "ORG-1.2"}, "3.5.1": {"3.5.1", "3.5.1.1"}} {
		for _, b := range below {
			assert.True(t, req(above).Covers(req(b)), "%s covers %s", above, b)
			assert.Equal(t, above == b, req(b).Covers(req(above)))
		}
	}
	for above, other := range map[string]string{"9.5": "9.4.1", "1": "10.1.1", "A1": "1.1.1", "3.5.1": "3.5.10", "1.1": "A1.1.1", "ORG-1": "ORGA-1.1", "A2": "AA-2.1"} {
		assert.False(t, req(above).Covers(req(other)), "%s does not cover %s", above, other)
	}
	assert.False(t, RequirementID{}.Covers(req("1.1.1")), "no id covers nothing")
	assert.Equal(t, req("9.5.1"), req("9.5.1.2").Parent())
	assert.True(t, req("A1").Parent().IsZero())
}
