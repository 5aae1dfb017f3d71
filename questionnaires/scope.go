package questionnaires

import (
	"time"

	"tickmark/engine"
)

// CardholderData is the zone of the systems that store, process or transmit
// cardholder data: the cardholder data environment.
const CardholderData = "cde"

// Scope is what the assessments of a vault look at: the zones by which evidence
// is judged and the registries that images may come from.
type Scope struct {
	Zones             map[string][]engine.Selector `json:"zones,omitempty"`
	TrustedRegistries []string                     `json:"trustedRegistries,omitempty"`
	Description       string                       `json:"description,omitempty"`
}

// Params are what the checks are told of the scope.
func (s Scope) Params(now time.Time) engine.Params {
	return engine.Params{Zones: s.Zones, TrustedRegistries: s.TrustedRegistries, Now: now.UTC().Truncate(time.Second)}
}

// Set returns the draft that makes s the scope of a vault.
func (s Scope) Set() (Draft, error) {
	if err := CheckText("scope", s.Description, MaxNarrative); err != nil {
		return Draft{}, err
	}
	return Draft{Action: ScopeSet, Subject: "scope", Payload: s}, nil
}
