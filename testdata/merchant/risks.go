package merchant

import (
	_ "embed"
	"fmt"

	"sigs.k8s.io/yaml"

	"tickmark/questionnaires"
)

//go:embed risks.yaml
var risks []byte

// Risks are the merchant's targeted risk analyses, without ids, and the failing
// results whose risk it takes.
type Risks struct {
	Analyses    []questionnaires.RiskAnalysis `json:"analyses"`
	Acceptances []Acceptance                  `json:"acceptances"`
}

// Acceptance is a failing result on Target that is accepted for some days from the
// day on which somebody asks.
type Acceptance struct {
	Check   string `json:"check"`
	Subject string `json:"subject"` // namespace and name
	Days    int    `json:"days"`
	Reason  string `json:"reason"`
	Risk    string `json:"risk"`
}

// AllRisks returns them. An unknown field is an error.
func AllRisks() (Risks, error) {
	var all Risks
	if err := yaml.UnmarshalStrict(risks, &all); err != nil {
		return Risks{}, fmt.Errorf("read risks of %s: %w", Entity, err)
	}
	return all, nil
}
