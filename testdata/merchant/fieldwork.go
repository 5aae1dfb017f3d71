package merchant

import (
	_ "embed"
	"fmt"

	"sigs.k8s.io/yaml"

	"tickmark/questionnaires"
)

//go:embed fieldwork.yaml
var fieldwork []byte

// Fieldwork is what the assessor has asked for, what was recorded, and what a colleague
// asks about it.
type Fieldwork struct {
	Requests []Request `json:"requests"`
	Records  []Record  `json:"records"`
	Notes    []Note    `json:"notes"`
}

// Request is one to the merchant, due some days from now, and what became of it.
type Request struct {
	What         string                         `json:"what"`
	Requirements []questionnaires.RequirementID `json:"requirements"`
	Owner        string                         `json:"owner"`
	Due          int                            `json:"due"`
	Received     string                         `json:"received,omitempty"` // one of Documents
	Accepted     bool                           `json:"accepted,omitempty"`
	Returned     string                         `json:"returned,omitempty"` // why
}

// Record is a scan or test of some days ago, described in one of Documents.
type Record struct {
	Days     int                         `json:"days"`
	Kind     questionnaires.ActivityKind `json:"kind"`
	Document string                      `json:"document"`
	questionnaires.ActivityDetails
}

// Note is a review note, on a requirement or a section.
type Note struct {
	Place string `json:"place"`
	Text  string `json:"text"`
}

// AllFieldwork returns it. An unknown field is an error.
func AllFieldwork() (Fieldwork, error) {
	var all Fieldwork
	if err := yaml.UnmarshalStrict(fieldwork, &all); err != nil {
		return Fieldwork{}, fmt.Errorf("read fieldwork of %s: %w", Entity, err)
	}
	return all, nil
}
