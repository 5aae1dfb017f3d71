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

// A level of pod security is the sum of the parameters that have checks of their own: where
// one of these informs a procedure, the level informs it as much.
func TestALevelInformsAsItsPartsDo(t *testing.T) {
	r, known := catalogue(t).Requirement(id("2.2.6"))
	assert.True(t, known)
	classes := map[string]questionnaires.LinkClass{}
	for _, l := range r.InformedBy {
		classes[l.Check] = l.Class
	}
	for _, check := range []string{
		"containers-add-no-capabilities", "containers-cannot-gain-privileges", "containers-have-seccomp-profile", "containers-keep-access-control", "containers-keep-no-capabilities",
		"containers-mask-proc", "containers-not-privileged", "pods-run-as-non-root", "pods-set-safe-sysctls", "pods-without-host-namespaces", "pods-without-host-paths",
		"pods-meet-baseline", "pods-meet-restricted",
	} {
		class, linked := classes[check]
		assert.True(t, linked, check)
		assert.Equal(t, questionnaires.Partial, class, check)
	}
}
