package pci

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
)

func TestLinksNameTheProcedureTheyAnswer(t *testing.T) {
	for _, r := range catalogue(t).Requirements() {
		for _, l := range r.InformedBy {
			assert.Equal(t, r.ID, l.Procedure.Requirement)
			if l.Class.Supports() {
				assert.Contains(t, r.Procedures(), l.Procedure, "%s for %s", l.Check, r.ID)
			}
			assert.Equal(t, l.Class == questionnaires.Partial, l.Part != "", "%s for %s", l.Check, r.ID)
		}
	}
}

// Some requirements no reading of settings can answer: a penetration test is
// made by people, and an encrypted disk says nothing of the card number on it.
func TestNoCheckSpeaksWhereSettingsProveNothing(t *testing.T) {
	for _, s := range []string{"3.5.1", "11.4.5", "11.4.6", "A1.1.4", "A3.2.4"} {
		r, known := catalogue(t).Requirement(id(s))
		assert.True(t, known, s)
		assert.Empty(t, r.InformedBy, s)
	}
}
