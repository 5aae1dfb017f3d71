package pci

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/questionnaires"
)

// builtIn are the checks that the engine ships.
var builtIn = []string{
	"pods-meet-baseline", "pods-meet-restricted", "pods-run-as-non-root", "containers-not-privileged",
	"pods-without-host-namespaces", "containers-have-limits", "images-from-trusted-registries", "images-pinned-by-digest",
	"images-not-latest", "namespaces-have-default-deny", "namespaces-enforce-pod-security", "cluster-admin-bindings",
	"roles-without-wildcards", "secrets-read-by-few", "default-service-accounts-unused", "service-account-tokens-not-mounted",
	"secrets-not-in-environment", "configmaps-without-secrets", "anonymous-has-no-access", "workloads-inventory",
	"services-exposed",
}

func TestEveryBuiltInCheckInformsSomethingAndNoOtherDoes(t *testing.T) {
	linked := map[string]bool{}
	for _, r := range catalogue(t).Requirements() {
		for _, l := range r.InformedBy {
			linked[l.Check] = true
		}
	}
	want := map[string]bool{}
	for _, check := range builtIn {
		want[check] = true
	}
	assert.Equal(t, want, linked)
}

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
